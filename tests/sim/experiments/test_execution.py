import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pandas as pd
import pytest

from sim.config_check import ConfigError
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.store import read_manifest
from tests.conftest import ROOT
from tests.sim.experiments.toy_model import TOY

TABLES = {"runs.parquet", "series.parquet", "funnel.parquet", "ledger.parquet"}


def names(folder):
    return {path.name for path in folder.iterdir()}


def run(design, configs, folder, workers=2, **more):
    folder.mkdir(parents=True)
    return run_experiment(design, configs, folder, Options(ExecutorConfig.local(workers), simulation=TOY, **more))


def test_the_same_bytes_on_one_worker_and_on_two(design, configs, tmp_path):
    one, two = (run(design, configs, tmp_path / str(n) / "run", n) for n in (1, 2))
    assert names(one) == names(two) == TABLES | {"manifest.json", "doses.json", "study.json"}
    for name in TABLES | {"doses.json"}:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_rows_are_complete_ordered_and_carry_outcomes_and_config(design, configs, tmp_path):
    folder = run(design, configs, tmp_path / "toy" / "a")
    runs = pd.read_parquet(folder / "runs.parquet")
    expected = [(point.arm, point.dose, seed) for seed in design.seeds for point in design.points()]
    assert list(runs[["arm", "dose", "seed"]].itertuples(index=False, name=None)) == expected
    grants = runs[(runs["arm"] == "grants") & (runs["dose"] == 0.03)]
    cash = runs[(runs["arm"] == "cash") & (runs["dose"] == 0.03)]
    assert grants["public_cost"].mean() == pytest.approx(cash["public_cost"].mean(), rel=0.01)
    assert (grants["started_additional"] == 2.0).all()
    assert (grants["funded_started"] == 2.0).all()
    assert (grants["config.instrument.grants.dose"] == 0.03 * grants["factor"]).all()
    assert runs.loc[runs["arm"] == "cash", "config.instrument.grants.dose"].isna().all()
    assert (runs["config.world.name"] == "toy").all()
    series = pd.read_parquet(folder / "series.parquet")
    assert list(series.columns) == ["case", "pair", "arm", "dose", "seed", "quarter", "country", "indicator", "value"]
    assert len(series) == len(runs) * 2000


def test_the_manifest_says_what_was_done(design, configs, tmp_path):
    manifest = read_manifest(run(design, configs, tmp_path / "toy" / "a", about={"command": "crosscluster experiment"}))
    assert manifest["state"] == "complete"
    assert manifest["runs"] == {"done": 18, "of": 18}
    assert manifest["preregistration"]["sha256"] == design.preregistration()["sha256"]
    assert manifest["doses"]["source"] == "solved"
    assert manifest["doses"]["gap_max"] <= 0.01
    assert manifest["policy_countries"] == ["RUS"]
    assert manifest["command"] == "crosscluster experiment"
    grants = next(point for point in manifest["points"] if point["arm"] == "grants")
    assert grants["changes"]["instrument.grants.dose"] == pytest.approx(0.01 * grants["factor"])


def test_doses_are_solved_once_and_again_when_what_they_were_solved_for_changes(design, configs, tmp_path):
    first = run(design, configs, tmp_path / "toy" / "a")
    second = run(design, configs, tmp_path / "toy" / "b")
    assert read_manifest(second)["doses"]["source"] == "cached"
    assert (first / "runs.parquet").read_bytes() == (second / "runs.parquet").read_bytes()
    shipped = run(design, configs, tmp_path / "elsewhere" / "c", shipped=first / "doses.json")
    assert read_manifest(shipped)["doses"]["source"] == "shipped"
    other = run(replace(design, reserved_seeds=(9003,)), configs, tmp_path / "toy" / "d")
    assert read_manifest(other)["doses"]["source"] == "solved"


def test_a_failing_run_is_recorded_and_the_others_go_on(design, configs, tmp_path):
    configs["zero"] = replace(configs["zero"], trouble="error")
    folder = run(replace(design, equal_cost=None), configs, tmp_path / "toy" / "a")
    manifest = read_manifest(folder)
    error = "ZeroDivisionError: a corner of the parameters"
    assert manifest["state"] == "complete"
    assert manifest["failures"] == [{"case": 0, "pair": 1, "arm": "zero", "dose": 0.0, "seed": 2, "error": error}]
    runs = pd.read_parquet(folder / "runs.parquet")
    assert runs["error"].dropna().tolist() == [error]
    assert runs.loc[runs["error"].notna(), "innovations"].isna().all()
    assert runs.loc[runs["error"].isna(), "innovations"].notna().all()


