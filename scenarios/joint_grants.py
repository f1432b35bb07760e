"""Joint R&D grants: a competitive call that pays a share of selected joint projects.

Every quarter the call ranks its applications (pending projects within its scope, with an eligible member who knows of it) by
the members' expectations, seen with noise, and funds the best for which every paying country has the money.  Expected success enters the
next agreements as E_ij (agents/appraisal.py), so a call may also bring forth projects; whether it does is not set here.
Regions may top up what the state pays, as far as their own budgets suffice [PY17]; applicants do not count on it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from sim.competition import applications, fund, ranked, remember
from sim.instrument import Call

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class JointGrants(Call):
    """A call for joint projects in a scope; pays `share` of each eligible member's part for at most `quarters` quarters."""

    kind: ClassVar[str] = "joint_grants"

    noise: float = number("sd of score", 0, 5, "guess: juries err", null=0)
    memory: float = number("share", 0, 1, "guess: weight of the past in the success rate applicants expect")
    regional: float = number("share of cost", 0, 1, "[PY17]: regions add to federal money; what one with a sufficient budget adds", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Funds applications; writes projects' programme and cover, and the success rate that applicants expect."""
        rows = applications(world, programme)
        if len(rows) == 0:
            return
        top_up = self.regional * sufficiency(world)[world.population.place]
        won = fund(world, programme, ranked(world, programme, rows, self.noise), top_up)
        remember(programme, len(won), len(rows), self.memory)
        world.apply_cost(programme, rows)


def sufficiency(world: "World") -> np.ndarray:
    """How far the budget of a region suffices, f8 (places,), 0..1: smoothed sales of a firm there over its country's, at most 1."""
    people, places = world.population, world.places
    own = people.sales_mean, people.alive & (people.kind == 0) & (people.staff > 0.0)
    return _sufficiency(*own, people.place, people.country, places.country, len(world.countries))


@njit(cache=True)
def _sufficiency(sales, firm, place, country, home, countries):
    there, firms_there = np.zeros(len(home)), np.zeros(len(home))
    total, firms = np.zeros(countries), np.zeros(countries)
    for i in range(len(sales)):
        if firm[i]:
            there[place[i]] += sales[i]
            firms_there[place[i]] += 1.0
            total[country[i]] += sales[i]
            firms[country[i]] += 1.0
    suffices = np.zeros(len(home))
    for n in range(len(home)):
        if firms_there[n] > 0.0 and total[home[n]] > 0.0:
            suffices[n] = min(1.0, there[n] / firms_there[n] / (total[home[n]] / firms[home[n]]))
    return suffices
