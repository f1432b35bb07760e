"""The chart that answers a lesson, and the one that shows a class: options of ECharts.

On the left the lesson's line with and without what is set, on the right the difference, beside those that the student lived before with
the lesson's other levers on the same luck.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.experiments.dictionary import indicators
from sim.explorer.charts import FROM, RIGHT, Pair, lines, points
from sim.explorer.classroom import Everyone
from sim.explorer.colours import BLUE, GREY, PAPER, SERIES
from sim.explorer.history import Curve, History
from sim.explorer.lessons import TWIN, Claim, Lesson, outcomes_known
from sim.explorer.words import Words
from sim.frames import ALL, WORLD


def measured(lesson: Lesson, words: Words) -> str:
    """What the lesson's line counts, and where."""
    where = words.of("place" if lesson.place in (ALL, WORLD) else "country", lesson.place)
    return f"{named(lesson.indicator, words)}: {where}"


def answer(lesson: Lesson, history: History, words: Words, now: str | None, lived: Mapping[str, Curve]) -> dict[str, Any]:
    """The chart of a lesson.  now: the arm whose levers are set, None for none of the lesson's; lived: arm -> its line so far."""
    curve = history.curve(lesson.indicator, lesson.place)
    shown = curve.quarters >= FROM
    name = getattr(lesson.arms[now].label, words.language) if now is not None else words("lesson.own")
    others = [
        {
            "id": f"arm_{arm}", "name": getattr(lesson.arms[arm].label, words.language), "type": "line", "xAxisIndex": RIGHT,
            "yAxisIndex": RIGHT, "color": SERIES[n], "symbolSize": 4, "lineStyle": {"width": 1.5, "type": "dotted"},
            "data": points(old.quarters[old.quarters >= FROM], old.difference[old.quarters >= FROM]),
        }
        for n, (arm, old) in enumerate(_others(lived, now), start=1)
    ]  # fmt: skip
    pair = Pair(name, curve.policy[shown], curve.twin[shown])
    return lines(curve.quarters[shown], [pair], words, words.of("unit", indicators()[lesson.indicator].unit), more=others)


def _others(lived: Mapping[str, Curve], now: str | None) -> list[tuple[str, Curve]]:
    return [(arm, curve) for arm, curve in lived.items() if arm != now]


def named(outcome: str, words: Words) -> str:
    """What an indicator or outcome counts; that of a country is called by its ISO code at the end."""
    whole, _, iso = outcome.rpartition("_")
    return f"{words.of('measure', whole)} ({words.of('country', iso)})" if iso.isupper() else words.of("measure", outcome)


def asked(lesson: Lesson, claim: Claim, words: Words) -> str:
    """What a claim is about: its number, of which levers, against which."""
    per = f" {words('teacher.per', other=named(claim.per, words))}" if claim.per else ""
    other = claim.over if claim.against == TWIN else claim.against
    against = getattr(lesson.arms[other].label, words.language) if other in lesson.arms else words("teacher.twin")
    mine = getattr(lesson.arms[claim.arm].label, words.language)
    return words("teacher.asked", outcome=f"{named(claim.outcome, words)}{per}", arm=mine, against=against)


def unit_of(lesson: Lesson, claim: Claim, words: Words) -> str:
    """The unit of what a claim is about."""
    known = outcomes_known(lesson.countries)
    return " / ".join(words.of("unit", known[name].unit) for name in (claim.outcome, claim.per) if name is not None)


def histogram(found: Everyone, words: Words, unit: str, than: float) -> dict[str, Any]:
    """What everybody saw, differences or own ratios: students by size, a dot for each, a line at `than`, a bold one at the mean.

    unit: in the reader's language.  The mean of ratios is that of `found`, which is a ratio of means.
    """
    values = found.values[np.isfinite(found.values)]
    steps = [*zip(found.edges.tolist(), [*found.counts.tolist(), 0], strict=True)] if len(values) else []
    marks: list[dict[str, Any]] = [{"xAxis": than, "lineStyle": {"color": GREY, "type": "dashed"}}]
    if len(values):
        mean = values.mean() if found.found is None else found.found.mean
        marks.append({"xAxis": float(f"{mean:.4g}"), "lineStyle": {"color": SERIES[1], "width": 3, "type": "solid"}})
    axis = {"type": "value", "nameLocation": "middle", "nameTextStyle": {"fontSize": 14}, "axisLabel": {"fontSize": 14}}
    return {
        "lang": words.language,
        "animation": False,
        "backgroundColor": PAPER,
        "tooltip": {"confine": True},
        "toolbox": {"right": 4, "top": 0, "feature": {"saveAsImage": {"title": words("page.png"), "pixelRatio": 2}}},
        "grid": {"left": 64, "right": 30, "top": 40, "bottom": 56},
        "xAxis": {**axis, "name": words("teacher.axis", unit=unit), "nameGap": 32},
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
