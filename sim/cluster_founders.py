"""The founding clusters: their number, key products, seats, stages and members.

The NUMBER of clusters is scaled, never their size.  Sizes are lognormal quantiles in drawn order.  Members are drawn among the
country's organisations outside any cluster, by weights for sector, kind and city (Efraimidis and Spirakis 2006: the smallest
-ln(u) / weight), independently of size, R&D and knowledge.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.births import BirthParameters, Cradle, lasting_key, lots, pick_place, uniforms
from agents.clusters import Clusters, ClusterStage
from agents.draws import Purpose, bits, normal, open_unit
from agents.parameters import as_record
from agents.population import Kind, Population
from sim.countries import Countries, Sectors
from sim.founders import largest_remainder

if TYPE_CHECKING:
    from sim.config import CountryConfig

CLUSTERS_PER_COUNTRY = 1_000_000


def found_clusters(
    seed: int,
    config: Mapping[str, "CountryConfig"],
    countries: Countries,
    sectors: Sectors,
    population: Population,
    cradle: Cradle,
    parameters: BirthParameters,
) -> Clusters:
    """All clusters of the start; writes population.cluster and cradle.clustered."""
    number = [_number(config[iso]) for iso in countries.iso]
    clusters = Clusters(sum(number))
    sizes = np.zeros(clusters.count, np.int64)
    founders = np.bincount(population.country[population.alive], minlength=len(countries))
    end = 0
    for c, iso in enumerate(countries.iso):
        rows, end = np.arange(end, end + number[c]), end + number[c]
        if len(rows):
            sizes[rows] = _describe(seed, c, rows, config[iso], founders[c], countries, sectors, clusters, cradle, parameters)
    _gather(
        lasting_key(seed, Purpose.BIRTH_CLUSTER), clusters.key, clusters.country, clusters.place, clusters.sector, sizes,
        countries.start, countries.stop, population.id, population.kind, population.place, population.sector, population.cluster,
        as_record(parameters),
    )  # fmt: skip
    _count(clusters, population, cradle, founders)
    return clusters


def _number(country: "CountryConfig") -> int:
    real = country.value("clusters")
    return max(1, round(real * country.scale)) if real > 0.0 else 0


def _describe(
    seed: int,
    c: int,
    rows: np.ndarray,
    config: "CountryConfig",
    organisations: int,
    countries: Countries,
    sectors: Sectors,
    clusters: Clusters,
    cradle: Cradle,
    parameters: BirthParameters,
) -> np.ndarray:
    """Fill the columns of country c's clusters; returns the members each wants."""
    number = len(rows)
    keys = countries.key[c] * CLUSTERS_PER_COUNTRY + np.arange(number)
    clusters.key[rows] = keys
    clusters.country[rows] = c
    draw_abilities(seed, clusters, rows, parameters)
    k = lasting_key(seed, Purpose.CLUSTER_BIRTH)
    share = key_product_shares(config, sectors, cradle.sector_share[c])
    clusters.sector[rows[drawn_order(k, keys, 0)]] = np.repeat(np.arange(len(sectors)), largest_remainder(share, number))
    emerging, active = config.value("emerging_share"), config.value("active_share")
    stages = largest_remainder(np.array([1.0 - emerging - active, emerging, active]), number)
    clusters.stage[rows[drawn_order(k, keys, 1)]] = np.repeat([ClusterStage.POTENTIAL, ClusterStage.EMERGING, ClusterStage.ACTIVE], stages)
    clusters.founded[rows] = clusters.stage[rows] == ClusterStage.ACTIVE
    seats = zip(uniforms(k, keys, 2), clusters.sector[rows], strict=True)
    clusters.place[rows] = [pick_place(u, c, cradle.place_country, cradle.place_share[s]) for u, s in seats]
    sizes = np.empty(number, np.int64)
    sizes[drawn_order(k, keys, 3)] = cluster_sizes(number, organisations, parameters)
    return sizes


