"""What an economist would say of events, platforms and promotion: they change whom one meets, not what one does with it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents.ties import Channel
from sim.world import World
from tests.scenarios.histories import SEEDS, TIME, first_quarter, lived, programme, world_with
from tests.state import differences, state
from tests.worlds import demo_config

EVENTS = (Channel.EVENT_B2B, Channel.EVENT_C2C)


def agreements_by_meeting(seeds: tuple[int, ...], **changes: Any) -> float:
    """Memoranda that come out of events, per meeting held there."""
    met, agreed = 0, 0

    def look(world: World) -> tuple[int, int]:
        signed = sum(int(np.isin(chunk["channel"][~chunk["renewal"]], EVENTS).sum()) for chunk in world.flows.agreed)
        return int(np.isin(world.flows.meetings.channel, EVENTS).sum()), signed

    events = programme("matchmaking", dose=0.5, form="b2b", **changes)
    for seed in seeds:
        for meetings, memoranda in lived(world_with(seed, {"matchmaking": events}), 4, look):
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


def test_own_time_in_meetings_is_paid_by_those_who_meet():
    for seed in SEEDS[:2]:
        arm, none, *_ = first_quarter(seed, {"matchmaking": programme("matchmaking", dose=0.5)})
        meetings = arm.flows.meetings
        guests = np.unique(np.concatenate((meetings.a, meetings.b))[np.tile(np.isin(meetings.channel, EVENTS), 2)])
        more = arm.flows.money.meetings - none.flows.money.meetings
        firms = guests[arm.flows.money.sales[guests] > 0.0]
        assert np.count_nonzero(more[firms] > 0.0) > 0.5 * len(firms) > 5


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
