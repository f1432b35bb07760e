"""Ties between two organisations, as columns, with a fixed-width list of ties per organisation.

A tie is born as a contact when two organisations meet; it becomes a memorandum when both agree on a project
and repeated when a second project follows.  `reached` remembers how far the relation has ever come
(met, agreed, project, business), which makes every funnel monotone.
"""

from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from agents.population import Column

WIDTH = 32
"""Most ties one organisation keeps; the weakest contact gives way to a new one."""


class TieStage(IntEnum):
    """How far a tie is now."""

    CONTACT = 0
    MEMORANDUM = 1
    REPEATED = 2


class Reached(IntEnum):
    """How far a relation has ever come; 'reached at least' is what a funnel counts."""

    MET = 0
    AGREED = 1
    PROJECT = 2
    BUSINESS = 3


class Channel(IntEnum):
    """Where two organisations met."""

    CLUSTER = 0
    PARTNER = 1
    CHANCE = 2
    EVENT_B2B = 3
    EVENT_C2C = 4
    PLATFORM = 5
    CONSORTIUM = 6


COLUMNS: dict[str, Column] = {
    "a": Column("i4", "row of population", "the member with the smaller id; -1 in a free row"),
    "b": Column("i4", "row of population", "the member with the larger id"),
    "stage": Column("i1", "TieStage", "contact, memorandum or repeated"),
    "reached": Column(
        "i1", "Reached", "the furthest the relation of the two has come; only the founding pair of a project counts as having it"
    ),
    "trust": Column("f8", "index", "trust between the two"),
    "since": Column("i4", "quarter", "quarter of the first meeting"),
    "channel": Column("i1", "Channel", "the channel of the first meeting"),
    "meetings": Column("i4", "count", "meetings so far"),
    "projects": Column("i4", "count", "projects of both that run or wait now"),
    "business": Column("?", "-", "the two do business with each other"),
}


class TieTable(NamedTuple):
    """The arrays of Ties, as kernels take them (`a`, `b`, ... over ties; `of` over organisations and slots)."""

    of: np.ndarray
    a: np.ndarray
    b: np.ndarray
    stage: np.ndarray
    reached: np.ndarray
    trust: np.ndarray
    since: np.ndarray
    channel: np.ndarray
    meetings: np.ndarray
    projects: np.ndarray
    business: np.ndarray
    holes: np.ndarray  # i8, stack of free rows below the mark
    marks: np.ndarray  # i8 (2,): rows ever used, holes among them


class Ties:
    """Columns of all ties (`capacity` rows, grown by `reserve`) and `of[row, k]`, the ties of an organisation (-1: none)."""

    if TYPE_CHECKING:

        def __getattr__(self, column: str) -> np.ndarray: ...
        def __setattr__(self, column: str, values: Any) -> None: ...

    def __init__(self, organisations: int, capacity: int) -> None:
        self.capacity = capacity
        self.of = np.full((organisations, WIDTH), -1, dtype=np.int32)
        self.holes = np.zeros(capacity, dtype=np.int64)
        self.marks = np.zeros(2, dtype=np.int64)
        for name, column in COLUMNS.items():
            setattr(self, name, np.zeros(capacity, dtype=column.dtype))
        self.a.fill(-1)
        self.b.fill(-1)

    def table(self) -> TieTable:
        """The arrays for kernels; valid until `reserve` is called."""
        return TieTable(**{name: getattr(self, name) for name in TieTable._fields})

    def living(self) -> np.ndarray:
        """Rows in use, ascending, shape (ties,)."""
        return np.flatnonzero(self.a[: self.marks[0]] >= 0)

    def reserve(self, more: int) -> None:
        """Make room for `more` ties without moving a row."""
        needed = int(self.marks[0]) + more
        if needed <= self.capacity:
            return
        self.capacity = max(2 * self.capacity, needed)
        for name in (*COLUMNS, "holes"):
            old = getattr(self, name)
            grown = np.zeros(self.capacity, dtype=old.dtype)
            grown[: len(old)] = old
            setattr(self, name, grown)
        self.a[self.marks[0] :] = -1
        self.b[self.marks[0] :] = -1


