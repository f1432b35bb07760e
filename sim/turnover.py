"""Who leaves, and what becomes of what they leave.

A firm leaves when it is out of money (cash below -exit_cash quarters of sales), too small to go on doing R&D
(sales below exit_size times the founding median) or over-indebted (debt above exit_debt years of sales).
Its customers pass to the fringe of its country and sector; its debt is written off by its bank.
Universities and institutes stay.  Who comes instead: sim/entry.py.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.births import lasting_key
from agents.clusters import Clusters
from agents.draws import Purpose
from agents.parameters import number
from agents.population import Kind, Population
from sim.address_book import strike_address
from sim.countries import Countries
from sim.market import Market


@dataclass(frozen=True, slots=True)
class TurnoverParameters:
    """Parameters of exit and entry."""

    exit_cash: float = number("quarters of sales", 0, 4, "guess")
    exit_size: float = number("share of the founding median", 0, 0.5, "guess", null=0)
    exit_debt: float = number("years of sales", 0.1, 10, "guess")
    potential: float = number("1/quarter", 0, 0.5, "assumption: potential R&D starters per founding firm")
    entry_rate: float = number("probability", 0, 1, "calibrated (docs/evidence.md): organisations stay as many as they are", null=0)
    normal_return: float = number("profit over sales", 0.001, 0.5, "calibrated: mean return at rest")
    start_cost: float = number("profit over sales", 0, 0.1, "guess: part of the normal return that registration and set-up ask for", null=0)
    start_years: float = number("years", 0.25, 20, "guess: over which a founder spreads the cost of starting")
    return_most: float = number("factor", 1, 5, "assumption: a boom draws no more than so many times the usual entrants")
    entry_size: float = number("factor", 0.01, 10, "guess: smallest entrant over the smallest founder")
    entry_span: float = number("factor", 1, 1e4, "guess: largest entrant over the smallest", null=1)
    spin_off_part: float = number("0..1", 0, 1, "guess: entrants that come out of a university or institute", null=0)
    inheritance: float = number("0..1", 0, 1, "guess: of the parent's knowledge that a spin-off takes along", null=0)
    affiliate_rate: float = number("1/quarter", 0, 0.05, "guess: potential foreign affiliates per founding firm", null=0)
    affiliate_size: float = number("factor", 0.1, 100, "guess: smallest affiliate over the smallest founder")
    affiliate_capital: float = number("quarters of sales", 0, 40, "guess: capital over annual sales about 1")
    affiliate_lead: float = number("0..1", 0, 1, "guess: part of the gap from fringe to frontier that an affiliate closes", null=0)
    labour_elasticity: float = number("elasticity", 0, 4, "guess: of the choice of location in labour cost", null=0)
    return_weight: float = number("log points per unit of return", 0, 50, "guess: of the choice of location in expected profit", null=0)


class Departures(NamedTuple):
    """What was lost with those who left, f8 (C,), mln int$, real (weights included)."""

    firms: np.ndarray  # i8 (C,), organisations of the model
    written_off: np.ndarray  # debt
    left: np.ndarray  # cash to owners, less than nothing where the firm was overdrawn


def exits(population: Population, market: Market, parameters: TurnoverParameters) -> np.ndarray:
    """Rows of the firms that leave this quarter, ascending; reads cash, debt, sales_mean, staff and writes nothing."""
    q = population
    firm = q.alive & (q.kind == Kind.FIRM) & (q.staff > 0.0)
    broke = q.cash < -parameters.exit_cash * q.sales_mean
    small = q.sales_mean < parameters.exit_size * market.sales_median
    indebted = q.debt > parameters.exit_debt * 4.0 * q.sales_mean
    return np.flatnonzero(firm & (broke | small | indebted))


def bury(seed: int, population: Population, countries: Countries, clusters: Clusters, market: Market, rows: np.ndarray) -> Departures:
    """Free the rows and addresses of those who left; their ties and projects must have been closed before.

    Writes: every column of these rows, countries.addresses, clusters.members, market.fringe_mass.
    """
    q = population
    departures = Departures(np.zeros(len(countries), np.int64), np.zeros(len(countries)), np.zeros(len(countries)))
    _take_leave(
        lasting_key(seed, Purpose.ADDRESS), rows, q.id, q.country, q.sector, q.cluster, q.mass, q.cash, q.debt, countries.weight,
        countries.addresses, countries.book, clusters.members, market.fringe_mass, departures,
    )  # fmt: skip
    for row in rows:
        q.free(row)
    return departures


@njit(cache=True)
def _take_leave(k, rows, id, country, sector, cluster, mass, cash, debt, weight, addresses, book, members, fringe, departures):
    for i in rows:
        c = country[i]
        departures.firms[c] += 1
        departures.written_off[c] += weight[c] * debt[i]
        departures.left[c] += weight[c] * cash[i]
        fringe[c, sector[i]] += weight[c] * mass[i]
        if cluster[i] >= 0:
            members[cluster[i]] -= 1
        strike_address(k, id[i], i, c, addresses, book)
