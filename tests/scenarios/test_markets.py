"""What an economist would say of the instruments that act through markets: entry, orders, rules of trade, equipment, starts, recessions."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from sim.eligibility import third_countries
from sim.exporting import REST_BIT
from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, booked, lived, pair, programme, world_with
from tests.state import differences, state

NAMES = ("certification", "internationalisation", "procurement", "registration", "internal_market", "re_equipment", "recession")
EXTERNAL = ("behaviour.public.financing=external",)
TRADERS = ("behaviour.market.entry_rate=0.3",)
"""Firms that look abroad more often."""
CHAINS = ("behaviour.appraisal.base=-1.5", "behaviour.appraisal.business_base=1.0")
"""Firms that often do business with each other."""
ANYBODY = replace(programme("certification").target, staff_max=1e7)
NULLS = {  # the commission of an internal market costs what it costs, whatever there is to agree on
    "certification": {"share": 0.0}, "internationalisation": {"share": 0.0}, "procurement": {"order": 0.0}, "registration": {"share": 0.0},
    "internal_market": {"dose": 0.0}, "re_equipment": {"closes": 0.0}, "recession": {"depth": 0.0},
}  # fmt: skip


def links(world: World) -> set[tuple[int, int]]:
    """(id of a firm, destination it exports to), the rest of the world as REST_BIT."""
    q = world.population
    return {(int(q.id[i]), d) for i in np.flatnonzero(q.alive) for d in range(REST_BIT + 1) if int(q.exports_to[i]) >> d & 1}


def trade_of(world: World) -> np.ndarray:
    """Trade between origins and destinations, f8 (C + 1, C + 1)."""
    return (world.market.share * world.market.expenditure[None]).sum(axis=2)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_dose_or_with_its_null_an_instrument_is_nothing(name):
    none = world_with(1)
    idle = [world_with(1, {name: programme(name, **changes)}) for changes in ({"dose": 0.0}, NULLS[name])]
    for _ in range(4):
        for world in (none, *idle):
            step(world)
        for world in idle:
            assert differences(state(world, []), state(none, [])) == []
    assert none.treasury.ledger == idle[0].treasury.ledger == idle[1].treasury.ledger


@pytest.mark.parametrize("name", ["certification", "internationalisation"])
def test_help_with_entry_lets_firms_enter_sooner_and_pays_its_share_of_what_entry_cost(name):
    sooner = bill = 0.0
    for seed in SEEDS:
        arm, none = pair(seed, name, TRADERS, dose=0.3, share=0.5, cap=100.0, target=ANYBODY)
        before, who, weight = links(none), none.population.id.copy(), none.weight.copy()
        step(arm)
        step(none)
        flow, helped = arm.flows.traded, arm.levers.entry_payer >= 0
        more = {link for link in links(arm) - links(none) if link not in before}
        sooner, bill = sooner + len(more), bill + arm.programmes[name].spent
        assert {id for id, _ in more} <= set(arm.population.id[helped].tolist())
        bears = flow.entry_borne > 0.0
        assert np.all(bears <= helped)
        if name == "certification":  # nothing but what it helps with is entered, half and half
            assert flow.entry_borne[bears] == pytest.approx(flow.entry_cost[bears])
        stayed = arm.population.id == who
        entries = len([link for link in links(arm) - before if link[0] in who[stayed & bears]])
        assert flow.entry_borne[stayed].sum() <= 0.5 * arm.config.behaviour.market.entry_cost * entries
        assert booked(arm, name, "entry") == pytest.approx(float((flow.entry_borne * weight).sum()), rel=1e-12)
        assert np.array_equal((arm.population.awarded > 0.0)[stayed], bears[stayed])
    assert sooner > 2
    assert bill > 0.0


def test_help_is_not_given_beyond_its_cap_or_its_money():
    for seed in SEEDS[:2]:
        arm, _ = pair(seed, "certification", TRADERS, dose=0.3, share=0.9, cap=0.5)
        lived(arm, 1)
        assert 0.0 < arm.flows.traded.entry_borne.max() <= 0.5 * (1 + 1e-12)
        poor, _ = pair(seed, "certification", TRADERS, dose=1e-5)
        lived(poor, 4)
        assert poor.programmes["certification"].spent == 0.0


def test_internationalisation_opens_third_countries_and_nothing_inside_the_bloc():
    abroad = 0
    for seed in SEEDS:
        arm, none = pair(seed, "internationalisation", (*TRADERS, *EXTERNAL), dose=0.3, target=ANYBODY)
        third = third_countries(arm)
        assert third[:, -1].all()
        assert not third[:, :-1].any()  # all of the demo world is in one bloc
        lived(arm, 1)
        lived(none, 1)
        new = links(arm) - links(none)
        assert {d for _, d in new} <= {REST_BIT}
        abroad += len(new)
        lived(arm, 7)
        lived(none, 7)
        count, other = (Counter(d == REST_BIT for _, d in links(world)) for world in (arm, none))
        assert count[True] > other[True]
        assert abs(count[False] - other[False]) <= 0.1 * other[False]
    assert abroad > 2


def test_an_order_adds_to_the_sales_of_innovators_and_of_nobody_else_in_its_quarter():
    for seed in SEEDS:
        arm, none = pair(seed, "procurement")
        innovators = none.population.innovations_year > 0
        step(arm)
        step(none)
        orders = arm.levers.orders
        stayed = (arm.population.id == none.population.id) & (none.flows.money.sales > 0.0)
        assert np.count_nonzero(orders) > 3
        assert np.all(innovators[orders > 0.0])
        assert (arm.flows.money.sales - none.flows.money.sales)[stayed] == pytest.approx(orders[stayed], rel=1e-9, abs=1e-12)
        assert np.array_equal(arm.flows.money.sales[stayed & (orders == 0.0)], none.flows.money.sales[stayed & (orders == 0.0)])
        assert np.array_equal(arm.population.mass[stayed], none.population.mass[stayed])
        assert booked(arm, "procurement", "procurement") == pytest.approx(float((orders * arm.weight).sum()), rel=1e-12)


def test_who_no_longer_innovates_gets_no_orders():
    arm, _ = pair(1, "procurement")
    arm.population.innovations_year[:] = 0
    step(arm)
    assert not arm.levers.orders.any()
    assert arm.programmes["procurement"].spent == 0.0


def test_the_internal_market_raises_trade_between_members_and_lowers_the_home_share():
    for seed in SEEDS[:2]:
        arm, none = pair(seed, "internal_market", EXTERNAL, pace=4.0, stall=0.0, depth=0.5)
        progress = lived(arm, 8, lambda world: world.programmes["internal_market"].progress)
        lived(none, 8)
        assert progress[0] == 1.0
        members = ~np.eye(len(arm.countries), dtype=bool)
        ours, theirs = trade_of(arm), trade_of(none)
        assert ours[:-1, :-1][members].sum() > 1.1 * theirs[:-1, :-1][members].sum()
        assert np.all(np.diagonal(ours)[:-1] < np.diagonal(theirs)[:-1])
        assert ours[-1, :-1].sum() < theirs[-1, :-1].sum()  # trade diversion
        assert arm.market.rules[:-1, :-1][members] == pytest.approx(0.5 * (1 - arm.config.behaviour.market.rules_erosion))
        assert not np.diagonal(arm.market.rules).any()
        assert not (arm.market.rules[-1] + arm.market.rules[:, -1]).any()


def test_an_internal_market_that_stalls_does_nothing_but_cost():
    arm, none = pair(1, "internal_market", EXTERNAL, stall=1.0)
    lived(arm, 6)
    lived(none, 6)
    unlike = differences(state(arm, []), state(none, []))
    assert unlike == ["treasury.unpaid"] or unlike == []
    assert booked(arm, "internal_market", "running") > 0.0


def test_there_are_no_common_rules_without_a_common_bloc():
    arm, _ = pair(1, "internal_market", stall=0.0)
    arm.geography.bloc[:, 0, 1:] = arm.geography.bloc[:, 1:, 0] = False
    step(arm)
    assert not arm.market.rules[0].any()
    assert not arm.market.rules[:, 0].any()
    assert arm.market.rules[1, 2] > 0.0


def test_rules_come_with_money_and_erode_without_it():
    full, half = (pair(1, "internal_market", EXTERNAL, stall=0.0, pace=1.0, cost=cost, end=4)[0] for cost in (2.0, 1e6))
    rules = lived(full, 8, lambda world: float(world.market.rules.max()))
    kept = 1.0 - full.config.behaviour.market.rules_erosion
    assert rules[0] == pytest.approx(0.25 * 0.2 * kept)
    assert rules[3] > rules[2] > rules[1] > rules[0]
    assert np.array(rules[4:]) == pytest.approx(rules[3] * kept ** np.arange(1, 5))
    assert full.market.trade_cost[0, 1] == pytest.approx(full.market.trade_cost0[0, 1] - rules[-1])
    poor = lived(half, 1, lambda world: float(world.market.rules.max()))
    assert poor[0] == pytest.approx(rules[0] * half.programmes["internal_market"].spent / 1e6)
    assert 0.0 < poor[0] < rules[0]


def re_equipped(seed, **changes):
    arm, none = pair(seed, "re_equipment", CHAINS, dose=0.3, payback=40.0, **changes)
    for world in (arm, none):
        world.population.cash[:] *= 5.0  # rich enough to invest
    step(arm)
    step(none)
    return arm, none


def test_re_equipment_closes_gaps_only_of_suppliers_with_a_buyer():
    suppliers = 0
    for seed in SEEDS:
        arm, none = re_equipped(seed)
        q, other, t = arm.population, none.population, arm.ties
        stayed = (q.id == other.id) & q.alive & (q.quality > 0.0) & (q.born < arm.opens)
        ready = arm.levers.adoption > 0.0
        assert np.all(q.quality[stayed & ready] > other.quality[stayed & ready])
        assert np.array_equal(q.quality[stayed & ~ready], other.quality[stayed & ~ready])
        for i in np.flatnonzero(ready & stayed):
            ends = [(t.a[n], t.b[n]) for n in t.living() if i in (t.a[n], t.b[n])]
            partners = [b if a == i else a for a, b in ends]
            assert any(q.sector[j] == q.sector[i] and q.stage[j] > q.stage[i] and arm.levers.contribution[j] > 0.0 for j in partners)
        suppliers += np.count_nonzero(ready)
    assert suppliers > 4


def test_state_buyer_and_supplier_pay_their_parts_of_new_equipment():
    deals = 0
    for seed in SEEDS:
        arm, _ = re_equipped(seed)
        plan, q, levers = arm.programmes["re_equipment"].instrument, arm.population, arm.levers
        ready = levers.adoption > 0.0
        paid = float((levers.contribution * arm.weight).sum())
        assert booked(arm, "re_equipment", "private_share") == pytest.approx(paid, rel=1e-12)
        assert plan.public * paid == pytest.approx((1.0 - plan.public) * booked(arm, "re_equipment", "equipment"), rel=1e-9)
        assert np.array_equal(arm.flows.money.contribution[q.alive], levers.contribution[q.alive])
        assert np.all(levers.contribution[ready] > 0.0)
        assert np.count_nonzero(levers.contribution > 0.0) > np.count_nonzero(ready) or not ready.any()
        deals += np.count_nonzero(ready)
    assert deals > 4


@pytest.mark.parametrize("why", ["too dear", "no chain", "no money"])
def test_nobody_is_re_equipped_without_gain_buyer_or_cash(why):
    for seed in SEEDS[:2]:
        arm, _ = pair(seed, "re_equipment", CHAINS, dose=0.3, **({"cost": 1.0} if why == "too dear" else {"payback": 40.0}))
        if why == "no chain":
            arm.ties.business[:] = False
        elif why == "no money":
            arm.population.cash[:] = 0.0
        step(arm)
        assert not arm.levers.adoption.any()
        assert arm.programmes["re_equipment"].spent == 0.0


def test_free_registration_brings_more_entrants_and_pays_each_once():
    more = 0
    for seed in SEEDS:
        arm, none = pair(seed, "registration", EXTERNAL, dose=0.1, target=replace(programme("registration").target, staff_max=1e7))
        plan = arm.programmes["registration"].instrument
        for _ in range(8):
            step(arm)
            step(none)
            q, came = arm.population, arm.flows.entered
            helped = came[~q.foreign[came]]
            p = arm.config.behaviour.turnover
            cost = p.start_cost * p.start_years * 4.0 * q.sales
            assert q.awarded[helped] == pytest.approx(plan.share * cost[helped])
            assert not q.awarded[came[q.foreign[came]]].any()
            assert booked(arm, "registration", "entry", arm.quarter - 1) == pytest.approx(float((cost * arm.weight)[helped].sum()))
            more += int(arm.flows.entries.sum()) - int(none.flows.entries.sum())
    assert more > 0


def test_free_registration_adds_to_the_entrants_of_its_first_quarter_and_takes_none_away():
    added = 0
    for seed in SEEDS:
        arm, none = pair(seed, "registration", ("behaviour.turnover.start_cost=0.05", "behaviour.turnover.potential=0.5"), dose=0.1)
        step(arm)
        step(none)
        ours, theirs = (set(world.population.id[world.flows.entered].tolist()) for world in (arm, none))
        assert theirs <= ours
        added += len(ours - theirs)
    assert added > 4


def test_registration_without_a_cost_of_starting_does_nothing_and_pays_nothing():
    arm, none = pair(1, "registration", ("behaviour.turnover.start_cost=0", *EXTERNAL), dose=0.1, overhead=0.0)
    came = lived(arm, 6, lambda world: world.population.id[world.flows.entered].tolist())
    assert came == lived(none, 6, lambda world: world.population.id[world.flows.entered].tolist())
    assert arm.programmes["registration"].spent == 0.0


def test_less_money_for_registration_draws_fewer():
    relief = []
    for dose in (1e-6, 1e-4, 0.1):
        arm, _ = pair(1, "registration", EXTERNAL, dose=dose)
        step(arm)
        relief.append(float(arm.levers.start_relief.max()))
    assert 0.0 < relief[0] < relief[1] < relief[2]


def test_a_recession_lowers_sales_in_its_sectors_while_it_lasts():
    target = replace(programme("recession").target, sectors=("biotech", "food"))
    for seed in SEEDS:
        arm, none = pair(seed, "recession", depth=0.2, dose=0.5, end=3, target=target)
        hit = np.isin(np.array(arm.sectors.name), ("biotech", "food"))
        for quarter in range(6):
            step(arm)
            step(none)
            ratio = arm.market.expenditure / none.market.expenditure
            assert np.array_equal(ratio[:, ~hit], np.ones_like(ratio[:, ~hit]))
            assert np.array_equal(ratio[-1], np.ones_like(ratio[-1]))  # the rest of the world goes on
            assert ratio[:-1, hit] == pytest.approx(0.9 if quarter < 3 else 1.0, rel=1e-12)
            if quarter == 0:
                q, sold, usual = arm.population, arm.flows.money.sales, none.flows.money.sales
                firm = q.alive & (q.id == none.population.id) & (usual > 0.0) & (q.born < arm.opens)
                struck = firm & hit[q.sector]
                assert np.all(sold[struck] < usual[struck])
                assert np.array_equal(sold[firm & ~struck], usual[firm & ~struck])
    worldwide, _ = pair(1, "recession", worldwide=True)
    step(worldwide)
    assert worldwide.market.expenditure[-1] == pytest.approx(0.9 * worldwide.market.trend[-1])
