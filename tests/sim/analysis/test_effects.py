import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.effects import differences, effects, split
from sim.analysis.results import Results
from sim.analysis.verdicts import claims
from tests.sim.analysis.synthetic import ARMS, BASE, COUNTRIES, DOSE, OWN_NOISE, SEEDS

PROMISED = {
    *("arm", "dose", "outcome", "country", "mean", "standard_error", "ci_low", "ci_high", "n"),
    *("status_quo_mean", "relative_effect", "public_cost", "effect_per_million", "verdict"),
}


@pytest.fixture(scope="module")
def table(results: Results) -> pd.DataFrame:
    return effects(results)


def row(table: pd.DataFrame, arm: str, outcome: str, country: str = "all") -> pd.Series:
    chosen = table[(table["arm"] == arm) & (table["outcome"] == outcome) & (table["country"] == country)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def runs(results: Results, arm: str, column: str) -> np.ndarray:
    """The outcome by seed, read without the code under test."""
    table = pd.read_parquet(results.folder / "runs.parquet")
    return table[table["arm"] == arm].sort_values("seed")[column].to_numpy()


def test_promised_columns(table: pd.DataFrame) -> None:
    assert set(table) >= PROMISED
    assert not table.duplicated(["arm", "dose", "outcome", "country"]).any()


@pytest.mark.parametrize("arm", [arm for arm in ARMS if arm != "zero"])
def test_a_plain_effect_is_the_paired_t_interval(results: Results, table: pd.DataFrame, arm: str) -> None:
    gaps = runs(results, arm, "innovations") - runs(results, "status_quo", "innovations")
    low, high = stats.ttest_1samp(gaps, 0.0).confidence_interval(0.95)
    found = row(table, arm, "innovations")
    assert (found["mean"], found["ci_low"], found["ci_high"]) == pytest.approx((gaps.mean(), low, high))
    assert found["p"] == pytest.approx(stats.ttest_1samp(gaps, 0.0).pvalue)
    assert found["n"] == SEEDS
    base = runs(results, "status_quo", "innovations").mean()
    assert found["status_quo_mean"] == pytest.approx(base)
    assert found["relative_effect"] == pytest.approx(gaps.mean() / base)
    assert abs(found["mean"] - ARMS[arm][2]) < 4 * OWN_NOISE * BASE["innovations"][1] / math.sqrt(SEEDS)


def test_effect_per_million(results: Results, table: pd.DataFrame) -> None:
    found = row(table, "cross_cluster", "innovations")
    cost = (runs(results, "cross_cluster", "public_cost") - runs(results, "status_quo", "public_cost")).mean()
    assert found["public_cost"] == pytest.approx(cost)
    assert found["effect_per_million"] == pytest.approx(found["mean"] / cost)


def test_a_primary_outcome_per_money_is_the_ratio_of_mean_differences(results: Results, table: pd.DataFrame) -> None:
    y = runs(results, "subsidy", "research_private") - runs(results, "status_quo", "research_private")
    x = runs(results, "subsidy", "public_cost") - runs(results, "status_quo", "public_cost")
    r = y.mean() / x.mean()
    delta_method = math.sqrt(((y - r * x) ** 2).sum() / (len(y) - 1) / len(y)) / x.mean()
    found = row(table, "subsidy", "B")
    assert found["mean"] == pytest.approx(r)
    assert found["standard_error"] == pytest.approx(delta_method)
    assert found["primary"] == "B"


def test_the_worst_member_is_the_one_with_the_smallest_mean_gain(results: Results, table: pd.DataFrame) -> None:
    found = row(table, "subsidy", "D")
    gaps = runs(results, "subsidy", "productivity_KGZ") - runs(results, "status_quo", "productivity_KGZ")
    assert found["mean"] == pytest.approx(gaps.mean())
    assert found["verdict"] == "loss"
    assert found["p"] == pytest.approx(stats.ttest_1samp(gaps, 0.0).pvalue * len(COUNTRIES))


def test_a_gain_of_the_worst_member_is_a_gain_of_every_member(results: Results, table: pd.DataFrame) -> None:
    found = row(table, "cross_cluster", "D")
    p = [
        stats.ttest_1samp(
            runs(results, "cross_cluster", f"productivity_{iso}") - runs(results, "status_quo", f"productivity_{iso}"), 0.0
        ).pvalue
        for iso in COUNTRIES
    ]
    assert found["p"] == pytest.approx(max(p))


def test_countries_have_rows_of_their_own(results: Results, table: pd.DataFrame) -> None:
    found = row(table, "cross_cluster", "productivity", "BLR")
    gap = (runs(results, "cross_cluster", "productivity_BLR") - runs(results, "status_quo", "productivity_BLR")).mean()
    assert found["mean"] == pytest.approx(gap)
    assert found["relative_effect"] == pytest.approx(math.expm1(gap))  # a logarithm


def test_a_zero_dose_is_no_effect_at_all(table: pd.DataFrame) -> None:
    own = table[(table["arm"] == "zero") & (table["primary"] == "") & ~table["outcome"].str.startswith(("started", "funded"))]
    assert (own["mean"] == 0.0).all()
    assert set(own["verdict"]) == {"no effect larger than 0"}


@pytest.mark.parametrize("outcome", ["public_cost", "private_time", "absorbed"])
def test_a_cost_is_more_or_less_and_never_a_gain(table: pd.DataFrame, outcome: str) -> None:
    assert row(table, "cross_cluster", outcome)["verdict"] == "more"


def test_holm_is_over_the_stated_outcomes(table: pd.DataFrame) -> None:
    own = table[(table["arm"] == "cash") & (table["primary"] != "")].sort_values("p")
    steps = (own["p"] * [4, 3, 2, 1]).cummax().clip(upper=1.0)
    assert own["p_holm"].to_numpy() == pytest.approx(steps.to_numpy())


def test_pairing_pays(table: pd.DataFrame) -> None:
    ratios = table.loc[(table["primary"] != "") & (table["arm"] != "zero"), "variance_ratio"].dropna()
    assert (ratios > 5).all()


@pytest.mark.parametrize(
    ("column", "parts"),
    [("sales_RUS", ("sales", "RUS")), ("innovations", ("innovations", "all")), ("ties_end", ("ties_end", "all"))],
)
def test_country_columns(column: str, parts: tuple[str, str]) -> None:
    assert split(column) == parts


def test_a_claim_is_a_paired_comparison(results: Results) -> None:
    found = claims(results).set_index("claim").loc["matchmaking_beats_cash"]
    cost = {arm: differences(results, arm, DOSE, "public_cost") for arm in ("matchmaking", "cash")}
    money = {arm: differences(results, arm, DOSE, "research_private") for arm in ("matchmaking", "cash")}
    gap = money["matchmaking"].mean() / cost["matchmaking"].mean() - money["cash"].mean() / cost["cash"].mean()
    assert found["mean"] == pytest.approx(gap)
    assert found["cost_gap"] == pytest.approx(cost["matchmaking"].mean() / cost["cash"].mean() - 1)


def test_a_claim_against_several_is_against_the_best_of_those_that_ran(results: Results) -> None:
    found = claims(results).set_index("claim").loc["institutions_beat_money"]
    gap = runs(results, "meet_then_pay", "cross_cluster_alive_end") - runs(results, "cross_cluster", "cross_cluster_alive_end")
    assert found["strongest_rival"] == "cross_cluster"
    assert found["not_run"] == "platform"
    assert found["mean"] == pytest.approx(gap.mean())
    assert found["p"] == pytest.approx(stats.ttest_1samp(gap, 0.0).pvalue)
    assert found["verdict"] == "gain"


def with_claim(results: Results, **claim) -> Results:
    """The same results, had another claim been registered, or equal cost not been asked for."""
    manifest = dict(results.manifest)
    manifest["design"] = {"equal_cost": claim.pop("equal_cost", True)}
    manifest["preregistration"] = {**manifest["preregistration"], "claims": {"other": {"text": "It is so", "outcome": "C", **claim}}}
    return dataclasses.replace(results, manifest=manifest)


def test_a_claim_may_be_made_against_the_baseline(results: Results) -> None:
    found = claims(with_claim(results, arm="meet_then_pay", against=["status_quo"])).iloc[0]
    gain = differences(results, "meet_then_pay", DOSE, "cross_cluster_alive_end")
    assert found["not_run"] == ""
    assert found["mean"] == pytest.approx(gain.mean())
    assert found["p"] == pytest.approx(stats.ttest_1samp(gain, 0.0).pvalue)
    assert math.isnan(found["cost_gap"])


def test_where_equal_cost_was_not_asked_for_nobody_is_told_that_it_is_missing(results: Results) -> None:
    found = claims(with_claim(results, arm="meet_then_pay", against=["cash"], equal_cost=None)).iloc[0]
    assert math.isnan(found["cost_gap"])
    assert not math.isnan(found["mean"])


def test_claims_are_adjusted_over_all_claims(results: Results) -> None:
    table = claims(results).sort_values("p")
    assert table["p_holm"].to_numpy() == pytest.approx((table["p"] * [3, 2, 1]).cummax().clip(upper=1.0).to_numpy())
