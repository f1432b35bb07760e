"""Joint R&D projects of 2 to MEMBERS organisations, as columns.

A project is born PENDING at the memorandum, becomes ACTIVE when its money and consents are found, LAPSES when
they are not found in time, and otherwise ends in SUCCESS or FAILURE.  Rows of finished projects are reused;
`key` identifies a project for ever.
"""

from collections import namedtuple
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.population import Column

MEMBERS = 6
"""Most members of one consortium."""


class Status(IntEnum):
    """Where a project stands; FREE marks an unused row."""

    FREE = 0
    PENDING = 1
    ACTIVE = 2


COLUMNS: dict[str, Column] = {
    "key": Column("u8", "-", "luck key: hash of the first two members' ids and the quarter of the memorandum"),
    "status": Column("i1", "Status", "free, pending or active"),
    "size": Column("i1", "count", "number of members"),
    "members": Column("i4", "rows of population", "members, the lead first; -1 beyond size", MEMBERS),
    "member_ids": Column("i8", "ids", "ids of the members, to see that a row still holds the same one", MEMBERS),
    "cost": Column("f8", "mln int$ / quarter", "what each member's part costs", MEMBERS),
    "saved": Column("f8", "0..1", "share of each member's part that shared equipment saves, already off its cost", MEMBERS),
    "load": Column("f8", "projects", "how much of a project each member carries: project weight over its own weight", MEMBERS),
    "weight": Column("f8", "projects", "real projects this row stands for: the smallest weight of its members"),
    "born": Column("i4", "quarter", "quarter of the memorandum"),
    "started": Column("i4", "quarter", "quarter of the start, -1 while pending"),
    "value": Column("f8", "index", "sum of what members expected of each other at agreement"),
    "channel": Column("i1", "Channel", "where lead and first partner met"),
    "renewal": Column("?", "-", "continues an earlier project of the same members"),
    "consented": Column("?", "-", "needs no consent of several countries, or has it"),
    "programme": Column("i2", "row of programmes", "the programme that pays a part, -1 for none"),
    "covered": Column("f8", "0..1", "share of each member's cost that the programme pays", MEMBERS),
    "afterwards": Column("?", "-", "the programme pays only after the expense"),
    "regional": Column("f8", "0..1", "part of `covered` that the members' regions pay", MEMBERS),
    "paid_until": Column("i4", "quarter", "first quarter in which the programme pays no more"),
    "cross_cluster": Column("?", "-", "members of at least two clusters at birth"),
    "in_cluster": Column("?", "-", "all members of one cluster at birth"),
    "cross_border": Column("?", "-", "members of at least two countries"),
    "cross_sector": Column("?", "-", "members of at least two sectors"),
    "with_science": Column("?", "-", "a firm and a university or institute are members"),
    "innovations": Column("i4", "count", "joint innovations so far"),
}


if TYPE_CHECKING:
    ProjectTable = Any
else:
    ProjectTable = namedtuple("ProjectTable", list(COLUMNS))
    """The arrays of Projects, as kernels take them."""


class Projects:
    """Columns of all projects (`capacity` rows, grown by `reserve`)."""

    if TYPE_CHECKING:

        def __getattr__(self, column: str) -> np.ndarray: ...
        def __setattr__(self, column: str, values: Any) -> None: ...

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        for name, column in COLUMNS.items():
            shape = (capacity, column.width) if column.width else (capacity,)
            setattr(self, name, np.zeros(shape, dtype=column.dtype))
        self._empty(slice(0, capacity))

    def table(self) -> ProjectTable:
        """The arrays for kernels; valid until `reserve` is called."""
        return ProjectTable(**{name: getattr(self, name) for name in COLUMNS})

    def free_rows(self) -> np.ndarray:
        """Unused rows, ascending."""
        return np.flatnonzero(self.status == Status.FREE)

    def _empty(self, rows: slice) -> None:
        self.members[rows] = -1
        self.member_ids[rows] = -1
        self.programme[rows] = -1
        self.started[rows] = -1

    def reserve(self, free_rows: int) -> None:
        """Have at least `free_rows` free rows, without moving one."""
        if int((self.status == Status.FREE).sum()) >= free_rows:
            return
        old_capacity, self.capacity = self.capacity, max(2 * self.capacity, self.capacity + free_rows)
        for name in COLUMNS:
            old = getattr(self, name)
            grown = np.zeros((self.capacity, *old.shape[1:]), dtype=old.dtype)
            grown[:old_capacity] = old
            setattr(self, name, grown)
        self._empty(slice(old_capacity, self.capacity))
