"""Cooperation: a meeting leads to a memorandum, to business at once, or to nothing.

Both sides see what they see (agents/appraisal.py); side i agrees to a joint project if U_ij + e_ij > 0 with e_ij standard logistic;
both must agree.  A pair of firms that finds no project may do business at once:

    B_ij = business_base + business_match P_ij - (distance and border cost) / 2 + trust t_ij

The lead of an agreed project then invites up to `invitations` of its own contacts, each with probability `widening`, drawn by trust
(certainly, as long as a call within reach asks for more members);
the newcomer and every member must agree, with a bonus `pooling` for shared fixed costs.  Capacity is bounded: an organisation
carries at most 1 + floor((L / capacity_staff)^capacity_size) projects (science some more, nobody over capacity_most), those of
lower-weighted partners in proportion.
Meetings are taken in their drawn order, because capacity is scarce; values are those at the start of the phase.

Sources: two-sided agreement, Tomasello et al. (2014) as an idea; second option and consortia, found necessary for the two funnels
of the EU partnership programme and for the network facts (docs/evidence.md).  Values: calibrated or guesses, as marked.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.appraisal import appraise, separation
from agents.draws import bits, logistic, open_unit, pair_bits, unit
from agents.knowledge import proximity
from agents.meeting_places import in_scope
from agents.memorandum import sign, tie_team
from agents.parameters import number
from agents.projects import MEMBERS
from agents.search import step_over_tie
from agents.ties import advance, begin, connect, find


@dataclass(frozen=True, slots=True)
class CooperationParameters:
    """Parameters of agreement and of consortia."""

    trust_of_meeting: float = number("trust", 0, 0.5, "guess", null=0)
    invitations: int = number("contacts", 0, 4, "assumption", null=0, whole=True)
    widening: float = number("probability", 0, 1, "calibrated (docs/evidence.md)", null=0)
    known_noise: float = number("sd of log value", 0, 2, "guess: noise between those who know each other", null=0)
    capacity_staff: float = number("persons", 1, 1000, "guess: staff per further project, before the elasticity")
    capacity_size: float = number("elasticity", 0, 1, "guess")
    capacity_science: float = number("projects", 0, 10, "guess: what science carries more", null=0)
    capacity_most: float = number("projects", 1, 200, "guess")
    part_cost: float = number("share of R&D", 0.01, 1, "guess: a member's part relative to the smallest member's R&D")
    part_size: float = number(
        "elasticity", 0, 1, "guess: of a part in the smallest member's R&D; the rest in that of a median R&D performer"
    )
    least_cost: float = number("mln int$ / quarter", 0, 0.5, "guess: what a part costs at least")
    shared_saving: float = number("share of a part", 0, 0.4, "[PY17]: Belarusian hubs saved up to 40 % of infrastructure cost", null=0)
    shared_wear: float = number("1 / quarter", 0, 1, "guess: equipment lasts some eight years", null=1)
    incubation: float = number("share of the cost of a start", 0, 1, "guess: what incubators of full infrastructure save", null=0)


class Calls(NamedTuple):
    """Open calls for joint projects, as applicants see them; shape (calls,) each."""

    bit: np.ndarray  # i8, the programme's bit in `access`
    scope: np.ndarray  # i8, meeting_places scope
    expected: np.ndarray  # f8, share paid x chance to win
    least: np.ndarray  # i8, smallest consortium that may apply
    label: np.ndarray  # i8 (calls, rows), the country a call takes an organisation for


class Keys(NamedTuple):
    """Keys of the quarter that agreement needs."""

    noise: np.uint64
    agree: np.uint64
    business: np.uint64
    widen: np.uint64
    project: np.uint64


@njit(cache=True)
def capacity(kind, staff, p):
    """Most projects an organisation carries at once."""
    own = 1.0 + np.floor((staff / p.capacity_staff) ** p.capacity_size)
    return min(p.capacity_most, own + (p.capacity_science if kind != 0 else 0.0))


@njit(cache=True)
def expected_share(calls, access, s, i, j):
    """E_ij: the best expected share of cost that a call pays for a project of i and j, both aware of it and eligible."""
    best = 0.0
    for c in range(len(calls.bit)):
        both = access[i] & access[j] & (np.int64(1) << calls.bit[c])
        if both != 0 and in_scope(calls.scope[c], s.cluster, calls.label[c], s.kind, i, j):
            best = max(best, calls.expected[c])
    return best


@njit(cache=True)
def demanded(calls, access, s, i, j):
    """Members that the most demanding call asks for which a project of i and j fits, both aware of it and eligible; 0 without a call."""
    most = 0
    for c in range(len(calls.bit)):
        both = access[i] & access[j] & (np.int64(1) << calls.bit[c])
        if both != 0 and in_scope(calls.scope[c], s.cluster, calls.label[c], s.kind, i, j):
            most = max(most, calls.least[c])
    return most


@njit(cache=True)
def agrees(s, a, calls, access, t, keys, i, j, noise, bonus):
    """(does i agree to a project with j, U_ij), with i's own logistic draw of the quarter."""
    tie = find(t, i, j)
    trust = t.trust[tie] if tie >= 0 else 0.0
    # who has met more often sees better
    meetings = max(1, t.meetings[tie]) if tie >= 0 else 1
    worth = appraise(s, a, keys.noise, i, j, noise / np.sqrt(float(meetings)), trust, expected_share(calls, access, s, i, j))
    return worth + bonus + logistic(open_unit(bits(keys.agree, s.id[i], s.id[j]))) > 0.0, worth


