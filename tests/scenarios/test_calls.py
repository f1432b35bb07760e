"""What an economist would say of calls, vouchers, student teams and shared infrastructure: what they make cheaper, and who pays first."""

from typing import Any

import numpy as np
import pytest

from scenarios.joint_grants import sufficiency
from sim import step as quarter
from sim.cooperate import start
from sim.flows import Flows
from sim.govern import govern
from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, TIME, lived, programme, world_with
from tests.state import differences, state

PENDING, ACTIVE = 1, 2


def plan(name: str, **changes: Any) -> Any:
    """A rich programme; reimbursement for joint projects of any partners, since a small world has few inside one cluster."""
    wider = {"scope": "any"} if name == "reimbursement" else {}
    return programme(name, **{"dose": 0.5} | wider | changes)


def registered(seed: int, programmes: dict[str, Any]) -> World:
    """A world in which all clusters are registered, and whatever is sold at home replaces imports."""
    world = world_with(seed, programmes, ("behaviour.public.import_share=0",))
    world.clusters.founded[:] = True
    return world


def booked(world: World, name: str, kind: str, when: int | None = None) -> float:
    """What a programme paid as a kind, in one quarter or ever."""
    ledger = world.treasury.ledger.items()
    return sum(amount for key, amount in ledger if key[1] == name and key[4] == kind and when in (None, key[0]))


def before_turnover(seed: int, programmes: dict[str, Any], overrides: tuple[str, ...] = (), poor: bool = False) -> tuple[World, World]:
    """A quarter with and without programmes up to finance, so that rows are who they were.  poor: every second till starts empty."""
    worlds = world_with(seed, programmes, overrides), world_with(seed, {}, overrides)
    for world in worlds:
        if poor:
            world.population.cash[world.population.id % 2 == 1] = 0.0
        world.flows = Flows.empty(world.population.capacity, len(world.countries))
        world.population.private_cost[:] = 0.0
        for phase in (govern, quarter.search, quarter.cooperate, quarter.learn, quarter.innovate, quarter.trade, quarter.finance):
            phase(world)
    return worlds


def started_with_the_net_money(name: str) -> tuple[int, int]:
    """(funded projects that start, funded projects) where every firm has the money for its part without what the programme pays."""
    count, funded = 0, 0
    for seed in SEEDS:
        world = registered(seed, {name: plan(name, dose=1.0)})
        p, people, quarters = world.projects, world.population, world.config.behaviour.project.funds_quarters
        lived(world, 3)
        govern(world)
        waiting = (p.status == PENDING) & (p.programme == world.programmes[name].bit) & (p.born < world.quarter)
        waiting &= np.any((p.covered > 0.0) & (people.kind == 0)[p.members], axis=1)
        p.consented[waiting] = True
        people.cash[:] = 0.0
        for n in np.flatnonzero(waiting):
            for m in range(p.size[n]):
                i = p.members[n, m]
                people.cash[i] = max(people.cash[i], quarters * p.cost[n, m] * (1.0 - p.covered[n, m]))
        start(world)
        count += int(np.count_nonzero(waiting & (p.status == ACTIVE)))
        funded += int(np.count_nonzero(waiting))
    return count, funded


def test_whoever_cannot_pay_first_cannot_use_a_reimbursement():
    granted, of_granted = started_with_the_net_money("grants")
    repaid, of_repaid = started_with_the_net_money("reimbursement")
    assert granted == of_granted > 10
    assert repaid == 0 < of_repaid


def test_a_reimbursement_pays_up_to_half_after_the_expense_and_once_a_year():
    paid = 0.0
    for seed in SEEDS:
        world = registered(seed, {"reimbursement": plan("reimbursement")})
        spent_before = 0.0
        for age in range(14):
            claims = world.programmes["reimbursement"].claims.copy()
            step(world)
            funded = (world.projects.status == ACTIVE) & (world.projects.programme == world.programmes["reimbursement"].bit)
            now = booked(world, "reimbursement", "reimbursement", world.quarter - 1)
            assert now == pytest.approx(float((claims * world.weight).sum()) if age % 4 == 0 else 0.0, rel=1e-9, abs=1e-12)
            assert booked(world, "reimbursement", "reimbursement") <= 0.5 * spent_before * (1 + 1e-9)
            if age % 4 == 0:  # what was paid is claimed no more
                assert np.all(world.programmes["reimbursement"].claims <= 0.5 * world.flows.project_cost + 1e-12)
            assert not np.any(world.flows.project_grant)
            covered = world.projects.covered[funded]
            assert np.all((covered == 0.0) | (covered == 0.5))
            spent_before += float((world.flows.project_cost * world.weight).sum())
            paid += now
    assert paid > 0.0


