"""What is shipped ready to run: every scenario says what it is, and every experiment is one.  tests/sim/test_config.py composes them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.commands.check import main as check
from sim.commands.compose import compose_tree
from sim.commands.folders import SHIPPED
from sim.experiments.design import build_design
from tests.scenarios.contract import shipped


def trees(group: str) -> dict[str, Any]:
    """Every shipped file of a group."""
    files: list[Path] = sorted((SHIPPED / group).glob("[!_]*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


SCENARIOS, EXPERIMENTS = trees("scenario"), trees("experiment")


def added(tree: dict[str, Any]) -> list[str]:
    """Instruments of a scenario beyond those that exist."""
    return [name for entry in tree["defaults"] for name in entry["override /instrument"] if name != "status_quo"]


def test_every_scenario_says_in_a_line_what_it_is():
    labels = [tree["scenario"]["label"] for tree in SCENARIOS.values()]
    assert len(set(labels)) == len(labels)
    assert all(20 > len(label.split()) > 1 for label in labels)
    assert all(tree["scenario"]["name"] == name for name, tree in SCENARIOS.items())


def test_every_kind_is_in_a_scenario_and_everything_on_has_all_but_shocks():
    kind = {name: each.kind for name, each in shipped().items()} | {"residual_cash": "neutral_cash"}
    somewhere = {kind[name] for tree in SCENARIOS.values() for name in added(tree)}
    assert somewhere == {each.kind for each in shipped().values()}
    shocks = {"border_closed", "platform_lost", "rate_rise", "recession", "sanction"}
    assert {kind[name] for name in added(SCENARIOS["everything_on"])} == somewhere - shocks


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name.startswith("single_")])
def test_an_instrument_alone_gives_what_it_leaves_to_neutral_cash(scenario):
    tree = SCENARIOS[scenario]
    paid = [name for name in added(tree) if name != "residual_cash" and not shipped()[name].free]
    assert len(paid) <= 1
    assert tree.get("instrument", {}).get("residual_cash", {}).get("residual_of", []) == paid


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_has_arms_that_share_a_burn_in(experiment):
    design = build_design(compose_tree([f"experiment={experiment}"])["experiment"])
    assert design.name == experiment
    for arm in design.arms.values():
        # what a scenario changes beside its instruments, all arms must share
        beside = set(SCENARIOS[arm.scenario]) - {"defaults", "scenario", "instrument", "behaviour"}
        assert all(EXPERIMENTS[experiment].get(key) == SCENARIOS[arm.scenario][key] for key in beside)


@pytest.mark.parametrize("scenario", ["eaeu_council_free_riding", "border_shock_with_programme", "everything_on"])
def test_what_a_scenario_changes_and_costs_can_be_told(scenario, capsys):
    assert check([str(SHIPPED / "scenario" / f"{scenario}.yaml"), "world=demo"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in added(SCENARIOS[scenario]))
