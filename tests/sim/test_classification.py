"""The seven classifications: each by clusters made by hand, at their boundaries, empty, yearly, and growing in number."""

import copy
from dataclasses import replace

import numpy as np
import pytest

from agents.clusters import COLUMNS as CLUSTER_COLUMNS
from agents.clusters import ClusterStage
from agents.membership import Survey, change_members, survey
from agents.population import FIELDS, Kind
from agents.ties import TieStage, connect
from sim.classification import CLASSES, NO_CLASS, Anatomy, ClassificationParameters, classify, dissect, lives
from sim.cluster_panel import COLUMNS, YEAR, clusters_frame
from sim.commands.compose import load_config
from sim.simulate import result
from sim.step import step
from sim.world import World
from tests.agents.toy_world import shipped
from tests.worlds import demo_config, lived

P = shipped(ClassificationParameters)


def a_survey(members: int = 10, networked: float = 0.0, research: float = 10.0, sales: float = 100.0) -> Survey:
    """One cluster as surveyed."""
    one = {"sales": sales, "research": research, "networked": networked, "networking": networked, "variety": 5.0}
    return Survey(members=np.array([members]), knowledge=np.ones((1, FIELDS)), **{name: np.array([value]) for name, value in one.items()})


def a_body(**parts: float) -> Anatomy:
    """One cluster as dissected; what is not named is 0."""
    return Anatomy(**{name: np.array([parts.get(name, 0)]) for name in Anatomy.__slots__})


def the_class(name: str, now: Survey | None = None, founded: bool = False, high_tech: bool = False, life: int = 0, **parts: float) -> str:
    number = classify(np.array([founded]), np.array([high_tech]), now or a_survey(), a_body(**parts), np.array([life]), P)[name][0]
    return "" if number == NO_CLASS else CLASSES[name][number]


def test_localisation_is_local_national_or_international():
    assert the_class("localisation", seated=5) == "local"  # of 10: just half of them
    assert the_class("localisation", seated=4) == "national"
    assert the_class("localisation", seated=9, abroad=1) == "international"  # a tenth abroad is enough, wherever the rest sits
    assert the_class("localisation", a_survey(11), seated=9, abroad=1) == "local"


def test_relations_are_actual_when_networked_with_a_common_goal():
    networked, nearly = a_survey(networked=P.actual_share), a_survey(networked=P.actual_share - 0.01)
    assert the_class("relations", networked, founded=True) == "actual"
    assert the_class("relations", nearly, founded=True) == "potential"
    assert the_class("relations", networked, founded=False) == "potential"  # networked, but without an association


def test_scope_and_depth_follow_makers_and_stages_of_the_key_product():
    assert [the_class("scope", makers=n) for n in (0, P.wide_makers - 1, P.wide_makers)] == ["narrow", "narrow", "wide"]
    assert [the_class("depth", stages=n) for n in (0, P.deep_stages - 1, P.deep_stages)] == ["shallow", "shallow", "deep"]


def test_a_megacentre_has_several_sub_clusters():
    assert [the_class("centres", subclusters=n) for n in (0, 1, 2)] == ["monocentre", "monocentre", "megacentre"]


def test_level_asks_for_innovation_first_then_who_does_the_research():
    often = {"firms": 4, "innovators": 1}  # just innovators_share of them
    assert P.innovators_share == 0.25
    assert the_class("level", science=3.0, **often) == "innovation"
    assert the_class("level", high_tech=True, science=3.0, **often) == "innovation"
    assert the_class("level", high_tech=True, science=2.9, **often) == "innovative_industrial"
    assert the_class("level", high_tech=False, science=2.9, **often) == "neither"
    assert the_class("level", high_tech=True, science=3.0, firms=5, innovators=1) == "neither"
    assert the_class("level", high_tech=True, science=10.0) == "neither"  # research without a firm that sells it


def history(*years: tuple[float, float, float]) -> str:
    """Life cycle in the last of these years of (members, sales a member, research)."""
    books = {year: tuple(np.array([value]) for value in one) for year, one in enumerate(years)}
    return CLASSES["life"][lives(len(years) - 1, books, P)[0]]


def test_life_is_read_off_members_productivity_and_investment():
    steady = 1.0 - P.steady
    assert history((10, 5.0, 2.0), (10, 5.0, 2.0)) == "developing"
    assert history((10, 5.0, 2.0), (9, 4.0, 2.0)) == "declining"
    assert history((10, 5.0, 2.0), (9, 5.0, 2.0)) == "developing"  # one sign of three
    assert history((10, 5.0, 2.0), (10, 5.0 * steady, 2.0 * steady)) == "developing"  # no change to speak of
    assert history((8, 5.0, 2.0), (10, 5.0, 2.0)) == "emerging"  # grew by a quarter
    assert history((8, 5.0, 2.0), (10, 4.0, 1.0)) == "declining"  # more members, each with less


