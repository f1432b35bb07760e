"""Cards: what there is to see of one organisation, or of one cluster, in a world as it is now.

Organisations are named by id and clusters by key, which are the same in the twin.  Money: mln int$ of 2021; quarters count from the
opening.  Everything is a copy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from agents.clusters import ClusterStage
from agents.membership import survey
from agents.organisation import Gone
from agents.population import TECHNOLOGY_FIELDS, Kind
from agents.projects import Status
from agents.ties import Channel, Reached, TieStage, other_end
from sim.accounts import knowledge_of
from sim.calendar import YEAR
from sim.classification import CLASSES, book, classify, dissect, lives
from sim.cluster_panel import cluster_year
from sim.world import World


@dataclass(frozen=True, slots=True)
class Who:
    """An organisation in a line.  kind: firm, institute or university; stage: what it makes of its sector's product, "" for science."""

    id: int
    kind: str
    country: str
    place: str
    sector: str
    stage: str
    cluster: int | None
    staff: float


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody it has a tie with: how far the tie is, trust, the quarter and channel of the first meeting, joint projects now, business."""

    who: Who
    stage: str
    trust: float
    since: int
    channel: str
    projects: int
    business: bool


@dataclass(frozen=True, slots=True)
class Project:
    """A project it is in: pending or active; members, the lead first; its own cost a quarter and the share that a programme pays of it."""

    members: tuple[int, ...]
    status: str
    born: int
    cost: float
    covered: float
    programme: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    """An organisation.  weight: real ones it stands for; numbers: its money by the name of their column in agents/population.py;
    innovations: of the last four quarters; constrained: want of money cut its R&D; depth, breadth, knowledge: stock by technology field;
    aware, eligible: programmes by name; partners, the most trusted first.
    """

    who: Who
    weight: float
    born: int
    foreign: bool
    constrained: bool
    numbers: Mapping[str, float]
    innovations: int
    depth: float
    breadth: float
    knowledge: Mapping[str, float]
    aware: tuple[str, ...]
    eligible: tuple[str, ...]
    partners: tuple[Partner, ...]
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """What leads from one cluster to another: partnerships of members, and how far the two organisations of clusters came ("" if never)."""

    cluster: int
    partnerships: int
    reached: str


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """A cluster.  classes: the seven classifications, "" without members; line: LINE's columns of a cluster's year as of now
    (sim/cluster_panel.py has units and meanings); members, the largest first; links, the strongest first.
    """

    key: int
    country: str
    place: str
    sector: str
    stage: str
    classes: Mapping[str, str]
    line: Mapping[str, float | bool]
    knowledge: Mapping[str, float]
    members: tuple[Who, ...]
    links: tuple[Link, ...]


MONEY = ("sales", "export_sales", "profit", "research", "research_public", "cash", "debt", "awarded")
"""Columns of the population on a card."""
MARKS = ("cross_cluster", "in_cluster", "cross_border", "cross_sector", "with_science")
LINE: Mapping[str, Literal["yes", "share", "count", "number"]] = {
    "founded": "yes", "labelled": "yes", "decreed": "yes", "abroad": "share", "networked": "share", "ties": "count",
    "outside_ties": "share", "variety": "number", "sales": "number", "research": "number", "profitability": "share",
    "innovators": "share", "capability": "number", "orientation": "number", "infrastructure": "share",
}  # fmt: skip
"""Columns of a cluster's year on its card, and what they are: yes or no, a share, a count, a number."""


def organisation_card(world: World, organisation: int) -> OrganisationCard:
    """The card of an organisation (its id).  Raises Gone if it is not there, or not any more."""
    people, row = world.population, _row(world, organisation)
    (depth,), (breadth,) = knowledge_of(people.knowledge, np.array([row]))
    aware, eligible = (
        tuple(name for name, each in sorted(world.programmes.items()) if bits[row] & each.flag) for bits in (people.aware, people.eligible)
    )
    return OrganisationCard(
        who(world, row), float(world.weight[row]), int(people.born[row]) - world.opens, bool(people.foreign[row]),
        bool(people.constrained[row]), {name: float(getattr(people, name)[row]) for name in MONEY},
        int(people.innovations_year[row]), float(depth), float(breadth),
        dict(zip(TECHNOLOGY_FIELDS, people.knowledge[row].tolist(), strict=True)), aware, eligible, _partners(world, row),
        _projects(world, row),
    )  # fmt: skip


def people(world: World, organisations: Sequence[int]) -> dict[int, Who]:
    """Those of these organisations (ids) that are there, in a line each."""
    there = world.population
    return {int(there.id[row]): who(world, int(row)) for row in np.flatnonzero(there.alive & np.isin(there.id, organisations))}


def who(world: World, row: int) -> Who:
    """The organisation in a row, in a line."""
    people, cluster = world.population, int(world.population.cluster[row])
    sector = world.sectors.name[people.sector[row]]
    firm = people.kind[row] == Kind.FIRM
    return Who(
        int(people.id[row]), Kind(people.kind[row]).name.lower(), world.countries.iso[people.country[row]],
        world.places.name[people.place[row]], sector, world.config.sector[sector].chain[people.stage[row]] if firm else "",
        int(world.clusters.key[cluster]) if cluster >= 0 else None, float(people.staff[row]),
    )  # fmt: skip


