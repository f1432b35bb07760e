"""The plan of a sweep before it starts: how many runs, in what pieces, and about how long, how much memory and disk.

What is cut how changes no byte: a sweep that is taken up again is measured and cut anew, for the workers that are there.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.config_check import ConfigError
from sim.experiments.work import Chunk, Done

CHUNK_SECONDS = (0.5, 20.0)
"""Work in a chunk, at least and at most: long against the milliseconds that it costs to send, short against what a crash loses."""
JOB_SECONDS = (60.0, 600.0)
"""The same where every chunk is a job of a batch system: long against the seconds that a process takes to start."""
FEWEST_CHUNKS = 32
"""Chunks a worker at least, where there are groups enough: waiting for the last costs half a chunk a worker, a sixtieth of the time."""
WORKER_MEMORY = 350.0
"""MB of a worker before it holds a world: interpreter, numba, Arrow (measured)."""
SPARE_DISK = 1.2
"""Final tables are written while the chunks still stand."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep will take, measured on one group of it."""

    groups: int
    runs: int
    groups_per_chunk: int
    seconds: float  # on all workers together
    memory: float  # MB, all workers
    disk: float  # MB

    def lines(self, workers: int, at_once: int) -> list[str]:
        """The plan in words.  at_once: workers that have a processor to themselves."""
        each = "group" if self.groups_per_chunk == 1 else "groups"
        return [
            f"{self.runs:,} runs in {self.groups:,} groups of arms that share their luck, {self.groups_per_chunk} {each} a chunk",
            f"about {_duration(self.seconds / at_once)} on {workers} workers, {self.memory:,.0f} MB of memory, {self.disk:,.1f} MB of disk",
        ]


def make_plan(groups: int, arms: int, sample: Done, workers: int, folder: Path, span: tuple[float, float] = CHUNK_SECONDS) -> Plan:
    """Cut what is left of a sweep into chunks, from a few groups of it that a worker has done.

    groups: left to be run, each of so many arms.  span: seconds of work in a chunk, at least and at most; a worker has one chunk at least,
    if there are groups enough.  Raises ConfigError if the disk cannot hold the results.
    """
    seconds, size = max(sample.last, 1e-3), len(sample.payload) * arms / sample.runs
    least, most = span
    work = min(max(seconds * groups / (FEWEST_CHUNKS * workers), least), most)
    per_chunk = max(1, min(int(work / seconds), groups // workers))
    plan = Plan(
        groups=groups,
        runs=groups * arms,
        groups_per_chunk=per_chunk,
        seconds=seconds * groups,
        memory=workers * (WORKER_MEMORY + 4.0 * size * per_chunk / 1e6),
        disk=2.0 * size * groups / 1e6,
    )
    free = shutil.disk_usage(folder).free / 1e6
    if plan.disk * SPARE_DISK > free:
        raise ConfigError(
            f"experiment: its results need about {plan.disk * SPARE_DISK:,.0f} MB, {folder} has {free:,.0f} MB free; "
            "record=outcomes keeps less, or choose another folder with results=..."
        )
    return plan


def chunks(gaps: Iterable[tuple[int, int]], size: int) -> Iterator[Chunk]:
    """Chunks of at most `size` groups that cover the gaps."""
    for start, stop in gaps:
        for at in range(start, stop, size):
            yield Chunk(at, min(at + size, stop))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
