"""`crosscluster calibrate`: which values of uncertain parameters the fit targets do not rule out."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sim.commands.arguments import Arguments
from sim.commands.evidence import measurable, measuring
from sim.commands.experiment import UNUSED, Plan, prepare
from sim.commands.hydra_app import Command, run_app
from sim.commands.results import finished, tell, tell_failures
from sim.config_check import ConfigError
from sim.evidence.calibration import Accepted, Calibration, Wave
from sim.evidence.matching import observed
from sim.evidence.recovery import figures_of, in_words, recover
from sim.evidence.targets import read_targets
from sim.experiments.design import Design, build_design
from sim.experiments.execution import run_experiment
from sim.experiments.kept import STUDY, read_study
from sim.experiments.laboratory import Options
from sim.experiments.provenance import model_sha256
from sim.experiments.sampling import build_cases
from sim.experiments.store import MANIFEST, StoreError, fresh_folder, read_json, read_manifest, write_json, write_text
from sim.experiments.warming import warm_up

FEWEST_SEEDS = 2
OPTIONS = ("--waves", "--then", "--truths", "--into")
ASKED = "calibration.json"
"""The arguments that a calibration was begun with."""
USAGE = """usage: crosscluster calibrate [--waves 2] [--then 80] [--truths 40] [--into DIR] [KEY=VALUE ...]

Runs experiment=calibration (or another with `vary`) in waves: the sample of the experiment, then --then points
where the emulators expect all bands to be met, and so on; and what is left once more on other seeds.  Writes
  accepted.yaml    values that none of their own runs rules out; into my_configs/calibrated/NAME.yaml, then calibrated=NAME
  parameters.csv   which parameters the targets identify
  targets.csv      which targets are in reach, and which share of the sound points meets them
  recovery.csv     the proof that values which are known are found: --truths sets, run on other seeds, taken for the truth
--into DIR goes on with a calibration that was interrupted, given the same arguments."""

HEAD = """# @package _global_
# Values for every experiment, as `calibrated=NAME`, made by `{command}`
# world {world}: {points} points run in {waves} waves on seeds {seeds}: {left} ruled out by no target;
# {tried} of these once more on seeds {others}: {sound}; model {model}
# may rule out: {ruling}
# weak, say where to look: {weak}
# out of reach of these parameters: {missed}
# too seldom measured: {seldom}
# {proof}
"""


def main(arguments: list[str]) -> int:
    """Run the waves and say where the accepted set is."""
    parser = Arguments("calibrate", USAGE)
    parser.add_argument("--waves", type=int, default=2)
    parser.add_argument("--then", type=int, default=80)
    parser.add_argument("--truths", type=int, default=40)
    parser.add_argument("--into", type=Path, default=None)
    flags, rest = parser.parse_known_args(arguments)
    if min(flags.waves, flags.then, flags.truths) < 1:
        raise ConfigError(f"calibrate: found --waves {flags.waves} --then {flags.then} --truths {flags.truths}; allowed: 1 or more")
    folders: list[Path] = []
    wanted = [] if any(each.startswith("experiment=") for each in rest) else ["experiment=calibration"]
    waves = ["--waves", str(flags.waves), "--then", str(flags.then), "--truths", str(flags.truths)]
    typed = ["crosscluster", "calibrate", *waves, *rest]
    run_app(Command("calibrate", UNUSED, prepare, partial(_perform, flags=flags, typed=typed, folders=folders), OPTIONS), [*wanted, *rest])
    failures = sum(len(read_manifest(path.parent)["failures"]) for folder in folders for path in folder.glob(f"wave-*/{MANIFEST}"))
    tell_failures(failures)
    if folders:
        finished(folders[0])
    return 1 if failures else 0


def _perform(plan: Plan, flags: Any, typed: list[str], folders: list[Path]) -> None:
    if plan.design.vary is None:
        raise ConfigError("experiment.vary: found nothing; allowed: the parameters to fit, as in experiment=calibration")
    if len(plan.design.seeds) < FEWEST_SEEDS:
        raise ConfigError(f"seeds: found {len(plan.design.seeds)}; allowed: {FEWEST_SEEDS} or more, which say how much is luck")
    measurable(plan)
    try:
        folder = flags.into or fresh_folder(plan.results, plan.design.name)
        _begin(folder, typed)
        folders.append(folder)
        tell("warming up (on a new installation the model is compiled first, about a minute)")
        warm_up(plan.configs.values())
        runs = Runs(plan, folder, measuring(plan, typed, folder))
        first = runs.match([runs.wave("wave-1", plan.design)])
        proof = _proof(runs, first, flags.truths)
        last = _more_waves(runs, first, flags.waves, flags.then)
        again = last.again(plan.design)
        tell(f"{len(last.sound)} points are left; the farthest apart once more on seeds {', '.join(map(str, again.seeds))}")
        accepted = Accepted.of(runs.wave("again", again), last, runs.targets)
        text = accepted_set(plan, last, accepted, flags.waves, " ".join(typed), in_words(proof))
        _write(folder, {"parameters": last.parameters(), "targets": last.reached(), "recovery": proof}, text)
    except StoreError as error:
        raise ConfigError(f"results: {error}") from error


def _begin(folder: Path, typed: list[str]) -> None:
    """A folder holds one calibration: ConfigError where it was begun with other arguments, those on how it is run apart."""
    asked = [each for each in typed if not each.startswith(("executor", "timeout_s"))]
    begun = read_json(folder / ASKED)["asked"] if (folder / ASKED).exists() else asked
    if begun != asked:
        raise ConfigError(f"calibrate: --into {folder}: found {' '.join(asked)}; allowed: what it was begun with, {' '.join(begun)}")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / ASKED, {"asked": asked})


class Runs:
    """Samples that are run into folders of one calibration."""

    def __init__(self, plan: Plan, folder: Path, options: Options) -> None:
        assert plan.design.vary is not None
        self.plan, self.folder, self.options = plan, folder, options
        self.factors, self.targets = build_cases(plan.design.vary, plan.configs).factors, read_targets()
        self.waves: list[Wave] = []

    def wave(self, name: str, design: Design) -> Wave:
        """Run a sample into a folder of its name; one that was begun there goes on with its own points."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        run_experiment(_begun(path) or design, self.plan.configs, path, self.options)
        return Wave.read(path, self.factors)

    def match(self, waves: list[Wave]) -> Calibration:
        """What waves leave."""
        self.waves = waves
        left = Calibration.of(waves, self.targets, self.factors)
        points, asked = len(left.points), len(left.match.targets)
        tell(f"wave {len(waves)}: {len(left.sound)} of {points} points are ruled out by none of {asked} targets")
        return left


