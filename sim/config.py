"""The configuration of a run: built and checked from what Hydra composed from configs/.

`build_config` is pure: no file is read, nothing that a YAML file names is imported.  The kinds of instruments
are handed in, so that the core does not know the scenarios.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from agents.population import TECHNOLOGY_FIELDS
from sim.behaviours import Behaviour
from sim.config_check import ConfigError, as_mapping, build, nearest, plain, refuse, refuse_unknown
from sim.config_classes import Config, CountryConfig, RecordConfig, ScenarioConfig, SectorConfig, WorldConfig
from sim.config_rules import check_rules
from sim.timetable import build_timetable

__all__ = ["TECHNOLOGY_FIELDS", "Config", "ConfigError", "build_config", "config_hash", "config_tree", "plain"]


def build_config(tree: Mapping[str, Any], registry: Mapping[str, type]) -> Config:
    """The configuration from a composed plain mapping; `registry`: classes of instruments by kind."""
    wanted = [f.name for f in fields(Config)]
    tree = as_mapping(tree, "configuration", wanted)
    refuse_unknown(tree, wanted, "")
    for name in wanted:
        if name not in tree:
            raise ConfigError(f"{name}: missing; allowed: {'a list' if name == 'timetable' else 'a mapping'}")
    config = Config(
        world=build(WorldConfig, tree["world"], "world"),
        country=_each(CountryConfig, tree["country"], "country"),
        sector=_each(SectorConfig, tree["sector"], "sector"),
        behaviour=build(Behaviour, tree["behaviour"], "behaviour"),
        instrument=_instruments(tree["instrument"], registry),
        timetable=build_timetable(tree["timetable"]),
        scenario=build(ScenarioConfig, tree["scenario"], "scenario"),
        record=build(RecordConfig, tree["record"], "record"),
        check=_flag(tree["check"], "check"),
    )
    check_rules(config)
    return config


def _each(kind: type, tree: Any, where: str) -> dict[str, Any]:
    return {name: build(kind, node, f"{where}.{name}") for name, node in as_mapping(tree, where).items()}


def _flag(found: Any, where: str) -> bool:
    if not isinstance(found, bool):
        raise refuse(where, found, "true or false")
    return found


def _instruments(tree: Any, registry: Mapping[str, type]) -> dict[str, Any]:
    instruments: dict[str, Any] = {}
    for name, node in as_mapping(tree, "instrument").items():
        where = f"instrument.{name}"
        values = dict(as_mapping(node, where, ["kind", "..."]))
        if "kind" not in values:
            raise ConfigError(f"{where}: the scenario has no such instrument: there are values for it but no 'kind'")
        kind = values.pop("kind")
        if not isinstance(kind, str) or kind not in registry:
            raise refuse(f"{where}.kind", kind, ", ".join(registry) + nearest(str(kind), registry))
        instruments[name] = build(registry[kind], values, where)
    return instruments


def config_tree(config: Config) -> dict[str, Any]:
    """The plain mapping that `build_config` builds this configuration from."""
    tree = plain(config)
    for name, instrument in config.instrument.items():
        tree["instrument"][name] = {"kind": instrument.kind, **tree["instrument"][name]}
    return tree


WORDS = {"label", "source", "quality", "year"}
"""Keys that explain a number and change no result."""


def config_hash(config: Config) -> str:
    """16 hexadecimal digits of all that can change a result: a reworded label or a wish for a panel does not."""
    tree = config_tree(config)
    del tree["record"], tree["check"]
    if not tree["timetable"]:  # as if there were no such thing
        del tree["timetable"]
    return hashlib.sha256(json.dumps(_bare(tree), sort_keys=True).encode()).hexdigest()[:16]


def _bare(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _bare(value) for key, value in tree.items() if key not in WORDS}
    return [_bare(value) for value in tree] if isinstance(tree, list) else tree
