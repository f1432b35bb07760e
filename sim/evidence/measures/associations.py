"""Associations inside one history that the articles predict: what members of clusters have and others have not, given what they are.

A coefficient is that of an association, not of a cause.  Only living firms of policy countries with staff count; nothing is weighted.
"""

from dataclasses import dataclass

import numpy as np

from agents.population import Kind
from sim.evidence.measures.regression import dummies, least_squares, poisson
from sim.evidence.watch import NAN, Values
from sim.world import World

FEW = 3
"""Firms at least, for a cluster, a cell or a side of a ratio of hazards to be looked at."""


@dataclass(frozen=True, slots=True)
class Firms:
    """Firms as they were at the opening, columns (n,)."""

    id: np.ndarray
    rows: np.ndarray
    member: np.ndarray  # bool, of a cluster
    controls: np.ndarray  # f8 (n, k): 1, ln staff, ln R&D, countries, sectors

    @classmethod
    def of(cls, world: World) -> "Firms":
        """All firms with staff in policy countries."""
        people = world.population
        rows = np.flatnonzero(people.alive & (people.staff > 0.0) & (people.kind == Kind.FIRM) & world.countries.policy[people.country])
        plain = np.column_stack([np.ones(len(rows)), np.log(people.staff[rows]), np.log(people.research_mean[rows] + 1e-6)])
        controls = np.hstack([plain, dummies(people.country[rows]), dummies(people.sector[rows])])
        return cls(people.id[rows].copy(), rows, people.cluster[rows] >= 0, controls)


class Members:
    """How members of clusters and others fare from one moment on: foreign partners and profits."""

    def __init__(self, world: World) -> None:
        self.firms = Firms.of(world)
        count = len(self.firms.id)
        self.fresh = world.population.first_foreign[self.firms.rows] < 0
        self.met, self.seen = np.zeros(count, bool), np.zeros(count)
        self.profit, self.sales = np.zeros(count), np.zeros(count)

    def look(self, world: World) -> None:
        """At the end of a quarter: who is still there, who has found a foreign partner, what everyone earned."""
        people, rows = world.population, self.firms.rows
        there = people.id[rows] == self.firms.id
        self.profit += np.where(there, people.profit[rows], 0.0)
        self.sales += np.where(there, people.sales[rows], 0.0)
        self.seen += there & self.fresh & ~self.met
        self.met |= there & self.fresh & (people.first_foreign[rows] >= 0)

    def measure(self) -> Values:
        """foreign_partner_hazard: hazard of members over that of others; members_profit: profit over sales, difference."""
        return {"foreign_partner_hazard": self._hazard(), "members_profit": self._premium()}

    def _hazard(self) -> float:
        return hazard_ratio(self.met, self.seen, self.firms.member, self.firms.controls)

    def _premium(self) -> float:
        sold = self.sales > 0.0
        if not sold.any():
            return NAN
        margin = np.clip(self.profit[sold] / self.sales[sold], -1.0, 1.0)
        x = np.column_stack([self.firms.controls[sold], self.firms.member[sold].astype(np.float64)])
        return float(least_squares(margin, x)[-1])


def hazard_ratio(met: np.ndarray, seen: np.ndarray, mark: np.ndarray, controls: np.ndarray) -> float:
    """Hazard of those with a mark over that of those without, given the controls, constant over time; nan if either meet hardly any.

    met, mark bool (n,); seen f8 (n,): quarters that each was looked at; controls f8 (n, k).
    """
    lived = seen > 0.0
    found, marked = met[lived].astype(np.float64), mark[lived]
    if min(found[marked].sum(), found[~marked].sum()) < FEW:
        return NAN
    x = np.column_stack([controls[lived], marked.astype(np.float64)])
    return float(np.exp(poisson(found, seen[lived], x)[-1]))