def _begun(path: Path) -> Design | None:
    """The design of a wave that was begun before: its points are not drawn again, as other digits of a library would draw others."""
    return build_design(read_study(path)["design"]) if (path / STUDY).exists() else None


def _proof(runs: Runs, first: Calibration, truths: int) -> pd.DataFrame:
    """Are values that are known found again?"""
    tell(f"recovering {truths} known sets of values")
    wave = runs.wave("truths", first.truths(runs.plan.design, truths))
    figures = figures_of(first.match, observed(wave.runs, runs.targets), len(wave.shares))
    names = [factor.path for factor in first.factors]
    proof = recover(first.match, names, wave.shares, figures, lambda now, of: tell(f"  {now} of {of}") if now % 10 == 0 else None)
    tell(in_words(proof))
    return proof


def _more_waves(runs: Runs, left: Calibration, waves: int, then: int) -> Calibration:
    """What is left after all waves, every one where the emulators of those before it expect the bands to be met."""
    for number in range(2, waves + 1):
        left = runs.match([*runs.waves, runs.wave(f"wave-{number}", left.next_wave(runs.plan.design, then))])
    return left


def _write(folder: Path, tables: Mapping[str, pd.DataFrame], accepted: str) -> None:
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "accepted.yaml", accepted)


def accepted_set(plan: Plan, calibration: Calibration, accepted: Accepted, waves: int, command: str, proof: str) -> str:
    """The accepted set as a file of configs/calibrated/: its provenance, and the vary section that runs over all of it."""
    reached = {target.name: target.weak for target in calibration.match.targets}
    shown = len(accepted.points)
    head = HEAD.format(
        command=command,
        world=next(iter(plan.configs.values())).world.name,
        points=len(calibration.points),
        waves=waves,
        seeds=", ".join(map(str, plan.design.seeds)),
        left=len(calibration.sound),
        tried=accepted.tried,
        others=", ".join(map(str, calibration.again(plan.design).seeds)),
        sound=f"{accepted.sound} still, {shown} of them here" if accepted.sound else f"ALL RULED OUT, the {shown} least so here",
        model=model_sha256()[:16],
        ruling=", ".join(name for name, weak in reached.items() if not weak),
        weak=", ".join(name for name, weak in reached.items() if weak) or "none",
        missed=", ".join(name for name in calibration.found if name not in reached) or "none",
        seldom=", ".join(calibration.seldom) or "none",
        proof=proof,
    )
    over = {path: {"values": values} for path, values in calibration.values(accepted.points).items()}
    tree = {"experiment": {"vary": {"design": "listed", "luck": "everywhere", "over": over}}}
    return head + yaml.safe_dump(tree, sort_keys=False, default_flow_style=None, width=140)
