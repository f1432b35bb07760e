"""Burn-ins: shared where nothing early differs, lived once however many ask, bounded, and no failure is kept."""

import threading
from dataclasses import replace

import pytest

from sim.explorer import cradle as module
from sim.explorer.cradle import Cradle
from sim.timetable import Entry
from sim.world import World
from tests.state import differences, state
from tests.worlds import demo_config

TIME = {"burn_in": 3, "programme": 2, "after": 1}


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seeds of the burn-ins that are lived."""
    seeds: list[int] = []
    real = module.burn_in

    def counted(config, seed):
        seeds.append(seed)
        return real(config, seed)

    monkeypatch.setattr(module, "burn_in", counted)
    return seeds


def test_what_begins_later_shares_a_burn_in_and_what_is_there_before_does_not(count: list[int]) -> None:
    config, cradle = demo_config("scenario=grants", **TIME), Cradle(10**8)
    first = cradle.snapshot(config, 1)
    later = replace(config, world=replace(config.world, programme=5), timetable=(Entry(at=0, set={"instrument.grants.dose": 0.3}),))
    assert cradle.snapshot(later, 1) is first
    assert cradle.snapshot(demo_config(**TIME), 1) is first
    assert count == [1]
    others = [
        demo_config("instrument.national_grants.dose=0.02", **TIME),
        demo_config("behaviour.search.seen=2", **TIME),
        demo_config("record.focus=[ict]", **TIME),
        demo_config(**(TIME | {"burn_in": 4})),
    ]
    assert len({cradle.snapshot(each, 1) for each in [config, *others]}) == 5
    assert cradle.snapshot(config, 2) != first
    assert count == [1] * 5 + [2]


def test_a_world_goes_on_from_it_as_if_it_had_lived_it() -> None:
    config = demo_config("scenario=meet_then_pay", **TIME)
    through = World(config, 5)
    module_step(through, 3)
    assert differences(state(World.resume(Cradle(10**8).snapshot(config, 5), config)), state(through)) == []


def module_step(world: World, quarters: int) -> None:
    from sim.simulate import run

    run(world, quarters)


def test_the_least_used_are_given_up(count: list[int]) -> None:
    config = demo_config(**TIME)
    size = len(Cradle(10**9).snapshot(config, 1))
    cradle = Cradle(int(2.5 * size))
    for seed in (1, 2, 1, 3):
        cradle.snapshot(config, seed)
        assert cradle.bytes() <= cradle.most_bytes
    del count[:]
    cradle.snapshot(config, 1)
    cradle.snapshot(config, 3)
    assert count == []
    cradle.snapshot(config, 2)
    assert count == [2]
    tiny = Cradle(1)
    assert tiny.snapshot(config, 1) == tiny.snapshot(config, 1)  # the last one stays, whatever its size


def test_many_who_ask_at_once_live_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    config, cradle, asked, go = demo_config(**TIME), Cradle(10**8), [], threading.Event()

    def slow(early, seed):
        asked.append(seed)
        go.wait(10)
        return b"world"

    monkeypatch.setattr(module, "burn_in", slow)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(cradle.snapshot(config, 1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(10)
    assert found == [b"world"] * 8
    assert asked == [1]


def test_a_failure_is_told_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    config, cradle = demo_config(**TIME), Cradle(10**8)

    def broken(early, seed):
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(module, "burn_in", broken)
        with pytest.raises(MemoryError):
            cradle.snapshot(config, 1)
    assert cradle.snapshot(config, 1)
