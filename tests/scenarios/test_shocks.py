"""What an economist would say of shocks: borders that close, platforms that are lost, sanctions on fields."""

from dataclasses import replace

import numpy as np
import pytest

from agents.projects import Status
from agents.ties import Channel
from scenarios.border_closed import border
from sim.config import ConfigError
from sim.levers import Levers
from sim.step import step
from sim.world import World
from tests.reference.model import ReferenceModel
from tests.reference.test_agreement import live_together
from tests.reference.worlds import random_config
from tests.scenarios.histories import SEEDS, lived, programme, world_with
from tests.state import differences, state
from tests.worlds import composed

BETWEEN = ("RUS", "BLR")
QUARTERS = 8
SHOCKS = {
    "border_closed": {"between": BETWEEN},
    "sanction": {"between": BETWEEN, "fields": ("electronics", "software"), "least": 0.3},
    "platform_lost": {},
}
FOUNDING = {"dose": 0.1, "clusters": 2, "members": 8, "founding_cost": 0.01, "support": 0.05}


def shock(name, **changes):
    return programme(name, **(SHOCKS[name] | changes))


def over(world: World, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pairs of rows with the border between them, bool."""
    country = world.recorder.country  # of a row, even if who met there has left since
    return border(world, BETWEEN)[country[a], country[b]]


def meetings_over(world: World) -> int:
    return int(np.count_nonzero(over(world, world.flows.meetings.a, world.flows.meetings.b)))


def projects_over(world: World, status: Status) -> int:
    """Projects of this status with members on both sides."""
    iso, projects, found = world.countries.iso, world.projects, 0
    for members in projects.members[projects.status == status]:
        found += {iso[c] for c in world.population.country[members[members >= 0]]} >= set(BETWEEN)
    return found


def ties(world: World, across: bool, since: int = -100) -> int:
    """Ties over the border, or at home on one of its sides, that began after a quarter."""
    table, country = world.ties, world.population.country
    rows = table.living()
    rows = rows[table.since[rows] > since]
    a, b = table.a[rows], table.b[rows]
    sides = [world.countries.iso.index(iso) for iso in BETWEEN]
    return int(np.count_nonzero(over(world, a, b) if across else (country[a] == country[b]) & np.isin(country[a], sides)))


@pytest.mark.parametrize("name", [*SHOCKS, "attraction", "decree"])
def test_severity_zero_is_the_baseline_bit_for_bit(name):
    zero, none = world_with(1, {name: programme(name, **(SHOCKS.get(name, {}) | {"dose": 0.0}))}), world_with(1)
    lived(zero, QUARTERS)
    lived(none, QUARTERS)
    assert differences(state(zero, []), state(none, [])) == []


@pytest.mark.parametrize("name", SHOCKS)
def test_a_shock_costs_nobody_money_and_is_over_when_it_is_over(name):
    platform = programme("platform", dose=0.05)
    world = world_with(1, {name: shock(name, start=2, end=4), "platform": platform})
    rest = Levers.at_rest(world.population.capacity, len(world.countries), len(world.sectors))
    for quarter in range(6):
        step(world)
        turned = any(np.any(getattr(world.levers, lever) != getattr(rest, lever)) for lever in ("closed", "barred", "cut_off"))
        assert turned == (2 <= quarter < 4)
    assert not [entry for entry in world.treasury.ledger if entry[1] == name]


def test_over_a_closed_border_nobody_meets_and_no_project_runs_while_home_ties_stay():
    across, home, before = np.zeros(2), np.zeros(2), 0
    for seed in SEEDS:
        arm, none = world_with(seed, {"border": shock("border_closed")}), world_with(seed)
        before += projects_over(arm, Status.ACTIVE) + projects_over(arm, Status.PENDING)

        def look(world: World) -> None:
            assert meetings_over(world) == projects_over(world, Status.ACTIVE) == 0

        lived(arm, QUARTERS, look)
        lived(none, QUARTERS)
        across += [ties(arm, across=True), ties(none, across=True)]
        home += [ties(arm, across=False), ties(none, across=False)]
        assert ties(arm, across=True, since=arm.opens) == 0
    assert before > 0
    assert across[0] < 0.6 * across[1]
    assert home[0] == pytest.approx(home[1], rel=0.1)


def test_when_the_border_opens_again_ties_come_back():
    ends = np.zeros(3)
    for seed in SEEDS:
        world = world_with(seed, {"border": shock("border_closed", end=4)})
        before = ties(world, across=True)
        lived(world, 4)
        shut = ties(world, across=True)
        lived(world, QUARTERS)
        ends += [before, shut, ties(world, across=True)]
    assert ends[1] < 0.8 * ends[0]
    assert ends[2] > 1.1 * ends[1]


def test_running_projects_go_on_over_a_closed_border_unless_it_breaks_them():
    running = np.zeros(2)
    for seed in SEEDS:
        for n, breaks in enumerate((False, True)):
            world = world_with(seed, {"border": shock("border_closed", breaks=breaks)})
            step(world)
            assert projects_over(world, Status.PENDING) == 0
            running[n] += projects_over(world, Status.ACTIVE)
    assert running[0] > 3
    assert running[1] == 0


def test_a_border_that_closes_by_half_halves_consent_and_what_closes_more_lets_fewer_meet():
    met = []
    for dose in (0.0, 0.5, 0.9, 1.0):
        count = 0
        for seed in SEEDS:
            world = world_with(seed, {"border": shock("border_closed", dose=dose)})
            geography, across = world.geography, border(world, BETWEEN)
            count += sum(lived(world, 4, meetings_over))
            assert world.consent[across] == pytest.approx((1.0 - dose) * geography.consent[across])
            assert np.array_equal(world.consent[~across], geography.consent[~across])
        met.append(count)
    assert met[0] > met[1] > met[2] > met[3] == 0


def test_a_border_may_hinder_goods_too():
    """Dearer transport moves sales over the border to others; both sides sell less over it."""
    for seed in SEEDS[:2]:
        arm, none = world_with(seed, {"border": shock("border_closed", trade=0.5)}), world_with(seed)
        lived(arm, QUARTERS)
        lived(none, QUARTERS)
        a, b = (arm.countries.iso.index(iso) for iso in BETWEEN)
        for one, other in ((a, b), (b, a)):
            assert arm.market.share[one, other].sum() < none.market.share[one, other].sum()


def test_losing_a_platform_stops_its_meetings_and_its_costs_and_it_begins_again_without_members():
    platform = programme("platform", dose=0.05, end=QUARTERS, joining=0.2, use=1.0)
    for seed in SEEDS[:2]:
        world = world_with(seed, {"platform": platform, "lost": shock("platform_lost", start=3, end=5)})
        none = world_with(seed, {"platform": platform})
        own, met, members = world.programmes["platform"], [], []
        for quarter in range(QUARTERS):
            step(world)
            step(none)
            met.append(int(np.count_nonzero(world.flows.meetings.channel == Channel.PLATFORM)))
            members.append(int(np.count_nonzero(world.population.on_platform & own.flag)))
            running = sum(v for k, v in world.treasury.ledger.items() if k[0] == world.quarter - 1 and k[1] == "platform")
            assert (running > 0.0) == (not 3 <= quarter < 5)
        assert met[3:5] == members[3:5] == [0, 0]
        assert min(met[2], met[-1]) > 0
        there = np.count_nonzero(none.population.on_platform & none.programmes["platform"].flag)
        assert 0 < members[5] < members[2]
        assert members[-1] < there


def test_half_a_loss_takes_the_platform_from_the_same_half():
    platform = programme("platform", dose=0.05, end=QUARTERS, joining=0.5)
    world = world_with(
        1, {"platform": platform, "lost": shock("platform_lost", dose=0.5), "other": shock("platform_lost", platforms=("x",))}
    )
    flag, alive = world.programmes["platform"].flag, world.population.alive
    cut = lived(world, 4, lambda world: (world.levers.cut_off & flag) != 0)
    assert 0.4 < np.mean(cut[0][alive]) < 0.6
    on = (world.population.on_platform & flag) != 0
    assert not np.any(on & cut[-1])
    assert np.any(on)


def test_a_sanction_bars_those_who_know_a_field_and_nobody_else():
    over_it, at_home, others = 0, 0, 0
    for seed in SEEDS:
        world = world_with(seed, {"sanction": shock("sanction")})
        knowing = world.programmes["sanction"].instrument
        for _ in range(4):
            knows = knowing.knows(world)
            step(world)
            a, b = world.flows.meetings.a, world.flows.meetings.b
            one = knows[a] | knows[b]
            over_it += np.count_nonzero(one & over(world, a, b))
            others += np.count_nonzero(~one & over(world, a, b))
            at_home += np.count_nonzero(one & ~over(world, a, b))
            for members in world.projects.members[world.projects.status == Status.ACTIVE]:
                team = members[members >= 0]
                pairs = [(i, j) for i in team for j in team if knows[i]]
                assert not any(over(world, np.array([i]), np.array([j]))[0] for i, j in pairs)
    assert over_it == 0
    assert min(others, at_home) > 20


def test_a_weak_sanction_bars_some_of_those_whom_a_strong_one_bars():
    barred = []
    for dose in (0.3, 0.7, 1.0):
        world = world_with(1, {"sanction": shock("sanction", dose=dose)})
        step(world)
        barred.append(world.levers.barred.any(axis=1) & world.population.alive)
    assert 0 < np.count_nonzero(barred[0]) < np.count_nonzero(barred[1]) < np.count_nonzero(barred[2])
    assert not np.any(barred[0] & ~barred[1])
    assert not np.any(barred[1] & ~barred[2])


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("border_closed", "between=[RUS,Belarus]", "between: found 'Belarus'"),
        ("sanction", "between=[RUS,efta]", "between: found 'efta'"),
        ("sanction", "fields=[magic]", "fields: found 'magic'"),
    ],
)
def test_a_border_or_field_that_does_not_exist_is_refused(name, change, words):
    with pytest.raises(ConfigError, match=words):
        composed(f"instrument=[{name}]", f"instrument.{name}.{change}")


def test_two_that_found_and_close_and_lose_and_bar_live_together():
    plans = {name: shock(name, start=1, end=5) for name in SHOCKS}
    plans |= {"platform": programme("platform", dose=0.05), "attraction": programme("attraction", dose=0.05)}
    plans |= {form: programme("decree", form=form, **FOUNDING) for form in ("decreed", "grown")}
    world = world_with(4, plans)
    lived(world, QUARTERS)
    both = [world.programmes[form].founded for form in ("decreed", "grown")]
    assert both[0]
    assert both[1]
    assert not set(both[0]) & set(both[1])
    assert replace(plans["decreed"], form="grown") == plans["grown"]


@pytest.mark.parametrize("severity", [0.6, 1.0])
@pytest.mark.parametrize("form", ["decreed", "grown"])
def test_the_reference_agrees_at_every_severity_and_on_both_ways_to_found(form, severity):
    config = random_config(1, 60 if form == "decreed" else 120, "cut")  # a network that no cluster holds needs a larger world
    kept = {name: config.instrument[name] for name in ("grants_cross_border", "cluster_events", "platform")}
    plans = {name: shock(name, start=2, end=6, dose=severity) for name in SHOCKS}
    plans["border_closed"] = replace(plans["border_closed"], trade=0.2, breaks=severity < 1.0)
    plans["sanction"] = replace(plans["sanction"], between=("eaeu", "eu"), least=0.2)
    plans["attraction"] = programme("attraction", dose=0.1, cost=1e-3)
    plans["decree"] = programme("decree", form=form, start=3, **FOUNDING)
    world = World(replace(config, instrument=kept | plans), 1)
    for difference in live_together(world, ReferenceModel(world), 11):
        assert difference is None, difference
    assert world.programmes["decree"].founded
