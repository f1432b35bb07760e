"""A recession: expenditure falls in some sectors and countries while it lasts, and is back at its trend afterwards."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Recession(Instrument):
    """Takes `depth` x dose off expenditure in the target's sectors and countries (all that are modelled if it names none)."""

    kind: ClassVar[str] = "recession"
    free: ClassVar[bool] = True

    depth: float = number("share of expenditure", 0, 0.9, "guess: 2009, a tenth off industrial output", null=0)
    worldwide: bool  # the rest of the world too

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns the lever `spending`."""
        places, sectors = self.target.countries or tuple(world.countries.iso), self.target.sectors or tuple(world.sectors.name)
        here = np.append(np.isin(np.array(world.countries.iso), places), self.worldwide)
        hit = np.logical_and.outer(here, np.isin(np.array(world.sectors.name), sectors))
        world.levers.spending = np.where(hit, world.levers.spending * (1.0 - self.depth * self.dose), world.levers.spending)
