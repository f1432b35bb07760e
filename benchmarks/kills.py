"""Is anything lost when a sweep is killed?  `python -m benchmarks.kills [--kills 50] [--longest 20] [experiment=...] [seeds=...]`.

An experiment is begun by the command line, killed with its workers (SIGKILL) at random moments, now and then spoilt by hand (torn or
changed line, lost, truncated or altered chunk, truncated manifest), and taken up again by `crosscluster resume` until it is through.
Then it is run once undisturbed.  The tables must be the same bytes; what is printed says how many kills there were and how they found
the sweep.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.experiments.journal import JOURNAL, read_entries
from sim.experiments.manifest import file_sha256
from sim.experiments.provenance import machine
from sim.experiments.store import MANIFEST

SWEEP = [
    "experiment=eaeu_programme", "world=demo", "seeds=120", "experiment.record=annual", "experiment.equal_cost=null", "executor.workers=2",
]  # fmt: skip
TRIALS = 4
"""Resumes without a kill after which a sweep must be through."""
SPOILT = 0.4
"""Share of kills after which a file is spoilt too."""


def crosscluster(*arguments: str) -> subprocess.Popen[bytes]:
    """The command line in a session of its own, so that its workers die with it."""
    command = [sys.executable, "-m", "sim", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Was the process still running when it was killed?"""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def spoil(folder: Path, luck: random.Random) -> str:
    """Do to a folder what a power cut or a bad disk does; says what."""
    entries = read_entries(folder, repair=True)
    if not entries:
        return "nothing to spoil"
    path = folder / luck.choice(entries).file
    kind = luck.choice(("torn line", "changed line", "truncated chunk", "flipped byte", "lost chunk", "truncated manifest"))
    if kind == "changed line":
        lines = (folder / JOURNAL).read_bytes().splitlines(keepends=True)
        place = luck.randrange(len(lines))
        lines[place] = lines[place].replace(b'"stop": ', b'"stop": 1', 1)
        (folder / JOURNAL).write_bytes(b"".join(lines))
    elif kind == "truncated manifest":
        (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:200])
    elif kind == "torn line":
        with (folder / JOURNAL).open("ab") as file:
            file.write(b'{"start": 3, "st')
    elif path.exists():
        found = bytearray(path.read_bytes())
        found[len(found) // 2] ^= 1
        if kind == "lost chunk":
            path.unlink()
        else:
            path.write_bytes(bytes(found if kind == "flipped byte" else found[:-30]))
    return kind


def tables(folder: Path) -> dict[str, str]:
    """Name -> SHA-256 of every table of a folder."""
    return {path.name: file_sha256(path) for path in sorted(folder.glob("*.parquet"))}


def harass(results: Path, sweep: list[str], kills: int, longest: float, luck: random.Random) -> tuple[Path, Counter[str]]:
    """Kill and resume one sweep until it is through; its folder, and what happened how often."""
    seen: Counter[str] = Counter()
    process = crosscluster("experiment", *sweep, f"results={results}")
    folder: Path | None = None
    while seen["kills"] < kills and kill_after(process, luck.uniform(0.0, longest)):
        seen["kills"] += 1
        folder = folder or next((path.parent for path in results.glob("*/*/study.json")), None)
        if folder is None:
            seen["before anything was written"] += 1
            process = crosscluster("experiment", *sweep, f"results={results}")
            continue
        done = len(read_entries(folder, repair=True))
        seen["before the first chunk" if not done else "between chunks"] += 1
        if luck.random() < SPOILT:
            seen[spoil(folder, luck)] += 1
        process = crosscluster("resume", str(folder))
    process.wait()
    folder = folder or next(path.parent for path in results.glob("*/*/study.json"))
    for _ in range(TRIALS):
        if process.returncode == 0:
            return folder, seen
        process = crosscluster("resume", str(folder))
        process.wait()
    raise SystemExit(f"{folder} could not be brought to its end")


def main() -> int:
    """Print the machine and what happened; 1 if a byte differs."""
    parser = argparse.ArgumentParser(description="Kill a sweep at random moments and look whether anything is lost.")
    parser.add_argument("overrides", nargs="*", help="the sweep, as for `crosscluster experiment`")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds until the kill, at most")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    here, sweep = machine(), wanted.overrides or SWEEP
    print(f"machine  {here['processor']}, {here['cores']} cores\nsweep    {' '.join(sweep)}")
    luck, total, began = random.Random(wanted.seed), Counter[str](), time.perf_counter()
    with TemporaryDirectory() as scratch:
        harassed = []
        while total["kills"] < wanted.kills:
            folder, seen = harass(Path(scratch) / str(len(harassed)), sweep, wanted.kills - total["kills"], wanted.longest, luck)
            harassed.append(folder)
            total += seen
        crosscluster("experiment", *sweep, f"results={scratch}/undisturbed").wait()
        undisturbed = tables(next(path.parent for path in Path(scratch, "undisturbed").glob("*/*/study.json")))
        same = bool(undisturbed) and all(tables(folder) == undisturbed for folder in harassed)
    for what, count in total.items():
        print(f"{what:30} {count:4}")
    verdict = "the same bytes" if same else "DIFFERENT BYTES"
    print(f"{len(harassed)} sweeps of {len(undisturbed)} tables in {time.perf_counter() - began:.0f} s: {verdict}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
