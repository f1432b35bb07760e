"""docs/other_tools.md runs: the model in SALib, ema_workbench and Optuna gives what it gives by itself."""

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.config_check import ConfigError

PAGE = Path(__file__).resolve().parents[1] / "docs" / "other_tools.md"


@pytest.fixture(scope="module")
def names():
    """What the blocks of the page leave, all run one after the other as a reader would."""
    module = ModuleType("other_tools")  # ema_workbench and pickle look functions up by their module
    sys.modules[module.__name__] = module
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), module.__dict__)
    yield module.__dict__
    del sys.modules[module.__name__]


def direct(names, values):
    return names["outcomes"](values)


def test_salib_has_the_model_s_outcomes_and_indices_of_every_path(names):
    problem = names["problem"]
    point = dict(zip(names["PATHS"], problem.samples[-1]))
    assert problem.results[-1] == direct(names, point)["innovations"]
    assert len(problem.results) == 4 * (2 + 2)
    assert np.isfinite(problem.analysis["ST"]).all()
    assert np.ptp(problem.results) > 0


def test_ema_workbench_has_the_model_s_outcomes(names):
    experiments, found = names["experiments"], names["found"]
    assert len(experiments) == len(found["innovations"]) == 3 * 2
    for row in (0, 5):
        values = {path: experiments[name].iloc[row] for name, path in names["NAMES"].items()}
        own = direct(names, values)
        assert (found["innovations"][row], found["public_cost"][row]) == (own["innovations"], own["public_cost"])


def test_optuna_has_the_model_s_outcomes(names):
    study = names["study"]
    assert len(study.trials) == 4
    assert all(trial.value is not None for trial in study.trials)
    own = [names["outcomes"](study.best_params, seed)["cross_cluster_alive_end"] for seed in (1, 2)]
    assert study.best_value == np.mean(own)


def test_a_value_that_a_path_cannot_hold_is_refused(names):
    with pytest.raises(ConfigError, match=r"instrument.matchmaking.attendance"):
        names["outcomes"]({"instrument.matchmaking.attendance": 7.0})
