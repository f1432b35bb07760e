"""Money of firms: what comes in, what goes out, what banks lend.

    operating profit = (margin + cover_i + markup (x - F)) S + cost_spread S z / sqrt(lines)
                       - overhead S_mean - fixed Smed S_mean / (S_mean + Smed)
    cover_i = cover_cs (1 + own_cover (taste_i / normal taste_c - 1)): private R&D that prices bring in, of a normal firm and of one that
              makes more research-intensive products; it follows the firm's taste, not what it spends
    liquid  = max(0, cash - buffer S_mean + operating profit - interest + aid - instalment - fees - working capital + support)
    credit  of banks, and loans that programmes ease: sim/lending.py
    aid     interest that programmes bear: of concessional loans, and of whom else they choose
    tax     (rate + surcharge) max(0, earned); of rate max(0, earned) a part is forgiven, up to a cap
    pay-out a part of what exceeds target S_mean, old debt first
Identity, to rounding:  closing - opening = CashFlow inflows - CashFlow outflows (`CashFlow.gap`).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.clusters import Clusters
from agents.draws import bits, normal, open_unit, unit
from agents.investment import InvestmentParameters, Means, choose_research, move_prices
from agents.parameters import as_record, number
from agents.population import Kind, Population
from sim.countries import Countries, Sectors
from sim.founders import weighted_sum
from sim.lending import Loans, Offers, bank_credit, interest, saved, take_and_repay
from sim.levers import Levers
from sim.market import Market, TradeFlows


@dataclass(frozen=True, slots=True)
class FinanceParameters:
    """Parameters of firms' money."""

    margin: float = number("share of sales", 0, 0.6, "guess: set so that a median firm keeps 2 to 5 % after R&D")
    overhead: float = number("share of smoothed sales", 0, 0.6, "guess: costs that do not follow sales at once", null=0)
    fixed_cost: float = number("share of the median firm's sales", 0, 0.3, "guess", null=0)
    cost_spread: float = number("sd, share of sales", 0, 0.5, "calibrated (docs/evidence.md): swings of costs of a one-line firm", null=0)
    own_cover: float = number("0..1", 0, 1, "guess: part of a firm's own deviation from normal R&D that its prices bring in", null=0)
    markup: float = number("share of sales per log point", 0, 1, "guess: part of an advantage that a firm keeps as margin", null=0)
    working_capital: float = number("quarters of sales", 0, 3, "guess: money that growth ties up", null=0)
    credit_base: float = number("probability", 0, 1, "guess: chance of a loan for the smallest without debt")
    credit_size: float = number("probability", 0, 1, "guess: what size adds", null=0)
    credit_debt: float = number("probability per year of sales", 0, 2, "guess: what debt takes away", null=0)
    credit_half: float = number("persons", 1, 1000, "guess: staff at which half of the rationing by size is gone")
    line: float = number("years of sales", 0, 2, "guess: longest credit line", null=0)
    loan_spread: float = number("1/year", 0, 0.2, "guess: a firm's rate over the policy rate")
    instalment: float = number("1/quarter", 0, 1, "guess: five-year loans")
    buffer: float = number("quarters of sales", 0, 1, "calibrated (docs/evidence.md): below target")
    target: float = number("quarters of sales", 0, 2, "guess; set for 20-30 % constrained small firms")
    payout: float = number("1/quarter", 0, 1, "guess", null=0)
    dues: float = number("share of sales", 0, 0.01, "guess: members' dues to a cluster's association", null=0)
    return_smoothing: float = number("1/quarter", 0.01, 1, "guess: investors look back three years")


class CashFlow(NamedTuple):
    """Money flows of firms in one quarter, f8 (capacity,), mln int$; all non-negative but `operating` and `working_capital`."""

    opening: np.ndarray
    sales: np.ndarray  # in
    support: np.ndarray  # in: money without strings and untargeted support
    grant: np.ndarray  # in: public part of projects
    subsidy: np.ndarray  # in: public part of own R&D
    soft_interest: np.ndarray  # in: interest of concessional loans that their payer bears
    interest_relief: np.ndarray  # in: other interest that a programme bears
    foregone: np.ndarray  # in: tax that is forgiven
    borrowed: np.ndarray  # in
    operating: np.ndarray  # out: operating cost, overhead and fixed cost
    working_capital: np.ndarray  # out: tied up by growth, set free by decline
    interest: np.ndarray  # out, gross
    meetings: np.ndarray  # out: own time in meetings and applications
    dues: np.ndarray  # out
    contribution: np.ndarray  # out: own shares in public-private partnerships
    entry: np.ndarray  # out: entering destinations
    research: np.ndarray  # out, gross
    tax: np.ndarray  # out, gross
    repaid: np.ndarray  # out
    payout: np.ndarray  # out
    closing: np.ndarray

    def gap(self) -> np.ndarray:
        """Money that appeared from nowhere, f8 (capacity,); zero to rounding."""
        inflow = self.sales + self.support + self.grant + self.subsidy + self.borrowed + self.relief()
        outflow = self.operating + self.working_capital + self.interest + self.meetings + self.dues + self.contribution
        outflow = outflow + self.entry + self.research + self.tax + self.repaid + self.payout
        return self.closing - self.opening - (inflow - outflow)

    def relief(self) -> np.ndarray:
        """Interest and tax that programmes bear, f8 (capacity,)."""
        return self.soft_interest + self.interest_relief + self.foregone


