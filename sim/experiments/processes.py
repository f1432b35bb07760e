"""Where jobs run: any concurrent.futures.Executor; by default processes of this machine.

Workers are spawned, not forked (numba's and Arrow's threads do not survive a fork), leave Ctrl-C to the parent,
and end when the parent is gone.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from sim.experiments.replication import Job, Run, replicate

POLL = 0.2
"""Seconds between two looks at how far the workers are."""


class WorkerLost(Exception):
    """A worker process died; the text is one line for the user."""


@contextmanager
def local_processes(workers: int) -> Iterator[Executor]:
    """A pool of spawned processes.  On any exception its processes are ended at once, their jobs dropped."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def run_jobs(jobs: Sequence[Job], executor: Executor, look: Callable[[], None]) -> Iterator[list[Run]]:
    """Every job's runs as they are finished; `look` is called several times a second meanwhile."""
    with _interrupts_held():
        pending: set[Future[list[Run]]] = {executor.submit(replicate, job) for job in jobs}
    while pending:
        finished, pending = wait(pending, timeout=POLL, return_when=FIRST_COMPLETED)
        look()
        for future in finished:
            try:
                yield future.result()
            except BrokenProcessPool as error:
                raise WorkerLost("a worker process died (killed, or out of memory); nothing of this run is kept") from error


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back, so that a process that starts now is born deaf to it and dies without a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
