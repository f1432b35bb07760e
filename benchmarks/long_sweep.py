"""Does a coordinator's memory grow with the sweep?  `python -m benchmarks.long_sweep [--minutes 30] [--runs 200000] [world=demo]`.

A sweep of one arm against the status quo over uncertainties is run by the command line; the resident memory of its coordinator is looked
at every second, and printed at each tenth of what was run, with the rate.  When the minutes are over it is interrupted as by Ctrl-C.
"""

import argparse
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from sim.experiments.provenance import machine

LINES = 10
PATIENCE = 20.0
"""Seconds in which a sweep ends after Ctrl-C."""


def resident(pid: int) -> float:
    """Resident memory of a process, MB."""
    words = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines())
    return float(words["VmRSS"].split()[0]) / 1024.0


def runs_done(folder: Path) -> int:
    """Runs in the journal, without reading the chunks."""
    journal = folder / "journal.jsonl"
    return sum(int(line.split('"runs": ')[1].split(",")[0]) for line in journal.read_text().splitlines()) if journal.exists() else 0


def watch(process: subprocess.Popen[bytes], results: Path, seconds: float) -> pd.DataFrame:
    """seconds, runs, coordinator_mb while the sweep runs, at most so long."""
    rows, began = [], time.perf_counter()
    while process.poll() is None and time.perf_counter() - began < seconds:
        folder = next((path.parent for path in results.glob("*/*/study.json")), None)
        try:
            memory = resident(process.pid)
        except (OSError, KeyError):
            break
        rows.append((time.perf_counter() - began, runs_done(folder) if folder else 0, memory))
        time.sleep(1.0)
    return pd.DataFrame(rows, columns=["seconds", "runs", "coordinator_mb"])


def end(process: subprocess.Popen[bytes]) -> None:
    """As by Ctrl-C; a shell that put us into the background has made everyone deaf to that."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=PATIENCE)


def main() -> int:
    """Print the machine, then memory and rate as the sweep goes on."""
    parser = argparse.ArgumentParser(description="Watch the coordinator of a long sweep.")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster experiment`")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--runs", type=int, default=200_000)
    wanted = parser.parse_args()
    here = machine()
    print(f"machine  {here['processor']}, {here['cores']} cores")
    with TemporaryDirectory() as scratch:
        size = 1 << (max(wanted.runs // 2, 1).bit_length() - 1)
        sweep = ["experiment=long_sweep", f"experiment.vary.size={size}", *(wanted.overrides or ["world=demo"])]
        process = subprocess.Popen([sys.executable, "-m", "sim", "experiment", *sweep, f"results={scratch}"], stdout=subprocess.DEVNULL)
        found = watch(process, Path(scratch), 60.0 * wanted.minutes)
        end(process)
    last = int(found["runs"].max())
    marks = [found[found["runs"] >= last * tenth // LINES].iloc[0] for tenth in range(1, LINES + 1)]
    print("    runs   seconds   runs/s   coordinator MB")
    for mark in marks:
        print(f"{mark['runs']:8.0f} {mark['seconds']:9.0f} {mark['runs'] / mark['seconds']:8.1f} {mark['coordinator_mb']:16.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
