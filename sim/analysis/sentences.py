"""The results in sentences: the registered claims, and what each arm brings."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.analysis import caution, cells
from sim.analysis.inference import NO_EFFECT
from sim.analysis.numerals import chance, claim_words, number, percent, plus_minus, rounded, verdict_words, with_unit
from sim.analysis.results import Results

WORDS = {"gain": "Gain", "loss": "Loss", "more": "More", "less": "Less", NO_EFFECT: "Next to nothing", "cannot tell": "Cannot tell"}
"""How the outcomes of a verdict are introduced, in this order."""


def answer(results: Results, claims: pd.DataFrame, minister: pd.DataFrame) -> list[str]:
    """The claims: verdict, effect with interval and unit, and what limits the comparison."""
    if claims.empty:
        return [caution.no_claim(results)]
    absorbed = dict(zip(minister["arm"], minister["absorbed_share"], strict=True))
    declared = results.manifest["preregistration"]["claims"]
    return [_claim(results, row, declared[row["claim"]]["arm"], absorbed) for row in claims.to_dict("records")]


def _claim(results: Results, row: Mapping[str, Any], arm: str, absorbed: dict[str, float]) -> str:
    if not row["strongest_rival"]:
        return f"{row['text']}: cannot tell (not run: {row['not_run']})."
    verdict = claim_words(verdict_words(row["verdict"], row["ci_low"], row["ci_high"], row["unit"], results.reading))
    text = f"{row['text']}: {verdict}. {_difference(results, row)}."
    if row["verdict"] == "cannot tell" and math.isfinite(row["minimum_detectable"]):
        text += f" An effect of {cells.least_detectable(results, row)} would have been found with {percent(results.reading.power)} power."
    if row["not_run"]:
        text += f" Not run: {row['not_run']}."
    if abs(row["cost_gap"]) > results.reading.cost_gap:
        text += f" NOT at equal cost: {cells.cost_gap(abs(row['cost_gap']))} {'dearer' if row['cost_gap'] > 0 else 'cheaper'}."
    hardly = [name for name in (arm, row["strongest_rival"]) if absorbed.get(name, 1.0) < results.reading.hardly_absorbed]
    shares = " and ".join(f"{percent(absorbed[name])} of the money of {results.title(name)}" for name in hardly)
    rest = next(filter(None, (_residual(results, name) for name in hardly)), "not spent")
    return text + (f" Read with care: only {shares} found takers (the rest: {rest})." if shares else "")


def _difference(results: Results, row: Mapping[str, Any]) -> str:
    """The number behind a claim, with its interval and unit."""
    factor, unit = results.reading.shown(row["unit"])
    rival = results.title(row["strongest_rival"])
    if not math.isfinite(row["ci_low"]):
        return f"Difference to {rival}: {with_unit(number(factor * row['mean']), unit)} (no interval)"
    mean, low, high = rounded(*(factor * row[key] for key in ("mean", "ci_low", "ci_high")))
    p = chance(row["p_holm"])
    interval = f"{percent(results.reading.confidence)} interval {low} to {high}; p {'' if p.startswith('<') else '= '}{p} after Holm"
    return f"Difference to {rival}: {with_unit(mean, unit)} ({interval})"


def arms(results: Results, minister: pd.DataFrame) -> list[tuple[str, str]]:
    """(label, what the arm costs and brings) for every arm at the headline dose."""
    return [
        (results.title(row["arm"]), f"{_costs(results, row)} {_brings(results, row)} {_starts(row)}") for row in minister.to_dict("records")
    ]


def _costs(results: Results, row: Mapping[str, Any]) -> str:
    cost = f"{number(row['yearly_cost'])} mln int$ a year" if math.isfinite(row["yearly_cost"]) else "Cost not recorded"
    absorbed = row["absorbed_share"]
    if not math.isfinite(absorbed) or row["yearly_cost"] == 0:
        return f"{cost}."
    rest = _residual(results, row["arm"])
    return f"{cost}, {percent(absorbed)} of it absorbed{f' (the rest: {rest})' if rest and absorbed < 1 else ''}."


def _residual(results: Results, arm: str) -> str:
    """What pays out the money that the arm cannot place."""
    point = next(point for point in results.manifest["points"] if point["arm"] == arm)
    return ", ".join(str(point["changes"].get(f"instrument.{name}.label", name)) for name in point["residual"]).lower()


def _brings(results: Results, row: Mapping[str, Any]) -> str:
    """Primary outcomes grouped by verdict, each with its number."""
    found: dict[str, list[str]] = {word: [] for word in WORDS}
    for name, primary in results.primaries.items():
        if name in row:
            word = next(word for word in WORDS if str(row[f"{name}_verdict"]).startswith(word))
            factor, unit = results.reading.shown(primary.unit)
            mean, low, high = (factor * row[key] for key in (name, f"{name}_low", f"{name}_high"))
            size = plus_minus(mean, low, high, unit)
            found[word].append(f"{primary.label[0].lower()}{primary.label[1:]} ({with_unit(size, unit)})")
    return " ".join(f"{WORDS[word]}: {', '.join(outcomes)}." for word, outcomes in found.items() if outcomes)


def _starts(row: Mapping[str, Any]) -> str:
    if not math.isfinite(row["projects_started"]):
        return ""
    text = f"{number(row['projects_started'])} projects start, {percent(row['anyway_share'])} of them anyway"
    each = row["cost_per_additional"]
    return (
        f"{text}; an additional one costs {number(each)} mln int$." if math.isfinite(each) else f"{text}; no additional one can be counted."
    )
