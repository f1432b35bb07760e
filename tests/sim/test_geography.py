import math

import numpy as np
import pytest

from sim.geography import build_geography, great_circle
from tests.sim.toy_economy import countries_of, sectors_of, shipped


def geography(closed=None):
    countries, places, membership = countries_of()
    closed = np.zeros((3, 3), bool) if closed is None else closed
    return build_geography(countries, places, sectors_of(), membership, closed, shipped("space"))


def test_distance_of_two_known_cities():
    moscow, minsk = (55.756, 37.617), (53.9, 27.567)
    latitude, longitude = np.radians([moscow[0], minsk[0]]), np.radians([moscow[1], minsk[1]])
    assert great_circle(latitude, longitude, 6371.0)[0, 1] == pytest.approx(676, rel=0.01)


def test_distance_is_a_metric_on_the_sphere():
    distance = geography().distance
    assert np.array_equal(distance, distance.T)
    assert np.all(np.diag(distance) == 0.0)
    assert distance.max() <= math.pi * 6371.0
    assert np.all(distance[:, None, :] <= distance[:, :, None] + distance[None, :, :] + 1e-9)


def test_the_nearest_shared_bloc_counts():
    world, p = geography(), shipped("space")
    assert world.institution[0, 1] == p.union_state_distance
    assert world.institution[0, 2] == p.eaeu_distance
    assert world.consent[0, 1] == p.union_state_consent
    assert np.all(np.diag(world.institution) == 0.0)
    assert np.all(np.diag(world.consent) == 1.0)


def test_a_closed_border_takes_consent_and_search_but_not_home():
    closed = np.zeros((3, 3), bool)
    closed[0, 1] = closed[1, 0] = True
    world = geography(closed)
    assert world.consent[0, 1] == 0.0 == world.search[1, 0]
    assert world.search[0, 0] > 0.0
    assert world.search[0, 2] > 0.0


def test_search_weights_grow_with_the_root_of_organisations():
    world = geography()
    assert world.search[0, 0] / world.search[0, 2] == pytest.approx(math.sqrt(700 / 60))


def test_sector_cosine():
    cosine = geography().sector_cosine
    assert np.all(np.diag(cosine) == 1.0)
    assert cosine[0, 1] == pytest.approx(2 / 5)
    assert cosine[0, 2] == 0.0