def test_life_looks_back_no_further_than_it_may_and_to_when_there_were_members():
    assert P.look_back == 3
    before = (10, 9.0, 9.0)
    assert history(before, *[(10, 5.0, 2.0)] * 3) == "declining"
    assert history(before, *[(10, 5.0, 2.0)] * 4) == "developing"
    assert history((10, 5.0, 2.0)) == "emerging"  # nothing to look back to
    assert history((0, 0.0, 0.0), (10, 5.0, 2.0)) == "emerging"
    assert history((0, 0.0, 0.0), (10, 5.0, 2.0), (10, 5.0, 2.0)) == "developing"


def test_a_cluster_added_later_is_young():
    one, two = np.array([10.0]), np.array([10.0, 10.0])
    assert [CLASSES["life"][n] for n in lives(1, {0: (one,) * 3, 1: (two,) * 3}, P)] == ["developing", "emerging"]


def test_an_empty_cluster_is_in_no_class():
    nobody = a_survey(members=0, research=0.0, sales=0.0)
    assert {the_class(name, nobody, founded=True, high_tech=True, life=2) for name in CLASSES} == {""}


@pytest.fixture(scope="module")
def world() -> World:
    return lived(demo_config("scenario=grants", panel=True, burn_in=8, programme=8, after=0), 16)


def test_what_is_dissected_agrees_with_the_obvious_version(world):
    people, clusters, ties = world.population, world.clusters, world.ties
    body = dissect(world)
    assert clusters.count > 3
    for c in range(clusters.count):
        rows = [int(i) for i in np.flatnonzero(people.alive & (people.staff > 0)) if people.cluster[i] == c]
        firms = [i for i in rows if people.kind[i] == Kind.FIRM]
        chain = [i for i in firms if people.sector[i] == clusters.sector[c]]
        assert body.seated[c] == sum(people.place[i] == clusters.place[c] for i in rows)
        assert body.abroad[c] == sum(people.country[i] != clusters.country[c] for i in rows)
        assert body.firms[c] == len(firms)
        assert body.innovators[c] == sum(people.innovations_year[i] > 0 for i in firms)
        assert body.makers[c] == sum(people.stage[i] == world.sectors.stages[clusters.sector[c]] - 1 for i in chain)
        assert body.stages[c] == len({int(people.stage[i]) for i in chain})
        sectors = [int(people.sector[i]) for i in rows]
        assert body.subclusters[c] == sum(sectors.count(s) >= P.subcluster_members for s in set(sectors))
        assert body.science[c] == pytest.approx(sum(people.research_mean[i] for i in rows if i not in firms))
        assert body.sales[c] == pytest.approx(sum(people.sales[i] for i in firms))
        assert body.profit[c] == pytest.approx(sum(people.profit[i] for i in firms))
        partnerships = [t for t in ties.living() if ties.stage[t] >= TieStage.MEMORANDUM and {int(ties.a[t]), int(ties.b[t])} & set(rows)]
        outside = [t for t in partnerships if not {int(ties.a[t]), int(ties.b[t])} <= set(rows)]
        assert (body.ties[c], body.outside[c]) == (len(partnerships), len(outside))
        unit = people.knowledge[rows] / np.linalg.norm(people.knowledge[rows], axis=1, keepdims=True)
        pairs = [1.0 - unit[i] @ unit[j] for i in range(len(rows)) for j in range(i)]
        assert body.distance[c] == pytest.approx(np.mean(pairs) if pairs else np.nan, nan_ok=True)


def test_organisations_without_staff_count_nowhere(world):
    twin = copy.deepcopy(world)
    row = int(np.flatnonzero(~twin.population.alive)[0])
    twin.population.alive[row], twin.population.cluster[row], twin.population.id[row] = True, 0, 10**15
    twin.population.knowledge[row] = 1.0
    twin.ties.reserve(1)
    member = int(np.flatnonzero(twin.population.cluster == 0)[0])
    tie = connect(twin.ties.table(), twin.population.id, row, member, 0, 0)
    assert tie < 0 or twin.ties.a[tie] >= 0
    if tie >= 0:
        twin.ties.stage[tie] = TieStage.REPEATED
    one, other = dissect(world), dissect(twin)
    for name in Anatomy.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_classes_are_counted_once_a_year_and_carried_in_between(world):
    accounts = world.recorder.table()
    for name, labels in CLASSES.items():
        counts = np.array([accounts[f"clusters_{name}_{label}"] for label in labels])
        changed = np.flatnonzero((counts[:, 1:] != counts[:, :-1]).any(axis=(0, 2))) + 1
        assert set(changed % YEAR) <= {YEAR - 1}
        populated = [year["weight"][year["members"] > 0].sum() for year in world.recorder.yearbook.years]
        assert counts[:, YEAR - 1 :: YEAR].sum(axis=(0, 2)) == pytest.approx(populated)


