"""A visitor in a lesson: which one, with what set, what each set of levers gave so far, and whether the class has it."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import solara

from sim.explorer.classroom import arm_of
from sim.explorer.finding import End, ends
from sim.explorer.history import Curve
from sim.explorer.lessons import Lesson, lessons
from sim.explorer.link import LONGEST, is_link
from sim.explorer.pages.house import house
from sim.explorer.session import Session
from sim.explorer.setting import LAST_SEED, Setting

if TYPE_CHECKING:
    from sim.explorer.pages.visitor import Visitor

LESSON = "lesson"
"""In an address, beside a link; and the chart of the lesson that is open."""


class Course:
    """lived: arm -> the lesson's line with that arm's levers, as far as it was lived in this world on this luck;
    ends: arm -> the policy world and its twin at the end, on this luck; handed: arms that the class has of it; finished: was any lived to
    its end, on any luck?  revealed: is the finding shown?"""

    def __init__(self, visitor: "Visitor") -> None:
        self.visitor = visitor
        self.lesson: solara.Reactive[Lesson | None] = solara.reactive(None)
        self.name = ""
        self.arm: str | None = None
        self.revealed = solara.reactive(False)
        self.finished = False
        self.lived: dict[str, Curve] = {}
        self.ends: dict[str, tuple[End, End]] = {}
        self.handed: set[str] = set()
        self._of: Setting | None = None

    @property
    def ended(self) -> set[str]:
        """Arms that came to the end on this luck."""
        return set(self.ends)

    def open(self, name: str) -> None:
        """Begin a lesson with its first arm; a name that is none is passed over."""
        lesson = lessons().get(name)
        if lesson is None:
            return
        if self._begin(lesson, next(iter(lesson.arms)), self.visitor.seed()):
            self._go_on(name, lesson)
            self.visitor.do(lambda _: None)  # what was begun is noted for this lesson

    def resume(self, query: str) -> None:
        """The lesson that an address names, if it names one: in the world of its link, or from the beginning where it has none."""
        name = parse_qs(query).get(LESSON, [""])[0]
        if (lesson := lessons().get(name)) is None:
            self.visitor.message.value = self.visitor.words("error.no_lesson", name=name[:LONGEST]) if name else self.visitor.message.value
            return
        self.visitor.desk.value = "lessons"
        if is_link(query):
            self._go_on(name, lesson)
            self.visitor.attempt(lambda: None)  # what is lived already is noted for this lesson
        else:
            self.open(name)

    @property
    def address(self) -> str:
        """What an address says of it, behind a link."""
        return f"&{LESSON}={self.name}" if self.name else ""

    def close(self) -> None:
        """Leave the lesson; the world stays as it is."""
        if self.visitor.chart.value == LESSON:
            self.visitor.chart.value = "ties"
        self.name, self.lesson.value = "", None
        self._forget()

    def set(self, arm: str) -> None:
        """Set the levers of an arm, from the start, on the same luck."""
        lesson, session = self.lesson.value, self.visitor.session
        if lesson is not None and session is not None and arm in lesson.arms:
            self._begin(lesson, arm, session.setting.seed)

    def other_luck(self) -> None:
        """The same arm on the next seed."""
        lesson, session = self.lesson.value, self.visitor.session
        if lesson is not None and session is not None:
            self._begin(lesson, self.arm or next(iter(lesson.arms)), (session.setting.seed + 1) % (LAST_SEED + 1))

    def note(self) -> None:
        """Remember what the session's levers gave so far; at the end the class gets it."""
        lesson, session = self.lesson.value, self.visitor.session
        if lesson is None or session is None:
            return
        if session.setting != self._of:
            self.lived, self.ends, self.handed, self._of = {}, {}, set(), session.setting
        self.arm = arm_of(lesson, session)
        if self.arm is not None:
            self.lived[self.arm] = session.history().curve(lesson.indicator, lesson.place)
            if session.at_end:
                self.finished = True
                if self.arm not in self.ends:  # whatever is done after the end changes nothing of it
                    self.ends[self.arm] = ends(session)
                if self.arm not in self.handed:
                    self._hand_in(session)

    def _hand_in(self, session: Session) -> None:
        classroom = house().classroom
        if classroom is not None and (arm := classroom.report(self.visitor.student, self.name, session)):
            self.handed.add(arm)

    def _begin(self, lesson: Lesson, arm: str, seed: int | None) -> bool:
        def opened() -> Session:
            house().limits.admit(lesson.setting)
            return lesson.opened(house().cradle, arm, seed)

        return self.visitor.replace(opened)

    def _go_on(self, name: str, lesson: Lesson) -> None:
        self._forget()
        self.name, self.lesson.value = name, lesson
        self.visitor.chart.value = LESSON

    def _forget(self) -> None:
        self.arm, self.revealed.value, self.finished, self._of = None, False, False, None
        self.lived, self.ends, self.handed = {}, {}, set()
