"""One coordinator a folder: a dead one's lock does not last, a live one's does, and a suspended one stops when it wakes."""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from sim.experiments import lock as locks
from sim.experiments.execution import run_experiment
from sim.experiments.executors import given
from sim.experiments.journal import Journal, read_entries
from sim.experiments.laboratory import Options
from sim.experiments.lock import LOCK, STALE, Lock, TakenOver, claimed
from sim.experiments.store import StoreError, read_manifest
from tests.conftest import ROOT
from tests.sim.experiments.killing import JOB
from tests.sim.experiments.toy_model import TOY


def made(folder, text, age=0.0):
    """A lock that somebody else made, and touched `age` seconds ago."""
    (folder / LOCK).write_text(text)
    then = time.time() - age
    os.utime(folder / LOCK, (then, then))


def here(pid):
    host, space = locks._here()
    return f"{host} {pid} {space} 1"


def no_process():
    """A number that no process has."""
    return int(subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        pytest.param(lambda: here(os.getppid()), 2 * STALE, id="its number has gone to another process"),
        pytest.param(lambda: here(no_process()), 0.0, id="its process is gone"),
        pytest.param(lambda: "elsewhere 1 pid:[1] 1", 2 * STALE, id="its machine is silent"),
        pytest.param(lambda: "", 2 * STALE, id="it was never finished"),
    ],
)
def test_a_dead_lock_is_taken_over_at_once(text, age, tmp_path):
    made(tmp_path, text(), age)
    with claimed(tmp_path) as lock:
        assert (tmp_path / LOCK).read_text() == lock.token
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda: here(os.getppid()), id="its process is there"),
        pytest.param(lambda: "elsewhere 1 pid:[1] 1", id="its machine gives signs of life"),
        pytest.param(lambda: f"{locks._here()[0]} {no_process()} pid:[1] 1", id="a container with processes of its own"),
        pytest.param(lambda: "", id="it is being written"),
    ],
)
def test_a_live_lock_is_respected_and_left_alone(text, tmp_path):
    made(tmp_path, found := text(), 0.5 * STALE)
    with pytest.raises(StoreError, match="another coordinator is at work here"), claimed(tmp_path):
        pass
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(LOCK, found)]


def test_age_is_by_the_clock_of_the_disk(tmp_path, monkeypatch):
    made(tmp_path, "elsewhere 1 pid:[1] 1")
    monkeypatch.setattr(time, "time", lambda: 1e12)
    with pytest.raises(StoreError, match="process 1 on elsewhere"), claimed(tmp_path):
        pass


def test_of_two_who_take_over_a_dead_lock_the_second_leaves_the_first_alone(tmp_path):
    made(tmp_path, "elsewhere 1 pid:[1] 2")
    locks._set_aside(tmp_path / LOCK, "elsewhere 1 pid:[1] 1")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(LOCK, "elsewhere 1 pid:[1] 2")]


def test_signs_of_life_are_given_to_ones_own_lock_only(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "HEARTBEAT", 0.01)
    with claimed(tmp_path) as lock:
        made(tmp_path, lock.token, age := STALE)
        while time.time() - (tmp_path / LOCK).stat().st_mtime > 0.5 * age:
            time.sleep(0.01)
        made(tmp_path, "elsewhere 1 pid:[1] 1", age)
        time.sleep(0.1)
        assert time.time() - (tmp_path / LOCK).stat().st_mtime > 0.5 * age
    assert (tmp_path / LOCK).exists(), "it is not ours to remove"


@pytest.mark.parametrize(("text", "words"), [("elsewhere 1 x 1", "process 1 on elsewhere.* has taken it over"), ("", "its lock is gone")])
def test_a_coordinator_writes_nothing_more_once_its_folder_is_not_its_own(text, words, design, configs, tmp_path, monkeypatch):
    folder, add = tmp_path / "a", Journal.add
    folder.mkdir()
    before = {}

    def add_and_lose(journal, *chunk):
        add(journal, *chunk)
        if len(read_entries(folder)) == 3:
            (folder / LOCK).write_text(text) if text else (folder / LOCK).unlink()
            before.update({path: path.read_bytes() for path in folder.rglob("*") if path.is_file()})

    monkeypatch.setattr(Journal, "add", add_and_lose)
    eight = replace(design, equal_cost=None, seeds=tuple(range(1, 9)))
    with ThreadPoolExecutor(1) as executor, pytest.raises(TakenOver, match=words):
        run_experiment(eight, configs, folder, Options(given(executor, workers=2), simulation=TOY))
    assert len(read_entries(folder)) == 3
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert read_manifest(folder)["state"] == "running"


@pytest.mark.skipif(os.name != "posix", reason="suspends a process")
def test_a_coordinator_that_was_suspended_stops_when_it_wakes(design, configs, tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    slow = {name: replace(config, trouble="slowly") for name, config in configs.items()}
    (tmp_path / JOB).write_bytes(pickle.dumps((replace(design, equal_cost=None, seeds=tuple(range(1, 13))), slow)))
    command = [sys.executable, "-m", "tests.sim.experiments.killing", str(folder), "2"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        while len(read_entries(folder)) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        made(folder, (folder / LOCK).read_text(), 2 * STALE)
        with claimed(folder):
            kept = read_entries(folder)
            process.send_signal(signal.SIGCONT)
            _, words = process.communicate(timeout=120)
            assert process.returncode == 1
            assert "has taken it over, after this one gave no sign of life (was it suspended?); it stops" in words
            assert read_entries(folder) == kept
            Lock(folder, (folder / LOCK).read_text()).check()
    finally:
        process.kill()
        process.wait()
