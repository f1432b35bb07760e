"""The map: where clusters and organisations are drawn, and the ties between them; pure functions of a world.

Countries are schematic tiles, or on request outlines (outlines.json: Natural Earth, public domain, thinned; Russia's longitudes below 0
moved by 360 so that it is one piece).  Both are shapes of one kind, so that zoom, circles and arcs work alike on them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from agents.clusters import ClusterStage
from agents.ties import TieStage
from sim.world import World

TIES = ("inside", "cross_cluster", "cross_sector", "cross_border", "outside")
"""Kinds of ties as they are drawn: once, by the widest gap that they bridge; `outside`: in one country, and an end is in no cluster."""
MOST = 2500
"""Organisations up to which they are drawn one by one: a world of 2,000 has some more after a few years."""
TILE = 3.0
"""Side of a small country's tile."""
TILES: Mapping[str, tuple[float, float, float, float]] = {
    "FIN": (3, 9, 6, 12), "EST": (3, 6, 6, 9), "LVA": (3, 3, 6, 6), "LTU": (3, 0, 6, 3), "DEU": (-3, 0, 0, 3), "POL": (0, 0, 3, 3),
    "BLR": (6, 0, 9, 3), "RUS": (6, 3, 15, 9), "KAZ": (9, 0, 15, 3), "ARM": (6, -3, 9, 0), "KGZ": (12, -3, 15, 0),
}  # fmt: skip
"""West, south, east, north of tiles, in tiles' own units: neighbours touch where countries do, Russia is larger than the rest."""
MARGIN = 0.35
"""Between the border of a tile and what is in it."""
GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
"""Angle of a spiral that fills a disc evenly, radians."""
EVEN = (0.7548776662466927, 0.5698402909980532)
"""Steps of a sequence that fills a square evenly (Roberts 2018)."""
SPREAD = 0.55
"""Degrees between circles that share a city, before they are pushed apart."""
APART, PUSHES = 1.5, 30
"""Degrees between circles on outlines, as far as so many pushes bring them there."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A cluster on the map, or those of a country who are in none: their key is below 0, their stage and sector "".

    inside: partnerships of its members with each other.
    """

    key: int
    x: float
    y: float
    stage: str
    country: str
    place: str
    sector: str
    members: int
    inside: int


@dataclass(frozen=True, slots=True)
class Arc:
    """Partnerships between the members of two clusters (their keys), count of them in the model, kind of TIES."""

    a: int
    b: int
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Clusters with members, those outside, and the partnerships between them."""

    circles: tuple[Circle, ...]
    arcs: tuple[Arc, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Organisations one by one: ids i8 (n,), kinds i1 (n,), spots f8 (n, 2); ends: kind of TIES -> i4 (ties, 2) of numbers of these."""

    ids: np.ndarray
    kinds: np.ndarray
    spots: np.ndarray
    ends: Mapping[str, np.ndarray]


def picture(world: World, outlines: bool = False) -> Picture:
    """The clusters of a world and those outside them, and partnerships between them."""
    people, clusters, countries = world.population, world.clusters, world.countries
    a, b, kind = partnerships(world)
    node = _nodes(world)
    count = clusters.count + len(countries)
    own = node[a] == node[b]
    inside = np.bincount(node[a[own]], minlength=count).tolist()
    members = np.bincount(node[people.alive & (people.staff > 0.0)], minlength=count).tolist()
    spots = centres(world, outlines).tolist()
    circles = []
    for c in np.flatnonzero(np.array(members) > 0).tolist():
        place = int(clusters.place[c]) if c < clusters.count else -1
        stage, sector = (ClusterStage(clusters.stage[c]).name.lower(), world.sectors.name[clusters.sector[c]]) if place >= 0 else ("", "")
        iso = countries.iso[clusters.country[c] if place >= 0 else c - clusters.count]
        seat = world.places.name[place] if place >= 0 else ""
        circles.append(Circle(_key(world, c), spots[c][0], spots[c][1], stage, iso, seat, sector, members[c], inside[c]))
    return Picture(tuple(circles), tuple(_arcs(world, node[a[~own]], node[b[~own]], kind[~own])))


