"""What a folder keeps of its experiment, so that it can be taken up again by anybody: the design and every arm's configuration, as data.

Nothing is unpickled and nothing that a file names is imported: both are built and checked anew.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config import Config, build_config, config_hash, config_tree, plain
from sim.config_check import ConfigError
from sim.experiments.design import Design, build_design, fingerprint
from sim.experiments.provenance import experiments_sha256, model_sha256, versions
from sim.experiments.sampling import build_cases
from sim.experiments.store import StoreError, read_json, write_json
from sim.experiments.study import RUNS

STUDY = "study.json"
MATTER = ("numpy", "numba", "llvmlite", "scipy")
"""Packages whose version may move the last digits of a number."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder keeps.  about: how the experiment came about, for its manifest.  kind: of what its runs are, RUNS of the model."""

    design: Design
    configs: dict[str, Config]
    about: dict[str, Any]
    kind: str = RUNS


def keep(folder: Path, design: Design, configs: Mapping[str, Config], about: Mapping[str, Any], kind: str = RUNS) -> None:
    """Write what `load` needs; ConfigError where something else stands there already.  kind: the simulation's name."""
    mine = identity(design, configs, kind)
    if (folder / STUDY).exists():
        _refuse_another(folder, read_study(folder)["identity"], mine)
        return
    trees = {name: config_tree(config) for name, config in configs.items()}
    write_json(folder / STUDY, {"design": plain(design), "configs": trees, "identity": mine, "about": plain(about)})


def load(folder: Path, registry: Mapping[str, type]) -> Kept:
    """The design and configurations of a folder.

    Raises StoreError where there are none, ConfigError where code or packages are not those it was begun with.
    """
    tree = read_study(folder)
    design = build_design(tree["design"])
    configs = {name: build_config(config, registry) for name, config in tree["configs"].items()}
    kind = str(tree["identity"].get("kind", RUNS))
    _refuse_another(folder, tree["identity"], identity(design, configs, kind))
    return Kept(design, configs, tree.get("about") or {}, kind)


def read_study(folder: Path) -> dict[str, Any]:
    """What stands in study.json; StoreError where it is missing or is not what `keep` writes."""
    tree = read_json(folder / STUDY) if (folder / STUDY).exists() else None
    if not isinstance(tree, dict) or not all(isinstance(tree.get(part), dict) for part in ("design", "configs", "identity")):
        raise StoreError(f"{folder} is no experiment that can be taken up again: its {STUDY} is missing or not whole")
    return tree


def _refuse_another(folder: Path, begun: Mapping[str, Any], mine: Mapping[str, Any]) -> None:
    if changed := differing(begun, mine):
        raise ConfigError(f"{folder} was begun with another {', '.join(changed)}; go on with that, or start the experiment anew")


def identity(design: Design, configs: Mapping[str, Config], kind: str = RUNS) -> dict[str, Any]:
    """What must be the same for two pieces of work to belong together."""
    found = versions()
    return {
        "model": model_sha256(),
        "experiments": experiments_sha256(),
        "kind": kind,
        "design": fingerprint(plain(design)),
        "sample": sample_of(design, configs),
        "configs": {name: config_hash(config) for name, config in configs.items()},
        "packages": {name: found[name] for name in MATTER},
    }


def sample_of(design: Design, configs: Mapping[str, Config]) -> str:
    """Hash of the cases: another version of a sampler would draw others."""
    if design.vary is None:
        return ""
    cases = build_cases(design.vary, configs)
    return hashlib.sha256(repr(cases.factors).encode() + cases.shares.tobytes()).hexdigest()


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Which parts of two identities are not the same, in words."""
    words = {
        "model": "model code",
        "experiments": "code of the experiments",
        "kind": "kind of runs",
        "design": "design",
        "sample": "sample of cases",
        "configs": "configuration",
        "packages": "packages",
    }
    different = []
    for name, word in words.items():
        if one.get(name) == other.get(name):
            continue
        inner = one.get(name)
        if isinstance(inner, Mapping):
            parts = [key for key in inner if inner[key] != other[name].get(key)]
            word += f" ({', '.join(f'{key} {inner[key]} instead of {other[name].get(key)}' for key in parts)})"
        different.append(word)
    return different
