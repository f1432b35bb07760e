"""Ray and Dask clusters as executors: those that an address names, or ones of this machine alone."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.config_check import ConfigError
from sim.experiments.processes import cores
from sim.experiments.remote import Cluster, Remote, package, silent

PATIENCE = 20.0
"""Seconds in which a cluster has to answer, and to have its first worker."""
LOOK = 5.0
"""Seconds between two looks at whether a Ray head is still there; three in vain, and it is not."""


@contextmanager
def ray_workers(address: str | None, workers: int | None, retries: int) -> Iterator[Remote]:
    """Workers of a Ray cluster.  Raises ConfigError where Ray is missing, does not answer or goes away."""
    ray = joined_ray(address, workers)
    lost = tuple(
        getattr(ray.exceptions, name)
        for name in ("WorkerCrashedError", "NodeDiedError", "LocalRayletDiedError", "OutOfMemoryError", "ObjectLostError")
    )
    head = ray.get_runtime_context().gcs_address
    call = ray.remote(num_cpus=1, max_retries=0)(_call)
    cluster = Cluster(
        kind="ray",
        where=head,
        send=lambda *arguments, **named: call.remote(*arguments, **named).future(),
        share=ray.put,
        cancel=lambda future: ray.cancel(future.object_ref, force=True),
        lost=lambda error: isinstance(error, lost),
    )
    remote, over = Remote(cluster, retries), threading.Event()
    watch = threading.Thread(target=_watch_head, args=(remote, head, over), daemon=True)
    watch.start()
    try:
        yield remote
    finally:
        over.set()
        remote.close()


def ray_processors(address: str | None, workers: int | None) -> int:
    """Processors of a Ray cluster; ConfigError if it has none."""
    found = int(joined_ray(address, workers).cluster_resources().get("CPU", 0))
    if found < 1:
        raise ConfigError("executor=ray: the cluster has no node with processors; start one with: ray start --address=...")
    return found


def joined_ray(address: str | None, workers: int | None) -> Any:
    """Ray, connected.  The connection stays until the process ends, since an experiment needs it several times."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray = package("ray", "ray")
    if ray.is_initialized():
        here = ray.get_runtime_context().gcs_address
        if address in (None, "auto", here):
            return ray
        raise ConfigError(f"executor.address: found {address}; allowed: {here}, to which this process is connected already, or null")
    if address:
        _knock(address)
    try:
        own = {} if address else {"num_cpus": workers or cores(), "include_dashboard": False}
        ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING, **own)
    except (Exception, SystemExit) as error:  # Ray ends the process where it finds no cluster
        raise ConfigError(f"executor.address: no Ray cluster answers at {address or 'this machine'}: {error}") from error
    return ray


def _call(function: Any, *arguments: Any, **named: Any) -> Any:
    return function(*arguments, **named)


def _knock(address: str) -> None:
    """Is there anybody at host:port?  Ray itself asks for minutes."""
    host, _, port = address.rpartition(":")
    if "://" in address or not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()
    except OSError as error:
        raise ConfigError(f"executor.address: no Ray cluster answers at {address}: {error}") from error


def _watch_head(remote: Remote, head: str, over: threading.Event) -> None:
    """A head that is gone ends what is under way; left alone, Ray would end this whole process after a minute."""
    misses = 0
    while not over.wait(LOOK):
        try:
            _knock(head)
            misses = 0
        except ConfigError:
            misses += 1
        if misses == 3:
            remote.abandon(silent("ray", head))
            return


@contextmanager
def dask_workers(address: str | None, workers: int, retries: int, scratch: Path) -> Iterator[Remote]:
    """Workers of a Dask cluster.  Raises ConfigError where Dask is missing, does not answer or goes away."""
    distributed = package("distributed", "dask")
    with _dask_client(distributed, address, workers, scratch) as client:
        executor = client.get_executor(pure=False)
        cluster = Cluster(
            kind="dask",
            where=client.scheduler.address,
            send=executor.submit,
            # a task that returns its argument can be done again where scattered data would be lost with its worker
            share=lambda data: client.submit(_same, data, pure=False),
            cancel=lambda future: future.cancel(),
            lost=lambda error: isinstance(error, distributed.KilledWorker),
        )
        remote = Remote(cluster, retries)
        try:
            yield remote
        finally:
            remote.close()


def dask_threads(address: str) -> int:
    """Calls that the workers of a Dask cluster can be at at a time: one for each thread of each worker."""
    distributed = package("distributed", "dask")
    with _dask_client(distributed, address, 0, Path()) as client:
        return sum(client.nthreads().values())


@contextmanager
def _dask_client(distributed: Any, address: str | None, workers: int, scratch: Path) -> Iterator[Any]:
    if address is None:
        options = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "local_directory": str(scratch)}
        with distributed.LocalCluster(n_workers=workers, **options) as cluster, distributed.Client(cluster) as client:
            yield client
        return
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ConfigError(f"executor.address: no Dask cluster answers at {address}: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ConfigError(f"executor=dask: the cluster at {address} has no worker; start one with: dask worker {address}") from error
        yield client


def _same(data: bytes) -> bytes:
    return data
