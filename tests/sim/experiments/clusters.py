"""Clusters of several nodes on this machine's loopback, for tests: every process is started here, and ended here by its id.

Ray's nodes have loopback addresses of their own (127.0.0.2 and so on, as on Linux), so that they are nodes to one another.
"""

import ctypes
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.conftest import ROOT

PR_SET_PDEATHSIG = 1
WAIT = 90.0
"""Seconds after which a cluster that has not come up is an error; nothing is said about how long it takes."""


@dataclass
class Nodes:
    """A running cluster: its address, and the process that each node was started as."""

    address: str
    head: subprocess.Popen[bytes]
    nodes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def lose_node(self) -> int:
        """Kill the last node with -9, all its processes at once, as a power cut would; how many they were."""
        return end(family_of(self.nodes.pop().pid))

    def lose_head(self) -> int:
        """The same with the head (Ray) or the scheduler (Dask)."""
        return end(family_of(self.head.pid))


SETTINGS = {
    "PYTHONPATH": str(ROOT),  # in place of an installation
    "MPLBACKEND": "Agg",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",  # a word of our own: left alone, Ray writes one into the home folder, and other clusters take it up
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
    "RAY_health_check_initial_delay_ms": "1000",  # so that a lost node is missed after seconds
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_failure_threshold": "4",
}
"""Environment of every node, and of the process that joins them."""


@contextmanager
def started() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """A function that starts a process; all that it started, with all their children, are gone afterwards."""
    mine: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as out:
            options = {"env": {**os.environ, **SETTINGS}, "start_new_session": True, "preexec_fn": _end_with_us}
            mine.append(subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, **options))
        return mine[-1]

    try:
        yield start
    finally:
        end([process for each in mine for process in family_of(each.pid)])
        for each in mine:
            each.wait()


def _end_with_us() -> None:
    """Linux: SIGTERM if the tests themselves are killed; `ray start --block` then ends what it started."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def family_of(pid: int) -> list[psutil.Process]:
    """A process, all that descend from it, and those of its session whose parent is gone."""
    try:
        root = psutil.Process(pid)
        found = {root, *root.children(recursive=True)}
    except psutil.NoSuchProcess:
        found = set()
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == pid:
                found.add(process)
        except (ProcessLookupError, PermissionError):
            continue
    return list(found)


def end(processes: list[psutil.Process]) -> int:
    """Kill -9, and how many there were; psutil sees to it that a number that has gone to another process is left alone."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    return len(processes)


def until(ready: Callable[[], object], what: str, log: Path | None = None) -> None:
    """Wait for something to be there."""
    limit = time.monotonic() + WAIT
    while not ready():
        if time.monotonic() > limit:
            raise TimeoutError(f"{what} did not come up:\n{log.read_text(errors='replace') if log else ''}")
        time.sleep(0.05)


@contextmanager
def ray_cluster(nodes: int) -> Iterator[Nodes]:
    """A head without processors, and nodes with one each, as `ray start` makes them."""
    import ray

    ray_start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
    with (
        tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as folder,
        started() as start,
    ):  # sockets want short names
        place = Path(folder)
        head = ["--head", "--port=0", "--include-dashboard=false", "--num-cpus=0", "--node-ip-address=127.0.0.2", f"--temp-dir={place}"]
        process = start([*ray_start, *head], place / "head.log")
        known = place / "ray_current_cluster"
        until(lambda: known.exists() and known.read_text(), "the Ray head", place / "head.log")
        cluster = Nodes(known.read_text().strip(), process)
        for n in range(nodes):
            options = [f"--address={cluster.address}", "--num-cpus=1", f"--node-ip-address=127.0.0.{3 + n}", f"--temp-dir={place}/{n}"]
            cluster.nodes.append(start([*ray_start, *options], place / f"node{n}.log"))
        ray.shutdown()  # a test before this one may have left it connected
        ray.init(address=cluster.address, log_to_driver=False, logging_level="WARNING")
        try:
            until(lambda: ray.cluster_resources().get("CPU", 0) == nodes, "a Ray node", place / "node0.log")
            ray.shutdown()  # whoever uses the cluster joins it for himself
            yield cluster
        finally:
            ray.shutdown()


@contextmanager
def dask_cluster(workers: int) -> Iterator[Nodes]:
    """A scheduler, and workers of one thread, each a process, as the `dask` command makes them."""
    from distributed import Client

    dask = [sys.executable, "-m", "dask"]
    with tempfile.TemporaryDirectory(prefix="dask-", ignore_cleanup_errors=True) as folder, started() as start:
        place = Path(folder)
        known = place / "scheduler.json"
        options = ["--host=127.0.0.1", "--port=0", f"--scheduler-file={known}", "--no-dashboard"]
        process = start([*dask, "scheduler", *options], place / "scheduler.log")
        until(known.exists, "the Dask scheduler", place / "scheduler.log")
        with Client(scheduler_file=str(known), timeout=WAIT) as client:
            cluster = Nodes(client.scheduler.address, process)
            options = ["--nthreads=1", "--no-nanny", "--no-dashboard", "--host=127.0.0.1", f"--local-directory={place}"]
            cluster.nodes += [start([*dask, "worker", cluster.address, *options], place / f"worker{n}.log") for n in range(workers)]
            client.wait_for_workers(workers, timeout=WAIT)
        yield cluster
