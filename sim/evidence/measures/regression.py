"""Least squares and Poisson regression for associations inside a run."""

import numpy as np

ROUNDS = 100
SETTLED = 1e-6


def least_squares(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Coefficients of y (n,) on x (n, k); columns that add nothing get the least-norm share."""
    return np.linalg.lstsq(x, y, rcond=None)[0]


def poisson(events: np.ndarray, exposure: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Log rates per column of x: events ~ Poisson(exposure exp(x b)), by reweighted least squares (Nelder and Wedderburn 1972).

    nan where they do not settle.
    """
    coefficients = np.zeros(x.shape[1])
    coefficients[0] = np.log(max(float(events.sum()), 0.5) / float(exposure.sum()))
    for _ in range(ROUNDS):
        expected = exposure * np.exp(np.clip(x @ coefficients, -20.0, 5.0))
        root = np.sqrt(expected + 1e-12)
        working = x @ coefficients + (events - expected) / (expected + 1e-12)
        before, coefficients = coefficients, least_squares(root * working, root[:, None] * x)
        if np.abs(coefficients - before).max() <= SETTLED * (1.0 + np.abs(coefficients).max()):
            return coefficients
    return np.full_like(coefficients, np.nan)


def dummies(labels: np.ndarray) -> np.ndarray:
    """A column for every label but the first, f8 (n, labels - 1)."""
    return (labels[:, None] == np.unique(labels)[None, 1:]).astype(np.float64)
