"""Which cases a design is: levels, scales, whole numbers, paths that only some arms have, and what is refused before anything is made."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sim.commands.compose import load_config
from sim.config_check import ConfigError
from sim.experiments.cases import Factor, Vary
from sim.experiments.sampling import build_cases
from sim.experiments.values import value_at

SMALL = Factor("places", 1.0, 8.0, logarithmic=True, whole=True)


@pytest.fixture(scope="module")
def configs():
    """A baseline without instruments, an arm with matchmaking and one with cash."""
    arms = {name: load_config(["world=demo", f"scenario={name}"]) for name in ("matchmaking", "neutral_cash")}
    return {"status_quo": replace(arms["matchmaking"], instrument={}), **arms}


def cases(configs_, design, over, size=16, seed=1):
    return build_cases(Vary(design, over, size=size, seed=seed), configs_)


def met(found, path):
    """Values of a path in the order of the cases."""
    return [found.values(case)[path] for case in range(len(found))]


def refusal(configs_, design, over, size=16):
    with pytest.raises(ConfigError) as refused:
        cases(configs_, design, over, size)
    text = str(refused.value)
    assert text.startswith("experiment.vary")
    assert "\n" not in text
    return text


PLACES = "instrument.matchmaking.places"


# whole numbers


def test_a_grid_has_no_whole_number_twice(configs):
    assert met(cases(configs, "grid", {"world.after": [0, 3]}), "world.after") == [0, 1, 2, 3]
    assert met(cases(configs, "grid", {"world.after": [0, 3]}, size=2), "world.after") == [0, 3]
    found = met(cases(configs, "grid", {PLACES: {"low": 2, "high": 40, "scale": "log"}}), PLACES)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (2, 40)
    assert 8 < len(found) <= 16


def test_a_logarithmic_range_of_whole_numbers_is_logarithmic():
    """1 and 2 to 8: as many below 3 as the logarithm of 3 has in that of 9."""
    values = [SMALL.at((n + 0.5) / 9000) for n in range(9000)]
    assert sorted(set(values)) == list(range(1, 9))
    for value in range(1, 9):
        assert values.count(value) == pytest.approx(9000 * np.log1p(1 / value) / np.log(9), abs=1.01)
    assert all(isinstance(value, int) for value in values)


@pytest.mark.parametrize(
    "factor", [SMALL, replace(SMALL, logarithmic=False), Factor("a", 3.0, 1_000_000.0, True, True), Factor("a", levels=(1, 4, 9))]
)
def test_ends_are_met_and_shares_are_turned_back(factor):
    values = factor.levels or (int(factor.low), int(factor.low) + 1, int(factor.high) - 1, int(factor.high))
    assert (factor.at(0.0), factor.at(1.0)) == (values[0], values[-1])
    assert [factor.at(factor.share(value)) for value in values] == list(values)


def test_a_share_on_the_edge_of_a_level_reaches_it():
    """2/3 as Morris trajectories hold it, a little too small."""
    assert Factor("a", levels=("x", "y", "z")).at(2 / 3 - 1e-16) == "z"
    assert Factor("a", 0.0, 2.0, whole=True).at(1 / 3 - 1e-16) == 1


def test_one_at_a_time_knows_where_a_whole_number_lies_on_a_logarithmic_scale(configs):
    found = met(cases(configs, "one_at_a_time", {PLACES: {"low": 2, "high": 900, "scale": "log"}}), PLACES)
    assert found == [configs["matchmaking"].instrument["matchmaking"].places, 2, 900]


# counted first


@pytest.mark.parametrize(
    ("design", "factors", "size", "count"),
    [
        ("factorial", 26, 1, f"{2**26:,}"),
        ("grid", 26, 16, f"{16**26:,}"),
        ("saltelli", 26, 2**19, f"{28 * 2**19:,}"),
        ("morris", 26, 10**6, "27,000,000"),
    ],
)
def test_too_many_cases_are_counted_not_made(configs, monkeypatch, design, factors, size, count):
    paths = [f"behaviour.{path}" for path in numbers(configs["status_quo"].behaviour)][:factors]
    monkeypatch.setattr(np, "empty", None)
    monkeypatch.setattr("sim.experiments.sampling.morris_sample", None)
    monkeypatch.setattr("sim.experiments.sampling.sobol_sample", None)
    assert f"found {count} cases" in refusal(configs, design, dict.fromkeys(paths), size)


def numbers(behaviour):
    for section in type(behaviour).__dataclass_fields__:
        for name, field in getattr(behaviour, section).__dataclass_fields__.items():
            if field.metadata.get("number") and not field.metadata["number"].whole:
                yield f"{section}.{name}"


def test_the_first_path_of_a_crossed_design_changes_slowest(configs):
    found = cases(configs, "grid", {"world.after": {"values": [4, 8]}, "check": {"values": [False, True]}, "world.programme": [1, 3]})
    assert met(found, "world.after") == [4] * 6 + [8] * 6
    assert met(found, "check") == ([False] * 3 + [True] * 3) * 2
    assert met(found, "world.programme") == [1, 2, 3] * 4


# Morris


def test_every_path_of_a_morris_design_meets_both_its_ends_and_each_step_moves_a_value(configs):
    over = {
        "world.after": {"values": [0, 4]},
        "world.programme": [1, 3],
        "behaviour.appraisal.leakage": None,
        "check": {"values": [True, False]},
    }
    for seed in range(1, 21):
        found = cases(configs, "morris", over, size=2, seed=seed)
        for factor, shares in zip(found.factors, found.shares.T, strict=True):
            assert (shares.min(), shares.max()) == pytest.approx((0.0, 1.0)), seed
            assert (np.abs(np.diff(shares.reshape(2, -1), axis=1)).sum(axis=1)) == pytest.approx(2 / 3)
            values = [factor.at(share) for share in shares.reshape(2, -1)[0]]
            assert sum(a != b for a, b in pairwise(values)) == 1


def test_a_morris_design_refuses_what_cannot_move(configs):
    assert "experiment.vary.over.world.after: " in refusal(configs, "morris", {"world.after": {"values": [4]}})
    assert cases(configs, "grid", {"world.after": {"values": [4]}}).values(0) == {"world.after": 4}


# paths


def test_a_path_may_lie_in_an_instrument_that_only_some_arms_have(configs):
    over = {PLACES: [10, 100], "instrument.neutral_cash.overhead": None}
    found = cases(configs, "one_at_a_time", over)
    assert found.values(0) == {
        PLACES: configs["matchmaking"].instrument["matchmaking"].places,
        "instrument.neutral_cash.overhead": configs["neutral_cash"].instrument["neutral_cash"].overhead,
    }


def test_a_section_may_be_an_instrument_and_leaves_its_dose_to_the_arm(configs):
    found = cases(configs, "lhs", {"instrument.matchmaking.*": None, PLACES: [10, 20]})
    assert "instrument.matchmaking.attendance" in found.paths
    assert "instrument.matchmaking.dose" not in found.paths
    assert "instrument.matchmaking.scope" not in found.paths
    assert set(met(found, PLACES)) <= set(range(10, 21))


def test_the_first_arm_that_has_a_path_says_what_it_is(configs):
    other = replace(configs["status_quo"], world=replace(configs["status_quo"].world, after=3))
    assert cases({"other": other, **configs}, "one_at_a_time", {"world.after": [0, 400]}).values(0) == {"world.after": 3}
    assert value_at(configs["matchmaking"], "world.after", "") != 3


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ("instrument.machmaking.places", "residual_cash, neutral_cash; did you mean 'matchmaking'?"),
        ("instrument.matchmaking.place", "did you mean 'places'?"),
        ("instrument.neutral_cash.places", "no arm has 'places' in 'instrument.neutral_cash'; allowed: "),
        ("behavior.appraisal.base", "no arm has 'behavior' in the configuration; allowed: world, country,"),
        ("behaviour.appraisal.base.deep", "no arm has 'deep' in 'behaviour.appraisal.base'; allowed: nothing"),
        ("behaviour.apraisal.*", "did you mean 'appraisal'?"),
        ("instrument.machmaking.*", "did you mean 'matchmaking'?"),
        ("instrument.*", "found no section of numbers"),
        ("instrument.matchmaking", "found a section; allowed: a value in it, as in instrument.matchmaking.label"),
        ("check", "is no number; allowed: {values: [...]}"),
    ],
)  # fmt: skip
def test_a_path_that_no_arm_has_is_refused_by_its_key_with_the_nearest(configs, over, words):
    text = refusal(configs, "lhs", {over: None})
    assert text.startswith(f"experiment.vary.over.{over}: ")
    assert words in text


@pytest.mark.parametrize(
    ("path", "spec"),
    [
        ("behaviour.appraisal.leakage", {"values": ["much"]}),
        ("behaviour.appraisal.leakage", {"values": [0.1, 0.1]}),
        ("behaviour.appraisal.leakage", [0.1, 99.0]),
        ("behaviour.appraisal.leakage", [0.2, 0.1]),
        ("behaviour.appraisal.leakage", {"low": 0.0, "high": 0.5, "scale": "log"}),
        ("behaviour.appraisal.leakage", {"low": 0.0, "high": 0.5, "scale": "lgo"}),
        ("behaviour.appraisal.leakage", "wide"),
        ("world.after", [0, 2.5]),
        ("check", {"values": ["yes"]}),
        ("check", {"values": []}),
    ],
)
def test_a_range_that_cannot_be_is_refused_by_its_key(configs, path, spec):
    assert refusal(configs, "lhs", {path: spec}).startswith(f"experiment.vary.over.{path}")


@pytest.mark.parametrize("design", ["sobol", "saltelli"])
def test_points_that_need_a_power_of_two_say_so(configs, design):
    assert refusal(configs, design, {"world.after": None}, size=12).startswith("experiment.vary.size: found 12")


def test_nothing_varied_is_refused(configs):
    assert refusal(configs, "lhs", {}).startswith("experiment.vary.over: found nothing")
