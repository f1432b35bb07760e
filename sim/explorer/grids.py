"""What all charts have: two grids side by side, their axes, a legend of as many lines as it needs, and points of few digits."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.explorer.colours import PAPER
from sim.explorer.words import Words

FROM = -4
"""First quarter that is shown: a year before the opening."""
YEAR, MARKS = 4, 8
"""Quarters, and the most marks of an axis of time."""
LEFT, RIGHT = 0, 1
"""Numbers of the two grids."""
FRAMES: tuple[dict[str, Any], ...] = (
    {"left": 64, "right": "50%", "top": 60, "bottom": 38},
    {"left": "57%", "right": 18, "top": 60, "bottom": 38},
)
LINE = 23
"""Pixels of a line of the legend."""
WIDE, MARK = 600, 32
"""Pixels of the legend in a window of 1280, and of the mark before a name with the gap after it.  What a narrower one needs on top the
browser adds (pages/keep.vue)."""
LATIN, OTHER = 5.6, 6.6
"""Pixels of a letter of the legend, on average."""


def frame(words: Words, legend: list[str], unit: str, left: str = "") -> dict[str, Any]:
    """What all charts have: two grids, titles of both, legend, pointer and a button for the picture.

    left: title of the left one.  `room`: pixels that the legend has; the browser looks whether that is enough.
    """
    heads = ((left or words("chart.with_without"), 10), (f"{words('chart.difference')}: {words('page.twin')}", "52%"))
    title = [{"text": text, "left": left, "textStyle": {"fontSize": 12, "fontWeight": "normal"}} for text, left in heads]
    axes = [
        {
            "type": "value", "gridIndex": n, "name": unit, "scale": True, "nameTextStyle": {"align": "left"}, "nameGap": 6,
            "axisLabel": {"fontSize": 11}, "axisLine": {"onZero": False},
        }
        for n in (LEFT, RIGHT)
    ]  # fmt: skip
    down = LINE * (_rows(legend) - 1)
    for each in title:
        each["top"] = 24 + down
    return {
        "lang": words.language,
        "room": LINE + down,
        "told": {each: words.of("chart", each) for each in ("with", "without", "difference", "quarters")},
        "animation": False,
        "backgroundColor": PAPER,
        "title": title,
        "legend": {"data": legend, "top": 0, "left": 10, "right": 30, "itemWidth": 18, "itemGap": 9},
        "tooltip": {"trigger": "axis", "confine": True, "padding": 6, "textStyle": {"fontSize": 12}},
        "grid": [{**each, "top": each["top"] + down} for each in FRAMES],
        "yAxis": axes,
        "toolbox": {"right": 4, "top": 20 + down, "feature": {"saveAsImage": {"title": words("page.png"), "pixelRatio": 2}}},
    }


def _rows(legend: Sequence[str]) -> int:
    """Lines that a legend takes, as the browser breaks it: none of its names is hidden, and what is below gives way."""
    rows, at = 1, 0.0
    for name in legend:
        width = MARK + sum(LATIN if letter.isascii() else OTHER for letter in name)
        if at and at + width > WIDE:
            rows, at = rows + 1, 0.0
        at += width
    return rows


def taller(option: Mapping[str, Any]) -> int:
    """Pixels that a chart needs on top of its usual height, as its legend has more lines than one."""
    return int(option["grid"][0]["top"]) - int(FRAMES[LEFT]["top"])


def axis(grid: int, name: str, more: dict[str, Any]) -> dict[str, Any]:
    """The axis under a grid."""
    return {
        "gridIndex": grid,
        "name": name,
        "nameLocation": "middle",
        "nameGap": 24,
        "axisLabel": {"fontSize": 11},
        "axisLine": {"onZero": False},
        **more,
    }


def time_axis(quarters: np.ndarray) -> dict[str, Any]:
    """An axis of quarters with a mark a year, or where that is too many, every few years."""
    last = int(quarters[-1]) if len(quarters) else 0
    years = YEAR * max(1, math.ceil((last - FROM) / (MARKS * YEAR)))
    return {"type": "value", "min": FROM, "max": max(years, years * math.ceil(last / years)), "interval": years}


def points(quarters: np.ndarray, values: np.ndarray) -> list[list[Any]]:
    """[quarter, value] of a line, f8 (quarters,)."""
    return [[quarter, short(value)] for quarter, value in zip(quarters.tolist(), values.tolist(), strict=True)]


def short(value: float) -> float | None:
    """Six digits are more than a chart can show; nothing where there is no number."""
    return None if value != value else float(f"{value:.6g}")


def numbered(values: np.ndarray, words: Words) -> list[dict[str, Any]]:
    """Bars, each with its own number on it: next to the first stage the last ones are too low to be read off."""
    return [{"value": short(value), "label": {"formatter": words.number(value)}} for value in values.tolist()]
