"""The teacher's page: the code of the class, who is there, and everybody's effects, drawn anew every few seconds."""

import threading
from collections.abc import Callable
from urllib.parse import parse_qs

import numpy as np
import solara
from reacton import ipyvuetify as v

from sim.explorer.answer import histogram
from sim.explorer.classroom import ENOUGH, ROUGH, Classroom, Everyone
from sim.explorer.finding import SMALL
from sim.explorer.lessons import Lesson
from sim.explorer.pages.address import Address
from sim.explorer.pages.house import house
from sim.explorer.pages.keep import keep
from sim.explorer.pages.kernel import spoken
from sim.explorer.pages.parts import STYLE, choice, head, said, text
from sim.explorer.telling import PERCENT, asked, axis, form
from sim.explorer.words import LANGUAGES, Words

SECONDS = 2.0
"""Between two looks at the class."""
KEY = "key"
"""In the address."""


@solara.component
def Teacher() -> None:
    """Nothing without the key, or in a browser that has shown it: it leaves the address bar, which others see on a projector."""
    query = parse_qs(solara.use_router().search or "").get(KEY, [""])[0]
    browser = solara.get_session_id()
    knows = solara.use_memo(lambda: admitted(browser, query), [])
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
        Class(classroom, words, browser)


def admitted(browser: str, key: str) -> bool:
    """Is this the teacher?"""
    classroom = house().classroom
    return classroom is not None and classroom.teaches(browser, key)


@solara.component
def Class(classroom: Classroom, words: Words, browser: str) -> None:
    """The class, the lesson that is asked about, and what everybody found; finding and note on request, as the class sees this page too.

    browser: the teacher's, for which the question that is asked is kept.
    """
    (name, claim), ask = solara.use_state(classroom.opened(browser))  # one state: a claim is one of its lesson
    told, tell = solara.use_state(False)
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

    def chosen(lesson: str, number: int) -> None:
        classroom.open(browser, lesson, number)
        ask((lesson, number))
        tell(told and lesson == name)

    lesson = classroom.lessons[name]
    head(words("teacher.title"), 3)
    numbers = {"students": classroom.students(), "places": classroom.places, "here": classroom.here()}
    text(words("teacher.here", code=classroom.shown, **numbers), classes="here")
    names = {each: said(one.title, words) for each, one in classroom.lessons.items()}
    choice(words("page.lessons"), name, names, lambda other: chosen(other, 0), "which-lesson")
    claims = {n: asked(lesson, each, words) for n, each in enumerate(lesson.finding.claims)}
    choice(words("teacher.claim"), claim, claims, lambda other: chosen(name, other), "which-claim")
    Found(lesson, claim, classroom.everyone(name, claim), words, told)
    label = words("teacher.hide") if told else words("teacher.tell")
    solara.Button(label, on_click=lambda: tell(not told), outlined=True, classes=["tell"])
    if told:
        head(words("lesson.finding"), 4)
        text(said(lesson.finding.text, words), classes="finding")
        head(words("teacher.note"), 4)
        text(said(lesson.note, words), classes="note")


@solara.component
def Found(lesson: Lesson, number: int, everyone: Everyone, words: Words, told: bool) -> None:
    """A claim in the class: the histogram, and what came of it.  told: is what the lesson expects shown?"""
    claim = lesson.finding.claims[number]
    if not len(everyone.values):
        text(words("teacher.nobody"), classes="small nobody")
        return
    than = claim.than if told else None
    picture = histogram(everyone, words, axis(lesson, claim, words), form(lesson, claim, words).factor, than)
    keep("class", picture, words("teacher.claim"), "44vh", key=f"{words.language}")
    if missing := undrawn(everyone, words):
        text(missing, classes="small without")
    text(summed_up(lesson, number, everyone, words, told), classes="found")


def undrawn(everyone: Everyone, words: Words) -> str:
    """How many students have no dot, and why, though each of them may have been shown a ratio over next to nothing; "" for none."""
    without = int(np.isnan(everyone.values).sum())
    return words("teacher.without", students=without, small=words.brief(PERCENT * SMALL)) if without else ""


def summed_up(lesson: Lesson, number: int, everyone: Everyone, words: Words, told: bool) -> str:
    """Mean of the class, or of ratios that of the sums over all; its interval where students are enough, and, where that is to be told,
    whether the lesson expects it."""
    claim, found, count = lesson.finding.claims[number], everyone.found, len(everyone.values)
    if found is None:
        return words("teacher.one", least=ENOUGH) if count == 1 else ""
    how, ratio = form(lesson, claim, words), claim.per is not None
    mean = words("teacher.together" if ratio else "teacher.found", students=count, mean=how.written(found.mean, words))
    if count < ENOUGH:
        return f"{mean}; {words('teacher.few', least=ENOUGH)}"
    interval = "teacher.rough" if ratio and count < ROUGH else "teacher.interval"
    between = words(interval, low=how.bare(found.low, words), high=how.written(found.high, words))
    verdict = f": {words('teacher.holds') if found.holds else words('teacher.open')}" if told else ""
    return f"{mean}; {between}{verdict}"
