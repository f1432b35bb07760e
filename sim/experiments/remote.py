"""What executors have in common whose workers run elsewhere: one face for them, and no trust in what a node has installed.

A chunk whose worker or node is lost comes back as WorkerLost, so that it can be handed in again; a node without this package, or with
another version of what decides the numbers, is refused by name.
"""

import importlib
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim.config_check import ConfigError
from sim.experiments.kept import MATTER, differing
from sim.experiments.provenance import experiments_sha256, model_sha256, versions


class WorkerLost(Exception):
    """The process or machine that worked on a call is gone.  retries: how often the call may be tried again."""

    def __init__(self, retries: int) -> None:
        super().__init__("its worker was lost")
        self.retries = retries


@dataclass(frozen=True, slots=True)
class Foreign:
    """The answer of a node whose numbers would not be ours: its name, and what is different there."""

    text: str


@dataclass(frozen=True)
class Cluster:
    """How to reach workers elsewhere.

    kind: for messages.  send(function, *arguments) -> future.  share: puts bytes where workers fetch them once, as an argument for send.
    cancel: ends a call under way.  lost: tells an error that means the worker is gone.  gone: tells one that means the cluster is.
    """

    kind: str
    where: str
    send: Callable[..., Future[Any]]
    share: Callable[[bytes], Any]
    cancel: Callable[[Any], Any]
    lost: Callable[[BaseException], bool]
    gone: Callable[[BaseException], bool] = lambda error: isinstance(error, CancelledError)


class Remote(Executor):
    """Workers of a cluster as an executor; what is done leaves nothing behind, neither there nor here."""

    def __init__(self, cluster: Cluster, retries: int) -> None:
        self._cluster, self._retries = cluster, retries
        self._home = home()
        self._shared: dict[bytes, Any] = {}
        self._under_way: dict[Future[Any], Future[Any]] = {}
        self._guard = threading.Lock()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Run function(*arguments) on a worker.  Arguments that are bytes are sent once to each node, however often they are given."""
        there = [self._share(argument) if isinstance(argument, bytes) else argument for argument in arguments]
        outer: Future[Any] = Future()
        outer.set_running_or_notify_cancel()
        inner = self._cluster.send(answer, self._home, function, *there, **named)
        with self._guard:
            self._under_way[inner] = outer
        inner.add_done_callback(self._settle)
        return outer

    def abandon(self, error: BaseException) -> None:
        """Everything under way ends with an error."""
        with self._guard:
            left, self._under_way = self._under_way, {}
        for outer in left.values():
            outer.set_exception(error)

    def close(self) -> None:
        """Cancel what is under way, and let go of what was shared."""
        with self._guard:
            left, self._under_way = self._under_way, {}
        for inner in left:
            self._cluster.cancel(inner)
        self._shared.clear()

    def _share(self, data: bytes) -> Any:
        if data not in self._shared:
            self._shared[data] = self._cluster.share(data)
        return self._shared[data]

    def _settle(self, inner: Future[Any]) -> None:
        with self._guard:
            outer = self._under_way.pop(inner, None)
        if outer is None:
            return
        try:
            found = inner.result()
        except BaseException as error:  # noqa: BLE001  whatever ended the call is for the caller to know
            outer.set_exception(self._meaning(error))
        else:
            if isinstance(found, Foreign):
                outer.set_exception(ConfigError(f"executor={self._cluster.kind}: {found.text}"))
            else:
                outer.set_result(found)

    def _meaning(self, error: BaseException) -> BaseException:
        cluster = self._cluster
        if cluster.gone(error):
            return silent(cluster.kind, cluster.where)
        if cluster.lost(error):
            return WorkerLost(self._retries)
        if isinstance(error, ImportError) or "ModuleNotFoundError" in str(error):
            last = str(error).strip().rsplit("\n", maxsplit=1)[-1]
            words = f"a node cannot import what it is to run; install crosscluster on every node ({last})"
            meaning = ConfigError(f"executor={cluster.kind}: {words}")
            meaning.__cause__ = error
            return meaning
        return error


def silent(kind: str, where: str) -> ConfigError:
    """The error for a cluster that was there and does not answer any more."""
    return ConfigError(
        f"executor={kind}: the cluster at {where} does not answer any more; what was finished is kept, crosscluster resume goes on with it"
    )


def home() -> dict[str, Any]:
    """What decides the numbers of a run: code of model and experiments, and packages whose version may move a last digit."""
    found = versions()
    return {"model": model_sha256(), "experiments": experiments_sha256(), "packages": {name: found[name] for name in MATTER}}


def answer(wanted: Mapping[str, Any], function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """On a node: function(*arguments), or Foreign if the node is not like the coordinator's machine."""
    if changed := differing(wanted, _home_here()):
        return Foreign(f"the node {socket.gethostname()} has another {', '.join(changed)}; install on every node what is installed here")
    return function(*arguments, **named)


@lru_cache(maxsize=1)
def _home_here() -> dict[str, Any]:
    return home()


def package(name: str, kind: str) -> Any:
    """An optional package; ConfigError where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ConfigError(f"executor={kind}: the package {name} is not installed; pip install {name}") from None
