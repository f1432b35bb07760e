"""Cluster life, once a year: who joins and leaves, and how far a cluster has developed.

A cluster cannot be created by command: a primary network comes first [N20].  So membership follows ties, also across borders, and
stages follow what members do with each other and know together [NM21]: potential (near each other, not networked) -> emerging -> active
(association founded, members pay dues, together they know enough fields to have something to combine), and declining when growth turns
while networking or variety shrinks: it is by using up its variety that a cluster ages (Menzel and Fornahl 2010).
Nothing here touches what a cluster organisation is able to do.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from agents.clusters import Clusters, ClusterStage
from agents.draws import Purpose, bits, unit
from agents.parameters import as_record, number
from agents.population import Population
from agents.ties import Ties, TieStage, other_end


@dataclass(frozen=True, slots=True)
class MembershipParameters:
    """When organisations change cluster and clusters change stage."""

    join: float = number("probability/year", 0.0, 1.0, "guess; of one that qualifies", null=0.0)
    join_partners: int = number("count", 1, 32, "guess; partners by memorandum inside that qualify an outsider", whole=True)
    leave: float = number("probability/year", 0.0, 1.0, "guess; of one without a partner inside, once dues are asked", null=0.0)
    emerging_networking: float = number("partners a member", 0.0, 10.0, "guess; networking from which a cluster is emerging")
    active_networking: float = number("partners a member", 0.0, 10.0, "guess; networking from which a founded cluster is active")
    active_variety: float = number(
        "effective fields", 0.0, 12.0, "guess; variety of knowledge that an active cluster has, about what one sector knows", null=0.0
    )
    founding_share: float = number("share", 0.0, 1.0, "guess; members with a partner inside from which an association is founded")


@dataclass(frozen=True, slots=True)
class Survey:
    """Clusters as they are now, arrays over rows of clusters; members are active organisations, unweighted."""

    members: np.ndarray  # i8
    sales: np.ndarray  # f8, mln int$ / quarter, smoothed
    research: np.ndarray  # f8, mln int$ / quarter, smoothed
    networked: np.ndarray  # f8, share of members with a partner inside
    networking: np.ndarray  # f8, partners inside by memorandum or project, per member
    knowledge: np.ndarray  # f8[count, F], mean of members
    variety: np.ndarray  # f8, 1 / sum of squared shares of the fields in mean knowledge, 0 without knowledge


def change_members(
    population: Population, ties: Ties, clusters: Clusters, parameters: MembershipParameters, key: Callable[[Purpose], np.uint64]
) -> np.ndarray:
    """Each organisation's cluster for the coming year, i4[capacity]; the caller commits it to `population.cluster`.

    An outsider with at least `join_partners` partners by memorandum in a cluster, at home or abroad, joins with probability `join`; of
    several it takes the one with most partners, a tie going to the larger hash of (organisation, cluster).  A member of a founded cluster
    without any partner inside leaves with probability `leave`.

    Reads: population id alive staff cluster; ties of a b stage; clusters key founded.  Writes: nothing.
    """
    active = population.alive & (population.staff > 0.0)
    luck = (population.id, clusters.key, key(Purpose.MEMBERSHIP))
    return _change_members(active, population.cluster, ties.table(), clusters.founded, luck, as_record(parameters))


def survey(population: Population, ties: Ties, clusters: Clusters) -> Survey:
    """Count, add up and average the members of every cluster.

    Reads: population alive staff cluster sales_mean research_mean knowledge; ties a b stage.  Writes: nothing.
    """
    member = population.alive & (population.staff > 0.0) & (population.cluster >= 0)
    cluster = np.where(member, population.cluster, -1)
    partners = _partners_inside(cluster, ties.table())
    members, sales, research, networked, partnerships, knowledge = _sum_members(
        cluster, partners, population.sales_mean, population.research_mean, population.knowledge, clusters.count
    )
    size = np.maximum(members, 1)
    mean = knowledge / size[:, None]
    return Survey(members, sales, research, networked / size, partnerships / size, mean, _variety(mean))


def develop(clusters: Clusters, now: Survey, parameters: MembershipParameters) -> None:
    """Found associations, move stages, and open the new year's books (`record_survey`).

    founded once networked >= founding_share.  Declining if growth turned (`_shrinks`) and networking or variety fell over the year.
    Else the stage that networking and variety stand for: active if founded, networking >= active_networking and variety >= active_variety;
    emerging if networking >= emerging_networking.  A stage once reached is kept; a cluster falls back only out of decline.

    Reads and writes: clusters stage founded members_start sales_start research_start networking variety, and what `record_survey` writes.
    """
    clusters.founded |= (now.members > 0) & (now.networked >= parameters.founding_share)
    withers = (now.networking < clusters.networking) | (now.variety < clusters.variety)
    active = clusters.founded & (now.networking >= parameters.active_networking) & (now.variety >= parameters.active_variety)
    emerging = now.networking >= parameters.emerging_networking
    reached = np.where(active, ClusterStage.ACTIVE, np.where(emerging, ClusterStage.EMERGING, ClusterStage.POTENTIAL))
    kept = np.where(clusters.stage == ClusterStage.DECLINING, reached, np.maximum(clusters.stage, reached))
    clusters.stage[:] = np.where(_shrinks(clusters, now) & withers, ClusterStage.DECLINING, kept)
    record_survey(clusters, now)


def _shrinks(clusters: Clusters, now: Survey) -> np.ndarray:
    """Members, productivity (sales a member) and investment (R&D) all fell over the year: the signs of life of [PY17], bool (count,)."""
    a_member_then = clusters.sales_start / np.maximum(clusters.members_start, 1.0)
    fewer = now.members < clusters.members_start
    return fewer & (now.sales / np.maximum(now.members, 1) < a_member_then) & (now.research < clusters.research_start)


def record_survey(clusters: Clusters, now: Survey, rows: np.ndarray | slice = slice(None)) -> None:
    """Write what a survey found of these rows; also used when the world is built and when a cluster is founded.

    Writes: clusters members members_start sales_start research_start networking variety knowledge.
    """
    clusters.members[rows] = now.members[rows]
    clusters.members_start[rows] = now.members[rows]
    clusters.sales_start[rows] = now.sales[rows]
    clusters.research_start[rows] = now.research[rows]
    clusters.networking[rows] = now.networking[rows]
    clusters.variety[rows] = now.variety[rows]
    clusters.knowledge[rows] = now.knowledge[rows]


@njit(cache=True)
def _change_members(active, cluster, ties, founded, luck, p):
    ids, cluster_keys, key = luck
    changed = cluster.copy()
    for i in range(ids.shape[0]):
        if not active[i]:
            continue
        u = unit(bits(key, ids[i], 0))
        if cluster[i] < 0:
            if u < p.join:
                changed[i] = _cluster_of_most_partners(i, ids[i], active, cluster, ties, cluster_keys, key, p.join_partners)
        elif founded[cluster[i]] and u < p.leave and not _has_partner_inside(i, active, cluster, ties):
            changed[i] = -1
    return changed


@njit(cache=True)
def _partner(i, slot, active, ties):
    """Row of the active partner by memorandum in a slot of i's ties, -1 if none."""
    tie = ties.of[i, slot]
    if tie < 0 or ties.stage[tie] < TieStage.MEMORANDUM:
        return -1
    j = other_end(ties, tie, i)
    return j if active[j] else -1


