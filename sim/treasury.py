"""Public money: every unit comes from somewhere and goes somewhere.

The ledger books outlay by quarter, programme, payer, payee country and kind, in real money (weights of the model included).
Every programme, that of the status quo too, is financed by its payer: an equal cut of untargeted support ("cut"), a surcharge on
profit tax ("tax"), or nobody in the model ("external").  The bill of a quarter is met in the next one, as budgets are: what could
not be cut or raised yet is carried as `unpaid`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit

from agents.parameters import number

NAMED = (
    "grant", "regional", "reimbursement", "subsidy", "cash", "foregone_tax", "interest_subsidy", "guarantee_called", "procurement",
    "equipment", "entry", "fixed", "running", "overhead", "claw_back",
)  # fmt: skip
"""Kinds of outlay of a named programme; a claw-back is negative."""
BESIDE = ("untargeted", "private_time", "private_share", "surcharge")
"""Booked beside: general support, private time, private shares in partnerships, tax raised for programmes."""


@dataclass(frozen=True, slots=True)
class PublicParameters:
    """Parameters of public money and of how programmes become known."""

    financing: Literal["cut", "tax", "external"]
    discount: float = number("1 / year, real", 0, 0.2, "usual social discount rate; assumption")
    word_of_mouth: float = number("1 / quarter and aware partner", 0, 1, "guess", null=0)
    import_share: float = number("share of the home market", 0, 1, "guess: imported part from which a home product replaces imports")
    application_cost: float = number("mln int$ / application", 0, 0.2, "guess: a month of two people", null=0)


class Treasury:
    """The ledger and the payers' unpaid bills."""

    def __init__(self, countries: list[str]) -> None:
        self.countries = countries
        self.ledger: dict[tuple[int, str, str, str, str], float] = {}
        self.unpaid = np.zeros(len(countries))
        self.cut = np.zeros(len(countries))
        self.tax_base = np.zeros(len(countries))  # taxable profit of the last quarter, real money

    def book(self, quarter: int, programme: str, payer: int, payee: int, kind: str, amount: float) -> None:
        """Add `amount` (mln int$, real) to the ledger; payer and payee are rows of countries.

        Raises ValueError for a kind that does not exist or an amount that is negative where it may not be.
        """
        if kind not in NAMED and kind not in BESIDE:
            raise ValueError(f"no such kind of outlay: {kind}")
        if amount < 0.0 and kind != "claw_back":
            raise ValueError(f"{programme}: {kind} of {amount}")
        if amount == 0.0:
            return
        entry = (quarter, programme, self.countries[payer], self.countries[payee], kind)
        self.ledger[entry] = self.ledger.get(entry, 0.0) + amount

    def settle(self, untargeted: np.ndarray) -> np.ndarray:
        """Meet unpaid bills from untargeted support f8 (C,), mln int$ a quarter; returns what is left of it."""
        self.cut = np.minimum(untargeted, self.unpaid)
        self.unpaid = self.unpaid - self.cut
        return untargeted - self.cut


@njit(cache=True)
def shared_out(total, base, weight, country):
    """Amount a row receives when total f8 (C,) real money is shared in proportion to base f8 (rows,) within countries."""
    sums = np.zeros(len(total))
    for i in range(len(base)):
        sums[country[i]] += base[i] * weight[i]
    amount = np.zeros(len(base))
    for i in range(len(base)):
        if base[i] > 0.0 and sums[country[i]] > 0.0:
            amount[i] = total[country[i]] * base[i] / sums[country[i]]
    return amount


@njit(cache=True)
def by_country(amount, weight, country, countries):
    """Real sums over organisations by country, f8 (countries,), in row order."""
    sums = np.zeros(countries)
    for i in range(len(amount)):
        sums[country[i]] += amount[i] * weight[i]
    return sums
