"""Time in a real browser: play, keys, charts that are switched meanwhile, a page that nobody sees, and the fan of other lucks."""

from typing import Any

import pytest

from benchmarks.in_browser import drawn
from tests.sim.explorer.browser.looking import LINE, SMALL, at_quarter, choose, open_page, painted, series

pytestmark = pytest.mark.slow


def test_play_runs_pauses_and_goes_to_the_end_and_keys_do_the_same(page: Any, server: str) -> None:
    open_page(page, server)
    page.click(".play")
    page.wait_for_function("() => /\\b[2-9] of/.test(document.querySelector('.now').innerText)")
    page.click(".play")
    page.wait_for_selector(".step:not([disabled])")
    now = page.inner_text(".now")
    page.locator(".language").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("now => document.querySelector('.now').innerText !== now", arg=now)
    page.keyboard.press("End")
    page.wait_for_selector(".over")
    at_quarter(page, 16)
    page.wait_for_selector(".now:has-text('year 4')")
    page.keyboard.press("Home")
    at_quarter(page, 0)


def test_a_button_keeps_the_key_that_presses_it(page: Any, server: str) -> None:
    open_page(page, server)
    page.locator(".step").focus()
    page.keyboard.press(" ")
    at_quarter(page, 1)
    page.wait_for_timeout(700)
    at_quarter(page, 1)


def test_charts_may_be_switched_while_a_run_goes_to_the_end(page: Any, server: str) -> None:
    page.goto(f"{server}/{SMALL.format(preset='grants', seed=3, quarter=0, levers='').replace('size=120', 'size=1500')}")
    drawn(page, "chart")
    during = 0
    for name in ("Money spent", "Funnel", "Innovation", "Rank", "Partnerships", "Money spent"):
        page.click(".back")
        page.wait_for_selector(".end:not([disabled])")
        page.click(".end")
        choose(page, "which-chart", name)
        page.wait_for_function(f"() => document.querySelector('[data-chart=chart]')?.getAttribute('aria-label').startsWith('{name}')")
        during += page.locator(".over").count() == 0
    page.wait_for_selector(".over")
    at_quarter(page, 16)
    assert during > 0
    assert painted(page, "chart")["with_0"] > LINE


def test_a_page_that_nobody_sees_is_drawn_when_somebody_does(page: Any, server: str) -> None:
    open_page(page, server)
    hide = """on => {
      Object.defineProperty(document, 'hidden', {value: on, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    before = series(page, "chart")
    page.click(".step")
    page.wait_for_selector(".now:has-text('1 of')")
    page.wait_for_timeout(500)
    assert series(page, "chart") == before
    page.evaluate(hide, False)
    at_quarter(page, 1)


def test_the_fan_shows_eight_lucks_and_their_mean(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    page.click(".fan")
    drawn(page, "fan")
    page.wait_for_function("() => document.querySelector('[data-chart=fan]').getBoundingClientRect().bottom <= window.innerHeight")
    found = series(page, "fan")
    assert {f"luck_{n}" for n in range(8)} | {"mean"} == found.keys()
    last = [found[f"luck_{n}"][-1][1] for n in range(8)]
    assert found["mean"][-1][1] == pytest.approx(sum(last) / 8, rel=1e-4, abs=1e-6)
    assert painted(page, "fan")["mean"] > LINE
    titled = "() => document.querySelector('[data-chart=fan]')?.chart.getOption().title[0].text.includes('after 2 quarters')"
    page.click(".step")
    at_quarter(page, 3)
    assert page.evaluate(titled)
    page.click(".instrument-grants button:has-text('Switch off')")
    page.wait_for_selector("[data-chart=fan]", state="detached")
