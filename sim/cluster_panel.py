"""The clusters' yearbook: their classes for the record of every run, and with record.panel a line for every cluster and year.

Taken in the last quarter of a year, after clusters have developed; in between, counts are those of the year before.  Clusters may be added
during a run, at the end; one founded since the last yearbook appears in the next.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agents.clusters import ClusterStage
from agents.membership import Survey, survey
from agents.population import Column
from sim.accounts import Accounts
from sim.calendar import YEAR
from sim.classification import CLASSES, Anatomy, Books, Classes, book, classify, dissect, lives

if TYPE_CHECKING:
    from sim.world import World


_CLASSIFICATIONS = {
    "localisation": "by seat and members' cities and countries",
    "relations": "networked with an association, or only near each other",
    "scope": "by the number of makers of the key product",
    "depth": "by the processing stages of the key product present",
    "life": "by the dynamics of members, productivity and investment",
    "centres": "by the number of sector sub-clusters",
    "level": "of innovation",
}

COLUMNS: dict[str, Column] = {
    "year": Column("i8", "year", "years since the opening of programmes, 0 the first"),
    "key": Column("i8", "-", "luck key of the cluster"),
    "country": Column("O", "name", "country of its seat"),
    "place": Column("O", "name", "seat"),
    "sector": Column("O", "name", "sector of its key product"),
    "weight": Column("f8", "clusters", "real clusters that the line stands for"),
    "stage": Column("O", "name", "potential, emerging, active or declining (agents/membership.py)"),
    **{name: Column("O", ", ".join(CLASSES[name]), f"{meaning}; empty without members") for name, meaning in _CLASSIFICATIONS.items()},
    "members": Column("i8", "count", "organisations"),
    "abroad": Column("f8", "share", "of members, in another country than the seat"),
    "networked": Column("f8", "share", "of members, with a partner inside"),
    "networking": Column("f8", "partners a member", "partners inside by memorandum or project, per member"),
    "variety": Column("f8", "effective fields", "of the members' mean knowledge"),
    "distance": Column("f8", "0..1", "mean cognitive distance of two members, 1 - proximity (Jaffe 1986); missing below two"),
    "ties": Column("i8", "ties", "partnerships of members"),
    "outside_ties": Column("f8", "share", "of these ties, with partners outside the cluster; missing without ties"),
    "sales": Column("f8", "mln int$ / quarter", "smoothed; budget, for science"),
    "research": Column("f8", "mln int$ / quarter", "smoothed"),
    "profitability": Column("f8", "share", "profit over sales of member firms in the quarter; missing without sales"),
    "innovators": Column("f8", "share", "of member firms, with an innovation in the year; missing without firms"),
    "capability": Column("f8", "0..1", "brokerage capability of the cluster organisation"),
    "orientation": Column("f8", "0..1", "outward orientation of the cluster organisation"),
    "founded": Column("?", "-", "has an association"),
    "labelled": Column("?", "-", "has a label of cluster management"),
    "infrastructure": Column("f8", "0..1", "shared infrastructure, of what members could use"),
    "decreed": Column("?", "-", "created by command"),
}
"""The table of clusters, one line a cluster and year; unweighted."""


class Yearbook:
    """What is kept of clusters."""

    def __init__(self) -> None:
        self.books: Books = {}
        self.accounts: Accounts = {}
        self.years: list[dict[str, np.ndarray]] = []

    def take(self, world: "World") -> Accounts:
        """Clusters of each class by country, f8 (C,), weighted; counted anew in the last quarter of a year."""
        if world.quarter % YEAR == YEAR - 1 or not self.accounts:
            self._write(world)
        return self.accounts

    def _write(self, world: "World") -> None:
        clusters, p = world.clusters, world.config.behaviour.classification
        now, body = survey(world.population, world.ties, clusters), dissect(world)
        year = world.quarter // YEAR
        self.books = {then: kept for then, kept in self.books.items() if year - p.look_back <= then < year} | {year: book(now)}
        high_tech = world.sectors.high_tech[clusters.sector]
        classes = classify(clusters.founded, high_tech, now, body, lives(year, self.books, p), p)
        self.accounts = count_classes(classes, clusters.country, world.countries.weight)
        if world.config.record.panel and world.quarter % YEAR == YEAR - 1:
            self.years.append(cluster_year(world, now, body, classes))


def count_classes(classes: Classes, country: np.ndarray, weight: np.ndarray) -> Accounts:
    """Clusters of each class by country of the seat, f8 (C,), weighted with weight f8 (C,)."""
    return {
        f"clusters_{name}_{label}": np.bincount(country[classes[name] == number], minlength=len(weight)) * weight
        for name, labels in CLASSES.items()
        for number, label in enumerate(labels)
    }


def cluster_year(world: "World", now: Survey, body: Anatomy, classes: Classes) -> dict[str, np.ndarray]:
    """Every cluster at the end of a year, in the columns of COLUMNS."""
    clusters, size = world.clusters, np.maximum(now.members, 1)
    held = {name: getattr(clusters, name).copy() for name in COLUMNS if hasattr(clusters, name)}
    found = {
        "year": np.full(clusters.count, (world.quarter - world.opens) // YEAR),
        "country": np.array(world.countries.iso, dtype=object)[clusters.country],
        "place": np.array(world.places.name, dtype=object)[clusters.place],
        "sector": np.array(world.sectors.name, dtype=object)[clusters.sector],
        "weight": world.countries.weight[clusters.country],
        "stage": np.array([stage.name.lower() for stage in ClusterStage], dtype=object)[clusters.stage],
        **{name: np.array([*CLASSES[name], ""], dtype=object)[number] for name, number in classes.items()},
        "members": now.members,
        "abroad": body.abroad / size,
        "networked": now.networked,
        "networking": now.networking,
        "variety": now.variety,
        "distance": body.distance,
        "ties": body.ties,
        "outside_ties": _share(body.outside, body.ties),
        "sales": now.sales,
        "research": now.research,
        "profitability": _share(body.profit, body.sales),
        "innovators": _share(body.innovators, body.firms),
    }
    return {name: (held | found)[name] for name in COLUMNS}


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def clusters_frame(years: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Cluster x year."""
    lines = [pd.DataFrame(year) for year in years]
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=list(COLUMNS))
