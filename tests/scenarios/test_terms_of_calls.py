"""Terms of calls and events: how many must apply, whether states have signed, how many meetings one asks for."""

from typing import Any

import numpy as np
import pytest

from scenarios.border_closed import border
from sim.flows import Flows
from sim.govern import govern
from sim.world import World
from tests.scenarios.histories import SEEDS, lived, programme, world_with

NEVER = tuple(f"behaviour.space.{name}_consent=0" for name in ("union_state", "eaeu", "eu", "apart"))
"""No state ever consents to anything; borders are open."""
PAIRS = ("behaviour.cooperation.widening=0.2", "behaviour.cooperation.invitations=4")
"""Most projects stay with two members, unless there is a reason to ask more."""


# how many must apply


def teams(least: int) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of all projects agreed on, and of those that a call of projects of `least` members or more pays, over some histories."""
    agreed, paid = [], []
    call = programme("grants", dose=0.5, scope="any", least_members=least)

    def look(world: World) -> None:
        agreed.extend(size for chunk in world.flows.agreed for size in chunk["size"][~chunk["renewal"]].tolist())
        waits = (world.projects.status > 0) & (world.projects.programme == world.programmes["grants"].bit)
        paid.extend(world.projects.size[waits].tolist())

    for seed in SEEDS:
        lived(world_with(seed, {"grants": call}, PAIRS), 5, look)
    return np.array(agreed), np.array(paid)


@pytest.fixture(scope="module")
def by_least() -> dict[int, tuple[np.ndarray, np.ndarray]]:
    return {least: teams(least) for least in (2, 3)}


def test_a_call_for_consortia_pays_no_smaller_team(by_least: dict[int, tuple[np.ndarray, np.ndarray]]):
    assert len(by_least[3][1]) > 30
    assert (by_least[2][1].min(), by_least[3][1].min()) == (2, 3)


def test_a_call_for_consortia_brings_forth_larger_ones(by_least: dict[int, tuple[np.ndarray, np.ndarray]]):
    """Of all that is agreed on, for who may apply invites until the team is large enough."""
    assert min(len(agreed) for agreed, _ in by_least.values()) > 80
    assert by_least[3][0].mean() > by_least[2][0].mean() + 0.15
    assert np.mean(by_least[3][0] >= 3) > 2.0 * np.mean(by_least[2][0] >= 3)


def test_a_call_that_nobody_knows_changes_no_team():
    """The larger consortia are for the money, not for a number in a file."""
    sizes = []
    for least in (2, 4):
        seen: list[int] = []
        call = programme("grants", dose=0.5, scope="any", least_members=least, awareness=0.0)
        unknown = {"grants": call}
        for chunks in lived(world_with(1, unknown, ("behaviour.public.word_of_mouth=0",)), 1, lambda world: world.flows.agreed):
            seen += [size for chunk in chunks for size in chunk["size"].tolist()]
        sizes.append(seen)
    assert sizes[0] == sizes[1] != []


# whether states have signed


def abroad(signed: bool, overrides: tuple[str, ...] = (), **shocks: Any) -> tuple[int, int]:
    """(cross-border projects started that the call pays, that nobody pays), over some histories."""
    paid, own = 0, 0
    call = programme("grants_cross_border", dose=0.5, signed=signed)
    for seed in SEEDS[:3]:
        world = world_with(seed, {"grants_cross_border": call, **shocks}, overrides)
        for chunks in lived(world, 8, lambda world: world.flows.started):
            for chunk in chunks:
                crosses = chunk["cross_border"]
                paid += int(np.count_nonzero(crosses & (chunk["programme"] >= 0)))
                own += int(np.count_nonzero(crosses & (chunk["programme"] < 0)))
    return paid, own


def test_an_award_of_a_signed_programme_needs_no_consent_and_nothing_else_does_without():
    assert abroad(signed=False, overrides=NEVER) == (0, 0)
    paid, own = abroad(signed=True, overrides=NEVER)
    assert paid > 5
    assert own == 0


def test_where_states_consent_at_times_a_signed_programme_starts_more():
    assert abroad(signed=True)[0] > abroad(signed=False)[0] > 0


def test_a_signed_programme_opens_no_closed_border():
    shut = programme("border_closed", between=("eaeu", "eaeu"), dose=1.0)
    assert border(world_with(1), shut.between).sum() == len(world_with(1).countries) * (len(world_with(1).countries) - 1)
    assert abroad(signed=True, shut=shut) == (0, 0)


# how many meetings one asks for


def asked(seed: int, appointments: int, **changes: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Who asks whom at the events of a quarter, event by event."""
    events = programme("matchmaking", dose=0.5, attendance=1.0, appointments=appointments, **changes)
    world = world_with(seed, {"matchmaking": events})
    world.flows = Flows.empty(world.population.capacity, len(world.countries))
    govern(world)
    return [(met.a, met.b) for met in events.meet(world, world.programmes["matchmaking"])]


EVENTS = [{"form": "b2b"}, {"form": "c2c"}, {"form": "b2b", "random_pairs": True}, {"form": "c2c", "screened": False}]


@pytest.mark.parametrize("changes", EVENTS)
def test_the_first_choice_is_the_same_however_many_appointments_one_has(changes: dict[str, Any]):
    for seed in SEEDS[:2]:
        one, four = asked(seed, 1, **changes), asked(seed, 4, **changes)
        assert len(one) == len(four) > 0
        for (a, b), (more_a, more_b) in zip(one, four, strict=True):
            _, first = np.unique(more_a, return_index=True)
            assert dict(zip(a.tolist(), b.tolist(), strict=True)) == dict(zip(more_a[first].tolist(), more_b[first].tolist(), strict=True))
            assert len(np.unique(a)) == len(a)


@pytest.mark.parametrize("changes", EVENTS)
def test_more_appointments_never_bring_fewer_meetings(changes: dict[str, Any]):
    """Before attention is counted: whom one would ask with fewer one asks with more, and nobody twice."""
    for seed in SEEDS[:2]:
        by_number = {number: asked(seed, number, **changes) for number in (1, 2, 5)}
        pairs = {number: [set(zip(a.tolist(), b.tolist(), strict=True)) for a, b in each] for number, each in by_number.items()}
        for number, each in by_number.items():
            for (a, _), distinct in zip(each, pairs[number], strict=True):
                assert len(distinct) == len(a)
                assert not len(a) or np.bincount(a).max() <= number
        for fewer, more in ((1, 2), (2, 5)):
            assert all(few <= many for few, many in zip(pairs[fewer], pairs[more], strict=True))
        assert sum(map(len, pairs[5])) > sum(map(len, pairs[1]))
