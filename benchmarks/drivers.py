"""What drives the headline: `python -m benchmarks.drivers DIR [--write]`.

DIR of experiment=sensitivity_all: of every arm and outcome the numbers whose main effect stands clear of luck.  DIR of
experiment=sensitivity_screening: how the strongest act, by Morris' elementary effects.  Prints a table in markdown; with --write also into
docs/evidence.md, and all numbers into results/reference/drivers.csv or acting.csv.  An outcome per unit of cost is a ratio of means over
all cases, to which each case contributes (sim/paired.py): the ratios of single cases, some of which cost next to nothing, would drown it.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.scorecard import PAGE, PICTURES, between
from sim.analysis.indices import fractional, morris
from sim.analysis.inference import estimate
from sim.analysis.numerals import number
from sim.analysis.results import Primary, Results, ResultsError, load
from sim.analysis.sample import LUCK, Sample
from sim.analysis.sensitivity import effect
from sim.analysis.varied import Varied, varied
from sim.commands.results import finished, tell
from sim.paired import ratio

CLEAR = 2.0
"""Half-widths of its 95 % interval that a main effect must lie off zero; of 286 that do nothing one is found in one row of 32.  Of
elementary effects: how many times the mean size of luck theirs must be."""
NAMED = 6
"""Numbers that a row of the page names; all are in the table that is shipped."""


def main() -> None:
    """Read, tell, and with --write ship."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    try:
        results = load(given.folder)
        design = varied(results)
    except ResultsError as error:
        raise SystemExit(f"drivers: {error}") from error
    if design.design not in TABLES:
        raise SystemExit(
            f"drivers: {given.folder}: found the design {design.design}; allowed: {' or '.join(TABLES)}, as of experiment=sensitivity_all "
            "or sensitivity_screening"
        )
    name, told, tabled = TABLES[design.design]
    samples = list(measured(results, design))
    found = told(samples)
    page = tabled(samples, found)
    tell(page)
    if given.write:
        found.to_csv(PICTURES / f"{name}.csv", index=False, float_format="%.6g")
        PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), name, page), encoding="utf-8")
        finished(PAGE)


def measured(results: Results, design: Varied) -> Iterator[tuple[Primary, str, Sample]]:
    """(primary outcome, arm, its effect in every case), by outcome."""
    for primary in results.primaries.values():
        for arm, dose in results.headline:
            yield primary, arm, Sample(design, of_cases(results, design, (arm, dose), primary), results.reading.confidence)


def of_cases(results: Results, design: Varied, point: tuple[str, float], primary: Primary) -> np.ndarray:
    """The effect in every case, f8 (cases, seeds); per unit of cost: what the case contributes to the ratio of means."""
    if not primary.per:
        return effect(results, design, point, primary)
    gain, cost = (effect(results, design, point, replace(primary, column=column, per=None)) for column in (primary.column, primary.per))
    there = np.isfinite(gain) & np.isfinite(cost)
    values = np.full(gain.shape, np.nan)
    values[there] = ratio(gain[there], cost[there])
    return values


def clear(samples: list[tuple[Primary, str, Sample]]) -> pd.DataFrame:
    """Main effects that stand clear of luck, the largest of a row first: outcome, arm, path, unit, value, low, high."""
    rows = [
        (primary.name, arm, index.path, primary.unit, index.value, index.low, index.high)
        for primary, arm, sample in samples
        for index in sorted(fractional(sample), key=lambda index: -abs(index.value))
        if abs(index.value) > CLEAR * (index.high - index.low) / 2
    ]
    return pd.DataFrame(rows, columns=["outcome", "arm", "path", "unit", "value", "low", "high"])


def table(samples: list[tuple[Primary, str, Sample]], found: pd.DataFrame) -> str:
    """One row an outcome and arm: its effect over all cases, and what moves it most."""
    rows = [
        "| outcome | arm | effect over all cases | what moves it, from a quarter below to a quarter above |",
        "| --- | --- | --- | --- |",
    ]
    for primary, arm, sample in samples:
        own = found[(found["outcome"] == primary.name) & (found["arm"] == arm)]
        named = "; ".join(f"`{each.path.removeprefix('behaviour.')}` {_signed(each.value)}" for each in own.head(NAMED).itertuples())
        more = f" and {len(own) - NAMED} more" if len(own) > NAMED else ""
        overall = estimate(sample.values[np.isfinite(sample.values)], sample.confidence)
        effect_of_arm = f"{_signed(overall.mean)} [{number(overall.low)}, {number(overall.high)}]"
        rows.append(f"| {primary.name} | `{arm}` | {effect_of_arm} | {named or 'none'}{more} |")
    return "\n".join(rows)


def acting(samples: list[tuple[Primary, str, Sample]]) -> pd.DataFrame:
    """Elementary effects of every number: mean (mu), mean size (mu_star), spread (sigma), and the mean size that luck alone would give.

    Columns outcome, arm, path, unit, mu, low, high (of mu), mu_star, sigma, luck.
    """
    rows = []
    for primary, arm, sample in samples:
        found = {(index.path, index.measure): index for index in morris(sample)}
        luck = found[LUCK, "mu_star"].value
        for path in sample.varied.paths:
            mu, size, sigma = (found[path, measure] for measure in ("mu", "mu_star", "sigma"))
            rows.append((primary.name, arm, path, primary.unit, mu.value, mu.low, mu.high, size.value, sigma.value, luck))
    columns = ["outcome", "arm", "path", "unit", "mu", "low", "high", "mu_star", "sigma", "luck"]
    return pd.DataFrame(rows, columns=columns).sort_values(["outcome", "arm", "mu_star"], ascending=[True, True, False], kind="stable")


def table_of_acting(samples: list[tuple[Primary, str, Sample]], found: pd.DataFrame) -> str:
    """One row an outcome and arm on which something acts clear of luck, the strongest first."""
    rows = [
        "| outcome | arm | mean size of luck | what acts: mean size of its effect over its whole range, and its direction |",
        "| --- | --- | --- | --- |",
    ]
    for primary, arm, _ in samples:
        own = found[(found["outcome"] == primary.name) & (found["arm"] == arm)]
        seen = own[own["mu_star"] > CLEAR * own["luck"]]
        named = "; ".join(
            f"`{each.path.removeprefix('behaviour.')}` {number(each.mu_star)} {_direction(each)}" for each in seen.head(NAMED).itertuples()
        )
        if named:
            rows.append(f"| {primary.name} | `{arm}` | {number(float(own['luck'].iloc[0]))} | {named} |")
    return "\n".join(rows)


def _direction(row: Any) -> str:
    return "up" if row.low > 0 else "down" if row.high < 0 else "no one direction"


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


TABLES: dict[str, tuple[str, Callable[..., pd.DataFrame], Callable[..., str]]] = {
    "fractional": ("drivers", clear, table),
    "morris": ("acting", acting, table_of_acting),
}
"""Design -> name of its file and of its place on the page, what is found, and how it is shown."""

if __name__ == "__main__":
    main()
