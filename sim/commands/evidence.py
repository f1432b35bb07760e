"""`crosscluster evidence`: the scorecard, every external figure against what the model says of it."""

from functools import partial
from pathlib import Path

import pandas as pd

from sim.commands.arguments import Arguments
from sim.commands.experiment import UNUSED, Plan, prepare
from sim.commands.hydra_app import Command, run_app
from sim.commands.results import finished, tell, tell_failures
from sim.config import plain
from sim.config_check import ConfigError, listed
from sim.evidence.measuring import MEASURING, RUNS
from sim.evidence.page import draw, page, sets_of
from sim.evidence.score import in_words, score
from sim.evidence.targets import read_targets
from sim.experiments.execution import run_experiment
from sim.experiments.formats import sha256_of
from sim.experiments.laboratory import Options
from sim.experiments.provenance import model_sha256
from sim.experiments.store import StoreError, fresh_folder, read_manifest, write_json, write_text
from sim.experiments.warming import warm_up

CARD = "scorecard"
USAGE = """usage: crosscluster evidence [--into DIR] [KEY=VALUE ...]

Measures every figure of sim/evidence/targets.yaml in the model (experiment=evidence) and writes scorecard.csv, .md, .png and .svg.
calibrated=NAME: over all sets of values that a calibration left.  --into DIR goes on with a measurement that was interrupted."""


def main(arguments: list[str]) -> int:
    """Measure, score, and say where the scorecard is."""
    parser = Arguments("evidence", USAGE)
    parser.add_argument("--into", type=Path, default=None)
    flags, rest = parser.parse_known_args(arguments)
    folders: list[Path] = []
    wanted = [] if any(each.startswith("experiment=") for each in rest) else ["experiment=evidence"]
    perform = partial(_perform, typed=["crosscluster", "evidence", *rest], into=flags.into, folders=folders)
    run_app(Command("evidence", UNUSED, prepare, perform, ("--into",)), [*wanted, *rest])
    failures = sum(len(read_manifest(folder)["failures"]) for folder in folders)
    tell_failures(failures)
    if folders:
        finished(folders[0])
    return 1 if failures else 0


def _perform(plan: Plan, typed: list[str], into: Path | None, folders: list[Path]) -> None:
    measurable(plan)
    try:
        tell("warming up (on a new installation the model is compiled first, about a minute)")
        warm_up(plan.configs.values())
        folder = into or fresh_folder(plan.results, plan.design.name)
        folder.mkdir(parents=True, exist_ok=True)
        folders.append(folder)
        run_experiment(plan.design, plan.configs, folder, measuring(plan, typed, folder))
        tell(write_card(folder, plan, typed))
    except StoreError as error:
        raise ConfigError(f"results: {error}") from error


def measurable(plan: Plan) -> None:
    """ConfigError for an arm in whose scenario nothing is measured."""
    for name, config in plan.configs.items():
        if config.scenario.name not in RUNS:
            raise ConfigError(
                f"experiment.arms.{name}.scenario: found '{config.scenario.name}'; allowed where figures are measured: "
                f"{listed(RUNS, config.scenario.name, 'scenario')}"
            )


def measuring(plan: Plan, typed: list[str], into: Path) -> Options:
    """How measurements are run; typed: the command, which goes on with them if it is told to go --into the same folder."""
    about = plan.about | {"command": typed}
    return Options(plan.executor, None, about, MEASURING, plan.timeout, tell, go_on=" ".join([*typed, "--into", str(into)]))


def write_card(folder: Path, plan: Plan, typed: list[str]) -> str:
    """scorecard.csv, .json, .md, .png and .svg into a folder of measured runs; the result in one sentence."""
    runs = pd.read_parquet(folder / "runs.parquet")
    table = score(runs, read_targets())
    write_text(folder / f"{CARD}.csv", table.to_csv(index=False, lineterminator="\n"))
    command, config = " ".join(typed), plan.configs[plan.design.baseline]
    seeds, values = runs["seed"].nunique(), runs["case"].nunique()
    facts = {
        "command": command,
        "world": config.world.name,
        "seeds": seeds,
        "values": values,
        "calibrated": next((each.partition("=")[2] for each in typed if each.startswith("calibrated=")), None),
        "model_sha256": model_sha256(),
        "behaviour_sha256": sha256_of(plain(config.behaviour)),
        "said": in_words(table),
    }
    write_json(folder / f"{CARD}.json", facts)
    made = [f"Made by `{command}`: world `{config.world.name}`, {seeds} seeds, {sets_of(values)}."]
    write_text(folder / f"{CARD}.md", page(table, "Scorecard", made))
    draw(table, folder, CARD)
    return in_words(table)
