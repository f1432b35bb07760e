"""Lessons: they are whole, everything wrong in a file is one line, and their findings are read off paired runs."""

import math
from pathlib import Path
from typing import Any
from unicodedata import name

import numpy as np
import pytest
import yaml

from benchmarks import lessons as benchmark
from benchmarks import lived
from sim.config_check import ConfigError
from sim.explorer import finding
from sim.explorer.cradle import Cradle
from sim.explorer.finding import End, effect, ends, judge, seen
from sim.explorer.lessons import SHIPPED, TWIN, Claim, lessons, read
from sim.explorer.limits import load_limits
from sim.explorer.session import Session
from sim.simulate import run
from sim.world import World

ASKED = {"anyway", "events_or_money", "lock_in", "platform_members", "council", "rich_and_poor", "hub_and_spoke"}
"""What was asked for; there may be more."""
SEEDS = 200
"""Of docs/lessons.md."""
CRADLE = Cradle(64_000_000)


def claim(**changes: Any) -> Claim:
    return Claim(**{"outcome": "innovations", "arm": "a", "direction": "up", **changes})


def changed(folder: Path, *path: str | int, value: Any = None, called: str = "mine") -> Path:
    """A copy of a lesson with one thing changed."""
    tree = yaml.safe_load((SHIPPED / "events_or_money.yaml").read_text(encoding="utf-8"))
    at = tree
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    file = folder / f"{called}.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return file


def test_all_lessons_are_there_in_two_languages_and_in_one_order() -> None:
    found = lessons()
    assert set(found) >= ASKED
    assert [each.order for each in found.values()] == sorted({each.order for each in found.values()})
    for lesson in found.values():
        parts = [lesson.title, lesson.text, lesson.question, lesson.finding.text, lesson.note, *(arm.label for arm in lesson.arms.values())]
        for words in parts:
            assert words.en.isascii()
            assert sum("CYRILLIC" in name(letter, "") for letter in words.ru) > len(words.ru) / 2
            assert words.en.endswith(("?", ".")) == words.ru.endswith(("?", "."))
        assert lesson.question.en.endswith("?")
        assert lesson.finding.claims


@pytest.mark.parametrize("stem", sorted(lessons()))
def test_a_lesson_opens_within_the_limits_with_its_levers_and_the_presets(stem: str) -> None:
    lesson, limits = lessons()[stem], load_limits()
    for arm, each in lesson.arms.items():
        session = lesson.opened(CRADLE, arm)
        limits.admit(session.setting, session.timetable)
        assert session.timetable == (*session.plan.timetable, *each.entries)
    assert lesson.opened(CRADLE).timetable == lesson.opened(CRADLE, next(iter(lesson.arms))).timetable
    assert lesson.opened(CRADLE, seed=9).setting.seed == 9


