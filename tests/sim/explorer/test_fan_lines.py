"""A fan shows any line of the chart that is open, counted as the chart counts it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("solara")

from sim.explorer.charts import CHARTS
from sim.explorer.lessons import lessons
from sim.explorer.pages.scene import LESSON, fanned, largest
from sim.explorer.view import View, view
from sim.explorer.words import Words
from tests.sim.explorer.sessions import session

EN = Words("en")


@pytest.fixture(scope="module")
def one() -> View:
    played = session("meet_then_pay", seed=5)
    played.run(2)
    return view(played)


def looking(name: str, lesson: str | None = None) -> Any:
    """Whoever looks at a chart, and is in a lesson."""
    course = SimpleNamespace(lesson=SimpleNamespace(value=lessons()[lesson] if lesson else None))
    return SimpleNamespace(words=EN, chart=SimpleNamespace(value=name), course=course)


def test_every_line_of_a_chart_may_be_chosen(one: View) -> None:
    lines = {name: fanned(looking(name), one.history, "all") for name in CHARTS}
    assert [line.label for line in lines["ties"]][:2] == [
        "Partnerships by kind: all partnerships",
        "Partnerships by kind: between clusters",
    ]
    ties = one.history.curve("ties").policy * one.history.curve("ties_cross_cluster_share").policy
    assert np.array_equal(lines["ties"][1].pair.policy, ties, equal_nan=True)  # partnerships, as the chart has them, and no share
    assert lines["funnel"] == []
    other = replace(one, largest="KAZ")  # most organisations are not in the country that is named first
    first = {name: largest(name, other, lines[name]) for name in ("ties", "rank")}
    assert lines["rank"][first["rank"]].pair.name == EN.of("country", "KAZ") != lines["rank"][0].pair.name
    assert first["ties"] == 0
    (line,) = fanned(looking(LESSON, "lock_in"), one.history, "BLR")
    assert line.label == "variety of knowledge in clusters: policy countries together"
