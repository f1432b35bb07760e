"""What is done of a sweep, so that nothing finished is lost or done twice.

Every finished chunk is a whole file in `chunks/`, and then one line in `journal.jsonl` with its checksum: a chunk counts from the moment
its line is on disk.  A torn last line is cut off; a chunk whose line or file is spoilt (both have checksums), or whose file is missing, is
run again.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.experiments.design import fingerprint
from sim.experiments.store import StoreError, whole_file
from sim.experiments.work import Done

JOURNAL = "journal.jsonl"
CHUNKS = "chunks"


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished chunk: groups start to stop - 1 of the study."""

    start: int
    stop: int
    file: str
    sha256: str
    runs: int
    failed: int
    seconds: float


class Journal:
    """The journal of one folder, open for writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / JOURNAL
        (folder / CHUNKS).mkdir(exist_ok=True)
        self.entries = [entry for entry in read_entries(folder, repair=True) if _is_whole(folder, entry)]
        _rewrite(folder, self.entries)

    def add(self, start: int, stop: int, done: Done) -> None:
        """Keep a finished chunk: its file first, then its line, each flushed to disk."""
        name = _name(start, stop)
        with whole_file(self.folder / name) as file:
            file.write(done.payload)
        digest = hashlib.sha256(done.payload).hexdigest()
        entry = Entry(start, stop, name, digest, done.runs, done.failed, round(done.seconds, 3))
        try:
            with self.path.open("ab") as file:
                file.write(_line(entry).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"cannot write {self.path}: {error.strerror or error}") from error
        self.entries.append(entry)

    def missing(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The parts of groups start to stop - 1 that no chunk covers yet."""
        gaps, at = [], start
        for entry in sorted(self.entries, key=lambda each: each.start):
            if entry.stop <= at or entry.start >= stop:
                continue
            if entry.start > at:
                gaps.append((at, entry.start))
            at = max(at, entry.stop)
        return [*gaps, (at, stop)] if at < stop else gaps


def read_entries(folder: Path, repair: bool = False) -> list[Entry]:
    """Every whole line of a folder's journal.  repair: spoilt lines are passed over, their chunks will be run again."""
    path = folder / JOURNAL
    try:
        text = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    whole = text[: text.rfind(b"\n") + 1]  # a torn last line does not count
    entries = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            entries.append(_entry(line))
        except (ValueError, TypeError, KeyError):
            if not repair:
                raise StoreError(f"{path}, line {number}: is spoilt; crosscluster resume runs its chunk again") from None
    return entries


def forget_failed(folder: Path) -> None:
    """Take chunks with failed runs out of the journal, so that they are run again; the journal is replaced in one piece."""
    _rewrite(folder, [entry for entry in read_entries(folder, repair=True) if not entry.failed])


def _rewrite(folder: Path, entries: list[Entry]) -> None:
    """Replace the journal in one piece, unless it says just that already."""
    lines = "".join(_line(entry) for entry in entries).encode()
    path = folder / JOURNAL
    if (path.read_bytes() if path.exists() else b"") != lines:
        with whole_file(path) as file:
            file.write(lines)


def _line(entry: Entry) -> str:
    """An entry with a checksum of its own: a digit that has changed would put runs into the wrong place."""
    fields = asdict(entry)
    return json.dumps({**fields, "line": fingerprint(fields)}) + "\n"


def _entry(line: bytes) -> Entry:
    """What `_line` wrote; ValueError, TypeError or KeyError where it is spoilt."""
    fields = json.loads(line)
    if fields.pop("line") != fingerprint(fields):
        raise ValueError("checksum")
    return Entry(**fields)


def _name(start: int, stop: int) -> str:
    return f"{CHUNKS}/{start:09d}-{stop:09d}.arrow"


def payload(folder: Path, entry: Entry) -> bytes:
    """The bytes of a chunk; StoreError where they are not what the journal says."""
    path = folder / entry.file
    try:
        found = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}; crosscluster resume runs it again") from error
    if hashlib.sha256(found).hexdigest() != entry.sha256:
        raise StoreError(f"{path}: is spoilt (checksum); crosscluster resume runs it again")
    return found


def _is_whole(folder: Path, entry: Entry) -> bool:
    try:
        payload(folder, entry)
    except StoreError:
        return False
    return True
