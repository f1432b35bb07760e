"""One seed of an experiment: the burn-in once, then every treatment from its snapshot, paired with the baseline.

`replicate` is pure, picklable and knows no file but its tick: it may run in any process, on any executor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.experiments.frames import tables
from sim.experiments.pairing import paired_starts
from sim.experiments.treatment import Treatment


@dataclass(frozen=True, slots=True)
class Simulation:
    """The model as two functions (of modules, so that they can be sent to a process).

    burn_in(config, seed) -> snapshot; continue_from(snapshot, config) -> Result.
    """

    burn_in: Callable[[Any, int], bytes]
    continue_from: Callable[[bytes, Any], Any]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs: the baseline is the first treatment.

    tables: whether the runs' tables are wanted or their outcomes only.  ticks: a file that grows by a byte with
    every step done, for the progress bar.  snapshots: a folder that keeps burn-ins for later jobs of the seed.
    """

    seed: int
    treatments: tuple[Treatment, ...]
    simulation: Simulation
    tables: bool = True
    ticks: Path | None = None
    snapshots: Path | None = None

    @property
    def steps(self) -> int:
        """Ticks of this job: the burn-in and every treatment."""
        return 1 + len(self.treatments)


@dataclass(slots=True)
class Run:
    """What one treatment on one seed left: scalars, or the error that ended it, and tables."""

    treatment: Treatment
    seed: int
    outcomes: dict[str, float] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    error: str | None = None


def replicate(job: Job) -> list[Run]:
    """All treatments of a job on its seed, in order."""
    try:
        snapshot = _snapshot(job)
    except Exception as error:  # noqa: BLE001  a failing seed is recorded, the others go on
        return [Run(treatment, job.seed, error=describe(error)) for treatment in job.treatments]
    _tick(job)
    runs: list[Run] = []
    baseline: pd.DataFrame | None = None
    for treatment in job.treatments:
        result, trouble = _continue(job, snapshot, treatment)
        if result is None:
            runs.append(Run(treatment, job.seed, error=trouble))
        else:
            if treatment is job.treatments[0]:
                baseline = result.starts
            paired = {} if baseline is None else paired_starts(result.starts, baseline, treatment.own + treatment.residual)
            kept = tables(result, treatment, job.seed) if job.tables else {}
            runs.append(Run(treatment, job.seed, dict(result.outcomes) | paired, kept))
        _tick(job)
    return runs


def _continue(job: Job, snapshot: bytes, treatment: Treatment) -> tuple[Any | None, str | None]:
    """The result of a treatment, or what ended it."""
    try:
        result = job.simulation.continue_from(snapshot, treatment.config)
    except Exception as error:  # noqa: BLE001  a failing run is recorded, the others go on
        return None, describe(error)
    return (result, None) if result.error is None else (None, result.error)


def describe(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _snapshot(job: Job) -> bytes:
    kept = job.snapshots / f"seed-{job.seed}" if job.snapshots else None
    if kept is not None and kept.exists():
        return kept.read_bytes()
    snapshot = job.simulation.burn_in(job.treatments[0].config, job.seed)
    if kept is not None:
        kept.write_bytes(snapshot)
    return snapshot


def _tick(job: Job) -> None:
    if job.ticks is not None:
        with job.ticks.open("ab") as file:
            file.write(b".")
