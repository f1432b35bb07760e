"""The founding population: whom a country's figures describe at the start.

    organisations  n_c = round(real x scale), at least 1; weight w_c = real / n_c
    kinds          by the country's shares (largest remainder), firms in the first slots
    sales          S = smallest_c x quantile (rank - 1/2) / n of a truncated Pareto law; ranks are drawn, sizes are not,
                   so that a small country does not owe its R&D to one lucky draw
    R&D            firms intensity_s taste_i S_i; science: lognormal quantiles
    totals         w_c sum of firms' R&D = BERD_c,  w_c sum of science's R&D = GERD_c - BERD_c, exactly

R&D per firm above that of a normal firm (median_staff employees, sector's intensity) shows partly in size, partly in intensity:
smallest_c ~ ratio^size_part, intensity factor = ratio^(1 - size_part).
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.births import BirthParameters, Births, Cradle, draw_births, know_at_birth, lasting_key, lots, pareto
from agents.draws import Purpose, bits, normal, open_unit
from agents.population import Kind, Population, lattice_id
from sim.address_book import fill_address_books
from sim.config_check import ConfigError
from sim.countries import Countries, Places, Sectors

if TYPE_CHECKING:
    from sim.config import CountryConfig

FOUNDING = -1
"""Quarter of birth of all founders."""
FITTING = 50
"""Rounds of proportional fitting: gaps are then below a thousandth."""


def found_population(
    seed: int,
    config: Mapping[str, "CountryConfig"],
    countries: Countries,
    places: Places,
    sectors: Sectors,
    parameters: BirthParameters,
    rest: tuple[float, float],
) -> tuple[Population, Cradle]:
    """The population at the start, and what later generations are born into.

    rest: depth of knowledge at which a median R&D performer rests, and its elasticity in R&D.
    Writes countries.{weight, start, stop, book, addresses, research_start}.  Market columns are filled by sim.market.build_market.
    """
    shares = np.array([kind_shares(config[iso]) for iso in countries.iso])
    founders = np.array([max(1, round(n * config[iso].scale)) for n, iso in zip(countries.organisations, countries.iso)])
    countries.weight[:] = countries.organisations / founders
    population = Population(lay_out_blocks(countries, founders, parameters))
    sector_share = sector_shares(config, countries, sectors)
    cradle = Cradle(
        sector_share=sector_share,
        place_country=places.country,
        place_share=place_shares(lasting_key(seed, Purpose.PLACE_SECTOR), places, countries, sector_share, parameters.place_spread),
        profile=sectors.profile,
        stages=sectors.stages,
        intensity_factor=np.ones(len(countries)),
        smallest=np.zeros(len(countries)),
        firms=np.zeros(len(countries), np.int64),
        clustered=np.zeros(len(countries)),
    )
    for c in range(len(countries)):
        kinds = np.repeat([Kind.FIRM, Kind.INSTITUTE, Kind.UNIVERSITY], largest_remainder(shares[c], int(founders[c])))
        _settle(seed, c, kinds, population, countries, sectors, cradle, parameters)
    _give_knowledge(seed, population, countries, cradle, parameters, rest)
    countries.research_start[:] = weighted_sum(population.research, countries.weight, population.country, len(countries))
    fill_address_books(
        lasting_key(seed, Purpose.ADDRESS),
        population.id,
        population.country,
        population.staff,
        countries.addresses,
        countries.book,
    )
    return population, cradle


def kind_shares(country: "CountryConfig") -> tuple[float, float, float]:
    """Shares of firms, institutes and universities among a country's R&D-performing organisations."""
    institutes, universities = country.value("institute_share"), country.value("university_share")
    return 1.0 - institutes - universities, institutes, universities


def sector_shares(config: Mapping[str, "CountryConfig"], countries: Countries, sectors: Sectors) -> np.ndarray:
    """Chance of a sector for an organisation of a country, sector weight times the country's tilt; f8 (C, S)."""
    tilt = np.ones((len(countries), len(sectors)))
    for c, iso in enumerate(countries.iso):
        for name, figure in config[iso].sector_tilt.items():
            if name in sectors.name:
                tilt[c, sectors.name.index(name)] = figure.value
    return normalised(tilt * sectors.weight)


@njit(cache=True)
def normalised(table):
    """Rows of a non-negative table, scaled to sum to 1 (sums in column order)."""
    result = np.zeros_like(table)
    for c in range(table.shape[0]):
        total = 0.0
        for s in range(table.shape[1]):
            total += table[c, s]
        for s in range(table.shape[1]):
            result[c, s] = table[c, s] / total
    return result


