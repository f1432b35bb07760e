"""Rate rise, a shock: policy rates rise for a while, and with them the interest on all bank debt, old and new.

The indebted are poorer at once; others only when they borrow.  Wanted R&D does not answer to the rate itself, so the shock acts through
cash, credit and exits.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRise(Instrument):
    """Adds `rise` x severity to the policy rate of the target's countries, by default of all whose policy is under study."""

    kind: ClassVar[str] = "rate_rise"
    free: ClassVar[bool] = True

    rise: float = number("1/year", 0, 1, "Bank of Russia: from 7.5 % in July 2023 to 16 % in December 2023", null=0)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns `policy_rate`."""
        where = np.isin(np.array(world.countries.iso), self.target.countries or tuple(programme.payers(world)))
        world.levers.policy_rate = world.levers.policy_rate + np.where(where, self.rise * self.dose, 0.0)
