"""Trade: who supplies whom, at two levels so that the cost is linear in organisations.

Origins o, destinations d: the modelled countries and the rest of the world (last row).  Sectors s.
    x_i = ln quality - ln unit cost            F_os = sales-weighted mean of x over the origin's suppliers, fringe included
  1 between origins, exact-hat algebra (Dekle, Eaton and Kortum 2008) with slow adjustment:
    m*_ods ~ m0_ods exp(elasticity (F_os - F0_os) - (trade cost_od - trade cost0_od)),   ln m' = ln m + adjustment (ln m* - ln m)
  2 within an origin, replicator dynamics on market mass (Nelson and Winter 1982; Metcalfe 1994):
    ln mass' = ln mass + clip(adjustment elasticity (x_i - F_os) + eps_i)
    sales_i = mass_i sum over destinations it supplies of X_ods / M_ods,   M_ods = fringe mass x (1 or its exporting part) + sum of masses
  eps: demand shocks that average out over a firm's lines of business, and rare jumps (Bottazzi and Secchi 2006), mean exactly nil.
  3 exports: a firm enters a destination when what it earns there pays the entry cost back in time (Melitz 2003); partners lower it.
Growth of expenditure is measured against the R&D-weighted mean of sectors: money in the model has no common trend.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.draws import bits, normal, open_unit, poisson, unit
from agents.parameters import as_record, number
from agents.population import Kind, Population
from agents.ties import Ties
from sim.countries import Countries

REST_BIT = 62
"""Bit of population.exports_to that stands for the rest of the world."""
REST_KEY = 999
"""Luck key of the rest of the world (no country has it)."""


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """Parameters of trade."""

    turnover: float = number("expenditure of the modelled sectors over GDP", 0.05, 2, "guess: ten sectors of manufacturing and services")
    rest_gdp: float = number("mln int$ / quarter", 1e5, 1e8, "World Bank: world GDP 2021 about 130 trillion int$, less the modelled countries")
    rest_distance: float = number("km", 500, 15000, "guess: mean distance to the rest of the world")
    home_distance: float = number("km", 10, 2000, "guess: least mean distance inside a country")
    distance_elasticity: float = number("elasticity", 0, 3, "fitted to targets 25, 27; gravity literature about 1", null=0)
    border: float = number("log points", 0, 10, "fitted to targets 25, 27; times (1 - openness of the sector)", null=0)
    border_open: float = number("log points", 0, 10, "fitted to targets 25, 27; the same in every sector", null=0)
    eaeu_rules: float = number("log points", -3, 3, "fitted to target 25: what the customs union saves", null=0)
    union_state_rules: float = number("log points", -3, 5, "fitted to target 27: what the Union State saves beyond it", null=0)
    eu_rules: float = number("log points", -3, 3, "guess after EU trade of about 64 %", null=0)
    rounds: int = number("count", 10, 10000, "assumption: rounds of proportional fitting", whole=True)
    firm_share_most: float = number("0..1", 0.05, 1, "guess: R&D performers' part of a country's output in a sector, at most")
    fringe_exporting: float = number("0..1", 0.01, 1, "guess: part of the fringe that exports to one destination")
    elasticity: float = number("elasticity", 0, 8, "Boehm, Levchenko and Pandalai-Nayar 2023: about 2 in the long run", null=0)
    adjustment: float = number("1/quarter", 0, 1, "guess; only elasticity x adjustment (.3) acts within an origin", null=0)
    swing_most: float = number("log points/quarter", 0.1, 2, "assumption: a firm's market share changes no faster")
    frontier_lead: float = number("log points", -0.5, 0.5, "guess: best practice over the mean firm at the start")
    frontier_growth: float = number("log points/quarter", 0, 0.02, "calibrated: near mean own progress, so that import shares have no drift", null=0)
    fringe_learning: float = number("1/quarter", 0, 1, "guess: the fringe closes its gap to its country's firms", null=0)
    demand_spread: float = number("sd of log sales/quarter", 0, 0.3, "fitted to targets 14, 15 in a prototype", null=0)
    jump_rate: float = number("1/quarter", 0, 1, "fitted to targets 14, 15 in a prototype", null=0)
    jump_size: float = number("log points", 0, 1, "fitted to targets 14, 15 in a prototype", null=0)
    lines_elasticity: float = number("elasticity", 0, 1, "fitted to target 15 in a prototype: lines of business grow with sales", null=0)
    entry_rate: float = number("1/quarter", 0, 1, "guess: chance to look at a new destination", null=0)
    entry_cost: float = number("mln int$", 0, 10, "Das, Roberts and Tybout 2007: about .4 mln dollars")
    entry_payback: float = number("quarters", 1, 80, "guess")
    entry_margin: float = number("0..1", 0, 1, "guess: gross margin on exports")
    partner_help: float = number("log points", 0, 3, "STARTING_POINT E9 (guess): each business partner there lowers the entry cost", null=0)
    leave_ratio: float = number("0..1", 0, 1, "guess: a destination is left when it earns so much less than entry needs", null=0)
    niche_decay: float = number("1/quarter", 0, 1, "guess: a niche is found by others within five years")
    smoothing: float = number("1/quarter", 0.01, 1, "assumption: smoothed sales and R&D look back about a year")


class Market:
    """State of trade and the references fixed at the start; C countries, S sectors, o and d run over C + 1."""

    share: np.ndarray  # f8 (C+1, C+1, S), origin's share in a destination's expenditure, sums to 1 over origins
    start_share: np.ndarray  # f8 (C+1, C+1, S)
    expenditure: np.ndarray  # f8 (C+1, S), mln int$ / quarter
    growth: np.ndarray  # f8 (S,), of expenditure, against the common trend
    trade_cost: np.ndarray  # f8 (C+1, C+1), log points that instruments and shocks may change
    trade_cost0: np.ndarray  # f8 (C+1, C+1)
    price: np.ndarray  # f8 (C, C+1, S), sales per unit of market mass, X_ods / M_ods
    fringe_mass: np.ndarray  # f8 (C, S)
    fringe_share0: np.ndarray  # f8 (C, S), of its origin's sales, at the start
    fringe_sales: np.ndarray  # f8 (C, S), mln int$ / quarter
    fringe_fitness: np.ndarray  # f8 (C, S)
    fitness: np.ndarray  # f8 (C+1, S), F_os
    fitness0: np.ndarray  # f8 (C+1, S)
    frontier: np.ndarray  # f8 (S,), ln fitness of best practice in the world
    cover: np.ndarray  # f8 (C, S), normal private R&D over sales, which prices cover
    return_rate: np.ndarray  # f8 (C,), firms' profit over sales, smoothed
    research_reference: float  # mln int$ / quarter, median R&D at the start
    sales_median: float  # mln int$ / quarter, firms' median at the start
    depth_reference: float  # median depth of knowledge at the start
    breadth_reference: float  # median breadth of knowledge at the start


class TradeFlows(NamedTuple):
    """What finance needs of a quarter's trade, f8 (capacity,)."""

    entry_cost: np.ndarray  # mln int$, paid to enter destinations
    growth: np.ndarray  # mln int$ / quarter, change of smoothed sales
    advantage: np.ndarray  # log points, x - F, a firm's fitness over its origin's suppliers


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
    relief: np.ndarray,
    keys: TradeKeys,
    parameters: MarketParameters,
) -> TradeFlows:
    """Markets of one quarter.

    relief: f8 (capacity,), part of the entry cost that an instrument takes away (still a cost of somebody: booked by it).
    Reads:  population.{id, alive, kind, country, sector, quality, unit_cost, cash, staff}, ties.{of, a, b, business}
    Writes: population.{mass, exports_to, sales, sales_mean, export_sales, niche}, market
    """
    q, p = population, as_record(parameters)
    fitness = fitness_of(q.alive, q.kind, q.quality, q.unit_cost)
    contested = q.sales - q.niche
    own, firms_mean = mean_fitness(
        fitness, contested, q.alive, q.kind, q.country, q.sector, countries.weight, market.fringe_sales, market.fringe_fitness
    )
    market.fitness[:-1] = own
    market.fitness[-1] += parameters.frontier_growth
    market.frontier += parameters.frontier_growth
    market.expenditure *= 1.0 + market.growth
    shift_shares(market.share, market.start_share, market.fitness - market.fitness0, market.trade_cost - market.trade_cost0, p)
    advantage = advantages(fitness, market.fitness, q.country, q.sector)
    replicate(keys.demand, keys.jump, q.id, q.alive, q.kind, advantage, q.sales_mean, market.sales_median, q.mass, p)
    move_fringe(market.fringe_mass, market.fringe_fitness, market.fitness, firms_mean, p)
    cost = move_exports(
        keys.export, q.id, q.alive, q.kind, q.country, q.sector, q.mass, q.cash, q.exports_to, market.price, relief,
        countries.key, ties.of, ties.a, ties.b, ties.business, p,
    )  # fmt: skip
    before = q.sales_mean.copy()
    clear(population, countries, market, p)
    return TradeFlows(cost, q.sales_mean - before, advantage)


