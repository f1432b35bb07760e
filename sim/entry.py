"""Who comes: R&D starters out of the fringe, spin-offs of science, affiliates of foreign companies.

Potential entrants form a lattice (quarter, country key, slot) and exist whether or not anything else happens; each enters if
    u < entry_rate  clip((return + start_relief start_cost) / normal_return, 0, return_most)  (fringe share / fringe share at the start)
so that a crowded sector, whose fringe has become R&D performers already, draws fewer.  start_relief: part of the cost of starting that
somebody else bears.  Affiliates choose their country and sector by sim/location.py, and nobody pays their start.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.births import BirthParameters, Births, Cradle, draw_births, know_at_birth, lasting_key, lots, pareto, uniforms
from agents.clusters import Clusters
from agents.draws import Purpose, bits, key, open_unit, unit
from agents.parameters import as_record
from agents.population import Kind, Population, lattice_id
from sim.address_book import list_address
from sim.cluster_founders import affinity
from sim.countries import Countries, Sectors
from sim.exporting import REST_KEY
from sim.founders import exponentials, normalised
from sim.location import attractiveness, hosts
from sim.market import Market
from sim.suppliers import fringe_shares
from sim.turnover import TurnoverParameters

START, SPIN_OFF, AFFILIATE = 0, 1, 2
"""Where an entrant comes from."""


class Entered(NamedTuple):
    """The entrants of a quarter."""

    rows: np.ndarray  # i8 (N,)
    origin: np.ndarray  # i8 (N,), START, SPIN_OFF or AFFILIATE
    no_room: np.ndarray  # i8 (C,), those who found no free row
    fdi: np.ndarray  # f8 (C,), mln int$, real: capital of the affiliates


def enter(
    seed: int,
    quarter: int,
    population: Population,
    countries: Countries,
    sectors: Sectors,
    clusters: Clusters,
    market: Market,
    cradle: Cradle,
    parameters: TurnoverParameters,
    birth: BirthParameters,
    rest: tuple[float, float],
    relief: np.ndarray,
) -> Entered:
    """Entry of one quarter.

    rest: depth of knowledge at which a median R&D performer rests, and its elasticity in R&D.  relief: f8 (C,), Levers.start_relief.
    Writes: every column of the entrants' rows, countries.addresses, clusters.members, market.fringe_mass.
    """
    k = key(seed, Purpose.ENTRY, quarter)
    id, country, births, origin = _newcomers(seed, quarter, k, countries, market, cradle, relief, parameters, birth)
    order = np.argsort(lots(k, id, 1), kind="stable")
    rows = np.full(len(id), -1, dtype=np.int64)
    _find_rows(k, order, id, country, countries.start, countries.stop, population.id, rows)
    came = rows >= 0
    no_room = np.bincount(country[~came], minlength=len(countries))
    id, country, origin, rows = id[came], country[came], origin[came], rows[came]
    births = Births(*(column[came] for column in births))
    sales = entrant_sales(k, id, country, origin, cradle.smallest, as_record(parameters), birth.size_exponent)
    _write(population, rows, id, quarter, country, origin, births, sales, countries, sectors, market, cradle, parameters)
    _equip(population, rows, births, countries, market, rest)
    _inherit(lasting_key(seed, Purpose.ENTRY_PARENT), rows, origin, population, countries, parameters.inheritance)
    _settle_in(seed, rows, population, countries, clusters, cradle, birth)
    q = population
    _take_customers(rows, q.country, q.sector, q.sales, countries.weight, market.price, market.fringe_mass, q.mass)
    fdi = np.zeros(len(countries))
    for i in rows[origin == AFFILIATE]:
        fdi[q.country[i]] += countries.weight[q.country[i]] * parameters.affiliate_capital * q.sales[i]
    return Entered(rows, origin, no_room, fdi)


def _newcomers(
    seed: int,
    quarter: int,
    k: np.uint64,
    countries: Countries,
    market: Market,
    cradle: Cradle,
    relief: np.ndarray,
    parameters: TurnoverParameters,
    birth: BirthParameters,
) -> tuple[np.ndarray, np.ndarray, Births, np.ndarray]:
    """Those of the lattice who enter: ids, countries, births, origins."""
    index, helped = (
        np.clip((market.return_rate + saved) / parameters.normal_return, 0.0, parameters.return_most)
        for saved in (0.0, relief * parameters.start_cost)
    )
    id, country, chance = _starters(quarter, countries, cradle, parameters)
    births = draw_births(seed, id, country, cradle, birth)
    chance = chance * helped[country] * fringe_room(market)[country, births.sector]
    origin = np.where(uniforms(k, id, 2) < parameters.spin_off_part, SPIN_OFF, START)

    slots, rate = _slots(parameters.affiliate_rate * int(cradle.firms.sum()))
    investor = np.array([lattice_id(quarter, REST_KEY, slot) for slot in range(slots)], dtype=np.int64)
    attraction = attractiveness(
        market.share, market.expenditure, countries.weight, countries.wage, market.return_rate, as_record(parameters)
    )
    host = hosts(k, investor, countries.key, attraction)
    foreign = draw_births(seed, investor, host, cradle._replace(sector_share=normalised(attraction)), birth)

    id, country = np.concatenate([id, investor]), np.concatenate([country, host])
    chance = np.concatenate([chance, rate * index[host]])
    origin = np.concatenate([origin, np.full(slots, AFFILIATE)])
    births = Births(*(np.concatenate(pair) for pair in zip(births, foreign)))
    enters = uniforms(k, id, 0) < chance
    return id[enters], country[enters], Births(*(column[enters] for column in births)), origin[enters]


def _slots(expected: float) -> tuple[int, float]:
    """Whole number of slots that holds an expected number of candidates, and the chance of each."""
    slots = max(1, math.ceil(expected))
    return slots, expected / slots


def _starters(
    quarter: int, countries: Countries, cradle: Cradle, parameters: TurnoverParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ids, countries and chances (before profitability) of the potential entrants of every country."""
    id: list[int] = []
    country: list[int] = []
    chance: list[float] = []
    for c in range(len(countries)):
        slots, rate = _slots(parameters.potential * int(cradle.firms[c]))
        id += [lattice_id(quarter, int(countries.key[c]), slot) for slot in range(slots)]
        country += [c] * slots
        chance += [parameters.entry_rate * rate] * slots
    return np.array(id, dtype=np.int64), np.array(country, dtype=np.int64), np.array(chance)


