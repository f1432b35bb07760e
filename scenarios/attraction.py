"""Attraction of researchers: money brings some who work elsewhere, and they leave somebody else.

Researchers of a country are what the price of R&D depends on (agents/investment.py): where they come R&D becomes cheaper for everybody,
where they go it becomes dearer.  Of those whom c pays for, the part `from_members` leaves other modelled countries in proportion to
their researchers, as long as at least one is left there; the rest comes from the world outside the model.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Attraction(Instrument):
    """Pays for researchers to move to the paying country; those who cannot be found cost nothing."""

    kind: ClassVar[str] = "attraction"

    cost: float = number("mln int$ / researcher", 1e-4, 10, "guess: relocation and equipment; what a researcher earns is R&D")
    from_members: float = number("share", 0, 1, "guess: attracted from other modelled countries", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Moves as many researchers as the money of the quarter pays for."""
        countries = world.countries
        came, countries.researchers = _move(countries.researchers, np.maximum(programme.left, 0.0) / self.cost, self.from_members)
        programme.charge(world, "running", came * self.cost)


@njit(cache=True)
def _move(stock, wanted, part):
    """Researchers that come, and the stocks after that, f8 (C,) each, persons."""
    count = len(stock)
    asked = np.zeros((count, count))  # to, from
    for c in range(count):
        others = 0.0
        for o in range(count):
            others += stock[o] if o != c else 0.0
        for o in range(count):
            if o != c:
                asked[c, o] = part * wanted[c] * stock[o] / others
    came, after = np.zeros(count), stock.copy()
    for o in range(count):
        total = 0.0
        for c in range(count):
            total += asked[c, o]
        go = min(1.0, max(stock[o] - 1.0, 0.0) / total) if total > 0.0 else 0.0
        for c in range(count):
            came[c] += go * asked[c, o]
        after[o] -= go * total
    for c in range(count):
        came[c] += (1.0 - part) * wanted[c]
        after[c] += came[c]
    return came, after
