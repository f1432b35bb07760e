"""Jobs of a batch system as an executor, through submitit: Slurm, or the same jobs as processes of this machine."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.config_check import ConfigError
from sim.experiments.remote import Cluster, Remote, package

POLL = 1.0
"""Seconds between two looks at the jobs, which cannot be waited for."""


@contextmanager
def slurm_jobs(options: Mapping[str, Any], workers: int, retries: int, scratch: Path) -> Iterator[Remote]:
    """Jobs, `workers` of them at a time.

    options: `cluster` and `folder` of submitit, the rest as its parameters.  Raises ConfigError where submitit is missing or refuses them.
    """
    submitit = package("submitit", "slurm")
    errors = submitit.core.utils
    jobs = _Jobs(_batch(submitit, options, scratch), workers)
    cluster = Cluster(
        kind="slurm",
        where="its queue",
        send=jobs.send,
        share=lambda data: data,
        cancel=lambda future: None,  # close() does that for all
        # a failed job has run into an error; one without a result was killed, or ran out of time or memory
        lost=lambda error: isinstance(error, errors.UncompletedJobError) and not isinstance(error, errors.FailedJobError),
    )
    remote = Remote(cluster, retries)
    try:
        yield remote
    finally:
        remote.close()
        jobs.close()


def _batch(submitit: Any, options: Mapping[str, Any], scratch: Path) -> Any:
    """submitit's executor.  Slurm's nodes have to see its folder."""
    wanted = dict(options)
    folder, cluster = wanted.pop("folder", None), wanted.pop("cluster", None)
    try:
        batch = submitit.AutoExecutor(folder=folder or scratch / "slurm", cluster=cluster)
        batch.update_parameters(**wanted)
    except (ValueError, NameError, AssertionError, RuntimeError, OSError) as error:
        raise ConfigError(f"executor.slurm: {' '.join(str(error).split())}") from error
    if batch.cluster == "slurm" and not folder:
        raise ConfigError("executor.slurm.folder: found nothing; allowed: a folder that this machine and all nodes see")
    return batch


class _Jobs:
    """A queue of calls, of which so many are jobs at a time, and a thread that looks at these."""

    def __init__(self, batch: Any, most: int) -> None:
        self._batch, self._most = batch, most
        self._waiting: list[tuple[Future[Any], tuple[Any, ...], dict[str, Any]]] = []
        self._running: dict[Future[Any], Any] = {}
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def send(self, *call: Any, **named: Any) -> Future[Any]:
        """A function and its arguments, to become a job."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with self._guard:
            self._waiting.append((future, call, named))
        return future

    def close(self) -> None:
        """Cancel what is queued or running."""
        self._over.set()
        self._thread.join()
        for job in self._running.values():
            job.cancel()

    def _look(self) -> None:
        while not self._over.wait(POLL if self._running else POLL / 10.0):
            self._start()
            for future in [future for future, job in self._running.items() if job.done()]:
                self._end(future, self._running.pop(future))
            self._start()

    def _start(self) -> None:
        with self._guard:
            free = self._most - len(self._running)
            next_ones, self._waiting = self._waiting[:free], self._waiting[free:]
        for future, call, named in next_ones:
            try:
                self._running[future] = self._batch.submit(*call, **named)
            except Exception as error:  # noqa: BLE001  a full queue or a missing sbatch is the future's to tell
                future.set_exception(ConfigError(f"executor.slurm: a job could not be submitted: {error}"))

    def _end(self, future: Future[Any], job: Any) -> None:
        try:
            found = job.result()
        except Exception as error:  # noqa: BLE001  whatever ended the job is the future's to tell
            future.set_exception(error)
            return
        for path in (job.paths.submitted_pickle, job.paths.result_pickle, job.paths.submission_file, job.paths.stdout, job.paths.stderr):
            path.unlink(missing_ok=True)  # what failed keeps its files, to be read
        future.set_result(found)
