"""The recorder: what is kept agrees with the world, costs little, and changes nothing."""

import copy
import time

import numpy as np
import pytest

from agents.population import Kind
from agents.projects import Status
from agents.ties import TieStage
from sim import frames
from sim.record import LastYear, members_hash
from sim.step import step
from sim.world import World
from tests.worlds import demo_config, lived

QUARTERS = 6


@pytest.fixture(scope="module")
def world():
    return lived(demo_config("scenario=grants", burn_in=3), QUARTERS)


def last(world: World, name: str) -> np.ndarray:
    return world.recorder.table()[name][-1]


def test_a_quarter_is_taken_down_once(world):
    assert world.recorder.quarters == list(range(QUARTERS))
    assert {values.shape for values in world.recorder.table().values()} == {(QUARTERS, len(world.countries))}


def test_stocks_are_what_the_world_holds(world):
    people, weight = world.population, world.weight
    here = people.alive & (people.staff > 0)
    for row, _ in enumerate(world.countries.iso):
        own = here & (people.country == row)
        firms = own & (people.kind == Kind.FIRM)
        assert last(world, "organisations")[row] == pytest.approx(weight[own].sum())
        assert last(world, "research")[row] == pytest.approx((people.research * weight)[own].sum())
        assert last(world, "sales")[row] == pytest.approx((people.sales * weight)[firms].sum())


def test_performers_make_up_research(world):
    parts = sum(last(world, f"research_{kind}") for kind in ("firm", "institute", "university"))
    assert parts == pytest.approx(last(world, "research"))
    assert (last(world, "research_private") <= last(world, "research_firm") * (1 + 1e-12)).all()


def test_ties_and_projects_are_counted_once_in_all(world):
    ties, projects = world.ties, world.projects
    living = ties.living()
    smaller = np.minimum(world.weight[ties.a[living]], world.weight[ties.b[living]])
    assert (last(world, "memoranda") + last(world, "repeated")).sum() == pytest.approx(
        smaller[ties.stage[living] >= TieStage.MEMORANDUM].sum()
    )
    assert last(world, "contacts").sum() == pytest.approx(smaller[ties.stage[living] == TieStage.CONTACT].sum())
    active = projects.status == Status.ACTIVE
    assert active.any()
    assert last(world, "projects_active").sum() == pytest.approx(projects.weight[active].sum())
    assert last(world, "cross_border_active").sum() == pytest.approx(projects.weight[active & projects.cross_border].sum())


def test_flows_of_projects_explain_their_stock(world):
    table = world.recorder.table()
    running = table["projects_active"].sum(axis=1)
    change = table["projects_started"].sum(axis=1) - table["projects_ended"].sum(axis=1)
    assert running == pytest.approx(np.cumsum(change))


def test_innovations_of_the_year_are_the_sum_of_four_quarters():
    world = lived(demo_config(), 3)
    sums = np.zeros(world.population.capacity)
    ids = world.population.id.copy()
    for _ in range(4):
        step(world)
        sums += world.population.innovations
    same = (world.population.id == ids) & world.population.alive
    assert (world.population.innovations_year == sums)[same].all()


def test_a_new_holder_of_a_row_starts_from_nothing():
    year = LastYear(2)
    year.add(0, np.array([7, 8]), {"innovations": np.array([1.0, 1.0])})
    year.add(1, np.array([7, 9]), {"innovations": np.array([2.0, 2.0])})
    assert year.total("innovations", np.array([7, 9])).tolist() == [3.0, 2.0]
    for quarter in range(2, 5):
        year.add(quarter, np.array([7, 9]), {"innovations": np.zeros(2)})
    assert year.total("innovations", np.array([7, 9])).tolist() == [2.0, 2.0]


def test_members_hash_knows_the_same_team():
    ids = np.sort(np.array([[5, 3, -1, -1, -1, -1], [3, 5, -1, -1, -1, -1], [3, 5, 9, -1, -1, -1]]), axis=1)
    one, same, other = members_hash(ids)
    assert one == same != other


def test_starts_name_their_programme(world):
    starts = frames.starts(world)
    assert (starts["quarter"] >= 0).all()
    assert set(starts["programme"]) <= {"", *world.programmes}
    table = world.recorder.table()["projects_started"].sum(axis=1)
    assert starts["weight"].sum() == pytest.approx(table[np.array(world.recorder.quarters) >= world.opens].sum())


def test_ladders_fall_from_stage_to_stage(world):
    wide = frames.funnel(world).pivot_table(index=["ladder", "channel", "quarter"], columns="stage", values="value")
    for nearer, further in (("met", "agreed"), ("agreed", "project"), ("project", "business")):
        assert (wide[nearer] >= wide[further] - 1e-9).all()


def test_an_organisation_without_staff_changes_no_record():
    config = demo_config(check=False)
    alone, extended = World(config, 1), World(config, 1)
    row = int(np.flatnonzero(~extended.population.alive)[0])
    extended.population.alive[row] = True
    extended.population.id[row] = 10**15 + 1
    extended.population.country[row] = alone.recorder.country[row]
    for world in (alone, extended):
        world.flows.meetings  # noqa: B018  fresh flows, nothing has happened
        world.recorder.take(world)
    assert np.array_equal(alone.recorder.accounts[0], extended.recorder.accounts[0])


def test_recording_twice_says_the_same(world):
    twin = copy.deepcopy(world)
    twin.quarter -= 1
    twin.recorder.next = twin.recorder.before
    twin.recorder.take(twin)
    assert np.array_equal(twin.recorder.accounts[-1], twin.recorder.accounts[-2])


def test_recording_is_cheap(world):
    twin = copy.deepcopy(world)
    twin.recorder.take(twin)
    begun = time.process_time()
    for _ in range(5):
        twin.recorder.take(twin)
    assert (time.process_time() - begun) / 5 < 0.02  # seconds of this process; about 1 ms for the demo world
