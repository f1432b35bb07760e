"""Emulators: what measures would be at values that were not run (response surfaces, Box and Wilson 1951, with shrinkage).

Every measure is a sum of parabolas, one a parameter, with a normal prior on their coefficients (Bayesian ridge regression, MacKay 1992),
whose variance says how sure it is.  Products of parameters were tried: with some ten runs a parameter they made predictions of runs left
out worse.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.linear_model import BayesianRidge

FOLDS = 10


@dataclass(frozen=True)
class Emulators:
    """Several measures over the unit cube of parameters.

    points f8 (n, d): shares of the ranges that were run.  values f8 (n, measures): means over seeds there, nan where there is none.
    noise f8 (measures,): the variance that luck of its own gives such a mean; luck that all points share moves them together.
    """

    points: np.ndarray
    values: np.ndarray
    noise: np.ndarray
    surfaces: tuple[BayesianRidge, ...]

    @classmethod
    def fitted(cls, points: np.ndarray, values: np.ndarray, noise: np.ndarray) -> "Emulators":
        """Surfaces through what was run, each over the points that have a value."""
        basis = _basis(points)
        sound = np.isfinite(values)
        surfaces = (BayesianRidge().fit(basis[sound[:, n]], values[sound[:, n], n]) for n in range(values.shape[1]))
        return cls(points, values, noise, tuple(surfaces))

    def without(self, rows: np.ndarray) -> "Emulators":
        """The same, as if these rows had never been run."""
        kept = np.setdiff1d(np.arange(len(self.points)), rows)
        return Emulators.fitted(self.points[kept], self.values[kept], self.noise)

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the measures' expectations at points f8 (m, d), each f8 (m, measures).

        variance: of the coefficients, and of what parabolas do not catch: the residual variance less what luck explains of it.
        """
        mean, covariance, offset, residual = self._stacked
        basis = _basis(points)
        apart = basis[None] - offset[:, None, :]
        unsure = np.sum(apart @ covariance * apart, axis=2).T
        return basis @ mean[:, :-1].T + mean[:, -1], unsure + np.maximum(residual - self.noise, 0.0)

    @cached_property
    def _stacked(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """All surfaces at once, as a sampler asks for them ten thousand times: coefficients and constant f8 (k, 2 d + 1), their covariance
        f8 (k, 2 d, 2 d), where the basis is centred f8 (k, 2 d), residual variance f8 (k,)."""
        return (
            np.array([[*surface.coef_, surface.intercept_] for surface in self.surfaces]),
            np.array([surface.sigma_ for surface in self.surfaces]),
            np.array([surface.X_offset_ for surface in self.surfaces]),
            np.array([1.0 / surface.alpha_ for surface in self.surfaces]),
        )

    def errors(self) -> np.ndarray:
        """Error at points left out over the spread of the values, f8 (measures,): 0 perfect, 1 no better than the mean."""
        left = np.full_like(self.values, np.nan)
        for rows in folds(len(self.points)):
            left[rows] = self.without(rows).predict(self.points[rows])[0]
        gap = np.nanmean((left - self.values) ** 2, axis=0)
        spread = np.nanvar(self.values, axis=0)
        return np.asarray(np.sqrt(np.divide(gap, spread, out=np.ones_like(gap), where=spread > 0.0)))


def folds(count: int) -> list[np.ndarray]:
    """Rows 0 to count - 1 dealt into FOLDS parts."""
    return [np.arange(first, count, FOLDS) for first in range(min(FOLDS, count))]


def _basis(points: np.ndarray) -> np.ndarray:
    """Parameters, measured from the middle of their ranges, and their squares, f8 (m, 2 d)."""
    centred = 2.0 * points - 1.0
    return np.hstack((centred, centred**2))
