"""Sessions for tests: small worlds of 120 organisations, burnt in once for all tests of a file."""

from typing import Any

from sim.explorer.cradle import Cradle
from sim.explorer.session import Session
from sim.explorer.setting import Setting
from sim.timetable import Entry

CRADLE = Cradle(64_000_000)
SMALL = 120


def session(preset: str = "grants", seed: int = 3, timetable: tuple[Entry, ...] | None = None, **changes: Any) -> Session:
    """A session of the demo world."""
    setting = Setting("demo", preset, seed, changes.pop("organisations", SMALL))
    return Session(setting, changes.pop("cradle", CRADLE), timetable)
