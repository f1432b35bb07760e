"""Versions of what a results folder holds.  A column more is the same version; one that is gone or means something else, a new one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

MANIFEST_FORMAT = 1
TABLES_FORMAT = {"runs": 2, "series": 2, "funnel": 2, "ledger": 2, "panel": 2, "clusters": 2, "ties": 2, "projects": 2}
"""Of an experiment's tables; 1 had neither case nor pair."""
RUN_TABLES_FORMAT = {"series": 1, "funnel": 1, "ledger": 1, "starts": 1, "panel": 1, "clusters": 1, "ties": 1, "projects": 1}
"""Of a single run's tables, which have no labels."""


def sha256_of(tree: Any) -> str:
    """Hash of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()


def is_experiment(manifest: Mapping[str, Any]) -> bool:
    """Is this the manifest of an experiment, not of a single run?"""
    return "points" in manifest


def formats(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Name -> version of what a manifest describes; before tables were numbered they were of version 1."""
    known = TABLES_FORMAT if is_experiment(manifest) else RUN_TABLES_FORMAT
    return {"manifest": manifest["format"], **(manifest.get("tables_format") or dict.fromkeys(known, 1))}


def newer(manifest: Mapping[str, Any]) -> str:
    """What is newer than this program can read, in words; empty if nothing is."""
    known = {"manifest": MANIFEST_FORMAT, **(TABLES_FORMAT if is_experiment(manifest) else RUN_TABLES_FORMAT)}
    return _words({name: (found, known[name]) for name, found in formats(manifest).items() if name in known and found > known[name]})


def older(manifest: Mapping[str, Any]) -> str:
    """Which tables of an experiment lack columns that are needed today, in words; empty if none does."""
    return _words({name: (found, TABLES_FORMAT[name]) for name, found in formats(manifest).items() if found < TABLES_FORMAT.get(name, 0)})


def _words(different: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{name} of format {found}, not {known}" for name, (found, known) in different.items())
