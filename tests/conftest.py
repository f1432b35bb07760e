"""Shared by all tests: where things are, and how hypothesis behaves on a busy machine."""

import os
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

mpl.use("Agg")
# A first example may compile a kernel, so time says nothing; in CI the examples are always the same.
settings.register_profile("default", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: tests wait a third of their time for processes and pages of their own (measured on two cores)."""
    return (os.cpu_count() or 1) + 1
