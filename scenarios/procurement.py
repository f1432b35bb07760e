"""Public procurement of innovative goods: demand for those who have innovated within the year [PY17].

An order is sold beside the market, so that it takes nothing from rivals and adds nothing to the firm's market mass; what it leaves with the
firm is its margin.  It ends with the year in which the firm no longer innovates.  The goods are worth their price to the state, which the
ledger does not credit: it books the whole order as outlay, which is conservative.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from agents.population import Kind
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Procurement(Instrument):
    """Orders `order` of an innovator's sales, at most `cap` a firm and year; innovators are taken in a drawn order while money lasts."""

    kind: ClassVar[str] = "procurement"

    order: float = number("share of smoothed sales", 0, 1, "design", null=0)
    cap: float = number("mln int$ / firm and year", 0, 1000, "design", null=0)

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Firms that took part in an innovation within the last four quarters."""
        people = world.population
        return (people.kind == Kind.FIRM) & (people.innovations_year > 0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Places orders and pays them."""
        people = world.population
        wanted = np.where(programme.applicants(world), np.minimum(self.cap / 4.0, self.order * people.sales_mean), 0.0)
        orders = np.where(programme.ration(world, wanted), wanted, 0.0)
        world.levers.orders += orders
        programme.charge_organisations(world, "procurement", orders)
