"""Calibration on synthetic runs: who is accepted, what is run next, what is said of parameters and targets, and that the set is a file."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.commands.calibrate import accepted_set
from sim.commands.compose import compose_tree, load_tree
from sim.commands.experiment import Plan
from sim.commands.folders import VARIABLE
from sim.evidence.calibration import ACCEPTED, CONFIRMED, IDENTIFIED, Accepted, Calibration, Wave, listed
from sim.evidence.matching import LIMIT
from sim.experiments.cases import Factor
from sim.experiments.design import Design, build_design
from sim.experiments.executors import ExecutorConfig
from sim.experiments.sampling import build_cases
from tests.sim.evidence.hand_made import runs_at, target
from tests.sim.evidence.toy_response import response, sample

SEEN, BENT, UNSEEN = "behaviour.search.chance_rate", "behaviour.search.fame", "behaviour.project.end"
PROOF = "40 known sets of values"
FACTORS = (Factor(SEEN, 0.1, 0.6), Factor(BENT, 0.5, 2.0, logarithmic=True), Factor(UNSEEN, 0.08, 0.2))
TARGETS = {
    "sum": target(measure="sum", band=(0.9, 1.2)),
    "bend": target(measure="bend", band=(0.1, 0.3)),
    "far": target(measure="sum", band=(7.0, 8.0)),
    "check": target(measure="sum", role="check", band=(0.0, 0.1)),
}


def wave(points: np.ndarray, noise: float = 0.05, **changes: np.ndarray) -> Wave:
    """Two seeds at every point; changes: other values of a measure, f8 (points,)."""
    values = response(points) | changes
    configs = {factor.path: [factor.at(share) for share in points[:, column]] for column, factor in enumerate(FACTORS)}
    return Wave(points, runs_at(points, values, noise=noise, configs=configs))


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return Calibration.of([wave(sample(60))], TARGETS, FACTORS)


@pytest.fixture
def plan(composed: Mapping[str, Any], design: Design, tmp_path: Path) -> Plan:
    about = {"overrides": ["experiment=calibration", "world=demo"]}
    return Plan(design, {"status_quo": load_tree(composed)}, ExecutorConfig.local(1), None, tmp_path, about)


# waves


def test_a_wave_is_read_over_the_ranges_of_the_first(tmp_path: Path):
    points = sample(30)
    wave(points).runs.sample(frac=1.0, random_state=1).to_parquet(tmp_path / "runs.parquet")
    again = Wave.read(tmp_path, FACTORS)
    assert again.shares == pytest.approx(points)
    wider = (replace(FACTORS[0], low=0.1, high=1.1), *FACTORS[1:])
    assert Wave.read(tmp_path, wider).shares[:, 0] == pytest.approx(points[:, 0] / 2)


def test_waves_are_put_one_after_the_other():
    first, second = sample(30), sample(20, seed=2)
    both = Calibration.of([wave(first), wave(second)], TARGETS, FACTORS)
    assert np.array_equal(both.points, np.vstack([first, second]))
    assert len(both.found["sum"].means) == 50
    assert both.found["sum"].means[30:] == pytest.approx(response(second)["sum"], abs=0.3)
    assert len(both.worst) == len(both.total) == 50


# who is left, and who is accepted


def again(calibration: Calibration, noise: float = 0.05, **changes: np.ndarray) -> Wave:
    """The sound points once more, on other seeds."""
    points = calibration.points[calibration.sound]
    return wave(points, noise, **changes)


def test_only_points_whose_own_runs_are_sound_are_left(calibration: Calibration):
    rows = calibration.sound
    assert len(rows) > 0
    assert len(set(rows.tolist())) == len(rows)
    assert np.all(calibration.worst[rows] <= LIMIT)
    assert calibration.worst[np.setdiff1d(np.arange(60), rows)].min() > LIMIT
    assert calibration.total[rows].tolist() == sorted(calibration.total[rows])
    for name in ("sum", "bend"):
        found = calibration.found[name]
        doubt = LIMIT * np.sqrt(found.seed_variance)
        assert np.all((found.means[rows] >= found.low - doubt) & (found.means[rows] <= found.high + doubt))


def test_the_accepted_are_sound_on_other_seeds_too(calibration: Calibration):
    """Who was only lucky is lost, and the first is the nearest on the seeds that it was not chosen on."""
    points = calibration.points[calibration.sound]
    odd = response(points)["sum"].copy()
    odd[0] = 2.4
    accepted = Accepted.of(again(calibration, sum=odd), calibration, TARGETS)
    assert accepted.tried == len(points)
    assert 0 < accepted.sound < accepted.tried
    assert len(accepted.points) == min(accepted.sound, ACCEPTED)
    assert not np.any(np.all(np.isclose(accepted.points, points[0]), axis=1))


def test_the_accepted_lie_far_apart(calibration: Calibration):
    """No sound point that is left out lies farther from the accepted than they lie from each other."""
    points = sample(60)
    wide = {"sum": target(measure="sum", band=(0.5, 1.5))}
    one = Calibration.of([wave(points)], wide, FACTORS)
    accepted = Accepted.of(again(one), one, wide)
    assert accepted.sound > ACCEPTED == len(accepted.points)
    apart = np.linalg.norm(accepted.points[:, None] - accepted.points[None], axis=2)
    nearest = apart[np.triu_indices(ACCEPTED, 1)].min()
    for other in one.points[one.sound]:
        gaps = np.linalg.norm(accepted.points - other, axis=1)
        assert gaps.min() <= nearest + 1e-9 or gaps.min() < 1e-9


def test_sound_points_are_run_again_on_seeds_that_nothing_was_fitted_to(calibration: Calibration, design: Design):
    asked = calibration.again(design)
    assert asked.vary is not None
    assert len(asked.seeds) == 2 * len(design.seeds)
    assert not set(asked.seeds) & set(design.seeds)
    assert len(asked.vary.over[SEEN]["values"]) == min(len(calibration.sound), CONFIRMED)


def test_a_point_that_the_emulator_likes_is_not_sound_if_its_own_runs_are_ruled_out(calibration: Calibration):
    """The best point of all, run anew with an outcome of its own far from the band."""
    best = calibration.sound[0]
    odd = response(calibration.points)["sum"].copy()
    odd[best] = 2.4
    surprised = Calibration.of([wave(calibration.points, sum=odd)], TARGETS, FACTORS)
    assert surprised.match.implausibilities(calibration.points[[best]]).max() < LIMIT
    assert best not in surprised.sound


def test_a_point_whose_runs_failed_is_not_sound():
    points = sample(60)
    plain = wave(points)
    best = Calibration.of([plain], TARGETS, FACTORS).sound[0]
    runs = plain.runs.copy()
    runs.loc[runs["case"] == best, "error"] = "an invariant broke"
    assert best not in Calibration.of([Wave(points, runs)], TARGETS, FACTORS).sound


def test_a_weak_figure_rules_nothing_out_but_says_where_to_look_next():
    """A band that contradicts another one: weak, it leaves what the other leaves."""
    points = sample(60)
    other = {"low": target(measure="sum", band=(0.0, 0.4), weak=True)}
    plain, doubted, firm = (
        Calibration.of([wave(points)], {**TARGETS, **more}, FACTORS) for more in ({}, other, {"low": replace(other["low"], weak=False)})
    )
    assert len(doubted.sound) == len(plain.sound) > len(firm.sound)
    sums = [float(np.mean(one.match.promising[:, :2].sum(axis=1))) for one in (plain, doubted)]
    assert sums[1] < sums[0] - 0.1


def torn(points: np.ndarray) -> Calibration:
    """Two figures that nothing can meet at once, each in reach on its own."""
    return Calibration.of([wave(points)], TORN, FACTORS)


TORN = {"low": target(measure="sum", band=(0.0, 0.4)), "high": target(measure="sum", band=(1.6, 2.0))}


def test_where_all_are_ruled_out_the_least_bad_are_taken_and_it_is_said(plan: Plan):
    failed = torn(sample(60))
    assert len(failed.sound) == 0
    near = failed.points[failed.nearest[:ACCEPTED]]
    accepted = Accepted.of(wave(near), failed, TORN)
    assert (accepted.sound, len(accepted.points)) == (0, ACCEPTED)
    assert f"ALL RULED OUT, the {ACCEPTED} least so here" in accepted_set(plan, failed, accepted, 1, "crosscluster calibrate", PROOF)


# what is run next


def test_the_next_wave_lists_points_that_are_not_ruled_out(calibration: Calibration, design: Design):
    following = calibration.next_wave(design, 25)
    assert following.vary is not None
    assert (following.vary.design, following.vary.luck) == ("listed", "everywhere")
    assert replace(following, vary=design.vary) == design
    values = {path: spec["values"] for path, spec in following.vary.over.items()}
    assert list(values) == [SEEN, BENT, UNSEEN]
    for factor in FACTORS:
        assert len(values[factor.path]) == 25
        assert factor.low <= min(values[factor.path]) <= max(values[factor.path]) <= factor.high
    points = np.column_stack([[factor.share(value) for value in values[factor.path]] for factor in FACTORS])
    assert np.mean(calibration.match.implausibilities(points).max(axis=1) <= LIMIT) > 0.95


def test_a_wave_that_is_run_has_the_cases_that_were_listed(calibration: Calibration, design: Design, plan: Plan):
    following = calibration.next_wave(design, 12)
    assert following.vary is not None
    cases = build_cases(following.vary, plan.configs)
    assert len(cases) == 12
    for case in range(12):
        assert cases.values(case) == {path: spec["values"][case] for path, spec in following.vary.over.items()}


def test_values_that_come_twice_may_be_listed(plan: Plan):
    """Whole numbers do, and walkers of the sampler that stood still."""
    cases = build_cases(listed({"behaviour.search.seen": [3, 5, 3], SEEN: [0.2, 0.2, 0.4]}, None), plan.configs)
    assert [cases.values(case) for case in range(3)] == [
        {"behaviour.search.seen": seen, SEEN: rate} for seen, rate in ((3, 0.2), (5, 0.2), (3, 0.4))
    ]


def test_values_have_six_digits_and_whole_numbers_stay_whole():
    whole = Factor("behaviour.search.seen", 1, 12, whole=True)
    one = Calibration.of([wave(sample(40))], TARGETS, (whole, *FACTORS[1:]))
    values = one.values(np.array([[0.0, 1 / 3, 0.123456789], [1.0, 0.0, 1.0]]))
    assert values["behaviour.search.seen"] == [1, 12]
    assert all(type(value) is int for value in values["behaviour.search.seen"])
    assert values[UNSEEN] == [0.0948148, 0.2]


# what is said


def test_parameters_that_figures_see_are_identified_and_others_keep_their_prior(calibration: Calibration):
    table = calibration.parameters().set_index("parameter")
    assert list(table.index) == [SEEN, BENT, UNSEEN]
    assert table.loc[[SEEN, BENT], "identified"].all()
    assert not table.loc[UNSEEN, "identified"]
    assert table.loc[UNSEEN, "left"] == 1.0
    assert table.loc[UNSEEN, ["lowest", "highest"]].tolist() == pytest.approx([0.1, 0.1], abs=0.04)
    assert ((table["left"] <= IDENTIFIED) == table["identified"]).all()
    assert ((table["low"] <= table["left_low"]) & (table["left_low"] < table["left_high"])).all()
    assert (table["left_high"] <= table["high"]).all()


def test_a_parameter_whose_middle_is_ruled_out_is_identified_though_both_ends_are_left():
    points = sample(80)
    ends = 4.0 * (points[:, 0] - 0.5) ** 2  # 1 at both ends, 0 between
    values = {"ends": target(measure="ends", band=(0.7, 1.0))}
    table = Calibration.of([wave(points, ends=ends)], values, FACTORS).parameters().set_index("parameter")
    assert table.loc[SEEN, "left_high"] - table.loc[SEEN, "left_low"] > 0.8 * (0.6 - 0.1)
    assert table.loc[SEEN, "left"] <= 0.5
    assert table.loc[SEEN, "identified"]
    assert table.loc[SEEN, ["lowest", "highest"]].min() > 0.2


def test_targets_say_whether_they_are_in_reach_and_met(calibration: Calibration):
    table = calibration.reached().set_index("target")
    assert list(table.index) == ["sum", "bend", "far"]  # a check is never looked at
    assert table["in_reach"].tolist() == [True, True, False]
    assert table["nearest"].tolist()[:2] == [0.0, 0.0]
    assert table.loc["far", "nearest"] > LIMIT
    assert table.loc["far", "met"] == 0.0
    means = calibration.found["sum"].means[calibration.sound]
    assert table.loc["sum", "met"] == pytest.approx(np.mean((means >= 0.9) & (means <= 1.2)))
    assert 0.2 < table.loc["sum", "met"] < 1.0
    assert table.loc[["sum", "bend"], "emulator_error"].max() < 0.5
    assert np.isnan(table.loc["far", "emulator_error"])


# the file


def test_the_accepted_set_is_a_group_of_ones_own_and_any_experiment_runs_over_it(
    calibration: Calibration, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    own = tmp_path / "own" / "calibrated"
    own.mkdir(parents=True)
    accepted = Accepted.of(again(calibration), calibration, TARGETS)
    text = accepted_set(plan, calibration, accepted, 2, "crosscluster calibrate experiment=calibration world=demo", PROOF)
    (own / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(own.parent))
    composed = compose_tree(["experiment=evidence", "calibrated=mine"])
    vary = build_design(composed["experiment"]).vary
    assert vary is not None
    assert (vary.design, vary.luck) == ("listed", "everywhere")
    cases = build_cases(vary, {"status_quo": load_tree(composed)})
    assert len(cases) == len(accepted.points)
    for case, point in enumerate(accepted.points):
        for factor, share in zip(FACTORS, point, strict=True):
            assert cases.values(case)[factor.path] == pytest.approx(factor.at(share), rel=1e-5)


def test_the_accepted_set_says_where_it_is_from(calibration: Calibration, plan: Plan):
    accepted = Accepted.of(again(calibration), calibration, TARGETS)
    text = accepted_set(plan, calibration, accepted, 2, "crosscluster calibrate experiment=calibration world=demo", PROOF)
    assert text.startswith("# @package _global_\n")
    head = [line for line in text.splitlines() if line.startswith("#")]
    told = "\n".join(head)
    for words in (
        "crosscluster calibrate experiment=calibration world=demo",
        f"60 points run in 2 waves on seeds {', '.join(map(str, plan.design.seeds))}: {len(calibration.sound)} ruled out by no target",
        f"{accepted.tried} of these once more on seeds",
        "# may rule out: sum, bend",
        "# out of reach of these parameters: far",
        f"# {PROOF}",
    ):
        assert words in told
    assert "ALL RULED OUT" not in told


def test_a_calibration_is_the_same_twice(calibration: Calibration, design: Design):
    again = Calibration.of([wave(sample(60))], TARGETS, FACTORS)
    assert again.next_wave(design, 10) == calibration.next_wave(design, 10)
    pd.testing.assert_frame_equal(again.parameters(), calibration.parameters())
