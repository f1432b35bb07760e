"""Calibration in waves: run a sample, rule out what the fit targets rule out, sample what is left, and write down the accepted set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.evidence.matching import LIMIT, Match, Observed, interval, observed, seldom, spread_out
from sim.evidence.targets import Target
from sim.experiments.cases import Factor, Vary
from sim.experiments.design import Design

ACCEPTED = 16
"""Vectors of values in an accepted set at most: effects are quoted over them, so that each costs a run."""
OTHER = 1000
"""Seeds that nothing was fitted to: those of the waves, and so many more."""
CONFIRMED = 24
"""Sound points that are run again on other seeds, at most."""
TENTHS = 10
LEFT = 0.25
"""Of an even share of the draws: a tenth of a range that holds less is said to be ruled out.  A convention of ours."""
IDENTIFIED = 0.7
"""Share of a parameter's range that is left, up to which the targets are said to identify it: a convention of ours."""
DIGITS = 6
"""Significant digits of an accepted value."""


@dataclass(frozen=True)
class Wave:
    """Points that were run: shares of the ranges f8 (n, d), and the runs."""

    shares: np.ndarray
    runs: pd.DataFrame

    @classmethod
    def read(cls, folder: Path, factors: Sequence[Factor]) -> "Wave":
        """The wave that a finished experiment is, over the ranges of the first."""
        runs = pd.read_parquet(folder / "runs.parquet")
        values = runs.groupby("case")[[f"config.{factor.path}" for factor in factors]].first()
        shares = [[factor.share(value) for factor, value in zip(factors, row, strict=True)] for row in values.to_numpy().tolist()]
        return cls(np.array(shares), runs)


@dataclass(frozen=True)
class Calibration:
    """All waves together.

    points: f8 (n, d).  found: every fit target that was measured, those out of reach too.  seldom: those that too few runs measure.
    """

    factors: tuple[Factor, ...]
    points: np.ndarray
    found: dict[str, Observed]
    seldom: list[str]
    match: Match

    @classmethod
    def of(cls, waves: Sequence[Wave], targets: Mapping[str, Target], factors: Sequence[Factor]) -> "Calibration":
        """What the waves leave."""
        offset, parts = 0, []
        for wave in waves:
            parts.append(wave.runs.assign(case=wave.runs["case"] + offset))
            offset += len(wave.shares)
        runs = pd.concat(parts, ignore_index=True)
        found, points = observed(runs, targets), np.vstack([wave.shares for wave in waves])
        return cls(tuple(factors), points, found, seldom(runs, targets), Match.fitted(points, found))

    def next_wave(self, design: Design, count: int) -> Design:
        """The same experiment at `count` points where the emulators expect the bands to be met."""
        assert design.vary is not None
        return replace(design, vary=listed(self.values(spread_out(self.match.promising, count)), design.vary.luck))

    def truths(self, design: Design, count: int) -> Design:
        """The same experiment at `count` points of a sample of its own, each on seeds of its own that nothing was fitted to."""
        assert design.vary is not None
        sample = qmc.LatinHypercube(len(self.factors), rng=2).random(count)
        return replace(design, vary=listed(self.values(sample), "arms"))

    def again(self, design: Design) -> Design:
        """The same experiment at sound points, CONFIRMED at most, on twice as many seeds that nothing was fitted to."""
        assert design.vary is not None
        rows = self.sound if len(self.sound) else self.nearest[:ACCEPTED]
        points = self.points[_far_apart(self.points, rows, CONFIRMED)]
        return replace(design, seeds=_others(design, 1) + _others(design, 2), vary=listed(self.values(points), design.vary.luck))

    def values(self, points: np.ndarray) -> dict[str, list[Any]]:
        """path -> its values at points f8 (m, d)."""
        return {
            factor.path: [_rounded(factor, factor.at(float(share))) for share in points[:, column]]
            for column, factor in enumerate(self.factors)
        }

    @property
    def worst(self) -> np.ndarray:
        """The largest implausibility of what was run at every point, over the targets in reach that may rule out, f8 (n,)."""
        return self.match.worst(self.match.of_runs)

    @property
    def total(self) -> np.ndarray:
        """The sum of their squares, f8 (n,)."""
        return np.asarray((self.match.of_runs[:, self.match.ruling] ** 2).sum(axis=1))

    @property
    def nearest(self) -> np.ndarray:
        """Rows of all points, those nearest to all bands first."""
        return np.argsort(self.total, kind="stable")

    @property
    def sound(self) -> np.ndarray:
        """Rows of points whose own runs rule them out for no target in reach, the one nearest to all bands first."""
        return self.nearest[self.worst[self.nearest] <= LIMIT]

    def parameters(self) -> pd.DataFrame:
        """One row a parameter: parameter, low, high (the range asked over), left_low, left_high (90 %), left, lowest, highest, identified.

        left: share of the range whose tenths hold draws of what is left; an interval would not see that both ends are left and the
        middle is not.  lowest, highest: share of the draws in the first and the last tenth, .1 where nothing is told; much more says
        that the range was too narrow.  Where nothing is left: nan, and nothing is identified.
        """
        rows = []
        for column, factor in enumerate(self.factors):
            draws = self.match.plausible[:, column]
            low, high = interval(draws) if len(draws) else (np.nan, np.nan)
            ends = (factor.at(low), factor.at(high)) if len(draws) else (np.nan, np.nan)
            held = np.histogram(draws, TENTHS, (0.0, 1.0))[0] / len(draws) if len(draws) else np.full(TENTHS, np.nan)
            left = float(np.mean(held >= LEFT / TENTHS)) if len(draws) else np.nan
            rows.append((factor.path, factor.low, factor.high, *ends, left, held[0], held[-1], bool(left <= IDENTIFIED)))
        names = ["parameter", "low", "high", "left_low", "left_high", "left", "lowest", "highest", "identified"]
        return pd.DataFrame(rows, columns=names)

    def reached(self) -> pd.DataFrame:
        """One row a fit target: target, weak, in_reach, nearest (least implausibility of a run), met (share of the sound points in the
        band), emulator_error (of points left out, over the spread: near 1 it is no better than the mean)."""
        error = dict(zip((target.name for target in self.match.targets), self.match.emulators.errors(), strict=True))
        rows = []
        for name, target in self.found.items():
            means = target.means[self.sound]
            met = float(np.mean((means >= target.low) & (means <= target.high))) if len(means) else 0.0
            rows.append((name, target.weak, target.in_reach, float(target.of_runs.min()), met, error.get(name, np.nan)))
        return pd.DataFrame(rows, columns=["target", "weak", "in_reach", "nearest", "met", "emulator_error"])


