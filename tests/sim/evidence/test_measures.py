"""How figures are measured, on data whose answer is known: made with it, or small enough to be counted by hand."""

from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.measures.cooperation import cooperating, lives, newcomers, repeats
from sim.evidence.measures.economy import discrete_tail, pareto_tail
from sim.evidence.measures.lot import agreements, compared
from sim.evidence.measures.networks import gravity, whole
from sim.evidence.measures.regression import dummies, least_squares, poisson
from sim.evidence.watch import Partners, Start, over, paired

ALL = "all"


def started(members: tuple[int, ...], quarter: int = 0, new: tuple[int, ...] | str = (), key: int = 0, pairs: tuple = ()) -> Start:
    """A project that started; new: its newcomers, ALL for every member."""
    return Start(quarter, key, members, 0, False, tuple(Partners(*pair) for pair in pairs), members if new == ALL else tuple(new))


# tails


@pytest.mark.parametrize("exponent", [0.9, 1.1, 1.6])
def test_the_exponent_of_a_pareto_tail_is_found(exponent: float):
    rng = np.random.default_rng(3)
    sizes = rng.pareto(exponent, 4000) + 1.0
    assert pareto_tail(np.sort(sizes)[::-1]) == pytest.approx(exponent, rel=0.12)


def test_a_body_that_is_no_tail_is_cut_off():
    """A lognormal body under a Pareto tail: a fit to everything would see a much steeper fall."""
    rng = np.random.default_rng(4)
    sizes = np.concatenate([np.exp(rng.normal(0.0, 0.3, 6000)), 2.0 * (rng.pareto(1.0, 1500) + 1.0)])
    assert pareto_tail(np.sort(sizes)[::-1]) == pytest.approx(1.0, rel=0.12)


def test_the_tail_is_the_same_in_any_currency():
    sizes = np.sort(np.random.default_rng(5).pareto(1.2, 500) + 1.0)[::-1]
    assert pareto_tail(1000.0 * sizes) == pytest.approx(pareto_tail(sizes))


def test_few_firms_have_no_tail():
    assert np.isnan(pareto_tail(np.linspace(99.0, 1.0, 99)))
    assert np.isfinite(pareto_tail(np.linspace(100.0, 1.0, 100)))


@pytest.mark.parametrize("exponent", [1.7, 2.0, 2.4])
def test_the_exponent_of_counts_is_found(exponent: float):
    counts = np.random.default_rng(6).zipf(exponent, 20_000)
    assert discrete_tail(counts) == pytest.approx(exponent, abs=0.05)
    assert discrete_tail(np.append(counts, np.zeros(5000, int))) == discrete_tail(counts)  # who has none is no applicant


def test_an_exponent_of_counts_needs_applicants_and_a_spread():
    assert np.isnan(discrete_tail(np.arange(1, 50)))
    assert np.isnan(discrete_tail(np.array([1, 2] * 100)))
    assert np.isnan(discrete_tail(np.zeros(0, int)))


# lives


@pytest.mark.parametrize("ends", [0.08, 0.13, 0.3])
def test_lives_of_geometric_lengths_give_their_hazard_a_year(ends: float):
    quarters = np.random.default_rng(7).geometric(ends, 40_000)
    found = lives(quarters.tolist())
    assert found["project_hazard"] == pytest.approx(1 - (1 - ends) ** 4, rel=0.02)
    assert found["project_spread"] == pytest.approx(np.sqrt(1 - ends), rel=0.03)


def test_lives_of_one_length_have_no_spread_and_no_lives_say_nothing():
    assert lives([4, 4, 4]) == {"project_hazard": pytest.approx(1 - 0.75**4), "project_spread": 0.0}
    assert lives([1, 1])["project_hazard"] == 1.0
    assert np.isnan(list(lives([]).values())).all()


# newcomers


def dealt(rng: np.random.Generator, years: int = 4, projects: int = 120) -> list[Start]:
    """Projects of two to four, of which every slot is a newcomer's by the same chance."""
    found, who = [], iter(range(10**6))
    for year in range(years):
        for _ in range(projects):
            members = tuple(next(who) for _ in range(rng.integers(2, 5)))
            new = tuple(one for one in members if rng.random() < 0.4)
            found.append(started(members, 4 * year + int(rng.integers(0, 4)), new))
    return found


def test_newcomers_meet_incumbents_as_often_as_dealing_says_where_projects_are_dealt():
    assert newcomers(dealt(np.random.default_rng(8)))["newcomers_over_null"] == pytest.approx(1.0, abs=0.06)


