"""Claims in every case by itself, where cases are sets of values that may each be true."""

import pandas as pd
import pytest

from sim.analysis.cells import FEW_CASES, claims_by_case_table
from sim.analysis.report import build_report
from sim.analysis.results import load
from sim.analysis.verdicts import claims, claims_by_case
from tests.sim.analysis.test_sensitivity import Make, make  # noqa: F401  (a fixture)
from tests.sim.analysis.toy_response import PATHS

pytestmark = pytest.mark.usefixtures("unpainted")

CLAIMS = {
    "more": {"text": "Cash brings more innovations", "arm": "cash", "against": ["status_quo"], "outcome": "A"},
    "linear": {"text": "Cash brings more of the other", "arm": "cash", "against": ["status_quo"], "outcome": "B"},
}


def listed(*first: float) -> dict[str, dict[str, list[float]]]:
    """Cases in which the first parameter is at these shares of its range; the effect on innovations is -1 at a quarter, 1 at three."""
    values = ([-4.0 + 2.0 * share for share in first], [0.1] * len(first), [1.5] * len(first))
    return {path: {"values": own} for path, own in zip(PATHS, values, strict=True)}


def test_a_claim_that_holds_in_one_case_and_fails_in_another_holds_on_average_in_none(make: Make) -> None:  # noqa: F811
    results = load(make("listed", seeds=4, over=listed(0.25, 0.75), claims=CLAIMS))
    found = claims_by_case(results).set_index(["claim", "case"])
    assert found.loc[("more", 0), ["mean", "verdict"]].tolist() == [pytest.approx(-1.0), "loss"]
    assert found.loc[("more", 1), ["mean", "verdict"]].tolist() == [pytest.approx(1.0), "gain"]
    assert claims(results).set_index("claim").loc["more", "mean"] == pytest.approx(0.0, abs=1e-12)
    # four seeds a case: the effect is 4 u1 + 2 u2 and a little luck
    assert found.loc[("linear", 0), "n"] == 4
    assert found.loc[("linear", 0), "mean"] == pytest.approx(2.0, abs=0.3)
    assert found.loc[("linear", 1), "mean"] == pytest.approx(4.0, abs=0.3)


def test_the_report_shows_them_beside_one_another(make: Make) -> None:  # noqa: F811
    folder = make("listed", seeds=4, over=listed(0.25, 0.75), claims=CLAIMS)
    page = build_report(folder).read_text(encoding="utf-8")
    assert "The claims in every case by itself" in page
    assert "loss 1 of 2, gain 1 of 2" in page
    assert len(pd.read_csv(folder / "claims_by_case.csv")) == len(CLAIMS) * 2


def test_many_cases_are_counted(make: Make) -> None:  # noqa: F811
    over = listed(*(0.2 + 0.01 * n for n in range(FEW_CASES)), 0.8)
    results = load(make("listed", seeds=4, over=over, claims=CLAIMS))
    table = claims_by_case_table(results, claims_by_case(results))
    assert table is not None
    assert table.head == ["Claim", "Verdicts"]
    assert table.rows[0] == ["Cash brings more innovations", f"loss {FEW_CASES} of {FEW_CASES + 1}, gain 1 of {FEW_CASES + 1}"]


def test_a_sample_has_no_claims_by_case(make: Make) -> None:  # noqa: F811
    folder = make("lhs", size=4, claims=CLAIMS)
    results = load(folder)
    assert claims_by_case(results).empty
    assert claims_by_case_table(results, claims_by_case(results)) is None
    assert "in every case by itself" not in build_report(folder).read_text(encoding="utf-8")
