"""An arm at a dose as a configuration: which instruments are its own, and how strong they are.

OWN instruments of an arm are those that the baseline does not have.  Their doses are given in the scenario as
proportions; here they are scaled so that they add up to dose * factor.  An own instrument with `residual_of`
receives what the others leave unspent and keeps its place without a dose of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.config import Config, config_tree
from sim.config_check import ConfigError
from sim.experiments.design import Design, Point


@dataclass(frozen=True, slots=True)
class Treatment:
    """A point of the design with the configuration that realises it.  factor: solved scale of the dose, 1 unsolved."""

    point: Point
    label: str
    scenario: str
    placebo: bool
    factor: float
    own: tuple[str, ...]
    residual: tuple[str, ...]
    config: Config


def treatments(design: Design, configs: Mapping[str, Config], factors: Mapping[Point, float]) -> tuple[Treatment, ...]:
    """Every point of the design, the baseline first; a point without a factor is taken as it stands."""
    return tuple(_treatment(design, configs, point, factors.get(point, 1.0)) for point in design.points())


def _treatment(design: Design, configs: Mapping[str, Config], point: Point, factor: float) -> Treatment:
    arm, config = design.arms[point.arm], configs[point.arm]
    added = tuple(name for name in config.instrument if name not in configs[design.baseline].instrument)
    residual = tuple(name for name in added if config.instrument[name].residual_of)
    own = tuple(name for name in added if name not in residual)
    _refuse_dated_doses(point.arm, config, added)
    config = at_dose(config, own, point, factor) if point.dose > 0.0 else _without_dose(config, added)
    return Treatment(point, arm.label, arm.scenario, arm.placebo, factor, own, residual, config)


def _refuse_dated_doses(arm: str, config: Config, added: tuple[str, ...]) -> None:
    """A design gives an arm its doses; a timetable that sets one as well would win over it."""
    for key in (key for entry in config.timetable for key in entry.set):
        if key in {f"instrument.{name}.dose" for name in added}:
            raise ConfigError(
                f"experiment.arms.{arm}: the timetable of its scenario sets {key}; allowed in an experiment: dates, payers and targets, "
                "as doses are the experiment's; give the instrument a start and an end"
            )


def _without_dose(config: Config, added: tuple[str, ...]) -> Config:
    """The configuration with its added instruments in place but without any money, residuals included."""
    return replace(config, instrument={**config.instrument, **{name: replace(config.instrument[name], dose=0.0) for name in added}})


def at_dose(config: Config, own: tuple[str, ...], point: Point, factor: float) -> Config:
    """The configuration whose own instruments' doses add up to point.dose * factor, in the scenario's proportions.

    What is free (a shock, a rule) keeps the strength that the scenario gives it: no money buys more of it.
    """
    paid = tuple(name for name in own if not config.instrument[name].free)
    together = sum(config.instrument[name].dose for name in paid)
    if not paid and own:
        return config
    if together <= 0.0:
        raise ConfigError(
            f"experiment.arms.{point.arm}: its scenario adds no instrument with a dose above 0 to the baseline, so it cannot have dose "
            f"{point.dose:g}; give the arm `doses: [0.0]`, or its scenario a dose"
        )
    scaled = {name: replace(config.instrument[name], dose=config.instrument[name].dose / together * point.dose * factor) for name in paid}
    return replace(config, instrument={**config.instrument, **scaled})


def changes(config: Config, baseline: Config) -> dict[str, Any]:
    """path -> value of everything that differs from the baseline; None where the arm has no such key."""
    mine, theirs = leaves(config_tree(config)), leaves(config_tree(baseline))
    return {path: mine.get(path) for path in sorted(mine.keys() | theirs.keys()) if mine.get(path) != theirs.get(path)}


def leaves(tree: Any, path: str = "") -> dict[str, Any]:
    """A nested plain tree as dotted path -> value; lists are values."""
    if not isinstance(tree, Mapping):
        return {path: tree}
    return {deep: leaf for key, node in tree.items() for deep, leaf in leaves(node, f"{path}.{key}" if path else str(key)).items()}
