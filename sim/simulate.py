"""One run as one pure function, on which everything else stands.

    simulate(config, seed)                 the whole run
    continue_from(burn_in(config, seed), config)   the same run, bit for bit, with a burn-in that many scenarios share

Both are picklable, read no file, write none, and depend on nothing but their arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim import frames
from sim.checks import InvariantError
from sim.cluster_panel import clusters_frame
from sim.config import Config
from sim.outcomes import outcomes
from sim.panel import panel_frame, projects_frame, ties_frame
from sim.step import step
from sim.world import World

Progress = Callable[[int, int], None]
"""Is told (quarters done, quarters in all) after every quarter."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run leaves: scalars, every project that started, and tidy tables (sim/frames.py), empty where none were asked for; panel,
    clusters, ties and projects only with record.panel.

    error: the invariant that broke, in one line; then the rest is empty.
    """

    outcomes: dict[str, float]
    series: pd.DataFrame
    funnel: pd.DataFrame
    ledger: pd.DataFrame
    starts: pd.DataFrame
    panel: pd.DataFrame | None = None
    clusters: pd.DataFrame | None = None
    ties: pd.DataFrame | None = None
    projects: pd.DataFrame | None = None
    error: str | None = None


def quarters(config: Config) -> int:
    """Length of a run with its burn-in."""
    return config.world.burn_in + config.world.programme + config.world.after


def simulate(config: Config, seed: int, progress: Progress | None = None) -> Result:
    """Build the world of `seed`, run it to its end, and say what happened."""
    return _to_the_end(World(config, seed), progress)


def burn_in(config: Config, seed: int, progress: Progress | None = None) -> bytes:
    """The world at the opening of programmes, as a snapshot for `continue_from`.

    Raises InvariantError if config.check and an invariant breaks.
    """
    world = World(config, seed)
    run(world, config.world.burn_in, progress)
    return world.snapshot()


def continue_from(snapshot: bytes, config: Config, progress: Progress | None = None, tables: bool = True) -> Result:
    """Go on from a snapshot of our own `burn_in` under a configuration that differs in what happens after the opening.

    tables: False leaves series, funnel and ledger empty, which take as long to put together as a short run.
    """
    return _to_the_end(World.resume(snapshot, config), progress, tables)


def run(world: World, until: int, progress: Progress | None = None) -> None:
    """Step the world until it has lived `until` quarters."""
    while world.quarter < until:
        step(world)
        if progress is not None:
            progress(world.quarter, until)


def _to_the_end(world: World, progress: Progress | None, tables: bool = True) -> Result:
    try:
        run(world, quarters(world.config), progress)
    except InvariantError as error:
        return failed(str(error))
    return result(world, tables)


def result(world: World, tables: bool = True) -> Result:
    """Scalars and, unless they are not wanted, tables of a world that has lived at least one quarter since its programmes opened."""
    long: dict[str, Any] = {}
    if world.config.record.panel:
        recorder = world.recorder
        long = {
            "panel": panel_frame(recorder.years),
            "clusters": clusters_frame(recorder.yearbook.years),
            "ties": ties_frame(world),
            "projects": projects_frame(world, recorder.finished),
        }
    made = (frames.series, frames.funnel, frames.ledger)
    series, funnel, ledger = (make(world) if tables else pd.DataFrame() for make in made)
    return Result(outcomes(world), series, funnel, ledger, frames.starts(world), **long)


def failed(error: str) -> Result:
    """The result of a run that broke an invariant."""
    nothing = pd.DataFrame()
    return Result({}, nothing, nothing, nothing, nothing, error=error)
