"""What takes a visitor more than a moment: in a thread of its own, one at a time, and the page says meanwhile that it works."""

from collections.abc import Callable
from threading import Lock, Thread

import solara
from reacton import ipyvuetify as v

from sim.explorer.words import Words


class Busy:
    """working: is something being done?  Whatever else is asked for meanwhile is passed over: it was a second click."""

    def __init__(self) -> None:
        self.working = solara.reactive(False)
        self._one = Lock()

    def do(self, deed: Callable[[], object]) -> None:
        """Begin it, and come back at once."""
        if self._one.acquire(blocking=False):
            self.working.value = True
            Thread(target=self._done, args=(deed,), daemon=True).start()

    def _done(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        finally:
            self._one.release()
            self.working.value = False


@solara.component
def Working(busy: Busy, words: Words) -> None:
    """Always there, as a message is; seen by those who wait longer than a moment (style.css)."""
    with v.Html(tag="div", class_="working" if busy.working.value else "", attributes={"role": "status"}):
        if busy.working.value:
            v.ProgressLinear(indeterminate=True)
            v.Html(tag="span", children=[words("page.working")])