SET = ("arms", "money", "timetable", 0, "set")
WRONG = {
    "a misspelt key": (("minuts",), 3, "lesson mine.minuts: no such key (value 3); did you mean 'minutes'?"),
    "no words": (("title", "ru"), " ", "lesson mine.title: ru: found no words"),
    "no such world": (("setting", "world"), "dmo", "lesson mine.setting.world: found 'dmo'; allowed: "),
    "no such seed": (("setting", "seed"), "1", "lesson mine.setting.seed: found '1'; allowed: a whole number"),
    "no arm": (("arms",), {}, "lesson mine.arms: found a mapping (empty); allowed: at least one arm"),
    "an arm called as the twin": (("arms", "twin"), {"label": {"en": "x", "ru": "y"}, "timetable": []}, "lesson mine.arms: found 'twin'"),
    "no timetable": (("arms", "money", "timetable"), 5, "lesson mine.arms.money.timetable: found 5; allowed: a list"),
    "a misspelt instrument": (SET, {"instrument.grant.dose": 0.1}, "did you mean 'grants'?"),
    "a dose out of range": (SET, {"instrument.grants.dose": 7}, "found 7; allowed: a number from 0 to 1"),
    "no such sector": (SET, {"instrument.grants.target.sectors": ["biotec"]}, "did you mean 'biotech'?"),
    "after the end": (("arms", "money", "timetable", 0, "at"), 16, "money.timetable[0].at: found 16; allowed: a whole number from 0 to 15"),
    "a chart, which is always the lesson's own": (("chart",), "ties", "lesson mine.chart: no such key (value 'ties')"),
    "a misspelt indicator": (("indicator",), "inovations", "did you mean 'innovations'?"),
    "a place that is none": (("place",), "RU", "lesson mine.place: found 'RU'; allowed: RUS, "),
    "a misspelt outcome": (("finding", "claims", 0, "outcome"), "projects_startd", "did you mean 'projects_started'?"),
    "an outcome that is a label": (("finding", "claims", 0, "outcome"), "seed", "lesson mine.finding.claims[0].outcome: found 'seed'"),
    "of countries alone": (("finding", "claims", 0, "outcome"), "index_rank", "claims[0].outcome: found 'index_rank'; allowed: "),
    "a country that is not there": (("finding", "claims", 0, "outcome"), "innovations_DEU", "claims[0].outcome: found 'innovations_DEU'"),
    "a misspelt arm": (("finding", "claims", 0, "arm"), "event", "found 'event'; allowed: events, money; did you mean 'events'?"),
    "an arm against itself": (("finding", "claims", 0, "against"), "events", "claims[0].against: found 'events'; allowed: twin, money"),
    "over itself": (("finding", "claims", 0, "over"), "events", "claims[0].over: found 'events'; allowed: twin, or another arm"),
    "over and against": (("finding", "claims", 0, "over"), "money", "claims[0].over: found 'money'; allowed: twin, or another arm"),
    "a direction that is none": (("finding", "claims", 0, "direction"), "upp", "allowed: up, down, none; did you mean 'up'?"),
    "nothing, but how near": (("finding", "claims", 0, "direction"), "none", "claims[0].within: found nothing; allowed: a number above 0"),
    "a share of a ratio": (("finding", "claims", 0, "share"), 0.9, "claims[0].share: found 0.9; allowed: a number from 0.5 to 1"),
    "less than half of the seeds": (("finding", "claims", 3, "share"), 0.1, "claims[3].share: found 0.1; allowed: a number from 0.5 to 1"),
    "no claim": (("finding", "claims"), [], "lesson mine.finding.claims: found []; allowed: at least one claim"),
    "minutes of a day": (("minutes",), 1440, "lesson mine.minutes: found 1440; allowed: a whole number from 1 to 240"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_a_lesson_is_said_in_one_line(what: str, tmp_path: Path) -> None:
    path, value, words = WRONG[what]
    with pytest.raises(ConfigError) as refused:
        read(changed(tmp_path, *path, value=value))
    assert words in str(refused.value)
    assert str(refused.value).startswith("lesson mine")
    assert "\n" not in str(refused.value)


def test_a_lesson_has_a_plain_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="allowed: a file name of small letters, digits and _"):
        read(changed(tmp_path, "order", value=1, called="My Lesson"))


def test_a_lesson_of_ones_own_joins_or_replaces_the_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lesson").mkdir()
    changed(tmp_path / "lesson", "order", value=50)
    changed(tmp_path / "lesson", "order", value=60, called="anyway")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(tmp_path))
    found = lessons()
    assert list(found)[-2:] == ["mine", "anyway"]
    assert found["anyway"].title == found["events_or_money"].title


def ended(**numbers: float) -> End:
    return End(numbers, (), ())


def by_seed(innovations: list[float], cost: list[float]) -> list[End]:
    return [ended(innovations=one, public_cost=other) for one, other in zip(innovations, cost, strict=True)]


def test_a_claim_is_about_paired_differences() -> None:
    runs = {TWIN: by_seed([10.0, 20.0, 0.0], [5.0, 5.0, 5.0])}
    runs |= {"a": by_seed([12.0, 21.0, 3.0], [6.0, 7.0, 8.0]), "b": by_seed([10.0, 20.0, 1.0], [6.0, 6.0, 6.0])}
    assert effect(claim(), runs).tolist() == [2.0, 1.0, 3.0]
    assert effect(claim(against="b"), runs).tolist() == [2.0, 1.0, 2.0]
    assert effect(claim(over="b"), runs).tolist() == [2.0, 1.0, 2.0]
    over = effect(claim(per="public_cost"), runs)
    assert over.mean() == pytest.approx((2 + 1 + 3) / (1 + 2 + 3))
    assert effect(claim(per="public_cost", against="b"), runs).mean() == pytest.approx(1.0 - 1 / 3)
    assert effect(claim(per="public_cost", over="b"), runs).mean() == pytest.approx((2 + 1 + 2) / (0 + 1 + 2))


