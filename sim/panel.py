"""The long form, on request (record.panel): organisations by year, ties, projects, so that others can run their own econometrics.

Nothing in the panel is weighted: `weight` is a column, the real organisations (ties, projects) that a line stands for.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agents.clusters import ClusterStage
from agents.population import COLUMNS, FIELDS, Kind
from agents.projects import COLUMNS as PROJECT_COLUMNS
from agents.projects import MEMBERS, Status
from agents.ties import Channel, Reached, TieStage
from sim.accounts import knowledge_of
from sim.network_accounts import closed

if TYPE_CHECKING:
    from sim.world import World

FROM_PEOPLE = ("sales", "export_sales", "profit", "research", "research_public", "private_cost")
FROM_FLOWS = ("small", "radical", "joint", "joint_foreign", "patents", "project_cost", "project_grant")
YEARLY = ("innovations", *FROM_PEOPLE, *FROM_FLOWS)
"""Flows that the panel gives as sums over the year, under the name `<flow>_in_year`."""

BITS = ("aware", "eligible", "on_platform")
SHOWN_OTHERWISE = ("kind", "country", "place", "sector", "cluster", "born", "first_foreign", "exports_to", "alive", "knowledge", *BITS)
"""Columns that the panel shows in another form than the world holds them."""

NEVER = -1
"""What the world writes for a quarter that has not come."""


def from_opening(quarters: np.ndarray, opens: int) -> np.ndarray:
    """Quarters counted from the opening of programmes, f8; missing (nan) for what has not happened."""
    return np.where(quarters == NEVER, np.nan, quarters - float(opens))


def quarter_flows(world: "World", same: np.ndarray) -> dict[str, np.ndarray]:
    """The flows of YEARLY of this quarter, f8 (rows,).  same: the row is held by whom it was at the quarter's start."""
    flows = {name: getattr(world.population, name) for name in FROM_PEOPLE}
    return flows | {name: np.where(same, getattr(world.flows, name), 0.0) for name in FROM_FLOWS}


def organisation_year(world: "World", year: int, total: Callable[[str, np.ndarray], np.ndarray]) -> dict[str, np.ndarray]:
    """Every organisation with staff at the end of a year.  total(flow, ids): its sum over the year, f8 (rows,)."""
    people = world.population
    rows = np.flatnonzero(people.alive & (people.staff > 0.0))
    columns = {"year": np.full(len(rows), year), **_names(world, rows), "weight": world.weight[rows]}
    columns |= {name: getattr(people, name)[rows] for name in COLUMNS if name not in SHOWN_OTHERWISE}
    columns["born"] = people.born[rows] - world.opens
    columns["first_foreign"] = from_opening(people.first_foreign[rows], world.opens)
    columns["export_destinations"] = np.bitwise_count(people.exports_to[rows])
    columns["depth"], columns["breadth"] = knowledge_of(people.knowledge, rows)
    columns |= {f"knowledge_{field}": people.knowledge[rows, field] for field in range(FIELDS)}
    columns |= {f"{name}_in_year": total(name, people.id)[rows] for name in YEARLY}
    columns |= _cooperation(world, rows)
    for name, programme in sorted(world.programmes.items()):
        columns |= {f"{bit}_{name}": (getattr(people, bit)[rows] & programme.flag) != 0 for bit in BITS}
    return columns


def _names(world: "World", rows: np.ndarray) -> dict[str, np.ndarray]:
    """Who and where, in names instead of rows."""
    people, clusters = world.population, world.clusters
    cluster = people.cluster[rows]
    member = cluster >= 0
    return {
        "kind": np.array([kind.name.lower() for kind in Kind], dtype=object)[people.kind[rows]],
        "country": np.array(world.countries.iso, dtype=object)[people.country[rows]],
        "place": np.array(world.places.name, dtype=object)[people.place[rows]],
        "sector": np.array(world.sectors.name, dtype=object)[people.sector[rows]],
        "cluster": np.where(member, np.append(clusters.key, -1)[cluster], -1),
        "cluster_stage": np.array([*(stage.name.lower() for stage in ClusterStage), ""], dtype=object)[
            np.where(member, np.append(clusters.stage, 0)[cluster], -1)
        ],
        "exporting": people.export_sales[rows] > 0.0,
    }


