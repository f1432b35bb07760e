"""Events are counted as the EU partnerships counted theirs: real meetings, small firms once, a consortium as one project."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.population import Kind
from agents.search import Meetings
from agents.ties import Channel
from sim.evidence.measures.partnerships import Guests


def watched(started: list[dict[str, Any]], meetings: list[tuple[int, int, int]] = ()) -> Any:
    """Ten organisations of which two each are in clusters 0 to 3, the last two in none; those from row 8 on stand for twenty.

    Those of even rows live in country 0, which pays.
    """
    people = SimpleNamespace(
        id=100 + np.arange(10),
        kind=np.array([Kind.FIRM] * 9 + [Kind.UNIVERSITY]),
        staff=np.array([20.0, 400.0] + [50.0] * 8),
        cluster=np.array([0, 0, 1, 1, 2, 2, 3, 3, -1, -1]),
        country=np.arange(10) % 2,
    )
    a, b, channel = (np.array(column, np.int64) for column in (zip(*meetings, strict=True) if meetings else ([], [], [])))
    flows = SimpleNamespace(started=started, meetings=Meetings(a, b, channel, np.zeros(len(a))))
    weight = np.where(np.arange(10) >= 8, 20.0, 2.0)
    programme = SimpleNamespace(payers=lambda world: ("AAA",))
    world = SimpleNamespace(
        population=people, flows=flows, weight=weight, countries=SimpleNamespace(iso=["AAA", "BBB"]), programmes={"matchmaking": programme}
    )
    return SimpleNamespace(world=world)


def projects(*teams: tuple[int, ...], weight: float = 2.0, renewal: bool = False) -> dict[str, Any]:
    members = np.full((len(teams), 6), -1)
    for n, team in enumerate(teams):
        members[n, : len(team)] = team
    return {
        "members": members, "member_ids": np.where(members >= 0, 100 + members, -1), "size": np.array([len(team) for team in teams]),
        "weight": np.full(len(teams), weight), "renewal": np.full(len(teams), renewal),
    }  # fmt: skip


MET = [(0, 2, Channel.EVENT_C2C), (3, 4, Channel.EVENT_C2C), (0, 1, Channel.EVENT_C2C), (0, 8, Channel.EVENT_B2B), (5, 6, Channel.CHANCE)]
"""0 and 2, 3 and 4 met at events and are of different clusters; 0 and 1 of one, 8 of none; 5 and 6 met elsewhere."""


def counted(*teams: tuple[int, ...], **how: Any) -> float:
    watch = watched([], MET)
    guests = Guests(watch)
    guests.look()
    watch.world.flows.started = [projects(*teams, **how)]
    guests.look()
    return guests.projects


@pytest.mark.parametrize(
    ("team", "weight"),
    [
        ((0, 2), 2.0),
        ((0, 2, 3, 4), 2.0),  # two pairs that met, but one project
        ((5, 3, 4), 2.0),
        ((1, 2), 0.0),  # of clusters that met, but not these two
        ((0, 4), 0.0),
        ((0, 1), 0.0),  # one cluster
        ((0, 8), 0.0),  # no cluster on the other side
        ((5, 6), 0.0),  # met elsewhere
    ],
)
def test_a_project_of_two_that_met_at_an_event_is_counted_once_however_many_are_in_it(team: tuple[int, ...], weight: float):
    assert counted(team) == weight
    assert counted(team[::-1]) == weight


def test_projects_add_up_with_what_they_stand_for_and_a_renewed_one_was_counted_before():
    assert counted((0, 2), (3, 4), weight=5.0) == 10.0
    assert counted((0, 2), renewal=True) == 0.0


def test_who_agreed_before_they_met_at_an_event_did_not_meet_for_it():
    guests = Guests(watched([projects((0, 2))], MET))
    guests.look()
    assert guests.projects == 0.0


def test_meetings_at_events_stand_for_real_ones_and_their_small_firms_are_counted_once():
    met = [
        (0, 2, Channel.EVENT_B2B),
        (1, 8, Channel.EVENT_C2C),
        (0, 9, Channel.EVENT_B2B),
        (4, 5, Channel.CLUSTER),
        (6, 7, Channel.PLATFORM),
    ]
    guests = Guests(watched([], met))
    guests.look()
    assert guests.meetings == 2.0 + 2.0  # that with the university is none of firms
    assert guests.firms == {100: 2.0, 102: 2.0, 108: 20.0}  # small firms of the paying side, no matter with whom; 1 and 9 are of the other
    guests.look()
    assert guests.meetings == 8.0
    assert guests.firms == {100: 2.0, 102: 2.0, 108: 20.0}
