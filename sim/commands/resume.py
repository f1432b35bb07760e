"""`crosscluster resume DIR`: go on with an experiment that was interrupted, killed or left with failures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios import INSTRUMENTS
from sim.commands.compose import compose_tree
from sim.commands.experiment import execution, solved
from sim.commands.report import report_if_any
from sim.commands.results import existing, finished, tell, tell_failures
from sim.config_check import ConfigError
from sim.experiments.execution import run_experiment
from sim.experiments.journal import JOURNAL
from sim.experiments.kept import load
from sim.experiments.laboratory import Options
from sim.experiments.manifest import is_finished, spoilt
from sim.experiments.store import MANIFEST, StoreError, read_json, read_manifest
from sim.experiments.study import RUNS
from sim.experiments.warming import warm_up

USAGE = """usage: crosscluster resume DIR [--retry-failed] [executor=NAME] [executor.KEY=VALUE ...] [timeout_s=SECONDS]

Finished runs are neither lost nor repeated; the tables are the same bytes as of an experiment that was never interrupted.
--retry-failed runs those again that ended with an error."""


def main(arguments: list[str]) -> int:
    """Go on, report, and say where the results are."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0 if arguments else 2
    folder, retry, overrides = _read(arguments)
    tree = compose_tree(overrides)
    executor, timeout = execution(tree)
    try:
        kept = load(folder, INSTRUMENTS)
        if kept.kind != RUNS:
            raise ConfigError(f"resume: {folder} holds {kept.kind}, no runs; go on with the command that began it: {_command(kept.about)}")
        if lost := _lost(folder, kept.about.get("merged") or ()):
            tell(f"crosscluster: {lost}")
        tell("warming up (on a new installation the model is compiled first, about a minute)")
        warm_up(kept.configs.values())
        options = Options(executor, solved(kept.design.name), kept.about, timeout=timeout, tell=tell, retry_failed=retry)
        run_experiment(kept.design, kept.configs, folder, options)
        failures = len(read_manifest(folder)["failures"])
    except StoreError as error:
        raise ConfigError(f"resume: {error}") from error
    tell_failures(failures)
    report_if_any(folder)
    finished(folder)
    return 1 if failures else 0


def _command(about: Mapping[str, Any]) -> str:
    return " ".join(map(str, about.get("command") or ["crosscluster"])) + " --into ..."


def _lost(folder: Path, merged: Sequence[Mapping[str, Any]]) -> str:
    """Why all runs of a finished experiment are made again, in words; empty if they are not.

    merged: the folders that it was made from.  Raises ConfigError for a merged experiment, which has no runs of its own to go on with.
    """
    if is_finished(folder):
        return ""
    manifest = read_manifest(folder) if _readable(folder) else {}
    names = spoilt(folder, manifest) if manifest else [MANIFEST]
    why = f"{', '.join(names)}: missing or not what the experiment wrote" if names else "failed runs"
    if merged:
        parts = ", ".join(part["folder"] for part in merged)
        raise ConfigError(
            f"resume: {folder} ({why}) was made by crosscluster merge and holds nothing to go on with; allowed: crosscluster resume, or "
            f"resume --retry-failed, in the folders that it was made from ({parts}), and then crosscluster merge anew"
        )
    if manifest.get("state") != "complete" or (folder / JOURNAL).is_file():
        return ""
    return f"{folder} ({why}) was finished, so its chunks are gone: all {manifest['runs']['of']:,} runs are made again"


def _readable(folder: Path) -> bool:
    """Is there a manifest?  One that is spoilt is written anew: what matters stands in study.json and in the journal."""
    try:
        read_json(folder / MANIFEST)
    except StoreError:
        return False
    return True


def _read(arguments: list[str]) -> tuple[Path, bool, list[str]]:
    names = [each for each in arguments if "=" not in each and not each.startswith("-")]
    flags = [each for each in arguments if each.startswith("-")]
    overrides = [each for each in arguments if "=" in each]
    if len(names) != 1 or set(flags) - {"--retry-failed"}:
        raise ConfigError(f"resume: found {' '.join(arguments)}; allowed: one folder. {USAGE.splitlines()[0]}")
    for each in overrides:
        if not each.startswith(("executor=", "executor.", "timeout_s=")):
            raise ConfigError(f"resume: found {each}; allowed: executor and timeout_s, as what is run stands in the folder")
    return existing("resume", Path(names[0])), "--retry-failed" in flags, overrides
