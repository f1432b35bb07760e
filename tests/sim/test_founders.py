import numpy as np
import pytest

from agents.population import Kind
from sim.address_book import list_address, strike_address
from sim.founders import largest_remainder, median, weighted_sum
from tests.sim.toy_economy import economy

COLUMNS = ("sales", "research", "staff", "cash", "taste", "quality", "sector", "kind", "knowledge", "mass")


def by_id(world, column):
    """A column in the order of ids, so that rows do not matter."""
    rows = np.flatnonzero(world.population.alive)
    return getattr(world.population, column)[rows[np.argsort(world.population.id[rows])]]


@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_research_adds_up_to_the_facts(scale):
    world = economy(scale=scale)
    q, c = world.population, world.countries
    firms = weighted_sum(np.where(q.kind == Kind.FIRM, q.research, 0.0), c.weight, q.country, 3)
    assert world.research() == pytest.approx(c.gerd, rel=1e-9)
    assert firms == pytest.approx(c.berd, rel=1e-9)
    assert c.research_start == pytest.approx(c.gerd, rel=1e-9)


def test_scale_thins_organisations_and_clusters_but_not_cluster_size():
    full, thin = economy(), economy(scale=0.3)
    assert thin.population.alive.sum() == pytest.approx(0.3 * full.population.alive.sum(), rel=0.02)
    assert thin.clusters.count == pytest.approx(0.3 * full.clusters.count, abs=1.5)
    assert np.median(thin.clusters.members) == pytest.approx(np.median(full.clusters.members), rel=0.35)


def test_kinds_follow_the_shares():
    q = economy().population
    kinds = np.bincount(q.kind[q.alive & (q.country == 0)], minlength=3)
    assert list(kinds) == [455, 140, 105]
    assert list(largest_remainder(np.array([0.5, 0.3, 0.2]), 7)) == [4, 2, 1]


def test_sizes_are_quantiles_so_that_luck_moves_no_total():
    one, other = economy(1), economy(2)
    for world in (one, other):
        smallest = world.population.sales_mean[world.firm & (world.population.country == 2)].min()
        assert world.cradle.smallest[2] == pytest.approx(smallest, rel=0.1)
    assert not np.array_equal(by_id(one, "sales"), by_id(other, "sales"))
    assert one.cradle.smallest == pytest.approx(other.cradle.smallest, rel=0.5)


def test_cluster_membership_says_nothing_of_quality():
    inside, outside = [], []
    for seed in range(1, 13):
        world = economy(seed)
        firm, member = world.firm, world.population.cluster >= 0
        for group, rows in ((inside, firm & member), (outside, firm & ~member)):
            q = world.population
            group.append([np.log(q.sales_mean[rows]).mean(), np.log(q.taste[rows]).mean(), np.log(q.quality[rows]).mean()])
    difference = np.array(inside) - np.array(outside)
    assert np.all(np.abs(difference.mean(axis=0)) < 3.0 * difference.std(axis=0, ddof=1) / np.sqrt(12))


def test_clusters_gather_their_sector_and_city():
    world = economy()
    q, clusters = world.population, world.clusters
    member = q.cluster >= 0
    own = (q.sector[member] == clusters.sector[q.cluster[member]]).mean()
    near = (q.place[member] == clusters.place[q.cluster[member]]).mean()
    assert own > 1.3 * (world.cradle.sector_share[0] ** 2).sum()
    assert near > 0.6
    assert np.array_equal(np.bincount(q.cluster[member], minlength=clusters.count), clusters.members)
    assert np.all(q.country[member] == clusters.country[q.cluster[member]])


def test_country_order_changes_nothing():
    one, other = economy(order=(0, 1, 2)), economy(order=(2, 0, 1))
    assert np.array_equal(np.sort(one.population.id), np.sort(other.population.id))
    for column in COLUMNS:
        assert by_id(one, column) == pytest.approx(by_id(other, column), rel=1e-9, abs=1e-12)
    assert np.array_equal(np.sort(one.clusters.key), np.sort(other.clusters.key))


def test_everyone_is_in_one_address_book_once():
    world = economy()
    q, c = world.population, world.countries
    for country in range(3):
        listed = c.addresses[country][c.addresses[country] >= 0]
        assert sorted(listed) == list(np.flatnonzero(q.alive & (q.country == country)))
        assert np.all(c.addresses[country, c.book[country] :] == -1)


def test_an_address_is_given_and_taken_back():
    addresses, book = np.full((1, 4), -1, np.int32), np.array([4])
    for row in range(3):
        list_address(np.uint64(9), 100 + row, row, 0, addresses, book)
    strike_address(np.uint64(9), 101, 1, 0, addresses, book)
    assert sorted(addresses[0]) == [-1, -1, 0, 2]


def test_median_ignores_what_has_no_size():
    assert median(np.array([0.0, 3.0, 1.0, 0.0, 2.0])) == 2.0
