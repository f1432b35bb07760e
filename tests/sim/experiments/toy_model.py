"""A model small enough to know its answers, in the shape of the real one, for tests of how experiments are run.

Public cost of an instrument = cost * dose ** power * luck(seed); projects start by members 1..n, of which the baseline starts the
first three.  It lives in a module, so that other processes can import it.
"""

import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from sim.experiments.study import Simulation
from sim.timetable import Entry


@dataclass(frozen=True)
class ToyWorld:
    name: str = "toy"
    burn_in: int = 2


@dataclass(frozen=True)
class ToyCountry:
    policy: bool = True
    figures: dict[str, Any] = field(default_factory=dict)
    sector_tilt: dict[str, Any] = field(default_factory=dict)
    cluster_sectors: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ToyInstrument:
    dose: float = 0.0
    residual_of: tuple[str, ...] = ()
    cost: float = 100.0
    power: float = 1.0
    free: bool = False
    kind: ClassVar[str] = "toy"


@dataclass(frozen=True)
class ToyConfig:
    instrument: dict[str, ToyInstrument] = field(default_factory=dict)
    timetable: tuple[Entry, ...] = ()
    world: ToyWorld = ToyWorld()
    country: dict[str, ToyCountry] = field(default_factory=lambda: {"RUS": ToyCountry(), "DEU": ToyCountry(policy=False)})
    record: None = None
    check: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class ToyResult:
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


def burn_in(config, seed, progress=None):
    if config.trouble == "count":
        with Path(os.environ["TOY_COUNT"]).open("a") as file:
            file.write(f"{seed}\n")
    return json.dumps({"seed": seed, "luck": 1.0 + seed % 7 / 100.0}).encode()


def continue_from(snapshot, config, progress=None, tables=True):
    state = json.loads(snapshot)
    seed = state["seed"]
    if "TOY_RUNS" in os.environ:
        with Path(os.environ["TOY_RUNS"]).open("a") as file:
            file.write(f"{seed}\n")
    _trouble(config, seed)
    instruments = config.instrument.values()
    cost = sum(i.cost * i.dose**i.power for i in instruments) * state["luck"]
    starts = [1, 2, 3] + ([4, 5] if cost > 0.0 else [])
    quarters, first = range(2000), next(iter(config.instrument), "")
    return ToyResult(
        outcomes={"innovations": 10.0 + cost + seed, "public_cost": cost, "projects_started": float(len(starts))},
        series=pd.DataFrame({"quarter": quarters, "country": "all", "indicator": "sales", "value": [seed * q * 0.1 for q in quarters]}),
        funnel=pd.DataFrame({"quarter": [0], "ladder": ["firm"], "channel": ["chance"], "stage": ["met"], "value": [1.0]}),
        ledger=pd.DataFrame(
            {
                "quarter": [0] * len(config.instrument),
                "programme": list(config.instrument),
                "payer": ["RUS"] * len(config.instrument),
                "payee": ["RUS"] * len(config.instrument),
                "kind": ["grant"] * len(config.instrument),
                "amount": [float(i.dose) for i in instruments],
            }
        ),
        starts=pd.DataFrame({"members": starts, "programme": ["" if m < 4 else first for m in starts], "weight": 1.0}),
    )


def _trouble(config, seed):
    if config.trouble in ("slow", "slowly"):
        time.sleep(1.0 if config.trouble == "slow" else 0.05)
    if config.trouble == "error" and seed == 2:
        raise ZeroDivisionError("a corner\nof the parameters")
    if config.trouble == "death" or (config.trouble == "death of 2" and seed == 2):
        os.kill(os.getpid(), signal.SIGKILL)


TOY = Simulation(burn_in, continue_from)
