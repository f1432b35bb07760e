"""Lessons in the browser: levers are set, the chart answers, the finding comes after; a class hands in, and its teacher sees everybody."""

import re
from contextlib import nullcontext
from typing import Any

import pytest

from benchmarks import picture
from benchmarks.in_browser import Served, drawn, served
from sim.explorer.lessons import lessons
from tests.sim.explorer.browser.conftest import listened
from tests.sim.explorer.browser.looking import LINE, at_quarter, choose, difference, open_page, painted, series

pytestmark = pytest.mark.slow

LESSON = "events_or_money"


def into_lesson(page: Any, name: str = LESSON) -> None:
    """Open a lesson from the list."""
    page.click(".tab-lessons")
    page.click(f".lesson-{name}")
    page.wait_for_selector(".arm.primary")


def to_the_end(page: Any, arm: str) -> None:
    """Set an arm's levers and live them to the end."""
    page.click(f".arm-{arm}")
    page.wait_for_selector(f".arm-{arm}.primary")
    page.click(".end:not([disabled])")
    page.wait_for_selector(".over")


def test_a_lesson_sets_levers_and_tells_its_finding_only_after_a_run(page: Any, server: str) -> None:
    open_page(page, server)
    into_lesson(page)
    lesson = lessons()[LESSON]
    said = page.inner_text(".lesson")
    assert lesson.text.en in said
    assert lesson.question.en in said
    assert lesson.finding.text.en not in said
    assert page.locator(".reveal").is_disabled()
    to_the_end(page, "events")
    at_quarter(page, 16)
    events = difference(page)
    assert max(map(abs, events)) > 0.0
    to_the_end(page, "money")
    at_quarter(page, 16)
    assert [value for _, value in series(page, "chart")["difference_events"]] == events
    assert painted(page, "chart")["with_events"] > LINE
    assert "projects started per mln int$ of public money" in page.inner_text(".numbers")
    assert difference(page) != events
    assert painted(page, "chart")["with_0"] > LINE
    page.click(".reveal")
    page.wait_for_selector(f".finding:has-text('{lesson.finding.text.en[:30]}')")
    assert ["on this luck" in each for each in page.locator(".here").all_inner_texts()] == [True] * len(lesson.finding.claims)
    page.wait_for_selector(".numbers", state="detached")  # said once
    page.click(".language")
    page.wait_for_selector(f".finding:has-text('{lesson.finding.text.ru[:30]}')")
    page.click(".lesson-close")
    page.wait_for_selector(f".lesson-{LESSON}")


def test_every_lesson_opens_with_its_chart(page: Any, server: str) -> None:
    open_page(page, server)
    for name, lesson in lessons().items():
        into_lesson(page, name)
        page.wait_for_selector(f".lesson-title:has-text('{lesson.title.en}')")
        at_quarter(page, 0)
        assert set(difference(page)) == {0.0}, name
        page.click(".lesson-close")
        page.wait_for_selector(f".lesson-{name}")


def joined(context: Any, explorer: Served, heard: list[str]) -> Any:
    """A student of the class with a browser of the own."""
    page = listened(context.new_page(), explorer.address, heard)
    page.goto(explorer.address)
    page.fill(".door input", re.findall(r"code (\S+)", explorer.said)[0].lower())
    page.click(".join")
    drawn(page, "map")
    return page


def test_a_class_is_for_those_who_know_its_code_and_its_teacher_sees_everybody(chromium: Any, needed: None, heard: list[str]) -> None:
    with served("--classroom") as explorer:
        stranger = chromium.new_page()
        for address in ("/teacher", "/teacher?key=guessed"):
            stranger.goto(f"{explorer.address}{address}")
            stranger.wait_for_selector("[role=alert]:has-text('teacher')")
        stranger.goto(explorer.address)
        stranger.fill(".door input", "WRONGONE")
        stranger.press(".door input", "Enter")
        stranger.wait_for_selector(".message:has-text('not the code')")
        assert stranger.locator("[data-chart]").count() == 0
        seeds = []
        for _ in range(2):
            with chromium.new_context() as context:
                page = joined(context, explorer, heard)
                into_lesson(page, "lock_in")
                seeds.append(re.findall(r"seed=(\d+)&", page.get_attribute(".share", "href"))[0])
                to_the_end(page, "inward")
                page.wait_for_selector(".handed")
        assert len(set(seeds)) == 2
        teacher = listened(chromium.new_page(), explorer.address, heard)
        teacher.goto(re.findall(r"alone: (\S+)", explorer.said)[0])
        teacher.wait_for_selector(".here:has-text('Joined: 2 of 60; here now: 0')")
        assert teacher.url == f"{explorer.address}/teacher"  # the key is not for those who look at the screen
        teacher.reload()
        teacher.wait_for_selector(".here:has-text('Joined: 2 of')")
        teacher.wait_for_selector(".nobody")
        choose(teacher, "which-lesson", lessons()["lock_in"].title.en)
        drawn(teacher, "class")
        assert painted(teacher, "class")["class"] > LINE
        assert len(series(teacher, "class")["students"]) == 2
        teacher.wait_for_selector(".found:has-text('2 students')")
        assert teacher.locator(".finding").count() == 0  # the class sees this page
        teacher.click(".tell")
        teacher.wait_for_selector(".finding")
        teacher.reload()
        teacher.wait_for_selector(".found:has-text('2 students')")
        assert teacher.locator(".finding").count() == 0
    assert heard == []


@pytest.mark.nightly
def test_the_script_that_measures_steps_prints_a_number_for_both_pictures(
    server: str, chromium: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "served", lambda: nullcontext(Served(server, "")))
    monkeypatch.setattr(picture, "chromium", lambda: nullcontext(chromium))
    monkeypatch.setattr(picture, "GOAL", 1e9)
    assert picture.main(["--organisations", "120", "--steps", "2"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"map and chart: median \d+ ms, longest \d+ ms, 2 steps", said)
    assert re.search(r"network and chart: median \d+ ms", said)


@pytest.mark.nightly
def test_the_page_of_a_teacher_whose_browser_is_russian_is_in_russian(chromium: Any, needed: None, heard: list[str]) -> None:
    with served("--classroom") as explorer, chromium.new_context(locale="ru-RU") as context:
        teacher = listened(context.new_page(), explorer.address, heard)
        teacher.goto(re.findall(r"alone: (\S+)", explorer.said)[0])
        teacher.wait_for_selector(".here:has-text('Присоединились: 0')")
        code = re.findall(r"code (\S+)", explorer.said)[0].split("-")
        for lesson in lessons().values():
            choose(teacher, "which-lesson", lesson.title.ru)
            teacher.click(".tell:has-text('Показать')")
            teacher.wait_for_selector(f".finding:has-text('{lesson.finding.text.ru[:30]}')")
            said = re.findall("[A-Za-z]{4,}", teacher.inner_text(".teacher"))
            assert set(said) - {*code} <= {"English", "Menzel", "Fornahl", "docs", "lock"}, lesson.title.ru
    assert heard == []
