"""Limits of a server: how large a world, how many visitors, how long idle, how fast; and what is said to those who ask for more.

The numbers are those of configs/explorer.yaml.  A refusal has a key, for the page to say it in the visitor's language, and plain words.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from agents.parameters import number
from sim.commands.folders import SHIPPED, check_file, own_folders
from sim.config_check import ConfigError, build
from sim.explorer.setting import LEAST, Setting, plan, size
from sim.explorer.setting import check as check_setting
from sim.timetable import Entry

FILE = "explorer.yaml"


class Refused(Exception):
    """Something is more than a visitor may have.  key: which limit; found, allowed: numbers for the words of the page."""

    def __init__(self, key: str, found: float, allowed: float, words: str) -> None:
        super().__init__(words)
        self.key, self.found, self.allowed = key, found, allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a visitor begins who brings no link."""

    world: str
    preset: str
    seed: int = number("", 0, 2**31 - 1, "any", whole=True)
    organisations: int | None = number("organisations", LEAST, 1_000_000, "design", whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one server."""

    organisations: int = number("organisations of one world", LEAST, 1_000_000, "a step reaches the picture in half a second", whole=True)
    sessions: int = number("visitors at once", 1, 10_000, "design: a class of forty and guests", whole=True)
    pages: int = number("pages open at once, also of those who wait", 1, 20_000, "design: two a visitor", whole=True)
    pages_per_address: int = number("pages", 1, 20_000, "design: a class behind one address, and not all pages", whole=True)
    pages_per_browser: int = number("visitors at once", 1, 10_000, "design: comparing a few side by side", whole=True)
    idle_minutes: float = number("minutes", 0.1, 10_000, "design: a coffee break")
    absent_minutes: float = number("minutes", 0.0, 10_000, "design: a browser that was closed by mistake is back sooner")
    worlds_at_once: int = number("worlds lived at the same moment", 1, 1000, "design: cores of a small server", whole=True)
    fans_at_once: int = number("fans lived at once", 1, 1000, "design: eight pairs each, beside a class that steps", whole=True)
    quarters_per_second: float = number("1 / s", 0.1, 100, "design: what an eye can follow")
    changes: int = number("levers pulled", 1, 100_000, "design", whole=True)
    link_characters: int = number("characters", 200, 100_000, "design: what browsers and mail carry", whole=True)
    burn_in_megabytes: float = number("MB", 1, 1e6, "design")
    start: Start

    def admit(self, setting: Setting, timetable: Sequence[Entry] = ()) -> None:
        """Raise Refused for a world that is too large or a timetable that is too long, ConfigError for what there is not."""
        check_setting(setting)
        wanted = setting.organisations if setting.organisations is not None else size(plan(setting).policy)
        if wanted > self.organisations:
            raise Refused(
                "organisations", wanted, self.organisations,
                f"A world of {wanted:,} organisations is too large for this server: please choose at most {self.organisations:,}.",
            )  # fmt: skip
        pulled = sum(len(entry.set) for entry in timetable)
        if pulled > self.changes:
            raise Refused(
                "changes", pulled, self.changes,
                f"That is {pulled:,} pulled levers: please begin anew, {self.changes:,} are remembered.",
            )  # fmt: skip

    def first(self) -> Setting:
        """The setting of a visitor who brings no link."""
        return Setting(self.start.world, self.start.preset, self.start.seed, self.start.organisations)


def load_limits() -> Limits:
    """The limits of the shipped file, or of that in the user's own folder.  ConfigError for a file that says what is not allowed."""
    path = next(path for folder in (*own_folders(), SHIPPED) if (path := Path(folder) / FILE).is_file())
    limits = build(Limits, check_file(path), "explorer")
    try:
        limits.admit(limits.first())
    except Refused as refused:
        raise ConfigError(f"explorer.start: found {refused.found:.0f} organisations; allowed: at most {refused.allowed:.0f}") from refused
    return limits


class Visitors:
    """Who is here: places, idle time and pace.  For any number of threads; names are the server's own, never a visitor's."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._clock, self._lock = limits, clock, Lock()
        self._seen: dict[str, float] = {}  # name -> when it last did something, s
        self._browser: dict[str, str] = {}  # name -> of which browser
        self._played: dict[str, float] = {}  # name -> when its next quarter may begin, s

    def __len__(self) -> int:
        """Visitors who have a place."""
        with self._lock:
            return len(self._seen)

    def enter(self, name: str, browser: str = "") -> list[str]:
        """Give a visitor a place; returns who lost theirs for idleness.

        Raises Refused where all are taken, or where this browser has enough; "" is none in particular.
        """
        with self._lock:
            gone = self._idle()
            if name not in self._seen:
                self._refuse_one_more(browser)
            self._seen[name], self._browser[name] = self._clock(), browser
            return gone

    def _refuse_one_more(self, browser: str) -> None:
        here, most = len(self._seen), self.limits.sessions
        if here >= most:
            raise Refused("sessions", here, most, f"All {most} places are taken: please try again in a few minutes.")
        own, most = sum(each == browser for each in self._browser.values()), self.limits.pages_per_browser
        if browser and own >= most:
            raise Refused("browser", own, most, f"This browser has {own} pages open already: please close one of them.")

    def here(self, name: str) -> bool:
        """Has a visitor a place?"""
        with self._lock:
            return name in self._seen

    def touch(self, name: str) -> None:
        """A visitor reads, or looks at something else; nothing is said to one who has no place."""
        with self._lock:
            if name in self._seen:
                self._seen[name] = self._clock()

    def active(self, name: str) -> None:
        """A visitor does something.  Raises Refused for one who has no place any more."""
        with self._lock:
            if name not in self._seen:
                minutes = self.limits.idle_minutes
                raise Refused(
                    "idle", minutes, minutes, f"Nothing happened here for {minutes:g} minutes, so the place was given up: please reload."
                )
            self._seen[name] = self._clock()

    def leave(self, name: str) -> None:
        """A visitor goes; one who is not here has gone already."""
        with self._lock:
            self._forget(name)

    def idle(self) -> list[str]:
        """Take their places from those who did nothing for too long; returns their names."""
        with self._lock:
            return self._idle()

    def pause(self, name: str) -> float:
        """Seconds that a visitor's next quarter has to wait, 0 or more; the one after it waits for this one."""
        with self._lock:
            now = self._clock()
            begins = max(now, self._played.get(name, now))
            self._played[name] = begins + 1.0 / self.limits.quarters_per_second
            return begins - now

    def _idle(self) -> list[str]:
        latest = self._clock() - 60.0 * self.limits.idle_minutes
        gone = [name for name, seen in self._seen.items() if seen < latest]
        for name in gone:
            self._forget(name)
        return gone

    def _forget(self, name: str) -> None:
        self._seen.pop(name, None)
        self._browser.pop(name, None)
        self._played.pop(name, None)
