"""What the page, the terminal and the pictures say where something was varied."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sim.analysis import canvas, caution
from sim.analysis.report import build_report
from sim.analysis.results import Results, load
from sim.analysis.sensitivity import Sensitivity, sensitivity
from sim.analysis.sensitivity_page import OWN_RANGE, captions, section
from sim.analysis.sensitivity_plots import MOST_SURE, SHARE_SEEN, bars
from sim.analysis.tables import print_effects
from sim.commands.compose import load_config
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from tests.sim.analysis.toy_response import PATHS, RANGES, RESPONSE

Make = Callable[..., Path]
OUTCOMES = {
    "A": {"column": "innovations", "label": "Innovations", "unit": "innovations", "direction": "more"},
    "B": {"column": "linear", "label": "Linear", "unit": "units", "direction": "more"},
}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def folder(design: str, size: int = 8, luck: str = "everywhere", over: Any = RANGES) -> Path:
        config = load_config(["world=demo"])
        configs = {"status_quo": replace(config, instrument={}), "cash": load_config(["world=demo", "scenario=neutral_cash"])}
        tree: dict[str, Any] = {"name": design, "question": "What matters?", "baseline": "status_quo", "seeds": 2, "reserved_seeds": []}
        tree |= {"arms": {name: {"label": name.title(), "scenario": name} for name in configs}, "doses": [0.03], "equal_cost": None}
        tree |= {"outcomes": OUTCOMES, "claims": {}, "record": "outcomes"}
        tree |= {"vary": {"design": design, "size": size, "luck": luck, "over": over}}
        run_experiment(build_design(tree), configs, tmp_path, Options(ExecutorConfig.local(1), simulation=RESPONSE))
        return tmp_path

    return folder


def found_in(folder: Path) -> tuple[Results, Sensitivity]:
    results = load(folder)
    found = sensitivity(results)
    assert found
    return results, found


@pytest.mark.parametrize(
    ("design", "luck", "over"),
    [
        ("lhs", "everywhere", "cases"),
        pytest.param("morris", "everywhere", "trajectories", marks=pytest.mark.nightly),
        ("lhs", "arms", ""),
        pytest.param("factorial", "everywhere", "", marks=pytest.mark.nightly),
    ],
)
def test_few_seeds_are_told_beside_the_verdicts(make: Make, capsys: pytest.CaptureFixture[str], design: str, luck: str, over: str) -> None:
    folder = make(design, luck=luck)
    cases = {"lhs": 8, "morris": 32, "factorial": 8}[design]
    page = build_report(folder).read_text(encoding="utf-8")
    print_effects(folder, to_stderr=False)
    printed = " ".join(capsys.readouterr().out.split())
    told = f"Something was varied ({design}, {cases} cases): intervals are over {over}, on these 2 seeds only; other seeds may give other"
    beside = page.split('<h2 id="minister">')[1].split("<table")[0]
    assert (told in printed) == (told in beside) == bool(over)
    assert ('class="warning"' in beside) == bool(over)
    assert f"Something was varied ({design}, {cases} cases, 2 seeds each): see “{caution.SECTION}” in report.html" in printed
    assert f"registered no claim; what its effects depend on stands in the report under “{caution.SECTION}”" in printed
    assert f">{caution.SECTION}</h2>" in page


def test_where_nothing_was_varied_none_of_this_is_said(folder: Path) -> None:
    results = load(folder)
    assert caution.few_seeds(results) == caution.where(results) == ""
    assert caution.no_claim(results) == "The experiment registered no claim."


def test_ranges_are_those_asked_for_and_what_was_sampled_stands_beside(make: Make) -> None:
    own = "behaviour.search.chance_rate"
    shown = section(*found_in(make("lhs", over={"behaviour.appraisal.leakage": [0.1, 0.7], own: None})))
    assert shown
    assert shown.ranges
    assert shown.ranges.head == ["Parameter", "Range asked for", "Sampled (met in the cases)"]
    rows = {row[0]: row[1:] for row in shown.ranges.rows}
    assert rows["behaviour.appraisal.leakage"][0] == "0.1 to 0.7"
    assert rows["behaviour.appraisal.leakage"][1] != "0.1 to 0.7"
    assert rows[own][0] == OWN_RANGE
    assert " to " in rows[own][1]


def drawn(results: Results, found: Sensitivity, rows: pd.DataFrame, unmeasured: dict[str, str]) -> plt.Figure:
    assert found.varied
    with canvas.style():
        return bars(results, found.varied, rows, unmeasured)


def wide(found: Sensitivity) -> pd.DataFrame:
    """The effect's rows on A with an interval from -9 to 9 for the first path."""
    rows = found.table[(found.table["arm"] == "cash") & (found.table["path"] != "") & (found.table["outcome"] == "A")].copy()
    first = (rows["path"] == PATHS[0]) & (rows["measure"] == "first_order")
    rows.loc[first, ["low", "high"]] = [-9.0, 9.0]
    rows.loc[~first, ["value", "low", "high"]] = [0.0, -0.1, 0.1]
    return rows


