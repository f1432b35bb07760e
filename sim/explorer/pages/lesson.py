"""Lessons on the page: the list, and one with its levers, its question, and its finding once a run has come to the end."""

import solara
from reacton import ipyvuetify as v

from sim.explorer.answer import measured
from sim.explorer.lessons import Lesson, lessons
from sim.explorer.pages.house import house
from sim.explorer.pages.parts import head, said, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.telling import judged


@solara.component
def Lessons(visitor: Visitor) -> None:
    """The lesson that is open, or all to choose from."""
    words, lesson = visitor.words, visitor.course.lesson.value
    if lesson is not None:
        Open(visitor, lesson)
        return
    text(words("lesson.choose"), classes="small")
    for name, each in lessons().items():
        Choice(visitor, name, each)


@solara.component
def Choice(visitor: Visitor, name: str, lesson: Lesson) -> None:
    """A lesson of the list."""
    words = visitor.words
    label = f"{said(lesson.title, words)} ({words('lesson.minutes', minutes=lesson.minutes)})"

    def opened() -> None:
        visitor.busy.do(lambda: visitor.course.open(name))

    solara.Button(label, on_click=opened, text=True, small=True, block=True, classes=["to-card", f"lesson-{name}"])


@solara.component
def Open(visitor: Visitor, lesson: Lesson) -> None:
    """A lesson."""
    _, words, course = visitor.tick.value, visitor.words, visitor.course
    with v.Html(tag="div", class_="lesson"):
        head(said(lesson.title, words), 3, classes="lesson-title")
        text(said(lesson.text, words))
        head(words("lesson.set"), 4)
        for name in lesson.arms:
            Arm(visitor, lesson, name)
        if course.arm is None:
            text(words("lesson.changed"), classes="small")
        head(words("lesson.question"), 4)
        text(said(lesson.question, words), classes="question")
        text(words("lesson.where", measure=measured(lesson, words)), classes="small")
        with v.Html(tag="div", class_="bar-of-choices"):
            if house().classroom is None:
                solara.Button(
                    words("lesson.luck"), on_click=lambda: visitor.busy.do(course.other_luck), small=True, outlined=True,
                    classes=["lesson-luck"],
                )  # fmt: skip
            solara.Button(words("lesson.close"), on_click=course.close, small=True, text=True, classes=["lesson-close"])
        Finding(visitor, lesson)


@solara.component
def Arm(visitor: Visitor, lesson: Lesson, name: str) -> None:
    """A set of levers to choose, and whether it was lived to the end."""
    _, words, course = visitor.tick.value, visitor.words, visitor.course
    here = course.arm == name

    def chosen() -> None:
        visitor.busy.do(lambda: course.set(name))

    label = said(lesson.arms[name].label, words)
    if name in course.ended:
        label = words("lesson.ended", arm=label)
    look = {"color": "primary"} if here else {"outlined": True}
    solara.Button(label, on_click=chosen, small=True, block=True, classes=["arm", f"arm-{name}"], **look)
    if name in course.handed:
        text(words("lesson.handed"), classes="small handed")


@solara.component
def Finding(visitor: Visitor, lesson: Lesson) -> None:
    """What is to be expected over many lucks: only for those who have seen one."""
    _, words, course = visitor.tick.value, visitor.words, visitor.course
    shown = course.revealed.value

    def turned() -> None:
        course.revealed.value = not shown

    label = words("lesson.hide") if shown else words("lesson.reveal")
    solara.Button(label, on_click=turned, disabled=not course.finished, small=True, block=True, outlined=True, classes=["reveal"])
    if not course.finished:
        text(words("lesson.first"), classes="small")
    elif shown:
        text(said(lesson.finding.text, words), classes="finding")
        text(words("lesson.many"), classes="small many")
        head(words("lesson.here"), 4)
        for claim in lesson.finding.claims:
            text(judged(lesson, claim, dict(course.ends), words), classes="small here")
