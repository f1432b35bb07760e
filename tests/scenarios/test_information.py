"""What an economist would say of promotion, observatories, screening, thematic platforms and rules on intellectual property."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents.population import TECHNOLOGY_FIELDS
from agents.ties import Channel
from sim.world import World
from tests.scenarios.histories import SEEDS, lived, programme, world_with
from tests.scenarios.with_and_without import MONEY, OUTSIDE, apart, both

KINDS = ("ip_rules", "label", "observatory", "promotion", "thematic_platform", "training")


@pytest.mark.parametrize("name", KINDS)
def test_without_a_dose_the_baseline_is_the_same_bit_for_bit(name):
    none, arm = both(1, {}, {name: programme(name, dose=0.0)}, 6)
    assert apart(none, arm) == set()


# promotion


def test_promotion_raises_awareness_and_nothing_else_in_its_quarter():
    grants = {"grants": programme("grants", dose=0.05, awareness=0.1)}
    for seed in SEEDS[:2]:
        none, arm = both(seed, grants, {"promotion": programme("promotion", dose=0.01, cost=0.01, promotes=("grants",))}, 1)
        assert apart(none, arm, ("grants",)) <= MONEY
        assert arm.programmes["grants"].level > none.programmes["grants"].level == 0.1
        lived(none, 1)
        lived(arm, 1)
        aware = [np.count_nonzero(world.population.aware & world.programmes["grants"].flag) for world in (none, arm)]
        assert aware[1] > 1.5 * aware[0]


def test_each_million_of_promotion_tells_fewer_than_the_one_before():
    def level(dose: float) -> float:
        world = world_with(
            1, {"grants": programme("grants", awareness=0.1), "promotion": programme("promotion", dose=dose, cost=0.1)}, OUTSIDE
        )
        lived(world, 1)
        return world.programmes["grants"].level

    levels = np.array([level(dose) for dose in (1e-6, 0.01, 0.02, 0.03)])
    assert levels[0] == pytest.approx(0.1, abs=1e-3)
    steps = np.diff(levels)
    assert steps[0] > steps[1] > steps[2] > 0.0


def test_a_promoted_call_gets_more_applications():
    """Told by the applicants' own time, which the ledger books."""
    hours = np.zeros(2)
    grants = {"grants": programme("grants", dose=0.05, awareness=0.02)}
    for seed in SEEDS:
        pair = both(seed, grants, {"promotion": programme("promotion", dose=0.01, promotes=("grants",))}, 8)
        for n, world in enumerate(pair):
            hours[n] += sum(amount for key, amount in world.treasury.ledger.items() if key[1] == "grants" and key[4] == "private_time")
    assert hours[1] > 1.2 * hours[0] > 0.0


def test_promotion_of_a_programme_that_all_know_costs_nothing():
    world = world_with(1, {"grants": programme("grants", awareness=1.0), "promotion": programme("promotion", dose=0.1)})
    lived(world, 3)
    assert world.programmes["promotion"].spent == 0.0


# observatory


def test_an_observatory_lets_the_same_organisations_meet_and_see_each_other_better():
    """Who meets in their own ways meets as before; whom one picks at an event, and what is agreed, is not the same."""
    other_agreements, other_choices = 0, 0
    clear = programme("observatory", dose=0.5, setup_cost=0.0, entry_cost=0.0, clarity=0.9)
    events = {"matchmaking": programme("matchmaking", form="b2b", dose=0.3)}
    for seed in SEEDS:
        none, arm = both(seed, {}, {"observatory": clear}, 1)
        before, after = none.flows.meetings, arm.flows.meetings
        assert np.array_equal(before.a, after.a)
        assert np.array_equal(before.b, after.b)
        assert np.count_nonzero((arm.levers.blur[after.a] < 1.0) & (arm.levers.blur[after.b] < 1.0)) > 50
        signed = [{int(key) for chunk in world.flows.agreed for key in chunk["key"]} for world in (none, arm)]
        other_agreements += len(signed[0] ^ signed[1])
        none, arm = both(seed, events, {"observatory": clear}, 1)
        pairs = [set(zip(w.flows.meetings.a.tolist(), w.flows.meetings.b.tolist(), strict=True)) for w in (none, arm)]
        other_choices += len(pairs[0] ^ pairs[1])
    assert other_agreements > 0
    assert other_choices > 0


def test_more_money_lists_more_in_the_database_and_drops_nobody():
    listed = []
    for dose in (0.02, 0.04, 0.5):
        plan = programme("observatory", dose=dose, setup_cost=0.0, running_cost=0.0, entry_cost=0.05)
        world = world_with(1, {"observatory": plan}, OUTSIDE)
        lived(world, 1)
        listed.append(world.levers.blur < 1.0)
    assert 0 < np.count_nonzero(listed[0]) < np.count_nonzero(listed[1]) < np.count_nonzero(listed[2])
    assert np.all(listed[1][listed[0]] & listed[2][listed[0]])


