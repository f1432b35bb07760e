"""Where foreign companies open affiliates.

A potential affiliate belongs to the rest of the
world and chooses country c and sector s with weight
    A_cs = market access_cs / weight_c  exp(return_weight return_c)  (wage_c / mean wage)^(-labour_elasticity)
market access = what the origin sells everywhere.  There is no term for clusters: that affiliates come to them is a result, if it is one.
"""

import math

import numpy as np
from numba import njit

from agents.draws import bits, open_unit


@njit(cache=True)
def attractiveness(share, expenditure, weight, wage, return_rate, p):
    """A_cs, f8 (C, S)."""
    count, sectors = len(weight), share.shape[2]
    mean_wage = 0.0
    for c in range(count):
        mean_wage += wage[c] / count
    result = np.zeros((count, sectors))
    for c in range(count):
        pull = math.exp(p.return_weight * return_rate[c]) * (wage[c] / mean_wage) ** (-p.labour_elasticity) / weight[c]
        for s in range(sectors):
            for d in range(share.shape[1]):
                result[c, s] += pull * share[c, d, s] * expenditure[d, s]
    return result


@njit(cache=True)
def hosts(k, id, keys, attraction):
    """The country each investor chooses: the smallest -ln(u) / A over country keys."""
    host = np.zeros(len(id), np.int64)
    for n in range(len(id)):
        least = math.inf
        for c in range(len(keys)):
            total = 0.0
            for s in range(attraction.shape[1]):
                total += attraction[c, s]
            wait = -math.log(open_unit(bits(k, id[n], 1000 + keys[c]))) / total
            if wait < least:
                least, host[n] = wait, c
    return host
