"""The proof that calibration can: parameters that are known, because the data were made with them, are found again.

Sets of values are drawn, each run on seeds of its own that no emulator has seen.  Their figures are the targets, exact but for luck: that
of their own seeds and that of the wave's.  The emulators of the first wave say which values are plausible, and for every parameter it is
asked whether their interval holds the truth.  One that is worth its name holds it as often as it says; one that is as wide as the range
does so for nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from sim.evidence.matching import Match, Observed, drawn, interval

SHARE = 0.9
NARROW = 0.75
"""Width below which an interval is said to be narrowed: a convention of ours."""


def recover(
    match: Match, names: Sequence[str], points: np.ndarray, figures: np.ndarray, done: Callable[[int, int], None] = lambda now, of: None
) -> pd.DataFrame:
    """One row a parameter: parameter, truths, coverage, coverage_low, coverage_high, width.

    points f8 (truths, parameters): shares of the ranges that are known.  figures f8 (truths, targets): what their runs gave for the targets
    of `match`, nan where nothing.  coverage: share of the truths that lie in their 90 % interval, with its own 95 % interval (Clopper and
    Pearson 1934).  width: mean width of the intervals over that of the prior; 1 where the targets say nothing of a parameter.
    """
    inside, widths = [], []
    for number, (truth, figure) in enumerate(zip(points, figures, strict=True), start=1):
        known = Match(as_targets(match, figure), match.emulators)
        plausible = drawn(known, targets=known.ruling)
        ends = np.array([interval(plausible[:, column], SHARE) for column in range(len(names))])
        inside.append((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
        widths.append((ends[:, 1] - ends[:, 0]) / SHARE)
        done(number, len(points))
    doubts = [binomtest(int(held), len(points)).proportion_ci(0.95) for held in np.sum(inside, axis=0)]
    columns = {
        "parameter": names,
        "truths": len(points),
        "coverage": np.mean(inside, axis=0),
        "coverage_low": [doubt.low for doubt in doubts],
        "coverage_high": [doubt.high for doubt in doubts],
        "width": np.mean(widths, axis=0),
    }
    return pd.DataFrame(columns)


def as_targets(match: Match, figures: np.ndarray) -> tuple[Observed, ...]:
    """The targets that figures f8 (targets,) would be: known but for the luck of their seeds and of the wave's.  nan rules nothing out."""
    return tuple(
        replace(
            target,
            low=edge if np.isfinite(edge) else -np.inf,
            high=edge if np.isfinite(edge) else np.inf,
            seed_variance=2.0 * target.seed_variance,
        )
        for target, edge in zip(match.targets, figures.tolist(), strict=True)
    )


def figures_of(match: Match, found: Mapping[str, Observed], truths: int) -> np.ndarray:
    """What runs of known values gave for the targets of a match, f8 (truths, targets)."""
    nothing = np.full(truths, np.nan)
    return np.column_stack([found[target.name].means if target.name in found else nothing for target in match.targets])


def in_words(found: pd.DataFrame) -> str:
    """How good the proof is, in one line: of the parameters that figures narrow, as the others' intervals hold the truth for nothing."""
    narrowed = found[found["width"] < NARROW]
    if narrowed.empty:
        return f"{int(found['truths'].iloc[0])} known sets of values: no parameter is narrowed below {NARROW:.0%} of its range"
    said = (
        f"{int(found['truths'].iloc[0])} known sets of values, exact figures, first wave: the {SHARE:.0%} intervals of the {len(narrowed)} "
        f"parameters that are narrowed hold {narrowed['coverage'].mean():.0%}"
    )
    short = narrowed.loc[narrowed["coverage_high"] < SHARE, "parameter"]
    return said + (f"; TOO SELDOM: {', '.join(short)}" if len(short) else "")
