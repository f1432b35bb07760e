"""State guarantees to banks: a share of firms' new loans, up to a cap, is paid by the state if the borrower fails [PY17].

A guarantee acts on the bank's decision alone: it lends to more firms, and more to the small (sim/lending.py).  It covers what a bank would
have lent anyway as well, brings debt, and is called when a firm leaves that cannot repay.  The state keeps a part of what it guarantees in
reserve; when more is called than there is money, banks bear the rest.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from agents.population import Kind
from sim.instrument import Instrument
from sim.lending import seeks_credit
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantees(Instrument):
    """A capped portfolio guarantee; applicants in a drawn order as long as the reserve on all that may be guaranteed is there."""

    kind: ClassVar[str] = "guarantees"

    share: float = number("share of a loan", 0, 1, "guess; guarantee schemes cover half to 80 %", null=0)
    line: float = number("years of sales", 0, 2, "guess: most of a firm's debt that is guaranteed, over `share`", null=0)
    reserve: float = number("share of the guaranteed sum", 0.01, 1, "guess: four times what is guaranteed is lost at most")

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Firms."""
        return np.asarray(world.population.kind == Kind.FIRM)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns `guarantee` and `guarantee_cap` of firms that seek credit and that no other programme guarantees."""
        people, levers = world.population, world.levers
        cap = np.maximum(0.0, self.share * self.line * 4.0 * people.sales_mean - people.guaranteed)
        free = (people.guaranteed == 0.0) | (people.guarantor == programme.bit)
        applying = programme.applicants(world) & seeks_credit(people) & free & (levers.guarantee_payer < 0)
        chosen = programme.ration(world, np.where(applying, self.reserve * cap, 0.0))
        levers.guarantee[chosen] = self.share
        levers.guarantee_cap[chosen] = cap[chosen]
        levers.guarantee_payer[chosen] = programme.bit

    def settle(self, world: "World", programme: "Programme") -> None:
        """Pays banks the guaranteed part of what firms that left could not repay out of their cash, as far as the money goes."""
        left = world.flows.left
        mine = (left["guarantor"] == programme.bit) & (left["guaranteed"] > 0.0)
        debt = np.where(mine, left["debt"], 1.0)
        lost = np.maximum(0.0, 1.0 - np.maximum(0.0, left["cash"]) / debt)
        loss = np.where(mine, lost * left["guaranteed"], 0.0)
        called = by_country(loss, world.countries.weight[left["country"]], left["country"], len(world.countries))
        asked, have = programme.in_purses(called), programme.in_purses(np.maximum(programme.left, 0.0))
        part = np.where(asked > have, have / np.where(asked > 0.0, asked, 1.0), 1.0)
        programme.charge(world, "guarantee_called", called * part[programme.purses()])

    def owes(self, world: "World", programme: "Programme") -> np.ndarray:
        """The reserve on what is guaranteed."""
        people = world.population
        kept = np.where(people.guarantor == programme.bit, self.reserve * people.guaranteed, 0.0)
        return by_country(kept, world.weight, people.country, len(world.countries))