@njit(cache=True)
def _place_shares(k, country, share, keys, sector_share, spread):
    """See `place_shares`.  keys: of countries.  A place's luck goes by its country and its position in it."""
    sectors, places = sector_share.shape[1], len(share)
    shares = np.empty((sectors, places))
    whole, seen = np.zeros(len(keys)), np.zeros(len(keys), np.int64)
    for p in range(places):
        c = country[p]
        whole[c] += share[p]
        for s in range(sectors):
            shares[s, p] = share[p] * math.exp(spread * normal(open_unit(bits(bits(k, keys[c], seen[c]), s, 0))))
        seen[c] += 1
    for _ in range(FITTING):
        for p in range(places):
            total = 0.0
            for s in range(sectors):
                total += sector_share[country[p], s] * shares[s, p]
            for s in range(sectors):
                shares[s, p] *= share[p] / whole[country[p]] / total
        for s in range(sectors):
            totals = np.zeros(len(keys))
            for p in range(places):
                totals[country[p]] += shares[s, p]
            for p in range(places):
                shares[s, p] /= totals[country[p]]
    return shares


def place_shares(k: np.uint64, places: Places, countries: Countries, sector_share: np.ndarray, spread: float) -> np.ndarray:
    """Shares of places in a sector's organisations, f8 (S, P): summing to 1 over a country's places, and over sectors to the place's share.

    A place's share in all, times exp(spread z) with z standard normal for every sector and place, fitted to both sums in turn (iterative
    proportional fitting): places specialise (Ellison and Glaeser 1997 find more concentration than chance in nearly every industry), and a
    city stays as large as it is.  sector_share: f8 (C, S), sums to 1 over sectors.
    """
    return _place_shares(k, places.country, places.share, countries.key, sector_share, spread)