def test_claims_lapse_with_those_who_leave():
    for seed in SEEDS:
        world = registered(seed, {"reimbursement": plan("reimbursement")})
        reimbursement = world.programmes["reimbursement"]
        lived(world, 7)
        holders = np.flatnonzero(reimbursement.claims > 0.0)
        if len(holders) < 2:
            continue
        who = world.population.id[holders[0]]
        world.population.cash[holders[0]] = -1e6
        step(world)
        assert who not in world.population.id
        assert reimbursement.claims[holders[0]] == 0.0
        step(world)
        assert booked(world, "reimbursement", "reimbursement", world.quarter - 1) > 0.0
        return
    pytest.fail("nobody had a claim")


def test_a_voucher_pays_only_for_work_of_small_firms_with_science_and_no_more_than_its_cap():
    given = 0
    for seed in SEEDS:
        world = world_with(seed, {"vouchers": plan("vouchers", cap=0.05, largest=250)})
        for _ in range(8):
            step(world)
            p, people = world.projects, world.population
            rows = np.flatnonzero((p.programme == world.programmes["vouchers"].bit) & (p.status > 0))
            assert np.all(p.with_science[rows])
            value = 4.0 * (p.covered * p.cost * (people.alive * world.weight)[p.members])[rows].sum(axis=1)
            assert np.all(value <= 0.05 * p.weight[rows] * (1 + 1e-9))
            new = rows[p.born[rows] == world.quarter - 2]
            members, covered = p.members[new], p.covered[new]
            large = (members >= 0) & (people.kind[members] == 0) & (people.staff[members] > 350)
            assert not np.any(covered[large])
            given += len(new)
    assert given > 10


def test_student_teams_raise_absorptive_capacity_and_not_knowledge_itself():
    """Hosts learn more from others; where there is nothing to learn from others they know what they would have known."""
    alone = [f"behaviour.learning.{name}=0" for name in ("transfer_project", "transfer_business", "mobility_gain")]
    alone += [f"behaviour.learning.spillover_{name}=0" for name in ("sector", "variety", "science")]
    learned = 0
    for seed in SEEDS:
        for overrides in ((), tuple(alone)):
            arm, none = before_turnover(seed, {"student_grants": plan("student_grants", most=0.3)}, overrides)
            effect = arm.levers.absorption
            assert np.any(effect > 0.0)
            assert np.all((effect >= 0.0) & (effect < 0.3))
            more, hosts = arm.population.knowledge - none.population.knowledge, effect > 0.0
            assert np.all(more > -1e-12)
            assert not np.any(more[~hosts])
            assert not overrides or not np.any(more)
            learned += int(np.count_nonzero(more[hosts].sum(axis=1)))
    assert learned > 10


@pytest.mark.parametrize("name", ["student_grants", "infrastructure"])
def test_members_really_pay_their_share_and_the_state_adds_no_more_than_it_promised(name):
    kind = {"student_grants": "running", "infrastructure": "fixed"}[name]
    for seed in SEEDS:
        arm, none = before_turnover(seed, {name: plan(name, share=0.4)}, poor=True)
        flow, asked = arm.flows.money, arm.levers.contribution
        own = float((flow.contribution * arm.weight).sum())
        assert own > 0.0
        assert flow.contribution == pytest.approx(np.where(flow.sales > 0.0, asked, 0.0))
        assert booked(arm, name, "private_share") == pytest.approx(own)
        assert booked(arm, name, kind) == pytest.approx(own * 0.4 / 0.6)
        assert np.all(none.flows.money.opening[asked > 0.0] >= asked[asked > 0.0])
        outflow = flow.closing + flow.payout + flow.repaid + flow.tax - flow.borrowed + flow.research
        paying = (asked > 0.0) & (flow.sales > 0.0)
        other = none.flows.money
        without = other.closing + other.payout + other.repaid + other.tax - other.borrowed + other.research
        assert (without - outflow)[paying] == pytest.approx(asked[paying], rel=1e-3)


@pytest.mark.parametrize("name", ["student_grants", "infrastructure"])
def test_a_public_share_without_private_money_is_not_spent(name):
    for seed in SEEDS[:2]:
        world = world_with(seed, {name: plan(name)})
        world.population.cash[:] = 0.0
        govern(world)
        assert world.programmes[name].spent == 0.0
        assert float(world.programmes[name].left.sum()) > 0.0
        assert not np.any(world.levers.contribution)
        assert not np.any(world.levers.absorption)
        assert not np.any(world.clusters.infrastructure)


