import pickle
from dataclasses import replace

import pytest

from sim.config_check import ConfigError
from sim.experiments.cases import ONE_CASE
from sim.experiments.design import Point
from sim.experiments.doses import Trial, known, next_factor, purpose, solve
from sim.experiments.store import write_json
from sim.experiments.study import Study
from sim.experiments.work import Chunk, compute, runs_of
from tests.sim.experiments.toy_model import TOY, ToyInstrument


@pytest.fixture
def trial(design, configs, tmp_path):
    def outcomes(treated):
        study = Study(treated, ONE_CASE, design.reserved_seeds, "everywhere", "outcomes", TOY)
        packed = pickle.dumps(study)
        chunks = [Chunk(at, at + 1, snapshots=tmp_path) for at in range(len(study))]
        return [row for chunk in chunks for row in runs_of(compute(packed, chunk).payload).to_pylist()]

    return Trial(design, configs, design.equal_cost, outcomes)


def test_every_arm_costs_what_the_reference_costs(trial):
    solution = solve(trial)
    assert solution.factors[Point("cash", 0.01)] == 1.0
    assert all(abs(gap) <= 0.01 for gap in solution.gaps.values())
    factor = solution.factors[Point("grants", 0.03)]
    assert 200.0 * (0.03 * factor) ** 1.3 == pytest.approx(100.0 * 0.03, rel=0.01)
    assert solution.rounds <= 4
    assert Point("zero", 0.0) not in solution.factors


def test_burn_in_is_run_once_per_reserved_seed_whatever_the_rounds(trial, monkeypatch, tmp_path):
    monkeypatch.setenv("TOY_COUNT", str(tmp_path / "count"))
    counted = {name: replace(config, trouble="count") for name, config in trial.configs.items()}
    assert solve(replace(trial, configs=counted)).rounds > 1
    assert (tmp_path / "count").read_text().split() == ["9001", "9002"]


def test_a_proportional_cost_is_met_at_the_second_try():
    assert next_factor([(1.0, 50.0)], 100.0) == pytest.approx(2.0)


def test_the_slope_of_two_rounds_finds_a_power(trial):
    first, second = (1.0, 100.0), (2.0, 400.0)
    assert next_factor([first, second], 225.0) == pytest.approx(1.5)


def test_a_cost_that_does_not_answer_to_the_dose_is_refused(trial):
    flat = replace(trial.configs["grants"], instrument={"grants": ToyInstrument(dose=1.0, cost=500.0, power=0.0)})
    with pytest.raises(ConfigError, match=r"after 6 rounds grants at dose .* still costs \+"):
        solve(replace(trial, configs=trial.configs | {"grants": flat}))


def test_an_arm_that_costs_nothing_is_refused(trial):
    free = replace(trial.configs["grants"], instrument={"grants": ToyInstrument(dose=1.0, cost=0.0)})
    with pytest.raises(ConfigError, match=r"arms\.grants: costs the public 0 at dose"):
        solve(replace(trial, configs=trial.configs | {"grants": free}))


def test_an_unknown_cost_is_refused(trial):
    with pytest.raises(ConfigError, match="allowed: innovations, public_cost"):
        solve(replace(trial, rule=replace(trial.rule, outcome="publiccost")))


def test_a_solution_is_found_again_only_for_what_it_was_solved_for(trial, tmp_path):
    solution = solve(trial)
    path = tmp_path / "doses.json"
    write_json(path, solution.as_tree(trial.design))
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text("{")
    places = {"shipped": [tmp_path / "absent.json", spoilt], "cached": [path]}
    found = known(purpose(trial.design, trial.configs), places)
    assert found == replace(solution, source="cached")
    dearer = trial.configs | {"cash": replace(trial.configs["cash"], instrument={"cash": ToyInstrument(dose=1.0, cost=101.0)})}
    assert known(purpose(trial.design, dearer), places) is None
