"""Paired differences and what they are per unit of something else.  Arrays of one shape (n,), one value a unit of observation."""

import numpy as np


def paired(treated: np.ndarray, base: np.ndarray, rounding: float) -> np.ndarray:
    """treated - base, zero where it is no more than the rounding of sums: |difference| <= rounding x level.  All of one shape."""
    gap = treated - base
    return np.where(np.abs(gap) <= rounding * np.maximum(np.abs(treated), np.abs(base)), 0.0, gap)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Contributions (n,) of the units to the ratio of means r = mean(y) / mean(x).

    r + (y_s - r x_s) / mean(x): their mean is r and their standard error is the delta method's (Cochran 1977, 6.3).
    All nan where mean(x) is zero: what costs nothing has no effect per unit of cost.
    """
    scale = float(denominator.mean()) if len(denominator) else 0.0
    if scale == 0.0:
        return np.full(len(numerator), np.nan)
    r = float(numerator.mean()) / scale
    return r + (numerator - r * denominator) / scale
