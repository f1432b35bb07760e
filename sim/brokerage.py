"""Cluster organisations meet: who is paired with whom, and how far clusters get with each other.

An event draws a cluster to be host in proportion to outward orientation, then the guest cluster with the highest
    mutual interest (cosine of mean knowledge) + reputation + base (they have agreed before) + noise,
within the programme's sectors, stages and scope ([NM21]: mutual scientific interest, existing base, priorities).  After an event both
cluster organisations sign a memorandum if   memo_base + memo_interest x (interest + reputation) + orientation + e > 0   on both sides.
Clusters with a memorandum have a common project once a project with members of both starts, and business once their firms do business.
Reputation: how able another cluster organisation is cannot be seen, so it is taken for an average one; a label shows its capability.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, exponential, logistic, normal, open_unit, pair_bits
from agents.meeting_places import CROSS_BORDER, IN_CLUSTER
from agents.parameters import number
from agents.ties import Reached
from sim.eligibility import STAGES

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True)
class BrokerageParameters:
    """Parameters of pairing and agreement between cluster organisations."""

    base: float = number("index", 0, 1, "guess: bonus for a pair that has agreed before", null=0)
    noise: float = number("sd of interest", 0, 1, "guess", null=0)
    signal: float = number("index / capability", 0, 2, "guess: how much a labelled capability above the average counts", null=0)
    memo_base: float = number("logit", -10, 5, "calibrated (docs/evidence.md): 40 memoranda in 370 events [N20]")
    memo_interest: float = number("logit / cosine", 0, 10, "guess", null=0)
    memo_orientation: float = number("logit / orientation", 0, 5, "guess", null=0)


@njit(cache=True)
def _host(k, key, orientation, may):
    """Row of the host cluster, drawn in proportion to orientation by rendezvous; -1 if none may."""
    best = 0.0
    chosen = -1
    for c in range(len(key)):
        if not may[c] or orientation[c] <= 0.0:
            continue
        wait = exponential(open_unit(bits(k, key[c], 0))) / orientation[c]
        if chosen < 0 or wait < best:
            best, chosen = wait, c
    return chosen


@njit(cache=True)
def interest(knowledge, c, d):
    """Mutual interest of two clusters: cosine of their members' mean knowledge, in [0, 1]; 0 where one has none."""
    inner, own, other = 0.0, 0.0, 0.0
    for f in range(knowledge.shape[1]):
        inner += knowledge[c, f] * knowledge[d, f]
        own += knowledge[c, f] * knowledge[c, f]
        other += knowledge[d, f] * knowledge[d, f]
    return inner / np.sqrt(own * other) if own > 0.0 and other > 0.0 else 0.0


@njit(cache=True)
def _guest(k, key, knowledge, reputation, agreed, may, host, base, noise):
    """Row of the guest cluster; agreed (clusters,): has the host agreed with it before; reputation f8 (clusters,)."""
    best = 0.0
    chosen = -1
    for c in range(len(key)):
        if not may[c] or c == host:
            continue
        score = interest(knowledge, host, c) + reputation[c] + noise * normal(open_unit(pair_bits(k, key[host], key[c])))
        if agreed[c]:
            score += base
        if chosen < 0 or score > best:
            best, chosen = score, c
    return chosen


@njit(cache=True)
def _error(k, a, b):
    """The logistic error of cluster organisation a about b."""
    return logistic(open_unit(bits(k, a, b)))


def suitable(world: "World", programme: "Programme") -> np.ndarray:
    """Clusters of two members or more that a programme is for, by key product and stage, bool (clusters,)."""
    clusters, target = world.clusters, programme.instrument.target
    fits = clusters.members > 1
    if target.sectors:
        fits &= np.isin(clusters.sector, [world.sectors.name.index(name) for name in target.sectors if name in world.sectors.name])
    fits &= programme.reaches(clusters.country, clusters.sector)
    if target.cluster_stages:
        fits &= np.isin(clusters.stage, [STAGES[stage] for stage in target.cluster_stages])
    return fits


def at_home(world: "World", programme: "Programme") -> np.ndarray:
    """Clusters seated in a country that pays for the programme, bool (clusters,)."""
    return np.isin(np.array(world.countries.iso), programme.payers(world))[world.clusters.country]


