"""A few histories of the demo world, each with and without a programme, that share their luck."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sim.config import Config
from sim.step import step
from sim.world import World
from tests.worlds import composed, demo_config

SEEDS = (1, 2, 3, 4)
TIME = {"burn_in": 6, "programme": 8, "after": 2}
LIVELY = (
    "behaviour.search.cluster_rate=0.7", "behaviour.search.partner_rate=0.3", "behaviour.search.chance_rate=0.25",
    "behaviour.search.worldwide=0.9", "behaviour.search.focus=0", "behaviour.search.fame=0", "behaviour.appraisal.base=-2.8",
    "behaviour.appraisal.gain=5", "behaviour.appraisal.stretch=1", "behaviour.appraisal.distance=0.06", "behaviour.appraisal.border=0.15",
    "behaviour.appraisal.trust=0.9", "behaviour.appraisal.science_relief=0", "behaviour.appraisal.business_base=-2.7",
    "behaviour.brokerage.memo_base=-2.9", "behaviour.cooperation.widening=0.45", "behaviour.project.end=0.118",
    "behaviour.birth.place_spread=0", "behaviour.finance.buffer=0.12", "behaviour.finance.cost_spread=0.13",
    "behaviour.turnover.entry_rate=0.18",
)  # fmt: skip
"""Values of these histories' own: what a programme does in so small a world is to be seen whatever a calibration leaves."""


@cache
def opening(seed: int, overrides: tuple[str, ...] = ()) -> bytes:
    """The world without programmes when they could open."""
    world = World(demo_config("scenario=no_policy", *LIVELY, *overrides, **TIME), seed)
    for _ in range(TIME["burn_in"]):
        step(world)
    return world.snapshot()


def config_with(programmes: dict[str, Any], *overrides: str) -> Config:
    return replace(demo_config("scenario=no_policy", *LIVELY, *overrides, **TIME), instrument=programmes)


def world_with(seed: int, programmes: dict[str, Any] | None = None, overrides: tuple[str, ...] = ()) -> World:
    return World.resume(opening(seed, overrides), config_with(programmes or {}, *overrides))


def programme(name: str, **changes: Any) -> Any:
    """The shipped programme in all sectors, known to all, without overhead, with changes."""
    instrument = composed(f"instrument=[{name}]").instrument[name]
    target = replace(instrument.target, sectors=())
    return replace(instrument, **{"target": target, "awareness": 1.0, "overhead": 0.0, "end": 8} | changes)


def pair(seed: int, name: str, overrides: tuple[str, ...] = (), **changes: Any) -> tuple[World, World]:
    """An arm with one programme, and its baseline."""
    return world_with(seed, {name: programme(name, **changes)}, overrides), world_with(seed, {}, overrides)


def booked(world: World, name: str, kind: str, quarter: int | None = None) -> float:
    """What a programme paid of a kind, in a quarter or in all, mln int$."""
    entries = world.treasury.ledger.items()
    return sum(amount for (when, who, _, _, what), amount in entries if (who, what) == (name, kind) and quarter in (None, when))


def lived(world: World, quarters: int, look: Callable[[World], Any] = lambda world: None) -> list[Any]:
    """Let quarters pass; what `look` sees at the end of each."""
    seen = []
    for _ in range(quarters):
        step(world)
        seen.append(look(world))
    return seen


def kept(arm: World, none: World) -> np.ndarray:
    """Money that the firms of an arm have more than without it: in cash, with owners and banks, or paid in tax; f8 (rows,)."""
    sums = [flow.closing + flow.payout + flow.repaid + flow.tax - flow.borrowed for flow in (arm.flows.money, none.flows.money)]
    return sums[0] - sums[1]


class Pair(NamedTuple):
    """An arm and its baseline after their first quarter, and the firms that stay in both; bool and f8 (rows,)."""

    arm: World
    none: World
    more: np.ndarray  # additional research
    rich: np.ndarray  # had the money for all they wanted without the programme
    short: np.ndarray  # had not


def first_quarter(seed: int, programmes: dict[str, Any], overrides: tuple[str, ...] = (), poor: bool = False) -> Pair:
    """A quarter with and without programmes.  poor: every second firm starts with an empty till, in both."""
    arm, none = world_with(seed, programmes, overrides), world_with(seed, {}, overrides)
    for world in (arm, none):
        if poor:
            world.population.cash[world.population.id % 2 == 1] = 0.0
        step(world)
    # what those who leave had wanted is not known
    stayed = (none.population.id >= 0) & (arm.population.id == none.population.id) & (none.flows.money.sales > 0.0)
    constrained = none.population.constrained
    return Pair(arm, none, arm.flows.money.research - none.flows.money.research, stayed & ~constrained, stayed & constrained)
