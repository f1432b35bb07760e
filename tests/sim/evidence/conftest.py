"""Shared by the tests of evidence."""

from collections.abc import Mapping
from typing import Any

import pytest

from sim.commands.compose import compose_tree
from sim.evidence import matching
from sim.experiments.design import Design, build_design


@pytest.fixture(scope="session", autouse=True)
def short_chains():
    """Chains for a handful of parameters: those of a calibration are for twenty."""
    with pytest.MonkeyPatch.context() as patched:
        for name, steps in (("BURN_IN", 150), ("STEPS", 300), ("THIN", 10)):
            patched.setattr(matching, name, steps)
        yield


@pytest.fixture(scope="session")
def composed() -> dict[str, Any]:
    """The calibration as it is shipped."""
    return compose_tree(["experiment=calibration"])


@pytest.fixture(scope="session")
def design(composed: Mapping[str, Any]) -> Design:
    """The same as a design."""
    return build_design(composed["experiment"])
