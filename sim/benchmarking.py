"""Which countries are alike in structure, as the benchmarking of smart-specialisation platforms asks before it compares results.

    distance(a, b)^2 = mean over columns of (z_a - z_b)^2 + sectors x (half the sum over sectors of |share_a - share_b|)^2

z: structural columns in standard deviations over the modelled countries, which policy does not move from one year to the next (income,
size, R&D effort and who performs it, information technology, competitiveness).  share: of the sectors in firms' sales, now.
Source: [N20], finding reference regions of similar structure; form after Navarro et al. (2014), S3 Working Paper 03; weight a guess.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.population import Kind

if TYPE_CHECKING:
    from sim.world import World


def structural_columns(world: "World") -> list[list[float]]:
    """Columns of all countries, each a list over countries."""
    c = world.countries
    return [
        [math.log(wage) for wage in c.wage.tolist()],
        [math.log(count) for count in c.organisations.tolist()],
        (c.gerd / c.gdp).tolist(),
        (c.berd / c.gerd).tolist(),
        c.ict.tolist(),
        c.basic.tolist(),
        c.efficiency.tolist(),
        c.innovation.tolist(),
    ]


def distances(world: "World") -> np.ndarray:
    """Structural distance between countries, f8 (C, C), 0 on the diagonal."""
    columns, share = [_scaled(column) for column in structural_columns(world)], sector_shares(world).tolist()
    count, weight = len(world.countries), world.config.behaviour.review.sectors
    result = np.zeros((count, count))
    for a in range(count):
        for b in range(count):
            gap = sum((z[a] - z[b]) * (z[a] - z[b]) for z in columns) / len(columns)
            other = 0.5 * sum(abs(x - y) for x, y in zip(share[a], share[b], strict=True))
            result[a, b] = math.sqrt(gap + weight * other * other)
    return result


def _scaled(column: list[float]) -> list[float]:
    """In standard deviations; a column that is the same everywhere says nothing."""
    mean = sum(column) / len(column)
    spread = math.sqrt(sum((x - mean) * (x - mean) for x in column) / len(column))
    return [(x - mean) / spread if spread > 0.0 else 0.0 for x in column]


def sector_sales(world: "World") -> np.ndarray:
    """Firms' smoothed sales by country and sector, f8 (C, S), real."""
    people = world.population
    sales = np.where(people.alive & (people.kind == Kind.FIRM), people.sales_mean, 0.0)
    return _summed(sales, world.weight, people.country, people.sector, len(world.countries), len(world.sectors))


def sector_shares(world: "World") -> np.ndarray:
    """Shares of the sectors in a country's sales, f8 (C, S); nothing where nobody sells."""
    return _shares(sector_sales(world))


def revealed_advantage(world: "World", among: np.ndarray) -> np.ndarray:
    """Share of a sector in a country's sales over its share in those of the countries `among` bool (C,) together; f8 (C, S).

    Balassa (1965), with sales in place of exports.
    """
    sales = sector_sales(world)
    together = _shares(np.array([[float(sum(sales[among, s].tolist())) for s in range(len(world.sectors))]]))
    return np.where(together > 0.0, _shares(sales) / np.where(together > 0.0, together, 1.0), 0.0)


def _shares(sales: np.ndarray) -> np.ndarray:
    total = np.array([[float(sum(row))] for row in sales.tolist()])
    return np.where(total > 0.0, sales / np.where(total > 0.0, total, 1.0), 0.0)


@njit(cache=True)
def _summed(amount, weight, country, sector, countries, sectors):
    """Real sums over organisations by country and sector, in row order."""
    sums = np.zeros((countries, sectors))
    for i in range(len(amount)):
        if amount[i] > 0.0:
            sums[country[i], sector[i]] += amount[i] * weight[i]
    return sums
