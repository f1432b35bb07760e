"""Whom one meets depends on who one is, not on the row one is kept in."""

import numpy as np
import pytest

from agents.draws import Purpose
from agents.parameters import as_record
from agents.search import SearchParameters, chance_meetings, cluster_meetings, partner_meetings
from agents.ties import Ties
from tests.agents.toy_world import COUNTRIES, ToyWorld, luck, shipped, tie, toy_world

KEYS = np.array([643, 112, 398])
SEARCH = np.array([[5.0, 1.0, 0.5], [2.0, 3.0, 0.0], [1.0, 1.0, 1.0]])
BUSY = as_record(shipped(SearchParameters, cluster_rate=1.5, partner_rate=0.9, chance_rate=0.9))
"""Parameters with which a small world has many meetings."""


def shuffled(world: ToyWorld, seed: int) -> ToyWorld:
    """The same organisations, ties and address book in other rows."""
    people = world.population
    order = np.random.default_rng(seed).permutation(people.capacity)
    row = np.empty_like(order)
    row[order] = np.arange(len(order))
    for name in ("id", "alive", "staff", "country", "cluster", "knowledge"):
        getattr(people, name)[:] = getattr(people, name)[order]
    world.addresses[:] = np.where(world.addresses >= 0, row[world.addresses], -1)
    before, world.ties = world.ties, Ties(people.capacity, world.ties.capacity)
    for old in before.living():
        new = tie(world.ties, people, row[before.a[old]], row[before.b[old]], before.stage[old])
        world.ties.trust[new] = before.trust[old]
    return world


def pairs(world: ToyWorld, channel: str) -> list[tuple[int, int]]:
    """Ids of searcher and found in a quarter, sorted."""
    people, k = world.population, luck()
    active = people.alive & (people.staff > 0.0)
    if channel == "chance":
        book = np.full(COUNTRIES, world.addresses.shape[1])
        met = chance_meetings(
            k(Purpose.SEARCH_CHANCE),
            people.id,
            active,
            people.staff,
            people.country,
            people.knowledge,
            world.ties.table(),
            SEARCH,
            KEYS,
            world.addresses,
            book,
            BUSY,
        )
    elif channel == "cluster":
        rows = np.flatnonzero(active & (people.cluster >= 0))
        rows = rows[np.argsort(people.cluster[rows], kind="stable")]
        start = np.searchsorted(people.cluster[rows], np.arange(world.clusters.count + 1))
        met = cluster_meetings(
            k(Purpose.SEARCH_CHANCE), people.id, active, people.cluster, rows, start, np.ones(world.clusters.count), BUSY
        )
    else:
        met = partner_meetings(k(Purpose.SEARCH_CHANCE), people.id, active, world.ties.table(), BUSY)
    return sorted(zip(people.id[met[:, 0]].tolist(), people.id[met[:, 1]].tolist(), strict=True))


@pytest.mark.parametrize("channel", ["chance", "cluster", "partner"])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_organisations_meet_in_whatever_rows_they_are(channel: str, seed: int):
    plain = pairs(toy_world(seed, ties=120), channel)
    assert len(plain) > 20
    assert pairs(shuffled(toy_world(seed, ties=120), 100 + seed), channel) == plain


def test_one_without_staff_meets_nobody_by_chance():
    world = toy_world(1)
    idle = world.population.id[:10].copy()
    world.population.staff[:10] = 0.0
    assert not np.isin(pairs(world, "chance"), idle).any()
