"""Same luck in every arm: what is not touched by a programme stays as it was, bit for bit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from agents.draws import Purpose
from agents.population import Kind, lattice_id
from sim.config import Config
from sim.simulate import burn_in, continue_from, simulate
from sim.step import step
from sim.world import World
from tests.state import differences, gaps, state
from tests.worlds import demo_config

TIME = {"burn_in": 6, "programme": 6, "after": 4}
SEED = 3
SCENARIOS = ("grants", "grants_cross_border", "matchmaking", "meet_then_pay", "neutral_cash", "platform", "subsidy")
FRAMES = ("series", "funnel", "ledger", "starts", "panel", "clusters", "ties", "projects")
BIRTH = ("kind", "country", "place", "sector", "stage", "cluster", "born", "foreign", "taste")


def with_doses(config: Config, dose: float) -> Config:
    """The programmes that open with the experiment at this dose; what lives on what others leave is left alone."""
    return replace(
        config,
        instrument={
            name: replace(each, dose=dose) if each.start >= 0 and not each.residual_of else each for name, each in config.instrument.items()
        },
    )


def go_on(world: World, quarters: int) -> World:
    for _ in range(quarters):
        step(world)
    return world


@pytest.fixture(scope="module")
def status_quo() -> Config:
    return demo_config(panel=True, **TIME)


@pytest.fixture(scope="module")
def opening(status_quo) -> bytes:
    """The world of the status quo when programmes open."""
    return burn_in(status_quo, SEED)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_arm_without_money_is_the_status_quo(scenario, status_quo, opening):
    arm = with_doses(demo_config(f"scenario={scenario}", panel=True, **TIME), 0.0)
    standing = sorted(status_quo.instrument)
    one, other = World.resume(opening, status_quo), World.resume(opening, arm)
    for _ in range(TIME["programme"] + TIME["after"]):
        step(one)
        step(other)
        assert differences(state(one, standing), state(other, standing)) == []
    assert one.treasury.ledger == other.treasury.ledger


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_arm_without_money_has_the_outcomes_of_the_status_quo(scenario, status_quo):
    zero = simulate(with_doses(demo_config(f"scenario={scenario}", panel=True, **TIME), 0.0), SEED)
    baseline = simulate(status_quo, SEED)
    assert zero.outcomes == baseline.outcomes
    for name in FRAMES:
        expected = getattr(baseline, name)
        known = getattr(zero, name)[expected.columns]  # a panel has columns for the arm's own programmes besides
        pd.testing.assert_frame_equal(known, expected, check_exact=True)


def settle_inert(world: World, country: int, row: int, cluster: int = -1) -> int:
    """Put an organisation without staff, sales or demand into a free row; it is in nobody's address book.  Returns its id."""
    people, countries = world.population, world.countries
    assert not people.alive[row]
    people.alive[row] = True
    people.id[row] = lattice_id(-1, int(countries.key[country]), 9_999_999)
    people.kind[row] = Kind.FIRM
    people.country[row] = country
    people.place[row] = np.flatnonzero(world.places.country == country)[0]
    people.cluster[row] = cluster
    people.born[row] = -1
    people.quality[row] = people.unit_cost[row] = 1.0
    people.knowledge[row] = 1.0
    return int(people.id[row])


@pytest.mark.parametrize("country", range(5))
@pytest.mark.parametrize("clustered", [False, True], ids=["outside", "in a cluster"])
def test_an_inert_organisation_changes_nobody(country, clustered):
    config = demo_config("scenario=meet_then_pay", burn_in=3, programme=10, after=2)
    alone, crowded = World(config, SEED), World(config, SEED)
    quarters = 15
    taken = crowded.population.alive.copy()
    for _ in range(quarters):  # find a row that no entrant is going to take
        step(alone)
        taken |= alone.population.alive
    free = np.flatnonzero(~taken[: crowded.countries.stop[country]])
    row = int(free[free >= crowded.countries.start[country]][0])
    home = np.flatnonzero(crowded.clusters.country == country)
    inert = settle_inert(crowded, country, row, int(home[0]) if clustered and len(home) else -1)
    go_on(crowded, quarters)
    assert crowded.population.id[row] == inert
    assert differences(state(alone), state(crowded, without=inert)) == []


@pytest.mark.parametrize("quarter", [0, 1, 5, 8])
def test_a_world_packed_and_unpacked_goes_on_as_if_nothing_had_happened(quarter):
    config = demo_config("scenario=meet_then_pay", burn_in=4, programme=6, after=2)
    through = go_on(World(config, SEED), quarter)
    resumed = World.resume(through.snapshot(), config)
    assert differences(state(through), state(resumed)) == []
    go_on(through, 12 - quarter)
    go_on(resumed, 12 - quarter)
    assert differences(state(through), state(resumed)) == []
    assert through.treasury.ledger == resumed.treasury.ledger


