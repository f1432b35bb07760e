"""A visitor: the page may be drawn while quarters are lived, and what goes on by itself ends with what it is of."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("solara")

import solara

from sim.explorer.charts import CHARTS, chart
from sim.explorer.lessons import lessons
from sim.explorer.levers import panels
from sim.explorer.limits import Refused
from sim.explorer.link import as_query
from sim.explorer.pages import drive
from sim.explorer.pages.bar import Time, year
from sim.explorer.pages.card import Card
from sim.explorer.pages.house import house
from sim.explorer.pages.keep import keep
from sim.explorer.pages.panels import Levers, Money, Purse
from sim.explorer.pages.scene import Charts, Scene
from sim.explorer.pages.taking import TakeAway
from sim.explorer.pages.visitor import Visitor
from sim.explorer.pictures import map_option
from sim.explorer.places import picture
from sim.explorer.session import Session
from sim.timetable import Entry
from tests.sim.explorer.sessions import SMALL

QUERY = f"v=1&world=demo&preset=grants&seed=3&size={SMALL}&q=1&t="
DOSE = "instrument.grants.dose"


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    """Somebody who came by a link and stands in quarter 1."""
    found = Visitor(QUERY)
    found.enter()
    assert found.message.value == ""
    yield found
    found.leave()


def drawn(component: Any, visitor: Visitor) -> None:
    """Draw a part of the page; whatever goes wrong is raised."""
    _, context = solara.render(component(visitor), handle_error=False)
    context.close()


def until(true: Any, seconds: float = 60.0) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_everything_may_be_drawn_while_quarters_are_lived(visitor: Visitor) -> None:
    over = threading.Event()

    def live() -> None:
        while not over.is_set():
            if visitor.at_end:
                visitor.do(lambda session: session.back_to_start())
            visitor.do(lambda session: session.step(), seen=False)
            visitor.do(lambda session: session.step(), seen=True)
            time.sleep(0.02)  # reacton gives up on a page that is drawn anew in every pass

    with ThreadPoolExecutor(1) as threads:
        living = threads.submit(live)
        try:
            for view, organisation in (("map", None), ("network", 1), ("budget", None)):
                visitor.view.value, visitor.organisation.value, visitor.cluster.value = view, organisation, 1
                for name in CHARTS:
                    visitor.chart.value = name
                    for component in (Charts, Scene, Card, Purse, Money, TakeAway, Time):
                        drawn(component, visitor)
                drawn(Levers, visitor)
        finally:
            over.set()
        living.result()


def test_nothing_is_drawn_under_the_lock(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes the lock: whoever had the page drawn while he holds it would wait for himself."""
    held: list[str] = []
    for name in ("tick", "message", "note"):
        getattr(visitor, name).subscribe(lambda _, name=name: held.append(name) if visitor.lock.locked() else None)
    for one in (visitor.drive.mode, visitor.fan.found, visitor.fan.running, visitor.taken, visitor.cluster):
        one.subscribe(lambda _: held.append("other") if visitor.lock.locked() else None)
    visitor.pull(DOSE, 5.0)
    assert visitor.message.value
    visitor.pull(DOSE, 0.05)
    visitor.step()
    visitor.restart()
    visitor.back()
    assert visitor.session is not None
    visitor.begin(replace(visitor.session.setting, seed=4))
    visitor.course.open("lock_in")
    visitor.course.other_luck()
    visitor.course.close()
    other = Visitor("v=9")
    other.message.subscribe(lambda _: held.append("link") if other.lock.locked() else None)
    other.enter()
    assert other.message.value
    other.leave()
    assert held == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_drive_that_fails_stands(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Session) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Session, "step", broken)
    visitor.drive.go("end")
    until(lambda: visitor.drive.mode.value == "")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fan_that_fails_may_be_asked_for_again(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Session, "step", broken)
    visitor.fan.open()
    until(lambda: not visitor.fan.running.value)
    assert visitor.fan.found.value is None


