"""Presets by kind, for a list under headings: as their own files, those of their instruments and the shipped experiments tell it."""

from pathlib import Path
from typing import Literal, get_args

from sim.commands.folders import SHIPPED, choices, own_folders
from sim.explorer.setting import LEFTOVERS, STATUS_QUO, contents, presets
from sim.explorer.words import Words

Kind = Literal["own", "quo", "headline", "single", "package", "shock", "placebo", "literature"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order of a list."""
HEADLINE, LITERATURE = "eaeu_programme_full", "evidence"
"""Experiments whose arms have headings of their own: the headline, and programmes whose results are known from outside."""
SHOCK = "shock"
"""The word by which the label or the source of an instrument says that it is one."""


def titles(words: Words) -> dict[str, str]:
    """Label and name of every preset by name, in the order of a list: by kind, then by label, what exists first."""
    labels = {name: words.name("scenario", name, label) for name, label in presets().items()}
    kinds = by_kind()
    names = sorted(labels, key=lambda name: (KINDS.index(kinds[name]), name != STATUS_QUO, labels[name]))
    return {name: f"{labels[name]} · {name}" for name in names}


def by_kind() -> dict[str, Kind]:
    """Kind of every preset by name."""
    arms = {name: _arms(name) for name in (HEADLINE, LITERATURE)}
    shocks = {name for name, path in choices("instrument", own_folders()).items() if _is_shock(path)}
    return {name: _kind(name, path, arms, shocks) for name, path in choices("scenario", own_folders()).items()}


def _kind(name: str, path: Path, arms: dict[str, dict[str, bool]], shocks: set[str]) -> Kind:
    """arms: experiment -> scenario -> is it a placebo there?"""
    if not path.is_relative_to(SHIPPED):
        return "own"
    instruments = _instruments(path)
    if not instruments:
        return "quo"
    if name in arms[HEADLINE]:
        return "placebo" if arms[HEADLINE][name] else "headline"
    if name in arms[LITERATURE]:
        return "literature"
    if shocks.intersection(instruments):
        return "shock"
    return "single" if len(instruments) == 1 else "package"


def _instruments(path: Path) -> list[str]:
    """Instruments that a preset names beside those that exist."""
    named = [each.get("override /instrument", []) for each in contents(path).get("defaults", []) if isinstance(each, dict)]
    return [name for names in named for name in names if name not in (STATUS_QUO, LEFTOVERS)]


def _arms(experiment: str) -> dict[str, bool]:
    """Scenarios of a shipped experiment, and whether each is there as a placebo alone."""
    found: dict[str, bool] = {}
    for arm in contents(SHIPPED / "experiment" / f"{experiment}.yaml")["experiment"]["arms"].values():
        found[arm["scenario"]] = found.get(arm["scenario"], True) and bool(arm.get("placebo", False))
    return found


def _is_shock(path: Path) -> bool:
    said = contents(path)
    return any(SHOCK in str(said.get(key, "")).lower() for key in ("label", "source"))
