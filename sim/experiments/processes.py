"""Processes of this machine as an executor, and how many of them the machine gives us.

Workers are spawned, not forked (numba's and Arrow's threads do not survive a fork), leave Ctrl-C to the parent,
and end when the parent is gone.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
"""Where Linux shows control groups: version 2 as one tree, version 1 with a tree for the processor."""
OWN = Path("/proc/self/cgroup")
"""Lines `number:controllers:/path` of the groups that this process is in."""


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


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back, so that a process that starts now is born deaf to it and dies without a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cores() -> int:
    """Processors that this process may use: those of its container or cpuset, not those of the machine."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, cpu_limit() or allowed)


def cpu_limit(groups: Path = GROUPS, own: Path = OWN) -> int | None:
    """Whole processors that a container's CPU limit amounts to, at least one; None without a limit.

    The group of this process and all above it count, and the tightest of them rules.
    """
    limits = [limit for folder in _folders(groups, own) if (limit := _limit(folder)) is not None]
    return max(1, int(min(limits))) if limits else None


def _folders(groups: Path, own: Path) -> list[Path]:
    """The folders of our groups and those above: version 2 names no controller, version 1's tree of processors is `cpu`."""
    try:
        lines = own.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    found = [groups, groups / "cpu"]
    for line in lines:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers == "" or "cpu" in controllers.split(","):
            tree = groups / "cpu" if controllers else groups
            inner = tree / path.lstrip("/")
            found += [inner, *(above for above in inner.parents if above.is_relative_to(tree))]
    return found


def _limit(folder: Path) -> float | None:
    """The limit of one group in processors: microseconds of work a period over the period."""
    try:
        if (file := folder / "cpu.max").exists():
            quota, period = file.read_text(encoding="ascii").split()
        else:
            quota, period = ((folder / f"cpu.cfs_{name}_us").read_text(encoding="ascii").strip() for name in ("quota", "period"))
        return None if quota in ("max", "-1") else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None
