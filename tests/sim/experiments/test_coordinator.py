"""Chunks that are lost are done again, killers are named, nothing is kept; and a container's processors.  No process is started."""

import gc
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace

import pytest

from sim.config_check import ConfigError
from sim.experiments import clusters
from sim.experiments.coordinator import AHEAD, Coordinator
from sim.experiments.execution import run_experiment
from sim.experiments.executors import given
from sim.experiments.journal import Journal
from sim.experiments.laboratory import Options
from sim.experiments.processes import cores, cpu_limit
from sim.experiments.remote import Cluster, Remote, WorkerLost
from sim.experiments.work import Chunk, Done
from tests.sim.experiments.toy_model import TOY


class Unlucky(Executor):
    """Does at once what it is given, but loses some calls; `lose` is asked with the chunk and may raise."""

    def __init__(self, lose):
        self.lose = lose

    def submit(self, function, packed, chunk):
        future = Future()
        self.lose(chunk, future)
        if not future.done():
            future.set_result(Done(b"%d" % chunk.start, chunk.stop - chunk.start, 0, 0.0))
        return future


def coordinate(lose, groups=8, size=4):
    """What a coordinator keeps of chunks on an unlucky executor: groups that are done and groups that are named, in order."""
    done, named = [], []
    poison = Done(b"poison", 1, 1, 0.0)

    def kept(chunk, result):
        (named if result is poison else done).extend(range(chunk.start, chunk.stop))

    coordinator = Coordinator(b"", lambda: nullcontext(Unlucky(lose)), 1, kept, lambda chunk: poison)
    coordinator.run([Chunk(at, at + size) for at in range(0, groups, size)])
    return sorted(done), named


def test_a_lost_chunk_is_tried_again_and_then_parted_until_the_killer_is_named():
    tries = []

    def lose(chunk, future):
        if chunk.start <= 5 < chunk.stop:
            tries.append((chunk.start, chunk.stop))
            future.set_exception(WorkerLost(2))

    assert coordinate(lose) == ([0, 1, 2, 3, 4, 6, 7], [5])
    assert tries == [(4, 8)] * 3 + [(4, 6)] * 3 + [(5, 6)] * 3


def test_a_chunk_lost_once_is_only_done_again():
    lost = []

    def lose(chunk, future):
        if chunk.start == 0 and not lost:
            lost.append(chunk)
            future.set_exception(WorkerLost(1))

    assert coordinate(lose) == (list(range(8)), [])


def test_a_pool_that_breaks_while_a_chunk_is_handed_in_swallows_none():
    calls = []

    def lose(chunk, future):
        calls.append(chunk)
        if len(calls) == 2:
            raise BrokenExecutor

    assert coordinate(lose) == (list(range(8)), [])


def test_the_coordinator_keeps_no_result(design, configs, monkeypatch, tmp_path):
    alive, add = [], Journal.add

    def look(journal, start, stop, done):
        alive.append(sum(isinstance(each, Done) for each in gc.get_objects()))
        add(journal, start, stop, done)

    monkeypatch.setattr(Journal, "add", look)
    monkeypatch.setattr("sim.experiments.execution.CHUNK_SECONDS", (0.0, 0.0))
    (tmp_path / "a").mkdir()
    with ThreadPoolExecutor(1) as executor:
        options = Options(given(executor, workers=1), simulation=TOY)
        run_experiment(replace(design, equal_cost=None, seeds=tuple(range(1, 31))), configs, tmp_path / "a", options)
    assert len(alive) == 28, "three groups to plan, and one by one"
    assert max(alive) <= AHEAD + 2, "chunks under way, and the last that was kept"


def test_workers_elsewhere_are_sent_what_is_shared_once_and_left_nothing():
    shared, sent, cancelled = [], [], []

    def send(answer, home, function, *arguments):
        sent.append(Future())
        return sent[-1]

    cluster = Cluster(
        "ray", "here", send, lambda data: shared.append(data) or len(shared), cancelled.append, lambda error: isinstance(error, OSError)
    )
    there = Remote(cluster, retries=2)
    study = b"a study"
    first, second, third = (there.submit(len, study) for _ in range(3))
    assert shared == [study]
    sent[0].set_result(7)
    sent[1].set_exception(OSError())
    assert first.result() == 7
    with pytest.raises(WorkerLost) as lost:
        second.result()
    assert lost.value.retries == 2
    there.close()
    assert cancelled == [sent[2]]
    assert not third.done()


def test_a_ray_head_that_is_gone_ends_what_is_under_way(monkeypatch):
    monkeypatch.setattr(clusters, "LOOK", 0.01)
    cluster = Cluster("ray", "here", lambda *_: Future(), len, id, lambda error: False)
    there = Remote(cluster, retries=2)
    future = there.submit(len, "a study")
    clusters._watch_head(there, "127.0.0.1:1", threading.Event())
    with pytest.raises(ConfigError, match=r"executor=ray: the cluster at 127\.0\.0\.1:1 does not answer any more; .*crosscluster resume"):
        future.result(timeout=0)


# --- processors


@pytest.mark.parametrize(
    ("own", "files", "limit"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "300000 100000\n"}, 3),
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/\n", {}, None),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "200000 100000\n", "cpu.max": "800000 100000\n"}, 2),
        ("0::/unseen\n", {"cpu.max": "200000 100000\n"}, 2),
        ("3:cpu,cpuacct:/a\n2:memory:/\n", {"cpu/a/cpu.cfs_quota_us": "250000\n", "cpu/a/cpu.cfs_period_us": "100000\n"}, 2),
        ("3:cpu,cpuacct:/unseen\n", {"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4),
        ("3:cpu,cpuacct:/a\n", {"cpu/a/cpu.cfs_quota_us": "-1\n", "cpu/a/cpu.cfs_period_us": "100000\n"}, None),
        ("0::/\n", {"cpu.max": "nonsense\n"}, None),
        (None, {"cpu.max": "200000 100000\n"}, 2),
    ],
)
def test_the_limit_of_a_container_is_read_where_linux_shows_it(own, files, limit, tmp_path):
    if own is not None:
        (tmp_path / "own").write_text(own)
    for name, text in files.items():
        path = tmp_path / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert cpu_limit(tmp_path / "groups", tmp_path / "own") == limit


def test_workers_follow_the_tighter_of_limit_and_cpuset(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(6)), raising=False)
    for limit, expected in ((2, 2), (64, 6), (None, 6)):
        monkeypatch.setattr("sim.experiments.processes.cpu_limit", lambda limit=limit: limit)
        assert cores() == expected
