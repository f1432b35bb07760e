import base64
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from sim.analysis.results import Results, load
from tests.sim.analysis import synthetic

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
"""A PNG of one pixel."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with known effects; tests that write take a copy."""
    return synthetic.make(tmp_path_factory.mktemp("results") / "synthetic", panel=True)


@pytest.fixture(scope="session")
def results(folder: Path) -> Results:
    return load(folder)


@pytest.fixture
def unpainted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are files of the right kind with nothing in them, but for tests marked `painted`: painting is most of a report's time."""
    if request.node.get_closest_marker("painted"):
        return
    monkeypatch.setattr(Figure, "draw_without_rendering", lambda _: None)
    monkeypatch.setattr(Figure, "get_tightbbox", lambda _: Bbox.unit())
    monkeypatch.setattr(Figure, "savefig", lambda _, file, **how: file.write(DOT if how["format"] == "png" else b"<svg/>"))
