"""What is shipped belongs to this model: solved doses, and the results that README shows."""

import json
from pathlib import Path

import pandas as pd

from sim.commands.compose import compose_tree, load_config
from sim.experiments.design import build_design
from sim.experiments.doses import purpose

ROOT = Path(__file__).resolve().parents[1]
ASKED = ["experiment=eaeu_programme"]


def test_the_shipped_doses_were_solved_for_this_model():
    design = build_design(compose_tree(ASKED)["experiment"])
    configs = {name: load_config([*ASKED, f"scenario={arm.scenario}"]) for name, arm in design.arms.items()}
    shipped = json.loads((ROOT / "configs" / "solved" / "eaeu_programme.json").read_text())
    assert shipped["sha256"] == purpose(design, configs), "the model or the arms changed: make reference, and ship its doses.json"
    assert json.loads((ROOT / "results" / "reference" / "doses.json").read_text()) == shipped


def test_arms_cost_the_same_in_the_results_shipped():
    effects = pd.read_csv(ROOT / "results" / "reference" / "effects.csv")
    cost = effects[(effects["outcome"] == "public_cost") & (effects["country"] == "all")].set_index("arm")["mean"]
    # doses are solved on reserved seeds; on those judged the arms may differ by luck, less than the spread over seeds
    assert (cost / cost["neutral_cash"] - 1.0).abs().max() < 0.1