def draw_abilities(seed: int, clusters: Clusters, rows: np.ndarray, parameters: BirthParameters) -> None:
    """What the cluster organisations of these rows are able to do, by their luck keys."""
    for column, purpose, low, high in (
        ("capability", Purpose.CLUSTER_CAPABILITY, parameters.capability_low, parameters.capability_high),
        ("orientation", Purpose.CLUSTER_ORIENTATION, parameters.orientation_low, parameters.orientation_high),
    ):
        getattr(clusters, column)[rows] = low + (high - low) * uniforms(lasting_key(seed, purpose), clusters.key[rows], 0)
        getattr(clusters, f"{column}_start")[rows] = getattr(clusters, column)[rows]


def key_product_shares(config: "CountryConfig", sectors: Sectors, usual: np.ndarray) -> np.ndarray:
    """Shares of key products among a country's clusters: what is known of them, the rest in proportion to `usual` elsewhere."""
    known = np.array([config.cluster_sectors[name].value if name in config.cluster_sectors else 0.0 for name in sectors.name])
    others = np.where(known > 0.0, 0.0, usual)
    left = 1.0 - sum(known)
    if sum(others) <= 0.0 or left <= 0.0:
        return known / sum(known)
    return known + others * (left / sum(others))


def cluster_sizes(number: int, organisations: int, parameters: BirthParameters) -> np.ndarray:
    """Members of each cluster, lognormal quantiles, at least 2, together at most `clustered_most` of the organisations."""
    sizes = [parameters.cluster_members * math.exp(parameters.cluster_spread * normal((n + 0.5) / number)) for n in range(number)]
    shrink = min(1.0, parameters.clustered_most * organisations / sum(sizes))
    return np.array([max(2, round(size * shrink)) for size in sizes], dtype=np.int64)


def drawn_order(k: np.uint64, keys: np.ndarray, turn: int) -> np.ndarray:
    """A drawn order of 0..n-1."""
    return np.argsort(lots(k, keys, 10 + turn), kind="stable")


@njit(cache=True)
def affinity(cluster_sector, cluster_place, sector, place, science, p):
    """Weight with which a cluster and an organisation attract each other at birth; says nothing of quality or size."""
    weight = p.affinity_science if science else (1.0 if sector == cluster_sector else p.affinity_sector)
    return weight if place == cluster_place else weight * p.affinity_place


@njit(cache=True)
def _gather(k, keys, country, place, sector, sizes, start, stop, id, kind, home, trade, cluster, p):
    """Fill clusters one after the other in a drawn order."""
    turn = np.argsort(np.array([bits(k, j, 0) for j in keys]))
    wait = np.empty(len(id))
    for j in turn:
        first, last = start[country[j]], stop[country[j]]
        wait[first:last] = math.inf
        for i in range(first, last):
            if id[i] >= 0 and cluster[i] < 0:
                weight = affinity(sector[j], place[j], trade[i], home[i], kind[i] != Kind.FIRM, p)
                if weight > 0.0:
                    wait[i] = -math.log(open_unit(bits(k, id[i], keys[j]))) / weight
        for i in np.argsort(wait[first:last])[: sizes[j]]:
            if wait[first + i] < math.inf:
                cluster[first + i] = j


def _count(clusters: Clusters, population: Population, cradle: Cradle, founders: np.ndarray) -> None:
    inside = population.cluster >= 0
    clusters.members[:] = np.bincount(population.cluster[inside], minlength=clusters.count)
    clusters.members_start[:] = clusters.members
    cradle.clustered[:] = np.bincount(population.country[inside], minlength=len(founders)) / founders
    _sums(population.cluster, population.sales, population.research, clusters.sales_start, clusters.research_start)


@njit(cache=True)
def _sums(cluster, sales, research, sales_sum, research_sum):
    for i in range(len(cluster)):
        if cluster[i] >= 0:
            sales_sum[cluster[i]] += sales[i]
            research_sum[cluster[i]] += research[i]
