"""What goes on by itself: quarters that are played, and a fan of other lucks.  Each in a thread of its own."""

import time
from dataclasses import dataclass, replace
from threading import Thread
from typing import TYPE_CHECKING

import solara

from sim.explorer.history import History
from sim.explorer.limits import Refused
from sim.explorer.pages.house import house
from sim.explorer.session import Session
from sim.explorer.setting import LAST_SEED, Setting
from sim.explorer.view import View
from sim.timetable import Entry

if TYPE_CHECKING:
    from sim.explorer.pages.visitor import Visitor

PAIRS = 8
"""Of a fan."""
DRAWN = 0.5
"""Seconds between pictures on the way to the end."""
BREATH = 0.001
"""Seconds between quarters in which whoever waits for the session gets it."""


class Drive:
    """Plays a visitor's quarters.  mode: "" stands, "play" goes at `speed` quarters a second, "end" as fast as it can."""

    def __init__(self, visitor: "Visitor") -> None:
        self.visitor = visitor
        self.mode = solara.reactive("")
        self.speed = solara.reactive(2.0)
        self._turn: object | None = None

    def go(self, mode: str) -> None:
        """Play, run to the end, or ("") stop.  From standing it gets a thread of its own; the last one ends by itself."""
        stood = not self.mode.value
        self.mode.value = mode
        if mode and stood:
            self._turn = turn = object()
            Thread(target=self._go_on, args=(turn,), daemon=True).start()

    def _goes(self, turn: object) -> bool:
        return bool(self.mode.value) and turn is self._turn

    def _go_on(self, turn: object) -> None:
        """Until it is stopped, refused or over; whatever goes wrong, it stands then.  Who asks for it while another world is being prepared
        means that one."""
        busy = self.visitor.busy
        while self._goes(turn) and busy.working:
            time.sleep(BREATH)
        shown = time.monotonic()
        try:
            while self._goes(turn) and not busy.working and not self.visitor.at_end:
                if self.mode.value == "play":
                    self._played(turn)
                    continue
                drawn = time.monotonic() - shown > DRAWN
                if not self.visitor.do(lambda session: self._quarter(session, turn), seen=drawn):
                    return
                shown = time.monotonic() if drawn else shown
                time.sleep(BREATH)
        finally:
            if turn is self._turn:
                self.mode.value = ""
                self.visitor.draw()

    def _quarter(self, session: Session, turn: object) -> None:
        """A quarter; none of a session that was begun after the drive was stopped."""
        if self._goes(turn):
            session.step()

    def _played(self, turn: object) -> None:
        """A quarter, and a pause."""
        pace = 1.0 / max(0.1, min(self.speed.value, house().limits.quarters_per_second))
        began = time.monotonic()
        if self.visitor.do(lambda session: self._quarter(session, turn)):
            time.sleep(max(house().visitors.pause(self.visitor.name), pace - (time.monotonic() - began), 0.0))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fan is of: setting and timetable of the session when it was asked for, and the quarters that were lived."""

    setting: Setting
    timetable: tuple[Entry, ...]
    quarter: int

    def holds(self, now: Session | View) -> bool:
        """Is it still this world with these levers?"""
        return (now.setting, now.timetable) == (self.setting, self.timetable)


@dataclass(frozen=True, slots=True, eq=False)
class Lucks:
    """A fan: what it is of, and the histories of its pairs."""

    asked: Asked
    histories: tuple[History, ...]


class Fan:
    """Pairs of other lucks with the same levers, lived up to the same quarter.  One at a time.

    found: None before the first, and again once it is of another world or of other levers than those on the page.
    """

    def __init__(self, visitor: "Visitor") -> None:
        self.visitor = visitor
        self.running = solara.reactive(False)
        self.found: solara.Reactive[Lucks | None] = solara.reactive(None)

    def open(self) -> None:
        """Live them."""
        if not self.running.value:
            self.running.value = True
            Thread(target=self._live, daemon=True).start()

    def drop(self) -> None:
        """Other levers, or another world: what was found is no answer any more, and what is being lived ends with its pair."""
        self.found.value = None

    def _live(self) -> None:
        """All pairs, if the house has a place for a fan."""
        try:
            with house().fans.of(self.visitor.name):
                self._pairs()
        except Refused as error:
            self.visitor.refuse(error)
        finally:
            self.running.value = False

    def _pairs(self) -> None:
        """None is begun, and nothing shown, for a visitor who left, or whose world or levers are others by now."""
        asked = self.visitor.read(lambda session: Asked(session.setting, session.timetable, session.quarter))
        found: list[History] = []
        while asked is not None and len(found) < PAIRS and self.visitor.read(asked.holds):
            found.append(self._pair(asked, len(found)))
        if asked is not None and self.visitor.read(asked.holds):
            self.found.value = Lucks(asked, tuple(found))

    def _pair(self, asked: Asked, number: int) -> History:
        """One of the pairs, its burn-in and every quarter in turn with the worlds of others."""
        luck = replace(asked.setting, seed=(asked.setting.seed + 1 + number) % (LAST_SEED + 1))
        with house().heavy:
            pair = Session(luck, house().cradle, asked.timetable)
        while pair.quarter < asked.quarter and self.visitor.read(asked.holds):
            with house().heavy:
                pair.step()
        return pair.history()
