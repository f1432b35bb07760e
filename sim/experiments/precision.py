"""How many seeds it takes until effects are known as closely as was asked for.

Stein's two stages (Stein 1945): the first n seeds give the spread s of the paired differences, and with it the number of seeds
N = max(n, t^2 s^2 / h^2) whose interval is no wider than +-h.  The interval mean(N) +- t[(1 + confidence)/2, n - 1] s / sqrt(N) keeps its
confidence although N was chosen by looking, which the usual one (look, and stop when it is narrow) does not.  For effects per unit of
cost (a ratio of means) that holds in large samples only.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from agents.parameters import Number, number
from sim.config_check import ConfigError, nearest, refuse
from sim.paired import paired, ratio

ROUNDING = 1e-9
"""Of sums, as in the analysis."""
LABELS = ("group", "case", "pair", "arm", "dose", "seed", "error")
"""Columns of runs that are no outcomes."""
CONFIDENCE = Number("confidence", 0.5, 0.9999, "convention")


@dataclass(frozen=True, slots=True)
class Precision:
    """The `precision` section of an experiment.

    outcome: a registered outcome.  half_width: of the interval, in the outcome's unit.  most_seeds: where to stop in any case.
    arms: whose effects must be known so closely; null for all, of effects per unit of cost for all that cost anything.
    """

    outcome: str
    half_width: float = number("the outcome's unit", 1e-12, 1e12, "design")
    most_seeds: int = number("seeds", 2, 1_000_000, "design", whole=True)
    confidence: float = field(default=0.95, metadata={"number": CONFIDENCE})
    arms: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """One effect after its last seed.  needed: seeds that its spread asks for; seeds: pairs that it has."""

    arm: str
    dose: float
    outcome: str
    first_seeds: int
    needed: int
    seeds: int
    mean: float
    low: float
    high: float
    reached: bool


def needed(first: Sequence[float] | np.ndarray, rule: Precision) -> int:
    """Seeds that one effect needs, from its values on the first seeds (n,), n >= 2."""
    values = np.asarray(first, dtype=np.float64)
    spread = float(values.std(ddof=1))
    return max(len(values), math.ceil((_quantile(len(values), rule) * spread / rule.half_width) ** 2))


def interval(first: np.ndarray, everything: np.ndarray, rule: Precision) -> tuple[float, float, float]:
    """Mean of all values with Stein's interval, whose spread and degrees of freedom are those of the first."""
    mean = float(everything.mean())
    half = _quantile(len(first), rule) * float(first.std(ddof=1)) / math.sqrt(len(everything))
    return mean, mean - half, mean + half


def more_seeds(seeds: Sequence[int], reserved: Sequence[int], count: int) -> tuple[int, ...]:
    """The seeds and the next whole numbers after them that are not reserved, `count` in all."""
    found, after = list(seeds), max(seeds) + 1
    while len(found) < count:
        if after not in reserved:
            found.append(after)
        after += 1
    return tuple(found)


def seeds_wanted(runs: pd.DataFrame, effects: "Effects", rule: Precision) -> int:
    """Seeds that the most uncertain of the effects needs, at most `most_seeds`; ConfigError where an effect cannot be told."""
    return min(max(needed(values, rule) for values in effects.asked(runs, rule).values()), rule.most_seeds)


def report(runs: pd.DataFrame, first: int, effects: "Effects", rule: Precision) -> list[dict[str, Any]]:
    """What was reached, a row an arm and dose."""
    rows = []
    early = runs[runs["pair"] < first]
    for (arm, dose), start in effects.asked(early, rule).items():
        whole = effects.values(runs, arm, dose)
        wanted = needed(start, rule)
        rows.append(
            asdict(Reached(arm, dose, rule.outcome, len(start), wanted, len(whole), *interval(start, whole, rule), len(whole) >= wanted))
        )
    return rows


