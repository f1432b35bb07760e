"""Of those one sees at a fair one talks to the near and the well connected, if one minds; to anybody, if one does not."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from agents.draws import Purpose, bits
from agents.knowledge import proximity
from agents.parameters import as_record
from agents.search import SearchParameters, noticed, partners
from agents.ties import Ties, TieStage
from tests.agents.test_search_rows import shuffled
from tests.agents.toy_world import ToyWorld, luck, shipped, tie, toy_world

DRAWS = 6000
SEARCHER, COUNTRY = 0, 1


def habits(**changes: float) -> Any:
    """Six are seen, and neither nearness nor fame matters, with changes."""
    return as_record(shipped(SearchParameters, **{"seen": 6, "focus": 0.0, "fame": 0.0, "attempts": 8} | changes))


def talked_to(world: ToyWorld, draws: int = DRAWS, seed: int = 7, **changes: float) -> list[int]:
    """Rows whom the searcher talks to in the country, by draw; -1 where it sees nobody."""
    people, k, p = world.population, luck(seed)(Purpose.SEARCH_CHANCE), habits(**changes)
    book = np.full(len(world.addresses), world.addresses.shape[1])
    t = world.ties.table()
    return [
        int(noticed(np.uint64(bits(k, draw, 0)), people.id, people.knowledge, t, world.addresses, book, COUNTRY, p, people.alive, SEARCHER))
        for draw in range(draws)
    ]


def candidates(world: ToyWorld) -> np.ndarray:
    """Rows of the country, each once in its address book."""
    rows = world.addresses[COUNTRY][world.addresses[COUNTRY] >= 0]
    return np.sort(rows[rows != SEARCHER])


def mean_over(world: ToyWorld, values: np.ndarray, **changes: float) -> float:
    """Mean of a column over whom the searcher talks to."""
    met = np.array(talked_to(world, **changes))
    return float(values[met[met >= 0]].mean())


def nearness(world: ToyWorld) -> np.ndarray:
    return np.array([proximity(world.population.knowledge, SEARCHER, j) for j in range(world.population.capacity)])


def fame(world: ToyWorld) -> np.ndarray:
    t = world.ties.table()
    return np.array([partners(t, j) for j in range(world.population.capacity)], float)


@pytest.fixture
def world() -> ToyWorld:
    return toy_world(3, ties=120)


@pytest.mark.parametrize("changes", [{"seen": 1, "focus": 8.0, "fame": 2.0}, {"seen": 1}, {"seen": 6}, {"seen": 12}])
def test_whoever_sees_one_or_does_not_mind_talks_to_all_alike(world: ToyWorld, changes: dict[str, float]):
    """Chi-square of the counts below its 99.9 % quantile."""
    rows = candidates(world)
    counts = Counter(one for one in talked_to(world, **changes) if one >= 0)
    assert set(counts) <= set(rows.tolist())
    found = np.array([counts[row] for row in rows.tolist()])
    expected = found.sum() / len(rows)
    assert found.sum() > 0.6 * DRAWS
    assert np.sum((found - expected) ** 2 / expected) < len(rows) + 4 * np.sqrt(2 * len(rows))


def test_whoever_minds_the_field_talks_to_nearer_ones_and_the_more_the_nearer(world: ToyWorld):
    near = nearness(world)
    means = [mean_over(world, near, focus=focus) for focus in (0.0, 2.0, 8.0)]
    assert means[0] == pytest.approx(near[candidates(world)].mean(), abs=0.03)
    assert means[0] + 0.03 < means[1]
    assert means[1] + 0.03 < means[2]


def test_whoever_sees_more_finds_nearer_ones(world: ToyWorld):
    near = nearness(world)
    means = [mean_over(world, near, focus=8.0, seen=seen) for seen in (1, 3, 12)]
    assert means[0] < means[1] < means[2]


def test_the_well_connected_are_noticed_where_fame_counts(world: ToyWorld):
    known = fame(world)
    assert known[candidates(world)].std() > 0.5
    means = [mean_over(world, known, fame=weight) for weight in (0.0, 1.0, 3.0)]
    assert means[0] == pytest.approx(known[candidates(world)].mean(), abs=0.2)
    assert means[0] + 0.2 < means[1] < means[2]


def test_contacts_make_nobody_famous_only_memoranda_do(world: ToyWorld):
    row, other = (int(one) for one in candidates(world)[:2])
    world.ties = Ties(world.population.capacity, 4)
    assert not fame(world).any()
    mine = tie(world.ties, world.population, row, other, TieStage.CONTACT)
    assert partners(world.ties.table(), row) == 0
    world.ties.stage[mine] = TieStage.MEMORANDUM
    assert (partners(world.ties.table(), row), partners(world.ties.table(), other)) == (1, 1)


def test_odds_are_as_they_are_declared():
    """Two candidates, both seen nearly always: the nearer has odds exp(focus times the difference of proximities)."""
    world = toy_world(4)
    near = nearness(world)
    rows = candidates(world)
    far_one, near_one = (int(rows[np.argsort(near[rows])[n]]) for n in (len(rows) // 4, 3 * len(rows) // 4))
    world.addresses[COUNTRY] = np.where(np.arange(world.addresses.shape[1]) % 2, far_one, near_one)
    counts = Counter(talked_to(world, seen=12, focus=3.0))
    odds = np.exp(3.0 * (near[near_one] - near[far_one]))
    assert counts[near_one] / (counts[near_one] + counts[far_one]) == pytest.approx(odds / (1.0 + odds), abs=0.03)


def test_nobody_is_seen_in_an_empty_book_and_nobody_talks_to_itself(world: ToyWorld):
    assert SEARCHER not in talked_to(world, focus=8.0)
    world.addresses[COUNTRY] = SEARCHER
    assert set(talked_to(world, draws=50)) == {-1}
    world.addresses[COUNTRY] = -1
    assert set(talked_to(world, draws=50)) == {-1}


def test_those_who_left_are_not_noticed(world: ToyWorld):
    gone = candidates(world)[::2]
    world.population.alive[gone] = False
    assert not set(talked_to(world, draws=500, focus=4.0)) & set(gone.tolist())


@pytest.mark.parametrize("seed", range(3))
def test_who_is_noticed_does_not_depend_on_rows(seed: int):
    """The same organisations in other rows, with the same addresses: the same ids are talked to."""
    plain, mixed = toy_world(seed, ties=120), shuffled(toy_world(seed, ties=120), 50 + seed)
    who = int(plain.population.id[SEARCHER])
    found = []
    for each in (plain, mixed):
        people, p = each.population, habits(focus=5.0, fame=1.5)
        row, k = int(np.flatnonzero(people.id == who)[0]), luck()(Purpose.SEARCH_CHANCE)
        book, t = np.full(len(each.addresses), each.addresses.shape[1]), each.ties.table()
        rows = [
            noticed(np.uint64(bits(k, draw, 0)), people.id, people.knowledge, t, each.addresses, book, COUNTRY, p, people.alive, row)
            for draw in range(300)
        ]
        found.append([int(people.id[one]) if one >= 0 else -1 for one in rows])
    assert len(set(found[0])) > 5
    assert found[0] == found[1]
