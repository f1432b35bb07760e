"""Shared infrastructure of clusters: what it saves its members, and how it wears.

    I' = (I + (1 - I) (1 - exp(-invested / (cost members)))) (1 - wear)      I in 0..1, of what members could use
Part of a new project   cheaper by shared_saving I: the same work on shared equipment ([PY17]: hubs saved up to 40 %)
Cost of a start         lower by incubation x mean I of the country's clusters
It wears in every quarter, whoever built it and whether or not anybody still builds.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from sim.world import World


def use_infrastructure(world: "World") -> None:
    """Phase 3, first: turns the levers part_relief and start_relief by the level of infrastructure, which then wears."""
    people, clusters, levers, p = world.population, world.clusters, world.levers, world.config.behaviour.cooperation
    saving = p.shared_saving * of_members(clusters.infrastructure, people.cluster)
    levers.part_relief = np.maximum(levers.part_relief, saving)
    equipped = mean_level(clusters.infrastructure, clusters.country, len(world.countries))
    levers.start_relief = np.maximum(levers.start_relief, p.incubation * equipped)
    clusters.infrastructure = clusters.infrastructure * (1.0 - p.shared_wear)


def of_members(column: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """What a column of clusters says of each row's cluster, (rows,); 0 or False for those in none."""
    outside = np.zeros(1, column.dtype)
    return np.concatenate((column, outside))[cluster]  # -1 is the last


@njit(cache=True)
def build(level, invested, needed):
    """Raise level f8 (clusters,) in place by invested, mln int$; needed: mln int$ that equip all members of a cluster."""
    for c in range(len(level)):
        if invested[c] > 0.0 and needed[c] > 0.0:
            level[c] += (1.0 - level[c]) * (1.0 - math.exp(-invested[c] / needed[c]))


@njit(cache=True)
def mean_level(level, country, countries):
    """Mean over the clusters of each country, f8 (countries,); 0 where there is none."""
    total, count = np.zeros(countries), np.zeros(countries)
    for c in range(len(level)):
        total[country[c]] += level[c]
        count[country[c]] += 1.0
    for n in range(countries):
        if count[n] > 0.0:
            total[n] /= count[n]
    return total
