"""How strongly an outcome depends on what was varied: for every design the measures that it was made for.

morris             mu, mu_star, sigma of elementary effects, in the outcome's unit over a whole range   Morris 1991, Campolongo et al. 2007
saltelli           first_order and total Sobol' indices, shares of variance                 shares_of_variance.py, Saltelli et al. 2010
lhs, sobol         first_order (RBD-FAST) and rank_correlation (partial)                    shares_of_variance.py
factorial, fractional   main_effect: mean at the high end minus mean at the low end         Box and Wilson 1951; Daniel 1959
one_at_a_time      low, high: difference to the configuration as it is
grid               mean at every level
listed             nothing: its cases were chosen together
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from sim.analysis.inference import estimate
from sim.analysis.sample import LUCK, ONE_SEED, Index, Sample, TooFewError
from sim.analysis.shares_of_variance import given_data, saltelli
from sim.analysis.varied import Varied

STEP = 2 / 3
"""Part of a range that a Morris trajectory steps, where every value of the range is possible: p / (2 (p - 1)) on a grid of p = 4 levels."""

SPARE = 4
"""Columns that a fractional factorial must have to spare, to tell luck from them; fewer give intervals that are too wide to read."""


def morris(sample: Sample) -> Iterator[Index]:
    """Elementary effects: the outcome's change over a step, per whole range; independent between trajectories.

    mu, mu_star: mean of the effects and of their sizes, t intervals.  sigma: standard deviation, with the jackknife's interval.  Luck adds
    to mu_star and sigma, not to mu; the line of LUCK is what they would be if nothing but luck moved the outcome.
    """
    by_seed = elementary_effects(sample)
    effects = by_seed.mean(axis=2)
    for path in range(effects.shape[1]):
        own = effects[:, path]
        size = sample.index(path, "mu_star", np.abs(own))
        sd, pseudo = float(own.std(ddof=1)), sample.index(path, "sigma", _jackknifed(own))
        half = (pseudo.high - pseudo.low) / 2
        yield Index(size.path, size.measure, size.value, max(size.low, 0.0), size.high, size.n)
        yield sample.index(path, "mu", own)
        yield Index(size.path, "sigma", sd, max(sd - half, 0.0), sd + half, size.n)
    yield from _luck_of_effects(sample, by_seed)


def _luck_of_effects(sample: Sample, by_seed: np.ndarray) -> Iterator[Index]:
    """mu_star and sigma of effects that are luck alone and normal: sd x sqrt(2 / pi) and sd.  by_seed: (trajectories, paths, turns)."""
    turns = by_seed.shape[2]
    if turns < 2:
        sample.notes.append(ONE_SEED)
        return
    found = estimate(by_seed.var(axis=2, ddof=1).mean(axis=1) / turns, sample.confidence)
    value, low, high = (math.sqrt(max(end, 0.0)) for end in (found.mean, found.low, found.high))
    for measure, factor in (("mu_star", math.sqrt(2 / math.pi)), ("sigma", 1.0)):
        yield Index(LUCK, measure, factor * value, factor * low, factor * high, found.n)


def elementary_effects(sample: Sample) -> np.ndarray:
    """f8 (whole trajectories, paths, turns); TooFewError where a step moved nothing."""
    paths = len(sample.varied.paths)
    outcome, keep = sample.blocks(paths + 1, "trajectories")
    steps = np.stack([_steps(sample.varied, path)[keep] for path in range(paths)], axis=2)
    moved = steps != 0.0
    if still := [path for path, each in zip(sample.varied.paths, moved.any(axis=1).T, strict=True) if not each.all()]:
        raise TooFewError(f"{still[0]} does not move in every trajectory, so there is no effect of it to tell")
    row, step = np.indices(moved.shape[:2])
    changed = moved.argmax(axis=2)  # (trajectories, steps): each path moves in one of them
    effects = np.empty((len(outcome), paths, outcome.shape[2]))
    effects[row, changed] = np.diff(outcome, axis=1) / steps[row, step, changed][:, :, None]
    return effects


def _steps(varied: Varied, path: int) -> np.ndarray:
    """How far a path moved in every step of every trajectory, as a part of its range, f8 (trajectories, steps).

    On the scale of the design: logarithms of a logarithmic range, of levels their numbers.  A whole number or a level does not move by
    STEP but as far as its values lie apart; its range is then the one that was met, whose ends the design has each path meet.
    """
    places = varied.places[:, path].reshape(-1, len(varied.paths) + 1)
    if not varied.levels[path] and (places % 1.0 != 0.0).any():
        return np.asarray(np.sign(np.diff(places, axis=1)) * STEP)
    places = np.log(places) if varied.logarithmic(path) else places
    span = len(varied.levels[path]) - 1 if varied.levels[path] else float(np.ptp(places))
    return np.asarray(np.diff(places, axis=1) / (span if span > 0 else 1))


def _jackknifed(values: np.ndarray) -> np.ndarray:
    """Pseudo-values (n,) of the standard deviation (Tukey 1958)."""
    n = len(values)
    if n < 3:
        return np.full(n, math.nan)
    without = np.array([np.delete(values, at).std(ddof=1) for at in range(n)])
    return np.asarray(n * values.std(ddof=1) - (n - 1) * without)


def fractional(sample: Sample) -> Iterator[Index]:
    """Main effects; where every case has luck of its own, from mirrored cases, whose difference knows of no pair of paths.

    Least squares over these differences; what they leave unexplained (the columns that the design has to spare, Daniel 1959) is luck and
    odd interactions, and gives t intervals even with one seed a case.  Without columns to spare, as of a factorial.
    """
    values, places = sample.values.mean(axis=1), sample.varied.places
    half = len(places) // 2
    signs, gaps = np.sign(places[:half] - places[half:]), values[:half] - values[half:]
    whole = np.isfinite(gaps)
    signs, gaps = signs[whole], gaps[whole]
    spare = len(gaps) - signs.shape[1]
    if sample.varied.shared or spare < SPARE or np.linalg.matrix_rank(signs) < signs.shape[1]:
        yield from main_effects(sample)
        return
    if not whole.all():
        sample.notes.append(f"{(~whole).sum()} of {half} mirrored pairs of cases are left out, for {sample.missing()}")
    inverse = np.linalg.inv(signs.T @ signs)
    found = inverse @ signs.T @ gaps
    variance = float(((gaps - signs @ found) ** 2).sum()) / spare
    reach = float(stats.t.ppf((1 + sample.confidence) / 2, spare)) * np.sqrt(variance * inverse.diagonal())
    for path, effect, width in zip(sample.varied.paths, found.tolist(), reach.tolist(), strict=True):
        yield Index(path, "main_effect", effect, effect - width, effect + width, len(gaps))


def main_effects(sample: Sample) -> Iterator[Index]:
    """Mean at the high end less mean at the low end, by seed; intervals over seeds."""
    values, places = sample.whole_turns(), sample.varied.places
    for path in range(places.shape[1]):
        high = places[:, path] == places[:, path].max()
        yield sample.index(path, "main_effect", values[high].mean(axis=0) - values[~high].mean(axis=0))


def one_at_a_time(sample: Sample) -> Iterator[Index]:
    """Difference to the configuration as it is (case 0), by seed; intervals over seeds."""
    places = sample.varied.places
    if not np.isfinite(sample.values[0]).any():
        raise TooFewError("all differences are to the configuration as it is, and case 0 did not finish")
    if not np.isfinite(sample.values).all():
        sample.notes.append(sample.missing())
    for path, levels in enumerate(sample.varied.levels):
        others, place = np.delete(places == places[0], path, axis=1).all(axis=1), places[:, path]
        ends = {"low": place.min(), "high": place.max()}
        if levels:
            ends = {f"at {level}": float(n) for n, level in enumerate(levels) if n != place[0]}
        for measure, end in ends.items():
            case = int(np.flatnonzero(others & (place == end))[-1])
            gap = sample.values[case] - sample.values[0]
            yield sample.index(path, measure, gap[np.isfinite(gap)])


def level_means(sample: Sample) -> Iterator[Index]:
    """Mean at every level over all values of the other paths, by seed; intervals over seeds."""
    values = sample.whole_turns()
    for path in range(len(sample.varied.paths)):
        place = sample.varied.places[:, path]
        for level in np.unique(place):
            yield sample.index(path, f"mean at {sample.varied.text(path, level)}", values[place == level].mean(axis=0))


def none_of_each(sample: Sample) -> Iterator[Index]:
    """Cases that were chosen together say nothing of each path alone."""
    sample.notes.append("the cases were chosen together, so what each value does by itself cannot be told from them")
    return iter(())


MEASURES: dict[str, Callable[[Sample], Iterator[Index]]] = {
    "morris": morris, "saltelli": saltelli, "lhs": given_data, "sobol": given_data, "factorial": main_effects, "fractional": fractional,
    "one_at_a_time": one_at_a_time, "grid": level_means, "listed": none_of_each,
}  # fmt: skip
