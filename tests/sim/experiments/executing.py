"""Experiments of the toy model on this or that executor, something of which may be lost, and what they should leave."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig, given
from sim.experiments.journal import read_entries
from sim.experiments.laboratory import Options
from tests.sim.experiments.toy_model import TOY

TABLES = ("runs.parquet", "series.parquet", "funnel.parquet", "ledger.parquet")
SEEDS = 12


def elsewhere(kind, address=None, workers=None, retries=3, **slurm):
    return ExecutorConfig(kind=kind, address=address, slurm=slurm, workers=workers, retries=retries)


def run(experiment, folder, executor, simulation=TOY):
    folder.mkdir(parents=True, exist_ok=True)
    return run_experiment(*experiment, folder, Options(executor, simulation=simulation))


def run_here(experiment, folder):
    """Without another process."""
    with ThreadPoolExecutor(1) as executor:
        return run(experiment, folder, given(executor, workers=2))


def check_tables(found, experiment, known, tmp_path):
    """Are these the bytes that one thread of this process writes?"""
    kind = (experiment[0].equal_cost is None, len(experiment[0].seeds))
    if kind not in known:
        (tmp_path / "here").mkdir(exist_ok=True)
        known[kind] = tables(run_here(experiment, tmp_path / "here" / "run"))
    assert tables(found) == known[kind]


def tables(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def lose_in_the_middle(folder, lose):
    """Wait in a thread until a few chunks are kept, then let something be lost."""

    def wait_and_lose():
        while len(read_entries(folder)) < 3:
            time.sleep(0.01)
        lose()

    thread = threading.Thread(target=wait_and_lose, daemon=True)
    thread.start()
    return thread


def kill(process):
    os.kill(process.pid, 9)