class Slow:
    """Pairs of a fan, each of which waits until a test lets it go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[Any] = []
        self.go = threading.Semaphore(0)
        lived = drive.Fan._pair

        def slowly(fan: drive.Fan, asked: drive.Asked, number: int) -> Any:
            self.begun.append((asked, number))
            assert self.go.acquire(timeout=60)
            return lived(fan, asked, number)

        monkeypatch.setattr(drive.Fan, "_pair", slowly)


def test_all_pairs_of_a_fan_have_the_levers_and_the_quarter_of_when_it_was_asked_for(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    visitor.fan.open()
    until(lambda: len(slow.begun) == 1)
    visitor.fan.open()
    visitor.step()
    slow.go.release(20)
    until(lambda: not visitor.fan.running.value)
    found = visitor.fan.found.value
    assert found is not None
    assert [number for _, number in slow.begun] == list(range(drive.PAIRS))
    assert {history.quarters[-1] for history in found.histories} == {0}
    assert found.asked.quarter == 1
    assert visitor.seen is not None
    assert visitor.seen.quarter == 2
    assert found.asked.holds(visitor.seen)
    pair = Session(replace(found.asked.setting, seed=5), house().cradle, found.asked.timetable)
    pair.run(1)
    assert (pair.history().policy["ties"] == found.histories[1].policy["ties"]).all()


@pytest.mark.parametrize("change", ["pull", "begin", "leave"])
def test_a_fan_ends_early_and_shows_nothing_once_levers_or_world_are_others(
    change: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    visitor.fan.open()
    until(lambda: len(slow.begun) == 1)
    assert visitor.session is not None
    deeds = {"pull": lambda: visitor.pull(DOSE, 0.09), "begin": lambda: visitor.begin(replace(visitor.session.setting, seed=4))}
    deeds.get(change, visitor.leave)()
    slow.go.release(20)
    until(lambda: not visitor.fan.running.value)
    assert len(slow.begun) == 1
    assert visitor.fan.found.value is None


def test_a_fan_goes_with_its_levers(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def lived() -> None:
        visitor.fan.open()
        until(lambda: not visitor.fan.running.value)
        assert visitor.fan.found.value is not None

    monkeypatch.setattr(drive, "PAIRS", 1)
    lived()
    visitor.step()
    visitor.back()
    assert visitor.fan.found.value is not None
    visitor.pull(DOSE, 0.09)
    assert visitor.fan.found.value is None
    lived()
    visitor.now.value = False
    visitor.pull(DOSE, 0.08)
    assert visitor.fan.found.value is not None
    visitor.restart()
    assert visitor.fan.found.value is None


def test_a_step_that_comes_too_late_is_not_taken_in_the_next_world(visitor: Visitor) -> None:
    assert visitor.session is not None
    visitor.drive.mode.value = ""
    visitor.drive._quarter(visitor.session, visitor.drive._turn)
    visitor.drive.mode.value = "play"
    visitor.drive._quarter(visitor.session, object())  # the turn of a play that was stopped
    assert visitor.session.quarter == 1


def test_who_left_while_a_world_was_made_has_none(visitor: Visitor) -> None:
    assert visitor.session is not None
    made = visitor.session
    visitor.leave()
    visitor._take(made)
    assert visitor.session is None


def test_a_session_whose_link_could_not_be_read_again_is_refused_with_a_word(visitor: Visitor) -> None:
    """Levers whose link is too long are refused when they are pulled, and not when somebody opens the link."""
    session, limits = visitor.session, house().limits
    assert session is not None
    levers = [lever for panel in panels(session) for lever in (*panel.levers, *panel.details) if lever.number is not None]
    some = {lever.key: lever.value for lever in levers[:220]}
    session._go_on(session._with((Entry(at=0, set=some),)))
    more = iter(levers[220:])
    while visitor.pull((lever := next(more)).key, lever.value):
        assert len(as_query(session)) <= limits.link_characters
    assert sum(len(entry.set) for entry in session.timetable) < limits.changes
    assert "would have 8,0" in visitor.message.value
    visitor.draw()
    query = visitor.link().removeprefix("?")
    assert len(query) <= house().limits.link_characters
    again = Visitor(query)
    again.enter()
    assert again.message.value == ""
    assert again.session is not None
    assert again.session.timetable == session.timetable
    again.leave()


def test_what_a_pull_makes_void_is_said(visitor: Visitor) -> None:
    assert visitor.session is not None
    visitor.session._go_on(visitor.session._with((Entry(at=9, set={"instrument.grants.end": 9}),)))
    visitor.pull("instrument.grants.start", 0)
    assert visitor.note.value == ""
    visitor.pull("instrument.grants.end", 12)
    assert "quarter 9" in visitor.note.value
    visitor.step()
    assert visitor.note.value
    visitor.pull(DOSE, 0.02)
    assert visitor.note.value == ""
    visitor.now.value = False
    visitor.pull("instrument.grants.end", 12)
    assert "After the restart" in visitor.note.value


def test_the_last_year_is_the_last() -> None:
    assert [year(quarter, 16) for quarter in (0, 3, 4, 15, 16)] == [1, 1, 2, 4, 4]


def test_another_luck_begins_a_lesson_again_and_its_finding_stays_open(visitor: Visitor) -> None:
    course = visitor.course
    course.open("lock_in")
    assert (course.name, course.finished) == ("lock_in", False)
    visitor.do(lambda session: session.run())
    assert course.ended == {course.arm}
    course.other_luck()
    assert course.ended == course.handed == set()
    assert set(course.lived) == {course.arm}
    assert course.finished


def test_a_lesson_that_is_refused_leaves_the_old_one_as_it_was(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    course = visitor.course
    course.open("lock_in")
    visitor.do(lambda session: session.run())
    before = (course.name, course.lesson.value, course.arm, set(course.ended), set(course.lived))
    other = next(name for name in lessons() if name != "lock_in")

    def refused(*_: Any) -> None:
        raise Refused("organisations", 2, 1, "too large")

    monkeypatch.setattr("sim.explorer.limits.Limits.admit", refused)
    course.open(other)
    assert visitor.message.value
    assert (course.name, course.lesson.value, course.arm, set(course.ended), set(course.lived)) == before


def test_another_quarter_sends_lines_and_their_axis_alone(visitor: Visitor) -> None:
    """Legend, frame and outlines of a picture are equal from quarter to quarter, and what is equal is not sent."""
    assert visitor.session is not None
    words, sent = visitor.words, []
    for _ in range(2):
        assert visitor.seen is not None
        options = [chart("ties", visitor.seen, words), map_option(picture(visitor.session.policy), words, None)]
        sent.append([keep("x", option, "").kwargs for option in options])
        visitor.step()
    for one, other in zip(*sent, strict=True):
        assert one["frame"] == other["frame"]
        assert one["option"] != other["option"]
        assert one["option"].keys() <= {"series", "xAxis"}
