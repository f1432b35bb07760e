"""Cards say what the world holds: columns, ties, projects and programmes of an organisation; a cluster as its yearbook has it."""

from dataclasses import asdict

import numpy as np
import pytest

from agents.organisation import Gone
from agents.population import COLUMNS, Kind
from sim.classification import CLASSES
from sim.cluster_panel import clusters_frame
from sim.explorer.cards import LINE, MONEY, as_of_now, cluster_card, organisation_card
from sim.model import CrossClusterModel
from sim.panel import organisation_year, ties_frame
from sim.step import step
from sim.world import World
from tests.sim.explorer.sessions import session
from tests.worlds import demo_config


@pytest.fixture(scope="module")
def world() -> World:
    """Ten quarters of a lively preset, with a yearbook and panel kept; the year is over."""
    config = demo_config(
        "scenario=everything_on",
        "behaviour.membership.join=0.5",
        "instrument.matchmaking.dose=0.3",
        "instrument.matchmaking.target.sectors=[]",
        panel=True,
        burn_in=6,
        programme=8,
        after=4,
    )
    world = World(config, 4)
    for _ in range(16):
        step(world)
    return world


def alive(world: World) -> list[int]:
    people = world.population
    return np.flatnonzero(people.alive & (people.staff > 0.0)).tolist()


def test_a_card_holds_what_the_columns_say(world: World) -> None:
    people = world.population
    assert set(MONEY) <= COLUMNS.keys()
    for row in alive(world):
        card = organisation_card(world, int(people.id[row]))
        assert card.numbers == {name: getattr(people, name)[row] for name in MONEY}
        assert card.innovations == people.innovations_year[row]
        assert list(card.knowledge.values()) == people.knowledge[row].tolist()
        assert card.depth == pytest.approx(np.linalg.norm(people.knowledge[row]))
        assert (card.who.cluster is None) == (people.cluster[row] < 0)
        assert (card.who.stage == "") == (people.kind[row] != Kind.FIRM)
        for name, programme in world.programmes.items():
            assert (name in card.aware) == bool(people.aware[row] & programme.flag)
            assert (name in card.eligible) == bool(people.eligible[row] & programme.flag)


def test_cards_agree_with_the_panel_and_the_views(world: World) -> None:
    model = CrossClusterModel(world.config, 4)
    model.world = world
    views = {view.unique_id: view for view in model.agents}
    year = organisation_year(world, 0, lambda _, ids: np.zeros(len(ids)))
    for n, id in enumerate(year["id"].tolist()):
        card = organisation_card(world, id)
        assert (card.who.kind, card.who.country, card.who.place, card.who.sector, card.weight, card.born) == tuple(
            year[name][n] for name in ("kind", "country", "place", "sector", "weight", "born")
        )
        signed = [each for each in card.partners if each.stage != "contact"]
        assert len(signed) == year["partners"][n]
        assert sum(each.who.country != card.who.country for each in signed) == year["partners_foreign"][n]
        assert sum(each.status == "active" for each in card.projects) == year["projects_running"][n]
    assert len(views) == len(year["id"])


def test_a_tie_is_the_same_on_both_cards(world: World) -> None:
    cards = {int(world.population.id[row]): organisation_card(world, int(world.population.id[row])) for row in alive(world)}
    there = {(id, each.who.id): each for id, card in cards.items() for each in card.partners}
    told = ties_frame(world)
    assert len(there) == 2 * len(told) > 100
    for line in told.itertuples():
        mine, theirs = there[line.a, line.b], there[line.b, line.a]
        for tie in (mine, theirs):
            assert (tie.stage, tie.trust, tie.since, tie.channel, tie.projects, tie.business) == (
                line.stage, line.trust, line.since, line.channel, line.projects, line.business,
            )  # fmt: skip
    for card in cards.values():
        trust = [each.trust for each in card.partners]
        assert trust == sorted(trust, reverse=True)


