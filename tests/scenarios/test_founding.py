"""What an economist would say of researchers who move, and of clusters that the state founds."""

import numpy as np
import pytest

from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, config_with, lived, programme, world_with
from tests.state import differences, state

QUARTERS = 8
FOUNDING = {"dose": 0.1, "clusters": 2, "members": 8, "founding_cost": 0.01, "support": 0.05}


def test_researchers_who_come_make_research_cheaper_here_and_dearer_where_they_left():
    """Belarus attracts; in the first years it is the scarcity of researchers that moves prices, not yet what firms do with them."""
    attraction = programme("attraction", dose=0.2, payers=("BLR",), from_members=1.0, cost=0.02)
    for seed in SEEDS:
        arm, none = world_with(seed, {"attraction": attraction}), world_with(seed)
        lived(arm, QUARTERS)
        lived(none, QUARTERS)
        here = arm.countries.iso.index("BLR")
        there = np.arange(len(arm.countries)) != here
        gain = arm.countries.researchers - none.countries.researchers
        dearer = arm.countries.research_price / none.countries.research_price
        assert gain[here] > 0.0
        assert dearer[here] < 1.0
        assert np.all(gain[there] < 0.0)
        assert np.all(dearer[there] > 1.0 - 1e-4)
        assert np.mean(dearer[there]) > 1.0
        assert float(sum(gain)) == pytest.approx(0.0, abs=1e-6 * gain[here])
        assert arm.programmes["attraction"].spent == pytest.approx(0.02 * gain[here])


def test_researchers_from_abroad_leave_nobody_here_and_no_country_loses_its_last():
    abroad = world_with(1, {"attraction": programme("attraction", dose=0.1, from_members=0.0)})
    before = abroad.countries.researchers.copy()
    lived(abroad, 4)
    assert np.all(abroad.countries.researchers > before)
    greedy = world_with(1, {"attraction": programme("attraction", dose=1.0, payers=("RUS",), from_members=1.0, cost=1e-4)})
    lived(greedy, 4)
    left = greedy.countries.researchers[np.array(greedy.countries.iso) != "RUS"]
    assert left == pytest.approx(np.ones(len(left)))
    assert greedy.programmes["attraction"].left[greedy.countries.iso.index("RUS")] > 0.0


def founded(seed: int, form: str, **changes) -> World:
    """A world in its first quarter with clusters that the state has founded."""
    world = world_with(seed, {"decree": programme("decree", form=form, **(FOUNDING | changes))})
    step(world)
    return world


def test_a_decreed_cluster_has_members_and_dues_and_no_network_a_grown_one_has_a_network():
    networking = {"decreed": [], "grown": []}
    for seed in SEEDS:
        for form, seen in networking.items():
            world = founded(seed, form)
            clusters, people = world.clusters, world.population
            rows = world.programmes["decree"].founded
            assert rows == list(range(clusters.count - len(rows), clusters.count))
            assert len(np.unique(clusters.key)) == clusters.count
            seen += clusters.networking[rows].tolist()
            for row in rows:
                members = world.cluster_members(row)
                assert 2 <= len(members) <= FOUNDING["members"]
                assert np.all(people.country[members] == clusters.country[row])
                if form == "decreed":
                    assert np.all(people.sector[members] == clusters.sector[row])
            firms = np.isin(people.cluster, rows) & (world.flows.money.sales > 0.0)
            assert np.all((world.flows.money.dues[firms] > 0.0) == (form == "decreed"))
            assert np.all(clusters.decreed[rows] == (form == "decreed"))
    assert len(networking["decreed"]) >= len(networking["grown"]) > len(SEEDS)
    assert min(networking["grown"]) > 0.0
    assert np.mean(networking["decreed"]) < 0.5 * np.mean(networking["grown"])


def test_founding_takes_only_who_was_outside_and_nobody_who_is_not_eligible():
    for form in ("decreed", "grown"):
        world = world_with(2, {"decree": programme("decree", form=form, **FOUNDING)})
        before = world.population.cluster.copy()
        step(world)
        people, rows = world.population, world.programmes["decree"].founded
        members = np.flatnonzero(people.alive & np.isin(people.cluster, rows) & (people.born < world.opens))
        assert len(members) > 4
        assert np.all(before[members] == -1)
        assert np.all(people.eligible[members] & world.programmes["decree"].flag)
        others = people.alive & ~np.isin(people.cluster, rows) & (people.born < world.opens)
        assert np.array_equal(people.cluster[others], before[others])


def test_a_smaller_budget_founds_some_of_the_same_clusters():
    few, many = (founded(1, "decreed", dose=dose, founding_cost=0.3, clusters=5) for dose in (0.004, 0.1))
    keys = [set(world.clusters.key[world.programmes["decree"].founded].tolist()) for world in (few, many)]
    assert 0 < len(keys[0]) < len(keys[1])
    assert keys[0] < keys[1]
    for key in keys[0]:
        people = [world.population for world in (few, many)]
        rows = [int(np.flatnonzero(world.clusters.key == key)[0]) for world in (few, many)]
        ids = [set(each.id[each.alive & (each.cluster == row) & (each.born < few.opens)].tolist()) for each, row in zip(people, rows)]
        assert ids[0] == ids[1]


def test_a_founded_cluster_lives_like_any_other_and_a_snapshot_goes_on():
    """Brokered events, dues, membership, entry and exit, with all invariants on; bit for bit after a snapshot."""
    plans = {"decree": programme("decree", **FOUNDING), "events": programme("matchmaking", dose=0.05, form="c2c")}
    through = world_with(3, plans)
    assert through.config.check
    lived(through, 3)
    resumed = World.resume(through.snapshot(), config_with(plans))
    lived(through, 5)
    lived(resumed, 5)
    assert differences(state(through), state(resumed)) == []
    rows = through.programmes["decree"].founded
    assert through.clusters.members[rows].sum() > 0
    pairs = {key for pair in through.brokerage.reached for key in pair}
    assert pairs & set(through.clusters.key[rows].tolist())


def test_support_goes_to_members_and_ends_with_the_programme():
    world = world_with(1, {"decree": programme("decree", **(FOUNDING | {"end": 3}))})
    for quarter in range(5):
        step(world)
        member = np.isin(world.population.cluster, world.programmes["decree"].founded)
        paid = world.levers.cash > 0.0
        assert np.any(paid) == (quarter < 3)
        assert not np.any(paid & ~member & world.population.alive & (world.population.born < world.opens))
    assert world.programmes["decree"].spent <= world.programmes["decree"].offered