def test_a_class_draws_no_ratio_over_next_to_nothing_and_one_luck_by_itself_has_one_over_all_but_nothing() -> None:
    runs = {TWIN: by_seed([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]), "a": by_seed([2.0, 6.0, 9.0], [4.0, 4.0, 0.01])}
    assert seen(claim(), runs).tolist() == [2.0, 6.0, 9.0]
    assert seen(claim(per="public_cost"), runs).tolist()[:2] == [0.5, 1.5]
    assert math.isnan(seen(claim(per="public_cost"), runs)[2])
    assert seen(claim(per="public_cost"), {arm: each[2:] for arm, each in runs.items()}).tolist() == pytest.approx([900.0])
    assert effect(claim(per="public_cost"), runs).mean() == pytest.approx(17 / 8.01)
    assert np.isnan(seen(claim(per="public_cost"), {TWIN: runs[TWIN], "a": runs[TWIN]})).all()


def test_what_would_have_started_anyway_is_what_starts_in_the_arm_that_something_is_added_to() -> None:
    """Partners 2 met at events and would have started without the call; against the twin they look like the call's doing."""
    events = End({}, ((1, "", 1.0), (2, "", 1.0)), ("matchmaking",))
    both = End({}, ((1, "grants", 1.0), (2, "grants", 1.0), (3, "grants", 1.0), (3, "", 1.0)), ("matchmaking", "grants"))
    runs = {TWIN: [End({}, ((1, "", 1.0),), ())], "a": [both], "events": [events]}
    share = {"outcome": "funded_anyway", "per": "funded_started"}
    assert effect(claim(**share), runs).tolist() == pytest.approx([1 / 3])
    assert effect(claim(**share, over="events"), runs).tolist() == pytest.approx([2 / 3])
    assert effect(claim(outcome="started_additional", over="events"), runs).tolist() == [2.0]


@pytest.mark.parametrize(
    ("values", "asked", "holds"),
    [
        ([1.0, 2.0, 3.0, 2.0], {}, True),
        ([1.0, 2.0, 3.0, 2.0], {"direction": "down"}, False),
        ([-1.0, -2.0, -3.0, -2.0], {"direction": "down"}, True),
        ([1.0, 2.0, 3.0, 2.0], {"than": 1.9}, False),  # the interval reaches below it
        ([1.0, 2.0, 3.0, 2.0], {"share": 1.0}, True),
        ([0.0, 2.0, 2.0, 2.0, 2.0, 2.0], {"share": 1.0}, False),
        ([0.0, 2.0, 2.0, 2.0, 2.0, 2.0], {"share": 0.8}, True),
        ([-0.1, 0.1, 0.0, 0.05], {"direction": "none", "within": 0.5}, True),
        ([-0.1, 0.1, 0.0, 0.05], {"direction": "none", "within": 0.05}, False),
        ([1.9, 2.1, 2.0, 2.05], {"direction": "none", "within": 0.5, "than": 2.0}, True),
        ([1.0], {}, False),  # one luck is no finding
    ],
)
def test_a_verdict_needs_the_whole_interval_and_the_share(values: list[float], asked: dict[str, Any], holds: bool) -> None:
    assert judge(claim(**asked), np.array(values)).holds is holds


def test_an_interval_is_that_of_student() -> None:
    found = judge(claim(), np.array([1.0, 2.0, 3.0]))
    assert (found.mean, found.above, found.below, found.seeds) == (2.0, 1.0, 0.0, 3)
    assert found.high - found.mean == pytest.approx(4.302653 / 3**0.5)


def test_numbers_are_those_of_the_end_and_the_same_without_levers() -> None:
    lesson = lessons()["anyway"]
    session = lesson.opened(CRADLE)
    with pytest.raises(ValueError, match="end of a run"):
        ends(session)
    session.run()
    policy, twin = ends(session)
    assert policy.numbers.keys() == twin.numbers.keys()
    assert policy.numbers["ties"] == session.history().curve("ties").policy[-1] == policy.numbers["ties_end"]
    runs = {"call": [policy], TWIN: [twin]}
    paid, anyway = (effect(claim(outcome=name, arm="call"), runs)[0] for name in ("funded_started", "funded_anyway"))
    assert paid > anyway > 0.0
    matched = effect(claim(outcome="started_additional", arm="call"), runs) - effect(claim(outcome="started_displaced", arm="call"), runs)
    assert matched[0] == pytest.approx(effect(claim(outcome="projects_started", arm="call"), runs)[0])
    idle = Session(lesson.setting, CRADLE)
    idle.run()
    one, other = ends(idle)
    assert one == other
    assert other == twin


