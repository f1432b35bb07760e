"""Clusters as columns: network organisations around a key product, with a cluster organisation that brokers."""

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.population import FIELDS, Column


class ClusterStage(IntEnum):
    """Development of a cluster ([NM21]: potential, emerging, active; [PY17] adds decline)."""

    POTENTIAL = 0
    EMERGING = 1
    ACTIVE = 2
    DECLINING = 3


COLUMNS: dict[str, Column] = {
    "key": Column("i8", "-", "luck key: country key x 1e6 + number in the country"),
    "country": Column("i2", "row of countries", "country of its seat"),
    "place": Column("i2", "row of places", "seat"),
    "sector": Column("i2", "row of sectors", "sector of its key product"),
    "stage": Column("i1", "ClusterStage", "potential, emerging, active or declining"),
    "capability": Column("f8", "0..1", "brokerage capability of the cluster organisation"),
    "orientation": Column("f8", "0..1", "outward orientation of the cluster organisation"),
    "capability_start": Column("f8", "0..1", "capability without training, to which it falls back"),
    "orientation_start": Column("f8", "0..1", "orientation without training, to which it falls back"),
    "labelled": Column("?", "-", "has a label of cluster management, so that others see its capability"),
    "infrastructure": Column("f8", "0..1", "shared infrastructure, of what its members could use"),
    "decreed": Column("?", "-", "created by command, without a primary network"),
    "founded": Column("?", "-", "an association is founded; members pay dues"),
    "age": Column("i4", "quarters", "quarters since it was first seen"),
    "members": Column("i4", "count", "living members"),
    "members_start": Column("f8", "count", "members a year ago, for the life cycle"),
    "sales_start": Column("f8", "mln int$ / quarter", "members' sales a year ago"),
    "research_start": Column("f8", "mln int$ / quarter", "members' R&D a year ago"),
    "networking": Column("f8", "ties a member", "memoranda and projects among members, per member"),
    "variety": Column("f8", "effective fields", "knowledge variety: inverse concentration of the mean profile"),
    "knowledge": Column("f8", "stock", "mean knowledge of members", FIELDS),
}


class Clusters:
    """Columns of all clusters, shape (count,); rows never move, new ones are appended by `grow`."""

    if TYPE_CHECKING:

        def __getattr__(self, column: str) -> np.ndarray: ...
        def __setattr__(self, column: str, values: Any) -> None: ...

    def __init__(self, count: int) -> None:
        self.count = count
        for name, column in COLUMNS.items():
            shape = (count, column.width) if column.width else (count,)
            setattr(self, name, np.zeros(shape, dtype=column.dtype))

    def grow(self, count: int) -> int:
        """Append empty rows; returns the first of them.  Arrays taken before are no longer those of the clusters."""
        first, self.count = self.count, self.count + count
        for name in COLUMNS:
            old = getattr(self, name)
            setattr(self, name, np.concatenate((old, np.zeros((count, *old.shape[1:]), dtype=old.dtype))))
        return first