def network(world: World, outlines: bool = False) -> Network | None:
    """The organisations of a world; None where there are more than can be drawn one by one."""
    people = world.population
    rows = np.flatnonzero(people.alive)
    if len(rows) > MOST:
        return None
    number = np.full(people.capacity, -1, np.int32)
    number[rows] = np.arange(len(rows), dtype=np.int32)
    a, b, kind = partnerships(world)
    ends = {name: np.stack([number[a[kind == k]], number[b[kind == k]]], axis=1) for k, name in enumerate(TIES)}
    return Network(people.id[rows].copy(), people.kind[rows].copy(), _spots(world, rows, outlines), ends)


def partnerships(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ties with a memorandum or more: rows of both ends and number of the kind in TIES, i8 (ties,) each."""
    people, ties = world.population, world.ties
    living = ties.living()
    living = living[ties.stage[living] >= TieStage.MEMORANDUM]
    a, b = ties.a[living].astype(np.int64), ties.b[living].astype(np.int64)
    cluster, sector, country = people.cluster, people.sector, people.country
    outside = (cluster[a] < 0) | (cluster[b] < 0)
    apart = outside | (cluster[a] != cluster[b])
    kind = apart.astype(np.int64)
    kind[apart & (sector[a] != sector[b])] = 2
    kind[outside] = 4
    kind[apart & (country[a] != country[b])] = 3
    return a, b, kind


def _nodes(world: World) -> np.ndarray:
    """Circle of every row: its cluster, or after all clusters that of its country's outsiders, i8 (rows,)."""
    people = world.population
    return np.where(people.cluster >= 0, people.cluster, world.clusters.count + people.country).astype(np.int64)


def _key(world: World, node: int) -> int:
    """Key of a circle: a cluster's own, -1 - country for outsiders."""
    return int(world.clusters.key[node]) if node < world.clusters.count else world.clusters.count - node - 1


def _arcs(world: World, here: np.ndarray, there: np.ndarray, kind: np.ndarray) -> list[Arc]:
    """Ties between circles, summed by pair and kind."""
    pairs, count = np.unique(np.stack([np.minimum(here, there), np.maximum(here, there), kind], axis=1), axis=0, return_counts=True)
    return [Arc(_key(world, p), _key(world, q), TIES[k], n) for (p, q, k), n in zip(pairs.tolist(), count.tolist(), strict=True)]


def centres(world: World, outlines: bool) -> np.ndarray:
    """Where clusters are drawn, and after them those outside clusters by country, f8 (circles, 2)."""
    spots = np.vstack([cluster_spots(world, outlines), _outside(world, outlines)])
    return apart(spots) if outlines else spots


def apart(spots: np.ndarray) -> np.ndarray:
    """Spots pushed from each other until few are nearer than APART: cities of a small country would lie on top of each other, f8 (n, 2)."""
    here = spots.copy()
    for _ in range(PUSHES):
        between = here[:, None] - here
        distance = np.maximum(np.hypot(between[..., 0], between[..., 1]), SPREAD / 10.0)
        here += 0.25 * (between * np.maximum(APART / distance - 1.0, 0.0)[..., None]).sum(axis=1)
    return here


def cluster_spots(world: World, outlines: bool) -> np.ndarray:
    """Where clusters stand before they are pushed apart, f8 (clusters, 2): one does not move when others come."""
    clusters = world.clusters
    spots = np.zeros((clusters.count, 2))
    for country, iso in enumerate(world.countries.iso):
        rows = np.flatnonzero(clusters.country == country)
        if not outlines:
            spots[rows] = slots(tile(iso, world.countries.iso), len(rows) + 1)[1:]
            continue
        for place in np.unique(clusters.place[rows]):
            here = rows[clusters.place[rows] == place]
            spots[here] = _city(world, int(place)) + SPREAD * spiral(np.arange(len(here)))
    return spots


def _outside(world: World, outlines: bool) -> np.ndarray:
    """Where those outside clusters are drawn, f8 (countries, 2): in the first slot of the tile, or beside the largest city."""
    found = np.zeros((len(world.countries), 2))
    for country, iso in enumerate(world.countries.iso):
        if outlines:
            largest = np.argmax(np.where(world.places.country == country, world.places.share, -1.0))
            found[country] = _city(world, int(largest)) + np.array([-2.0, 1.0])
        else:
            found[country] = slots(tile(iso, world.countries.iso), int(np.sum(world.clusters.country == country)) + 1)[0]
    return found


def _spots(world: World, rows: np.ndarray, outlines: bool) -> np.ndarray:
    """Where organisations are drawn, f8 (rows, 2): around the circle to which they belong; on outlines those in none around their city."""
    people = world.population
    centre = centres(world, outlines)[_nodes(world)[rows]]
    if outlines:
        for n in np.flatnonzero(people.cluster[rows] < 0).tolist():
            centre[n] = _city(world, int(people.place[rows[n]]))
    id = people.id[rows]
    # by id alone, so that nobody moves when another leaves
    angle = 2.0 * math.pi * (id * EVEN[0] % 1.0)
    around = np.sqrt(id * EVEN[1] % 1.0)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(centre + around * (0.5 if outlines else _room(world)[people.country[rows]]))


def _room(world: World) -> np.ndarray:
    """Half axes of the spots around a circle on a country's tile, f8 (countries, 2)."""
    count = np.bincount(world.clusters.country, minlength=len(world.countries)) + 1
    isos = world.countries.iso
    return 0.42 * np.array([_grid(tile(iso, isos), n)[2:] for iso, n in zip(isos, count.tolist(), strict=True)])


def _city(world: World, place: int) -> np.ndarray:
    east = world.places.longitude[place]
    return np.array([east + 360.0 if east < -30.0 else east, world.places.latitude[place]])


def spiral(numbers: np.ndarray) -> np.ndarray:
    """Spots around 0 for numbers from 0 on, about one unit apart, f8 (n, 2)."""
    distance = np.sqrt(numbers)[:, None]
    return distance * np.stack([np.cos(numbers * GOLDEN), np.sin(numbers * GOLDEN)], axis=1)


def slots(box: tuple[float, float, float, float], count: int) -> np.ndarray:
    """`count` spots in the rows and columns of a box, f8 (count, 2), from the north-west on."""
    columns, _, wide, high = _grid(box, count)
    n = np.arange(count)
    return np.stack([box[0] + MARGIN + wide * ((n % columns) + 0.5), box[3] - MARGIN - high * ((n // columns) + 0.5)], axis=1)


def _grid(box: tuple[float, float, float, float], count: int) -> tuple[int, int, float, float]:
    """Columns and rows for `count` spots in a box, and width and height of one."""
    wide, high = box[2] - box[0] - 2.0 * MARGIN, box[3] - box[1] - 2.0 * MARGIN
    columns = max(1, math.ceil(math.sqrt(count * wide / high)))
    rows = max(1, math.ceil(count / columns))
    return columns, rows, wide / columns, high / rows


def tile(iso: str, countries: Sequence[str]) -> tuple[float, float, float, float]:
    """West, south, east, north of a country's tile; countries of one's own lie in a row below."""
    if iso in TILES:
        return TILES[iso]
    n = [each for each in countries if each not in TILES].index(iso)
    return (TILE * n - TILE, -3.0 * TILE, TILE * n, -2.0 * TILE)


def shapes(countries: Mapping[str, str], outlines: bool) -> dict[str, Any]:
    """Shapes of these countries (ISO code -> name to write on it) as a collection of features; one without an outline has none."""
    if outlines:
        there = [each for each in _outlines() if each["properties"]["name"] in countries]
        features = [{**each, "properties": {"name": countries[each["properties"]["name"]]}} for each in there]
        return {"type": "FeatureCollection", "features": features}
    gap = 0.06
    features = []
    for iso, name in countries.items():
        west, south, east, north = tile(iso, list(countries))
        west, south, east, north = west + gap, south + gap, east - gap, north - gap
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        written = {"name": name, "cp": [(west + east) / 2.0, north - 0.3]}
        features.append({"type": "Feature", "properties": written, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


@cache
def _outlines() -> list[Any]:
    tree = json.loads((Path(__file__).parent / "outlines.json").read_text(encoding="utf-8"))
    return list(tree["features"])