def largest_remainder(shares: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers nearest to `shares` x total that sum to total (Hamilton's method; ties go to the first)."""
    quotas = np.asarray(shares) * total
    counts = np.floor(quotas).astype(np.int64)
    most = np.argsort(counts - quotas, kind="stable")[: total - int(counts.sum())]
    counts[most] += 1
    return counts


def lay_out_blocks(countries: Countries, founders: np.ndarray, parameters: BirthParameters) -> int:
    """Give every country a block of rows and an address book; returns the rows needed in all."""
    rows = np.ceil(parameters.room * founders).astype(np.int64) + parameters.room_extra
    countries.stop[:] = np.cumsum(rows)
    countries.start[:] = countries.stop - rows
    countries.book[:] = np.ceil(parameters.book * rows).astype(np.int64) + parameters.book_extra
    countries.addresses = np.full((len(countries), int(countries.book.max())), -1, dtype=np.int32)
    return int(rows.sum())


def _settle(
    seed: int,
    c: int,
    kinds: np.ndarray,
    population: Population,
    countries: Countries,
    sectors: Sectors,
    cradle: Cradle,
    parameters: BirthParameters,
) -> None:
    """Fill the rows of country c: identity, size, R&D and money of its founders."""
    rows = np.arange(countries.start[c], countries.start[c] + len(kinds))
    id = np.array([lattice_id(FOUNDING, int(countries.key[c]), slot) for slot in range(len(kinds))], dtype=np.int64)
    births = draw_births(seed, id, np.full(len(kinds), c), cradle, parameters)
    quantile = drawn_quantiles(lasting_key(seed, Purpose.BIRTH), id, kinds)
    firm = kinds == Kind.FIRM
    cradle.firms[c] = np.count_nonzero(firm)
    sales = np.zeros(len(kinds))
    research = np.zeros(len(kinds))
    sales[firm], cradle.smallest[c], cradle.intensity_factor[c] = firm_sizes(
        quantile[firm], sectors.intensity[births.sector[firm]] * births.taste[firm], countries, c, parameters
    )
    taste = births.taste * cradle.intensity_factor[c]
    research[firm] = sectors.intensity[births.sector[firm]] * taste[firm] * sales[firm]
    sales[~firm] = science_budgets(quantile[~firm], kinds[~firm], (countries.gerd[c] - countries.berd[c]) / countries.weight[c], parameters)
    research[~firm] = sales[~firm]
    enrol(population, rows, id, kinds, c, births, taste)
    population.sales[rows] = population.sales_mean[rows] = sales
    population.research[rows] = population.research_mean[rows] = research
    population.staff[rows] = sales / (countries.wage[c] * np.where(firm, 1.0, parameters.science_cost))
    population.cash[rows] = np.where(firm, births.cash * sales, 0.0)
    population.debt[rows] = np.where(firm, parameters.start_debt * sales, 0.0)


def enrol(population: Population, rows: np.ndarray, id: np.ndarray, kinds: np.ndarray, c: int, births: Births, taste: np.ndarray) -> None:
    """Write what founders of one country are into `rows`, nothing about their size."""
    population.id[rows] = id
    population.alive[rows] = True
    population.kind[rows] = kinds
    population.country[rows] = c
    population.place[rows] = births.place
    population.sector[rows] = births.sector
    population.stage[rows] = births.stage
    population.born[rows] = FOUNDING
    population.taste[rows] = taste
    population.unit_cost[rows] = 1.0
    population.quality[rows] = exponentials(births.fitness)


def firm_sizes(
    quantile: np.ndarray, intensity: np.ndarray, countries: Countries, c: int, parameters: BirthParameters
) -> tuple[np.ndarray, float, float]:
    """Sales of the founding firms of country c so that their R&D adds up to BERD; (sales, smallest, intensity factor)."""
    if len(quantile) == 0:
        return quantile, parameters.median_staff * countries.wage[c], 1.0
    shape = np.array([pareto(q, parameters.size_exponent, parameters.size_span) for q in quantile])
    middle = pareto(0.5, parameters.size_exponent, parameters.size_span)
    normal_smallest = parameters.median_staff * countries.wage[c] / middle
    research = dot(intensity, shape) * normal_smallest
    ratio = countries.berd[c] / countries.weight[c] / research
    smallest = normal_smallest * ratio**parameters.size_part
    return smallest * shape, smallest, ratio ** (1.0 - parameters.size_part)


def science_budgets(quantile: np.ndarray, kinds: np.ndarray, total: float, parameters: BirthParameters) -> np.ndarray:
    """Budgets of institutes and universities that add up to `total`, lognormal quantiles."""
    budget = np.array([math.exp(parameters.science_spread * normal(q)) for q in quantile])
    budget = np.where(kinds == Kind.UNIVERSITY, parameters.university_budget * budget, budget)
    return budget * (total / dot(budget, np.ones(len(budget)))) if len(budget) else budget


def drawn_quantiles(k: np.uint64, id: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """(drawn rank - 1/2) / n within each of firms and science; f8."""
    lot = lots(k, id, 2)
    quantile = np.zeros(len(id))
    for group in (kinds == Kind.FIRM, kinds != Kind.FIRM):
        rank = np.argsort(np.argsort(lot[group], kind="stable"), kind="stable")
        quantile[group] = (rank + 0.5) / max(1, len(rank))
    return quantile


def _give_knowledge(
    seed: int, population: Population, countries: Countries, cradle: Cradle, parameters: BirthParameters, rest: tuple[float, float]
) -> None:
    """Knowledge at rest, given R&D, along a drawn direction."""
    rows = np.flatnonzero(population.alive)
    births = draw_births(seed, population.id[rows], population.country[rows].astype(np.int64), cradle, parameters)
    knowledge = np.zeros_like(births.direction)
    know_at_birth(births.direction, population.research[rows], median(population.research[rows]), *rest, knowledge)
    population.knowledge[rows] = knowledge


def median(values: np.ndarray) -> float:
    """The middle one of the positive values (the upper one of two), so that nothing without size moves it."""
    positive = np.sort(values[values > 0.0])
    if len(positive) == 0:
        raise ConfigError("country: found no R&D, or no firm, at this scale; allowed: a world with a firm and R&D")
    return float(positive[len(positive) // 2])


@njit(cache=True)
def dot(a, b):
    """Sum of products in row order."""
    total = 0.0
    for n in range(len(a)):
        total += a[n] * b[n]
    return total


@njit(cache=True)
def exponentials(values):
    """e to the power of each value."""
    result = np.empty(len(values))
    for n in range(len(values)):
        result[n] = math.exp(values[n])
    return result


@njit(cache=True)
def weighted_sum(values, weight, country, countries):
    """Real totals by country: sum of w_c x value over rows, in row order; f8 (countries,)."""
    total = np.zeros(countries)
    for i in range(len(values)):
        total[country[i]] += weight[country[i]] * values[i]
    return total
