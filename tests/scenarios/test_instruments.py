"""The contract of every instrument: whom it may serve, what it may spend, and that it is nothing without money or out of its time."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from scenarios import INSTRUMENTS
from sim.config import Config
from sim.instrument import Instrument, Programme
from sim.step import step
from sim.treasury import BESIDE
from sim.world import World
from tests.conftest import ROOT
from tests.state import differences, state
from tests.worlds import composed, demo_config

SEED = 2
BURN_IN = 5
WITHOUT_BUDGET = {"status_quo", "residual_cash"}
PLAIN = sorted({path.stem for path in (ROOT / "configs" / "instrument").glob("[!_]*.yaml")} - WITHOUT_BUDGET)
"""Programmes with a budget of their own."""
RECEIVED = ("grant", "subsidy", "cash")
"""Kinds of outlay that organisations of the model receive."""


@cache
def shipped() -> dict[str, Instrument]:
    """Every shipped programme with a budget of its own: a tenth of R&D, in all sectors, from the opening on for four quarters."""
    return {name: plan(each) for name, each in composed(f"instrument=[{','.join(PLAIN)}]").instrument.items()}


def plan(instrument: Any, **changes: Any) -> Any:
    target = replace(instrument.target, sectors=())
    return replace(instrument, **{"dose": 0.1, "start": 0, "end": 4, "delivery": 0.9, "target": target, "awareness": 0.7} | changes)


def kind_of(name: str) -> type[Instrument]:
    return type(shipped()[name])


@cache
def bare() -> Config:
    """The demo world without any programme."""
    return demo_config("scenario=no_policy", burn_in=BURN_IN, programme=6, after=6)


@cache
def opening() -> bytes:
    world = World(bare(), SEED)
    for _ in range(BURN_IN):
        step(world)
    return world.snapshot()


def world_with(programmes: dict[str, Any]) -> World:
    """The world at the opening with these programmes and no others."""
    return World.resume(opening(), replace(bare(), instrument=programmes))


def booked(world: World, name: str, quarter: int, kinds: tuple[str, ...] | None = None) -> np.ndarray:
    """What a programme paid to organisations of each country in a quarter, f8 (C,); all kinds by default."""
    amounts = np.zeros(len(world.countries))
    for (when, programme, _, payee, kind), amount in world.treasury.ledger.items():
        if when == quarter and programme == name and kind not in BESIDE and (kinds is None or kind in kinds):
            amounts[world.countries.iso.index(payee)] += amount
    return amounts


def received(world: World, sales: np.ndarray) -> np.ndarray:
    """Public money, untargeted support aside, in the books of organisations of each country, f8 (C,), real.

    sales f8 (rows,): science's budgets of the quarter; whatever science spends beyond, it was given.
    """
    flow, people, countries = world.flows.money, world.population, world.countries
    firms = flow.support + flow.grant + flow.subsidy
    science = np.where(people.alive & (people.kind != 0), people.research - sales, 0.0)
    money = np.where(flow.sales > 0.0, firms - world.levers.untargeted, science)
    blocks = zip(countries.start, countries.stop, countries.weight, strict=True)
    return np.array([float(sum(money[start:stop])) * weight for start, stop, weight in blocks])


def test_every_registered_kind_is_shipped_and_tested():
    assert {each.kind for each in shipped().values()} == set(INSTRUMENTS)
    assert all(INSTRUMENTS[each.kind] is type(each) for each in shipped().values())


@pytest.mark.parametrize("name", PLAIN)
def test_who_is_eligible_is_alive_and_within_the_target(name):
    target = replace(shipped()[name].target, sectors=("biotech", "ict"), countries=("RUS", "KAZ"), clustered=None, staff_min=5.0)
    world = world_with({name: plan(shipped()[name], payers=("policy",), target=target)})
    programme, people = world.programmes[name], world.population
    programme.refresh(world)
    eligible = (people.eligible & programme.flag) != 0
    assert eligible.shape == programme.applicants(world).shape == (people.capacity,)
    assert 0 < np.count_nonzero(eligible) < np.count_nonzero(people.alive)
    assert np.all(people.alive[eligible] & (people.staff[eligible] >= 5.0))
    assert {world.countries.iso[c] for c in people.country[eligible]} <= {"RUS", "KAZ"}
    assert {world.sectors.name[s] for s in people.sector[eligible]} <= {"biotech", "ict"}
    assert np.all(eligible[programme.applicants(world)])


@pytest.mark.parametrize("name", PLAIN)
def test_a_programme_spends_its_budget_and_no_more(name):
    world = world_with({name: shipped()[name]})
    programme = world.programmes[name]
    for _ in range(8):
        step(world)
        spent = sum(float(booked(world, name, quarter).sum()) for quarter in range(BURN_IN, world.quarter))
        assert np.all(programme.left >= -1e-9)
        assert spent == pytest.approx(programme.spent, rel=1e-9)
        assert programme.spent + float(programme.left.sum()) == pytest.approx(0.9 * programme.offered, rel=1e-9)
    assert 0.0 < programme.spent <= 0.9 * programme.offered * (1 + 1e-9)
    quarterly = shipped()[name].dose * programme.base.sum() / 4.0
    assert programme.offered <= 4 * quarterly * (1 + 1e-9)


@pytest.mark.parametrize("name", PLAIN)
def test_what_the_ledger_says_was_paid_is_what_organisations_received(name):
    world = world_with({name: plan(shipped()[name], end=10)})
    total = 0.0
    for _ in range(12):
        budgets = world.population.sales.copy()  # of science, constant
        step(world)
        paid = booked(world, name, world.quarter - 1, RECEIVED)
        assert received(world, budgets) == pytest.approx(paid, rel=1e-9, abs=1e-9)
        total += float(paid.sum())
    if kind_of(name).kind in ("matchmaking", "platform"):  # their money buys meetings from others
        assert total == 0.0
    elif getattr(shipped()[name], "scope", "any") == "any":  # a narrow call may find no project in a small world
        assert total > 0.0


@pytest.mark.parametrize("name", PLAIN)
def test_a_programme_without_money_is_no_programme(name):
    zero, none = world_with({name: plan(shipped()[name], dose=0.0)}), world_with({})
    for _ in range(8):
        step(zero)
        step(none)
    assert differences(state(zero, []), state(none, [])) == []
    assert zero.treasury.ledger == none.treasury.ledger
    assert not np.any((zero.population.aware | zero.population.eligible) & zero.programmes[name].flag)


@pytest.mark.parametrize("name", PLAIN)
def test_a_programme_is_nothing_before_it_opens(name):
    late, none = world_with({name: plan(shipped()[name], start=3, end=5)}), world_with({})
    for _ in range(3):
        step(late)
        step(none)
        assert differences(state(late, []), state(none, [])) == []
    step(late)
    assert late.programmes[name].offered > 0.0


@pytest.mark.parametrize("name", PLAIN)
def test_a_closed_programme_only_keeps_its_promises(name):
    world = world_with({name: plan(shipped()[name], end=2)})
    programme = world.programmes[name]
    for _ in range(2):
        step(world)
    offered, base = programme.offered, programme.base.copy()
    waiting = world.projects.key[(world.projects.status == 1) & (world.projects.programme < 0)]
    for _ in range(6):
        step(world)
        kinds = {key[4] for key in world.treasury.ledger if key[0] == world.quarter - 1 and key[1] == name}
        assert kinds <= {"grant"}
        assert not np.any(world.levers.cash)
        assert not np.any(world.levers.research_rate)
        assert not np.any(np.isin(world.flows.meetings.channel, (3, 4, 5)))
    assert programme.offered == offered
    assert np.array_equal(programme.base, base)
    funded = world.projects.key[world.projects.programme == programme.bit]
    assert not np.any(np.isin(waiting, funded))


@pytest.mark.parametrize("pair", list(combinations(sorted(INSTRUMENTS), 2)), ids="+".join)
def test_two_instruments_live_together(pair):
    chosen = {name for kind in pair for name in PLAIN if kind_of(name).kind == kind}
    world = world_with({name: plan(shipped()[name], dose=0.05) for name in sorted(chosen)})
    assert world.config.check
    for _ in range(8):
        step(world)
    assert all(world.programmes[name].spent > 0.0 for name in chosen)


def test_all_programmes_live_together():
    everything = {name: plan(each, dose=0.05) for name, each in shipped().items()}
    residual = composed("instrument=[residual_cash]").instrument["residual_cash"]
    everything["residual_cash"] = replace(residual, residual_of=("grants", "matchmaking", "platform"), end=4)
    world = world_with(everything)
    for _ in range(8):
        step(world)
    assert all(world.programmes[name].spent > 0.0 for name in everything)


def test_a_residual_programme_pays_out_what_the_others_leave():
    grants = plan(shipped()["grants"], awareness=0.0)
    residual = replace(composed("instrument=[residual_cash]").instrument["residual_cash"], residual_of=("grants",), end=4)
    world = world_with({"grants": grants, "residual_cash": replace(residual, target=grants.target)})
    programme: Programme = world.programmes["grants"]
    for _ in range(6):
        step(world)
    overhead = sum(amount for key, amount in world.treasury.ledger.items() if key[1] == "grants" and key[4] == "overhead")
    assert programme.spent == pytest.approx(overhead)
    assert programme.spent + world.programmes["residual_cash"].spent == pytest.approx(0.9 * programme.offered)
