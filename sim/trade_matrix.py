"""The market at the start: who supplies whom, by proportional fitting of a gravity kernel, and which firm has which part of it.

    E_ds = weight_s turnover GDP_d                      expenditure, the rest of the world included
    Y_os = max(weight_s turnover GDP_o, firms' sales / firm_share_most)       output of modelled countries; the rest balances
    X_ods = a_os b_ds exp(-kernel_ods) with these margins (iterative proportional fitting; Deming and Stephan 1940)
    kernel = distance_elasticity ln(km) + [o != d] (border_open + border (1 - openness_s) - rules of a shared bloc)
A firm's mass solves mass sum_d X / M = S for its birth sales S; which destinations it supplies follows the rule of market entry.
"""

import math

import numpy as np
from numba import njit

from agents.births import lasting_key
from agents.draws import Purpose, bits, normal, open_unit
from agents.knowledge import breadth, depth
from agents.parameters import as_record
from agents.population import Kind, Population
from sim.countries import Countries, Sectors
from sim.exporting import REST_BIT, REST_KEY
from sim.founders import median, weighted_sum
from sim.geography import BLOCS, Geography
from sim.market import Market, MarketParameters, clear
from sim.suppliers import fitness_of, fringe_sales, fringe_shares, mass_prices, mean_fitness

PASSES = 60
"""Passes that settle masses and export destinations; each multiplies the error by well under one half."""


def build_market(
    seed: int,
    population: Population,
    countries: Countries,
    sectors: Sectors,
    geography: Geography,
    export_spread: float,
    parameters: MarketParameters,
) -> Market:
    """Market at rest with the founding population; writes population.{mass, exports_to, export_sales}.

    export_spread: sd of log entry cost over firms and destinations at the start (BirthParameters).
    """
    p = as_record(parameters)
    firms_sales = by_sector(population, countries, len(sectors))
    market = Market()
    output = np.maximum(np.outer(countries.gdp, sectors.weight) * parameters.turnover, firms_sales / parameters.firm_share_most)
    market.expenditure = np.outer(np.append(countries.gdp, parameters.rest_gdp), sectors.weight) * parameters.turnover
    market.trade_cost = trade_costs(geography, parameters)
    market.trade_cost0 = market.trade_cost.copy()
    market.rules = np.zeros_like(market.trade_cost)
    market.trend = market.expenditure.copy()
    border = parameters.border * (1.0 - sectors.openness)
    market.share = fit_shares(output, market.expenditure, market.trade_cost, border, parameters.rounds)
    market.start_share = market.share.copy()
    market.growth = common_growth(sectors, firms_sales)
    market.fringe_mass = output - firms_sales
    market.fringe_fitness = np.zeros((len(countries), len(sectors)))
    market.frontier = np.full(len(sectors), parameters.frontier_lead)
    _fill_masses(seed, population, countries, market, output - firms_sales, export_spread, p)
    _fix_references(population, countries, market, p)
    market.taste_normal = normal_taste(population, countries, sectors)
    market.cover = np.outer(market.taste_normal * countries.business_funded, sectors.intensity)
    market.return_rate = np.zeros(len(countries))
    market.fringe_share0 = fringe_shares(market.fringe_sales, market.share, market.expenditure)
    return market


def normal_taste(population: Population, countries: Countries, sectors: Sectors) -> np.ndarray:
    """A country's R&D of firms over what its firms' sales call for at the sectors' intensities, f8 (C,)."""
    firm = population.alive & (population.kind == Kind.FIRM)
    usual = np.where(firm, sectors.intensity[population.sector] * population.sales_mean, 0.0)
    spent = weighted_sum(usual * population.taste, countries.weight, population.country, len(countries))
    usual = weighted_sum(usual, countries.weight, population.country, len(countries))
    return np.where(usual > 0.0, spent / np.where(usual > 0.0, usual, 1.0), 1.0)


def by_sector(population: Population, countries: Countries, sectors: int) -> np.ndarray:
    """Real sales of firms, f8 (C, S)."""
    cell = population.country.astype(np.int64) * sectors + population.sector
    amount = np.where(population.kind == Kind.FIRM, population.sales, 0.0) * countries.weight[population.country]
    return weighted_sum(amount, np.ones(len(countries) * sectors), cell, len(countries) * sectors).reshape(len(countries), sectors)


def common_growth(sectors: Sectors, firms_sales: np.ndarray) -> np.ndarray:
    """Growth of the sectors' expenditure against their R&D-weighted mean, f8 (S,)."""
    weight, mean, total = sectors.intensity * firms_sales, 0.0, 0.0
    for s in range(len(sectors)):
        for c in range(len(firms_sales)):
            mean += weight[c, s] * sectors.growth[s]
            total += weight[c, s]
    return sectors.growth - mean / total if total > 0.0 else sectors.growth


def trade_costs(geography: Geography, parameters: MarketParameters) -> np.ndarray:
    """Trade cost between countries, rest of the world last, without the sectors' own border; f8 (C+1, C+1), log points."""
    km = np.maximum(geography.country_distance, parameters.home_distance)
    count = len(km)
    cost = np.zeros((count + 1, count + 1))
    cost[:count, :count] = log_of(km)
    cost[count, :] = cost[:, count] = math.log(parameters.rest_distance)
    cost *= parameters.distance_elasticity
    abroad = np.full((count + 1, count + 1), parameters.border_open)
    for shared, name in zip(geography.bloc, BLOCS):
        abroad[:count, :count] -= np.where(shared, getattr(parameters, f"{name}_rules"), 0.0)
    abroad[np.eye(count + 1, dtype=bool)] = 0.0
    return cost + abroad


