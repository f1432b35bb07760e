"""A table of the columns that an export holds: unit and meaning of each, for whoever gets the files without this program."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sim.analysis.exports import Source, stata_names
from sim.experiments.dictionary import meaning

NAME = "columns"


@dataclass(frozen=True)
class Held(Source):
    """A table in memory."""

    table: pa.Table

    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.table.num_rows, self.table.num_columns

    def pieces(self) -> Iterator[pa.Table]:
        """The table in one piece."""
        yield self.table


def codebook(tables: Sequence[Source], kind: str) -> Source:
    """One row a column: table, column, unit, meaning; for Stata the name that the column has there."""
    rows = []
    for table in tables:
        columns = table.columns()
        names = stata_names(columns) if kind == "dta" else {}
        for column in columns:
            known = meaning(table.name, column)
            row = {"table": table.name, "column": column, "unit": known.unit if known else "", "meaning": known.meaning if known else ""}
            rows.append(row | ({"name_in_stata": names[column]} if names else {}))
    return Held(NAME, Path(NAME), pa.Table.from_pylist(rows))
