"""The configuration: every shipped file composes; what is built is frozen, picklable, and comes back from its own tree."""

import copy
import json
import math
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Literal

import pytest

from agents.parameters import number
from scenarios import INSTRUMENTS
from sim.commands.compose import compose_tree, load_config, load_tree
from sim.commands.folders import SHIPPED, choices
from sim.config import build_config, config_hash, config_tree
from sim.config_check import ConfigError, build


@pytest.fixture(scope="module")
def config():
    return load_config(["world=demo", "scenario=meet_then_pay"])


def test_tree_of_a_config_builds_it_again(config):
    assert build_config(json.loads(json.dumps(config_tree(config))), INSTRUMENTS) == config


def test_config_is_frozen_and_picklable(config):
    assert pickle.loads(pickle.dumps(config)) == config
    with pytest.raises(FrozenInstanceError):
        config.check = True


def test_hash_is_of_numbers_not_of_words(config):
    reworded = replace(config, scenario=replace(config.scenario, label="other words"), check=True)
    assert config_hash(reworded) == config_hash(config)
    shorter = replace(config, world=replace(config.world, after=3))
    assert config_hash(shorter) != config_hash(config)
    assert len(config_hash(config)) == 16


def test_same_overrides_same_config(config):
    assert load_config(["world=demo", "scenario=meet_then_pay"]) == config


@pytest.mark.parametrize("scenario", choices("scenario", []))
def test_every_scenario_composes_under_its_own_name(scenario):
    assert load_config(["world=demo", f"scenario={scenario}"]).scenario.name == scenario


@pytest.mark.parametrize(("world", "organisations"), [("demo", 300), ("union_state", 4620), ("eaeu", 5198), ("eaeu_and_neighbours", 7533)])
def test_every_world_has_the_size_it_says(world, organisations):
    config = load_config([f"world={world}"])
    assert config.world.name == world
    assert sum(round(c.scale * c.value("rd_performing_organisations")) for c in config.country.values()) == organisations


def test_arms_of_equal_cost_offer_the_same():
    for scenario in ("neutral_cash", "subsidy", "grants_in_cluster", "grants_cross_cluster", "matchmaking", "platform", "meet_then_pay"):
        config = load_config(["world=demo", f"scenario={scenario}"])
        status_quo = load_config(["world=demo"])
        own = [i for name, i in config.instrument.items() if name not in status_quo.instrument]
        assert math.fsum(i.dose for i in own) == pytest.approx(0.03)


def test_every_file_of_a_group_is_named_after_what_it_makes():
    for group in ("sector", "instrument", "behaviour"):
        for name, path in choices(group, []).items():
            header = path.read_text().splitlines()[0]
            assert header in (f"# @package {group}.{name}", "# @package _global_")


def test_one_country_and_one_organisation_are_worlds_too():
    config = load_config(["country=[belarus]", "country.BLR.scale=0.002", "country.BLR.figures.university_share.value=0"])
    assert round(config.country["BLR"].scale * config.country["BLR"].value("rd_performing_organisations")) == 1


def test_an_interpolation_of_ours_is_resolved():
    config = load_config(["world=demo", "scenario=grants", "behaviour.appraisal.reach=0.3", "world.programme=5"])
    assert config.behaviour.learning.reach == 0.3
    assert config.instrument["grants"].end == 5


def test_a_user_file_is_found_first(tmp_path):
    (tmp_path / "scenario").mkdir()
    text = (SHIPPED / "scenario" / "grants.yaml").read_text().replace("Joint grants, any partners", "Mine")
    (tmp_path / "scenario" / "grants.yaml").write_text(text)
    assert load_tree(compose_tree(["scenario=grants"], [tmp_path])).scenario.label == "Mine"
    assert load_tree(compose_tree(["scenario=grants"], [])).scenario.label == "Joint grants, any partners"


