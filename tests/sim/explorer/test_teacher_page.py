"""What the teacher's page says of a class: a mean, an interval once students are enough, and nothing that gives the finding away."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("solara")

from sim.explorer.classroom import ENOUGH, ROUGH, Everyone
from sim.explorer.finding import judge
from sim.explorer.lessons import lessons
from sim.explorer.pages.teacher import summed_up, undrawn
from sim.explorer.words import Words

EN = Words("en")
LESSON = lessons()["anyway"]


def everyone(students: int, claim: int) -> Everyone:
    """A class in which everybody saw about four fifths."""
    values = np.linspace(0.7896, 0.8104, students)
    found = judge(LESSON.finding.claims[claim], values) if students > 1 else None
    return Everyone(values, np.empty(0), np.empty(0, dtype=np.int64), found)


def test_an_interval_is_shown_from_enough_students_on_and_a_verdict_only_with_the_finding() -> None:
    def said(students: int, told: bool) -> str:
        return summed_up(LESSON, 0, everyone(students, 0), EN, told).replace("\u00a0", " ")

    assert said(1, told=True) == "One student: what the class shows is told from two on, its interval from 5."
    for few in (2, ENOUGH - 1):
        assert said(few, told=True) == f"{few} students: together 80 %; an interval is shown from 5 students on"
    assert said(ENOUGH, told=False) == "5 students: together 80 %; a rough 95 % interval 79 to 81 %"
    assert said(ENOUGH, told=True) == "5 students: together 80 %; a rough 95 % interval 79 to 81 %: as the lesson expects"
    assert said(ROUGH - 1, told=False).startswith("14 students: together 80 %; a rough 95 % interval ")
    assert said(ROUGH, told=False).startswith("15 students: together 80 %; 95 % interval ")


def test_numbers_of_a_class_have_three_digits() -> None:
    seen = everyone(ENOUGH, 3)
    assert seen.found is not None
    seen = replace(seen, found=replace(seen.found, mean=141.8234, low=133.81, high=1149.84))
    assert summed_up(LESSON, 3, seen, EN, told=False) == "5 students: mean +142; 95 % interval +134 to +1,150"


def test_who_is_not_drawn_is_counted_with_the_reason() -> None:
    def said(*values: float) -> str:
        return undrawn(Everyone(np.array(values), np.empty(0), np.empty(0, dtype=np.int64), None), EN)

    assert said(0.5, 0.6) == ""
    assert "divided by is at most 5 % of the mean in the class: 2. What" in said(0.5, np.nan, np.nan)


def test_a_class_without_any_ratio_has_no_mean() -> None:
    assert summed_up(LESSON, 0, Everyone(np.full(3, np.nan), np.empty(0), np.empty(0, dtype=np.int64), None), EN, told=True) == ""
