"""The map shows clusters and ties as they are, once each, and nobody moves without need."""

import json
from dataclasses import replace

import numpy as np
import pytest

from agents.ties import TieStage
from sim.commands.folders import choices
from sim.explorer import places
from sim.explorer.pictures import map_option, network_option, spots
from sim.explorer.places import TIES, centres, cluster_spots, network, partnerships, picture, shapes, slots, tile
from sim.explorer.session import Session
from sim.explorer.words import Words
from tests.sim.explorer.sessions import session


@pytest.fixture(scope="module")
def one() -> Session:
    played = session("everything_on", seed=3, organisations=300)
    played.run(8)
    return played


def test_every_partnership_is_drawn_once_and_by_its_widest_gap(one: Session) -> None:
    world = one.policy
    people, ties = world.population, world.ties
    living = [n for n in ties.living().tolist() if ties.stage[n] >= TieStage.MEMORANDUM]
    a, _, kind = partnerships(world)
    assert len(a) == len(living) > 20
    for tie, k in zip(living, kind.tolist(), strict=True):
        p, q = int(ties.a[tie]), int(ties.b[tie])
        if people.cluster[p] == people.cluster[q] >= 0:
            wanted = "inside"
        elif people.country[p] != people.country[q]:
            wanted = "cross_border"
        elif people.cluster[p] < 0 or people.cluster[q] < 0:
            wanted = "outside"
        else:
            wanted = "cross_sector" if people.sector[p] != people.sector[q] else "cross_cluster"
        assert TIES[k] == wanted
    drawn = picture(world)
    assert sum(arc.count for arc in drawn.arcs) + sum(circle.inside for circle in drawn.circles) == len(living)
    assert any(arc.count > 1 for arc in drawn.arcs)
    assert {arc.kind for arc in drawn.arcs} >= {"cross_border", "cross_sector", "outside"}
    keys = {circle.key for circle in drawn.circles}
    assert all(arc.a in keys and arc.b in keys for arc in drawn.arcs)


def test_circles_have_their_members_and_lie_on_their_own_tile(one: Session) -> None:
    world, people = one.policy, one.policy.population
    for circle in picture(world).circles:
        if circle.key < 0:
            outside = (people.alive) & (people.staff > 0.0) & (people.cluster < 0)
            assert circle.members == np.sum(outside & (people.country == -1 - circle.key))
            continue
        (row,) = np.flatnonzero(world.clusters.key == circle.key)
        assert circle.members == len(world.cluster_members(int(row)))
        west, south, east, north = tile(circle.country, world.countries.iso)
        assert west < circle.x < east
        assert south < circle.y < north


def test_an_option_is_json_and_a_click_can_tell_whom_it_meant(one: Session) -> None:
    option = map_option(picture(one.policy), Words("ru"))
    json.dumps(option, allow_nan=False)
    keys = {item["value"][2] for series in option["series"] if series["type"] == "scatter" for item in series["data"]}
    assert keys == {circle.key for circle in picture(one.policy).circles}
    drawn = network(one.policy)
    assert drawn is not None
    small = network_option(drawn, Words("en"), chosen=int(drawn.ids[3]))
    json.dumps(small, allow_nan=False)
    assert small["series"][-1]["numbers"] == [3]
    shown = sorted(number for series in small["series"] if series["id"].startswith("kind_") for number in series["numbers"])
    assert [spots(drawn)[number][2] for number in shown] == drawn.ids.tolist()


def test_a_chosen_cluster_is_ringed_and_names_of_ones_own_are_no_markup(one: Session) -> None:
    drawn = picture(one.policy)
    named = replace(drawn, circles=tuple(replace(circle, place="<img src=x>") for circle in drawn.circles))
    option = map_option(named, Words("en"), chosen=drawn.circles[0].key)
    items = [item for series in option["series"] if series["type"] == "scatter" for item in series["data"]]
    assert [item["name"] for item in items if item["itemStyle"]["borderWidth"] == 5] == [str(drawn.circles[0].key)]
    assert all("<img" not in item["tip"] for item in items)


def test_the_network_ends_where_it_gets_too_large(one: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    count = int(one.policy.population.alive.sum())
    drawn = network(one.policy)
    assert drawn is not None
    assert len(drawn.ids) == count
    assert sum(len(ends) for ends in drawn.ends.values()) == len(partnerships(one.policy)[0])
    monkeypatch.setattr(places, "MOST", count - 1)
    assert network(one.policy) is None


def test_nobody_moves_when_a_quarter_passes(one: Session) -> None:
    other = session("status_quo", seed=4)
    before, first = cluster_spots(other.policy, False), network(other.policy)
    other.run(3)
    assert np.array_equal(before, cluster_spots(other.policy, False))
    second = network(other.policy)
    assert first is not None
    assert second is not None
    was = dict(zip(first.ids.tolist(), first.spots.tolist(), strict=True))
    stayed = [np.allclose(was[id], spot) for id, spot in zip(second.ids.tolist(), second.spots.tolist(), strict=True) if id in was]
    assert np.mean(stayed) > 0.95  # whoever joined or left a cluster


@pytest.mark.parametrize("outlines", [False, True])
def test_every_shipped_country_has_a_shape(outlines: bool) -> None:
    isos = {
        line.split()[1] for path in choices("country", []).values() for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("iso:")
    }  # fmt: skip
    assert len(isos) == 11
    found = shapes({iso: f"name of {iso}" for iso in isos}, outlines)["features"]
    assert {each["properties"]["name"] for each in found} == {f"name of {iso}" for iso in isos}


def test_outlines_do_not_cross_the_map_and_hold_their_clusters(one: Session) -> None:
    (russia,) = shapes({"RUS": "Russia"}, True)["features"]
    east = [point[0] for polygon in russia["geometry"]["coordinates"] for ring in polygon for point in ring]
    assert 15 < min(east) < max(east) < 192
    world = one.policy
    found = centres(world, True)
    city = np.stack([world.places.longitude, world.places.latitude], axis=1)[world.clusters.place]
    assert np.abs(found[: world.clusters.count] - city).max() < 6.0
    between = np.hypot(*np.moveaxis(found[:, None] - found, 2, 0)) + 9.0 * np.eye(len(found))
    assert between.min() > 0.9 * places.APART


def test_tiles_do_not_overlap_even_of_countries_of_ones_own() -> None:
    boxes = [tile(iso, [*places.TILES, "XXX", "YYY"]) for iso in (*places.TILES, "XXX", "YYY")]
    for n, (west, south, east, north) in enumerate(boxes):
        for w, s, e, o in boxes[:n]:
            assert east <= w or e <= west or north <= s or o <= south
    assert len({tuple(spot) for spot in slots(boxes[0], 37).tolist()}) == 37
