"""Who is served when there is less than is asked for: applicants in a drawn order, while their purse lasts."""

import numpy as np
from numba import njit

from agents.draws import bits


@njit(cache=True)
def award(order, wanted, weight, purse, budget):
    """Take applicants in their order while their purse lasts; returns bool by row."""
    chosen = np.zeros(len(wanted), np.bool_)
    for i in order:
        need = wanted[i] * weight[i]
        if need > 0.0 and need <= budget[purse[i]]:
            budget[purse[i]] -= need
            chosen[i] = True
    return chosen


@njit(cache=True)
def priorities(k, id, rows):
    """Drawn place of each of the rows in the order, u8 (n,), by id."""
    lots = np.empty(len(rows), np.uint64)
    for n in range(len(rows)):
        lots[n] = bits(k, id[rows[n]], 0)
    return lots