def test_an_institution_that_cannot_pay_its_set_up_is_not_there():
    for name in ("observatory", "ip_rules", "thematic_platform"):
        world = world_with(1, {name: programme(name, dose=0.001, setup_cost=100.0)})
        for running, spent in lived(world, 4, lambda world, name=name: (world.programmes[name].running, world.programmes[name].spent)):
            assert not running
            assert spent == 0.0


# meetings


def projects_by_meeting(**changes: Any) -> float:
    """Projects that started out of events, per meeting held there."""
    met, started = 0, 0

    def look(world: World) -> tuple[int, int]:
        chunks = [int((chunk["channel"][~chunk["renewal"]] == Channel.EVENT_B2B).sum()) for chunk in world.flows.started]
        return int((world.flows.meetings.channel == Channel.EVENT_B2B).sum()), sum(chunks)

    events = programme("matchmaking", dose=0.5, form="b2b", **changes)
    for seed in SEEDS:
        for meetings, projects in lived(world_with(seed, {"matchmaking": events}, OUTSIDE), 8, look):
            met, started = met + meetings, started + projects
    assert met > 100
    assert started > 10
    return started / met


def test_screening_raises_projects_per_meeting():
    assert projects_by_meeting(screened=True) > projects_by_meeting(screened=False)


def test_a_thematic_platform_admits_only_who_knows_its_fields():
    plan = programme("thematic_platform", dose=0.2, setup_cost=0.0, joining=0.3, least=0.6)
    fields = np.isin(TECHNOLOGY_FIELDS, plan.fields)
    for seed in SEEDS[:2]:
        world = world_with(seed, {"thematic_platform": plan}, OUTSIDE)
        flag, met = world.programmes["thematic_platform"].flag, 0
        for _ in range(4):
            people, on = world.population, (world.population.on_platform & flag) != 0
            known, all_known = people.knowledge[:, fields].sum(axis=1), people.knowledge.sum(axis=1)
            share = known / np.maximum(all_known, 1e-12)
            born = people.id.copy()
            lived(world, 1)
            joined = ((people.on_platform & flag) != 0) & ~on & (people.id == born)
            assert np.all(share[joined] >= 0.6 - 1e-9)
            m = world.flows.meetings
            found = m.channel == Channel.PLATFORM
            met += np.count_nonzero(found)
            stayed = (people.id[m.a] == born[m.a]) & (people.id[m.b] == born[m.b])
            assert np.all((people.on_platform[m.a] & people.on_platform[m.b] & flag)[found & stayed] != 0)
        assert met > 0


# rules on intellectual property


def agreed_with_rivals(world: World) -> tuple[int, int]:
    """New projects of the quarter with and without two firms of one sector among the members."""
    people, rivals, others = world.population, 0, 0
    for chunk in world.flows.agreed:
        for members, size, renewal in zip(chunk["members"], chunk["size"], chunk["renewal"], strict=True):
            firms = [int(people.sector[i]) for i in members[:size] if people.kind[i] == 0]
            rival = len(set(firms)) < len(firms)
            rivals, others = rivals + (rival and not renewal), others + (not rival and not renewal)
    return rivals, others


def test_rules_on_intellectual_property_let_rivals_cooperate_more():
    leaky = (*OUTSIDE, "behaviour.appraisal.leakage=2", "behaviour.appraisal.base=-1")
    rules = programme("ip_rules", dose=0.5, setup_cost=0.0, protection=1.0)
    counts = np.zeros((2, 2))
    for seed in SEEDS:
        for n, programmes in enumerate(({}, {"ip_rules": rules})):
            counts[n] += np.sum(lived(world_with(seed, programmes, leaky), 8, agreed_with_rivals), axis=0)
    assert counts[1, 0] > 1.3 * counts[0, 0] > 0.0
    assert counts[1, 1] == pytest.approx(counts[0, 1], rel=0.05)  # who does not compete has no more reason than before


def test_rules_on_intellectual_property_change_nothing_but_money_where_nothing_leaks():
    none, arm = both(1, {}, {"ip_rules": programme("ip_rules", dose=0.1)}, 6, "behaviour.appraisal.leakage=0")
    assert arm.programmes["ip_rules"].spent > 0.0
    assert apart(none, arm) <= MONEY


def test_rules_protect_nobody_from_a_rival_who_has_no_contract():
    """Half of the organisations may have one; in the first quarter, each new agreement that the rules brought about is of two covered."""
    plan, brought = programme("ip_rules", dose=0.5, setup_cost=0.0, protection=1.0), 0
    plan = replace(plan, target=replace(plan.target, random_share=0.5))
    for seed in SEEDS:
        none, arm = both(seed, {}, {"ip_rules": plan}, 1, "behaviour.appraisal.leakage=3", "behaviour.appraisal.base=0")
        covered, before = arm.levers.leak < 1.0, {int(key) for chunk in none.flows.agreed for key in chunk["key"]}
        for chunk in arm.flows.agreed:
            for key, members, size in zip(chunk["key"], chunk["members"], chunk["size"], strict=True):
                if int(key) not in before:
                    brought += 1
                    assert np.count_nonzero(covered[members[:size]]) >= 2
    assert brought > 0
