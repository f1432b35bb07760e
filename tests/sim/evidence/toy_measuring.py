"""Measurements that take no time, in the shape of the real ones, for tests of how they are run: three figures of three values and luck."""

import json

import numpy as np
import pandas as pd

from sim.experiments.study import Simulation
from sim.simulate import Result

NOISE = 0.03


def burn_in(config, seed, progress=None):
    return json.dumps(seed).encode()


def continue_from(snapshot, config, progress=None, tables=True):
    """Hazard of projects, cooperation and entries, each of one value; the same luck moves all points of a seed."""
    luck = NOISE * np.random.default_rng(json.loads(snapshot)).normal(size=3)
    search, project, turnover = config.behaviour.search, config.behaviour.project, config.behaviour.turnover
    values = {
        "project_hazard": 1.0 - (1.0 - project.end) ** 4 + 0.2 * luck[0],
        "cooperate": 20.0 + 40.0 * search.cluster_rate + 10.0 * luck[1],
        "organisations_kept": 60.0 * abs(turnover.entry_rate - 0.25) + 10.0 * abs(luck[2]),
    }
    nothing = pd.DataFrame()
    return Result(values, nothing, nothing, nothing, starts=pd.DataFrame({"members": [], "programme": [], "weight": []}))


MEASURING = Simulation(burn_in, continue_from, "toy measurements")
