"""What lies between two organisations weighs less where both are science, and how far one reaches may depend on what one knows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.appraisal import AppraisalParameters, Sight, appraise, seen_value, separation
from agents.knowledge import reach
from agents.parameters import as_record
from agents.population import Kind
from tests.agents.toy_world import COUNTRIES, PLACES, SECTORS, shipped, toy_world

WORLD = toy_world(5)
PEOPLE = WORLD.population
LIVING = np.flatnonzero(PEOPLE.alive)
rows = st.sampled_from(LIVING.tolist())
reliefs = st.floats(0.0, 1.0)


def sight() -> Sight:
    """Everything that organisations see of each other: places far apart, borders that matter, no observatory and no rules."""
    rng, capacity = np.random.default_rng(6), PEOPLE.capacity
    away, institution = rng.uniform(50.0, 4000.0, (PLACES, PLACES)), rng.uniform(0.3, 1.6, (COUNTRIES, COUNTRIES))
    away, institution = np.triu(away, 1) + np.triu(away, 1).T, np.triu(institution, 1) + np.triu(institution, 1).T
    return Sight(
        id=PEOPLE.id, kind=PEOPLE.kind, country=PEOPLE.country, place=PEOPLE.place, sector=PEOPLE.sector, stage=PEOPLE.stage,
        cluster=PEOPLE.cluster, staff=PEOPLE.staff, knowledge=PEOPLE.knowledge, distance=away, institution=institution,
        sector_cosine=np.eye(SECTORS), ict=np.full(COUNTRIES, 0.8), blur=np.ones(capacity), leak=np.ones(capacity),
    )  # fmt: skip


SEEN = sight()


def habits(**changes: float) -> Any:
    return as_record(shipped(AppraisalParameters, **{"distance": 0.1, "border": 0.4} | changes))


def science(i: int) -> bool:
    return bool(PEOPLE.kind[i] != Kind.FIRM)


@given(rows, rows, reliefs)
def test_distance_and_border_weigh_less_only_where_both_are_science(i: int, j: int, relief: float):
    plain, eased = (separation(SEEN, habits(science_relief=each), i, j) for each in (0.0, relief))
    assert plain >= 0.0
    assert eased == pytest.approx(plain * (1.0 - relief) if science(i) and science(j) else plain)
    assert eased == pytest.approx(separation(SEEN, habits(science_relief=relief), j, i))


@given(rows, rows, reliefs, reliefs)
def test_more_relief_never_separates_more(i: int, j: int, one: float, other: float):
    less, more = sorted((one, other))
    assert separation(SEEN, habits(science_relief=more), i, j) <= separation(SEEN, habits(science_relief=less), i, j) + 1e-12


@given(rows, rows)
def test_with_full_relief_science_minds_neither_distance_nor_border_but_still_its_field(i: int, j: int):
    """What is left of the appraisal is what it would be next door."""
    far = appraise(SEEN, habits(science_relief=1.0), np.uint64(1), i, j, 0.0, 0.0, 0.0)
    near = appraise(SEEN, habits(distance=0.0, border=0.0), np.uint64(1), i, j, 0.0, 0.0, 0.0)
    plain = appraise(SEEN, habits(science_relief=0.0), np.uint64(1), i, j, 0.0, 0.0, 0.0)
    assert far == pytest.approx(near if science(i) and science(j) else plain)


def test_there_are_pairs_of_all_kinds_over_borders():
    kinds = {(science(i), science(j)) for i in LIVING for j in LIVING if PEOPLE.country[i] != PEOPLE.country[j]}
    assert len(kinds) == 4
    assert {Kind(kind) for kind in PEOPLE.kind[LIVING]} == set(Kind)


# reach


def scaled(i: int, factor: float) -> np.ndarray:
    """Knowledge of all, with the depth of one multiplied; who knows what fields stays as it is."""
    knowledge = PEOPLE.knowledge.copy()
    knowledge[i] *= factor
    return knowledge


@given(rows, rows, st.floats(0.05, 1.0), st.floats(0.01, 100.0))
def test_without_stretch_reach_does_not_depend_on_how_much_one_knows(i: int, j: int, delta: float, factor: float):
    if i != j:
        assert reach(scaled(i, factor), i, j, delta, 0.0) == pytest.approx(reach(PEOPLE.knowledge, i, j, delta, 0.0), rel=1e-9)


@given(rows, rows, st.floats(0.05, 1.0), st.floats(0.1, 1.0), st.floats(1.5, 100.0))
def test_with_stretch_those_who_know_more_reach_farther_and_nobody_beyond_all(i: int, j: int, delta: float, stretch: float, factor: float):
    if i != j:
        little, much = (reach(knowledge, i, j, delta, stretch) for knowledge in (PEOPLE.knowledge, scaled(i, factor)))
        none = reach(PEOPLE.knowledge, i, j, delta, 0.0)
        assert none - 1e-12 <= little <= much + 1e-12
        assert much <= 1.0
        assert much <= reach(PEOPLE.knowledge, i, j, delta + stretch, 0.0) + 1e-12  # absorptive capacity is below one


def test_stretch_is_felt_by_those_apart_and_not_by_those_alike():
    i, j = (int(one) for one in LIVING[:2])
    knowledge = PEOPLE.knowledge.copy()
    knowledge[j] = 3.0 * knowledge[i]
    assert reach(knowledge, i, j, 0.25, 0.0) == pytest.approx(1.0)
    assert reach(knowledge, i, j, 0.25, 1.0) == pytest.approx(1.0)
    knowledge[i], knowledge[j] = np.eye(len(knowledge[0]))[:2]
    assert reach(knowledge, i, j, 0.25, 0.0) == pytest.approx(np.exp(-1 / 0.25))
    assert reach(knowledge, i, j, 0.25, 1.0) == pytest.approx(np.exp(-1 / 0.75))  # half of what is held absorbs


def test_the_appraisal_uses_both():
    pairs = [(int(i), int(j)) for i in LIVING[:20] for j in LIVING[:20] if i != j]
    short, far = (
        np.array([seen_value(SEEN, habits(reach=0.2, stretch=stretch), np.uint64(1), i, j, 0.0) for i, j in pairs])
        for stretch in (0.0, 1.0)
    )
    assert np.all(far >= short - 1e-12)
    assert far.mean() > 1.1 * short.mean()
