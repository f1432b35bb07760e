"""The life of ties and projects after agreement: trust, consents, money, start, end, renewal.

Ties      trust decays by `trust_decay` a quarter; a tie below `forgotten` without project or business is forgotten; business ends
          with hazard `business_end`.
Pending   starts in a quarter after its memorandum in which every member has funds for `funds_quarters` quarters of its own net part, and,
          over borders, the countries' consent has been given (once given it stays), for which the award of a call that is free of it
          stands; of money that comes after the expense nothing is there yet; after `patience` quarters it lapses.
Active    ends with hazard `end` from the quarter after its start; with probability `success` it succeeds: trust rises among members
          (up to trust_most), and pairs of firms may go into business (`to_business`); otherwise only `trust_kept` of it is left.
Renewal   after a success every member may wish to go on (U + e > 0 towards the lead, trust counts): a new pending project.

Sources: hazard, Tomasello et al. (2015, arXiv 1507.07148): 0.4-0.5 a year; the rest guesses as marked.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from agents.cooperation import agrees
from agents.draws import bits, unit
from agents.memorandum import mark
from agents.parameters import number
from agents.projects import MEMBERS
from agents.ties import advance, find, remove

PENDING, ACTIVE = 1, 2
LAPSED, FAILED, SUCCEEDED, RENEWED = 1, 2, 3, 4
"""How a project leaves its present state, in the quarter's log."""


@dataclass(frozen=True, slots=True)
class ProjectParameters:
    """Parameters of the life of ties and projects."""

    trust_decay: float = number("1 / quarter", 0, 0.5, "guess", null=0)
    trust_of_success: float = number("trust", 0, 2, "guess", null=0)
    trust_most: float = number("trust", 0, 10, "guess: without a bound trust would feed on itself")
    trust_kept: float = number("share kept after failure", 0, 1, "guess", null=1)
    forgotten: float = number("trust", 0, 0.5, "guess")
    business_end: float = number("1 / quarter", 0, 0.5, "guess")
    funds_quarters: float = number("quarters", 0, 12, "guess: a bank's view of a two-year plan", null=0)
    patience: int = number("quarters", 1, 12, "guess", whole=True)
    end: float = number("1 / quarter", 0.05, 0.5, "calibrated (docs/evidence.md): Tomasello et al. (2015), 0.4 to 0.5 a year")
    success: float = number("probability", 0, 1, "guess")
    to_business: float = number("probability", 0, 1, "guess", null=0)


@njit(cache=True)
def age_ties(k_business, id, t, p):
    """Trust fades, business ends, idle ties are forgotten.  Writes the tie table."""
    for tie in range(t.marks[0]):
        if t.a[tie] < 0:
            continue
        t.trust[tie] *= 1.0 - p.trust_decay
        if t.business[tie] and unit(bits(k_business, id[t.a[tie]], id[t.b[tie]])) < p.business_end:
            t.business[tie] = False
        if t.trust[tie] < p.forgotten and t.projects[tie] == 0 and not t.business[tie]:
            remove(t, tie)


@njit(cache=True)
def current_load(pr, rows):
    """Weighted number of projects each of `rows` organisations carries, pending ones included; shape (rows,)."""
    load = np.zeros(rows)
    for n in range(len(pr.status)):
        if pr.status[n] == 0:
            continue
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            load[i] += pr.load[n, m]
    return load


@njit(cache=True)
def release(t, pr, n):
    """A project no longer counts in its members' ties; its row is free."""
    for m in range(pr.size[n]):
        for other in range(m):
            tie = find(t, pr.members[n, m], pr.members[n, other])
            if tie >= 0 and t.projects[tie] > 0:
                t.projects[tie] -= 1
    pr.status[n] = 0
    for m in range(MEMBERS):
        pr.members[n, m] = -1
        pr.member_ids[n, m] = -1


@njit(cache=True)
def _settle_trust(k_outcome, s, t, p, pr, n, success, weight, opens, ladder):
    """Success or failure in the members' ties; firms that succeeded together may do business."""
    for m in range(pr.size[n]):
        for other in range(m):
            i, j = pr.members[n, m], pr.members[n, other]
            tie = find(t, i, j)
            if tie < 0:
                continue
            if not success:
                t.trust[tie] *= p.trust_kept
                continue
            t.trust[tie] = min(p.trust_most, t.trust[tie] + p.trust_of_success)
            both_firms = s.kind[i] == 0 and s.kind[j] == 0
            if both_firms and not t.business[tie] and unit(bits(k_outcome, pr.key[n], 1 + m * MEMBERS + other)) < p.to_business:
                t.business[tie] = True
                if t.reached[tie] > 0:
                    advance(t, tie, 3, min(weight[i], weight[j]), opens, ladder)


