"""The keyed generator, tested as a generator: uniform, uncorrelated over adjacent keys and ids, and the same in numba and Python.

Every test is at fixed keys, so its verdict never changes; the bounds are those a true random source passes
with probability 0.9999 or more per statistic.
"""

import math

import numpy as np
import pytest
from numba import njit
from scipy import stats

from agents import draws
from agents.draws import Purpose

N = 1 << 18
LAYOUTS = ["ids", "lattice", "seconds", "quarters", "seeds", "purposes", "raster", "pairs"]
FEW = 1e-5  # a p-value this small never comes up by chance in the ~50 statistics of this file


@njit
def hashes(key, a, b):
    """64 bits for every (a, b)."""
    out = np.empty(len(a), dtype=np.uint64)
    for i in range(len(a)):
        out[i] = draws.bits(key, a[i], b[i])
    return out


@njit
def hashes_of_keys(seeds, purposes, quarters):
    """64 bits of organisation 54321 under every (seed, purpose, quarter)."""
    out = np.empty(len(seeds), dtype=np.uint64)
    for i in range(len(seeds)):
        out[i] = draws.bits(draws.hashed(seeds[i], purposes[i], quarters[i]), 54321, 0)
    return out


@njit
def units(z):
    """Uniforms in [0, 1)."""
    out = np.empty(len(z))
    for i in range(len(z)):
        out[i] = draws.unit(z[i])
    return out


@njit
def quantiles(u):
    """Columns exponential, logistic, normal at every u."""
    out = np.empty((len(u), 3))
    for i in range(len(u)):
        out[i, 0] = draws.exponential(u[i])
        out[i, 1] = draws.logistic(u[i])
        out[i, 2] = draws.normal(u[i])
    return out


@njit
def counts(u, mean):
    """Poisson counts at every u."""
    out = np.empty(len(u), dtype=np.int64)
    for i in range(len(u)):
        out[i] = draws.poisson(u[i], mean)
    return out


def key_of(seed: int, purpose: int, quarter: int) -> np.uint64:
    """A key as the model hands it to kernels: numba returns a Python int, and would take one above 2**63 for too big."""
    return np.uint64(draws.key(seed, purpose, quarter))


