import pytest
import yaml

from sim.config_check import ConfigError
from sim.experiments.design import Point, build_design
from tests.conftest import ROOT


def test_points_begin_with_the_baseline_and_keep_the_order_of_the_file(design):
    assert design.points() == (
        Point("status_quo", 0.0),
        Point("cash", 0.01),
        Point("cash", 0.03),
        Point("grants", 0.01),
        Point("grants", 0.03),
        Point("zero", 0.0),
    )
    assert design.headline_dose == 0.03
    assert design.seeds == (1, 2, 3)


def test_preregistration_changes_with_what_was_promised_only(tree):
    before = build_design(tree).preregistration()["sha256"]
    assert build_design(tree | {"seeds": 5}).preregistration()["sha256"] == before
    tree["claims"]["beats"]["against"] = ["status_quo"]
    assert build_design(tree).preregistration()["sha256"] != before


def test_the_smallest_effect_that_matters_is_promised(tree):
    before = build_design(tree).preregistration()
    tree["outcomes"]["A"]["negligible"] = 0.006
    after = build_design(tree).preregistration()
    assert before["outcomes"]["A"]["negligible"] is None
    assert after["outcomes"]["A"]["negligible"] == 0.006
    assert after["sha256"] != before["sha256"]


def test_the_headline_registers_every_margin():
    plain = yaml.safe_load((ROOT / "configs" / "experiment" / "_eaeu.yaml").read_text(encoding="utf-8"))["experiment"]["outcomes"]
    assert all(outcome["negligible"] > 0 for outcome in plain.values())


def test_seeds_may_be_listed(tree):
    assert build_design(tree | {"seeds": [4, 2]}).seeds == (4, 2)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("seeds", 0, "seeds: found 0; allowed: a number of seeds"),
        ("seeds", "many", "seeds: found 'many'; allowed: a number of seeds, 1 or more, or a list"),
        ("seeds", True, "seeds"),
        ("seeds", [1, 1], "different"),
        ("seeds", [9001], "reserved_seeds"),
        ("seeds", [-1], "whole numbers from 0"),
        ("reserved_seeds", [], "at least one"),
        ("doses", [], "no dose"),
        ("doses", [1.5], "from 0 to 1"),
        ("doses", [float("nan")], "doses"),
        ("baseline", "statusquo", "status_quo"),
        ("baseline", "cash", "is the baseline"),
        ("question", 7, "question"),
        ("colour", "red", "colour"),
        ("name", "../outside", "name"),
        ("equal_cost.reference", "nobody", "allowed: status_quo, cash"),
        ("equal_cost.tolerance", 0, "tolerance"),
        ("arms.grants.doses", [0.02], "no such dose"),
        ("arms.grants.colour", "red", "colour"),
        ("claims.beats.outcome", "Z", "allowed: A"),
        ("claims.beats.against", ["nobody"], "nobody"),
        ("outcomes.A.direction", "sideways", "more"),
        ("outcomes.A.negligible", -0.1, "negligible: -0.1"),
        ("outcomes.A.negligible", "little", "negligible"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(tree, path, value, words):
    *nodes, key = path.split(".")
    node = tree
    for name in nodes:
        node = node[name]
    node[key] = value
    with pytest.raises(ConfigError) as error:
        build_design(tree)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
