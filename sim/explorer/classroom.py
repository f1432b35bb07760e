"""A class: a code to join with, an own seed for every student, and what the teacher sees of everybody's effects.

    classroom = Classroom(lessons(), places=60, absent_minutes=10)
    print(classroom.shown, classroom.key)                       # on the blackboard; for the teacher alone
    seed = classroom.join("10.0.0.7", "a student", typed)
    classroom.report("a student", "lock_in", session)           # at the end of a run
    classroom.everyone("lock_in", 0).counts                     # of the lesson's first claim

One student sees one luck; the class sees how luck is spread.  Seeds are others in every class and none that the findings of
docs/lessons.md were made with, so that a class tests a finding anew.  For any number of threads.  The name of a student is the browser's
cookie, which it may choose; an address is that of the connection, which it may not.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from sim.explorer.finding import MATCHED, End, Found, compared, effect, ends, judge, seen
from sim.explorer.lessons import TWIN, Claim, Lesson
from sim.explorer.limits import Refused
from sim.explorer.session import Session
from sim.explorer.setting import plan

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of a code: none that are taken for one another on a blackboard."""
CODE = 8
"""Letters of a code: 31^8 codes, 9 * 10^11; whoever has a thousand addresses with `TRIES` a minute each tries for 160 years."""
LONGEST = 64
"""Characters that are read of what somebody types."""
MINUTE = 60.0
TRIES = 10
"""Wrong codes a minute from one address.  Not from all together: one stranger with many would lock out the class."""
FIRST, LAST = 1_000, 1_000_000_000
"""Between which the seeds of a class begin.  Findings of lessons were made with 1, 2, ...: a class has others."""
MOST_BINS = 20
ENOUGH = 5
"""Students from whom on an interval is shown: by Student's t it is then 2.8 standard errors to each side.  With two students it would be
12.7, which says nothing of the class.  Of a ratio the interval is the delta method's, which is for many: `ROUGH`."""
ROUGH = 15
"""Students below whom the interval of a ratio is called rough.  Where the divisor varies by half to four fifths of its mean, and the other
side with it, what is called 95 % covers 91 to 93 % with five students and 92 to 94 % with fifteen (20 000 drawn classes of each size): it
gets better slowly, and the limit is a convention."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """One claim in the class: what each student saw, values f8 (students,), nan for one without a ratio; a histogram of the others as edges
    f8 (bins + 1,) and counts i8 (bins,); and what came of it over all, None with fewer than two students."""

    values: np.ndarray
    edges: np.ndarray
    counts: np.ndarray
    found: Found | None


class Classroom:
    """One class on one server.

    lessons: by name; places: students in all; absent_minutes: after which one without a page can lose the place; first: seed of the first
    student, drawn if None.
    """

    def __init__(
        self, lessons: Mapping[str, Lesson], places: int, absent_minutes: float, first: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.first = FIRST + secrets.randbelow(LAST - FIRST) if first is None else first
        self.code = "".join(secrets.choice(LETTERS) for _ in range(CODE))
        self.key = secrets.token_urlsafe(24)
        self.lessons, self.places, self.absent_minutes = lessons, places, absent_minutes
        self._clock, self._lock = clock, Lock()
        self._seeds: dict[str, int] = {}  # name of a student -> seed
        self._next = self.first  # seed of the next student; none is given twice
        self._pages: dict[str, set[str]] = {}  # name of a student -> open pages
        self._away: dict[str, float] = {}  # name of a student without a page -> since when, s
        self._teachers: set[str] = set()  # browsers that have shown the key
        self._open: dict[str, tuple[str, int]] = {}  # browser of a teacher -> lesson and claim on its page
        self._reports: dict[tuple[str, str], dict[int, tuple[End, End]]] = {}  # (lesson, arm) -> seed -> both worlds' ends
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()  # address -> when it was wrong within the last minute

    # students

    def join(self, address: str, name: str, typed: str) -> int:
        """The seed of a student who typed the code, the same whenever the student comes back.

        Raises Refused for a wrong code, after too many of them, and where all places are taken.
        """
        with self._lock:
            self._may_try(address)
            if not _same(_plain(typed), self.code):
                self._wrong.setdefault(address, []).append(self._clock())
                raise Refused("code", 0, 0, "This is not the code of this class: please look at the blackboard again.")
            if name not in self._seeds:
                self._make_room()
                self._seeds[name], self._away[name] = self._next, self._clock()
                self._next += 1
            return self._seeds[name]

    def _make_room(self) -> None:
        """Where all places are taken, that of the student who was absent longest; Refused where nobody was for long enough."""
        if len(self._seeds) < self.places:
            return
        latest = self._clock() - MINUTE * self.absent_minutes
        longest = min(self._away, key=lambda each: self._away[each], default=None)
        if longest is None or self._away[longest] > latest:
            raise Refused("class", len(self._seeds), self.places, f"All {self.places} places of this class are taken.")
        del self._seeds[longest], self._away[longest]

    def come(self, name: str, page: str) -> None:
        """A student opened a page."""
        with self._lock:
            if name in self._seeds:
                self._pages.setdefault(name, set()).add(page)
                self._away.pop(name, None)

    def go(self, name: str, page: str) -> None:
        """A student closed a page; one that was not open is passed over."""
        with self._lock:
            pages = self._pages.get(name, set())
            pages.discard(page)
            if name in self._pages and not pages:
                del self._pages[name]
                self._away[name] = self._clock()

    def seed(self, name: str) -> int | None:
        """The seed of a student who has joined, None for anybody else."""
        with self._lock:
            return self._seeds.get(name)

    def report(self, name: str, lesson: str, session: Session) -> str | None:
        """Hand in a run that is over; returns the arm of the lesson that was lived.

        None, and nothing is kept, for a run that is not over, on another seed or in another world, with levers of no arm, or of nobody.
        """
        arm = arm_of(self.lessons[lesson], session) if session.at_end and self.seed(name) == session.setting.seed else None
        if arm is None:
            return None
        policy, twin = (_of_claims(self.lessons[lesson], each) for each in ends(session))
        with self._lock:
            self._reports.setdefault((lesson, arm), {})[session.setting.seed] = (policy, twin)
        return arm

    # the teacher

    def teaches(self, browser: str, typed: str = "") -> bool:
        """Is this the teacher's key, or a browser that has shown it?  Tries are not counted: 2^192 keys are too many to try."""
        with self._lock:
            if _same(typed[:LONGEST], self.key):
                self._teachers.add(browser)
            return browser in self._teachers

    def opened(self, browser: str) -> tuple[str, int]:
        """Lesson and claim that a teacher's browser chose last, the first ones where it chose none: a reload keeps them."""
        with self._lock:
            return self._open.get(browser, (next(iter(self.lessons)), 0))

    def open(self, browser: str, lesson: str, claim: int) -> None:
        """A teacher's browser chose; anybody else's is passed over."""
        with self._lock:
            if browser in self._teachers:
                self._open[browser] = (lesson, claim)

    @property
    def shown(self) -> str:
        """The code as it is written on a blackboard."""
        return f"{self.code[:4]}-{self.code[4:]}"

    def students(self) -> int:
        """Students who have joined, and keep their places."""
        with self._lock:
            return len(self._seeds)

    def here(self) -> int:
        """Students with an open page."""
        with self._lock:
            return len(self._pages)

    def everyone(self, lesson: str, claim: int) -> Everyone:
        """What the class found on a claim of a lesson, of students who have lived all arms that it compares.  KeyError, IndexError."""
        asked = self.lessons[lesson].finding.claims[claim]
        arms = compared(asked)
        with self._lock:
            lived = {arm: dict(self._reports.get((lesson, arm), {})) for arm in arms}
        seeds = sorted(set.intersection(*(set(each) for each in lived.values())))
        return _spread(asked, {arm: [lived[arm][seed] for seed in seeds] for arm in arms})

    def _may_try(self, address: str) -> None:
        """Raise Refused for an address that was wrong too often within a minute; what is older is forgotten."""
        since = self._clock() - MINUTE
        for each in [each for each, times in self._wrong.items() if times[-1] < since]:
            del self._wrong[each]
        here = [at for at in self._wrong.get(address, ()) if at >= since]
        if len(here) >= TRIES:
            raise Refused("tries", len(here), TRIES, "Too many wrong codes: please wait a minute.")
        if here:
            self._wrong[address] = here