def _row(world: World, organisation: int) -> int:
    people = world.population
    rows = np.flatnonzero(people.alive & (people.id == organisation))
    if len(rows) == 0:
        raise Gone(f"organisation {organisation} is not there")
    return int(rows[0])


def _partners(world: World, row: int) -> tuple[Partner, ...]:
    ties, table = world.ties, world.ties.table()
    found = [
        Partner(
            who(world, int(other_end(table, tie, row))), TieStage(ties.stage[tie]).name.lower(), float(ties.trust[tie]),
            int(ties.since[tie]) - world.opens, Channel(ties.channel[tie]).name.lower(),
            int(ties.projects[tie]), bool(ties.business[tie]),
        )
        for tie in ties.of[row].tolist() if tie >= 0
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda partner: (-partner.trust, partner.who.id)))


def _projects(world: World, row: int) -> tuple[Project, ...]:
    """Projects that run or wait, the oldest first."""
    projects = world.projects
    found = []
    for n in np.flatnonzero((projects.status != Status.FREE) & (projects.members == row).any(axis=1)).tolist():
        m = int(np.flatnonzero(projects.members[n] == row)[0])
        programme = int(projects.programme[n])
        paid = projects.status[n] == Status.PENDING or world.quarter < projects.paid_until[n] or bool(projects.afterwards[n])
        found.append(
            Project(
                tuple(projects.member_ids[n, : projects.size[n]].tolist()), Status(projects.status[n]).name.lower(),
                int(projects.born[n]) - world.opens, float(projects.cost[n, m]), float(projects.covered[n, m]) if paid else 0.0,
                world.programme_names[programme] if programme >= 0 else "",
                tuple(mark for mark in MARKS if getattr(projects, mark)[n]),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda project: (project.born, project.members)))


def cluster_card(world: World, key: int) -> ClusterCard:
    """The card of a cluster (its key).  Raises KeyError if there is none."""
    clusters = world.clusters
    rows = np.flatnonzero(clusters.key == key)
    if len(rows) == 0:
        raise KeyError(key)
    row = int(rows[0])
    line = {name: values[row] for name, values in as_of_now(world).items()}
    members = sorted((who(world, int(n)) for n in world.cluster_members(row)), key=lambda member: (-member.staff, member.id))
    return ClusterCard(
        key, world.countries.iso[clusters.country[row]], world.places.name[clusters.place[row]],
        world.sectors.name[clusters.sector[row]], ClusterStage(clusters.stage[row]).name.lower(), {name: line[name] for name in CLASSES},
        {name: line[name].item() for name in LINE},
        dict(zip(TECHNOLOGY_FIELDS, clusters.knowledge[row].tolist(), strict=True)), tuple(members), _links(world, row),
    )  # fmt: skip


def seat(world: World, key: int) -> tuple[str, str]:
    """Sector and place of a cluster (its key).  Raises KeyError if there is none."""
    rows = np.flatnonzero(world.clusters.key == key)
    if len(rows) == 0:
        raise KeyError(key)
    row = int(rows[0])
    return world.sectors.name[world.clusters.sector[row]], world.places.name[world.clusters.place[row]]


def as_of_now(world: World) -> dict[str, np.ndarray]:
    """Every cluster's year as if it ended with the quarter that was lived last, in the columns of sim.cluster_panel.COLUMNS."""
    clusters, p = world.clusters, world.config.behaviour.classification
    now, body = survey(world.population, world.ties, clusters), dissect(world)
    year = (world.quarter - 1) // YEAR
    books = {then: kept for then, kept in world.recorder.yearbook.books.items() if year - p.look_back <= then < year} | {year: book(now)}
    high_tech = world.sectors.high_tech[clusters.sector]
    return cluster_year(world, now, body, classify(clusters.founded, high_tech, now, body, lives(year, books, p), p))


def _links(world: World, row: int) -> tuple[Link, ...]:
    people, ties, clusters = world.population, world.ties, world.clusters
    living = ties.living()
    living = living[ties.stage[living] >= TieStage.MEMORANDUM]
    ends = people.cluster[ties.a[living]], people.cluster[ties.b[living]]
    count = np.zeros(clusters.count, np.int64)
    for here, there in (ends, ends[::-1]):
        others = there[(here == row) & (there >= 0) & (there != row)]
        count += np.bincount(others, minlength=clusters.count)
    found = []
    for other in range(clusters.count):
        stage = world.brokerage.stage(clusters.key, row, other) if other != row else -1
        if count[other] > 0 or stage >= 0:
            found.append(Link(int(clusters.key[other]), int(count[other]), Reached(stage).name.lower() if stage >= 0 else ""))
    return tuple(sorted(found, key=lambda link: (-link.partnerships, link.cluster)))
