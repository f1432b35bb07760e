"""The contract of every instrument: whom it may serve, what it may spend, and that it is nothing without money or out of its time.

Instruments are found by themselves: one more file in configs/instrument is one more line in every test here.
"""

from dataclasses import fields, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from scenarios import INSTRUMENTS
from sim.levers import Levers
from sim.step import step
from sim.timetable import Entry
from sim.treasury import BESIDE, NAMED
from sim.world import World
from tests.reference import instruments as reference
from tests.scenarios.contract import NAMES, PAID, SHOCKS, bare, company, lived, opening, plan, shipped, world_with
from tests.state import differences, state
from tests.worlds import composed

CENT = 1e-8
"""In mln int$."""
RECEIVED = ("grant", "regional", "reimbursement", "subsidy", "cash")
"""Kinds of outlay that come to organisations as money for research or without strings."""
OF_PROMISES = {"grant", "regional", "reimbursement", "interest_subsidy", "guarantee_called"}
"""Kinds of outlay that were promised for later quarters, and are paid after the end."""
NOT_OURS = {"untargeted", "surcharge"}
"""Levers that general support and the treasury turn."""
AFTERWARDS = {"reimbursement": {"cash"}, "internal_market": {"trade"}, "infrastructure": {"part_relief", "start_relief"}}
"""Levers that some kinds still turn after their end: claims of the last year; rules and buildings that fall back slowly."""
PLANE = 7
"""A prime: instruments are points of a plane over that many numbers, and a group is one of its lines."""


def booked(world: World, name: str, quarter: int, kinds: tuple[str, ...] = NAMED) -> np.ndarray:
    """What a programme paid to organisations of each country in a quarter, f8 (C,)."""
    amounts = np.zeros(len(world.countries))
    for (when, programme, _, payee, kind), amount in world.treasury.ledger.items():
        if when == quarter and programme == name and kind in kinds:
            amounts[world.countries.iso.index(payee)] += amount
    return amounts


def received(world: World, budgets: np.ndarray) -> np.ndarray:
    """Public money, general support aside, in the books of organisations of each country, f8 (C,), real.

    budgets f8 (rows,): science's of the quarter; whatever science spends beyond, it was given.
    """
    flow, people, countries = world.flows.money, world.population, world.countries
    firms = flow.support + flow.grant + flow.subsidy - world.levers.untargeted
    science = np.where(people.alive & (people.kind != 0), people.research - budgets + world.levers.contribution, 0.0)
    money = np.where(flow.sales > 0.0, firms, science)
    blocks = zip(countries.start, countries.stop, countries.weight, strict=True)
    return np.array([float(sum(money[start:stop])) * weight for start, stop, weight in blocks])


def turned(levers: Levers) -> set[str]:
    """Levers that are not at rest."""
    rest = Levers.at_rest(len(levers.cash), len(levers.surcharge), levers.spending.shape[1])
    names = [field.name for field in fields(Levers) if field.name not in NOT_OURS]
    return {name for name in names if not np.array_equal(getattr(levers, name), getattr(rest, name))}


def apart(one: World, other: World) -> list[str]:
    return differences(state(one, []), state(other, []))


def test_every_registered_kind_is_shipped_and_tested():
    assert {each.kind for each in shipped().values()} == set(INSTRUMENTS)
    assert all(INSTRUMENTS[each.kind] is type(each) for each in shipped().values())


def test_the_reference_model_knows_every_kind():
    hooks = ("ADMITS", "PREPARE", "GOVERN", "MEET", "PAY", "SETTLE", "OWES")
    assert set().union(*(getattr(reference, hook, {}) for hook in hooks)) >= set(INSTRUMENTS)