@dataclass(frozen=True)
class Accepted:
    """Sound points judged once more, on seeds that they were not chosen on.

    tried: how many were run again.  sound: how many of them these runs rule out for no target in reach.  points f8 (n, d): those, ACCEPTED
    at most, the one nearest to all bands first; where there is none the nearest of those tried, to be read as a failure of the model.
    """

    tried: int
    sound: int
    points: np.ndarray

    @classmethod
    def of(cls, again: Wave, calibration: Calibration, targets: Mapping[str, Target]) -> "Accepted":
        """Judged by the targets in reach, with the luck of these runs."""
        found = observed(again.runs, targets)
        reached = [found[target.name] for target in calibration.match.targets if not target.weak and target.name in found]
        off = np.column_stack([target.of_runs for target in reached])
        nearest = np.argsort((off**2).sum(axis=1), kind="stable")
        sound = nearest[off[nearest].max(axis=1) <= LIMIT]
        rows = _far_apart(again.shares, sound, ACCEPTED) if len(sound) else nearest[:ACCEPTED]
        return cls(len(again.shares), len(sound), again.shares[rows])


def _others(design: Design, turn: int) -> tuple[int, ...]:
    return tuple(seed + turn * OTHER for seed in design.seeds)


def _far_apart(points: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """The first of `rows`, then again and again the one whose nearest chosen point is farthest (Kennard and Stone 1969)."""
    chosen = [int(rows[0])]
    while len(chosen) < min(count, len(rows)):
        gap = np.linalg.norm(points[rows][:, None, :] - points[chosen][None, :, :], axis=2).min(axis=1)
        chosen.append(int(rows[np.argmax(gap)]))
    return np.array(chosen)


def listed(over: Mapping[str, list[Any]], luck: str | None) -> Vary:
    """Cases of one's own: path -> values, one a case."""
    return Vary("listed", {path: {"values": values} for path, values in over.items()}, luck)  # type: ignore[arg-type]


def _rounded(factor: Factor, value: Any) -> Any:
    return value if factor.whole or not isinstance(value, float) else float(f"{value:.{DIGITS}g}")
