"""Effects of every arm and dose: paired differences to the status quo, by outcome and country.

The rows of effects.csv: first the registered primary outcomes under their ids (A, B, ...), Holm-adjusted over their
stated number within an arm; then every outcome column of runs.parquet as it stands, unadjusted.
"""

import math
import re

import numpy as np
import pandas as pd

from sim.analysis.inference import Estimate, estimate, holm, minimum_detectable, staged, variance_ratio, verdict
from sim.analysis.results import Primary, Results
from sim.paired import paired, ratio

EVERYONE = "all"
NOT_OUTCOMES = {"experiment", "world", "case", "pair", "arm", "label", "dose", "seed", "factor", "placebo", "error"}
BY_COUNTRY = re.compile(r"(?P<stem>\w+)_(?P<iso>[A-Z]{3})")


def effects(results: Results) -> pd.DataFrame:
    """One row per arm, dose, outcome and country, in the order of the experiment; columns as in `_row`."""
    rows = [row for arm, dose in results.points for row in (*_primary_rows(results, arm, dose), *_column_rows(results, arm, dose))]
    return pd.DataFrame(rows)


def differences(results: Results, arm: str, dose: float, column: str) -> np.ndarray:
    """y_arm - y_status_quo by unit of observation (one seed, where nothing else varies), shape (n,)."""
    return paired(*levels(results, arm, dose, column), results.reading.rounding)


def levels(results: Results, arm: str, dose: float, column: str) -> tuple[np.ndarray, np.ndarray]:
    """The outcome in the arm and in the status quo in the units of both, shapes (n,)."""
    pairs = results.pairs(arm, dose)
    treated = results.averaged(pairs, results.by_point[arm, dose][column])
    base = results.averaged(pairs, results.by_point[results.baseline, 0.0][column])
    return treated.to_numpy(dtype=float), base.to_numpy(dtype=float)


def contributions(results: Results, arm: str, dose: float, primary: Primary) -> np.ndarray:
    """Values by unit (n,) whose mean is the effect on a primary outcome.

    Plain: the paired differences.  `per`: contributions to the ratio of mean differences.  `worst`: the differences of the member
    country whose mean gain is the smallest (so its mean is biased downwards, never upwards).
    """
    if primary.worst:
        members = [differences(results, arm, dose, column) for column in worst_columns(results, primary)]
        return min(members, key=lambda values: float(values.mean()) * primary.better)
    values = differences(results, arm, dose, primary.column)
    return ratio(values, differences(results, arm, dose, primary.per)) if primary.per else values


def worst_columns(results: Results, primary: Primary) -> list[str]:
    """Columns of a worst-member outcome, one per policy country that was recorded."""
    return [f"{primary.column}_{iso}" for iso in results.countries if f"{primary.column}_{iso}" in results.runs]


def primary_estimate(results: Results, arm: str, dose: float, primary: Primary) -> Estimate:
    """The effect on a primary outcome.  For a worst-member outcome p is that of the claim a verdict would make.

    Gain: every member gains (the largest p of all, intersection-union test, Berger 1982).
    Loss: some member loses (p of the worst times the number of members, Bonferroni).
    """
    confidence = results.reading.confidence
    found = _staged(results, arm, dose, primary) or estimate(contributions(results, arm, dose, primary), confidence)
    if not primary.worst or math.isnan(found.p):
        return found
    members = [estimate(differences(results, arm, dose, column), confidence) for column in worst_columns(results, primary)]
    gains = found.mean * primary.better > 0
    p = max(member.p for member in members) if gains else min(1.0, found.p * len(members))
    return Estimate(found.mean, found.standard_error, found.low, found.high, found.n, p)


def _staged(results: Results, arm: str, dose: float, primary: Primary) -> Estimate | None:
    """The effect whose number of seeds was chosen by looking, with the interval that allows for it; None for all others."""
    for row in results.manifest.get("precision") or ():
        if (row["arm"], row["dose"], row["outcome"]) == (arm, dose, primary.name):
            confidence = results.manifest["design"]["precision"]["confidence"]
            half = (row["high"] - row["low"]) / 2
            return staged(row["mean"], half, confidence, row["first_seeds"], row["seeds"], results.reading.confidence)
    return None


def negligible(results: Results, primary: Primary, arm: str, dose: float) -> float:
    """The smallest effect on a primary outcome that would matter, in its unit (registered, or by reading.yaml)."""
    if primary.negligible is not None:
        return primary.negligible
    if primary.worst:
        return max(_level_margin(results, column, arm, dose) for column in worst_columns(results, primary))
    if primary.per is None:
        return _level_margin(results, primary.column, arm, dose)
    money = results.reading.research_total
    if money not in results.runs:
        return 0.0
    product = _base_mean(results, arm, dose, primary.column) / _base_mean(results, arm, dose, money)
    return abs(product) * results.reading.negligible_per_money


