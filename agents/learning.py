"""Phase 4, learn: organisations create knowledge, take it over from others, lose it to time and to movers.

    k_i(q+1) = [(1 - depreciation) k_i + created_i + transferred_i] (1 - mobility_loss)^(researchers hired away from i)

Everything on the right is the state at the start of the phase; what is learned goes into a second buffer.  A transfer only fills
gaps, max(k_j - k_i, 0), in proportion to the receiver's absorptive capacity: nobody learns from one who knows less.  Of the capacity it
lacks, student teams make good a part s_i:   a_i' = a_i + (1 - a_i) s_i.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from agents.clusters import Clusters
from agents.creation import create, directions
from agents.draws import Purpose, bits, unit
from agents.knowledge import Reference, absorption, depth, proximity
from agents.parameters import as_record, number
from agents.population import Kind, Population
from agents.projects import Projects, Status
from agents.ties import Ties


@dataclass(frozen=True, slots=True)
class LearningParameters:
    """How knowledge grows, spreads and fades; rates are per quarter."""

    depreciation: float = number("1/quarter", 0.001, 0.2, "15 % a year, consensus of R&D capital studies (Hall, Mairesse and Mohnen 2010)")
    creation: float = number("stock/quarter", 0.0, 0.5, "sets the unit: equal to depreciation, a median R&D performer rests near depth 1")
    creation_elasticity: float = number("elasticity", 0.0, 0.35, "guess; above .35 a few giants draw all partners (tried in a prototype)")
    agenda: float = number("weight of a partner", 0.0, 2.0, "guess; joint agenda [N20], 1: as much as one's own direction", null=0.0)
    own_direction: float = number("share", 0.0, 1.0, "guess; the rest explores fields of the own sector", null=1.0)
    reach: float = number("1 - proximity", 0.05, 1.0, "guess; how far one who knows nothing can follow, as in appraisal")
    stretch: float = number("1 - proximity", 0, 1, "guess; what absorptive capacity adds to it, as in appraisal", null=0)
    transfer_project: float = number("1/quarter", 0.0, 0.5, "Cowan and Jonard 2004 use .1 of the gap", null=0.0)
    transfer_business: float = number("1/quarter", 0.0, 0.5, "guess, a quarter of a project's", null=0.0)
    spillover_sector: float = number("1/quarter", 0.0, 0.3, "guess; Marshall-Arrow-Romer, own sector in the cluster", null=0.0)
    spillover_variety: float = number("1/quarter", 0.0, 0.3, "guess; Jacobs, other sectors in the cluster", null=0.0)
    spillover_science: float = number("1/quarter", 0.0, 0.3, "guess; Jaffe 1989, universities and institutes of the place", null=0.0)
    mobility: float = number("probability/quarter", 0.0, 1.0, "guess; chance to hire a researcher away from somebody", null=0.0)
    mobility_gain: float = number("share of gap", 0.0, 1.0, "guess", null=0.0)
    mobility_loss: float = number("share of stock", 0.0, 0.5, "guess; who leaves takes something along", null=0.0)
    mobility_tries: int = number("count", 1, 64, "addresses tried to find somebody to hire from", whole=True)
    forgetting: float = number("1/quarter", 0.0, 0.5, "guess; trained officials and cluster managers who leave their post", null=0.0)


def learn(
    population: Population,
    ties: Ties,
    projects: Projects,
    clusters: Clusters,
    addresses: np.ndarray,
    book: np.ndarray,
    profiles: np.ndarray,
    research_price: np.ndarray,
    weight: np.ndarray,
    students: np.ndarray,
    reference: Reference,
    parameters: LearningParameters,
    key: Callable[[Purpose], np.uint64],
) -> np.ndarray:
    """Knowledge after the quarter's learning, f8[capacity, F]; the caller commits it to `population.knowledge`.

    addresses i4[C, longest]: rows of a country's organisations, -1 in gaps; book i8[C]: how many of them a country has.
    profiles f8[S, F]: sectors' fields, rows sum to 1.
    research_price f8[C] (index).  weight f8[capacity]: real organisations a row stands for.  key: purpose -> key of this quarter.
    students f8[capacity], 0..1: part s_i of missing absorptive capacity that student teams make good.

    Reads: population id alive staff kind country place sector cluster research knowledge; ties a b business;
    projects status size members weight.  Writes: nothing.
    """
    p = as_record(parameters)
    knowledge = population.knowledge
    active = population.alive & (population.staff > 0.0)
    research = np.where(active, population.research / research_price[population.country] / reference.research, 0.0)
    direction = directions(knowledge, projects.table(), weight, p)
    learned = create(knowledge, direction, research, population.id, population.sector, profiles, key(Purpose.FIELD), p)
    able = _capacity(knowledge, students)
    _transfer_in_projects(learned, knowledge, able, projects.table(), weight, p)
    _transfer_in_business(learned, knowledge, able, ties.table(), weight, p)
    _spill_over_in_clusters(learned, population, able, active, clusters.count, len(profiles), parameters)
    _spill_over_from_science(learned, population, able, active, parameters)
    keys = np.array([key(Purpose.MOBILITY), key(Purpose.MOBILITY_FROM)], dtype=np.uint64)
    _move_researchers(learned, knowledge, able, active, population.id, population.country, addresses, book, keys, p)
    return learned


@njit(cache=True)
def _capacity(knowledge, students):
    """a_i' = a_i + (1 - a_i) s_i of every row, f8[capacity]."""
    able = np.empty(knowledge.shape[0])
    for i in range(knowledge.shape[0]):
        own = absorption(depth(knowledge, i))
        able[i] = own + (1.0 - own) * students[i]
    return able


