"""Joint R&D grants: a competitive call that pays a share of selected joint projects.

Every quarter the call ranks its applications (pending projects within its scope, with an eligible member who knows of it) by
the members' expectations, seen with noise, and funds the best for which every paying country has the money.  Expected success enters the
next agreements as E_ij (agents/appraisal.py), so a call may also bring forth projects; whether it does is not set here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, normal, open_unit
from agents.meeting_places import CROSS_BORDER, CROSS_CLUSTER, IN_CLUSTER
from agents.parameters import number
from sim.instrument import SCOPES, Call

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@njit(cache=True)
def _scores(k, pr, rows, noise):
    """What the jury thinks of applications: the members' expectations plus noise of its own."""
    scores = np.empty(len(rows))
    for n in range(len(rows)):
        scores[n] = pr.value[rows[n]] + noise * normal(open_unit(bits(k, pr.key[rows[n]], 0)))
    return scores


@njit(cache=True)
def _applications(pr, applies, qualifies, scope, label):
    """Rows of pending, unfunded projects within the scope with a member that applies; over borders, of two paying countries."""
    fits = np.zeros(len(pr.status), np.bool_)
    for n in range(len(pr.status)):
        if pr.status[n] != 1 or pr.programme[n] >= 0:
            continue
        if (scope == IN_CLUSTER and not pr.in_cluster[n]) or (scope == CROSS_CLUSTER and not pr.cross_cluster[n]):
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
def _fund(pr, order, qualifies, purse, weight, share, quarters, budget, programme):
    """Fund applications in their order while every purse concerned lasts; writes programme and cover.  Returns how many won."""
    won = 0
    need = np.zeros(len(budget))
    for n in order:
        need[:] = 0.0
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            if qualifies[i]:
                need[purse[i]] += share * pr.cost[n, m] * weight[i] * quarters
        if np.any(need > budget):
            continue
        budget -= need
        won += 1
        pr.programme[n] = programme
        for m in range(pr.size[n]):
            pr.covered[n, m] = share if qualifies[pr.members[n, m]] else 0.0
    return won


@dataclass(frozen=True, slots=True, kw_only=True)
class JointGrants(Call):
    """A call for joint projects in a scope; pays `share` of each eligible member's part for at most `quarters` quarters."""

    kind: ClassVar[str] = "joint_grants"

    noise: float = number("sd of score", 0, 5, "guess: juries err", null=0)
    memory: float = number("share", 0, 1, "guess: weight of the past in the success rate applicants expect")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Funds applications; writes projects' programme and cover, and the success rate that applicants expect."""
        projects, people = world.projects.table(), world.population
        qualifies = (people.eligible & programme.flag) != 0
        rows = _applications(projects, programme.applicants(world), qualifies, SCOPES[self.scope], self.labels(world, programme))
        if len(rows) == 0:
            return
        scores = _scores(programme.key(world, Purpose.CALL_SCORE), projects, rows, self.noise)
        # equal scores cannot happen but at zero noise; the project key decides then
        order = rows[np.lexsort((projects.key[rows], -scores))]
        purse = programme.purses()[people.country]
        won = _fund(projects, order, qualifies, purse, world.weight, self.share, self.quarters, programme.free(world), programme.bit)
        programme.success = self.memory * programme.success + (1.0 - self.memory) * won / len(rows)
        world.apply_cost(programme, rows)
