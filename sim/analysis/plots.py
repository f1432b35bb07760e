"""The figures of a report, each from tables that are aggregated first.  One function a figure: (results, effects) -> Figure or None."""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis import canvas, minister
from sim.analysis.effects import differences
from sim.analysis.numerals import decimals, fixed
from sim.analysis.panels import forest, names, network, path_figures
from sim.analysis.paths import Paths, funnel_totals
from sim.analysis.results import Results

LADDERS = {
    "firm": "Organisations that met since the opening",
    "firm_ever": "Organisations, whenever they met",
    "cluster": "Clusters since the opening",
}


def draw(results: Results, effects: pd.DataFrame, paths: Paths) -> dict[str, list[Path]]:
    """Draw and store every figure that the files allow in <folder>/figures; name -> [png, svg]."""
    folder = results.folder / "figures"
    folder.mkdir(exist_ok=True)
    figures: dict[str, Callable[[Results, pd.DataFrame], Figure | None]] = {
        "forest": forest,
        "cost_effect": cost_effect,
        "who_pays_who_gains": who_pays_who_gains,
        "funnel": funnel,
        "network": network,
    }
    stored = {}
    with canvas.style():
        for name, figure_of in figures.items():
            if figure := figure_of(results, effects):
                stored[name] = canvas.store(figure, folder, name)
        for indicator, figure in path_figures(results, paths):
            stored[f"path_{indicator}"] = canvas.store(figure, folder, f"path_{indicator}")
    return stored


def cost_effect(results: Results, effects: pd.DataFrame) -> Figure | None:
    """Cost-effect plane: extra public money and what it brought, a faint dot a seed, a cross of intervals an arm and dose."""
    primary = next((p for p in results.primaries.values() if p.per == results.reading.cost and p.column in results.runs), None)
    if primary is None:
        return None
    colours, ends = canvas.colours(dict(results.points)), []
    figure, axes = plt.subplots(figsize=(canvas.WIDTH, 4.2), gridspec_kw={"right": 0.8})  # names of arms stand right of it
    for arm, dose in results.points:
        rows = effects[(effects["arm"] == arm) & (effects["dose"] == dose) & (effects["country"] == "all")].set_index("outcome")
        cost, effect = rows.loc[results.reading.cost], rows.loc[primary.column]
        own = differences(results, arm, dose, results.reading.cost), differences(results, arm, dose, primary.column)
        axes.plot([0, cost["mean"]], [0, effect["mean"]], color=colours[arm], alpha=0.35, linewidth=0.8)
        axes.plot(*own, ".", color=colours[arm], alpha=0.45, markersize=5, markeredgewidth=0)
        axes.plot([cost["ci_low"], cost["ci_high"]], [effect["mean"]] * 2, color=colours[arm], linewidth=1.4)
        axes.plot([cost["mean"]] * 2, [effect["ci_low"], effect["ci_high"]], color=colours[arm], linewidth=1.4)
        axes.plot(cost["mean"], effect["mean"], "o", color=colours[arm], markersize=5.5)
        if (arm, dose) in results.headline:
            ends.append((arm, float(cost["mean"]), float(effect["mean"])))
    canvas.zero_line(axes, horizontal=True)
    axes.axvline(0, color=canvas.INK, linewidth=0.8)
    _label_ends(axes, ends, results)
    axes.set_xlabel("public cost beyond the status quo, mln int$ of 2021 (present value)")
    axes.set_ylabel(f"{primary.label}, difference to the status quo\n({results.outcomes.get(primary.column, {}).get('unit', '')})")
    return figure


def who_pays_who_gains(results: Results, effects: pd.DataFrame) -> Figure | None:
    """Left: what each country pays a year beyond the status quo.  Right: each country's gain, starred where its interval excludes zero."""
    paying, gains = minister.yearly_cost(results), minister.country_gains(results, effects)
    if paying.empty or gains.empty:
        return None
    arms = [arm for arm, _ in results.headline]
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(canvas.WIDTH, 1.4 + 0.36 * len(arms)), width_ratios=(1, 1.25), constrained_layout=True
    )
    _payers(left, paying.reindex(arms).fillna(0.0))
    left.set_yticks(range(len(arms)), names(results))
    left.invert_yaxis()
    shares = gains.reindex(index=arms, columns=results.countries).astype(float) * 100
    certain = minister.country_certain(results, effects).reindex(index=arms, columns=results.countries)
    _gains(right, shares, certain == 1)
    stem = minister.gain_stem(results)
    right.set_title(
        f"Who gains: {results.outcomes.get(stem, {}).get('label', stem).lower()} over the status quo, %\n* interval excludes zero"
    )
    return figure