@njit(cache=True)
def _fill_gap(learned, knowledge, i, j, share):
    for f in range(knowledge.shape[1]):
        learned[i, f] += share * max(knowledge[j, f] - knowledge[i, f], 0.0)


@njit(cache=True)
def _transfer(learned, knowledge, able, i, j, rate, p):
    """rate a_i' exp(-(1 - P_ij) / (reach + stretch a_i')) max(k_j - k_i, 0) (Cowan and Jonard 2004; Nooteboom 2007)."""
    follows = math.exp(-(1.0 - proximity(knowledge, i, j)) / (p.reach + p.stretch * able[i]))
    _fill_gap(learned, knowledge, i, j, rate * able[i] * follows)


@njit(cache=True)
def _transfer_in_projects(learned, knowledge, able, projects, weight, p):
    """Each member learns from each other member; a row that stands for many real organisations carries only its share of the project."""
    if p.transfer_project == 0.0:
        return
    for r in range(projects.status.shape[0]):
        if projects.status[r] != Status.ACTIVE:
            continue
        members = projects.members[r]
        for m in range(projects.size[r]):
            rate = p.transfer_project * projects.weight[r] / weight[members[m]]
            for n in range(projects.size[r]):
                if n != m:
                    _transfer(learned, knowledge, able, members[m], members[n], rate, p)


@njit(cache=True)
def _transfer_in_business(learned, knowledge, able, ties, weight, p):
    if p.transfer_business == 0.0:
        return
    for tie in range(ties.marks[0]):
        a, b = ties.a[tie], ties.b[tie]
        if a >= 0 and ties.business[tie]:
            # of the organisations a row stands for, only as many do business with the other as there are of the rarer
            shared = min(weight[a], weight[b])
            _transfer(learned, knowledge, able, a, b, p.transfer_business * shared / weight[a], p)
            _transfer(learned, knowledge, able, b, a, p.transfer_business * shared / weight[b], p)


