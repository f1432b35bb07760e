"""Concessional loans: a loan below the policy rate for firms whose output replaces imports or is exported [PY17].

The state bears the difference of interest as long as the loan runs and sets aside all of it when it is promised; the money itself is lent
by others.  A constrained firm can do more R&D, and what it has to borrow costs less; whoever has own funds is not moved.  In return
it is in debt: interest and instalments to come, less from banks (sim/lending.py).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from agents.population import Kind
from sim.eligibility import replaces_imports
from sim.instrument import Instrument
from sim.lending import saved, seeks_credit
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcessionalLoans(Instrument):
    """Loans at the policy rate times `rate_share`; applicants in a drawn order as long as the interest that may be saved is covered."""

    kind: ClassVar[str] = "concessional_loans"

    rate_share: float = number("share of the policy rate", 0, 1, "[PY17]: half the refinancing rate", null=1)
    line: float = number("years of sales", 0, 2, "guess: most that a firm may owe on these terms", null=0)

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Firms that export, or sell at home what is largely imported."""
        people = world.population
        return (people.kind == Kind.FIRM) & ((people.export_sales > 0.0) | replaces_imports(world))

    def govern(self, world: "World", programme: "Programme") -> None:
        """Turns `loan_line` and `loan_relief` of firms that seek credit and owe no such loan to another programme."""
        people, levers = world.population, world.levers
        instalment = world.config.behaviour.finance.instalment
        rate = (world.countries.policy_rate + levers.policy_rate)[people.country]
        relief = (1.0 - self.rate_share) * rate
        line = np.maximum(0.0, self.line * 4.0 * people.sales_mean - people.soft_debt)
        free = (people.soft_debt == 0.0) | (people.soft_payer == programme.bit)
        applying = programme.applicants(world) & seeks_credit(people) & free & (levers.loan_payer < 0)
        chosen = programme.ration(world, np.where(applying, saved(relief, instalment) * line, 0.0))
        levers.loan_line[chosen] = line[chosen]
        levers.loan_relief[chosen] = relief[chosen]
        levers.loan_payer[chosen] = programme.bit

    def pay(self, world: "World", programme: "Programme") -> None:
        """Books the difference of this quarter's interest."""
        owed = np.where(world.population.soft_payer == programme.bit, world.flows.money.soft_interest, 0.0)
        programme.charge_organisations(world, "interest_subsidy", owed)

    def owes(self, world: "World", programme: "Programme") -> np.ndarray:
        """The difference of interest until all loans are repaid."""
        people = world.population
        soft = np.where(people.soft_payer == programme.bit, people.soft_debt, 0.0)
        promised = saved(people.soft_relief, world.config.behaviour.finance.instalment) * soft
        return by_country(promised, world.weight, people.country, len(world.countries))