def fringe_room(market: Market) -> np.ndarray:
    """Fringe's share in its origin's sales over its share at the start, f8 (C, S)."""
    share = fringe_shares(market.fringe_sales, market.share, market.expenditure)
    return np.where(market.fringe_share0 > 0.0, share / np.where(market.fringe_share0 > 0.0, market.fringe_share0, 1.0), 0.0)


@njit(cache=True)
def _find_rows(k, order, id, country, start, stop, held, rows):
    """First free row of the country's block from the hash of the id on, in a drawn order; -1 where none is free."""
    taken = held.copy()
    for n in order:
        first, size = start[country[n]], stop[country[n]] - start[country[n]]
        at = np.int64(bits(k, id[n], 3) % np.uint64(size))
        for step in range(size):
            row = first + (at + step) % size
            if taken[row] < 0:
                taken[row] = id[n]
                rows[n] = row
                break


@njit(cache=True)
def entrant_sales(k, id, country, origin, smallest, p, exponent):
    """First sales of entrants: truncated Pareto from a multiple of the country's smallest founder."""
    sales = np.empty(len(id))
    for n in range(len(id)):
        factor = p.affiliate_size if origin[n] == AFFILIATE else p.entry_size
        sales[n] = smallest[country[n]] * factor * pareto(unit(bits(k, id[n], 4)), exponent, p.entry_span)
    return sales


