"""Competition for joint projects, the part that all calls share: who applies, whom the jury likes, who is funded while money lasts."""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, normal, open_unit
from agents.meeting_places import CROSS_BORDER, CROSS_CLUSTER, FIRM_SCIENCE, IN_CLUSTER
from sim.instrument import SCOPES

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


def qualified(world: "World", programme: "Programme") -> np.ndarray:
    """Rows whose part the call would pay, bool (rows,)."""
    return (world.population.eligible & programme.flag) != 0


def applications(world: "World", programme: "Programme") -> np.ndarray:
    """Rows of pending, unfunded projects within the scope of a call with a member that applies."""
    call = programme.call
    return _applications(
        world.projects.table(),
        programme.applicants(world),
        qualified(world, programme),
        SCOPES[call.scope],
        call.least_members,
        call.labels(world, programme),
    )


def ranked(world: "World", programme: "Programme", rows: np.ndarray, noise: float) -> np.ndarray:
    """Applications as the jury ranks them: by the members' expectations, seen with a noise."""
    projects = world.projects.table()
    scores = _scores(programme.key(world, Purpose.CALL_SCORE), projects, rows, noise)
    # equal scores cannot happen but at zero noise; the project key decides then
    return rows[np.lexsort((projects.key[rows], -scores))]


def fund(world: "World", programme: "Programme", order: np.ndarray, regional: np.ndarray | None = None, most: float = np.inf) -> np.ndarray:
    """Fund applications in their order while every purse concerned lasts; returns the rows of the winners.

    regional: f8 (rows,), share of a member's part that its region adds out of its own budget; most: mln int$ a real project receives.
    Writes projects' programme, afterwards, covered, regional.
    """
    people, projects, call = world.population, world.projects.table(), programme.call
    region = np.zeros(people.capacity) if regional is None else np.minimum(regional, 1.0 - call.share)
    qualifies, purse = qualified(world, programme), programme.purses()[people.country]
    won = _fund(
        projects, order, qualifies, purse, world.weight, call.share, region, most, call.quarters, programme.free(world), programme.bit,
        call.afterwards,
    )  # fmt: skip
    winners = np.zeros(people.capacity, bool)
    members = projects.members[won]
    winners[members[members >= 0]] = True
    programme.serve(world, winners & qualifies)
    return won


def remember(programme: "Programme", won: int, applied: int, memory: float) -> None:
    """The success rate that applicants expect of the call follows what they see, slowly."""
    programme.success = memory * programme.success + (1.0 - memory) * won / applied


@njit(cache=True)
def _scores(k, pr, rows, noise):
    """What the jury thinks of applications: the members' expectations plus noise of its own."""
    scores = np.empty(len(rows))
    for n in range(len(rows)):
        scores[n] = pr.value[rows[n]] + noise * normal(open_unit(bits(k, pr.key[rows[n]], 0)))
    return scores


@njit(cache=True)
def _applications(pr, applies, qualifies, scope, least, label):
    """Rows of pending, unfunded projects in scope, large enough, with a member that applies; over borders, of two paying countries."""
    fits = np.zeros(len(pr.status), np.bool_)
    for n in range(len(pr.status)):
        if pr.status[n] != 1 or pr.programme[n] >= 0 or pr.size[n] < least:
            continue
        if (scope == IN_CLUSTER and not pr.in_cluster[n]) or (scope == CROSS_CLUSTER and not pr.cross_cluster[n]):
            continue
        if scope == FIRM_SCIENCE and not pr.with_science[n]:
            continue
        applied, abroad, first = False, False, -1
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            applied |= applies[i]
            if qualifies[i] and first < 0:
                first = label[i]
            abroad |= qualifies[i] and label[i] != first
        fits[n] = applied and (scope != CROSS_BORDER or abroad)
    return np.flatnonzero(fits)


@njit(cache=True)
def _fund(pr, order, qualifies, purse, weight, share, region, most, quarters, budget, programme, afterwards):
    """See `fund`.  Budgets are reserved for the longest support."""
    won = np.zeros(len(order), np.bool_)
    need = np.zeros(len(budget))
    for place in range(len(order)):
        n = order[place]
        need[:] = 0.0
        total = 0.0
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            if qualifies[i]:
                total += (share + region[i]) * pr.cost[n, m] * weight[i] * quarters
        limit = most * pr.weight[n]
        part = 1.0 if total <= limit else limit / total
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            if qualifies[i]:
                need[purse[i]] += part * share * pr.cost[n, m] * weight[i] * quarters
        if np.any(need > budget):
            continue
        budget -= need
        won[place] = True
        pr.programme[n] = programme
        pr.afterwards[n] = afterwards
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            pr.covered[n, m] = part * (share + region[i]) if qualifies[i] else 0.0
            pr.regional[n, m] = part * region[i] if qualifies[i] else 0.0
    return order[won]
