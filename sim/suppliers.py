"""The suppliers of one origin and sector: firms and the fringe, their fitness, market mass and sales (level 2 of sim/market.py)."""

import math

import numpy as np
from numba import njit

from agents.draws import bits, normal, open_unit, poisson, unit
from agents.population import Kind
from sim.exporting import supplies


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
def lines_of_business(sales_mean, median, p):
    """max(1, S / median)^lines_elasticity, f8 (capacity,)."""
    lines = np.empty(len(sales_mean))
    for i in range(len(lines)):
        lines[i] = max(1.0, sales_mean[i] / median) ** p.lines_elasticity
    return lines


@njit(cache=True)
def demand_shock(z_demand, z_jump, lines, p):
    """eps, mean of exp(eps) 1: sd demand_spread / sqrt(lines), and jumps of size jump_size / lines at rate jump_rate x lines."""
    spread = p.demand_spread / math.sqrt(lines)
    eps = spread * normal(open_unit(bits(z_demand, 0, 0))) - 0.5 * spread * spread
    jumps = poisson(unit(bits(z_jump, 0, 0)), p.jump_rate * lines)
    if jumps > 0:
        size = p.jump_size * math.sqrt(np.float64(jumps)) / lines
        eps += size * normal(open_unit(bits(z_jump, 1, 0))) - 0.5 * size * size
    return eps


@njit(cache=True)
def replicate(k_demand, k_jump, id, alive, kind, advantage, lines, mass, p):
    """ln mass' = ln mass + clip(adjustment elasticity (x - F) + eps)."""
    for i in range(len(id)):
        if alive[i] and kind[i] == Kind.FIRM and mass[i] > 0.0:
            eps = demand_shock(bits(k_demand, id[i], 0), bits(k_jump, id[i], 0), lines[i], p)
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
def deliveries(i, o, s, mass, exports_to, price):
    """(home, abroad): what row i of origin o and sector s sells in contested markets at these prices of mass, mln int$ / quarter."""
    rest = price.shape[1] - 1
    abroad = 0.0
    for d in range(rest + 1):
        if d != o and supplies(exports_to[i], d, o, rest):
            abroad += mass[i] * price[o, d, s]
    return mass[i] * price[o, o, s], abroad


@njit(cache=True)
def contested_sales(alive, kind, country, sector, mass, exports_to, price):
    """Sales in contested markets, niches apart, f8 (capacity,)."""
    contested = np.zeros(len(alive))
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            home, abroad = deliveries(i, country[i], sector[i], mass, exports_to, price)
            contested[i] = home + abroad
    return contested


@njit(cache=True)
def sell(alive, kind, country, sector, mass, exports_to, price, orders, sales, sales_mean, export_sales, niche, p):
    """Sales of firms: contested markets by mass, plus a niche that fades as others find it, plus orders of the state."""
    for i in range(len(alive)):
        if alive[i] and kind[i] == Kind.FIRM:
            home, abroad = deliveries(i, country[i], sector[i], mass, exports_to, price)
            niche[i] *= 1.0 - p.niche_decay
            export_sales[i] = abroad
            sales[i] = home + abroad + niche[i] + orders[i]
            sales_mean[i] += p.smoothing * (sales[i] - sales_mean[i])
