"""What the pictures of the docs show is worth showing."""

import pytest

pytest.importorskip("PIL")


def test_the_state_of_the_pictures_has_open_programmes_and_visible_effects() -> None:
    from benchmarks.screenshots import MEET
    from sim.explorer.cradle import Cradle
    from sim.explorer.levers import panels
    from sim.explorer.limits import load_limits
    from sim.explorer.link import read, restore

    session = restore(read(MEET.removeprefix("?"), load_limits()), Cradle(64_000_000))
    states = {panel.name: panel.state for panel in panels(session) if panel.preset}
    assert set(states.values()) == {"open"}
    assert {"matchmaking", "platform", "grants_cross_border", "grants_cross_cluster"} <= states.keys()
    all_ = session.history().curve("ties", "all")
    assert abs(all_.difference[-1]) > 0.03 * all_.policy[-1]
