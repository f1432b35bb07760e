"""`crosscluster run`: one scenario and one seed; the time series, the funnel and the ledger as tables."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from agents.parameters import number
from sim.commands.compose import load_tree
from sim.commands.hydra_app import Command, run_app
from sim.commands.results import about, finished, sweep_folder, tell, writable
from sim.config import Config, config_hash, config_tree
from sim.config_check import ConfigError, build
from sim.config_classes import ScenarioConfig
from sim.experiments.figures import account
from sim.experiments.formats import MANIFEST_FORMAT, RUN_TABLES_FORMAT
from sim.experiments.provenance import commit, machine, model_sha256, versions
from sim.experiments.store import StoreError, write_json, write_table
from sim.simulate import Result, simulate
from sim.treasury import BESIDE

UNUSED = {
    "seeds": "a run has one seed, as in seed=7; seeds=10 belongs to `crosscluster experiment`",
    "executor": "a run is one process; executor.workers belongs to `crosscluster experiment`",
    "experiment": "it belongs to `crosscluster experiment`",
    "calibrated": "a run has one set of values; an accepted set belongs to `crosscluster experiment`",
}


@dataclass(frozen=True)
class Seed:
    """The settings of a run besides its configuration."""

    seed: int = number("", 0, 2**31 - 1, "any", whole=True)


@dataclass(frozen=True)
class Run:
    """What is to be run, and where its results go."""

    config: Config
    seed: int
    results: Path
    about: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the results folder: the same for the same run."""
        return f"{self.config.scenario.name}-{self.config.world.name}-seed{self.seed}-{config_hash(self.config)[:8]}"


def main(arguments: list[str]) -> int:
    """Run and say where the results are."""
    failures: list[str] = []
    sweep = sweep_folder(arguments)
    runs = run_app(Command("run", UNUSED, _prepare, partial(_perform, sweep=sweep, failures=failures)), arguments)
    for failure in failures:
        tell(f"crosscluster: {failure}")
    if len(runs) == 1 and not sweep:
        finished(runs[0].results / "run" / runs[0].name)
    elif runs:
        finished(runs[0].results / str(sweep))
    return 1 if failures else 0


def _prepare(tree: dict[str, Any], overrides: Sequence[str]) -> Run:
    seed = build(Seed, {"seed": tree["seed"]}, "").seed
    config = load_tree(tree)
    if any(override.startswith("instrument=") for override in overrides):
        config = replace(config, scenario=OWN)
    return Run(config, seed, writable(tree["results"]), about("run", overrides, config, tree["facts"]))


def _perform(run: Run, sweep: str | None, failures: list[str]) -> None:
    folder = run.results / (sweep or "run") / run.name
    columns = (TextColumn(f"{run.config.scenario.label}, {run.config.world.name}, seed {run.seed}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("quarters"), TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)
        result = simulate(run.config, run.seed, lambda done, total: progress.update(task, completed=done, total=total))
    if result.error is None:
        console = Console(stderr=True)
        console.print(summary(run, result))
        spent = money(run, result)
        if spent.row_count:
            console.print(spent)
        for line in never_open(run):
            tell(f"crosscluster: {line}")
    else:
        failures.append(f"{run.name}: {result.error}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_run(run, result, folder)
    except (OSError, StoreError) as error:
        raise ConfigError(f"results: {error}") from error


OWN = ScenarioConfig(name="own", label="Instruments of your own choice")
"""What a run is called whose instruments were chosen one by one."""

SHOWN = {
    "innovations": "innovations a quarter",
    "research_private": "R&D that firms pay, mln int$ a quarter",
    "research_public": "R&D that the state pays, mln int$ a quarter",
    "projects_active": "joint projects running",
    "cross_cluster_active": "of which between clusters",
    "cross_border_active": "of which over borders",
    "ties_per_organisation": "partnerships an organisation",
    "productivity": "productivity, ln points over the start",
}
"""Indicators of all policy countries together that a run shows on the screen."""


def money(run: Run, result: Result) -> Table:
    """What every programme that opens with the run spent itself, over the whole run."""
    table = Table(title="money of new programmes, mln int$ over the run")
    for head in ("programme", "spent", "of it administration"):
        table.add_column(head, justify="left" if head == "programme" else "right")
    ledger = result.ledger[~result.ledger["kind"].isin(BESIDE)]
    for name, instrument in run.config.instrument.items():
        if instrument.start >= 0 and not instrument.free:
            own = ledger[ledger["programme"] == name]
            spent, office = (float(rows["amount"].sum()) for rows in (own, own[own["kind"] == "overhead"]))
            table.add_row(name, f"{spent:,.2f}", f"{office:,.2f}")
    return table


def never_open(run: Run) -> list[str]:
    """Instruments whose dates leave them out of this run."""
    world = run.config.world
    last = world.programme + world.after
    redated = {name for entry in run.config.timetable for name in entry.names()}
    closed = [name for name, each in run.config.instrument.items() if each.start >= min(last, each.end) and each.start >= 0]
    return [
        f"{name} never opens in this run (start {run.config.instrument[name].start}, end {run.config.instrument[name].end})"
        for name in closed
        if name not in redated
    ]


def summary(run: Run, result: Result) -> Table:
    """A few indicators at the opening of the programmes, at their end and at the end of the run."""
    world = run.config.world
    table = Table(title=f"{run.config.scenario.label}, {world.name}, seed {run.seed}: policy countries together")
    moments = {"opening": -1 if world.burn_in else 0, "programmes end": world.programme - 1, "end": world.programme + world.after - 1}
    table.add_column("indicator")
    for moment in moments:
        table.add_column(moment, justify="right")
    series = result.series[result.series["country"] == "all"].set_index(["indicator", "quarter"])["value"]
    for indicator, meaning in SHOWN.items():
        values = [series.get((indicator, quarter), float("nan")) for quarter in moments.values()]
        table.add_row(meaning, *(f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}" for value in values))
    return table


def write_run(run: Run, result: Result, folder: Path) -> None:
    """Every table of the result as parquet, scalars as json, the manifest last: where it stands, the folder is complete."""
    for name in (field.name for field in fields(result)):
        table = getattr(result, name)
        if isinstance(table, pd.DataFrame):
            write_table(pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None), folder / f"{name}.parquet")
    write_json(folder / "outcomes.json", result.outcomes)
    manifest = {
        "format": MANIFEST_FORMAT,
        "tables_format": RUN_TABLES_FORMAT,
        "state": "failed" if result.error else "complete",
        "error": result.error,
        "seed": run.seed,
        "config": config_tree(run.config),
        "config_hash": config_hash(run.config),
        "figures": account(run.config),
        **run.about,
        "model_sha256": model_sha256(),
        "versions": versions(),
        "commit": commit(),
        "machine": machine(),
    }
    write_json(folder / "manifest.json", manifest)
