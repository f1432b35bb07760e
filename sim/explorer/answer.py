"""The chart that answers a lesson, and the one that shows a class: options of ECharts.

On the left the lesson's line with each set of levers that was lived on this luck, and once without; on the right the differences.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.experiments.dictionary import indicators
from sim.explorer.charts import over_time
from sim.explorer.classroom import Everyone
from sim.explorer.colours import BLUE, GREY, PAPER, SERIES
from sim.explorer.grids import FROM, RIGHT, points
from sim.explorer.history import Curve, History
from sim.explorer.lessons import Lesson
from sim.explorer.telling import named
from sim.explorer.words import Words
from sim.frames import ALL, WORLD

THICK, THIN = 3.5, 1.5
"""Pixels of the line whose levers are set, and of those lived before."""


def measured(lesson: Lesson, words: Words) -> str:
    """What the lesson's line counts, and where."""
    where = words.of("place" if lesson.place in (ALL, WORLD) else "country", lesson.place)
    return f"{named(lesson.indicator, words)}: {where}"


def answer(lesson: Lesson, history: History, words: Words, now: str | None, lived: Mapping[str, Curve]) -> dict[str, Any]:
    """The chart of a lesson.  now: the arm whose levers are set, None for none of the lesson's; lived: arm -> its line so far."""
    curve = history.curve(lesson.indicator, lesson.place)
    series = [
        each for n, arm in enumerate(lesson.arms) if arm in lived and arm != now
        for each in _sides(arm, getattr(lesson.arms[arm].label, words.language), lived[arm], SERIES[n], THIN)
    ]  # fmt: skip
    longest = max((curve, *lived.values()), key=lambda each: len(each.quarters))
    series.append(
        {
            "id": "without_0", "name": words("lesson.twin"), "type": "line", "color": GREY, "symbol": "none",
            "lineStyle": {"width": 1.5, "type": "dashed"}, "data": _since(longest.quarters, longest.twin),
        }
    )  # fmt: skip
    name = getattr(lesson.arms[now].label, words.language) if now is not None else words("lesson.own")
    colour = SERIES[list(lesson.arms).index(now) if now is not None else len(lesson.arms) % len(SERIES)]
    series += _sides("0", name, curve, colour, THICK)
    return over_time(longest.quarters[longest.quarters >= FROM], series, words, words.of("unit", indicators()[lesson.indicator].unit))


def _sides(id: str, name: str, curve: Curve, colour: str, width: float) -> list[dict[str, Any]]:
    """A line of the left grid, and its difference to the twin in the right one."""
    look = {"name": name, "type": "line", "color": colour, "symbolSize": 4, "lineStyle": {"width": width}}
    right = {"xAxisIndex": RIGHT, "yAxisIndex": RIGHT}
    return [
        {**look, "id": f"with_{id}", "data": _since(curve.quarters, curve.policy)},
        {**look, **right, "id": f"difference_{id}", "data": _since(curve.quarters, curve.difference)},
    ]


def _since(quarters: np.ndarray, values: np.ndarray) -> list[list[Any]]:
    """Points of a line that are shown."""
    return points(quarters[quarters >= FROM], values[quarters >= FROM])


def histogram(found: Everyone, words: Words, name: str, factor: float, than: float | None) -> dict[str, Any]:
    """What everybody saw, differences or own ratios: students by size, a dot for each, a line at `than`, a bold one at the mean.

    name: of the axis, in the reader's language; factor: by which numbers are multiplied, as percent are; than: None for no line.
    The mean of ratios is that of `found`, which is a ratio of means.
    """
    values = found.values[np.isfinite(found.values)] * factor
    steps = [*zip((found.edges * factor).tolist(), [*found.counts.tolist(), 0], strict=True)] if len(values) else []
    lines: list[tuple[float, dict[str, Any]]] = [] if than is None else [(than * factor, {"color": GREY, "type": "dashed"})]
    if len(values):
        mean = values.mean() if found.found is None else found.found.mean * factor
        lines.append((float(mean), {"color": SERIES[1], "width": 3, "type": "solid"}))
    marks = [{"xAxis": float(f"{at:.3g}"), "lineStyle": look} for at, look in lines]
    axis = {"type": "value", "nameLocation": "middle", "nameTextStyle": {"fontSize": 14}, "axisLabel": {"fontSize": 14}}
    return {
        "lang": words.language,
        "animation": False,
        "backgroundColor": PAPER,
        "tooltip": {"confine": True},
        "toolbox": {"right": 4, "top": 0, "feature": {"saveAsImage": {"title": words("page.png"), "pixelRatio": 2}}},
        "grid": {"left": 64, "right": 30, "top": 40, "bottom": 56},
        "xAxis": {**axis, "name": name, "nameGap": 32},
        "yAxis": {**axis, "minInterval": 1, "min": 0, "name": words("teacher.students_axis"), "nameGap": 40},
        "series": [
            {
                "id": "class", "type": "line", "step": "end", "symbol": "none", "color": BLUE, "areaStyle": {"opacity": 0.35},
                "data": [[round(edge, 9), count] for edge, count in steps],
                "markLine": {"silent": True, "symbol": "none", "label": {"formatter": "{c}"}, "data": marks},
            },
            {"id": "students", "type": "scatter", "color": BLUE, "symbolSize": 9, "data": [[float(f"{value:.6g}"), 0] for value in values]},
        ],
    }  # fmt: skip