def laid_out(layout: str) -> np.ndarray:
    """N hashes in the order in which the model asks for them, where neighbours differ in one small number."""
    n = np.arange(N, dtype=np.int64)
    zero, key = np.zeros_like(n), key_of(7, Purpose.SEARCH_PARTNER, 3)
    if layout == "ids":
        return hashes(key, n, zero)
    if layout == "lattice":  # ids as population.lattice_id makes them: country and quarter in the high digits
        return hashes(key, (n // 4096 * 1000 + 643) * 10_000_000 + n % 4096, zero)
    if layout == "seconds":
        return hashes(key, zero + 300_000, n)
    if layout == "raster":
        return hashes(key, n // 512, n % 512)
    if layout == "pairs":  # both ids move together
        return hashes(key, n, n + 1)
    if layout == "quarters":
        return hashes_of_keys(zero + 5000, zero + 23, n)
    if layout == "seeds":
        return hashes_of_keys(n, zero + 22, zero + 3)
    return hashes_of_keys(n // 64, n % 64, zero + 4)  # purposes, then seeds


@pytest.fixture(scope="module")
def uniforms() -> dict[str, np.ndarray]:
    return {layout: units(laid_out(layout)) for layout in LAYOUTS}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_uniform(uniforms: dict[str, np.ndarray], layout: str) -> None:
    u = uniforms[layout]
    assert u.min() >= 0.0
    assert u.max() < 1.0
    assert stats.chisquare(np.bincount((u * 1024).astype(int), minlength=1024)).pvalue > FEW
    assert stats.kstest(u, "uniform").pvalue > FEW


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("lag", [1, 2, 512])
def test_neighbours_are_uncorrelated(uniforms: dict[str, np.ndarray], layout: str, lag: int) -> None:
    u = uniforms[layout] - 0.5
    z = 12.0 * np.sum(u[:-lag] * u[lag:]) / math.sqrt(len(u) - lag)  # standard normal for independent uniforms
    assert abs(z) < 4.5


@pytest.mark.parametrize("layout", LAYOUTS)
def test_consecutive_pairs_fill_the_square(uniforms: dict[str, np.ndarray], layout: str) -> None:
    cells = (uniforms[layout] * 32).astype(int).reshape(-1, 2)
    assert stats.chisquare(np.bincount(cells[:, 0] * 32 + cells[:, 1], minlength=1024)).pvalue > FEW


@pytest.mark.parametrize("other", [(7, Purpose.SEARCH_CHANCE, 3), (7, Purpose.SEARCH_PARTNER, 4), (8, Purpose.SEARCH_PARTNER, 3)])
def test_neighbouring_keys_are_uncorrelated(uniforms: dict[str, np.ndarray], other: tuple[int, int, int]) -> None:
    n = np.arange(N, dtype=np.int64)
    u, v = uniforms["ids"] - 0.5, units(hashes(key_of(*other), n, np.zeros_like(n))) - 0.5
    assert abs(12.0 * np.sum(u * v) / math.sqrt(N)) < 4.5


def test_every_input_bit_flips_half_of_the_output() -> None:
    n = np.arange(4096, dtype=np.int64) * 977
    zero, key = np.zeros_like(n), key_of(7, Purpose.AGREE, 3)
    base = hashes(key, n, zero)
    bits = np.arange(64, dtype=np.uint64)
    for bit in range(62):
        for other in (hashes(key, n ^ (1 << bit), zero), hashes(key, n, zero ^ (1 << bit)), hashes(key ^ np.uint64(1 << bit), n, zero)):
            flipped = ((base ^ other)[:, None] >> bits & np.uint64(1)).mean(axis=0)
            assert abs(flipped - 0.5).max() < 5.5 / (2 * math.sqrt(len(n)))


def test_no_two_are_alike() -> None:
    everything = np.concatenate([laid_out(layout) for layout in ("ids", "lattice", "seconds", "quarters", "seeds", "purposes")])
    assert len(np.unique(everything)) == len(everything)  # these layouts have no (key, a, b) in common


def test_order_matters_except_in_pairs() -> None:
    key = key_of(7, Purpose.AGREE, 3)
    assert draws.bits(key, 1, 2) != draws.bits(key, 2, 1)
    assert draws.pair_bits(key, 1, 2) == draws.pair_bits(key, 2, 1) == draws.bits(key, 1, 2)


def python_mix(z: int) -> int:
    """splitmix64's finaliser in Python's own integers."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def test_mix_is_splitmix64() -> None:
    # First outputs of the published generator seeded with 0: the state advances by the golden ratio.
    golden = 0x9E3779B97F4A7C15
    assert [python_mix(golden * k % 2**64) for k in (1, 2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    for z in (0, 1, 2**63, 2**64 - 1, golden):
        assert int(draws.mix(np.uint64(z))) == python_mix(z)


def test_a_draw_is_five_mixes_of_seed_purpose_quarter_and_two_ids() -> None:
    def chained(start: int, *steps: tuple[int, np.uint64]) -> int:
        for value, factor in steps:
            start = python_mix((start + value * int(factor)) % 2**64)
        return start

    for seed, purpose, quarter, a, b in [(0, 1, 0, 0, 0), (7, 21, 3, 6_430_000_001, 5), (2**40, 94, 81, 1, 2**40)]:
        key = chained(seed, (1, draws.FIRST), (purpose, draws.FIRST), (quarter, draws.SECOND))
        assert int(key_of(seed, purpose, quarter)) == key
        assert int(draws.bits(np.uint64(key), a, b)) == chained(key, (a, draws.FIRST), (b, draws.SECOND))


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_numba_and_python_agree() -> None:
    for seed, purpose, quarter in [(0, 1, 0), (7, 21, 3), (2**40, 94, 81)]:
        key = key_of(seed, purpose, quarter)
        assert key == draws.hashed.py_func(seed, purpose, quarter)
        for a, b in [(0, 0), (1, 2), (6_430_000_001, 1_120_000_002)]:
            z = np.uint64(draws.bits(key, a, b))
            assert z == draws.bits.py_func(key, a, b)
            assert draws.pair_bits(key, b, a) == draws.pair_bits.py_func(key, b, a)
            assert draws.unit(z) == draws.unit.py_func(z) == int(z >> np.uint64(11)) / 2**53
            assert draws.open_unit(z) == draws.open_unit.py_func(z)


def test_quantiles_are_the_same_in_numba_and_python() -> None:
    u = units(laid_out("ids"))[:20_000]
    functions = (draws.exponential, draws.logistic, draws.normal)
    twin = np.array([[f.py_func(v) for f in functions] for v in u.tolist()])
    assert np.array_equal(quantiles(u), twin)
    for mean in (0.05, 3.0):
        assert counts(u, mean).tolist() == [draws.poisson.py_func(v, mean) for v in u.tolist()]


def test_open_unit_stays_inside() -> None:
    for z in (0, 2**64 - 1):
        u = draws.open_unit(np.uint64(z))
        assert 0.0 < u < 1.0
        assert np.isfinite(quantiles(np.array([u]))).all()


def test_quantile_functions_are_those_of_scipy() -> None:
    u = np.concatenate([np.logspace(-15, -1, 500), np.linspace(0.001, 0.999, 5000), 1.0 - np.logspace(-15, -1, 500)])
    exponential, logistic, normal = quantiles(u).T
    np.testing.assert_allclose(exponential, stats.expon.ppf(u), rtol=1e-13)
    np.testing.assert_allclose(logistic, stats.logistic.ppf(u), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(normal, stats.norm.ppf(u), rtol=1.2e-9, atol=1e-12)


@pytest.mark.parametrize("mean", [0.0, 0.05, 0.5, 3.0, 40.0, 200.0])
def test_poisson_is_that_of_scipy(mean: float) -> None:
    u = units(laid_out("ids"))[:50_000]
    edge = abs(u[:, None] - stats.poisson.cdf(np.arange(400), mean)[None, :]).min(axis=1) < 1e-12
    assert np.array_equal(counts(u, mean)[~edge], stats.poisson.ppf(u, mean).astype(int)[~edge])


def test_poisson_is_monotone_in_luck_and_mean() -> None:
    u = np.sort(units(laid_out("ids"))[:5000])
    ladder = np.array([counts(u, mean) for mean in np.linspace(0.0, 5.0, 101)])
    assert (np.diff(ladder, axis=0) >= 0).all()
    assert (np.diff(ladder, axis=1) >= 0).all()
    assert counts(np.array([1.0 - 2.0**-53]), 5.0)[0] < 1000


def test_purposes_are_never_shared() -> None:
    assert len({purpose.value for purpose in Purpose}) == len(Purpose.__members__)
