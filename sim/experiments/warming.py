"""Compile the model's kernels once, before several processes would each compile their own."""

from collections.abc import Iterable
from dataclasses import replace

from sim.config import Config
from sim.simulate import burn_in, continue_from


def warm_up(configs: Iterable[Config]) -> None:
    """Live a quarter of every configuration; a minute on a new installation, a second or two after that."""
    short = [replace(config, world=replace(config.world, burn_in=1, programme=1, after=0)) for config in configs]
    snapshot = burn_in(short[0], 0)
    for config in short:
        continue_from(snapshot, config)
