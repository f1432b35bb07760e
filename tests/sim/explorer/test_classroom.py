"""A class: codes that cannot be guessed, an own seed for each, and a histogram of what everybody found."""

import hmac
import threading

import numpy as np
import pytest

from sim.explorer import classroom as module
from sim.explorer.classroom import CODE, FIRST, LAST, LETTERS, TRIES, Classroom, arm_of
from sim.explorer.cradle import Cradle
from sim.explorer.finding import effect, ends, judge, seen
from sim.explorer.lessons import TWIN, lessons
from sim.explorer.limits import Refused
from sim.explorer.session import Session

CRADLE = Cradle(64_000_000)
NAME = "rich_and_poor"
ABSENT = 10.0
"""Minutes."""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def room(places: int = 40, clock: Clock | None = None) -> Classroom:
    return Classroom(lessons(), places, ABSENT, 1, clock or Clock())


def lived(name: str, arm: str, seed: int) -> Session:
    session = lessons()[name].opened(CRADLE, arm, seed)
    session.run()
    return session


def test_codes_are_drawn_anew_for_every_class() -> None:
    rooms = [room() for _ in range(50)]
    assert len({each.code for each in rooms}) == len({each.key for each in rooms}) == 50
    assert all(len(each.code) == CODE and set(each.code) <= set(LETTERS) for each in rooms)
    assert len(LETTERS) ** CODE > 1e11
    assert not set(LETTERS) & set("01OIL")
    assert all(len(each.key) >= 32 for each in rooms)


def test_every_student_has_an_own_seed_and_keeps_it() -> None:
    one = room()
    assert [one.join("a", name, one.code) for name in ("ann", "bob", "ann", "eve", "bob")] == [1, 2, 1, 3, 2]
    assert one.join("a", "zoe", f" {one.code[:4].lower()}-{one.code[4:]} ") == 4
    assert (one.seed("bob"), one.seed("nobody"), one.students()) == (2, None, 4)


@pytest.mark.parametrize("typed", ["", "ABCDEFGH", "привет", "\ud800", "x" * 10_000])
def test_a_wrong_code_opens_nothing(typed: str) -> None:
    one = room()
    with pytest.raises(Refused, match="not the code"):
        one.join("a", "ann", typed)
    assert (one.seed("ann"), one.students()) == (None, 0)


def test_places_are_bounded() -> None:
    one = room(places=2)
    one.join("a", "ann", one.code)
    one.join("a", "bob", one.code)
    with pytest.raises(Refused, match="All 2 places"):
        one.join("a", "eve", one.code)
    assert one.join("a", "ann", one.code) == 1


def wrong(one: Classroom, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Refused, match="not the code"):
            one.join(address, "x", "wrong")


def test_wrong_codes_are_limited_by_address_and_for_a_minute() -> None:
    clock = Clock()
    one = room(clock=clock)
    wrong(one, "a", TRIES)
    with pytest.raises(Refused, match="wait a minute"):
        one.join("a", "ann", one.code)
    assert one.teaches("a", one.key)
    assert one.join("b", "bob", one.code) == 1
    clock.now += 61
    assert one.join("a", "ann", one.code) == 2


def test_strangers_at_many_addresses_do_not_lock_the_class_out_and_are_forgotten() -> None:
    clock = Clock()
    one = room(clock=clock)
    for n in range(200):
        wrong(one, f"address {n}", 1)
    assert one.join("a new one", "ann", one.code) == 1
    assert len(one._wrong) == 200
    clock.now += 61
    one.join("a new one", "bob", one.code)
    assert len(one._wrong) == 0


def test_the_teachers_key_is_another_one_and_a_browser_that_has_shown_it_need_not_again() -> None:
    one = room()
    for wrong_key in (one.code, "ключ", "\ud800", *[""] * (TRIES + 1)):
        assert not one.teaches("t", wrong_key)
    assert one.teaches("t", one.key)
    assert one.teaches("t")
    assert not one.teaches("another")
    assert one.join("t", "ann", one.code) == 1  # looking at the teacher's page is no wrong code


def test_a_teachers_browser_keeps_lesson_and_claim_and_nobody_elses_does() -> None:
    one = room()
    first = next(iter(one.lessons)), 0
    one.teaches("t", one.key)
    one.open("t", NAME, 2)
    one.open("a student", NAME, 1)
    assert [one.opened(each) for each in ("t", "a student", "another")] == [(NAME, 2), first, first]


def test_seeds_are_others_in_every_class_and_none_that_findings_were_made_with() -> None:
    first = [Classroom(lessons(), 40, ABSENT).first for _ in range(20)]
    assert len(set(first)) == 20
    assert all(FIRST <= each <= LAST for each in first)
    assert FIRST > 200
    one = Classroom(lessons(), 40, ABSENT, first=first[0])
    assert [one.join("a", name, one.code) for name in ("ann", "bob")] == [first[0], first[0] + 1]


