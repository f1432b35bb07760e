import math

import pandas as pd
import pytest

from sim.analysis import minister
from sim.analysis.effects import effects
from sim.analysis.results import Results
from tests.sim.analysis.synthetic import ARMS, KEY, PROGRAMME


@pytest.fixture(scope="module")
def table(results: Results) -> pd.DataFrame:
    return minister.table(results, effects(results)).set_index("arm")


def test_cost_by_payer_is_net_outlay_over_the_programme_years(table: pd.DataFrame) -> None:
    """1.1 paid and 0.1 clawed back each quarter; own time and the status quo's grants are not in it."""
    for payer, share in KEY.items():
        assert table.loc["subsidy", f"yearly_cost_{payer}"] == pytest.approx(ARMS["subsidy"][1] * share / (PROGRAMME / 4))
    assert table.loc["subsidy", "yearly_cost"] == pytest.approx(ARMS["subsidy"][1] / 5)
    assert table.loc["zero", "yearly_cost"] == 0.0


def test_payers_come_by_size(results: Results) -> None:
    assert list(minister.yearly_cost(results)) == ["RUS", "KAZ", "BLR", "KGZ", "ARM"]


def test_what_would_have_happened_anyway(results: Results, table: pd.DataFrame) -> None:
    runs = pd.read_parquet(results.folder / "runs.parquet").query("arm == 'cross_cluster'")
    found = table.loc["cross_cluster"]
    assert found["projects_started"] == pytest.approx(runs["projects_started"].mean())
    assert found["anyway_share"] == pytest.approx(3600.0 / runs["projects_started"].mean())
    assert found["funded_anyway_share"] == pytest.approx(0.3)
    assert math.isnan(table.loc["cash", "funded_anyway_share"])


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(3.0, 4.0, 0.75), (1.0 + 1e-12, 1.0, 1.0), (2.5, 1.0, math.nan), (0.0, 0.0, math.nan)]
)
def test_a_share_never_exceeds_the_whole(part: float, whole: float, share: float) -> None:
    assert minister._share(part, whole) == pytest.approx(share, abs=0, nan_ok=True)


def test_cost_per_additional_project(results: Results, table: pd.DataFrame) -> None:
    runs = pd.read_parquet(results.folder / "runs.parquet").groupby("arm")[["public_cost", "projects_started"]].mean()
    gap = runs.loc["cross_cluster"] - runs.loc["status_quo"]
    assert table.loc["cross_cluster", "cost_per_additional"] == pytest.approx(gap["public_cost"] / gap["projects_started"])


def test_no_cost_per_project_without_additional_projects(table: pd.DataFrame) -> None:
    assert math.isnan(table.loc["subsidy", "cost_per_additional"])


def test_absorbed_and_gains(table: pd.DataFrame) -> None:
    assert table.loc["cross_cluster", "absorbed_share"] == pytest.approx(0.82)
    assert table.loc["cross_cluster", "gain_BLR"] == pytest.approx(math.expm1(0.008), abs=0.001)
    assert table.loc["cross_cluster", "verdict"].startswith("A: gain; B: gain")
