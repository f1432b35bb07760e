"""The map, the network and the charts on the page: only what is looked at is drawn."""

from dataclasses import dataclass

import solara
from reacton import ipyvuetify as v

from sim.experiments.dictionary import indicators
from sim.explorer.answer import answer, measured
from sim.explorer.charts import CHARTS, about, chart, fan, places
from sim.explorer.pages.keep import keep
from sim.explorer.pages.parts import choice, tab, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.pictures import map_option, network_option, spots
from sim.explorer.places import MOST, Network, Picture, network, picture, shapes
from sim.explorer.session import Session
from sim.explorer.view import View
from sim.frames import ALL

MAP_HEIGHT = "max(270px, 39vh)"
CHART_HEIGHT = "max(220px, 31vh)"

LESSON = "lesson"
"""The chart of the lesson that is open."""
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
    keep(view, option, label, MAP_HEIGHT, spots=there, maps={key: land}, clicked=visitor.show, key=key)


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
        solara.Button(
            words("page.fan"), on_click=visitor.fan.open, small=True, outlined=True, disabled=visitor.fan.running.value, classes=["fan"]
        )
        text(words("page.twin"), "span", classes="one-luck")
    place = visitor.place.value if visitor.place.value in history.places else ALL
    if name == LESSON and lesson is not None:
        option = answer(lesson, history, words, visitor.course.arm, dict(visitor.course.lived))
        label, note = measured(lesson, words), words("chart.source", seed=seen.setting.seed, note=measured(lesson, words))
    else:
        option, label, note = chart(name, seen, words, place), words.of("chart", name), about(name, seen, words)
    keep("chart", option, label, CHART_HEIGHT, key=f"{name} {visitor.course.name} {words.language}")
    text(note, classes="small note")
    Pairs(visitor, seen, place)


@solara.component
def Pairs(visitor: Visitor, seen: View, place: str) -> None:
    """Differences of eight other lucks in the first line of the chart that is open; none of another world or of other levers."""
    words = visitor.words
    if visitor.fan.running.value:
        text(words("page.fan_running"), classes="small")
    found = visitor.fan.found.value
    line = fanned(visitor, seen, place)
    if found is None or line is None or not found.asked.holds(seen):
        return
    curves = [history.curve(line.indicator, line.place) for history in found.histories]
    option = fan([curve.difference for curve in curves], curves[0].quarters, words, line.label, line.unit)
    keep("fan", option, words("page.fan"), "26vh", key=f"fan {words.language}")
    text(words("page.twin_note"), classes="small note")


@dataclass(frozen=True, slots=True)
class Line:
    """What a fan shows."""

    indicator: str
    place: str
    label: str
    unit: str


def fanned(visitor: Visitor, seen: View, place: str) -> Line | None:
    """The first line of the chart that is open, of the largest country where it shows all; None for one that has no line."""
    words, name, lesson = visitor.words, visitor.chart.value, visitor.course.lesson.value
    if name == LESSON and lesson is not None:
        return Line(lesson.indicator, lesson.place, measured(lesson, words), words.of("unit", indicators()[lesson.indicator].unit))
    spec = CHARTS[name]
    if not spec.indicators:
        return None
    indicator = spec.indicators[0]
    unit = words.of("unit", indicators()[indicator].unit)
    if spec.everywhere:
        return Line(indicator, seen.largest, f"{words.of('chart', name)}, {words.of('country', seen.largest)}", unit)
    return Line(indicator, place, f"{words.of('chart', name)}, {words.of('series', indicator)}", unit)
