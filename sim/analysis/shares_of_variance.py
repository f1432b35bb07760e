"""Sobol' indices: which share of an outcome's variance over cases each path explains.

Variance is that of the means over seeds of cases.  What luck leaves in it is a share of its own, the line of LUCK, so that first-order
indices, interactions and luck add up to one; more seeds a case shrink it.
"""

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
from SALib.analyze import rbd_fast
from scipy import stats

from sim.analysis.sample import LUCK, ONE_SEED, Index, Sample, TooFewError, luck_of_means, product

HARMONICS = 4
"""Of RBD-FAST: the usual 4 to 6; fewer vary less where cases are few."""
FEWEST_CASES = 4 * HARMONICS
CONSTANT = 1e-9
"""Variance of a resample, as a part of that of all, below which it does not vary."""


def saltelli(sample: Sample) -> Iterator[Index]:
    """First-order and total indices (Saltelli et al. 2010, b and f of table 2), freed of luck where a case has two seeds.

    V first = mean B (AB - A) and V total = mean (A - AB)^2 / 2, as SALib computes them; products of means over seeds by `product`, for the
    luck of A and AB would otherwise count as interaction.  Bootstrap intervals over base points.
    """
    values, _ = sample.blocks(len(sample.varied.paths) + 2, "base points")
    values = values - values.mean()
    n, width, turns = values.shape
    a, b, means = values[:, 0], values[:, -1], values.mean(axis=2)
    ends = means[:, [0, -1]]
    for column, path in enumerate(sample.varied.paths, start=1):
        step = values[:, column] - a
        parts = {"first_order": product(b, step), "total": product(step, step) / 2}
        for measure, part in parts.items():
            yield sample.resampled(path, measure, partial(_share, part, ends), n)
    if turns < 2:
        sample.notes.append(ONE_SEED)
        return
    luck = luck_of_means(values.reshape(n * width, turns), sample.varied.shared).reshape(n, width).mean(axis=1)
    yield sample.resampled(LUCK, "first_order", partial(_share, luck, ends), n)


def _share(part: np.ndarray, outcome: np.ndarray, rows: np.ndarray) -> float:
    """Mean of the parts over the variance of the outcome, both of these rows; nan where these happen not to vary."""
    variance = float(outcome[rows].var())
    return float(part[rows].mean()) / variance if variance > CONSTANT * float(outcome.var()) else math.nan


def given_data(sample: Sample) -> Iterator[Index]:
    """Cases drawn evenly over the ranges, and no structure besides.

    first_order: the share of variance that a path explains alone, the same quantity as of the saltelli design, whatever the shape of the
    response.  RBD-FAST (Tarantola et al. 2006, Plischke 2010) with the correction of its bias (Tissot and Prieur 2012) hits it from some
    thirty cases on, where PAWN and delta need hundreds and are never zero; its interval is a bootstrap over cases.
    rank_correlation: the partial one, all other paths held, which has a sign but sees only what rises or falls throughout (Marino et al.
    2008); its interval is Fisher's, with 1.06 for ranks (Fieller et al. 1957).
    """
    values = sample.by_seed()
    finished = np.isfinite(values).all(axis=1)
    if finished.sum() < FEWEST_CASES:
        raise TooFewError(f"{finished.sum()} cases finished on every seed and {FEWEST_CASES} are needed")
    if not finished.all():
        sample.notes.append(f"{sample.missing()} and {'is' if (~finished).sum() == 1 else 'are'} left out")
    places, values = sample.varied.places[finished], values[finished]
    outcome, luck, n = values.mean(axis=1), luck_of_means(values, sample.varied.shared), len(values)
    moving = np.flatnonzero(np.ptp(places, axis=0) > 0)
    for path in moving.tolist():
        place = places[:, path]
        yield sample.resampled(sample.varied.paths[path], "first_order", partial(_rbd, place, outcome), n)
    yield from _rank_correlations(sample, moving, places[:, moving], outcome)
    if values.shape[1] > 1:
        yield sample.resampled(LUCK, "first_order", partial(_share, luck, outcome), n)
    else:
        sample.notes.append(ONE_SEED)


def _rbd(place: np.ndarray, outcome: np.ndarray, rows: np.ndarray) -> float:
    share = rbd_fast.compute_first_order(rbd_fast.permute_outputs(place[rows], outcome[rows]), HARMONICS)
    return float(rbd_fast.unskew_S1(share, HARMONICS, len(rows)))


def _rank_correlations(sample: Sample, moving: np.ndarray, places: np.ndarray, outcome: np.ndarray) -> Iterator[Index]:
    freedom = len(outcome) - len(moving) - 2  # of Fisher's z: n - 3 less the other paths
    if freedom < 1:
        sample.notes.append(f"rank correlations of {len(moving)} paths need {len(moving) + 3} cases")
        return
    ranks = np.column_stack([stats.rankdata(places, axis=0), stats.rankdata(outcome)])
    inverse = np.linalg.pinv(np.corrcoef(ranks, rowvar=False))
    correlations = -inverse[:-1, -1] / np.sqrt(np.diag(inverse)[:-1] * inverse[-1, -1])
    half = float(stats.norm.ppf((1 + sample.confidence) / 2)) * math.sqrt(1.06 / freedom)
    for path, value in zip(moving.tolist(), np.clip(correlations, -1.0, 1.0).tolist(), strict=True):
        z = math.atanh(min(max(value, -1 + 1e-15), 1 - 1e-15))
        yield Index(sample.varied.paths[path], "rank_correlation", value, math.tanh(z - half), math.tanh(z + half), len(outcome))