def test_a_run_that_kills_its_worker_is_named_and_the_others_go_on(design, configs, tmp_path):
    configs["grants"] = replace(configs["grants"], trouble="death of 2")
    folder = run(replace(design, equal_cost=None), configs, tmp_path / "toy" / "a")
    manifest = read_manifest(folder)
    assert manifest["state"] == "complete"
    assert {(failure["arm"], failure["seed"]) for failure in manifest["failures"]} == {("grants", 2)}
    assert all("its worker died" in failure["error"] for failure in manifest["failures"])
    runs = pd.read_parquet(folder / "runs.parquet")
    sound = (runs["seed"] != 2) | (runs["arm"] != "grants")
    assert runs.loc[sound, "innovations"].notna().all()
    other = run(replace(design, equal_cost=None), {**configs, "grants": replace(configs["grants"], trouble="")}, tmp_path / "other" / "a")
    whole = pd.read_parquet(other / "runs.parquet")
    pd.testing.assert_frame_equal(
        runs[sound].drop(columns=unlike(runs, whole), errors="ignore"), whole[sound].drop(columns=unlike(runs, whole), errors="ignore")
    )


def unlike(runs, others):
    """Columns that say how the arms of two experiments differ."""
    return [name for name in runs if name.startswith("config.") or name not in others or runs[name].dtype != others[name].dtype]


def test_an_impossible_arm_is_refused_before_anything_is_written(design, configs, tmp_path):
    configs["grants"] = configs["status_quo"]
    with pytest.raises(ConfigError):
        run(design, configs, tmp_path / "toy" / "a")
    assert names(tmp_path / "toy" / "a") == set()


SCRIPT = """
import pickle, signal, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from tests.conftest import ROOT
from tests.sim.experiments.toy_model import TOY
from sim.experiments.execution import Interrupted, run_experiment
from sim.experiments.laboratory import Options
from sim.experiments.executors import ExecutorConfig
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # heard where a shell put the tests into the background, too
    design, configs = pickle.loads(Path({job!r}).read_bytes())
    try:
        run_experiment(design, configs, Path({folder!r}), Options(ExecutorConfig.local(2), simulation=TOY))
    except Interrupted as interrupted:
        print(interrupted, file=sys.stderr)
        sys.exit(130)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process group")
@pytest.mark.parametrize("after", [0.05, 1.5])
def test_ctrl_c_leaves_whole_files_only_and_says_how_far_it_came(design, configs, tmp_path, after):
    folder = tmp_path / "toy" / "a"
    folder.mkdir(parents=True)
    slow = {name: replace(config, trouble="slow") for name, config in configs.items()}
    (tmp_path / "job").write_bytes(pickle.dumps((replace(design, equal_cost=None), slow)))
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(here=str(ROOT), job=str(tmp_path / "job"), folder=str(folder)))
    process = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not (folder / "manifest.json").exists() and process.poll() is None:
        time.sleep(0.02)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    words = process.communicate(timeout=30)[1]
    assert process.returncode == 130, words
    assert "of 18 runs are done and kept; go on with: crosscluster resume" in words
    assert "Traceback" not in words
    assert names(folder) <= {"manifest.json", "study.json", "chunks", "journal.jsonl"}
    assert read_manifest(folder)["state"] == "interrupted"


@pytest.mark.nightly
def test_workers_that_cannot_start_are_no_failed_runs(design, configs, tmp_path):
    """A script without a guard starts itself anew in every worker."""
    folder = tmp_path / "toy" / "a"
    folder.mkdir(parents=True)
    (tmp_path / "job").write_bytes(pickle.dumps((replace(design, equal_cost=None), configs)))
    unguarded = SCRIPT.replace('if __name__ == "__main__":', "if True:")
    script = tmp_path / "script.py"
    script.write_text(unguarded.format(here=str(ROOT), job=str(tmp_path / "job"), folder=str(folder)))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "its workers end before they have done anything" in done.stderr, done.stderr[-2000:]
    assert read_manifest(folder)["runs"]["done"] == 0
