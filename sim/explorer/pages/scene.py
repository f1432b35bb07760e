"""The map, the network and the charts on the page: only what is looked at is drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import solara
from reacton import ipyvuetify as v

from sim.experiments.dictionary import indicators
from sim.explorer.answer import answer, measured
from sim.explorer.charts import CHARTS, Pair, about, chart, drawn, fan, places
from sim.explorer.grids import taller
from sim.explorer.history import History
from sim.explorer.lessons import Lesson
from sim.explorer.levers import idle
from sim.explorer.pages.course import LESSON
from sim.explorer.pages.into_view import IntoView
from sim.explorer.pages.keep import keep
from sim.explorer.pages.parts import choice, head, tab, table, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.pictures import map_option, network_option, spots
from sim.explorer.places import MOST, Network, Picture, network, picture, shapes
from sim.explorer.session import Session
from sim.explorer.telling import answered, asked
from sim.explorer.view import View
from sim.frames import ALL, WORLD

MAP_HEIGHT = "max(270px, 39vh)"
CHART_HEIGHT = "max(220px, 31vh)"
OUTLINED = {"aspectScale": 0.6, "center": [52.0, 52.0], "zoom": 2.2}
"""Outlines begin where the organisations are: most of Siberia is empty."""


@solara.component
def Scene(visitor: Visitor) -> None:
    """The map or the network, whichever is open."""
    words = visitor.words
    with v.Html(tag="div", class_="bar-of-choices"):
        for name, label in (("map", words("page.map")), ("network", words("page.network")), ("budget", words("page.budget"))):
            tab(visitor.view, name, label)
        if visitor.view.value != "budget":
            v.Checkbox(
                label=words("page.outlines"), v_model=visitor.outlines.value, on_v_model=lambda on: visitor.outlines.set(on is True),
                dense=True, hide_details=True, class_="outlines",
            )  # fmt: skip
    if visitor.view.value != "budget":
        Land(visitor)
        notes = [f"{words('map.size_note')} {words('tie.note')}"] if visitor.view.value == "map" else []
        notes += [words("page.outlines_note")] if visitor.outlines.value else []
        text(" ".join(notes), classes="small note")


@solara.component
def Land(visitor: Visitor) -> None:
    """The picture of the policy world."""
    _, words, view, outlines = visitor.tick.value, visitor.words, visitor.view.value, visitor.outlines.value
    looked = visitor.read(lambda session: looked_at(session, view, outlines))
    if looked is None:
        return
    isos, alive, found = looked
    key = f"{view} {outlines} {words.language} {' '.join(isos)}"
    land = shapes({iso: words.of("country", iso) for iso in isos}, outlines)
    if isinstance(found, Picture):
        option, there = map_option(found, words, visitor.cluster.value), []
    elif found is None:
        text(words("map.too_many", count=words.number(alive), most=words.number(MOST)), classes="too-many")
        return
    else:
        option, there = network_option(found, words, visitor.organisation.value), spots(found)
    option["geo"] |= {"map": key, **(OUTLINED if outlines else {})}
    label = words("page.map") if view == "map" else words("page.network")
    keep(
        view,
        option,
        label,
        MAP_HEIGHT,
        spots=there,
        maps={key: land},
        clicked=lambda series, value: clicked(visitor, series, value),
        key=key,
    )


def clicked(visitor: Visitor, series: str, value: list[Any]) -> None:
    """A click on the map or the network, as a browser tells it: open a card."""
    if len(value) < 3 or not isinstance(value[2], int | float) or not math.isfinite(value[2]):
        return
    which = int(value[2])
    if series.startswith("stage_") and which >= 0:
        visitor.cluster.value, visitor.organisation.value = which, None
    elif series.startswith("kind_"):
        visitor.organisation.value = which


def looked_at(session: Session, view: str, outlines: bool) -> tuple[tuple[str, ...], int, Picture | Network | None]:
    """The countries, how many organisations there are, and the map or the network of them; no network where they are too many."""
    world = session.policy
    found = picture(world, outlines) if view == "map" else network(world, outlines)
    return tuple(world.countries.iso), int(world.population.alive.sum()), found


@solara.component
def Charts(visitor: Visitor) -> None:
    """One chart at a time, and the fan on request."""
    _, seen, words, lesson = visitor.tick.value, visitor.seen, visitor.words, visitor.course.lesson.value
    if seen is None:
        return
    name, history = visitor.chart.value, seen.history
    names = {each: words.of("chart", each) for each in CHARTS}
    if lesson is not None:
        names = {LESSON: words("lesson.chart"), **names}
    with v.Html(tag="div", class_="bar-of-choices"):
        choice(words("page.charts"), name, names, visitor.chart.set, "which-chart")
        if name != LESSON and not CHARTS[name].everywhere:
            choice(words("page.place"), visitor.place.value, places(history, words), visitor.place.set, "which-place")
        bars_alone = name != LESSON and not CHARTS[name].indicators
        solara.Button(
            words("page.fan"), on_click=visitor.fan.open, small=True, outlined=True, disabled=visitor.fan.running.value or bars_alone,
            classes=["fan"],
        )  # fmt: skip
        text(words("page.twin"), "span", classes="one-luck")
    place = visitor.place.value if visitor.place.value in history.places else ALL
    if name == LESSON and lesson is not None:
        option = answer(lesson, history, words, visitor.course.arm, dict(visitor.course.lived))
        label, note = measured(lesson, words), words("chart.source", seed=seen.setting.seed, note=measured(lesson, words))
    else:
        option, label, note = chart(name, seen, words, place), words.of("chart", name), about(name, seen, words)
    height = f"calc({CHART_HEIGHT} + {taller(option)}px)"
    keep("chart", option, label, height, key=f"{name} {visitor.course.name} {words.language}")
    # always there, as a message is: what comes and goes without a key makes all that follows anew
    flat = lesson is None and bool(visitor.read(idle))
    text(words("page.no_policy") if flat else "", classes="small no-policy" if flat else "", role="status")
    text(note, classes="small note")
    if name == LESSON and lesson is not None and not visitor.course.revealed.value:
        Numbers(visitor, lesson)
    Pairs(visitor, seen, place)


@solara.component
def Numbers(visitor: Visitor, lesson: Lesson) -> None:
    """What this luck answers, claim by claim, without what is expected; once the finding is shown, both stand together below it."""
    _, words, ends = visitor.tick.value, visitor.words, dict(visitor.course.ends)
    head(words("lesson.numbers"), 4)
    rows = [(asked(lesson, claim, words), answered(lesson, claim, ends, words)) for claim in lesson.finding.claims]
    table(rows, classes="ledger numbers")


@solara.component
def Pairs(visitor: Visitor, seen: View, place: str) -> None:
    """Differences of eight other lucks in a line of the chart that is open; none of another world or of other levers."""
    words, name, found = visitor.words, visitor.chart.value, visitor.fan.found.value
    chosen, choose = solara.use_state(("", 0))  # the chart, and which of its lines
    # always there: what comes and goes without a key makes all that follows anew
    text(words("page.fan_running") if visitor.fan.running.value else "", classes="small", role="status")
    if found is None or not found.asked.holds(seen):
        return
    lines = fanned(visitor, found.histories[0], place)
    if not lines:
        return
    number = chosen[1] if chosen[0] == name and chosen[1] < len(lines) else largest(name, seen, lines)
    pairs = [fanned(visitor, history, place)[number].pair for history in found.histories]
    option = fan([pair.difference for pair in pairs], found.histories[0].quarters, words, lines[number].label, lines[number].unit)
    with v.Html(tag="div", class_="pairs"):
        if len(lines) > 1:
            names = {n: line.pair.name for n, line in enumerate(lines)}
            with v.Html(tag="div", class_="bar-of-choices"):
                choice(words("page.fan_line"), number, names, lambda line: choose((name, line)), "which-line")
        keep("fan", option, words("page.fan"), "26vh", key=f"fan {words.language}")
        text(words("page.fan_note"), classes="small note")
        IntoView.element().key(f"{id(found)}")


@dataclass(frozen=True, slots=True)
class Line:
    """What a fan may show: a line of a history, what it is called with its chart, and its unit."""

    pair: Pair
    label: str
    unit: str


def fanned(visitor: Visitor, history: History, place: str) -> list[Line]:
    """Lines of the chart that is open, in any history; none of one that has bars alone."""
    words, name, lesson = visitor.words, visitor.chart.value, visitor.course.lesson.value
    if name == LESSON and lesson is not None:
        curve = history.curve(lesson.indicator, lesson.place)
        pair = Pair(measured(lesson, words), curve.policy, curve.twin)
        return [Line(pair, pair.name, words.of("unit", indicators()[lesson.indicator].unit))]
    unit = words.of("unit", CHARTS[name].unit)
    return [Line(pair, f"{words.of('chart', name)}: {pair.name}", unit) for pair in drawn(name, history, words, place)]


def largest(name: str, seen: View, lines: Sequence[Line]) -> int:
    """The line that is shown first: that of the country with most organisations where a chart shows countries, else its first."""
    countries = [iso for iso in seen.history.places if iso not in (ALL, WORLD)]
    return countries.index(seen.largest) if len(lines) > 1 and CHARTS[name].everywhere else 0
