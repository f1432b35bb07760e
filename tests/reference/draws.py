"""Keyed draws in plain Python integers: the twin of agents/draws.py, 64 bits by masking."""

import math

MASK = 2**64 - 1
FIRST = 0x9E3779B97F4A7C15
SECOND = 0xD1342543DE82EF95
WORST_POISSON = 1000


def mix(z: int) -> int:
    """Finalise 64 bits (splitmix64)."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def key(seed: int, purpose: int, quarter: int) -> int:
    """Key of one purpose in one quarter."""
    z = mix(seed + FIRST & MASK)
    z = mix(z + purpose * FIRST & MASK)
    return mix(z + quarter * SECOND & MASK)


def bits(k: int, a: int, b: int = 0) -> int:
    """64 bits for key k and the ordered pair (a, b)."""
    return mix(mix(k + a * FIRST & MASK) + b * SECOND & MASK)


def pair_bits(k: int, a: int, b: int) -> int:
    """64 bits for key k and the unordered pair {a, b}."""
    return bits(k, min(a, b), max(a, b))


def unit(z: int) -> float:
    """Uniform in [0, 1)."""
    return (z >> 11) * 2.0**-53


def open_unit(z: int) -> float:
    """Uniform in (0, 1)."""
    return ((z >> 12) + 0.5) * 2.0**-52


def exponential(u: float) -> float:
    """Exponential with mean 1 at quantile u."""
    return -math.log1p(-u)


def logistic(u: float) -> float:
    """Standard logistic at quantile u."""
    return math.log(u) - math.log1p(-u)


def normal(u: float) -> float:
    """Standard normal at quantile u (Acklam 2003)."""
    if u < 0.02425:
        return _tail(math.sqrt(-2.0 * math.log(u)))
    if u > 1.0 - 0.02425:
        return -_tail(math.sqrt(-2.0 * math.log1p(-u)))
    q = u - 0.5
    r = q * q
    top = polynomial(r, -3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02,
                     -3.066479806614716e01, 2.506628277459239e00)  # fmt: skip
    bottom = polynomial(r, -5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01,
                        -1.328068155288572e01, 1.0)  # fmt: skip
    return top * q / bottom


def _tail(r: float) -> float:
    top = polynomial(r, -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00,
                     4.374664141464968e00, 2.938163982698783e00)  # fmt: skip
    bottom = polynomial(r, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0)
    return top / bottom


def polynomial(x: float, *coefficients: float) -> float:
    """Value at x of a polynomial, its highest power first."""
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return total


def poisson(u: float, mean: float) -> int:
    """Poisson count at quantile u."""
    p = total = math.exp(-mean)
    count = 0
    while u >= total and count < WORST_POISSON:
        count += 1
        p *= mean / count
        total += p
    return count
