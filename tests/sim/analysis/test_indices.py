"""Measures of sensitivity hit what is known, and luck is told from what was varied."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from SALib.analyze import sobol

from sim.analysis.indices import fractional, main_effects, morris, one_at_a_time
from sim.analysis.sample import LUCK, ONE_SEED, Index, Sample, TooFewError
from sim.analysis.shares_of_variance import given_data, saltelli
from sim.analysis.varied import Varied
from sim.commands.compose import load_config
from sim.config import Config
from sim.experiments.cases import Factor, Vary
from sim.experiments.sampling import DESIGNS
from tests.sim.analysis.cases_of import PATHS, Response, by_name, ishigami, linear, morris_over, nothing, sample
from tests.sim.analysis.toy_response import FIRST_ORDER, TOTAL

ISHIGAMI_VARIANCE = 13.8446
Measure = Callable[[Sample], Iterator[Index]]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(["world=demo"])


def covers(index: Index, value: float) -> bool:
    return index.low <= value <= index.high


@pytest.mark.parametrize(("turns", "luck", "common"), [(1, 0.0, 0.0), (2, 3.0, 0.0), (2, 3.0, 20.0)])
def test_sobol_indices_and_luck_are_those_of_the_ishigami_function(config: Config, turns: int, luck: float, common: float) -> None:
    """Shares of the variance of means over seeds: luck has its own, and does not pass for interaction."""
    found = by_name(list(saltelli(sample("saltelli", 1024, ishigami, config, turns=turns, luck=luck, common=common))))
    of_luck = luck**2 / turns / (ISHIGAMI_VARIANCE + luck**2 / turns)
    for path, first, total in zip(PATHS, FIRST_ORDER, TOTAL, strict=True):
        for measure, value in (("first_order", first), ("total", total)):
            index = found[path, measure]
            assert covers(index, value * (1 - of_luck)), index
            assert index.high - index.low < 0.35
            assert index.n == 1024
    if turns > 1:
        assert covers(found[LUCK, "first_order"], of_luck)
        assert found[LUCK, "first_order"].value == pytest.approx(of_luck, abs=0.03)


def test_with_one_seed_they_are_those_of_salib(config: Config) -> None:
    one = sample("saltelli", 64, ishigami, config, luck=1.0)
    found = by_name(list(saltelli(one)))
    problem = {"num_vars": 3, "names": list(PATHS), "bounds": [[0.0, 1.0]] * 3}
    theirs = sobol.analyze(problem, one.values[:, 0], calc_second_order=False, num_resamples=500, seed=1)
    for measure, name in (("first_order", "S1"), ("total", "ST")):
        assert [found[path, measure].value for path in PATHS] == pytest.approx(theirs[name].tolist())
        halves = [(found[path, measure].high - found[path, measure].low) / 2 for path in PATHS]
        assert halves == pytest.approx(theirs[f"{name}_conf"].tolist(), rel=0.35)
    assert one.notes == [ONE_SEED]


@pytest.mark.parametrize("common", [0.0, 5.0])
@pytest.mark.parametrize(("design", "measure"), [("saltelli", saltelli), ("lhs", given_data)])
def test_pure_noise_has_no_index_and_luck_all_of_the_variance(config: Config, design: str, measure: Measure, common: float) -> None:
    missed, lucks = 0, []
    for seed in range(1, 11):
        found = by_name(list(measure(sample(design, 128, nothing, config, turns=2, luck=3.0, common=common, seed=seed))))
        luck = found.pop((LUCK, "first_order"))
        missed += sum(not covers(index, 0.0) for index in found.values())
        lucks.append(luck.value)
        assert luck.low > 0.3
    assert np.mean(lucks) == pytest.approx(1.0, abs=0.1)
    assert missed <= 12  # of 60: intervals of 95 %, and a bootstrap's are a little short


def test_cases_of_a_latin_hypercube_give_first_order_indices_and_signs(config: Config) -> None:
    found = by_name(list(given_data(sample("lhs", 512, ishigami, config))))
    for path, first in zip(PATHS, FIRST_ORDER, strict=True):
        assert covers(found[path, "first_order"], first), path
    assert found["b", "first_order"].low > 0.3
    assert covers(found["b", "rank_correlation"], 0.0)  # it neither rises nor falls throughout
    signs = by_name(list(given_data(sample("lhs", 64, linear, config, luck=0.02))))
    assert signs["a", "rank_correlation"].low > 0.8
    assert signs["b", "rank_correlation"].high < -0.8


def test_morris_gives_the_slopes_of_a_linear_response(config: Config) -> None:
    found = by_name(list(morris(sample("morris", 8, linear, config, turns=2, common=5.0))))
    for path, slope in zip(PATHS, (4.0, -2.0, 0.0), strict=True):
        assert found[path, "mu"].value == pytest.approx(slope)
        assert found[path, "mu_star"].value == pytest.approx(abs(slope))
        assert found[path, "sigma"].value == pytest.approx(0.0, abs=1e-9)
        assert found[path, "mu"].n == 8  # trajectories
    assert found[LUCK, "mu_star"].value == pytest.approx(0.0, abs=1e-9)


KINDS = {
    **{f"{n} levels": Factor("a", levels=tuple("abcdefghij"[:n])) for n in range(2, 10)},
    **{f"0..{n}": Factor("a", 0.0, float(n), whole=True) for n in range(1, 10)},
    **{f"{low}..{low + n} log": Factor("a", float(low), float(low + n), True, True) for low in (1, 2, 50) for n in (1, 2, 7, 300)},
    "[0, 3]": Factor("a", 0.0, 3.0),
    "[1, 1000] log": Factor("a", 1.0, 1000.0, logarithmic=True),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [2, 10])
def test_morris_divides_by_the_step_that_the_value_took(config: Config, kind: str, size: int) -> None:
    """From its first value to its last the path moves the outcome by 1, on the scale of its range; another path by 5."""
    one = KINDS[kind]
    low, high = (0.0, len(one.levels) - 1.0) if one.levels else (one.low, one.high)

    def response(places: np.ndarray) -> np.ndarray:
        own, ends = (np.log(each) if one.logarithmic else each for each in (places[:, 0], np.array([low, high])))
        return np.asarray((own - ends[0]) / (ends[1] - ends[0]) + 5.0 * places[:, 1])

    for seed in range(1, 6):
        found = by_name(list(morris(morris_over([one, Factor("b")], size, response, config, seed=seed))))
        for path, effect in (("a", 1.0), ("b", 5.0)):
            assert found[path, "mu"].value == pytest.approx(effect)
            assert found[path, "mu_star"].value == pytest.approx(effect)
            assert found[path, "sigma"].value == pytest.approx(0.0, abs=1e-9)


def test_morris_claims_nothing_of_what_did_not_move(config: Config) -> None:
    whole = sample("morris", 4, linear, config)
    places = whole.varied.places.copy()
    places[:, 1] = 0.0
    still = Sample(replace(whole.varied, places=places), whole.values, 0.95)
    with pytest.raises(TooFewError, match="b does not move in every trajectory"):
        list(morris(still))


def test_morris_tells_interaction_by_sigma(config: Config) -> None:
    found = by_name(list(morris(sample("morris", 40, lambda u: 3.0 * (u[:, 0] - 0.5) * (u[:, 1] - 0.5) + u[:, 2], config))))
    assert found["a", "sigma"].low > found["a", "mu"].high / 2
    assert covers(found["a", "mu"], 0.0)
    assert found["a", "mu_star"].low > 0.2
    assert found["c", "sigma"].value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("common", [0.0, 5.0])
def test_morris_says_what_luck_alone_would_give(config: Config, common: float) -> None:
    found = by_name(list(morris(sample("morris", 60, nothing, config, turns=2, luck=1.0, common=common))))
    luck = {measure: found[LUCK, measure] for measure in ("mu_star", "sigma")}
    assert covers(luck["sigma"], 1.5)  # two runs a difference, two seeds a mean, steps of two thirds
    for path in PATHS:
        assert covers(found[path, "mu"], 0.0)
        for measure, index in luck.items():
            assert found[path, measure].low < index.high
            assert found[path, measure].high > index.low


def test_intervals_of_morris_are_over_trajectories(config: Config) -> None:
    """Of 100 samples, about 95 intervals cover the slope; over cases or effects of all paths they would not."""
    hits = sum(
        covers(by_name(list(morris(sample("morris", 6, linear, config, luck=1.0, seed=seed))))["a", "mu"], 4.0) for seed in range(1, 101)
    )
    assert 88 <= hits <= 100


@pytest.mark.parametrize(
    ("design", "size", "measure", "width", "what"),
    [("morris", 6, morris, 4, "trajectories"), ("saltelli", 16, saltelli, 5, "base points")],
)
def test_a_broken_pair_takes_its_whole_block_along_and_is_named(
    config: Config, design: str, size: int, measure: Measure, width: int, what: str
) -> None:
    whole = sample(design, size, ishigami, config, turns=2, luck=0.5)
    broken = Sample(whole.varied, whole.values.copy(), 0.95)
    broken.values[width + 2, 1] = np.nan  # one seed of one case of the second block
    found = by_name(list(measure(broken)))
    assert {index.n for index in found.values()} == {size - 1}
    assert broken.notes == [f"1 of {size} {what} are left out, for case {width + 2} did not finish on every seed"]
    # the rest is what it would be if the block had never been: any values there change nothing
    spoilt = Sample(whole.varied, whole.values.copy(), 0.95)
    spoilt.values[width : 2 * width] = 1e6
    spoilt.values[width + 2, 1] = np.nan
    assert by_name(list(measure(spoilt))) == found


def test_a_case_that_failed_is_left_out_of_a_latin_hypercube(config: Config) -> None:
    broken = sample("lhs", 64, ishigami, config, turns=2, luck=0.5, common=3.0)
    broken.values[7, 0] = np.nan
    found = list(given_data(broken))
    assert {index.n for index in found} == {63}
    assert broken.notes == ["case 7 did not finish on every seed and is left out"]


def test_too_few_blocks_are_told(config: Config) -> None:
    broken = sample("morris", 2, linear, config)
    broken.values[1] = np.nan
    with pytest.raises(TooFewError, match="1 of 2 trajectories finished whole and two are needed; case 1 did not finish"):
        list(morris(broken))


@pytest.mark.parametrize("design", ["factorial", "fractional"])
def test_main_effects_are_slopes_with_intervals_over_seeds(config: Config, design: str) -> None:
    found = by_name(list(main_effects(sample(design, 1, linear, config, turns=5, luck=0.2, common=9.0))))
    for path, slope in zip(PATHS, (4.0, -2.0, 0.0), strict=True):
        assert covers(found[path, "main_effect"], slope)
        assert found[path, "main_effect"].n == 5
        assert found[path, "main_effect"].high - found[path, "main_effect"].low < 1.0  # what a seed does everywhere cancels


def test_main_effects_of_a_fractional_factorial_are_clear_of_pairs(config: Config) -> None:
    def pairs(shares: np.ndarray) -> np.ndarray:
        u = shares - 0.5
        return np.asarray(linear(shares) + 50.0 * (u[:, 0] * u[:, 1] + u[:, 1] * u[:, 2] + u[:, 0] * u[:, 2]))

    found = by_name(list(main_effects(sample("fractional", 1, pairs, config))))
    assert [found[path, "main_effect"].value for path in PATHS] == pytest.approx([4.0, -2.0, 0.0])


def screened(paths: int, luck: float, kind: Literal["everywhere", "arms"] = "arms", triples: int = 0) -> Sample:
    """A folded-over design as it is run, one seed a case: the first path moves the outcome by 3 over its range, a pair of paths by 4, luck
    by `luck`, and so many interactions of three with the variance of luck together."""
    vary = Vary("fractional", {}, kind)
    factors = tuple(Factor(f"path {number}") for number in range(paths))
    places = DESIGNS["fractional"](vary, factors, {})
    u, random = 2 * places - 1, np.random.default_rng(7)
    values = 1.5 * u[:, 0] + u[:, 1] * u[:, 2] + luck * random.normal(size=len(u))
    for _ in range(triples):
        values += luck / np.sqrt(triples) * u[:, random.choice(paths, 3, replace=False)].prod(axis=1)
    design = Varied("fractional", 1, kind, 1, tuple(factor.path for factor in factors), ((),) * paths, places)
    return Sample(design, values[:, None], 0.95)


@pytest.mark.parametrize("triples", [0, 200])
def test_columns_to_spare_tell_luck_with_one_seed_a_case(triples: int) -> None:
    """Intervals hold the truth as often as they say, whatever pairs of paths do; interactions of three count as luck."""
    found = list(fractional(screened(286, luck=1.0, triples=triples)))
    assert covers(found[0], 3.0)
    assert 0.90 <= np.mean([covers(index, 0.0) for index in found[1:]]) <= 0.98
    expected = 4 * 1.97 / np.sqrt(1024) * np.sqrt(3.0 if triples else 1.0)  # two means of 512 runs; what is odd doubles
    assert found[5].high - found[5].low == pytest.approx(expected, rel=0.2)
    assert {index.n for index in found} == {512}


def test_a_mirrored_pair_without_a_run_is_left_out() -> None:
    broken = screened(20, luck=0.1)
    broken.values[3] = np.nan
    found = list(fractional(broken))
    assert covers(found[0], 3.0)
    assert {index.n for index in found} == {31}
    assert broken.notes == ["1 of 32 mirrored pairs of cases are left out, for case 3 did not finish"]


def test_without_columns_to_spare_or_luck_of_ones_own_there_is_no_interval() -> None:
    for case in (screened(31, luck=0.1), screened(8, luck=0.1, kind="everywhere")):
        found = list(fractional(case))
        assert found[0].value == pytest.approx(3.0, abs=0.2)
        assert np.isnan(found[0].low)


def test_a_factorial_needs_all_its_cases(config: Config) -> None:
    broken = sample("factorial", 1, linear, config, turns=2)
    broken.values[3, 0] = np.nan
    assert {index.n for index in main_effects(broken)} == {1}
    assert broken.notes == ["1 of 2 seeds are left out, for case 3 did not finish on every seed"]
    broken.values[3] = np.nan
    with pytest.raises(TooFewError, match="all its 8 cases; case 3"):
        list(main_effects(broken))


def test_a_tornado_is_read_off_the_configuration_as_it_is() -> None:
    shares = np.array([[0.3, 0.6], [0.0, 0.6], [1.0, 0.6], [0.3, 0.0], [0.3, 1.0]])
    response: Response = lambda u: 10.0 * u[:, 0] - u[:, 1] ** 2  # noqa: E731
    values = response(shares)[:, None] + np.array([0.0, 100.0])
    values[4, 1] = np.nan
    tornado = Sample(Varied("one_at_a_time", 1, "everywhere", 2, ("a", "b"), ((), ()), shares), values, 0.95)
    found = by_name(list(one_at_a_time(tornado)))
    assert {key: index.value for key, index in found.items()} == pytest.approx(
        {("a", "low"): -3.0, ("a", "high"): 7.0, ("b", "low"): 0.36, ("b", "high"): -0.64}
    )
    assert found["b", "high"].n == 1
    assert tornado.notes == ["case 4 did not finish on every seed"]
