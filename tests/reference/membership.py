"""Cluster life, once a year: who joins and leaves, and how far clusters have developed (agents/membership.py)."""

from typing import Any

from agents.clusters import ClusterStage
from agents.ties import TieStage
from tests.reference.draws import bits, unit
from tests.reference.people import Cluster, Organisation


def change_members(model: Any) -> None:
    """Everybody decides on who was a member before anybody moved."""
    decided = [(i, next_cluster(model, i)) for i in model.active()]
    for i, cluster in decided:
        i.cluster = cluster


def partners(i: Organisation) -> list[Organisation]:
    """Partners of i by memorandum."""
    return [tie.other(i) for tie in i.ties.values() if tie.stage >= TieStage.MEMORANDUM and tie.other(i).active]


def next_cluster(model: Any, i: Organisation) -> Cluster | None:
    """An outsider joins the cluster with most of its partners; who has no partner inside may leave when dues are asked."""
    p, k = model.behaviour.membership, model.key("MEMBERSHIP")
    u = unit(bits(k, i.id))
    if i.cluster is None:
        homes = [j.cluster for j in partners(i) if j.cluster is not None]
        known = [c for c in homes if homes.count(c) >= p.join_partners]
        return max(known, key=lambda c: (homes.count(c), bits(k, i.id, c.key))) if known and u < p.join else None
    alone = not any(j.cluster is i.cluster for j in partners(i))
    return None if i.cluster.founded and alone and u < p.leave else i.cluster


def develop(model: Any) -> None:
    """Survey every cluster, found associations, move stages, open the new year's books."""
    for c in model.clusters:
        survey(model, c)


def survey(model: Any, c: Cluster) -> None:
    """One cluster now, against a year ago."""
    p, members = model.behaviour.membership, model.members(c)
    inside = [sum(j.cluster is c for j in partners(i)) for i in members]
    size = max(1, len(members))
    networking, networked = sum(inside) / size, sum(n > 0 for n in inside) / size
    sales, research = sum(i.sales_mean for i in members), sum(i.research_mean for i in members)
    knowledge = [sum(i.knowledge[f] for i in members) / size for f in range(len(c.knowledge))]
    squares = sum(x * x for x in knowledge)
    variety = sum(knowledge) ** 2 / squares if squares > 0.0 else 0.0
    c.founded = c.founded or (len(members) > 0 and networked >= p.founding_share)
    shrinks = len(members) < c.members_start and sales / size < c.sales_start / max(1.0, c.members_start) and research < c.research_start
    if shrinks and (networking < c.networking or variety < c.variety):
        c.stage = ClusterStage.DECLINING
    else:
        reached = stage_of(c.founded, networking, variety, p)
        c.stage = reached if c.stage == ClusterStage.DECLINING else max(c.stage, reached)
    c.members = len(members)
    c.members_start, c.sales_start, c.research_start, c.networking = len(members), sales, research, networking
    c.knowledge, c.variety = knowledge, variety


def stage_of(founded: bool, networking: float, variety: float, p: Any) -> ClusterStage:
    """The stage that networking and variety stand for."""
    if founded and networking >= p.active_networking and variety >= p.active_variety:
        return ClusterStage.ACTIVE
    return ClusterStage.EMERGING if networking >= p.emerging_networking else ClusterStage.POTENTIAL
