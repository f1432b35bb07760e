"""Means of paired differences and what can be said about them.

Runs on one seed share their luck (common random numbers), so the unit of observation is the difference between
an arm and the status quo on the same seed; seeds are independent.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.analysis.results import Reading

NO_EFFECT = "no effect larger than"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds with its t interval; `p` is two-sided against zero.  One seed: a mean and nothing else (nan)."""

    mean: float
    standard_error: float
    low: float
    high: float
    n: int
    p: float


def estimate(values: np.ndarray, confidence: float) -> Estimate:
    """mean, s/sqrt(n), mean +- t[(1 + confidence)/2, n - 1] s/sqrt(n)  (Student 1908).  values: (n,), one per seed."""
    n = len(values)
    if n == 0 or not np.isfinite(values).all():
        return Estimate(math.nan, math.nan, math.nan, math.nan, n, math.nan)
    mean = float(values.mean())
    if n == 1:
        return Estimate(mean, math.nan, math.nan, math.nan, 1, math.nan)
    error = float(values.std(ddof=1)) / math.sqrt(n)
    half = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * error
    if error == 0.0:
        return Estimate(mean, 0.0, mean, mean, n, 1.0 if mean == 0.0 else 0.0)
    p = 2 * float(stats.t.sf(abs(mean) / error, n - 1))
    return Estimate(mean, error, mean - half, mean + half, n, p)


def staged(mean: float, half: float, confidence: float, first: int, n: int, wanted: float) -> Estimate:
    """Stein's interval of a mean whose number of seeds was chosen by looking at the first ones (Stein 1945), at the confidence wanted.

    half: of the interval as reported, at `confidence`; first: seeds of the first look, whose degrees of freedom it keeps; n: seeds in all.
    """
    error = half / float(stats.t.ppf((1 + confidence) / 2, first - 1))
    wide = float(stats.t.ppf((1 + wanted) / 2, first - 1)) * error
    p = 2 * float(stats.t.sf(abs(mean) / error, first - 1)) if error else float(mean == 0.0)
    return Estimate(mean, error, mean - wide, mean + wide, n, p)


def minimum_detectable(found: Estimate, reading: Reading) -> float:
    """(t[(1 + confidence)/2] + t[power]) x standard error: the effect this design would have found with that power (Bloom 1995).

    nan where there is one value, or where all agree: no spread says nothing of what another seed would have done.
    """
    if found.n < 2 or found.standard_error == 0.0:
        return math.nan
    quantiles = stats.t.ppf([(1 + reading.confidence) / 2, reading.power], found.n - 1)
    return float(quantiles.sum()) * found.standard_error


def holm(p_values: Mapping[str, float], family: int) -> dict[str, float]:
    """Step-down adjusted p values (Holm 1979) for a family of `family` hypotheses; those not given or nan count as never rejected."""
    adjusted = dict.fromkeys(p_values, math.nan)
    known = sorted((name for name in p_values if not math.isnan(p_values[name])), key=lambda name: p_values[name])
    highest = 0.0
    for rank, name in enumerate(known):
        highest = max(highest, min(1.0, (max(family, len(p_values)) - rank) * p_values[name]))
        adjusted[name] = highest
    return adjusted


def variance_ratio(treated: np.ndarray, base: np.ndarray) -> float:
    """(var(y1) + var(y0)) / var(y1 - y0): how many times more seeds an unpaired comparison would need.  inf for a constant difference."""
    if len(treated) < 2:
        return math.nan
    paired = float((treated - base).var(ddof=1))
    unpaired = float(treated.var(ddof=1) + base.var(ddof=1))
    if paired == 0.0:
        return math.inf if unpaired > 0.0 else math.nan
    return unpaired / paired


FEWEST = 4
"""Pairs below which nothing is claimed: two that happen to agree have no spread, and prove nothing."""


def verdict(found: Estimate, p: float, margin: float, better: int, reading: Reading) -> str:
    """gain | loss | no effect larger than X | cannot tell  (more | less where neither is better).

    A direction is claimed when `p` (adjusted, where outcomes are many) is below 1 - confidence and the interval excludes zero;
    no effect when the whole interval lies within +-margin, X being its far end; otherwise nothing.
    """
    if found.n < FEWEST or math.isnan(found.low) or math.isnan(p):
        return "cannot tell"
    if p + reading.confidence < 1 and not found.low <= 0.0 <= found.high:
        if better == 0:
            return "more" if found.mean > 0 else "less"
        return "gain" if found.mean * better > 0 else "loss"
    far = max(abs(found.low), abs(found.high))
    if far <= margin:
        return f"{NO_EFFECT} {rounded_up(far):g}"
    return "cannot tell"


def rounded_up(value: float, digits: int = 2) -> float:
    """`value` to this many significant digits, never below itself, so that 'no larger than' stays true."""
    if value == 0.0 or not math.isfinite(value):
        return value
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.{digits}g}")
