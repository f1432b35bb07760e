"""How much of an outcome's variance comes from what was varied, and how much from luck.

Y[case, seed], one run a cell.  Luck of its own in every case: seeds are nested in cases, V = V(cases) + V(luck).  The same seeds in all
cases: both are crossed, V = V(cases) + V(seeds) + V(cases x seeds), and luck is the last two: what seeds do everywhere, and what they do
in some cases only.  Components are the unbiased ones of the analysis of variance (Searle, Casella and McCulloch 1992, 3 and 4), cut off
at zero before they become shares.  Cases are those that were run: corners of ranges differ more than points between them.

Intervals are generalized confidence intervals (Weerahandi 1993): sums of squares over chi-square draws.  For nested seeds that is the F
interval of the intraclass correlation (Searle 1971).  They take effects as normal; those of a bounded parameter vary less than that.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from scipy import stats
from scipy.stats import qmc

from sim.analysis.sample import Index, Sample, TooFewError

DRAWS = 1 << 14
"""Chi-square draws (scrambled Sobol' points, so that they fill the tails evenly)."""
NESTED = ("share_parameters", "share_luck")
CROSSED = (*NESTED, "share_seeds", "share_interaction")


def shares(sample: Sample) -> Iterator[Index]:
    """share_parameters and share_luck; with shared luck also share_seeds and share_interaction, of which luck consists.

    Only cases that finished on every seed (of those on which any case did) count; TooFewError for fewer than two of either.
    """
    values = sample.values[:, np.isfinite(sample.values).any(axis=0)]
    values = values[np.isfinite(values).all(axis=1)]
    cases, turns = values.shape
    if cases < 2 or turns < 2:
        raise TooFewError(f"shares of variance need two seeds and two cases that finished on all of them; found {turns} and {cases}")
    squares, freedom, counts = _squares(values) if sample.varied.shared else _nested_squares(values)
    found = _shares(squares / freedom, counts)
    tails = [(1 - sample.confidence) / 2, (1 + sample.confidence) / 2]
    low, high = np.quantile(_shares(squares / _chi_squares(tuple(freedom.tolist())), counts), tails, axis=0)
    for place, name in enumerate(CROSSED if sample.varied.shared else NESTED):
        yield Index("", name, float(found[place]), float(low[place]), float(high[place]), values.size)


@lru_cache(maxsize=8)
def _chi_squares(freedom: tuple[int, ...]) -> np.ndarray:
    """f8 (DRAWS, sources)."""
    points = qmc.Sobol(d=len(freedom), rng=1).random(DRAWS)
    return np.asarray(stats.chi2.ppf(points, np.array(freedom)))


def _squares(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Crossed: sums of squares of cases, seeds and the rest, degrees of freedom, and how many values stand behind a mean of each."""
    cases, turns = values.shape
    centred = values - values.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    rest = centred - rows[:, None] - columns
    squares = np.array([turns * (rows**2).sum(), cases * (columns**2).sum(), (rest**2).sum()])
    return squares, np.array([cases - 1, turns - 1, (cases - 1) * (turns - 1)]), np.array([turns, cases])


def _nested_squares(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nested: the same for cases and the rest."""
    cases, turns = values.shape
    rows = values.mean(axis=1)
    squares = np.array([turns * ((rows - rows.mean()) ** 2).sum(), ((values - rows[:, None]) ** 2).sum()])
    return squares, np.array([cases - 1, cases * (turns - 1)]), np.array([turns])


def _shares(mean_squares: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Shares of cases and of luck, then (crossed) of seeds and of the rest; mean_squares: (..., sources), the rest last."""
    rest = mean_squares[..., -1:]
    sources = np.maximum((mean_squares[..., :-1] - rest) / counts, 0.0)
    parts = np.concatenate((sources, rest), axis=-1)
    parts = parts / parts.sum(axis=-1, keepdims=True)
    return np.concatenate((parts[..., :1], parts[..., 1:].sum(axis=-1, keepdims=True), parts[..., 1:]), axis=-1)
