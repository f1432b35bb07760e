"""Where chunks are computed: anything with `submit` (concurrent.futures.Executor), chosen in configs/executor or handed over from Python.

local   processes of this machine                          no further package
ray     workers of a Ray cluster                           pip install ray
dask    workers of a Dask cluster                          pip install distributed
slurm   jobs of a Slurm cluster (or local processes)       pip install submitit
Only the sent study and chunk, and the tables that come back, travel; nothing needs a common disk but Slurm's own files.
"""

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agents.parameters import number
from sim.config_check import ConfigError
from sim.experiments.clusters import dask_threads, dask_workers, ray_processors, ray_workers
from sim.experiments.jobs import slurm_jobs
from sim.experiments.processes import cores, local_processes


@dataclass(frozen=True, kw_only=True)
class ExecutorConfig:
    """configs/executor.  workers: null for as many as the machine gives us (local) or the cluster has."""

    kind: Literal["local", "ray", "dask", "slurm"]
    address: str | None
    slurm: dict[str, Any]
    workers: int | None = number("processes", 1, 100_000, "any", whole=True)
    retries: int = number("attempts after a lost node", 0, 100, "design", whole=True)

    @classmethod
    def local(cls, workers: int | None = None) -> "ExecutorConfig":
        """Processes of this machine."""
        return cls(kind="local", address=None, slurm={}, workers=workers, retries=0)

    @property
    def is_local(self) -> bool:
        """Do workers share disk and clock with the coordinator?"""
        return self.kind == "local"


@dataclass(frozen=True, kw_only=True)
class Given(ExecutorConfig):
    """An executor that the caller has opened, and closes."""

    executor: Executor

    @property
    def is_local(self) -> bool:
        """Nobody knows where its workers are."""
        return False


def given(executor: Executor, workers: int) -> Given:
    """An open executor for Options(executor=...).  workers: calls that it is at at a time.

    Its workers must be able to import this package, and functions that are sent by name; it looks after lost workers itself.
    """
    return Given(kind="local", address=None, slurm={}, workers=workers, retries=0, executor=executor)


@contextmanager
def open_executor(config: ExecutorConfig, workers: int, scratch: Path) -> Iterator[Executor]:
    """An executor of the configured kind; ConfigError where its package is missing or its cluster does not answer."""
    with _opened(config, workers, scratch) as executor:
        yield executor


def _opened(config: ExecutorConfig, workers: int, scratch: Path) -> AbstractContextManager[Executor]:
    if isinstance(config, Given):
        return _handed_over(config.executor)
    if config.kind == "ray":
        return ray_workers(config.address, config.workers, config.retries)
    if config.kind == "dask":
        return dask_workers(config.address, workers, config.retries, scratch)
    if config.kind == "slurm":
        return slurm_jobs(config.slurm, workers, config.retries, scratch)
    return local_processes(workers)


@contextmanager
def _handed_over(executor: Executor) -> Iterator[Executor]:
    """The executor as it is: it cannot be made anew, so a broken one is the end."""
    try:
        yield executor
    except BrokenExecutor as error:
        raise ConfigError(
            f"executor: the one handed over is broken ({error}); what was finished is kept, go on with another in the same folder"
        ) from error


def worker_count(config: ExecutorConfig) -> int:
    """Workers to keep busy: as configured, else all of the cluster or of this machine."""
    if config.workers is not None:
        return config.workers
    if config.kind == "ray":
        return ray_processors(config.address, config.workers)
    if config.kind == "dask" and config.address:
        return dask_threads(config.address)
    return cores()