@pytest.mark.parametrize("name", NAMES)
def test_who_is_eligible_is_alive_and_within_the_target(name):
    target = replace(shipped()[name].target, sectors=("biotech", "ict", "light_industry"), countries=("RUS", "KAZ"), staff_min=5.0)
    world = world_with({name: plan(name, payers=("policy",), target=target)} | company([name]))
    programme, people = world.programmes[name], world.population
    assert programme.instrument.admits(world, programme).shape == (people.capacity,)
    programme.refresh(world)
    eligible = (people.eligible & programme.flag) != 0
    assert eligible.shape == programme.applicants(world).shape == (people.capacity,)
    assert np.count_nonzero(eligible) < np.count_nonzero(people.alive)
    assert np.all(people.alive[eligible] & (people.staff[eligible] >= 5.0))
    assert {world.countries.iso[c] for c in people.country[eligible]} <= {"RUS", "KAZ"}
    assert {world.sectors.name[s] for s in people.sector[eligible]} <= set(target.sectors)
    assert np.all(eligible[programme.applicants(world)])


@pytest.mark.parametrize("name", PAID)
def test_a_programme_spends_its_budget_and_no_more(name):
    world = world_with({name: plan(name)} | company([name]))
    programme = world.programmes[name]
    for age in range(1, 9):
        step(world)
        entries = [(kind, amount) for (_, who, _, _, kind), amount in world.treasury.ledger.items() if who == name]
        assert all(amount > 0.0 for kind, amount in entries if kind != "claw_back")
        spent = float(sum(amount for kind, amount in entries if kind not in BESIDE))
        assert spent == pytest.approx(programme.spent, rel=1e-9, abs=CENT)
        assert np.all(programme.left >= -CENT)
        assert programme.spent <= programme.arrived * (1 + 1e-9) <= programme.offered * (1 + 2e-9)
        if age <= 4:  # afterwards what is neither spent nor promised lapses
            assert programme.spent + float(programme.left.sum()) == pytest.approx(programme.arrived, rel=1e-9, abs=CENT)
    assert programme.offered <= 4 * shipped_quarter(world, name) * (1 + 1e-9)


def shipped_quarter(world: World, name: str) -> float:
    """The largest budget of one quarter, mln int$."""
    programme = world.programmes[name]
    return 0.1 * float((programme.base * programme.mix).sum()) / 4.0


@pytest.mark.parametrize("name", SHOCKS)
def test_a_shock_costs_the_treasury_nothing(name):
    world = lived({name: plan(name)} | company([name]), 6)
    programme = world.programmes[name]
    assert programme.offered == programme.spent == 0.0
    assert not [key for key in world.treasury.ledger if key[1] == name]