def clear(population: Population, countries: Countries, market: Market, p: np.void) -> None:
    """Share out every origin's deliveries among its suppliers, by mass; writes sales of firms and fringe."""
    q = population
    market.price = mass_prices(
        q.alive, q.kind, q.country, q.sector, q.mass, q.exports_to, countries.weight, market.fringe_mass, market.share, market.expenditure, p
    )
    market.fringe_sales = fringe_sales(market.fringe_mass, market.price, p)
    sell(q.alive, q.kind, q.country, q.sector, q.mass, q.exports_to, market.price, q.sales, q.sales_mean, q.export_sales, q.niche, p)


@njit(cache=True)
def supplies(exports_to, d, home, rest):
    """Does a firm supply destination d?  At home always; abroad by its bit."""
    return d == home or (exports_to >> np.int64(REST_BIT if d == rest else d)) & np.int64(1) == 1


@njit(cache=True)
def fitness_of(alive, kind, quality, unit_cost):
    """x = ln quality - ln unit cost of firms, 0 for others; f8 (capacity,)."""
    x = np.zeros(len(alive))
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            x[i] = math.log(quality[i]) - math.log(unit_cost[i])
    return x


@njit(cache=True)
def advantages(x, mean, country, sector):
    """x - F of each row, log points."""
    result = np.empty(len(x))
    for i in range(len(x)):
        result[i] = x[i] - mean[country[i], sector[i]]
    return result


