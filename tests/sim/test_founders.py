import numpy as np
import pytest

from agents.births import lasting_key
from agents.draws import Purpose
from agents.population import Kind
from sim.address_book import list_address, strike_address
from sim.founders import largest_remainder, median, place_shares, weighted_sum
from tests.sim.toy_economy import countries_of, economy, shipped

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
    """Inside a country: how many of its firms are members, and how large firms are, differs between countries."""
    differences = []
    for seed in range(1, 13):
        world = economy(seed)
        q = world.population
        inside, outside = ([world.firm & (q.country == c) & ((q.cluster >= 0) == member) for c in (0, 1)] for member in (True, False))
        logs = np.log(np.where(world.firm, [q.sales_mean, q.taste, q.quality], 1.0))
        differences += [[logs[:, a].mean(axis=1) - logs[:, b].mean(axis=1) for a, b in zip(inside, outside, strict=True)]]
    found = np.array(differences).reshape(12, -1)
    assert np.all(np.abs(found.mean(axis=0)) < 3.5 * found.std(axis=0, ddof=1) / np.sqrt(12))


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


# how far places specialise


def shares_of(spread, order=(0, 1, 2), seed=1, sectors=3):
    """Shares of the cities in every sector f8 (S, P), with the cities' names and countries."""
    countries, places, _ = countries_of(order)
    key = lasting_key(seed, Purpose.PLACE_SECTOR)
    even = np.full((len(countries), sectors), 1.0 / sectors)
    return place_shares(key, places, countries, even, spread), places, countries


def test_without_spread_every_sector_is_where_people_are():
    shares, places, _ = shares_of(0.0)
    assert shares == pytest.approx(np.tile(shares[0], (3, 1)))
    assert shares[0] == pytest.approx(places.share)


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_shares_add_up_in_every_country_and_sector(spread):
    shares, places, countries = shares_of(spread)
    assert np.all(shares > 0.0)
    for country in range(len(countries)):
        assert shares[:, places.country == country].sum(axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_a_city_stays_as_large_as_it_is(spread):
    """Its share in all sectors together is the one that it was given."""
    shares, places, _ = shares_of(spread)
    assert shares.mean(axis=0) == pytest.approx(places.share, abs=2e-3)


def test_the_more_places_specialise_the_more_a_sector_is_concentrated():
    """Mean concentration (Herfindahl) over many sectors, beyond that of the cities themselves."""
    found = []
    for spread in (0.0, 0.5, 1.0, 2.0):
        shares, places, _ = shares_of(spread, sectors=400)
        found.append([(shares[:, places.country == country] ** 2).sum(axis=1).mean() for country in (0, 1)])
    assert np.all(np.diff(np.array(found), axis=0) > 0.01)


def test_a_country_with_one_city_cannot_specialise():
    shares, places, _ = shares_of(2.0)
    assert shares[:, places.country == 2] == pytest.approx(np.ones((3, 1)))


def test_places_of_a_country_do_not_depend_on_which_countries_stand_before_it():
    plain, places, _ = shares_of(1.0)
    for order in ((2, 1, 0), (1, 2, 0), (1,), (1, 0)):
        other, others, _ = shares_of(1.0, order)
        for name in set(places.name) & set(others.name):
            assert other[:, others.name.index(name)] == pytest.approx(plain[:, places.name.index(name)], rel=1e-12)


def test_other_luck_specialises_other_places():
    assert not np.allclose(shares_of(1.0, seed=1)[0], shares_of(1.0, seed=2)[0])


def test_founders_live_where_their_sector_is():
    """With one sector's places far apart from another's, firms of the two are found in different cities."""
    world = economy(birth=shipped("birth", place_spread=2.0))
    q, share = world.population, world.cradle.place_share
    for sector in range(2):
        mine = q.alive & (q.country == 0) & (q.sector == sector) & (q.cluster < 0)
        found = (q.place[mine] == 0).mean()
        assert found == pytest.approx(share[sector, 0], abs=4 * np.sqrt(0.25 / mine.sum()))
