"""The section of the report on what was varied: words and tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.cells import Table
from sim.analysis.noise import CROSSED
from sim.analysis.numerals import NONE, interval, percent
from sim.analysis.results import DRAWN, Results
from sim.analysis.sample import LUCK
from sim.analysis.sensitivity import LEVEL, Sensitivity
from sim.analysis.sensitivity_plots import MOST_SURE, SHARE_SEEN, SHARES, shown, strongest, with_lines

READ = {
    "morris": (
        "Elementary effect: what the outcome changes by when one parameter moves, per its whole range (of listed values: from "
        "the first to the last). mu* is its mean size over trajectories, mu its mean (near 0 beside a large mu*: the sign depends on the "
        "rest), sigma its standard deviation (large: not linear, or dependent on the rest). t intervals over trajectories; of "
        "sigma the jackknife's."
    ),
    "saltelli": (
        "First-order share: the part of the variance over cases that a parameter explains alone. Total share: the part that "
        "would be left if all others were known; far above the first-order share, it means interaction. Bootstrap intervals over base "
        "points; estimates may fall below 0."
    ),
    "lhs": (
        "First-order share: the part of the variance over cases that a parameter explains alone (RBD-FAST, bootstrap interval; "
        "estimates may fall below 0). Partial rank correlation: the direction, all others held; it sees only what rises or falls "
        "throughout."
    ),
    "factorial": (
        "Main effect: mean over all cases with the parameter at its high end, less the mean with it at its low end. t intervals over seeds."
    ),
    "one_at_a_time": (
        "Difference to the configuration as it is when one parameter alone moves to another value; t intervals over seeds. Blind to "
        "interaction."
    ),
    "grid": "Mean at each value over all values of the others; t intervals over seeds.",
    "listed": "Each case is a set of values that belong together.",
}
OWN_RANGE = "the parameter's own"
"""What was asked for where no range was named; the files do not hold its ends."""
SHORT = {"mu_star": "mu*", "first_order": "first order", "rank_correlation": "rank"}
"""Measures in cells."""
READ |= {
    "sobol": READ["lhs"],
    "fractional": READ["factorial"] + " Where every case has seeds of its own: over differences of mirrored cases, from what all main "
    "effects together leave unexplained; of many parameters that do nothing one in twenty then looks as if it mattered.",
}
MET = {
    "everywhere": "all cases and arms met the same seeds",
    "arms": "every case had seeds of its own, shared by its arms",
    "fresh": "every case and every arm had seeds of their own",
}
FREED = {
    "morris": (
        "The line of luck is what mu* and sigma would be if nothing but luck moved the outcome: a parameter near it was not seen to matter."
    ),
    "saltelli": (
        "Variance is that of the means over seeds of cases. The line of luck is luck's share of it, of which both indices are freed; more "
        "seeds a case shrink it."
    ),
    "lhs": "Variance is that of the means over seeds of cases. The line of luck is luck's share of it; more seeds a case shrink it.",
}
"""With two seeds a case."""
FREED["sobol"] = FREED["lhs"]


@dataclass(frozen=True, slots=True)
class Section:
    """What the page shows.  how: what was done and how to read it, in sentences.  tables: by the name of their figure."""

    how: list[str]
    notes: list[str]
    ranges: Table | None
    shares: Table | None
    tables: dict[str, Table]


def section(results: Results, found: Sensitivity | None) -> Section | None:
    """None where nothing was varied."""
    if found is None:
        return None
    if found.varied is None:
        return Section([], found.notes, None, None, {})
    design = found.varied
    how = [
        f"{_counted(len(design.paths), 'parameter')} varied by {design.words()}; {MET[design.luck]}.",
        READ[design.design],
        *([FREED[design.design]] if (found.table["path"] == LUCK).any() else []),
    ]
    arms = found.table[found.table["path"] != ""].groupby("arm", sort=False)
    tables = {f"sensitivity_{arm}": _measures(results, found, str(arm), rows) for arm, rows in arms}
    return Section(how, found.notes, _ranges(found), _shares(results, found), tables)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def covered(found: Sensitivity | None) -> tuple[str, str]:
    """What the intervals of effects cover, and over what they are computed."""
    if found is None or found.varied is None:
        return "The luck of the model, and nothing else", "seeds at one point of the parameters"
    drawn = DRAWN.get(found.varied.design)
    if drawn is None:
        return "The luck of the model, and nothing else", "seeds, all cases averaged"
    what = (
        "The parameters that were varied, on these seeds"
        if found.varied.shared
        else "The luck of the model and the parameters that were varied"
    )
    return what, f"{drawn}, the runs of one averaged"


def captions(results: Results, found: Sensitivity | None) -> dict[str, str]:
    """Of every figure of this section."""
    if found is None:
        return {}
    level = "Level of the outcomes in {} and what moves it, with {} intervals."
    effect = "{}: what moves its effect, with {} intervals."
    confidence = percent(results.reading.confidence)
    marked = f" Ends cut at ±{SHARE_SEEN:g} are marked with a triangle; pale: not estimable, an interval wider than {MOST_SURE:g}."
    cut = marked if found.table["measure"].isin(SHARES).any() else ""
    return {
        f"sensitivity_{arm}": (level if what == LEVEL else effect).format(results.title(arm), confidence) + cut
        for arm, what in found.table[["arm", "what"]].drop_duplicates().itertuples(index=False)
    }


def _ranges(found: Sensitivity) -> Table:
    """What was varied: the range that was asked for, as the files have it, and beside it what the cases met."""
    assert found.varied is not None
    design, rows = found.varied, []
    for number, path in enumerate(design.paths):
        places, spec, levels = design.places[:, number], design.specs[number], design.levels[number]
        if levels:
            rows.append([design.named(path), ", ".join(levels), ", ".join(levels[int(place)] for place in np.unique(places))])
            continue
        asked = OWN_RANGE
        if isinstance(spec, Mapping) and "around" in spec:
            asked = f"the value as it is ± {percent(spec['around'])}"
        elif spec is not None:
            low, high = (spec["low"], spec["high"]) if isinstance(spec, Mapping) else spec
            asked = f"{low:g} to {high:g}{', logarithmic' if design.logarithmic(number) else ''}"
        rows.append([design.named(path), *(text.replace("-", "−") for text in (asked, f"{places.min():g} to {places.max():g}"))])
    return Table("What was varied", ["Parameter", "Range asked for", "Sampled (met in the cases)"], rows)


def _measures(results: Results, found: Sensitivity, arm: str, rows: pd.DataFrame) -> Table:
    """The paths of the figure in numbers: one line each, a column an outcome, a line of the cell a measure."""
    assert found.varied is not None
    drawn = with_lines(rows, found.varied.design)
    path_of = drawn.drop_duplicates("line").set_index("line")["path"]
    paths = list(dict.fromkeys(str(path_of[line]) for line in strongest(drawn, found.varied.design)))
    outcomes = list(dict.fromkeys(rows["outcome"]))
    level = bool((rows["what"] == LEVEL).all())
    cells = [[found.varied.named(path), *(_cell(results, rows, path, outcome, level) for outcome in outcomes)] for path in paths]
    heads = [_head(results, outcome, level, set(rows["measure"])) for outcome in outcomes]
    title = f"{'Level in' if level else 'Effect of'} {results.title(arm)}"
    left = len(found.varied.paths) - len([path for path in paths if path != LUCK])
    return Table(title, ["Parameter", *heads], cells, f"{left} more, which matter less, are in sensitivity.csv." if left else "")


def _cell(results: Results, rows: pd.DataFrame, path: str, outcome: str, level: bool) -> str:
    _, factor, _ = shown(results, results.primaries[outcome], level)
    own = rows[(rows["path"] == path) & (rows["outcome"] == outcome)]
    texts = []
    for row in own.to_dict("records"):
        share = row["measure"] in SHARES
        scale = 1.0 if share else factor
        name = SHORT.get(row["measure"], row["measure"]) if len(own) > 1 else ""
        text = interval(scale * row["value"], scale * row["low"], scale * row["high"])
        texts.append(f"{name} {'not estimable' if share and row['high'] - row['low'] > MOST_SURE else text}".strip())
    return "\n".join(texts) or NONE


def _head(results: Results, outcome: str, level: bool, measures: set[str]) -> str:
    label, _, unit = shown(results, results.primaries[outcome], level)
    return f"{outcome}: {label}" + ("" if measures <= set(SHARES) else f", {unit}")


def _shares(results: Results, found: Sensitivity) -> Table | None:
    """How much of the variance of one run comes from what was varied, and how much from luck."""
    parts = found.table[found.table["path"] == ""]
    if parts.empty:
        return None
    measures = [name for name in CROSSED if (parts["measure"] == name).any()]
    rows = []
    for (arm, what, outcome), own in parts.groupby(["arm", "what", "outcome"], sort=False):
        by_measure = own.set_index("measure")
        cells = [interval(*(100 * by_measure.loc[name, ["value", "low", "high"]].astype(float))) for name in measures]
        label = shown(results, results.primaries[str(outcome)], what == LEVEL)[0]
        rows.append([f"{'level in' if what == LEVEL else 'effect of'} {results.title(str(arm))}", f"{outcome}: {label}", *cells])
    heads = {
        "share_parameters": "What was varied, %",
        "share_luck": "Luck, %",
        "share_seeds": "of which: seeds alike in all cases, %",
        "share_interaction": "of which: seeds times cases, %",
    }
    note = (
        "Shares of the variance of one run (an effect: of one pair of runs), over the cases that were run; means over seeds vary less by "
        "luck. Unbiased components of variance, cut off at zero; generalized confidence intervals, as if effects were normal."
    )
    return Table("Where the variance comes from", ["Of", "Outcome", *(heads[name] for name in measures)], rows, note)
