"""The levers of a session: what of every instrument can be pulled, where it stands, and what is known about its numbers.

Label, unit, range and source are those that the instrument's class declares; nothing is written here a second time.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

import numpy as np

from agents.parameters import Number
from scenarios import INSTRUMENTS
from sim.eligibility import KINDS
from sim.explorer.session import Session
from sim.explorer.words import Words
from sim.instrument import Instrument, Target
from sim.programme import Programme
from sim.timetable import FROM_THE_START

DOSE_SHOWN = 0.1
"""Share of own R&D up to which the slider of a budget reaches at least: the largest dose of the headline."""
FIRST = ("dose", "start", "end", "payers", "target.countries", "target.sectors", "target.kinds", "target.cluster_stages")
"""Levers that every instrument has, in the order of a page."""
FREE_HAS_NOT = ("payers",)
"""What a shock or rule that nobody pays for has not."""
OPTIONS = {
    "payers": "country", "target.countries": "country", "target.sectors": "sector", "target.kinds": "kind",
    "target.cluster_stages": "stage",
}  # fmt: skip
"""Whose words the options of a list are."""
State = Literal["off", "waits", "open", "over"]


@dataclass(frozen=True, slots=True)
class Lever:
    """One number or list of an instrument.

    key: for Session.pull; field: 'dose', 'target.countries', ...; number: declared unit, range, null and source of a number;
    options: what a list may hold, an empty list standing for everybody; shown: the part of a number's range that a slider shows, from
    low to high; value: in force in the next quarter; waiting: the value from a restart on, None if none waits.
    """

    key: str
    field: str
    number: Number | None
    options: tuple[str, ...]
    shown: tuple[float, float]
    value: Any
    waiting: Any


@dataclass(frozen=True, slots=True)
class Panel:
    """One instrument: its words, how it stands, the levers that every one has and the numbers of its own kind.

    usual: the dose of its file, where a student may begin; free: nobody pays, dose is a strength; preset: it is part of the preset;
    state: off (dose 0), waits (for its start), open, or over; about: what it does.
    """

    name: str
    kind: str
    label: str
    source: str
    about: str
    free: bool
    preset: bool
    state: State
    usual: float
    levers: tuple[Lever, ...]
    details: tuple[Lever, ...]


def panels(session: Session) -> tuple[Panel, ...]:
    """All instruments of the world by name, those of the preset first; programmes that live on what others leave have no lever."""
    preset = session.plan.policy.instrument
    there = {**preset, **session.plan.shelf}
    names = sorted((name for name, each in there.items() if not each.residual_of), key=lambda name: (name not in preset, name))
    now = _in_force(session)
    return tuple(_panel(session, name, now[name]) for name in names)


def panel(session: Session, name: str) -> Panel:
    """One of them.  KeyError for an instrument that there is not."""
    return _panel(session, name, standing(session, name))


def _panel(session: Session, name: str, now: Any) -> Panel:
    levers = {lever.field: lever for lever in _levers(session, name, now)}
    own = [field for field in FIRST if not (now.free and field in FREE_HAS_NOT)]
    return Panel(
        name, now.kind, now.label, now.source, " ".join((INSTRUMENTS[now.kind].__doc__ or "").split()), now.free,
        name in session.plan.policy.instrument, _state(session, now), session.plan.usual.get(name, now.dose),
        tuple(levers[field] for field in own),
        tuple(lever for field, lever in levers.items() if field not in FIRST and lever.number is not None),
    )  # fmt: skip


def standing(session: Session, name: str) -> Any:
    """The instrument as it is in force in the next quarter, or as it lies on the shelf.  KeyError if there is none."""
    return _in_force(session)[name]


def _in_force(session: Session) -> dict[str, Any]:
    return {**session.plan.shelf, **session.in_force()}


def idle(session: Session) -> bool:
    """Is the world its own twin, with no lever pulled, nor one that waits for a restart?"""
    here, twin = session.config, session.plan.twin
    return here.instrument == twin.instrument and here.world == twin.world and not session.timetable and not session.waiting


def price(session: Session, name: str) -> dict[str, float]:
    """What a dose of 1 would offer a year by paying country, mln int$, if its budget were measured now."""
    world, instrument = session.policy, standing(session, name)
    programme = Programme(name, instrument, 0, len(world.countries), 0)
    programme.measure(world)
    paying = np.isin(np.array(world.countries.iso), programme.payers(world))
    return {iso: float(base) for iso, base, pays in zip(world.countries.iso, programme.base, paying, strict=True) if pays}


def hint(declared: Number, words: Words) -> str:
    """Unit, range and source of a number in words."""
    unit, source = words.of("unit", declared.unit), words.name("source", declared.source, declared.source)
    return words("page.hint", unit=unit, low=words.exact(declared.low), high=words.exact(declared.high), source=source)


def plain(about: str, words: Words) -> str:
    """What an instrument does, with fields called by the labels that the page gives them instead of names of code in backticks."""

    def called(found: re.Match[str]) -> str:
        label = words.of("lever", found[1])
        return f"“{label if label != found[1] else words.of('plain', found[1])}”"

    return re.sub(r"`([^`]+)`", called, about)


def outside(lever: Lever, words: Words) -> str:
    """Where a quarter lies that is none of the run's, in words: programmes that exist began before it, and go on after it."""
    if lever.field in ("start", "end") and lever.value < 0:
        return words("page.before")
    return words("page.after") if lever.field == "end" and lever.value > lever.shown[1] else ""


