"""Histories of money: firms in debt, firms that have just run out of it, and what programmes paid."""

from dataclasses import replace
from typing import Any

import numpy as np

from agents.population import Kind
from sim.step import step
from sim.world import World
from tests.scenarios.histories import Pair, programme, world_with

STIFF = ("behaviour.investment.price_elasticity=0",)
"""Wanted R&D does not answer to its price: only money matters."""
INDEBTED = ("behaviour.birth.start_debt=0.3", "behaviour.finance.line=0.4")


def plan(name: str, **changes: Any) -> Any:
    """The shipped programme with a budget for everybody, for firms of any size, in a cluster or not."""
    instrument = programme(name, **{"dose": 1.0} | changes)
    return replace(instrument, target=replace(instrument.target, clustered=None, staff_max=1e7))


def hard_times(seed: int, programmes: dict[str, Any], overrides: tuple[str, ...] = ()) -> Pair:
    """A first quarter in which every second firm has just run out of money, in both arms."""
    arm, none = world_with(seed, programmes, overrides), world_with(seed, {}, overrides)
    for world in (arm, none):
        people = world.population
        poor = (people.id % 2 == 1) & (people.kind == Kind.FIRM) & people.alive
        people.cash[poor], people.constrained[poor] = 0.0, True
        step(world)
    stayed = (none.population.id >= 0) & (arm.population.id == none.population.id) & (none.flows.money.sales > 0.0)
    short = none.population.constrained
    return Pair(arm, none, arm.flows.money.research - none.flows.money.research, stayed & ~short, stayed & short)


def booked(world: World, name: str, kind: str, quarter: int | None = None) -> np.ndarray:
    """What a programme paid to each country, in one quarter or ever; f8 (C,)."""
    amounts = np.zeros(len(world.countries))
    for (when, who, _, payee, what), amount in world.treasury.ledger.items():
        if who == name and what == kind and quarter in (None, when):
            amounts[world.countries.iso.index(payee)] += amount
    return amounts


def real(world: World, amount: np.ndarray) -> np.ndarray:
    """Sums over the organisations of each country, f8 (C,), real money."""
    sums = np.zeros(len(world.countries))
    np.add.at(sums, world.population.country, amount * world.weight)
    return sums
