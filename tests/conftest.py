"""Shared by all tests: where things are, and how hypothesis behaves on a busy machine."""

import gc
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the browser first: few and long, they would be left for the end, when other workers have nothing more to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules stay to the end: no garbage collector need look at them again and again."""
    gc.collect()
    gc.freeze()
