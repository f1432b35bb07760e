"""The teacher's page: the code of the class, who is there, and everybody's effects, drawn anew every few seconds."""

import threading
from collections.abc import Callable
from urllib.parse import parse_qs

import numpy as np
import solara
from reacton import ipyvuetify as v

from sim.explorer.answer import asked, histogram, unit_of
from sim.explorer.classroom import Classroom, Everyone
from sim.explorer.lessons import Lesson
from sim.explorer.pages.address import Address
from sim.explorer.pages.house import house
from sim.explorer.pages.keep import keep
from sim.explorer.pages.kernel import spoken
from sim.explorer.pages.parts import STYLE, choice, head, said, text
from sim.explorer.words import LANGUAGES, Words

SECONDS = 2.0
"""Between two looks at the class."""
KEY = "key"
"""In the address."""


@solara.component
def Teacher() -> None:
    """Nothing without the key, or in a browser that has shown it: it leaves the address bar, which others see on a projector."""
    query = parse_qs(solara.use_router().search or "").get(KEY, [""])[0]
    knows = solara.use_memo(lambda: admitted(solara.get_session_id(), query), [])
    language, speak = solara.use_state(solara.use_memo(spoken, []))
    words, classroom = Words(language), house().classroom
    solara.Title(words("teacher.title"))
    solara.Style(STYLE)
    with v.Html(tag="div", class_="explorer teacher", attributes={"lang": language}):
        if classroom is None or not knows:
            text(words("teacher.stranger"), classes="message", role="alert")
            return
        Address.element()
        other = LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
        solara.Button(words("page.language"), on_click=lambda: speak(other), small=True, text=True, classes=["language"])
        Class(classroom, words)


def admitted(browser: str, key: str) -> bool:
    """Is this the teacher?"""
    classroom = house().classroom
    return classroom is not None and classroom.teaches(browser, key)


@solara.component
def Class(classroom: Classroom, words: Words) -> None:
    """The class, the lesson that is asked about, and what everybody found."""
    (name, claim), ask = solara.use_state((next(iter(classroom.lessons)), 0))  # one state: a claim is one of its lesson
    _, look = solara.use_state(0)

    def watch() -> Callable[[], None]:
        over = threading.Event()

        def looked() -> None:
            seen = 0
            while not over.wait(SECONDS):
                seen += 1
                look(seen)

        threading.Thread(target=looked, daemon=True).start()
        return over.set

    solara.use_effect(watch, [])

    lesson = classroom.lessons[name]
    head(words("teacher.title"), 3)
    numbers = {"students": classroom.students(), "places": classroom.places, "here": classroom.here()}
    text(words("teacher.here", code=classroom.shown, **numbers), classes="here")
    names = {each: said(one.title, words) for each, one in classroom.lessons.items()}
    choice(words("page.lessons"), name, names, lambda other: ask((other, 0)), "which-lesson")
    claims = {n: asked(lesson, each, words) for n, each in enumerate(lesson.finding.claims)}
    choice(words("teacher.claim"), claim, claims, lambda other: ask((name, other)), "which-claim")
    Found(lesson, claim, classroom.everyone(name, claim), words)
    head(words("lesson.finding"), 4)
    text(said(lesson.finding.text, words), classes="finding")
    head(words("teacher.note"), 4)
    text(said(lesson.note, words), classes="note")


@solara.component
def Found(lesson: Lesson, number: int, everyone: Everyone, words: Words) -> None:
    """A claim in the class: the histogram, and mean and interval once there are two."""
    claim, found = lesson.finding.claims[number], everyone.found
    count = len(everyone.values)
    if not count:
        text(words("teacher.nobody"), classes="small nobody")
        return
    keep(
        "class",
        histogram(everyone, words, unit_of(lesson, claim, words), claim.than),
        words("teacher.claim"),
        "44vh",
        key=f"{words.language}",
    )
    without = int(np.isnan(everyone.values).sum())
    if without:
        text(words("teacher.without", students=without), classes="small without")
    if found is None:
        text(words("teacher.one"), classes="small")
        return
    numbers = {name: words.number(value, 3) for name, value in (("mean", found.mean), ("low", found.low), ("high", found.high))}
    verdict = words("teacher.holds") if found.holds else words("teacher.open")
    text(words("teacher.found", students=count, verdict=verdict, **numbers), classes="found")
