"""Promotion: paid news of programmes.

Money raises the share of those for whom another programme is that know of it,
    level' = 1 - (1 - level) exp(-reached / eligibles),   reached = money / cost,
so returns fall: it tells again those who know.  Who hears, applies from the next quarter on, and spreads the word to partners; a programme
that more apply for turns more of them away.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from agents.parameters import number
from sim.instrument import Instrument
from sim.programme import Programme, open_programmes

if TYPE_CHECKING:
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion(Instrument):
    """Shares its money evenly among those of `promotes`, or all open programmes ([N20]: promotion of the platform).

    Whom it served cannot be told, so it serves nobody in a ministry's review.
    """

    kind: ClassVar[str] = "promotion"
    others: ClassVar[tuple[str, ...]] = ("promotes",)

    promotes: tuple[str, ...]
    cost: float = number("mln int$ / eligible reached", 0, 1, "guess: as a platform's own promotion")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays for news; what one programme does not need goes to the next."""
        promoted = [each for each in open_programmes(world) if self._promotes(each)]
        for n, each in enumerate(promoted):
            qualifies = (world.population.eligible & each.flag) != 0
            real = float(sum(world.weight[qualifies].tolist()))
            programme.charge_common(world, "running", each.promote(programme.pot() / (len(promoted) - n), self.cost, real))

    def _promotes(self, other: "Programme") -> bool:
        """Is it one of those named; or, if none is, a programme (and no shock) that is not promotion itself?"""
        if self.promotes:
            return other.name in self.promotes
        return not other.instrument.free and not isinstance(other.instrument, Promotion)
