"""The scorecard of runs made by hand: every target once, failed runs left out, hits of fits and checks counted and told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scorecard import ship_quick
from sim.evidence.page import page
from sim.evidence.score import COLUMNS, UNJUDGED, in_words, lost, read_card, score, tally
from sim.evidence.targets import GOOD
from tests.sim.evidence.hand_made import target

NAN = float("nan")
TARGETS = {
    "fit_in": target(measure="a"),
    "fit_low": target(measure="a", band=(3.0, 4.0)),
    "check_sign": target(measure="b", above=0.0, role="check"),
    "check_unknown": target(measure="nothing", role="check"),
    "elsewhere": target(measure="a", run="other", role="check", band=(6.0, 8.0)),
    "prediction": target(measure="a", role="prediction", band=(50.0, 60.0)),
    "input": target(measure="a", role="input"),
}


def runs(a: list[float], b: list[float], other: list[float], errors: list[str | None] | None = None) -> pd.DataFrame:
    """Seeds of the arm `quo` with measures a and b, and of the arm `other` with a alone."""
    quo = pd.DataFrame({"arm": "quo", "seed": range(len(a)), "error": errors or [None] * len(a), "a": a, "b": b})
    return pd.concat([quo, pd.DataFrame({"arm": "other", "seed": range(len(other)), "error": None, "a": other})], ignore_index=True)


@pytest.fixture
def table() -> pd.DataFrame:
    return score(runs([0.2, 0.4, 0.6], [1.0, 2.0, NAN], [7.0]), TARGETS)


def row(table: pd.DataFrame, name: str) -> pd.Series:
    return table.set_index("target").loc[name]


def test_a_card_is_read_as_it_was_made(tmp_path: Path):
    """Marks that are not there must not come back as marks."""
    marked = TARGETS | {"marked": target(measure="a", moved="it was", given="it is")}
    made = score(runs([0.2, 0.4, 0.6], [1.0, 2.0, NAN], [7.0]), marked)
    made.to_csv(tmp_path / "scorecard.csv", index=False)
    again = read_card(tmp_path / "scorecard.csv")
    assert page(again, "Card", []) == page(made, "Card", [])
    assert page(again, "Card", []).count("moved, given") == 1
    assert in_words(again) == in_words(made)


def test_another_card_that_lacks_a_target_is_shipped_only_with_its_reason(tmp_path: Path):
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    for path, values in ((old, [0.2, 0.4]), (new, [5.0, 6.0])):
        score(runs(values, [1.0, 2.0], [7.0]), TARGETS).to_csv(path, index=False)
    with pytest.raises(SystemExit, match="fit_in"):
        ship_quick(new, old, [])
    assert read_card(old)["mean"].iloc[0] == pytest.approx(0.3)
    ship_quick(new, old, ["fit_in"])
    assert read_card(old)["mean"].iloc[0] == pytest.approx(5.5)


def test_every_target_has_one_row_in_the_order_of_the_registry(table: pd.DataFrame):
    assert list(table.columns) == list(COLUMNS)
    assert list(table["target"]) == list(TARGETS)
    verdicts = dict(zip(table["target"], table["verdict"], strict=True))
    assert verdicts == {
        "fit_in": "in", "fit_low": "too low", "check_sign": "holds", "check_unknown": UNJUDGED, "elsewhere": "in",
        "prediction": "too low", "input": "in",
    }  # fmt: skip


def test_means_and_ranges_are_over_the_seeds_of_the_targets_own_run(table: pd.DataFrame):
    quo = row(table, "fit_in")
    assert (quo["mean"], quo["n"]) == (pytest.approx(0.4), 3)
    assert (quo["range_low"], quo["range_high"]) == (pytest.approx(0.22), pytest.approx(0.58))
    assert (row(table, "elsewhere")["mean"], row(table, "elsewhere")["n"]) == (7.0, 1)
    assert (quo["low"], quo["high"]) == (0.0, 1.0)
    assert row(table, "check_sign")["low"] == 0.0
    assert np.isnan(row(table, "check_sign")["high"])


def test_a_run_without_a_value_is_not_among_those_counted(table: pd.DataFrame):
    assert row(table, "check_sign")["n"] == 2
    nothing = row(table, "check_unknown")
    assert nothing["n"] == 0
    assert np.isnan([nothing["mean"], nothing["range_low"], nothing["range_high"]]).all()


def test_a_failed_run_is_left_out():
    told = score(runs([0.5, 0.5, 900.0], [1.0, 1.0, -1.0], [7.0], [None, None, "an invariant broke"]), TARGETS)
    never = score(runs([0.5, 0.5], [1.0, 1.0], [7.0]), TARGETS)
    pd.testing.assert_frame_equal(told, never)
    assert row(told, "check_sign")["verdict"] == "holds"


def test_where_all_runs_failed_nothing_is_judged():
    table = score(runs([0.5], [1.0], [7.0]).assign(error="an invariant broke"), TARGETS)
    assert set(table["verdict"]) == {UNJUDGED}
    assert tally(table) == {"fit": (0, 0, 0, 0), "check": (0, 0, 0, 0)}
    assert in_words(table) == "0 of 0 fit targets and 0 of 0 check targets are met; 5 could not be measured"


def test_hits_are_counted_among_fits_and_checks_that_could_be_judged(table: pd.DataFrame):
    assert tally(table) == {"fit": (1, 0, 0, 2), "check": (2, 0, 0, 2)}


def test_the_sentence_says_what_is_met_and_what_could_not_be_measured(table: pd.DataFrame):
    assert in_words(table) == "1 of 2 fit targets and 2 of 2 check targets are met; 1 could not be measured"
    assert in_words(table[table["target"] != "check_unknown"]) == "1 of 2 fit targets and 2 of 2 check targets are met"


def test_what_could_hardly_be_missed_and_what_is_only_touched_is_said_apart():
    own = {
        "sure": target(measure="a", given="by a rule"),
        "edge": target(measure="a", band=(0.5, 0.8)),
        "missed": target(measure="a", band=(3.0, 4.0), given="too"),
    }
    table = score(runs([0.2, 0.4, 0.6], [1.0] * 3, []), own)
    assert tally(table)["fit"] == (2, 1, 1, 3)
    assert in_words(table).startswith("2 of 3 fit targets (of them 1 only by a part of the range and 1 nearly given) and 0 of 0")


def test_a_target_is_lost_that_was_met_and_is_not_any_more(table: pd.DataFrame):
    worse = score(runs([3.5, 3.5], [-1.0, -1.0], [1.0]), TARGETS)
    assert lost(table, worse) == ["fit_in", "check_sign", "elsewhere"]  # neither the input nor what was missed before
    assert lost(table, table) == []
    assert lost(worse, table) == ["fit_low"]


def test_a_target_that_cannot_be_measured_any_more_is_lost(table: pd.DataFrame):
    silent = score(runs([0.5], [NAN], [7.0]), TARGETS)
    assert lost(table, silent) == ["check_sign"]


@pytest.mark.parametrize("change", [{"role": "input"}, {"high": 9.0}, {"low": -9.0}])
def test_a_target_that_is_asked_less_of_is_lost(table: pd.DataFrame, change: dict[str, object]):
    """Nobody keeps a hit by widening its band, or by not counting it any more."""
    easier = table.copy()
    for column, value in change.items():
        easier.loc[easier["target"] == "fit_in", column] = value
    assert lost(table, easier) == ["fit_in"]
    assert lost(table, table[table["target"] != "fit_in"]) == ["fit_in"]


def test_a_new_target_cannot_be_lost(table: pd.DataFrame):
    before = table[table["target"] != "fit_in"]
    assert lost(before, score(runs([9.0], [1.0], [7.0]), TARGETS)) == []


@given(st.lists(st.floats(-2.0, 3.0), min_size=1, max_size=12), st.lists(st.floats(-2.0, 3.0), min_size=1, max_size=12))
def test_a_loss_is_a_hit_before_and_a_miss_now(first: list[float], second: list[float]):
    before, now = (score(runs(values, values, values), TARGETS) for values in (first, second))
    counted = before["role"].isin(("fit", "check"))
    fell = counted & before["verdict"].isin(GOOD) & ~now["verdict"].isin(GOOD)
    assert lost(before, now) == before.loc[fell, "target"].tolist()
    rose = counted & now["verdict"].isin(GOOD) & ~before["verdict"].isin(GOOD)
    hits = [sum(met for met, *_ in tally(table).values()) for table in (before, now)]
    assert hits[1] - hits[0] == int(rose.sum()) - int(fell.sum())


def test_the_page_shows_every_target_and_how_many_runs_gave_a_value(table: pd.DataFrame):
    lines = page(table, "Card", ["Made by hand."]).splitlines()
    assert sum(line.startswith("| 1 | a |") for line in lines) == len(TARGETS)
    assert sum("in 2 of 3 runs" in line for line in lines) == 1  # the sign, nan on the third seed


def test_a_second_card_stands_beside_the_first(table: pd.DataFrame):
    wide = score(runs([0.1, 3.9], [1.0, 2.0], [7.0]), TARGETS)
    text = page(table, "Card", [], wide)
    assert f"**{in_words(table)}; over the set of values {in_words(wide)}.**" in text
    for line in text.splitlines():
        assert not line.startswith("| 1 |") or line.count(" | ") == 8
