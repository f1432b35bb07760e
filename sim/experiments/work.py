"""What a worker does: the groups of a chunk, one after the other, as tables.

`compute` is a pure function of its arguments and may run in any process on any executor.  A run that fails, or takes too long, is a row
with its error and its settings; the others go on.
"""

import pickle
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.experiments.frames import FRAMES, tables
from sim.experiments.pairing import paired_starts
from sim.experiments.store import StoreError, whole_file
from sim.experiments.study import Group, Study, labels
from sim.experiments.treatment import Treatment


@dataclass(frozen=True, slots=True)
class Chunk:
    """Groups `start` to `stop` - 1 of a study.

    timeout: seconds that a burn-in, and a run after it, may take, None without limit.  only: the number of one treatment, to find out which
    run of a group it is that kills.  ticks: a file that grows by a byte with every run, for the progress bar;
    snapshots: a folder that keeps burn-ins for other chunks: both of workers that share a disk with the coordinator.
    """

    start: int
    stop: int
    timeout: float | None = None
    only: int | None = None
    ticks: Path | None = None
    snapshots: Path | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk's tables in one piece, and what the journal says of it.  last: seconds of its last group, when everything was warm."""

    payload: bytes
    runs: int
    failed: int
    seconds: float
    last: float = 0.0


class TooLong(Exception):
    """A run took more seconds than it may."""


def compute(packed: bytes, chunk: Chunk) -> Done:
    """Run a chunk.  packed: the pickled study."""
    began = time.perf_counter()
    study, worker = _unpacked(packed), _Worker(chunk)
    last = began
    for group in study.groups(chunk.start, chunk.stop):
        last = time.perf_counter()
        worker.run(study, group)
        worker.number += 1
    last = time.perf_counter() - last
    payload = pack(worker.tables())
    return Done(payload, len(worker.rows), worker.failed, time.perf_counter() - began, last)


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Study:
    study: Study = pickle.loads(packed)
    return study


class _Worker:
    """Runs groups in their order and keeps the last burn-in, which the next group may share."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.rows: list[dict[str, Any]] = []
        self.frames: dict[str, list[pa.Table]] = {}
        self.failed = 0
        self.number = 0  # of the group in this chunk
        self._snapshot: tuple[tuple[int, int], bytes] | None = None

    def run(self, study: Study, group: Group) -> None:
        """All arms of a group, the baseline first, so that the others are compared with it; or that one which is asked for."""
        baseline: pd.DataFrame | None = None
        for arm, label in enumerate(labels(study, group)):
            wanted = self.chunk.only in (None, arm)
            if not wanted and arm > 0:
                continue
            row, result = self._row(study, group, arm, label, baseline)
            if arm == 0 and result is not None:
                baseline = result.starts
            if wanted:
                self._note(study, group, arm, row, result)

    def _row(
        self, study: Study, group: Group, arm: int, label: dict[str, Any], baseline: pd.DataFrame | None
    ) -> tuple[dict[str, Any], Any]:
        """A run's row, and its result if it came to an end."""
        treatment, row = study.treatments[arm], {**label, "error": None}
        try:
            result = self._one(study, group, treatment, label["seed"])
            row |= result.outcomes
            starts = result.starts if arm == 0 else baseline
            if study.paired and starts is not None:
                row |= paired_starts(result.starts, starts, treatment.own + treatment.residual)
        except Exception as error:  # noqa: BLE001  a failing run is recorded, the others go on
            return {**label, "error": describe(error)}, None
        return row, result

    def _note(self, study: Study, group: Group, arm: int, row: dict[str, Any], result: Any) -> None:
        self.rows.append({"group": self.number, **row})
        if result is None:
            self.failed += 1
        else:
            self._keep(study, study.treatments[arm], group, row["seed"], result)
        if self.chunk.ticks is not None:
            with suppress(OSError), self.chunk.ticks.open("ab") as file:  # only a progress bar
                file.write(b".")

    def _one(self, study: Study, group: Group, treatment: Treatment, seed: int) -> Any:
        snapshot = self._burnt_in(study, group, seed)
        watch, tables_ = _watch(self.chunk.timeout), study.record != "outcomes"
        result = study.simulation.continue_from(snapshot, study.config(treatment, group.case), watch, tables_)
        if result.error is not None:
            raise RuntimeError(result.error)
        return result

    def _burnt_in(self, study: Study, group: Group, seed: int) -> bytes:
        key = (group.root, seed)
        if self._snapshot is None or self._snapshot[0] != key:
            self._snapshot = (key, self._shared(study, group, seed))
        return self._snapshot[1]

    def _shared(self, study: Study, group: Group, seed: int) -> bytes:
        kept = self.chunk.snapshots / f"{group.root}-{seed}" if self.chunk.snapshots else None
        if kept is not None and kept.exists():
            return kept.read_bytes()
        snapshot = study.simulation.burn_in(study.config(study.treatments[0], group.case), seed, _watch(self.chunk.timeout))
        if kept is not None:
            with suppress(StoreError), whole_file(kept) as file:  # only saves time: a full scratch disk is no failure of a run
                file.write(snapshot)
        return snapshot

    def _keep(self, study: Study, treatment: Treatment, group: Group, seed: int, result: Any) -> None:
        if study.record == "outcomes":
            return
        for name, table in tables(result, treatment, seed, study.record == "annual").items():
            for column, value in (("pair", group.pair), ("case", group.case), ("group", self.number)):
                table = table.add_column(0, column, pa.array([value] * len(table), pa.int64()))
            self.frames.setdefault(name, []).append(table)

    def tables(self) -> dict[str, list[pa.Table]]:
        """Everything so far by name, in pieces of one schema."""
        return {"runs": [as_table(self.rows)], **{name: self.frames[name] for name in FRAMES if name in self.frames}}


