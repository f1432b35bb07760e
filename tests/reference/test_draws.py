"""The plain twins of the draws say the same as the kernels, to the bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import draws as fast
from tests.reference import draws as plain

WHOLE = st.integers(0, 2**63 - 1)
UNIT = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)


@given(WHOLE, WHOLE, WHOLE)
def test_keys_and_bits(a: int, b: int, c: int) -> None:
    k = plain.key(a, b % 100, c)
    assert int(fast.key(a, b % 100, c)) == k
    for twin in ("bits", "pair_bits"):
        z = getattr(plain, twin)(k, b, c)
        assert int(getattr(fast, twin)(fast.np.uint64(k), b, c)) == z
        assert fast.unit(fast.np.uint64(z)) == plain.unit(z)
        assert fast.open_unit(fast.np.uint64(z)) == plain.open_unit(z)


@pytest.mark.parametrize("name", ["exponential", "logistic", "normal"])
@given(UNIT)
def test_quantiles(name: str, u: float) -> None:
    assert getattr(fast, name)(u) == pytest.approx(getattr(plain, name)(u), rel=1e-15)


@given(UNIT, st.floats(0.0, 20.0))
def test_counts(u: float, mean: float) -> None:
    assert fast.poisson(u, mean) == plain.poisson(u, mean)
