"""What every column of every table means: unit and meaning, from the code that makes the column or from columns.yaml."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from agents import population, projects
from sim import cluster_panel
from sim.experiments.frames import FRAMES
from sim.indicators import INDICATORS
from sim.panel import SHOWN_OTHERWISE

HERE = Path(__file__).parent
PLACEHOLDER = re.compile(r"(<[^>]+>)")
STANDS_FOR = {"<ISO>": "[A-Z]{3}", "<1..6>": "[1-6]", "<0..11>": r"\d+", "<a or b>": "[ab]", "<path>": ".+", "<outcome>": "[A-Z]"}
"""What a placeholder may be; any name where nothing is said."""
MEANT_BOTH = {"productivity", "innovations"}
"""Outcomes of the policy countries together that are given by country too."""
INDEX = {
    "pillar_basic": ("normal score", "basic requirements"),
    "pillar_efficiency": ("normal score", "efficiency"),
    "pillar_innovation": ("normal score", "innovation"),
    "index": ("normal score", "competitiveness index"),
    "index_rank": ("rank", "among the modelled countries, 1 the best"),
    "productivity_spread": ("log", "standard deviation of productivity between policy countries"),
    "productivity_worst": ("log", "productivity of the worst-off policy country"),
}
"""Indicators with files of their own (sim/competitiveness.py)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Unit and meaning of a column."""

    unit: str
    meaning: str


@cache
def dictionary() -> Mapping[str, Mapping[str, Meaning]]:
    """Table -> column, or pattern of columns as in productivity_<ISO> -> its meaning, labels first where the table has them."""
    written = yaml.safe_load((HERE / "columns.yaml").read_text(encoding="utf-8"))
    found = {table: {name: Meaning(*each) for name, each in columns.items()} for table, columns in written.items()}
    labels, outcomes = found.pop("labels"), yaml.safe_load((HERE.parent / "analysis" / "outcomes.yaml").read_text(encoding="utf-8"))
    countries = {name.removesuffix("_<ISO>") for name in found["runs"]}
    found["runs"] |= {name: Meaning(each["unit"], each["label"]) for name, each in outcomes.items() if name not in countries - MEANT_BOTH}
    found["panel"] |= _of(population.COLUMNS, {*found["panel"], *SHOWN_OTHERWISE})
    left = {*found["projects"], "members", "member_ids", "status"}
    found["projects"] |= {
        f"{name}_<1..6>" if projects.COLUMNS[name].width else name: each for name, each in _of(projects.COLUMNS, left).items()
    }
    found["clusters"] = _of(cluster_panel.COLUMNS, set())
    return {table: {**labels, **columns} if table in ("runs", *FRAMES) else columns for table, columns in found.items()}


def meaning(table: str, column: str) -> Meaning | None:
    """What a column means; None for one that nobody has described."""
    columns = dictionary().get(table, {})
    if column in columns:
        return columns[column]
    return next((each for pattern, each in columns.items() if "<" in pattern and _matches(pattern, column)), None)


def indicators() -> dict[str, Meaning]:
    """What `indicator` of series may be."""
    own = {name: Meaning(each.unit, each.meaning) for name, each in INDICATORS.items()}
    return own | {name: Meaning(*each) for name, each in INDEX.items()}


def _of(columns: Mapping[str, population.Column], left: Collection[str]) -> dict[str, Meaning]:
    return {name: Meaning(each.unit, each.meaning) for name, each in columns.items() if name not in left}


def _matches(pattern: str, column: str) -> bool:
    parts = PLACEHOLDER.split(pattern)
    return re.fullmatch("".join(STANDS_FOR.get(part, r"\w+") if "<" in part else re.escape(part) for part in parts), column) is not None