def test_newcomers_that_always_meet_incumbents_do_so_more_often_than_dealt():
    """Half of all slots are newcomers': dealt, half of the pairs would be mixed, so the ratio is near 2."""
    projects = [started((2 * n, 2 * n + 1), n % 8, (2 * n,)) for n in range(400)]
    assert newcomers(projects)["newcomers_over_null"] == pytest.approx(2.0, rel=0.05)


def test_newcomers_that_keep_to_themselves_do_so_less_often_than_dealt():
    projects = [started((2 * n, 2 * n + 1), 0, ALL if n % 2 else ()) for n in range(200)]
    assert newcomers(projects)["newcomers_over_null"] == 0.0


def test_years_are_dealt_apart():
    """A year of incumbents and one of newcomers has nobody to mix."""
    projects = [started((2 * n, 2 * n + 1), 4 * (n % 2), ALL if n % 2 else ()) for n in range(40)]
    assert np.isnan(newcomers(projects)["newcomers_over_null"])
    assert np.isnan(newcomers([])["newcomers_over_null"])


# surveys and repeat partners


def test_who_cooperates_is_counted_of_all_and_of_the_active():
    anyone, active = np.array([True, False, False, False, False]), np.array([True, True, False, False, False])
    assert cooperating(anyone, active) == {"cooperate": 20.0, "cooperate_active": 50.0}
    assert np.isnan(list(cooperating(np.zeros(0, bool), np.zeros(0, bool)).values())).all()


def test_repeat_partners_are_compared_with_first_ones():
    """(id, id, proximity, ln distance, had one before)."""
    pairs = ((1, 2, 0.9, 1.0, True), (1, 3, 0.5, 3.0, False), (2, 3, 0.3, 5.0, False))
    assert repeats([started((1, 2, 3), pairs=pairs)]) == {
        "repeat_nearer_technology": pytest.approx(0.9 - 0.4),
        "repeat_nearer_place": pytest.approx(4.0 - 1.0),
    }


@pytest.mark.parametrize("before", [True, False])
def test_repeat_partners_need_first_ones_to_be_compared_with(before: bool):
    assert np.isnan(list(repeats([started((1, 2), pairs=((1, 2, 0.5, 1.0, before),))]).values())).all()
    assert np.isnan(list(repeats([]).values())).all()


# regressions


def test_poisson_regression_finds_the_coefficients_that_made_the_counts():
    rng = np.random.default_rng(9)
    x = np.column_stack([np.ones(6000), rng.normal(size=6000), rng.random(6000) < 0.5])
    exposure = rng.uniform(0.5, 20.0, 6000)
    truth = np.array([-1.5, 0.6, -0.8])
    events = rng.poisson(exposure * np.exp(x @ truth)).astype(float)
    assert poisson(events, exposure, x) == pytest.approx(truth, abs=0.06)


def test_poisson_regression_on_nothing_but_a_constant_is_the_rate():
    events, exposure = np.array([3.0, 0.0, 5.0]), np.array([10.0, 20.0, 10.0])
    assert np.exp(poisson(events, exposure, np.ones((3, 1)))[0]) == pytest.approx(8 / 40)


def test_least_squares_and_dummies():
    labels = np.array([4, 7, 4, 9, 7, 9])
    columns = dummies(labels)
    assert columns.tolist() == [[0, 0], [1, 0], [0, 0], [0, 1], [1, 0], [0, 1]]
    y = np.array([1.0, 3.0, 1.0, 6.0, 3.0, 6.0])
    assert least_squares(y, np.column_stack([np.ones(6), columns])) == pytest.approx([1.0, 2.0, 5.0])


# networks of projects


def test_the_giant_component_of_projects_is_counted_by_hand():
    """1-2-3 and 3-4 hang together, 5-6 do not: four of six participants."""
    projects = [started((1, 2, 3), key=10), started((3, 4), key=11), started((5, 6), key=12), started((1, 2), key=13)]
    assert whole(projects)["funded_giant"] == pytest.approx(100 * 4 / 6)
    assert np.isnan(list(whole([]).values())).all()


