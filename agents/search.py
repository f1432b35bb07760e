"""Search: how organisations meet, through five channels that differ in reach, pre-selection, noise and attention.

Own cluster       `cluster_slots` chances a quarter, each with probability cluster_rate x capability of the cluster organisation / slots;
                  whom one meets is drawn among the members.
Partners' partners with probability partner_rate a walk over one's ties, steps drawn in proportion to trust; with probability
                  `recontact`, or where the walk leads nowhere, one meets the partner again.
Chance            min(chance_slots, floor((L / chance_staff)^size + u)) chances, each with probability chance_rate; the country is
                  drawn with the search weights of geography (with probability `worldwide`, else one's own), then `seen` addresses in
                  its book; of those one sees, one talks to j with odds exp(focus P_ij + fame ln(1 + partners of j)).
Events, platform  agents/meeting_places.py, opened by instruments.

Attention is bounded: an organisation takes part in meetings, in a drawn order, while their attention fits
attention_base (1 + L / attention_staff)^size; what does not fit does not take place.  Where a pair meets twice in a quarter the channel
listed first counts, so a paid event is not credited with a meeting that happens anyway.

Sources: channels and slots growing with size, ideas tried in a prototype; rates are calibrated (docs/evidence.md).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.draws import bits, open_unit, pair_bits, unit
from agents.knowledge import proximity
from agents.parameters import number
from agents.ties import other_end


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """Parameters of search."""

    cluster_rate: float = number("chances / quarter", 0, 2, "calibrated (docs/evidence.md)", null=0)
    cluster_slots: int = number("chances", 1, 4, "assumption", whole=True)
    partner_rate: float = number("1 / quarter", 0, 1, "calibrated (docs/evidence.md)", null=0)
    recontact: float = number("probability", 0, 1, "guess")
    chance_rate: float = number("1 / quarter and slot", 0, 1, "calibrated (docs/evidence.md)", null=0)
    chance_slots: int = number("chances", 1, 16, "assumption", whole=True)
    chance_staff: float = number("persons", 1, 1000, "guess: staff that has one chance a quarter")
    size: float = number("elasticity", 0, 1, "guess: chances and attention grow less than staff", null=0)
    seen: int = number("organisations", 1, 12, "guess: how many one sees at a fair before one talks to somebody", null=1, whole=True)
    focus: float = number("log odds / proximity", 0, 10, "calibrated (docs/evidence.md): one talks to those of one's own field", null=0)
    fame: float = number("log odds / ln partners", 0, 3, "calibrated (docs/evidence.md); idea: Powell et al. 1996", null=0)
    worldwide: float = number("probability", 0, 1, "calibrated (docs/evidence.md)")
    attempts: int = number("addresses", 1, 8, "assumption: empty addresses tried again", whole=True)
    attention_base: float = number("attention / quarter", 0.5, 20, "guess")
    attention_staff: float = number("persons", 1, 1000, "guess: staff that doubles the base before the elasticity")
    cluster_noise: float = number("sd of log value", 0, 2, "guess", null=0)
    partner_noise: float = number("sd of log value", 0, 2, "guess", null=0)
    chance_noise: float = number("sd of log value", 0, 2, "guess", null=0)
    cluster_attention: float = number("attention", 0, 4, "guess")
    partner_attention: float = number("attention", 0, 4, "guess")
    chance_attention: float = number("attention", 0, 4, "guess")
    event_attention: float = number("attention", 0, 4, "guess: travel and preparation")
    platform_attention: float = number("attention", 0, 4, "guess")
    attention_cost: float = number("mln int$ / attention", 0, 0.1, "guess: two working days of two people", null=0)


FAINT = 0.01
"""Added to trust in draws over ties, so that one without trust can still be drawn."""


class Meetings(NamedTuple):
    """Meetings, or proposals of them: rows of both organisations, channel, noise of what they see of each other."""

    a: np.ndarray  # i8
    b: np.ndarray  # i8
    channel: np.ndarray  # i1
    noise: np.ndarray  # f8

    @classmethod
    def of(cls, pairs: np.ndarray, channel: int, noise: float) -> "Meetings":
        """Meetings of the rows of `pairs` i8 (m, 2) through one channel."""
        return cls(pairs[:, 0], pairs[:, 1], np.full(len(pairs), channel, np.int8), np.full(len(pairs), noise))


@njit(cache=True)
def drawn_member(z, rows, start, stop, id, active, i):
    """The member among rows[start:stop], other than i, whom the 64 bits z pick by rendezvous; -1 if there is none."""
    best = np.uint64(0)
    chosen = -1
    for m in range(start, stop):
        j = rows[m]
        if j == i or not active[j]:
            continue
        priority = bits(z, id[j], 0)
        if chosen < 0 or priority > best:
            best, chosen = priority, j
    return chosen


@njit(cache=True)
def cluster_meetings(k, id, active, cluster, rows, start, capability, p):
    """Pairs i8 (m, 2) that meet in their own cluster.  rows, start: members of cluster c are rows[start[c]:start[c + 1]]."""
    pairs = np.empty((len(id) * p.cluster_slots, 2), np.int64)
    count = 0
    for i in range(len(id)):
        c = cluster[i]
        if c < 0 or not active[i]:
            continue
        for slot in range(p.cluster_slots):
            if unit(bits(k, id[i], slot)) >= p.cluster_rate * capability[c] / p.cluster_slots:
                continue
            j = drawn_member(bits(k, id[i], p.cluster_slots + slot), rows, start[c], start[c + 1], id, active, i)
            if j >= 0:
                pairs[count] = (i, j)
                count += 1
    return pairs[:count]


@njit(cache=True)
def step_over_tie(z, t, id, i, barred):
    """A partner of i other than `barred`, drawn in proportion to trust by rendezvous; -1 if there is none."""
    best = 0.0
    chosen = -1
    for slot in range(t.of.shape[1]):
        tie = t.of[i, slot]
        if tie < 0:
            continue
        j = other_end(t, tie, i)
        if j == barred:
            continue
        wait = -math.log(open_unit(bits(z, id[j], 0))) / (FAINT + t.trust[tie])
        if chosen < 0 or wait < best:
            best, chosen = wait, j
    return chosen


@njit(cache=True)
def partner_meetings(k, id, active, t, p):
    """Pairs i8 (m, 2) that meet over a common partner, or meet a partner again."""
    pairs = np.empty((len(id), 2), np.int64)
    count = 0
    for i in range(len(id)):
        if not active[i] or unit(bits(k, id[i], 0)) >= p.partner_rate:
            continue
        j = step_over_tie(bits(k, id[i], 1), t, id, i, -1)
        if j < 0:
            continue
        if unit(bits(k, id[i], 2)) >= p.recontact:
            further = step_over_tie(bits(k, id[i], 3), t, id, j, i)
            j = further if further >= 0 else j
        pairs[count] = (i, j)
        count += 1
    return pairs[:count]


@njit(cache=True)
def drawn_country(z, keys, weight):
    """A country drawn in proportion to weight (C,) by rendezvous over country keys, whatever their order; -1 if all are 0."""
    best = 0.0
    chosen = -1
    for c in range(len(keys)):
        if weight[c] <= 0.0:
            continue
        wait = -math.log(open_unit(bits(z, keys[c], 0))) / weight[c]
        if chosen < 0 or wait < best:
            best, chosen = wait, c
    return chosen


@njit(cache=True)
def drawn_address(z, addresses, book, country, attempts, active, i):
    """An active organisation of a country at a drawn address, other than i; -1 after `attempts` empty ones."""
    for attempt in range(attempts):
        j = addresses[country, np.int64(unit(bits(z, attempt, 1)) * book[country])]
        if j >= 0 and j != i and active[j]:
            return j
    return -1


@njit(cache=True)
def partners(t, i):
    """Organisations that i has signed a memorandum with and still knows."""
    count = 0
    for slot in range(t.of.shape[1]):
        if t.of[i, slot] >= 0 and t.stage[t.of[i, slot]] >= 1:
            count += 1
    return count


@njit(cache=True)
def noticed(z, id, knowledge, t, addresses, book, country, p, active, i):
    """Whom i talks to among the organisations it sees at drawn addresses of a country; -1 if it sees nobody."""
    best = 0.0
    chosen = -1
    for sight in range(p.seen):
        j = drawn_address(bits(z, 3, sight), addresses, book, country, p.attempts, active, i)
        if j < 0 or j == chosen:
            continue
        if p.seen == 1:
            return j
        odds = math.exp(p.focus * proximity(knowledge, i, j)) * (1.0 + partners(t, j)) ** p.fame
        wait = -math.log(open_unit(bits(z, 4, id[j]))) / odds
        if chosen < 0 or wait < best:
            best, chosen = wait, j
    return chosen


@njit(cache=True)
def chance_meetings(k, id, active, staff, country, knowledge, t, search, keys, addresses, book, p):
    """Pairs i8 (m, 2) that meet by chance.  search (C, C): weight of the column for a searcher of the row."""
    pairs = np.empty((len(id) * p.chance_slots, 2), np.int64)
    count = 0
    for i in range(len(id)):
        if not active[i]:
            continue
        slots = min(p.chance_slots, np.int64((staff[i] / p.chance_staff) ** p.size + unit(bits(k, id[i], 0))))
        for slot in range(slots):
            z = bits(k, id[i], 1 + slot)
            if unit(bits(z, 0, 0)) >= p.chance_rate:
                continue
            c = np.int64(country[i])
            if unit(bits(z, 1, 0)) < p.worldwide:
                c = drawn_country(bits(z, 2, 0), keys, search[country[i]])
            j = noticed(z, id, knowledge, t, addresses, book, c, p, active, i) if c >= 0 else -1
            if j >= 0:
                pairs[count] = (i, j)
                count += 1
    return pairs[:count]


def join_meetings(id: np.ndarray, proposals: list[Meetings]) -> Meetings:
    """One proposal a pair, that of the first channel, with the smaller id as `a`; ascending by ids, so rows do not matter."""
    a, b, channel, noise = (np.concatenate(columns) for columns in zip(*proposals, strict=True))
    swap = id[a] > id[b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    order = np.lexsort((noise, channel, id[b], id[a]))
    a, b, channel, noise = a[order], b[order], channel[order], noise[order]
    first = np.ones(len(a), dtype=bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return Meetings(a[first], b[first], channel[first], noise[first])


@njit(cache=True)
def meeting_priority(k, id, a, b):
    """Drawn priority (m,) u8 of each meeting, by pair."""
    priority = np.empty(len(a), np.uint64)
    for m in range(len(a)):
        priority[m] = pair_bits(k, id[a[m]], id[b[m]])
    return priority


@njit(cache=True)
def within_attention(a, b, channel, weight, staff, attention, p, used):
    """Which meetings, taken in the order given, fit the attention of both; writes `used`, attention spent by row.

    A meeting stands for min(w_i, w_j) real ones, so it loads i by min(w_i, w_j) / w_i.  attention (channels,): of one meeting.
    """
    kept = np.zeros(len(a), np.bool_)
    for m in range(len(a)):
        i, j = a[m], b[m]
        shared = min(weight[i], weight[j])
        load_i = attention[channel[m]] * shared / weight[i]
        load_j = attention[channel[m]] * shared / weight[j]
        limit_i = p.attention_base * (1.0 + staff[i] / p.attention_staff) ** p.size
        limit_j = p.attention_base * (1.0 + staff[j] / p.attention_staff) ** p.size
        if used[i] + load_i <= limit_i and used[j] + load_j <= limit_j:
            used[i] += load_i
            used[j] += load_j
            kept[m] = True
    return kept


def channel_attention(p: SearchParameters) -> np.ndarray:
    """Attention a meeting costs, in the order of ties.Channel, shape (7,); a consortium's meetings are part of its project."""
    return np.array([p.cluster_attention, p.partner_attention, p.chance_attention, p.event_attention, p.event_attention,
                     p.platform_attention, 0.0])  # fmt: skip