def usable(results: Results, primary: Primary) -> bool:
    """Whether the columns of a primary outcome were recorded."""
    if primary.worst:
        return bool(worst_columns(results, primary))
    return primary.column in results.runs and (primary.per is None or primary.per in results.runs)


def _primary_rows(results: Results, arm: str, dose: float) -> list[dict[str, object]]:
    primaries = {name: primary for name, primary in results.primaries.items() if usable(results, primary)}
    found = {name: primary_estimate(results, arm, dose, primary) for name, primary in primaries.items()}
    adjusted = holm({name: value.p for name, value in found.items()}, family=len(results.primaries))
    rows = []
    for name, primary in primaries.items():
        column = worst_columns(results, primary)[0] if primary.worst else primary.column
        word = verdict(found[name], adjusted[name], negligible(results, primary, arm, dose), primary.better, results.reading)
        own = {"outcome": name, "country": EVERYONE, "primary": name, "unit": primary.unit, "p_holm": adjusted[name], "verdict": word}
        row = _row(results, arm, dose, column, found[name]) | own
        if primary.per or primary.worst:
            row["effect_per_million"] = found[name].mean if primary.per == results.reading.cost else math.nan
        if primary.worst:
            row |= {"status_quo_mean": math.nan, "relative_effect": math.nan, "variance_ratio": math.nan}
        rows.append(row)
    return rows


def _column_rows(results: Results, arm: str, dose: float) -> list[dict[str, object]]:
    rows = []
    for column in outcome_columns(results.runs):
        stem, country = split(column)
        declared = results.outcomes.get(stem, {})
        found = estimate(differences(results, arm, dose, column), results.reading.confidence)
        word = verdict(found, found.p, _level_margin(results, column, arm, dose), declared.get("better", 0), results.reading)
        own = {"outcome": stem, "country": country, "primary": "", "unit": declared.get("unit", ""), "p_holm": math.nan, "verdict": word}
        rows.append(_row(results, arm, dose, column, found) | own)
    return rows


def _row(results: Results, arm: str, dose: float, column: str, found: Estimate) -> dict[str, object]:
    """What every row says, the verdict apart; keys in the order of the file."""
    treated, base = levels(results, arm, dose, column)
    base_mean, shift = float(base.mean()), float(differences(results, arm, dose, column).mean())
    cost = float(differences(results, arm, dose, results.reading.cost).mean()) if results.reading.cost in results.runs else math.nan
    return {
        "arm": arm,
        "dose": dose,
        "outcome": "",
        "country": "",
        "primary": "",
        "unit": "",
        "mean": found.mean,
        "standard_error": found.standard_error,
        "ci_low": found.low,
        "ci_high": found.high,
        "n": found.n,
        "status_quo_mean": base_mean,
        "relative_effect": _relative(results, column, shift, base_mean),
        "public_cost": cost,
        "effect_per_million": found.mean / cost if cost else math.nan,
        "p": found.p,
        "p_holm": math.nan,
        "minimum_detectable": minimum_detectable(found, results.reading),
        "variance_ratio": variance_ratio(treated, base),
        "verdict": "",
    }


def outcome_columns(runs: pd.DataFrame) -> list[str]:
    """The numeric outcome columns of runs.parquet, in order."""
    return [name for name in runs if name not in NOT_OUTCOMES and not name.startswith("config.") and runs[name].dtype.kind in "fi"]


def split(column: str) -> tuple[str, str]:
    """`sales_RUS` -> (sales, RUS); `sales` -> (sales, all)."""
    match = BY_COUNTRY.fullmatch(column)
    return (match["stem"], match["iso"]) if match else (column, EVERYONE)


def _relative(results: Results, column: str, shift: float, base_mean: float) -> float:
    """Effect over the status-quo mean; exp(effect) - 1 where the outcome is a logarithm."""
    if results.outcomes.get(split(column)[0], {}).get("log"):
        return math.expm1(shift)
    return shift / abs(base_mean) if base_mean else math.nan


def _level_margin(results: Results, column: str, arm: str, dose: float) -> float:
    if results.outcomes.get(split(column)[0], {}).get("log"):
        return results.reading.negligible_level
    return abs(_base_mean(results, arm, dose, column)) * results.reading.negligible_level


def _base_mean(results: Results, arm: str, dose: float, column: str) -> float:
    return float(levels(results, arm, dose, column)[1].mean())
