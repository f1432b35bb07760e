"""Ranges around the values as they are, sections of sections, and cases of one's own: what they stand for and what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.commands.compose import load_config
from sim.config_check import ConfigError
from sim.experiments.cases import Vary
from sim.experiments.values import number_at, paths_below, value_at
from tests.sim.experiments.test_sampling import cases, met, numbers, refusal


@pytest.fixture(scope="module")
def configs():
    return {"status_quo": load_config(["world=demo"])}


# around the value as it is


LEAKAGE, SLOTS = "behaviour.appraisal.leakage", "behaviour.search.chance_slots"


def factor_of(configs_, over):
    (factor,) = cases(configs_, "lhs", over).factors
    return factor


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_a_share_around_a_value_is_a_range_on_both_sides_of_it(configs, share):
    value = value_at(configs["status_quo"], LEAKAGE, "")
    factor = factor_of(configs, {LEAKAGE: {"around": share}})
    assert (factor.low, factor.high) == pytest.approx(((1 - share) * value, (1 + share) * value))
    assert not factor.logarithmic


def test_a_range_around_a_negative_value_has_its_low_end_below(configs):
    value = value_at(configs["status_quo"], "behaviour.appraisal.base", "")
    assert value < 0.0
    factor = factor_of(configs, {"behaviour.appraisal.base": {"around": 0.25}})
    assert (factor.low, factor.high) == pytest.approx((1.25 * value, 0.75 * value))


def test_a_range_around_a_value_stays_inside_what_is_declared(configs):
    declared = number_at(configs["status_quo"], "behaviour.search.worldwide")
    value = value_at(configs["status_quo"], "behaviour.search.worldwide", "")
    factor = factor_of(configs, {"behaviour.search.worldwide": {"around": 3.0}})
    assert (factor.low, factor.high) == (declared.low, declared.high) == (0.0, 1.0)
    assert factor_of(configs, {"behaviour.search.worldwide": {"around": 0.2}}).high == pytest.approx(min(1.0, 1.2 * value))


@pytest.mark.parametrize(("share", "half"), [(0.01, 1), (0.25, 2), (0.5, 3)])
def test_a_whole_number_moves_by_one_at_least(configs, share, half):
    """Around 6, whole numbers alone."""
    search = replace(configs["status_quo"].behaviour.search, chance_slots=6)
    six = replace(configs["status_quo"], behaviour=replace(configs["status_quo"].behaviour, search=search))
    found = cases({"status_quo": six}, "grid", {SLOTS: {"around": share}})
    assert met(found, SLOTS) == list(range(6 - half, 6 + half + 1))


def test_a_whole_number_at_its_end_moves_one_way(configs):
    search = replace(configs["status_quo"].behaviour.search, chance_slots=1)
    one = replace(configs["status_quo"], behaviour=replace(configs["status_quo"].behaviour, search=search))
    assert met(cases({"status_quo": one}, "grid", {SLOTS: {"around": 0.25}}), SLOTS) == [1, 2]


def without_leakage(configs_):
    appraisal = replace(configs_["status_quo"].behaviour.appraisal, leakage=0.0)
    return {"status_quo": replace(configs_["status_quo"], behaviour=replace(configs_["status_quo"].behaviour, appraisal=appraisal))}


def test_there_is_nothing_around_zero_alone_and_a_section_passes_over_it(configs):
    zero = without_leakage(configs)
    text = refusal(zero, "lhs", {LEAKAGE: {"around": 0.25}})
    assert text.startswith(f"experiment.vary.over.{LEAKAGE}: found 0.0; allowed: a value other than 0")
    paths = cases(zero, "lhs", {"behaviour.appraisal.*": {"around": 0.25}}).paths
    assert LEAKAGE not in paths
    assert "behaviour.appraisal.base" in paths
    assert LEAKAGE in cases(configs, "lhs", {"behaviour.appraisal.*": {"around": 0.25}}).paths
    assert LEAKAGE in cases(zero, "lhs", {"behaviour.appraisal.*": None}).paths


@pytest.mark.parametrize(
    "spec",
    [
        {"around": 0.25, "low": 0.0},
        {"around": 0.25, "scale": "log"},
        {"around": 0.25, "values": [0.1]},
        {"around": 0.0},
        {"around": -0.1},
        {"around": 11},
        {"around": "wide"},
        {"around": None},
    ],
)  # fmt: skip
def test_nothing_stands_beside_around_and_it_is_a_share(configs, spec):
    assert refusal(configs, "lhs", {LEAKAGE: spec}).startswith(f"experiment.vary.over.{LEAKAGE}")


@given(st.floats(0.01, 2.0))
def test_a_range_around_a_value_holds_it(configs, share):
    for factor in cases(configs, "lhs", {"behaviour.search.*": {"around": share}}, size=1).factors:
        value = value_at(configs["status_quo"], factor.path, "")
        assert factor.low <= value <= factor.high
        assert factor.low < factor.high


# a section of sections


def test_a_section_of_sections_is_all_its_numbers_in_the_order_of_the_code(configs):
    paths = cases(configs, "lhs", {"behaviour.*": None}, size=1).paths
    behaviour = configs["status_quo"].behaviour
    spelled = cases(configs, "lhs", {f"behaviour.{name}.*": None for name in sections_with_numbers(configs, behaviour)}, size=1).paths
    assert paths == spelled
    assert len(set(paths)) == len(paths) > 200
    assert {f"behaviour.{path}" for path in numbers(behaviour)} <= set(paths)


def sections_with_numbers(configs_, behaviour):
    return [name for name in type(behaviour).__dataclass_fields__ if paths_below_or_none(configs_["status_quo"], f"behaviour.{name}")]


def paths_below_or_none(config, path):
    try:
        return paths_below(config, path, "")
    except ConfigError:
        return []


def test_what_is_named_itself_keeps_its_own_range_in_a_section_of_sections(configs):
    found = cases(configs, "lhs", {"behaviour.*": {"around": 0.25}, LEAKAGE: [0.2, 0.3], "behaviour.search.*": {"around": 0.1}}, size=1)
    by_path = {factor.path: factor for factor in found.factors}
    assert (by_path[LEAKAGE].low, by_path[LEAKAGE].high) == (0.2, 0.3)
    value = value_at(configs["status_quo"], "behaviour.project.end", "")
    assert by_path["behaviour.project.end"].low == pytest.approx(0.75 * value)


# cases of one's own


def test_listed_cases_are_run_in_their_order(configs):
    over = {LEAKAGE: {"values": [0.3, 0.1, 0.2]}, "world.after": {"values": [4, 0, 4]}, "check": {"values": [True, False, True]}}
    found = cases(configs, "listed", over)
    assert len(found) == 3
    assert met(found, LEAKAGE) == [0.3, 0.1, 0.2]
    assert met(found, "world.after") == [4, 0, 4]
    assert met(found, "check") == [True, False, True]


def test_listed_cases_of_unequal_numbers_are_refused_with_the_numbers(configs):
    text = refusal(configs, "listed", {LEAKAGE: {"values": [0.3, 0.1]}, "world.after": {"values": [4, 0, 2]}})
    assert f"{LEAKAGE} 2, world.after 3" in text
    assert "{values: [...]} of one length" in text


@pytest.mark.parametrize("spec", [[0.1, 0.3], None, {"around": 0.25}])
def test_a_range_has_no_list_of_cases(configs, spec):
    assert f"{LEAKAGE} 0" in refusal(configs, "listed", {LEAKAGE: spec, "world.after": {"values": [4, 0]}})
    assert f"{LEAKAGE} 0" in refusal(configs, "listed", {LEAKAGE: spec})


def test_listed_cases_of_the_same_numbers_meet_the_same_luck():
    assert Vary("listed", {}).luck == "everywhere"
