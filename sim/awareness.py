"""Who knows of a programme: by word of mouth from partners, and by what is published and promoted."""

import math

import numpy as np
from numba import njit

from agents.draws import bits, unit
from agents.ties import other_end


def level_after(level: float, reached: float) -> float:
    """Share that knows of a programme by itself after promotion: level' = 1 - (1 - level) exp(-reached), reached: contacts an eligible."""
    return 1.0 - (1.0 - level) * math.exp(-reached)


@njit(cache=True)
def hear(k, id, t, bit, rate, level, k_level, aware):
    """Awareness spreads from aware partners, and covers the share `level` by itself; returns the new column."""
    flag = np.int64(1) << bit
    after = aware.copy()
    for i in range(len(id)):
        if id[i] < 0 or aware[i] & flag:
            continue
        stay = 1.0
        for slot in range(t.of.shape[1]):
            tie = t.of[i, slot]
            if tie >= 0 and aware[other_end(t, tie, i)] & flag:
                stay *= 1.0 - rate
        if unit(bits(k, id[i], 0)) >= stay or unit(bits(k_level, id[i], 0)) < level:
            after[i] = aware[i] | flag
    return after
