import numpy as np
import pytest

from agents.births import draw_births, know_at_birth, lots, pareto, pick
from tests.sim.toy_economy import economy, shipped


def births(id, seed=1):
    return draw_births(seed, id, np.zeros(len(id), np.int64), economy().cradle, shipped("birth"))


def test_a_birth_depends_on_its_id_alone():
    id = np.arange(1000, 1200)
    together, turned = births(id), births(id[::-1].copy())
    for a, b in zip(together, turned):
        assert np.array_equal(a, b[::-1])
    assert np.array_equal(births(id[7:8]).direction[0], together.direction[7])


def test_draws_have_their_moments():
    drawn, cradle = births(np.arange(20_000)), economy().cradle
    assert drawn.taste.mean() == pytest.approx(1.0, abs=0.02)
    assert np.bincount(drawn.sector, minlength=3) / 20_000 == pytest.approx(cradle.sector_share[0], abs=0.015)
    assert set(drawn.place) == {0, 1}
    assert np.linalg.norm(drawn.direction, axis=1) == pytest.approx(1.0)
    assert np.all(drawn.stage < economy().sectors.stages[drawn.sector])


def test_firms_of_a_sector_know_similar_things():
    drawn = births(np.arange(2000))
    own = drawn.direction[drawn.sector == 0]
    cosine = own[:-1] * own[1:]
    assert cosine.sum(axis=1).mean() == pytest.approx(0.87, abs=0.04)


def test_knowledge_rests_on_research():
    knowledge = np.zeros((3, 2))
    direction = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    know_at_birth(direction, np.array([1.0, 32.0, 0.0]), 1.0, 1.5, 0.2, knowledge)
    assert np.linalg.norm(knowledge, axis=1) == pytest.approx([1.5, 3.0, 0.0])


def test_pareto_quantiles():
    assert pareto(0.0, 1.05, 1e4) == 1.0
    assert pareto(1.0, 1.05, 1e4) == pytest.approx(1e4)
    assert pareto(0.5, 1.05, 1e12) == pytest.approx(2 ** (1 / 1.05), rel=1e-6)


def test_pick_skips_what_has_no_share_and_survives_rounding():
    share = np.array([0.0, 0.4, 0.0, 0.6 - 1e-9, 0.0])
    assert pick(0.0, share) == 1
    assert pick(0.5, share) == 3
    assert pick(1.0 - 1e-16, share) == 3


def test_lots_are_distinct():
    assert len(set(lots(np.uint64(5), np.arange(10_000), 0))) == 10_000
