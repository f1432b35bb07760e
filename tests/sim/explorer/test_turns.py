"""Turns and fans: a few at once, first come first served, and nothing is lost when somebody errs."""

import threading
import time

import pytest

from sim.explorer.limits import Refused
from sim.explorer.turns import Fans, Turns


def test_no_more_at_once_than_may_and_who_came_first_is_first() -> None:
    turns, here, most, order, lock = Turns(2), 0, 0, [], threading.Lock()

    def live(number: int) -> None:
        nonlocal here, most
        with turns:
            with lock:
                here += 1
                most = max(most, here)
                order.append(number)
            time.sleep(0.01)
            with lock:
                here -= 1

    threads = [threading.Thread(target=live, args=(n,)) for n in range(10)]
    with turns, turns:
        for n, thread in enumerate(threads):
            thread.start()
            while len(turns._line) <= n:
                time.sleep(0.001)
        assert order == []
    for thread in threads:
        thread.join()
    assert most == 2
    assert all(abs(order.index(n) - n) <= 1 for n in range(10))
    with turns, turns:
        pass


def test_a_turn_ends_with_an_error() -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="oh"), turns:
            raise ValueError("oh")


def test_a_visitor_has_one_fan_and_all_together_a_few() -> None:
    fans = Fans(2)
    with fans.of("a"):
        with pytest.raises(Refused, match="try again in a minute") as refused, fans.of("a"):
            pass
        with fans.of("b"), pytest.raises(Refused), fans.of("c"):
            pass
        with fans.of("c"):
            pass
    assert (refused.value.key, refused.value.allowed) == ("fans", 2)
    with fans.of("a"):
        pass
