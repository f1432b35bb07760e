"""Tables of several folders as one table in the order of a joint study, piece by piece: memory does not grow with the tables.

Each folder's rows stand in the order of its own study, which is the joint order with the other folders' groups left out.  So whole groups
are read from all folders at once as far as all of them reach, and put in order there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.config_check import ConfigError
from sim.experiments.store import StoreError, TableFile, conformed

BATCH = 1 << 16
"""Rows read at a time."""
END = np.iinfo(np.int64).max
LAST_LABEL = "error"
"""Columns of `runs` up to this one, and all `config.` ones, stand in one order whatever the outcomes are."""


@dataclass(frozen=True)
class Places:
    """Where the groups of a folder stand in the joint study, by their `pair` in the folder: two i8 (groups of the folder,).

    position: in the joint order of rows.  pair: the group's number there.
    """

    folder: Path
    position: np.ndarray
    pair: np.ndarray


def join_tables(name: str, parts: Sequence[Places], into: Path) -> list[int]:
    """Write <name>.parquet of all parts into a folder; the rows that each part has, none where no part has the table.

    Raises ConfigError where the same group differs or only some have the table, StoreError where a file cannot be read or written.
    """
    missing = [part.folder for part in parts if not _path(part, name).is_file()]
    if len(missing) == len(parts):
        return []
    if missing:
        raise ConfigError(
            f"merge: {missing[0]} has no {name}.parquet, others have; allowed: folders with the same tables (or take it out of all)"
        )
    streams = [_Stream(_path(part, name), part) for part in parts]
    schema = _schema(streams, name)
    owner = _owner(parts)
    try:
        with TableFile(into / f"{name}.parquet", schema) as file:
            for piece in _pieces(streams, owner, schema, name):
                file.add(piece)
    finally:
        for stream in streams:
            stream.close()
    return [stream.rows for stream in streams]


def _path(part: Places, name: str) -> Path:
    return part.folder / f"{name}.parquet"


def _owner(parts: Sequence[Places]) -> np.ndarray:
    """Position -> the first part that has the group, i8 (groups of the joint study,)."""
    owner = np.full(1 + max(int(part.position.max()) for part in parts), -1)
    for number in reversed(range(len(parts))):
        owner[parts[number].position] = number
    return owner


@dataclass
class _Stream:
    """The rows of one file from its beginning on, with their positions in the joint order."""

    path: Path
    places: Places
    rows: int = 0
    _kept: list[pa.Table] = field(default_factory=list)
    _at: list[np.ndarray] = field(default_factory=list)
    _over: bool = False

    def __post_init__(self) -> None:
        try:
            self._file = pq.ParquetFile(self.path)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"cannot read {self.path}: {error}") from error
        self.schema = self._file.schema_arrow
        self._batches = self._file.iter_batches(BATCH)

    def close(self) -> None:
        """No more reading."""
        self._file.close()

    def fill(self) -> int:
        """Read until a whole group is there; the first position that may still lack rows."""
        while not self._over and (not self._at or self._at[0][0] == self._at[-1][-1]):
            self._read()
        return END if self._over else int(self._at[-1][-1])

    def take(self, stop: int) -> tuple[pa.Table, np.ndarray]:
        """The rows of all groups before `stop`."""
        if not self._kept:
            return self.schema.empty_table(), np.zeros(0, np.int64)
        table, at = pa.concat_tables(self._kept), np.concatenate(self._at)
        count = int(np.searchsorted(at, stop))
        self._kept, self._at = ([table.slice(count)], [at[count:]]) if count < len(at) else ([], [])
        return table.slice(0, count), at[:count]

    def _read(self) -> None:
        try:
            batch = next(self._batches, None)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"cannot read {self.path}: {error}") from error
        if batch is None:
            self._over = True
            return
        if not len(batch):
            return
        found = pa.table(batch)
        pair = found["pair"].to_numpy()
        if pair.min() < 0 or pair.max() >= len(self.places.position):
            raise StoreError(f"{self.path}: holds pairs that its study has not")
        at = self.places.position[pair]
        if (np.diff(at) < 0).any() or (self._at and self._at[-1][-1] > at[0]):
            raise StoreError(f"{self.path}: its rows are not in the order of its study")
        self._kept.append(found.set_column(found.schema.get_field_index("pair"), "pair", pa.array(self.places.pair[pair])))
        self._at.append(at)
        self.rows += len(found)


def _pieces(streams: Sequence[_Stream], owner: np.ndarray, schema: pa.Schema, name: str) -> Iterator[pa.Table]:
    """All rows in the joint order; groups that several have, once."""
    stop = 0
    while stop < END:
        stop = min(stream.fill() for stream in streams)
        taken = [stream.take(stop) for stream in streams]
        tables, places = [], []
        for number, (rows, at) in enumerate(taken):
            mine = owner[at] == number
            for other in np.unique(owner[at[~mine]]).tolist():
                shared = at[owner[at] == other]
                ours = (streams[number].places, _where(rows, np.isin(at, shared)))
                theirs = (streams[other].places, _where(taken[other][0], np.isin(taken[other][1], shared)))
                _check_equal(name, ours, theirs, schema)
            tables.append(conformed(_where(rows, mine), schema))
            places.append(at[mine])
        together, order = pa.concat_tables(tables), np.argsort(np.concatenate(places), kind="stable")
        yield together if (np.diff(order) == 1).all() else together.take(order)


def _where(table: pa.Table, mask: np.ndarray) -> pa.Table:
    return table if mask.all() else table.filter(pa.array(mask))


def _check_equal(name: str, one: tuple[Places, pa.Table], other: tuple[Places, pa.Table], schema: pa.Schema) -> None:
    """ConfigError if groups that two parts have are not the same rows."""
    rows, others = conformed(one[1], schema), conformed(other[1], schema)
    different = ["the number of rows"]
    if len(rows) == len(others):
        different = [column for column in schema.names if not _bits(rows[column]).equals(_bits(others[column]))]
    if different:
        raise ConfigError(
            f"merge: {other[0].folder} and {one[0].folder} have runs of the same seeds, and these differ in {name}.parquet "
            f"({', '.join(different[:4])}); allowed: other seeds, or the same runs"
        )


def _bits(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as their bits, so that what is no number equals itself."""
    if not pa.types.is_floating(column.type):
        return column
    whole = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}[column.type.bit_width]
    return pa.chunked_array([chunk.view(whole) for chunk in column.chunks], whole)


