"""A folder belongs to one coordinator at a time, whichever of the machines that see the folder it runs on.

The lock is a file made exclusively, which works on network disks too, where flock may not.  Its owner touches it every few seconds; one
that has not been touched for a minute belongs to a coordinator that crashed, and is taken over.  A coordinator that was only suspended
finds that out before it writes again (`Lock.check`), and stops.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sim.experiments.store import StoreError

LOCK = "coordinator.lock"
HEARTBEAT = 10.0
"""Seconds between two signs of life of a coordinator."""
STALE = 6 * HEARTBEAT
"""Seconds without a sign of life after which a folder is free again."""


class TakenOver(StoreError):
    """The folder has gone to another coordinator; nothing may be written to it any more."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A folder that is ours.  token: what stands in its lock: host, process, process namespace, time."""

    folder: Path
    token: str

    def check(self) -> None:
        """TakenOver if the folder is not ours any more."""
        found = _read(self.folder / LOCK)
        if found == self.token:
            return
        other = f"another coordinator ({_owner(found)}) has taken it over" if found else "its lock is gone"
        raise TakenOver(
            f"{self.folder}: {other}, after this one gave no sign of life (was it suspended?); it stops, and writes nothing more here"
        )


@contextmanager
def claimed(folder: Path) -> Iterator[Lock]:
    """The folder is ours until the end of the block; StoreError if another coordinator is at work in it."""
    path = folder / LOCK
    lock = Lock(folder, f"{_here()[0]} {os.getpid()} {_here()[1]} {time.time_ns()}")
    _make(path, lock.token)
    over = threading.Event()
    beat = threading.Thread(target=_beat, args=(path, lock.token, over), daemon=True)
    beat.start()
    try:
        yield lock
    finally:
        over.set()
        beat.join()
        if _read(path) == lock.token:
            path.unlink(missing_ok=True)


def at_work(folder: Path) -> str:
    """Who is at work in a folder, in words; empty if nobody is."""
    path = folder / LOCK
    found = _read(path)
    return _owner(found) if found and _is_alive(path, found) else ""


def _make(path: Path, token: str) -> None:
    for _ in range(2):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(token)
            return
        except FileExistsError:
            found = _read(path)
            if _is_alive(path, found):
                raise StoreError(f"{path.parent}: another coordinator is at work here ({_owner(found)})") from None
            _set_aside(path, found)
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror or error}") from error
    raise StoreError(f"{path.parent}: another coordinator has just started here")


def _set_aside(path: Path, found: str) -> None:
    """Take a dead lock away; a live one that somebody else made meanwhile is put back."""
    aside = path.with_name(f".{path.name}.{_here()[0]}-{os.getpid()}")
    with suppress(OSError):
        path.rename(aside)
        if _read(aside) != found:
            os.link(aside, path)  # where a disk has no links, its owner will stop with a clear word
    aside.unlink(missing_ok=True)


def _is_alive(path: Path, found: str) -> bool:
    """Does the owner of a lock still give signs of life?  On this machine its process is asked for besides, so that a crash shows at once.

    A number that has gone to another process does not keep a lock alive: the signs of life must be fresh in any case.
    """
    age = _age(path)
    if age is None or age >= STALE:
        return False
    host, pid, space, *_ = (*found.split(), "", "", "")
    if (host, space) == _here() and pid.isdigit():
        return _process_exists(int(pid))
    return True  # elsewhere, or just being written


def _age(path: Path) -> float | None:
    """Seconds since a file was touched, by the clock of the disk it is on, as machines' clocks differ; None if it is not there."""
    probe = path.with_name(f".{path.name}.{_here()[0]}-{os.getpid()}.now")
    try:
        probe.touch()
        return probe.stat().st_mtime - path.stat().st_mtime
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot write {probe}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            probe.unlink()


def _read(path: Path) -> str:
    """What stands in a lock; empty if it is not there."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error


def _owner(found: str) -> str:
    host, pid, *_ = (*found.split(), "?", "?")
    return f"process {pid} on {host}"


def _here() -> tuple[str, str]:
    """Host and process namespace: containers may share a host's name, and number their processes each for itself."""
    try:
        return socket.gethostname(), str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return socket.gethostname(), "-"


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _beat(path: Path, token: str, over: threading.Event) -> None:
    while not over.wait(HEARTBEAT):
        with suppress(OSError, StoreError):  # a disk that is away for a moment; if it stays away, writing will tell
            if _read(path) == token:
                os.utime(path)
