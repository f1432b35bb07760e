"""As many seeds as a wanted interval needs, and an interval that holds what it promises."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.config_check import ConfigError
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.precision import Effects, Precision, interval, more_seeds, needed, seeds_wanted
from sim.experiments.store import read_manifest
from sim.experiments.study import Simulation
from tests.sim.experiments.toy_model import TOY

RULE = Precision(outcome="A", half_width=0.5, most_seeds=1000)


def test_an_interval_chosen_by_two_stages_covers_as_often_as_it_says():
    """Twenty thousand experiments with a true effect of 3 and a spread of 1: 95 % of intervals hold it, none is wider than asked."""
    luck = np.random.default_rng(7)
    inside, widest = 0, 0.0
    for _ in range(20_000):
        first = luck.normal(3.0, 1.0, 4)
        count = needed(first, RULE)
        everything = np.concatenate([first, luck.normal(3.0, 1.0, count - 4)])
        _, low, high = interval(first, everything, RULE)
        inside += low <= 3.0 <= high
        widest = max(widest, high - low)
    assert inside / 20_000 == pytest.approx(0.95, abs=0.006)  # four standard errors of the share
    assert widest <= 2 * RULE.half_width * (1 + 1e-12)


def test_effects_that_do_not_vary_need_no_further_seed():
    assert needed([2.0, 2.0, 2.0], RULE) == 3


def test_new_seeds_are_neither_used_nor_reserved():
    assert more_seeds((1, 2, 5), (7, 9001), 6) == (1, 2, 5, 6, 8, 9)


@pytest.fixture
def careful(tree):
    tree["equal_cost"] = None
    tree["outcomes"]["cost"] = {"column": "public_cost", "label": "Cost", "unit": "mln", "direction": "less"}
    return tree


def run(tree, configs, folder, workers=1):
    folder.mkdir(parents=True)
    run_experiment(build_design(tree), configs, folder, Options(ExecutorConfig.local(workers), simulation=TOY))
    return folder


def test_an_experiment_goes_on_until_it_is_as_precise_as_asked(careful, configs, tmp_path):
    spread = np.std([(1 + seed % 7 / 100) * 3.0 for seed in (1, 2, 3)], ddof=1)  # of cash at dose .03, which costs 100 x .03 x luck
    half = 4.302652729911275 * spread / np.sqrt(9.5)  # asks for 10 seeds: t at 2 degrees of freedom
    rule = {"outcome": "cost", "half_width": float(half), "most_seeds": 50, "arms": ["cash"]}
    folder = run({**careful, "doses": [0.03], "precision": rule}, configs, tmp_path / "toy" / "a")
    runs, manifest = pd.read_parquet(folder / "runs.parquet"), read_manifest(folder)
    assert sorted(set(runs["seed"])) == list(range(1, 11)) == manifest["seeds"]
    (row,) = manifest["precision"]
    assert (row["needed"], row["seeds"], row["reached"]) == (10, 10, True)
    assert row["high"] - row["low"] <= 2 * half
    assert manifest["runs"] == {"done": 40, "of": 40}


def test_a_cap_is_kept_and_said(careful, configs, tmp_path):
    rule = {"outcome": "cost", "half_width": 1e-6, "most_seeds": 5}
    manifest = read_manifest(run({**careful, "precision": rule}, configs, tmp_path / "toy" / "a"))
    assert manifest["seeds"] == [1, 2, 3, 4, 5]
    assert {(row["arm"], row["reached"]) for row in manifest["precision"] if row["dose"] > 0} == {("cash", False), ("grants", False)}


def test_the_same_bytes_as_an_experiment_of_so_many_seeds(careful, configs, tmp_path):
    rule = {"outcome": "cost", "half_width": 1e-6, "most_seeds": 5}
    one = run({**careful, "precision": rule}, configs, tmp_path / "1" / "a", workers=2)
    other = run({**careful, "seeds": 5}, configs, tmp_path / "2" / "a")
    assert (one / "runs.parquet").read_bytes() == (other / "runs.parquet").read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"precision": {"outcome": "B", "half_width": 1.0, "most_seeds": 9}}, r"precision\.outcome: 'B'; allowed: A, cost"),
        ({"precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 9, "arms": ["gold"]}}, r"precision\.arms: 'gold'"),
        (
            {"precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 9, "arms": ["status_quo"]}},
            r"precision\.arms: 'status_quo'; allowed: cash, grants, zero \(the baseline has no effect\)",
        ),
        ({"precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 9, "arms": []}}, r"precision\.arms: found none; allowed: null"),
        ({"precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 2}}, r"experiment\.seeds: 3; allowed with precision: 2 to 2"),
        ({"precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 9}, "vary": {"design": "lhs", "over": {}}}, "beside vary"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(careful, change, message):
    with pytest.raises(ConfigError, match=message):
        build_design({**careful, **change})


def test_an_experiment_of_the_baseline_alone_has_no_effect_to_know(careful):
    alone = {**careful, "arms": {"status_quo": careful["arms"]["status_quo"]}, "claims": {}}
    with pytest.raises(ConfigError, match="precision: found no arm besides the baseline"):
        build_design({**alone, "precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 9}})


def test_per_unit_of_cost_arms_that_cost_nothing_are_left_out(careful, configs, tmp_path):
    rule = {"outcome": "A", "half_width": 1.0, "most_seeds": 5}  # the placebo has dose 0
    manifest = read_manifest(run({**careful, "precision": rule}, configs, tmp_path / "toy" / "a"))
    assert {(row["arm"], row["dose"]) for row in manifest["precision"]} == {
        (arm, dose) for arm in ("cash", "grants") for dose in (0.01, 0.03)
    }
    assert all(row["low"] <= row["mean"] <= row["high"] for row in manifest["precision"])


@pytest.mark.parametrize(
    ("outcome", "rule", "message"),
    [
        ({}, {"arms": ["cash", "zero"]}, r"precision\.arms: zero costs nothing at dose 0 \(no difference in public_cost\)"),
        (
            {"column": "inovations"},
            {},
            r"experiment\.outcomes\.A\.column: found 'inovations'; allowed: .* columns of runs\.parquet; did you mean 'innovations'\?",
        ),
        ({"per": "public_costs"}, {}, r"experiment\.outcomes\.A\.per: found 'public_costs'; .*did you mean 'public_cost'\?"),
        ({"column": "seed"}, {}, r"experiment\.outcomes\.A\.column: found 'seed'"),
    ],
)
def test_an_effect_that_cannot_be_told_is_refused_with_its_name(careful, configs, tmp_path, outcome, rule, message):
    careful["outcomes"]["A"] |= outcome
    with pytest.raises(ConfigError, match=message):
        run({**careful, "precision": {"outcome": "A", "half_width": 1.0, "most_seeds": 5, **rule}}, configs, tmp_path / "toy" / "a")


def frame(**columns):
    """Two pairs of the baseline and an arm."""
    labels = {"pair": [0, 0, 1, 1], "arm": ["base", "arm"] * 2, "dose": [0.0, 0.1] * 2, "error": None}
    return pd.DataFrame({**labels, **columns})


def test_where_all_costs_nothing_no_effect_is_left():
    runs = frame(x=[1.0, 2.0, 1.0, 2.0], cost=[5.0] * 4)
    with pytest.raises(ConfigError, match=r"arm costs nothing at dose 0\.1"):
        seeds_wanted(runs, Effects("x", "cost", "base"), replace(RULE, arms=None))


def test_finished_runs_without_the_outcome_are_named():
    runs = frame(x=[1.0, 2.0, np.nan, 2.0])
    with pytest.raises(ConfigError, match="arm or the baseline has finished runs without x"):
        seeds_wanted(runs, Effects("x", None, "base"), RULE)


def test_where_every_run_failed_that_is_said():
    runs = frame().assign(error="ZeroDivisionError")
    with pytest.raises(ConfigError, match="arm has 0 finished pairs"):
        seeds_wanted(runs, Effects("x", None, "base"), RULE)


def test_a_finished_folder_is_left_alone_and_a_spoilt_one_mended(careful, configs, tmp_path):
    folder = run({**careful, "seeds": 3}, configs, tmp_path / "toy" / "a")
    whole = (folder / "runs.parquet").read_bytes()
    options = Options(ExecutorConfig.local(1), simulation=TOY)
    run_experiment(build_design(careful), configs, folder, replace(options, simulation=Simulation(None, None)))  # fails if it is run
    assert not read_manifest(folder)["failures"]
    (folder / "runs.parquet").write_bytes(whole[:100])
    run_experiment(build_design(careful), configs, folder, options)
    assert (folder / "runs.parquet").read_bytes() == whole
