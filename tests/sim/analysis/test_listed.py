"""What a report says of cases of one's own, of ranges around values and of sections: what was varied, or why nothing is measured."""

from pathlib import Path
from typing import Any

import pytest

from sim.analysis.report import build_report
from sim.analysis.sensitivity_page import section
from sim.analysis.varied import varied
from tests.sim.analysis.test_sensitivity_shown import Make, found_in, make  # noqa: F401  (a fixture)
from tests.sim.analysis.toy_response import PATHS

pytestmark = pytest.mark.usefixtures("unpainted")

WHY = "the cases were chosen together, so what each value does by itself cannot be told from them"
OVER = {path: {"values": [0.1 + 0.01 * n, 0.2, 0.2, 0.3 + 0.01 * n]} for n, path in enumerate(PATHS)}


@pytest.fixture
def folder(make: Make) -> Path:  # noqa: F811
    return make("listed", over=OVER)


def test_a_report_on_listed_cases_says_why_nothing_is_measured(folder: Path) -> None:
    _, found = found_in(folder)
    assert found.table.empty or set(found.table["measure"]).isdisjoint({"first order", "total", "elementary effect"})
    page = build_report(folder).read_text(encoding="utf-8")
    told = page[page.index('<h2 id="varied">') : page.index('<h2 id="sure">')]
    assert WHY in told
    assert "cases of one's own" in told.replace("&#39;", "'")
    assert "4 cases" in told


def test_what_was_listed_is_read_back_with_values_that_came_twice(folder: Path) -> None:
    results, _ = found_in(folder)
    found = varied(results)
    assert found.paths == tuple(PATHS)
    values: list[list[Any]] = [[found.text(column, place) for place in found.places[:, column]] for column in range(len(PATHS))]
    assert values == [[f"{value:g}" for value in spec["values"]] for spec in OVER.values()]


def test_a_report_names_the_numbers_of_a_section_of_sections_and_what_they_were_varied_around(make: Make) -> None:  # noqa: F811
    folder = make("lhs", over={"behaviour.*": {"around": 0.25}, PATHS[0]: [-4.0, -2.0]})
    results, found = found_in(folder)
    design = varied(results)
    assert len(design.paths) > 150
    assert {path.split(".")[1] for path in design.paths} > {"search", "appraisal", "birth", "space"}
    assert design.specs[design.paths.index("behaviour.project.end")] == {"around": 0.25}
    told = section(results, found)
    assert told is not None
    assert told.ranges is not None
    rows = {row[0]: row[1] for row in told.ranges.rows}
    assert "±" in rows["behaviour.project.end"]
    assert "25" in rows["behaviour.project.end"]
    assert "4 to" in rows[PATHS[0]]
