"""What happens over time: paired differences by quarter, and how far relations come."""

import numpy as np
import pandas as pd
from scipy import stats

from sim.analysis.results import Results
from sim.paired import paired

Paths = list[tuple[str, pd.DataFrame]]
"""(indicator, table of arm, quarter, mean, low, high)."""


def event_paths(results: Results, most: int) -> Paths:
    """(indicator, table of arm, quarter, mean, low, high) for the first `most` indicators of reading.yaml that were recorded.

    mean and t interval over seeds of the paired difference to the status quo in that quarter, every policy country together, from
    the opening of the programmes on; low and high are nan with one seed.
    """
    if not results.has("series"):
        return []
    wanted = [("quarter", ">=", 0), ("indicator", "in", list(results.reading.paths)), ("country", "in", results.reading.everyone)]
    series = results.table("series", wanted)
    series = series[series["country"] == _everyone(results, series)]
    recorded = [name for name in results.reading.paths if name in set(series["indicator"])][:most]
    return [(name, _paths(results, series[series["indicator"] == name])) for name in recorded]


def both_ends(results: Results, found: Paths) -> pd.DataFrame:
    """Rows of `event_paths` in the last quarter of the programme and in the last of the run: indicator, end, arm, mean, low, high."""
    tables = []
    for indicator, paths in found:
        ends = {"programme": results.manifest["config"]["world"]["programme"] - 1, "horizon": paths["quarter"].max()}
        tables += [paths[paths["quarter"] == quarter].assign(indicator=indicator, end=end) for end, quarter in ends.items()]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def funnel_totals(results: Results) -> pd.DataFrame:
    """arm, ladder, stage, value: relations that reached at least this stage by the end of the run, over channels, mean of the paired seeds.

    funnel.parquet is cumulated, so the last quarter holds the whole horizon.
    """
    if not results.has("funnel"):
        return pd.DataFrame(columns=["arm", "ladder", "stage", "value"])
    funnel = results.table("funnel")
    funnel = funnel[funnel["quarter"] == funnel["quarter"].max()]
    points = [(results.baseline, 0.0), *results.headline]
    funnel = funnel[[point in points for point in zip(funnel["arm"], funnel["dose"], strict=True)]]
    by_pair = funnel.groupby(["arm", "ladder", "stage", "pair"], sort=False)["value"].sum()
    return by_pair.groupby(["arm", "ladder", "stage"], sort=False).mean().reset_index()


def _everyone(results: Results, series: pd.DataFrame) -> str:
    known = set(series["country"])
    return next((name for name in results.reading.everyone if name in known), "")


def _paths(results: Results, series: pd.DataFrame) -> pd.DataFrame:
    wide = series.pivot_table(index=["arm", "dose", "pair"], columns="quarter", values="value")
    base = wide.loc[results.baseline, 0.0]
    tables = []
    for arm, dose in results.headline:
        treated, untreated = (
            rows.groupby(results.units(rows.index)).mean() for rows in wide.loc[arm, dose].align(base, join="inner", axis=0)
        )
        gap = pd.DataFrame(paired(treated.to_numpy(), untreated.to_numpy(), results.reading.rounding), treated.index, treated.columns)
        quantile = stats.t.ppf((1 + results.reading.confidence) / 2, len(gap) - 1) if len(gap) > 1 else np.nan
        half = quantile * gap.std(ddof=1) / np.sqrt(len(gap))
        mean = gap.mean()
        tables.append(pd.DataFrame({"arm": arm, "quarter": mean.index, "mean": mean.values, "low": mean - half, "high": mean + half}))
    return pd.concat(tables, ignore_index=True)