@njit(cache=True)
def find(t, i, j):
    """Row of the tie between organisations i and j, or -1."""
    for slot in range(t.of.shape[1]):
        tie = t.of[i, slot]
        if tie >= 0 and (t.a[tie] == j or t.b[tie] == j):
            return tie
    return -1


@njit(cache=True)
def other_end(t, tie, i):
    """The organisation at the other end of a tie of i."""
    return t.b[tie] if t.a[tie] == i else t.a[tie]


@njit(cache=True)
def remove(t, tie):
    """Free a tie's row and both ends' slots."""
    for end in (t.a[tie], t.b[tie]):
        for slot in range(t.of.shape[1]):
            if t.of[end, slot] == tie:
                t.of[end, slot] = -1
    t.a[tie] = -1
    t.b[tie] = -1
    t.business[tie] = False
    t.holes[t.marks[1]] = tie
    t.marks[1] += 1


@njit(cache=True)
def _room(t, ids, i):
    """A slot of i for a new tie: a free one, or that of its weakest idle contact (of equal trust: the smaller partner id); -1 if none."""
    weakest = -1
    weakest_slot = -1
    for slot in range(t.of.shape[1]):
        tie = t.of[i, slot]
        if tie < 0:
            return slot
        if t.projects[tie] > 0 or t.business[tie] or t.stage[tie] > 0:
            continue
        if weakest < 0 or t.trust[tie] < t.trust[weakest]:
            weakest, weakest_slot = tie, slot
        elif t.trust[tie] == t.trust[weakest] and ids[other_end(t, tie, i)] < ids[other_end(t, weakest, i)]:
            weakest, weakest_slot = tie, slot
    return weakest_slot


@njit(cache=True)
def connect(t, ids, i, j, quarter, channel):
    """Make a contact between i and j; the new tie's row, or -1 where one of them is too busy to keep it.

    The caller has reserved a row and knows that the two have no tie.
    """
    slot_i = _room(t, ids, i)
    slot_j = _room(t, ids, j)
    if slot_i < 0 or slot_j < 0:
        return -1
    for end, slot in ((i, slot_i), (j, slot_j)):
        if t.of[end, slot] >= 0:
            remove(t, t.of[end, slot])
    if t.marks[1] > 0:
        t.marks[1] -= 1
        tie = t.holes[t.marks[1]]
    else:
        tie = t.marks[0]
        t.marks[0] += 1
    t.of[i, slot_i] = tie
    t.of[j, slot_j] = tie
    t.a[tie], t.b[tie] = (i, j) if ids[i] < ids[j] else (j, i)
    t.stage[tie] = 0
    t.reached[tie] = 0
    t.trust[tie] = 0.0
    t.since[tie] = quarter
    t.channel[tie] = channel
    t.meetings[tie] = 0
    t.projects[tie] = 0
    t.business[tie] = False
    return tie


@njit(cache=True)
def begin(t, tie, amount, opens, ladder):
    """A relation begins: count it as met under its channel."""
    ladder[0, t.channel[tie], 0] += amount
    if t.since[tie] >= opens:
        ladder[1, t.channel[tie], 0] += amount


@njit(cache=True)
def advance(t, tie, to, amount, opens, ladder):
    """A relation has reached `to`: count every stage between, once in its life, under the channel it came from.

    ladder f8 (2, channels, 4): [every relation | relations begun since the programmes opened, channel, reached].
    """
    for stage in range(t.reached[tie] + 1, to + 1):
        ladder[0, t.channel[tie], stage] += amount
        if t.since[tie] >= opens:
            ladder[1, t.channel[tie], stage] += amount
    t.reached[tie] = max(t.reached[tie], to)
