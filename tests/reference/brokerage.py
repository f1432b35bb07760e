"""Cluster organisations meet: who is paired with whom, and how far they come (sim/brokerage.py)."""

import math
from typing import Any

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


def pair_clusters(model: Any, k: int, programme: Programme, fresh: list[Organisation]) -> tuple[Cluster | None, Cluster | None]:
    """Host, drawn by outward orientation among those of two members that may still come, and guest, of the most interest."""
    plan, p = programme.plan, model.behaviour.brokerage
    sectors = plan.target.sectors
    may = [c for c in model.clusters if c.members > 1 and (not sectors or model.sector_names[c.sector] in sectors)]
    hosts = [c for c in may if c.country.iso in programme.payers() and c.orientation > 0.0 and sum(i.cluster is c for i in fresh) > 1]
    if not hosts:
        return None, None
    host = min(hosts, key=lambda c: exponential(open_unit(bits(k, c.key))) / c.orientation)
    if plan.scope == "in_cluster":
        return host, host
    guests = [c for c in may if c is not host and (plan.scope != "cross_border" or c.country is not host.country)]
    if not guests:
        return host, None

    def score(c: Cluster) -> float:
        existing = p.base if stage(model, host, c) >= Reached.AGREED else 0.0
        return interest(host, c) + p.noise * normal(open_unit(pair_bits(k, host.key, c.key))) + existing

    return host, max(guests, key=score)


def sign_memorandum(model: Any, k: int, host: Cluster, guest: Cluster) -> None:
    """The two cluster organisations have met; they sign if both wish."""
    advance(model, host, guest, Reached.MET)
    if wishes(model, k, host, guest) and wishes(model, k, guest, host):
        advance(model, host, guest, Reached.AGREED)


def wishes(model: Any, k: int, c: Cluster, d: Cluster) -> bool:
    """Does c want a memorandum with d?"""
    p = model.behaviour.brokerage
    error = logistic(open_unit(bits(bits(model.key("CLUSTER_AGREE"), k), c.key, d.key)))
    return p.memo_base + p.memo_interest * interest(c, d) + p.memo_orientation * c.orientation + error > 0.0
