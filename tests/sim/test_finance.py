import numpy as np
import pytest

from agents.population import Kind
from sim.founders import weighted_sum
from tests.sim.toy_economy import economy, shipped


def subsidise(rate, cap):
    def turn(population, levers):
        firm = population.alive & (population.kind == Kind.FIRM)
        levers.research_rate[firm], levers.research_cap[firm] = rate, cap

    return turn


def test_no_money_appears_or_vanishes():
    world = economy()
    for quarter in range(12):
        opening, debt = world.population.cash.copy(), world.population.debt.copy()
        before = world.population.id.copy()
        _, flow, *_ = world.quarter(quarter, subsidise(0.2, 0.3))
        same = world.firm & (before == world.population.id)
        size = np.maximum(flow.sales, np.abs(flow.opening)).max()
        assert np.abs(flow.gap()).max() <= 1e-9 * size
        assert np.array_equal(flow.opening[same], opening[same])
        assert world.population.cash[same] == pytest.approx(flow.closing[same], rel=1e-12)
        assert world.population.debt[same] == pytest.approx((debt + flow.borrowed - flow.repaid)[same], rel=1e-9, abs=1e-12)


def test_flows_have_their_sign():
    world = economy()
    for quarter in range(8):
        _, flow, *_ = world.quarter(quarter)
    for name in set(flow._fields) - {"opening", "closing", "operating", "working_capital"}:
        assert getattr(flow, name).min() >= 0.0, name
    assert np.all(world.population.debt >= 0.0)
    assert np.all(np.isfinite(world.population.cash))


def test_research_is_paid_by_somebody():
    world = economy()
    _, flow, *_ = world.quarter(0, subsidise(0.3, 1e9))
    q = world.population
    private = q.research - q.research_public
    assert np.all(private >= -1e-12)
    assert flow.subsidy[world.firm] == pytest.approx(0.3 * flow.research[world.firm])
    science = q.alive & (q.kind != Kind.FIRM)
    assert np.array_equal(q.research[science], q.sales[science])


def test_gross_additionality_of_an_uncapped_subsidy_is_one_for_the_unconstrained():
    plain, helped = economy(), economy()
    plain.quarter(0)
    _, flow, *_ = helped.quarter(0, subsidise(0.2, 1e9))
    free = plain.firm & helped.firm & ~plain.population.constrained & ~helped.population.constrained & (plain.population.born == -1)
    added = (helped.population.research - plain.population.research)[free]
    assert added.sum() / flow.subsidy[free].sum() == pytest.approx(1.0, rel=1e-6)


def test_a_binding_cap_adds_nothing_to_the_unconstrained_but_helps_the_constrained():
    plain, helped = economy(birth=shipped("birth", start_cash=0.02)), economy(birth=shipped("birth", start_cash=0.02))
    plain.quarter(0)
    helped.quarter(0, subsidise(0.5, 1e-3))
    firm = plain.firm & helped.firm & (plain.population.born == -1)
    added = helped.population.research - plain.population.research
    bound = firm & (0.5 * plain.population.research > 1e-3)
    assert added[bound & ~plain.population.constrained] == pytest.approx(0.0, abs=1e-12)
    poor = bound & plain.population.constrained
    assert poor.sum() > 5
    assert np.all(added[poor] > 0.0)


def test_cash_helps_only_who_is_short_of_it():
    def give(population, levers):
        levers.cash[:] = np.where(population.kind == Kind.FIRM, 0.5 * population.research_mean, 0.0)

    plain, helped = economy(), economy()
    for quarter in range(3):
        plain.quarter(quarter)
        helped.quarter(quarter)
    plain.quarter(3)
    helped.quarter(3, give)
    same = plain.firm & (plain.population.id == helped.population.id)
    added = (helped.population.research - plain.population.research)[same]
    short = plain.population.constrained[same]
    assert np.all(added[~short] == 0.0)
    assert added[short].sum() > 0.0


def test_dues_are_paid_in_founded_clusters_only():
    world = economy()
    cluster, founded = world.population.cluster.copy(), world.clusters.founded.copy()
    _, flow, *_ = world.quarter(0)
    paying = np.flatnonzero(flow.dues > 0.0)
    assert len(paying) > 0
    assert np.all(founded[cluster[paying]])


def test_demand_for_researchers_raises_their_price():
    world = economy()
    for quarter in range(6):
        world.quarter(quarter, subsidise(0.4, 1e9))
    assert np.all(world.countries.research_price[:2] > 1.02)


@pytest.mark.slow
def test_twenty_years_without_policy_stay_near_where_they_began():
    ratio, left, short, import_drift = [], [], [], []
    for seed in (1, 2, 3):
        world = economy(seed)
        start, home = world.research(), np.diagonal(world.market.share.mean(axis=2)).copy()
        for quarter in range(80):
            firms = world.firm.sum()
            *_, gone, _ = world.quarter(quarter)
            left.append(4.0 * gone.firms.sum() / firms)
        q = world.population
        small = world.firm & (q.sales_mean <= np.median(q.sales_mean[world.firm]))
        short.append(q.constrained[small].mean())
        ratio.append(weighted_sum(q.research, world.countries.weight, q.country, 3).sum() / start.sum())
        import_drift.append(np.abs(np.diagonal(world.market.share.mean(axis=2)) - home).max())
    assert np.mean(ratio) == pytest.approx(1.0, abs=0.12)
    assert 0.02 < np.mean(left) < 0.06
    assert 0.1 < np.mean(short) < 0.4
    assert max(import_drift) < 0.08
