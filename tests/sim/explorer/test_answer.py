"""The charts of lessons, everybody's own numbers, and claims in words: what one luck shows, and what is expected."""

from dataclasses import replace

import numpy as np
import pytest

from sim.explorer.answer import answer, histogram
from sim.explorer.classroom import Everyone
from sim.explorer.colours import GREY, SERIES
from sim.explorer.finding import End, Found
from sim.explorer.history import Curve, History
from sim.explorer.lessons import TWIN, Claim, Lesson, lessons
from sim.explorer.telling import Lived, answered, asked, axis, expected, form, judged
from sim.explorer.words import LANGUAGES, Words

EN = Words("en")
CALL, OVER = 0, 2
"""Claims of the lesson `anyway`: a ratio of the call alone, and one of the call over events."""


@pytest.fixture
def anyway() -> Lesson:
    return lessons()["anyway"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ratio_has_the_units_of_both_its_sides(language: str) -> None:
    lesson, words = lessons()["once_or_regularly"], Words(language)
    ties, cost = words.of("unit", "ties"), words.of("unit", "mln int$ (present value)")
    units = {claim.per: axis(lesson, claim, words) for claim in lesson.finding.claims if claim.outcome == "ties_end"}
    assert units == {None: words("teacher.axis", unit=ties), "public_cost": words("teacher.axis", unit=f"{ties} / {cost}")}


def test_a_call_on_top_of_events_is_asked_against_events(anyway: Lesson) -> None:
    assert asked(anyway, anyway.finding.claims[OVER], EN).endswith(f"against {anyway.arms['events'].label.en}")


def test_dots_are_what_students_saw_and_the_line_is_the_mean_of_the_finding() -> None:
    found = Found(mean=0.5, low=0.4, high=0.6, above=1.0, below=0.0, seeds=3, holds=True)
    everyone = Everyone(np.array([0.25, 3.0, np.nan]), np.array([0.25, 3.0]), np.array([2]), found)
    chart = histogram(everyone, EN, "%", 100.0, 0.67)
    bars, dots = chart["series"]
    assert [at for at, _ in dots["data"]] == [25.0, 300.0]
    assert [at for at, _ in bars["data"]] == [25.0, 300.0]
    assert [mark["xAxis"] for mark in bars["markLine"]["data"]] == [67.0, 50.0]
    assert chart["xAxis"]["name"] == "%"
    untold = histogram(everyone, EN, "%", 100.0, None)["series"][0]
    assert [mark["xAxis"] for mark in untold["markLine"]["data"]] == [50.0]


CALL_LIVED: Lived = {"call": (End({}, ((1, "grants", 1.0), (2, "grants", 1.0)), ("grants",)), End({}, ((1, "", 1.0),), ()))}
"""The call pays two projects, of which one starts without it."""


def test_a_share_is_percent_of_something_and_what_is_not_lived_is_still_to_be_run(anyway: Lesson) -> None:
    claim = anyway.finding.claims[CALL]
    assert asked(anyway, claim, EN).startswith("of paid projects, those that the same partners would have started anyway: The call")
    assert answered(anyway, claim, CALL_LIVED, EN) == "50\u00a0% (1 of 2)"
    waiting = answered(anyway, anyway.finding.claims[OVER], CALL_LIVED, EN)
    assert waiting == "Still to be run to the end: Events from the start, the same call after a year; Events from the start"
    twin = CALL_LIVED["call"][1]
    assert answered(anyway, claim, {"call": (twin, twin)}, EN) == "No ratio, for there is nothing to divide by"


def test_below_a_finding_stands_what_is_expected_and_whether_this_luck_agrees(anyway: Lesson) -> None:
    claim = anyway.finding.claims[CALL]
    assert judged(anyway, claim, CALL_LIVED, EN).endswith(
        "The call, after a year, against the same luck without it. "
        "Seen: 50\u00a0% (1 of 2). Expected: on average above 67\u00a0%; not so on this luck."
    )
    assert judged(anyway, replace(claim, than=0.4), CALL_LIVED, EN).endswith("on average above 40\u00a0%; so it is on this luck.")
    assert judged(anyway, anyway.finding.claims[OVER], CALL_LIVED, EN).endswith(
        "against Events from the start. "
        "Still to be run to the end: Events from the start, the same call after a year; Events from the start. "
        "Expected: on average above 67\u00a0%."
    )


def ended(**numbers: float) -> tuple[End, End]:
    """An arm with these numbers, and a twin that has none of anything but a quarter in every share."""
    return End(numbers, (), ()), End({name: 0.25 if name == "hub_share" else 0.0 for name in numbers}, (), ())


def claims(stem: str, outcome: str, **like: object) -> list[Claim]:
    """Claims of a lesson about an outcome with these fields."""
    found = [each for each in lessons()[stem].finding.claims if each.outcome == outcome]
    return [each for each in found if all(getattr(each, name) == value for name, value in like.items())]


def test_an_effect_per_money_has_both_sides_and_few_digits() -> None:
    lesson = lessons()["events_or_money"]
    (claim,) = claims("events_or_money", "projects_started")
    lived = {"events": ended(projects_started=300.0, public_cost=391.0), "money": ended(projects_started=100.0, public_cost=500.0)}
    assert asked(lesson, claim, EN).startswith("projects started per mln int$ of public money: Events, against Grants")
    assert answered(lesson, claim, lived, EN) == "+0.567 (0.767 against 0.2)"
    (absorbed,) = claims("events_or_money", "absorbed", arm="events")
    assert answered(lesson, absorbed, {"events": ended(absorbed=0.4567)}, EN) == "45.7\u00a0%"
    assert expected(lesson, absorbed, EN) == "on average below 60\u00a0%, and in at least 90 % of lucks"


def test_a_difference_of_shares_is_in_percentage_points_and_per_money_too() -> None:
    lesson = lessons()["hub_and_spoke"]
    (near,) = claims("hub_and_spoke", "hub_share", direction="none")
    lived = {"everybody": ended(hub_share=0.265, public_cost=300.0), "spokes": ended(hub_share=0.24, public_cost=50.0)}
    assert answered(lesson, near, lived, EN) == "+1.5\u00a0percentage points"
    assert expected(lesson, near, EN) == "on average between -3 and +3\u00a0percentage points"
    assert axis(lesson, near, EN) == "difference, pp"
    assert judged(lesson, near, lived, EN).endswith("so it is on this luck.")
    assert "Получилось: +1,5\u00a0п. п. Ожидается: в среднем от -3 до +3\u00a0п. п.; " in judged(lesson, near, lived, Words("ru"))
    (per,) = claims("hub_and_spoke", "hub_share", per="public_cost")
    assert answered(lesson, per, lived, EN) == "-0.025\u00a0percentage points (-0.02 against +0.005)"
    (cost,) = claims("hub_and_spoke", "public_cost", arm="everybody")
    assert answered(lesson, cost, lived, Words("ru")) == "+300\u00a0млн межд. долл. в приведённой стоимости"
    (cheap,) = claims("hub_and_spoke", "public_cost", arm="spokes")
    below = "on average below 60\u00a0mln int$, present value, and in at least 80 % of lucks"
    assert expected(lesson, cheap, EN) == below  # a threshold is no difference and has no plus


def test_a_part_by_a_part_of_something_else_is_a_factor() -> None:
    """What a country has of the purse's payments, by what it has of the purse's costs: 3 % of both is no 100 % of anything."""
    lesson = lessons()["council"]
    (claim,) = claims("council", "benefit_BLR")
    numbers = {"benefit_BLR": 0.15, "contribution_BLR": 0.035}
    lived = {"council": (End(numbers, (), ()), End(dict.fromkeys(numbers, 0.0), (), ()))}
    name = "part in what the common purse gave out, of the part in what it cost (Belarus): With the Council"
    assert asked(lesson, claim, EN) == name  # and against nobody: the twin has no such purse
    assert answered(lesson, claim, lived, EN) == "×\u00a04.29"
    assert expected(lesson, claim, EN) == "on average above ×\u00a01"
    assert axis(lesson, claim, EN) == "how many times as much"
    apart = replace(claim, against="alone")
    lived["alone"] = lived["council"]
    assert answered(lesson, apart, lived, EN) == "0 (×\u00a04.29 against ×\u00a04.29)"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stem", sorted(lessons()))
def test_every_claim_can_be_told(stem: str, language: str) -> None:
    lesson, words = lessons()[stem], Words(language)
    for claim in lesson.finding.claims:
        how = form(lesson, claim, words)
        assert how.factor == (100.0 if "%" in how.unit or how.unit == words("claim.points") else 1.0)
        told = judged(lesson, claim, {}, words)
        assert lesson.arms[claim.arm].label.en in told or language != "en"
        assert words("claim.expected", expected=expected(lesson, claim, words)) in told
        assert "_" not in told
        assert ".." not in told
        assert not [each for each in told.split(". ") if each.count(": ") > 1], told


def test_numbers_have_three_digits_and_no_powers_of_ten() -> None:
    assert [EN.brief(value) for value in (2295.4, 0.5, 12.3456, -0.00001234, 0.0, -0.0, 1e6)] == [
        "2,300", "0.5", "12.3", "-0.0000123", "0", "0", "1,000,000",
    ]  # fmt: skip
    assert EN.brief(float("nan")) == "–"
    assert Words("ru").brief(-1234.5) == "-1\u00a0230"


def curve(*values: float) -> Curve:
    return Curve(np.arange(len(values)), np.array(values), np.arange(len(values), dtype=np.float64))


def test_the_chart_of_a_lesson_has_all_that_was_lived_in_colours_of_its_own_and_one_twin(anyway: Lesson) -> None:
    lived = {"call": curve(0.0, 2.0, 4.0), "events": curve(0.0, 3.0)}
    here = lived["events"]
    history = History(
        here.quarters, ("all",), {anyway.indicator: here.policy[:, None]}, {anyway.indicator: here.twin[:, None]}
    )  # fmt: skip
    drawn = {each["id"]: each for each in answer(anyway, history, EN, "events", lived)["series"]}
    assert set(drawn) == {"with_call", "difference_call", "without_0", "with_0", "difference_0"}
    assert drawn["with_call"]["data"] == [[0, 0.0], [1, 2.0], [2, 4.0]]
    assert drawn["difference_call"]["data"] == [[0, 0.0], [1, 1.0], [2, 2.0]]
    assert drawn["without_0"]["data"] == [[0, 0.0], [1, 1.0], [2, 2.0]]  # as far as any arm was lived
    colours = {id: drawn[id]["color"] for id in drawn}
    assert colours["with_call"] == colours["difference_call"] == SERIES[0]
    assert colours["with_0"] == colours["difference_0"] == SERIES[1]
    assert (colours["without_0"], drawn["without_0"]["lineStyle"]["type"]) == (GREY, "dashed")
    assert drawn["with_0"]["lineStyle"]["width"] > drawn["with_call"]["lineStyle"]["width"]
    own = {each["id"]: each for each in answer(anyway, history, EN, None, lived)["series"]}
    assert own["with_0"]["name"] == EN("lesson.own")
    assert len({own[id]["color"] for id in ("with_0", "with_call", "with_events", "without_0")}) == 4
    assert TWIN not in {each["name"] for each in own.values()}
