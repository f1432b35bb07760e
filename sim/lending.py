"""Debt of firms: bank loans, guaranteed ones, and concessional ones.

    size      s = L / (L + half)
    bank      lends with chance p = credit_base + credit_size s - credit_debt debt / (4 S_mean), up to 4 S_mean line s - debt
    guarantee of a share g: p -> p + g (1 - p), s -> s + g (1 - s), for loans of which the guaranteed part is at most a cap; whoever is
              covered has all its new bank loans guaranteed up to the cap, those too that a bank would have made anyway
    soft loan up to a line, whatever banks think; taken up before bank loans, repaid early only after them; its rate is lower by `relief`
    worth     relief / (4 instalment): interest that a unit of it saves over its life, undiscounted (form a guess)
All debt is repaid at the same pace.  What a concessional loan loses when a firm fails is, like any bank debt, the lender's.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from agents.population import NOBODY, Population

NOTHING = 1e-8
"""Less than a cent, in mln int$: what rounding leaves of a debt that is repaid."""


class Loans(NamedTuple):
    """Debt of organisations, columns of the population."""

    debt: np.ndarray
    soft_debt: np.ndarray
    soft_relief: np.ndarray
    soft_payer: np.ndarray
    guaranteed: np.ndarray
    guarantor: np.ndarray

    @classmethod
    def of(cls, population: Population) -> "Loans":
        """The columns themselves."""
        return cls(*(getattr(population, name) for name in cls._fields))


class Offers(NamedTuple):
    """What instruments offer this quarter, f8 (rows,) and i8 (rows,); see sim/levers.py."""

    loan_line: np.ndarray
    loan_relief: np.ndarray
    loan_payer: np.ndarray
    guarantee: np.ndarray
    guarantee_cap: np.ndarray
    guarantee_payer: np.ndarray


def interest(population: Population, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Interest due this quarter, and the part of it that the payer of a concessional loan bears; f8 (rows,).  rate: a year, f8 (rows,)."""
    relief = np.minimum(population.soft_relief, rate)
    return 0.25 * rate * population.debt, 0.25 * relief * population.soft_debt


def seeks_credit(population: Population) -> np.ndarray:
    """Who was short of money or is in debt, bool (rows,): the others pay research out of their own funds and apply for no loan."""
    return population.constrained | (population.debt > NOTHING)


def saved(relief: np.ndarray, instalment: float) -> np.ndarray:
    """Interest that a unit of soft debt saves until it is repaid, same shape as `relief` (1 / year); nothing if it is never repaid."""
    return relief / (4.0 * instalment) if instalment > 0.0 else np.zeros_like(relief)


@njit(cache=True)
def bank_credit(lot, staff, year, debt, guarantee, cap, p):
    """What a bank lends to a firm with sales of `year`, mln int$; lot: its uniform draw."""
    if year <= 0.0:
        return 0.0
    size = staff / (staff + p.credit_half)
    chance = p.credit_base + p.credit_size * size - p.credit_debt * debt / year
    credit = max(0.0, p.line * year * size - debt) if lot < chance else 0.0
    if guarantee > 0.0 and lot < chance + guarantee * max(0.0, 1.0 - chance):
        size += guarantee * (1.0 - size)
        credit = max(credit, min(p.line * year * size - debt, cap / guarantee))
    return credit


@njit(cache=True)
def take_and_repay(i, loans, offers, borrowed, repaid, extra, instalment):
    """Move the debts of row i by what it borrowed and what it repaid, `extra` of it beyond instalments."""
    debt, soft = loans.debt[i], loans.soft_debt[i]
    bank, kept = debt - soft, 1.0 - instalment
    bank_left = max(0.0, bank * kept - extra)
    soft_left = max(0.0, soft * kept - max(0.0, extra - bank * kept))
    taken = min(offers.loan_line[i], borrowed)
    covered = min(offers.guarantee[i] * (borrowed - taken), offers.guarantee_cap[i])
    guaranteed = (loans.guaranteed[i] * bank_left / bank if bank > NOTHING else 0.0) + covered
    # a debt paid back in full may leave rounding below nil
    loans.debt[i] = max(0.0, debt + borrowed - repaid)
    loans.soft_debt[i] = _without_rounding(min(soft_left + taken, loans.debt[i]))
    loans.guaranteed[i] = _without_rounding(min(guaranteed, loans.debt[i] - loans.soft_debt[i]))
    if taken > 0.0:
        loans.soft_relief[i] = (soft_left * loans.soft_relief[i] + taken * offers.loan_relief[i]) / (soft_left + taken)
        loans.soft_payer[i] = offers.loan_payer[i]
    elif soft == 0.0:  # its payer is remembered for the last interest
        loans.soft_payer[i], loans.soft_relief[i] = NOBODY, 0.0
    if covered > 0.0:
        loans.guarantor[i] = offers.guarantee_payer[i]
    elif loans.guaranteed[i] == 0.0:
        loans.guarantor[i] = NOBODY


@njit(cache=True)
def _without_rounding(debt):
    return debt if debt > NOTHING else 0.0
