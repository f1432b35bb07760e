"""Learning: gaps are filled, nobody learns from one who knows less, and every mechanism can be switched off."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.creation import field_at
from agents.draws import Purpose
from agents.learning import LearningParameters, learn
from agents.population import FIELDS, Kind
from agents.projects import Status
from tests.agents.toy_world import ToyWorld, add_inert, luck, shipped, toy_world, units

MECHANISMS = ["transfer_project", "transfer_business", "spillover_sector", "spillover_variety", "spillover_science", "mobility"]
ALONE = {"agenda": 0.0, **dict.fromkeys(MECHANISMS, 0.0)}


def learned(world: ToyWorld, key=None, students: float = 0.0, **changes: float) -> np.ndarray:
    """Knowledge after a quarter, shipped parameters but for the changes; everybody has as many student teams."""
    w, o, parameters = world, world.population, shipped(LearningParameters, **changes)
    surroundings = w.profiles, w.research_price, w.weight, np.full(o.capacity, students), w.reference
    book = np.full(len(w.addresses), w.addresses.shape[1])
    return learn(o, w.ties, w.projects, w.clusters, w.addresses, book, *surroundings, parameters, key or luck())


class SlowLearner:
    """The same quarter once more, one organisation at a time, in plain Python."""

    def __init__(self, world: ToyWorld, p: LearningParameters, key) -> None:
        self.w, self.p, self.key = world, p, key
        self.know = [list(map(float, row)) for row in world.population.knowledge]
        o = world.population
        self.active = [i for i in range(o.capacity) if o.alive[i] and o.staff[i] > 0]

    def depth(self, i):
        return math.sqrt(sum(x * x for x in self.know[i]))

    def absorption(self, i):
        return self.depth(i) / (self.depth(i) + 1)

    def reach(self, i, j):
        inner, lengths = sum(x * y for x, y in zip(self.know[i], self.know[j], strict=True)), self.depth(i) * self.depth(j)
        return math.exp(-(1 - (inner / lengths if lengths else 0)) / (self.p.reach + self.p.stretch * self.absorption(i)))

    def gap(self, i, other):
        return np.array([max(y - x, 0.0) for x, y in zip(self.know[i], other, strict=True)])

    def mean(self, rows):
        return [sum(self.know[j][f] for j in rows) / len(rows) for f in range(FIELDS)]

    def created(self, i):
        o, w, p = self.w.population, self.w, self.p
        research = o.research[i] / w.research_price[o.country[i]] / w.reference.research
        field = field_at(w.profiles[o.sector[i]], units(self.key, Purpose.FIELD, o.id[i]))
        direction = p.own_direction * self.agenda(i)
        direction[field] += 1 - p.own_direction
        return p.creation * math.pow(research, p.creation_elasticity) * direction

    def agenda(self, i):
        """Unit vector of i's own direction and, with a weight, those of its partners in running projects."""
        ahead = np.array(self.know[i]) / self.depth(i)
        for r in np.flatnonzero(self.w.projects.status == Status.ACTIVE):
            team = [int(m) for m in self.w.projects.members[r, : self.w.projects.size[r]]]
            for j in team if i in team else ():
                load = self.w.projects.weight[r] / self.w.weight[i]
                ahead = ahead + (self.p.agenda * load * np.array(self.know[j]) / self.depth(j) if j != i else 0.0)
        return ahead / np.sqrt((ahead * ahead).sum())

    def from_partners(self, i):
        w, gain = self.w, np.zeros(FIELDS)
        for r in range(w.projects.capacity):
            team = [int(m) for m in w.projects.members[r, : w.projects.size[r]]]
            if w.projects.status[r] == Status.ACTIVE and i in team:
                for j in team:
                    load = w.projects.weight[r] / w.weight[i]
                    gain += self.p.transfer_project * load * self.absorption(i) * self.reach(i, j) * self.gap(i, self.know[j])
        for t in range(w.ties.capacity):
            if w.ties.business[t] and i in (w.ties.a[t], w.ties.b[t]):
                j = w.ties.b[t] if w.ties.a[t] == i else w.ties.a[t]
                gain += (
                    self.p.transfer_business
                    * min(w.weight[i], w.weight[j])
                    / w.weight[i]
                    * self.absorption(i)
                    * self.reach(i, j)
                    * self.gap(i, self.know[j])
                )
        return gain

    def from_neighbours(self, i):
        o, p, gain = self.w.population, self.p, np.zeros(FIELDS)
        others = [j for j in self.active if j != i]
        cluster = [j for j in others if o.cluster[j] == o.cluster[i] >= 0]
        for rate, rows in (
            (p.spillover_sector, [j for j in cluster if o.sector[j] == o.sector[i]]),
            (p.spillover_variety, [j for j in cluster if o.sector[j] != o.sector[i]]),
            (p.spillover_science, [j for j in others if o.place[j] == o.place[i] and o.kind[j] != Kind.FIRM]),
        ):
            if rows:
                gain += rate * self.absorption(i) * self.gap(i, self.mean(rows))
        return gain

    def hired_from(self, i):
        o, book = self.w.population, self.w.addresses[self.w.population.country[i]]
        if units(self.key, Purpose.MOBILITY, o.id[i]) < self.p.mobility:
            for attempt in range(self.p.mobility_tries):
                j = book[int(units(self.key, Purpose.MOBILITY_FROM, o.id[i], attempt) * len(book))]
                if j >= 0 and j != i and j in self.active:
                    return int(j)
        return None

    def quarter(self):
        after = np.zeros((self.w.population.capacity, FIELDS))
        donors = {i: self.hired_from(i) for i in self.active}
        for i in self.active:
            after[i] = (
                (1 - self.p.depreciation) * np.array(self.know[i]) + self.created(i) + self.from_partners(i) + self.from_neighbours(i)
            )
            if donors[i] is not None:
                after[i] += self.p.mobility_gain * self.absorption(i) * self.gap(i, self.know[donors[i]])
        for j in donors.values():
            if j is not None:
                after[j] *= 1 - self.p.mobility_loss
        return after