@pytest.mark.parametrize("name", PAID)
def test_what_the_ledger_says_was_paid_is_what_organisations_received(name):
    world = world_with({name: plan(name, end=10)})
    for _ in range(12):
        budgets = world.population.sales.copy()  # of science, constant
        step(world)
        paid = booked(world, name, world.quarter - 1, RECEIVED)
        assert received(world, budgets) == pytest.approx(paid, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_without_a_dose_is_none(name):
    others = company([name])
    zero, none = lived({name: plan(name, dose=0.0)} | others, 8), lived(others, 8)
    assert apart(zero, none) == []
    assert zero.treasury.ledger == none.treasury.ledger
    assert not np.any((zero.population.aware | zero.population.eligible) & zero.programmes[name].flag)


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_nothing_before_it_opens(name):
    late = world_with({name: plan(name, start=3, end=5)} | company([name]))
    none = world_with(company([name]))
    for _ in range(3):
        step(late)
        step(none)
        assert apart(late, none) == []
    step(late)
    programme = late.programmes[name]
    assert programme.base[0] >= 0.0  # it has opened
    assert programme.instrument.free or programme.offered > 0.0 or not np.any(programme.base > 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_instrument_only_keeps_its_promises(name):
    world = lived({name: plan(name, end=2)}, 2)
    programme = world.programmes[name]
    offered, base = programme.offered, programme.base.copy()
    waiting = world.projects.key[(world.projects.status == 1) & (world.projects.programme < 0)]
    for _ in range(6):
        step(world)
        kinds = {key[4] for key in world.treasury.ledger if key[0] == world.quarter - 1 and key[1] == name}
        assert kinds - set(BESIDE) <= OF_PROMISES
        assert turned(world.levers) <= AFTERWARDS.get(programme.instrument.kind, set())
        assert not np.any(np.isin(world.flows.meetings.channel, (3, 4, 5)))
    assert programme.offered == offered
    assert np.array_equal(programme.base, base)
    funded = world.projects.key[world.projects.programme == programme.bit]
    assert not np.any(np.isin(waiting, funded))


def groups(names: list[str]) -> list[list[str]]:
    """Lines of a finite plane: every two of at most PLANE ** 2 names are together in exactly one of them."""
    point = {divmod(n, PLANE): name for n, name in enumerate(names)}
    lines = [[(x, (slope * x + shift) % PLANE) for x in range(PLANE)] for slope in range(PLANE) for shift in range(PLANE)]
    lines += [[(x, y) for y in range(PLANE)] for x in range(PLANE)]
    found = [[point[each] for each in line if each in point] for line in lines]
    return [group for group in found if len(group) > 1]


def one_of_each_kind() -> list[str]:
    """A programme of every kind, the one that bears its name if there is one."""
    first: dict[str, str] = {}
    for name in NAMES:
        kind = shipped()[name].kind
        if kind not in first or name == kind:
            first[kind] = name
    return list(first.values())


def test_every_two_kinds_are_in_one_group():
    kinds = one_of_each_kind()
    together = [pair for group in groups(kinds) for pair in combinations(sorted(group), 2)]
    assert sorted(together) == sorted(combinations(sorted(kinds), 2))


@pytest.mark.parametrize("group", groups(one_of_each_kind()), ids="+".join)
def test_every_two_kinds_live_together(group):
    """Eight quarters with all invariants on; programmes end after six, shocks are over after four."""
    programmes = {name: plan(name, dose=0.05, end=6) for name in group if name in PAID}
    programmes |= {name: plan(name) for name in group if name in SHOCKS}
    world = lived(programmes | company(group, dose=0.05), 8)
    assert world.config.check


def test_all_instruments_live_together():
    everything: dict[str, Any] = {name: plan(name, dose=0.02, end=6) for name in PAID} | {name: plan(name) for name in SHOCKS}
    residual = composed("instrument=[residual_cash]").instrument["residual_cash"]
    everything["residual_cash"] = replace(residual, residual_of=("grants", "matchmaking", "platform"), end=6)
    world = lived(everything, 8)
    assert world.config.check
    assert all(world.programmes[name].arrived > 0.0 for name in PAID if np.any(world.programmes[name].base > 0.0))


def test_a_residual_programme_pays_out_what_the_others_leave():
    grants = plan("grants", awareness=0.0)
    residual = composed("instrument=[residual_cash]").instrument["residual_cash"]
    world = lived({"grants": grants, "residual_cash": replace(residual, residual_of=("grants",), end=4, target=grants.target)}, 6)
    programme = world.programmes["grants"]
    assert programme.spent == pytest.approx(programme.overhead)
    assert programme.spent + world.programmes["residual_cash"].spent == pytest.approx(programme.arrived)


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_that_begins_by_the_timetable_is_one_that_is_there_from_then_on(name):
    """It stands with dose 0 for two quarters; the same world without it is handed over to a configuration that has it."""
    others, own = company([name]), plan(name)
    entry = Entry(at=2, set={f"instrument.{name}.dose": own.dose})
    config = replace(bare(), instrument={name: replace(own, dose=0.0)} | others, timetable=(entry,))
    waiting, none = World.resume(opening(), config), world_with(others)
    for quarter in range(6):
        if quarter == 2:
            none = World.resume(none.snapshot(), replace(bare(), instrument={name: own} | others))
        step(waiting)
        step(none)
        assert differences(state(waiting, sorted(others)), state(none, sorted(others))) == [], quarter
    assert waiting.treasury.ledger == none.treasury.ledger
    assert waiting.programmes[name].offered == none.programmes[name].offered
    assert waiting.programmes[name].instrument == own
