"""The map and the network as options of ECharts, from what sim/explorer/places.py finds; every word by Words.

An item's value is [x, y, key or id, ...], which is how a click says what was meant; `tip` is what the pointer shows.  Of the network only
numbers are sent: spots once, ends of ties by quarter (sim/explorer/pages/keep.vue puts them together).
"""

import math
from html import escape
from typing import Any

import numpy as np

from agents.population import Kind
from sim.explorer.colours import KIND, LAND, PAPER, SHORE, STAGE, TIE, WRITING
from sim.explorer.places import TIES, Circle, Network, Picture
from sim.explorer.words import Words

SMALLEST, LARGEST = 9.0, 46.0
"""Pixels across a circle."""
PALEST = 0.35
"""Opacity of arcs on the most crowded map."""
DRAWN = ("outside", "cross_cluster", "cross_sector", "cross_border")
"""Kinds of arcs, the most telling on top."""
WIDEST = 9.0
"""Pixels of an arc."""
CROWD = 80
"""Arcs, and twice the circles, up to which all are drawn in full size; where there are more they are smaller and paler."""


def map_option(picture: Picture, words: Words, chosen: int | None = None) -> dict[str, Any]:
    """The map with clusters and arcs; chosen: key of a cluster that is ringed."""
    circles = {circle.key: circle for circle in picture.circles}
    thin = min(1.0, math.sqrt(CROWD / max(1, len(picture.arcs))))
    small = min(1.0, math.sqrt(CROWD / 2.0 / max(1, len(circles))))
    series: list[dict[str, Any]] = [
        {
            "id": f"arc_{kind}", "name": words.of("tie", kind), "type": "lines", "coordinateSystem": "geo", "z": 2,
            "color": TIE[kind], "lineStyle": {"color": TIE[kind], "opacity": round(max(PALEST, thin), 2), "curveness": 0.25},
            "data": [_arc(circles[arc.a], circles[arc.b], arc.count, words, thin) for arc in picture.arcs if arc.kind == kind],
        }
        for kind in DRAWN
    ]  # fmt: skip
    for stage, colour in {**STAGE, "": PAPER}.items():
        items = [_circle(circle, words, circle.key == chosen, small) for circle in picture.circles if circle.stage == stage]
        name = words.of("stage", stage) if stage else words("map.outside")
        look = {
            "type": "scatter",
            "coordinateSystem": "geo",
            "z": 3,
            "color": colour,
            "itemStyle": {"borderColor": TIE["inside"], "borderWidth": 1},
        }
        series.append({"id": f"stage_{stage}", "name": name, **look, "data": items})
    return _ground(words, [each["name"] for each in series]) | {"series": series}


def _circle(circle: Circle, words: Words, chosen: bool, scale: float) -> dict[str, Any]:
    head = _told(circle, words)
    stage = words.of("stage", circle.stage) if circle.stage else ""
    lines = [words("map.members", count=circle.members), words("map.inside", count=circle.inside)]
    ring = min(7.0, 1.0 + 0.8 * math.sqrt(circle.inside))
    return {
        "name": str(circle.key), "value": [round(circle.x, 3), round(circle.y, 3), circle.key],
        "symbolSize": round(scale * min(LARGEST, SMALLEST + 3.2 * math.sqrt(circle.members)), 1),
        "itemStyle": {"borderColor": TIE["cross_border"] if chosen else TIE["inside"], "borderWidth": 5 if chosen else round(ring, 1)},
        "tip": "<br>".join([f"<b>{escape(head)}</b>", *([stage] if stage else []), *lines]),
    }  # fmt: skip


def _told(circle: Circle, words: Words) -> str:
    if circle.stage:
        return f"{words.of('sector', circle.sector)}, {words.name('city', circle.place, circle.place)}"
    return f"{words('map.outside')}, {words.of('country', circle.country)}"


def _arc(a: Circle, b: Circle, count: int, words: Words, scale: float) -> dict[str, Any]:
    ends = [escape(_told(each, words)) for each in (a, b)]
    return {
        "coords": [[round(a.x, 3), round(a.y, 3)], [round(b.x, 3), round(b.y, 3)]],
        "lineStyle": {"width": round(0.5 + scale * min(WIDEST, 0.3 + 1.1 * math.sqrt(count)), 1)},
        "tip": f"{ends[0]} – {ends[1]}<br>{words('map.arc', count=count)}",
    }  # fmt: skip


def network_option(network: Network, words: Words, chosen: int | None = None) -> dict[str, Any]:
    """The network; `ends` and `numbers` of its series refer to spots(network), which are sent apart."""
    series: list[dict[str, Any]] = [
        {
            "id": f"tie_{kind}", "name": words.of("tie", kind), "type": "lines", "coordinateSystem": "geo", "silent": True, "z": 2,
            "color": TIE[kind], "lineStyle": {"color": TIE[kind], "width": 1, "opacity": 0.5, "curveness": 0.0},
            "ends": network.ends[kind].ravel().tolist(),
        }
        for kind in TIES
    ]  # fmt: skip
    for kind in Kind:
        numbers = np.flatnonzero(network.kinds == kind)
        series.append(
            {
                "id": f"kind_{kind.name.lower()}", "name": words.of("kind", kind.name.lower()), "type": "scatter",
                "coordinateSystem": "geo", "z": 3, "symbolSize": 6, "color": KIND[kind], "numbers": numbers.tolist(),
                "tips": words.of("kind", kind.name.lower()),
            }
        )  # fmt: skip
    here = np.flatnonzero(network.ids == chosen) if chosen is not None else np.zeros(0, np.int64)
    series.append(
        {
            "id": "chosen", "type": "scatter", "coordinateSystem": "geo", "z": 1, "symbolSize": 18, "color": TIE["inside"],
            "numbers": here.tolist(), "silent": True,
        }
    )  # fmt: skip
    return _ground(words, [each["name"] for each in series if "name" in each]) | {"series": series}


def spots(network: Network) -> list[list[float]]:
    """[x, y, id] of every organisation, in the order of its numbers."""
    return [[round(x, 3), round(y, 3), id] for (x, y), id in zip(network.spots.tolist(), network.ids.tolist(), strict=True)]


def _ground(words: Words, legend: list[str]) -> dict[str, Any]:
    """Land, legend and pointer."""
    return {
        "lang": words.language,
        "animation": False,
        "backgroundColor": PAPER,
        "legend": {"data": legend, "top": 0, "left": 4, "itemWidth": 14, "itemHeight": 10, "itemGap": 9, "textStyle": {"fontSize": 12}},
        "tooltip": {"confine": True},
        "toolbox": {"right": 4, "bottom": 4, "feature": {"saveAsImage": {"title": words("page.png"), "pixelRatio": 2}}},
        "geo": {
            "map": "land", "roam": True, "top": 46, "bottom": 4, "left": 8, "right": 8, "aspectScale": 1.0, "selectedMode": False,
            "scaleLimit": {"min": 0.7, "max": 30}, "silent": True,
            "itemStyle": {"areaColor": LAND, "borderColor": SHORE}, "emphasis": {"disabled": True},
            "label": {"show": True, "color": WRITING, "fontSize": 12},
        },
    }  # fmt: skip