@njit(cache=True)
def mean_fitness(x, contested, alive, kind, country, sector, weight, fringe_sales, fringe_fitness):
    """Sales-weighted means of fitness by origin and sector f8 (C, S): of all suppliers, and of firms (the fringe's where none is)."""
    countries, sectors = fringe_sales.shape
    total, firms = np.zeros((countries, sectors)), np.zeros((countries, sectors))
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            amount = weight[country[i]] * contested[i]
            firms[country[i], sector[i]] += amount
            total[country[i], sector[i]] += amount * x[i]
    for o in range(countries):
        for s in range(sectors):
            whole = firms[o, s] + fringe_sales[o, s]
            mean = total[o, s] / firms[o, s] if firms[o, s] > 0.0 else fringe_fitness[o, s]
            total[o, s] = (total[o, s] + fringe_sales[o, s] * fringe_fitness[o, s]) / whole if whole > 0.0 else mean
            firms[o, s] = mean
    return total, firms


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


@njit(cache=True)
def demand_shock(z_demand, z_jump, lines, p):
    """eps with mean of exp(eps) equal to 1: sd demand_spread / sqrt(lines), plus jumps of size jump_size / lines at rate jump_rate x lines."""
    spread = p.demand_spread / math.sqrt(lines)
    eps = spread * normal(open_unit(bits(z_demand, 0, 0))) - 0.5 * spread * spread
    jumps = poisson(unit(bits(z_jump, 0, 0)), p.jump_rate * lines)
    if jumps > 0:
        size = p.jump_size * math.sqrt(np.float64(jumps)) / lines
        eps += size * normal(open_unit(bits(z_jump, 1, 0))) - 0.5 * size * size
    return eps


@njit(cache=True)
def replicate(k_demand, k_jump, id, alive, kind, advantage, sales_mean, median, mass, p):
    """ln mass' = ln mass + clip(adjustment elasticity (x - F) + eps); lines of business = max(1, S / median)^lines_elasticity."""
    for i in range(len(id)):
        if alive[i] and kind[i] == Kind.FIRM and mass[i] > 0.0:
            lines = max(1.0, sales_mean[i] / median) ** p.lines_elasticity
            eps = demand_shock(bits(k_demand, id[i], 0), bits(k_jump, id[i], 0), lines, p)
            swing = p.adjustment * p.elasticity * advantage[i] + eps
            mass[i] *= math.exp(min(p.swing_most, max(-p.swing_most, swing)))


