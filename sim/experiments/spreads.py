"""The declared range of every country figure that is no fact (spreads.yaml): how far an estimate, an imputed figure or a guess may be off.

Found figures, and those that a user gave, are facts: they have none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from agents.parameters import number
from sim.config_check import ConfigError, as_mapping, build, nearest, refuse_unknown
from sim.config_classes import CountryConfig
from sim.facts import CONTEXT, FIGURES, UNSURE, Figure, bounds

SPREADS = Path(__file__).parent / "spreads.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far a figure may lie from its value, by its quality: a factor, points of its unit, or a factor on its odds."""

    how: Literal["factor", "points", "odds"]
    estimate: float = number("factor, or points of the figure's unit", 0, 1000, "spreads.yaml")
    imputed: float = number("factor, or points of the figure's unit", 0, 1000, "spreads.yaml")
    guess: float = number("factor, or points of the figure's unit", 0, 1000, "spreads.yaml")
    source: str

    def __post_init__(self) -> None:
        least = 0.0 if self.how == "points" else 1.0
        for quality in UNSURE:
            if not getattr(self, quality) > least:
                raise ValueError(f"found {quality} {getattr(self, quality):g}; allowed with how: {self.how}: more than {least:g}")

    def around(self, figure: Figure) -> tuple[float, float]:
        """Low and high of a figure of a quality in UNSURE."""
        value, by = figure.value, float(getattr(self, figure.quality))
        if self.how == "factor":
            return value / by, value * by
        if self.how == "points":
            return value - by, value + by
        return value / (value + by * (1.0 - value)), by * value / (by * value + 1.0 - value)

    def words(self, quality: str) -> str:
        """The rule of a quality, as in “± 10”."""
        by = getattr(self, quality)
        return {"factor": f"/ and × {by:g}", "points": f"± {by:g}", "odds": f"odds / and × {by:g}"}[self.how]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Figures that are parts of one whole, and the most that they may make together; what is left is the last part."""

    parts: tuple[str, ...]
    most: float = number("0..1", 0, 1, "spreads.yaml")
    source: str


@dataclass(frozen=True, slots=True)
class Spreads:
    """All of spreads.yaml.  figures: by indicator."""

    figures: dict[str, Spread]
    sector_tilt: Spread
    cluster_sectors: Spread
    wholes: dict[str, Whole]

    def of(self, section: str, name: str) -> Spread:
        """What is declared for an indicator, or for a sector of one of the other sections."""
        if section == "figures":
            return self.figures[name]
        return self.sector_tilt if section == "sector_tilt" else self.cluster_sectors

    def whole_of(self, section: str, name: str) -> Whole | None:
        """The whole that a figure is a part of, if it is."""
        return next((whole for whole in self.wholes.values() if section == "figures" and name in whole.parts), None)


@dataclass(frozen=True, slots=True)
class Range:
    """Where a figure may lie, in its unit.  logarithmic: the scale on which it is sampled.  rule: in words.  source: of the rule."""

    low: float
    high: float
    logarithmic: bool
    rule: str
    source: str


def read_spreads(path: Path = SPREADS) -> Spreads:
    """The declared ranges; ConfigError where one is wrong, or missing for a figure that a country may have."""
    tree = as_mapping(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    refuse_unknown(tree, ["figures", "sector_tilt", "cluster_sectors", "wholes"], path.name)
    spreads = build(Spreads, tree, path.name)
    known = {**FIGURES, **CONTEXT}
    refuse_unknown(tree["figures"], list(known), f"{path.name}.figures")
    for name in known:
        if name not in spreads.figures:
            raise ConfigError(f"{path.name}.figures.{name}: missing; allowed: a mapping with how, {', '.join(UNSURE)} and source")
    for name, whole in spreads.wholes.items():
        for part in whole.parts:
            if part not in FIGURES:
                raise ConfigError(f"{path.name}.wholes.{name}.parts: found '{part}'; allowed: figures{nearest(part, FIGURES)}")
    return spreads


@cache
def declared() -> Spreads:
    """The shipped ranges, read once."""
    return read_spreads()


def figure_range(country: CountryConfig, section: str, name: str) -> Range | None:
    """Where one of a country's figures may lie; None for a fact.  section: figures, sector_tilt or cluster_sectors.

    Nothing lies around some values, as around a share of 0 by its odds: low is high there.
    """
    figure: Figure = getattr(country, section)[name]
    if figure.quality not in UNSURE:
        return None
    spread, number = declared().of(section, name), bounds(section, name)
    low, high = spread.around(figure)
    rule, whole = spread.words(figure.quality), declared().whole_of(section, name)
    if whole and (cut := _cut(country, whole)) < 1.0:
        high, rule = figure.value + cut * (high - figure.value), f"{rule}, cut so that {' + '.join(whole.parts)} <= {whole.most:g}"
    low, high = max(low, number.low), min(high, number.high)
    return Range(low, high, spread.how == "factor" and low > 0.0, rule, spread.source)


def _cut(country: CountryConfig, whole: Whole) -> float:
    """The part of every part's room above its value that keeps the whole from being exceeded: 1 where nothing is cut."""
    figures: Mapping[str, Any] = {part: country.figures[part] for part in whole.parts}
    rises = [
        declared().of("figures", part).around(figure)[1] - figure.value for part, figure in figures.items() if figure.quality in UNSURE
    ]
    room = max(0.0, whole.most - sum(figure.value for figure in figures.values()))
    return min(1.0, room / sum(rises)) if sum(rises) > 0.0 else 1.0
