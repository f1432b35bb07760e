"""Reimbursement of joint projects of registered clusters: a call that pays a part of the cost after the expense.

Russian resolution 41 of 2016 [PY17]: up to half of the cost of joint projects of the members of a registered industrial cluster whose
output replaces imports.  Members find the whole money first, so it does not help whoever cannot; what they have really spent is a claim,
paid once a year in the year that follows.  Claims of those who leave lapse.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from sim.calendar import YEAR
from sim.competition import applications, fund, ranked, remember
from sim.eligibility import replaces_imports
from sim.infrastructure import of_members
from sim.instrument import Call
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Reimbursement(Call):
    """Selects joint projects as a call does, and pays `share` of the expense of their eligible members in the year after it."""

    kind: ClassVar[str] = "reimbursement"
    afterwards: ClassVar[bool] = True

    noise: float = number("sd of score", 0, 5, "guess: juries err", null=0)
    memory: float = number("share", 0, 1, "guess: weight of the past in the success rate applicants expect")

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Members of registered clusters, those with an association, whose output replaces imports."""
        return of_members(world.clusters.founded, world.population.cluster) & replaces_imports(world)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Selects applications; writes projects' programme and cover, and the success rate that applicants expect."""
        rows = applications(world, programme)
        if len(rows) == 0:
            return
        won = fund(world, programme, ranked(world, programme, rows, self.noise))
        remember(programme, len(won), len(rows), self.memory)
        world.apply_cost(programme, rows)

    def honour(self, world: "World", programme: "Programme") -> None:
        """Once a year pays the claims of the year before, as cash in hand."""
        if programme.age(world) % YEAR == 0 and np.any(programme.claims > 0.0):
            world.levers.cash = world.levers.cash + programme.claims
            programme.charge_organisations(world, "reimbursement", programme.claims)
            programme.claims = np.zeros_like(programme.claims)

    def pay(self, world: "World", programme: "Programme") -> None:
        """What members really spent this quarter on projects selected becomes a claim."""
        spent, planned = world.population.research, world.flows.project_cost
        _claim(world.projects.table(), programme.bit, world.quarter, spent, planned, programme.claims)

    def settle(self, world: "World", programme: "Programme") -> None:
        """Claims of those who left lapse; whoever took over their row has none."""
        programme.claims[~world.population.alive] = 0.0
        programme.claims[world.flows.entered] = 0.0

    def owes(self, world: "World", programme: "Programme") -> np.ndarray:
        """Expenses to come of projects selected, and claims for those of the past."""
        claims = by_country(programme.claims, world.weight, world.population.country, len(world.countries))
        return self.promised(world, programme) + claims


@njit(cache=True)
def _claim(pr, programme, quarter, spent, planned, claims):
    """Add the covered part of each member's expense; one whose money fell short did only a part of its work."""
    for n in range(len(pr.status)):
        if pr.status[n] != 2 or pr.programme[n] != programme or quarter >= pr.paid_until[n]:
            continue
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            if planned[i] > 0.0:
                claims[i] += pr.covered[n, m] * pr.cost[n, m] * min(1.0, spent[i] / planned[i])
