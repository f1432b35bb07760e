"""The invariants of the model: functions world -> None that raise InvariantError, to be called at the end of a quarter.

`check_all` runs them; with config.check the step does so every quarter.  They only read.  Money balances to 1e-9 relative.
"""

from typing import TYPE_CHECKING

import numpy as np

from agents.cooperation import capacity
from agents.parameters import as_record
from agents.population import COLUMNS, COUNTRY_KEYS, FIELDS, SLOTS_PER_COUNTRY, Kind
from agents.projects import MEMBERS, Status
from agents.ties import Reached, TieStage
from sim.exporting import REST_KEY
from sim.treasury import BESIDE

if TYPE_CHECKING:
    from sim.world import World

RELATIVE = 1e-9
"""What floating point may lose of a sum."""


class InvariantError(AssertionError):
    """The model broke one of its own rules: a bug, never a user's mistake."""


def require(holds: np.ndarray | np.bool | bool, what: str) -> None:
    """Raise InvariantError, with the number and the first of the offenders, unless `holds` everywhere."""
    broken = np.flatnonzero(~np.atleast_1d(np.asarray(holds, dtype=bool)))
    if len(broken):
        raise InvariantError(f"{what}: broken in {len(broken)} places, first at {broken[0]}")


def check_ids(world: "World") -> None:
    """Ids are unique among the living and say where and when their holder was born; a free row holds nobody."""
    people = world.population
    rows = np.flatnonzero(people.alive)
    ids = people.id[rows]
    require(np.all(people.id[~people.alive] == -1), "a free row has no id")
    require(people.staff[~people.alive] == 0.0, "a free row has no staff")
    require(len(np.unique(ids)) == len(ids), "an id is used once")
    origin = np.where(people.foreign[rows], REST_KEY, world.countries.key[people.country[rows]])
    require(ids // SLOTS_PER_COUNTRY % COUNTRY_KEYS == origin, "an id names the country of origin")
    born = ids // (SLOTS_PER_COUNTRY * COUNTRY_KEYS) - 1
    require((born == people.born[rows]) | ((born == -1) & (people.born[rows] < 0)), "an id names the quarter of birth")
    require(born <= world.quarter, "nobody is from the future")


def check_rows(world: "World") -> None:
    """A country's organisations are in its block of rows, and each has exactly one address in its country's book."""
    people, countries = world.population, world.countries
    rows = np.flatnonzero(people.alive)
    home = people.country[rows]
    require((rows >= countries.start[home]) & (rows < countries.stop[home]), "an organisation is in its country's rows")
    for country in range(len(countries)):
        book = countries.addresses[country, : countries.book[country]]
        listed, living = np.sort(book[book >= 0]), rows[(home == country) & (people.staff[rows] > 0.0)]
        require(np.array_equal(listed, living), f"the address book of {countries.iso[country]} holds every organisation once")


def check_numbers(world: "World") -> None:
    """Every number is finite; stocks, prices and staff are not negative; a firm's product has a cost and a quality."""
    people = world.population
    for name, column in COLUMNS.items():
        if column.dtype == "f8":
            require(np.isfinite(getattr(people, name)).reshape(people.capacity, -1).all(axis=1), f"{name} is finite")
    require((people.knowledge >= 0.0).all(axis=1), "knowledge is not negative")
    for name in ("staff", "sales", "sales_mean", "export_sales", "niche", "mass", "research", "research_mean", "research_public"):
        require(getattr(people, name) >= 0.0, f"{name} is not negative")
    require(people.debt >= -RELATIVE, "debt is not negative")  # the last instalment may leave a rounding error
    firm = people.alive & (people.kind == Kind.FIRM)
    require((people.quality[firm] > 0.0) & (people.unit_cost[firm] > 0.0), "a firm's quality and unit cost are positive")
    require(people.export_sales[firm] <= people.sales[firm] * (1.0 + RELATIVE), "exports are part of sales")
    require(np.isfinite(world.countries.research_price) & (world.countries.research_price > 0.0), "the price of research is positive")
    require(people.knowledge.shape[1] == FIELDS, "knowledge has all fields")


def check_money(world: "World") -> None:
    """No firm's money appears from nowhere or disappears: the change of cash is what came in less what went out."""
    flow = world.flows.money
    if flow is None:  # before the first quarter
        return
    volume = np.abs(flow.opening) + flow.sales + flow.support + flow.grant + flow.borrowed + flow.research
    require(np.abs(flow.gap()) <= RELATIVE * np.maximum(1.0, volume), "a firm's money balances")
    for name in sorted(set(flow._fields) - {"opening", "closing", "operating", "working_capital"}):
        require(getattr(flow, name) >= -RELATIVE, f"flow of {name} is not negative")


def check_market(world: "World") -> None:
    """Shares of origins in every destination and sector are not negative and sum to 1."""
    share = world.market.share
    require(share.ravel() >= 0.0, "a market share is not negative")
    require(np.abs(share.sum(axis=0) - 1.0).ravel() <= RELATIVE, "market shares sum to 1")


def check_ties(world: "World") -> None:
    """No tie to self, to a dead row or twice; each tie is listed once at both ends, and nowhere else."""
    people, ties = world.population, world.ties
    living = ties.living()
    a, b = ties.a[living], ties.b[living]
    require(people.alive[a] & people.alive[b], "a tie joins the living")
    require(people.id[a] < people.id[b], "a tie joins two, the smaller id first")
    require(len(np.unique(np.stack((a, b)), axis=1).T) == len(living), "two organisations have one tie")
    slots = np.stack(np.nonzero(ties.of >= 0))
    listed = np.stack((slots[0], ties.of[slots[0], slots[1]]))
    ends = np.stack((np.concatenate((a, b)), np.concatenate((living, living))))
    require(np.array_equal(_sorted_columns(listed), _sorted_columns(ends)), "a tie is listed once at both its ends")
    require((ties.stage[living] >= TieStage.CONTACT) & (ties.stage[living] <= TieStage.REPEATED), "a tie has a stage")
    require((ties.reached[living] >= Reached.MET) & (ties.reached[living] <= Reached.BUSINESS), "a relation has reached a stage")
    require((ties.trust[living] >= 0.0) & np.isfinite(ties.trust[living]), "trust is not negative")


def _sorted_columns(pairs: np.ndarray) -> np.ndarray:
    return pairs[:, np.lexsort(pairs)]


def check_projects(world: "World") -> None:
    """Projects have two to MEMBERS living, different members, each the one that signed; nothing beyond; costs and covers in range."""
    people, projects = world.population, world.projects
    rows = np.flatnonzero(projects.status != Status.FREE)
    members, size = projects.members[rows], projects.size[rows]
    inside = np.arange(MEMBERS) < size[:, None]
    require((size >= 2) & (size <= MEMBERS), "a project has two members or more")
    require((inside == (members >= 0)).all(axis=1), "members fill the first places")
    require((~inside | people.alive[members]).all(axis=1), "a member is alive")
    require((~inside | (people.id[members] == projects.member_ids[rows])).all(axis=1), "a member is the one who signed")
    ordered = np.sort(np.where(inside, members, -1 - np.arange(MEMBERS)), axis=1)
    require((np.diff(ordered, axis=1) > 0).all(axis=1), "nobody is a member twice")
    require(len(np.unique(projects.key[rows])) == len(rows), "a project's key is its own")
    require((~inside | (projects.cost[rows] >= 0.0)).all(axis=1), "a project's cost is not negative")
    covered = projects.covered[rows]
    require(((covered >= 0.0) & (covered <= 1.0)).all(axis=1), "a programme covers a part of the cost")
    started = projects.started[rows]
    require((projects.status[rows] == Status.PENDING) == (started < 0), "a running project has started")


def check_capacity(world: "World") -> None:
    """Load is that of standing projects, and whoever signed this quarter had room for it."""
    people, projects = world.population, world.projects
    rows = np.flatnonzero(projects.status != Status.FREE)
    inside = projects.members[rows] >= 0
    load = np.bincount(projects.members[rows][inside], weights=projects.load[rows][inside], minlength=people.capacity)
    before, rules = world.recorder.before, as_record(world.config.behaviour.cooperation)
    stayed = people.alive & (before.id == people.id)
    fits = [capacity(int(people.kind[i]), before.staff[i], rules) * (1.0 + RELATIVE) >= load[i] for i in _signers(world) if stayed[i]]
    require(np.array(fits, dtype=bool), "capacity is kept")


def _signers(world: "World") -> list[int]:
    """Rows of members of new projects; renewals take no new room."""
    signed = [chunk["members"][~chunk["renewal"]] for chunk in world.flows.agreed]
    return sorted({int(i) for members in signed for i in members.ravel() if i >= 0})


def check_clusters(world: "World") -> None:
    """Members of clusters are counted, and a cluster's sums are finite."""
    people, clusters = world.population, world.clusters
    member = people.alive & (people.cluster >= 0)
    require(people.cluster[member] < clusters.count, "a member's cluster exists")
    require(np.isfinite(clusters.networking) & np.isfinite(clusters.variety), "a cluster's measures are finite")


def check_budgets(world: "World") -> None:
    """No programme spends money it has not, and what it spent is what the ledger says."""
    booked: dict[str, float] = {}
    for (_, name, _, _, kind), amount in world.treasury.ledger.items():
        if kind not in BESIDE:
            booked[name] = booked.get(name, 0.0) + amount
    for name, programme in world.programmes.items():
        slack = RELATIVE * max(1.0, programme.offered)
        require(programme.left >= -slack, f"programme {name} stays within its budget")
        require(abs(booked.get(name, 0.0) - programme.spent) <= slack, f"the ledger books what programme {name} spent")


def check_ladders(world: "World") -> None:
    """Every ladder falls from stage to stage: whoever did business had met."""
    for name in ("ladders", "cluster_ladders"):
        reached = np.sum(getattr(world.recorder, name), axis=0)
        slack = RELATIVE * np.maximum(1.0, reached[..., :1])
        require((np.diff(reached, axis=-1) <= slack).ravel(), f"{name} fall from stage to stage")


CHECKS = (
    check_ids, check_rows, check_numbers, check_money, check_market, check_ties, check_projects, check_capacity, check_clusters,
    check_budgets, check_ladders,
)  # fmt: skip


def check_all(world: "World") -> None:
    """All invariants; raises InvariantError naming the quarter and the first that is broken."""
    for check in CHECKS:
        try:
            check(world)
        except InvariantError as error:
            raise InvariantError(f"quarter {world.quarter}, {check.__name__}: {error}") from None
