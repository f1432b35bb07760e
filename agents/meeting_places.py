"""Meeting places that instruments open: events of single organisations, events between clusters, platforms.

What they have in common: participants look at a few candidates, see them with a noise, and meet the best of them that seem worth it.
The instrument decides who may come, how many candidates one sees, how well, and how strict the screening is.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from agents.appraisal import appraise
from agents.draws import bits
from agents.ties import find


class Rules(NamedTuple):
    """How a meeting place works: candidates seen, noise of profiles, screening threshold (logit; -inf meets anybody), scope."""

    candidates: int
    noise: float
    screening: float
    scope: int  # 0 any, 1 in one cluster, 2 between clusters, 3 between countries, 4 of a firm and science
    blind: bool  # placebo: the first candidates in the drawn order, unseen
    appointments: int  # meetings a participant asks for, the best first


ANY, IN_CLUSTER, CROSS_CLUSTER, CROSS_BORDER, FIRM_SCIENCE = 0, 1, 2, 3, 4


@njit(cache=True)
def in_scope(scope, cluster, country, kind, i, j):
    """May i and j meet, or be paid, under a scope?"""
    if scope == IN_CLUSTER:
        return cluster[i] >= 0 and cluster[i] == cluster[j]
    if scope == CROSS_CLUSTER:
        return cluster[i] >= 0 and cluster[j] >= 0 and cluster[i] != cluster[j]
    if scope == CROSS_BORDER:
        return country[i] != country[j]
    if scope == FIRM_SCIENCE:
        return (kind[i] == 0) != (kind[j] == 0)
    return True


@njit(cache=True)
def _ask(s, p, t, k_noise, rules, i, candidates, pairs, count):
    """Append to `pairs`, from row `count` on, the meetings i asks for, the best first; returns the number of rows now."""
    if rules.blind:
        for j in candidates[: rules.appointments]:
            pairs[count] = (i, j)
            count += 1
        return count
    worth = np.empty(len(candidates))
    for n in range(len(candidates)):
        tie = find(t, i, candidates[n])
        trust = t.trust[tie] if tie >= 0 else 0.0
        worth[n] = appraise(s, p, k_noise, i, candidates[n], rules.noise, trust, 0.0)
    for _ in range(min(rules.appointments, len(candidates))):
        n = int(np.argmax(worth))
        if worth[n] <= rules.screening:
            break
        pairs[count] = (i, candidates[n])
        count += 1
        worth[n] = -np.inf
    return count


@njit(cache=True)
def round_table(k_seat, k_noise, rows, s, p, t, rules):
    """Pairs i8 (m, 2) that meet where participants `rows` sit in a drawn circle and look at their next neighbours in scope.

    A drawn circle (rather than a drawn list) keeps most neighbours the same when one participant more comes.
    """
    seats = np.empty(len(rows), np.uint64)
    for n in range(len(rows)):
        seats[n] = bits(k_seat, s.id[rows[n]], 0)
    circle = rows[np.argsort(seats)]
    pairs = np.empty((len(rows) * rules.appointments, 2), np.int64)
    seen = np.empty(rules.candidates, np.int64)
    count = 0
    for n in range(len(circle)):
        i = circle[n]
        found = 0
        for ahead in range(1, min(len(circle), 8 * rules.candidates)):
            j = circle[(n + ahead) % len(circle)]
            if found < rules.candidates and in_scope(rules.scope, s.cluster, s.country, s.kind, i, j):
                seen[found] = j
                found += 1
        count = _ask(s, p, t, k_noise, rules, i, seen[:found], pairs, count)
    return pairs[:count]


@njit(cache=True)
def between_clusters(k_seat, k_noise, hosts, guests, s, p, t, rules):
    """Pairs i8 (m, 2) of a cluster-to-cluster event: each of the hosts looks at candidates drawn among the guests."""
    pairs = np.empty((len(hosts) * rules.appointments, 2), np.int64)
    count = 0
    priority = np.empty(len(guests), np.uint64)
    for i in hosts:
        z = bits(k_seat, s.id[i], 0)
        for n in range(len(guests)):
            priority[n] = bits(z, s.id[guests[n]], 0)
        drawn = guests[np.argsort(priority)]
        count = _ask(s, p, t, k_noise, rules, i, drawn[drawn != i][: rules.candidates], pairs, count)
    return pairs[:count]
