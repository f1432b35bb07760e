"""The registered claims: an arm against the best of its rivals, paired by seed, at equal public cost where that was asked for."""

import math

import pandas as pd

from sim.analysis.effects import contributions, differences, negligible, usable
from sim.analysis.inference import Estimate, estimate, holm, minimum_detectable, verdict
from sim.analysis.results import Primary, Results


def claims(results: Results) -> pd.DataFrame:
    """One row per claim: effect, interval, Holm-adjusted p over the stated number of primary outcomes, verdict.

    `arm > max(rivals)` holds only if the arm beats every rival, so p is the largest over rivals (intersection-union test, Berger 1982)
    and the effect is the one against the strongest rival; it fails if some rival beats the arm (Bonferroni over rivals).
    """
    declared = results.manifest["preregistration"]["claims"]
    rows = [_claim(results, name, claim) for name, claim in declared.items()]
    adjusted = holm({str(row["claim"]): row["p"] for row in rows}, family=len(rows))
    for row in rows:
        row["p_holm"] = adjusted[str(row["claim"])]
        row["verdict"] = verdict(row.pop("found"), row["p_holm"], row.pop("margin"), row.pop("better"), results.reading)
    return pd.DataFrame(rows)


def claims_by_case(results: Results) -> pd.DataFrame:
    """The claims in every case by itself: one row a case and claim, `case` first, else as in `claims`; p adjusted within a case.

    Of cases that were written down one by one (design `listed`), as the sets of values that a calibration accepts: each is a world that
    may be true, so that a claim which holds on average over them holds in none.  Empty for all other designs, and where cases were not
    finished in the arms.
    """
    vary = (results.manifest.get("design") or {}).get("vary")
    if vary is None or vary["design"] != "listed":
        return pd.DataFrame()
    cases = [(case, results.of_case(case)) for case in sorted(results.runs["case"].unique())]
    tables = [claims(one).assign(case=case) for case, one in cases if one.points]
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["case"])
    return found[["case", *(column for column in found if column != "case")]]


def _claim(results: Results, name: str, claim: dict) -> dict:
    doses = _doses(results)
    primary = results.primaries[claim["outcome"]]
    rivals = [rival for rival in claim["against"] if rival in doses]
    row = {
        "claim": name,
        "text": claim["text"],
        "formula": _formula(claim),
        "outcome": claim["outcome"],
        "unit": primary.unit,
        "strongest_rival": "",
        "cost_gap": math.nan,
        "not_run": ", ".join(arm for arm in (claim["arm"], *claim["against"]) if arm not in doses),
        "found": Estimate(math.nan, math.nan, math.nan, math.nan, 0, math.nan),
        "margin": 0.0,
        "better": primary.better,
    }
    if claim["arm"] in doses and rivals and usable(results, primary):
        against = {rival: _difference(results, claim["arm"], rival, claim["outcome"]) for rival in rivals}
        strongest = min(against, key=lambda rival: against[rival].mean * primary.better)
        row |= {
            "strongest_rival": strongest,
            "cost_gap": _cost_gap(results, claim["arm"], strongest),
            "found": against[strongest],
            "margin": negligible(results, primary, claim["arm"], doses[claim["arm"]]),
        }
        row["p"] = _p(list(against.values()), against[strongest], primary.better)
    found = row["found"]
    row |= {"mean": found.mean, "standard_error": found.standard_error, "ci_low": found.low, "ci_high": found.high, "n": found.n}
    return row | {"p": row.get("p", math.nan), "minimum_detectable": minimum_detectable(found, results.reading)}


def _formula(claim: dict) -> str:
    against = claim["against"]
    right = against[0] if len(against) == 1 else f"max({', '.join(against)})"
    return f"{claim['arm']} > {right} on {claim['outcome']}"


def _difference(results: Results, arm: str, rival: str, outcome: str) -> Estimate:
    """Effect of the arm minus effect of the rival, on what finished in both."""
    primary = results.primaries[outcome]
    mine, theirs = (_effects(results, name, primary) for name in (arm, rival))
    return estimate((mine - theirs).dropna().to_numpy(), results.reading.confidence)


def _doses(results: Results) -> dict[str, float]:
    """Every arm at the dose at which it is judged."""
    return {results.baseline: 0.0, **dict(results.headline)}


def _effects(results: Results, arm: str, primary: Primary) -> pd.Series:
    """Effects of an arm by unit of observation; the baseline differs from itself by nothing."""
    dose = _doses(results)[arm]
    units = results.units(results.pairs(arm, dose)).unique().sort_values()
    return pd.Series(0.0 if arm == results.baseline else contributions(results, arm, dose, primary), index=units)


def _p(against: list[Estimate], strongest: Estimate, better: int) -> float:
    values = [found.p for found in against]
    if any(math.isnan(p) for p in values):
        return math.nan
    return max(values) if strongest.mean * better > 0 else min(1.0, strongest.p * len(values))


def _cost_gap(results: Results, arm: str, rival: str) -> float:
    """How much dearer the arm is than the rival, as a share of the rival's cost; nan where costs were never to be equal."""
    doses, column = _doses(results), results.reading.cost
    if column not in results.runs or not results.equal_cost or results.baseline in (arm, rival):
        return math.nan
    mine, theirs = (float(differences(results, name, doses[name], column).mean()) for name in (arm, rival))
    return mine / theirs - 1 if theirs else math.nan
