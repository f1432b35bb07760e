from pathlib import Path

import pytest

from sim.analysis.results import Results, load
from tests.sim.analysis import synthetic


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with known effects; tests that write take a copy."""
    return synthetic.make(tmp_path_factory.mktemp("results") / "synthetic", panel=True)


@pytest.fixture(scope="session")
def results(folder: Path) -> Results:
    return load(folder)
