"""The mechanism that all instruments share: who is in the target group, what arrives, who is served, who pays."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.config import Config
from sim.eligibility import replaces_imports, strata
from sim.step import step
from sim.world import World
from tests.worlds import demo_config

SEED, BURN_IN = 3, 5


@cache
def composed() -> Config:
    return demo_config("instrument=[neutral_cash,subsidy,grants]", burn_in=BURN_IN, programme=6, after=6)


@cache
def opening() -> bytes:
    world = World(replace(composed(), instrument={}), SEED)
    for _ in range(BURN_IN):
        step(world)
    return world.snapshot()


def world_with(name: str, **changes: Any) -> World:
    """The world at the opening with one programme; `target` names what differs from everybody."""
    instrument = composed().instrument[name]
    target = replace(instrument.target, **{"sectors": (), "kinds": ()} | changes.pop("target", {}))
    instrument = replace(instrument, **{"dose": 0.1, "start": 0, "end": 6, "overhead": 0.0, "target": target} | changes)
    return World.resume(opening(), replace(composed(), instrument={name: instrument}))


def eligible(world: World, name: str) -> np.ndarray:
    programme = world.programmes[name]
    programme.refresh(world)
    return np.asarray((world.population.eligible & programme.flag) != 0)


def test_a_target_of_places_and_stages_takes_who_is_there():
    world = world_with("neutral_cash", target={"places": ("Minsk", "Moscow"), "cluster_stages": ("active",)})
    rows, people = np.flatnonzero(eligible(world, "neutral_cash")), world.population
    assert len(rows)
    assert {world.places.name[place] for place in people.place[rows]} <= {"Minsk", "Moscow"}
    assert np.all(world.clusters.stage[people.cluster[rows]] == 2)
    assert np.all(people.cluster[rows] >= 0)


def test_who_replaces_imports_sells_at_home_what_is_imported():
    world = world_with("neutral_cash", target={"import_replacing": True})
    rows, people, market = np.flatnonzero(eligible(world, "neutral_cash")), world.population, world.market
    home, sector = people.country[rows], people.sector[rows]
    assert 0 < len(rows) < np.count_nonzero(people.alive & (people.kind == 0))
    assert np.all(1.0 - market.share[home, home, sector] >= world.config.behaviour.public.import_share)
    assert np.all(people.kind[rows] == 0)
    assert np.array_equal(rows, np.flatnonzero(replaces_imports(world) & people.alive))


def test_a_stratified_lot_takes_the_same_share_of_every_stratum_and_no_newcomers():
    world = world_with("neutral_cash", target={"random_share": 0.5, "strata": ("country", "size")})
    chosen, people = eligible(world, "neutral_cash"), world.population
    number, active = strata(world, world.programmes["neutral_cash"].instrument.target), people.alive & (people.staff > 0.0)
    for each in np.unique(number[active]):
        there = active & (number == each)
        assert np.count_nonzero(chosen & there) == int(0.5 * np.count_nonzero(there) + 0.5)
    ids = set(people.id[chosen].tolist())
    for _ in range(8):
        step(world)
    later = people.alive & ((people.eligible & world.programmes["neutral_cash"].flag) != 0)
    assert set(people.id[later].tolist()) <= ids


def test_money_arrives_as_the_payers_deliver_it_and_late():
    late, prompt = world_with("neutral_cash", delay=2), world_with("neutral_cash")
    for world in (late, prompt):
        for _ in range(2):
            step(world)
    assert late.programmes["neutral_cash"].arrived == 0.0
    assert late.programmes["neutral_cash"].spent == 0.0
    programme, delivery = prompt.programmes["neutral_cash"], prompt.countries.delivery
    assert programme.arrived == pytest.approx(2 * float((0.1 * programme.base / 4.0 * delivery).sum()), rel=1e-12)
    step(late)
    assert late.programmes["neutral_cash"].arrived == pytest.approx(programme.arrived / 2, rel=1e-12)


def test_who_is_served_is_drawn_and_fits_the_purse():
    world = world_with("subsidy")
    programme, people = world.programmes["subsidy"], world.population
    programme.refresh(world)
    wanted = np.where(people.alive, 0.01, 0.0)
    chosen = programme.ration(world, wanted)
    cost = np.bincount(people.country[chosen], weights=(wanted * world.weight)[chosen], minlength=len(world.countries))
    assert chosen.any()
    assert not chosen[people.alive].all()
    assert np.all(cost <= programme.left + 1e-12)
    assert set(people.id[chosen]) == set(programme.served[programme.served >= 0])
    # more money serves the same and others besides
    programme.left = programme.left * 3.0
    assert np.all(programme.ration(world, wanted)[chosen])


def test_a_common_purse_pays_anybody_and_every_contributor_bears_its_part():
    world = world_with("neutral_cash")
    programme = world.programmes["neutral_cash"]
    key = np.array([0.5, 0.3, 0.2] + [0.0] * (len(world.countries) - 3))
    programme.key_of_pool = key
    programme.refresh(world)
    contributed = programme.left.copy()
    total = float(contributed[:3].sum())
    assert np.allclose(
        contributed[:3], key[:3] * total / float((key[:3] * world.countries.delivery[:3]).sum()) * world.countries.delivery[:3]
    )
    assert programme.in_purses(programme.left)[0] == pytest.approx(total)
    amount = np.zeros(len(key))
    amount[2] = 0.5 * total
    programme.charge(world, "cash", amount)
    assert np.allclose(programme.left[:3], 0.5 * contributed[:3])
    booked = {(payer, payee): sum_ for (_, _, payer, payee, kind), sum_ in world.treasury.ledger.items() if kind == "cash"}
    iso = world.countries.iso
    assert booked == {(iso[c], iso[2]): pytest.approx(0.5 * contributed[c]) for c in range(3)}
    assert np.allclose(world.treasury.unpaid[:3], 0.5 * contributed[:3])


def test_what_is_promised_does_not_lapse():
    world = world_with("grants", scope="any", awareness=1.0)
    programme = world.programmes["grants"]
    for _ in range(4):
        step(world)
    owed, before = programme.instrument.owes(world, programme), programme.left.copy()
    assert owed.sum() > 0.0
    assert np.any(before > owed + 1e-6)
    programme.refresh(world)
    arrived = 0.1 * programme.base / 4.0 * world.countries.delivery
    assert np.allclose(programme.left, np.minimum(owed, before) + arrived)


def test_what_comes_late_is_spent_late_and_nothing_is_lost():
    late, prompt = world_with("neutral_cash", delay=3), world_with("neutral_cash")
    for world in (late, prompt):
        for _ in range(12):
            step(world)
    assert late.programmes["neutral_cash"].offered == prompt.programmes["neutral_cash"].offered
    assert late.programmes["neutral_cash"].arrived == pytest.approx(prompt.programmes["neutral_cash"].arrived, rel=1e-12)
    assert late.programmes["neutral_cash"].spent == pytest.approx(prompt.programmes["neutral_cash"].spent, rel=1e-12)


def test_a_budget_is_that_of_countries_and_sectors_whomever_it_picks_there():
    wide, narrow = world_with("neutral_cash"), world_with("neutral_cash", target={"kinds": ("firm",), "staff_max": 50.0, "clustered": True})
    for world in (wide, narrow):
        world.programmes["neutral_cash"].refresh(world)
    assert np.array_equal(wide.programmes["neutral_cash"].base, narrow.programmes["neutral_cash"].base)


def test_nobody_qualifies_for_what_is_over():
    world = world_with("neutral_cash", end=2)
    for _ in range(2):
        step(world)
    assert np.any(world.population.eligible & world.programmes["neutral_cash"].flag)
    step(world)
    assert not np.any(world.population.eligible & world.programmes["neutral_cash"].flag)


def test_regions_pay_what_they_add_out_of_budgets_of_their_own():
    plain, topped = (world_with("grants", scope="any", awareness=1.0, noise=0.0, regional=regional) for regional in (0.0, 0.3))
    for world in (plain, topped):
        step(world)
    funded = [np.count_nonzero(world.projects.programme == world.programmes["grants"].bit) for world in (plain, topped)]
    assert funded[0] == funded[1] > 0  # the state's money goes as far as before
    for _ in range(5):
        step(topped)
    regional = sum(amount for (*_, kind), amount in topped.treasury.ledger.items() if kind == "regional")
    assert regional > 0.0
    programme = topped.programmes["grants"]
    assert programme.spent + float(programme.left.sum()) <= programme.arrived * (1.0 + 1e-9)
