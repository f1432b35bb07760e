"""`crosscluster merge A B ... --into DIR`: experiments of one design, run on different seeds, as one results folder."""

from functools import partial
from pathlib import Path

from scenarios import INSTRUMENTS
from sim.commands.arguments import Arguments
from sim.commands.report import report_if_any
from sim.commands.results import finished, tell
from sim.config import build_config
from sim.config_check import ConfigError
from sim.experiments.merging import merge
from sim.experiments.store import StoreError, read_manifest

USAGE = """usage: crosscluster merge DIR DIR [DIR ...] --into DIR

Joins finished experiments that differ in nothing but their seeds, run on this or other machines.  The new folder holds what one experiment
on all the seeds would have left, byte for byte; the old ones stay as they are.  Runs that several folders have must be the same in all."""


def main(arguments: list[str]) -> int:
    """Join, report, and say where the results are."""
    parser = Arguments("merge", USAGE)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, required=True)
    if not arguments:
        arguments = ["--help"]
    typed = parser.parse_args(arguments)
    try:
        told = merge(typed.folders, typed.into, partial(build_config, registry=INSTRUMENTS), ["crosscluster", "merge", *arguments])
        failures = len(read_manifest(typed.into)["failures"])
    except StoreError as error:
        raise ConfigError(f"merge: {error}") from error
    for line in told:
        tell(f"crosscluster: {line}")
    if failures:
        tell(
            f"crosscluster: {failures} runs failed; they are named in manifest.json and left out of the effects; "
            "to try them again: crosscluster resume DIR --retry-failed in the folders they are from, and merge anew"
        )
    report_if_any(typed.into)
    finished(typed.into)
    return 1 if failures else 0
