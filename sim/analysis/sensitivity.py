"""What the effects depend on: measures of every varied path, and shares of variance, for effects and for the level of the baseline.

The rows of sensitivity.csv.  An effect is that of effects.csv, taken in every case by itself: the paired difference to the baseline; for
outcomes per unit of cost the case's ratio of mean differences; for the worst-off member that of the member that gains least there.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.effects import usable, worst_columns
from sim.analysis.indices import MEASURES
from sim.analysis.noise import CROSSED, shares
from sim.analysis.results import Primary, Results, ResultsError
from sim.analysis.sample import Index, Sample, TooFewError
from sim.analysis.varied import Varied, varied
from sim.paired import paired

COLUMNS = ["arm", "outcome", "what", "path", "measure", "value", "low", "high", "n", "unit"]
EFFECT, LEVEL = "effect", "level"
RATIOS = dict.fromkeys(("first_order", "total", *CROSSED), "share of variance") | {"rank_correlation": "correlation"}
"""Measures that do not have the outcome's unit."""


@dataclass(frozen=True)
class Sensitivity:
    """table: rows of sensitivity.csv.  varied: None where the files do not tell.  notes: what could not be told, in lines.

    unmeasured: (arm, outcome) -> why no path has a measure there.
    """

    table: pd.DataFrame
    varied: Varied | None
    notes: list[str]
    unmeasured: dict[tuple[str, str], str] = field(default_factory=dict)


def sensitivity(results: Results) -> Sensitivity | None:
    """Everything about what was varied; None where nothing was."""
    if not (results.manifest.get("design") or {}).get("vary"):
        return None
    try:
        design = varied(results)
    except ResultsError as error:
        return Sensitivity(pd.DataFrame(columns=COLUMNS), None, [f"What was varied cannot be read: {error}"])
    rows: list[dict[str, Any]] = []
    notes: dict[str, dict[str, list[str]]] = {}
    unmeasured: dict[tuple[str, str], str] = {}
    for arm, what, outcome, values in _outcomes(results, design):
        found, told = _measured(Sample(design, values, results.reading.confidence), results.reading.rounding)
        unit = _unit(results, what, results.primaries[outcome])
        own = {"arm": arm, "outcome": outcome, "what": what}
        rows += [own | asdict(index) | {"unit": RATIOS.get(index.measure, unit)} for index in found]
        if not any(index.path for index in found):
            unmeasured[arm, outcome] = "; ".join(told)
        for note in told:
            notes.setdefault(note, {}).setdefault(f"{what} of {results.title(arm)}", []).append(outcome)
    lines = [_line(note, places) for note, places in notes.items()]
    return Sensitivity(pd.DataFrame(rows, columns=COLUMNS), design, lines, unmeasured)


def _unit(results: Results, what: str, primary: Primary) -> str:
    """Unit of an effect, or of the level of its column."""
    if what == EFFECT:
        return primary.unit
    return str(results.outcomes.get(primary.column, {}).get("unit", "" if primary.per else primary.unit))


def _line(note: str, places: dict[str, list[str]]) -> str:
    """What is to be told, and of which outcomes."""
    where = "; ".join(place + f" ({', '.join(outcomes)})" for place, outcomes in places.items())
    return f"{where}: {note}"


def _measured(sample: Sample, rounding: float) -> tuple[list[Index], list[str]]:
    """Every measure of one outcome, and what to tell about it."""
    values = sample.values[np.isfinite(sample.values)]
    if not len(values):
        return [], ["no run finished that has it"]
    least = rounding * np.abs(values).max()
    if np.ptp(values) <= least:
        return [], ["is the same in all runs, so nothing moves it"]
    measures: list[Callable[[Sample], Iterator[Index]]] = [shares] if sample.varied.turns > 1 else []
    told = []
    if np.ptp(_no_gaps(sample.values), axis=0).max() > least:
        measures.insert(0, MEASURES[sample.varied.design])
    else:
        told.append("is the same in all cases, so nothing that was varied moves it")
    found: list[Index] = []
    for measure in measures:
        try:
            found += [index for index in measure(sample) if index.n]
        except TooFewError as error:
            told.append(str(error))
    return found, [*sample.notes, *told]


def _no_gaps(values: np.ndarray) -> np.ndarray:
    """The columns that hold anything, a gap in them filled with what stands in another row."""
    columns = values[:, np.isfinite(values).any(axis=0)].T
    return np.column_stack([np.where(np.isfinite(column), column, column[np.isfinite(column)][0]) for column in columns])


def _outcomes(results: Results, design: Varied) -> Iterator[tuple[str, str, str, np.ndarray]]:
    """(arm, what, outcome, values in every case on every seed): the baseline's levels, then every arm's effects at the headline dose."""
    primaries = [primary for primary in results.primaries.values() if usable(results, primary)]
    for primary in primaries:
        if primary.column in results.runs:
            yield results.baseline, LEVEL, primary.name, _grid(results, design, (results.baseline, 0.0), primary.column)
    for arm, dose in results.headline:
        for primary in primaries:
            yield arm, EFFECT, primary.name, effect(results, design, (arm, dose), primary)


def effect(results: Results, design: Varied, point: tuple[str, float], primary: Primary) -> np.ndarray:
    """Effect on a primary outcome, f8 (cases, turns), nan where a run of the pair is missing; the mean of a row is the case's effect."""

    def difference(column: str) -> np.ndarray:
        treated, base = (_grid(results, design, each, column) for each in (point, (results.baseline, 0.0)))
        return paired(treated, base, results.reading.rounding)

    if primary.worst:
        members = np.stack([difference(column) for column in worst_columns(results, primary)])
        gains = np.stack([_means(member) for member in members]) * primary.better
        least = np.where(np.isnan(gains), np.inf, gains).argmin(axis=0)
        return np.asarray(members[least, np.arange(len(least))])
    values = difference(primary.column)
    return _ratios(values, difference(primary.per)) if primary.per else values


def _grid(results: Results, design: Varied, point: tuple[str, float], column: str) -> np.ndarray:
    """An outcome by case and turn, f8 (cases, turns); pair = case x turns + turn."""
    cells = results.by_point[point][column].reindex(range(len(design) * design.turns))
    return cells.to_numpy(dtype=np.float64).reshape(len(design), design.turns)


def _means(values: np.ndarray) -> np.ndarray:
    """Mean of what is there in every row; nan for nothing."""
    return np.asarray(pd.DataFrame(values).mean(axis=1), dtype=np.float64)


def _ratios(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """sim.paired.ratio in every row by itself, what is missing left out; nan in a row that costs nothing."""
    scale = _means(denominator)[:, None]
    scale = np.where(scale == 0.0, np.nan, scale)
    r = _means(numerator)[:, None] / scale
    return np.asarray(r + (numerator - r * denominator) / scale)