def test_every_class_and_stage_is_a_series_of_each_country(world):
    series = result(world).series
    wanted = {f"clusters_{name}_{label}" for name, labels in CLASSES.items() for label in labels}
    wanted |= {f"clusters_{stage.name.lower()}" for stage in ClusterStage}
    for _, lines in series[series["country"].isin(world.countries.iso)].groupby("country"):
        assert wanted <= set(lines["indicator"])


def test_the_table_has_a_line_a_cluster_and_year(world):
    table = result(world).clusters
    assert table is not None
    assert list(table.columns) == list(COLUMNS)
    assert not table.duplicated(["year", "key"]).any()
    assert table["year"].unique().tolist() == [-2, -1, 0, 1]
    assert (table.groupby("year").size() == world.clusters.count).all()
    for name, labels in CLASSES.items():
        assert set(table[name]) <= {*labels, ""}
        assert ((table[name] == "") == (table["members"] == 0)).all()
    assert table["outside_ties"].dropna().between(0, 1).all()
    assert (table["outside_ties"].isna() == (table["ties"] == 0)).all()
    last = table[table["year"] == 1]
    assert last["members"].tolist() == survey(world.population, world.ties, world.clusters).members.tolist()


def test_only_a_panel_writes_the_table_and_it_changes_nothing_else():
    plain, panel = (lived(demo_config(panel=panel, burn_in=4), 8) for panel in (False, True))
    assert result(plain).clusters is None
    assert plain.recorder.yearbook.years == []
    assert np.array_equal(plain.recorder.accounts, panel.recorder.accounts)


def test_belarus_starts_with_the_clusters_that_were_counted():
    world = World(load_config(["world=union_state"]), 1)
    stages = world.clusters.stage[world.clusters.country == world.countries.iso.index("BLR")].tolist()
    assert {stage: stages.count(stage) for stage in ClusterStage} == {
        ClusterStage.ACTIVE: 8, ClusterStage.EMERGING: 6, ClusterStage.POTENTIAL: 18, ClusterStage.DECLINING: 0,
    }  # fmt: skip


def test_membership_follows_ties_across_a_border(world):
    twin = copy.deepcopy(world)
    people, clusters, ties = twin.population, twin.clusters, twin.ties
    rows, _ = twin.members_by_cluster()
    home = int(people.cluster[rows[0]])
    partners = [int(i) for i in rows if people.cluster[i] == home][:2]
    outsider = int(np.flatnonzero(people.alive & (people.kind == Kind.UNIVERSITY) & (people.country != clusters.country[home]))[0])
    before = dissect(twin).abroad[home]
    people.cluster[outsider] = -1
    ties.of[outsider] = -1  # forgets whom it knew
    for partner in partners:
        ties.reserve(1)
        tie = connect(ties.table(), people.id, outsider, partner, twin.quarter, 0)
        ties.stage[tie] = TieStage.MEMORANDUM
    certain = replace(twin.config.behaviour.membership, join=1.0)
    people.cluster[:] = change_members(people, ties, clusters, certain, twin.key)
    assert people.cluster[outsider] == home
    assert dissect(twin).abroad[home] > before


def test_clusters_may_grow_in_number(world):
    grown = copy.deepcopy(world)
    clusters = grown.clusters
    for name in CLUSTER_COLUMNS:
        old = getattr(clusters, name)
        setattr(clusters, name, np.concatenate([old, old[-1:]]))
    clusters.count += 1
    clusters.key[-1] += 1
    before = grown.recorder.yearbook.accounts
    for _ in range(YEAR):
        assert grown.recorder.yearbook.accounts is before
        step(grown)
    table = clusters_frame(grown.recorder.yearbook.years)
    assert table.groupby("year").size().tolist() == [clusters.count - 1] * 4 + [clusters.count]
    newest = table.iloc[-1]
    assert (newest["key"], newest["members"], newest["life"]) == (clusters.key[-1], 0, "")


def test_no_years_make_an_empty_table():
    assert list(clusters_frame([]).columns) == list(COLUMNS)
