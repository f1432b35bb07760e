"""What one quarter adds up to in every country, of relations: meetings, ties, projects and clusters.

As in sim/accounts.py, all accounts are f8 (C,), weighted and additive.  A relation belongs to the countries of its members in equal parts
(fractional counting): a tie is half a tie of each end's country, a project of n members 1/n of a project for each.  So a consortium
counts ONCE, and a country's number is its part in all of them.
"""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.clusters import ClusterStage
from agents.projects import Status
from agents.ties import Channel
from sim.accounts import Accounts

if TYPE_CHECKING:
    from sim.flows import Flows
    from sim.world import World

Chunk = dict[str, np.ndarray]
"""Columns of some projects."""

PARTNERSHIPS = ("ties_cross_cluster", "ties_cross_border", "ties_cross_sector", "ties_with_science", "ties_to_hub")
TIES = ("contacts", "memoranda", "repeated", "ties_new", "business", *PARTNERSHIPS)
MARKS = ("cross_cluster", "in_cluster", "cross_border", "cross_sector", "with_science")


@njit(cache=True)
def _tie_sums(t, quarter, cluster, country, sector, kind, weight, hub, sums, by_channel):
    """Adds every living tie to sums f8 (C, TIES) and, from the memorandum on, to by_channel f8 (C, channels)."""
    for n in range(t.marks[0]):
        a, b = t.a[n], t.b[n]
        if a < 0:
            continue
        half = 0.5 * min(weight[a], weight[b])
        crosses = cluster[a] >= 0 and cluster[b] >= 0 and cluster[a] != cluster[b]
        border = country[a] != country[b]
        with_science = (kind[a] == 0) != (kind[b] == 0)
        to_hub = border and (country[a] == hub or country[b] == hub)
        marks = (crosses, border, sector[a] != sector[b], with_science, to_hub)
        for c in (country[a], country[b]):
            sums[c, t.stage[n]] += half
            sums[c, 3] += half * (t.since[n] == quarter)
            sums[c, 4] += half * t.business[n]
            if t.stage[n] > 0:
                by_channel[c, t.channel[n]] += half
                for m in range(5):
                    sums[c, 5 + m] += half * marks[m]


def tie_accounts(world: "World") -> Accounts:
    """Stock of ties by stage; partnerships (memorandum or more) by what they cross and by channel.

    `ties_to_hub`: cross-border partnerships with the largest policy country, to see whether a network is a hub with spokes.
    """
    people, countries = world.population, world.countries
    sums = np.zeros((len(countries), len(TIES)))
    by_channel = np.zeros((len(countries), len(Channel)))
    hub = int(np.argmax(np.where(countries.policy, countries.organisations, -1.0)))
    _tie_sums(
        world.ties.table(), world.quarter, people.cluster, people.country, people.sector, people.kind, world.weight, hub, sums, by_channel
    )
    accounts = {name: sums[:, n] for n, name in enumerate(TIES)}
    return accounts | {f"ties_by_{channel.name.lower()}": by_channel[:, channel] for channel in Channel}


def meeting_accounts(world: "World", country: np.ndarray) -> Accounts:
    """Meetings of the quarter, by channel; country i8 (rows,)."""
    met, count = world.flows.meetings, len(world.countries)
    half = 0.5 * np.minimum(world.countries.weight[country[met.a]], world.countries.weight[country[met.b]])
    cell = np.concatenate([country[met.a], country[met.b]]) * len(Channel) + np.concatenate([met.channel, met.channel])
    by_channel = np.bincount(cell, weights=np.concatenate([half, half]), minlength=count * len(Channel)).reshape(count, len(Channel))
    accounts = {f"meetings_{channel.name.lower()}": by_channel[:, channel] for channel in Channel}
    return {"meetings": by_channel.sum(axis=1)} | accounts


