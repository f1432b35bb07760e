"""The quick form of the scorecard: a target that it met is met by today's model, or it is written down why it is not."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from scenarios import INSTRUMENTS  # noqa: F401  (instruments register themselves)
from sim.commands.compose import compose_tree, load_config
from sim.evidence.measuring import MEASURING
from sim.evidence.score import lost, read_card, score
from sim.evidence.shipped import HERE
from sim.evidence.targets import GOOD, read_targets
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options

ASKED = ["experiment=evidence"]
SEEDS = 2
RECORDED = yaml.safe_load((HERE / "lost.yaml").read_text(encoding="utf-8")) or {}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The scorecard of two seeds, measured now."""
    design = build_design({**compose_tree(ASKED)["experiment"], "seeds": SEEDS})
    configs = {name: load_config([*ASKED, f"scenario={arm.scenario}"]) for name, arm in design.arms.items()}
    folder = Path(tmp_path_factory.mktemp("evidence"))
    run_experiment(design, configs, folder, Options(ExecutorConfig.local(2), simulation=MEASURING))
    return score(pd.read_parquet(folder / "runs.parquet"), read_targets())


def test_no_target_that_held_is_lost_without_a_reason(quick: pd.DataFrame):
    missing = set(lost(read_card(HERE / "quick.csv"), quick)) - set(RECORDED)
    assert not missing, f"{', '.join(sorted(missing))}: met by sim/evidence/shipped/quick.csv; mend the model, or say why in lost.yaml"


def test_what_is_recorded_as_lost_is_lost(quick: pd.DataFrame):
    verdicts = dict(zip(quick["target"], quick["verdict"], strict=True))
    assert set(RECORDED) <= set(verdicts)
    assert not [name for name in RECORDED if verdicts[name] in GOOD]
    assert all(isinstance(reason, str) and len(reason) > 20 for reason in RECORDED.values())


def test_every_counted_target_is_measured(quick: pd.DataFrame):
    assert not quick.loc[quick["role"].isin(("fit", "check")) & (quick["verdict"] == "not measured"), "target"].tolist()