def test_a_country_of_the_users_own(tmp_path):
    (tmp_path / "country").mkdir()
    text = (SHIPPED / "country" / "armenia.yaml").read_text().replace("ARM", "GEO").replace("key: 51 ", "key: 268 ")
    (tmp_path / "country" / "georgia.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"country\.GEO\.figures\.gdp_pc_ppp_2017intl: missing"):
        load_tree(compose_tree(["country=[belarus,georgia]"], [tmp_path]))
    armenian = [line for line in (SHIPPED / "country" / "facts.csv").read_text().splitlines() if line.startswith(("iso3", "ARM"))]
    (tmp_path / "geo.csv").write_text("\n".join(armenian).replace("ARM", "GEO"))
    tree = compose_tree(["country=[belarus,georgia]", f"facts={tmp_path / 'geo.csv'}"], [tmp_path])
    assert load_tree(tree).country["GEO"].figures["researchers_per_million_fte"].quality == "imputed"


# the builder by itself


@dataclass(frozen=True)
class Inner:
    share: float = number("0..1", 0, 1, "test")


@dataclass(frozen=True, kw_only=True)
class Outer:
    count: int = number("things", 0, 10, "test", whole=True)
    ratio: float | None = number("-", 0, 2, "test")
    name: str
    flag: bool
    form: Literal["round", "square"]
    parts: dict[str, Inner]
    tags: tuple[str, ...]
    pair: tuple[float, float]


GOOD = {
    "count": 3,
    "ratio": None,
    "name": "x",
    "flag": True,
    "form": "round",
    "parts": {"a": {"share": 1}},
    "tags": ["t"],
    "pair": [1, 2.5],
}


def test_builder_converts_nothing_but_whole_numbers_to_numbers():
    built = build(Outer, GOOD, "outer")
    assert built == Outer(count=3, ratio=None, name="x", flag=True, form="round", parts={"a": Inner(1.0)}, tags=("t",), pair=(1.0, 2.5))
    assert isinstance(built.parts["a"].share, float)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("count", 11, "outer.count: found 11; allowed: a whole number from 0 to 10 [things]"),
        ("count", 3.0, "found 3.0"),
        ("count", True, "found True"),
        ("count", "3", "found '3'"),
        ("count", None, "found nothing"),
        ("ratio", math.nan, "found nan"),
        ("ratio", math.inf, "found inf"),
        ("ratio", 10**400, "allowed: a number from 0 to 2"),
        ("ratio", {"value": 1}, "found a mapping (value)"),
        ("name", 3, "outer.name: found 3; allowed: text"),
        ("flag", 1, "allowed: true or false"),
        ("form", "rund", "allowed: round, square; did you mean 'round'?"),
        ("parts", 5, "outer.parts: found 5; allowed: a mapping"),
        ("parts", {"a": 5}, "outer.parts.a: found 5; allowed: a mapping with keys share"),
        ("parts", {"a": {"share": -0.1}}, "outer.parts.a.share: found -0.1"),
        ("parts", {"a": {"shares": 1}}, "outer.parts.a.shares: no such key (value 1); did you mean 'share'? Allowed: share"),
        ("parts", {"a": {}}, "outer.parts.a.share: missing"),
        ("parts", {1: {}}, "keys that are names"),
        ("tags", "t", "outer.tags: found 't'; allowed: a list"),
        ("tags", [3], "outer.tags[0]: found 3"),
        ("pair", [1], "allowed: a list of 2"),
    ],
)
def test_builder_says_what_is_wrong_in_one_line(key, value, says):
    with pytest.raises(ConfigError) as error:
        build(Outer, {**copy.deepcopy(GOOD), key: value}, "outer")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_what_was_composed_before_is_the_caller_s_own_and_follows_the_files(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(tmp_path))
    own = tmp_path / "scenario" / "mine.yaml"
    own.parent.mkdir()
    for seed in (7, 8):
        own.write_text(f"# @package _global_\ndefaults: [status_quo, _self_]\nseed: {seed}\n", encoding="utf-8")
        first, second = compose_tree(["scenario=mine"]), compose_tree(["scenario=mine"])
        assert (first["seed"], second) == (seed, first)
        first["world"]["label"] = first["seed"] = "changed"
        assert compose_tree(["scenario=mine"]) == second
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "demo.yaml").write_text("name: other\n", encoding="utf-8")
    assert compose_tree(["world=demo"])["world"]["name"] == "other"
    monkeypatch.delenv("CROSSCLUSTER_CONFIGS")
    monkeypatch.chdir(tmp_path)
    assert compose_tree(["world=demo"])["world"]["name"] == "demo"
