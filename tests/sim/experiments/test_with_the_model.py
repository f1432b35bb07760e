"""The real model on the demo world: what the toy model cannot show."""

import pandas as pd
import pytest

from sim.commands.compose import load_config
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.store import read_manifest

pytestmark = pytest.mark.slow

ARMS = {
    "status_quo": {"label": "Status quo", "scenario": "status_quo"},
    "cash": {"label": "Neutral cash", "scenario": "neutral_cash"},
    "mixed": {"label": "Meet, then pay", "scenario": "meet_then_pay"},
    "zero": {"label": "Zero dose", "scenario": "meet_then_pay", "placebo": True, "doses": [0.0]},
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The same experiment on one worker and on two."""
    tree = {
        "name": "small",
        "question": "Does it run?",
        "baseline": "status_quo",
        "arms": ARMS,
        "seeds": [1, 2],
        "reserved_seeds": [9001],
        "doses": [0.05],
        "equal_cost": {"outcome": "public_cost", "reference": "cash", "tolerance": 0.02, "iterations": 6},
        "outcomes": {},
        "claims": {},
    }
    design = build_design(tree)
    configs = {name: load_config(["world=demo", "record.panel=true", f"scenario={arm['scenario']}"]) for name, arm in ARMS.items()}
    found = []
    for workers in (1, 2):
        folder = tmp_path_factory.mktemp("results") / "small" / "run"
        folder.mkdir(parents=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONHASHSEED", str(workers))  # workers that walk through a set do so in another order
            found.append(run_experiment(design, configs, folder, Options(ExecutorConfig.local(workers))))
    return found


def test_the_same_bytes_on_one_worker_and_on_two(folders):
    one, two = folders
    tables = {path.name for path in one.glob("*.parquet")}
    assert tables == {f"{name}.parquet" for name in ("runs", "series", "funnel", "ledger", "panel", "clusters", "ties", "projects")}
    different = [name for name in sorted(tables | {"doses.json"}) if (one / name).read_bytes() != (two / name).read_bytes()]
    assert not different


def test_a_zero_dose_is_the_status_quo_bit_for_bit(folders):
    runs = pd.read_parquet(folders[0] / "runs.parquet").set_index(["arm", "seed"])
    outcomes = runs.loc[:, "innovations":"started_displaced"]
    pd.testing.assert_frame_equal(outcomes.loc["zero"], outcomes.loc["status_quo"], check_exact=True)
    for name in ("series", "funnel"):
        rows = pd.read_parquet(folders[0] / f"{name}.parquet").groupby("arm")
        zero, baseline = (rows.get_group(arm).drop(columns="arm").reset_index(drop=True) for arm in ("zero", "status_quo"))
        pd.testing.assert_frame_equal(zero, baseline, check_exact=True)


def test_arms_cost_the_same_on_reserved_seeds_and_nearly_so_on_the_others(folders):
    manifest = read_manifest(folders[0])
    assert manifest["state"] == "complete"
    assert not manifest["failures"]
    assert manifest["doses"]["gap_max"] <= 0.02
    cost = pd.read_parquet(folders[0] / "runs.parquet").groupby("arm")["public_cost"].mean()
    assert cost["status_quo"] == cost["zero"] > 0.0
    assert cost["mixed"] - cost["zero"] == pytest.approx(cost["cash"] - cost["zero"], rel=0.25)  # two seeds of another luck


def test_every_start_is_either_paired_or_additional(folders):
    runs = pd.read_parquet(folders[0] / "runs.parquet")
    assert (runs["started_anyway"] + runs["started_additional"]).to_numpy() == pytest.approx(runs["projects_started"].to_numpy())
    assert (runs["funded_anyway"] <= runs["funded_started"]).all()
    assert (runs.loc[runs["arm"] == "status_quo", "started_additional"] == 0.0).all()