def _schema(streams: Sequence[_Stream], name: str) -> pa.Schema:
    """The columns of all parts in the order in which rows of the joint table first have them, as an experiment run in one go has them."""
    bare = [pa.schema([(each.name, each.type) for each in stream.schema]) for stream in streams]
    kinds = pa.unify_schemas(bare, promote_options="permissive")
    if all(schema.names == bare[0].names for schema in bare):
        return kinds
    fixed = bare[0].names[: bare[0].names.index(LAST_LABEL) + 1] if name == "runs" else []
    settings = [column for column in kinds.names if name == "runs" and column.startswith("config.")]
    free = [column for column in kinds.names if column not in fixed and column not in settings]
    seen = [_first_seen(stream, free) for stream in streams]
    free.sort(key=lambda column: min(first[column] for first in seen if column in first))
    return pa.schema([kinds.field(column) for column in (*fixed, *free, *settings)])


def _first_seen(stream: _Stream, columns: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Column -> where it first holds something: joint position, row, place among the columns."""
    names = [column for column in stream.schema.names if column in columns]
    seen = {column: (END, END, number) for number, column in enumerate(names)}
    row = 0
    with pq.ParquetFile(stream.path) as file:
        for batch in file.iter_batches(BATCH, columns=list(dict.fromkeys(["pair", *names]))):
            at = stream.places.position[batch["pair"].to_numpy()]
            for column, (position, _, number) in seen.items():
                if position == END and batch[column].null_count < len(batch):
                    first = int(np.flatnonzero(batch[column].is_valid().to_numpy(zero_copy_only=False))[0])
                    seen[column] = (int(at[first]), row + first, number)
            row += len(batch)
            if all(position < END for position, _, _ in seen.values()):
                break
    return seen
