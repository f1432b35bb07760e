"""Nobody goes to more than one event a quarter, however many events a budget could pay for."""

from collections import Counter

import numpy as np
import pytest

from sim.programme import Programme
from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, programme, world_with


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Rows of those who come to each event, as the programme is told of them."""
    events: list[np.ndarray] = []
    serve = Programme.serve

    def noted(self: Programme, world: World, rows: np.ndarray) -> None:
        events.append(np.array(rows))
        serve(self, world, rows)

    monkeypatch.setattr(Programme, "serve", noted)
    return events


@pytest.mark.parametrize("form", ["b2b", "c2c", "both"])
@pytest.mark.parametrize("seed", SEEDS[:2])
def test_each_guest_of_a_quarter_comes_to_one_event(guests: list[np.ndarray], form: str, seed: int):
    world = world_with(seed, {"matchmaking": programme("matchmaking", dose=50.0, form=form, singles=0.5, event_cost=0.001)})
    held = 0
    for _ in range(4):
        guests.clear()
        step(world)
        visits = Counter(row for event in guests for row in event.tolist())
        assert set(visits.values()) <= {1}
        held += len(guests)
    assert held > 8  # there were events enough to meet somebody twice