def reputation(world: "World") -> np.ndarray:
    """What is seen of a cluster organisation's ability, in units of interest, f8 (clusters,): 0 without a label."""
    clusters = world.clusters
    there = clusters.capability[clusters.members > 1]
    average = float(sum(there.tolist())) / max(1, len(there))
    return np.where(clusters.labelled, world.config.behaviour.brokerage.signal * (clusters.capability - average), 0.0)


class Brokerage:
    """How far each pair of clusters has come, {(smaller key, larger key): Reached}, and until when labels are valid, {key: quarter}."""

    def __init__(self) -> None:
        self.reached: dict[tuple[int, int], int] = {}
        self.labels: dict[int, int] = {}

    def host(self, world: "World", k: np.uint64, programme: "Programme", fresh: np.ndarray) -> int:
        """Row of the cluster that holds an event, whose members look for partners; -1 if there is none.

        fresh: bool (rows,), organisations that may still come; a host needs two of them among its members.
        """
        clusters = world.clusters
        ready = np.bincount(world.population.cluster[fresh & (world.population.cluster >= 0)], minlength=clusters.count) > 1
        may = suitable(world, programme) & at_home(world, programme) & ready
        return int(_host(k, clusters.key, clusters.orientation, may))

    def guest(self, world: "World", k: np.uint64, programme: "Programme", scope: int, host: int) -> int:
        """Row of the cluster that the host invites, its own for a scope inside clusters; -1 if none fits."""
        if scope == IN_CLUSTER:
            return host
        clusters, p, may = world.clusters, world.config.behaviour.brokerage, suitable(world, programme)
        may &= world.levers.closed[clusters.country[host], clusters.country] < 1.0
        if scope == CROSS_BORDER:
            may &= clusters.country != clusters.country[host]
        agreed = np.array([self.stage(clusters.key, host, c) >= Reached.AGREED for c in range(clusters.count)])
        return int(_guest(k, clusters.key, clusters.knowledge, reputation(world), agreed, may, host, p.base, p.noise))

    def stage(self, key: np.ndarray, c: int, d: int) -> int:
        """How far clusters of rows c and d have come, -1 if they never met."""
        return self.reached.get(_names(key, c, d), -1)

    def advance(self, world: "World", c: int, d: int, to: Reached) -> None:
        """The pair has reached `to`: count every stage between once, with the smaller weight of the two seats' countries."""
        seats = world.clusters.country
        weight = float(min(world.countries.weight[seats[c]], world.countries.weight[seats[d]]))
        names = _names(world.clusters.key, c, d)
        before = self.reached.get(names, -1)
        world.flows.cluster_ladder[before + 1 : to + 1] += weight
        self.reached[names] = max(before, int(to))

    def meet(self, world: "World", k: np.uint64, host: int, guest: int) -> None:
        """Two cluster organisations have held an event: count it, and let them sign a memorandum if both wish."""
        if host == guest:
            return
        clusters, p = world.clusters, world.config.behaviour.brokerage
        self.advance(world, host, guest, Reached.MET)
        common, seen = float(interest(clusters.knowledge, host, guest)), reputation(world)
        z = np.uint64(bits(world.key(Purpose.CLUSTER_AGREE), k, 0))
        sides = ((host, guest), (guest, host))
        errors = [float(_error(z, clusters.key[c], clusters.key[d])) for c, d in sides]
        wishes = [
            p.memo_base + p.memo_interest * (common + float(seen[d])) + p.memo_orientation * float(clusters.orientation[c])
            for c, d in sides
        ]
        if all(wish + error > 0.0 for wish, error in zip(wishes, errors, strict=True)):
            self.advance(world, host, guest, Reached.AGREED)


def forget(world: "World", rate: float) -> None:
    """Trained people leave their posts, so ability falls back to what it was without training; labels run out.

    rate: 1 / quarter, part of what training has added that is lost.
    Writes: clusters.capability, orientation and labelled; countries.delivery.
    """
    clusters, countries = world.clusters, world.countries
    clusters.capability[:] = clusters.capability + rate * (clusters.capability_start - clusters.capability)
    clusters.orientation[:] = clusters.orientation + rate * (clusters.orientation_start - clusters.orientation)
    countries.delivery[:] = countries.delivery + rate * (countries.delivery_start - countries.delivery)
    valid = [world.brokerage.labels.get(key, 0) > world.quarter + 1 for key in clusters.key.tolist()]
    clusters.labelled[:] = np.array(valid, bool)


def _names(key: np.ndarray, c: int, d: int) -> tuple[int, int]:
    a, b = int(key[c]), int(key[d])
    return (a, b) if a < b else (b, a)
