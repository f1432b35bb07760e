"""A fair chance: the free values of a rival, fitted to the fit targets that it can express.

A Latin hypercube over the declared ranges (McKay, Beckman and Conover 1979), the same every time; the best points are run on more seeds,
lest luck choose.  Kept is the one that misses the fewest targets, as the scorecard judges its seeds, and, among those, lies least outside
bands and signs: mean distance over the standard deviation of what was tried.  A figure that a point does not give is a miss.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from rivals.registry import Rival, measured
from rivals.scoring import STANDS_FOR, Tell
from sim.evidence.targets import GOOD, Target

POINTS = 80
SEEDS, MORE = (1001, 1002), (1003, 1004, 1005, 1006, 1007, 1008)
"""Seeds of the fit, and those that the BEST points are run on besides; a score is of others."""
BEST = 8
WORST = 10.0
"""Distance of a figure that is not there, and the most that one target counts."""


def design(rival: Rival, points: int) -> list[dict[str, float]]:
    """Free values at each of `points` places."""
    ranges = {field.name: field.metadata["number"] for field in fields(rival.parameters) if field.name in rival.free}
    shares = qmc.LatinHypercube(len(ranges), rng=1).random(points)
    return [
        {
            name: round(each.low + float(share) * (each.high - each.low), 4)
            for share, (name, each) in zip(place, ranges.items(), strict=True)
        }
        for place in shares
    ]


def fitted(rival: Rival, parameters: Any, targets: Mapping[str, Target], points: int, tell: Tell) -> pd.DataFrame:
    """One row of each of the BEST points, the best first: the free values, the mean of each measure over all seeds, misses, distance."""
    tried: list[pd.DataFrame] = []
    places = design(rival, points)

    def run(values: Mapping[str, float], seeds: Sequence[int]) -> pd.DataFrame:
        return pd.DataFrame([measured(rival, replace(parameters, **values), seed) for seed in seeds])

    for done, values in enumerate(places, 1):
        tried.append(run(values, SEEDS))
        if done % 10 == 0 or done == points:
            tell(f"{rival.name}: {done} of {points} points tried")
    scale = pd.DataFrame([runs.mean(skipna=False) for runs in tried]).std(ddof=0)
    first = ranked(tried, targets, scale).index[:BEST]
    for place in first:
        tried[place] = pd.concat([tried[place], run(places[place], MORE)], ignore_index=True)
    tell(f"{rival.name}: the best {len(first)} tried on {len(SEEDS + MORE)} seeds")
    table = ranked([tried[place] for place in first], targets, scale)
    return pd.DataFrame([places[first[place]] for place in table.index]).join(table.reset_index(drop=True))


def ranked(tried: Sequence[pd.DataFrame], targets: Mapping[str, Target], scale: pd.Series) -> pd.DataFrame:
    """The points from the best to the worst, each with its index, the mean of each measure, misses and distance.

    tried: a point's runs, a row a seed, a column a measure.  misses: verdicts of the scorecard.  scale: measure -> standard deviation over
    all points.
    """
    means = pd.DataFrame([runs.mean(skipna=False) for runs in tried])
    asked = expressed(means, targets)
    missed = [[each.verdict(runs[each.measure].to_numpy(float)) not in GOOD for each in asked] for runs in tried]
    outside = np.column_stack([_outside(means[each.measure].to_numpy(float), each, float(scale[each.measure])) for each in asked])
    table = means.assign(misses=np.sum(missed, axis=1), distance=outside.mean(axis=1))
    return table.sort_values(["misses", "distance"], kind="stable")


def expressed(means: pd.DataFrame, targets: Mapping[str, Target]) -> Sequence[Target]:
    """Fit targets of which any point gave a figure."""
    return [
        each
        for each in targets.values()
        if each.role == "fit" and each.run in STANDS_FOR and each.measure in means and means[each.measure].notna().any()
    ]


def _outside(values: np.ndarray, target: Target, scale: float) -> np.ndarray:
    """How far values (n,) lie outside a band, or below the threshold of a sign, in standard deviations of all, f8 (n,)."""
    low, high = target.band or (target.above, np.inf)
    away = np.maximum(np.maximum(low - values, values - high), 0.0)
    return np.where(np.isfinite(away), np.minimum(away / (scale or 1.0), WORST), WORST)
