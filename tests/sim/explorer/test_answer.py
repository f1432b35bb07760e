"""The charts of lessons: units of what is asked, everybody's own numbers, and what one luck shows of a claim."""

import numpy as np
import pytest

from sim.explorer.answer import asked, histogram, unit_of
from sim.explorer.classroom import Everyone
from sim.explorer.finding import End, Found
from sim.explorer.lessons import Lesson, lessons
from sim.explorer.pages.lesson import shown_here
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
    units = {claim.per: unit_of(lesson, claim, words) for claim in lesson.finding.claims if claim.outcome == "ties_end"}
    assert units == {None: ties, "public_cost": f"{ties} / {cost}"}


def test_a_call_on_top_of_events_is_asked_against_events(anyway: Lesson) -> None:
    assert asked(anyway, anyway.finding.claims[OVER], EN).endswith(f"against {anyway.arms['events'].label.en}")


def test_dots_are_what_students_saw_and_the_line_is_the_mean_of_the_finding() -> None:
    found = Found(mean=0.5, low=0.4, high=0.6, above=1.0, below=0.0, seeds=3, holds=True)
    everyone = Everyone(np.array([0.25, 3.0, np.nan]), np.array([0.25, 3.0]), np.array([2]), found)
    chart = histogram(everyone, EN, "ties / mln int$", 0.0)
    bars, dots = chart["series"]
    assert [at for at, _ in dots["data"]] == [0.25, 3.0]
    assert [mark["xAxis"] for mark in bars["markLine"]["data"]] == [0.0, 0.5]
    assert "ties / mln int$" in chart["xAxis"]["name"]


def test_a_finding_tells_what_ones_own_luck_shows(anyway: Lesson) -> None:
    twin = End({}, ((1, "", 1.0),), ())
    call = End({}, ((1, "grants", 1.0), (2, "grants", 1.0)), ("grants",))
    lived = {"call": (call, twin)}
    assert "on this luck 0.5 (projects / projects)" in shown_here(anyway, anyway.finding.claims[CALL], lived, EN)
    assert "run all that it compares" in shown_here(anyway, anyway.finding.claims[OVER], lived, EN)
    nothing = shown_here(anyway, anyway.finding.claims[CALL], {"call": (twin, twin)}, EN)
    assert "no ratio" in nothing
