"""Free registration of small firms: the state bears part of the cost of starting one [PY17].

Starting costs a founder start_cost x annual sales x start_years (TurnoverParameters), spread over so many years: the first is what he asks
of his return.  What he counts on is the share that is borne, as far as he has heard of it, his sector is meant, and the money would do for
the entrants of a normal quarter.  Those who come are paid back in a drawn order while money lasts, whether they had counted on it or not.
Affiliates of foreign companies are not helped.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.births import mean_pareto
from agents.parameters import number
from sim.calendar import YEAR
from sim.eligibility import eligible
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Instrument):
    """Bears `share` of what registration and set-up cost a founder."""

    kind: ClassVar[str] = "registration"

    share: float = number("share of the cost of starting", 0, 1, "design", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns the lever `start_relief` of the countries whose founders may count on it."""
        p, countries = world.config.behaviour.turnover, world.countries
        named = np.isin(np.array(countries.iso), self.target.countries or programme.payers(world))
        meant = np.where(named, self._sectors_meant(world), 0.0)
        normal = p.potential * p.entry_rate * world.cradle.firms * meant
        sales = world.cradle.smallest * p.entry_size * mean_pareto(world.config.behaviour.birth.size_exponent, p.entry_span)
        bill = programme.in_purses(self.share * self._cost(world, sales) * countries.weight * normal)
        safe = np.minimum(1.0, programme.free(world) / np.where(bill > 0.0, bill, 1.0))[programme.purses()]
        relief = self.share * programme.level * meant * safe
        world.levers.start_relief = np.minimum(1.0, world.levers.start_relief + relief)

    def _cost(self, world: "World", sales: np.ndarray) -> np.ndarray:
        """What starting with these sales, mln int$ a quarter, costs; mln int$."""
        p = world.config.behaviour.turnover
        return p.start_cost * p.start_years * YEAR * sales

    def _sectors_meant(self, world: "World") -> np.ndarray:
        """Part of a country's potential founders whose sector is in the target group, f8 (C,)."""
        names = self.target.sectors
        wanted = [s for s, name in enumerate(world.sectors.name) if not names or name in names]
        return np.array([float(sum(share[wanted])) for share in world.cradle.sector_share])

    def settle(self, world: "World", programme: "Programme") -> None:
        """Pays for the small firms that were founded this quarter."""
        people = world.population
        if not programme.is_open(world):
            return
        came = np.zeros(people.capacity, bool)
        came[world.flows.entered] = True
        wanted = np.where(came & ~people.foreign & eligible(world, programme), self.share * self._cost(world, people.sales), 0.0)
        paid = np.where(programme.ration(world, wanted), wanted, 0.0)
        people.cash += paid
        people.awarded += paid
        programme.charge_organisations(world, "entry", paid)
