"""How far the model is to be trusted: the scorecard that was laid beside the results, as a section of the report."""

import json
from dataclasses import dataclass

import pandas as pd

from sim.analysis.cells import Table
from sim.analysis.numerals import NONE, number
from sim.analysis.results import Results, ResultsError
from sim.experiments.formats import sha256_of

CARD, MADE = "scorecard.csv", "scorecard.json"
COUNTED = ("fit", "check")
GOOD = ("in", "touches", "holds")
"""Roles that count and verdicts that are hits, as in sim/evidence/targets.py: files alone are read here."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the section says.  said: sentences; warning: in what they differ from the results, or empty."""

    said: list[str]
    warning: str
    table: Table


def trust(results: Results) -> Trust | None:
    """The section, None for results that no scorecard lies beside; ResultsError where it cannot be read."""
    if not (results.folder / CARD).is_file():
        return None
    try:
        card = pd.read_csv(results.folder / CARD, keep_default_na=True)
        made = json.loads((results.folder / MADE).read_text(encoding="utf-8"))
        return Trust(_said(made), _warnings(results, made), _table(card))
    except (OSError, ValueError, KeyError) as error:
        raise ResultsError(f"{results.folder / CARD}: no scorecard: {error}") from error


def _said(made: dict) -> list[str]:
    cards = [made] + ([made["over_set"]] if made.get("over_set") else [])
    return [_tally(card) for card in cards] + ["A fit was looked at while values were chosen, so a hit is no evidence; a check never was."]


def _tally(made: dict) -> str:
    values = f"the {made['values']} sets of values of {made['calibrated']}" if made["calibrated"] else "the values of the configuration"
    return f"{made['said']} (world {made['world']}, {made['seeds']} seeds, {values}: {made['command']})."


def _warnings(results: Results, made: dict) -> str:
    """In what the scorecard and the results differ, in sentences."""
    config = results.manifest["config"]
    differs = [
        ("another version of the model", made["model_sha256"] != results.manifest["model_sha256"]),
        ("other values of behaviour", made["behaviour_sha256"] != sha256_of(config["behaviour"])),
        (f"another world ({made['world']}, not {config['world']['name']})", made["world"] != config["world"]["name"]),
    ]
    found = [what for what, differ in differs if differ]
    return f"The scorecard is of {' and '.join(found)} than these results." if found else ""


def _table(card: pd.DataFrame) -> Table:
    rows = []
    for row in card[card["role"].isin(COUNTED)].to_dict("records"):
        reach = f"{number(row['range_low'])} to {number(row['range_high'])}" if row["n"] else NONE
        mean = number(row["mean"]) if row["n"] else NONE
        verdict = row["verdict"] if row["verdict"] in GOOD else f"{row['verdict'].upper()}"
        where = "elsewhere" if row["transported"] else "here"
        rows.append([row["what"], row["unit"], row["fact"], mean, reach, verdict, row["role"], where])
    head = ["Figure", "Unit", "Outside", "Model", "Middle 90 %", "Verdict", "Role", "Measured"]
    return Table("The model against figures from outside", head, rows, "Middle 90 %: over seeds and sets of values.")
