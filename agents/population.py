"""The organisations: one typed array per column, rows that never move, ids that are never used twice.

A row belongs to one organisation from birth to death and may then be given to an entrant; `id` tells them apart.
An organisation's id is fixed by where it comes from in the lattice of potential entrants
(country key, quarter of birth, slot), never by a counter or a row: it is also its luck key.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

TECHNOLOGY_FIELDS = (
    "biology", "pharmacology", "chemistry", "materials", "instruments", "electronics", "software", "mechanics", "energy", "agrifood",
    "aerospace", "design",
)  # fmt: skip
"""What the entries of a knowledge vector stand for, in this order."""
FIELDS = len(TECHNOLOGY_FIELDS)

SLOTS_PER_COUNTRY = 10_000_000
COUNTRY_KEYS = 1_000
NOBODY = -1
UNSET = ("id", "cluster", "first_foreign", "soft_payer", "guarantor")
"""Columns of which an empty one says NOBODY."""


class Kind(IntEnum):
    """What an organisation is."""

    FIRM = 0
    INSTITUTE = 1
    UNIVERSITY = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the dictionary: its type, unit, meaning, and width where it holds a vector."""

    dtype: str
    unit: str
    meaning: str
    width: int = 0


COLUMNS: dict[str, Column] = {
    # identity
    "id": Column("i8", "-", "lattice id, the luck key; -1 in a free row"),
    "alive": Column("?", "-", "the row holds an organisation"),
    "kind": Column("i1", "Kind", "firm, research institute or university"),
    "country": Column("i2", "row of countries", "where it is"),
    "place": Column("i2", "row of places", "its city"),
    "sector": Column("i2", "row of sectors", "its product's sector; for science, the sector its knowledge is nearest to"),
    "stage": Column("i1", "0..2", "processing stage of the sector's key product it makes: input, component, final"),
    "cluster": Column("i4", "row of clusters", "its cluster, -1 for none"),
    "born": Column("i4", "quarter", "quarter of birth; negative for founders of the world"),
    "foreign": Column("?", "-", "an affiliate of a foreign company"),
    # size and money
    "staff": Column("f8", "persons", "employees"),
    "sales": Column("f8", "mln int$ / quarter", "sales of this quarter, niche included (budget, for science)"),
    "sales_mean": Column("f8", "mln int$ / quarter", "smoothed sales"),
    "export_sales": Column("f8", "mln int$ / quarter", "part of sales made abroad"),
    "niche": Column("f8", "mln int$ / quarter", "sales in a niche of its own, outside contested markets"),
    "cash": Column("f8", "mln int$", "liquid funds"),
    "debt": Column("f8", "mln int$", "bank debt"),
    "soft_debt": Column("f8", "mln int$", "part of debt on concessional terms"),
    "soft_relief": Column("f8", "1/year", "how much lower the interest rate of that part is"),
    "soft_payer": Column("i2", "row of programmes", "the programme that pays the difference, -1 for none"),
    "guaranteed": Column("f8", "mln int$", "part of debt that a programme guarantees"),
    "guarantor": Column("i2", "row of programmes", "the programme that guarantees it, -1 for none"),
    "profit": Column("f8", "mln int$ / quarter", "after tax and interest, before pay-out"),
    # market
    "unit_cost": Column("f8", "index", "cost of a unit of output"),
    "quality": Column("f8", "index", "quality of the product"),
    "mass": Column("f8", "weight", "market mass: its share among its origin's suppliers is mass over their sum"),
    "exports_to": Column("i8", "bit set", "destinations it exports to: bit = row of countries, bit 62 = rest of world"),
    # research
    "taste": Column("f8", "factor", "its own R&D intensity over the sector's"),
    "research": Column("f8", "mln int$ / quarter", "R&D spending of this quarter, projects included"),
    "research_mean": Column("f8", "mln int$ / quarter", "smoothed R&D spending"),
    "research_public": Column("f8", "mln int$ / quarter", "part of research paid by the state, support without strings included"),
    "constrained": Column("?", "-", "its R&D was below what it wanted for want of money"),
    "knowledge": Column("f8", "stock", "knowledge by technology field", FIELDS),
    # cooperation
    "load": Column("f8", "projects", "weighted number of projects it carries"),
    "aware": Column("i8", "bit set", "programmes it knows of"),
    "eligible": Column("i8", "bit set", "programmes it qualifies for this quarter"),
    "on_platform": Column("i8", "bit set", "platforms it has joined"),
    "private_cost": Column("f8", "mln int$ / quarter", "own time spent in meetings and applications"),
    "awarded": Column("f8", "mln int$", "public money received since birth under named programmes"),
    # what happened this year
    "innovations": Column("i4", "count / quarter", "innovations of this quarter, joint ones included"),
    "innovations_year": Column("i4", "count", "innovations in the last four quarters"),
    "first_foreign": Column("i4", "quarter", "quarter of its first foreign project partner, -1 while none"),
}


def lattice_id(quarter: int, country_key: int, slot: int) -> int:
    """Id of the potential organisation (quarter of birth, country key 1..999, slot); founders have quarter -1."""
    return ((quarter + 1) * COUNTRY_KEYS + country_key) * SLOTS_PER_COUNTRY + slot


class Population:
    """Columns of all organisations, `capacity` rows; `COLUMNS` is their dictionary.

    Every column is an attribute, e.g. `population.cash`, shape (capacity,) or (capacity, FIELDS).
    """

    if TYPE_CHECKING:

        def __getattr__(self, column: str) -> np.ndarray: ...
        def __setattr__(self, column: str, values: Any) -> None: ...

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        for name, column in COLUMNS.items():
            shape = (capacity, column.width) if column.width else (capacity,)
            setattr(self, name, np.zeros(shape, dtype=column.dtype))
        for name in UNSET:
            getattr(self, name).fill(NOBODY)

    def free(self, row: int) -> None:
        """Empty a row: nothing of the dead organisation stays behind."""
        for name in COLUMNS:
            getattr(self, name)[row] = 0
        for name in UNSET:
            getattr(self, name)[row] = NOBODY