def _write(
    population: Population,
    rows: np.ndarray,
    id: np.ndarray,
    quarter: int,
    country: np.ndarray,
    origin: np.ndarray,
    births: Births,
    sales: np.ndarray,
    countries: Countries,
    sectors: Sectors,
    market: Market,
    cradle: Cradle,
    parameters: TurnoverParameters,
) -> None:
    """Identity, size and product of entrants."""
    q = population
    q.id[rows], q.alive[rows], q.kind[rows], q.born[rows] = id, True, Kind.FIRM, quarter
    q.country[rows], q.place[rows], q.sector[rows], q.stage[rows] = country, births.place, births.sector, births.stage
    q.foreign[rows] = origin == AFFILIATE
    q.taste[rows] = births.taste * cradle.intensity_factor[country]
    q.sales[rows] = q.sales_mean[rows] = sales
    q.staff[rows] = sales / countries.wage[country]
    q.research[rows] = q.research_mean[rows] = sectors.intensity[births.sector] * q.taste[rows] * sales
    q.cash[rows] = births.cash * sales
    lag = market.fringe_fitness[country, births.sector]
    lead = np.where(origin == AFFILIATE, parameters.affiliate_lead * np.maximum(0.0, market.frontier[births.sector] - lag), 0.0)
    q.quality[rows] = exponentials(lag + lead + births.fitness)
    q.unit_cost[rows] = 1.0


def _equip(
    population: Population, rows: np.ndarray, births: Births, countries: Countries, market: Market, rest: tuple[float, float]
) -> None:
    """Knowledge at rest, given R&D in units of researchers' time."""
    knowledge = np.zeros_like(births.direction)
    real = population.research[rows] / countries.research_price[population.country[rows]]
    know_at_birth(births.direction, real, market.research_reference, *rest, knowledge)
    population.knowledge[rows] = knowledge


def _inherit(k: np.uint64, rows: np.ndarray, origin: np.ndarray, population: Population, countries: Countries, part: float) -> None:
    """A spin-off takes place and a part of its parent's knowledge; without a parent in its country it is a plain start."""
    q = population
    for n in np.flatnonzero(origin == SPIN_OFF):
        child, c = rows[n], q.country[rows[n]]
        parent = _parent(k, q.id[child], q.id, q.kind, q.staff, countries.start[c], countries.stop[c])
        if parent < 0:
            origin[n] = START
            continue
        q.place[child] = q.place[parent]
        q.knowledge[child] = np.maximum(q.knowledge[child], part * q.knowledge[parent])


@njit(cache=True)
def _parent(k, child, id, kind, staff, start, stop):
    """The university or institute of the block with the smallest drawn number, -1 if there is none."""
    best, parent = np.uint64(0), -1
    for i in range(start, stop):
        if id[i] >= 0 and kind[i] != Kind.FIRM and staff[i] > 0.0:
            lot = bits(k, child, id[i])
            if parent < 0 or lot < best:
                best, parent = lot, i
    return parent


def _settle_in(
    seed: int, rows: np.ndarray, population: Population, countries: Countries, clusters: Clusters, cradle: Cradle, birth: BirthParameters
) -> None:
    """Address, and with the founders' chance a cluster, drawn by affinity and members."""
    q = population
    _join(
        lasting_key(seed, Purpose.BIRTH_CLUSTER), lasting_key(seed, Purpose.ADDRESS), rows, q.id, q.country, q.sector, q.place, q.cluster,
        clusters.key, clusters.country, clusters.sector, clusters.place, clusters.members, cradle.clustered,
        countries.addresses, countries.book, as_record(birth),
    )  # fmt: skip


@njit(cache=True)
def _join(
    k, k_address, rows, id, country, sector, place, cluster, keys, seat, product, city, members, clustered, addresses, book, p
):  # fmt: skip
    size = members.copy()
    for i in rows:
        list_address(k_address, id[i], i, country[i], addresses, book)
        if unit(bits(k, id[i], 0)) >= clustered[country[i]]:
            continue
        least = math.inf
        for j in range(len(keys)):
            if seat[j] == country[i] and size[j] > 0:
                weight = size[j] * affinity(product[j], city[j], sector[i], place[i], False, p)
                wait = -math.log(open_unit(bits(k, id[i], keys[j]))) / weight if weight > 0.0 else math.inf
                if wait < least:
                    least, cluster[i] = wait, j
        if cluster[i] >= 0:
            members[cluster[i]] += 1


@njit(cache=True)
def _take_customers(rows, country, sector, sales, weight, price, fringe, mass):
    """An entrant's market mass comes out of the fringe it leaves, at most half of what is there."""
    for i in rows:
        o, s = country[i], sector[i]
        mass[i] = min(sales[i] / price[o, o, s], 0.5 * fringe[o, s] / weight[o]) if price[o, o, s] > 0.0 else 0.0
        fringe[o, s] -= weight[o] * mass[i]
