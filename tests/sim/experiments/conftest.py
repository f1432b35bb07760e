import pytest

from sim.experiments.design import build_design
from tests.sim.experiments.toy_model import ToyConfig, ToyInstrument


@pytest.fixture
def tree():
    """A design with a baseline, a reference, an arm that costs double and a zero-dose placebo."""
    return {
        "name": "toy",
        "question": "Does it?",
        "baseline": "status_quo",
        "arms": {
            "status_quo": {"label": "Status quo", "scenario": "status_quo"},
            "cash": {"label": "Cash", "scenario": "cash"},
            "grants": {"label": "Grants", "scenario": "grants"},
            "zero": {"label": "Zero dose", "scenario": "grants", "placebo": True, "doses": [0.0]},
        },
        "seeds": 3,
        "reserved_seeds": [9001, 9002],
        "doses": [0.01, 0.03],
        "equal_cost": {"outcome": "public_cost", "reference": "cash", "tolerance": 0.01, "iterations": 6},
        "outcomes": {
            "A": {"column": "innovations", "label": "Innovations", "unit": "per mln", "direction": "more", "per": "public_cost"},
        },
        "claims": {"beats": {"text": "Grants beat cash", "arm": "grants", "against": ["cash"], "outcome": "A"}},
    }


@pytest.fixture
def design(tree):
    return build_design(tree)


@pytest.fixture
def configs():
    grants = {"grants": ToyInstrument(dose=0.3, cost=200.0, power=1.3), "rest": ToyInstrument(residual_of=("grants",))}
    return {
        "status_quo": ToyConfig(),
        "cash": ToyConfig({"cash": ToyInstrument(dose=1.0)}),
        "grants": ToyConfig(grants),
        "zero": ToyConfig(grants),
    }
