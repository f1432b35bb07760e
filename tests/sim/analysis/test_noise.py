"""Shares of variance: what was varied, and luck."""

import numpy as np
import pytest

from sim.analysis.noise import CROSSED, NESTED, shares
from sim.analysis.sample import Sample, TooFewError
from sim.analysis.varied import Varied


def drawn(cases: int, turns: int, spread: tuple[float, float, float], shared: bool, seed: int) -> Sample:
    """spread: standard deviations of cases, of seeds (that all cases meet) and of the rest."""
    random = np.random.default_rng(seed)
    values = spread[0] * random.normal(size=(cases, 1)) + spread[2] * random.normal(size=(cases, turns))
    values = values + spread[1] * random.normal(size=(1, turns))
    design = Varied("lhs", cases, "everywhere" if shared else "arms", turns, ("a",), ((),), np.zeros((cases, 1)))
    return Sample(design, values, 0.95)


@pytest.mark.parametrize(("shared", "seeds"), [(False, 0.0), (True, 1.0)])
def test_components_are_unbiased_with_two_seeds(shared: bool, seeds: float) -> None:
    """Variances of 4 (cases), 1 (seeds, where shared) and 9; the plain variance over cases would make the 4 to 4 + 9 / 2."""
    odds = []
    for seed in range(100):
        found = {index.measure: index.value for index in shares(drawn(800, 2, (2.0, seeds, 3.0), shared, seed))}
        rest = found["share_interaction"] if shared else found["share_luck"]
        odds.append(found["share_parameters"] / rest)
    assert np.mean(odds) == pytest.approx(4.0 / 9.0, abs=0.02)


@pytest.mark.parametrize("shared", [False, True])
def test_intervals_cover(shared: bool) -> None:
    spread = (2.0, 1.5 if shared else 0.0, 3.0)
    total = sum(each**2 for each in spread)
    truth = {"share_parameters": 4.0 / total, "share_luck": 1 - 4.0 / total, "share_seeds": spread[1] ** 2 / total}
    truth["share_interaction"] = 9.0 / total
    hits = dict.fromkeys(CROSSED if shared else NESTED, 0)
    for seed in range(100):
        for index in shares(drawn(40, 3, spread, shared, seed)):
            hits[index.measure] += index.low <= truth[index.measure] <= index.high
    assert min(hits.values()) >= 88


@pytest.mark.parametrize("shared", [False, True])
def test_pure_noise_is_luck(shared: bool) -> None:
    found = {index.measure: index for index in shares(drawn(200, 2, (0.0, 0.0, 1.0), shared, 1))}
    assert found["share_luck"].value > 0.85
    assert found["share_luck"].high == pytest.approx(1.0, abs=1e-6)
    assert found["share_parameters"].low == 0.0


def test_what_is_not_luck_is_the_parameters() -> None:
    found = {index.measure: index.value for index in shares(drawn(50, 2, (1.0, 0.0, 0.0), True, 1))}
    assert found["share_parameters"] == pytest.approx(1.0)


def test_a_seed_that_shifts_all_cases_is_no_interaction() -> None:
    found = {index.measure: index.value for index in shares(drawn(50, 2, (1.0, 5.0, 0.0), True, 1))}
    assert found["share_interaction"] == pytest.approx(0.0, abs=1e-9)
    assert found["share_parameters"] + found["share_luck"] == pytest.approx(1.0)


def test_cases_that_lack_a_seed_do_not_count() -> None:
    broken = drawn(30, 2, (1.0, 0.0, 1.0), False, 1)
    kept = Sample(broken.varied, broken.values[1:].copy(), 0.95)
    broken.values[0, 1] = np.nan
    assert list(shares(broken)) == list(shares(kept))


@pytest.mark.parametrize(("cases", "turns"), [(1, 4), (4, 1)])
def test_one_of_either_is_too_few(cases: int, turns: int) -> None:
    with pytest.raises(TooFewError, match="two seeds and two cases"):
        list(shares(drawn(cases, turns, (1.0, 0.0, 1.0), False, 1)))
