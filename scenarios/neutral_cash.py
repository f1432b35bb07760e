"""Neutral cash: money in proportion to R&D, no strings.  What every other arm must beat."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.calendar import YEAR
from sim.instrument import Instrument
from sim.treasury import shared_out

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutralCash(Instrument):
    """Pays eligible organisations in proportion to their smoothed R&D.

    With `residual_of` it has no budget of its own: every fourth quarter, as long as there is any, it collects what the named
    programmes have neither spent nor promised, and pays it out in the quarter that follows, so that arms cost the same.
    """

    kind: ClassVar[str] = "neutral_cash"

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns the lever `cash` of eligible organisations; books the money."""
        people = world.population
        base = np.where(people.eligible & programme.flag, people.research_mean, 0.0)
        money = programme.in_purses(np.maximum(programme.left, 0.0))
        amount = shared_out(money, base, world.weight, programme.purses()[people.country])
        world.levers.cash += amount
        programme.serve(world, amount > 0.0)
        programme.charge_organisations(world, "cash", amount)

    def pay(self, world: "World", programme: "Programme") -> None:
        """Collects at the end of a year, when the others have paid what the quarter cost them."""
        if (world.quarter - world.opens - self.start) % YEAR != YEAR - 1:
            return
        for name in self.residual_of:
            other = world.programmes[name]
            spare = other.spare(world)
            other.left = other.left - spare
            programme.left = programme.left + spare
