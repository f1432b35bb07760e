"""Cluster infrastructure in public-private partnership: a centre, shared equipment, an incubator, technology transfer [PY17, N20].

A cluster plans to build a part of what it still lacks.  Its firms are asked for the private share in proportion to their sales; those
that have the cash, know of the programme and find the state's money pay, and the state adds its share to what they really pay.
What it brings is in sim/infrastructure.py: cheaper parts of projects, easier starts.  It wears, and those who did not pay use it too.
Members asked who can pay do pay, whether or not it is worth it to them, and what they would have built without the state is left out:
read its effects as an upper bound.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from agents.population import Kind
from sim.infrastructure import build, of_members
from sim.instrument import Instrument
from sim.partnership import co_finance

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrastructure(Instrument):
    """Adds `share` of what members of a cluster pay for its shared infrastructure."""

    kind: ClassVar[str] = "infrastructure"

    share: float = number("public share of the cost", 0.25, 0.9, "design: half, as in partnerships of equals; less moves nobody")
    cost: float = number("mln int$ / member", 1e-4, 100, "guess: what equips a member")
    pace: float = number("1 / quarter", 0, 1, "guess: part of what is missing that a cluster plans to build", null=0)

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Members of clusters."""
        return world.population.cluster >= 0

    def govern(self, world: "World", programme: "Programme") -> None:
        """Asks members, adds the state's share, builds."""
        people, clusters = world.population, world.clusters
        present = people.alive & (people.staff > 0.0) & (people.cluster >= 0)
        members, sales = _members(people.cluster, present, people.kind, people.sales_mean, world.weight, clusters.count)
        planned = (1.0 - self.share) * self.pace * self.cost * members * (1.0 - clusters.infrastructure)
        a_unit = planned / np.where(sales > 0.0, sales, np.inf)  # of sales
        asked = np.where(present & (people.kind == Kind.FIRM), people.sales_mean * of_members(a_unit, people.cluster), 0.0)
        public = self.share / (1.0 - self.share) * asked
        pays = co_finance(world, programme, "fixed", public, asked)
        invested = _by_cluster(np.where(pays, asked + public, 0.0), world.weight, people.cluster, clusters.count)
        build(clusters.infrastructure, invested, self.cost * members)


@njit(cache=True)
def _members(cluster, present, kind, sales_mean, weight, count):
    """Real members and real sales of its firms, f8 (count,) each."""
    members, sales = np.zeros(count), np.zeros(count)
    for i in range(len(cluster)):
        if present[i]:
            members[cluster[i]] += weight[i]
            if kind[i] == 0:
                sales[cluster[i]] += sales_mean[i] * weight[i]
    return members, sales


@njit(cache=True)
def _by_cluster(amount, weight, cluster, count):
    sums = np.zeros(count)
    for i in range(len(amount)):
        if amount[i] > 0.0:
            sums[cluster[i]] += amount[i] * weight[i]
    return sums
