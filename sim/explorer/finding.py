"""What a lesson found: numbers of a session and its twin at the end, claims about them over many seeds, and a verdict with its interval.

One seed shows one luck.  A finding is the mean of paired differences over seeds with a 95 % t interval; over `per` it is a ratio of means
with the interval of the delta method (sim/paired.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sim.experiments.pairing import paired_starts
from sim.explorer.history import ROUNDING, levels
from sim.explorer.lessons import OF_COUNTRIES, TWIN, Claim
from sim.explorer.session import Session
from sim.frames import ALL
from sim.paired import paired, ratio
from sim.simulate import result
from sim.world import World

SMALL = 0.05
"""Among several seeds one has no ratio of its own over at most this share of their mean: it would say more about the divisor than about the
policy.  A seed by itself has nothing to measure its divisor by, and has a ratio unless that is 0."""
MATCHED = ("started_anyway", "started_additional", "started_displaced", "funded_started", "funded_anyway")
"""Numbers of a run beside another one: whether the same partners start a project there too."""
START = ("members", "programme", "weight")


@dataclass(frozen=True, slots=True)
class End:
    """A run at its end.  numbers: scalars, and indicators of all policy countries in the last quarter; starts: (members, programme, weight)
    of every project that started; own: programmes that are the policy's."""

    numbers: Mapping[str, float]
    starts: tuple[tuple[int, str, float], ...]
    own: tuple[str, ...]


Runs = Mapping[str, Sequence[End]]
"""Arm, or `TWIN` -> ends on the same seeds in the same order."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a claim: mean with its 95 % interval (nan with fewer than two seeds), shares of seeds above and below the claim's
    `than`, the number of seeds, and whether the claim holds."""

    mean: float
    low: float
    high: float
    above: float
    below: float
    seeds: int
    holds: bool


def ends(session: Session) -> tuple[End, End]:
    """The policy world and its twin, once a session is lived to the end."""
    if not session.at_end:
        raise ValueError(f"a claim is about the end of a run; {session.quarter} of {session.last} quarters are lived")
    ours = tuple(name for name in session.config.instrument if name not in session.plan.twin.instrument)
    return end(session.policy, ours), end(session.twin)


def end(world: World, own: Sequence[str] = ()) -> End:
    """All that claims may be about, of a world that is lived to its end; without indicators that only single countries have."""
    column, found = [*world.countries.iso, ALL].index(ALL), result(world, tables=False)
    shown = {name: float(values[-1, column]) for name, values in levels(world).items() if name not in OF_COUNTRIES}
    rows = zip(*(found.starts[name].tolist() for name in START), strict=True)
    return End(shown | found.outcomes, tuple(rows), tuple(own))


def compared(claim: Claim) -> list[str]:
    """Arms that have to be lived for a claim, its own first; the twin is beside each of them."""
    return [claim.arm, *(name for name in (claim.against, claim.over) if name != TWIN)]


def effect(claim: Claim, runs: Runs) -> np.ndarray:
    """What each seed adds to the mean of a claim, f8 (seeds,): differences, or contributions to a ratio of means."""
    mine = _effect(claim, runs[claim.arm], runs[claim.over])
    return mine if claim.against == TWIN else mine - _effect(claim, runs[claim.against], runs[claim.over])


def seen(claim: Claim, runs: Runs) -> np.ndarray:
    """What each seed shows, f8 (seeds,): its difference, or its own ratio; nan over 0, among several over `SMALL` of their mean too."""
    mine = _seen(claim, runs[claim.arm], runs[claim.over])
    return mine if claim.against == TWIN else mine - _seen(claim, runs[claim.against], runs[claim.over])


def agrees(claim: Claim, value: float) -> bool:
    """Does what one luck shows lie where the mean of many is expected?"""
    if claim.within is not None:
        return abs(value - claim.than) < claim.within
    return value > claim.than if claim.direction == "up" else value < claim.than


def judge(claim: Claim, values: np.ndarray) -> Found:
    """The verdict on a claim from what `effect` gives, f8 (seeds,)."""
    n, mean = len(values), float(values.mean())
    half = float(stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    low, high = mean - half, mean + half
    above, below = float(np.mean(values > claim.than)), float(np.mean(values < claim.than))
    return Found(mean, low, high, above, below, n, _holds(claim, low, high, above, below))


def _holds(claim: Claim, low: float, high: float, above: float, below: float) -> bool:
    if claim.direction == "none":
        assert claim.within is not None
        return claim.than - claim.within < low and high < claim.than + claim.within
    side, seeds = (low > claim.than, above) if claim.direction == "up" else (high < claim.than, below)
    return side and (claim.share is None or seeds >= claim.share)


def _effect(claim: Claim, arm: Sequence[End], base: Sequence[End]) -> np.ndarray:
    top = _difference(claim.outcome, arm, base)
    return top if claim.per is None else ratio(top, _difference(claim.per, arm, base))


def _seen(claim: Claim, arm: Sequence[End], base: Sequence[End]) -> np.ndarray:
    top = _difference(claim.outcome, arm, base)
    if claim.per is None:
        return top
    bottom = _difference(claim.per, arm, base)
    enough = np.abs(bottom) > SMALL * np.abs(bottom).mean()
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=enough)


def _difference(name: str, arm: Sequence[End], base: Sequence[End]) -> np.ndarray:
    treated, alone = (
        np.array([_number(name, one, other) for one, other in zip(side, base, strict=True)], dtype=np.float64) for side in (arm, base)
    )
    return paired(treated, alone, ROUNDING)


def _number(name: str, one: End, other: End) -> float:
    """A number of a run; of those that tell what starts in another one too, beside that one."""
    return paired_starts(_frame(one), _frame(other), one.own)[name] if name in MATCHED else one.numbers[name]


def _frame(one: End) -> pd.DataFrame:
    return pd.DataFrame(list(one.starts), columns=list(START))
