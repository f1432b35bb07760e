"""The field experiment on meetings: who is treated, who is a control, and whom the experiment leaves out."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.search import Meetings
from agents.ties import Channel
from sim.evidence.measures.lot import enrolled, related

LOT, ELSEWHERE = Channel.EVENT_C2C, Channel.CHANCE


def world(meetings: list[tuple[int, int, int]], ties: list[tuple[int, int]] = (), alive: tuple[int, ...] = tuple(range(8))) -> Any:
    """Eight organisations 100 to 107: rows 0 to 3 in cluster 0, 4 to 6 in cluster 1, 7 in none."""
    a, b, channel = (np.array(column, np.int64) for column in zip(*meetings, strict=True))
    one, other = (np.array(column, np.int64) for column in (zip(*ties, strict=True) if ties else ([], [])))
    people = SimpleNamespace(
        id=100 + np.arange(8),
        cluster=np.array([0, 0, 0, 0, 1, 1, 1, -1]),
        alive=np.isin(np.arange(8), alive),
        knowledge=np.eye(8) + 0.1,
    )
    return SimpleNamespace(
        population=people,
        flows=SimpleNamespace(meetings=Meetings(a, b, channel, np.zeros(len(a)))),
        ties=SimpleNamespace(a=one, b=other, living=lambda: np.arange(len(one))),
    )


def groups(*meetings: tuple[int, int, int], **how: Any) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Treated and control pairs, by row."""
    there = world(list(meetings), **how)
    treated, controls = enrolled(there, related(there))
    return tuple({(i - 100, j - 100) for i, j in each} for each in (treated, controls))


def test_controls_are_the_other_pairs_of_those_who_came():
    """Row 3 did not come, so nobody is compared with it."""
    treated, controls = groups((0, 1, LOT), (1, 2, LOT))
    assert treated == {(0, 1), (1, 2)}
    assert controls == {(0, 2)}


def test_nobody_is_compared_over_clusters():
    treated, controls = groups((0, 1, LOT), (4, 5, LOT), (5, 6, LOT))
    assert treated == {(0, 1), (4, 5), (5, 6)}
    assert controls == {(4, 6)}


@pytest.mark.parametrize("known", [(0, 1), (1, 0)])
def test_who_knows_each_other_already_is_left_out_of_both_groups(known: tuple[int, int]):
    assert groups((0, 1, LOT), (1, 2, LOT), ties=[known]) == ({(1, 2)}, {(0, 2)})
    assert groups((0, 1, LOT), (1, 2, LOT), ties=[(0, 2)])[1] == set()


def test_a_pair_that_met_elsewhere_in_that_quarter_is_no_control():
    assert groups((0, 1, LOT), (1, 2, LOT), (0, 2, ELSEWHERE)) == ({(0, 1), (1, 2)}, set())


def test_a_meeting_that_no_lot_made_treats_nobody():
    assert groups((0, 1, LOT), (2, 3, ELSEWHERE)) == ({(0, 1)}, set())


def test_a_meeting_over_clusters_is_none_of_the_experiment():
    assert groups((0, 1, LOT), (2, 4, LOT)) == ({(0, 1)}, set())


def test_who_has_left_is_not_followed():
    assert groups((0, 1, LOT), (1, 2, LOT), alive=(0, 1)) == ({(0, 1)}, set())