@njit(cache=True)
def log_of(values):
    """Natural logarithm of a matrix."""
    result = np.empty(values.shape)
    for a in range(values.shape[0]):
        for b in range(values.shape[1]):
            result[a, b] = math.log(values[a, b])
    return result


@njit(cache=True)
def fit_shares(output, expenditure, cost, border, rounds):
    """Origins' shares in destinations f8 (C+1, C+1, S) with these outputs (C, S) and expenditures (C+1, S).

    What the modelled countries do not make, the rest of the world makes; where their output exceeds all expenditure it is scaled down.
    """
    count, sectors = len(expenditure), len(border)
    share = np.zeros((count, count, sectors))
    flow, made = np.zeros((count, count)), np.zeros(count)
    for s in range(sectors):
        left = 0.0
        for d in range(count):
            left += expenditure[d, s]
        for o in range(count - 1):
            made[o] = output[o, s]
            left -= made[o]
        made[count - 1] = left
        for o in range(count):
            for d in range(count):
                flow[o, d] = math.exp(-cost[o, d] - (border[s] if o != d else 0.0))
        for _ in range(rounds):
            _scale_rows(flow, made)
            _scale_columns(flow, expenditure[:, s])
        for o in range(count):
            for d in range(count):
                share[o, d, s] = flow[o, d] / expenditure[d, s]
    return share


@njit(cache=True)
def _scale_rows(flow, wanted):
    for o in range(len(wanted)):
        total = 0.0
        for d in range(len(wanted)):
            total += flow[o, d]
        for d in range(len(wanted)):
            flow[o, d] *= wanted[o] / total


@njit(cache=True)
def _scale_columns(flow, wanted):
    for d in range(len(wanted)):
        total = 0.0
        for o in range(len(wanted)):
            total += flow[o, d]
        for o in range(len(wanted)):
            flow[o, d] *= wanted[d] / total


def _fill_masses(
    seed: int, population: Population, countries: Countries, market: Market, fringe: np.ndarray, export_spread: float, p: np.void
) -> None:
    """Masses at which firms sell what they were born with and export where that pays; the fringe sells the rest."""
    q, k = population, lasting_key(seed, Purpose.BIRTH_EXPORT)
    keys = np.append(countries.key, REST_KEY)
    firm = q.alive & (q.kind == Kind.FIRM)
    q.mass[firm] = q.sales[firm]
    for turn in range(PASSES):
        market.price = mass_prices(
            q.alive, q.kind, q.country, q.sector, q.mass, q.exports_to, countries.weight, market.fringe_mass, market.share,
            market.expenditure, p,
        )  # fmt: skip
        if turn < PASSES // 2:
            _choose_exports(k, q.id, firm, q.country, q.sector, q.mass, market.price, keys, export_spread, p, q.exports_to)
        _match_mass(firm, q.country, q.sector, q.sales, q.exports_to, market.price, q.mass)
        sold = fringe_sales(market.fringe_mass, market.price, p)
        market.fringe_mass *= fringe / np.where(sold > 0.0, sold, 1.0)


@njit(cache=True)
def _choose_exports(k, id, firm, country, sector, mass, price, keys, spread, p, exports_to):
    rest = price.shape[1] - 1
    for i in range(len(id)):
        if firm[i]:
            exports_to[i] = 0
            for d in range(rest + 1):
                earned = mass[i] * price[country[i], d, sector[i]] * p.entry_margin * p.entry_payback
                luck = normal(open_unit(bits(k, id[i], keys[d])))
                if d != country[i] and earned > p.entry_cost * math.exp(spread * luck):
                    exports_to[i] |= np.int64(1) << np.int64(REST_BIT if d == rest else d)


@njit(cache=True)
def _match_mass(firm, country, sector, sales, exports_to, price, mass):
    rest = price.shape[1] - 1
    for i in range(len(firm)):
        if firm[i]:
            o, s = country[i], sector[i]
            unit_sales = price[o, o, s]
            for d in range(rest + 1):
                if d != o and (exports_to[i] >> np.int64(REST_BIT if d == rest else d)) & np.int64(1) == 1:
                    unit_sales += price[o, d, s]
            mass[i] = math.sqrt(mass[i] * sales[i] / unit_sales) if unit_sales > 0.0 else 0.0


def _fix_references(population: Population, countries: Countries, market: Market, p: np.void) -> None:
    """Fitness, medians and sales at the start, to which later quarters are compared."""
    q = population
    wanted = q.sales_mean.copy()
    clear(population, countries, market, np.zeros(q.capacity), p)
    q.sales_mean[:] = wanted
    fitness = fitness_of(q.alive, q.kind, q.quality, q.unit_cost)
    own, _ = mean_fitness(
        fitness, q.sales, q.alive, q.kind, q.country, q.sector, countries.weight, market.fringe_sales, market.fringe_fitness
    )
    market.fitness = np.vstack([own, np.zeros((1, own.shape[1]))])
    market.fitness0 = market.fitness.copy()
    rows = np.flatnonzero(q.alive & (q.staff > 0.0))
    market.research_reference = median(q.research[rows])
    market.sales_median = median(q.sales[rows[q.kind[rows] == Kind.FIRM]])
    market.depth_reference = median(np.array([depth(q.knowledge, i) for i in rows]))
    market.breadth_reference = median(np.array([breadth(q.knowledge, i) for i in rows]))
