"""Whatever the executor, and whatever it loses, the tables are the same bytes.  Clusters are real ones: processes on loopback."""

import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import active_children, get_context

import pytest

from sim.config_check import ConfigError
from sim.experiments import clusters as joined
from sim.experiments import remote
from sim.experiments.executors import ExecutorConfig, given, open_executor, worker_count
from sim.experiments.journal import read_entries
from sim.experiments.store import read_manifest
from sim.experiments.study import Simulation
from tests.conftest import ROOT
from tests.sim.experiments.clusters import SETTINGS, WAIT, dask_cluster, end, family_of, ray_cluster, until
from tests.sim.experiments.executing import SEEDS, check_tables, elsewhere, kill, lose_in_the_middle, run, run_here
from tests.sim.experiments.killing import JOB
from tests.sim.experiments.toy_model import TOY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def count(tmp_path_factory):
    """A file to which every worker of every executor writes the seed of each burn-in it does."""
    path = tmp_path_factory.mktemp("count") / "seeds"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**SETTINGS, "TOY_COUNT": str(path)}.items():
            patch.setenv(name, value)
        yield path


@pytest.fixture(scope="module")
def ray(count):
    with ray_cluster(2) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def dask(count):
    with dask_cluster(2) as cluster:
        yield cluster


@pytest.fixture
def long(design, configs, count):
    """An experiment of twelve groups of six runs, a few of which are under way at any time."""
    count.write_text("")
    slow = {name: replace(config, trouble="count" if name == "status_quo" else "slowly") for name, config in configs.items()}
    return replace(design, equal_cost=None, seeds=tuple(range(1, SEEDS + 1))), slow


@pytest.fixture
def short(long):
    """The same on two seeds, for executors that take long to start."""
    return replace(long[0], seeds=(1, 2)), long[1]


@pytest.fixture(scope="module")
def known():
    """Tables of experiments that were computed in this process, by name."""
    return {}


# --- the same bytes


def test_ray_nodes_write_the_same_bytes(ray, design, configs, known, tmp_path):
    assert worker_count(elsewhere("ray", ray.address)) == len(ray.nodes)
    folder = run((design, configs), tmp_path / "ray" / "run", elsewhere("ray", ray.address))
    check_tables(folder, (design, configs), known, tmp_path)


def test_dask_workers_write_the_same_bytes(dask, design, configs, known, tmp_path):
    assert worker_count(elsewhere("dask", dask.address)) == len(dask.nodes)
    folder = run((design, configs), tmp_path / "dask" / "run", elsewhere("dask", dask.address))
    check_tables(folder, (design, configs), known, tmp_path)


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_without_an_address_a_cluster_of_this_machine_is_started(kind, short, known, tmp_path):
    import ray

    ray.shutdown()
    try:
        check_tables(run(short, tmp_path / kind / "run", elsewhere(kind, workers=2)), short, known, tmp_path)
    finally:
        ray.shutdown()


@pytest.mark.parametrize("cluster", ["local", "debug"])
def test_jobs_of_submitit_write_the_same_bytes_and_leave_no_files(cluster, short, known, tmp_path):
    options = {"cluster": cluster, "folder": str(tmp_path / "jobs"), "timeout_min": 5}
    check_tables(run(short, tmp_path / "slurm" / "run", elsewhere("slurm", workers=2, **options)), short, known, tmp_path)
    assert not list((tmp_path / "jobs").glob("*.pkl"))


