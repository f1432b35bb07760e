"""Every shipped instrument and shock, found by itself: plans for small worlds, and what else must be there for it to work on."""

from dataclasses import fields, replace
from functools import cache
from typing import Any

from sim.config import Config
from sim.instrument import Instrument
from sim.step import step
from sim.world import World
from tests.conftest import ROOT
from tests.worlds import composed, demo_config

SEED = 2
BURN_IN = 5
WITHOUT_BUDGET = {"status_quo", "residual_cash"}
NAMES = sorted({path.stem for path in (ROOT / "configs" / "instrument").glob("[!_]*.yaml")} - WITHOUT_BUDGET)
"""Programmes with a budget of their own, and shocks."""


@cache
def shipped() -> dict[str, Instrument]:
    """Every one of NAMES as it is shipped."""
    return composed(f"instrument=[{','.join(NAMES)}]").instrument


PAID = [name for name, each in shipped().items() if not each.free]
SHOCKS = [name for name, each in shipped().items() if each.free]


def named_by(instrument: Instrument) -> set[str]:
    """Programmes that an instrument is about: those it promotes, steers, runs or switches off."""
    values = [getattr(instrument, field.name) for field in fields(instrument)]
    return {one for value in values if isinstance(value, tuple) for one in value if isinstance(one, str) and one in NAMES}


def plan(name: str, **changes: Any) -> Instrument:
    """A tenth of R&D (a shock at full strength) in all sectors, from the opening on for four quarters."""
    instrument = shipped()[name]
    target = replace(instrument.target, sectors=())
    dose = 1.0 if instrument.free else 0.1
    return replace(instrument, **{"dose": dose, "start": 0, "end": 4, "target": target, "awareness": 0.7} | changes)


def company(names: list[str], **changes: Any) -> dict[str, Instrument]:
    """Plans of what these instruments are about, themselves left out."""
    wanted = {other for name in names for other in named_by(shipped()[name])} - set(names)
    return {name: plan(name, **changes) for name in sorted(wanted)}


@cache
def bare() -> Config:
    """The demo world without any programme, checked in every quarter."""
    return demo_config("scenario=no_policy", burn_in=BURN_IN, programme=8, after=8)


@cache
def opening() -> bytes:
    """That world when programmes could open."""
    world = World(bare(), SEED)
    for _ in range(BURN_IN):
        step(world)
    return world.snapshot()


def world_with(programmes: dict[str, Any]) -> World:
    """The world at the opening with these programmes and no others."""
    return World.resume(opening(), replace(bare(), instrument=programmes))


def lived(programmes: dict[str, Any], quarters: int) -> World:
    """The same, some quarters later."""
    world = world_with(programmes)
    for _ in range(quarters):
        step(world)
    return world
