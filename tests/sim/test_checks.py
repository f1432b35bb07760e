"""Invariants hold on random worlds, and every one of them notices when it is broken."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.checks import CHECKS, InvariantError, check_all
from sim.step import step
from tests.worlds import demo_config, lived


@pytest.fixture(scope="module")
def sound():
    world = lived(demo_config("scenario=grants", burn_in=2, check=False), 6)
    check_all(world)
    return world


@settings(max_examples=3)
@given(seed=st.integers(0, 2**31 - 1), scenario=st.sampled_from(["status_quo", "grants", "matchmaking"]))
def test_random_worlds_keep_every_invariant(seed, scenario):
    lived(demo_config(f"scenario={scenario}", burn_in=2), 8, seed)


def test_ids_are_never_used_twice():
    world = lived(demo_config(), 0)
    ever, now = set(), set()
    for _ in range(12):
        gone = ever - now
        now = set(world.population.id[world.population.alive].tolist())
        assert not gone & now
        ever |= now
        step(world)


def an_id_twice(world):
    a, b = np.flatnonzero(world.population.alive)[:2]
    world.population.id[b] = world.population.id[a]


def a_stray_row(world):
    a = np.flatnonzero(world.population.alive)[0]
    world.population.country[a] = (world.population.country[a] + 1) % len(world.countries)


def a_negative_stock(world):
    world.population.knowledge[np.flatnonzero(world.population.alive)[0], 0] = -1.0


def cash_that_is_no_number(world):
    world.population.cash[0] = np.nan


def money_from_nowhere(world):
    world.flows.money.closing[np.flatnonzero(world.flows.money.sales > 0)[0]] += 1.0


def a_market_of_more_than_everything(world):
    world.market.share[0, 0, 0] += 0.01


def a_tie_to_itself(world):
    tie = world.ties.living()[0]
    world.ties.b[tie] = world.ties.a[tie]


def a_tie_to_the_dead(world):
    world.population.alive[world.ties.a[world.ties.living()[0]]] = False


def a_tie_that_one_end_forgot(world):
    tie = world.ties.living()[0]
    slots = world.ties.of[world.ties.a[tie]]
    slots[slots == tie] = -1


def a_member_twice(world):
    row = np.flatnonzero(world.projects.status)[0]
    world.projects.members[row, 1] = world.projects.members[row, 0]
    world.projects.member_ids[row, 1] = world.projects.member_ids[row, 0]


def another_member_than_signed(world):
    world.projects.member_ids[np.flatnonzero(world.projects.status)[0], 0] += 1


def a_programme_in_the_red(world):
    next(iter(world.programmes.values())).left[0] = -1.0


def spending_nobody_booked(world):
    next(iter(world.programmes.values())).spent += 1.0


def a_ladder_that_rises(world):
    world.recorder.ladders[-1][0, 0, 3] += 1e9


BREAKS = {
    an_id_twice: "check_ids",
    a_stray_row: "check_rows",
    a_negative_stock: "check_numbers",
    cash_that_is_no_number: "check_numbers",
    money_from_nowhere: "check_money",
    a_market_of_more_than_everything: "check_market",
    a_tie_to_itself: "check_ties",
    a_tie_to_the_dead: "check_ties",
    a_tie_that_one_end_forgot: "check_ties",
    a_member_twice: "check_projects",
    another_member_than_signed: "check_projects",
    a_programme_in_the_red: "check_budgets",
    spending_nobody_booked: "check_budgets",
    a_ladder_that_rises: "check_ladders",
}


@pytest.mark.parametrize(("harm", "name"), BREAKS.items(), ids=lambda value: getattr(value, "__name__", value))
def test_a_broken_invariant_is_noticed(sound, harm, name):
    world = copy.deepcopy(sound)
    harm(world)
    check = {check.__name__: check for check in CHECKS}[name]
    with pytest.raises(InvariantError):
        check(world)
    with pytest.raises(InvariantError, match=r"quarter \d+, check_"):
        check_all(world)


def test_no_room_is_noticed(sound):
    world = copy.deepcopy(sound)
    signed = [int(i) for chunk in world.flows.agreed for i in chunk["members"][~chunk["renewal"]].ravel() if i >= 0]
    if not signed:
        pytest.skip("nobody signed in this quarter")
    world.projects.load[world.projects.members == signed[0]] = 100.0
    with pytest.raises(InvariantError):
        check_all(world)
