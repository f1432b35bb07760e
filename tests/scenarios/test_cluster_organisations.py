"""What an economist would say of training, of labels of cluster management, and of cluster events with single organisations."""

from dataclasses import replace

import numpy as np
import pytest

from agents.draws import Purpose
from agents.meeting_places import ANY
from agents.ties import Channel
from sim.world import World
from tests.scenarios.histories import SEEDS, lived, programme, world_with
from tests.scenarios.with_and_without import MONEY, OUTSIDE, apart, both

# training


def gap(world: World) -> np.ndarray:
    """What cluster organisations at home lack of capability, f8 (clusters,)."""
    return 1.0 - world.clusters.capability


def test_training_closes_part_of_the_gap_and_it_opens_again_when_money_stops():
    plan = programme("training", dose=0.01, officials=0.5, end=4)
    none, arm = both(2, {}, {"training": plan}, 1)
    lost = 1.0 - arm.config.behaviour.learning.forgetting
    for _ in range(3):
        before = gap(arm)
        lived(arm, 1)
        assert np.all(gap(arm) <= before + 1e-12)
    gained = arm.clusters.capability - arm.clusters.capability_start, arm.countries.delivery - arm.countries.delivery_start
    assert np.all(gained[0] >= 0.0)
    assert gained[0].mean() > 0.05
    assert np.all(arm.clusters.capability < 1.0)
    assert np.array_equal(gained[1] > 0.0, arm.programmes["training"].base > 0.0)
    lived(arm, 10)
    assert arm.clusters.capability - arm.clusters.capability_start == pytest.approx(gained[0] * lost**10, abs=1e-9)
    assert arm.countries.delivery - arm.countries.delivery_start == pytest.approx(gained[1] * lost**10, abs=1e-9)
    assert np.array_equal(none.clusters.capability, none.clusters.capability_start)


def test_trained_officials_deliver_more_of_every_budget():
    cash = {"neutral_cash": programme("neutral_cash", dose=0.02)}
    for officials in (0.0, 1.0):
        none, arm = both(1, cash, {"training": programme("training", dose=0.02, officials=officials)}, 4)
        paid = [world.programmes["neutral_cash"].arrived for world in (none, arm)]
        assert paid[1] > 1.02 * paid[0] if officials else paid[1] == paid[0]


def test_trained_managers_bring_more_members_to_events():
    come = np.zeros(2)
    events = {"matchmaking": programme("matchmaking", dose=0.02, form="c2c", screened=False, attendance=0.5)}

    def look(world: World) -> float:
        return float(np.count_nonzero(world.flows.meetings.channel == Channel.EVENT_C2C))

    for seed in SEEDS:
        training = {"training": programme("training", dose=0.02, officials=0.0)}
        for n, programmes in enumerate((events, events | training)):
            come[n] += sum(lived(world_with(seed, programmes, OUTSIDE), 6, look))
    assert come[1] > 1.1 * come[0] > 0.0


def test_only_the_clusters_meant_are_trained():
    plan = programme("training", dose=0.02, officials=0.0)
    plan = replace(plan, target=replace(plan.target, sectors=("biotech", "pharma", "food")))
    _, arm = both(1, {}, {"training": plan}, 2)
    meant = np.isin(arm.clusters.sector, [arm.sectors.name.index(name) for name in plan.target.sectors])
    better = arm.clusters.capability > arm.clusters.capability_start
    assert np.any(better)
    assert not np.any(better & ~meant)


# label


def guests(world: World, draws: int = 40) -> list[int]:
    """Whom every cluster would invite to this many events."""
    plan = world.programmes["matchmaking"]
    keys = [plan.key(world, Purpose.EVENT, number) for number in range(draws)]
    hosts = np.flatnonzero(world.clusters.members > 1)
    return [world.brokerage.guest(world, k, plan, ANY, int(host)) for host in hosts for k in keys]


def test_a_label_makes_able_clusters_more_often_guests():
    events = programme("matchmaking", dose=0.0, form="c2c")
    label = programme("label", dose=0.05, valid=2, noise=0.0, threshold=0.7)
    share = np.zeros(2)
    for seed in SEEDS[:2]:
        for n, programmes in enumerate(({"matchmaking": events}, {"matchmaking": events, "label": label})):
            world = world_with(seed, programmes, OUTSIDE)
            lived(world, 2)
            able = world.clusters.capability >= 0.7
            assert np.array_equal(world.clusters.labelled & able, world.clusters.labelled)
            assert np.any(world.clusters.labelled) == (n == 1)
            share[n] += np.mean(able[guests(world)])
    assert share[1] > 1.1 * share[0] > 0.0


def test_a_label_that_nobody_can_read_changes_nothing_but_money():
    events = {"matchmaking": programme("matchmaking", dose=0.05, form="c2c")}
    for signal in (0.0, 2.0):
        pairs = [
            both(seed, events, {"label": programme("label", valid=1)}, 6, f"behaviour.brokerage.signal={signal}") for seed in SEEDS[:2]
        ]
        assert all(arm.programmes["label"].spent > 0.0 for _, arm in pairs)
        found = [apart(none, arm, ("matchmaking",)) - MONEY - {"clusters.labelled"} for none, arm in pairs]
        assert any(found) == (signal > 0.0)


def test_a_label_runs_out():
    world = world_with(1, {"label": programme("label", valid=3, end=3, threshold=0.0)}, OUTSIDE)
    numbers = lived(world, 7, lambda world: int(np.count_nonzero(world.clusters.labelled)))
    assert numbers[0] <= numbers[1] > 0
    assert numbers[5:] == [0, 0]


# events with single organisations


def test_an_event_with_single_organisations_brings_outsiders_to_clusters():
    for singles, scope in ((0.0, "any"), (1.0, "any"), (1.0, "cross_border")):
        outsiders, met = 0, 0
        plan = programme("matchmaking", dose=0.2, form="c2c", singles=singles, scope=scope, screened=False, places=10)
        for seed in SEEDS:
            world = world_with(seed, {"matchmaking": plan}, OUTSIDE)
            lived(world, 1)
            people, m = world.population, world.flows.meetings
            a, b = m.a[m.channel == Channel.EVENT_C2C], m.b[m.channel == Channel.EVENT_C2C]
            outside = people.cluster[a] < 0, people.cluster[b] < 0
            outsiders, met = outsiders + np.count_nonzero(outside[0] ^ outside[1]), met + len(a)
            assert not np.any(outside[0] & outside[1])
        assert met > 20
        assert outsiders == (met if singles else 0)


def test_outsiders_invited_are_those_nearest_to_what_the_host_knows():
    plan = programme("matchmaking", dose=0.2, form="c2c", singles=1.0, attendance=1.0, places=5)
    world = world_with(1, {"matchmaking": plan})
    people, clusters = world.population, world.clusters
    fresh = people.alive & (people.staff > 0.0)
    length = np.sqrt((people.knowledge**2).sum(axis=1))
    for host in np.flatnonzero(clusters.members > 1)[:10]:
        clusters.capability[host] = 1.0
        rows = plan._outsiders(world, world.programmes["matchmaking"], 0, int(host), fresh)
        cosine = people.knowledge @ clusters.knowledge[host] / np.maximum(length, 1e-12)
        others = np.setdiff1d(np.flatnonzero(fresh & (people.cluster < 0)), rows)
        assert len(rows) == 5
        assert np.all(people.cluster[rows] < 0)
        assert cosine[rows].min() >= cosine[others].max() - 1e-12
