"""An outcome in every case of a design, and one measure of it: what all measures of sensitivity share.

The estimators that need it are freed of luck.  A case's mean over T seeds carries luck; the product of two such means expects the product
of what they stand for plus cov / T, the covariance over seeds.  `product` takes that off, seed by seed, whether the seeds of two cases are
the same or not.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from agents import draws
from sim.analysis.inference import estimate
from sim.analysis.varied import Varied

LUCK = "luck"
"""In place of a path: what luck alone gives."""
RESAMPLES = 200
"""Of a bootstrap."""
MOST_RESAMPLED = 4096
"""Units in a resample at most; more would only cost time (m out of n bootstrap, Bickel et al. 1997)."""
NAMED = 8
"""Missing cases that are named; more are counted."""
ONE_SEED = "with one seed a case, luck cannot be told from what was varied; it counts as interaction"


class TooFewError(Exception):
    """Too little has finished for a measure; the text is one line."""


@dataclass(frozen=True, slots=True)
class Index:
    """One measure of one path (LUCK: of luck; an empty path: of all together) with its interval, nan where there is none.

    n: the independent units that it rests on.
    """

    path: str
    measure: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Sample:
    """An outcome in every case.  values: f8 (cases, turns), one column a seed, nan where a run is missing.  notes: what to tell."""

    varied: Varied
    values: np.ndarray
    confidence: float
    notes: list[str] = field(default_factory=list)

    def by_seed(self) -> np.ndarray:
        """f8 (cases, k), the seeds on which any case finished; with shared luck freed of what a seed does in all cases.

        A row with a gap is not to be used: the case would be judged by the luck of the seeds it has.
        """
        values = self.values[:, np.isfinite(self.values).any(axis=0)]
        whole = np.isfinite(values).all(axis=1)
        if self.varied.shared and whole.any():
            common = values[whole].mean(axis=0)
            values = values - common + common.mean()
        return np.asarray(values)

    def whole_turns(self) -> np.ndarray:
        """Columns in which every case finished, f8 (cases, k); TooFewError where there is none."""
        whole = np.isfinite(self.values).all(axis=0)
        if not whole.any():
            raise TooFewError(f"this design needs all its {len(self.varied)} cases; {self.missing()}")
        if not whole.all():
            self.notes.append(f"{(~whole).sum()} of {len(whole)} seeds are left out, for {self.missing()}")
        return np.asarray(self.values[:, whole])

    def blocks(self, width: int, what: str) -> tuple[np.ndarray, np.ndarray]:
        """Values of the blocks of `width` cases that finished on every seed, f8 (k, width, turns), and which these are, bool (blocks,).

        Trajectories and base points count whole or not at all: half of one tells nothing.  TooFewError below two.
        """
        if len(self.varied) != self.varied.size * width:
            raise TooFewError(f"{len(self.varied)} cases are not {self.varied.size} {what} of {width}")
        values = self.by_seed().reshape(self.varied.size, width, -1)
        keep = np.asarray(np.isfinite(values).all(axis=(1, 2)))
        if keep.sum() < 2:
            why = "" if keep.all() else f"; {self.missing()}"
            raise TooFewError(f"{keep.sum()} of {len(keep)} {what} finished whole and two are needed{why}")
        if not keep.all():
            self.notes.append(f"{(~keep).sum()} of {len(keep)} {what} are left out, for {self.missing()}")
        return values[keep], keep

    def missing(self) -> str:
        """Which cases did not finish on every seed, in words."""
        cases = np.flatnonzero(~np.isfinite(self.values).all(axis=1))
        names = ", ".join(map(str, cases[:NAMED].tolist())) + (f" and {len(cases) - NAMED} more" if len(cases) > NAMED else "")
        return f"{'case' if len(cases) == 1 else 'cases'} {names} did not finish" + (" on every seed" if self.values.shape[1] > 1 else "")

    def index(self, path: int, measure: str, values: np.ndarray) -> Index:
        """The mean of independent values (n,) with its t interval."""
        found = estimate(values, self.confidence)
        return Index(self.varied.paths[path], measure, found.mean, found.low, found.high, found.n)

    def resampled(self, path: str, measure: str, statistic: Callable[[np.ndarray], float], n: int) -> Index:
        """A statistic of the units in `rows` (n,) with its bootstrap interval: +- the normal quantile of its spread over resamples."""
        m = min(n, MOST_RESAMPLED)
        with np.errstate(all="ignore"):  # a resample may be constant
            value = statistic(np.arange(n))
            spread = float(np.nanstd([statistic(_with_replacement(number, m, n)) for number in range(RESAMPLES)], ddof=1))
        half = float(stats.norm.ppf((1 + self.confidence) / 2)) * spread * math.sqrt(m / n)
        return Index(path, measure, value, value - half, value + half, n)


def product(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Mean x times mean y of every row, freed of the luck that both carry; plain with one seed.  x, y: (n, turns) -> (n,)."""
    turns = x.shape[1]
    plain = x.mean(axis=1) * y.mean(axis=1)
    if turns < 2:
        return np.asarray(plain)
    together = ((x - x.mean(axis=1, keepdims=True)) * (y - y.mean(axis=1, keepdims=True))).sum(axis=1) / (turns - 1)
    return np.asarray(plain - together / turns)


def luck_of_means(values: np.ndarray, shared: bool) -> np.ndarray:
    """Variance that luck gives to the mean of every row, unbiased; nan with one seed.  values: (n, turns) of `by_seed` -> (n,).

    Freed of seeds, n rows keep only n - 1 parts in n of the variance between them.
    """
    n, turns = values.shape
    if turns < 2:
        return np.full(n, math.nan)
    return np.asarray(values.var(axis=1, ddof=1) / turns * (n / (n - 1) if shared else 1.0))


def _with_replacement(number: int, size: int, n: int) -> np.ndarray:
    """`size` of 0..n-1, each as likely every time; the same for the same number."""
    mixed = draws.mix.py_func(np.arange(size, dtype=np.uint64) * draws.FIRST + np.array([number], dtype=np.uint64) * draws.SECOND)
    return np.asarray((mixed >> np.uint64(11)) * draws.UNIT * n, dtype=np.int64)
