"""Figures of what an experiment varied: bars with intervals, a line a path and a panel an outcome; and what every dose brings."""

import math
from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from sim.analysis import canvas
from sim.analysis.effects import usable
from sim.analysis.results import Primary, Results
from sim.analysis.sample import LUCK
from sim.analysis.sensitivity import LEVEL, Sensitivity
from sim.analysis.varied import Varied

SHOWN = {
    "morris": ("mu_star", "sigma"),
    "saltelli": ("first_order", "total"),
    "lhs": ("first_order", "rank_correlation"),
    "sobol": ("first_order", "rank_correlation"),
    "factorial": ("main_effect",),
    "fractional": ("main_effect",),
    "one_at_a_time": ("low", "high"),
    "grid": (),
}
"""Measures drawn as bars of their path's line; `at X` and `mean at X` have lines of their own."""
SHARES = ("first_order", "total", "rank_correlation")
"""Measures without unit."""
WORDS = {
    "mu_star": "mean size of the effect (mu*)",
    "mu": "mean effect (mu)",
    "sigma": "spread of the effect (sigma)",
    "first_order": "first-order share",
    "total": "total share",
    "rank_correlation": "partial rank correlation",
    "main_effect": "main effect, high minus low",
    "low": "at the low end",
    "high": "at the high end",
    "at": "at this value",
    "mean at": "mean at this value",
}
AXIS = {
    "morris": "elementary effect over the whole range",
    "saltelli": "first-order share, total share of the variance",
    "lhs": "first-order share of the variance; correlation",
    "sobol": "first-order share of the variance; correlation",
    "factorial": "main effect, high minus low",
    "fractional": "main effect, high minus low",
    "one_at_a_time": "difference to the configuration as it is",
    "grid": "mean at this value",
}
"""What a bar's length is."""
COLOURS = ("#332288", "#E69F00")  # apart for the colour-blind, and neither gain nor loss
MOST_LINES = 24
SHARE_SEEN = 1.5
"""Shares and correlations are drawn up to here, on both sides."""
MOST_SURE = 3.0
"""A share with a wider interval is not estimable: the whole scale is 1."""
LINE, HEAD = 0.24, 1.8
"""Inches."""
GAP = 0.6
"""Lines between paths that have several lines."""
LEAST_POWER, MOST_POWER = -3, 4
"""Powers of ten that an axis shows as they are."""


def draw(results: Results, effects: pd.DataFrame, found: Sensitivity | None) -> dict[str, list[Path]]:
    """Store what the files allow: dose_response; sensitivity_<arm> for the baseline's levels and every arm.  Name -> [png, svg]."""
    folder = results.folder / "figures"
    stored = {}
    with canvas.style():
        if figure := dose_response(results, effects):
            stored["dose_response"] = canvas.store(figure, folder, "dose_response")
        if found and found.varied:
            for arm, rows in found.table[found.table["path"] != ""].groupby("arm", sort=False):
                unmeasured = {outcome: why for (where, outcome), why in found.unmeasured.items() if where == arm}
                figure = bars(results, found.varied, rows, unmeasured)
                stored[f"sensitivity_{arm}"] = canvas.store(figure, folder, f"sensitivity_{arm}")
    return stored


