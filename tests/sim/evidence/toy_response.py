"""A toy model with known responses: two parameters that figures see, one that none does."""

import numpy as np
from scipy.stats import qmc

from sim.evidence.matching import Match, Observed

POINTS = 60
NOISE = 0.05
"""Standard deviation of a mean over seeds."""
NAMES = ["seen", "bent", "unseen"]
BANDS = {"sum": (0.9, 1.2), "bend": (0.1, 0.3)}


def sample(points: int = POINTS, parameters: int = 3, seed: int = 1) -> np.ndarray:
    """Points of a Latin hypercube, f8 (points, parameters)."""
    return np.asarray(qmc.LatinHypercube(d=parameters, rng=seed).random(points))


def response(points: np.ndarray) -> dict[str, np.ndarray]:
    """What the toy model says without noise: measures f8 (n,); the last parameter is in none of them."""
    seen, bent = points[:, 0], points[:, 1]
    return {"sum": seen + bent, "bend": seen - bent**2}


def found(points: np.ndarray, noise: float = NOISE, **bands: tuple[float, float]) -> dict[str, Observed]:
    """The targets as runs at these points would show them."""
    rng = np.random.default_rng(2)
    values = response(points)
    asked = BANDS | bands
    return {name: Observed(name, *asked[name], values[name] + noise * rng.normal(size=len(points)), noise**2, noise**2) for name in values}


def toy_match(points: int = POINTS, noise: float = NOISE, **bands: tuple[float, float]) -> Match:
    at = sample(points)
    return Match.fitted(at, found(at, noise, **bands))
