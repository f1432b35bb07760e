"""The page in a real browser: it is painted, it moves, levers count, cards open, links restore, and nobody else is asked."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from benchmarks.in_browser import click_on, drawn
from sim.explorer.takeaway import COLUMNS
from tests.sim.explorer.browser.looking import LINE, at_quarter, choose, colours, difference, empty, open_page, painted, series

pytestmark = pytest.mark.slow


def test_map_and_chart_are_really_painted_and_a_step_moves_them(page: Any, server: str) -> None:
    open_page(page, server)
    assert colours(page, "map") > 20
    assert painted(page, "chart")["with_0"] > LINE
    before = series(page, "chart")
    page.click(".step")
    at_quarter(page, 1)
    after = series(page, "chart")
    assert len(after["with_0"]) == len(before["with_0"]) + 1
    page.click(".step")
    at_quarter(page, 2)
    page.click(".back")
    at_quarter(page, 0)
    assert series(page, "chart") == before


def test_a_twin_at_dose_zero_shows_zero_and_a_lever_changes_the_difference(page: Any, server: str) -> None:
    open_page(page, server, preset="status_quo", quarter=4)
    at_quarter(page, 4)
    assert set(difference(page)) == {0.0}
    page.wait_for_selector(".no-policy:has-text('No policy yet')")
    choose(page, "shelf", "Neutral cash")
    page.wait_for_selector(".instrument-neutral_cash")
    choose(page, "which-chart", "Money spent")
    page.wait_for_selector("[data-chart=chart][aria-label^='Money spent']")
    at_quarter(page, 4)
    assert set(difference(page)) == {0.0}
    page.click(".instrument-neutral_cash button:has-text('Switch on')")
    page.wait_for_selector(".instrument-neutral_cash .state-open")
    page.wait_for_selector(".no-policy", state="detached")
    page.click(".step")
    at_quarter(page, 5)
    assert difference(page)[-1] > 0.0
    slider = page.locator(".dose-neutral_cash [role=slider]")
    slider.focus()
    slider.press("Home")
    page.wait_for_selector(".instrument-neutral_cash .state-off")
    page.click(".step")
    at_quarter(page, 6)
    assert abs(difference(page)[-1]) < difference(page)[-2]


def test_a_lever_may_wait_for_a_restart(page: Any, server: str) -> None:
    open_page(page, server, quarter=3, levers="7_grants.dose=0.02")
    choose(page, "which-chart", "Money spent")
    page.wait_for_selector("[data-chart=chart][aria-label^='Money spent']")
    at_quarter(page, 3)
    before = difference(page)
    choose(page, "when", "from a restart")
    slider = page.locator(".dose-grants [role=slider]")
    slider.focus()
    slider.press("End")
    page.wait_for_selector(".instrument-grants .waits")
    page.wait_for_selector(".voided:has-text('quarter 7')")
    assert difference(page) == before
    page.click(".restart")
    at_quarter(page, 0)
    for quarter in (1, 2, 3):
        page.click(".step:not([disabled])")
        at_quarter(page, quarter)
    assert difference(page)[-1] > before[-1]
    assert "0_grants.dose%3D0." in page.get_attribute(".share", "href")


def test_dates_payers_and_targets_are_levers_too(page: Any, server: str) -> None:
    open_page(page, server)
    page.click(".instrument-grants button:has-text('More numbers')")
    field = page.locator(".instrument-grants .lever-start input")
    field.fill("2")
    field.press("Enter")
    page.wait_for_selector(".instrument-grants .state-waits")
    for label, choice in (("Paid by", "Belarus"), ("For sectors", "food")):
        page.click(f".instrument-grants .v-select:has-text('{label}') .v-select__slot")
        page.click(f".menuable__content__active .v-list-item:has-text('{choice}')")
        page.keyboard.press("Escape")
    page.wait_for_function(
        """() => ['0_grants.start=2', '0_grants.payers=~', '0_grants.target.sectors=~']
          .every(each => decodeURIComponent(document.querySelector('.share').getAttribute('href')).includes(each))"""
    )
    for typed, found in (("-500000", "found -500,000"), ("", "found nothing")):
        field.fill(typed)
        field.press("Enter")
        page.wait_for_selector(f".message:has-text('Begins, quarter: {found}')")
        page.wait_for_selector(f".lever-start .v-messages.error--text:has-text('Begins, quarter: {found}')")
        page.wait_for_function("() => document.querySelector('.instrument-grants .lever-start input').value === '2'")


def test_a_click_opens_the_card_of_a_cluster_then_of_an_organisation_and_says_why(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    click_on(page, "map", "stage_active")
    page.wait_for_selector(".card-title:has-text('Cluster of')")
    assert page.locator(".card tr").count() > 7
    page.click(".card .to-card >> text=/^\\d+: /")
    page.wait_for_selector(".card-title:has-text('Organisation')")
    page.click(".tab-network")
    drawn(page, "network")
    assert colours(page, "network") > 20
    value = click_on(page, "network", "kind_university")
    page.wait_for_selector(f".card-title:has-text('Organisation {value[2]}')")
    page.wait_for_selector(".card .head-4:has-text('Why?')")
    page.wait_for_selector(".card .decision, .card .why-none")


def test_zoom_and_selection_survive_a_step(page: Any, server: str) -> None:
    open_page(page, server)
    box = page.locator("[data-chart=map]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -400)
    state = "() => { const geo = document.querySelector('[data-chart=map]').chart.getOption().geo[0]; return [geo.zoom, geo.center]; }"
    page.wait_for_function(f"() => ({state})()[0] > 1.05")
    zoomed = page.evaluate(state)
    chart = "document.querySelector('[data-chart=chart]').chart"
    page.evaluate(f"() => {chart}.dispatchAction({{type: 'legendUnSelect', name: 'across borders'}})")
    page.evaluate(f"() => {chart}.dispatchAction({{type: 'dataZoom', dataZoomIndex: 0, start: 20, end: 80}})")
    page.click(".step")
    at_quarter(page, 1)
    page.locator(".seed input").fill("-3")
    page.click(".begin")
    page.wait_for_selector(".message")
    page.click(".step")
    at_quarter(page, 2)
    assert page.evaluate(state) == zoomed
    assert page.evaluate(f"() => {chart}.getOption().legend[0].selected['across borders']") is False
    assert page.evaluate(f"() => [{chart}.getOption().dataZoom[0].start, {chart}.getOption().dataZoom[0].end]") == [20, 80]


SPACE = """
() => {
  const box = document.querySelector('[data-chart=chart]'), chart = box.chart, legend = chart.getModel().getComponent('legend');
  const group = chart.getViewOfComponentModel(legend).group, rect = group.getBoundingRect(), { title, grid, toolbox } = chart.getOption();
  const end = group.y + rect.y + rect.height, tops = [title[0].top, title[1].top, grid[0].top, toolbox[0].top + 5];
  return { high: rect.height, box: box.clientHeight, below: Math.min(...tops) - end };
}"""
"""Of the chart: pixels of the legend, of the box, and between the legend and what is nearest below it."""


def test_the_language_switches_everywhere(page: Any, server: str) -> None:
    open_page(page, server)
    page.click(".language")
    page.wait_for_selector(".step:has-text('Один квартал')")
    page.wait_for_function(
        """() => {
          const box = document.querySelector('[data-chart=chart]');
          return box && box.chart && box.chart.getOption().legend[0].data.includes('все партнёрства');
        }"""
    )
    usual = page.evaluate(SPACE)
    page.set_viewport_size({"width": 800, "height": 768})  # the legend needs another line here, and what is below gives way
    page.wait_for_function(f"() => ({SPACE})().high > {usual['high']}")
    narrow = page.wait_for_function(f"() => {{ const found = ({SPACE})(); return found.box > {usual['box']} && found; }}").json_value()
    assert min(usual["below"], narrow["below"]) >= 0
    page.set_viewport_size({"width": 1366, "height": 768})
    page.wait_for_function(f"() => ({SPACE})().box === {usual['box']}")
    assert page.locator("text=Партнёрства по видам").count()
    assert page.locator("text=Совместные гранты на НИОКР").count()
    page.click(".language")
    page.wait_for_selector(".step:has-text('One quarter')")


def test_the_link_restores_world_levers_and_quarter(page: Any, server: str) -> None:
    open_page(page, server, levers="1_grants.dose=0.08", quarter=3)
    at_quarter(page, 3)
    page.click(".step")
    at_quarter(page, 4)
    there = series(page, "chart")
    page.wait_for_selector(".share[href*='q=4&']")
    href = page.get_attribute(".share", "href")
    page.goto(f"{server}/{href}")
    drawn(page, "chart")
    at_quarter(page, 4)
    assert series(page, "chart") == there
    assert "8.00 %" in page.inner_text(".instrument-grants .dose-value")


@pytest.mark.parametrize(
    "query", ["?v=9&world=demo", "?v=1&world=../../etc&preset=grants&seed=1&q=0", "?v=1&world=demo&preset=grants&seed=1&q=0&size=900000"]
)
def test_a_bad_link_is_refused_in_a_friendly_line_and_the_usual_world_opens(page: Any, server: str, query: str) -> None:
    page.goto(f"{server}/{query}")
    drawn(page, "map")
    assert "link" in page.inner_text(".message")


def test_a_picture_is_saved_as_png(page: Any, server: str) -> None:
    open_page(page, server)
    box = page.locator("[data-chart=chart]").bounding_box()
    with page.expect_download() as found:
        page.mouse.click(box["x"] + box["width"] - 17, box["y"] + 33)
    picture = Image.open(found.value.path())
    assert picture.format == "PNG"
    assert len(picture.convert("RGB").getcolors(1_000_000)) > 10


def test_outlines_are_drawn_on_request(page: Any, server: str) -> None:
    open_page(page, server)
    kept = "() => document.querySelector('[data-chart=map]').chart.getOption().geo[0].map"
    tiles = page.evaluate(kept)
    page.click(".outlines label")
    page.wait_for_function(
        "was => { const box = document.querySelector('[data-chart=map]'); return box.chart && box.chart.getOption().geo[0].map !== was; }",
        arg=tiles,
    )
    assert colours(page, "map") > 20
    page.wait_for_selector(".note:has-text('Borders are disputed')")


@pytest.mark.parametrize("chart", ["Running projects", "Funnel", "Innovation", "Competitiveness", "Rank", "Money spent", "Variety"])
def test_every_chart_is_painted_with_unit_and_source(page: Any, server: str, chart: str) -> None:
    open_page(page, server, quarter=4)
    choose(page, "which-chart", chart)
    page.wait_for_function(f"() => document.querySelector('[data-chart=chart]')?.getAttribute('aria-label').startsWith('{chart}')")
    drawn(page, "chart")
    shown = painted(page, "chart")
    assert max(count for id, count in shown.items() if id.startswith("with") and not id.startswith("without")) > LINE
    names = page.evaluate("() => document.querySelector('[data-chart=chart]').chart.getOption().yAxis.map(each => each.name)")
    assert all(names)
    assert any(each.startswith("difference") or "_" in each for each in series(page, "chart"))
    page.wait_for_selector(".note:has-text('Source: this run of the model')")
    empty(page, "chart")
    assert not any(painted(page, "chart").values())


def test_downloads_parse(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    with page.expect_download() as found:
        page.click(".take-csv")
    rows = list(csv.reader(io.StringIO(Path(found.value.path()).read_text())))
    assert found.value.suggested_filename == "series_demo_grants_seed3_120.csv"
    assert rows[0] == list(COLUMNS)
    assert len(rows) > 1000
    with page.expect_download() as found:
        page.click(".take-yaml")
    assert yaml.safe_load(Path(found.value.path()).read_text())["seed"] == 3


def test_visitors_have_worlds_of_their_own(page: Any, server: str) -> None:
    open_page(page, server)
    other = page.context.new_page()
    open_page(other, server, seed=4)
    page.click(".step")
    at_quarter(page, 1)
    at_quarter(other, 0)
    assert json.dumps(series(page, "chart")["with_0"][:4]) != json.dumps(series(other, "chart")["with_0"][:4])


@pytest.mark.parametrize("seed", ["-1", "1.5"])
def test_a_seed_that_is_none_is_refused_in_a_friendly_line_and_the_page_stays(page: Any, server: str, seed: str) -> None:
    open_page(page, server)
    field = page.locator(".seed input")
    field.fill(seed)
    field.press("Enter")
    page.wait_for_selector(".message:has-text('seed')")
    page.wait_for_function("() => document.querySelector('.seed input').value === '3'")
    page.click(".step")
    at_quarter(page, 1)


def test_too_large_a_world_is_refused_in_a_friendly_line_and_the_old_one_stays(page: Any, server: str) -> None:
    open_page(page, server)
    field = page.locator(".size input")
    field.fill("900000")
    field.press("Enter")
    page.wait_for_selector(".message:has-text('too large for this server')")
    page.click(".step")
    at_quarter(page, 1)


def test_hidden_views_are_not_drawn(page: Any, server: str) -> None:
    open_page(page, server)
    page.click(".tab-budget")
    page.wait_for_selector(".ledger td")
    assert page.locator("[data-chart=map], [data-chart=network]").count() == 0


def test_the_pointer_tells_numbers_of_a_chart_and_of_the_map(page: Any, server: str) -> None:
    open_page(page, server, quarter=2)
    box = page.locator("[data-chart=chart]").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 120)
    page.wait_for_selector("[data-chart=chart] div:has-text('all partnerships (with policy)')")
    click_on(page, "map", "stage_active")
    page.wait_for_selector("[data-chart=map] div:has-text('members')")
