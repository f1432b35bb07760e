"""What innovation surveys, national statistics and studies of cluster members ask, on economies small enough to be counted by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.population import Kind
from agents.ties import Channel, Reached
from sim.evidence.measures import partnerships
from sim.evidence.measures.associations import Members
from sim.evidence.measures.cooperation import surveys
from sim.evidence.measures.economy import national
from tests.sim.evidence.test_partnerships import MET, projects, watched

FIRM, UNIVERSITY = Kind.FIRM, Kind.UNIVERSITY


class Countries(SimpleNamespace):
    """Columns by country."""

    def __len__(self) -> int:
        return len(self.iso)


# surveys


def surveyed(partners: set[tuple[int, Kind]], innovated: set[int] = frozenset()) -> dict[str, float]:
    """Four firms of 9, 20, 100 and 300 staff, one of a neighbour, one that has closed, and a university; ids are rows + 10."""
    people = SimpleNamespace(
        id=10 + np.arange(7),
        alive=np.array([True] * 5 + [False, True]),
        kind=np.array([FIRM] * 6 + [UNIVERSITY]),
        country=np.array([0, 0, 0, 0, 1, 0, 0]),
        staff=np.array([9.0, 20.0, 100.0, 300.0, 50.0, 50.0, 50.0]),
    )
    world = SimpleNamespace(population=people, countries=Countries(iso=["RUS", "DEU"], policy=np.array([True, False])))
    return surveys(SimpleNamespace(world=world, partners=partners, innovated=innovated))


def test_firms_from_ten_staff_on_of_policy_countries_are_asked():
    """Of 11, 12 and 13 one has a partner; the others that have one are too small, of a neighbour, closed, or no firm."""
    everyone_else = {(10, FIRM), (14, FIRM), (15, FIRM), (16, FIRM)}
    assert surveyed({(12, FIRM)} | everyone_else)["cooperate"] == pytest.approx(100 / 3)
    assert surveyed(everyone_else)["cooperate"] == 0.0


def test_the_innovation_active_have_innovated_or_cooperate():
    assert surveyed({(12, FIRM)}, {13})["cooperate_active"] == pytest.approx(50.0)
    assert surveyed({(12, FIRM)}, {12})["cooperate_active"] == 100.0
    assert np.isnan(surveyed(set())["cooperate_active"])


def test_partners_in_science_are_asked_of_small_and_medium_firms_that_are_active():
    """13 is large, so that its university does not count; 11 has only innovated."""
    found = surveyed({(12, UNIVERSITY), (12, Kind.INSTITUTE), (13, UNIVERSITY)}, {11})
    assert (found["with_universities"], found["with_institutes"]) == (50.0, 50.0)


# national statistics


def counted(iso: tuple[str, ...] = ("RUS", "DEU"), staff: tuple[float, ...] = (10.0, 40.0, 400.0)) -> dict[str, float]:
    """Two quarters since the opening, after one of nonsense; columns: Russia, Germany, policy countries, all."""
    people = SimpleNamespace(
        alive=np.ones(3, bool),
        kind=np.full(3, FIRM),
        country=np.zeros(3, int),
        staff=np.array(staff),
        constrained=np.array([True, False, True]),
        innovations_year=np.array([2, 0, 1]),
    )
    countries = Countries(iso=list(iso), policy=np.array([True, False]))
    watch = SimpleNamespace(world=SimpleNamespace(opens=1, population=people, countries=countries))

    def levels(russia: float, all_policy: float) -> np.ndarray:
        return np.array([[999.0] * 4, [russia, 7.0, all_policy, 9.0], [russia, 7.0, all_policy, 9.0]])

    spent = {"research": levels(100.0, 0.0), "research_firm": levels(60.0, 0.0), "research_private": levels(30.0, 0.0)}
    turnover = {"exits": levels(0.0, 4.0), "entries": levels(0.0, 5.0)}
    return national(watch, spent | turnover, {"firms": levels(0.0, 200.0)})


def test_turnover_is_a_year_s_of_policy_countries_in_per_cent():
    assert counted()["exits"] == pytest.approx(8.0)
    assert counted()["entries"] == pytest.approx(10.0)


def test_performers_and_payers_are_those_of_russia():
    found = counted()
    assert (found["firms_perform"], found["firms_pay"]) == pytest.approx((60.0, 30.0))
    assert found["innovation_active"] == pytest.approx(200 / 3)
    assert "firms_pay" not in counted(iso=("BLR", "DEU"))


def test_only_small_firms_are_asked_whether_money_is_short():
    assert counted()["constrained"] == pytest.approx(50.0)
    assert np.isnan(counted(staff=(60.0, 70.0, 80.0))["constrained"])


# members of clusters and others


def followed(hazards: tuple[float, float], quarters: int = 40, margin: float = 0.0, count: int = 4000) -> dict[str, float]:
    """Firms of which every other is in a cluster; they meet foreign partners at (others, members) a quarter, and members earn more."""
    rng = np.random.default_rng(3)
    member = np.arange(count) % 2 == 1
    people = SimpleNamespace(
        id=np.arange(count),
        alive=np.ones(count, bool),
        kind=np.full(count, FIRM),
        country=rng.integers(0, 2, count),
        sector=rng.integers(0, 3, count),
        cluster=np.where(member, 0, -1),
        staff=np.exp(rng.normal(3.0, 1.0, count)),
        research_mean=np.exp(rng.normal(0.0, 1.0, count)),
        first_foreign=np.full(count, -1),
        sales=np.full(count, 10.0),
        profit=np.where(member, 10.0 * margin, 0.0),
    )
    world = SimpleNamespace(population=people, countries=SimpleNamespace(policy=np.array([True, True])))
    members = Members(world)
    for quarter in range(quarters):
        meets = rng.random(count) < np.where(member, hazards[1], hazards[0])
        people.first_foreign = np.where((people.first_foreign < 0) & meets, quarter, people.first_foreign)
        members.look(world)
    return members.measure()


def test_the_ratio_of_hazards_is_found():
    assert followed((0.01, 0.02))["foreign_partner_hazard"] == pytest.approx(2.0, rel=0.15)
    assert followed((0.02, 0.02))["foreign_partner_hazard"] == pytest.approx(1.0, rel=0.12)


def test_few_first_partners_say_nothing():
    assert np.isnan(followed((0.0, 0.02), quarters=8)["foreign_partner_hazard"])


def test_what_members_earn_more_is_found_as_a_part_of_sales():
    assert followed((0.0, 0.0), quarters=4, margin=0.05)["members_profit"] == pytest.approx(0.05)


# the partnership programme as a whole


class Played(SimpleNamespace):
    """A programme of three quarters in which nothing happens but what was set down."""

    def run(self, until: int) -> None:
        self.world.quarter = until


def test_a_programme_is_counted_over_its_quarters_against_cluster_pairs_that_met():
    """Each of two quarters: 10 pairs meet and 1 signs; 3 meetings of firms, of weight 2; half a firm's business."""
    world: Any = watched([], MET).world
    world.quarter, world.opens = 5, 5
    ladder = np.zeros((2, len(Channel), len(Reached)))
    ladder[0] = 1e6  # of relations begun before: not asked
    ladder[1, Channel.EVENT_C2C, Reached.BUSINESS] = 0.5
    ladder[1, Channel.CHANCE, Reached.BUSINESS] = 7.0
    world.flows.ladder, world.flows.started = ladder, [projects((0, 2))]
    world.recorder = SimpleNamespace(cluster_ladders=[np.full(4, 1e6)] * 5 + [np.array([10.0, 1.0, 0.0, 0.0])] * 2)
    found = partnerships.measure(Played(world=world, end=7))
    assert found["cluster_events"] == 20.0
    assert found["memoranda_per_event"] == 10.0
    meetings = 2 * (2.0 + 2.0 + 2.0 + 2.0)
    assert found["business_meetings"] == meetings
    assert found["business_per_meeting"] == pytest.approx(100 * 1.0 / meetings)
    assert found["projects_per_partnership"] == pytest.approx(370 / 25 * 2.0 / 20.0)  # they met in the first quarter, agreed in the second