@dataclass(frozen=True, slots=True)
class Effects:
    """Paired effects on one outcome, from rows of runs.  per: the column that it is counted per unit of."""

    column: str
    per: str | None
    baseline: str

    def asked(self, runs: pd.DataFrame, rule: Precision) -> dict[tuple[str, float], np.ndarray]:
        """(arm, dose) of the effects that the rule is about -> their `values`.

        What costs nothing has no effect per unit of cost: it is left out where the rule names no arms, and a ConfigError where it does.
        """
        self._check_columns(runs, rule.outcome)
        points = runs[["arm", "dose"]].drop_duplicates().itertuples(index=False, name=None)
        wanted = [(arm, dose) for arm, dose in points if arm != self.baseline and (rule.arms is None or arm in rule.arms)]
        found = {point: self.values(runs, *point) for point in wanted}
        free = [point for point, values in found.items() if np.isnan(values).all()]
        if free and (rule.arms is not None or len(free) == len(found)):
            arm, dose = free[0]
            raise ConfigError(
                f"experiment.precision.arms: {arm} costs nothing at dose {dose:g} (no difference in {self.per}), so {rule.outcome} has no "
                "value there; allowed: arms that cost something, or an outcome without `per`"
            )
        return {point: values for point, values in found.items() if point not in free}

    def values(self, runs: pd.DataFrame, arm: str, dose: float) -> np.ndarray:
        """Contributions of the pairs to an effect, shape (n,); all nan where it is per unit of a cost that is none."""
        sound = runs[runs["error"].isna()]
        mine = sound[(sound["arm"] == arm) & (sound["dose"] == dose)].set_index("pair")
        base = sound[sound["arm"] == self.baseline].set_index("pair")
        both = mine.index.intersection(base.index)
        if len(both) < 2:
            raise ConfigError(f"experiment.precision: {arm} has {len(both)} finished pairs; its spread needs at least 2")
        gap = self._gap(mine, base, both, self.column)
        return ratio(gap, self._gap(mine, base, both, self.per)) if self.per else gap

    def _check_columns(self, runs: pd.DataFrame, outcome: str) -> None:
        """ConfigError where a column is not among the numbers that finished runs have; without any run, there is none to go by."""
        columns = [str(name) for name in runs.select_dtypes("number").columns if name not in LABELS]
        for key, name in (("column", self.column), ("per", self.per)):
            if columns and name is not None and name not in columns:
                allowed = f"an outcome among the columns of runs.parquet{nearest(name, columns)}"
                raise refuse(f"experiment.outcomes.{outcome}.{key}", name, allowed)

    @staticmethod
    def _gap(mine: pd.DataFrame, base: pd.DataFrame, both: pd.Index, column: str) -> np.ndarray:
        gap = paired(mine.loc[both, column].to_numpy(float), base.loc[both, column].to_numpy(float), ROUNDING)
        if not np.isfinite(gap).all():
            raise ConfigError(f"experiment.precision: {mine['arm'].iloc[0]} or the baseline has finished runs without {column}")
        return gap


def check(rule: Precision, seeds: Sequence[int], outcomes: Mapping[str, Any], arms: Sequence[str], varied: bool) -> None:
    """Raises ConfigError where a rule cannot be followed.  arms: all but the baseline, which has no effect."""
    if varied:
        raise ConfigError("experiment.precision: found beside vary; allowed: one of them, as effects differ between cases")
    if rule.outcome not in outcomes:
        raise ConfigError(f"experiment.precision.outcome: {rule.outcome!r}; allowed: {', '.join(outcomes)}")
    if outcomes[rule.outcome].countries is not None:
        raise ConfigError(
            f"experiment.precision.outcome: {rule.outcome!r} is that of whichever member is worst; allowed: an outcome of one column"
        )
    if not arms:
        raise ConfigError("experiment.precision: found no arm besides the baseline; allowed: an experiment with at least one")
    if rule.arms is not None and not rule.arms:
        raise ConfigError(f"experiment.precision.arms: found none; allowed: null for all, or some of {', '.join(arms)}")
    for arm in rule.arms or ():
        if arm not in arms:
            raise ConfigError(
                f"experiment.precision.arms: {arm!r}; allowed: {', '.join(arms)} (the baseline has no effect){nearest(arm, arms)}"
            )
    if not 2 <= len(seeds) <= rule.most_seeds:
        raise ConfigError(f"experiment.seeds: {len(seeds)}; allowed with precision: 2 to {rule.most_seeds} (most_seeds) to begin with")


def _quantile(count: int, rule: Precision) -> float:
    return float(stats.t.ppf((1.0 + rule.confidence) / 2.0, count - 1))
