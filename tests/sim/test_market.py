from dataclasses import replace

import numpy as np
import pytest

from agents.draws import bits, key
from agents.parameters import as_record
from sim.eligibility import third_countries
from sim.exporting import REST_BIT, move_exports
from sim.levers import Levers
from sim.market import TradeKeys, clear, trade
from sim.suppliers import demand_shock
from sim.trade_matrix import fit_shares
from tests.sim.toy_economy import economy, shipped

CALM = {"demand_spread": 0.0, "jump_rate": 0.0, "entry_rate": 0.0, "frontier_growth": 0.0, "fringe_learning": 0.0}


def trade_of(world):
    return world.market.share * world.market.expenditure[None]


def calm(**changes):
    """An economy without shocks, growth or differences in fitness."""
    world = economy(market=shipped("market", **{**CALM, **changes}), birth=shipped("birth", fitness_spread=0.0))
    world.market.growth[:] = 0.0
    return world


def test_proportional_fitting_meets_both_margins():
    output = np.array([[10.0, 2.0], [3.0, 5.0]])
    expenditure = np.array([[8.0, 3.0], [4.0, 4.0], [50.0, 60.0]])
    cost = np.array([[0.0, 2.0, 3.0], [2.0, 0.0, 3.0], [3.0, 3.0, 0.0]])
    share = fit_shares(output, expenditure, cost, np.array([0.5, 1.0]), 500)
    assert share.sum(axis=0) == pytest.approx(np.ones((3, 2)), rel=1e-12)
    assert (share * expenditure[None]).sum(axis=1)[:2] == pytest.approx(output, rel=1e-9)


def test_firms_start_with_the_sales_they_were_born_with():
    world = economy()
    q = world.population
    assert q.sales[world.firm] == pytest.approx(q.sales_mean[world.firm], rel=1e-6)


def test_what_firms_and_fringe_sell_is_what_is_bought():
    world = economy()
    for quarter in range(8):
        world.quarter(quarter)
    q, market = world.population, world.market
    clear(q, world.countries, market, np.zeros(q.capacity), as_record(world.parameters["market"]))
    sold = market.fringe_sales.copy()
    amount = np.where(world.firm, (q.sales - q.niche) * world.countries.weight[q.country], 0.0)
    np.add.at(sold, (q.country, q.sector), amount)
    assert market.share.sum(axis=0) == pytest.approx(np.ones(market.share.shape[1:]), rel=1e-12)
    assert sold == pytest.approx(trade_of(world)[:-1].sum(axis=1), rel=1e-9)


def test_the_market_rests_when_nothing_changes():
    world = calm()
    before = world.population.sales.copy()
    traded, *_ = world.quarter(0)
    kept = world.population.id >= 0
    born = world.population.born == -1
    assert world.population.sales[kept & born] == pytest.approx(before[kept & born], rel=1e-6)
    assert np.abs(traded.growth).max() < 1e-6 * before.max()
    assert world.market.share == pytest.approx(world.market.start_share, rel=1e-9)


def test_a_better_origin_gains_everywhere_by_its_elasticity():
    world = calm(adjustment=1.0)
    world.population.quality[world.firm & (world.population.country == 1)] *= 1.1
    world.market.fringe_fitness[1] += np.log(1.1)
    world.quarter(0)
    start, now = world.market.start_share, world.market.share
    odds = (now[1] / now[0]) / (start[1] / start[0])
    assert odds == pytest.approx(np.full(odds.shape, 1.1 ** shipped("market").elasticity), rel=1e-3)


def test_trade_stays_as_the_facts_have_it_while_fitness_settles():
    world = calm()
    world.population.quality[world.firm & (world.population.country == 1)] *= 1.1
    q, p = world.population, world.parameters["market"]
    keys = TradeKeys(np.uint64(1), np.uint64(2), np.uint64(3))
    rest = (Levers.at_rest(q.capacity, 3, 3), third_countries(world), keys, p)
    for _ in range(5):
        trade(q, world.countries, world.market, world.ties, *rest, settling=True)
    assert world.market.share == pytest.approx(world.market.start_share, rel=1e-9)
    trade(q, world.countries, world.market, world.ties, *rest)
    assert world.market.share == pytest.approx(world.market.start_share, rel=1e-2)


def test_cheaper_trade_between_two_raises_their_trade():
    world = calm()
    before = trade_of(world)[0, 1].sum()

    def cheaper(population, levers):
        levers.trade[0, 1] = -0.2

    for quarter in range(30):
        world.quarter(quarter, cheaper)
    assert trade_of(world)[0, 1].sum() > 1.1 * before


def test_a_better_firm_gains_on_its_rivals():
    world = calm()
    best = np.flatnonzero(world.firm)[5]
    world.population.quality[best] *= 1.2
    before = world.population.mass[best]
    world.quarter(0)
    p = world.parameters["market"]
    assert world.population.mass[best] / before == pytest.approx(np.exp(p.elasticity * p.adjustment * np.log(1.2)), rel=0.02)


def test_demand_shocks_make_nobody_richer_on_average():
    p = as_record(replace(shipped("market"), demand_spread=0.1))
    k, j = key(1, 80, 3), key(1, 81, 3)
    shocks = [np.exp(demand_shock(np.uint64(bits(k, i, 0)), np.uint64(bits(j, i, 0)), 1.0, p)) for i in range(1, 20_000)]
    assert np.mean(shocks) == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize(("partners", "price", "enters"), [(0, 0.1, False), (0, 0.4, True), (2, 0.15, True)])
