"""Charts of what a page shows as options of ECharts: on the left with and without the policy, on the right the difference.

    option = chart("ties", view(session), Words("en"), "all")

With the policy a line is full, without it dashed, in the same colour.  The difference is one luck's and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.explorer.colours import BLUE, GREY, PALE, SERIES, TIE
from sim.explorer.grids import FROM, LEFT, RIGHT, axis, frame, numbered, points, short, time_axis
from sim.explorer.history import Curve, History
from sim.explorer.view import View
from sim.explorer.words import Words
from sim.frames import ALL, WORLD

SYMBOLS = ("circle", "rect", "triangle", "diamond")
"""Of lines beyond the eight colours, and for whoever sees none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of a chart: its name, f8 (quarters,) with and without the policy, its colour ("": the next of SERIES)."""

    name: str
    policy: np.ndarray
    twin: np.ndarray
    colour: str = ""

    @property
    def difference(self) -> np.ndarray:
        """With the policy less without it, as of any curve."""
        return Curve(np.empty(0), self.policy, self.twin).difference


@dataclass(frozen=True, slots=True)
class Spec:
    """What a chart shows.  indicators: its lines; scaled: name of an indicator by which shares become counts, "" if none does;
    everywhere: it shows all countries and needs no place; ties: kinds of ties that the lines are of, which have colours of their own.
    """

    unit: str
    indicators: tuple[str, ...]
    scaled: str = ""
    everywhere: bool = False
    upside_down: bool = False
    ties: tuple[str, ...] = ()


OF_TIES = ("inside", "cross_cluster", "cross_border", "cross_sector")
"""Lines of a chart of ties; the first one may be all ties."""
CHARTS: Mapping[str, Spec] = {
    "ties": Spec(
        "ties", ("ties", "ties_cross_cluster_share", "ties_cross_border_share", "ties_cross_sector_share"), scaled="ties", ties=OF_TIES
    ),
    "projects": Spec("projects", ("in_cluster_active", "cross_cluster_active", "cross_border_active", "cross_sector_active"), ties=OF_TIES),
    "funnel": Spec("relations", (), everywhere=True),
    "innovation": Spec("count / quarter", ("innovations", "joint", "cross_border_innovations")),
    "index": Spec("normal score", ("index",), everywhere=True),
    "rank": Spec("rank", ("index_rank",), everywhere=True, upside_down=True),
    "money": Spec("mln int$ / quarter", ("public_paid",)),
    "variety": Spec("effective fields", ("cluster_variety", "knowledge_variety")),
}
"""Charts in the order of the page."""


def chart(name: str, seen: View, words: Words, place: str = ALL) -> dict[str, Any]:
    """A chart.  place: an ISO code, "all" or "world".  KeyError for no chart."""
    spec = CHARTS[name]
    if name == "funnel":
        return funnel(seen, words)
    history = seen.history
    shown = history.quarters >= FROM
    pairs = [Pair(pair.name, pair.policy[shown], pair.twin[shown], pair.colour) for pair in drawn(name, history, words, place)]
    bars = _spending(seen, words) if name == "money" and place == ALL else []
    option = lines(history.quarters[shown], pairs, words, words.of("unit", spec.unit), bars)
    if spec.upside_down:  # an axis ends below then, and its name would be there
        option["yAxis"][LEFT] |= {"inverse": True, "min": 1, "minInterval": 1, "nameLocation": "start"}
        option["yAxis"][RIGHT] |= {"inverse": True, "minInterval": 1, "nameLocation": "start", "name": words("chart.rank_difference")}
    return option


def drawn(name: str, history: History, words: Words, place: str = ALL) -> list[Pair]:
    """Lines of a chart in any history; none where it has bars alone.  KeyError for no chart."""
    spec = CHARTS[name]
    if not spec.indicators:
        return []
    return _countries(history, spec, words) if spec.everywhere else _lines(history, spec, words, place)


def about(name: str, seen: View, words: Words) -> str:
    """Source and meaning of a chart in a line."""
    note: str = words.of("chart", f"note_{name}")
    return words("chart.source", seed=seen.setting.seed, note=note)


def places(history: History, words: Words) -> dict[str, str]:
    """Places that a chart may speak of, the policy countries together first."""
    own = {place: words.of("country", place) for place in history.places if place not in (ALL, WORLD)}
    return {ALL: words.of("place", ALL), WORLD: words.of("place", WORLD), **own}


def _lines(history: History, spec: Spec, words: Words, place: str) -> list[Pair]:
    found = []
    for n, indicator in enumerate(spec.indicators):
        curve = history.curve(indicator, place)
        one, other = curve.policy, curve.twin
        if spec.scaled and indicator != spec.scaled:
            whole = history.curve(spec.scaled, place)
            one, other = one * whole.policy, other * whole.twin
        found.append(Pair(words.of("series", indicator), one, other, TIE[spec.ties[n]] if spec.ties else ""))
    return found


def _countries(history: History, spec: Spec, words: Words) -> list[Pair]:
    (indicator,) = spec.indicators
    curves = {iso: history.curve(indicator, iso) for iso in history.places if iso not in (ALL, WORLD)}
    return [Pair(words.of("country", iso), curve.policy, curve.twin) for iso, curve in curves.items()]


def _spending(seen: View, words: Words) -> list[dict[str, Any]]:
    """Bars of what each programme paid, with the policy, one on the other.

    Their heights are added up here, as ECharts stacks over categories alone: an item is [quarter, top, paid], the highest is drawn first.
    """
    series, top = [], np.zeros(seen.quarter)
    for n, (name, label, paid) in enumerate(_payers(seen, words)):
        top = top + paid
        points = [[quarter, short(high), short(own)] for quarter, (high, own) in enumerate(zip(top.tolist(), paid.tolist(), strict=True))]
        series.append(
            {
                "id": f"paid_{name}", "name": label, "type": "bar",
                "color": PALE[n], "barGap": "-100%", "barCategoryGap": "30%", "encode": {"x": 0, "y": 1, "tooltip": [2]},
                "data": points,
            }
        )  # fmt: skip
    return series[::-1]


def _payers(seen: View, words: Words) -> list[tuple[str, str, np.ndarray]]:
    """Name, label and payments of programmes; where they are more than colours, the smallest are one."""
    paid = dict(seen.spending)
    small = sorted(paid, key=lambda name: float(paid[name].sum()))[: max(0, len(paid) - len(PALE) + 1)] if len(paid) > len(PALE) else []
    found = [(name, words.name("instrument", name, seen.labels[name]), each) for name, each in paid.items() if name not in small]
    return (
        [*found, ("others", words.of("chart", "others"), sum((paid[name] for name in small), np.zeros(seen.quarter)))] if small else found
    )


def lines(quarters: np.ndarray, pairs: Sequence[Pair], words: Words, unit: str, more: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The two grids with lines over quarters; more: series of the left grid."""
    series: list[dict[str, Any]] = list(more)
    for n, pair in enumerate(pairs):
        colour = pair.colour or SERIES[n % len(SERIES)]
        look = {"name": pair.name, "type": "line", "color": colour, "symbol": SYMBOLS[n // len(SERIES)], "symbolSize": 4}
        width = {"width": 2.5}
        series += [
            {**look, "id": f"with_{n}", "lineStyle": width, "data": points(quarters, pair.policy)},
            {**look, "id": f"without_{n}", "lineStyle": {"width": 1.5, "type": "dashed"}, "data": points(quarters, pair.twin)},
            {
                **look, "id": f"difference_{n}", "xAxisIndex": RIGHT, "yAxisIndex": RIGHT, "lineStyle": width,
                "data": points(quarters, pair.difference),
            },
        ]  # fmt: skip
    return over_time(quarters, series, words, unit)


def over_time(quarters: np.ndarray, series: list[dict[str, Any]], words: Words, unit: str) -> dict[str, Any]:
    """The two grids with series over quarters, and a line at the opening in both.  Ids: with_..., without_..., difference_..."""
    opening = {"silent": True, "symbol": "none", "label": {"show": False}, "lineStyle": {"color": GREY}, "data": [{"xAxis": 0}]}
    for side in ("with_", "difference_"):
        last = [each for each in series if each["id"].startswith(side)][-1]
        last["markLine"] = opening
    option = frame(words, list(dict.fromkeys(each["name"] for each in series)), unit)
    option["xAxis"] = [axis(n, words("chart.quarters"), time_axis(quarters)) for n in (LEFT, RIGHT)]
    option["dataZoom"] = [{"type": "inside", "xAxisIndex": [LEFT, RIGHT], "filterMode": "none"}]
    return option | {"series": series}


def funnel(seen: View, words: Words) -> dict[str, Any]:
    """How far relations came that began since the opening: bars by stage, with and without the policy, and the difference."""
    found = seen.funnel
    one, other = found.policy.sum(axis=0), found.twin.sum(axis=0)
    with_, without, difference = words("chart.with"), words("chart.without"), words("chart.difference")
    label = {"show": True, "position": "top", "fontSize": 10, "distance": 2}
    series: list[dict[str, Any]] = [
        {"id": "with", "name": with_, "color": BLUE, "data": numbered(one, words)},
        {"id": "without", "name": without, "color": GREY, "data": numbered(other, words)},
        {
            "id": "difference", "name": difference, "color": SERIES[1], "data": numbered(one - other, words), "xAxisIndex": 1,
            "yAxisIndex": 1,
        },
    ]  # fmt: skip
    option = frame(words, [with_, without, difference], words.of("unit", "relations"), words("chart.side_by_side"))
    stages = {"type": "category", "data": [words.of("link", stage) for stage in found.stages]}
    every = {"interval": 0, "fontSize": 10, "width": 74, "overflow": "break"}
    option["xAxis"] = [axis(n, "", {**stages, "axisLabel": every}) for n in (LEFT, RIGHT)]
    look = {"type": "bar", "label": label, "labelLayout": {"moveOverlap": "shiftY"}, "barCategoryGap": "15%", "barGap": "10%"}
    return option | {"series": [{**each, **look} for each in series]}


def fan(differences: Sequence[np.ndarray], quarters: np.ndarray, words: Words, indicator: str, unit: str) -> dict[str, Any]:
    """Differences of several lucks, f8 (quarters,) each, and their mean; the title says up to when they were lived."""
    shown = quarters >= FROM
    series: list[dict[str, Any]] = [
        {"id": f"luck_{n}", "type": "line", "symbol": "none", "color": GREY, "name": "", "data": points(quarters[shown], each[shown])}
        for n, each in enumerate(differences)
    ]
    mean = np.mean(differences, axis=0)[shown]
    series.append(
        {"id": "mean", "type": "line", "symbol": "none", "color": BLUE, "name": words("page.fan_mean"), "lineStyle": {"width": 4},
         "data": points(quarters[shown], mean)}
    )  # fmt: skip
    option = frame(words, [words("page.fan_mean")], unit)
    option["title"] = {
        "text": words("page.fan_chart", indicator=indicator, quarter=int(quarters[-1]) + 1),
        "textStyle": {"fontSize": 13},
        "left": 10,
        "top": 24,
    }
    option["grid"] = [{"left": 64, "right": 18, "top": 70, "bottom": 42}]
    option["xAxis"] = [axis(LEFT, words("chart.quarters"), time_axis(quarters))]
    return option | {"yAxis": option["yAxis"][:1], "series": series}
