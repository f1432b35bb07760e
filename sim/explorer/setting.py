"""What is chosen before a run begins: a world, its size, a preset, a seed; and the configurations that follow from it.

A preset is a scenario.  Its twin is the same world with the instruments of the status quo: organisations of the same number and behaviour,
with the same luck and the programmes that exist, without any instrument that the preset or a student adds or changes.  Instruments that
are in no preset lie on the shelf, complete and with dose 0, so that a lever can be pulled at any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import yaml

from sim.commands.compose import compose_tree, load_config
from sim.commands.folders import choices, own_folders, stamped
from sim.config import Config
from sim.config_check import ConfigError, listed, refuse
from sim.timetable import Entry

STATUS_QUO = "status_quo"
LEFTOVERS = "residual_cash"
"""The programme that pays out what others leave; a preset has it or not, it is no lever."""
LAST_SEED = 2**31 - 1
LEAST = 60
"""Organisations of the smallest world: fewer leave small countries without a market."""
_HYDRA = Lock()
"""Hydra composes for one caller at a time."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A world by name, its size in organisations (None: as it is shipped), the preset by name, the seed of its luck."""

    world: str
    preset: str
    seed: int
    organisations: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Configurations of a setting.

    policy: the preset's; twin: the same world without it; shelf: instruments that the preset has not, all with dose 0 and open until the
    end of the run; usual: the dose that each shipped instrument has in its file; timetable: what the preset changes of programmes that
    exist, from the opening on, and its own timetable.
    """

    policy: Config
    twin: Config
    shelf: dict[str, Any]
    usual: dict[str, float]
    timetable: tuple[Entry, ...]


def worlds() -> dict[str, str]:
    """Worlds to choose from by name: what they are in words."""
    return _labels("world")


def presets() -> dict[str, str]:
    """Presets to choose from by name: what they are in words."""
    return _labels("scenario")


def instruments() -> dict[str, str]:
    """Shipped and own instruments by name: what they are in words."""
    return _labels("instrument")


def check(setting: Setting) -> None:
    """Raise ConfigError for a setting that names what there is not; it may come from anybody."""
    for group, name, known in (("world", setting.world, worlds()), ("preset", setting.preset, presets())):
        if name not in known:
            raise ConfigError(f"{group}: found {name!r}; allowed: {listed(known, str(name), 'world' if group == 'world' else 'scenario')}")
    for key, found, low, high in (("seed", setting.seed, 0, LAST_SEED), ("organisations", setting.organisations, LEAST, 1_000_000)):
        if key == "organisations" and found is None:
            continue
        if type(found) is not int or not low <= found <= high:
            raise refuse(key, found, f"a whole number from {low} to {high}")


def plan(setting: Setting) -> Plan:
    """The configurations of a setting; ConfigError for one that names what there is not.  They do not depend on the seed."""
    check(setting)
    return _plan(setting.world, setting.preset, setting.organisations)


def size(config: Config) -> int:
    """Organisations that a configuration founds."""
    return sum(round(each.scale * each.value("rd_performing_organisations")) for each in config.country.values())


def _plan(world: str, preset: str, organisations: int | None) -> Plan:
    where = f"world={world}"
    policy, quo = _composed((where, f"scenario={preset}")), _composed((where, f"scenario={STATUS_QUO}"))
    if organisations is not None:
        policy = _scaled(policy, organisations / size(policy))
    same = replace(policy.world, calendar=quo.world.calendar, closures=quo.world.closures)
    twin = replace(policy, world=same, instrument=quo.instrument, timetable=quo.timetable, scenario=quo.scenario)
    # programmes that exist but not in the preset end with the opening, as they do in experiments: all share one burn-in
    ended = {name: instrument for name, instrument in quo.instrument.items() if name not in policy.instrument}
    closing = (Entry(at=0, set={f"instrument.{name}.dose": 0.0 for name in ended}),) if ended else ()
    policy = replace(policy, instrument={**policy.instrument, **ended})
    names = [name for name in choices("instrument", own_folders()) if name not in (STATUS_QUO, LEFTOVERS)]
    of_focus = f"record.focus=[{','.join(policy.record.focus)}]"
    shipped_ones = _composed((where, f"scenario={STATUS_QUO}", of_focus, f"instrument=[{','.join(names)}]")).instrument
    last = policy.world.programme + policy.world.after
    shelf = {name: replace(each, dose=0.0, start=0, end=last) for name, each in shipped_ones.items() if name not in policy.instrument}
    return Plan(policy, twin, shelf, {name: each.dose for name, each in shipped_ones.items()}, (*closing, *policy.timetable))


def _scaled(config: Config, factor: float) -> Config:
    return replace(config, country={iso: replace(country, scale=country.scale * factor) for iso, country in config.country.items()})


def _composed(overrides: tuple[str, ...]) -> Config:
    return _kept(overrides, stamped(own_folders()))


@lru_cache(maxsize=128)
def _kept(overrides: tuple[str, ...], own: tuple[tuple[str, int], ...]) -> Config:
    """own: files of one's own and when they last changed, as with them the same words mean something else."""
    with _HYDRA:
        return load_config(overrides)


def tree(overrides: Sequence[str]) -> dict[str, Any]:
    """The plain mapping of a configuration.  ConfigError for what cannot be composed."""
    with _HYDRA:
        return compose_tree(overrides)


def _labels(group: str) -> dict[str, str]:
    return {name: _label(group, path) for name, path in choices(group, own_folders()).items()}


def contents(path: Path) -> dict[str, Any]:
    """What is in a YAML file; read again only when it has changed."""
    return _contents(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _contents(path: Path, changed: int) -> dict[str, Any]:
    """changed: when the file last did."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def _label(group: str, path: Path) -> str:
    """The label in a file."""
    tree = contents(path)
    section = tree if group == "instrument" else tree.get(group)  # an instrument's file is its section
    return str(section.get("label", path.stem)) if isinstance(section, dict) else path.stem