class Given(NamedTuple):
    """What instruments give firms or take from them this quarter, f8 (capacity,); see sim/levers.py."""

    cash: np.ndarray
    untargeted: np.ndarray
    grant: np.ndarray  # public part of projects
    tax_relief: np.ndarray
    tax_relief_cap: np.ndarray
    contribution: np.ndarray


class FinanceKeys(NamedTuple):
    """Keys of this quarter's draws."""

    margin: np.uint64
    credit: np.uint64


def finance(
    population: Population,
    countries: Countries,
    sectors: Sectors,
    clusters: Clusters,
    market: Market,
    levers: Levers,
    traded: TradeFlows,
    project_cost: np.ndarray,
    project_grant: np.ndarray,
    keys: FinanceKeys,
    parameters: FinanceParameters,
    investment: InvestmentParameters,
    smoothing: float,
) -> CashFlow:
    """Firms' and science's money of one quarter, R&D included.

    traded: what the trade phase left; project_cost, project_grant: f8 (capacity,), own gross cost of running projects and the public part;
    smoothing: of research_mean, a quarter (MarketParameters.smoothing).
    Reads:  population.{identity, sales, sales_mean, staff, quality, unit_cost, private_cost, taste}
    Writes: population.{cash, debts, profit, staff, research, research_mean, research_public, constrained}, countries.research_price,
            market.return_rate
    """
    q, p = population, as_record(parameters)
    flow = CashFlow(*(np.zeros(q.capacity) for _ in CashFlow._fields))
    flow.opening[:] = q.cash
    liquid, credit = np.zeros(q.capacity), np.zeros(q.capacity)
    offers = Offers(*(getattr(levers, name) for name in Offers._fields))
    given = Given(levers.cash, levers.untargeted, project_grant, levers.tax_relief, levers.tax_relief_cap, levers.contribution)
    flow.interest[:], flow.soft_interest[:] = interest(q, loan_rate(countries, levers, parameters)[q.country])
    flow.interest_relief[:] = levers.interest_relief
    _operate(
        keys.margin, keys.credit, q.id, q.alive, q.kind, q.country, q.sector, q.cluster, q.sales, q.sales_mean, q.staff, q.cash, q.debt,
        q.private_cost, traded, q.taste, market.cover, market.taste_normal, market.sales_median, clusters.founded, given, offers,
        p, flow, liquid, credit,
    )  # fmt: skip
    means = Means(
        liquid, credit, levers.research_rate, levers.research_cap, project_cost, project_grant,
        levers.cash + levers.untargeted - levers.contribution, levers.loan_line, saved(levers.loan_relief, parameters.instalment),
    )  # fmt: skip
    research, subsidy, q.constrained[:] = choose_research(q, sectors.intensity, countries.research_price, means, investment)
    _settle(
        q.alive, q.kind, q.country, q.sales_mean, countries.tax, levers.surcharge, given, offers, research, subsidy, liquid, smoothing,
        p, flow, q.cash, Loans.of(q), q.profit, q.research, q.research_mean, q.research_public,
    )  # fmt: skip
    _staff(q.alive, q.kind, q.country, q.sales_mean, countries.wage, q.staff)
    _returns(q.alive, q.kind, q.country, q.profit, q.sales_mean, countries.weight, market.return_rate, p)
    demand = weighted_sum(q.research, countries.weight, q.country, len(countries))
    start = countries.research_start, countries.researchers_start
    move_prices(countries.research_price, demand, start[0], countries.researchers, start[1], as_record(investment))
    return flow


def loan_rate(countries: Countries, levers: Levers, parameters: FinanceParameters) -> np.ndarray:
    """Interest rate of firms' loans by country, 1 / year, f8 (C,)."""
    return countries.policy_rate + levers.policy_rate + parameters.loan_spread


