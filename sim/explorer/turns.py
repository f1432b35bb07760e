"""Turns: how many worlds of a server are lived at once, and how many fans, so that one visitor does not stop all others.

with house.heavy:                    # a burn-in, a quarter: whoever came first is first
    session.step()
with house.fans.of("a visitor"):     # Refused for a second one, or where too many are open
    ...
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from sim.explorer.limits import Refused


class Turns:
    """A line before what only a few can have at once; who came first is first.  Nobody may ask for a turn within a turn."""

    def __init__(self, at_once: int) -> None:
        self._free, self._line, self._lock = at_once, deque[Event](), Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = Event()
            self._line.append(mine)
        mine.wait()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


class Fans:
    """Fans that are being lived: one a visitor, a few in all."""

    def __init__(self, most: int) -> None:
        self.most, self._open, self._lock = most, set[str](), Lock()

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """A visitor's fan, for as long as it is lived.  Raises Refused where there are too many."""
        with self._lock:
            if name in self._open or len(self._open) >= self.most:
                raise Refused("fans", len(self._open), self.most, "Others are waiting for a fan of theirs: please try again in a minute.")
            self._open.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(name)
