"""The tables of an experiment from its runs: ordered by arm (as designed), dose and seed, whoever finished first."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from sim.config import config_tree
from sim.experiments.design import Design
from sim.experiments.frames import FRAMES, joined
from sim.experiments.replication import Run
from sim.experiments.treatment import leaves


def ordered(runs: Sequence[Run], design: Design) -> list[Run]:
    """The runs in the order of the design's points and seeds."""
    place = {point: i for i, point in enumerate(design.points())}
    return sorted(runs, key=lambda run: (place[run.treatment.point], design.seeds.index(run.seed)))


def frames(runs: Sequence[Run]) -> dict[str, pa.Table]:
    """series, funnel, ledger and what else was recorded, of ordered runs."""
    recorded = {name: [run.tables[name] for run in runs if name in run.tables] for name in FRAMES}
    return {name: joined(parts) for name, parts in recorded.items() if parts}


def runs_table(runs: Sequence[Run], design: Design) -> pa.Table:
    """One row per run: what it was, what came out, and `config.*`: every value that differs between the points."""
    configs = {run.treatment.point: leaves(config_tree(run.treatment.config)) for run in runs}
    rows = [_row(run, design, configs[run.treatment.point]) for run in runs]
    outcomes = dict.fromkeys(name for run in runs for name in run.outcomes)
    settings = _settings(list(configs.values()))
    labels = [name for name in rows[0] if name != "error"]
    columns = {name: pa.array([row[name] for row in rows]) for name in labels}
    columns["error"] = pa.array([row["error"] for row in rows], pa.string())
    columns |= {name: pa.array([_number(run.outcomes.get(name)) for run in runs], pa.float64()) for name in outcomes}
    columns |= {f"config.{path}": _setting([configs[run.treatment.point].get(path) for run in runs]) for path in settings}
    return pa.table(columns)


def _row(run: Run, design: Design, config: dict[str, Any]) -> dict[str, Any]:
    treatment = run.treatment
    return {
        "experiment": design.name,
        "world": config.get("world.name"),
        "arm": treatment.point.arm,
        "label": treatment.label,
        "dose": treatment.point.dose,
        "seed": run.seed,
        "factor": treatment.factor,
        "placebo": treatment.placebo,
        "error": run.error,
    }


def _settings(configs: Sequence[dict[str, Any]]) -> list[str]:
    """Paths of the world's settings and of all values that are not the same at every point."""
    paths = dict.fromkeys(path for config in configs for path in config)
    return [path for path in paths if path.startswith("world.") or any(c.get(path) != configs[0].get(path) for c in configs)]


def _setting(values: Sequence[Any]) -> pa.Array:
    """Numbers as numbers, true and false as such, the rest as text (JSON where it is a list)."""
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, bool) for value in there):
        return pa.array(values, pa.bool_())
    if there and all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return pa.array([_number(value) for value in values], pa.float64())
    texts = [value if isinstance(value, str) or value is None else json.dumps(value) for value in values]
    return pa.array(texts, pa.string())


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
