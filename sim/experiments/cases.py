"""What an experiment varies besides its arms: factors, and cases of values for all of them.

Names from the field (Lempert, Popper and Bankes 2003): a LEVER is a number of an instrument, an UNCERTAINTY one of behaviour, a
country or a sector; a CASE is one set of values for all of them.  Every arm meets every case.
"""

from dataclasses import dataclass, field
from math import exp, log
from typing import Any, Literal

import numpy as np

from agents.parameters import Number

SIZE = Number(
    "points (lhs, sobol), trajectories (morris), base points (saltelli), levels a range (grid)", 1, 1_000_000, "design", whole=True
)
EDGE = 1e-9
"""A share of 1/3 may come out a little below a third; it is meant to reach the second of three values."""
SEED = Number("of the sample", 0, 2**31 - 1, "design", whole=True)


@dataclass(frozen=True, slots=True)
class Vary:
    """The `vary` section of an experiment.

    over: path -> null (the declared range), [low, high], {low, high, scale: log}, {around: share of the value}, or {values: [...]}.
    `section.*`: all its numbers, of an instrument all but its dose, which is the arm's; `country.*.figures.*`: all figures of countries
    that are no facts, {quality: imputed}: those of a quality (sim/experiments/figures.py).
    luck: "everywhere" gives every case and arm the same seeds, "arms" gives every case its own, "fresh" every arm and case.  null: arms for
    lhs and sobol, whose cases stand for a population, everywhere for designs that compare cases with each other.
    size, seed: of designs that are sampled; the others need none.
    """

    design: Literal["grid", "factorial", "fractional", "lhs", "sobol", "one_at_a_time", "morris", "saltelli", "listed"]
    over: dict[str, Any]
    luck: Literal["everywhere", "arms", "fresh"] | None = None
    size: int = field(default=16, metadata={"number": SIZE})
    seed: int = field(default=1, metadata={"number": SEED})

    def __post_init__(self) -> None:
        if self.luck is None:
            object.__setattr__(self, "luck", "arms" if self.design in ("lhs", "sobol") else "everywhere")


@dataclass(frozen=True, slots=True)
class Factor:
    """One varied path: a range, or the levels it may take."""

    path: str
    low: float = 0.0
    high: float = 1.0
    logarithmic: bool = False
    whole: bool = False
    levels: tuple[Any, ...] = ()

    def at(self, share: float) -> Any:
        """The value at a share in [0, 1] of the way from low to high; of levels, the one that lies there.

        A whole number has the part of the way from itself to the next: from low to high + 1, on the scale of the range.
        """
        if self.levels:
            return self.levels[min(int(share * len(self.levels) + EDGE), len(self.levels) - 1)]
        end = self.high + 1.0 if self.whole else self.high
        if self.logarithmic:
            value = exp(log(self.low) + share * (log(end) - log(self.low)))
        else:
            value = self.low + share * (end - self.low)
        value = min(max(value, self.low), end)  # rounding may step over an end
        return min(int(value + EDGE), int(self.high)) if self.whole else value

    def share(self, value: Any) -> float:
        """Where a value inside the range lies, the inverse of `at`; of a level or a whole number, the middle of its part."""
        if self.levels:
            return (self.levels.index(value) + 0.5) / len(self.levels)
        value, end = (value + 0.5, self.high + 1.0) if self.whole else (value, self.high)
        if self.logarithmic:
            return (log(value) - log(self.low)) / (log(end) - log(self.low))
        return float((value - self.low) / (end - self.low))


@dataclass(frozen=True)
class Cases:
    """The points of a design: `shares` f8 (cases, factors) in [0, 1], from which every value follows."""

    factors: tuple[Factor, ...]
    shares: np.ndarray

    def __len__(self) -> int:
        return len(self.shares)

    @property
    def paths(self) -> tuple[str, ...]:
        """Varied paths, in order."""
        return tuple(factor.path for factor in self.factors)

    def values(self, case: int) -> dict[str, Any]:
        """path -> value of one case."""
        return {factor.path: factor.at(float(share)) for factor, share in zip(self.factors, self.shares[case], strict=True)}

    def problem(self) -> dict[str, Any]:
        """The problem as SALib names it, in shares."""
        return {"num_vars": len(self.factors), "names": list(self.paths), "bounds": [[0.0, 1.0]] * len(self.factors)}


ONE_CASE = Cases((), np.zeros((1, 0)))
"""Nothing varied: the configuration as it is."""
