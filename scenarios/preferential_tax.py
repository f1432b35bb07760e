"""Preferential tax in tiers: less for small firms in a cluster, still less if they are innovative, export or replace imports [PY17].

A firm keeps cash, after the quarter's R&D is done: only what it does with it later can show.  Who makes no profit gets nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from agents.population import Kind
from sim.eligibility import replaces_imports
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferentialTax(Instrument):
    """Forgives the sum of the tiers a firm qualifies for; applicants in a drawn order while the budget lasts."""

    kind: ClassVar[str] = "preferential_tax"

    base: float = number("share of profit tax", 0, 1, "guess", null=0)
    innovative: float = number("share of profit tax, on top", 0, 1, "guess: [PY17] asks for more for the innovative", null=0)
    trading: float = number("share of profit tax, on top", 0, 1, "guess: [PY17] asks for more for exports and import substitution", null=0)
    most: float = number("share of sales", 0, 1, "guess: profit beyond it is taxed in full, so that the budget is known")

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Firms."""
        return np.asarray(world.population.kind == Kind.FIRM)

    def tiers(self, world: "World") -> np.ndarray:
        """Share of profit tax that is forgiven to a firm, should it qualify, f8 (rows,)."""
        people = world.population
        trading = (people.export_sales > 0.0) | replaces_imports(world)
        relief = self.base + self.innovative * (people.innovations_year > 0) + self.trading * trading
        return np.minimum(1.0, relief)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns `tax_relief` and `tax_relief_cap` of firms that no other programme favours more."""
        people, levers = world.population, world.levers
        relief = self.tiers(world)
        cap = relief * world.countries.tax[people.country] * self.most * people.sales_mean
        applying = programme.applicants(world) & (relief > levers.tax_relief)
        chosen = programme.ration(world, np.where(applying, cap, 0.0))
        levers.tax_relief[chosen] = relief[chosen]
        levers.tax_relief_cap[chosen] = cap[chosen]
        levers.tax_relief_payer[chosen] = programme.bit

    def pay(self, world: "World", programme: "Programme") -> None:
        """Books the tax that firms really kept."""
        kept = np.where(world.levers.tax_relief_payer == programme.bit, world.flows.money.foregone, 0.0)
        programme.charge_organisations(world, "foregone_tax", kept)