def test_any_open_executor_may_be_handed_over(short, known, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        folder = run(short, tmp_path / "given" / "run", given(executor, workers=2))
        assert executor.submit(int, "7").result() == 7, "who opened it closes it"
    check_tables(folder, short, known, tmp_path)
    assert read_manifest(folder)["workers"] == 2


# --- losses


def test_a_killed_process_of_this_machine_costs_no_byte(long, count, known, tmp_path):
    folder, before = tmp_path / "local" / "run", set(active_children())
    folder.mkdir(parents=True)
    thread = lose_in_the_middle(folder, lambda: kill((set(active_children()) - before).pop()))
    run(long, folder, ExecutorConfig.local(2))
    thread.join()
    begun = [int(seed) for seed in count.read_text().split()]
    assert set(begun) == set(range(1, SEEDS + 1))
    assert read_manifest(folder)["failures"] == []
    check_tables(folder, long, known, tmp_path)


@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_a_node_killed_in_mid_experiment_costs_one_chunk_and_no_byte(kind, request, long, count, known, tmp_path):
    cluster = request.getfixturevalue(kind)
    folder = tmp_path / kind / "run"
    folder.mkdir(parents=True)
    size = []
    thread = lose_in_the_middle(folder, lambda: size.append(cluster.lose_node()))
    run(long, folder, elsewhere(kind, cluster.address))
    thread.join()
    assert size[0] >= (2 if kind == "ray" else 1), "a Ray node is several processes"
    until(lambda: worker_count(elsewhere(kind, cluster.address)) == len(cluster.nodes), "a cluster without the node")
    begun = [int(seed) for seed in count.read_text().split()]
    assert set(begun) == set(range(1, SEEDS + 1))
    assert len(begun) <= SEEDS + 2, "done again: the chunk that the node was at, and one that it had not handed back"
    manifest = read_manifest(folder)
    assert (manifest["runs"], manifest["failures"]) == ({"done": 72, "of": 72}, [])
    check_tables(folder, long, known, tmp_path)


@pytest.mark.nightly
def test_a_run_that_kills_its_ray_worker_is_named(ray, long, tmp_path):
    design, configs = long
    experiment = replace(design, seeds=(1, 2, 3)), {**configs, "grants": replace(configs["grants"], trouble="death of 2")}
    folder = run(experiment, tmp_path / "ray" / "run", elsewhere("ray", ray.address, retries=0))
    failures = read_manifest(folder)["failures"]
    assert {failure["seed"] for failure in failures} == {2}
    assert all("its worker died" in failure["error"] for failure in failures)


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_a_cluster_that_goes_away_ends_the_experiment_and_loses_nothing(kind, long, count, known, tmp_path):
    """Ray's workers may get to the end without their head, and Ray ends a coordinator whose node is gone without a word; Dask tells."""
    folder = tmp_path / "run"
    folder.mkdir()
    (tmp_path / JOB).write_bytes(pickle.dumps(long))
    with (ray_cluster if kind == "ray" else dask_cluster)(1) as cluster:
        command = [sys.executable, "-m", "tests.sim.experiments.killing", str(folder), "2", kind, cluster.address]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            until(lambda: len(read_entries(folder)) >= 3, "three chunks")
            cluster.lose_head()
            _, words = process.communicate(timeout=WAIT)
        finally:
            end(family_of(process.pid))
    finished = process.returncode == 0
    if kind == "dask":
        assert not finished
        assert f"executor=dask: the cluster at {cluster.address} does not answer any more; what was finished is kept" in words
    kept = SEEDS if finished else len(read_entries(folder))
    assert kept >= 3
    count.write_text("")
    run_here(long, folder)
    assert len(count.read_text().split()) == SEEDS - kept, "what was kept is not done again"
    check_tables(folder, long, known, tmp_path)


def test_an_executor_handed_over_that_breaks_is_the_end_until_another_goes_on(long, known, tmp_path):
    folder = tmp_path / "given" / "run"
    folder.mkdir(parents=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        lose_in_the_middle(folder, lambda: kill(active_children()[0]))
        with pytest.raises(ConfigError, match="the one handed over is broken"):
            run(long, folder, given(executor, workers=2))
    run_here(long, folder)
    check_tables(folder, long, known, tmp_path)


# --- refusals


@pytest.mark.parametrize(("kind", "package"), [("ray", "ray"), ("dask", "distributed"), ("slurm", "submitit")])
def test_a_missing_package_is_named(kind, package, long, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError, match=f"executor={kind}: the package {package} is not installed; pip install {package}"):
        run(long, tmp_path / "a", elsewhere(kind, workers=1))


@pytest.mark.parametrize(
    ("kind", "address"), [("ray", "127.0.0.1:1"), ("ray", "nowhere"), ("dask", "tcp://127.0.0.1:1"), ("dask", "nowhere:x")]
)
def test_a_cluster_that_does_not_answer_is_named(kind, address, long, monkeypatch, tmp_path):
    import ray

    ray.shutdown()
    monkeypatch.setattr(joined, "PATIENCE", 0.5)
    with pytest.raises(ConfigError, match=f"executor.address: no {kind.capitalize()} cluster answers at {address}: ."):
        run(long, tmp_path / "a", elsewhere(kind, address))


def test_a_cluster_without_workers_is_named(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(joined, "PATIENCE", 0.5)
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster,
        pytest.raises(ConfigError, match="has no worker; start one with: dask worker tcp"),
    ):
        worker_count(elsewhere("dask", cluster.scheduler_address))


def test_another_ray_cluster_than_the_one_that_this_process_is_in_is_refused(ray):
    assert worker_count(elsewhere("ray", ray.address)) == worker_count(elsewhere("ray")) == len(ray.nodes)
    with pytest.raises(ConfigError, match=f"executor.address: found 127.0.0.9:1; allowed: {ray.address}"):
        worker_count(elsewhere("ray", "127.0.0.9:1"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cluster": "moon"}, "executor.slurm: .*moon"),
        ({"cluster": "local", "hours": 3}, "executor.slurm: .*hours"),
        ({"cluster": "local", "timeout_min": "long"}, "executor.slurm: .*timeout_min"),
        ({"cluster": "slurm"}, "executor.slurm"),
    ],
)
def test_wrong_options_of_jobs_are_named(options, words, tmp_path):
    with pytest.raises(ConfigError, match=words), open_executor(elsewhere("slurm", **options), 1, tmp_path):
        pass


@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_a_node_with_other_packages_or_another_model_is_refused(kind, request, long, monkeypatch, tmp_path):
    here = remote.home()
    monkeypatch.setattr(remote, "home", lambda: {**here, "model": "other", "packages": {**here["packages"], "numpy": "1.0"}})
    words = f"executor={kind}: the node .* has another model code, packages .*numpy 1.0 instead of {here['packages']['numpy']}.; install"
    with pytest.raises(ConfigError, match=words):
        run(long, tmp_path / "a", elsewhere(kind, request.getfixturevalue(kind).address))


@pytest.mark.parametrize("kind", ["ray", "dask"])
def test_a_node_that_lacks_the_code_is_named(kind, request, long, monkeypatch, tmp_path):
    import ray

    cluster = request.getfixturevalue(kind)
    ray.shutdown()
    worker_count(elsewhere(kind, cluster.address))  # Ray's workers look for modules where the coordinator does when it joins
    (tmp_path / "only_here.py").write_text(
        "from tests.sim.experiments.toy_model import burn_in as first\n"
        "def burn_in(config, seed, progress=None):\n    return first(config, seed)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import only_here

    with pytest.raises(ConfigError, match=f"executor={kind}: a node cannot import .*; install crosscluster on every node .*only_here"):
        run(long, tmp_path / "a", elsewhere(kind, cluster.address), Simulation(only_here.burn_in, TOY.continue_from))


# --- nothing is kept


def test_the_dask_cluster_keeps_nothing(dask, tmp_path):
    from distributed import Client

    with Client(dask.address) as client:
        with open_executor(elsewhere("dask", dask.address), 2, tmp_path) as executor:
            for number in range(40):
                assert executor.submit(len, b"the study").result() == 9, number
            assert client.run_on_scheduler(_tasks) <= 2, "what is shared, and what is just being let go"
        assert client.run_on_scheduler(_tasks) == 0


def _tasks(dask_scheduler):
    return len(dask_scheduler.tasks)
