"""Killed at any moment, or its files spoilt: what is finished is neither lost nor done twice, and the tables end up the same bytes."""

import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sim.config_check import ConfigError
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.journal import JOURNAL, read_entries
from sim.experiments.laboratory import Options
from sim.experiments.lock import claimed
from sim.experiments.store import StoreError, read_manifest
from tests.conftest import ROOT
from tests.sim.experiments.killing import JOB
from tests.sim.experiments.toy_model import TOY

TABLES = ("runs.parquet", "series.parquet", "funnel.parquet", "ledger.parquet")
KILLS = 4
"""Of one sweep; `python -m benchmarks.kills` does fifty."""


@pytest.fixture
def job(design, configs, tmp_path):
    """A design of a few seconds and its folder; runs take a twentieth of a second each."""
    design = replace(design, equal_cost=None, seeds=tuple(range(1, 13)))
    configs = {name: replace(config, trouble="slowly") for name, config in configs.items()}
    folder = tmp_path / "toy" / "a"
    folder.mkdir(parents=True)
    (folder.parent / JOB).write_bytes(pickle.dumps((design, configs)))
    return design, configs, folder


def begin(folder: Path, workers: int = 2) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.sim.experiments.killing", str(folder), str(workers)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)


def undisturbed(design, configs, folder: Path) -> Path:
    folder.mkdir(parents=True)
    return run_experiment(design, configs, folder, Options(ExecutorConfig.local(1), simulation=TOY))


@pytest.mark.nightly
@pytest.mark.skipif(os.name != "posix", reason="kills process groups")
def test_killed_at_random_moments_it_ends_with_the_same_bytes_and_does_nothing_twice(job, tmp_path, monkeypatch):
    design, configs, folder = job
    monkeypatch.setenv("TOY_RUNS", str(tmp_path / "runs"))
    luck, kept, finished = random.Random(7), 0, []
    for _ in range(KILLS):
        process = begin(folder, luck.choice((1, 2, 3)))
        wanted = kept + luck.randint(1, 3)
        while process.poll() is None and len(read_entries(folder)) < wanted:
            time.sleep(0.02)
        time.sleep(luck.uniform(0.0, 0.1))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        entries = read_entries(folder) if (folder / JOURNAL).exists() else []
        kept = len(entries) or 12
        finished.append(({entry.start for entry in entries}, len(runs_begun(tmp_path))))
    process = begin(folder)
    assert process.wait(timeout=120) == 0, process.communicate()
    for groups, begun in finished:
        seeds = {design.seeds[group] for group in groups}
        assert not seeds.intersection(runs_begun(tmp_path)[begun:]), "what was in the journal was run again"
    monkeypatch.delenv("TOY_RUNS")
    other = undisturbed(design, configs, tmp_path / "other" / "a")
    for name in TABLES:
        assert (folder / name).read_bytes() == (other / name).read_bytes(), name
    assert read_manifest(folder)["runs"] == {"done": 72, "of": 72}


def runs_begun(folder: Path) -> list[int]:
    """Seeds of all runs so far, in the order in which they began."""
    return [int(line) for line in (folder / "runs").read_text().splitlines()]


def half_done(job) -> Path:
    """A folder that was killed when a few chunks were done."""
    _, _, folder = job
    process = begin(folder)
    while len(read_entries(folder)) < 4:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return folder


def spoil_last_line(folder: Path) -> None:
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'{"start": 9, "sto')


def spoil_a_line(folder: Path) -> None:
    lines = (folder / JOURNAL).read_text().splitlines()
    (folder / JOURNAL).write_text("\n".join([*lines[:1], "{nonsense", *lines[2:]]) + "\n")


def change_a_digit(folder: Path) -> None:
    """A line that can be read, and says that its chunk holds more than it does."""
    text = (folder / JOURNAL).read_text()
    start = json.loads(text.splitlines()[0])["start"]
    (folder / JOURNAL).write_text(text.replace(f'"stop": {start + 1}', f'"stop": {start + 2}', 1))


