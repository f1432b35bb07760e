"""Internal-market programme: members of a bloc negotiate common rules that make their trade with each other cheaper [N20].

Every quarter a commission at work brings rules `pace` / 4 of the way on, in proportion to the part of its cost that is paid, unless
negotiations stall, which they do for whole years.  Rules agreed are a state of the market: they age (MarketParameters.rules_erosion)
and are lost again when nobody works on them.  What members gain on each other, outsiders and home suppliers lose (trade diversion, Viner
1950).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.draws import Purpose, bits, unit
from agents.parameters import number
from sim.calendar import YEAR
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalMarket(Instrument):
    """Rules between paying countries that share a bloc save up to `depth` of trade cost."""

    kind: ClassVar[str] = "internal_market"

    depth: float = number("log points of trade cost", 0, 2, "guess: EU single market, a tenth of trade cost or so", null=0)
    pace: float = number("share of the way / year", 0, 4, "guess: a single market takes a decade", null=0)
    stall: float = number("probability / year", 0, 1, "guess: consensus of all members", null=0)
    cost: float = number("mln int$ / quarter", 1e-3, 100, "guess: a commission and its experts")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays the commission; rules between members advance unless negotiations stall."""
        paid = min(programme.pot(), self.cost)
        programme.charge_common(world, "running", paid)
        work = paid / self.cost
        if self.depth == 0.0 or self._stalls(world, programme):
            return
        count = len(world.countries)
        rules, members = world.market.rules[:count, :count], self._members(world, programme)
        agreed = np.minimum(self.depth, rules + self.depth * self.pace / YEAR * work)
        rules[:] = np.where(members, np.maximum(rules, agreed), rules)
        programme.progress = float(np.where(members, rules, 0.0).max()) / self.depth

    def _stalls(self, world: "World", programme: "Programme") -> bool:
        """Do negotiations stall this year?"""
        k = programme.lasting_key(world, Purpose.HARMONISE)
        return float(unit(np.uint64(bits(k, programme.age(world) // YEAR, 0)))) < self.stall

    def _members(self, world: "World", programme: "Programme") -> np.ndarray:
        """Pairs of different paying countries that share a bloc, bool (C, C)."""
        paying = np.isin(np.array(world.countries.iso), programme.payers(world))
        together = world.geography.bloc.any(axis=0) & np.logical_and.outer(paying, paying)
        return together & ~np.eye(len(paying), dtype=bool)
