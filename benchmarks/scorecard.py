"""Ship measured scorecards: `python -m benchmarks.scorecard [--own DIR --set DIR] [--quick DIR] [--calibration DIR] [--rivals DIR]`.

--own: of `crosscluster evidence seeds=8`, at the values of the configuration, which every report shows; --set: of `crosscluster evidence
calibrated=accepted seeds=4`, which stands beside it; --quick: of `crosscluster evidence seeds=2`, which a test runs again; --calibration:
of `crosscluster calibrate`; --rivals: of `crosscluster rivals --against ...`.  The tables of docs/evidence.md stand between marks that
name where they come from.
"""

import argparse
import json
import re
import shutil
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import yaml

from sim.analysis.numerals import number
from sim.commands.results import finished
from sim.evidence.page import page, sets_of
from sim.evidence.recovery import in_words
from sim.evidence.score import lost, read_card
from sim.evidence.shipped import HERE
from sim.experiments.store import write_json

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "evidence.md"
PICTURES = ROOT / "results" / "reference"


def main() -> None:
    """Copy what is new, and write the tables of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("own", "set", "quick", "calibration", "rivals"):
        parser.add_argument(f"--{name}", type=Path)
    given = parser.parse_args()
    if not any(vars(given).values()):
        parser.error("found nothing to ship; allowed: --own with --set, --quick, --calibration, --rivals")
    if (given.own is None) != (given.set is None):
        raise SystemExit("scorecard: --own and --set go together: the page shows them side by side")
    text = PAGE.read_text(encoding="utf-8")
    if given.own:
        text = between(text, "scorecard", both(given.own, given.set))
    if given.quick:
        ship_quick(given.quick / "scorecard.csv", HERE / "quick.csv", yaml.safe_load((HERE / "lost.yaml").read_text(encoding="utf-8")))
    if given.calibration:
        shutil.copyfile(given.calibration / "accepted.yaml", ROOT / "configs" / "calibrated" / "accepted.yaml")
        for name, made in (("parameters", parameters), ("recovery", recovery), ("targets", targets)):
            text = between(text, name, made(pd.read_csv(given.calibration / f"{name}.csv")))
    if given.rivals:
        text = between(text, "rivals", body((given.rivals / "rivals.md").read_text(encoding="utf-8")))
    PAGE.write_text(text, encoding="utf-8")
    finished(PAGE)


def ship_quick(new: Path, old: Path, recorded: Collection[str]) -> None:
    """Another card that the tests hold the model to; SystemExit where it lacks a target that the old one met and nobody recorded."""
    missing = set(lost(read_card(old), read_card(new))) - set(recorded)
    if missing:
        raise SystemExit(f"scorecard: {new} does not meet {', '.join(sorted(missing))} any more: give the reasons in {HERE / 'lost.yaml'}")
    shutil.copyfile(new, old)


def both(own: Path, over_set: Path) -> str:
    """Ship the card of the configuration's values with the tally over the set; the table with both."""
    cards = [read_card(folder / "scorecard.csv") for folder in (own, over_set)]
    made = [json.loads((folder / "scorecard.json").read_text(encoding="utf-8")) for folder in (own, over_set)]
    shutil.copyfile(own / "scorecard.csv", HERE / "scorecard.csv")
    write_json(HERE / "scorecard.json", made[0] | {"over_set": made[1]})
    shutil.copyfile(own / "scorecard.png", PICTURES / "scorecard.png")
    how = [f"Made by `{each['command']}`: {each['seeds']} seeds, {sets_of(each['values'])}." for each in made]
    return body(page(cards[0], "Scorecard", [*how, f"World `{made[0]['world']}`."], cards[1]))


def between(text: str, name: str, table: str) -> str:
    """The text with another table between its marks."""
    marks = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marks.search(text):
        raise SystemExit(f"{PAGE}: found no marks '<!-- {name}: ... -->' and '<!-- /{name} -->'")
    return marks.sub(lambda found: f"{found[1]}{table.strip()}\n{found[2]}", text)


def body(text: str) -> str:
    """A page of markdown without its title, its heads one level lower."""
    lines = text.splitlines()[1:]
    return "\n".join(f"#{line}" if line.startswith("## ") else line for line in lines)


def parameters(table: pd.DataFrame) -> str:
    """Ranges asked over, what is left of them, and whether the targets say anything."""
    rows = [
        f"| `{row.parameter}` | {number(row.low)} to {number(row.high)} | {number(row.left_low)} to {number(row.left_high)} | "
        f"{row.left:.0%} | {row.lowest:.0%}, {row.highest:.0%} | {'yes' if row.identified else 'no'} |"
        for row in table.sort_values("left").itertuples()
    ]
    head = "| parameter | asked over | left, middle 90 % | share of the range left | in its first and last tenth | identified |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *rows])


def recovery(table: pd.DataFrame) -> str:
    """How often an interval held the truth, with the interval of that share, and how narrow it was."""
    rows = [
        f"| `{row.parameter}` | {row.coverage:.0%} ({row.coverage_low:.0%} to {row.coverage_high:.0%}) | {row.width:.2f} |"
        for row in table.sort_values("width").itertuples()
    ]
    return "\n".join([f"**{in_words(table)}.**", "", "| parameter | interval held the truth | width |", "| --- | --- | --- |", *rows])


def targets(table: pd.DataFrame) -> str:
    """Which fit targets are in reach, and how many of the sound points meet each."""
    rows = [
        f"| `{row.target}` | {'weak' if row.weak else 'yes'} | {'yes' if row.in_reach else '**no**'} | {row.met:.0%} | "
        f"{'-' if pd.isna(row.emulator_error) else f'{row.emulator_error:.2f}'} |"
        for row in table.itertuples()
    ]
    head = "| fit target | may rule out | in reach | points left that are in its band | emulator's error (1: no better than the mean) |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


if __name__ == "__main__":
    main()
