"""Rivals and the rich model side by side, as a page of markdown."""

from collections.abc import Mapping, Sequence

import pandas as pd

from rivals.registry import Rival
from rivals.scoring import RICH, decided, tallies
from sim.evidence.score import UNJUDGED
from sim.evidence.targets import COUNTED, GOOD

LABELS = {RICH: "The rich model"}
LIMITS = """Both rivals were rebuilt from summaries and from others' accounts of them, not from their authors' code; and the rich model
is one set of values here, as they are. A rival has no programmes: where the rich model's network of funded projects is asked about, a
rival answers with its whole network, an easier question. It has no staff: where surveys ask firms from ten staff on, it answers with all
its organisations. What it has no words for (trade, money, places, programmes, kinds of organisations) is not measured: neither for nor
against it. The free values of rivals were fitted to the fit targets that they can express: meeting those is no evidence,
a check is.""".splitlines()


def page(board: pd.DataFrame, rivals: Mapping[str, Rival], command: str, seeds: Sequence[int]) -> str:
    """Markdown: tallies, who decides which target, every target that some rival judges, and the rest by name."""
    labels = {name: LABELS.get(name) or rivals[name].label for name in (RICH, *rivals) if f"{name}_verdict" in board}
    counts = ", ".join(f"{label} {board[f'{name}_n'].max()}" for name, label in labels.items())
    lines = ["# Rivals", "", f"Made by `{command}`: rivals on seeds {seeds[0]} to {seeds[-1]}. Runs: {counts}.", "", *LIMITS, ""]
    lines += ["## Targets met", "", "| model | role | of its own | of those that all judge |", "| --- | --- | --- | --- |"]
    for row in tallies(board, list(labels)).to_dict("records"):
        lines.append(
            f"| {labels[row['model']]} | {row['role']} | {row['met']} of {row['judged']} | {row['met_common']} of {row['common']} |"
        )
    if RICH in labels:
        for name in rivals:
            lines += ["", f"## {labels[RICH]} against {labels[name]}", ""]
            lines += [f"- met by {who}: {', '.join(names) or 'none'}" for who, names in decided(board, name).items()]
    judged = pd.concat([board[f"{name}_verdict"] != UNJUDGED for name in rivals], axis=1).any(axis=1)
    lines += [
        "",
        "## Target by target",
        "",
        f"| target | role | band | {' | '.join(labels.values())} |",
        "| --- " * (3 + len(labels)) + "|",
    ]
    lines += [_line(row, list(labels)) for row in board[judged].to_dict("records")]
    silent = board[~judged & board["role"].isin(COUNTED)]
    lines += ["", f"No rival can be asked about {len(silent)} counted targets: {', '.join(silent['target'])}."]
    return "\n".join(lines) + "\n"


def _line(row: dict, names: Sequence[str]) -> str:
    band = f"above {row['low']:g}" if pd.isna(row["high"]) else f"{row['low']:g} to {row['high']:g}"
    cells = [_cell(row[f"{name}_mean"], row[f"{name}_verdict"]) for name in names]
    return f"| {row['what']} ({row['unit']}) | {row['role']} | {band} | {' | '.join(cells)} |"


def _cell(mean: float, verdict: str) -> str:
    if verdict == UNJUDGED:
        return "-"
    return f"{mean:.3g}, {verdict}" if verdict in GOOD else f"{mean:.3g}, **{verdict}**"
