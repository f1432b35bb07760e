"""The timetable: instruments whose numbers change during a run, in quarters that are named beforehand.

    timetable:
      - {at: 6, set: {instrument.grants.dose: 0.05}}
      - {at: 10, set: {instrument.grants.dose: 0.0, instrument.matchmaking.target.countries: [BLR, KAZ]}}

An entry holds from the quarter opens + at on, before anything else happens in it, until another one says otherwise; entries of one
quarter are taken in the order of the list.  It may set what is a number or a list in an instrument that the configuration has; an
instrument that is to begin later stands there with dose 0 and is nothing until then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.parameters import number
from sim.config_check import ConfigError, as_mapping, build, nearest, plain, refuse, refuse_unknown, shown

LAST = 4000
"""Latest quarter of an entry, as that of an instrument's end."""
FROM_THE_START = ("awareness",)
"""What a programme reads once, when it is made: later it is a state of the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What changes at the beginning of a quarter.  set: 'instrument.<name>.<field>' -> number or list."""

    at: int = number("quarters after the programmes open", 0, LAST, "design", whole=True)
    set: dict[str, Any]

    def names(self) -> list[str]:
        """Instruments it changes, each once."""
        return list(dict.fromkeys(key.split(".")[1] for key in self.set))


def build_timetable(tree: Any) -> tuple[Entry, ...]:
    """Entries from a plain list; ConfigError for what is none.  What they set is looked at by `stages`."""
    if not isinstance(tree, list | tuple):
        raise refuse("timetable", tree, "a list of entries as {at: 6, set: {instrument.grants.dose: 0.05}}, or []")
    return tuple(build(Entry, entry, f"timetable[{n}]") for n, entry in enumerate(tree))


def stages(timetable: Sequence[Entry], instruments: Mapping[str, Any]) -> Iterator[tuple[str, Entry, dict[str, Any]]]:
    """For every entry in the order of time: its place in the list, for messages, itself, and all instruments as it leaves them.

    Raises ConfigError for the first thing that may not be set.
    """
    now = dict(instruments)
    for n in sorted(range(len(timetable)), key=lambda n: timetable[n].at):
        where, entry = f"timetable[{n}]", timetable[n]
        for key, value in entry.set.items():
            name, fields = _address(key, value, now, f"{where}.set")
            path = f"{where}.set.instrument.{name}"
            now[name] = build(type(now[name]), _put(plain(now[name]), fields, value, path), path)
        yield where, entry, dict(now)


def in_force(timetable: Sequence[Entry], instruments: Mapping[str, Any], before: int) -> dict[str, Any]:
    """All instruments as the entries of quarters earlier than `before` leave them."""
    now = dict(instruments)
    for _, entry, then in stages(timetable, instruments):
        if entry.at < before:
            now = then
    return now


def _address(key: str, value: Any, instruments: Mapping[str, Any], where: str) -> tuple[str, list[str]]:
    """(name of the instrument, path of the field in it) of a key."""
    first, *rest = key.split(".")
    if first != "instrument" or len(rest) < 2:
        raise ConfigError(f"{where}: found '{key}'; allowed: keys as instrument.<name>.<field>, like instrument.grants.dose")
    name, *fields = rest
    if name not in instruments:
        raise ConfigError(
            f"{where}.{key}: the scenario has no such instrument (value {shown(value)}){nearest(name, instruments) or '.'} "
            f"Allowed: {', '.join(instruments) or 'none'}; one that begins later is in the scenario with dose 0"
        )
    if fields[0] in FROM_THE_START:
        raise ConfigError(f"{where}.{key}: found {shown(value)}; allowed: one value, in the scenario: it is read once, at the start")
    return name, fields


def _put(tree: dict[str, Any], fields: list[str], value: Any, where: str) -> dict[str, Any]:
    """The tree of an instrument with one number or list in it changed."""
    node, path = tree, where
    for field in fields[:-1]:
        refuse_unknown({field: value}, list(node), path)
        path = f"{path}.{field}"
        node = as_mapping(node[field], path)  # type: ignore[assignment]
    refuse_unknown({fields[-1]: value}, list(node), path)
    before = node[fields[-1]]
    if isinstance(before, bool) or not isinstance(before, int | float | list):
        raise ConfigError(
            f"{path}.{fields[-1]}: found {shown(value)}; allowed in a timetable: what is a number or a list; this is {shown(before)}"
        )
    node[fields[-1]] = value
    return tree
