"""Cards on the page: reached by keyboard alone, with reasons that add up, in both languages."""

from typing import Any

import pytest

from benchmarks.in_browser import click_on, drawn
from tests.sim.explorer.browser.looking import choose, open_page

pytestmark = pytest.mark.slow
REACHED = 120
"""Presses of Tab after which a thing counts as out of reach."""


def tab_to(page: Any, where: str) -> None:
    """Press Tab until something inside `where` has the focus."""
    for _ in range(REACHED):
        page.keyboard.press("Tab")
        if page.evaluate("where => !!document.activeElement.closest(where)", where):
            return
    raise AssertionError(f"{where} cannot be reached by Tab")


def test_every_card_opens_by_keyboard_alone(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    tab_to(page, ".find-cluster")
    page.keyboard.press("Enter")
    page.wait_for_selector(".menuable__content__active .v-list-item")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card-title:has-text('Cluster of')")
    member = page.inner_text(".card .to-card >> text=/^\\d+: /").split(":")[0]
    tab_to(page, ".find-organisation")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_selector(".missing:has-text('no organisation 5')")
    page.keyboard.press("Backspace")
    page.keyboard.type(member)
    page.keyboard.press("Enter")
    page.wait_for_selector(f".card-title:has-text('Organisation {member}')")
    assert page.inner_text(".missing") == ""


def test_a_search_for_a_cluster_that_finds_nothing_says_so(page: Any, server: str) -> None:
    page.goto(f"{server}/?v=1&world=demo&preset=grants&seed=3&size=600&q=0&t=")
    drawn(page, "map")
    tab_to(page, ".find-cluster")
    page.keyboard.type("zzz")
    page.wait_for_selector(".menuable__content__active:has-text('no such cluster')")


def test_every_opinion_that_is_printed_adds_up(page: Any, server: str) -> None:
    open_page(page, server, preset="meet_then_pay", quarter=4, levers="0_matchmaking.dose=0.3")
    page.click(".tab-network")
    drawn(page, "network")
    click_on(page, "network", "kind_university")
    page.wait_for_selector(".card .decision .to-card")
    for opened in page.locator(".card .decision .to-card").all():
        opened.click()
    page.wait_for_selector(".terms")
    cells = "all => all.map(one => [...one.rows].map(row => [...row.cells].map(cell => cell.innerText)))"
    tables = page.eval_on_selector_all(".terms", cells)
    assert tables
    for rows in tables:
        assert rows[-1][0].startswith("sum")
        numbers = [round(float(number.replace(",", "")) * 100) for _, number in rows]
        assert sum(numbers[:-1]) == numbers[-1]


def test_a_card_says_what_a_student_asks_and_more_on_request_in_both_languages(page: Any, server: str) -> None:
    open_page(page, server, preset="meet_then_pay", quarter=4)
    click_on(page, "map", "stage_active")
    page.click(".fold-line")
    page.wait_for_selector(".card td:has-text('has an association')")
    page.click(".card .to-card >> text=/^\\d+: /")
    page.click(".fold-programmes")
    page.click(".fold-projects")
    page.wait_for_selector(".card :text('Knows of and qualifies for')")
    page.wait_for_selector(".fold-programmes[aria-expanded=true]")
    said = page.inner_text(".card")
    assert "stands for real organisations" in said
    assert "depth" in said
    page.click(".language")
    page.wait_for_selector(".card :text('Знает и может участвовать')")
    page.wait_for_function("() => !/[A-Za-z]{3,}/.test(document.querySelector('.card').innerText)")


def test_the_ledger_says_what_was_promised_and_what_lapsed(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    page.click(".tab-budget")
    page.wait_for_selector(".ledger th:has-text('Lapsed')")
    page.wait_for_selector(".ledger th:has-text('Taken over')")
    assert page.locator(".ledger th:has-text('of it promised')").count() == 1
    page.click(".more-books")
    page.wait_for_selector(".ledger th:has-text('Offered')")


FAINT = """() => {
  const numbers = words => { const found = words.match(/[\\d.]+/g).map(Number); return found.length > 3 ? found : [...found, 1]; };
  const over = (top, below) => [0, 1, 2].map(n => top[3] * top[n] + (1 - top[3]) * below[n]);
  const ground = each => {
    if (!each) return [255, 255, 255];
    const own = numbers(getComputedStyle(each).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, ground(each.parentElement));
  };
  const shine = colour => {
    const [r, g, b] = colour.map(each => each / 255).map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const found = [];
  document.querySelectorAll('.explorer *').forEach(each => {
    const said = [...each.childNodes].filter(one => one.nodeType === 3).map(one => one.data.trim()).join('');
    if (!said || !each.getClientRects().length || each.closest('[disabled], .v-btn--disabled')) return;
    const below = ground(each), two = [shine(over(numbers(getComputedStyle(each).color), below)), shine(below)];
    const contrast = Math.max(...two) / Math.min(...two);
    if (contrast < 4.5) found.push(`${contrast.toFixed(2)}: ${each.className}: ${said}`);
  });
  return found;
}"""


def test_all_text_can_be_read_on_its_ground(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    click_on(page, "map", "stage_active")
    page.wait_for_selector(".card-title")
    page.click(".instrument-grants button:has-text('More numbers')")
    choose(page, "when", "from a restart")
    slider = page.locator(".dose-grants [role=slider]")
    slider.focus()
    slider.press("End")
    page.wait_for_selector(".restart")
    assert page.evaluate(FAINT) == []
    page.click(".end")
    page.wait_for_selector(".over")
    page.click(".tab-lessons")
    page.click(".lesson-events_or_money")
    page.wait_for_selector(".arm-money")
    assert page.evaluate(FAINT) == []
