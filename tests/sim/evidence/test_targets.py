"""A target is a band or a sign; what the model says of it is judged by the middle 90 % of seeds, and only fits and checks count."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.commands.compose import compose_tree
from sim.config_check import ConfigError
from sim.evidence.measuring import RUNS
from sim.evidence.score import score, tally
from sim.evidence.targets import GOOD, inner_range, read_targets
from tests.sim.evidence.hand_made import entry, target

NAN = float("nan")
SHIPPED = read_targets()
values_of = st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=30).map(np.array)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([0.2, 0.9, 0.4], "in"),
        ([-9.0, 0.5, 10.0], "in"),  # it is the mean that lies in the band
        ([0.0], "in"),
        ([1.0, 1.0], "in"),
        (np.linspace(-3.0, 0.5, 50), "touches"),
        (np.linspace(0.6, 3.0, 50), "touches"),
        (np.linspace(-3.0, -0.1, 50), "too low"),
        (np.linspace(1.1, 3.0, 50), "too high"),
        ([NAN, 0.5, 0.5], "in"),
        ([NAN, 0.5, NAN], "not measured"),  # most runs say nothing
        ([NAN, 4.0], "too high"),
        ([np.inf, -2.0], "too low"),
        ([NAN, NAN], "not measured"),
        ([], "not measured"),
    ],
)
def test_a_band_is_judged_by_the_mean_and_then_by_the_range(values: Any, verdict: str):
    assert target().verdict(np.array(values, float)) == verdict


def test_one_seed_in_forty_is_not_enough_to_touch_a_band():
    """The middle 90 % of forty seeds leaves two on either side out."""
    seeds = np.full(40, 2.0)
    seeds[:1] = 0.5
    assert target().verdict(seeds) == "too high"
    seeds[:4] = 0.5
    assert target().verdict(seeds) == "touches"


@pytest.mark.parametrize(("above", "verdict"), [(10, "holds"), (9, "holds"), (8, "fails"), (0, "fails")])
def test_a_sign_holds_in_nine_of_ten_seeds(above: int, verdict: str):
    values = np.array([1.5] * above + [0.5] * (10 - above))
    assert target(above=1.0).verdict(values) == verdict
    assert target(above=1.0).verdict(np.append(values, NAN)) == verdict


def test_a_sign_is_not_met_at_its_threshold_and_not_measured_without_a_value():
    assert target(above=1.0).verdict(np.ones(5)) == "fails"
    assert target(above=1.0).verdict(np.array([NAN])) == "not measured"


@given(values_of)
def test_verdicts_are_the_same_in_whatever_order_seeds_come_and_mirror(values: np.ndarray):
    """Who is too low of a band is too high of its mirror image."""
    own = target(band=(-1.0, 1.0))
    mirrored = {"too low": "too high", "too high": "too low"}
    found = own.verdict(values)
    assert own.verdict(values[::-1]) == found
    assert own.verdict(-values) == mirrored.get(found, found)


@given(values_of, st.floats(0.0, 3.0))
def test_a_wider_band_never_turns_a_hit_into_a_miss(values: np.ndarray, more: float):
    if target().verdict(values) in GOOD:
        assert target(band=(-more, 1.0 + more)).verdict(values) in GOOD


@given(values_of)
def test_the_inner_range_lies_inside_all_values(values: np.ndarray):
    low, high = inner_range(values)
    assert values.min() <= low <= high <= values.max()


# the registry


def registry(folder: Path, **entries: Any) -> Path:
    path = folder / "targets.yaml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return path


def test_an_entry_is_read_as_it_stands(tmp_path: Path):
    found = read_targets(registry(tmp_path, plain=entry(), sign=entry(band=..., above=1, weak=True, moved="looked at", role="check")))
    assert list(found) == ["plain", "sign"]
    assert (found["plain"].band, found["plain"].above, found["plain"].weak, found["plain"].moved) == ((0.0, 1.0), None, False, "")
    assert (found["sign"].band, found["sign"].above, found["sign"].weak, found["sign"].moved) == (None, 1.0, True, "looked at")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"band": ...}, "found neither of band and above"),
        ({"above": 1.0}, "found both of band and above"),
        ({"band": [1.0, 0.0]}, "band: found [1.0, 0.0]; allowed: [low, high]"),
        ({"band": [1.0, 1.0]}, "allowed: [low, high]"),
        ({"band": [0.0, 1.0, 2.0]}, "allowed: [low, high]"),
        ({"band": [0.0]}, "allowed: [low, high]"),
        ({"band": [0.0, NAN]}, ".band"),
        ({"band": ["low", "high"]}, ".band"),
        ({"band": 3.0}, ".band: found 3.0; allowed: a list"),
        ({"band": ..., "above": "much"}, ".above"),
        ({"role": "fitt"}, ".role: found 'fitt'"),
        ({"measure": ...}, ".measure: missing"),
        ({"transported": "yes"}, ".transported: found 'yes'; allowed: true or false"),
        ({"number": 1.5}, ".number"),
        ({"mesure": "a"}, "did you mean 'measure'?"),
    ],
)
def test_an_entry_that_is_no_target_is_refused_in_one_line_with_its_name(tmp_path: Path, changes: dict[str, Any], words: str):
    with pytest.raises(ConfigError) as refused:
        read_targets(registry(tmp_path, good=entry(), odd=entry(**changes)))
    text = str(refused.value)
    assert text.startswith("targets.yaml: odd")
    assert words in text
    assert "\n" not in text


def test_an_entry_that_is_no_mapping_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"^targets\.yaml: odd: found 5"):
        read_targets(registry(tmp_path, odd=5))


def test_every_target_names_a_run_that_the_measurement_makes_and_measures():
    arms = compose_tree(["experiment=evidence"])["experiment"]["arms"]
    assert {each.run for each in SHIPPED.values()} == set(arms)
    assert {arm["scenario"] for arm in arms.values()} == set(RUNS)


def test_every_target_has_a_role_and_says_where_it_is_from():
    assert {each.role for each in SHIPPED.values()} == {"fit", "check", "sanity", "prediction", "input"}
    assert all(each.source and each.what and each.fact and each.unit for each in SHIPPED.values())


def test_a_check_that_values_were_chosen_by_is_a_fit():
    moved = {name: each.role for name, each in SHIPPED.items() if each.moved}
    assert len(moved) > 5
    assert set(moved.values()) == {"fit"}


def test_no_two_targets_read_the_same_measure_of_a_run():
    read = [(each.run, each.measure) for each in SHIPPED.values()]
    assert len(set(read)) == len(read)


def test_inputs_and_predictions_are_never_counted():
    counted = {name for name, each in SHIPPED.items() if each.counts}
    assert counted == {name for name, each in SHIPPED.items() if each.role in ("fit", "check")}
    others = [each for name, each in SHIPPED.items() if name not in counted]
    assert others
    assert all(0 <= each.number <= 32 for each in SHIPPED.values())
    # were every target met, the counts would be those of fits and checks alone
    hits = {each.measure: sum(each.band) / 2 if each.band else float(each.above or 0.0) + 1.0 for each in SHIPPED.values()}
    runs = pd.DataFrame([{"arm": arm, "error": None, **hits} for arm in {each.run for each in SHIPPED.values()}])
    found = tally(score(runs, SHIPPED))
    for role in ("fit", "check"):
        mine = [each for each in SHIPPED.values() if each.role == role]
        assert found[role] == (len(mine), 0, len([each for each in mine if each.given]), len(mine))


def test_figures_of_the_start_are_said_to_be_given():
    """Nothing that runs moves them: they are read at the opening, or founded so."""
    trade = {name: each for name, each in SHIPPED.items() if each.number in (25, 26, 27, 28)}
    assert len(trade) == 6
    assert all(each.given for each in trade.values())
