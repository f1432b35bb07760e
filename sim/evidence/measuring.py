"""One run measured: from a burn-in to the figures of the scenario that it goes on under.

The same seam as the experiments' own simulation (burn_in, continue_from), so that whatever runs experiments, on one worker or a cluster,
resumed or not, runs measurements.  What is measured depends on the scenario: the status quo, or one of the virtual programmes.
"""

from collections.abc import Callable

import pandas as pd

from sim.checks import InvariantError
from sim.config import Config
from sim.config_check import ConfigError
from sim.evidence.measures import cooperation, economy, lot, networks, partnerships, trade
from sim.evidence.measures.associations import Members
from sim.evidence.watch import Values, Watch
from sim.experiments.provenance import code_sha256
from sim.experiments.study import Simulation
from sim.simulate import Progress, Result, burn_in, failed
from sim.world import World


def _status_quo(watch: Watch) -> Values:
    values, members = trade.measure(watch.world), Members(watch.world)
    while watch.world.quarter < watch.end:
        watch.run(watch.world.quarter + 1)
        members.look(watch.world)
    return values | economy.measure(watch) | cooperation.measure(watch) | members.measure()


def _framework_call(watch: Watch) -> Values:
    watch.run(watch.world.opens + watch.world.config.world.programme)
    return networks.measure(watch)


RUNS: dict[str, Callable[[Watch], Values]] = {
    "status_quo": _status_quo,
    "eu_cluster_partnerships": partnerships.measure,
    "meetings_by_lot": lot.measure,
    "framework_call": _framework_call,
}
"""Scenario -> what is measured in it."""


def continue_from(snapshot: bytes, config: Config, progress: Progress | None = None, tables: bool = False) -> Result:
    """Go on from a burn-in, and measure; the figures are the outcomes of the result, which has no tables."""
    name = config.scenario.name
    if name not in RUNS:
        raise ConfigError(f"scenario: found {name}; allowed where figures are measured: {', '.join(RUNS)}")
    watch = Watch(World.resume(snapshot, config))
    try:
        values = RUNS[name](watch)
    except InvariantError as error:
        return failed(str(error))
    nothing = pd.DataFrame()
    return Result(values, nothing, nothing, nothing, starts=pd.DataFrame({"members": [], "programme": [], "weight": []}))


CODE = ("sim/evidence/measures/*.py", "sim/evidence/measuring.py", "sim/evidence/watch.py")
MEASURING = Simulation(burn_in, continue_from, f"measurements {code_sha256(CODE)[:12]}")