def test_a_destination_must_pay_its_entry_back(partners, price, enters):
    p = as_record(shipped("market", entry_rate=1.0, entry_cost=2.0, entry_payback=10.0, entry_margin=0.1, partner_help=0.5))
    rows = 1 + partners
    prices = np.zeros((2, 3, 1))
    prices[0, 1, 0] = price
    of = np.full((rows, 2), -1, np.int32)
    of[0, :partners] = np.arange(partners)
    exports = np.zeros(rows, np.int64)
    paid, borne = move_exports(
        np.uint64(1), np.arange(rows), np.arange(rows) == 0, np.zeros(rows, np.int8),
        np.minimum(np.arange(rows), 1), np.zeros(rows, np.int64),
        np.full(rows, 10.0), np.full(rows, 5.0), exports, prices, np.zeros((rows, 2)), np.zeros(rows), np.zeros((2, 3), bool),
        np.array([1, 2, 999]), np.ones(2), of,
        np.zeros(max(1, partners), np.int32), 1 + np.arange(max(1, partners), dtype=np.int32), np.ones(max(1, partners), bool), p,
    )  # fmt: skip
    assert bool(exports[0] & 2) == enters
    assert exports[0] & (1 << REST_BIT) == 0
    assert paid[0] == pytest.approx(2.0 * np.exp(-0.5 * partners) if enters else 0.0)
    assert not borne.any()


@pytest.mark.parametrize(
    ("relief", "cap", "third", "own"),
    [(0.5, 9.0, False, 1.0), (0.5, 0.4, False, 1.6), (0.5, 9.0, True, 2.0), (1.0, 9.0, False, 0.0)],
    ids=["half", "up to the cap", "only inside the bloc", "all of it"],
)
def test_what_others_bear_of_an_entry_the_firm_does_not_pay(relief, cap, third, own):
    p = as_record(shipped("market", entry_rate=1.0, entry_cost=2.0, entry_payback=10.0, entry_margin=0.1))
    one, exports, prices = np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros((1, 2, 1))
    prices[0, 1, 0] = 0.4  # 10 x .4 x .1 x 10 = 4 pays back whatever it costs
    paid, borne = move_exports(
        np.uint64(1), one, np.ones(1, bool), one.astype(np.int8), one, one, np.full(1, 10.0), np.full(1, 5.0), exports, prices,
        np.array([[relief, 0.0]]), np.array([cap]), np.array([[False, third]]), np.array([1, 999]), np.ones(1),
        np.full((1, 2), -1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, bool), p,
    )  # fmt: skip
    assert exports[0] == 1 << REST_BIT
    assert (paid[0], borne[0]) == pytest.approx((own, 2.0 - own))


def test_orders_are_sold_beside_the_market():
    usual, ordered = economy(), economy()
    firm = np.flatnonzero(usual.firm)[3]

    def order(population, levers):
        levers.orders[firm] = 2.5

    (_, plain, *_), (_, more, *_) = usual.quarter(0), ordered.quarter(0, order)
    assert more.sales[firm] == pytest.approx(plain.sales[firm] + 2.5)
    assert np.array_equal(np.delete(more.sales, firm), np.delete(plain.sales, firm))


def test_a_recession_is_over_when_it_ends():
    world = economy()
    trend = world.market.expenditure.copy()

    def less(population, levers):
        levers.spending[0, 1] = 0.8

    world.quarter(0, less)
    grown = trend * (1.0 + world.market.growth)
    assert world.market.expenditure[0, 1] == pytest.approx(0.8 * grown[0, 1])
    assert np.delete(world.market.expenditure.ravel(), 1) == pytest.approx(np.delete(grown.ravel(), 1), rel=1e-12)
    world.quarter(1)
    assert world.market.expenditure == pytest.approx(grown * (1.0 + world.market.growth), rel=1e-12)


def test_common_rules_save_trade_cost_and_age():
    world = calm(rules_erosion=0.1)
    world.market.rules[0, 1] = 0.5
    for quarter in range(3):
        world.quarter(quarter)
    assert world.market.trade_cost0[0, 1] - world.market.trade_cost[0, 1] == pytest.approx(0.5 * 0.9**3)
    assert np.count_nonzero(world.market.trade_cost != world.market.trade_cost0) == 1


def test_an_organisation_without_size_changes_nobody():
    alone, joined = economy(), economy()
    free = np.flatnonzero(~joined.population.alive)[-1]
    q = joined.population
    q.id[free], q.alive[free], q.country[free], q.quality[free], q.unit_cost[free] = 10**15, True, 2, 1.0, 1.0
    for quarter in range(4):
        alone.quarter(quarter)
        joined.quarter(quarter)
    rest = np.arange(q.capacity) != free
    for column in ("sales", "cash", "research", "mass"):
        assert np.array_equal(getattr(q, column)[rest], getattr(alone.population, column)[rest])


def test_country_order_does_not_matter_to_a_year():
    one, other = economy(order=(0, 1, 2)), economy(order=(1, 2, 0))
    for quarter in range(4):
        one.quarter(quarter)
        other.quarter(quarter)
    assert one.research()[[1, 2, 0]] == pytest.approx(other.research(), rel=1e-9)
    assert one.market.fringe_sales[[1, 2, 0]] == pytest.approx(other.market.fringe_sales, rel=1e-9)
