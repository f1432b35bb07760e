"""How much R&D: what a firm wants, and what its money allows.

    wanted    R* = intensity_s taste_i S_i P_c^(1 - eps) (1 - m)^(-eps)     P_c price of research, m MARGINAL subsidy rate
              (real R&D, R* / P, has elasticity -eps in its user cost (1 - m) P; Hall and Van Reenen 2000)
    subsidy   min(rate (R - project grants), cap): a firm whose cap binds sees m = 0; between the two it stops where the cap is reached
    desired   max(R*, floor R* + own part of running projects)
    loan      a firm with a concessional line whose own funds leave some of R* open wants R* at a price lower by the part of a loan that
              the state bears, as far as own funds and the line go; for a firm with enough of its own, R&D costs what it costs
    spent     min(desired, money / (1 - rate), money + cap),    money = liquid funds + credit + line + project grants
    science   spends its budget, its grants and what it is given, less what it contributes to partnerships
    price     P_c -> (sum R_c / sum R_c0 / (researchers / researchers0))^scarcity, adjusting slowly
Additionality and crowding out follow from who is constrained; nothing here adds R&D by itself.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.parameters import as_record, number
from agents.population import Kind, Population


@dataclass(frozen=True, slots=True)
class InvestmentParameters:
    """Parameters of the choice of R&D."""

    price_elasticity: float = number("elasticity", 0, 3, "0.5 to 1.5, Hall and Van Reenen 2000", null=0)
    base_part: float = number("0..1", 0, 1, "guess: own R&D that projects do not displace", null=0)
    scarcity: float = number("elasticity", 0, 2, "Goolsbee 1998: a large part of R&D support goes into wages; guess .3", null=0)
    price_adjustment: float = number("1/quarter", 0, 1, "guess: wages follow within two years", null=0)


class Means(NamedTuple):
    """What firms can pay R&D with, and what the state adds; f8 (capacity,), mln int$ / quarter."""

    liquid: np.ndarray  # own funds beyond the buffer
    credit: np.ndarray  # what a bank would lend
    rate: np.ndarray  # 0..1, subsidy rate
    cap: np.ndarray  # most that the subsidy pays
    project_cost: np.ndarray  # own part of running projects, gross
    project_grant: np.ndarray  # public part of it
    support: np.ndarray  # money without strings less contributions to partnerships, for science: part of its budget
    line: np.ndarray  # concessional loan it may take up
    worth: np.ndarray  # 0..1, part of such a loan that the state bears as lower interest


def choose_research(
    population: Population, intensity: np.ndarray, price: np.ndarray, means: Means, parameters: InvestmentParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """R&D of this quarter and the subsidy to it, f8 (capacity,), and who is constrained, bool (capacity,).

    intensity: f8 (S,), R&D over sales; price: f8 (C,), price of research.
    Reads: population.{alive, kind, country, sector, taste, sales, sales_mean}; writes nothing.
    """
    q = population
    research, subsidy = np.zeros(q.capacity), np.zeros(q.capacity)
    constrained = np.zeros(q.capacity, dtype=bool)
    _choose(
        q.alive, q.kind, q.country, q.sector, q.taste, q.sales, q.sales_mean, intensity, price, means, as_record(parameters),
        research, subsidy, constrained,
    )  # fmt: skip
    return research, subsidy, constrained


@njit(cache=True)
def _choose(alive, kind, country, sector, taste, sales, sales_mean, intensity, price, m, p, research, subsidy, constrained):
    for i in range(len(alive)):
        if not alive[i]:
            continue
        if kind[i] != Kind.FIRM:
            research[i] = max(0.0, sales[i] + m.project_grant[i] + m.support[i])
            continue
        base = intensity[sector[i]] * taste[i] * sales_mean[i] * price[country[i]] ** (1.0 - p.price_elasticity)
        rate, cap = m.rate[i], m.cap[i]
        wanted = wanted_research(base, rate, cap, p.price_elasticity)
        if m.line[i] > 0.0:
            own = m.liquid[i] + m.project_grant[i]
            wanted = wanted_with_loan(base, wanted, own, rate, cap, m.line[i], m.worth[i], p.price_elasticity)
        wanted = max(wanted, p.base_part * wanted + m.project_cost[i])
        research[i] = min(wanted, affordable_research(m.liquid[i] + m.credit[i] + m.line[i] + m.project_grant[i], rate, cap))
        subsidy[i] = min(rate * max(0.0, research[i] - m.project_grant[i]), cap)
        constrained[i] = research[i] < wanted


@njit(cache=True)
def wanted_research(base, rate, cap, elasticity):
    """R* given R&D without subsidy: at the full marginal rate, at the kink, or unmoved because the cap binds."""
    if rate <= 0.0 or cap <= 0.0:
        return base
    subsidised = base * max(1.0 - rate, 1e-6) ** (-elasticity)
    return max(base, min(subsidised, cap / rate))


@njit(cache=True)
def wanted_with_loan(base, wanted, own, rate, cap, line, worth, elasticity):
    """R* with a concessional line: a firm that has to borrow for `wanted` wants more, as far as own funds and the line go."""
    if wanted <= affordable_research(own, rate, cap):
        return wanted
    cheap = wanted_research(base * max(1.0 - worth, 1e-6) ** (-elasticity), rate, cap, elasticity)
    return max(wanted, min(cheap, affordable_research(own + line, rate, cap)))


@njit(cache=True)
def affordable_research(money, rate, cap):
    """Largest R with R - min(rate R, cap) <= money."""
    if rate <= 0.0 or cap <= 0.0:
        return max(0.0, money)
    capped = money + cap
    return max(0.0, capped if rate >= 1.0 else min(money / (1.0 - rate), capped))


@njit(cache=True)
def move_prices(price, demand, demand_start, researchers, researchers_start, p):
    """Move the price of research f8 (C,) towards what demand for researchers calls for; unmoved where there was no demand."""
    for c in range(len(price)):
        if demand[c] > 0.0 and demand_start[c] > 0.0 and researchers[c] > 0.0:
            pressure = demand[c] / demand_start[c] / (researchers[c] / researchers_start[c])
            price[c] *= (pressure**p.scarcity / price[c]) ** p.price_adjustment
