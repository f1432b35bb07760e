"""Measures of the networks of ties and of projects, against random networks that keep what is not asked about.

Ties: one-mode; the null keeps every organisation's number of ties (stub matching, Molloy and Reed 1995).
Projects: two-mode (organisations x projects); the null keeps every organisation's number of projects and every project's size and
rewires who meets whom (Newman, Strogatz and Watts 2001), for projecting projects on organisations alone makes triangles by construction.
"""

from collections.abc import Iterator

import igraph
import numpy as np
import pandas as pd

from agents import draws
from sim.analysis.results import Results

Measures = dict[str, float]


def tie_measures(a: np.ndarray, b: np.ndarray) -> Measures:
    """Measures of a one-mode network of ties (a_i, b_i), ids of organisations, shapes (n,); loops and doubles are dropped."""
    return _measures(_graph(a, b))


def tie_nulls(a: np.ndarray, b: np.ndarray, count: int) -> Iterator[Measures]:
    """Measures of `count` networks with the same numbers of ties (doubles and loops of the matching are dropped)."""
    ends = np.concatenate([a, b])
    for number in range(count):
        mixed = ends[shuffled(len(ends), number)]
        yield tie_measures(mixed[: len(a)], mixed[len(a) :])


def project_measures(project: np.ndarray, organisation: np.ndarray) -> Measures:
    """Measures of the organisations linked by common projects; memberships (project_i, organisation_i), shapes (n,)."""
    return _measures(_graph(*_common(project, organisation)))


def project_nulls(project: np.ndarray, organisation: np.ndarray, count: int) -> Iterator[Measures]:
    """The same for `count` two-mode networks with the same project sizes and numbers of projects."""
    for number in range(count):
        yield project_measures(project, organisation[shuffled(len(organisation), number)])


def against_null(found: Measures, nulls: Iterator[Measures]) -> pd.DataFrame:
    """measure, value, null_mean, null_low, null_high (95 % of the nulls), over_null = value / null_mean."""
    random = pd.DataFrame(list(nulls))
    rows = [
        {
            "measure": name,
            "value": value,
            "null_mean": random[name].mean(),
            "null_low": random[name].quantile(0.025),
            "null_high": random[name].quantile(0.975),
            "over_null": value / random[name].mean() if random[name].mean() else np.nan,
        }
        for name, value in found.items()
    ]
    return pd.DataFrame(rows)


def hub_share(country_a: np.ndarray, country_b: np.ndarray) -> float:
    """Share of cross-border ties that touch the country with most of them: 1 is hub and spoke, small is a mesh; nan without any."""
    cross = country_a != country_b
    if not cross.any():
        return np.nan
    _, counts = np.unique(np.concatenate([country_a[cross], country_b[cross]]), return_counts=True)
    return float(counts.max() / cross.sum())


def summary(results: Results) -> pd.DataFrame:
    """Networks of the first pair at the end of the run, every arm at the headline dose: arm, network, measure, value, nulls.

    Ties from the memorandum on; projects that started since the opening (cumulated).  Empty unless the run recorded them (record.panel).
    """
    if not (results.has("ties") and results.has("projects")):
        return pd.DataFrame()
    ties, projects = results.table("ties"), results.table("projects")
    ties = ties[ties["stage"] != "contact"]
    projects = projects[projects["started"] >= 0]
    count, tables = results.reading.null_networks, []
    for arm, dose in [(results.baseline, 0.0), *results.headline]:
        pair = results.pairs(*results.headline[0])[0] if arm == results.baseline else results.pairs(arm, dose)[0]
        own_ties, own_projects = _of(ties, arm, dose, pair), _of(projects, arm, dose, pair)
        ends = own_ties["a"].to_numpy(), own_ties["b"].to_numpy()
        members = memberships(own_projects)
        hub = hub_share(own_ties["country_a"].to_numpy(), own_ties["country_b"].to_numpy())
        tables += [
            against_null(tie_measures(*ends), tie_nulls(*ends, count)).assign(arm=arm, network="ties"),
            pd.DataFrame([{"measure": "hub share", "value": hub, "arm": arm, "network": "ties"}]),
            against_null(project_measures(*members), project_nulls(*members, count)).assign(arm=arm, network="projects"),
        ]
    return pd.concat(tables, ignore_index=True)


def memberships(projects: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(project, organisation) of every membership, from columns member_1, member_2, ... (-1: no member)."""
    columns = [name for name in projects if name.startswith("member_")]
    long = projects[["key", *columns]].melt("key", columns, value_name="organisation")
    long = long[long["organisation"] >= 0]
    return long["key"].to_numpy(), long["organisation"].to_numpy()


def _of(table: pd.DataFrame, arm: str, dose: float, pair: int) -> pd.DataFrame:
    return table[(table["arm"] == arm) & (table["dose"] == dose) & (table["pair"] == pair)]


def _common(project: np.ndarray, organisation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of organisations that share a project."""
    members = pd.DataFrame({"project": project, "organisation": organisation}).drop_duplicates()
    pairs = members.merge(members, on="project", suffixes=("_a", "_b"))
    pairs = pairs[pairs["organisation_a"] < pairs["organisation_b"]]
    return pairs["organisation_a"].to_numpy(), pairs["organisation_b"].to_numpy()


def _graph(a: np.ndarray, b: np.ndarray) -> igraph.Graph:
    """Undirected simple graph over the organisations that have a link."""
    names, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    graph = igraph.Graph(n=len(names), edges=ends.reshape(2, -1).T.tolist())
    return graph.simplify()


def _measures(graph: igraph.Graph) -> Measures:
    if graph.ecount() == 0:
        return dict.fromkeys(("mean partners", "giant component", "clustering", "assortativity", "most partners"), 0.0)
    degrees = np.array(graph.degree())
    assortativity = graph.assortativity_degree(directed=False)
    return {
        "mean partners": float(degrees.mean()),
        "giant component": graph.connected_components().giant().vcount() / graph.vcount(),
        "clustering": graph.transitivity_undirected(mode="zero"),
        "assortativity": 0.0 if np.isnan(assortativity) else assortativity,
        "most partners": float(degrees.max()),
    }


def shuffled(length: int, number: int) -> np.ndarray:
    """A permutation that depends on (length, number) alone: rows in the order of their hash."""
    mixed = draws.mix.py_func(np.arange(length, dtype=np.uint64) * draws.FIRST + np.array([number], dtype=np.uint64) * draws.SECOND)
    return np.argsort(mixed, kind="stable")
