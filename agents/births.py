"""What an organisation is born with: draws keyed by its id alone, the same for founders and for entrants.

    sector   s ~ its country's sector shares            place  p ~ shares of its country's places in its sector (places specialise)
    stage    uniform over the stages of its key product  taste  t = exp(sd z - sd^2 / 2), mean 1
    fitness  exp(sd z): quality relative to its country and sector
    direction d_f = profile_sf E_f^spread, E_f ~ Exp(1), scaled to |d| = 1
    knowledge k = d depth (R / Rref)^elasticity, the stock at which R&D R rests (agents/learning.py)

Nothing here depends on when, in which order or in which row an organisation is born.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, exponential, key, normal, open_unit, unit
from agents.parameters import as_record, number


@dataclass(frozen=True, slots=True)
class BirthParameters:
    """How organisations and clusters differ at birth."""

    size_exponent: float = number("exponent", 0.5, 2.0, "Axtell 2001, 1.06 for US firms")
    size_span: float = number("largest over smallest", 10, 1e6, "guess: range of sales among R&D performers")
    median_staff: float = number("persons", 5, 2000, "guess: a median R&D performing firm")
    size_part: float = number("0..1", 0, 1, "assumption: part of a country's R&D per firm above normal that shows in size")
    science_spread: float = number("sd of log", 0, 3, "guess")
    university_budget: float = number("over an institute's", 0.01, 10, "guess; higher education does a tenth of Russia's R&D", null=1)
    science_cost: float = number("over a firm's sales per employee", 0.05, 2, "guess: budget per employee; a researcher sells only time")
    taste_spread: float = number("sd of log", 0, 1.5, "guess; Cohen and Klepper 1992: wide within industries", null=0)
    fitness_spread: float = number("sd of log", 0, 0.5, "guess", null=0)
    direction_spread: float = number("exponent", 0, 2, "chosen so that two firms of a sector have proximity near .87", null=0)
    start_cash: float = number("quarters of sales", 0, 2, "guess: in the middle between buffer and target")
    start_cash_spread: float = number("quarters of sales", 0, 1, "guess", null=0)
    start_debt: float = number("quarters of sales", 0, 4, "guess")
    export_spread: float = number("sd of log", 0, 3, "guess: how unequally costly a destination is to firms alike", null=0)
    place_spread: float = number("sd of log share", 0, 2, "calibrated (docs/evidence.md); idea: Ellison and Glaeser 1997", null=0)
    room: float = number("rows per founder", 1, 4, "assumption: space for entrants")
    room_extra: int = number("rows", 1, 1000, "assumption", whole=True)
    book: float = number("addresses per row", 1, 4, "assumption: an address book three quarters full needs few retries")
    book_extra: int = number("addresses", 1, 1000, "assumption", whole=True)
    cluster_members: float = number("organisations", 2, 200, "guess: median cluster; Belarus and Russia list 5 to 60 members")
    cluster_spread: float = number("sd of log", 0, 2, "guess", null=0)
    clustered_most: float = number("share of organisations", 0, 1, "[PY17]: about half of leading economies is clustered")
    affinity_sector: float = number("weight", 0, 1, "guess: weight of an organisation of another sector than the key product's")
    affinity_science: float = number("weight", 0, 1, "guess: weight of a university or institute")
    affinity_place: float = number("weight", 0, 1, "guess: weight of an organisation of another city", null=1)
    capability_low: float = number("0..1", 0, 1, "guess")
    capability_high: float = number("0..1", 0, 1, "guess")
    orientation_low: float = number("0..1", 0, 1, "[N20]: managers of young clusters look only inside them")
    orientation_high: float = number("0..1", 0, 1, "guess")


class Cradle(NamedTuple):
    """What a country offers those who are born there; C countries, S sectors, P places."""

    sector_share: np.ndarray  # f8 (C, S), sums to 1 over sectors
    place_country: np.ndarray  # i8 (P,)
    place_share: np.ndarray  # f8 (S, P), of a sector's organisations; sums to 1 over a country's places
    profile: np.ndarray  # f8 (S, FIELDS)
    stages: np.ndarray  # i8 (S,)
    intensity_factor: np.ndarray  # f8 (C,), normal R&D intensity of the country's firms over the sector's
    smallest: np.ndarray  # f8 (C,), sales of the smallest founding firm, mln int$ / quarter
    firms: np.ndarray  # i8 (C,), founding firms
    clustered: np.ndarray  # f8 (C,), share of founding organisations in a cluster


class Births(NamedTuple):
    """Birth draws of N organisations, shape (N,) unless said."""

    sector: np.ndarray  # i8
    place: np.ndarray  # i8
    stage: np.ndarray  # i8
    taste: np.ndarray  # f8
    fitness: np.ndarray  # f8, ln quality relative to its country and sector
    cash: np.ndarray  # f8, quarters of sales
    direction: np.ndarray  # f8 (N, FIELDS), length 1


BIRTH_DRAWS = (
    Purpose.BIRTH_SECTOR,
    Purpose.BIRTH_PLACE,
    Purpose.BIRTH_CHAIN,
    Purpose.BIRTH_TASTE,
    Purpose.BIRTH_KNOWLEDGE,
    Purpose.BIRTH,
)


def lasting_key(seed: int, purpose: Purpose) -> np.uint64:
    """Key of draws made once in a life: the same in every quarter."""
    return key(seed, purpose, 0)


def draw_births(seed: int, id: np.ndarray, country: np.ndarray, cradle: Cradle, parameters: BirthParameters) -> Births:
    """Birth draws of the organisations `id` (i8, shape (N,)) in `country` (rows of countries)."""
    keys = np.array([lasting_key(seed, purpose) for purpose in BIRTH_DRAWS], dtype=np.uint64)
    count, fields = len(id), cradle.profile.shape[1]
    births = Births(
        sector=np.empty(count, np.int64),
        place=np.empty(count, np.int64),
        stage=np.empty(count, np.int64),
        taste=np.empty(count),
        fitness=np.empty(count),
        cash=np.empty(count),
        direction=np.empty((count, fields)),
    )
    _draw(
        keys, id, country, cradle.sector_share, cradle.place_country, cradle.place_share, cradle.profile, cradle.stages,
        as_record(parameters), births,
    )  # fmt: skip
    return births


@njit(cache=True)
def _draw(keys, id, country, sector_share, place_country, place_share, profile, stages, p, births):
    for n in range(len(id)):
        c = country[n]
        s = pick(unit(bits(keys[0], id[n], 0)), sector_share[c])
        births.sector[n] = s
        births.place[n] = pick_place(unit(bits(keys[1], id[n], 0)), c, place_country, place_share[s])
        births.stage[n] = np.int64(unit(bits(keys[2], id[n], 0)) * stages[s])
        births.taste[n] = math.exp(p.taste_spread * normal(open_unit(bits(keys[3], id[n], 0))) - 0.5 * p.taste_spread * p.taste_spread)
        draw_direction(keys[4], id[n], profile[s], p.direction_spread, births.direction[n])
        births.fitness[n] = p.fitness_spread * normal(open_unit(bits(keys[5], id[n], 0)))
        births.cash[n] = p.start_cash + p.start_cash_spread * (2.0 * unit(bits(keys[5], id[n], 1)) - 1.0)


@njit(cache=True)
def lots(k, id, turn):
    """A drawn number for each id, uint64 (N,): sort by it for a drawn order."""
    result = np.empty(len(id), np.uint64)
    for n in range(len(id)):
        result[n] = bits(k, id[n], turn)
    return result


@njit(cache=True)
def uniforms(k, id, turn):
    """A uniform for each id, f8 (N,)."""
    result = np.empty(len(id))
    for n in range(len(id)):
        result[n] = unit(bits(k, id[n], turn))
    return result


@njit(cache=True)
def pick(u, share):
    """First index at which the running sum of `share` (sums to 1) exceeds u; the last with a share if rounding leaves none."""
    total, last = 0.0, 0
    for n in range(len(share)):
        if share[n] > 0.0:
            last = n
            total += share[n]
            if u < total:
                return n
    return last


@njit(cache=True)
def pick_place(u, country, place_country, place_share):
    """Row of a place of the country, by the places' shares f8 (P,), which sum to 1 within the country."""
    total, last = 0.0, 0
    for n in range(len(place_share)):
        if place_country[n] == country:
            last = n
            total += place_share[n]
            if u < total:
                return n
    return last


