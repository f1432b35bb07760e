"""Single-firm R&D subsidy: a share of own R&D up to a money cap; the firm sees the marginal price.

Below the cap another unit of R&D costs the firm 1 - rate; at the cap it costs 1 again, so a capped firm pockets the money without wanting
more R&D (Gonzalez and Pazo 2008 on non-additionality; form tried in a prototype).
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
class ResearchSubsidy(Instrument):
    """Pays `rate` of a firm's own R&D, at most `cap` a year; applicants are taken in a drawn order while the budget lasts."""

    kind: ClassVar[str] = "research_subsidy"

    rate: float = number("share of own R&D", 0, 1, "design", null=0)
    cap: float = number("mln int$ / firm and year", 0, 1000, "design", null=0)
    headroom: float = number("factor on recent R&D", 1, 5, "guess: growth of R&D an award leaves room for")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns the levers `research_rate` and `research_cap` of the firms awarded this quarter."""
        people = world.population
        applying = programme.applicants(world) & (people.kind == Kind.FIRM)
        most = np.minimum(self.cap / 4.0, self.rate * self.headroom * people.research_mean)
        wanted = np.where(applying, most, 0.0)
        chosen = programme.ration(world, wanted)
        better = chosen & (self.rate > world.levers.research_rate)
        world.levers.research_rate[better] = self.rate
        world.levers.research_cap[better] = wanted[better]
        world.levers.research_payer[better] = programme.bit

    def pay(self, world: "World", programme: "Programme") -> None:
        """Books what the firms really drew."""
        drawn = np.where(world.levers.research_payer == programme.bit, world.flows.subsidy, 0.0)
        programme.charge_organisations(world, "subsidy", drawn)
