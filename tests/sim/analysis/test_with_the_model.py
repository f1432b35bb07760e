"""Files that the model itself wrote: what must hold in every report."""

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.report import build_report
from sim.commands.compose import load_config
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from tests.sim.analysis.synthetic import OUTCOMES

pytestmark = pytest.mark.slow

ARMS = {
    "status_quo": {"label": "Status quo", "scenario": "status_quo"},
    "in_cluster": {"label": "Joint grants in-cluster", "scenario": "grants_in_cluster"},
    "meet_then_pay": {"label": "Meet then pay", "scenario": "meet_then_pay"},
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = {"name": "small", "question": "Does it add up?", "baseline": "status_quo", "arms": ARMS, "seeds": 2, "reserved_seeds": []}
    tree |= {"doses": [0.05], "equal_cost": None, "outcomes": OUTCOMES, "claims": {}}
    configs = {name: load_config(["world=demo", f"scenario={arm['scenario']}"]) for name, arm in ARMS.items()}
    folder = tmp_path_factory.mktemp("small")
    run_experiment(build_design(tree), configs, folder, Options(ExecutorConfig.local(1)))
    build_report(folder)
    return folder


def test_no_more_projects_start_anyway_than_start(reported: Path) -> None:
    runs = pd.read_parquet(reported / "runs.parquet")
    assert (runs["started_anyway"] <= runs["projects_started"] * (1 + 1e-12)).all()
    assert (runs["funded_started"] <= runs["projects_started"] * (1 + 1e-12)).all()
    assert (runs["funded_anyway"] <= runs["funded_started"] * (1 + 1e-12)).all()
    shares = pd.read_csv(reported / "minister.csv")[["anyway_share", "funded_anyway_share", "absorbed_share"]]
    assert shares.max().max() <= 1 + 1e-12
    assert shares.min().min() >= 0


def test_no_number_is_noise(reported: Path) -> None:
    page = (reported / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"[−-]0(\.0+)?(?=[\s<\]±,;)])", page.split("<script>")[0])
    assert not re.search(r">\s*(nan|inf|None)\s*<", page)


def test_costs_are_neither_gain_nor_loss(reported: Path) -> None:
    table = pd.read_csv(reported / "effects.csv").set_index("outcome")
    words = set(table.loc[["public_cost", "private_time", "absorbed"], "verdict"].str.split().str[0])
    assert words <= {"more", "less", "no", "cannot"}
