"""Files that are whole or not there: written beside, flushed to disk, then renamed.

A table's bytes depend on its rows alone: one row-group size, one compression, no pandas metadata.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.formats import newer

ROW_GROUP = 1 << 17
"""Rows of a parquet row group, whatever the size of the pieces that a table was put together from."""

MANIFEST = "manifest.json"


class StoreError(Exception):
    """A file or folder of results cannot be written or read; the text is one line for the user."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that appears under its name only when it is complete and on disk."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """Make a rename in the folder durable; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with \\n line ends."""
    with whole_file(path) as file:
        file.write(text.encode())


def write_json(path: Path, tree: Any) -> None:
    """Write a plain tree in the order of its keys."""
    write_text(path, json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_table(table: pa.Table, path: Path) -> None:
    """Write a parquet file whose bytes are a function of columns and rows."""
    plain = table.combine_chunks().replace_schema_metadata(None)
    with whole_file(path) as file:
        pq.write_table(plain, file, row_group_size=ROW_GROUP, compression="zstd", store_schema=False)


def conformed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of a schema; those that the table has not are null."""
    columns = {
        field.name: table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    }
    return pa.table(columns, schema=schema)


def read_json(path: Path) -> Any:
    """The plain tree in a file; StoreError where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise StoreError(f"cannot read {path}: not JSON ({error})") from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder; StoreError where there is none, or where it is of a later version of the program."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"{folder} is no results folder: it has no {MANIFEST}")
    manifest = read_json(path)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise StoreError(f"{path} is no manifest of crosscluster: it names no format")
    if later := newer(manifest):
        raise StoreError(f"{folder} was written by a later version of crosscluster ({later}); read it with that")
    return manifest


def fresh_folder(results: Path, experiment: str) -> Path:
    """Make results/<experiment>/<UTC time>, with a number behind it where that is taken."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    parent = results / experiment
    try:
        parent.mkdir(parents=True, exist_ok=True)
        taken = 1
        while True:
            folder = parent / (stamp if taken == 1 else f"{stamp}-{taken}")
            try:
                folder.mkdir()
            except FileExistsError:
                taken += 1
                continue
            if not os.access(folder, os.W_OK):
                raise PermissionError(13, "permission denied")
            return folder
    except OSError as error:
        raise StoreError(f"cannot write results to {parent}: {error.strerror or error}") from error


class TableFile:
    """A parquet file written piece by piece, whose bytes depend on the rows alone and not on the pieces; whole or not there."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = schema.remove_metadata()
        self._whole = whole_file(path)
        self._file: BinaryIO | None = None
        self._pending: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> "TableFile":
        self._file = self._whole.__enter__()
        self._writer = pq.ParquetWriter(self._file, self.schema, compression="zstd", store_schema=False)
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self._flush(everything=True)
        self._writer.close()
        self._whole.__exit__(kind, error, trace)

    def add(self, piece: pa.Table) -> None:
        """Add rows; columns that they have not are null."""
        self._pending.append(conformed(piece, self.schema))
        self._rows += len(piece)
        if self._rows >= ROW_GROUP:
            self._flush(everything=False)

    def _flush(self, everything: bool) -> None:
        if not self._pending:
            return
        rows = pa.concat_tables(self._pending).combine_chunks()
        whole = len(rows) if everything else len(rows) - len(rows) % ROW_GROUP
        for start in range(0, whole, ROW_GROUP):
            self._writer.write_table(rows.slice(start, min(ROW_GROUP, whole - start)), row_group_size=ROW_GROUP)
        rest = rows.slice(whole)
        self._pending, self._rows = ([rest] if len(rest) else []), len(rest)
