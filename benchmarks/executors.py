"""How much of the cores' time is spent in the model?  `python -m benchmarks.executors [--runs 1000] [--kinds local ray] [world=demo]`.

A sweep of short runs over uncertainties is run on each kind of executor of this machine.  Every call of the model is timed in its worker,
by the wall clock and by the processor.  A worker's START-UP ends with its first run (imports, compiled kernels); from then until the
tables are written, its time is either in the model or not:

    in the model = time of calls / (time since each worker's first run, all workers)

The processor's share is the same with processor time of the calls: on a machine that others use it says how much of the cores we got.
The last column is the rate of runs, start-up left out, as a ratio to that of local processes in the same command.  With Slurm (here:
submitit's local jobs) every chunk is a process, so that start-up recurs with every chunk.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timed_model import FOLDER, TIMED
from sim.commands.compose import compose_tree, load_tree
from sim.config import Config
from sim.experiments.design import Design, build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.processes import cores
from sim.experiments.provenance import machine, versions
from sim.experiments.warming import warm_up

SHORT = ["world=demo", "world.burn_in=8", "world.programme=4", "world.after=0"]
"""A history of twelve quarters: a run takes some fifty milliseconds."""
SAMPLE = 3
"""Calls of the model for a pair: a burn-in and two arms.  The first pair of a worker is its start-up."""
KINDS = ("local", "ray", "dask", "slurm")


@dataclass(frozen=True)
class Measured:
    """One sweep.  Seconds; model, cpu, there: of all workers together."""

    runs: int
    wall: float
    start_up: float  # of a worker, mean
    model: float
    cpu: float
    there: float
    workers: int

    @property
    def rate(self) -> float:
        """Runs a second, start-up left out."""
        return self.runs / (self.there / self.workers)


def sweep(overrides: Sequence[str], runs: int) -> tuple[Design, dict[str, Config]]:
    """Two arms in so many cases that there are about so many runs."""
    size = max(runs // 2, 1)
    given = ["experiment=long_sweep", f"experiment.vary.size={size}", *overrides]
    design = build_design(compose_tree(given)["experiment"])
    return design, {name: load_tree(compose_tree([*given, f"scenario={arm.scenario}"])) for name, arm in design.arms.items()}


def measure(experiment: tuple[Design, dict[str, Config]], executor: ExecutorConfig, workers: int, scratch: Path) -> Measured:
    """Run it, and read the workers' clocks."""
    times, folder = scratch / "times", scratch / "results" / "run"
    times.mkdir()
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(times)
    began = time.monotonic()
    run_experiment(*experiment, folder, Options(executor, simulation=TIMED, tell=lambda line: print(f"    {line}", file=sys.stderr)))
    ended = time.monotonic()
    calls = sorted(_calls(path) for path in times.iterdir() if path.name != str(os.getpid()))
    first = [of_worker[SAMPLE - 1][1] for of_worker in calls[:workers]]
    after = [call for of_worker in calls[:workers] for call in of_worker[SAMPLE:]] + [call for later in calls[workers:] for call in later]
    return Measured(
        runs=round(len(after) * (SAMPLE - 1) / SAMPLE),
        wall=ended - began,
        start_up=sum(moment - began for moment in first) / workers,
        model=sum(call[1] - call[0] for call in after),
        cpu=sum(call[2] for call in after),
        there=sum(ended - moment for moment in first),
        workers=workers,
    )


def _calls(path: Path) -> list[tuple[float, ...]]:
    """(began, ended, cpu) of each call of a process."""
    return [tuple(float(word) for word in line.split()) for line in path.read_text(encoding="ascii").splitlines()]


def main() -> None:
    """Print the machine, then a line for each kind of executor."""
    parser = argparse.ArgumentParser(description="How much of the cores' time is spent in the model, by executor?")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster experiment`: world=..., values")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    wanted = parser.parse_args()
    here, packages = machine(), versions()
    print(f"machine  {here['processor']}, {here['cores']} cores, {here['system']} {here['machine']}; load {os.getloadavg()[0]:.1f} before")
    print(f"versions Python {packages['python']}, numpy {packages['numpy']}, numba {packages['numba']}")
    experiment = sweep(wanted.overrides or SHORT, wanted.runs)
    warm_up(experiment[1].values())
    print("executor  workers   runs  ms a run  start-up s  in the model  of the processor  rate", flush=True)
    rates: list[float] = []
    for kind in wanted.kinds:
        with TemporaryDirectory() as scratch:
            slurm = {"cluster": "local", "folder": f"{scratch}/jobs", "timeout_min": 60} if kind == "slurm" else {}
            config = ExecutorConfig(kind=kind, address=None, slurm=slurm, workers=wanted.workers, retries=0)
            found = measure(experiment, config, wanted.workers, Path(scratch))
        rates.append(found.rate)
        words = f"{kind:8} {wanted.workers:8} {found.runs:6} {1e3 * found.model / found.runs:9.0f} {found.start_up:11.1f}"
        shares = f"{found.model / found.there:12.1%} {found.cpu / found.there:17.1%}"
        print(words, shares, f"{found.rate / rates[0]:5.2f}", flush=True)


if __name__ == "__main__":
    main()
