"""Keyed uniforms for the rivals, by the hash of the rich model; a rival is a model by itself, so its purposes may have the same numbers."""

import numpy as np
from numba import njit

from agents.draws import bits, key, open_unit


@njit(cache=True)
def _uniforms(k, count, turn):
    out = np.empty(count)
    for i in range(count):
        out[i] = open_unit(bits(k, i, turn))
    return out


@njit(cache=True)
def _uniform(k, a, b):
    return open_unit(bits(k, a, b))


def uniforms(seed: int, purpose: int, quarter: int, count: int, turn: int = 0) -> np.ndarray:
    """A uniform in (0, 1) for each of `count` organisations, f8 (count,)."""
    return _uniforms(key(seed, purpose, quarter), count, turn)


def uniform(seed: int, purpose: int, quarter: int, a: int, b: int = 0) -> float:
    """The uniform in (0, 1) of the ordered pair (a, b)."""
    return float(_uniform(key(seed, purpose, quarter), a, b))


def pick(weights: np.ndarray, u: float) -> int:
    """A place in proportion to non-negative weights f8 (n,), of which one is above 0, by one uniform."""
    total = np.cumsum(weights)
    return int(np.searchsorted(total, u * total[-1], side="right"))
