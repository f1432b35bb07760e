"""Memory of sessions that are over goes back to the system."""

import gc
import sys
import weakref
from pathlib import Path

import pytest

from sim.explorer.memory import give_back
from tests.sim.explorer.sessions import session


def resident() -> float:
    """MB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def test_a_session_that_nobody_holds_is_gone() -> None:
    one = session()
    one.run(2)
    worlds = weakref.ref(one.policy), weakref.ref(one.twin)
    del one
    gc.collect()
    assert [world() for world in worlds] == [None, None]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_what_forty_sessions_took_is_given_back() -> None:
    first = session()
    first.run(3)
    give_back()
    before = resident()
    many = [session() for _ in range(40)]
    for each in many:
        each.run(3)
    full = resident()
    del many, each
    give_back()
    assert full - before > 50.0
    assert resident() - before < 0.25 * (full - before)
