"""History matching of a toy model: what figures rule out is ruled out, what they do not see stays as it was."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.matching import LIMIT, Match, Observed, drawn, interval, observed, seldom, spread_out
from tests.sim.evidence.hand_made import runs_at, target
from tests.sim.evidence.toy_response import BANDS, NOISE, found, response, sample, toy_match

ONE = Observed("a", 1.0, 2.0, np.array([0.0, 0.7, 1.5, 2.3, np.nan]), 0.04, 0.04)
reals = st.floats(-10.0, 10.0)


@pytest.fixture(scope="module")
def match() -> Match:
    return toy_match()


# implausibility


def test_implausibility_is_the_distance_to_the_band_over_the_standard_deviation():
    """sqrt(0.05 + 0.04) = 0.3."""
    means = np.array([0.4, 1.0, 1.5, 2.0, 2.9])
    assert ONE.implausibility(means, 0.05) == pytest.approx([2.0, 0.0, 0.0, 0.0, 3.0])
    assert ONE.implausibility(means, np.array([0.05, 0.0, 0.0, 0.0, 0.77])) == pytest.approx([2.0, 0.0, 0.0, 0.0, 1.0])


def test_a_run_is_judged_by_the_noise_of_its_seeds_alone_and_ruled_out_without_a_value():
    assert ONE.of_runs == pytest.approx([5.0, 1.5, 0.0, 1.5, np.inf])


@given(reals, reals, st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_implausibility_grows_with_distance_and_falls_with_doubt(mean: float, other: float, variance: float, more: float):
    near, far = sorted((mean, other), key=lambda one: abs(one - 1.5))
    at = [float(ONE.implausibility(np.array([one]), variance)[0]) for one in (near, far)]
    assert 0.0 <= at[0] <= at[1]
    assert float(ONE.implausibility(np.array([far]), variance + more)[0]) <= at[1]
    assert (at[1] == 0.0) == (1.0 <= far <= 2.0)


def test_a_target_is_in_reach_if_one_run_comes_within_three_standard_deviations():
    """Means 0.7 to 2.3 with a standard deviation of 0.2."""
    assert ONE.in_reach
    assert replace(ONE, low=2.3 + 2.9 * 0.2, high=9.0).in_reach
    assert not replace(ONE, low=2.3 + 3.1 * 0.2, high=9.0).in_reach
    assert not replace(ONE, means=np.full(3, np.nan)).in_reach


def test_what_is_out_of_reach_is_left_out_of_the_match():
    at = sample()
    far = found(at, bend=(7.0, 8.0))
    left = Match.fitted(at, far)
    assert [each.name for each in left.targets] == ["sum"]
    assert left.emulators.values.shape == (len(at), 1)


# what runs say


def test_runs_become_means_by_point_and_the_variance_of_such_a_mean():
    rows = runs_at(np.zeros((3, 1)), {"a": np.array([1.0, 2.0, 3.0])})
    rows["a"] += np.where(rows["seed"] == 101, -0.5, 0.5)  # variance over two seeds 0.5, of their mean 0.25
    one = observed(rows, {"mine": target()})["mine"]
    assert one.means == pytest.approx([1.0, 2.0, 3.0])
    assert one.seed_variance == pytest.approx(0.25)
    assert (one.name, one.low, one.high) == ("mine", 0.0, 1.0)


def test_luck_is_that_near_the_band_and_own_luck_is_what_seeds_do_not_share():
    """Luck grows with the level, and every run of a seed is shifted alike."""
    level = np.linspace(0.0, 4.0, 40)
    rows = runs_at(np.zeros((40, 1)), {"a": level})
    own = np.tile([1.0, -1.0], 20) * np.where(level <= 1.0, 0.1, 2.0)
    rows["a"] += np.where(rows["seed"] == 101, 1.0, -1.0) * (0.5 + np.concatenate([own, own]))
    one = observed(rows, {"mine": target()})["mine"]
    assert one.seed_variance == pytest.approx(0.26)  # (.5 + .1)^2 and (.5 - .1)^2, not the 2 of far away
    assert one.own_variance < float(np.mean((0.5 + own) ** 2)) - 0.2


def test_targets_that_too_few_runs_measure_are_named():
    rows = runs_at(np.zeros((10, 1)), {"a": np.ones(10), "half": np.where(np.arange(10) < 5, np.nan, 1.0)})
    targets = {"fit": target(), "half": target(measure="half"), "never": target(measure="z"), "elsewhere": target(run="other")}
    assert seldom(rows, targets) == ["half", "never"]


def test_a_sign_is_a_band_without_an_upper_end():
    rows = runs_at(np.zeros((2, 1)), {"a": np.array([1.0, 2.0])})
    one = observed(rows, {"mine": target(above=1.5)})["mine"]
    assert (one.low, one.high) == (1.5, np.inf)
    assert one.seed_variance == 0.0


def test_failed_runs_other_arms_and_one_seed_alone_change_nothing_that_they_should_not():
    points = np.zeros((20, 1))
    rows = runs_at(points, {"a": np.linspace(0.0, 1.0, 20)})
    plain = observed(rows, {"mine": target()})["mine"]
    other = runs_at(points, {"a": np.full(20, 99.0)}, arm="elsewhere")
    broken = rows[rows["case"] == 3].assign(a=1e9, error="an invariant broke", seed=103)
    more = observed(pd.concat([rows, other, broken], ignore_index=True), {"mine": target()})["mine"]
    assert more.means == pytest.approx(plain.means)
    assert more.seed_variance == pytest.approx(plain.seed_variance)
    alone = observed(rows[rows["seed"] == 101], {"mine": target()})["mine"]
    assert alone.seed_variance == 0.0  # nothing is known of the noise of one seed


def test_a_point_whose_runs_all_failed_keeps_its_place_without_a_value():
    rows = runs_at(np.zeros((20, 1)), {"a": np.arange(20.0)})
    rows.loc[rows["case"] == 4, "error"] = "an invariant broke"
    one = observed(rows, {"mine": target()})["mine"]
    assert np.flatnonzero(np.isnan(one.means)).tolist() == [4]
    assert one.means[5] == 5.0


def test_only_fits_that_nearly_all_runs_measure_are_matched():
    points = np.zeros((10, 1))
    half = np.where(np.arange(10) < 5, np.nan, 1.0)
    most = np.where(np.arange(10) < 1, np.nan, 1.0)
    rows = runs_at(points, {"a": np.ones(10), "half": half, "most": most})
    targets = {
        "fit": target(), "check": target(role="check"), "input": target(role="input"), "elsewhere": target(run="other"),
        "unknown": target(measure="z"), "half": target(measure="half"), "most": target(measure="most"),
    }  # fmt: skip
    assert list(observed(rows, targets)) == ["fit", "most"]


# what is left


def test_what_is_left_lies_in_the_unit_cube_and_satisfies_the_bands(match: Match):
    left = match.plausible
    assert left.shape[1] == 3
    assert len(left) > 200
    assert left.min() >= 0.0
    assert left.max() <= 1.0
    assert np.mean(match.implausibilities(left).max(axis=1) <= LIMIT) > 0.99
    for name, values in response(left).items():
        low, high = BANDS[name]
        assert np.mean((values > low - 3 * NOISE) & (values < high + 3 * NOISE)) > 0.97
        assert np.mean((values > low) & (values < high)) > 0.6


def test_little_of_the_cube_is_left_and_nothing_is_ruled_out_that_fits(match: Match):
    cube = sample(4000, seed=9)
    fits = np.all([(values > BANDS[name][0]) & (values < BANDS[name][1]) for name, values in response(cube).items()], axis=0)
    worst = match.implausibilities(cube).max(axis=1)
    assert 0.01 < np.mean(worst <= LIMIT) < 0.4
    assert np.mean(worst[fits] <= LIMIT) > 0.99


def test_a_parameter_that_no_target_sees_keeps_the_range_that_was_asked_over(match: Match):
    widths = [high - low for low, high in (interval(match.plausible[:, column]) for column in range(3))]
    assert widths[2] == pytest.approx(0.9, abs=0.06)
    assert max(widths[:2]) < 0.5
    middle = match.plausible[:, 2].mean()
    assert middle == pytest.approx(0.5, abs=0.07)


def test_the_same_is_drawn_twice(match: Match):
    """Whatever else has drawn numbers in between."""
    np.random.seed(41)  # noqa: NPY002
    assert np.array_equal(drawn(match), drawn(match))
    assert np.array_equal(toy_match().plausible, match.plausible)


def test_a_wide_band_rules_out_nothing():
    open_match = toy_match(sum=(-5.0, 5.0), bend=(-5.0, 5.0))
    assert not np.any(open_match.implausibilities(sample(200, seed=4)))
    for column in range(3):
        assert interval(open_match.plausible[:, column]) == pytest.approx((0.05, 0.95), abs=0.12)


@given(st.integers(1, 40), st.integers(1, 40))
def test_points_are_taken_evenly_along_their_order(have: int, wanted: int):
    points = np.arange(have, dtype=float)[:, None]
    taken = spread_out(points, wanted)
    assert len(taken) == min(have, wanted)
    assert np.all(np.diff(taken[:, 0]) > 0)
    assert taken[0] == 0.0
    assert wanted == 1 or taken[-1] == have - 1


def test_an_interval_leaves_the_same_share_out_on_both_sides():
    assert interval(np.linspace(0.0, 1.0, 101)) == pytest.approx((0.05, 0.95))
    assert interval(np.linspace(0.0, 1.0, 101), 0.5) == pytest.approx((0.25, 0.75))


def test_a_weak_target_narrows_nothing_and_says_where_to_look():
    at = sample()
    weak = {name: replace(one, weak=name == "bend") for name, one in found(at).items()}
    plain, doubted = toy_match(), Match.fitted(at, weak)
    spread = [float(one.plausible[:, 0].std()) for one in (plain, doubted)]
    assert spread[1] > 1.3 * spread[0]
    bend = response(doubted.promising)["bend"]
    assert np.mean((bend >= BANDS["bend"][0] - 0.1) & (bend <= BANDS["bend"][1] + 0.1)) > 0.8
