"""The scorecard as a page of markdown and as a figure."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.canvas import GAIN, INK, LOSS, OPEN, PALE, WIDTH, store, style, wrapped
from sim.analysis.numerals import number, rounded
from sim.evidence.score import UNJUDGED, in_words
from sim.evidence.targets import COUNTED, GOOD

ROLES = {
    "fit": "Fit: may be used to choose values, so a hit is no evidence",
    "check": "Check: never used to choose values",
    "sanity": "Sanity: our own wish, which may constrain values and is never counted",
    "prediction": "Prediction: the theory under test, no verdict on the model",
    "input": "Input: put in, shown to say whether the world keeps it",
}
KEY = """*in*: the mean over runs (seeds, and sets of values where there are several) lies in the band. *touches*: the mean does not, some
of the middle 90 % of runs does; counted as met, and the easier the wider the set. A sign *holds* if it does in nine of ten runs that give
a value; where most give none, nothing is judged. *T*: transported, measured in other countries or programmes. *weak*: remembered, not
read. *moved*: a check that values were once chosen by looking at, and a fit since. *given*: a rule of the model or one of its values says
nearly the same, or it is read at the start, so that it could hardly be missed.""".splitlines()
REACH = 1.5
"""How far beyond its band, in widths of the band, a figure shows a value; what lies farther is drawn at the edge."""


def page(table: pd.DataFrame, title: str, made: Iterable[str], over_set: pd.DataFrame | None = None) -> str:
    """Markdown: a table a role.  made: paragraphs on how it was made.  over_set: a second scorecard, over sets of values, beside it."""
    said = [f"**{in_words(table)}.**" if over_set is None else f"**{in_words(table)}; over the set of values {in_words(over_set)}.**"]
    lines = [f"# {title}", "", *made, "", *said, "", *KEY]
    models = ["model: mean (90 % range)"] + ([] if over_set is None else ["over the set"])
    other = {} if over_set is None else {row["target"]: row for row in over_set.to_dict("records")}
    for role, head in ROLES.items():
        mine = table[table["role"] == role]
        if len(mine):
            columns = ["", "what", "outside figure", *(f"{model} | verdict" for model in models), "", "source"]
            lines += ["", f"## {head}", "", f"| {' | '.join(columns)} |", "| --- " * (5 + 2 * len(models)) + "|"]
            lines += [_line(row, other.get(row["target"])) for row in mine.to_dict("records")]
    return "\n".join(lines) + "\n"


def sets_of(values: int) -> str:
    """So many sets of values, in words."""
    return "one set of values" if values == 1 else f"{values} sets of values"


def _line(row: dict, other: dict | None) -> str:
    cells = [_cells(row)] + ([] if other is None else [_cells(other)])
    return f"| {row['number'] or ''} | {row['what']} | {row['fact']} | {' | '.join(cells)} | {', '.join(_marks(row))} | {row['source']} |"


def _marks(row: dict) -> list[str]:
    """What tells one target from another besides its role, as KEY explains it."""
    said = (("T", row["transported"]), ("weak", row["weak"]), ("moved", row["moved"] != ""), ("given", row["given"] != ""))
    return [word for word, there in said if there]


def _cells(row: dict) -> str:
    """What the model says, and the verdict."""
    verdict = row["verdict"] if row["verdict"] in GOOD or row["role"] not in COUNTED else f"**{row['verdict']}**"
    if not row["n"]:
        return f"- | {verdict}"
    shown = rounded(row["mean"], row["range_low"], row["range_high"])
    few = f", in {row['n']} of {row['runs']} runs" if row["n"] < row["runs"] else ""
    return f"{shown[0]} ({shown[1]} to {shown[2]}) {row['unit']}{few} | {verdict}"


def draw(table: pd.DataFrame, folder: Path, name: str = "scorecard") -> list[Path]:
    """Every counted target on one scale: 0 and 1 are the ends of its band, 0 the threshold of a sign; writes <name>.png and <name>.svg."""
    mine = table[table["role"].isin(COUNTED)].sort_values("role", ascending=False, kind="stable").reset_index(drop=True)
    with style():
        figure, axes = plt.subplots(figsize=(WIDTH, 0.3 * len(mine) + 1.2), layout="constrained")
        axes.axvspan(0, 1, color=PALE, alpha=0.5, linewidth=0)
        for place, row in enumerate(mine.to_dict("records")):
            _line_of(axes, place, row)
        axes.set_yticks(range(len(mine)), [wrapped(_label(row), 74) for row in mine.to_dict("records")], fontsize=7.5)
        axes.set_xticks([0, 1], ["low end\nof the band", "high end"])
        axes.set_xlim(-REACH - 0.05, 1 + REACH + 0.05)
        axes.set_ylim(len(mine) - 0.4, -0.6)
        axes.grid(visible=False)
        axes.set_title("What the model says of figures from outside: mean and middle 90 %, against the band")
        figure.legend(handles=_legend(), loc="outside lower center", ncols=2)
        return store(figure, folder, name)


def _label(row: dict) -> str:
    """What a line is of, its role and its marks."""
    return f"{row['what']} [{', '.join([row['role'], *_marks(row)])}]"


def _legend() -> list[Line2D]:
    met = [(GAIN, "o", "the mean lies in the band"), (GAIN, "D", "a sign: above its threshold, drawn as the low end, in nine of ten runs")]
    rest = [(OPEN, "o", "some of the middle 90 % of runs lies in the band"), (LOSS, "o", "missed, or the sign does not hold")]
    return [Line2D([], [], color=colour, marker=marker, markersize=5, label=label) for colour, marker, label in met + rest]


def _line_of(axes: Axes, place: int, row: dict) -> None:
    """One target: its range, its mean, and the mean in words at the right."""
    sign, measured = pd.isna(row["high"]), row["verdict"] != UNJUDGED
    if measured:
        ends = [row[key] - row["low"] for key in ("range_low", "mean", "range_high")]
        width = max(map(abs, ends)) or 1.0 if sign else row["high"] - row["low"]
        at = np.clip(np.array(ends) / width, -REACH, 1 + REACH)
        colour = GAIN if row["verdict"] in ("in", "holds") else OPEN if row["verdict"] == "touches" else LOSS
        axes.plot([at[0], at[2]], [place, place], color=colour, linewidth=2)
        axes.plot(at[1], place, "D" if sign else "o", color=colour, markersize=5)
    words = f"{number(row['mean'])} {row['unit']}" if measured else UNJUDGED
    right = (1 + REACH, place)
    axes.annotate(
        words, right, xytext=(6, 0), textcoords="offset points", va="center", fontsize=7.5, color=INK, annotation_clip=False
    )  # fmt: skip
