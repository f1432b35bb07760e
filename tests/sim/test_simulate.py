"""One pure function: the same bytes again, through a snapshot, and in another process."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest

from sim.checks import InvariantError
from sim.indicators import INDICATORS
from sim.simulate import Result, burn_in, continue_from, simulate
from tests.worlds import demo_config

TIME = {"burn_in": 5, "programme": 4, "after": 3}
FRAMES = ("series", "funnel", "ledger", "starts", "panel", "clusters", "ties", "projects")


@pytest.fixture(scope="module")
def config():
    return demo_config("scenario=grants", panel=True, **TIME)


@pytest.fixture(scope="module")
def result(config) -> Result:
    return simulate(config, 3)


def same(one: Result, other: Result) -> None:
    assert one.error is None
    assert one.outcomes == other.outcomes
    assert list(one.outcomes) == list(other.outcomes)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def test_the_same_again(config, result):
    same(simulate(config, 3), result)


def test_a_snapshot_continued_equals_a_run_through(config, result):
    same(continue_from(burn_in(config, 3), config), result)


def test_a_burn_in_is_shared_by_scenarios(config):
    status_quo = demo_config(panel=True, **TIME)
    snapshot = burn_in(status_quo, 3)
    same(continue_from(snapshot, config), simulate(config, 3))
    same(continue_from(snapshot, status_quo), simulate(status_quo, 3))


def test_another_process_says_the_same(config, result):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        same(pool.submit(simulate, config, 3).result(), result)


def test_a_result_can_be_sent(result):
    same(pickle.loads(pickle.dumps(result)), result)


def test_seeds_differ(config, result):
    assert simulate(config, 4).outcomes != result.outcomes


def test_outcomes_are_finite_numbers_by_name(result):
    assert all(type(value) is float and np.isfinite(value) for value in result.outcomes.values())
    wanted = {
        "innovations", "innovations_eligible", "radical", "joint", "cross_border_innovations", "patents", "research_private",
        "research_total", "public_cost", "private_time", "projects_started", "cross_cluster_started", "cross_border_started",
        "cross_cluster_alive_end", "cross_border_alive_end", "ties_end", "productivity_RUS", "productivity", "sales_BLR",
        "export_share", "hhi", "employment", "innovations_KAZ", "meetings", "agreed", "business", "knowledge_depth",
        "knowledge_variety", "organisations_end", "absorbed",
    }  # fmt: skip
    assert wanted <= set(result.outcomes)
    assert result.outcomes["public_cost"] > 0
    assert 0 < result.outcomes["absorbed"] <= 1 + 1e-9


def test_series_is_tidy(result):
    series = result.series
    assert list(series.columns) == ["quarter", "country", "indicator", "value"]
    assert set(series["quarter"]) == set(range(-TIME["burn_in"], TIME["programme"] + TIME["after"]))
    assert {"all", "world", "RUS", "KGZ"} <= set(series["country"])
    assert {*INDICATORS, "index", "index_rank", "productivity_spread"} <= set(series["indicator"])
    assert not series.duplicated(["quarter", "country", "indicator"]).any()
    assert np.isfinite(series["value"]).all()


def test_scalars_agree_with_the_series(result):
    series = result.series.query("country == 'all' and quarter >= 0")
    for name in ("innovations", "projects_started"):
        assert series.query("indicator == @name")["value"].sum() == pytest.approx(result.outcomes[name])
    last = series[series["quarter"] == series["quarter"].max()].set_index("indicator")["value"]
    assert last["productivity"] == result.outcomes["productivity"]
    assert last["cross_cluster_active"] == result.outcomes["cross_cluster_alive_end"]


def test_ledger_and_series_agree_on_public_money(result):
    ledger = result.ledger[~result.ledger["kind"].isin(["untargeted", "private_time", "surcharge"])]
    series = result.series.query("indicator == 'public_paid' and country == 'world'")
    assert series["value"].sum() == pytest.approx(ledger["amount"].sum())


def test_panel_has_each_organisation_once_a_year(result):
    panel = result.panel
    assert not panel.duplicated(["id", "year"]).any()
    assert sorted(panel["year"].unique()) == [-1, 0]  # whole years only
    assert {"weight", "depth", "knowledge_11", "innovations_in_year", "partners_foreign", "awarded", "exporting"} <= set(panel.columns)
    treated = [name for name in panel.columns if name.startswith("eligible_")]
    assert treated
    assert panel[treated[0]].any()


def test_projects_have_two_members_or_more_and_a_fate(result):
    projects = result.projects
    assert set(projects["outcome"]) <= {"pending", "running", "lapsed", "success", "failure"}
    assert (projects[["member_1", "member_2"]] >= 0).all(axis=None)
    assert (projects.loc[projects["outcome"].isin(["success", "failure"]), "ended"] >= projects["born"].min()).all()
    assert not result.ties.duplicated(["a", "b"]).any()


def test_a_broken_invariant_is_an_error_of_the_run(config, monkeypatch):
    def broken(world):
        raise InvariantError("quarter 0, check_x: two and two are five")

    monkeypatch.setattr("sim.step.check_all", broken)
    result = simulate(config, 3)
    assert result.error == "quarter 0, check_x: two and two are five"
    assert result.outcomes == {}


def test_progress_is_told(config):
    told = []
    simulate(config, 3, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 12) for n in range(1, 13)]


def test_a_run_without_tables_has_the_same_outcomes(config) -> None:
    snapshot = burn_in(config, 3)
    whole, bare = continue_from(snapshot, config), continue_from(snapshot, config, tables=False)
    assert bare.outcomes == whole.outcomes
    assert bare.starts.equals(whole.starts)
    assert all(table.empty for table in (bare.series, bare.funnel, bare.ledger))