def spoil_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"format": 1, "sta')


def truncate_a_chunk(folder: Path) -> None:
    path = folder / read_entries(folder)[1].file
    path.write_bytes(path.read_bytes()[:-20])


def flip_a_byte(folder: Path) -> None:
    path = folder / read_entries(folder)[0].file
    found = bytearray(path.read_bytes())
    found[len(found) // 2] ^= 1
    path.write_bytes(bytes(found))


def remove_a_chunk(folder: Path) -> None:
    (folder / read_entries(folder)[2].file).unlink()


@pytest.mark.skipif(os.name != "posix", reason="kills process groups")
def test_whatever_is_spoilt_is_run_again(job, tmp_path):
    design, configs, _ = job
    folder = half_done(job)
    for spoil in (spoil_last_line, truncate_a_chunk, flip_a_byte, remove_a_chunk, change_a_digit, spoil_a_line, spoil_the_manifest):
        spoil(folder)
    run_experiment(design, configs, folder, Options(ExecutorConfig.local(2), simulation=TOY))
    other = undisturbed(design, configs, tmp_path / "other" / "a")
    for name in TABLES:
        assert (folder / name).read_bytes() == (other / name).read_bytes(), name


def test_a_second_coordinator_is_refused_and_a_crashed_one_forgotten(job):
    design, configs, folder = job
    with claimed(folder), pytest.raises(StoreError, match="another coordinator is at work here"):
        run_experiment(design, configs, folder, Options(ExecutorConfig.local(1), simulation=TOY))
    (folder / "coordinator.lock").write_text("elsewhere 1 1")
    long_ago = time.time() - 3600
    os.utime(folder / "coordinator.lock", (long_ago, long_ago))
    with claimed(folder):
        pass


def test_a_full_disk_is_told_in_words_and_nothing_half_written_counts(job, tmp_path):
    """A real one, as small as a few chunks: files may not grow beyond it."""
    design, configs, folder = job
    limited = (
        "import resource, sys; from pathlib import Path; from tests.sim.experiments.killing import main\n"
        "from sim.experiments.store import StoreError\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))\n"
        "try:\n    main(Path(sys.argv[1]), 1)\nexcept StoreError as error:\n    sys.exit(f'words: {error}')\n"
    )
    done = subprocess.run([sys.executable, "-c", limited, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "words: cannot write" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    run_experiment(design, configs, folder, Options(ExecutorConfig.local(2), simulation=TOY))
    other = undisturbed(design, configs, tmp_path / "other" / "a")
    assert all((folder / name).read_bytes() == (other / name).read_bytes() for name in TABLES)


def test_a_folder_that_was_begun_with_something_else_is_refused(job):
    design, configs, _ = job
    folder = half_done(job)
    dearer = {name: replace(config, trouble="") for name, config in configs.items()}
    with pytest.raises(ConfigError, match=r"was begun with another configuration"):
        run_experiment(design, dearer, folder, Options(ExecutorConfig.local(1), simulation=TOY))
    with pytest.raises(ConfigError, match=r"was begun with another design"):
        run_experiment(replace(design, seeds=(1, 2)), configs, folder, Options(ExecutorConfig.local(1), simulation=TOY))


def test_a_refused_retry_touches_nothing(job):
    design, configs, _ = job
    folder = half_done(job)
    before = (folder / JOURNAL).read_bytes()
    with claimed(folder), pytest.raises(StoreError, match="another coordinator is at work here"):
        run_experiment(design, configs, folder, Options(ExecutorConfig.local(1), simulation=TOY, retry_failed=True))
    assert (folder / JOURNAL).read_bytes() == before


def test_every_line_of_the_journal_is_one_whole_chunk(job):
    folder = half_done(job)
    for line in (folder / JOURNAL).read_text().splitlines():
        entry = json.loads(line)
        assert (folder / entry["file"]).exists()
        assert entry["stop"] > entry["start"]
