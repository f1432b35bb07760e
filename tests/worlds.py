"""Small worlds for tests: the demo world of configs/world/demo.yaml, with changes."""

from dataclasses import replace
from functools import cache

from sim.commands.compose import load_config
from sim.config import Config
from sim.step import step
from sim.world import World


@cache
def composed(*overrides: str) -> Config:
    """The demo world with Hydra overrides, e.g. composed("scenario=matchmaking")."""
    return load_config(["world=demo", *overrides])


def demo_config(*overrides: str, panel: bool = False, check: bool = True, **time: int) -> Config:
    """The demo world, checked in every quarter.  time: burn_in, programme, after, in quarters."""
    config = composed(*overrides)
    return replace(config, world=replace(config.world, **time), record=replace(config.record, panel=panel), check=check)


def lived(config: Config, quarters: int, seed: int = 1) -> World:
    """A world that has lived some quarters."""
    world = World(config, seed)
    for _ in range(quarters):
        step(world)
    return world
