"""Student research grants: members of clusters take student teams into their research, and the state pays a part of them [PY17].

Teams bring no knowledge of their own; they help their host to understand what others know:
    absorption lever s = most (1 - exp(-spending / (saturation R)))      spending on teams, R the host's smoothed R&D, per quarter
so that absorptive capacity a becomes 1 - (1 - a) (1 - s) while they are there (agents/learning.py).  A host takes as many whole teams as a
part of its R&D pays, one at least; it pays its own share in cash, and the public share is only there for those who do.  Teams that hosts
would have taken in without the state are left out: read its effects as an upper bound.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from sim.instrument import Instrument
from sim.partnership import co_finance

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentGrants(Instrument):
    """Pays `share` of the student teams of cluster members."""

    kind: ClassVar[str] = "student_grants"

    share: float = number("public share of the cost", 0.25, 1, "design; less moves nobody")
    team: float = number("mln int$ / team and quarter", 1e-5, 1, "guess: five students in part time")
    spend: float = number("share of R&D", 0, 1, "guess: what a host would put into teams")
    most: float = number("share of missing absorptive capacity", 0, 1, "guess: what any number of teams can do", null=0)
    saturation: float = number("share of R&D", 1e-3, 1, "guess: spending at which teams do two thirds of what they can")

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Members of clusters that do research."""
        return (world.population.cluster >= 0) & (world.population.research_mean > 0.0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Awards teams in a drawn order; turns the lever `absorption`."""
        people, levers = world.population, world.levers
        spending = self.team * np.maximum(1.0, np.floor(self.spend * people.research_mean / self.team))
        hosts = co_finance(world, programme, "running", self.share * spending, (1.0 - self.share) * spending)
        effect = _effect(hosts, spending, people.research_mean, self.most, self.saturation)
        levers.absorption = 1.0 - (1.0 - levers.absorption) * (1.0 - effect)


@njit(cache=True)
def _effect(hosts, spending, research, most, saturation):
    effect = np.zeros(len(hosts))
    for i in range(len(hosts)):
        if hosts[i]:
            effect[i] = most * (1.0 - math.exp(-spending[i] / (saturation * research[i])))
    return effect