def test_every_outcome_a_claim_may_name_has_a_number() -> None:
    lesson = lessons()["anyway"]
    session = lesson.opened(CRADLE)
    session.run()
    policy, _ = ends(session)
    known = benchmark.outcomes_known(lesson.countries)
    assert set(known) - set(policy.numbers) == set(finding.MATCHED)
    assert not [name for name in known if name not in finding.MATCHED and math.isnan(policy.numbers[name])]


def test_the_command_checks_a_lesson_over_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    code = benchmark.main(["--lesson", "rich_and_poor", "--seeds", "3", "--workers", "1"])
    page = capsys.readouterr().out
    claims = lessons()["rich_and_poor"].finding.claims
    assert code == 0
    assert f"{len(claims)} of {len(claims)} claims hold" in page
    assert page.count("| holds |") == len(claims)


def test_the_command_says_where_a_finding_is_not_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = lessons()["rich_and_poor"]
    runs = [{"poor": _drawn(0.1 * n, 50.0), "rich": _drawn(400.0 + n, 300.0), TWIN: _drawn(0.0, 0.0)} for n in range(4)]
    monkeypatch.setattr(benchmark, "_runs", lambda *_: [{"rich_and_poor": run} for run in runs])
    assert benchmark.main(["--lesson", "rich_and_poor", "--seeds", "4"]) == 1
    assert capsys.readouterr().out.count("**does not hold**") == len(lesson.finding.claims)


def _drawn(research: float, cost: float) -> End:
    return ended(research_total=research, research_private=research, public_cost=cost)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lesson", "lockin"], "did you mean 'lock_in'?"),
        (["--seeds", "1"], "--seeds: found 1; allowed: 2 or more"),
        (["--lesson", "lock_in", "--write"], "--write: found one lesson"),
    ],
)
def test_the_command_refuses_what_is_wrong_in_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_rounding_of_sums_is_no_effect() -> None:
    runs = {TWIN: [ended(innovations=1e6)], "a": [ended(innovations=1e6 * (1 + finding.ROUNDING / 10))]}
    assert effect(claim(), runs).tolist() == [0.0]


def test_what_was_lived_is_kept_and_only_another_model_lives_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = lessons()["rich_and_poor"]
    found = lived.Seed(1, tmp_path).ends(lesson)
    session = lesson.opened(CRADLE, "poor", 1)
    session.run()
    assert (found["poor"], found[TWIN]) == ends(session)
    monkeypatch.setattr(lived, "run", lambda *_: pytest.fail("lived again"))
    assert lived.Seed(1, tmp_path).ends(lesson) == found
    monkeypatch.setattr(lived, "model_sha256", lambda: "another")
    with pytest.raises(pytest.fail.Exception, match="lived again"):
        lived.Seed(1, tmp_path).ends(lesson)


def test_a_run_that_was_stopped_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson, asked = lessons()["rich_and_poor"], []

    def stopped(world: World, until: int) -> None:
        asked.append(until)
        if len(asked) == 3:
            raise KeyboardInterrupt
        run(world, until)

    monkeypatch.setattr(lived, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        lived.Seed(2, tmp_path).ends(lesson)
    lived.Seed(2, tmp_path).ends(lesson)
    assert len(asked) == 4  # the twin and the first arm were there


@pytest.mark.parametrize("stem", sorted(lessons()))
def test_the_page_of_findings_is_of_two_hundred_seeds_and_todays_levers_and_claims(stem: str) -> None:
    page, lesson = benchmark.DOCS.read_text(encoding="utf-8"), lessons()[stem]
    assert f": {SEEDS} seeds." in page
    section = page.split(f"\n## {lesson.title.en}\n")[1].split("\n## ")[0]
    assert f"`{benchmark.digest(lesson)}`" in section
    for words in (lesson.text, lesson.question, lesson.finding.text, lesson.note):
        assert words.en in section
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert [row.split(" | ")[0] for row in rows] == [f"| {benchmark.said(lesson, each)}" for each in lesson.finding.claims]
    assert all(row.endswith("| holds |") for row in rows)


def test_a_checksum_knows_levers_and_claims_and_no_words(tmp_path: Path) -> None:
    same = read(changed(tmp_path, "title", value={"en": "Other", "ru": "Иное"}))
    dose = read(changed(tmp_path, *SET, "instrument.grants.dose", value=0.02, called="dose"))
    than = read(changed(tmp_path, "finding", "claims", 0, "than", value=0.1, called="than"))
    shipped = benchmark.digest(lessons()["events_or_money"])
    assert benchmark.digest(same) == shipped
    assert len({shipped, benchmark.digest(dose), benchmark.digest(than)}) == 3
