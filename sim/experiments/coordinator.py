"""Hands chunks to an executor and keeps what comes back, whatever happens to the workers.

Only a few chunks a worker are under way at a time, so the coordinator's memory does not grow with the sweep.  A worker that dies breaks its
pool: the pool is made anew, and the chunks that the workers were at are tried again.  One that was there twice runs alone: if it kills
again, it is split, down to a single run, which is recorded as failed, with its name, and the rest go on.  Where workers are elsewhere, only
the chunk of a lost worker is lost: it is handed in again as often as the executor allows, and then split in the same way.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from sim.config_check import ConfigError
from sim.experiments.processes import interrupts_held
from sim.experiments.remote import WorkerLost
from sim.experiments.work import Chunk, Done, compute

POLL = 0.2
"""Seconds between two looks at how far the workers are."""
AHEAD = 3
"""Chunks a worker has under way or waiting, so that none idles between two."""
CHANCES = 2
"""Times that a chunk may be at work, among others, when its pool breaks."""

OpenPool = Callable[[], AbstractContextManager[Executor]]


@dataclass
class Coordinator:
    """Works chunks off.

    open_pool: makes a pool, and again when one is broken.  kept: is given (chunk, done).  poison: is given a single group that kills, and
    says which pieces of it to try one by one, or what it is when there are none smaller.
    """

    packed: bytes
    open_pool: OpenPool
    workers: int
    kept: Callable[[Chunk, Done], None]
    poison: Callable[[Chunk], tuple[Chunk, ...] | Done]
    look: Callable[[], None] = lambda: None
    suspects: deque[Chunk] = field(default_factory=deque)
    losses: Counter[Chunk] = field(default_factory=Counter)
    accused: Chunk | None = None  # the suspect that is at work alone

    def run(self, chunks: Iterable[Chunk]) -> None:
        """Every chunk, to its end.  Raises ConfigError where workers cannot work at all."""
        waiting = deque(chunks)
        while waiting or self.suspects:
            try:
                with self.open_pool() as pool:
                    self._work_off(pool, waiting)
            except BrokenExecutor:
                if self.accused is not None:
                    self._check_workers()
                    self.suspects.extendleft(self._parted(self.accused))
                    self.accused = None

    def _work_off(self, pool: Executor, waiting: deque[Chunk]) -> None:
        """Until nothing is left; raises BrokenExecutor when the pool breaks, with everything that is not done handed back."""
        while self.suspects:
            self._try_alone(pool, self.suspects.popleft())
        under_way: dict[Future[Done], Chunk] = {}
        try:
            while waiting or under_way:
                while waiting and len(under_way) < AHEAD * self.workers:
                    with interrupts_held():
                        under_way[pool.submit(compute, self.packed, waiting[0])] = waiting[0]
                    waiting.popleft()  # only now: a pool that breaks meanwhile must not swallow a chunk
                finished, _ = wait(under_way, timeout=POLL, return_when=FIRST_COMPLETED)
                self.look()
                for future in finished:
                    self._settle(future, under_way, waiting)
        except BrokenExecutor:
            self._hand_back(under_way, waiting)
            raise

    def _settle(self, future: Future[Done], under_way: dict[Future[Done], Chunk], waiting: deque[Chunk]) -> None:
        try:
            done = future.result()
        except WorkerLost as lost:
            waiting.extendleft(self._again(under_way.pop(future), lost.retries))
        else:
            self.kept(under_way.pop(future), done)

    def _hand_back(self, under_way: dict[Future[Done], Chunk], waiting: deque[Chunk]) -> None:
        """After a break: keep what came back, suspect what the workers were at (they take chunks in order), and wait with the rest."""
        lost = []
        for future, chunk in under_way.items():
            if future.done() and future.exception() is None:
                self.kept(chunk, future.result())
            else:
                lost.append(chunk)
        for chunk in lost[: self.workers]:
            self.losses[chunk] += 1
        self.suspects.extend(chunk for chunk in lost if self.losses[chunk] >= CHANCES)
        waiting.extendleft(chunk for chunk in reversed(lost) if self.losses[chunk] < CHANCES)

    def _try_alone(self, pool: Executor, suspect: Chunk) -> None:
        """A suspect with nobody else under way: if the pool breaks now, it was the suspect, or no worker can work."""
        self.accused = suspect
        done = pool.submit(compute, self.packed, suspect).result()
        self.accused = None
        self.kept(suspect, done)

    def _check_workers(self) -> None:
        """ConfigError if workers die before they have done anything."""
        try:
            with self.open_pool() as pool:
                pool.submit(os.getpid).result()
        except BrokenExecutor as error:
            raise ConfigError(
                "executor: its workers end before they have done anything (called from a script, this needs `if __name__ == '__main__':`)"
            ) from error

    def _again(self, chunk: Chunk, retries: int) -> tuple[Chunk, ...]:
        """What is to be done again of a chunk that was lost with its worker, the last first."""
        self.losses[chunk] += 1
        return (chunk,) if self.losses[chunk] <= retries else self._parted(chunk)

    def _parted(self, killer: Chunk) -> tuple[Chunk, ...]:
        """The parts of a chunk that kills, the last first; what has no parts is kept as failed."""
        if killer.stop - killer.start > 1:
            middle = (killer.start + killer.stop) // 2
            return replace(killer, start=middle), replace(killer, stop=middle)
        found = self.poison(killer)
        if isinstance(found, Done):
            self.kept(killer, found)
            return ()
        return found[::-1]