@njit(cache=True)
def _operate(
    k_margin, k_credit, id, alive, kind, country, sector, cluster, sales, sales_mean, staff, cash, debt,
    private_cost, traded, taste, cover, taste_normal, median, founded, given, offers, p, flow, liquid, credit,
):  # fmt: skip
    """Flows that do not depend on R&D, and the funds left for it."""
    for i in range(len(id)):
        if not alive[i] or kind[i] != Kind.FIRM:
            continue
        mean = sales_mean[i]
        own = 1.0 + p.own_cover * (taste[i] / taste_normal[country[i]] - 1.0)
        margin = p.margin + own * cover[country[i], sector[i]] + p.markup * traded.advantage[i]
        margin += p.cost_spread / math.sqrt(traded.lines[i]) * normal(open_unit(bits(k_margin, id[i], 0)))
        fixed = p.fixed_cost * median * mean / (mean + median)
        flow.sales[i] = sales[i]
        flow.operating[i] = (1.0 - margin) * sales[i] + p.overhead * mean + fixed
        flow.working_capital[i] = p.working_capital * traded.growth[i]
        flow.meetings[i] = private_cost[i]
        flow.dues[i] = p.dues * mean if cluster[i] >= 0 and founded[cluster[i]] else 0.0
        flow.entry[i] = traded.entry_cost[i]
        flow.contribution[i] = given.contribution[i]
        flow.support[i] = given.cash[i] + given.untargeted[i]
        flow.grant[i] = given.grant[i]
        spent = flow.operating[i] + flow.working_capital[i] + flow.interest[i] + flow.meetings[i] + flow.dues[i] + flow.entry[i]
        spent += flow.contribution[i] - flow.soft_interest[i] - flow.interest_relief[i]
        funds = cash[i] + flow.sales[i] + flow.support[i] - spent - p.instalment * debt[i]
        liquid[i] = max(0.0, funds - p.buffer * mean)
        lot = unit(bits(k_credit, id[i], 0))
        credit[i] = bank_credit(lot, staff[i], 4.0 * mean, debt[i], offers.guarantee[i], offers.guarantee_cap[i], p)


@njit(cache=True)
def _settle(
    alive, kind, country, sales_mean, tax_rate, surcharge, given, offers, research, subsidy, liquid, smoothing,
    p, flow, cash, loans, profit, spent, spent_mean, public,
):  # fmt: skip
    """Borrow for R&D what own funds leave open, pay tax, instalments and owners; write the stocks."""
    for i in range(len(alive)):
        if not alive[i]:
            continue
        spent[i] = research[i]
        spent_mean[i] += smoothing * (research[i] - spent_mean[i])
        if kind[i] != Kind.FIRM:
            public[i] = research[i]
            continue
        paid = subsidy[i] + flow.grant[i]
        public[i] = min(research[i], paid + flow.support[i])
        flow.research[i], flow.subsidy[i] = research[i], subsidy[i]
        flow.borrowed[i] = max(0.0, research[i] - paid - liquid[i])
        earned = flow.sales[i] - flow.operating[i] - flow.interest[i] - flow.meetings[i] - flow.dues[i] - flow.entry[i]
        aid = flow.soft_interest[i] + flow.interest_relief[i] - flow.contribution[i]
        earned += aid - (research[i] - public[i])
        rate = tax_rate[country[i]]
        flow.tax[i] = (rate + surcharge[country[i]]) * max(0.0, earned)
        flow.foregone[i] = min(given.tax_relief[i] * rate * max(0.0, earned), given.tax_relief_cap[i])
        profit[i] = earned - flow.tax[i] + flow.foregone[i]
        instalment = p.instalment * loans.debt[i]
        inflow = flow.sales[i] + flow.support[i] + paid + flow.borrowed[i]
        outflow = flow.operating[i] + flow.working_capital[i] + flow.interest[i] + flow.meetings[i] + flow.dues[i] + flow.entry[i]
        before = cash[i] + inflow - outflow - research[i] - flow.tax[i] - instalment + aid + flow.foregone[i]
        spare = p.payout * max(0.0, before - p.target * sales_mean[i])
        extra = min(spare, loans.debt[i] - instalment)
        flow.repaid[i] = instalment + extra
        flow.payout[i] = spare - extra
        cash[i] = before - spare
        take_and_repay(i, loans, offers, flow.borrowed[i], flow.repaid[i], extra, p.instalment)
        flow.closing[i] = cash[i]


@njit(cache=True)
def _staff(alive, kind, country, sales_mean, wage, staff):
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            staff[i] = sales_mean[i] / wage[country[i]]


@njit(cache=True)
def _returns(alive, kind, country, profit, sales_mean, weight, rate, p):
    """Smoothed profit over sales of a country's firms, what entrants expect."""
    earned, sold = np.zeros(len(rate)), np.zeros(len(rate))
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            earned[country[i]] += weight[country[i]] * profit[i]
            sold[country[i]] += weight[country[i]] * sales_mean[i]
    for c in range(len(rate)):
        if sold[c] > 0.0:
            pace = p.return_smoothing if rate[c] != 0.0 else 1.0  # the first quarter has no past to smooth with
            rate[c] += pace * (earned[c] / sold[c] - rate[c])
