"""The files that an experiment really writes are the files that the analysis reads."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.report import build_report
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from tests.sim.experiments.toy_model import TOY, ToyConfig, ToyInstrument, ToyWorld


@dataclass(frozen=True)
class World(ToyWorld):
    programme: int = 8


def test_an_experiment_of_the_toy_model_is_reported(tmp_path: Path) -> None:
    design = build_design(
        {
            "name": "toy",
            "question": "Does it?",
            "baseline": "status_quo",
            "arms": {name: {"label": name.title(), "scenario": name} for name in ("status_quo", "cash", "grants")},
            "seeds": 3,
            "reserved_seeds": [9001],
            "doses": [0.03],
            "equal_cost": None,
            "outcomes": {
                "A": {"column": "innovations", "label": "Innovations", "unit": "per mln", "direction": "more", "per": "public_cost"}
            },
            "claims": {"beats": {"text": "Grants beat cash", "arm": "grants", "against": ["cash"], "outcome": "A"}},
        }
    )
    plain = ToyConfig(world=World())
    arms = {"cash": ToyInstrument(dose=1.0), "grants": ToyInstrument(dose=0.5, cost=200.0)}
    configs = {"status_quo": plain} | {name: replace(plain, instrument={name: instrument}) for name, instrument in arms.items()}
    folder = tmp_path / "toy"
    folder.mkdir()
    run_experiment(design, configs, folder, Options(ExecutorConfig.local(1), simulation=TOY))
    assert build_report(folder).is_file()
    effects = pd.read_csv(folder / "effects.csv").set_index(["arm", "outcome"])
    assert effects.loc[("cash", "A"), "mean"] == pytest.approx(1.0)  # the toy's innovations are its cost
    assert effects.loc[("cash", "projects_started"), "mean"] == pytest.approx(2.0)
