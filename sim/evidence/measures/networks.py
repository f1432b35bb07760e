"""Networks of projects that a call funds: how far they hang together, and gravity between the places of their members."""

from collections import Counter
from itertools import combinations

import numpy as np

from agents.population import FIELDS
from sim.analysis.networks import project_measures, project_nulls
from sim.evidence.measures.regression import poisson
from sim.evidence.watch import NAN, Start, Values, Watch

NULLS = 10
CALL = "grants"
"""The programme whose projects make the network; those of the status quo go on beside it."""
FEWEST = 100
"""Links below which coefficients between places say nothing."""


def measure(watch: Watch) -> Values:
    """Everything of this file, over projects that the call paid a part of."""
    call = watch.world.programmes[CALL].bit
    funded = [start for start in watch.starts if start.programme == call]
    return whole(funded) | gravity(watch, funded)


def whole(projects: list[Start]) -> Values:
    """Participants (cumulated) in the giant component, per cent, and clustering over a two-mode null that keeps sizes and activity."""
    if not projects:
        return {"funded_giant": NAN, "funded_clustering_over_null": NAN}
    key = np.array([project.key for project in projects for _ in project.members])
    member = np.array([member for project in projects for member in project.members])
    found = project_measures(key, member)
    null = float(np.mean([one["clustering"] for one in project_nulls(key, member, NULLS)]))
    return {
        "funded_giant": 100 * found["giant component"],
        "funded_clustering_over_null": found["clustering"] / null if null else NAN,
    }


def gravity(watch: Watch, projects: list[Start]) -> Values:
    """Poisson regression of links between pairs of places on ln distance, border and technological distance, activity of both given.

    E[links kl] = A_k A_l exp(b0 + b1 ln d_kl + b2 border_kl + b3 (1 - cosine of mean knowledge)), different places; A: participations
    (Scherngell and Barber 2009).  gravity_likeness: -b3, whose size is not that of
    other studies, as it hangs on how technological distance is measured.  gravity_order: the smaller of the gaps technology - distance and
    distance - border, effects standardised.
    """
    names = ("gravity_distance", "gravity_border", "gravity_likeness", "gravity_order")
    world = watch.world
    home = dict(zip(world.population.id.tolist(), world.population.place.tolist(), strict=True))
    links: Counter[tuple[int, int]] = Counter()
    active: Counter[int] = Counter()
    for project in projects:
        places = [home[member] for member in project.members if member in home]
        active.update(places)
        links.update((min(pair), max(pair)) for pair in combinations(places, 2))
    across = {pair: count for pair, count in links.items() if pair[0] != pair[1]}
    if sum(across.values()) < FEWEST:
        return dict.fromkeys(names, NAN)
    pairs = np.array(list(combinations(sorted(active), 2)))
    distance = np.log(1.0 + world.geography.distance[pairs[:, 0], pairs[:, 1]])
    border = (world.places.country[pairs[:, 0]] != world.places.country[pairs[:, 1]]).astype(np.float64)
    technology = 1.0 - _profile_cosine(watch)[pairs[:, 0], pairs[:, 1]]
    exposure = np.array([float(active[k] * active[m]) for k, m in pairs.tolist()])
    counts = np.array([across.get((k, m), 0) for k, m in pairs.tolist()], np.float64)
    x = np.column_stack([np.ones(len(pairs)), distance, border, technology])
    distance_effect, border_effect, technology_effect = poisson(counts, exposure, x)[1:].tolist()
    effect = -np.array([distance_effect, border_effect, technology_effect]) * x[:, 1:].std(axis=0)
    order = float(min(effect[2] - effect[0], effect[0] - effect[1]))
    return dict(zip(names, (distance_effect, border_effect, -technology_effect, order), strict=True))


def _profile_cosine(watch: Watch) -> np.ndarray:
    """Cosine of what organisations of two places know on average, f8 (places, places)."""
    people, count = watch.world.population, len(watch.world.places.country)
    living = np.flatnonzero(people.alive)
    known = np.stack([np.bincount(people.place[living], people.knowledge[living, f], count) for f in range(FIELDS)], axis=1)
    length = np.sqrt((known**2).sum(axis=1))
    unit = known / np.where(length > 0.0, length, 1.0)[:, None]
    return unit @ unit.T
