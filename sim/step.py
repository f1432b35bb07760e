"""The quarter as a table of contents."""

from typing import TYPE_CHECKING

from sim.checks import check_all
from sim.cooperate import cooperate, search
from sim.economy import finance, trade, turn_over
from sim.flows import Flows
from sim.govern import govern
from sim.knowledge import innovate, learn
from sim.record import record

if TYPE_CHECKING:
    from sim.world import World


def begin(world: "World") -> None:
    """Nothing has happened yet, and programmes are what the timetable says."""
    world.flows = Flows.empty(world.population.capacity, len(world.countries))
    world.population.private_cost[:] = 0.0
    world.follow_timetable()


def step(world: "World") -> None:
    """One quarter.  Within a phase everyone decides on the state at its start."""
    begin(world)
    govern(world)
    search(world)
    cooperate(world)
    learn(world)
    innovate(world)
    trade(world)
    finance(world)
    turn_over(world)
    record(world)
    if world.config.check:
        check_all(world)
    world.quarter += 1
