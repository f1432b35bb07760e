"""Certificates and quality management: the state bears part of what it costs a firm to enter a new destination [PY17].

A firm that looks at a new destination this quarter applies if, with help, the market would pay the rest of the entry cost back in time
(sim/exporting.py).  The programme reserves its part and pays it for the markets that the firm really enters; the rest the firm finds
itself.  Counter-force: money also goes to firms that would have entered anyway.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.draws import Purpose
from agents.parameters import as_record, number
from agents.population import Kind
from sim.eligibility import third_countries
from sim.exporting import REST_KEY, help_wanted
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification(Instrument):
    """Bears `share` of the cost of entering any destination, at most `cap` a firm and quarter."""

    kind: ClassVar[str] = "certification"
    reach: ClassVar[tuple[float, float]] = (1.0, 1.0)  # destinations it helps to enter [inside a bloc, third country]

    share: float = number("share of the entry cost", 0, 1, "design", null=0)
    cap: float = number("mln int$ / firm and quarter", 0, 100, "design", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns the levers of entry for applicants, in a drawn order while the most that they may cost is there."""
        people, levers, market, ties = world.population, world.levers, world.market, world.ties
        relief = self.share * np.array(self.reach)
        asked = help_wanted(
            world.key(Purpose.EXPORT_ENTRY), people.id, programme.applicants(world) & (people.kind == Kind.FIRM), people.country,
            people.sector, people.mass, people.exports_to, market.price, relief, third_countries(world),
            np.append(world.countries.key, REST_KEY), world.countries.weight, ties.of, ties.a, ties.b, ties.business,
            as_record(world.config.behaviour.market),
        )  # fmt: skip
        wanted = np.minimum(self.cap, asked)
        chosen = programme.ration(world, wanted)
        better = chosen & (relief.max() > levers.entry_relief.max(axis=1))
        levers.entry_relief[better] = relief
        levers.entry_cap[better] = wanted[better]
        levers.entry_payer[better] = programme.bit

    def pay(self, world: "World", programme: "Programme") -> None:
        """Books what was really borne of the cost of entries."""
        borne = np.where(world.levers.entry_payer == programme.bit, world.flows.traded.entry_borne, 0.0)
        world.population.awarded += borne
        programme.charge_organisations(world, "entry", borne)
