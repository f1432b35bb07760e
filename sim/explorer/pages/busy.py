"""What takes a visitor more than a moment: in a thread of its own, one after the other, and the page says meanwhile that it works."""

import logging
from collections.abc import Callable
from itertools import count
from threading import Lock, Thread, get_ident

import solara
from reacton import ipyvuetify as v

from sim.explorer.turns import Turns
from sim.explorer.words import Words

MOST = 3
"""Deeds of one visitor at once: what is being done, and what was asked for before the page could show that it is."""


class Busy:
    """tick: another number whenever what is being done begins or ends, 0 before the first; failed: is called where a deed went wrong."""

    def __init__(self, failed: Callable[[], object]) -> None:
        self.tick = solara.reactive(0)
        self._failed, self._mine = failed, 0
        self._ticks, self._turns = count(1), Turns(1)
        self._asked, self._lock = 0, Lock()

    @property
    def working(self) -> bool:
        """Is something being done?"""
        return self._asked > 0

    @property
    def elsewhere(self) -> bool:
        """Is something being done, and not by whoever asks?"""
        return self.working and get_ident() != self._mine

    def do(self, deed: Callable[[], object]) -> None:
        """Begin it, after what was asked for before, and come back at once; beyond `MOST` it is passed over."""
        with self._lock:
            if self._asked >= MOST:
                return
            self._asked += 1
        self.tick.value = next(self._ticks)
        Thread(target=self._done, args=(deed,), daemon=True).start()

    def _done(self, deed: Callable[[], object]) -> None:
        try:
            with self._turns:
                self._mine = get_ident()
                deed()
        except Exception:  # of whatever kind: the page must not stand empty
            logging.getLogger(__name__).exception("a visitor's world could not be made")
            self._failed()
        finally:
            with self._lock:
                self._asked -= 1
            self.tick.value = next(self._ticks)


@solara.component
def Working(busy: Busy, words: Words) -> None:
    """Always there, as a message is.  It covers the page, so that nothing is done to a world that is about to go; told to those who wait
    longer than a moment (style.css)."""
    _, working = busy.tick.value, busy.working
    with v.Html(tag="div", class_="working" if working else "", attributes={"role": "status"}):
        if working:
            v.Html(tag="div", class_="told", children=[v.ProgressLinear(indeterminate=True), words("page.working")])
