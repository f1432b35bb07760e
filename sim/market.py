"""Trade: who supplies whom, at two levels so that the cost is linear in organisations.

Origins o, destinations d: the modelled countries and the rest of the world (last row).  Sectors s.
    x_i = ln quality - ln unit cost            F_os = sales-weighted mean of x over the origin's suppliers, fringe included
  1 between origins, exact-hat algebra (Dekle, Eaton and Kortum 2008) with slow adjustment:
    m*_ods ~ m0_ods exp(elasticity (F_os - F0_os) - (trade cost_od - trade cost0_od)),   ln m' = ln m + adjustment (ln m* - ln m)
  2 within an origin, replicator dynamics on market mass (Nelson and Winter 1982; Metcalfe 1994):
    ln mass' = ln mass + clip(adjustment elasticity (x_i - F_os) + eps_i)
    sales_i = mass_i sum over destinations it supplies of X_ods / M_ods + niche_i + orders_i
    M_ods = fringe mass x (1 or its exporting part) + sum of masses;   X_ods = m_ods trend_ds spending_ds
  eps: demand shocks that average out over a firm's lines of business, and rare jumps (Bottazzi and Secchi 2006), with E exp(eps) = 1.
  3 exports: a firm enters a destination when what it earns there pays the entry cost back in time (Melitz 2003); partners lower it.
Growth of expenditure is measured against the R&D-weighted mean of sectors: money in the model has no common trend.
trade cost - trade cost0 = what instruments and shocks add this quarter - `rules`, what common rules agreed since the start save between
two members; rules age: nobody keeps them up but a programme.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.parameters import as_record, number
from agents.population import Population
from agents.ties import Ties
from sim.countries import Countries
from sim.exporting import REST_KEY, move_exports
from sim.levers import Levers
from sim.suppliers import (
    advantages,
    contested_sales,
    fitness_of,
    fringe_sales,
    lines_of_business,
    mass_prices,
    mean_fitness,
    move_fringe,
    replicate,
    sell,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """Parameters of trade."""

    turnover: float = number("expenditure of the modelled sectors over GDP", 0.05, 2, "guess: ten sectors of manufacturing and services")
    rest_gdp: float = number("mln int$ / quarter", 1e5, 1e8, "World Bank: world GDP 2021 near 130 trillion int$, less the members")
    rest_distance: float = number("km", 500, 15000, "guess: mean distance to the rest of the world")
    home_distance: float = number("km", 10, 2000, "guess: least mean distance inside a country")
    distance_elasticity: float = number("elasticity", 0, 3, "fitted by hand to trade shares; gravity literature about 1", null=0)
    border: float = number("log points", 0, 10, "fitted by hand to trade shares; times (1 - openness of the sector)", null=0)
    border_open: float = number("log points", 0, 10, "fitted by hand to trade shares; the same in every sector", null=0)
    eaeu_rules: float = number("log points", -3, 3, "fitted by hand to mutual trade: what the customs union saves", null=0)
    union_state_rules: float = number("log points", -3, 5, "fitted by hand to Russia in Belarus's trade: what it saves beyond", null=0)
    eu_rules: float = number("log points", -3, 3, "guess after EU trade of about 64 %", null=0)
    rounds: int = number("count", 10, 10000, "assumption: rounds of proportional fitting", whole=True)
    firm_share_most: float = number("0..1", 0.05, 1, "guess: R&D performers' part of a country's output in a sector, at most")
    fringe_exporting: float = number("0..1", 0.01, 1, "guess: part of the fringe that exports to one destination")
    elasticity: float = number("elasticity", 0, 8, "Boehm, Levchenko and Pandalai-Nayar 2023: about 2 in the long run", null=0)
    adjustment: float = number("1/quarter", 0, 1, "guess; only elasticity x adjustment acts within an origin, .1 to .5 tried", null=0)
    swing_most: float = number("log points/quarter", 0.1, 2, "assumption: a firm's market share changes no faster")
    frontier_lead: float = number("log points", -0.5, 0.5, "guess: best practice over the mean firm at the start")
    frontier_growth: float = number("log points/quarter", 0, 0.02, "calibrated: import shares without drift", null=0)
    fringe_learning: float = number("1/quarter", 0, 1, "guess: the fringe closes its gap to its country's firms", null=0)
    demand_spread: float = number("sd of log sales/quarter", 0, 0.3, "fitted in a prototype to growth rates (docs/ODD.md)", null=0)
    jump_rate: float = number("1/quarter", 0, 1, "fitted in a prototype to growth rates (docs/ODD.md)", null=0)
    jump_size: float = number("log points", 0, 1, "fitted in a prototype to growth rates (docs/ODD.md)", null=0)
    lines_elasticity: float = number("elasticity", 0, 1, "fitted by hand: spread of growth falls with size (Riccaboni et al. 2008)", null=0)
    entry_rate: float = number("1/quarter", 0, 1, "guess: chance to look at a new destination", null=0)
    entry_cost: float = number("mln int$", 0, 10, "Das, Roberts and Tybout 2007: about .4 mln dollars")
    entry_payback: float = number("quarters", 1, 80, "guess")
    entry_margin: float = number("0..1", 0, 1, "guess: gross margin on exports")
    partner_help: float = number("log points", 0, 3, "guess: each business partner there lowers the entry cost", null=0)
    leave_ratio: float = number("0..1", 0, 1, "guess: a destination is left when it earns so much less than entry needs", null=0)
    rules_erosion: float = number("1/quarter", 0, 1, "guess: common rules nobody keeps up are half gone in some nine years", null=0)
    niche_decay: float = number("1/quarter", 0, 1, "guess: a niche is found by others within five years")
    smoothing: float = number("1/quarter", 0.01, 1, "assumption: smoothed sales and R&D look back about a year")


class Market:
    """State of trade and the references fixed at the start; C countries, S sectors, o and d run over C + 1."""

    share: np.ndarray  # f8 (C+1, C+1, S), origin's share in a destination's expenditure, sums to 1 over origins
    start_share: np.ndarray  # f8 (C+1, C+1, S)
    expenditure: np.ndarray  # f8 (C+1, S), mln int$ / quarter
    trend: np.ndarray  # f8 (C+1, S), mln int$ / quarter, expenditure without recessions
    growth: np.ndarray  # f8 (S,), of expenditure, against the common trend
    trade_cost: np.ndarray  # f8 (C+1, C+1), log points that instruments and shocks may change
    trade_cost0: np.ndarray  # f8 (C+1, C+1)
    rules: np.ndarray  # f8 (C+1, C+1), log points that common rules agreed since the start save
    price: np.ndarray  # f8 (C, C+1, S), sales per unit of market mass, X_ods / M_ods
    fringe_mass: np.ndarray  # f8 (C, S)
    fringe_share0: np.ndarray  # f8 (C, S), of its origin's sales, at the start
    fringe_sales: np.ndarray  # f8 (C, S), mln int$ / quarter
    fringe_fitness: np.ndarray  # f8 (C, S)
    fitness: np.ndarray  # f8 (C+1, S), F_os
    fitness0: np.ndarray  # f8 (C+1, S)
    frontier: np.ndarray  # f8 (S,), ln fitness of best practice in the world
    cover: np.ndarray  # f8 (C, S), normal private R&D over sales, which prices cover
    taste_normal: np.ndarray  # f8 (C,), R&D over what the sectors' intensities call for, at the start
    return_rate: np.ndarray  # f8 (C,), firms' profit over sales, smoothed
    research_reference: float  # mln int$ / quarter, median R&D at the start
    sales_median: float  # mln int$ / quarter, firms' median at the start
    depth_reference: float  # median depth of knowledge at the start
    breadth_reference: float  # median breadth of knowledge at the start


class TradeFlows(NamedTuple):
    """What finance needs of a quarter's trade, f8 (capacity,)."""

    entry_cost: np.ndarray  # mln int$, paid to enter destinations
    entry_borne: np.ndarray  # mln int$, what others bear of the cost of entering
    growth: np.ndarray  # mln int$ / quarter, change of smoothed sales
    advantage: np.ndarray  # log points, x - F, a firm's fitness over its origin's suppliers
    lines: np.ndarray  # count, lines of business, over which shocks average out


