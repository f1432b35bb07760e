"""Run an experiment from its design to its tables: solve the doses, run every seed, write what came out.

A seed is a job: its burn-in is run once and all arms continue from the snapshot.  Whatever the number of workers
and the order in which they finish, the tables are the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sim.config import Config
from sim.experiments.design import Design, EqualCost
from sim.experiments.doses import Solution, Trial, known, purpose, solve
from sim.experiments.manifest import Manifest
from sim.experiments.processes import local_processes, run_jobs
from sim.experiments.replication import Job, Run, Simulation
from sim.experiments.store import write_json, write_table
from sim.experiments.tables import frames, ordered, runs_table
from sim.experiments.treatment import treatments
from sim.simulate import burn_in, continue_from

MODEL = Simulation(burn_in, continue_from)

DOSES = "doses.json"


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during an experiment; the text says how far it came."""


class Laboratory:
    """An executor, a folder for what is needed only meanwhile, and a progress bar on standard error."""

    def __init__(self, executor: Any, scratch: Path, progress: Progress) -> None:
        self.executor, self.scratch, self.progress = executor, scratch, progress

    def run(self, jobs: Sequence[Job], what: str) -> Iterator[list[Run]]:
        """Every job's runs as they are finished, with a bar for them."""
        ticks = self.scratch / f"{len(self.progress.tasks)}.ticks"
        ticks.touch()
        bar = self.progress.add_task(what, total=sum(job.steps for job in jobs))
        ticking = [replace(job, ticks=ticks) for job in jobs]
        yield from run_jobs(ticking, self.executor, lambda: self.progress.update(bar, completed=ticks.stat().st_size))


@contextmanager
def laboratory(workers: int) -> Iterator[Laboratory]:
    """A laboratory on local processes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with (
        TemporaryDirectory(prefix="crosscluster-", ignore_cleanup_errors=True) as scratch,
        local_processes(workers) as executor,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        yield Laboratory(executor, Path(scratch), progress)


def run_experiment(
    design: Design,
    configs: Mapping[str, Config],
    folder: Path,
    workers: int,
    shipped: Path | None = None,
    about: Mapping[str, Any] | None = None,
    simulation: Simulation = MODEL,
) -> Path:
    """Run all arms on all seeds and leave their tables in `folder`.

    configs: every arm's configuration with the doses of its scenario.  shipped: doses solved before.  about: what
    the manifest is to say besides.  Raises ConfigError, StoreError, WorkerLost, Interrupted; the folder then holds no table.
    """
    manifest = Manifest(folder, design, configs[design.baseline], workers, about or {})
    manifest.treat(treatments(design, configs, {}))
    manifest.write("running")
    written: list[Path] = []
    try:
        with laboratory(min(workers, max(len(design.seeds), len(design.reserved_seeds)))) as lab:
            runs = _run_all(design, configs, lab, manifest, _places(folder, shipped), simulation)
        for name, table in _tables(runs, design).items():
            written.append(folder / f"{name}.parquet")
            write_table(table, written[-1])
        manifest.write("complete")
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        interrupted = isinstance(error, KeyboardInterrupt)
        manifest.write("interrupted" if interrupted else "failed")
        if interrupted:
            total = len(design.points()) * len(design.seeds)
            raise Interrupted(f"{manifest.done} of {total} runs were done, no table was written to {folder}") from error
        raise
    return folder


def _places(folder: Path, shipped: Path | None) -> dict[str, list[Path]]:
    """Where solved doses may lie: those shipped, then those of earlier runs of the experiment, the latest first."""
    earlier = sorted(folder.parent.glob(f"*/{DOSES}"), reverse=True)
    return {"shipped": [shipped] if shipped else [], "cached": earlier}


def _run_all(
    design: Design,
    configs: Mapping[str, Config],
    lab: Laboratory,
    manifest: Manifest,
    places: Mapping[str, Sequence[Path]],
    simulation: Simulation,
) -> list[Run]:
    factors = {}
    if (rule := design.equal_cost) is not None:
        solution = known(purpose(design, configs), places) or _solve(design, configs, rule, lab, simulation)
        manifest.solve(solution)
        write_json(manifest.folder / DOSES, solution.as_tree(design))
        factors = solution.factors
    treated = treatments(design, configs, factors)
    manifest.treat(treated)
    manifest.write("running")
    runs: list[Run] = []
    for finished in lab.run([Job(seed, treated, simulation) for seed in design.seeds], design.name):
        manifest.finish(finished)
        runs += finished
    return ordered(runs, design)


def _solve(design: Design, configs: Mapping[str, Config], rule: EqualCost, lab: Laboratory, simulation: Simulation) -> Solution:
    snapshots = lab.scratch / "snapshots"
    snapshots.mkdir()
    return solve(Trial(design, configs, rule, simulation, lambda jobs: lab.run(jobs, "solving equal cost"), snapshots))


def _tables(runs: Sequence[Run], design: Design) -> dict[str, pa.Table]:
    return {"runs": runs_table(runs, design), **frames(runs)}
