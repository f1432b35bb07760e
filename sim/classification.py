"""The seven ways of [PY17] to classify a cluster, read once a year off what its members are, do and have become.

Every threshold is a declared number; a class only describes and nothing in the world reads it.  A cluster without members is in no class.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.knowledge import depth
from agents.membership import Survey
from agents.parameters import number
from agents.population import Kind
from agents.ties import TieStage

if TYPE_CHECKING:
    from sim.world import World

CLASSES: dict[str, tuple[str, ...]] = {
    "localisation": ("local", "national", "international"),
    "relations": ("potential", "actual"),
    "scope": ("narrow", "wide"),
    "depth": ("shallow", "deep"),
    "life": ("emerging", "developing", "declining"),
    "centres": ("monocentre", "megacentre"),
    "level": ("neither", "innovation", "innovative_industrial"),
}
"""Classification -> its classes, in the order of their numbers; "neither": innovates too seldom for either level."""
NO_CLASS = -1

Classes = dict[str, np.ndarray]
"""Classification -> number of the class of each cluster, i1 (count,), NO_CLASS without members."""
Books = dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]
"""Year -> (members, sales a member, research) of every cluster there was."""


@dataclass(frozen=True, slots=True)
class ClassificationParameters:
    """Where one class of cluster ends and the next begins."""

    local_share: float = number("share", 0, 1, "guess; members in the city of the seat from which a cluster is local")
    international_share: float = number("share", 0, 1, "guess; members abroad from which it is international")
    actual_share: float = number("share", 0, 1, "guess; members with a partner inside from which an association's relations are actual")
    wide_makers: int = number("count", 1, 100, "guess; makers of the key product from which its scope is wide", whole=True)
    deep_stages: int = number("count", 1, 3, "guess; processing stages of the key product present from which it is deep", whole=True)
    look_back: int = number("years", 1, 10, "guess; over which the life cycle is read", whole=True)
    steady: float = number("share", 0, 1, "guess; a change over the years looked back that is none")
    emerging_growth: float = number("share", 0, 10, "guess; growth of members over these years with which it is still emerging")
    declining_signs: int = number("count", 1, 3, "guess; of members, productivity, investment must fall in decline", whole=True)
    subcluster_members: int = number("count", 1, 100, "guess; members of one sector that make a sub-cluster", whole=True)
    megacentre_subclusters: int = number("count", 2, 10, "[PY17]: several", whole=True)
    research_share: float = number("share", 0, 1, "guess; of members' R&D done by science from which it is around research centres")
    innovators_share: float = number("share", 0, 1, "guess; firms with an innovation in a year from which it innovates systematically")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What members are and do, arrays over rows of clusters; members are active organisations, unweighted."""

    seated: np.ndarray  # i8, in the city of the seat
    abroad: np.ndarray  # i8, in another country than the seat
    firms: np.ndarray  # i8
    innovators: np.ndarray  # i8, firms with an innovation in the last four quarters
    makers: np.ndarray  # i8, firms that make the final stage of the key product
    stages: np.ndarray  # i8, processing stages of the key product that some member firm makes
    subclusters: np.ndarray  # i8, sectors with at least subcluster_members members
    science: np.ndarray  # f8, R&D of universities and institutes, mln int$ / quarter, smoothed
    sales: np.ndarray  # f8, sales of firms, mln int$ / quarter
    profit: np.ndarray  # f8, profit of firms, mln int$ / quarter
    ties: np.ndarray  # i8, partnerships (memorandum or more) of members, each once
    outside: np.ndarray  # i8, of them with partners outside the cluster
    distance: np.ndarray  # f8, mean cognitive distance 1 - P_ij (Jaffe 1986) over pairs of members, nan with fewer than two


def dissect(world: "World") -> Anatomy:
    """Look at the members of every cluster.  Reads population, ties, clusters country place sector, sectors stages; writes nothing."""
    people, clusters, count = world.population, world.clusters, world.clusters.count
    cluster = np.where(people.alive & (people.staff > 0.0), people.cluster, -1)
    numbers, money = np.zeros((count, 5), np.int64), np.zeros((count, 3))
    stages, sectors = np.zeros((count, 3), np.int64), np.zeros((count, len(world.sectors)), np.int64)
    seats = (clusters.place, clusters.country, clusters.sector, world.sectors.stages[clusters.sector] - 1)
    members = (people.kind, people.place, people.country, people.sector, people.stage, people.innovations_year)
    flows = (people.research_mean, people.sales, people.profit)
    _dissect(cluster, seats, members, flows, numbers, money, stages, sectors)
    ties = np.zeros((count, 2), np.int64)
    _ties(cluster, people.alive & (people.staff > 0.0), world.ties.table(), ties)
    least = world.config.behaviour.classification.subcluster_members
    subclusters = (sectors >= least).sum(axis=1)
    return Anatomy(
        seated=numbers[:, 0], abroad=numbers[:, 1], firms=numbers[:, 2], innovators=numbers[:, 3], makers=numbers[:, 4],
        stages=(stages > 0).sum(axis=1), subclusters=subclusters, science=money[:, 0], sales=money[:, 1], profit=money[:, 2],
        ties=ties[:, 0], outside=ties[:, 1], distance=_distance(cluster, people.knowledge, count),
    )  # fmt: skip


