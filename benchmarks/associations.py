"""What the articles' predictions are read from: associations inside one world, given size, sector, R&D and country.

Every function returns plain numbers of one history; benchmarks/predictions.py takes their mean and interval over seeds, so an interval
speaks of luck, and a number of an association, not of a cause.  Only living organisations with staff count; nothing is weighted.
"""

from dataclasses import dataclass

import numpy as np

from agents.population import Kind
from agents.ties import TieStage
from sim.evidence.measures.associations import FEW, Firms, hazard_ratio
from sim.evidence.measures.regression import dummies, least_squares, poisson
from sim.evidence.watch import NAN
from sim.world import World


@dataclass(frozen=True, slots=True)
class People:
    """Firms as they were at one time, columns (n,), by their lasting id."""

    firms: Firms
    cluster: np.ndarray
    fitness: np.ndarray  # ln quality - ln unit cost
    quality: np.ndarray  # ln

    @classmethod
    def of(cls, world: World) -> "People":
        """All firms of policy countries."""
        people, firms = world.population, Firms.of(world)
        quality = np.log(people.quality[firms.rows])
        return cls(firms, people.cluster[firms.rows].copy(), quality - np.log(people.unit_cost[firms.rows]), quality)

    @property
    def id(self) -> np.ndarray:
        """Lasting ids."""
        return self.firms.id

    @property
    def rows(self) -> np.ndarray:
        """Where they stood in the population then."""
        return self.firms.rows

    @property
    def member(self) -> np.ndarray:
        """Of a cluster, bool."""
        return self.firms.member

    @property
    def controls(self) -> np.ndarray:
        """f8 (n, k): 1, ln staff, ln R&D, countries, sectors."""
        return self.firms.controls


def survivors(before: People, now: People) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the same firms then and now."""
    _, then, later = np.intersect1d(before.id, now.id, return_indices=True)
    return then, later


@dataclass(frozen=True, slots=True)
class Partners:
    """Partnerships (memorandum or more) of every row, f8 (rows,)."""

    all: np.ndarray
    inside: np.ndarray  # of the same cluster
    across: np.ndarray  # of another cluster
    abroad: np.ndarray
    business_abroad: np.ndarray

    @classmethod
    def of(cls, world: World) -> "Partners":
        """As they are now."""
        people, ties = world.population, world.ties
        living = ties.living()
        living = living[ties.stage[living] >= TieStage.MEMORANDUM]
        a, b = ties.a[living], ties.b[living]
        clustered = (people.cluster[a] >= 0) & (people.cluster[b] >= 0)
        same, abroad = people.cluster[a] == people.cluster[b], people.country[a] != people.country[b]

        def degree(marks: np.ndarray) -> np.ndarray:
            both = np.concatenate([marks, marks]).astype(np.float64)
            return np.bincount(np.concatenate([a, b]), weights=both, minlength=people.capacity)

        return cls(degree(np.ones(len(living))), degree(clustered & same), degree(clustered & ~same), degree(abroad),
                   degree(abroad & ties.business[living]))  # fmt: skip


class Waiting:
    """How long the firms of one moment wait for their first foreign partner in a project."""

    def __init__(self, world: World) -> None:
        firms = People.of(world)
        fresh = world.population.first_foreign[firms.rows] < 0
        networked = Partners.of(world).all[firms.rows] > 0.0
        self.began = world.quarter
        self.id, self.rows = firms.id[fresh], firms.rows[fresh]
        self.marks = {"member": firms.member[fresh], "networked": networked[fresh]}
        self.controls = firms.controls[fresh]
        self.met = np.full(len(self.id), -1)
        self.seen = np.zeros(len(self.id))

    def look(self, world: World) -> None:
        """At the end of a quarter: who is still there, and who has found one."""
        people = world.population
        there = (people.id[self.rows] == self.id) & (self.met < 0)
        self.seen += there
        found = there & (people.first_foreign[self.rows] >= 0)
        self.met[found] = world.quarter

    def hazard_ratio(self, mark: str) -> float:
        """Hazard of those with a mark over that of those without, given the controls."""
        return hazard_ratio(self.met >= 0, self.seen, self.marks[mark], self.controls)


def premium(firms: People, value: np.ndarray) -> float:
    """How much more members have of something than outsiders, given the controls."""
    keep = np.isfinite(value)
    x = np.column_stack([firms.controls, firms.member.astype(np.float64)])
    return float(least_squares(value[keep], x[keep])[-1])


def growth(before: People, now: People, mark: np.ndarray, of: str = "fitness") -> float:
    """How much more the marked firms (n,) of `before` gained in fitness or quality until now, given controls and where they began."""
    then, later = survivors(before, now)
    start = getattr(before, of)[then]
    x = np.column_stack([before.controls[then], start, mark[then].astype(np.float64)])
    return float(least_squares(getattr(now, of)[later] - start, x)[-1])


def coopetition(world: World, firms: People, now: People, partners: Partners) -> dict[str, float]:
    """Fitness gained by cluster members with partners and rivals inside, over those with one of the two only.

    Rivals: firms of the same sector and stage in the same cluster.
    """
    people = world.population
    cell = np.stack([firms.cluster, people.sector[firms.rows], people.stage[firms.rows]], axis=1)
    _, which, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    rival = firms.member & (count[which.ravel()] > 1)
    friend = partners.inside[firms.rows] > 0.0
    then, later = survivors(firms, now)
    then, later = then[firms.member[then]], later[firms.member[then]]
    both, only_friend, only_rival = (rival & friend)[then], (~rival & friend)[then], (rival & ~friend)[then]
    x = np.column_stack([firms.controls[then], firms.fitness[then], both, only_friend, only_rival])
    gain = least_squares(now.fitness[later] - firms.fitness[then], x)[-3:]
    return {"both over cooperation": float(gain[0] - gain[1]), "both over competition": float(gain[0] - gain[2])}


def inward(world: World) -> float:
    """Of the partnerships of cluster members, the share inside their own cluster."""
    people, partners = world.population, Partners.of(world)
    member = people.alive & (people.cluster >= 0) & world.countries.policy[people.country]
    total = float(partners.all[member].sum())
    return float(partners.inside[member].sum()) / total if total else NAN


def by_cluster(world: World) -> dict[str, np.ndarray]:
    """Competitiveness (members' mean fitness over their sectors' frontier) and outward links a member; nan for a cluster of few firms."""
    firms, partners = People.of(world), Partners.of(world)
    ahead = firms.fitness - world.market.frontier[world.population.sector[firms.rows]]
    cluster, inside = firms.cluster[firms.member], firms.rows[firms.member]
    count = np.bincount(cluster, minlength=world.clusters.count).astype(np.float64)
    size = np.where(count >= FEW, count, NAN)
    return {
        "competitive": np.bincount(cluster, weights=ahead[firms.member], minlength=world.clusters.count) / size,
        "links": np.bincount(cluster, weights=partners.across[inside], minlength=world.clusters.count) / size,
    }


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's, over entries that both have; nan for fewer than five."""
    both = np.isfinite(one) & np.isfinite(other)
    if np.count_nonzero(both) < 5:
        return NAN
    ranks = [np.argsort(np.argsort(values[both], kind="stable"), kind="stable").astype(np.float64) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1]) if all(rank.std() > 0.0 for rank in ranks) else NAN


