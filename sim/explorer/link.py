"""A link: all that a session is, as the query of an address, and back.

    v=1&world=demo&preset=grants&seed=7&size=300&q=6&t=0_vouchers.dose=0.02*6_grants.dose=0.05*6_grants.payers=~BLR~KAZ

`t` are changes of instruments, <quarter>_<instrument>.<field>=<value>, apart by `*`; a value is a number or a list, whose items each
follow a `~`.  A link may come from anybody: it is bounded, read by its form alone, and whatever it names is looked up among what there
is, never evaluated, imported or opened.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from sim.config_check import ConfigError, build
from sim.explorer.cradle import Cradle
from sim.explorer.limits import Limits, Refused
from sim.explorer.session import Session
from sim.explorer.setting import Setting
from sim.timetable import Entry

VERSION = 1
KEYS = ("v", "world", "preset", "seed", "size", "q", "t")
"""What a link holds; anything else in a query is somebody else's."""
NEEDED = ("v", "world", "preset", "seed", "q")
"""What of it must be there: a world as it is shipped has no size, and where nothing is pulled there is nothing to say of it."""
LONGEST = 60
"""Characters of a name."""
BESIDE = 80
"""Characters that an address may have beside a link: that of a lesson."""
_WHOLE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?", re.ASCII)
_CHANGE = re.compile(r"([0-9]{1,6})_([A-Za-z0-9_]{1,60}(?:\.[A-Za-z0-9_]{1,60}){1,4})=([^=]*)", re.ASCII)


class Lacks(ConfigError):
    """A link lacks one of its parts.  key: of KEYS."""

    def __init__(self, key: str) -> None:
        super().__init__(f"link: found no '{key}'; allowed: {', '.join(KEYS)}")
        self.key = key


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: the setting, what is pulled, and the quarters since the opening that are lived."""

    setting: Setting
    timetable: tuple[Entry, ...]
    quarter: int


def as_query(session: Session) -> str:
    """The query of a session, percent-encoded, without a question mark."""
    return _query(session.setting, session.timetable, session.quarter)


def admit(session: Session, timetable: Sequence[Entry], limits: Limits) -> None:
    """Raise Refused for a timetable with which the session's link could not be read again, at any quarter of its run."""
    limits.admit(session.setting, timetable)
    characters = len(_query(session.setting, timetable, session.last)) + BESIDE
    if characters > limits.link_characters:
        raise Refused(
            "length", characters, limits.link_characters,
            f"A link to this state would have {characters:,} characters, {limits.link_characters:,} are read: please begin anew.",
        )  # fmt: skip


def _query(setting: Setting, timetable: Sequence[Entry], quarter: int) -> str:
    values: dict[str, Any] = {"v": VERSION, "world": setting.world, "preset": setting.preset, "seed": setting.seed}
    if setting.organisations is not None:
        values["size"] = setting.organisations
    values |= {"q": quarter, "t": "*".join(_changes(timetable))}
    return urlencode(values, safe="~*_")


def is_link(query: str) -> bool:
    """Does a query say anything of a session?"""
    return any(f"&{key}=" in f"&{query}" for key in KEYS)


def read(query: str, limits: Limits) -> Link:
    """What a query says.  ConfigError in one line for one that is no link of this version, Refused for one beyond the limits."""
    if len(query) > limits.link_characters:
        raise Refused(
            "link", len(query), limits.link_characters,
            f"This link has {len(query):,} characters; {limits.link_characters:,} are read.",
        )  # fmt: skip
    values = _values(query)
    if "v" in values and values["v"] != str(VERSION):
        raise ConfigError(f"link.v: found {values['v']!r}; allowed: {VERSION}")
    for key in NEEDED:
        if key not in values:
            raise Lacks(key)
    setting = Setting(
        values["world"], values["preset"], _whole(values["seed"], "seed"), _whole(values["size"], "size") if "size" in values else None
    )
    quarter = _whole(values["q"], "q")
    if quarter < 0:
        raise ConfigError(f"link.q: found {quarter}; allowed: a whole number from 0 on")
    link = Link(setting, _timetable(values.get("t", "")), quarter)
    limits.admit(link.setting, link.timetable)
    return link


def restore(link: Link, cradle: Cradle) -> Session:
    """The session of a link, lived up to its quarter, or to the end where that comes first.  ConfigError for levers that there are not."""
    session = Session(link.setting, cradle, link.timetable)
    session.run(link.quarter)
    return session


def _values(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=40, errors="strict")
    except ValueError as error:
        raise ConfigError("link: found something that is no query; allowed: key=value&key=value, as the explorer writes it") from error
    own = [(key, value) for key, value in pairs if key in KEYS]
    for key in KEYS:
        if sum(name == key for name, _ in own) > 1:
            raise ConfigError(f"link.{key}: found it more than once; allowed: once")
    return dict(own)


def _whole(text: str, where: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ConfigError(f"link.{where}: found {text[:40]!r}; allowed: a whole number")
    return int(text)


def _changes(timetable: Sequence[Entry]) -> list[str]:
    return [f"{entry.at}_{change}" for entry in timetable for change in written(entry)]


def written(entry: Entry) -> list[str]:
    """What an entry of a timetable sets, as a link says it."""
    return [f"{key.removeprefix('instrument.')}={_written(value)}" for key, value in entry.set.items()]


def _written(value: Any) -> str:
    """A number, or a list with a ~ before each item; an empty list is a single one."""
    if isinstance(value, list | tuple):
        items = (quote(str(item), safe="").replace("~", "%7E") for item in value)
        return "".join(f"~{item}" for item in items) or "~"
    return repr(value)


def _timetable(text: str) -> tuple[Entry, ...]:
    plans: dict[int, dict[str, Any]] = {}
    for change in text.split("*") if text else []:
        found = _CHANGE.fullmatch(change)
        if not found:
            raise ConfigError(f"link.t: found {change[:60]!r}; allowed: changes as 6_grants.dose=0.05, apart by *")
        plans.setdefault(int(found[1]), {})[f"instrument.{found[2]}"] = _read(found[3], change)
    return tuple(build(Entry, {"at": at, "set": plans[at]}, "link.t") for at in sorted(plans))


def _read(text: str, change: str) -> Any:
    if text.startswith("~"):
        items = [unquote(item) for item in text[1:].split("~")] if len(text) > 1 else []
        if all(item.isprintable() and len(item) <= LONGEST for item in items):
            return items
        raise ConfigError(f"link.t: found {change[:60]!r}; allowed in a list: names of at most {LONGEST} characters")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    raise ConfigError(f"link.t: found {change[:60]!r}; allowed as a value: a number, or a list as ~BLR~KAZ")
