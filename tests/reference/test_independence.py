"""The reference stands on its own: it may read numbers, names and the founding state, never a behaviour of the fast model."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCES = sorted(path for path in HERE.glob("*.py") if not path.name.startswith(("test_", "worlds", "compare")))
SHARED = {
    "agents.population": {"FIELDS", "TECHNOLOGY_FIELDS", "Kind", "lattice_id"},
    "agents.ties": {"WIDTH", "Channel", "Reached", "TieStage"},
    "agents.projects": {"MEMBERS"},
    "agents.clusters": {"ClusterStage"},
    "agents.draws": {"Purpose"},
    "sim.exporting": {"REST_BIT", "REST_KEY"},
    "sim.cluster_founders": {"CLUSTERS_PER_COUNTRY"},
    "sim.geography": {"BLOCS"},
}
"""Names of things and widths of arrays, which both share."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_fast_behaviour_is_used(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("agents", "sim", "scenarios"):
            assert {alias.name for alias in node.names} <= SHARED.get(node.module, set()), f"{path.name} uses {node.module}"
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & {"agents", "sim", "scenarios", "numpy"}


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.stem)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 260