def test_a_project_is_on_the_card_of_every_member_and_its_cost_is_their_own(world: World) -> None:
    projects, ids = world.projects, set()
    for n in np.flatnonzero(projects.status != 0).tolist():
        members = tuple(projects.member_ids[n, : projects.size[n]].tolist())
        ids.add(members)
        for m, id in enumerate(members):
            mine = [each for each in organisation_card(world, id).projects if each.members == members]
            assert projects.cost[n, m] in [each.cost for each in mine]
            assert {each.status for each in mine} <= {"pending", "active"}
    assert len(ids) > 10
    funded = [each for row in alive(world) for each in organisation_card(world, int(world.population.id[row])).projects if each.programme]
    assert any(each.covered > 0.0 for each in funded)
    assert all(each.programme in world.programmes for each in funded)


def test_a_cluster_is_what_its_yearbook_says_at_the_end_of_a_year(world: World) -> None:
    now, then = as_of_now(world), world.recorder.yearbook.years[-1]
    assert list(now) == list(then)
    for name in now:
        assert now[name].tolist() == pytest.approx(then[name].tolist(), nan_ok=True), name
    frame = clusters_frame(world.recorder.yearbook.years)
    last = frame[frame["year"] == frame["year"].max()].set_index("key")
    for key, line in last.iterrows():
        card = cluster_card(world, key)
        assert {**card.line, **card.classes, "country": card.country, "place": card.place, "sector": card.sector, "stage": card.stage} == {
            name: pytest.approx(line[name], nan_ok=True) if isinstance(line[name], float) else line[name]
            for name in (*LINE, *CLASSES, "country", "place", "sector", "stage")
        }


def test_members_and_links_of_clusters(world: World) -> None:
    clusters = world.clusters
    cards = {int(key): cluster_card(world, int(key)) for key in clusters.key}
    people, key_row = world.population, {int(key): row for row, key in enumerate(clusters.key)}
    for key, card in cards.items():
        assert len(card.members) == np.count_nonzero(people.alive & (people.staff > 0.0) & (people.cluster == key_row[key]))
        assert {member.cluster for member in card.members} <= {key}
        sizes = [member.staff for member in card.members]
        assert sizes == sorted(sizes, reverse=True)
        for link in card.links:
            back = next(each for each in cards[link.cluster].links if each.cluster == key)
            assert (back.partnerships, back.reached) == (link.partnerships, link.reached)
    assert sum(len(card.members) for card in cards.values()) == np.count_nonzero(
        people.alive & (people.staff > 0.0) & (people.cluster >= 0)
    )
    between = ties_frame(world).query("cluster_a >= 0 and cluster_b >= 0 and cluster_a != cluster_b and stage != 'contact'")
    assert sum(link.partnerships for card in cards.values() for link in card.links) == 2 * len(between) > 0
    assert any(link.reached for card in cards.values() for link in card.links)


def test_the_twin_has_a_card_of_the_same_organisation() -> None:
    one = session("grants")
    id = int(one.policy.population.id[one.policy.population.alive][3])
    assert asdict(organisation_card(one.policy, id)) == asdict(organisation_card(one.twin, id))
    one.run(8)
    mine, other = organisation_card(one.policy, id), organisation_card(one.twin, id)
    assert mine.who.id == other.who.id
    assert (mine.who.kind, mine.who.country, mine.born) == (other.who.kind, other.who.country, other.born)


def test_who_is_gone_has_no_card(world: World) -> None:
    with pytest.raises(Gone):
        organisation_card(world, 1)
    with pytest.raises(Gone):
        organisation_card(world, -1)
    with pytest.raises(KeyError):
        cluster_card(world, 1)


def test_a_card_is_a_copy(world: World) -> None:
    row = alive(world)[0]
    card = organisation_card(world, int(world.population.id[row]))
    before = world.population.cash[row]
    world.population.cash[row] = before + 1.0
    assert card.numbers["cash"] == before
    world.population.cash[row] = before
