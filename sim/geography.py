"""Where things are: kilometres between places, institutions and technology between countries and sectors.

distance      great circle between places
institution   0 inside a country; else the smallest value of the blocs both belong to; else `apart`
search        weight of a country for those who search the whole world: sqrt(real R&D organisations), 0 over a closed border
consent       chance a quarter that two states agree on a project of both (a project of three needs every pair)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from agents.parameters import number
from sim.countries import Countries, Places, Sectors


@dataclass(frozen=True, slots=True)
class SpaceParameters:
    """Institutional distance and consent by the closest bloc two countries share."""

    union_state_distance: float = number("index", 0, 3, "guess, tried in a prototype")
    eu_distance: float = number("index", 0, 3, "guess, tried in a prototype")
    eaeu_distance: float = number("index", 0, 3, "guess, tried in a prototype")
    apart_distance: float = number("index", 0, 3, "guess, tried in a prototype")
    union_state_consent: float = number("1/quarter", 0, 1, "guess: standing Union State programmes, yearly budget", null=1)
    eu_consent: float = number("1/quarter", 0, 1, "guess: framework programmes need no consent of a state", null=1)
    eaeu_consent: float = number("1/quarter", 0, 1, "guess: case by case between ministries", null=1)
    apart_consent: float = number("1/quarter", 0, 1, "guess", null=1)
    earth_radius: float = number("km", 6000, 6500, "mean radius of the Earth, 6371 km")


BLOCS = ("union_state", "eu", "eaeu")
"""Blocs that bring institutions nearer; a pair takes the nearest it shares."""


@dataclass
class Geography:
    """Matrices over P places, C countries, S sectors."""

    distance: np.ndarray  # f8 (P, P), km
    country_distance: np.ndarray  # f8 (C, C), km between the average organisations of two countries
    institution: np.ndarray  # f8 (C, C), institutional distance
    sector_cosine: np.ndarray  # f8 (S, S), cosine of knowledge profiles
    search: np.ndarray  # f8 (C, C), weight of the column for a searcher of the row
    consent: np.ndarray  # f8 (C, C), 1 on the diagonal, 0 over a closed border
    bloc: np.ndarray  # ? (BLOCS, C, C), both are members


def build_geography(
    countries: Countries,
    places: Places,
    sectors: Sectors,
    membership: Sequence[frozenset[str]],
    closed: np.ndarray,
    parameters: SpaceParameters,
) -> Geography:
    """Geography of a world.

    membership: blocs of each country that are in force, in the order of `countries`; closed: ? (C, C), borders closed to cooperation.
    """
    count = len(countries)
    bloc = np.array([[[name in a and name in b for b in membership] for a in membership] for name in BLOCS], dtype=bool)
    bloc = bloc.reshape(len(BLOCS), count, count)
    institution = nearest_bloc(bloc, [getattr(parameters, f"{name}_distance") for name in BLOCS], parameters.apart_distance, np.minimum)
    consent = nearest_bloc(bloc, [getattr(parameters, f"{name}_consent") for name in BLOCS], parameters.apart_consent, np.maximum)
    institution[np.eye(count, dtype=bool)] = 0.0
    consent[closed] = 0.0
    consent[np.eye(count, dtype=bool)] = 1.0
    search = np.broadcast_to(np.sqrt(countries.organisations), (count, count)).copy()
    search[closed] = 0.0
    distance = great_circle(np.radians(places.latitude), np.radians(places.longitude), parameters.earth_radius)
    return Geography(
        distance=distance,
        country_distance=mean_distance(distance, places.country, places.share, count),
        institution=institution,
        sector_cosine=cosine(sectors.profile),
        search=search,
        consent=consent,
        bloc=bloc,
    )


def nearest_bloc(bloc: np.ndarray, values: list[float], apart: float, nearer: np.ufunc) -> np.ndarray:
    """The best (`nearer`) of the values of the blocs a pair shares, `apart` where it shares none; shape (C, C)."""
    result = np.full(bloc.shape[1:], apart)
    for shared, value in zip(bloc, values):
        result = np.where(shared, nearer(result, value), result)
    return result


@njit(cache=True)
def great_circle(latitude, longitude, radius):
    """Kilometres between all pairs of points given in radians (haversine); f8 (P, P), symmetric to the bit."""
    count = len(latitude)
    distance = np.zeros((count, count))
    for a in range(count):
        for b in range(a):
            up = math.sin(0.5 * (latitude[a] - latitude[b]))
            along = math.sin(0.5 * (longitude[a] - longitude[b]))
            chord = up * up + math.cos(latitude[a]) * math.cos(latitude[b]) * along * along
            distance[a, b] = 2.0 * radius * math.asin(min(1.0, math.sqrt(chord)))
            distance[b, a] = distance[a, b]
    return distance


@njit(cache=True)
def mean_distance(distance, place_country, share, countries):
    """Kilometres between two countries' organisations, averaged with the places' shares; f8 (C, C)."""
    result = np.zeros((countries, countries))
    for a in range(len(share)):
        for b in range(len(share)):
            result[place_country[a], place_country[b]] += share[a] * share[b] * distance[a, b]
    return result


@njit(cache=True)
def cosine(profile):
    """Uncentred correlation of the rows of `profile`; f8 (S, S)."""
    count, fields = profile.shape
    result = np.ones((count, count))
    for a in range(count):
        for b in range(count):
            inner, own, other = 0.0, 0.0, 0.0
            for f in range(fields):
                inner += profile[a, f] * profile[b, f]
                own += profile[a, f] * profile[a, f]
                other += profile[b, f] * profile[b, f]
            if a != b:
                result[a, b] = inner / math.sqrt(own * other)
    return result
