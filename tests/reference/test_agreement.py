"""The fast world and the reference live the same quarters: compared after every phase, everything in them."""

from typing import Any

import pytest

from sim import step as fast
from sim.flows import Flows
from sim.world import World
from tests.reference.compare import first_difference
from tests.reference.cooperate import cooperate
from tests.reference.finance import finance
from tests.reference.govern import govern
from tests.reference.innovate import innovate
from tests.reference.learn import learn
from tests.reference.model import ReferenceModel
from tests.reference.search import search
from tests.reference.trade import trade
from tests.reference.turnover import turn_over
from tests.reference.worlds import random_config

QUARTERS = 12
PHASES = (govern, search, cooperate, learn, innovate, trade, finance, turn_over)


def begin(world: Any) -> None:
    """What the fast step does before its first phase."""
    world.flows = Flows.empty(world.population.capacity, len(world.countries))
    world.population.private_cost[:] = 0.0


@pytest.mark.parametrize(("seed", "organisations", "financing"), [(1, 60, "cut"), (2, 100, "tax"), (3, 150, "external"), (4, 300, "cut")])
def test_the_fast_world_agrees_with_the_reference(seed: int, organisations: int, financing: str) -> None:
    world = World(random_config(seed, organisations, financing), seed)
    model = ReferenceModel(world)
    for quarter in range(QUARTERS):
        begin(world)
        for phase in PHASES:
            getattr(fast, phase.__name__)(world)
            phase(model)
            found = first_difference(world, model, flows=phase is not turn_over)
            assert found is None, f"seed {seed}, quarter {quarter}, phase {phase.__name__}: {found}"
        fast.record(world)
        world.quarter += 1
        model.close()