class TradeKeys(NamedTuple):
    """Keys of this quarter's draws."""

    demand: np.uint64
    jump: np.uint64
    export: np.uint64


def trade(
    population: Population,
    countries: Countries,
    market: Market,
    ties: Ties,
    levers: Levers,
    third: np.ndarray,
    keys: TradeKeys,
    parameters: MarketParameters,
    settling: bool = False,
) -> TradeFlows:
    """Markets of one quarter.

    third: bool (C, C+1), destinations outside every bloc that an origin is in, the rest of the world last.
    settling: the burn-in, in which fitness finds its rest while countries' trade stays as the facts have it (F0 follows F).
    Reads:  population.{id, alive, kind, country, sector, quality, unit_cost, cash, staff}, ties.{of, a, b, business},
            levers.{trade, spending, orders, entry_relief, entry_cap}
    Writes: population.{mass, exports_to, sales, sales_mean, export_sales, niche}, market
    """
    q, p = population, as_record(parameters)
    fitness = fitness_of(q.alive, q.kind, q.quality, q.unit_cost)
    contested = contested_sales(q.alive, q.kind, q.country, q.sector, q.mass, q.exports_to, market.price)
    own, firms_mean = mean_fitness(
        fitness, contested, q.alive, q.kind, q.country, q.sector, countries.weight, market.fringe_sales, market.fringe_fitness
    )
    market.fitness[:-1] = own
    market.fitness[-1] += parameters.frontier_growth
    market.frontier += parameters.frontier_growth
    if settling:
        market.fitness0 = market.fitness.copy()
    market.trend *= 1.0 + market.growth
    market.expenditure = market.trend * levers.spending
    market.rules *= 1.0 - parameters.rules_erosion
    market.trade_cost = market.trade_cost0 + levers.trade - market.rules
    shift_shares(market.share, market.start_share, market.fitness - market.fitness0, market.trade_cost - market.trade_cost0, p)
    advantage = advantages(fitness, market.fitness, q.country, q.sector)
    lines = lines_of_business(q.sales_mean, market.sales_median, p)
    replicate(keys.demand, keys.jump, q.id, q.alive, q.kind, advantage, lines, q.mass, p)
    move_fringe(market.fringe_mass, market.fringe_fitness, market.fitness, firms_mean, p)
    own, borne = move_exports(
        keys.export, q.id, q.alive, q.kind, q.country, q.sector, q.mass, q.cash, q.exports_to, market.price, levers.entry_relief,
        levers.entry_cap, third, np.append(countries.key, REST_KEY), countries.weight, ties.of, ties.a, ties.b, ties.business, p,
    )  # fmt: skip
    before = q.sales_mean.copy()
    clear(population, countries, market, levers.orders, p)
    return TradeFlows(own, borne, q.sales_mean - before, advantage, lines)


