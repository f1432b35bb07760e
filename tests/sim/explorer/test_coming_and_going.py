"""Pages without a browser: whoever is refused or put out is told and can come back, a class says whose seed it is, its teacher chooses."""

import os
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

if os.environ.get("CI") != "true":  # there the extra is installed, and its absence is a failure
    pytest.importorskip("solara")
import ipyvuetify
import solara

from sim.explorer.classroom import Classroom
from sim.explorer.lessons import lessons
from sim.explorer.limits import load_limits
from sim.explorer.pages import arrival, busy, course, house, teacher, visitor
from sim.explorer.pages.app import Away, OtherSeed
from sim.explorer.pages.busy import Working
from sim.explorer.pages.house import House
from sim.explorer.pages.visitor import Visitor
from sim.explorer.session import Session
from sim.explorer.setting import Setting
from sim.explorer.words import Words
from tests.sim.explorer.sessions import SMALL


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> House:
    """A house of two places, small worlds."""
    shipped = load_limits()
    found = House(replace(shipped, sessions=2, pages_per_browser=1, start=replace(shipped.start, organisations=SMALL)))
    for module in (house, visitor, arrival, course, teacher):
        monkeypatch.setattr(module, "house", lambda: found)
    return found


@pytest.fixture
def drawn() -> Iterator[Any]:
    """Draws an element, and closes it in the end."""
    open_now = []

    def draw(element: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rc = solara.render(solara.Column(children=[element]), handle_error=False)[1]
        open_now.append(rc)
        return rc

    yield draw
    for rc in open_now:
        rc.close()


def words_of(rc: Any) -> str:
    """All that is written on a page."""

    def said(part: Any) -> str:
        return part if isinstance(part, str) else " ".join(map(said, getattr(part, "children", ())))

    return said(rc.container)


def press(rc: Any, name: str, visitor: Visitor) -> None:
    """Press a button, and wait for what it begins."""
    click(rc, name)
    rested(visitor)


def click(rc: Any, name: str) -> None:
    (button,) = [each for each in rc.find(ipyvuetify.Btn).widgets if name in each.class_]
    button.click()


def rested(visitor: Visitor) -> None:
    end = time.monotonic() + 60.0
    while visitor.busy.working:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_whoever_is_refused_is_told_and_gets_in_by_the_button_once_there_is_room(ours: House, drawn: Any) -> None:
    one, other, late = (Visitor("", name) for name in ("a", "b", "c"))
    one.enter()
    other.enter()
    late.enter()
    assert (late.session, late.away.value) == (None, True)
    assert "2 places are taken" in late.message.value
    rc = drawn(Away(late))
    press(rc, "again", late)
    assert late.away.value
    one.leave()
    press(rc, "again", late)
    assert (late.session is None, late.away.value, late.message.value) == (False, False, "")
    again = Visitor("", "b")
    other.leave()
    other.enter()
    again.enter()
    assert again.away.value


def test_a_browser_has_no_more_pages_than_it_may(ours: House) -> None:
    one, second = Visitor("", "a"), Visitor("", "a")
    one.enter()
    second.enter()
    assert second.away.value
    assert "1 pages of the explorer open" in second.message.value


def test_whoever_is_put_out_comes_back_to_the_same_quarter(ours: House) -> None:
    one = Visitor("", "a")
    one.enter()
    one.begin(replace(one.session.setting, seed=9))
    one.step()
    one.put_out()
    assert (one.session, one.away.value, len(ours.visitors)) == (None, True, 0)
    assert "place was given up" in one.message.value
    one.step()
    assert one.session is None
    one.enter()
    assert (one.session.setting.seed, one.session.quarter, one.away.value) == (9, 1, False)


def test_wrong_codes_count_for_the_address_not_for_the_cookie(ours: House) -> None:
    ours.classroom = Classroom(lessons(), 5, 10.0)
    for n in range(11):
        Visitor("", f"cookie {n}", address="10.0.0.1").join("WRONG")
    locked, free = Visitor("", "ann", address="10.0.0.1"), Visitor("", "bob", address="10.0.0.2")
    locked.join(ours.classroom.code)
    free.join(ours.classroom.code)
    assert (locked.joined.value, free.joined.value) == (False, True)
    assert "wait a minute" in locked.message.value
    assert (ours.classroom.students(), ours.classroom.here()) == (1, 1)


def test_a_student_on_another_seed_is_told_and_goes_back_by_a_button(ours: House, drawn: Any) -> None:
    ours.classroom = Classroom(lessons(), 5, 10.0)
    ann = Visitor("", "ann")
    ann.join(ours.classroom.code)
    own = ours.classroom.first
    rc = drawn(OtherSeed(ann))
    assert "seed" not in words_of(rc)
    ann.begin(replace(ann.session.setting, seed=7))
    assert f"has seed 7, yours in the class is {own}" in words_of(rc)
    press(rc, "own-seed", ann)
    assert ann.session.setting.seed == own
    assert "seed" not in words_of(rc)


def test_a_lesson_with_fewer_claims_may_follow_on_the_teachers_page(ours: House, drawn: Any) -> None:
    known = lessons()
    more, fewer = (by(known, key=lambda name: len(known[name].finding.claims)) for by in (max, min))
    room = Classroom(known, 5, 10.0)
    rc = drawn(teacher.Class(room, Words("en"), "teacher"))

    def field(name: str) -> Any:
        return next(
            each for each in [*rc.find(ipyvuetify.Select).widgets, *rc.find(ipyvuetify.Autocomplete).widgets] if name in each.class_
        )

    field("which-lesson").v_model = more
    field("which-claim").v_model = len(known[more].finding.claims) - 1
    assert field("which-claim").v_model > len(known[fewer].finding.claims) - 1
    field("which-lesson").v_model = fewer
    assert (field("which-lesson").v_model, field("which-claim").v_model) == (fewer, 0)
    assert known[fewer].finding.text.en not in words_of(rc)
    click(rc, "tell")
    assert known[fewer].finding.text.en in words_of(rc)
    assert known[fewer].finding.text.en not in words_of(drawn(teacher.Class(room, Words("en"), "teacher")))
    assert "Joined: 0 of 5; here now: 0" in words_of(rc)


def test_what_takes_long_is_done_in_turn_a_few_times_at_most_and_nothing_else_meanwhile(ours: House, drawn: Any) -> None:
    one, done, may = Visitor("", "a"), [], threading.Event()
    one.enter()

    def slow(n: int) -> None:
        may.wait(60.0)
        one.do(lambda _: done.append(n))

    rc = drawn(Working(one.busy, one.words))
    assert words_of(rc).split() == []
    for n in range(busy.MOST + 2):
        one.busy.do(lambda n=n: slow(n))
    assert "being prepared" in words_of(rc)
    assert not one.pull("instrument.grants.dose", 0.05)
    assert "please wait a moment" in one.message.value
    one.step()
    may.set()
    rested(one)
    assert (done, words_of(rc).split(), one.session.quarter, one.session.timetable) == ([*range(busy.MOST)], [], 0, ())
    one.step()
    assert (one.session.quarter, one.message.value) == (1, "")


def test_who_wants_a_run_to_the_end_while_another_world_is_prepared_means_that_one(ours: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one, begun, may, opened = Visitor("", "a"), threading.Event(), threading.Event(), Visitor._opened
    one.enter()

    def late(visitor: Visitor, setting: Setting) -> Session:
        begun.set()
        may.wait(60.0)
        return opened(visitor, setting)

    monkeypatch.setattr(Visitor, "_opened", late)
    one.busy.do(lambda: one.begin(replace(one.session.setting, seed=9)))
    begun.wait(60.0)
    one.drive.go("end")
    time.sleep(0.2)
    assert one.session.quarter == 0
    may.set()
    rested(one)
    end = time.monotonic() + 60.0
    while not (one.at_end and one.session.setting.seed == 9):
        assert time.monotonic() < end, (one.session.quarter, one.drive.mode.value)
        time.sleep(0.02)


def test_what_goes_wrong_unforeseen_is_said_and_leaves_no_empty_page(ours: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Visitor("", "a")
    monkeypatch.setattr(Visitor, "_opened", lambda *_: {}["nothing"])
    one.busy.do(one.enter)
    rested(one)
    assert (one.away.value, one.session, len(ours.visitors)) == (True, None, 0)
    assert "Something went wrong" in one.message.value
    monkeypatch.undo()


def test_whoever_leaves_while_the_world_is_made_holds_no_place(ours: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one, opened = Visitor("", "a"), Visitor._opened

    def left(visitor: Visitor, setting: Setting) -> Session:
        found = opened(visitor, setting)
        visitor.leave()
        return found

    monkeypatch.setattr(Visitor, "_opened", left)
    one.enter()
    assert (one.session, one.seen, len(ours.visitors)) == (None, None, 0)


def test_a_page_that_is_closed_takes_no_place_any_more(ours: House) -> None:
    one = Visitor("", "a")
    one.close()
    one.enter()
    assert (one.session, len(ours.visitors)) == (None, 0)


def test_an_address_of_a_lesson_alone_opens_it_and_one_who_is_put_out_comes_back_to_it(ours: House) -> None:
    one = Visitor("lesson=anyway", "a")
    one.enter()
    assert (one.course.name, one.course.arm, one.message.value) == ("anyway", next(iter(lessons()["anyway"].arms)), "")
    one.step()
    one.put_out()
    assert one.address_bar().endswith("&lesson=anyway")
    assert "place was given up" in one.message.value
    one.enter()
    assert (one.course.name, one.session.quarter) == ("anyway", 1)


def test_what_was_lived_in_another_world_is_not_compared(ours: House) -> None:
    one = Visitor("lesson=anyway", "a")
    one.enter()
    one.step()
    assert set(one.course.lived) == {one.course.arm}
    one.begin(replace(one.session.setting, organisations=100))
    assert (one.course.lived, one.course.arm) == ({}, None)


def test_an_address_brings_back_the_world_and_the_lesson(ours: House) -> None:
    one = Visitor("", "a")
    one.enter()
    assert one.address_bar() == one.link()
    one.course.open("lock_in")
    one.step()
    there = one.address_bar()
    assert there.endswith("&lesson=lock_in")
    timetable = one.session.timetable
    one.leave()
    again = Visitor(there.removeprefix("?"), "a")
    assert again.address_bar() == there
    again.enter()
    assert (again.session.quarter, again.session.timetable, again.course.name) == (1, timetable, "lock_in")
    assert (again.desk.value, again.chart.value, again.course.arm) == ("lessons", "lesson", next(iter(lessons()["lock_in"].arms)))
    assert again.address_bar() == there
    none = Visitor(there.removeprefix("?").replace("lock_in", "no_such"), "b")
    none.enter()
    assert (none.course.lesson.value, none.session.quarter) == (None, 1)
