"""An effect whose number of seeds was chosen by looking is shown with the interval that allows for it."""

import json
from pathlib import Path

import pytest
from scipy import stats

from sim.analysis.effects import effects
from sim.analysis.report import build_report
from sim.analysis.results import load
from tests.sim.analysis.synthetic import DOSE, make

pytestmark = pytest.mark.usefixtures("unpainted")

ROW = {
    "arm": "subsidy",
    "dose": DOSE,
    "outcome": "C",
    "first_seeds": 3,
    "needed": 8,
    "seeds": 8,
    "mean": -1.0,
    "low": -2.0,
    "high": 0.0,
    "reached": True,
}


def folder_with(tmp_path: Path, rows: list[dict], confidence: float = 0.95) -> Path:
    folder = make(tmp_path / "staged")
    manifest = json.loads((folder / "manifest.json").read_text())
    rule = {"outcome": "C", "half_width": 1.0, "most_seeds": 8, "confidence": confidence, "arms": None}
    design = {"precision": rule, "outcomes": manifest["preregistration"]["outcomes"]}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"precision": rows, "design": design}))
    return folder


def shown(folder: Path, arm: str) -> dict:
    found = effects(load(folder))
    return found[(found["arm"] == arm) & (found["primary"] == "C")].iloc[0].to_dict()


def test_the_interval_is_the_one_that_was_promised(tmp_path: Path) -> None:
    row = shown(folder_with(tmp_path, [ROW]), "subsidy")
    assert (row["ci_low"], row["ci_high"], row["mean"]) == (pytest.approx(-2.0), pytest.approx(0.0, abs=1e-12), -1.0)
    assert row["p"] == pytest.approx(0.05)  # its end is zero


def test_another_confidence_is_brought_to_that_of_the_table(tmp_path: Path) -> None:
    row = shown(folder_with(tmp_path, [ROW], confidence=0.8), "subsidy")
    assert row["ci_high"] == pytest.approx(-1.0 + stats.t.ppf(0.975, 2) / stats.t.ppf(0.9, 2))


def test_other_effects_keep_the_ordinary_interval(tmp_path: Path) -> None:
    assert shown(folder_with(tmp_path, [ROW]), "cash") == shown(folder_with(tmp_path, []), "cash")


def test_the_report_says_whether_the_precision_was_reached(tmp_path: Path) -> None:
    page = build_report(folder_with(tmp_path, [ROW, ROW | {"arm": "cash", "needed": 90, "reached": False}])).read_text()
    assert "reached for 1 of 2 effects with 8 seeds" in page
    assert "Neutral cash (0.03) needs 90" in page


def test_the_report_says_which_intervals_do_not_allow_for_looking(tmp_path: Path) -> None:
    says = "those of claims (arm against arm) on the same outcome among them, are ordinary ones, which do not"
    assert says in build_report(folder_with(tmp_path / "1", [ROW])).read_text()
    assert says not in build_report(folder_with(tmp_path / "2", [])).read_text()
