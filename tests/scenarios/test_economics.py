"""What an economist would say of each instrument, tested over a few histories that share their luck."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from agents.population import Kind
from agents.ties import Channel
from sim.config import Config
from sim.step import step
from sim.world import World
from tests.state import differences, state
from tests.worlds import composed, demo_config

SEEDS = (1, 2, 3, 4)
TIME = {"burn_in": 6, "programme": 8, "after": 2}
EVENTS = (Channel.EVENT_B2B, Channel.EVENT_C2C)


@cache
def opening(seed: int, overrides: tuple[str, ...] = ()) -> bytes:
    """The world without programmes when they could open."""
    world = World(demo_config("scenario=no_policy", *overrides, **TIME), seed)
    for _ in range(TIME["burn_in"]):
        step(world)
    return world.snapshot()


def config_with(programmes: dict[str, Any], *overrides: str) -> Config:
    return replace(demo_config("scenario=no_policy", *overrides, **TIME), instrument=programmes)


def world_with(seed: int, programmes: dict[str, Any] | None = None, overrides: tuple[str, ...] = ()) -> World:
    return World.resume(opening(seed, overrides), config_with(programmes or {}, *overrides))


def programme(name: str, **changes: Any) -> Any:
    """The shipped programme in all sectors, known to all, without overhead, with changes."""
    instrument = composed(f"instrument=[{name}]").instrument[name]
    target = replace(instrument.target, sectors=())
    return replace(instrument, **{"target": target, "awareness": 1.0, "overhead": 0.0, "end": 8} | changes)


def lived(world: World, quarters: int, look: Callable[[World], Any] = lambda world: None) -> list[Any]:
    """Let quarters pass; what `look` sees at the end of each."""
    seen = []
    for _ in range(quarters):
        step(world)
        seen.append(look(world))
    return seen


@pytest.mark.parametrize("name", ["grants", "grants_cross_border"])
@pytest.mark.parametrize("why", ["nobody knows of it", "nobody qualifies", "it pays nothing"])
def test_a_grant_that_nobody_can_win_changes_nothing(name, why):
    grants = programme(name, dose=0.1)
    changes = {
        "nobody knows of it": {"awareness": 0.0},
        "nobody qualifies": {"target": replace(grants.target, staff_min=1e7)},
        "it pays nothing": {"share": 0.0},
    }[why]
    for seed in SEEDS[:2]:
        arm, none = world_with(seed, {name: replace(grants, **changes)}), world_with(seed)
        lived(arm, 8)
        lived(none, 8)
        apart = differences(state(arm, []), state(none, []))
        marks = {"projects.programme", "projects.covered", "organisations.private_cost"}
        if why == "it pays nothing":  # those who win nothing have applied all the same
            assert set(apart) <= state(arm, []).keys() - {"organisations.knowledge"}
            assert arm.programmes[name].spent == 0.0
            marks |= set(apart)
        assert set(apart) <= (marks if why == "it pays nothing" else set())


def test_cash_adds_to_the_research_of_the_constrained_and_replaces_the_money_of_the_rich():
    """Neutral cash in its first quarter: where money is short all of it goes into research, where it is not none does."""
    added, given = 0.0, 0.0
    for seed in SEEDS:
        arm, none = world_with(seed, {"neutral_cash": programme("neutral_cash", dose=0.2)}), world_with(seed)
        lived(arm, 1)
        lived(none, 1)
        cash = arm.levers.cash
        firm = none.population.alive & (none.population.kind == Kind.FIRM) & (cash > 0.0)
        more = arm.population.research - none.population.research
        rich, short = firm & ~none.population.constrained, firm & arm.population.constrained
        assert np.count_nonzero(rich) > 20
        assert np.array_equal(arm.population.research[rich], none.population.research[rich])
        assert np.all(arm.population.cash[rich] >= none.population.cash[rich])
        added, given = added + float(more[short].sum()), given + float(cash[short].sum())
    assert given > 0.0
    assert added == pytest.approx(given, rel=0.02)


def test_a_subsidy_adds_to_the_research_of_the_constrained_and_pays_the_rich_for_what_they_do_anyway():
    """With no response to price, a firm that has money does the same research and keeps the subsidy."""
    inelastic = ("behaviour.investment.price_elasticity=0",)
    subsidy = programme("subsidy", dose=0.3, cap=1000.0, headroom=5.0, rate=0.3)
    additional, paid = 0.0, 0.0
    for seed in SEEDS:
        arm, none = world_with(seed, {"subsidy": subsidy}, inelastic), world_with(seed, (), inelastic)
        lived(arm, 1)
        lived(none, 1)
        drawn, people = arm.flows.money.subsidy, none.population
        more = arm.population.research - people.research
        rich, short = (drawn > 0.0) & ~people.constrained, (drawn > 0.0) & people.constrained
        assert np.count_nonzero(rich) > 20
        assert np.array_equal(arm.population.research[rich], people.research[rich])
        spared = arm.population.cash[rich] - people.cash[rich] + (people.debt[rich] - arm.population.debt[rich])
        assert np.all(spared > 0.0) or np.all(spared[arm.flows.money.payout[rich] == 0.0] > 0.0)
        additional, paid = additional + float(more[short].sum()), paid + float(drawn[short].sum())
    assert paid > 0.0
    assert additional > 0.5 * paid


def test_a_firm_at_its_cap_pockets_the_subsidy():
    """A cap far below what the rate would pay leaves the marginal price at 1: the same research, more money."""
    subsidy = programme("subsidy", dose=0.3, cap=1e-3, rate=0.3)
    for seed in SEEDS:
        arm, none = world_with(seed, {"subsidy": subsidy}), world_with(seed)
        lived(arm, 1)
        lived(none, 1)
        drawn = arm.flows.money.subsidy
        capped = (drawn > 0.0) & (0.3 * none.population.research > arm.levers.research_cap) & ~none.population.constrained
        assert np.count_nonzero(capped) > 20
        assert np.array_equal(arm.population.research[capped], none.population.research[capped])
        assert drawn[capped] == pytest.approx(arm.levers.research_cap[capped])


def agreements_by_meeting(seeds: tuple[int, ...], **changes: Any) -> float:
    """Memoranda that come out of events, per meeting held there."""
    met, agreed = 0, 0

    def look(world: World) -> tuple[int, int]:
        signed = sum(int(np.isin(chunk["channel"][~chunk["renewal"]], EVENTS).sum()) for chunk in world.flows.agreed)
        return int(np.isin(world.flows.meetings.channel, EVENTS).sum()), signed

    for seed in seeds:
        for meetings, memoranda in lived(world_with(seed, {"matchmaking": programme("matchmaking", dose=0.5, form="b2b", **changes)}), 4, look):
            met, agreed = met + meetings, agreed + memoranda
    assert met > 100
    return agreed / met


def test_screening_raises_agreements_per_meeting():
    screened = agreements_by_meeting(SEEDS, screened=True)
    assert screened > agreements_by_meeting(SEEDS, screened=False)
    assert screened > agreements_by_meeting(SEEDS, screened=True, random_pairs=True)


def test_promotion_raises_awareness_and_nothing_else():
    """A platform that nobody joins, paid from outside, with and without promotion."""
    outside = ("behaviour.public.financing=external",)
    plan = programme("platform", dose=0.05, awareness=0.1, setup_cost=0.0, running_cost=0.0, joining=0.0, pull=0.0)
    for seed in SEEDS[:2]:
        loud = world_with(seed, {"platform": replace(plan, promotion_cost=0.001)}, outside)
        quiet = world_with(seed, {"platform": replace(plan, promotion_cost=0.0)}, outside)
        lived(loud, 6)
        lived(quiet, 6)
        assert set(differences(state(loud), state(quiet))) <= {"organisations.aware.platform", "budget.platform", "treasury.unpaid"}
        aware = [np.count_nonzero(world.population.aware & world.programmes["platform"].flag) for world in (loud, quiet)]
        assert aware[0] > 1.5 * aware[1]
        assert loud.programmes["platform"].spent > quiet.programmes["platform"].spent == 0.0


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


def searches_per_member(share: float) -> float:
    """Meetings that a member of a platform proposes in a quarter when this share of the eligibles is on it."""
    found, members = 0, 0
    plan = programme("platform", dose=0.5, setup_cost=0.0, congestion=0.0, screening=-10.0)
    for seed in SEEDS:
        world = world_with(seed, {"platform": plan})
        platform, people = world.programmes["platform"], world.population
        platform.refresh(world)
        platform.running = True
        eligible = np.flatnonzero(people.eligible & platform.flag)
        on = eligible[:: round(1 / share)]
        people.on_platform[on] |= platform.flag
        for _ in range(10):
            found += sum(len(meetings.a) for meetings in plan.meet(world, platform))
            members += len(on)
            world.quarter += 1
    return found / members


def test_a_platform_with_few_members_is_searched_less():
    tenth, half, full = (searches_per_member(share) for share in (0.1, 0.5, 1.0))
    assert 0.0 < tenth < half < full


def test_a_congested_platform_is_searched_less():
    plan = programme("platform", dose=0.5, setup_cost=0.0, congestion=0.0)
    worlds = [world_with(1, {"platform": replace(plan, congestion=congestion)}) for congestion in (0.0, 5.0)]
    for world in worlds:
        world.programmes["platform"].refresh(world)
        world.programmes["platform"].running = True
        world.population.on_platform |= world.programmes["platform"].flag
    free, crowded = (len(world.programmes["platform"].instrument.meet(world, world.programmes["platform"])[0].a) for world in worlds)
    assert crowded < free


def test_matchmaking_runs_out_of_guests_before_it_runs_out_of_money():
    for seed in SEEDS[:2]:
        held = []
        for dose in (0.001, 0.5, 1.0):
            world = world_with(seed, {"matchmaking": programme("matchmaking", dose=dose, attendance=1.0)})
            lived(world, 1)
            events = world.programmes["matchmaking"]
            held.append((len(world.flows.meetings.a), events.spent, float(events.left.sum())))
        (few, *_), (many, spent, left), (same, spent_too, left_too) = held
        assert few <= many == same
        assert spent == pytest.approx(spent_too)
        assert left_too > left > spent


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
            assert np.array_equal(flow.meetings[flow.sales > 0.0] > 0.0, flow.meetings[flow.sales > 0.0] != 0.0)
            before = flow.opening + flow.sales + flow.support + flow.grant + flow.subsidy + flow.borrowed
            spent = flow.operating + flow.working_capital + flow.interest + flow.meetings + flow.dues + flow.entry + flow.tax
            expected = before - spent - flow.research - flow.repaid - flow.payout
            assert flow.closing[member] == pytest.approx(expected[member], rel=1e-9, abs=1e-9)
            return int(np.count_nonzero(member & (flow.grant > 0.0)))

        projects += sum(lived(world, 10, look))
    assert projects > 20


def test_own_time_in_meetings_is_paid_by_whoever_meets():
    plan = programme("matchmaking", dose=0.5)
    for seed in SEEDS[:2]:
        arm, none = world_with(seed, {"matchmaking": plan}), world_with(seed)
        lived(arm, 1)
        lived(none, 1)
        met = np.isin(np.arange(arm.population.capacity), arm.flows.meetings.a)
        more = arm.flows.money.meetings - none.flows.money.meetings
        assert more[met].sum() > 0.0


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
            paid = untargeted(arm, last)
            assert paid == pytest.approx(np.maximum(before - carried, 0.0), rel=1e-9)
            if last == arm.opens:
                assert paid == pytest.approx(before)
            cost = np.zeros(len(arm.countries))
            for (quarter, programme_name, payer, _, kind), amount in arm.treasury.ledger.items():
                if quarter == last and programme_name == name and kind != "private_time":
                    cost[arm.countries.iso.index(payer)] += amount
            assert arm.treasury.unpaid == pytest.approx(np.maximum(carried - before, 0.0) + cost, rel=1e-9, abs=1e-12)
            assert cost.sum() > 0.0


def same_sector_projects(leakage: str) -> int:
    """Projects of firms with a firm of the same sector, started in some quarters of some histories."""
    count = 0
    for seed in SEEDS:
        world = World(demo_config("scenario=no_policy", f"behaviour.appraisal.leakage={leakage}", **TIME), seed)
        for chunks in lived(world, 14, lambda world: world.flows.started):
            for chunk in chunks:
                count += int(np.count_nonzero(~chunk["cross_sector"]))
    return count


def test_without_leakage_rivals_work_together_more():
    assert same_sector_projects("0") > same_sector_projects("1.5") > 0