def classify(
    founded: np.ndarray, high_tech: np.ndarray, now: Survey, body: Anatomy, life: np.ndarray, p: ClassificationParameters
) -> Classes:
    """All seven, i1 (count,) each.  founded, high_tech bool (count,): an association; the key product is a high-tech good.  life: `lives`.

    relations are actual where members are networked and an association stands for a common goal.  Level: innovation where research centres
    do enough of the R&D and firms bring it to market, innovative-industrial where firms of a high-tech key product innovate without them.
    """
    members = np.maximum(now.members, 1)
    innovates = (body.firms > 0) & (body.innovators >= p.innovators_share * body.firms)
    around_science = (body.science > 0.0) & (body.science >= p.research_share * now.research)
    local = np.where(body.seated >= p.local_share * members, 0, 1)
    found = {
        "localisation": np.where((body.abroad > 0) & (body.abroad >= p.international_share * members), 2, local),
        "relations": founded & (now.networked >= p.actual_share),
        "scope": body.makers >= p.wide_makers,
        "depth": body.stages >= p.deep_stages,
        "life": life,
        "centres": body.subclusters >= p.megacentre_subclusters,
        "level": np.where(innovates & around_science, 1, np.where(innovates & high_tech, 2, 0)),
    }
    return {name: np.where(now.members > 0, found[name], NO_CLASS).astype(np.int8) for name in CLASSES}


def lives(year: int, books: Books, p: ClassificationParameters) -> np.ndarray:
    """Number of the class of the life cycle, read off members, productivity and investment [PY17], i8 (count,).

    Compared with the oldest of the last look_back years in which the cluster had members: declining where at least declining_signs of the
    three fell by more than `steady`; emerging where there is no such year or members grew by at least emerging_growth; else developing.
    """
    now = books[year]
    then = [np.full(len(column), np.nan) for column in now]
    for earlier in sorted(y for y in books if year - p.look_back <= y < year):
        past = books[earlier]
        rows = np.flatnonzero(past[0] > 0)  # clusters may have been added since, at the end
        rows = rows[np.isnan(then[0][rows])]
        for old, column in zip(then, past, strict=True):
            old[rows] = column[rows]
    fell = sum((new < (1.0 - p.steady) * old).astype(np.int64) for new, old in zip(now, then, strict=True))
    young = np.isnan(then[0]) | (now[0] >= (1.0 + p.emerging_growth) * then[0])
    return np.where(fell >= p.declining_signs, 2, np.where(young, 0, 1))


def book(now: Survey) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a later year is compared with: members, sales a member, research."""
    return now.members.astype(np.float64), now.sales / np.maximum(now.members, 1), now.research.copy()


@njit(cache=True)
def _dissect(cluster, seats, members, flows, numbers, money, stages, sectors):
    seat_place, seat_country, key_sector, final = seats
    kind, place, country, sector, stage, innovations = members
    research, sales, profit = flows
    for i in range(cluster.shape[0]):
        c = cluster[i]
        if c < 0:
            continue
        numbers[c, 0] += place[i] == seat_place[c]
        numbers[c, 1] += country[i] != seat_country[c]
        sectors[c, sector[i]] += 1
        if kind[i] != Kind.FIRM:
            money[c, 0] += research[i]
            continue
        numbers[c, 2] += 1
        numbers[c, 3] += innovations[i] > 0
        money[c, 1] += sales[i]
        money[c, 2] += profit[i]
        if sector[i] == key_sector[c]:
            stages[c, stage[i]] += 1
            numbers[c, 4] += stage[i] == final[c]


@njit(cache=True)
def _ties(cluster, active, ties, counts):
    """Add every partnership of active organisations to counts i8 (clusters, 2): all of a cluster's, those that lead out of it."""
    for tie in range(ties.marks[0]):
        a, b = ties.a[tie], ties.b[tie]
        if a < 0 or ties.stage[tie] < TieStage.MEMORANDUM or not (active[a] and active[b]):
            continue
        if cluster[a] == cluster[b]:
            if cluster[a] >= 0:
                counts[cluster[a], 0] += 1
            continue
        for c in (cluster[a], cluster[b]):
            if c >= 0:
                counts[c, 0] += 1
                counts[c, 1] += 1


@njit(cache=True)
def _distance(cluster, knowledge, count):
    """1 - (|sum_i k_i/|k_i||^2 - n) / (n (n - 1)): the mean over pairs without going through pairs, f8 (count,); nan below two members."""
    total, members = np.zeros((count, knowledge.shape[1])), np.zeros(count)
    for i in range(cluster.shape[0]):
        length = depth(knowledge, i)
        if cluster[i] >= 0 and length > 0.0:
            members[cluster[i]] += 1.0
            for f in range(knowledge.shape[1]):
                total[cluster[i], f] += knowledge[i, f] / length
    distance = np.full(count, np.nan)
    for c in range(count):
        if members[c] > 1.0:
            squares = depth(total, c) ** 2
            distance[c] = 1.0 - (squares - members[c]) / (members[c] * (members[c] - 1.0))
    return distance
