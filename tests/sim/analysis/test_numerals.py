import math

import pytest

from sim.analysis import numerals
from sim.analysis.results import read_reading

THIN = numerals.SPACE
NAN = math.nan


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234567.0, f"1{THIN}234{THIN}567"), (-0.01234, "−0.0123"), (12.34, "12.3"), (NAN, "–"), (math.inf, "–"), (-3e-12, "0")],
)
def test_numbers_as_people_read_them(value: float, text: str) -> None:
    assert numerals.number(value) == text


@pytest.mark.parametrize(
    ("mean", "low", "high", "text"),
    [
        (-2e-9, -0.89, 0.89, f"0 ±{THIN}0.89"),  # what is noise beside its interval is no number
        (-0.0004, -0.0124, 0.0116, f"0 ±{THIN}0.012"),
        (0.5614, 0.4784, 0.6444, f"0.561 ±{THIN}0.083"),
        (384.4, 254.4, 514.4, f"384 ±{THIN}130"),
        (5.0, 5.0, 5.0, "5.00"),
        (5.0, NAN, NAN, "5.00"),
        (NAN, NAN, NAN, "–"),
    ],
)
def test_an_interval_decides_the_digits(mean: float, low: float, high: float, text: str) -> None:
    assert numerals.plus_minus(mean, low, high) == text


@pytest.mark.parametrize(("half", "text"), [(0.02, f"−0.003 ±{THIN}0.020"), (0.0001, "−0.003"), (0.000_01, "−0.003")])
def test_per_cent_ends_at_a_thousandth(half: float, text: str) -> None:
    assert numerals.plus_minus(-0.003, -0.003 - half, -0.003 + half, "%") == text


@pytest.mark.parametrize(("share", "text"), [(0.9844, "98"), (0.076, "7.6"), (-0.000_000_4, "0"), (1.0, "100"), (-0.000_009_4, "−0.001")])
def test_shares_as_per_cent(share: float, text: str) -> None:
    assert numerals.percent(share) == f"{text}{THIN}%"


def test_an_interval_in_brackets_has_one_number_of_decimals() -> None:
    assert numerals.interval(2.53, -0.287, 5.33) == "2.5 [−0.3, 5.3]"
    assert numerals.interval(2.53, NAN, NAN) == "2.53"


def test_a_bound_is_said_in_the_unit_that_is_shown_and_never_too_small() -> None:
    words = numerals.verdict_words("no effect larger than 0.00034", -0.000331, 0.0002, "ln points", read_reading())
    assert words == f"no effect larger than 0.034{THIN}%"
    assert numerals.verdict_words("gain", 0.1, 0.2, "ln points", read_reading()) == "gain"
