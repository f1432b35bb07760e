"""`crosscluster experiment`: all arms on all seeds, then effects, figures and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from agents.parameters import number
from sim.commands.compose import compose_tree, load_tree
from sim.commands.folders import SHIPPED, choices, own_folders
from sim.commands.hydra_app import Command, run_app
from sim.commands.report import report_if_any
from sim.commands.results import about, finished, sweep_folder, tell, tell_failures, writable
from sim.config import Config
from sim.config_check import ConfigError, build, listed
from sim.experiments.design import Design, build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.sampling import build_cases
from sim.experiments.store import StoreError, fresh_folder, read_manifest
from sim.experiments.warming import warm_up

UNUSED = {
    "seed": "an experiment has many seeds, as in seeds=10; seed=7 belongs to `crosscluster run`",
    "scenario": "each arm of an experiment has its own; scenario=... belongs to `crosscluster run`",
}


@dataclass(frozen=True)
class Limits:
    """What a run may take."""

    timeout_s: float | None = number("seconds a run", 0.01, 1e7, "any")


@dataclass(frozen=True)
class Plan:
    """What is to be run, and where its results go."""

    design: Design
    configs: Mapping[str, Config]
    executor: ExecutorConfig
    timeout: float | None
    results: Path
    about: dict[str, Any]


def main(arguments: list[str]) -> int:
    """Run, report, and say where the results are."""
    folders: list[Path] = []
    sweep = sweep_folder(arguments)
    plans = run_app(Command("experiment", UNUSED, prepare, partial(_perform, sweep=sweep, folders=folders)), arguments)
    failures = sum(len(read_manifest(folder)["failures"]) for folder in folders)
    tell_failures(failures)
    if folders and not sweep:
        finished(folders[0])
    elif plans:
        finished(plans[0].results / str(sweep))
    return 1 if failures else 0


def prepare(tree: dict[str, Any], overrides: Sequence[str]) -> Plan:
    """Everything that an experiment needs, checked; ConfigError where something is wrong."""
    node = tree.get("experiment")
    if not isinstance(node, dict):
        names = listed(choices("experiment", own_folders()), "", "experiment")
        raise ConfigError(f"experiment: found none, as in experiment=eaeu_programme; allowed: {names}")
    design = build_design(node if tree["seeds"] is None else {**node, "seeds": tree["seeds"]})
    executor, timeout = execution(tree)
    scenarios = dict.fromkeys(arm.scenario for arm in design.arms.values())
    composed = {name: load_tree(compose_tree([*overrides, f"scenario={name}"])) for name in scenarios}
    configs = {name: composed[arm.scenario] for name, arm in design.arms.items()}
    if design.vary:
        build_cases(design.vary, configs)  # what cannot be varied is told before anything is run
    told = about("experiment", overrides, configs[design.baseline], tree["facts"])
    return Plan(design, configs, executor, timeout, writable(tree["results"]), told)


def execution(tree: Mapping[str, Any]) -> tuple[ExecutorConfig, float | None]:
    """Where runs are made, and the seconds that one may take, None without a limit; ConfigError names what cannot be."""
    return build(ExecutorConfig, tree["executor"], "executor"), build(Limits, {"timeout_s": tree["timeout_s"]}, "").timeout_s


def _perform(plan: Plan, sweep: str | None, folders: list[Path]) -> None:
    try:
        tell("warming up (on a new installation the model is compiled first, about a minute)")
        warm_up(plan.configs.values())
        folder = fresh_folder(plan.results / sweep if sweep else plan.results, plan.design.name)
        folders.append(folder)
        options = Options(plan.executor, solved(plan.design.name), plan.about, timeout=plan.timeout, tell=tell)
        run_experiment(plan.design, plan.configs, folder, options)
    except StoreError as error:
        raise ConfigError(f"results: {error}") from error
    report_if_any(folder)


def solved(experiment: str) -> Path | None:
    """The doses shipped with an experiment, or the user's own."""
    for root in (*own_folders(), SHIPPED):
        if (path := root / "solved" / f"{experiment}.json").is_file():
            return path
    return None