def test_a_newcomer_gets_the_place_of_whoever_is_absent_longest() -> None:
    clock = Clock()
    one = room(places=3, clock=clock)
    for name in ("ann", "bob", "eve"):
        one.join("a", name, one.code)
        one.come(name, f"page of {name}")
    one.come("bob", "another page of bob")
    clock.now += 60 * ABSENT + 1  # all are here, reading
    with pytest.raises(Refused, match="All 3 places"):
        one.join("a", "new", one.code)
    for page in ("page of bob", "page of bob", "another page of bob"):
        one.go("bob", page)
    clock.now += 30
    one.go("ann", "page of ann")
    assert (one.here(), one.students()) == (1, 3)
    clock.now += 60 * ABSENT - 10  # bob for long enough, ann not
    assert one.join("a", "new", one.code) == 4
    assert [one.seed(name) for name in ("ann", "bob", "eve", "new")] == [1, None, 3, 4]
    with pytest.raises(Refused, match="All 3 places"):
        one.join("a", "bob", one.code)
    one.come("ann", "page of ann")
    clock.now += 60 * ABSENT + 1
    assert one.join("a", "bob", one.code) == 5  # of the newcomer, who never opened a page
    assert one.seed("ann") == 1
    one.come("stranger", "page")
    assert one.here() == 2


def test_codes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(module.hmac, "compare_digest", lambda a, b: asked.append((a, b)) or a == b)
    one = room()
    assert one.join("a", "ann", one.code) == 1
    assert one.teaches("a", one.key)
    assert len(asked) == 2
    assert hmac is module.hmac


def test_many_may_join_at_once() -> None:
    one, seeds = room(places=200), []
    threads = [threading.Thread(target=lambda n=n: seeds.append(one.join(f"{n % 5}", f"student {n}", one.code))) for n in range(200)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(seeds) == list(range(1, 201))


def test_the_teacher_sees_the_effects_of_all_who_finished() -> None:
    one, lesson = room(), lessons()[NAME]
    runs = {}
    for name in ("ann", "bob", "eve"):
        seed = one.join("a", name, one.code)
        for arm in lesson.arms:
            runs[arm, seed] = lived(NAME, arm, seed)
            if (name, arm) != ("eve", "rich"):
                assert one.report(name, NAME, runs[arm, seed]) == arm
    against = one.everyone(NAME, 0)  # needs both arms
    single = one.everyone(NAME, 2)  # rich alone
    every = {arm: [ends(runs[arm, seed])[0] for seed in (1, 2)] for arm in lesson.arms}
    every[TWIN] = [ends(runs["rich", seed])[1] for seed in (1, 2)]
    assert np.array_equal(against.values, effect(lesson.finding.claims[0], every))
    ratios = one.everyone(NAME, 3)  # own ratios are drawn, the mean is the ratio of means
    assert np.array_equal(ratios.values, seen(lesson.finding.claims[3], every))
    assert not np.array_equal(ratios.values, effect(lesson.finding.claims[3], every))
    assert ratios.found == judge(lesson.finding.claims[3], effect(lesson.finding.claims[3], every))
    assert len(single.values) == int(single.counts.sum()) == 2
    assert len(single.edges) == len(single.counts) + 1
    assert single.found is not None
    assert single.found.mean == pytest.approx(float(single.values.mean()), rel=0.05)
    assert one.report("ann", NAME, runs["poor", 1]) == "poor"  # once more changes nothing
    assert np.array_equal(one.everyone(NAME, 0).values, against.values)


def test_before_anybody_finished_there_is_nothing_and_one_is_no_finding() -> None:
    one = room()
    empty = one.everyone(NAME, 0)
    assert (len(empty.values), len(empty.counts), empty.found) == (0, 0, None)
    one.join("a", "ann", one.code)
    assert one.report("ann", NAME, lived(NAME, "rich", 1)) == "rich"
    alone = one.everyone(NAME, 2)
    assert (alone.counts.tolist(), alone.found) == ([1], None)
    with pytest.raises(KeyError):
        one.everyone("nothing", 0)


def test_only_a_run_of_the_lesson_to_its_end_on_the_own_seed_counts() -> None:
    one, lesson = room(), lessons()[NAME]
    one.join("a", "ann", one.code)
    early = lesson.opened(CRADLE, "poor", 1)
    early.step()
    assert one.report("ann", NAME, early) is None
    other = lived(NAME, "poor", 2)
    assert one.report("ann", NAME, other) is None
    assert one.report("nobody", NAME, lived(NAME, "poor", 1)) is None
    early.pull("instrument.neutral_cash.dose", 0.5)
    early.run()
    assert arm_of(lesson, early) is None
    assert one.report("ann", NAME, early) is None
    assert len(one.everyone(NAME, 2).values) == 0


def test_a_report_keeps_only_what_claims_are_about() -> None:
    one = room()
    one.join("a", "ann", one.code)
    one.report("ann", NAME, lived(NAME, "poor", 1))
    ((policy, twin),) = one._reports[NAME, "poor"].values()
    assert set(policy.numbers) == set(twin.numbers) == {"research_total", "research_private", "public_cost"}
    assert policy.starts == twin.starts == ()
