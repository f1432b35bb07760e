"""Indicators on accounts made by hand, the index, the ladders."""

from types import SimpleNamespace

import numpy as np
import pytest

from agents.population import FIELDS
from sim.competitiveness import IndexParameters, cohesion, index, last_year, pillar_weights
from sim.indicators import INDICATORS, indicators, ratio
from sim.network_accounts import ProjectSums
from sim.outcomes import present_value

INDEX = IndexParameters(
    basic_first=0.6, efficiency_first=0.35, basic_second=0.4, efficiency_second=0.5, basic_third=0.2, efficiency_third=0.5,
    first_ends=2000, second_begins=3000, second_ends=9000, third_begins=17000, efficiency_slope=1.8, research_slope=0.66,
    novelty_weight=0.1,
)  # fmt: skip


class Asked(dict):
    """Accounts that are 1 wherever nobody set them, and remember what was asked."""

    def __missing__(self, name: str) -> np.ndarray:
        self[name] = np.ones((2, 3))
        return self[name]


def test_every_indicator_has_unit_meaning_and_the_shape_of_its_accounts():
    values = indicators(Asked())
    assert list(values) == list(INDICATORS)
    for name, indicator in INDICATORS.items():
        assert indicator.unit
        assert indicator.meaning
        assert np.shape(values[name]) in ((2, 3), ()), name
        assert np.isfinite(values[name]).all(), name


def test_the_share_of_nothing_is_nothing():
    assert ratio(np.array([0.0, 1.0]), np.array([0.0, 2.0])).tolist() == [0.0, 0.5]
    nothing = Asked({name: np.zeros((2, 3)) for name in ("sales", "profit", "sales_members", "profit_members", "organisations", "firms")})
    values = indicators(nothing)
    assert not values["profitability"].any()
    assert not values["ties_per_organisation"].any()


def test_variety_counts_effective_fields():
    even = {f"knowledge_{field}": np.array([2.0]) for field in range(FIELDS)}
    one = {f"knowledge_{field}": np.array([2.0 * (field == 3)]) for field in range(FIELDS)}
    assert INDICATORS["knowledge_variety"].of(even) == pytest.approx(FIELDS)
    assert INDICATORS["knowledge_variety"].of(one) == pytest.approx(1.0)


def test_diversification_is_herfindahl_over_sectors():
    accounts = {"sales_of_ict": np.array([3.0]), "sales_of_food": np.array([1.0]), "sales_times_hhi": np.array([99.0])}
    assert INDICATORS["hhi_sectors"].of(accounts) == pytest.approx((9 + 1) / 16)


def test_profitability_splits_into_members_and_outsiders():
    accounts = {"profit": np.array([5.0]), "profit_members": np.array([4.0]), "sales": np.array([100.0]), "sales_members": np.array([20.0])}
    assert INDICATORS["profitability_members"].of(accounts) == pytest.approx(0.2)
    assert INDICATORS["profitability_outsiders"].of(accounts) == pytest.approx(1 / 80)


def test_a_consortium_counts_once_and_in_parts():
    columns = {
        "members": np.array([[0, 1, 2, -1, -1, -1], [0, 1, -1, -1, -1, -1]]),
        "size": np.array([3, 2]),
        "weight": np.array([1.0, 20.0]),
    }
    total = ProjectSums(columns, country=np.array([0, 0, 1]), countries=2)
    assert total(np.ones(2)) == pytest.approx([2 / 3 + 20, 1 / 3])
    assert total(np.array([True, False])).sum() == pytest.approx(1.0)


def test_pillar_weights_follow_the_stage_of_development():
    weights = pillar_weights(np.array([1000.0, 2500.0, 5000.0, 13000.0, 50000.0]), INDEX)
    assert weights.sum(axis=1) == pytest.approx(np.ones(5))
    assert weights[0] == pytest.approx([0.60, 0.35, 0.05])
    assert weights[1] == pytest.approx([0.50, 0.425, 0.075])
    assert weights[2] == pytest.approx([0.40, 0.50, 0.10])
    assert weights[4] == pytest.approx([0.20, 0.50, 0.30])


def test_last_year_sums_four_quarters():
    flow = np.arange(6.0)[:, None]
    assert last_year(flow)[:, 0].tolist() == [0.0, 1.0, 3.0, 6.0, 10.0, 14.0]
    assert flow[:, 0].tolist() == list(range(6))


def test_cohesion_passes_over_countries_without_sales():
    gaps = cohesion(np.array([[0.0, 1.0, -9.0], [0.0, 0.0, 0.0]]), np.array([[5.0, 5.0, 0.0], [0.0, 0.0, 0.0]]))
    assert gaps["productivity_spread"].tolist() == [0.5, 0.0]
    assert gaps["productivity_worst"].tolist() == [0.0, 0.0]


def test_present_value_of_a_flow_since_the_opening():
    flow, quarters = np.array([100.0, 1.0, 1.0]), np.array([-1, 0, 4])
    assert present_value(flow, quarters, 0.04) == pytest.approx(1.0 + 1.0 / 1.04)
    assert present_value(flow, quarters, 0.0) == 2.0


def test_index_moves_with_research_and_stands_at_the_opening():
    figures = {"A": 1000.0, "B": 50000.0}
    world = SimpleNamespace(
        config=SimpleNamespace(
            behaviour=SimpleNamespace(index=INDEX), country={iso: SimpleNamespace(value=lambda _, iso=iso: figures[iso]) for iso in figures}
        ),
        countries=SimpleNamespace(iso=["A", "B"], basic=np.zeros(2), efficiency=np.array([0.0, 1.0]), innovation=np.zeros(2)),
    )
    accounts = Asked({"research": np.array([[1.0, 1.0], [1.0, np.e]])})
    for name in ("sales_times_fitness", "sales_times_frontier", "sales", "radical", "joint", "organisations"):
        accounts[name] = np.ones((2, 2))
    accounts["radical"] = accounts["joint"] = np.zeros((2, 2))
    values = index(accounts, world, opening=0)
    assert values["index"][0] == pytest.approx([0.0, 0.5])
    assert values["index"][1] == pytest.approx([0.0, 0.5 + 0.3 * 0.66])
    assert values["index_rank"].tolist() == [[2.0, 1.0], [2.0, 1.0]]