class ProjectSums:
    """Sums over projects by country of the members.  `columns`: columns of projects, (n,) or (n, MEMBERS)."""

    def __init__(self, columns: Chunk, country: np.ndarray, countries: int) -> None:
        members = columns["members"]
        self.project, place = np.nonzero(members >= 0)
        self.country = country[members[self.project, place]]
        self.part = (columns["weight"] / np.maximum(columns["size"], 1))[self.project]
        self.countries = countries

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Weighted sum of values (n,) over projects, in equal parts for the members' countries, f8 (C,)."""
        return np.bincount(self.country, weights=self.part * values[self.project], minlength=self.countries)


def joined(chunks: list[Chunk], names: tuple[str, ...]) -> Chunk | None:
    """Chunks of project columns in one; None if there is no project."""
    filled = [chunk for chunk in chunks if len(chunk["weight"])]
    return {name: np.concatenate([chunk[name] for chunk in filled]) for name in names} if filled else None


def closed(flows: "Flows") -> tuple[list[Chunk], list[Chunk]]:
    """(ended, lapsed) projects of the quarter: one that its member's exit broke before it began has lapsed, not failed."""
    ran = [(chunk, chunk["status"] == Status.ACTIVE) for chunk in flows.ended]
    ended = [{name: values[active] for name, values in chunk.items()} for chunk, active in ran]
    return ended, [*flows.lapsed, *({name: values[~active] for name, values in chunk.items()} for chunk, active in ran)]


def project_accounts(world: "World", country: np.ndarray) -> Accounts:
    """Projects that run or wait at the end of the quarter, and those agreed, started, renewed, ended and lapsed in it."""
    projects, flows, count = world.projects, world.flows, len(world.countries)
    rows = np.flatnonzero(projects.status != Status.FREE)
    standing = {name: getattr(projects, name)[rows] for name in ("members", "weight", "size", "status", *MARKS)}
    names = ("members", "weight", "size", "renewal", "channel", *MARKS)
    total = ProjectSums(standing, country, count)
    active = standing["status"] == Status.ACTIVE
    accounts = {"projects_pending": total(~active), "projects_active": total(active)}
    accounts |= {f"{mark}_active": total(active & standing[mark]) for mark in MARKS}
    accounts |= _event_accounts(joined(flows.started, names), "started", MARKS, country, count, by_channel=True)
    accounts |= _event_accounts(joined(flows.agreed, names), "agreed", (), country, count)
    ended, lapsed = closed(flows)
    accounts |= _event_accounts(joined(ended, (*names, "success")), "ended", ("success",), country, count)
    return accounts | _event_accounts(joined(lapsed, names), "lapsed", (), country, count)


def _event_accounts(
    chunk: Chunk | None, event: str, marks: tuple[str, ...], country: np.ndarray, count: int, by_channel: bool = False
) -> Accounts:
    """Projects to which `event` happened: all, renewals, those with each mark, and by channel."""
    channels = tuple(Channel) if by_channel else ()
    if chunk is None:
        names = [f"{kind}_{event}" for kind in ("projects", "renewals", *marks)]
        return {name: np.zeros(count) for name in [*names, *(f"{event}_by_{channel.name.lower()}" for channel in channels)]}
    total = ProjectSums(chunk, country, count)
    accounts = {f"projects_{event}": total(np.ones(len(chunk["weight"]))), f"renewals_{event}": total(chunk["renewal"])}
    accounts |= {f"{mark}_{event}": total(chunk[mark]) for mark in marks}
    return accounts | {f"{event}_by_{channel.name.lower()}": total(chunk["channel"] == channel) for channel in channels}


def cluster_accounts(world: "World") -> Accounts:
    """Clusters by stage, associations, and sums over clusters of networking and variety."""
    clusters, weight = world.clusters, world.countries.weight

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(clusters.country, weights=values, minlength=len(weight)) * weight

    accounts = {f"clusters_{stage.name.lower()}": total(clusters.stage == stage) for stage in ClusterStage}
    return accounts | {
        "clusters": total(np.ones(clusters.count)),
        "associations": total(clusters.founded),
        "networking": total(clusters.networking),
        "variety": total(clusters.variety),
    }
