"""`crosscluster report DIR`: tables and figures of a results folder once more, from its files; never simulates."""

from pathlib import Path

from sim.analysis.report import build_report
from sim.analysis.results import ResultsError
from sim.analysis.tables import print_effects
from sim.commands.results import existing, finished, tell
from sim.config_check import ConfigError
from sim.evidence.shipped import lay_beside
from sim.experiments.store import StoreError

USAGE = "usage: crosscluster report DIR      (a folder that `crosscluster experiment` wrote)"


def main(arguments: list[str]) -> int:
    """Rebuild and say where."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    if len(arguments) != 1:
        raise ConfigError(f"report: found {len(arguments)} arguments; allowed: one folder. {USAGE}")
    folder = existing("report", Path(arguments[0]))
    try:
        report = build_report(folder)
        print_effects(folder)
    except ResultsError as error:
        raise ConfigError(f"report: {error}") from error
    tell(f"report: {report}")
    finished(folder)
    return 0


def report_if_any(folder: Path) -> None:
    """A report behind a command that has done its work; where there is nothing to compare, one line that says so."""
    try:
        lay_beside(folder)
        report = build_report(folder)
        print_effects(folder)
        tell(f"report: {report}")
    except (ResultsError, StoreError) as error:
        tell(f"crosscluster: no report: {error}")