@njit(cache=True)
def draw_direction(k, id, profile, spread, direction):
    """Write d_f = profile_f E_f^spread / |.| into `direction`."""
    square = 0.0
    for f in range(len(profile)):
        direction[f] = profile[f] * exponential(open_unit(bits(k, id, f))) ** spread
        square += direction[f] * direction[f]
    length = math.sqrt(square)
    for f in range(len(profile)):
        direction[f] /= length


@njit(cache=True)
def pareto(u, exponent, span):
    """Quantile u of a Pareto law with this exponent on [1, span]."""
    return (1.0 - u * (1.0 - span ** (-exponent))) ** (-1.0 / exponent)


def mean_pareto(exponent: float, span: float) -> float:
    """Mean of a Pareto law with this exponent on [1, span]."""
    if span <= 1.0:
        return 1.0
    if exponent == 1.0:
        return math.log(span) / (1.0 - 1.0 / span)
    return exponent / (exponent - 1.0) * (1.0 - span ** (1.0 - exponent)) / (1.0 - span ** (-exponent))


@njit(cache=True)
def depth_at_rest(research, reference, depth, elasticity):
    """Knowledge at which creation balances depreciation, D = depth (R / Rref)^elasticity; 0 without R&D."""
    return depth * (research / reference) ** elasticity if research > 0.0 else 0.0


@njit(cache=True)
def know_at_birth(direction, research, reference, depth, elasticity, knowledge):
    """Write knowledge f8 (N, FIELDS) of organisations with these directions and real R&D (N,)."""
    for n in range(len(research)):
        length = depth_at_rest(research[n], reference, depth, elasticity)
        for f in range(direction.shape[1]):
            knowledge[n, f] = length * direction[n, f]