@njit(cache=True)
def move_fringe(mass, fitness, mean, firms_mean, p):
    """The fringe replicates like a firm, grows with the frontier and learns from its country's firms."""
    for o in range(mass.shape[0]):
        for s in range(mass.shape[1]):
            swing = p.adjustment * p.elasticity * (fitness[o, s] - mean[o, s])
            mass[o, s] *= math.exp(min(p.swing_most, max(-p.swing_most, swing)))
            fitness[o, s] += p.frontier_growth + p.fringe_learning * (firms_mean[o, s] - fitness[o, s])


@njit(cache=True)
def business_partners(row, d, country, of, a, b, business):
    """Business partners of an organisation in country d."""
    count = 0
    for n in range(of.shape[1]):
        tie = of[row, n]
        if tie >= 0 and business[tie]:
            other = b[tie] if a[tie] == row else a[tie]
            count += country[other] == d
    return count


@njit(cache=True)
def move_exports(k, id, alive, kind, country, sector, mass, cash, exports_to, price, relief, keys, of, a, b, business, p):
    """Enter destinations that pay the entry cost back, leave those that no longer would; returns entry costs f8 (capacity,)."""
    paid = np.zeros(len(id))
    rest = price.shape[1] - 1
    for i in range(len(id)):
        if not alive[i] or kind[i] != Kind.FIRM:
            continue
        for d in range(rest + 1):
            if d == country[i] or unit(bits(k, id[i], REST_KEY if d == rest else keys[d])) >= p.entry_rate:
                continue
            flag = np.int64(1) << np.int64(REST_BIT if d == rest else d)
            earned = mass[i] * price[country[i], d, sector[i]] * p.entry_margin * p.entry_payback
            if exports_to[i] & flag:
                if earned < p.leave_ratio * p.entry_cost:
                    exports_to[i] &= ~flag
                continue
            partners = business_partners(i, d, country, of, a, b, business) if d < rest else 0
            cost = p.entry_cost * math.exp(-p.partner_help * partners) * (1.0 - relief[i])
            if earned > cost and cash[i] - paid[i] >= cost:
                exports_to[i] |= flag
                paid[i] += cost
    return paid


@njit(cache=True)
def mass_prices(alive, kind, country, sector, mass, exports_to, weight, fringe, share, expenditure, p):
    """X_ods / M_ods, an origin's deliveries over the mass that supplies them; f8 (C, C+1, S)."""
    countries, sectors = fringe.shape
    total = np.zeros((countries, countries + 1, sectors))
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM and mass[i] > 0.0:
            for d in range(countries + 1):
                if supplies(exports_to[i], d, country[i], countries):
                    total[country[i], d, sector[i]] += weight[country[i]] * mass[i]
    for o in range(countries):
        for d in range(countries + 1):
            for s in range(sectors):
                all_mass = total[o, d, s] + fringe[o, s] * (1.0 if d == o else p.fringe_exporting)
                total[o, d, s] = share[o, d, s] * expenditure[d, s] / all_mass if all_mass > 0.0 else 0.0
    return total


@njit(cache=True)
def fringe_sales(fringe, price, p):
    """Sales of the fringe f8 (C, S)."""
    sales = np.zeros(fringe.shape)
    for o in range(fringe.shape[0]):
        for d in range(price.shape[1]):
            for s in range(fringe.shape[1]):
                sales[o, s] += fringe[o, s] * price[o, d, s] * (1.0 if d == o else p.fringe_exporting)
    return sales


@njit(cache=True)
def fringe_shares(fringe_sales, share, expenditure):
    """Share of the fringe in what its origin sells everywhere, f8 (C, S)."""
    result = np.zeros(fringe_sales.shape)
    for o in range(result.shape[0]):
        for s in range(result.shape[1]):
            output = 0.0
            for d in range(share.shape[1]):
                output += share[o, d, s] * expenditure[d, s]
            result[o, s] = fringe_sales[o, s] / output if output > 0.0 else 0.0
    return result


@njit(cache=True)
def sell(alive, kind, country, sector, mass, exports_to, price, sales, sales_mean, export_sales, niche, p):
    """Sales of firms: contested markets by mass, plus a niche that fades as others find it."""
    rest = price.shape[1] - 1
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            o, s = country[i], sector[i]
            abroad = 0.0
            for d in range(rest + 1):
                if d != o and supplies(exports_to[i], d, o, rest):
                    abroad += mass[i] * price[o, d, s]
            niche[i] *= 1.0 - p.niche_decay
            export_sales[i] = abroad
            sales[i] = mass[i] * price[o, o, s] + abroad + niche[i]
            sales_mean[i] += p.smoothing * (sales[i] - sales_mean[i])