def bars(results: Results, varied: Varied, rows: pd.DataFrame, unmeasured: Mapping[str, str]) -> Figure:
    """rows: of one arm.  The paths that matter most come first; grids keep their order.  unmeasured: outcome -> why it has no rows."""
    level = bool((rows["what"] == LEVEL).all())
    title = f"{'Level in' if level else 'Effect of'} {results.title(str(rows['arm'].iloc[0]))}: {varied.words()}"
    rows = with_lines(rows, varied.design)
    lines, series = strongest(rows, varied.design), list(dict.fromkeys(rows["series"]))
    places = _places(rows, lines)
    outcomes = [name for name in results.primaries if name in unmeasured or (rows["outcome"] == name).any()]
    size = (canvas.WIDTH, HEAD + LINE * (places[-1] + 1))
    figure, grid = plt.subplots(1, len(outcomes), figsize=size, sharey=True, squeeze=False, layout="constrained")
    figure.suptitle(f"{title}; lines: {results.reading.confidence:.0%} intervals".replace("%", " %"), fontsize=9.5, x=0.01, ha="left")
    for axes, outcome in zip(grid[0], outcomes, strict=True):
        label, factor, unit = shown(results, results.primaries[outcome], level)
        axes.set_title(canvas.wrapped(f"{outcome}  {label}", 26))
        if outcome in unmeasured:
            _say(axes, unmeasured[outcome])
            continue
        _panel(axes, rows[(rows["outcome"] == outcome) & rows["line"].isin(lines)], dict(zip(lines, places, strict=True)), series)
        words = AXIS[varied.design]
        if not set(series) <= set(SHARES):
            words = f"{words}, {unit}"
            axes.xaxis.set_major_formatter(lambda value, _, factor=factor: f"{factor * value:g}".replace("-", "−"))
        axes.set_xlabel(canvas.wrapped(words, 30))
        if "mean at" not in series or not level:  # the mean of a level is no distance from zero
            canvas.zero_line(axes, horizontal=False)
    grid[0, 0].set_yticks(places, [varied.named(line) for line in lines])
    grid[0, 0].set_ylim(places[-1] + 0.6, -0.6)
    if len(series) > 1:
        handles = [plt.Line2D([], [], color=COLOURS[n % 2], linewidth=5) for n in range(len(series))]
        figure.legend(handles, [WORDS[name] for name in series], loc="outside lower center", ncols=4)
    return figure


def _places(rows: pd.DataFrame, lines: list[str]) -> list[float]:
    """Heights of the lines, growing downwards; a gap between paths where a path has several."""
    path_of = rows.drop_duplicates("line").set_index("line")["path"]
    paths = [path_of[line] for line in lines]
    gap = GAP if len(set(paths)) < len(paths) else 0.0
    return [n + gap * (len(set(paths[: n + 1])) - 1) for n in range(len(lines))]


def _say(axes: Axes, why: str) -> None:
    """Words in place of an empty panel."""
    axes.text(0.5, 0.5, canvas.wrapped(why, 24), color=canvas.OPEN, ha="center", va="center", transform=axes.transAxes, fontsize=8.5)
    axes.set_xticks([])
    axes.grid(visible=False)


def _panel(axes: Axes, own: pd.DataFrame, lines: Mapping[str, float], series: list[str]) -> None:
    """lines: each line's height."""
    thick = 0.74 / len(series)
    for number, name in enumerate(series):
        rows = own[own["series"] == name].drop_duplicates("line").set_index("line").reindex(list(lines))
        places = np.array(list(lines.values())) + (number - (len(series) - 1) / 2) * thick
        ends = rows[["value", "low", "high"]].astype(np.float64)
        if name in SHARES:  # intervals of a few base points run far beyond
            _mark_cuts(axes, ends, places)
            sure = ~(ends["high"] - ends["low"] > MOST_SURE)
            ends = ends.clip(-SHARE_SEEN, SHARE_SEEN)
        else:
            sure = pd.Series(True, index=ends.index)
        if name == "mean at":
            axes.plot(ends["value"], places, "o", color=COLOURS[0], markersize=4.5)
        else:
            fills = [to_rgba(COLOURS[number % 2], 1.0 if certain else 0.3) for certain in sure]
            axes.barh(places, ends["value"], height=0.9 * thick, color=fills, linewidth=0)
        for place, low, high in zip(places, ends["low"], ends["high"], strict=True):
            axes.plot([low, high], [place, place], color=canvas.INK, linewidth=1.1, solid_capstyle="butt")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.06)


def _mark_cuts(axes: Axes, ends: pd.DataFrame, places: np.ndarray) -> None:
    """A triangle where a bar or an interval goes on beyond what is drawn."""
    for marker, at, cut in (
        ("<", -SHARE_SEEN, ends.min(axis=1) < -SHARE_SEEN),
        (">", SHARE_SEEN, ends.max(axis=1) > SHARE_SEEN),
    ):
        there = places[cut.to_numpy()]
        axes.plot(np.full(len(there), at), there, marker, color=canvas.INK, markersize=4.5, linestyle="none", zorder=4)


