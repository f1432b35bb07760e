"""Limits: places are bounded and given up, play has a pace, and a file that says nonsense is refused by name."""

import shutil
import threading
from pathlib import Path

import pytest

from sim.commands.folders import SHIPPED
from sim.config_check import ConfigError
from sim.explorer.limits import Refused, Visitors, load_limits
from sim.explorer.setting import Setting
from tests.sim.explorer.test_link import LIMITS


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visitors(clock: Clock) -> Visitors:
    return Visitors(LIMITS, clock)


def test_places_are_as_many_as_the_limits_say(visitors: Visitors) -> None:
    for name in ("a", "b", "c", "a"):
        assert visitors.enter(name) == []
    with pytest.raises(Refused, match="All 3 places are taken: please try again in a few minutes") as refused:
        visitors.enter("d")
    assert (refused.value.key, refused.value.found, refused.value.allowed) == ("sessions", 3, 3)
    assert len(visitors) == 3
    visitors.leave("b")
    visitors.leave("b")
    visitors.enter("d")
    assert len(visitors) == 3


def test_who_does_nothing_gives_up_the_place(visitors: Visitors, clock: Clock) -> None:
    for name in ("a", "b", "c"):
        visitors.enter(name)
    clock.now += 599.0
    visitors.active("b")
    assert visitors.idle() == []
    clock.now += 2.0
    assert visitors.enter("d") == ["a", "c"]
    assert len(visitors) == 2
    with pytest.raises(Refused, match="Nothing happened here for 10 minutes, so the place was given up: please reload"):
        visitors.active("a")
    visitors.active("b")
    clock.now += 601.0
    assert visitors.idle() == ["b", "d"]
    assert len(visitors) == 0


def test_reading_keeps_a_place_and_gives_none(visitors: Visitors, clock: Clock) -> None:
    visitors.enter("a")
    clock.now += 500.0
    visitors.touch("a")
    visitors.touch("stranger")
    clock.now += 500.0
    assert visitors.idle() == []
    assert (visitors.here("a"), visitors.here("stranger")) == (True, False)


def test_a_browser_has_a_few_of_the_places(visitors: Visitors) -> None:
    visitors.enter("a", "browser")
    visitors.enter("b", "browser")
    visitors.enter("a", "browser")
    with pytest.raises(Refused, match="has 2 pages open already") as refused:
        visitors.enter("c", "browser")
    assert refused.value.key == "browser"
    visitors.leave("a")
    visitors.enter("c", "browser")
    visitors.enter("d", "other")


def test_play_has_a_pace_of_its_own_for_everybody(visitors: Visitors, clock: Clock) -> None:
    assert [visitors.pause("a") for _ in range(3)] == [0.0, 0.25, 0.5]
    assert visitors.pause("b") == 0.0
    clock.now += 0.6
    assert visitors.pause("a") == pytest.approx(0.15)
    clock.now += 9.0
    assert visitors.pause("a") == 0.0
    visitors.leave("a")
    assert visitors.pause("a") == 0.0


def test_many_at_the_door_at_once_get_no_more_places(visitors: Visitors) -> None:
    turned_away: list[str] = []

    def come(name: str) -> None:
        try:
            visitors.enter(name)
        except Refused:
            turned_away.append(name)

    threads = [threading.Thread(target=come, args=(str(n),)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(visitors) == 3
    assert len(turned_away) == 37


def test_a_world_is_let_in_by_its_size() -> None:
    LIMITS.admit(Setting("demo", "grants", 1))
    LIMITS.admit(Setting("demo", "grants", 1, 2000))
    with pytest.raises(Refused, match=r"A world of 5,198 organisations is too large for this server: please choose at most 2,000\."):
        LIMITS.admit(Setting("eaeu", "status_quo", 1))
    LIMITS.admit(Setting("eaeu", "status_quo", 1, 1500))


def own(folder: Path, monkeypatch: pytest.MonkeyPatch, old: str = "", new: str = "") -> None:
    """A folder of one's own with the shipped file, one thing changed."""
    text = (SHIPPED / "explorer.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "explorer.yaml").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(folder))


def test_a_file_of_ones_own_is_read_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load_limits()
    own(tmp_path, monkeypatch, f"sessions: {shipped.sessions}", "sessions: 5")
    assert load_limits().sessions == 5
    shutil.rmtree(tmp_path)
    monkeypatch.delenv("CROSSCLUSTER_CONFIGS")
    assert load_limits() == shipped
    assert shipped.sessions >= 40


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sessions: 60", "sessions: many", "explorer.sessions: found 'many'; allowed: a whole number from 1 to 10000"),
        ("sessions: 60", "session: 60", "explorer.session: no such key (value 60); did you mean 'sessions'?"),
        ("idle_minutes: 30", "idle_minutes: 0", "explorer.idle_minutes: found 0; allowed: a number from 0.1 to 10000"),
        ("changes: 400 ", "#", "explorer.changes: missing; allowed: a whole number"),
        ("world: demo", "world: dmo", "world: found 'dmo'; allowed: demo"),
        ("organisations: null", "organisations: 50000", "explorer.start: found 50000 organisations; allowed: at most 3000"),
        ("organisations: 3000", "organisations: 200", "explorer.start: found 300 organisations; allowed: at most 200"),
        ("seed: 1", "seed: ${oc.env:HOME}", "refused: values are written out"),
    ],
)
def test_a_file_that_says_nonsense_is_refused(old: str, new: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(tmp_path, monkeypatch, old, new)
    with pytest.raises(ConfigError) as refused:
        load_limits()
    assert says in str(refused.value)