@pytest.mark.parametrize("seed", range(4))
def test_the_kernels_agree_with_the_obvious_version(seed):
    world = toy_world(seed)
    parameters = shipped(LearningParameters, mobility=0.5)
    slow = SlowLearner(world, parameters, luck()).quarter()
    np.testing.assert_allclose(learned(world, mobility=0.5), slow, rtol=1e-12)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_each_mechanism_adds_something_and_nothing_at_its_null(mechanism):
    world = toy_world(1)
    null = {f.name: f.metadata["number"].null for f in dataclasses.fields(LearningParameters)}[mechanism]
    without, with_it = learned(world, **ALONE, mobility_loss=0.0), learned(world, **{**ALONE, mechanism: 0.5}, mobility_loss=0.0)
    assert (with_it >= without).all()
    assert (with_it > without).any()
    assert (learned(world, **{**ALONE, mechanism: null}, mobility_loss=0.0) == without).all()


def test_alone_and_undisturbed_a_median_performer_rests_at_depth_one():
    world = toy_world(2)
    world.population.research[:] = world.reference.research * world.research_price[world.population.country]
    for quarter in range(300):
        world.population.knowledge[:] = learned(world, luck(quarter=quarter), **ALONE, own_direction=1.0)
    depths = np.sqrt((world.population.knowledge[world.population.alive] ** 2).sum(axis=1))
    np.testing.assert_allclose(depths, 1.0, atol=1e-4)


def test_a_joint_agenda_turns_research_towards_partners_and_adds_nothing():
    world = toy_world(5, projects=1)
    world.projects.status[0] = Status.ACTIVE
    i, j = world.projects.members[0, :2]
    world.projects.size[0] = 2
    world.projects.weight[0] = world.weight[i] = world.weight[j] = 1.0
    still = {**ALONE, "own_direction": 1.0}
    apart, joint = learned(world, **still), learned(world, **{**still, "agenda": 1.0})
    know, kept = world.population.knowledge, 0.96 * world.population.knowledge
    made = [(after - kept)[i] for after in (apart, joint)]
    assert np.linalg.norm(made[0]) == pytest.approx(np.linalg.norm(made[1]))
    towards = [float(vector @ know[j]) / np.linalg.norm(vector) / np.linalg.norm(know[j]) for vector in made]
    assert towards[1] > towards[0]
    alone = np.setdiff1d(np.arange(len(know)), [i, j])
    assert (apart[alone] == joint[alone]).all()