@njit(cache=True)
def _wish_to_renew(s, a, p_known, calls, access, t, keys, pr, n):
    """Does every member want to go on with the lead (the lead: with the first partner)?"""
    for m in range(pr.size[n]):
        towards = pr.members[n, 0] if m > 0 else pr.members[n, 1]
        if not agrees(s, a, calls, access, t, keys, pr.members[n, m], towards, p_known, 0.0)[0]:
            return False
    return True


@njit(cache=True)
def end_projects(k_end, k_outcome, s, a, p, p_known, calls, access, t, pr, keys, quarter, weight, opens, ladder):
    """Active projects end or go on, in the order of their keys, since two projects may share a tie.

    Returns i1 (projects,): 0, FAILED, SUCCEEDED or RENEWED; the rows of the first two still hold their members for the log and
    must be released.
    """
    fate = np.zeros(len(pr.status), np.int8)
    for n in np.argsort(pr.key):
        if pr.status[n] != ACTIVE or pr.started[n] == quarter or unit(bits(k_end, pr.key[n], 0)) >= p.end:
            continue
        success = unit(bits(k_outcome, pr.key[n], 0)) < p.success
        _settle_trust(k_outcome, s, t, p, pr, n, success, weight, opens, ladder)
        fate[n] = SUCCEEDED if success else FAILED
        if success and _wish_to_renew(s, a, p_known, calls, access, t, keys, pr, n):
            fate[n] = RENEWED
    return fate


@njit(cache=True)
def renew(s, t, pr, keys, rows, quarter):
    """Turn succeeded projects into pending ones of the same members: a new key, no programme, marks as of now."""
    team = np.empty(MEMBERS, np.int64)
    for n in rows:
        size = pr.size[n]
        for m in range(size):
            team[m] = pr.members[n, m]
            for other in range(m):
                tie = find(t, team[m], team[other])
                if tie >= 0:
                    t.stage[tie] = 2
        pr.key[n] = bits(keys.project, pr.key[n], 1)
        pr.status[n] = PENDING
        pr.born[n] = quarter
        pr.started[n] = -1
        pr.renewal[n] = True
        pr.programme[n] = -1
        pr.covered[n] = 0.0
        pr.afterwards[n] = False
        pr.regional[n] = 0.0
        pr.innovations[n] = 0
        mark(s, pr, n, team, size)


@njit(cache=True)
def _consented(k_consent, s, pr, n, consent, passable, free_calls):
    """Has every pair of the members' countries agreed?  One draw a project and quarter; the least willing pair decides.

    An award of a call in the bit set `free_calls` stands for all consents, but opens no closed border (`passable` bool (C, C)).
    """
    least, open_borders = 1.0, True
    for m in range(pr.size[n]):
        for other in range(m):
            c, d = s.country[pr.members[n, m]], s.country[pr.members[n, other]]
            least = min(least, consent[c, d])
            open_borders &= passable[c, d]
    if open_borders and pr.programme[n] >= 0 and free_calls & (np.int64(1) << np.int64(pr.programme[n])):
        return True
    return unit(bits(k_consent, pr.key[n], 0)) < least


@njit(cache=True)
def _funded(p, pr, n, funds):
    """Has every member the money for its own net part?  funds: liquid funds by row (inf for science, which has a budget)."""
    for m in range(pr.size[n]):
        i = pr.members[n, m]
        in_time = 0.0 if pr.afterwards[n] else pr.covered[n, m]
        if funds[i] < p.funds_quarters * pr.cost[n, m] * (1.0 - in_time):
            return False
    return True


@njit(cache=True)
def start_projects(k_consent, s, p, pr, consent, passable, free_calls, funds, t, quarter, weight, opens, ladder):
    """Pending projects start or lapse.

    Returns i1 (projects,): ACTIVE where one starts now, LAPSED (members kept for the log, to be released), else 0.
    """
    fate = np.zeros(len(pr.status), np.int8)
    for n in range(len(pr.status)):
        if pr.status[n] != PENDING or pr.born[n] >= quarter:
            continue
        if not pr.consented[n]:
            pr.consented[n] = _consented(k_consent, s, pr, n, consent, passable, free_calls)
        if pr.consented[n] and _funded(p, pr, n, funds):
            pr.status[n] = ACTIVE
            pr.started[n] = quarter
            fate[n] = ACTIVE
            i, j = pr.members[n, 0], pr.members[n, 1]
            tie = find(t, i, j)
            if tie >= 0 and t.reached[tie] > 0:
                advance(t, tie, 2, min(weight[i], weight[j]), opens, ladder)
        elif quarter - pr.born[n] >= p.patience:
            fate[n] = LAPSED
    return fate


@njit(cache=True)
def note_first_foreign(s, pr, rows, quarter, first_foreign):
    """Writes the quarter of the first foreign project partner."""
    for n in rows:
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            for other in range(pr.size[n]):
                if first_foreign[i] < 0 and s.country[pr.members[n, other]] != s.country[i]:
                    first_foreign[i] = quarter
