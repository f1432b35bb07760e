"""Cluster-management label: an audit that lets others see how able a cluster organisation is.

Every `valid` quarters, in a quarter drawn for it, a cluster organisation is audited if there is money.  The jury sees its capability with
noise; from `threshold` on it bears the label until the next audit is due.  A label is a signal and nothing more: it makes nobody abler.
Who is labelled is judged by its capability, others are taken for average ones (sim/brokerage.py, `signal`), so what labelled clusters
gain as partners others lose, and a jury that errs may label the wrong ones.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, normal, open_unit
from agents.parameters import number
from sim.brokerage import at_home, suitable
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@njit(cache=True)
def _due(k, keys, age, valid):
    """Whose turn for an audit it is, bool (clusters,)."""
    due = np.zeros(len(keys), np.bool_)
    for c in range(len(keys)):
        due[c] = bits(k, keys[c], 0) % np.uint64(valid) == np.uint64(age % valid)
    return due


@njit(cache=True)
def _looks(k, keys, capability, noise):
    """Capability as the jury sees it, f8 (clusters,)."""
    seen = np.empty(len(keys))
    for c in range(len(keys)):
        seen[c] = capability[c] + noise * normal(open_unit(bits(k, keys[c], 0)))
    return seen


@njit(cache=True)
def _audited(k, keys, due, cost, purse, budget):
    """Audits in a drawn order while their purse lasts; cost f8 (clusters,), budget f8 (C,) by purse.  Returns bool (clusters,)."""
    done = np.zeros(len(keys), np.bool_)
    for c in np.argsort(np.array([bits(k, key, 1) for key in keys])):
        if due[c] and cost[c] <= budget[purse[c]]:
            budget[purse[c]] -= cost[c]
            done[c] = True
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Instrument):
    """Audits the clusters that its target names by sector and stage; the European label of cluster management is valid for two years."""

    kind: ClassVar[str] = "label"

    audit_cost: float = number("mln int$ / audit", 0, 1, "guess: a peer review on site", null=0)
    threshold: float = number("capability", 0, 1, "guess", null=1)
    noise: float = number("sd of capability", 0, 1, "guess: juries err", null=0)
    valid: int = number("quarters", 1, 40, "guess: two years", whole=True)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays audits and hands out labels; writes clusters.labelled."""
        clusters, people = world.clusters, world.population
        k = programme.lasting_key(world, Purpose.AWARD_PRIORITY)
        fits = suitable(world, programme) & at_home(world, programme)
        due = fits & _due(k, clusters.key, programme.age(world), self.valid)
        cost = self.audit_cost * world.countries.weight[clusters.country]
        done = _audited(k, clusters.key, due, cost, programme.purses()[clusters.country], programme.free(world))
        passed = done & (_looks(programme.key(world, Purpose.CALL_SCORE), clusters.key, clusters.capability, self.noise) >= self.threshold)
        world.brokerage.labels |= {int(key): world.quarter + self.valid for key in clusters.key[passed]}
        clusters.labelled[:] = clusters.labelled | passed
        audits = np.bincount(clusters.country[done], minlength=len(world.countries))
        programme.charge(world, "running", self.audit_cost * audits * world.countries.weight)
        programme.serve(world, (people.cluster >= 0) & done[people.cluster])