KINDS = {
    "group": pa.int64(),
    "case": pa.int64(),
    "pair": pa.int64(),
    "arm": pa.string(),
    "dose": pa.float64(),
    "seed": pa.int64(),
    "error": pa.string(),
}


def as_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of runs as columns; an outcome that a run has not is null."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: _column(name, [row.get(name) for row in rows]) for name in names})


def _column(name: str, values: list[Any]) -> pa.Array:
    return pa.array(values, KINDS.get(name, pa.float64()))


def _watch(timeout: float | None) -> Callable[[int, int], None] | None:
    """A progress function that ends a run between two quarters when its time is over."""
    if timeout is None:
        return None
    end = time.monotonic() + timeout

    def look(done: int, total: int) -> None:
        if time.monotonic() > end:
            raise TooLong(f"took more than {timeout:g} s: {done} of {total} quarters were done")

    return look


def describe(error: BaseException) -> str:
    """An exception in one line; an invariant or a run's own word says enough without its class."""
    text = " ".join(str(error).split())
    return text if type(error) is RuntimeError else f"{type(error).__name__}: {text}"


def pack(pieces: dict[str, list[pa.Table]]) -> bytes:
    """Tables by name as one run of bytes: an Arrow table of Arrow tables, each with its number of rows."""
    names, rows, blobs = [], [], []
    for name, tables_ in pieces.items():
        joined = _short(pa.concat_tables(tables_, promote_options="default"))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, joined.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
            stream.write_table(joined)
        names.append(name)
        rows.append(len(joined))
        blobs.append(sink.getvalue().to_pybytes())
    columns = {"name": pa.array(names, pa.string()), "rows": pa.array(rows, pa.int64()), "table": pa.array(blobs, pa.large_binary())}
    outer = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, outer.schema) as file:
        file.write_table(outer)
    return bytes(sink.getvalue().to_pybytes())


class Packed:
    """What `pack` put together; a table is decompressed when it is asked for.  source: the bytes, or a file mapped into memory."""

    def __init__(self, source: bytes | pa.NativeFile) -> None:
        outer = pa.ipc.open_file(pa.BufferReader(source) if isinstance(source, bytes) else source).read_all()
        self.rows: dict[str, int] = dict(zip(outer["name"].to_pylist(), outer["rows"].to_pylist(), strict=True))
        self._blobs = dict(zip(self.rows, outer["table"], strict=True))

    def table(self, name: str) -> pa.Table | None:
        """A table by its name, None if there is none."""
        return _plain(pa.ipc.open_stream(self._blobs[name].as_buffer()).read_all()) if name in self._blobs else None

    def schema(self, name: str) -> pa.Schema | None:
        """The columns of a table that has rows, without reading them."""
        return _plain(pa.ipc.open_stream(self._blobs[name].as_buffer()).schema.empty_table()).schema if self.rows.get(name) else None


def _short(table: pa.Table) -> pa.Table:
    """Words as numbers of a dictionary: a tenth of the bytes where they repeat."""
    words = [n for n, kind in enumerate(table.schema.types) if pa.types.is_string(kind)]
    table = table.combine_chunks()
    for n in words:
        table = table.set_column(n, table.column_names[n], table.column(n).dictionary_encode())
    return table


def _plain(table: pa.Table) -> pa.Table:
    """Words as they were."""
    kinds = [pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(kinds))


def together(parts: Sequence[Done]) -> Done:
    """The runs of one group, each of which ran alone, as one chunk."""
    pieces: dict[str, list[pa.Table]] = {}
    for packed in (Packed(part.payload) for part in parts):
        for name in packed.rows:
            pieces.setdefault(name, []).append(packed.table(name))
    runs, failed, seconds = (sum(values) for values in zip(*((p.runs, p.failed, p.seconds) for p in parts), strict=True))
    return Done(pack(pieces), int(runs), int(failed), seconds)


def failed_run(study: Study, chunk: Chunk, error: str) -> Done:
    """A single run (chunk.only of a single group) as a chunk that has failed."""
    (group,) = study.groups(chunk.start, chunk.stop)
    label = labels(study, group)[chunk.only or 0]
    return Done(pack({"runs": [as_table([{"group": 0, **label, "error": error}])]}), 1, 1, 0.0)


def runs_of(payload: bytes) -> pa.Table:
    """The table `runs` of what `pack` put together."""
    return Packed(payload).table("runs")
