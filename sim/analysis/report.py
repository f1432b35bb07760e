"""The report of an experiment: tables, figures and one self-contained page, from files alone."""

import base64
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.analysis import canvas, caution, cells, minister, networks, numerals, plots, sensitivity_page, sensitivity_plots, sentences
from sim.analysis.effects import effects, usable
from sim.analysis.evidence import trust
from sim.analysis.panels import PANELS
from sim.analysis.paths import Paths, both_ends, event_paths
from sim.analysis.results import HERE, Results, ResultsError, load
from sim.analysis.sensitivity import Sensitivity, sensitivity
from sim.analysis.sureness import sureness
from sim.analysis.verdicts import claims, claims_by_case
from sim.experiments.store import StoreError, write_text

KEY = "Blue: gain, orange: loss, grey: no direction can be claimed, or neither is better."
CAPTIONS = {
    "forest": f"Effect of every arm on the primary outcomes with 95 % intervals. {KEY}",
    "cost_effect": "Cost-effect plane. Crosses: means and 95 % intervals; faint dots: seeds; thin lines: the effect per unit of money. "
    "At equal cost, where it was asked for, the arms stand above one another.",
    "dose_response": "What more of the same money brings: effect by dose with 95 % intervals, doses on a logarithmic scale.",
    "who_pays_who_gains": "Who pays and who gains, by country.",
    "funnel": "How far relations come in every arm, compared with the status quo.",
    "network": f"What is left of the network at the end of the horizon, with 95 % intervals. {KEY}",
}
PATH_CAPTION = "Path of the paired difference with its 95 % band, one panel an arm; the other arms in pale grey."


def build_report(folder: Path) -> Path:
    """Write effects.csv, claims.csv, minister.csv, network.csv, figures/ and report.html into a results folder; the path of the last.

    sensitivity.csv too, where the experiment varied something besides its arms, and claims_by_case.csv, where its cases were written down.

    Raises ResultsError, in one line, where the folder holds nothing to compare or cannot be written.
    """
    results = _told_of(load(folder))
    found, claimed, by_case = effects(results), claims(results), claims_by_case(results)
    table, network = minister.table(results, found), networks.summary(results)
    paths, moved = event_paths(results, PANELS), sensitivity(results)
    tables = {"effects": found, "claims": claimed, "claims_by_case": by_case, "minister": table, "network": network}
    try:
        for name, frame in (tables | ({"sensitivity": moved.table} if moved else {})).items():
            if len(frame):
                write_text(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
        figures = plots.draw(results, found, paths) | sensitivity_plots.draw(results, found, moved)
        path = folder / "report.html"
        write_text(path, _page(results, found, claimed, by_case, table, network, paths, moved, figures))
    except (StoreError, OSError) as error:
        raise ResultsError(str(error)) from error
    return path


def _told_of(results: Results) -> Results:
    """The results, if they hold an outcome that effects can be told of; ResultsError for a measurement, which has none."""
    if any(usable(results, primary) for primary in results.primaries.values()):
        return results
    page = results.folder / "scorecard.md"
    instead = f": it is a measurement, whose result is {page}" if page.is_file() else ""
    raise ResultsError(f"{results.folder} holds none of the outcomes that effects are told of{instead}")


def _page(
    results: Results,
    found: pd.DataFrame,
    claimed: pd.DataFrame,
    by_case: pd.DataFrame,
    table: pd.DataFrame,
    network: pd.DataFrame,
    paths: Paths,
    moved: Sensitivity | None,
    figures: dict[str, list[Path]],
) -> str:
    """The page; every picture is inlined, nothing is fetched."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = numerals.number
    environment.filters["percent"] = numerals.percent
    captions = CAPTIONS | sensitivity_page.captions(results, moved)
    return environment.get_template("report.html").render(
        results=results,
        manifest=results.manifest,
        reading=results.reading,
        answer=sentences.answer(results, claimed, table),
        claims=cells.claims_table(results, claimed),
        by_case=cells.claims_by_case_table(results, by_case),
        minister=[cells.costs_table(results, table), cells.gains_table(results, table)],
        told=sentences.arms(results, table),
        effects=cells.effects_table(results, found),
        ends=cells.ends_table(results, both_ends(results, paths)),
        currency=cells.currency_table(results, minister.yearly_cost(results)),
        network=_network_table(results, network),
        varied=sensitivity_page.section(results, moved),
        caution=caution.few_seeds(results),
        covered=sensitivity_page.covered(moved),
        figures={name: _figure(paths[0], captions.get(name, PATH_CAPTION)) for name, paths in figures.items()},
        arms=_arms(results),
        sure=sureness(results, found),
        trust=trust(results),
        command=_command(results.manifest),
    )


def _figure(path: Path, caption: str) -> dict[str, str]:
    content = path.read_bytes()
    inches = int.from_bytes(content[16:20], "big") / canvas.DOTS_PER_INCH  # width field of a PNG's first chunk
    image = base64.b64encode(content).decode()
    return {"src": f"data:image/png;base64,{image}", "caption": caption, "width": f"{inches:.2f}in"}


def _arms(results: Results) -> list[dict[str, Any]]:
    """Arms and doses with the factor that made their cost equal, and how many pairs of runs they have."""
    pairs = {point: len(results.pairs(*point)) for point in results.points}
    return [
        point | {"title": results.title(point["arm"]), "pairs": pairs.get((point["arm"], float(point["dose"])), 0)}
        for point in results.manifest["points"]
    ]


def _network_table(results: Results, network: pd.DataFrame) -> cells.Table | None:
    """Network measures over their nulls, one line an arm and network; None where the run did not record them."""
    if network.empty:
        return None
    measures = list(dict.fromkeys(network["measure"]))
    rows = []
    for (arm, kind), own in network.groupby(["arm", "network"], sort=False):
        by_measure = own.set_index("measure")
        cell = [_measured(by_measure.loc[measure]) if measure in by_measure.index else numerals.NONE for measure in measures]
        rows.append([results.title(str(arm)), str(kind), *cell])
    note = (
        f"First paired seed. In brackets: mean of {results.reading.null_networks} random networks with the same numbers of partners (ties) "
        "or the same sizes of projects and projects per organisation (two-mode null)."
    )
    return cells.Table("Networks against their nulls", ["Arm", "Network", *measures], rows, note)


def _measured(row: pd.Series) -> str:
    null = float(row["null_mean"])
    return numerals.number(float(row["value"])) + (f" ({numerals.number(null)})" if math.isfinite(null) else "")


def _command(manifest: Mapping[str, Any]) -> str:
    """The command line as the manifest tells it; a run from Python has none."""
    command = manifest["command"]
    if not command:
        return f"crosscluster experiment experiment={manifest['experiment']}"
    return command if isinstance(command, str) else " ".join(command)