def attraction(world: World) -> float:
    """Log of how many more affiliates a sector draws per firm with .1 more of its firms in clusters, given the country."""
    people, sectors = world.population, len(world.sectors)
    firm = people.alive & (people.kind == Kind.FIRM) & world.countries.policy[people.country]
    cell = people.country.astype(np.int64) * sectors + people.sector

    def count(rows: np.ndarray) -> np.ndarray:
        return np.bincount(cell[rows], minlength=len(world.countries) * sectors).astype(np.float64)

    local = firm & ~people.foreign
    firms, members, came = count(local), count(local & (people.cluster >= 0)), count(firm & people.foreign)
    use = firms >= FEW
    if came[use].sum() < FEW:
        return NAN
    x = np.column_stack([np.ones(use.sum()), dummies(np.flatnonzero(use) // sectors), members[use] / firms[use]])
    return 0.1 * float(poisson(came[use], firms[use], x)[-1])


def high_tech_exports(world: World) -> float:
    """Part of their sales that firms of high technology make abroad, policy countries together."""
    people = world.population
    firm = people.alive & (people.kind == Kind.FIRM) & world.countries.policy[people.country] & world.sectors.high_tech[people.sector]
    weight = world.weight[firm]
    sales = float((people.sales[firm] * weight).sum())
    return float((people.export_sales[firm] * weight).sum()) / sales if sales else NAN


def export_gain(before: People, world: World, exports: np.ndarray, across: np.ndarray) -> float:
    """How much more the export share of high-technology firms rose with partners in another cluster, given controls and the share then.

    exports, across f8 (n,): shares and such partners of the firms of `before`.
    """
    people, now = world.population, People.of(world)
    then, later = survivors(before, now)
    rows = now.rows[later]
    high = world.sectors.high_tech[people.sector[rows]]
    share = people.export_sales[rows] / np.maximum(people.sales[rows], 1e-9)
    x = np.column_stack([before.controls[then], exports[then], across[then] > 0.0])
    return float(least_squares((share - exports[then])[high], x[high])[-1])