def test_shared_infrastructure_makes_parts_cheaper_by_at_most_the_saving_and_the_work_no_less():
    cheaper = 0
    for seed in SEEDS:
        arm, none = before_turnover(seed, {"infrastructure": plan("infrastructure", cost=0.05, pace=1.0)})
        assert 0.0 < arm.levers.part_relief.max() <= 0.4
        assert not np.any(arm.levers.part_relief[arm.population.cluster < 0])
        before = {int(key): n for n, key in enumerate(none.projects.key) if none.projects.status[n] > 0}
        for n in np.flatnonzero((arm.projects.status == PENDING) & (arm.projects.born == arm.quarter)):
            other = before.get(int(arm.projects.key[n]))
            if other is None or not np.array_equal(arm.projects.members[n], none.projects.members[other]):
                continue
            size = arm.projects.size[n]
            cost, saved, was = arm.projects.cost[n, :size], arm.projects.saved[n, :size], none.projects.cost[other, :size]
            assert np.all((cost <= was) & (cost >= 0.6 * was * (1 - 1e-12)))
            assert cost / (1.0 - saved) == pytest.approx(was, rel=1e-12)
            cheaper += int(np.count_nonzero(cost < was))
    assert cheaper > 5


def test_infrastructure_wears_when_nobody_builds():
    world = world_with(1, {"infrastructure": plan("infrastructure", end=2)})
    lived(world, 2)
    kept = 1.0 - world.config.behaviour.cooperation.shared_wear
    for _ in range(6):
        before = world.clusters.infrastructure.copy()
        assert np.any(before > 0.0)
        step(world)
        assert world.clusters.infrastructure == pytest.approx(before * kept, rel=1e-12)


def waiting_times(monkeypatch: pytest.MonkeyPatch, one_call: bool, closed: bool = False) -> list[int]:
    """Quarters from memorandum to start of the cross-border projects that a call pays."""
    grants = plan("grants_cross_border", quarters=4)

    def governed(world: World) -> None:
        govern(world)
        if one_call:
            world.levers.free_calls = world.programmes["grants_cross_border"].flag
        if closed:
            world.levers.closed[:] = 1.0

    monkeypatch.setattr(quarter, "govern", governed)

    def look(world: World) -> list[int]:
        return [
            int(started - born)
            for chunk in world.flows.started
            for started, born, crosses, paid in zip(chunk["started"], chunk["born"], chunk["cross_border"], chunk["programme"], strict=True)
            if crosses and paid >= 0 and (not closed or born >= TIME["burn_in"])  # those agreed before have their consent
        ]

    return [wait for seed in SEEDS for waits in lived(world_with(seed, {"grants_cross_border": grants}), 10, look) for wait in waits]


def test_one_call_lets_cross_border_projects_start_sooner(monkeypatch):
    two_consents, one_call = waiting_times(monkeypatch, one_call=False), waiting_times(monkeypatch, one_call=True)
    assert len(one_call) > len(two_consents) > 5
    assert np.mean(one_call) < np.mean(two_consents)


def test_an_award_opens_no_closed_border(monkeypatch):
    assert waiting_times(monkeypatch, one_call=True, closed=True) == []


def test_a_regional_top_up_adds_to_the_federal_share_and_is_booked_apart():
    paid = 0.0
    for seed in SEEDS:
        arm = world_with(seed, {"grants": plan("grants", regional=0.3)})
        none = world_with(seed, {"grants": plan("grants", regional=0.0)})
        for _ in range(6):
            suffices = sufficiency(arm)
            step(arm)
            step(none)
            p, flows, now = arm.projects, arm.flows, arm.quarter - 1
            funded = np.flatnonzero((p.status > 0) & (p.programme >= 0))
            eligible = p.covered[funded] > 0.0
            assert p.covered[funded][eligible] == pytest.approx(0.5 + p.regional[funded][eligible])
            assert np.all(p.regional[funded] <= 0.3 + 1e-12)
            received = float((flows.project_grant * arm.weight).sum())
            state, regions = booked(arm, "grants", "grant", now), booked(arm, "grants", "regional", now)
            assert state + regions == pytest.approx(received)
            assert regions <= 0.6 * state * (1 + 1e-9)
            paid += regions
        assert booked(none, "grants", "regional") == 0.0
        assert np.all((suffices >= 0.0) & (suffices <= 1.0))
        assert suffices.max() == 1.0
        assert np.any((suffices > 0.0) & (suffices < 0.9))
    assert paid > 0.0


@pytest.mark.parametrize("name", ["reimbursement", "vouchers", "student_grants", "infrastructure"])
def test_no_dose_is_the_world_without_it(name):
    for seed in SEEDS[:2]:
        zero, none = world_with(seed, {name: plan(name, dose=0.0)}), world_with(seed)
        lived(zero, 5)
        lived(none, 5)
        assert differences(state(zero, []), state(none, [])) == []
        assert zero.treasury.ledger == none.treasury.ledger