def clear(population: Population, countries: Countries, market: Market, orders: np.ndarray, p: np.void) -> None:
    """Share out every origin's deliveries among its suppliers, by mass; writes sales of firms and fringe.

    orders: f8 (capacity,), what the state buys of a firm beside the market.
    """
    q = population
    market.price = mass_prices(
        q.alive, q.kind, q.country, q.sector, q.mass, q.exports_to, countries.weight, market.fringe_mass, market.share,
        market.expenditure, p,
    )  # fmt: skip
    market.fringe_sales = fringe_sales(market.fringe_mass, market.price, p)
    sell(
        q.alive, q.kind, q.country, q.sector, q.mass, q.exports_to, market.price, orders, q.sales, q.sales_mean, q.export_sales, q.niche, p
    )  # fmt: skip


@njit(cache=True)
def shift_shares(share, start, gain, cost, p):
    """Move origins' shares in every destination towards what fitness gained and trade cost added since the start call for."""
    origins, destinations, sectors = share.shape
    wanted, moved = np.zeros(origins), np.zeros(origins)
    for d in range(destinations):
        for s in range(sectors):
            sum_wanted, sum_moved = 0.0, 0.0
            for o in range(origins):
                wanted[o] = start[o, d, s] * math.exp(p.elasticity * gain[o, s] - cost[o, d])
                sum_wanted += wanted[o]
            for o in range(origins):
                moved[o] = 0.0
                if share[o, d, s] > 0.0:
                    moved[o] = share[o, d, s] * (wanted[o] / sum_wanted / share[o, d, s]) ** p.adjustment
                sum_moved += moved[o]
            for o in range(origins):
                share[o, d, s] = moved[o] / sum_moved