def _cooperation(world: "World", rows: np.ndarray) -> dict[str, np.ndarray]:
    """Partnerships and running projects of each organisation, and how many reach abroad or into another cluster."""
    people, ties, projects = world.population, world.ties, world.projects
    count = people.capacity
    living = ties.living()
    living = living[ties.stage[living] >= TieStage.MEMORANDUM]
    a, b = ties.a[living], ties.b[living]
    ends = np.concatenate([a, b])

    def degree(marks: np.ndarray) -> np.ndarray:
        return np.bincount(ends, weights=np.concatenate([marks, marks]), minlength=count)[rows].astype(np.int64)

    clustered = (people.cluster[a] >= 0) & (people.cluster[b] >= 0)
    active = projects.members[projects.status == Status.ACTIVE]
    return {
        "partners": degree(np.ones(len(living))),
        "partners_foreign": degree(people.country[a] != people.country[b]),
        "partners_cross_cluster": degree(clustered & (people.cluster[a] != people.cluster[b])),
        "partners_science": degree((people.kind[a] != Kind.FIRM) | (people.kind[b] != Kind.FIRM)),
        "partners_business": degree(ties.business[living]),
        "projects_running": np.bincount(active[active >= 0], minlength=count)[rows],
    }


def finished_projects(world: "World") -> list[dict[str, np.ndarray]]:
    """Projects that ended or lapsed this quarter: their columns, the quarter and how they ended."""
    ended, lapsed = closed(world.flows)
    outcomes = [np.where(chunk["success"], "success", "failure").astype(object) for chunk in ended]
    outcomes += [np.full(len(chunk["key"]), "lapsed", dtype=object) for chunk in lapsed]
    return [
        {**_project_columns(chunk), "outcome": outcome, "ended": np.full(len(outcome), world.quarter)}
        for chunk, outcome in zip([*ended, *lapsed], outcomes, strict=True)
    ]


def _project_columns(chunk: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: chunk[name] for name in PROJECT_COLUMNS if name not in ("members", "status")}


def panel_frame(years: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Organisation x year.  Years before a programme was known (a shared burn-in) have False in its columns."""
    names = list(years[-1]) if years else []
    lines = [pd.DataFrame({name: year.get(name, np.zeros(len(year["id"]), dtype=bool)) for name in names}) for year in years]
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame()


def ties_frame(world: "World") -> pd.DataFrame:
    """All ties at the end of the run."""
    people, ties = world.population, world.ties
    living = ties.living()
    a, b = ties.a[living], ties.b[living]
    frame = pd.DataFrame({"a": people.id[a], "b": people.id[b]})
    for end, rows in (("a", a), ("b", b)):
        for name, values in _names(world, rows).items():
            frame[f"{name}_{end}"] = values
    frame["weight"] = np.minimum(world.weight[a], world.weight[b])
    for name, labels in (("stage", TieStage), ("reached", Reached), ("channel", Channel)):
        frame[name] = np.array([label.name.lower() for label in labels], dtype=object)[getattr(ties, name)[living]]
    for name in ("trust", "meetings", "projects", "business"):
        frame[name] = getattr(ties, name)[living]
    frame["since"] = ties.since[living] - world.opens
    return frame


def projects_frame(world: "World", finished: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """All projects that ended or lapsed, and those that stand at the end; one line each, quarters counted from the opening."""
    projects = world.projects
    rows = np.flatnonzero(projects.status != Status.FREE)
    standing = _project_columns({name: getattr(projects, name)[rows] for name in PROJECT_COLUMNS})
    standing["outcome"] = np.where(projects.status[rows] == Status.ACTIVE, "running", "pending").astype(object)
    standing["ended"] = np.full(len(rows), NEVER)
    lines = [_wide(chunk, world) for chunk in [*finished, standing]]
    return pd.concat(lines, ignore_index=True)


def _wide(chunk: dict[str, np.ndarray], world: "World") -> pd.DataFrame:
    """Vectors as numbered columns, names instead of rows, quarters from the opening."""
    programmes = {programme.bit: name for name, programme in world.programmes.items()}
    columns: dict[str, np.ndarray] = {}
    for name, values in chunk.items():
        if values.ndim == 2:
            columns |= {f"{name.removesuffix('_ids')}_{member + 1}": values[:, member] for member in range(MEMBERS)}
        elif name in ("started", "ended"):
            columns[name] = from_opening(values, world.opens)
        elif name == "born":
            columns[name] = values - world.opens
        elif name == "paid_until":
            columns[name] = from_opening(np.where(chunk["programme"] >= 0, values, NEVER), world.opens)
        elif name == "programme":
            columns[name] = np.array([programmes.get(int(bit), "") for bit in values], dtype=object)
        elif name == "channel":
            columns[name] = np.array([label.name.lower() for label in Channel], dtype=object)[values]
        else:
            columns[name] = values
    return pd.DataFrame(columns)
