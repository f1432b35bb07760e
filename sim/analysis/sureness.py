"""How sure the results are: what pairing is worth, which mechanisms and estimates they rest on, whose figures they use."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.analysis.numerals import NONE
from sim.analysis.results import Results, read_assumptions


@dataclass(frozen=True, slots=True)
class Sureness:
    """What the section 'How sure' says, from the files."""

    seeds: int
    pairs: tuple[int, int]
    """Fewest and most pairs of runs of an arm."""
    pairing: dict[str, float]
    margins: list[str]
    """Registered margins in words, one a primary outcome that has one."""
    assumptions: list[dict[str, Any]]
    off: int
    """Mechanisms that an arm ran without."""
    estimates: list[dict[str, str]]
    qualities: dict[str, int]
    """Country figures by quality."""
    sampled: int
    """Country figures that the experiment varied."""
    precision: list[str]
    """What became of the precision that was asked for, in words; empty where none was."""
    users: list[str]
    """What the user put in place of shipped figures and files."""


def sureness(results: Results, found: pd.DataFrame) -> Sureness:
    """Everything that section needs."""
    pairs = [len(results.pairs(*point)) for point in results.points]
    assumptions = _assumptions(results)
    figures = [figure for country in _countries(results).values() for figure in country.get("figures", {}).values()]
    return Sureness(
        seeds=len(results.manifest["seeds"]),
        pairs=(min(pairs), max(pairs)),
        pairing=pairing(found),
        margins=[
            f"{name} {primary.negligible:g} {primary.unit}" for name, primary in results.primaries.items() if primary.negligible is not None
        ],
        assumptions=assumptions,
        off=sum(line["run"].startswith("run") for line in assumptions),
        estimates=_estimates(results),
        qualities=dict(sorted(Counter(figure["quality"] for figure in figures).items())),
        sampled=len(_sampled(results)),
        precision=precision(results.manifest),
        users=_users(results),
    )


def precision(manifest: Mapping[str, Any]) -> list[str]:
    """Which intervals became as narrow as was asked for, and which met the cap on seeds first."""
    rows = manifest.get("precision")
    if not rows:
        return []
    rule = manifest["design"]["precision"]
    outcome = manifest["design"]["outcomes"][rule["outcome"]]
    asked = f"{outcome['label']} within ±{rule['half_width']:g} {outcome['unit']}"
    labels = {point["arm"]: point["label"] for point in manifest["points"]}
    short = [f"{labels[row['arm']]} ({row['dose']:g}) needs {row['needed']:,}" for row in rows if not row["reached"]]
    seeds = max(row["seeds"] for row in rows)
    if not short:
        return [f"{asked}: reached for all {len(rows)} effects asked for with {seeds:,} seeds"]
    return [f"{asked}: reached for {len(rows) - len(short)} of {len(rows)} effects with {seeds:,} seeds, where the cap came first", *short]


def pairing(found: pd.DataFrame) -> dict[str, float]:
    """Median and smallest variance ratio over the primary outcomes: what pairing is worth."""
    ratios = found.loc[found["primary"] != "", "variance_ratio"].replace(math.inf, math.nan).dropna()
    return {"median": float(ratios.median()), "smallest": float(ratios.min())} if len(ratios) else {}


def _users(results: Results) -> list[str]:
    """The user's own figures and files, one phrase each."""
    about = results.manifest["about"]
    named = [("figures", about.get("users_figures")), ("files", about.get("shadowed"))]
    phrases = [f"{kind} of the user took the place of shipped ones: {', '.join(names)}" for kind, names in named if names]
    return phrases + ([f"figures were read from {about['facts']}"] if about.get("facts") else [])


def _assumptions(results: Results) -> list[dict[str, Any]]:
    """The assumption ledger: for every mechanism, its value here, its null, and whether an arm ran with it off."""
    lines = []
    for mechanism in read_assumptions():
        off = [
            point["arm"]
            for point in results.manifest["points"]
            if _is(point["changes"].get(mechanism["parameter"]), mechanism["null_value"])
        ]
        value = _at(results.manifest["config"], mechanism["parameter"])
        run = f"run: {', '.join(dict.fromkeys(off))}" if off else "already off" if _is(value, mechanism["null_value"]) else "NOT run"
        lines.append(mechanism | {"value": NONE if value is None else value, "run": run})
    return lines


def _is(value: object, off: float) -> bool:
    return isinstance(value, int | float) and float(value) == float(off)


def _at(tree: Any, path: str) -> Any:
    """The value at a dotted path of a plain tree, None where there is none."""
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _countries(results: Results) -> dict[str, Any]:
    return dict(results.manifest["config"].get("country", {}))


def _sampled(results: Results) -> dict[str, Any]:
    """Path -> range of every country figure that was varied; an older manifest does not tell."""
    return dict((results.manifest.get("figures") or {}).get("sampled") or {})


def _estimates(results: Results) -> list[dict[str, str]]:
    """Country figures that were not found in a source, grouped: indicator, quality, source, values, and over what they were varied."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    sampled = _sampled(results)
    for iso, country in _countries(results).items():
        for indicator, figure in country.get("figures", {}).items():
            if figure["quality"] != "found":
                span = sampled.get(f"country.{iso}.figures.{indicator}.value", {})
                varied = f"; varied {span['low']:.4g} to {span['high']:.4g}" if "low" in span else ""
                text = f"{iso} {figure['value']:g} ({figure['year']}{varied})"
                groups.setdefault((indicator, figure["quality"], figure["source"]), []).append(text)
    return [
        {"indicator": indicator, "quality": quality, "source": source, "values": ", ".join(values)}
        for (indicator, quality, source), values in sorted(groups.items())
    ]
