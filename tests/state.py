"""The whole state of a world as named arrays, told by ids and names instead of rows and bits, so that two worlds can be compared."""

from dataclasses import fields

import numpy as np

from agents import clusters, population, projects, ties
from agents.projects import Status
from sim.world import World

PROGRAMME_BITS = ("aware", "eligible", "on_platform")
MARKET = (
    "frontier", "share", "expenditure", "trade_cost", "fringe_mass", "fringe_sales", "fringe_fitness", "fitness", "fitness0", "price",
    "cover", "return_rate",
)  # fmt: skip

State = dict[str, np.ndarray]


def state(world: World, programmes: list[str] | None = None, without: int | None = None) -> State:
    """Every state column.  programmes: only what concerns these (by default all); without: the id of an organisation left out."""
    names = sorted(world.programmes) if programmes is None else programmes
    return {
        **_organisations(world, names, without), **_ties(world), **_projects(world),
        **_columns("clusters", world.clusters, clusters.COLUMNS),
        **{f"market.{name}": getattr(world.market, name) for name in MARKET},
        **{f"countries.{each.name}": np.array(getattr(world.countries, each.name)) for each in fields(world.countries)
           if each.name not in ("addresses", "iso", "name")},
        "brokerage": np.array(sorted((*pair, stage) for pair, stage in world.brokerage.reached.items())),
        "treasury.unpaid": world.treasury.unpaid,
        **{f"budget.{name}": world.programmes[name].left for name in names},
    }  # fmt: skip


def differences(one: State, other: State) -> list[str]:
    """Names of the columns that are not the same bit for bit."""
    assert set(one) == set(other)
    return [name for name in one if one[name].tobytes() != other[name].tobytes() or one[name].shape != other[name].shape]


def gaps(one: State, other: State, tolerance: float = 1e-9) -> list[str]:
    """Names of the columns with a number that differs by more than `tolerance`, relative to the largest of its column."""
    assert set(one) == set(other)
    return [name for name in one if not _close(one[name], other[name], tolerance)]


def _close(left: np.ndarray, right: np.ndarray, tolerance: float) -> bool:
    if left.shape != right.shape:
        return False
    if left.dtype.kind not in "fc":
        return np.array_equal(left, right)
    scale = max(1.0, float(np.abs(left).max(initial=0.0)))
    return bool(np.all(np.abs(left - right) <= tolerance * scale))


def _organisations(world: World, names: list[str], without: int | None) -> State:
    people = world.population
    rows = np.flatnonzero(people.alive & (people.id != without)) if without is not None else np.flatnonzero(people.alive)
    rows = rows[np.argsort(people.id[rows])]
    columns = {name: getattr(people, name)[rows] for name in population.COLUMNS if name not in PROGRAMME_BITS}
    for name in PROGRAMME_BITS:
        for programme in names:
            columns[f"{name}.{programme}"] = (getattr(people, name)[rows] & world.programmes[programme].flag) != 0
    return {f"organisations.{name}": column for name, column in columns.items()}


def _ties(world: World) -> State:
    people, table = world.population, world.ties
    rows = table.living()
    a, b = people.id[table.a[rows]], people.id[table.b[rows]]
    order = np.lexsort((b, a))
    told = {"a": a[order], "b": b[order]}
    return {f"ties.{name}": told.get(name, getattr(table, name)[rows[order]]) for name in ties.COLUMNS}


def _projects(world: World) -> State:
    """Projects by key; members by id, programmes by name."""
    table = world.projects
    rows = np.flatnonzero(table.status != Status.FREE)
    rows = rows[np.argsort(table.key[rows])]
    names = np.array([*world.programme_names, ""])  # the last stands for none, -1
    told = {"members": table.member_ids[rows], "programme": names[table.programme[rows]].astype("U40")}
    return {f"projects.{name}": told.get(name, getattr(table, name)[rows]) for name in projects.COLUMNS}


def _columns(prefix: str, table: object, names: dict) -> State:
    return {f"{prefix}.{name}": getattr(table, name) for name in names}