@pytest.mark.parametrize("outcome", ["research_total", "innovations", "knowledge_depth", "projects_started", "ties_end"])
@pytest.mark.parametrize("scenario", ["grants", "matchmaking"])
def test_shared_luck_takes_most_of_the_noise_out_of_a_small_effect(scenario, outcome, small_doses):
    arm, baseline = small_doses[scenario][outcome], small_doses["status_quo"][outcome]
    paired = np.var(arm - baseline, ddof=1)
    unpaired = np.var(arm, ddof=1) + np.var(baseline, ddof=1)
    assert paired > 0.0 or outcome != "research_total"  # money always shows in research; all else may be unmoved
    assert unpaired >= 5.0 * paired, f"{scenario}, {outcome}: unpaired over paired variance {unpaired / max(paired, 1e-300):.1f}"


@pytest.fixture(scope="module")
def small_doses() -> dict[str, pd.DataFrame]:
    """Outcomes by seed of the status quo and of two programmes of a thirtieth of the eligibles' R&D."""
    time = {"burn_in": 6, "programme": 8, "after": 0}
    baseline = demo_config(check=False, **time)
    arms = {"status_quo": baseline} | {name: demo_config(f"scenario={name}", check=False, **time) for name in ("grants", "matchmaking")}
    snapshots = [burn_in(baseline, seed) for seed in range(1, 11)]
    return {name: pd.DataFrame([continue_from(snapshot, arm).outcomes for snapshot in snapshots]) for name, arm in arms.items()}


def births(world: World, quarters: int) -> tuple[dict[int, tuple], dict[int, int]]:
    """Birth columns by id of everybody born in these quarters, and the rows they got."""
    born, rows = {}, {}
    people = world.population
    for _ in range(quarters):
        step(world)
        for row in np.flatnonzero(people.alive & (people.born == world.quarter - 1)):
            born[int(people.id[row])] = tuple(getattr(people, name)[row] for name in BIRTH)
            rows[int(people.id[row])] = int(row)
    return born, rows


def test_who_is_born_in_both_arms_is_the_same_organisation():
    time = {"burn_in": 4, "programme": 20, "after": 0}
    arm = with_doses(demo_config("scenario=grants", **time), 0.2)
    born, _ = births(World(demo_config(**time), SEED), 24)
    born_too, _ = births(World(arm, SEED), 24)
    common = born.keys() & born_too.keys()
    assert len(common) > 0.8 * len(born) > 10
    assert {id: born[id] for id in common} == {id: born_too[id] for id in common}


def test_entrants_that_get_another_row_have_the_same_birth_and_the_same_luck():
    """Half of the free rows are taken by inert organisations: who comes later lives elsewhere, and nothing but rounding changes."""
    config = replace(demo_config("scenario=meet_then_pay", burn_in=3, programme=15, after=2), check=False)
    plain, crowded = World(config, SEED), World(config, SEED)
    for country in range(len(crowded.countries)):
        block = np.arange(crowded.countries.start[country], crowded.countries.stop[country])
        for n, row in enumerate(block[~crowded.population.alive[block]][::2]):
            settle_inert(crowded, country, row)
            crowded.population.id[row] -= n
    inert = crowded.population.id[crowded.population.alive & (crowded.population.staff == 0.0)]
    born, rows = births(plain, 20)
    born_too, rows_too = births(crowded, 20)
    assert born == born_too
    moved = [id for id in rows if rows[id] != rows_too[id]]
    assert len(moved) > 5
    crowded.population.alive[np.isin(crowded.population.id, inert)] = False
    assert gaps(state(plain), state(crowded)) == []


def meetings_of(world: World, name: str) -> set[tuple[int, int, int]]:
    """Pairs (ids, channel) that a programme proposes now."""
    programme, people = world.programmes[name], world.population
    return {
        (int(people.id[a]), int(people.id[b]), int(channel))
        for meetings in programme.instrument.meet(world, programme)
        for a, b, channel in zip(meetings.a, meetings.b, meetings.channel, strict=True)
    }


@pytest.mark.parametrize("form", ["b2b", "c2c", "both"])
def test_events_of_a_smaller_budget_are_among_those_of_a_larger_one(form, opening):
    config = demo_config("scenario=matchmaking", **TIME)
    shipped = config.instrument["matchmaking"]
    plan = replace(shipped, form=form, awareness=1.0, places=8, event_cost=0.1, target=replace(shipped.target, sectors=()))
    held = []
    for dose in (0.003, 0.006, 0.012):
        arm = World.resume(opening, replace(config, instrument=config.instrument | {"matchmaking": replace(plan, dose=dose)}))
        programme = arm.programmes["matchmaking"]
        programme.refresh(arm)
        held.append(meetings_of(arm, "matchmaking"))
    assert held[0] < held[1] < held[2]


def test_a_purpose_has_its_own_luck_in_every_quarter_and_kind_of_programme(opening):
    world = World.resume(opening, demo_config("scenario=meet_then_pay", panel=True, **TIME))
    keys = {int(world.key(purpose)) for purpose in Purpose}
    own = {int(each.key(world, purpose)) for each in world.programmes.values() for purpose in Purpose}
    assert len(keys) == len(Purpose)
    kinds = {each.instrument.kind for each in world.programmes.values()}  # calls of two arms share their juries
    assert len(own) == len(Purpose) * len(kinds)
    step(world)
    assert not keys & {int(world.key(purpose)) for purpose in Purpose}