@njit(cache=True)
def _business(s, a, t, keys, i, j):
    """Do two firms agree on business at once?  The shared part of B is computed once; each side has its own draw."""
    if s.kind[i] != 0 or s.kind[j] != 0:
        return False
    tie = find(t, i, j)
    trust = t.trust[tie] if tie >= 0 else 0.0
    worth = a.business_base + a.business_match * proximity(s.knowledge, i, j) - 0.5 * separation(s, a, i, j) + a.trust * trust
    side_i = logistic(open_unit(bits(keys.business, s.id[i], s.id[j])))
    side_j = logistic(open_unit(bits(keys.business, s.id[j], s.id[i])))
    return worth + side_i > 0.0 and worth + side_j > 0.0


@njit(cache=True)
def _has_room(s, p, load, weight, i, project_weight):
    return load[i] + project_weight / weight[i] <= capacity(s.kind[i], s.staff[i], p)


@njit(cache=True)
def _is_member(team, size, j):
    return np.any(team[:size] == j)


@njit(cache=True)
def _all_agree(s, a, p, calls, access, t, keys, team, size, newcomer):
    """Do the newcomer and all members agree to widen a project?"""
    for m in range(size):
        for i, j in ((team[m], newcomer), (newcomer, team[m])):
            if not agrees(s, a, calls, access, t, keys, i, j, p.known_noise, a.pooling)[0]:
                return False
    return True


@njit(cache=True)
def _widen(s, a, p, calls, access, t, keys, load, weight, luck, team):
    """Let the lead invite contacts; fills `team` (MEMBERS,) and returns (size, weight of the project)."""
    size = 2
    project_weight = min(weight[team[0]], weight[team[1]])
    wanted = demanded(calls, access, s, team[0], team[1])
    for n in range(p.invitations):
        if size == MEMBERS or (size >= wanted and unit(bits(keys.widen, luck, 2 * n)) >= p.widening):
            continue
        newcomer = step_over_tie(bits(keys.widen, luck, 2 * n + 1), t, s.id, team[0], team[1])
        if newcomer < 0 or _is_member(team, size, newcomer):
            continue
        smaller = min(project_weight, weight[newcomer])
        if not _has_room(s, p, load, weight, newcomer, smaller):
            continue
        if _all_agree(s, a, p, calls, access, t, keys, team, size, newcomer):
            team[size] = newcomer
            size += 1
            project_weight = smaller
    return size, project_weight


@njit(cache=True)
def meet(t, ids, weight, a, b, channel, quarter, opens, p, ladder):
    """Meetings make contacts and trust; counts new relations in `ladder` (see `advance`)."""
    for m in range(len(a)):
        tie = find(t, a[m], b[m])
        if tie < 0:
            tie = connect(t, ids, a[m], b[m], quarter, channel[m])
            if tie >= 0:
                begin(t, tie, min(weight[a[m]], weight[b[m]]), opens, ladder)
        if tie >= 0:
            t.meetings[tie] += 1
            t.trust[tie] += p.trust_of_meeting


@njit(cache=True)
def agree(s, a, p, calls, access, t, pr, keys, rows, noise, free, load, weight, research, reference, relief, quarter, opens, ladder):
    """Go through meetings (i, j in `rows` i8 (m, 2)) in their order; returns rows of new projects."""
    signed = np.empty(len(rows), np.int64)
    n_signed = 0
    team = np.empty(MEMBERS, np.int64)
    for m in range(len(rows)):
        i, j = rows[m, 0], rows[m, 1]
        tie = find(t, i, j)
        if tie < 0 or t.projects[tie] > 0:
            continue
        shared = min(weight[i], weight[j])
        channel = t.channel[tie]
        if _has_room(s, p, load, weight, i, shared) and _has_room(s, p, load, weight, j, shared):
            yes_i, worth_i = agrees(s, a, calls, access, t, keys, i, j, noise[m], 0.0)
            # the other side is asked only where it matters: draws are keyed, so nobody's luck depends on it
            yes_j, worth_j = agrees(s, a, calls, access, t, keys, j, i, noise[m], 0.0) if yes_i else (False, 0.0)
            if yes_j:
                luck = pair_bits(keys.project, s.id[i], s.id[j])
                leads = research[i] > research[j] or (research[i] == research[j] and s.id[i] < s.id[j])
                team[0], team[1] = (i, j) if leads else (j, i)
                size, project_weight = _widen(s, a, p, calls, access, t, keys, load, weight, luck, team)
                row = free[n_signed]
                worth = worth_i + worth_j
                sign(s, p, pr, row, team, size, project_weight, luck, quarter, worth, research, reference, relief, weight, load)
                pr.channel[row] = channel
                advance(t, tie, 1, shared, opens, ladder)
                tie_team(t, s.id, weight, team, size, quarter, opens, ladder)
                signed[n_signed] = row
                n_signed += 1
                continue
        if not t.business[tie] and _business(s, a, t, keys, i, j):
            t.business[tie] = True
            advance(t, tie, 3, shared, opens, ladder)
    return signed[:n_signed]