def waiting(lever: Lever, words: Words) -> str:
    """The value that a lever waits for, in words."""
    if lever.number is not None:
        return words.exact(lever.waiting)
    return ", ".join(words.of(OPTIONS[lever.field], each) for each in lever.waiting) or words("page.everybody")


def _state(session: Session, instrument: Any) -> State:
    if instrument.dose == 0.0:
        return "off"
    if session.quarter < instrument.start:
        return "waits" if instrument.start < instrument.end else "over"
    return "open" if session.quarter < instrument.end + instrument.delay else "over"


def _levers(session: Session, name: str, instrument: Any) -> Iterator[Lever]:
    """Every number, and the lists whose options are known."""
    options = _options(session)
    for field, value, number in _declared(instrument):
        key = f"instrument.{name}.{field}"
        if field in FROM_THE_START or (number is None and field not in options):
            continue
        yield Lever(key, field, number, options.get(field, ()), _shown(session, name, field, number), value, session.waiting.get(key))


def _declared(part: Any, where: str = "") -> Iterator[tuple[str, Any, Number | None]]:
    """(field, value, declaration) of what a timetable may set in an instrument and its target."""
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, Target):
            yield from _declared(value, f"{field.name}.")
        elif isinstance(value, tuple):
            yield f"{where}{field.name}", list(value), None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{where}{field.name}", value, field.metadata.get("number")


def _options(session: Session) -> Mapping[str, tuple[str, ...]]:
    countries = session.config.country
    stages = get_args(get_args(get_type_hints(Target)["cluster_stages"])[0])
    return {
        "payers": tuple(countries),
        "target.countries": tuple(countries),
        "target.sectors": tuple(session.config.sector),
        "target.kinds": tuple(KINDS),
        "target.cluster_stages": stages,
    }


def _shown(session: Session, name: str, field: str, number: Number | None) -> tuple[float, float]:
    if number is None:
        return (0.0, 0.0)
    if field in ("start", "end"):
        return (0.0, float(session.last))
    instrument: Instrument = session.config.instrument.get(name) or session.plan.shelf[name]
    if field == "dose" and not instrument.free:
        return (0.0, min(number.high, max(DOSE_SHOWN, 3.0 * session.plan.usual.get(name, 0.0))))
    return (number.low, number.high)
