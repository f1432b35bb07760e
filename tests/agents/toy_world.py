"""Small random worlds for the tests of agents: columns filled at random, no builder and no sim."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from omegaconf import OmegaConf

from agents import draws
from agents.clusters import Clusters
from agents.draws import Purpose
from agents.knowledge import Reference, breadth
from agents.population import FIELDS, Kind, Population, lattice_id
from agents.projects import Projects, Status
from agents.ties import Reached, Ties, TieStage, connect
from tests.conftest import ROOT

COUNTRIES, PLACES, SECTORS, CLUSTERS = 3, 5, 4, 6
SPARE = 8


@cache
def _behaviour() -> dict[str, Any]:
    files = (ROOT / "configs" / "behaviour").glob("*.yaml")
    return OmegaConf.to_container(OmegaConf.create({"behaviour": {f.stem: OmegaConf.load(f) for f in files}}), resolve=True)["behaviour"]


def shipped(kind: type, **changes: float) -> Any:
    """A parameter dataclass with the shipped values of its behaviour, e.g. LearningParameters from learning.yaml."""
    return kind(**{**_behaviour()[kind.__name__.removesuffix("Parameters").lower()], **changes})


def luck(seed: int = 7, quarter: int = 3) -> Any:
    """Purpose -> key, as world.key."""
    return lambda purpose: np.uint64(draws.key(seed, int(purpose), quarter))


@dataclass
class ToyWorld:
    """What the behaviours of KNOWLEDGE are handed."""

    population: Population
    ties: Ties
    projects: Projects
    clusters: Clusters
    addresses: np.ndarray
    profiles: np.ndarray
    research_price: np.ndarray
    weight: np.ndarray
    patent: np.ndarray
    project_cost: np.ndarray
    reference: Reference


def toy_world(seed: int, organisations: int = 60, projects: int = 25, ties: int = 80) -> ToyWorld:
    """A random world; the last SPARE rows are free."""
    rng = np.random.default_rng(seed)
    population = _population(rng, organisations)
    weight = np.where(population.country == 2, 20.0, 1.0)
    running = _projects(rng, population, weight, projects)
    cost = np.zeros(population.capacity)
    for r in np.flatnonzero(running.status == Status.ACTIVE):
        for m in range(running.size[r]):
            cost[running.members[r, m]] += running.cost[r, m]
    active = population.alive
    depths = np.sqrt((population.knowledge[active] ** 2).sum(axis=1))
    breadths = [breadth(population.knowledge, i) for i in np.flatnonzero(active)]
    reference = Reference(0.05, 2.0, float(np.median(depths)), float(np.median(breadths)))
    profiles = rng.dirichlet(np.full(FIELDS, 0.4), SECTORS)
    price, patent = rng.uniform(0.8, 1.3, COUNTRIES), rng.uniform(0.2, 2.5, SECTORS)
    connected = _ties(rng, population, ties)
    clusters = Clusters(CLUSTERS)
    clusters.key[:] = 643_000_001 + np.arange(CLUSTERS)
    return ToyWorld(population, connected, running, clusters, _addresses(population), profiles, price, weight, patent, cost, reference)


def _population(rng: np.random.Generator, n: int) -> Population:
    population = Population(n + SPARE)
    rows = slice(0, n)
    population.country[rows] = np.sort(rng.integers(0, COUNTRIES, n))
    population.id[rows] = [lattice_id(-1, 100 + int(population.country[i]), i) for i in range(n)]
    population.alive[rows] = True
    population.kind[rows] = rng.choice([Kind.FIRM, Kind.FIRM, Kind.INSTITUTE, Kind.UNIVERSITY], n)
    population.place[rows] = rng.integers(0, PLACES, n)
    population.sector[rows] = rng.integers(0, SECTORS, n)
    population.cluster[rows] = rng.integers(-1, CLUSTERS, n)
    population.staff[rows] = rng.uniform(5, 200, n)
    population.sales_mean[rows] = rng.lognormal(0.7, 1.0, n)
    population.research[rows] = 0.05 * rng.lognormal(0.0, 1.2, n)
    population.research_mean[rows] = population.research[rows]
    population.quality[rows] = rng.lognormal(0.0, 0.2, n)
    population.unit_cost[rows] = rng.lognormal(0.0, 0.2, n)
    population.knowledge[rows] = rng.dirichlet(np.full(FIELDS, 0.4), n) * rng.lognormal(0.5, 0.4, (n, 1))
    return population


def _projects(rng: np.random.Generator, population: Population, weight: np.ndarray, count: int) -> Projects:
    projects = Projects(count + 4)
    for r in range(count):
        members = rng.choice(np.flatnonzero(population.alive), rng.integers(2, 5), replace=False)
        size = len(members)
        projects.key[r] = rng.integers(0, 2**63, dtype=np.uint64)
        projects.status[r] = rng.choice([Status.ACTIVE, Status.ACTIVE, Status.PENDING])
        projects.size[r] = size
        projects.members[r, :size] = members
        projects.member_ids[r, :size] = population.id[members]
        projects.cost[r, :size] = 0.3 * population.research[members]
        projects.weight[r] = weight[members].min()
        projects.cross_border[r] = len(set(population.country[members])) > 1
    return projects


def _ties(rng: np.random.Generator, population: Population, count: int) -> Ties:
    rows = np.flatnonzero(population.alive)
    ties = Ties(population.capacity, count + 1)
    drawn = {tuple(sorted(rng.choice(rows, 2, replace=False))) for _ in range(count)}
    for a, b in sorted(drawn):
        tie(ties, population, a, b, rng.choice([TieStage.CONTACT, TieStage.MEMORANDUM, TieStage.REPEATED]), rng.integers(0, 4))
        ties.business[ties.marks[0] - 1] = rng.random() < 0.3
    return ties


def tie(ties: Ties, population: Population, a: int, b: int, stage: int = TieStage.MEMORANDUM, reached: int = Reached.PROJECT) -> int:
    """Tie two organisations; its row."""
    ties.reserve(1)
    row = connect(ties.table(), population.id, a, b, 0, 0)
    ties.stage[row], ties.reached[row] = stage, reached
    return row


def _addresses(population: Population) -> np.ndarray:
    book = np.full((COUNTRIES, 2 * population.capacity), -1, dtype=np.int32)
    for c in range(COUNTRIES):
        rows = np.flatnonzero(population.alive & (population.country == c))
        book[c, 3 * np.arange(len(rows)) % book.shape[1]] = rows
    return book


def add_inert(world: ToyWorld) -> int:
    """Put an organisation without staff, sales or research, but with knowledge, into a cluster and place of others; its row."""
    population = world.population
    row = int(np.flatnonzero(~population.alive)[0])
    population.id[row], population.alive[row], population.kind[row] = lattice_id(5, 100, 9), True, Kind.UNIVERSITY
    population.cluster[row], population.place[row], population.sector[row] = population.cluster.max(), 1, 1
    population.knowledge[row] = 3.0
    return row


def units(key: Callable, purpose: Purpose, a: int, b: int = 0) -> float:
    """The uniform that a behaviour draws under a purpose."""
    return draws.unit(np.uint64(draws.bits(key(purpose), a, b)))
