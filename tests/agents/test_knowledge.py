"""What knowledge is worth: proximity, absorption, the inverted U, and what a project pools."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents.knowledge import absorption, breadth, depth, novelty, pool, proximity, reach, value
from agents.population import FIELDS

stocks = st.floats(0, 10)
two = arrays(np.float64, (2, FIELDS), elements=stocks)
four = arrays(np.float64, (4, FIELDS), elements=stocks)
REACH = 0.25


def at_distance(t: float) -> np.ndarray:
    """Two organisations of depth 1: one in the first half of the fields, one a part t of the way into the other half."""
    near, far = np.zeros(FIELDS), np.zeros(FIELDS)
    near[: FIELDS // 2], far[FIELDS // 2 :] = 1.0, 1.0
    pair = np.array([near, (1 - t) * near + t * far])
    return pair / np.sqrt((pair**2).sum(axis=1, keepdims=True))


@given(two)
def test_proximity_is_a_symmetric_share(k):
    assert 0.0 <= proximity(k, 0, 1) <= 1.0
    assert proximity(k, 0, 1) == proximity(k, 1, 0)


def test_proximity_of_the_same_direction_is_one_and_of_disjoint_fields_nil():
    k = np.zeros((4, FIELDS))
    k[0, :3], k[1, :3], k[2, 5] = [1, 2, 3], [2, 4, 6], 9
    assert proximity(k, 0, 1) == pytest.approx(1.0)
    assert proximity(k, 0, 2) == 0.0
    assert proximity(k, 0, 3) == 0.0  # the last knows nothing


def test_absorption_rises_from_nil_towards_one():
    capacities = [absorption(d) for d in (0.0, 0.5, 1.0, 10.0, 1e6)]
    assert capacities == sorted(capacities)
    assert capacities[0] == 0.0
    assert capacities[2] == 0.5
    assert capacities[-1] < 1.0


@given(two)
def test_value_is_the_product_of_its_parts(k):
    gap = sum(max(b - a, 0.0) for a, b in zip(k[0], k[1], strict=True))
    held = sum(k[1])
    depths = [math.sqrt(sum(x * x for x in row)) for row in k]
    follow = math.exp(-(1 - proximity(k, 0, 1)) / (REACH + depths[0] / (depths[0] + 1)))
    assert value(k, 0, 1, REACH, 1.0) == pytest.approx(gap / held * follow * math.sqrt(depths[1]) if held else 0.0)


def test_the_most_valuable_partner_is_neither_the_nearest_nor_the_farthest():
    curve = [value(at_distance(t), 0, 1, 0.05, 1.0) for t in np.linspace(0, 1, 21)]
    best = int(np.argmax(curve))
    assert curve[0] == pytest.approx(0.0)
    assert 0 < best < 20
    assert curve[20] < curve[best]


def test_who_knows_more_can_follow_farther():
    k = at_distance(0.6)
    shallow, deep = np.array([0.2 * k[0], k[1]]), np.array([5 * k[0], k[1]])
    assert reach(shallow, 0, 1, REACH, 1.0) < reach(deep, 0, 1, REACH, 1.0)


def test_nothing_is_new_in_what_one_knows():
    k = at_distance(0.0)
    assert novelty(k, 0, 1) == 0.0
    assert novelty(np.array([k[0], 2 * k[0]]), 1, 0) == 0.0


@given(two, st.integers(0, FIELDS - 1), stocks)
def test_breadth_and_depth_never_fall_with_more_of_a_field(k, field, more):
    richer = k.copy()
    richer[0, field] += more
    assert breadth(richer, 0) >= breadth(k, 0)
    assert depth(richer, 0) >= depth(k, 0)


def test_at_equal_total_the_even_is_broader():
    k = np.zeros((2, FIELDS))
    k[0], k[1, 0] = 1.0, FIELDS
    assert breadth(k, 0) == pytest.approx(FIELDS)
    assert breadth(k, 1) == pytest.approx(1.0)


@given(four)
def test_a_further_member_widens_the_pool_and_narrows_the_ground(k):
    rows = np.arange(4, dtype=np.int32)
    pools = [pool(k, rows, size) for size in (1, 2, 3, 4)]
    for smaller, larger in pairwise(pools):
        assert larger[0] >= smaller[0]
        assert larger[1] >= smaller[1]
        assert larger[2] <= smaller[2]
    assert pools[3][0] == pytest.approx(math.sqrt(sum(x * x for x in k.max(axis=0))))
    assert pools[3][2] == pytest.approx(math.sqrt(sum(x * x for x in k.min(axis=0))))