def arm_of(lesson: Lesson, session: Session) -> str | None:
    """The arm of a lesson whose levers a session has, in the lesson's world on any seed; None for none."""
    setting = replace(lesson.setting, seed=session.setting.seed)
    if setting != session.setting:
        return None
    own = plan(setting).timetable
    return next((name for name, arm in lesson.arms.items() if session.timetable == (*own, *arm.entries)), None)


def _of_claims(lesson: Lesson, found: End) -> End:
    """Only what claims of the lesson are about: a report is small."""
    names = {name for claim in lesson.finding.claims for name in (claim.outcome, claim.per) if name is not None}
    matched = any(name in MATCHED for name in names)
    kept = {name: found.numbers[name] for name in sorted(names - set(MATCHED))}
    return replace(found, numbers=kept, starts=found.starts if matched else ())


def _spread(claim: Claim, lived: Mapping[str, list[tuple[End, End]]]) -> Everyone:
    pairs = lived[claim.arm]
    if not pairs:
        return Everyone(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64), None)
    runs = {arm: [one for one, _ in both] for arm, both in lived.items()} | {TWIN: [twin for _, twin in pairs]}
    values = seen(claim, runs)
    shown = values[np.isfinite(values)]
    if not len(shown):
        return Everyone(values, np.empty(0), np.empty(0, dtype=np.int64), None)
    bins = min(MOST_BINS, max(1, int(np.ceil(np.sqrt(len(shown))))))
    counts, edges = np.histogram(shown, bins=bins)
    return Everyone(values, edges, counts, judge(claim, effect(claim, runs)) if len(values) > 1 else None)


def _plain(typed: str) -> str:
    """What was typed, in capitals, without spaces and hyphens."""
    return typed[:LONGEST].upper().replace(" ", "").replace("-", "")


def _same(one: str, other: str) -> bool:
    """Compared in a time that tells nothing."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
