"""The knowledge network: who prefers whom, whether the matching is stable, what success brings."""

from dataclasses import replace

import numpy as np
import pytest

from agents.parameters import as_record
from rivals.cowan_jonard import Economy, chances, created, matched, offers
from tests.rivals.small import KNOWLEDGE as P


def strangers(count: int) -> np.ndarray:
    """A history without any success together."""
    return np.full((count, count), -1)


def test_where_all_know_the_same_nobody_needs_a_stranger():
    economy = Economy(replace(P, chance_low=0.8, chance_alone=0.8), 1)
    economy.knowledge[:] = 1.5
    economy.step(0)
    assert (economy.partner < 0).all()


def test_more_different_is_better_where_tasks_come_apart_and_worse_where_they_do_not():
    own = np.array([2.0, 1.0])
    near, far = np.array([1.9, 1.1]), np.array([1.0, 2.0])
    apart, tied = as_record(replace(P, theta=1.0)), as_record(replace(P, theta=0.0))
    assert created(own, far, apart) > created(own, near, apart) > created(own, own, apart)
    assert created(own, far, tied) < created(own, near, tied) < created(own, own, tied)
    assert created(own, own, apart) == pytest.approx(created(own, own, tied))


def test_the_ces_mean_lies_between_the_least_and_the_most():
    own = np.array([1.0, 4.0])
    poor, easy = (created(own, own, as_record(replace(P, substitution=b, growth=0.1))) for b in (0.05, 0.95))
    assert 0.1 < poor < easy < 0.4
    assert easy == pytest.approx(0.1 * 2.5, rel=0.02)


def test_success_together_raises_the_chance_and_time_lowers_it_again():
    last = strangers(3)
    last[0, 1] = last[1, 0] = 0
    p = as_record(P)
    now, later = chances(last, 1, p), chances(last, 9, p)
    assert now[0, 1] > later[0, 1] > P.chance_low == now[0, 2]


def test_a_common_partner_vouches_for_strangers():
    last = strangers(3)
    last[0, 1] = last[1, 0] = last[1, 2] = last[2, 1] = 4
    assert chances(last, 5, as_record(replace(P, own_credit=0.5)))[0, 2] > P.chance_low
    assert chances(last, 5, as_record(replace(P, own_credit=1.0)))[0, 2] == P.chance_low


def test_chances_stay_between_their_ends():
    last = np.full((8, 8), 3)
    np.fill_diagonal(last, -1)
    found = chances(last, 3, as_record(P))
    off = ~np.eye(8, dtype=bool)
    assert found[off].min() >= P.chance_low
    assert found[off].max() <= P.chance_high + 1e-12
    np.testing.assert_allclose(found, found.T)


def test_the_matching_is_stable():
    economy = Economy(P, 2)
    chance = chances(economy.last, 0, economy.record)
    a, b, gain = offers(economy.knowledge, chance, economy.record)
    partner = matched(a, b, np.argsort(-gain, kind="stable"), P.organisations)
    got = np.zeros(P.organisations)
    for i, j, value in zip(a, b, gain, strict=True):
        if partner[i] == j:
            got[[i, j]] = value
    assert len(gain)
    assert not [1 for i, j, value in zip(a, b, gain, strict=True) if value > got[i] and value > got[j]]


def test_only_pairs_that_both_prefer_to_being_alone_are_offered():
    """The cheap bound spares no pair that is worth it: against all pairs, one by one."""
    economy = Economy(replace(P, organisations=30, substitution=0.3), 3)
    chance = chances(economy.last, 0, economy.record)
    alone = [P.chance_alone * created(own, own, economy.record) for own in economy.knowledge]
    wanted = {
        (j, i)
        for i in range(30)
        for j in range(i)
        if chance[i, j] * created(economy.knowledge[i], economy.knowledge[j], economy.record) > max(alone[i], alone[j])
    }
    a, b, _ = offers(economy.knowledge, chance, economy.record)
    assert {(int(i), int(j)) for i, j in zip(a, b, strict=True)} == wanted


def test_knowledge_grows_only_by_innovation():
    economy = Economy(replace(P, burn_in=0), 1)
    before = economy.knowledge.copy()
    economy.step(0)
    grown = (economy.knowledge > before).any(axis=1)
    assert (economy.knowledge >= before).all()
    np.testing.assert_array_equal(grown, economy.notes.innovations > 0)
    assert 0 < grown.sum() < P.organisations
