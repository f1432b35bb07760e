"""Interest subsidy: the state bears a share of the interest of firms that run projects across borders.

It counts interest on as much debt as the firm's part in such projects costs over some quarters, whether the debt was made for them
or not: money is the same whatever it was borrowed for, so a firm in debt may use it for anything.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from agents.population import Kind
from agents.projects import Status
from sim.finance import loan_rate
from sim.instrument import Instrument
from sim.lending import NOTHING, interest

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestSubsidy(Instrument):
    """Pays `share` of the interest on at most `quarters` quarters of a firm's part in running cross-border projects."""

    kind: ClassVar[str] = "interest_subsidy"

    share: float = number("share of interest", 0, 1, "guess; the same part as of concessional loans", null=0)
    quarters: float = number("quarters of project cost", 0, 40, "guess: the usual length of a project", null=0)

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Firms in debt that are members of a running project of several countries."""
        people = world.population
        parts = _own_parts(world.projects.table(), people.capacity)
        return np.asarray((people.kind == Kind.FIRM) & (people.debt > NOTHING) & (parts > 0.0))

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns `interest_relief`, whose amount is known, as nobody borrows or repays before interest is due; books the money."""
        people, levers = world.population, world.levers
        rate = loan_rate(world.countries, levers, world.config.behaviour.finance)[people.country]
        due, elsewhere = interest(people, rate)
        parts = _own_parts(world.projects.table(), people.capacity)
        counted = 0.25 * rate * np.minimum(people.debt, self.quarters * parts)
        still_due = np.maximum(0.0, due - elsewhere - levers.interest_relief)
        wanted = np.where(programme.applicants(world), np.minimum(self.share * counted, still_due), 0.0)
        relief = np.where(programme.ration(world, wanted), wanted, 0.0)
        levers.interest_relief += relief
        programme.charge_organisations(world, "interest_subsidy", relief)


@njit(cache=True)
def _own_parts(pr, rows):
    """What an organisation's parts in running projects of several countries cost a quarter, f8 (rows,)."""
    parts = np.zeros(rows)
    for n in range(len(pr.status)):
        if pr.status[n] == Status.ACTIVE and pr.cross_border[n]:
            for m in range(pr.size[n]):
                parts[pr.members[n, m]] += pr.cost[n, m]
    return parts