@njit(cache=True)
def _has_partner_inside(i, active, cluster, ties):
    for slot in range(ties.of.shape[1]):
        j = _partner(i, slot, active, ties)
        if j >= 0 and cluster[j] == cluster[i]:
            return True
    return False


@njit(cache=True)
def _cluster_of_most_partners(i, identity, active, cluster, ties, cluster_keys, key, least):
    """Cluster with most partners of i by memorandum, at least `least`; -1 if none."""
    slots = ties.of.shape[1]
    homes = np.full(slots, -1, np.int64)
    for slot in range(slots):
        j = _partner(i, slot, active, ties)
        if j >= 0:
            homes[slot] = cluster[j]
    best, most, best_hash = -1, least - 1, np.uint64(0)
    for slot in range(slots):
        c = homes[slot]
        if c < 0:
            continue
        count = 0
        for other in range(slots):
            count += homes[other] == c
        preference = bits(key, identity, cluster_keys[c])
        if count > most or (count == most and best >= 0 and preference > best_hash):
            best, most, best_hash = c, count, preference
    return best


@njit(cache=True)
def _partners_inside(cluster, ties):
    """Number of partners by memorandum or project in one's own cluster, i8[capacity]."""
    partners = np.zeros(cluster.shape[0], np.int64)
    for tie in range(ties.marks[0]):
        a, b = ties.a[tie], ties.b[tie]
        if a >= 0 and ties.stage[tie] >= TieStage.MEMORANDUM and cluster[a] >= 0 and cluster[a] == cluster[b]:
            partners[a] += 1
            partners[b] += 1
    return partners


@njit(cache=True)
def _sum_members(cluster, partners, sales_mean, research_mean, knowledge, count):
    members, networked, partnerships = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    sales, research, total = np.zeros(count), np.zeros(count), np.zeros((count, knowledge.shape[1]))
    for i in range(cluster.shape[0]):
        c = cluster[i]
        if c < 0:
            continue
        members[c] += 1
        networked[c] += partners[i] > 0
        partnerships[c] += partners[i]
        sales[c] += sales_mean[i]
        research[c] += research_mean[i]
        for f in range(knowledge.shape[1]):
            total[c, f] += knowledge[i, f]
    return members, sales, research, networked, partnerships, total


@njit(cache=True)
def _variety(mean):
    variety = np.zeros(mean.shape[0])
    for c in range(mean.shape[0]):
        total, squares = 0.0, 0.0
        for f in range(mean.shape[1]):
            total += mean[c, f]
            squares += mean[c, f] * mean[c, f]
        if squares > 0.0:
            variety[c] = total * total / squares
    return variety
