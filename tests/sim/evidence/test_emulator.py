"""Emulators: a response of parabolas is foretold at values that were not run, noise is not, and the error says which of the two it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.emulator import FOLDS, Emulators, folds
from tests.sim.evidence.toy_response import sample

POINTS, ELSEWHERE = sample(70, 4, seed=3), sample(200, 4, seed=4)


def fitted_to(points: np.ndarray, values: np.ndarray, noise: float = 0.0) -> Emulators:
    """Emulators of values whose means over seeds have this variance from luck."""
    return Emulators.fitted(points, values, np.full(values.shape[1], noise))


def quadratic(points: np.ndarray) -> np.ndarray:
    """Two measures f8 (n, 2) with squares of four parameters, one of them far from zero."""
    a, b, c, d = points.T
    return np.column_stack([1.0 + 2.0 * a - b**2 + 0.5 * c, 500.0 - 30.0 * (c - 0.4) ** 2 + 8.0 * d])


def test_a_quadratic_response_is_foretold():
    fitted = fitted_to(POINTS, quadratic(POINTS))
    mean, variance = fitted.predict(ELSEWHERE)
    truth = quadratic(ELSEWHERE)
    assert mean == pytest.approx(truth, abs=0.01 * truth.std(axis=0).min())
    assert np.all(variance >= 0.0)
    assert np.all(fitted.errors() < 0.02)


def test_all_surfaces_at_once_say_what_each_says():
    values = quadratic(POINTS)
    values[3, 1] = np.nan  # so that the two are centred apart
    fitted = fitted_to(POINTS, values + np.random.default_rng(1).normal(size=values.shape), noise=0.4)
    mean, variance = fitted.predict(ELSEWHERE)
    basis = np.hstack((2.0 * ELSEWHERE - 1.0, (2.0 * ELSEWHERE - 1.0) ** 2))
    for column, surface in enumerate(fitted.surfaces):
        one, spread = surface.predict(basis, return_std=True)
        assert mean[:, column] == pytest.approx(one)
        assert variance[:, column] == pytest.approx(spread**2 - min(0.4, 1.0 / surface.alpha_))


def test_noise_is_averaged_out_and_what_is_left_is_as_large_as_the_variance_says():
    """Gaps to the truth over the emulator's own standard deviation are of the order of one."""
    rng = np.random.default_rng(5)
    truth = quadratic(ELSEWHERE)[:, 0]
    runs = quadratic(POINTS)[:, :1] + 0.3 * rng.normal(size=(70, 1))
    mean, variance = fitted_to(POINTS, runs, noise=0.09).predict(ELSEWHERE)
    gap = mean[:, 0] - truth
    assert np.sqrt(np.mean(gap**2)) < 0.3
    assert 0.5 < np.sqrt(np.mean(gap**2 / variance[:, 0])) < 1.8


def test_the_error_of_pure_noise_is_about_one():
    noise = np.random.default_rng(6).normal(size=(70, 5))
    errors = fitted_to(POINTS, noise).errors()
    assert errors.mean() == pytest.approx(1.0, abs=0.1)
    assert errors.min() > 0.85


def test_a_measure_that_never_moves_has_nothing_to_be_explained():
    assert fitted_to(POINTS, np.full((70, 1), 3.0)).errors().tolist() == [1.0]


def test_the_error_lies_between_that_of_the_response_and_that_of_its_noise():
    rng = np.random.default_rng(7)
    clean = quadratic(POINTS)[:, :1]
    noisy = clean + clean.std() * rng.normal(size=clean.shape)  # half of the variance is noise
    assert 0.6 < float(fitted_to(POINTS, noisy).errors()[0]) < 0.95


def test_the_error_is_that_of_points_that_were_not_run():
    """Two dozen points carry fourteen coefficients badly: where they were run they fit much better than elsewhere."""
    real, shown, told = [], [], []
    for seed in range(5):
        rng, few = np.random.default_rng(seed), sample(24, 4, seed=seed)
        at, elsewhere = (quadratic(points)[:, :1] + 0.3 * rng.normal(size=(len(points), 1)) for points in (few, ELSEWHERE))
        fitted = fitted_to(few, at)
        real.append(np.sqrt(np.mean((fitted.predict(ELSEWHERE)[0] - elsewhere) ** 2)) / elsewhere.std())
        shown.append(np.sqrt(np.mean((fitted.predict(few)[0] - at) ** 2)) / at.std())
        told.append(fitted.errors()[0])
    assert np.mean(shown) < 0.75 * np.mean(real)
    assert np.mean(told) == pytest.approx(np.mean(real), rel=0.25)


def test_points_without_a_value_are_left_out_of_their_measure_alone():
    values = quadratic(POINTS)
    values[::10, 0] = np.nan
    fitted, whole = fitted_to(POINTS, values), fitted_to(POINTS, quadratic(POINTS))
    mean, _ = fitted.predict(ELSEWHERE)
    assert mean == pytest.approx(quadratic(ELSEWHERE), abs=0.05)
    assert np.array_equal(mean[:, 1], whole.predict(ELSEWHERE)[0][:, 1])
    assert np.all(fitted.errors() < 0.05)


def test_an_emulator_has_not_seen_the_points_that_are_left_out():
    rows = np.array([0, 11, 42])
    lied = quadratic(POINTS)
    lied[rows] = 1e6
    honest = fitted_to(POINTS, quadratic(POINTS)).without(rows).predict(ELSEWHERE)[0]
    assert np.array_equal(fitted_to(POINTS, lied).without(rows).predict(ELSEWHERE)[0], honest)


def test_the_unit_of_a_measure_does_not_matter():
    rng = np.random.default_rng(8)
    values = quadratic(POINTS)[:, :1] + 0.1 * rng.normal(size=(70, 1))
    one, thousand = (fitted_to(POINTS, scale * values) for scale in (1.0, 1000.0))
    assert thousand.predict(ELSEWHERE)[0] == pytest.approx(1000.0 * one.predict(ELSEWHERE)[0], rel=0.01)
    assert thousand.errors() == pytest.approx(one.errors(), rel=0.02)


@given(st.integers(1, 200))
def test_folds_deal_every_point_once_and_evenly(count: int):
    parts = folds(count)
    assert sorted(np.concatenate(parts).tolist()) == list(range(count))
    assert len(parts) == min(FOLDS, count)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
