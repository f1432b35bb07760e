"""What an economist would say of each instrument: where its money goes, what it adds and who pays for it."""

from dataclasses import replace

import numpy as np
import pytest

from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, first_quarter, kept, lived, programme, world_with
from tests.state import differences, state


@pytest.mark.parametrize("name", ["grants", "grants_cross_border"])
@pytest.mark.parametrize("why", ["nobody knows of it", "nobody qualifies", "nobody hears of it before it closes"])
def test_a_grant_that_nobody_can_win_changes_nothing(name, why):
    grants = programme(name, dose=0.1)
    changes = {
        "nobody knows of it": {"awareness": 0.0},
        "nobody qualifies": {"target": replace(grants.target, staff_min=1e7)},
        "nobody hears of it before it closes": {"start": 4, "end": 4},
    }[why]
    for seed in SEEDS[:2]:
        arm, none = world_with(seed, {name: replace(grants, **changes)}), world_with(seed)
        lived(arm, 8)
        lived(none, 8)
        assert differences(state(arm, []), state(none, [])) == []
        assert arm.programmes[name].spent == 0.0


def test_cash_adds_to_the_research_of_the_constrained_and_replaces_the_money_of_the_rich():
    """In the first quarter nearly all goes into research where money stays short (holes in the till come first), and none elsewhere."""
    added, given = 0.0, 0.0
    for seed in SEEDS:
        arm, none, more, has_money, _ = first_quarter(seed, {"neutral_cash": programme("neutral_cash", dose=0.2)})
        cash = np.where(arm.flows.money.sales > 0.0, arm.levers.cash, 0.0)
        rich, still = (cash > 0.0) & has_money, (cash > 0.0) & arm.population.constrained
        assert np.count_nonzero(rich) > 20
        assert np.all(more[rich] == 0.0)
        assert kept(arm, none)[rich] == pytest.approx(cash[rich], rel=1e-6, abs=1e-9)
        added, given = added + float(more[still].sum()), given + float(cash[still].sum())
    assert 0.8 * given < added <= given * (1 + 1e-9)


def test_a_subsidy_adds_to_the_research_of_the_constrained_and_pays_the_rich_for_what_they_do_anyway():
    """With no response to price, a firm that has money does the same research and keeps the subsidy; one that stays short spends it all."""
    subsidy = programme("subsidy", dose=0.3, cap=1000.0, headroom=5.0, rate=0.3)
    overrides = ("behaviour.investment.price_elasticity=0", "behaviour.finance.line=0")
    still_short = 0
    for seed in SEEDS:
        arm, none, more, has_money, short = first_quarter(seed, {"subsidy": subsidy}, overrides, poor=True)
        drawn = arm.flows.money.subsidy
        rich, poor = (drawn > 0.0) & has_money, (drawn > 0.0) & short
        assert np.count_nonzero(rich) > 5
        assert np.all(more[rich] == 0.0)
        assert kept(arm, none)[rich] == pytest.approx(drawn[rich], rel=1e-6, abs=1e-9)
        assert np.all((more[poor] > 0.0) & (more[poor] <= drawn[poor] * (1.0 + 1e-9)))  # at most its gap, and more than nothing
        still = poor & arm.population.constrained
        assert more[still] == pytest.approx(drawn[still], rel=1e-9)
        still_short += np.count_nonzero(still)
    assert still_short > 5


def test_a_firm_at_its_cap_pockets_the_subsidy():
    """A cap far below what the rate would pay leaves the marginal price at 1: the same research, more money."""
    subsidy = programme("subsidy", dose=0.3, cap=1e-3, rate=0.3)
    for seed in SEEDS:
        arm, none, more, has_money, _ = first_quarter(seed, {"subsidy": subsidy})
        drawn, cap = arm.flows.money.subsidy, arm.levers.research_cap
        capped = (drawn > 0.0) & (0.3 * none.flows.money.research > cap) & has_money
        assert np.count_nonzero(capped) > 20
        assert np.all(more[capped] == 0.0)
        assert drawn[capped] == pytest.approx(cap[capped])
        assert kept(arm, none)[capped] == pytest.approx(drawn[capped], rel=1e-6, abs=1e-9)