def with_lines(rows: pd.DataFrame, design: str) -> pd.DataFrame:
    """Rows that are drawn, with the line and the series that each belongs to."""
    kept = []
    for row in rows.to_dict("records"):
        kind, at, level = row["measure"].partition("at ")
        if row["measure"] in SHOWN[design]:
            kept.append(row | {"line": row["path"], "series": row["measure"]})
        elif at:
            kept.append(row | {"line": f"{row['path']} = {level}", "series": f"{kind}at"})
    return pd.DataFrame(kept)


def strongest(rows: pd.DataFrame, design: str) -> list[str]:
    """Lines in the order in which they are drawn, whole paths only, as many as there is room for; luck comes last."""
    size = rows["value"].abs() / rows.groupby("outcome")["value"].transform(lambda values: values.abs().max())
    paths = [path for path in dict.fromkeys(rows["path"]) if path != LUCK]
    if design != "grid":
        paths.sort(key=lambda path: -float(size[rows["path"] == path].max()))
    lines: list[str] = []
    for path in paths:
        own = list(dict.fromkeys(rows.loc[rows["path"] == path, "line"]))
        if lines and len(lines) + len(own) > MOST_LINES:
            break
        lines += own
    return [*lines, *([LUCK] if (rows["path"] == LUCK).any() else [])]


def shown(results: Results, primary: Primary, level: bool) -> tuple[str, float, str]:
    """Label, factor and unit in which an effect, or the level of its column, is shown."""
    declared = results.outcomes.get(primary.column, {}) if level else {"label": primary.label, "unit": primary.unit}
    return str(declared.get("label", primary.column)), *results.reading.shown(str(declared.get("unit", "")))


def dose_response(results: Results, effects: pd.DataFrame) -> Figure | None:
    """Effect on every primary outcome by dose with its interval, a line an arm; None where no arm has two doses."""
    doses = pd.DataFrame(results.points, columns=["arm", "dose"]).groupby("arm", sort=False)["dose"].nunique()
    arms = list(doses.index[doses > 1])
    primaries = [primary for primary in results.primaries.values() if usable(results, primary)]
    if not arms or not primaries:
        return None
    colours = canvas.colours(dict(results.points))
    figure, grid = plt.subplots(1, len(primaries), figsize=(canvas.WIDTH, 3.4), squeeze=False, layout=ConstrainedLayoutEngine(w_pad=0.09))
    for axes, primary in zip(grid[0], primaries, strict=True):
        factor, unit = _readable(results, effects[effects["arm"].isin(arms) & (effects["outcome"] == primary.name)], primary)
        for number, arm in enumerate(arms):
            own = effects[(effects["arm"] == arm) & (effects["outcome"] == primary.name)].sort_values("dose")
            aside = 1.03 ** (number - (len(arms) - 1) / 2)  # intervals of one dose beside each other
            axes.plot(own["dose"] * aside, factor * own["mean"], "o-", color=colours[arm], markersize=4, linewidth=1.5)
            axes.vlines(own["dose"] * aside, factor * own["ci_low"], factor * own["ci_high"], color=colours[arm], linewidth=1.3)
        canvas.zero_line(axes, horizontal=True)
        axes.set_xscale("log")
        ticks = sorted({dose for _, dose in results.points if dose > 0})
        axes.set_xticks(ticks, [f"{100 * dose:g}" for dose in ticks])
        axes.minorticks_off()
        axes.set_title(canvas.wrapped(f"{primary.name}  {primary.label}", 26))
        axes.set_ylabel(unit)
    figure.supylabel("difference to the status quo", fontsize=9)
    figure.supxlabel("dose, % of own R&D a year", fontsize=9)
    figure.legend(grid[0, 0].lines[: len(arms)], [results.title(arm) for arm in arms], loc="outside upper center", ncols=4)
    return figure


def _readable(results: Results, own: pd.DataFrame, primary: Primary) -> tuple[float, str]:
    """Factor and unit of an axis; a power of ten goes into the unit, for beside the axis it would cover the title."""
    factor, unit = results.reading.shown(primary.unit)
    top = factor * float(np.nanmax(own[["mean", "ci_low", "ci_high"]].abs().to_numpy(), initial=0.0))
    power = math.floor(math.log10(top)) if top > 0 else 0
    if LEAST_POWER <= power <= MOST_POWER:
        return factor, unit
    return factor * 10.0**-power, f"{f'{10.0**power:,.{max(-power, 0)}f}'} {unit}"
