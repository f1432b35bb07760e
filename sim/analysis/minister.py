"""The minister's table: what each arm costs, whom, what it brings, and what would have happened anyway."""

import math

import numpy as np
import pandas as pd

from sim.analysis.effects import differences, levels, split
from sim.analysis.inference import estimate
from sim.analysis.results import Results

QUARTERS_A_YEAR = 4
ROUNDING = 1e-9
"""Of sums."""


def table(results: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """One row per arm at the headline dose; numbers, not text.  Means over the paired seeds.

    Projects are of the whole horizon; `anyway_share` is the part whose members start a project in the status quo of the same seed too.
    """
    paying = yearly_cost(results)
    gains = gains_by_country(results, effects)
    return pd.DataFrame([_row(results, effects, paying, gains, arm, dose) for arm, dose in results.headline])


def _row(results: Results, effects: pd.DataFrame, paying: pd.DataFrame, gains: pd.DataFrame, arm: str, dose: float) -> dict[str, object]:
    def mean(column: str) -> float:
        return float(levels(results, arm, dose, column)[0].mean()) if column in results.runs else math.nan

    row: dict[str, object] = {"arm": arm, "label": results.labels[arm], "dose": dose}
    row |= {f"yearly_cost_{payer}": cost for payer, cost in paying.loc[[arm]].iloc[0].items()} if arm in paying.index else {}
    row |= {
        "yearly_cost": float(paying.loc[arm].sum()) if arm in paying.index else math.nan,
        "absorbed_share": mean("absorbed"),
        "projects_started": mean("projects_started"),
        "anyway_share": _share(mean("started_anyway"), mean("projects_started")),
        "funded_started": mean("funded_started"),
        "funded_anyway_share": _share(mean("funded_anyway"), mean("funded_started")),
        "cost_per_additional": cost_per_additional(results, arm, dose),
    }
    row |= _private_time(results, arm, dose)
    primary = effects[(effects["arm"] == arm) & (effects["dose"] == dose) & (effects["primary"] != "")].set_index("outcome")
    for name in primary.index:
        row |= {name: primary["mean"][name], f"{name}_low": primary["ci_low"][name], f"{name}_high": primary["ci_high"][name]}
        row |= {f"{name}_verdict": primary["verdict"][name]}
    for gain in gains[gains["arm"] == arm].to_dict("records"):
        row |= {f"gain_{gain['country']}": gain["relative_effect"], f"gain_{gain['country']}_half": gain["half"]}
    return row | {"verdict": "; ".join(f"{name}: {primary['verdict'][name]}" for name in primary.index)}


def _private_time(results: Results, arm: str, dose: float) -> dict[str, float]:
    """Participants' own time beyond the status quo, present value, with its interval."""
    column = results.reading.private_time
    values = differences(results, arm, dose, column) if column in results.runs else np.array([])
    found = estimate(values, results.reading.confidence)
    return {"private_time": found.mean, "private_time_low": found.low, "private_time_high": found.high}


def yearly_cost(results: Results) -> pd.DataFrame:
    """Outlay of an arm beyond the status quo, mln int$ a year of the programme: arms (headline dose) x payers, the largest first.

    All outlay from the opening on, claw-backs taken off, over the years that the programme is open; private time and the untargeted
    support that a programme displaces are no outlay.
    """
    if not results.has("ledger"):
        return pd.DataFrame()
    ledger = results.table("ledger")
    ledger = ledger[~ledger["kind"].isin(results.reading.not_outlay) & (ledger["quarter"] >= 0)]
    years = results.manifest["config"]["world"]["programme"] / QUARTERS_A_YEAR
    paid = ledger.groupby(["arm", "dose", "pair", "payer"])["amount"].sum()
    rows = {arm: _extra(results, paid, arm, dose) / years for arm, dose in results.headline}
    table = pd.DataFrame(rows).T.fillna(0.0)
    return table[table.abs().sum().sort_values(ascending=False, kind="stable").index]


def _extra(results: Results, paid: pd.Series, arm: str, dose: float) -> pd.Series:
    """Mean over pairs of what each payer pays more than in the status quo, mln int$ over the horizon."""

    def by_payer(name: str, at: float) -> pd.DataFrame:
        pairs = results.pairs(arm, dose)
        chosen = paid[(paid.index.get_level_values("arm") == name) & (paid.index.get_level_values("dose") == at)]
        return chosen.droplevel(["arm", "dose"]).unstack("payer").reindex(pairs).fillna(0.0)

    return by_payer(arm, dose).sub(by_payer(results.baseline, 0.0), fill_value=0.0).mean()


def country_gains(results: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """Relative gain by policy country in the outcome that the worst-off member is judged by: rows arms, columns ISO codes, shares."""
    chosen = gains_by_country(results, effects)
    return chosen.pivot_table(index="arm", columns="country", values="relative_effect", sort=False)


def country_certain(results: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """Whether the interval of a country's gain excludes zero; shaped as `country_gains`."""
    chosen = gains_by_country(results, effects)
    chosen = chosen.assign(certain=(chosen["ci_low"] > 0) | (chosen["ci_high"] < 0))
    return chosen.pivot_table(index="arm", columns="country", values="certain", aggfunc="first", sort=False)


def gain_stem(results: Results) -> str:
    """The outcome by country that gains are read from: that of the worst-member outcome, else the first recorded by country."""
    for primary in results.primaries.values():
        if primary.worst:
            return primary.column
    return next((split(name)[0] for name in results.runs if split(name)[1] != "all"), "")


def gains_by_country(results: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """Rows of effects at the headline dose for `gain_stem` in the policy countries, and `half`: half the interval as a share."""
    at_headline = pd.Series(list(zip(effects["arm"], effects["dose"], strict=True)), index=effects.index).isin(results.headline)
    stem = gain_stem(results)
    chosen = effects[at_headline & (effects["outcome"] == stem) & effects["country"].isin(results.countries)]
    level = 1.0 if results.outcomes.get(stem, {}).get("log") else chosen["status_quo_mean"].abs()
    return chosen.assign(half=(chosen["ci_high"] - chosen["ci_low"]) / 2 / level)


def cost_per_additional(results: Results, arm: str, dose: float) -> float:
    """Public cost over projects started beyond the status quo, mln int$; nan unless their number is clearly positive.

    A difference of totals, so displaced projects are taken off.
    """
    if not {results.reading.cost, "projects_started"} <= set(results.runs):
        return math.nan
    more = estimate(differences(results, arm, dose, "projects_started"), results.reading.confidence)
    cost = _difference(results, arm, dose, results.reading.cost)
    return cost / more.mean if more.low > 0 else math.nan


def _difference(results: Results, arm: str, dose: float, column: str) -> float:
    return float(differences(results, arm, dose, column).mean()) if column in results.runs else math.nan


def _share(part: float, whole: float) -> float:
    """part / whole; nan where there is no whole, or where the files say that the part is larger."""
    return min(part / whole, 1.0) if whole > 0 and part <= whole * (1 + ROUNDING) else math.nan