def _payers(axes: Axes, paying: pd.DataFrame) -> None:
    """Stacked bars."""
    bottom = np.zeros(len(paying))
    for payer, colour in canvas.colours(paying).items():
        amounts = paying[payer].to_numpy()
        axes.barh(range(len(paying)), amounts, left=bottom, color=colour, label=payer, height=0.7)
        bottom = bottom + amounts
    axes.set_title("Who pays: public outlay beyond the status quo\n ")
    axes.set_xlabel("mln int$ of 2021 a year of the programme")
    axes.legend(
        ncols=len(paying.columns), loc="lower left", bbox_to_anchor=(-0.02, 0.98), handlelength=1, columnspacing=1, handletextpad=0.4
    )
    axes.grid(axis="y", visible=False)


def _gains(axes: Axes, shares: pd.DataFrame, certain: pd.DataFrame) -> None:
    """A table of numbers on a diverging colour scale around zero."""
    limit = float(np.nanmax(np.abs(shares.to_numpy()))) or 1.0
    places = decimals(limit)
    axes.imshow(shares.to_numpy(), cmap="PuOr", vmin=-1.25 * limit, vmax=1.25 * limit, aspect="auto")
    for row, column in np.ndindex(shares.shape):
        share = shares.iat[row, column]
        text = f"{'+' if round(share, places) > 0 else ''}{fixed(share, places)}{' *' if certain.iat[row, column] else ''}"
        axes.text(column, row, text, ha="center", va="center", fontsize=8.5, color="white" if abs(share) > 0.75 * limit else canvas.INK)
    axes.set_xticks(range(shares.shape[1]), shares.columns)
    axes.set_yticks([])
    axes.grid(visible=False)


def funnel(results: Results, effects: pd.DataFrame) -> Figure | None:
    """Relations that came at least so far: number in the status quo under each stage, difference of every arm to it.

    In per cent; as a number on a ladder that the status quo does not know.
    """
    totals = funnel_totals(results)
    totals = totals[totals.groupby("ladder")["value"].transform("max") > 0]
    if totals.empty:
        return None
    ladders = list(dict.fromkeys(totals["ladder"]))
    colours = canvas.colours(dict(results.points))
    figure, panels = plt.subplots(1, len(ladders), figsize=(canvas.WIDTH, 3.5), squeeze=False, layout="constrained")
    for axes, ladder in zip(panels[0], ladders, strict=True):
        counts = totals[totals["ladder"] == ladder].pivot_table(index="stage", columns="arm", values="value", sort=False)
        base = counts[results.baseline]
        known = bool((base > 0).all())
        for arm, _ in results.headline:
            more = 100 * (counts[arm] / base - 1) if known else counts[arm] - base
            axes.plot(range(len(counts)), more, marker="o", markersize=4, color=colours[arm], linewidth=1.5)
        canvas.zero_line(axes, horizontal=True)
        axes.set_xticks(range(len(counts)), [f"{stage}\n{_share(base, stage)}" for stage in counts.index])
        axes.set_title(LADDERS.get(ladder, str(ladder)))
        axes.set_ylabel(f"difference to the status quo{', %' if known else ''}")
        axes.margins(x=0.12)
    figure.supxlabel("reached at least (number in the status quo, share of the first stage)", fontsize=9)
    figure.legend(panels[0, 0].lines[: len(results.headline)], names(results), loc="outside upper center", ncols=4)
    return figure


def _share(base: pd.Series, stage: str) -> str:
    first = float(base.iloc[0])
    return f"{base[stage]:,.0f}" + (f"\n({base[stage] / first:.1%})" if first and stage != base.index[0] else "")


def _label_ends(axes: Axes, ends: list[tuple[str, float, float]], results: Results) -> None:
    """Names of the arms in a column right of the plot, moved apart, each joined to its point by a thin line."""
    bottom, top = axes.get_ylim()
    heights = canvas.spread([effect for _, _, effect in ends], gap=0.065 * (top - bottom))
    lift = max(0.0, bottom - min(heights))
    for (arm, cost, effect), height in zip(ends, heights, strict=True):
        axes.annotate(
            results.title(arm),
            xy=(cost, effect),
            xytext=(1.02, height + lift),
            textcoords=axes.get_yaxis_transform(),
            va="center",
            fontsize=8.5,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": canvas.PALE, "linewidth": 0.8, "shrinkB": 4},
        )