def test_cut_ends_are_marked_and_wide_shares_are_not_estimable(make: Make) -> None:
    results, found = found_in(make("saltelli", 16))
    rows = wide(found)
    figure = drawn(results, found, rows, {})
    marked = {mark: [list(np.atleast_1d(line.get_xdata())) for line in figure.axes[0].lines if line.get_marker() == mark] for mark in "<>"}
    assert sorted(marked["<"]) == [[], [-SHARE_SEEN]]  # of first-order shares, not of total ones
    assert sorted(marked[">"]) == [[], [SHARE_SEEN]]
    low, high = figure.axes[0].get_xlim()
    assert low >= -1.2 * SHARE_SEEN
    assert high <= 1.2 * SHARE_SEEN
    plt.close(figure)
    shown = section(results, replace(found, table=rows))
    assert shown
    cells = {row[0]: row[1] for row in shown.tables["sensitivity_cash"].rows}
    assert "first order not estimable" in cells[PATHS[0]]
    assert "not estimable" not in cells[PATHS[1]]
    assert f"wider than {MOST_SURE:g}" in captions(results, found)["sensitivity_cash"]


@pytest.mark.parametrize(("design", "axis"), [("grid", "mean at this value, units"), ("factorial", "main effect, high minus low, units")])
def test_a_picture_says_what_it_is(make: Make, design: str, axis: str) -> None:
    results, found = found_in(make(design, 2))
    rows = found.table[(found.table["arm"] == "cash") & (found.table["path"] != "") & (found.table["outcome"] == "B")]
    figure = drawn(results, found, rows, {"A": "is the same in all cases"})
    title = figure.get_suptitle()
    assert title == f"Effect of Cash: {'a grid' if design == 'grid' else 'a full factorial'}, 8 cases, 2 seeds each; lines: 95 % intervals"
    other, one = figure.axes
    assert one.get_xlabel().replace("\n", " ") == axis.replace("\n", " ")
    assert [text.get_text().replace("\n", " ") for text in other.texts] == ["is the same in all cases"]
    ticks = one.get_yticks()
    bottom, top = one.get_ylim()
    assert top < min(ticks) - 0.3
    assert bottom > max(ticks) + 0.3
    if design == "grid":
        assert ticks[2] - ticks[1] > ticks[1] - ticks[0]
    plt.close(figure)


def test_an_outcome_that_nothing_moves_is_named_with_its_reason(make: Make) -> None:
    folder = make("lhs", 16)
    runs = pd.read_parquet(folder / "runs.parquet")
    runs["linear"] = runs["seed"].astype(float) * (runs["arm"] == "cash")
    runs.to_parquet(folder / "runs.parquet")
    _, found = found_in(folder)
    assert "is the same in all cases" in found.unmeasured["cash", "B"]
    assert ("cash", "A") not in found.unmeasured
    build_report(folder)
