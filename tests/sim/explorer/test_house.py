"""A house has as many guests as its limits say, and whoever does nothing for too long gives up place and worlds."""

import threading
import time
from dataclasses import replace

import pytest

from sim.explorer.classroom import Classroom
from sim.explorer.limits import Refused, Visitors, load_limits
from sim.explorer.pages.house import House


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Guest:
    """Remembers whether it was asked to leave."""

    def __init__(self, name: str, student: str = "") -> None:
        self.name, self.student, self.kernel_id, self.left = name, student, f"kernel of {name}", threading.Event()

    def put_out(self) -> None:
        self.left.set()


@pytest.fixture
def small(clock: Clock) -> House:
    limits = replace(load_limits(), sessions=2, idle_minutes=1.0)
    found = House(limits)
    found.visitors = Visitors(limits, clock)
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_newcomer_gets_the_place_and_the_memory_of_an_idle_guest(small: House, clock: Clock) -> None:
    idle, busy, new = Guest("idle"), Guest("busy"), Guest("new")
    small.enter(idle)
    small.enter(busy)
    with pytest.raises(Refused, match="All 2 places are taken"):
        small.enter(new)
    clock.now = 61.0
    small.visitors._seen["busy"] = 60.0
    small.enter(new)
    assert idle.left.wait(5.0)
    assert not busy.left.is_set()
    assert not new.left.is_set()
    with pytest.raises(Refused, match="please reload"):
        small.visitors.active("idle")


def test_a_guest_whose_page_is_gone_is_forgotten(small: House, clock: Clock) -> None:
    guest = Guest("gone")
    small.enter(guest)
    del guest
    assert not small._guests
    clock.now = 61.0
    small.enter(Guest("new"))


def test_nobody_has_to_come_for_an_idle_guest_to_be_put_out(small: House, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    idle, reader, looks = Guest("idle"), Guest("reader"), iter(range(3))
    small.enter(idle)
    small.enter(reader)
    monkeypatch.setattr(time, "sleep", lambda _: next(looks))
    clock.now = 50.0
    small.touched("kernel of reader")
    small.touched("kernel of nobody")
    clock.now = 61.0
    with pytest.raises(StopIteration):
        small.sweep()
    assert idle.left.wait(5.0)
    assert not reader.left.is_set()
    assert (small.visitors.here("idle"), small.visitors.here("reader")) == (False, True)


def test_a_class_knows_who_is_here(small: House) -> None:
    small.classroom = Classroom({}, 5, 10.0)
    small.classroom.join("address", "ann", small.classroom.code)
    one, other = Guest("page", "ann"), Guest("another page", "ann")
    small.enter(one)
    small.enter(other)
    small.leave(one)
    assert small.classroom.here() == 1
    small.leave(other)
    small.leave(other)
    assert small.classroom.here() == 0


def test_what_has_to_be_compiled_is_before_anybody_comes(small: House) -> None:
    small.limits = replace(small.limits, start=replace(small.limits.start, organisations=120))
    small.warm()
    assert small.cradle.bytes() > 0
    assert len(small.visitors) == 0