def test_friends_of_friends_cluster_more_than_the_two_mode_null_and_dealt_teams_do_not():
    """Circles of four that work in pairs close triangles; teams dealt out anew are what the null deals."""
    circles = [pair for first in range(0, 240, 4) for pair in combinations(range(first, first + 4), 2)]
    rng = np.random.default_rng(10)
    slots = rng.permutation(np.repeat(np.arange(120), 6)).reshape(-1, 3)
    teams = [tuple(team) for team in slots.tolist() if len(set(team)) == 3]
    ratio = [whole([started(team, key=n) for n, team in enumerate(each)])["funded_clustering_over_null"] for each in (circles, teams)]
    assert ratio[0] > 3.0
    assert ratio[1] == pytest.approx(1.0, abs=0.15)


def places_of(seed: int, distance: float, border: float) -> tuple[Any, list[Start]]:
    """A watch of 24 places in two countries, and projects of two whose places follow gravity with these coefficients."""
    rng = np.random.default_rng(seed)
    count, each = 24, 10
    at, country = rng.uniform(0.0, 2000.0, (count, 2)), np.arange(count) % 2
    away = np.hypot(*(at[:, None] - at[None]).T)
    pairs = np.array(list(combinations(range(count), 2)))
    k, m = pairs.T
    rate = np.exp(distance * np.log(1.0 + away[k, m]) + border * (country[k] != country[m]))
    drawn = rng.choice(len(pairs), 20_000, p=rate / rate.sum())
    people = SimpleNamespace(
        id=np.arange(count * each), place=np.arange(count * each) // each, alive=np.ones(count * each, bool), knowledge=np.ones((240, 12))
    )
    world = SimpleNamespace(population=people, geography=SimpleNamespace(distance=away), places=SimpleNamespace(country=country))
    members = [(int(k[n]) * each + int(rng.integers(each)), int(m[n]) * each + int(rng.integers(each))) for n in drawn]
    return SimpleNamespace(world=world), [started(pair, key=n) for n, pair in enumerate(members)]


@pytest.mark.parametrize(("distance", "border"), [(-0.25, -0.4), (0.0, -0.4), (-0.25, 0.0)])
def test_gravity_between_places_is_found(distance: float, border: float):
    found = gravity(*places_of(11, distance, border))
    assert found["gravity_distance"] == pytest.approx(distance, abs=0.07)
    assert found["gravity_border"] == pytest.approx(border, abs=0.1)


def test_gravity_says_nothing_of_few_links_and_of_links_inside_a_place():
    watch, projects = places_of(11, 0.0, 0.0)
    assert np.isnan(list(gravity(watch, projects[:99]).values())).all()
    inside = [started((20 * n, 20 * n + 1), key=n) for n in range(12)] * 20
    assert np.isnan(list(gravity(watch, inside).values())).all()


# the lot


def test_meetings_by_lot_are_compared_by_hand():
    treated = {(1, 2): 0.1, (3, 4): 0.2, (5, 6): 0.6, (7, 8): 0.9}  # the median is 0.4
    controls = {(1, 3): 0.1, (1, 4): 0.2, (2, 3): 0.3, (2, 4): 0.35, (5, 7): 0.5, (5, 8): 0.6, (6, 7): 0.7, (6, 8): 0.95}
    agreed = {(1, 2), (5, 6), (7, 8), (1, 3), (5, 7), (100, 101)}
    found = compared(treated, controls, agreed)
    assert found["meeting_rate"] == pytest.approx(75.0)
    assert found["no_meeting_rate"] == pytest.approx(25.0)
    assert found["meeting_ratio"] == pytest.approx(3.0)
    # near: 2 of 2 over 1 of 4; far: 1 of 2 over 1 of 4
    assert found["meeting_near_over_far"] == pytest.approx((1.0 / 0.25) / (0.5 / 0.25))


def test_a_lot_without_treated_or_controls_says_nothing():
    assert np.isnan(list(compared({}, {(1, 2): 0.5}, set()).values())).all()
    assert np.isnan(list(compared({(1, 2): 0.5}, {}, set()).values())).all()
    assert np.isnan(compared({(1, 2): 0.5}, {(1, 3): 0.5}, set())["meeting_ratio"])


def test_all_pairs_of_a_consortium_agreed():
    chunk = {"member_ids": np.array([[9, 4, 7, -1], [2, 1, -1, -1]]), "size": np.array([3, 2])}
    world: Any = SimpleNamespace(flows=SimpleNamespace(agreed=[chunk]))
    assert agreements(world) == {(4, 9), (7, 9), (4, 7), (1, 2)}


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_pair_has_no_order_and_nothing_is_divided_by_nothing(i: int, j: int):
    assert paired(i, j) == paired(j, i) == tuple(sorted((i, j)))
    assert np.isnan(over(i, 0)) if j == 0 else over(i, j) == i / j
