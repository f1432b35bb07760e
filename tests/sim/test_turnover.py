import numpy as np
import pytest

from agents.population import COUNTRY_KEYS, SLOTS_PER_COUNTRY, Kind
from sim.entry import AFFILIATE, SPIN_OFF, START
from sim.location import attractiveness, hosts
from sim.turnover import bury, exits
from tests.sim.toy_economy import economy, shipped

LIVELY = {"entry_rate": 1.0, "potential": 0.2, "affiliate_rate": 0.02, "normal_return": 0.001}
"""Everything that makes entry frequent."""


def test_who_must_leave():
    world = economy()
    q, p = world.population, world.parameters["turnover"]
    broke, small, indebted, sound = np.flatnonzero(world.firm)[:4]
    for row in (broke, small, indebted, sound):
        q.sales_mean[row], q.cash[row], q.debt[row] = 10.0, 1.0, 0.0
    q.cash[broke] = -10.0 * p.exit_cash - 0.01
    q.sales_mean[small] = 0.5 * p.exit_size * world.market.sales_median
    q.debt[indebted] = 40.0 * p.exit_debt + 0.01
    leaving = exits(q, world.market, p)
    assert {broke, small, indebted} <= set(leaving)
    assert sound not in leaving
    assert np.all(q.kind[leaving] == Kind.FIRM)


def test_nothing_of_the_dead_stays_behind():
    world = economy()
    q, c = world.population, world.countries
    rows = np.flatnonzero(world.firm & (q.cluster >= 0))[:3]
    q.debt[rows] = 2.0
    mass, fringe = (q.mass * c.weight[q.country])[rows].sum(), world.market.fringe_mass.sum()
    members = world.clusters.members.sum()
    gone = bury(1, q, c, world.clusters, world.market, rows)
    assert gone.firms.sum() == 3
    assert gone.written_off.sum() == pytest.approx((2.0 * c.weight[0]) * 3)
    assert world.market.fringe_mass.sum() == pytest.approx(fringe + mass)
    assert world.clusters.members.sum() == members - 3
    assert np.all(q.id[rows] == -1)
    assert not np.any(np.isin(c.addresses, rows))


def test_entrants_have_their_id_from_the_lattice_and_never_twice():
    world, seen = economy(turnover=shipped("turnover", **LIVELY)), set()
    seen.update(world.population.id[world.population.alive])
    for quarter in range(6):
        *_, came = world.quarter(quarter)
        q = world.population
        id = q.id[came.rows]
        assert not seen & set(id)
        seen.update(id)
        born, key = np.divmod(id // SLOTS_PER_COUNTRY, COUNTRY_KEYS)
        assert np.all(born == quarter + 1)
        native = came.origin != AFFILIATE
        assert np.array_equal(key[native], world.countries.key[q.country[came.rows[native]]])
        assert np.array_equal(q.foreign[came.rows], ~native)
        assert len(set(came.rows)) == len(came.rows)
        for row in came.rows:
            assert world.countries.start[q.country[row]] <= row < world.countries.stop[q.country[row]]
            assert np.count_nonzero(world.countries.addresses == row) == 1
    assert set(came.origin) <= {START, SPIN_OFF, AFFILIATE}


def test_the_same_entrants_come_whatever_row_is_free():
    one, other = economy(), economy()
    moved = np.flatnonzero(one.firm)[:20]
    bury(1, other.population, other.countries, other.clusters, other.market, moved)
    came = [world.quarter(0)[-1] for world in (one, other)]
    first, second = (set(world.population.id[new.rows]) for world, new in zip((one, other), came))
    assert len(first & second) >= 0.8 * len(first | second)


def test_a_full_country_turns_entrants_away():
    world = economy(turnover=shipped("turnover", **LIVELY), birth=shipped("birth", room=1.0, room_extra=1))
    lost = sum(world.quarter(quarter)[-1].no_room.sum() for quarter in range(5))
    assert lost > 0
    assert np.all(world.population.sales[world.firm] >= 0.0)


def test_spin_offs_inherit_from_a_parent_of_their_country():
    world = economy(turnover=shipped("turnover", **LIVELY, spin_off_part=1.0, inheritance=1.0))
    *_, came = world.quarter(0)
    q = world.population
    for row in came.rows[came.origin == SPIN_OFF]:
        parents = q.alive & (q.kind != Kind.FIRM) & (q.country == q.country[row]) & (q.place == q.place[row])
        assert np.any(np.all(q.knowledge[parents] <= q.knowledge[row] + 1e-12, axis=1))


def test_losses_keep_entrants_away():
    usual = economy(turnover=shipped("turnover", **LIVELY))
    poor = economy(turnover=shipped("turnover", **LIVELY), finance=shipped("finance", margin=0.0))
    assert len(usual.quarter(0)[-1].rows) > 0
    assert len(poor.quarter(0)[-1].rows) == 0


def test_a_crowded_sector_draws_fewer():
    usual, crowded = (economy(turnover=shipped("turnover", **{**LIVELY, "affiliate_rate": 0.0})) for _ in range(2))
    for world in (usual, crowded):
        world.quarter(0)
    crowded.market.fringe_share0 *= 4.0
    assert len(crowded.quarter(1)[-1].rows) < 0.5 * len(usual.quarter(1)[-1].rows)


def test_a_start_that_somebody_else_pays_draws_starters_of_that_country_and_no_affiliates():
    lively = shipped("turnover", **{**LIVELY, "start_cost": 0.05, "return_most": 5.0, "normal_return": 0.1})
    usual, helped = (economy(turnover=lively) for _ in range(2))

    def relieve(population, levers):
        levers.start_relief[0] = 1.0

    before, after = usual.quarter(0)[-1], helped.quarter(0, relieve)[-1]
    ids = [set(world.population.id[came.rows]) for world, came in ((usual, before), (helped, after))]
    assert ids[0] < ids[1]
    more = np.isin(helped.population.id[after.rows], list(ids[1] - ids[0]))
    assert np.all(helped.population.country[after.rows[more]] == 0)
    assert not np.any(helped.population.foreign[after.rows[more]])


def test_affiliates_prefer_access_profit_and_cheap_labour():
    share, expenditure = np.full((3, 3, 1), 1 / 3), np.ones((3, 1))
    weight, wage, profit = np.ones(2), np.array([1.0, 2.0]), np.zeros(2)
    p = shipped("turnover", labour_elasticity=1.0, return_weight=10.0)
    record = np.array((1.0, 10.0), dtype=[("labour_elasticity", "f8"), ("return_weight", "f8")])[()]
    pull = attractiveness(share, expenditure, weight, wage, profit, record)
    assert pull[0, 0] / pull[1, 0] == pytest.approx(2.0**p.labour_elasticity)
    paid = attractiveness(share, expenditure, weight, wage, np.array([0.0, 0.1]), record)
    assert paid[1, 0] / pull[1, 0] == pytest.approx(np.e)
    chosen = hosts(np.uint64(3), np.arange(6000), np.array([643, 112]), pull)
    assert np.mean(chosen == 0) == pytest.approx(2 / 3, abs=0.03)
    turned = hosts(np.uint64(3), np.arange(6000), np.array([112, 643]), pull[::-1].copy())
    assert np.array_equal(chosen, 1 - turned)
