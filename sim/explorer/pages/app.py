"""The explorer's pages: that of a student, with time above, levers or lessons on the left, the map and charts in the middle and a card
on the right; and that of a teacher."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara
from reacton import ipyvuetify as v

from sim.explorer.pages.address import Address, Lost
from sim.explorer.pages.bar import Time
from sim.explorer.pages.busy import Working
from sim.explorer.pages.card import Card
from sim.explorer.pages.kernel import address, spoken
from sim.explorer.pages.keys import Keys
from sim.explorer.pages.lesson import Lessons
from sim.explorer.pages.panels import Levers, Money, Purse
from sim.explorer.pages.parts import STYLE, tab, text
from sim.explorer.pages.scene import Charts, Scene
from sim.explorer.pages.taking import TakeAway
from sim.explorer.pages.teacher import Teacher
from sim.explorer.pages.visitor import Visitor
from sim.explorer.pages.world import World


@solara.component
def Bare(children: Any = ()) -> None:
    """Nothing around a page: no bar, no menu."""
    v.Html(tag="main", children=list(children))


@solara.component
def Student() -> None:
    """A visitor's page."""
    query = solara.use_router().search or ""
    visitor = solara.use_memo(lambda: Visitor(query.removeprefix("?"), solara.get_session_id(), spoken(), address()), [])

    def stay() -> Callable[[], None]:
        visitor.busy.do(visitor.enter)
        return visitor.close

    solara.use_effect(stay, [])
    words = visitor.words
    _ = visitor.tick.value, visitor.course.lesson.value  # the address has both
    solara.Title(words("page.title"))
    solara.Style(STYLE)
    with v.Html(tag="div", class_="explorer", attributes={"lang": words.language}):
        # always there: what comes and goes without a key makes all that follows anew, zoom and all
        text(visitor.message.value, classes="message" if visitor.message.value else "", role="alert")
        Working(visitor.busy, words)
        Lost.element(words=words("page.lost"), again=words("page.reload"))
        Address.element(query=visitor.address_bar())
        if not visitor.joined.value:
            Door(visitor)
            return
        if visitor.away.value:
            Away(visitor)
            return
        if visitor.seen is None:
            return
        OtherSeed(visitor)
        Keys.element(pressed=lambda key: pressed(visitor, key))
        Time(visitor)
        with v.Html(tag="div", class_="three"):
            Left(visitor)
            with v.Html(tag="div", class_="middle"):
                Scene(visitor).key("scene")
                if visitor.view.value == "budget":
                    Money(visitor).key("money")
                Charts(visitor).key("charts")
            with v.Html(tag="div", class_="right"):
                Card(visitor)
                TakeAway(visitor)


@solara.component
def Left(visitor: Visitor) -> None:
    """Levers, or lessons."""
    words = visitor.words
    with v.Html(tag="div", class_="left"):
        with v.Html(tag="div", class_="bar-of-choices"):
            tab(visitor.desk, "levers", words("page.levers"))
            tab(visitor.desk, "lessons", words("page.lessons"))
        if visitor.desk.value == "lessons":
            Lessons(visitor)
        else:
            World(visitor)
            Purse(visitor)
            Levers(visitor)


@solara.component
def Door(visitor: Visitor) -> None:
    """Where students of a class type its code."""
    words = visitor.words
    typed, change = solara.use_state("")

    def join() -> None:
        visitor.busy.do(lambda: visitor.join(typed))

    with v.Html(tag="div", class_="door"):
        field = v.TextField(label=words("page.code"), v_model=typed, on_v_model=change, autofocus=True)
        v.use_event(field, "keydown.enter", lambda *_: join())
        solara.Button(words("page.join"), on_click=join, color="primary", classes=["join"])


@solara.component
def Away(visitor: Visitor) -> None:
    """For whoever was refused a place, or lost it: the message above says why."""
    words = visitor.words
    with v.Html(tag="div", class_="away"):
        text(words("page.away"))
        solara.Button(words("page.again"), on_click=lambda: visitor.busy.do(visitor.enter), color="primary", classes=["again"])


@solara.component
def OtherSeed(visitor: Visitor) -> None:
    """In a class, whether the world is on another seed than the student's own; always there, as a message is."""
    _, words, session, own = visitor.tick.value, visitor.words, visitor.session, visitor.seed()
    astray = session is not None and own is not None and session.setting.seed != own
    with v.Html(tag="div", class_="message other-seed" if astray else "", attributes={"role": "status"}):
        if astray and session is not None and own is not None:
            setting = session.setting
            text(words("page.other_seed", seed=setting.seed, own=own), "span")
            solara.Button(
                words("page.own_seed"),
                on_click=lambda: visitor.busy.do(lambda: visitor.begin(replace(setting, seed=own))),
                small=True,
                classes=["own-seed"],
            )


def pressed(visitor: Visitor, key: str) -> None:
    """What a key does."""
    if key == " ":
        visitor.drive.go("" if visitor.drive.mode.value else "play")
    elif key == "ArrowRight":
        visitor.step()
    elif key == "Home":
        visitor.back()
    elif key == "End":
        visitor.drive.go("end")


routes = [
    solara.Route(path="/", component=Student, layout=Bare, label="crosscluster"),
    solara.Route(path="teacher", component=Teacher, layout=Bare, label="crosscluster"),
]
"""Solara's name for pages by address."""
