"""What all visitors of a server share: limits, burn-ins, places, turns, and a class where there is one."""

import time
from functools import cache
from threading import Thread
from typing import Protocol
from weakref import WeakValueDictionary

from sim.explorer.classroom import Classroom
from sim.explorer.cradle import Cradle
from sim.explorer.limits import Limits, Visitors, load_limits
from sim.explorer.session import Session
from sim.explorer.turns import Fans, Turns

SWEEP = 5.0
"""Seconds between two looks for those who do nothing."""


class Guest(Protocol):
    """A visitor, as the house knows one.  student: the server's own name of the browser; kernel: Solara's of the page."""

    name: str
    student: str

    @property
    def kernel_id(self) -> str:
        """Solara's name of the page."""

    def put_out(self) -> None:
        """The place is lost: give up the worlds, and say so."""


class House:
    """One server's.  heavy: a turn to live worlds; fans: a place for a fan."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cradle = Cradle(int(limits.burn_in_megabytes * 1e6))
        self.visitors = Visitors(limits)
        self.heavy, self.fans = Turns(limits.worlds_at_once), Fans(limits.fans_at_once)
        self.classroom: Classroom | None = None
        self._guests: WeakValueDictionary[str, Guest] = WeakValueDictionary()

    def enter(self, guest: Guest) -> None:
        """Give a guest a place; those who did nothing for too long lose theirs.  Raises Refused where all are taken."""
        gone = self.visitors.enter(guest.name, guest.student)
        self._guests[guest.name] = guest
        if self.classroom is not None:
            self.classroom.come(guest.student, guest.name)
        self._put_out(gone)

    def leave(self, guest: Guest) -> None:
        """A guest gives up the place."""
        self.visitors.leave(guest.name)
        self._guests.pop(guest.name, None)
        if self.classroom is not None:
            self.classroom.go(guest.student, guest.name)

    def touched(self, kernel_id: str) -> None:
        """Something was done on a page, if only to read it."""
        for guest in [each for each in self._guests.values() if each.kernel_id == kernel_id]:
            self.visitors.touch(guest.name)

    def sweep(self) -> None:
        """Take their places from those who do nothing, until the server ends."""
        while True:
            time.sleep(SWEEP)
            self._put_out(self.visitors.idle())

    def warm(self) -> None:
        """Live a quarter of the usual world: what has to be compiled and composed then is, before somebody waits for it."""
        Session(self.limits.first(), self.cradle).step()

    def _put_out(self, gone: list[str]) -> None:
        """Each in a thread of its own: a guest may be in the middle of something, and nobody else is to wait for that."""
        for name in gone:
            if (other := self._guests.pop(name, None)) is not None:
                Thread(target=other.put_out, daemon=True).start()


@cache
def house() -> House:
    """The one of this process."""
    return House(load_limits())
