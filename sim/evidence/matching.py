"""History matching: which values of the uncertain parameters the fit targets do not rule out (Craig et al. 1997; Vernon et al. 2010).

The implausibility of a target at values x is   I(x) = max(low - m, m - high, 0) / sqrt(v + s^2)   with the emulator's mean m and variance
v at x, the variance s^2 of a mean over seeds, and the target's band [low, high], which stands for all error of the figure and of the model.
Values are ruled out where I > 3 for any target (Pukelsheim 1994: three standard deviations, whatever the distribution); draws of what is
left have the density exp(-sum I^2 / 2) over the ranges that were asked over.  The next points to run are drawn with v = 0, where the
emulators expect the bands to be met: a proposal, which their own runs confirm or not.
A weak target, whose figure is remembered and not read, has its part in where the next points are run and rules nothing out.
A target that no run comes near is out of reach of these parameters; it is named, left out, and stays a miss of the scorecard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import emcee
import numpy as np
import pandas as pd
from numpy.random import RandomState  # noqa: TID251  (a sampler's own stream: no draw of the model)
from scipy.stats import norm, qmc

from sim.config_check import ConfigError
from sim.evidence.emulator import Emulators
from sim.evidence.targets import CONSTRAINING, RANGE, Target

LIMIT = 3.0
FEWEST = 0.9
"""Share of the runs that must give a value, for a measure to be emulated."""
ALL = slice(None)
NEAR = 0.25
"""Share of the points that the variance over seeds is taken from."""
WALKERS, BURN_IN, STEPS, THIN = 4, 3000, 3000, 100
"""Of the ensemble sampler (Goodman and Weare 2010): walkers a parameter, steps thrown away, steps kept, every which of them."""


@dataclass(frozen=True)
class Observed:
    """What runs say of one target: means by point f8 (points,), the variance of such a mean over its seeds, and the band asked for.

    seed_variance: near the band.  own_variance: what is left of it in all points when luck that they share is taken out.  weak: rules
    nothing out.
    """

    name: str
    low: float
    high: float
    means: np.ndarray
    seed_variance: float
    own_variance: float
    weak: bool = False

    def implausibility(self, mean: np.ndarray, variance: np.ndarray | float) -> np.ndarray:
        """I at values with this mean and variance (m,)."""
        outside = np.maximum(np.maximum(self.low - mean, mean - self.high), 0.0)
        return np.asarray(outside / np.sqrt(variance + self.seed_variance + np.finfo(float).tiny))

    @property
    def of_runs(self) -> np.ndarray:
        """I of the runs themselves, f8 (points,); inf where there is no value."""
        return np.nan_to_num(self.implausibility(self.means, 0.0), nan=np.inf)

    @property
    def in_reach(self) -> bool:
        """Did any run come within three standard deviations?"""
        return bool(self.of_runs.min() <= LIMIT)


def observed(runs: pd.DataFrame, targets: Mapping[str, Target]) -> dict[str, Observed]:
    """The fit targets that runs measure.  runs: rows of runs.parquet with columns arm, case, seed, error and the measures."""
    found = {}
    for name, target in targets.items():
        mine = runs[(runs["arm"] == target.run) & runs["error"].isna()]
        if target.role not in CONSTRAINING or target.measure not in mine:
            continue
        if not mine[target.measure].notna().mean() >= FEWEST:  # nan where there are no runs
            continue
        values = mine.pivot(index="case", columns="seed", values=target.measure).reindex(sorted(runs["case"].unique()))
        low, high = target.band or (_surely_above(target, values), np.inf)
        means = values.mean(axis=1).to_numpy(float)
        near = _nearest(means, float(low), float(high))
        shared = values.loc[values.notna().all(axis=1)].mean()
        variance = _of_means(values.iloc[near])
        found[name] = Observed(name, float(low), float(high), means, variance, _of_means(values - shared.fillna(0.0)), target.weak)
    return found


def seldom(runs: pd.DataFrame, targets: Mapping[str, Target]) -> list[str]:
    """Targets that might constrain and that too few of the runs measure."""
    asked = [name for name, target in targets.items() if target.role in CONSTRAINING and target.run in set(runs["arm"])]
    return sorted(set(asked) - set(observed(runs, targets)))


def _of_means(values: pd.DataFrame) -> float:
    """Mean variance of the mean of a row; 0 where no row has two values."""
    variance = float((values.var(axis=1, ddof=1) / values.count(axis=1)).mean())
    return variance if np.isfinite(variance) else 0.0


def _nearest(means: np.ndarray, low: float, high: float) -> np.ndarray:
    """Rows of the points that lie nearest to a band, NEAR of all: luck differs with the level, and what is judged lies near the band."""
    outside = np.maximum(np.maximum(low - means, means - high), 0.0)
    return np.argsort(np.nan_to_num(outside, nan=np.inf), kind="stable")[: max(2, round(NEAR * len(means)))]


def _surely_above(target: Target, values: pd.DataFrame) -> float:
    """The mean from which a sign holds in RANGE of the seeds, as the scorecard asks, if they are normal."""
    assert target.above is not None
    between = float(values.std(axis=1, ddof=1).mean())
    return target.above + (float(norm.ppf(RANGE)) * between if np.isfinite(between) else 0.0)


@dataclass(frozen=True)
class Match:
    """Emulators of all targets in reach over the same points f8 (n, d), and what the targets leave of the unit cube."""

    targets: tuple[Observed, ...]
    emulators: Emulators

    @classmethod
    def fitted(cls, points: np.ndarray, targets: Mapping[str, Observed]) -> "Match":
        """Emulators for the targets in reach."""
        reached = tuple(target for target in targets.values() if target.in_reach)
        if not reached:
            raise ConfigError(f"no run comes near any of {len(targets)} fit targets; allowed: ranges of parameters in which one does")
        noise = np.array([target.own_variance for target in reached])
        return cls(reached, Emulators.fitted(points, np.column_stack([target.means for target in reached]), noise))

    def implausibilities(self, points: np.ndarray, sure: bool = False) -> np.ndarray:
        """I of every target at points (m, d), f8 (m, targets).  sure: as if the emulators made no error."""
        mean, variance = self.emulators.predict(points)
        if sure:
            variance = np.zeros_like(variance)
        return np.column_stack([target.implausibility(mean[:, n], variance[:, n]) for n, target in enumerate(self.targets)])

    @cached_property
    def plausible(self) -> np.ndarray:
        """Draws of what the targets that may rule out leave, f8 (m, d): those that none rules out; empty where all are ruled out."""
        points = drawn(self, targets=self.ruling)
        return points[self.worst(self.implausibilities(points)) <= LIMIT]

    @cached_property
    def promising(self) -> np.ndarray:
        """Draws of where the emulators expect the bands to be met, weak ones too, f8 (m, d)."""
        return drawn(self, sure=True)

    def worst(self, implausibilities: np.ndarray) -> np.ndarray:
        """The largest of f8 (m, targets) over the targets that may rule out, f8 (m,)."""
        return np.asarray(implausibilities[:, self.ruling].max(axis=1, initial=0.0))

    @property
    def ruling(self) -> np.ndarray:
        """Which targets may rule out, bool (targets,)."""
        return np.array([not target.weak for target in self.targets])

    @cached_property
    def of_runs(self) -> np.ndarray:
        """I of the runs themselves, f8 (points, targets)."""
        return np.column_stack([target.of_runs for target in self.targets])


def drawn(match: Match, sure: bool = False, targets: np.ndarray | slice = ALL) -> np.ndarray:
    """Points of the unit cube with density exp(-sum I^2 / 2) over some targets, f8 (m, d); the same every time."""
    parameters = match.emulators.points.shape[1]

    def log_density(points: np.ndarray) -> np.ndarray:
        inside = np.all((points >= 0.0) & (points <= 1.0), axis=1)
        density = np.full(len(points), -np.inf)
        if inside.any():
            density[inside] = -0.5 * (match.implausibilities(points[inside], sure)[:, targets] ** 2).sum(axis=1)
        return density

    walkers = WALKERS * parameters
    sampler = emcee.EnsembleSampler(walkers, parameters, log_density, vectorize=True)
    start = emcee.State(qmc.LatinHypercube(parameters, rng=1).random(walkers), random_state=RandomState(1).get_state())
    sampler.run_mcmc(start, BURN_IN + STEPS)
    return np.asarray(sampler.get_chain(discard=BURN_IN, thin=THIN, flat=True))


def spread_out(points: np.ndarray, count: int) -> np.ndarray:
    """`count` of the points f8 (m, d), evenly along their order; all where there are not more."""
    if len(points) <= count:
        return points
    return points[np.linspace(0, len(points) - 1, count).round().astype(int)]


def interval(values: np.ndarray, share: float = 0.9) -> tuple[float, float]:
    """The range that holds the middle `share` of values (m,)."""
    low, high = np.quantile(values, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
