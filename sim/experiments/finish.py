"""From chunks to the tables of a folder, in the order of the study, piece by piece: memory does not grow with the sweep.

Chunks differ with the number of workers and with what was killed; the tables do not: rows are cut into row groups of one size.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.config import config_tree
from sim.experiments.frames import FRAMES
from sim.experiments.journal import Entry, payload, read_entries
from sim.experiments.store import StoreError, TableFile
from sim.experiments.study import Study
from sim.experiments.treatment import leaves
from sim.experiments.work import Packed


def write_tables(folder: Path, study: Study, name: str) -> list[Path]:
    """Write <table>.parquet for every table that the chunks hold; returns their paths.  name: of the experiment."""
    entries = covering(read_entries(folder), len(study))
    for entry, _, _ in entries:
        payload(folder, entry)  # is read once to see that it is whole, and then only the table that is wanted
    settings = Settings(study, name)
    written: list[Path] = []
    try:
        for table in ("runs", *FRAMES):
            path = folder / f"{table}.parquet"
            schema = _schema(folder, entries, table, settings)
            if schema is None:
                continue
            written.append(path)
            with TableFile(path, schema) as file:
                for piece in _pieces(folder, entries, table):
                    file.add(settings.around(piece) if table == "runs" else piece.drop_columns("group"))
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def outcomes_of(folder: Path, study: Study) -> pd.DataFrame:
    """The runs of a study from its chunks, in order."""
    parts = covering(read_entries(folder), len(study))
    return pa.concat_tables(list(_pieces(folder, parts, "runs")), promote_options="default").to_pandas()


def covering(entries: list[Entry], groups: int) -> list[tuple[Entry, int, int]]:
    """Entries in the order of the study with the part of each that counts: the later line where two cover a group.

    Raises StoreError where a group is not covered.
    """
    owner = [-1] * groups
    for number, entry in enumerate(entries):
        stop = min(entry.stop, groups)
        owner[entry.start : stop] = [number] * (stop - entry.start)
    parts: list[tuple[Entry, int, int]] = []
    start = 0
    for at in range(1, groups + 1):
        if at < groups and owner[at] == owner[start]:
            continue
        if owner[start] < 0:
            raise StoreError(f"groups {start} to {at - 1} are not done yet; crosscluster resume goes on with them")
        parts.append((entries[owner[start]], start, at))
        start = at
    return parts


def _pieces(folder: Path, parts: list[tuple[Entry, int, int]], table: str) -> Iterator[pa.Table]:
    for entry, start, stop in parts:
        found = _opened(folder, entry).table(table)
        if found is None:
            continue
        yield found if (start, stop) == (entry.start, entry.stop) else _part(found, entry, start, stop)


def _opened(folder: Path, entry: Entry) -> Packed:
    try:
        return Packed(pa.memory_map(str(folder / entry.file)))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"cannot read {folder / entry.file}: {error}; crosscluster resume runs it again") from error


def _part(table: pa.Table, entry: Entry, start: int, stop: int) -> pa.Table:
    """The rows of some groups of a chunk; `group` counts the groups inside it."""
    inside = pa.compute.and_(
        pa.compute.greater_equal(table["group"], start - entry.start), pa.compute.less(table["group"], stop - entry.start)
    )
    return table.filter(inside)


def _schema(folder: Path, parts: list[tuple[Entry, int, int]], table: str, settings: "Settings") -> pa.Schema | None:
    """The union of the columns of all pieces, in order of first appearance: an arm's own columns are null in others."""
    schemas = [schema for entry, _, _ in parts if (schema := _opened(folder, entry).schema(table)) is not None]
    if not schemas:
        return None
    whole = pa.unify_schemas(schemas, promote_options="permissive")
    return settings.schema(whole) if table == "runs" else whole.remove(whole.get_field_index("group"))


class Settings:
    """The columns of `runs` that say what a run was: experiment, arm's label, factor, and every setting that differs between runs."""

    def __init__(self, study: Study, experiment: str) -> None:
        self.study, self.experiment = study, experiment
        self.trees = {(t.point.arm, t.point.dose): leaves(config_tree(t.config)) for t in study.treatments}
        trees = list(self.trees.values())
        paths = dict.fromkeys(path for tree in trees for path in tree)
        differing = [path for path in paths if path.startswith("world.") or any(tree.get(path) != trees[0].get(path) for tree in trees)]
        self.paths = list(dict.fromkeys([*differing, *study.cases.paths]))
        self.kinds = {path: self._kind(path) for path in self.paths}
        self.treatments = {(t.point.arm, t.point.dose): t for t in study.treatments}

    def schema(self, outcomes: pa.Schema) -> pa.Schema:
        """All columns of `runs`."""
        return self.around(outcomes.empty_table()).schema

    def around(self, piece: pa.Table) -> pa.Table:
        """Rows with their labels before and their settings behind the outcomes."""
        points = list(zip(piece["arm"].to_pylist(), piece["dose"].to_pylist(), strict=True))
        mine = [self.treatments[point] for point in points]
        columns = {
            "experiment": pa.array([self.experiment] * len(points), pa.string()),
            "world": pa.array([self.trees[point].get("world.name") for point in points], pa.string()),
            "case": piece["case"],
            "pair": piece["pair"],
            "arm": piece["arm"],
            "label": pa.array([t.label for t in mine], pa.string()),
            "dose": piece["dose"],
            "seed": piece["seed"],
            "factor": pa.array([t.factor for t in mine], pa.float64()),
            "placebo": pa.array([t.placebo for t in mine], pa.bool_()),
            "error": piece["error"],
        }
        columns |= {name: piece[name] for name in piece.column_names if name not in columns and name != "group"}
        cases = [self.study.cases.values(case) for case in piece["case"].to_pylist()]
        for path in self.paths:
            values = [case.get(path, self.trees[point].get(path)) for case, point in zip(cases, points, strict=True)]
            columns[f"config.{path}"] = pa.array([self._cell(path, value) for value in values], self.kinds[path])
        return pa.table(columns)

    def _kind(self, path: str) -> pa.DataType:
        values = [tree.get(path) for tree in self.trees.values()]
        there = [value for value in values if value is not None]
        if there and all(isinstance(value, bool) for value in there):
            return pa.bool_()
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in there)
        return pa.float64() if there and numbers else pa.string()

    def _cell(self, path: str, value: Any) -> Any:
        if value is None or self.kinds[path] == pa.bool_():
            return value
        if self.kinds[path] == pa.float64():
            return float(value)
        return value if isinstance(value, str) else json.dumps(value)
