"""What drives the headline, from `crosscluster experiment experiment=sensitivity_all`: `python -m benchmarks.drivers DIR [--write]`.

Prints a table in markdown: of every arm and outcome the numbers whose main effect stands clear of luck; with --write also into
docs/evidence.md, and all of them into results/reference/drivers.csv.  An outcome per unit of cost is a ratio of means over all cases,
to which each case contributes (sim/paired.py): the ratios of single cases, some of which cost next to nothing, would drown it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.scorecard import PAGE, PICTURES, between
from sim.analysis.indices import fractional
from sim.analysis.inference import estimate
from sim.analysis.numerals import number
from sim.analysis.results import Primary, Results, ResultsError, load
from sim.analysis.sample import Sample
from sim.analysis.sensitivity import effect
from sim.analysis.varied import Varied, varied
from sim.commands.results import finished, tell
from sim.paired import ratio

CLEAR = 2.0
"""Half-widths of its 95 % interval that a main effect must lie off zero; of 286 that do nothing one is found in one row of 32."""
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
    if design.design != "fractional":
        raise SystemExit(
            f"drivers: {given.folder}: found the design {design.design}; allowed: fractional, as of experiment=sensitivity_all"
        )
    samples = list(measured(results, design))
    found = clear(samples)
    page = table(samples, found)
    tell(page)
    if given.write:
        found.to_csv(PICTURES / "drivers.csv", index=False, float_format="%.6g")
        PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), "drivers", page), encoding="utf-8")
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


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


if __name__ == "__main__":
    main()