def _spill_over_in_clusters(
    learned: np.ndarray,
    population: Population,
    able: np.ndarray,
    active: np.ndarray,
    clusters: int,
    sectors: int,
    parameters: LearningParameters,
) -> None:
    """Own sector: gap to the mean of the other members of one's sector.  Variety: gap to the mean of all members of other sectors."""
    knowledge = population.knowledge
    member = active & (population.cluster >= 0)
    cluster = np.where(member, population.cluster, -1).astype(np.int64)
    part = np.where(member, cluster * sectors + population.sector, -1)
    in_part, count_part = totals(knowledge, part, clusters * sectors)
    in_cluster, count_cluster = totals(knowledge, cluster, clusters)
    _learn_from_mean(learned, knowledge, able, part, in_part, count_part, member, parameters.spillover_sector)
    in_rest, count_rest = np.repeat(in_cluster, sectors, axis=0) - in_part, np.repeat(count_cluster, sectors) - count_part
    _learn_from_mean(learned, knowledge, able, part, in_rest, count_rest, np.zeros_like(member), parameters.spillover_variety)


def _spill_over_from_science(
    learned: np.ndarray, population: Population, able: np.ndarray, active: np.ndarray, parameters: LearningParameters
) -> None:
    """Gap to the mean of the (other) universities and institutes of one's place."""
    places = int(population.place.max(initial=0)) + 1
    place = np.where(active, population.place, -1).astype(np.int64)
    science = active & (population.kind != Kind.FIRM)
    total, count = totals(population.knowledge, np.where(science, place, -1), places)
    _learn_from_mean(learned, population.knowledge, able, place, total, count, science, parameters.spillover_science)


@njit(cache=True)
def totals(knowledge, group, groups):
    """Sum f8[groups, F] and number i8[groups] of the knowledge rows of each group; a row of group -1 counts nowhere."""
    total = np.zeros((groups, knowledge.shape[1]))
    count = np.zeros(groups, np.int64)
    for i in range(group.shape[0]):
        g = group[i]
        if g >= 0:
            count[g] += 1
            for f in range(knowledge.shape[1]):
                total[g, f] += knowledge[i, f]
    return total, count


@njit(cache=True)
def _learn_from_mean(learned, knowledge, able, group, total, count, inside, rate):
    """rate a_i' max(mean of group - k_i, 0), the mean being over others: who is inside the total is taken out of it."""
    if rate == 0.0:
        return
    for i in range(group.shape[0]):
        g = group[i]
        if g < 0:
            continue
        others = count[g] - 1 if inside[i] else count[g]
        if others <= 0:
            continue
        share = rate * able[i]
        for f in range(knowledge.shape[1]):
            held = total[g, f] - knowledge[i, f] if inside[i] else total[g, f]
            learned[i, f] += share * max(held / others - knowledge[i, f], 0.0)


@njit(cache=True)
def _move_researchers(learned, knowledge, able, active, ids, country, addresses, book, keys, p):
    """Hire a researcher from a drawn organisation of one's country: i gains a part of the gap, who is left loses a part of all."""
    if p.mobility == 0.0:
        return
    left = np.zeros(ids.shape[0], np.int64)
    for i in range(ids.shape[0]):
        if not active[i] or unit(bits(keys[0], ids[i], 0)) >= p.mobility:
            continue
        j = _somebody(i, ids, active, addresses[country[i], : book[country[i]]], keys[1], p.mobility_tries)
        if j >= 0:
            _fill_gap(learned, knowledge, i, j, p.mobility_gain * able[i])
            left[j] += 1
    for j in range(ids.shape[0]):
        for _ in range(left[j]):
            for f in range(knowledge.shape[1]):
                learned[j, f] *= 1.0 - p.mobility_loss


@njit(cache=True)
def _somebody(i, ids, active, book, key, tries):
    """Row at the first of some drawn addresses that holds another active organisation, or -1."""
    for attempt in range(tries):
        j = book[int(unit(bits(key, ids[i], attempt)) * book.shape[0])]
        if j >= 0 and j != i and active[j]:
            return j
    return -1
