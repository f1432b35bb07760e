"""What the same seed did without the programme: projects that would have happened anyway.

Arms of a seed share their luck, so a project is matched to the baseline by its members (a hash of their ids).
The same members may start several projects; then the smaller of both numbers counts as matched.  All numbers are
weighted: real projects over the horizon.
"""

from collections.abc import Collection

import pandas as pd


def paired_starts(starts: pd.DataFrame, baseline: pd.DataFrame, own: Collection[str]) -> dict[str, float]:
    """Projects of an arm that also start in the baseline, that do not, and those that an own programme pays.

    starts, baseline: one row per project start (members, programme, weight) of the arm and of the baseline.
    """
    funded = starts[starts["programme"].isin(list(own))]
    return {
        "started_anyway": _matched(starts, baseline),
        "started_additional": _unmatched(starts, baseline),
        "started_displaced": _unmatched(baseline, starts),
        "funded_started": float(sum(funded["weight"].tolist())),
        "funded_anyway": _matched(funded, baseline),
    }


def _matched(starts: pd.DataFrame, others: pd.DataFrame) -> float:
    """Weight of the multiset intersection by members."""
    mine, theirs = _by_members(starts), _by_members(others)
    return float(sum(min(weight, theirs.get(members, 0.0)) for members, weight in mine.items()))


def _unmatched(starts: pd.DataFrame, others: pd.DataFrame) -> float:
    """Weight of the multiset difference by members: what is in `starts` only."""
    mine, theirs = _by_members(starts), _by_members(others)
    return float(sum(max(weight - theirs.get(members, 0.0), 0.0) for members, weight in mine.items()))


def _by_members(starts: pd.DataFrame) -> dict[int, float]:
    """members -> weight, in order of first appearance, so that sums have one order."""
    weights: dict[int, float] = {}
    for members, weight in zip(starts["members"].tolist(), starts["weight"].tolist(), strict=True):
        weights[members] = weights.get(members, 0.0) + weight
    return weights
