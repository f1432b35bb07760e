"""What an organisation knows, and what one organisation's knowledge is worth to another.

Knowledge is a row of a matrix `knowledge` f8[capacity, F]: non-negative stocks over F technology fields, in units in which a median R&D
performer at rest has depth near 1.  All functions take the matrix and rows and can be called from any kernel.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit


class Reference(NamedTuple):
    """Fixed yardsticks, taken once when the world is built: medians of its R&D performers.  Kernels take it as it is."""

    research: float
    """real R&D, mln int$ / quarter"""
    sales: float
    """firms' sales, mln int$ / quarter"""
    depth: float
    """depth of knowledge"""
    breadth: float
    """breadth of knowledge"""


@njit(cache=True)
def depth(knowledge, i):
    """D_i = |k_i|_2, the Euclidean length of the knowledge of row i (Jaffe 1986 uses the same norm for his positions)."""
    total = 0.0
    for f in range(knowledge.shape[1]):
        total += knowledge[i, f] * knowledge[i, f]
    return math.sqrt(total)


@njit(cache=True)
def proximity(knowledge, i, j):
    """P_ij = k_i . k_j / (|k_i| |k_j|), uncentred correlation in [0, 1] (Jaffe 1986); 0 where one side knows nothing."""
    inner, own, other = 0.0, 0.0, 0.0
    for f in range(knowledge.shape[1]):
        inner += knowledge[i, f] * knowledge[j, f]
        own += knowledge[i, f] * knowledge[i, f]
        other += knowledge[j, f] * knowledge[j, f]
    lengths = math.sqrt(own) * math.sqrt(other)
    return min(1.0, inner / lengths) if lengths > 0.0 else 0.0


@njit(cache=True)
def absorption(depth_i):
    """a_i = D_i / (D_i + 1), absorptive capacity in [0, 1): what one knows decides what one can take in (Cohen and Levinthal 1990)."""
    return depth_i / (depth_i + 1.0)


@njit(cache=True)
def novelty(knowledge, i, j):
    """n_ij = sum_f max(k_jf - k_if, 0) / sum_f k_jf, the share of j's knowledge that i lacks, in [0, 1]; 0 if j knows nothing."""
    lacking, held = 0.0, 0.0
    for f in range(knowledge.shape[1]):
        lacking += max(knowledge[j, f] - knowledge[i, f], 0.0)
        held += knowledge[j, f]
    return lacking / held if held > 0.0 else 0.0


@njit(cache=True)
def reach(knowledge, i, j, delta, stretch):
    """r_ij = exp(-(1 - P_ij) / (delta + stretch a_i)), the part of a gap that i can follow: wider for those who know more (Nooteboom 2007).

    delta: reach of an organisation that knows nothing, a distance on the scale of 1 - P.  stretch: what full absorptive capacity adds.
    """
    return math.exp(-(1.0 - proximity(knowledge, i, j)) / (delta + stretch * absorption(depth(knowledge, i))))


@njit(cache=True)
def value(knowledge, i, j, delta, stretch):
    """V_ij = n_ij r_ij sqrt(D_j), what i sees in j: novelty times what can be absorbed, scaled by j's depth.

    Novelty falls and reach rises with proximity: an inverted U emerges (Nooteboom et al. 2007). Not symmetric; 0 if j knows nothing.
    """
    return novelty(knowledge, i, j) * reach(knowledge, i, j, delta, stretch) * math.sqrt(depth(knowledge, j))


@njit(cache=True)
def breadth(knowledge, i):
    """B_i = (sum_f sqrt(k_if))^2 / F: rises with every field and, at equal total, with evenness (total / F x Hill number of order 1/2)."""
    total = 0.0
    fields = knowledge.shape[1]
    for f in range(fields):
        total += math.sqrt(knowledge[i, f])
    return total * total / fields


@njit(cache=True)
def pool(knowledge, members, size):
    """(depth, breadth) of pooled knowledge max_m k_mf and depth of common knowledge min_m k_mf, of the first `size` members."""
    pooled = np.empty((2, knowledge.shape[1]))
    for f in range(knowledge.shape[1]):
        most = least = knowledge[members[0], f]
        for m in range(1, size):
            most = max(most, knowledge[members[m], f])
            least = min(least, knowledge[members[m], f])
        pooled[0, f] = most
        pooled[1, f] = least
    return depth(pooled, 0), breadth(pooled, 0), depth(pooled, 1)
