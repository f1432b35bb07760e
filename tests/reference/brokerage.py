"""Cluster organisations meet: who is paired with whom, and how far they come (sim/brokerage.py)."""

import math
from typing import Any

from agents.clusters import ClusterStage
from agents.ties import Reached
from tests.reference.draws import bits, exponential, logistic, normal, open_unit, pair_bits
from tests.reference.people import Cluster, Organisation
from tests.reference.programme import Programme

Pair = tuple[int, int]


def names(c: Cluster, d: Cluster) -> Pair:
    """What a pair of clusters is called."""
    return min(c.key, d.key), max(c.key, d.key)


def interest(c: Cluster, d: Cluster) -> float:
    """Cosine of the members' mean knowledge."""
    own, other = sum(x * x for x in c.knowledge), sum(x * x for x in d.knowledge)
    inner = sum(x * y for x, y in zip(c.knowledge, d.knowledge, strict=True))
    return inner / math.sqrt(own * other) if own > 0.0 and other > 0.0 else 0.0


def stage(model: Any, c: Cluster, d: Cluster) -> int:
    """How far a pair of clusters has come, -1 if they never met."""
    return model.brokered.get(names(c, d), -1)


def advance(model: Any, c: Cluster, d: Cluster, to: Reached) -> None:
    """The pair has come so far."""
    model.brokered[names(c, d)] = max(to, stage(model, c, d))


def suitable(programme: Programme) -> list[Cluster]:
    """Clusters of two members or more that a programme is for."""
    model, target = programme.model, programme.plan.target
    return [
        c
        for c in model.clusters
        if c.members > 1
        and programme.reaches(c)
        and (not target.sectors or model.sector_names[c.sector] in target.sectors)
        and (not target.cluster_stages or ClusterStage(c.stage).name.lower() in target.cluster_stages)
    ]


def at_home(programme: Programme) -> list[Cluster]:
    """Of them, those of countries that pay."""
    return [c for c in suitable(programme) if c.country.iso in programme.payers()]


def reputation(model: Any, c: Cluster) -> float:
    """What a label shows: how much abler than the average c is."""
    if not c.labelled:
        return 0.0
    there = [each.capability for each in model.clusters if each.members > 1]
    return float(model.behaviour.brokerage.signal * (c.capability - sum(there) / max(1, len(there))))


def host_of(k: int, programme: Programme, fresh: list[Organisation]) -> Cluster | None:
    """Host, drawn by outward orientation among those of two members that may still come."""
    hosts = [c for c in at_home(programme) if c.orientation > 0.0 and sum(i.cluster is c for i in fresh) > 1]
    return min(hosts, key=lambda c: exponential(open_unit(bits(k, c.key))) / c.orientation) if hosts else None


def guest_of(k: int, programme: Programme, host: Cluster) -> Cluster | None:
    """Guest, of the most interest to the host."""
    model, plan, p = programme.model, programme.plan, programme.model.behaviour.brokerage
    if plan.scope == "in_cluster":
        return host
    shut = model.levers.closed[host.country.row]
    may = [c for c in suitable(programme) if shut[c.country.row] < 1.0]
    guests = [c for c in may if c is not host and (plan.scope != "cross_border" or c.country is not host.country)]

    def score(c: Cluster) -> float:
        existing = p.base if stage(model, host, c) >= Reached.AGREED else 0.0
        return interest(host, c) + reputation(model, c) + p.noise * normal(open_unit(pair_bits(k, host.key, c.key))) + existing

    return max(guests, key=score) if guests else None


def sign_memorandum(model: Any, k: int, host: Cluster, guest: Cluster) -> None:
    """The two cluster organisations have met; they sign if both wish."""
    advance(model, host, guest, Reached.MET)
    if wishes(model, k, host, guest) and wishes(model, k, guest, host):
        advance(model, host, guest, Reached.AGREED)


def wishes(model: Any, k: int, c: Cluster, d: Cluster) -> bool:
    """Does c want a memorandum with d?"""
    p = model.behaviour.brokerage
    error = logistic(open_unit(bits(bits(model.key("CLUSTER_AGREE"), k), c.key, d.key)))
    return p.memo_base + p.memo_interest * (interest(c, d) + reputation(model, d)) + p.memo_orientation * c.orientation + error > 0.0


def forget(model: Any) -> None:
    """What training added is lost again, and labels run out."""
    rate = model.behaviour.learning.forgetting
    for c in model.clusters:
        c.capability += rate * (c.capability_start - c.capability)
        c.orientation += rate * (c.orientation_start - c.orientation)
        c.labelled = c.label_until > model.quarter + 1
    for country in model.countries:
        country.delivery += rate * (country.delivery_start - country.delivery)
