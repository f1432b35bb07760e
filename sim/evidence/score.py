"""The scorecard: every target against what the model says of it, from the runs of a measurement."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.evidence.targets import COUNTED, GOOD, Target, inner_range

COLUMNS = ("target", "number", "what", "unit", "fact", "low", "high", "mean", "range_low", "range_high", "n", "runs", "verdict", "role",
           "transported", "weak", "moved", "given", "source")  # fmt: skip
UNJUDGED, TOUCHED = "not measured", "touches"


def score(runs: pd.DataFrame, targets: Mapping[str, Target]) -> pd.DataFrame:
    """One row a target, in their order; columns COLUMNS.

    runs: rows of runs.parquet of a measurement, an arm a virtual programme (or the status quo), a column a measure.  mean, and the
    range_low to range_high that holds the middle 90 %, are over all seeds and cases of the arm; n: runs that gave a value, of all `runs`.
    """
    sound = runs[runs["error"].isna()]
    return pd.DataFrame([_row(name, target, _values(sound, target)) for name, target in targets.items()], columns=list(COLUMNS))


def read_card(path: Path) -> pd.DataFrame:
    """A scorecard as `score` made it, from the file that it was written to."""
    return pd.read_csv(path, dtype={"moved": str, "given": str}).fillna({"moved": "", "given": ""})


class Tally(NamedTuple):
    """Targets of a role that could be judged: those met, of which some are only touched and some could hardly be missed, and all."""

    met: int
    touched: int
    given: int
    judged: int


def tally(table: pd.DataFrame) -> dict[str, Tally]:
    """Role -> how its targets fare, of the roles that count."""
    counts = {}
    for role in COUNTED:
        mine = table[(table["role"] == role) & (table["verdict"] != UNJUDGED)]
        met = mine[mine["verdict"].isin(GOOD)]
        given = int((met["given"] != "").sum())
        counts[role] = Tally(len(met), int((met["verdict"] == TOUCHED).sum()), given, len(mine))
    return counts


def in_words(table: pd.DataFrame) -> str:
    """The tally in one sentence."""
    parts = [f"{one.met} of {one.judged} {role} targets{_of_them(one)}" for role, one in tally(table).items()]
    missing = int((table["role"].isin(COUNTED) & (table["verdict"] == UNJUDGED)).sum())
    return f"{' and '.join(parts)} are met" + (f"; {missing} could not be measured" if missing else "")


def _of_them(one: Tally) -> str:
    notes = [f"{one.touched} only by a part of the range"] if one.touched else []
    notes += [f"{one.given} nearly given"] if one.given else []
    return f" (of them {' and '.join(notes)})" if notes else ""


def lost(before: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """Targets that counted and were met before, and are not any more: missed, gone, of another role, or asked for another band."""
    asked = ["role", "low", "high"]
    today = now.set_index("target")
    found = []
    for row in before[before["verdict"].isin(GOOD) & before["role"].isin(COUNTED)].to_dict("records"):
        name = row["target"]
        same = name in today.index and all(_same(row[column], today.at[name, column]) for column in asked)
        if not same or today.at[name, "verdict"] not in GOOD:
            found.append(name)
    return found


def _same(one: object, other: object) -> bool:
    return one == other or bool(pd.isna(one) and pd.isna(other))


def _values(runs: pd.DataFrame, target: Target) -> np.ndarray:
    mine = runs[runs["arm"] == target.run]
    return mine[target.measure].to_numpy(float) if target.measure in mine else np.empty(0)


def _row(name: str, target: Target, values: np.ndarray) -> dict[str, object]:
    known = values[np.isfinite(values)]
    low, high = target.band or (target.above, np.nan)
    least, most = inner_range(known) if len(known) else (np.nan, np.nan)
    return {
        "target": name,
        "number": target.number,
        "what": target.what,
        "unit": target.unit,
        "fact": target.fact,
        "low": low,
        "high": high,
        "mean": float(known.mean()) if len(known) else np.nan,
        "range_low": least,
        "range_high": most,
        "n": len(known),
        "runs": len(values),
        "verdict": target.verdict(values),
        "role": target.role,
        "transported": target.transported,
        "weak": target.weak,
        "moved": target.moved,
        "given": target.given,
        "source": target.source,
    }