def test_without_research_knowledge_fades():
    world = toy_world(2)
    world.population.research[:] = 0.0
    np.testing.assert_allclose(learned(world, **ALONE), 0.96 * world.population.knowledge)


def test_who_knows_nothing_explores_the_fields_of_its_sector():
    world = toy_world(2)
    world.population.knowledge[:] = 0.0
    after = learned(world)
    assert (np.count_nonzero(after, axis=1) == world.population.alive).all()


def test_nobody_learns_from_one_who_knows_less():
    world = toy_world(3)
    world.population.knowledge[0] = 100.0
    after, alone = learned(world, mobility_loss=0.0), learned(world, **ALONE)
    assert (after[0] == alone[0]).all()


@given(st.integers(0, 50))
def test_knowledge_stays_finite_and_non_negative(seed):
    after = learned(toy_world(seed), mobility=1.0, mobility_loss=0.5)
    assert np.isfinite(after).all()
    assert (after >= 0).all()


def test_an_inert_organisation_changes_nobody_and_free_rows_stay_empty():
    world, larger = toy_world(4), toy_world(4)
    row = add_inert(larger)
    before, after = learned(world, mobility=0.5), learned(larger, mobility=0.5)
    others = np.arange(len(before)) != row
    assert (before[others] == after[others]).all()
    assert (before[~world.population.alive] == 0).all()


def test_a_row_that_stands_for_many_learns_only_its_share_of_a_project():
    world = toy_world(5, projects=1)
    world.projects.status[0] = Status.ACTIVE
    i = world.projects.members[0, 0]
    only = {**ALONE, "transfer_project": 0.1}
    alone = learned(world, **ALONE)[i]
    world.projects.weight[0] = 1.0
    world.weight[i] = 1.0
    full = learned(world, **only)[i] - alone
    world.weight[i] = 20.0
    np.testing.assert_allclose(learned(world, **only)[i] - alone, full / 20, atol=1e-15)


def test_people_who_leave_take_knowledge_along():
    world = toy_world(6)
    kept, lost = learned(world, mobility=1.0, mobility_loss=0.0), learned(world, mobility=1.0, mobility_loss=0.1)
    left = np.round(np.log(lost.sum(axis=1)[:60] / kept.sum(axis=1)[:60]) / np.log(0.9))
    assert 0 < left.sum() <= 60  # at most one hire an organisation
    np.testing.assert_allclose(lost[:60], kept[:60] * 0.9 ** left[:, None])


def test_the_only_one_of_a_sector_in_its_cluster_has_no_own_sector_spillover():
    world = toy_world(7)
    world.population.cluster[:] = -1
    world.population.cluster[:3], world.population.sector[:3] = 2, [0, 1, 1]
    gain = learned(world, **{**ALONE, "spillover_sector": 0.3}) - learned(world, **ALONE)
    assert (gain[0] == 0).all()
    assert gain[1].sum() > 0
    assert (gain[3:] == 0).all()


@given(st.integers(0, 2**31 - 1), st.floats(0.05, 1.0))
def test_student_teams_make_good_a_part_of_the_capacity_that_is_missing(seed, students):
    """Nobody learns less with students; with enough of them everybody follows as one who can absorb everything."""
    world = toy_world(seed)
    none, some, full = (learned(world, students=part, mobility=0.0) for part in (0.0, students, 1.0))
    assert np.all(some >= none)
    assert np.all(full >= some)
    lone = learned(world, students=1.0, **(ALONE | {"spillover_sector": 0.1})) - learned(world, **ALONE)
    o, sector = world.population, np.full(world.population.capacity, -1)
    inside = o.alive & (o.staff > 0) & (o.cluster >= 0)
    sector[inside] = o.cluster[inside] * len(world.profiles) + o.sector[inside]
    for i in np.flatnonzero(inside):
        others = np.flatnonzero((sector == sector[i]) & (np.arange(o.capacity) != i))
        gap = np.maximum(o.knowledge[others].mean(axis=0) - o.knowledge[i], 0.0) if len(others) else np.zeros(FIELDS)
        assert lone[i] == pytest.approx(0.1 * gap, abs=1e-12)
