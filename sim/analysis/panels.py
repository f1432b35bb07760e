"""Figures of many small panels: intervals by arm, and paths by quarter."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis import canvas
from sim.analysis.effects import usable
from sim.analysis.paths import Paths
from sim.analysis.results import Results

PANELS = 4
"""Event-path figures at most, and panels in a row at most."""


def forest(results: Results, effects: pd.DataFrame) -> Figure | None:
    """Effect and interval of every arm on every primary outcome, coloured by the verdict."""
    panels = [
        (primary.name, f"{primary.name}  {primary.label}", primary.unit)
        for primary in results.primaries.values()
        if usable(results, primary)
    ]
    return _intervals(results, at_headline(results, effects), panels)


def network(results: Results, effects: pd.DataFrame) -> Figure | None:
    """The same for what the programme leaves of the network."""
    chosen = at_headline(results, effects)
    chosen = chosen[(chosen["country"] == "all") & (chosen["primary"] == "")]
    recorded = [name for name in results.reading.network if (chosen["outcome"] == name).any()][:PANELS]
    panels = [(name, results.outcomes[name]["label"], results.outcomes[name]["unit"]) for name in recorded]
    return _intervals(results, chosen, panels)


def _intervals(results: Results, chosen: pd.DataFrame, panels: list[tuple[str, str, str]]) -> Figure | None:
    """One panel an outcome (its name, title, unit), one line an arm."""
    if not panels:
        return None
    arms = [arm for arm, _ in results.headline]
    figure, grid = plt.subplots(1, len(panels), figsize=(canvas.WIDTH, 1.1 + 0.3 * len(arms)), sharey=True, squeeze=False)
    for axes, (outcome, title, unit) in zip(grid[0], panels, strict=True):
        factor, shown = results.reading.shown(unit)
        rows = chosen[chosen["outcome"] == outcome].set_index("arm").reindex(arms)
        for position, row in enumerate(rows.itertuples()):
            colour = canvas.verdict_colour(str(row.verdict))
            axes.plot([factor * row.ci_low, factor * row.ci_high], [position, position], color=colour, linewidth=2, solid_capstyle="butt")
            axes.plot(factor * row.mean, position, "o", color=colour, markersize=5)
        canvas.zero_line(axes, horizontal=False)
        axes.set_title(canvas.wrapped(title, 28))
        axes.set_xlabel(canvas.wrapped(f"difference to the status quo, {shown}", 30))
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.grid(axis="y", visible=False)
        axes.margins(x=0.08)
    grid[0, 0].set_yticks(range(len(arms)), names(results))
    grid[0, 0].invert_yaxis()
    figure.tight_layout(w_pad=1.2)
    return figure


def path_figures(results: Results, found: Paths) -> list[tuple[str, Figure]]:
    """Event paths: difference to the status quo by quarter with its band, one figure an indicator, one panel an arm."""
    arms, figures = [arm for arm, _ in results.headline], []
    rows, columns = shape(len(arms))
    for indicator, table in found:
        figure, grid = plt.subplots(rows, columns, figsize=(canvas.WIDTH, 0.7 + 1.75 * rows), sharex=True, sharey=True, squeeze=False)
        figure.subplots_adjust(left=0.085, right=0.995, bottom=0.6 / figure.get_figheight(), wspace=0.06, hspace=0.3)
        declared = results.reading.paths[indicator]
        factor, unit = results.reading.shown(declared["unit"])
        paths = table.assign(**{name: factor * table[name] for name in ("mean", "low", "high")})
        for axes, arm in zip(grid.flat, arms, strict=False):
            own = paths[paths["arm"] == arm]
            for _, other in paths[paths["arm"] != arm].groupby("arm", sort=False):
                axes.plot(other["quarter"], other["mean"], color=canvas.PALE, linewidth=0.7)
            axes.fill_between(own["quarter"], own["low"], own["high"], color=canvas.GAIN, alpha=0.22, linewidth=0)
            axes.plot(own["quarter"], own["mean"], color=canvas.GAIN, linewidth=1.6)
            axes.axvspan(-0.5, results.manifest["config"]["world"]["programme"] - 0.5, color="#F2F2F2", zorder=0)
            canvas.zero_line(axes, horizontal=True)
            axes.set_title(canvas.wrapped(results.title(arm), 28))
        for axes in list(grid.flat)[len(arms) :]:
            axes.set_visible(False)
        for axes in grid.flat[max(len(arms) - columns, 0) : len(arms)]:
            axes.tick_params(labelbottom=True)  # the lowest of its column
        _frame_to_view(grid.flat[0], paths)
        figure.supxlabel("quarters since the opening of the programme (grey: it is open)", fontsize=9)
        figure.supylabel(f"{declared['label']}\ndifference to the status quo, {unit}", fontsize=9, ha="center")
        figures.append((indicator, figure))
    return figures


def shape(count: int) -> tuple[int, int]:
    """(rows, columns) of `count` panels: as few rows as can be, then as few empty places."""
    rows = -(-count // PANELS)
    return rows, -(-count // rows)


def names(results: Results) -> list[str]:
    """Labels of the arms at the headline dose, broken into lines where they are long."""
    return [canvas.wrapped(results.title(arm), 30) for arm, _ in results.headline]


def at_headline(results: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """Rows of effects at the headline dose."""
    points = pd.Series(list(zip(effects["arm"], effects["dose"], strict=True)), index=effects.index)
    return effects[points.isin(results.headline)]


def _frame_to_view(axes: Axes, paths: pd.DataFrame) -> None:
    low, high = float(paths["low"].min(skipna=True)), float(paths["high"].max(skipna=True))
    if np.isfinite([low, high]).all() and high > low:
        axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