def test_cash_does_not_change_whom_one_knows_in_its_own_quarter():
    for seed in SEEDS:
        arm, none = world_with(seed, {"neutral_cash": programme("neutral_cash", dose=0.5)}), world_with(seed)
        lived(arm, 1)
        lived(none, 1)
        apart = differences(state(arm, []), state(none, []))
        assert apart
        # who leaves for want of money takes his ties along, so only those who stay in both are compared
        gone = arm.flows.exits.sum() != none.flows.exits.sum()
        assert gone or not [name for name in apart if name.startswith(("ties.", "projects."))]
        assert np.array_equal(arm.flows.meetings.a, none.flows.meetings.a)
        assert np.array_equal(arm.flows.meetings.b, none.flows.meetings.b)


def test_private_money_really_is_paid():
    """A grant of half leaves the other half to the members: it shows in their research, and their cash is short of it."""
    projects = 0
    for seed in SEEDS:
        world = world_with(seed, {"grants": programme("grants", dose=0.3)})

        def look(world: World) -> int:
            flow, flows = world.flows.money, world.flows
            member = (flows.project_cost > 0.0) & (flow.sales > 0.0)
            own = flow.research - flow.grant - flow.subsidy
            free = member & ~world.population.constrained & world.population.alive
            assert np.all(flow.grant[member] <= 0.5 * flows.project_cost[member] * (1 + 1e-9))
            assert np.all(own[free] >= (flows.project_cost - flows.project_grant)[free] * (1 - 1e-9))
            before = flow.opening + flow.sales + flow.support + flow.grant + flow.subsidy + flow.borrowed
            spent = flow.operating + flow.working_capital + flow.interest + flow.meetings + flow.dues + flow.entry + flow.tax
            expected = before - spent - flow.research - flow.repaid - flow.payout
            assert flow.closing[member] == pytest.approx(expected[member], rel=1e-9, abs=1e-9)
            return int(np.count_nonzero(member & (flow.grant > 0.0)))

        projects += sum(lived(world, 10, look))
    assert projects > 20


def untargeted(world: World, quarter: int) -> np.ndarray:
    """General support of business R&D that a country paid in a quarter, f8 (C,)."""
    entry = world.treasury.ledger.get
    return np.array([entry((quarter, "untargeted support", iso, iso, "untargeted"), 0.0) for iso in world.countries.iso])


@pytest.mark.parametrize("name", ["neutral_cash", "subsidy", "matchmaking"])
def test_a_new_programme_cuts_untargeted_support_by_what_it_cost_a_quarter_before(name):
    for seed in SEEDS[:2]:
        arm = world_with(seed, {name: programme(name, dose=0.02, overhead=0.1)})
        for _ in range(6):
            last = arm.quarter
            carried = arm.treasury.unpaid.copy()
            step(arm)
            before = arm.countries.untargeted
            paid, performing = untargeted(arm, last), arm.levers.untargeted > 0.0
            somebody = np.isin(np.arange(len(before)), arm.population.country[performing])
            assert paid[somebody] == pytest.approx(np.maximum(before - carried, 0.0)[somebody], rel=1e-9)
            assert last > arm.opens or not np.any(carried)
            cost = np.zeros(len(arm.countries))
            for (quarter, programme_name, payer, _, kind), amount in arm.treasury.ledger.items():
                if quarter == last and programme_name == name and kind != "private_time":
                    cost[arm.countries.iso.index(payer)] += amount
            assert arm.treasury.unpaid == pytest.approx(np.maximum(carried - before, 0.0) + cost, rel=1e-9, abs=1e-12)
            assert cost.sum() > 0.0
