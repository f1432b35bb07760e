"""Keyed draws: the same luck in every arm.

Every random number is a hash of (seed, purpose, quarter, who), never the next value of a stream, so two
scenarios on one seed share the luck of every organisation whatever else happens in them (common random numbers).
The hash chains the splitmix64 finaliser (Steele, Lea and Flood 2014), which passes as a generator on the
layouts used here (tests/agents/test_draws.py).

All distributions invert ONE uniform, so a draw is monotone in its parameter: a higher rate never gives
a smaller count with the same luck.  `who` is one or two organisation ids, or any 64-bit key.
"""

import math
from enum import IntEnum

import numpy as np
from numba import njit

FIRST = np.uint64(0x9E3779B97F4A7C15)
SECOND = np.uint64(0xD1342543DE82EF95)
MULTIPLY_A = np.uint64(0xBF58476D1CE4E5B9)
MULTIPLY_B = np.uint64(0x94D049BB133111EB)
UNIT = 2.0**-53
HALF_UNIT = 2.0**-52


class Purpose(IntEnum):
    """What a draw is for.  One purpose, one meaning; numbers are never reused, or results change silently."""

    BIRTH = 1
    BIRTH_PLACE = 2
    BIRTH_SECTOR = 3
    BIRTH_CLUSTER = 4
    BIRTH_KNOWLEDGE = 5
    BIRTH_TASTE = 6
    BIRTH_KIND = 7
    BIRTH_CHAIN = 8
    BIRTH_EXPORT = 9
    CLUSTER_BIRTH = 10
    CLUSTER_CAPABILITY = 11
    CLUSTER_ORIENTATION = 12
    ADDRESS = 13
    SEARCH_CLUSTER = 20
    SEARCH_PARTNER = 21
    SEARCH_CHANCE = 22
    SEARCH_COUNTRY = 23
    EVENT = 24
    EVENT_ATTEND = 25
    EVENT_SEAT = 26
    PLATFORM_JOIN = 27
    PLATFORM_USE = 28
    PLATFORM_SEAT = 29
    SEARCH_NOISE = 30
    PRIORITY = 31
    AWARE = 32
    AGREE = 40
    BUSINESS = 41
    WIDEN = 42
    CONSENT = 43
    PROJECT_END = 44
    PROJECT_OUTCOME = 45
    BUSINESS_END = 46
    RENEW = 47
    CALL_SCORE = 48
    AWARD_PRIORITY = 49
    CLUSTER_AGREE = 50
    PROJECT = 51
    FIELD = 60
    MOBILITY = 61
    MOBILITY_FROM = 62
    INNOVATE_SMALL = 70
    INNOVATE_RADICAL = 71
    JOINT_SMALL = 72
    JOINT_RADICAL = 73
    STEP_SIZE = 74
    STEP_KIND = 75
    PATENT = 76
    DEMAND = 80
    DEMAND_JUMP = 81
    EXPORT_ENTRY = 82
    MARGIN = 83
    CREDIT = 84
    ENTRY = 90
    ENTRY_PARENT = 91
    MEMBERSHIP = 92
    PLACEBO = 93
    REVIEW = 94
    ASSIGN = 95
    VOUCHER = 96
    SINGLES = 97
    HARMONISE = 98
    VOTE = 99
    DECREE = 100
    DECREE_MEMBER = 101
    LOAN = 102
    EQUIPMENT = 103
    PLACE_SECTOR = 104


@njit(inline="always")
def mix(z):
    """Finalise 64 bits (splitmix64)."""
    z = (z ^ (z >> np.uint64(30))) * MULTIPLY_A
    z = (z ^ (z >> np.uint64(27))) * MULTIPLY_B
    return z ^ (z >> np.uint64(31))


@njit
def hashed(seed, purpose, quarter):
    """Key of one purpose in one quarter, inside kernels: uint64 from three non-negative integers."""
    z = mix(np.uint64(seed) + FIRST)
    z = mix(z + np.uint64(purpose) * FIRST)
    return mix(z + np.uint64(quarter) * SECOND)


def key(seed: int, purpose: int, quarter: int) -> np.uint64:
    """`hashed` for Python callers."""
    # plain ints in, uint64 out: numba types an enum member slowly, and hands a uint64 back as an int it may not take again
    return np.uint64(hashed(int(seed), int(purpose), int(quarter)))


@njit(inline="always")
def bits(k, a, b):
    """64 bits for key `k` and the ordered pair (a, b); give b = 0 for a single organisation."""
    return mix(mix(np.uint64(k) + np.uint64(a) * FIRST) + np.uint64(b) * SECOND)


@njit(inline="always")
def pair_bits(k, a, b):
    """64 bits for key `k` and the UNORDERED pair {a, b}."""
    if a < b:
        return bits(k, a, b)
    return bits(k, b, a)


@njit(inline="always")
def unit(z):
    """Uniform in [0, 1) from 64 bits."""
    return np.float64(z >> np.uint64(11)) * UNIT


@njit(inline="always")
def open_unit(z):
    """Uniform in (0, 1), for logarithms and quantiles."""
    return (np.float64(z >> np.uint64(12)) + 0.5) * HALF_UNIT


@njit
def exponential(u):
    """Exponential with mean 1 at quantile u in (0, 1)."""
    return -math.log1p(-u)


@njit
def logistic(u):
    """Standard logistic at quantile u in (0, 1)."""
    return math.log(u) - math.log1p(-u)


@njit
def normal(u):
    """Standard normal at quantile u in (0, 1); relative error below 1.2e-9 (Acklam 2003)."""
    if u < 0.02425:
        r = math.sqrt(-2.0 * math.log(u))
        return _normal_tail(r)
    if u > 1.0 - 0.02425:
        r = math.sqrt(-2.0 * math.log1p(-u))
        return -_normal_tail(r)
    q = u - 0.5
    r = q * q
    top = -3.969683028665376e01
    for c in (2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02, -3.066479806614716e01, 2.506628277459239e00):
        top = top * r + c
    bottom = -5.447609879822406e01
    for c in (1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01, -1.328068155288572e01, 1.0):
        bottom = bottom * r + c
    return top * q / bottom


@njit
def _normal_tail(r):
    top = -7.784894002430293e-03
    for c in (-3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00, 4.374664141464968e00, 2.938163982698783e00):
        top = top * r + c
    bottom = 7.784695709041462e-03
    for c in (3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0):
        bottom = bottom * r + c
    return top / bottom


@njit
def poisson(u, mean):
    """Poisson count with this mean at quantile u in [0, 1); 0 for a mean of 0; at most 1000."""
    p = math.exp(-mean)
    total = p
    count = 0
    while u >= total and count < 1000:
        count += 1
        p *= mean / count
        total += p
    return count
