import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.inference import Estimate, estimate, holm, minimum_detectable, rounded_up, variance_ratio, verdict
from sim.analysis.results import read_reading
from sim.paired import paired, ratio

READING = read_reading()


def test_a_t_interval_is_the_textbook_one() -> None:
    """Mean 3, s = sqrt(2.5), n = 5, t(.975, 4) = 2.776445 (any table)."""
    found = estimate(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 0.95)
    half = 2.7764451 * math.sqrt(2.5) / math.sqrt(5)
    assert found.mean == 3.0
    assert found.standard_error == pytest.approx(math.sqrt(0.5))
    assert (found.low, found.high) == pytest.approx((3.0 - half, 3.0 + half))
    assert found.n == 5


def test_p_of_two_values_is_that_of_the_cauchy_distribution() -> None:
    """With one degree of freedom t is Cauchy: p = 1 - 2 atan(|t|) / pi, here t = 2 / 1 = 2."""
    assert estimate(np.array([1.0, 3.0]), 0.95).p == pytest.approx(1 - 2 * math.atan(2.0) / math.pi)


def test_p_is_below_one_minus_confidence_exactly_where_the_interval_excludes_zero() -> None:
    values = np.array([0.4, 1.9, 0.7, 2.2])
    for shift in np.linspace(-3, 1, 81):
        found = estimate(values + shift, 0.95)
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_one_seed_has_a_mean_and_no_interval() -> None:
    found = estimate(np.array([7.0]), 0.95)
    assert found.mean == 7.0
    assert math.isnan(found.low)
    assert verdict(found, found.p, 1e9, 1, READING) == "cannot tell"
    assert math.isnan(minimum_detectable(found, READING))


def test_values_that_agree_do_not_say_what_could_have_been_missed() -> None:
    assert math.isnan(minimum_detectable(estimate(np.array([2.0, 2.0]), 0.95), READING))


def test_no_values_are_no_estimate() -> None:
    assert math.isnan(estimate(np.array([]), 0.95).mean)


@pytest.mark.parametrize(("values", "p"), [((0.0, 0.0, 0.0), 1.0), ((2.0, 2.0, 2.0), 0.0)])
def test_differences_that_do_not_vary(values: tuple[float, ...], p: float) -> None:
    found = estimate(np.array(values), 0.95)
    assert (found.standard_error, found.p) == (0.0, p)


@given(
    st.lists(st.tuples(st.floats(-100, 100), st.floats(1, 50)), min_size=2, max_size=12),
)
def test_a_ratio_is_the_ratio_of_means(pairs: list[tuple[float, float]]) -> None:
    numerator, denominator = np.array(pairs).T
    parts = ratio(numerator, denominator)
    assert parts.mean() == pytest.approx(numerator.mean() / denominator.mean(), rel=1e-9, abs=1e-9)


def test_the_rounding_of_sums_is_no_difference() -> None:
    base = np.array([1e5, 1e5, 0.0, 1.0])
    assert paired(base + np.array([1e-6, 1.0, 1e-12, 0.0]), base, 1e-9).tolist() == [0.0, 1.0, 1e-12, 0.0]


def test_a_ratio_of_proportional_values_has_no_error() -> None:
    assert estimate(ratio(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0])), 0.95).standard_error == pytest.approx(0.0, abs=1e-15)


def test_a_ratio_over_a_constant_is_a_mean_over_it() -> None:
    values = np.array([3.0, 5.0, 10.0])
    assert ratio(values, np.full(3, 4.0)) == pytest.approx(values / 4.0)


def test_what_costs_nothing_has_no_effect_per_cost() -> None:
    assert np.isnan(ratio(np.array([1.0, 2.0]), np.zeros(2))).all()


def test_the_least_detectable_effect() -> None:
    """t(.975, 9) = 2.262157, t(.80, 9) = 0.883404 (any table)."""
    found = Estimate(1.0, 2.0, 0.0, 2.0, 10, 0.5)
    assert minimum_detectable(found, READING) == pytest.approx((2.262157 + 0.883404) * 2.0, rel=1e-6)


def test_holm_by_hand() -> None:
    """Holm 1979: smallest p times 4, next times 3, ...; never falling, never above 1."""
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}, family=4)
    assert adjusted == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})


def test_holm_counts_what_was_stated_and_not_only_what_was_found() -> None:
    adjusted = holm({"a": 0.01, "b": math.nan}, family=4)
    assert adjusted["a"] == pytest.approx(0.04)
    assert math.isnan(adjusted["b"])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_only_makes_p_larger_and_keeps_the_order(values: list[float]) -> None:
    given_p = {str(place): p for place, p in enumerate(values)}
    adjusted = holm(given_p, family=len(values))
    order = sorted(given_p, key=lambda name: given_p[name])
    assert all(given_p[name] <= adjusted[name] <= 1 for name in given_p)
    assert [adjusted[name] for name in order] == sorted(adjusted.values())


def test_variance_ratio_by_hand() -> None:
    """var(1, 2, 3) = 1, var(1.5, 2, 3.5) = 1.083, var of differences (.5, 0, .5) = 1/12."""
    assert variance_ratio(np.array([1.5, 2.0, 3.5]), np.array([1.0, 2.0, 3.0])) == pytest.approx((1.0 + 13 / 12) / (1 / 12))


def found(low: float, high: float, n: int = 8, p: float = 0.5) -> Estimate:
    return Estimate((low + high) / 2, (high - low) / 4, low, high, n, p)


@pytest.mark.parametrize(
    ("low", "high", "p", "margin", "better", "word"),
    [
        (0.1, 0.3, 0.01, 0.0, 1, "gain"),
        (0.1, 0.3, 0.01, 0.0, -1, "loss"),
        (-0.3, -0.1, 0.01, 0.0, 1, "loss"),
        (-0.3, -0.1, 0.01, 0.0, -1, "gain"),
        (0.1, 0.3, 0.01, 0.0, 0, "more"),
        (-0.3, -0.1, 0.01, 0.0, 0, "less"),
        (0.1, 0.3, 0.0499, 0.0, 1, "gain"),
        (0.1, 0.3, 0.05, 0.0, 1, "cannot tell"),  # interval excludes zero, but not after Holm
        (0.0, 0.3, 0.049, 0.0, 1, "cannot tell"),  # an interval that touches zero does not exclude it
        (-0.2, 0.3, 0.5, 0.3, 1, "no effect larger than 0.3"),
        (-0.2, 0.3, 0.5, 0.2999, 1, "cannot tell"),
        (-0.3123, 0.2, 0.5, 0.5, 1, "no effect larger than 0.32"),
        (0.1, 0.3, 0.2, 0.5, 1, "no effect larger than 0.3"),
        (0.0, 0.0, 1.0, 0.0, 1, "no effect larger than 0"),
    ],
)
def test_words_at_the_edges(low: float, high: float, p: float, margin: float, better: int, word: str) -> None:
    assert verdict(found(low, high), p, margin, better, READING) == word


@given(st.floats(1e-9, 1e9))
def test_rounding_up_never_promises_too_much(value: float) -> None:
    assert value * (1 - 1e-8) <= rounded_up(value) <= value * 1.1001
