"""The external figures that the model answers to (targets.yaml), and the verdict on what the model says of each.

A target has a band or a sign.  BAND: the model's 90 % range over seeds (and over the accepted set, where there is one) overlaps
[low, high].  SIGN: it is above a threshold in at least 90 % of the seeds.  Only fits and checks count in a score: an input was put in,
and a prediction is the theory that the model is asked about.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml

from sim.config_check import ConfigError, build

TARGETS = Path(__file__).parent / "targets.yaml"
RANGE = 0.9
"""Share of seeds that a range covers, and in which a sign must hold."""

MEASURED = 0.5
"""Share of the runs that must give a value for a verdict."""

Role = Literal["fit", "check", "sanity", "prediction", "input"]
COUNTED = ("fit", "check")
CONSTRAINING = ("fit", "sanity")
"""Roles that a calibration may use."""
Verdict = Literal["in", "touches", "too low", "too high", "holds", "fails", "not measured"]
GOOD = ("in", "touches", "holds")
"""Verdicts that count as hits.  `touches`: the mean lies outside the band, some of the range inside."""


@dataclass(frozen=True, slots=True)
class Target:
    """One external figure.

    number: of the list of evidence, 0 for our own.  fact: the figure as found.  band: [low, high], or above: the threshold of a sign.
    run, measure: where in the model it is read.  transported: measured in other countries or programmes than those it is asked of.
    weak: remembered, not read.  moved: why it is a fit although it was a check, "" if it never was.  given: why the model could hardly miss
    it, "" if it could.
    """

    number: int
    what: str
    unit: str
    fact: str
    role: Role
    run: str
    measure: str
    transported: bool
    source: str
    band: tuple[float, ...] | None = None
    above: float | None = None
    weak: bool = False
    moved: str = ""
    given: str = ""

    @property
    def counts(self) -> bool:
        """Is it part of a score?"""
        return self.role in COUNTED

    def verdict(self, values: np.ndarray) -> Verdict:
        """Of values over runs (n,); those that are nan could not be measured, and where most are there is no verdict."""
        known = values[np.isfinite(values)]
        if len(known) < MEASURED * len(values) or not len(known):
            return "not measured"
        if self.above is not None:
            return "holds" if float(np.mean(known > self.above)) >= RANGE else "fails"
        low, high = self._band()
        mean, (least, most) = float(known.mean()), inner_range(known)
        if low <= mean <= high:
            return "in"
        if least <= high and most >= low:
            return "touches"
        return "too low" if mean < low else "too high"

    def _band(self) -> tuple[float, float]:
        if self.band is None:
            raise ValueError(f"{self.what} has a sign, no band")
        low, high = self.band
        return low, high


def inner_range(values: np.ndarray) -> tuple[float, float]:
    """The range that the middle 90 % of values (n,) lie in."""
    low, high = np.quantile(values, [(1 - RANGE) / 2, (1 + RANGE) / 2])
    return float(low), float(high)


def read_targets(path: Path = TARGETS) -> dict[str, Target]:
    """All targets by name, in the order of the file; ConfigError where one is not a target."""
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: _target(name, node) for name, node in tree.items()}


def _target(name: str, node: Mapping[str, Any]) -> Target:
    target = build(Target, node, f"{TARGETS.name}: {name}")
    if (target.band is None) == (target.above is None):
        raise ConfigError(
            f"{TARGETS.name}: {name}: found {'neither' if target.band is None else 'both'} of band and above; allowed: one of them"
        )
    if target.band is not None and (
        len(target.band) != 2 or not target.band[0] < target.band[1] or not all(map(math.isfinite, target.band))
    ):
        raise ConfigError(f"{TARGETS.name}: {name}.band: found {list(target.band)}; allowed: [low, high]")
    return target
