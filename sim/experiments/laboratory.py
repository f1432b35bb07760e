"""Where studies are run: workers, a scratch folder for what is needed only meanwhile, and a progress bar on standard error."""

import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import TextColumn as Words
from rich.text import Text

from sim.experiments.coordinator import Coordinator
from sim.experiments.executors import ExecutorConfig, open_executor, worker_count
from sim.experiments.study import MODEL, Simulation, Study
from sim.experiments.work import Chunk, Done, failed_run, together

MOST_KEPT = 64
"""Burn-ins up to which workers keep them for each other on this machine's disk: megabytes each, and a long sweep has thousands."""
KILLED = "its worker died twice in it: killed, or out of memory"

Kept = Callable[[Chunk, Done], None]


@dataclass(frozen=True)
class Options:
    """How an experiment is run; nothing here changes a number.

    shipped: doses solved before.  about: what the manifest says besides.  timeout: seconds that a run may take, and a burn-in.
    tell: is given the plan.  retry_failed: runs that failed before are run again.  go_on: the command that goes on with it; "": resume.
    """

    executor: ExecutorConfig
    shipped: Path | None = None
    about: Mapping[str, Any] | None = None
    simulation: Simulation = MODEL
    timeout: float | None = None
    tell: Callable[[str], None] = lambda line: None
    retry_failed: bool = False
    go_on: str = ""


class Laboratory:
    """Runs chunks of studies."""

    def __init__(self, options: Options, scratch: Path, progress: Progress, pools: ExitStack) -> None:
        self.options, self.scratch, self.progress, self._pools = options, scratch, progress, pools
        self.workers = worker_count(options.executor)
        self._pool: Executor | None = None

    def run(self, study: Study, pieces: Sequence[Chunk], what: str, kept: Kept, again: bool = False) -> None:
        """Every piece of a study; `kept` is given what comes back.  again: later studies need the same burn-ins."""
        local = self.options.executor.is_local
        snapshots = None
        if local and study.burn_ins <= MOST_KEPT and (again or study.burn_ins < len(study)):
            snapshots = self.scratch / ("again" if again else "once")
            snapshots.mkdir(exist_ok=True)
        ticks = self.scratch / f"{len(self.progress.tasks)}.ticks"
        ticks.touch()
        total = sum(piece.stop - piece.start for piece in pieces) * len(study.treatments)
        bar = self.progress.add_task(what, total=total, failed=0)
        done = failed = 0

        def look() -> None:
            seen = ticks.stat().st_size if local else done
            self.progress.update(bar, completed=min(max(seen, done), total), failed=failed)

        def keep(chunk: Chunk, result: Done) -> None:
            nonlocal done, failed
            done, failed = done + result.runs, failed + result.failed
            kept(chunk, result)
            look()

        killers = Killers(study, keep)
        coordinator = Coordinator(pickle.dumps(study), self._open_pool, self.workers, killers.keep, killers.parts, look)
        coordinator.run(
            replace(piece, ticks=ticks if local else None, snapshots=snapshots, timeout=self.options.timeout) for piece in pieces
        )
        look()

    @contextmanager
    def _open_pool(self) -> Iterator[Executor]:
        """The workers: started once for all studies, as that takes seconds; ended, and started anew, if anything goes wrong."""
        if self._pool is None:
            self._pool = self._pools.enter_context(open_executor(self.options.executor, self.workers, self.scratch))
        try:
            yield self._pool
        except BaseException:
            self._pool = None
            self._pools.pop_all().__exit__(*sys.exc_info())
            raise


class Killers:
    """Takes a group that kills its worker to pieces, run by run, and puts the pieces together again."""

    def __init__(self, study: Study, keep: Kept) -> None:
        self.study, self._keep = study, keep
        self._parts: dict[Chunk, dict[int, Done]] = {}

    def parts(self, chunk: Chunk) -> tuple[Chunk, ...] | Done:
        """The runs of a group that kills, each alone; of a run that kills, that it has failed."""
        if chunk.only is None:
            return tuple(replace(chunk, only=arm) for arm in range(len(self.study.treatments)))
        return failed_run(self.study, chunk, KILLED)

    def keep(self, chunk: Chunk, done: Done) -> None:
        """Keep a chunk, a single run not before its group is complete."""
        if chunk.only is None:
            self._keep(chunk, done)
            return
        whole = replace(chunk, only=None)
        parts = self._parts.setdefault(whole, {})
        parts[chunk.only] = done
        if len(parts) == len(self.study.treatments):
            self._keep(whole, together([parts[arm] for arm in sorted(parts)]))
            del self._parts[whole]


@contextmanager
def laboratory(options: Options) -> Iterator[Laboratory]:
    """A laboratory with a scratch folder that is gone afterwards."""
    columns = (
        Words("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        Failures(),
    )
    with (
        TemporaryDirectory(prefix="crosscluster-", ignore_cleanup_errors=True) as scratch,
        Progress(*columns, console=Console(stderr=True)) as progress,
        ExitStack() as pools,
    ):
        yield Laboratory(options, Path(scratch), progress, pools)


class Rate(ProgressColumn):
    """Runs a second."""

    def render(self, task: Task) -> Text:
        """Of the last while, or of all when it is over."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.2g} runs/s" if speed < 10 else f"{speed:.0f} runs/s")


class Failures(ProgressColumn):
    """Runs that failed, if any did."""

    def render(self, task: Task) -> Text:
        """Nothing while all is well."""
        return Text(f"{task.fields['failed']} failed", style="red") if task.fields["failed"] else Text("")
