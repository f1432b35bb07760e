"""The files of one experiment, opened once, and what its manifest declares."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pyarrow import ArrowException

from sim.experiments.formats import older
from sim.experiments.store import StoreError, read_manifest

HERE = Path(__file__).parent
DRAWN = {"lhs": "cases", "sobol": "cases", "morris": "trajectories", "saltelli": "base points"}
"""Designs whose cases are a sample, and what is drawn: the cases of one trajectory or base point share most of their values."""


class ResultsError(Exception):
    """The folder holds nothing that can be read as an experiment; the text is one line for the user."""


@dataclass(frozen=True, slots=True)
class Primary:
    """A primary outcome as it was registered before any run."""

    name: str
    column: str
    label: str
    unit: str
    better: int
    per: str | None
    worst: bool
    negligible: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How results are read (reading.yaml): conventions, thresholds, currencies."""

    confidence: float
    power: float
    negligible_level: float
    negligible_per_money: float
    research_total: str
    cost: str
    private_time: str
    cost_gap: float
    hardly_absorbed: float
    rounding: float
    shown_as: dict[str, dict[str, Any]]
    not_outlay: list[str]
    everyone: list[str]
    paths: dict[str, dict[str, str]]
    network: list[str]
    null_networks: int
    currency: dict[str, dict[str, Any]]

    def shown(self, unit: str) -> tuple[float, str]:
        """Factor and name of the unit that this one is shown in."""
        other = self.shown_as.get(unit, {"factor": 1, "unit": unit})
        return float(other["factor"]), str(other["unit"])


@dataclass(frozen=True)
class Results:
    """One results folder.  `runs` holds finished runs only; tables are read when first asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    runs: pd.DataFrame
    failed: int
    reading: Reading
    outcomes: dict[str, dict[str, Any]]

    @cached_property
    def baseline(self) -> str:
        """Name of the arm that all others are compared with."""
        return str(self.manifest["baseline"])

    @cached_property
    def equal_cost(self) -> bool:
        """Were the arms brought to the same cost?  Shocks and rules cost nothing, and are compared as they are."""
        return self.manifest.get("design", {}).get("equal_cost", True) is not None

    @cached_property
    def labels(self) -> dict[str, str]:
        """Arm -> its label, in the order of the experiment."""
        return {point["arm"]: point["label"] for point in self.manifest["points"]}

    def title(self, arm: str) -> str:
        """The label of an arm, marked where it is a placebo."""
        label = self.labels[arm]
        return f"{label} (placebo)" if arm in self.placebos and "placebo" not in label.lower() else label

    @cached_property
    def placebos(self) -> set[str]:
        """Arms that must not work."""
        return {point["arm"] for point in self.manifest["points"] if point["placebo"]}

    @cached_property
    def points(self) -> list[tuple[str, float]]:
        """(arm, dose) with finished pairs, the baseline left out, in the order of the experiment."""
        declared = [(point["arm"], float(point["dose"])) for point in self.manifest["points"]]
        return [point for point in declared if point[0] != self.baseline and len(self.pairs(*point))]

    @cached_property
    def headline(self) -> list[tuple[str, float]]:
        """Every arm at the headline dose, or at its own dose nearest to it."""
        wanted = float(self.manifest["headline_dose"])
        arms = dict.fromkeys(arm for arm, _ in self.points)
        return [(arm, min((d for a, d in self.points if a == arm), key=lambda dose: abs(dose - wanted))) for arm in arms]

    @cached_property
    def countries(self) -> list[str]:
        """ISO codes of the policy countries."""
        return list(self.manifest["policy_countries"])

    @cached_property
    def primaries(self) -> dict[str, Primary]:
        """The registered primary outcomes, in order."""
        return {name: _primary(name, declared) for name, declared in self.manifest["preregistration"]["outcomes"].items()}

    @cached_property
    def by_point(self) -> dict[tuple[str, float], pd.DataFrame]:
        """(arm, dose) -> runs indexed by pair."""
        return {(str(arm), float(dose)): rows.set_index("pair").sort_index() for (arm, dose), rows in self.runs.groupby(["arm", "dose"])}

    def pairs(self, arm: str, dose: float) -> pd.Index:
        """Pairs of runs that finished in this arm and in the baseline."""
        rows, base = self.by_point.get((arm, dose)), self.by_point.get((self.baseline, 0.0))
        if rows is None or base is None:
            return pd.Index([], dtype="int64")
        return rows.index.intersection(base.index)

    def units(self, pairs: pd.Index) -> pd.Index:
        """The unit of observation that each pair belongs to: independent draws, over which intervals are computed.

        Nothing varied: the pair itself.  Cases drawn at random: the case, its seeds averaged; those that were drawn together, a trajectory
        or a base point, as one.  Cases that were chosen (grids, factorials): the turn of the seed, all cases averaged, for the same seeds
        meet every case.
        """
        vary = (self.manifest.get("design") or {}).get("vary")
        if vary is None:
            return pairs
        seeds = len(self.manifest["seeds"])
        if vary["design"] not in DRAWN:
            return pairs % seeds
        together = 1
        if DRAWN[vary["design"]] != "cases":
            together = self.manifest["runs"]["of"] // (len(self.manifest["points"]) * seeds * vary["size"])
        return pairs // (seeds * together)

    def of_case(self, case: int) -> "Results":
        """The same experiment as if this one of its cases had been all of it."""
        return replace(self, runs=self.runs[self.runs["case"] == case])

    def averaged(self, pairs: pd.Index, values: pd.Series) -> pd.Series:
        """Values by pair, averaged over the pairs of each unit."""
        units = self.units(pairs)
        return values.loc[pairs] if units is pairs else values.loc[pairs].groupby(units).mean()

    def table(self, name: str, rows: list[tuple[str, str, object]] | None = None) -> pd.DataFrame:
        """A parquet table of the folder, or those rows of it that pass (column, operator, value); ResultsError where it is missing."""
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise ResultsError(f"{self.folder} has no {path.name}")
        return pd.read_parquet(path, filters=rows)

    def has(self, name: str) -> bool:
        """Whether the run left this table (panel, clusters, ties and projects only come on request)."""
        return (self.folder / f"{name}.parquet").is_file()


def load(folder: Path) -> Results:
    """Open a results folder; ResultsError (one line) where nothing can be compared."""
    try:
        manifest = read_manifest(folder)
    except StoreError as error:
        raise ResultsError(str(error)) from error
    if "points" not in manifest or not (folder / "runs.parquet").is_file():
        raise ResultsError(f"{folder} holds no experiment: its manifest names no arms or it has no runs.parquet")
    if earlier := older(manifest):
        raise ResultsError(f"{folder} was written by an earlier version of crosscluster ({earlier}): run the experiment again")
    try:
        everything = pd.read_parquet(folder / "runs.parquet")
    except (OSError, ArrowException) as error:
        raise ResultsError(f"cannot read {folder / 'runs.parquet'}: {error}") from error
    runs = everything[everything["error"].isna()]
    results = Results(folder, manifest, runs, len(everything) - len(runs), read_reading(), _read("outcomes.yaml"))
    if not results.points:
        raise ResultsError(f"{folder}: no seed has finished both in {results.baseline} and in another arm")
    return results


def read_reading() -> Reading:
    """The conventions in reading.yaml."""
    return Reading(**_read("reading.yaml"))


def read_assumptions() -> list[dict[str, Any]]:
    """The mechanisms that the assumption ledger asks about."""
    return list(_read("assumptions.yaml"))


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def _primary(name: str, declared: Mapping[str, Any]) -> Primary:
    return Primary(
        name=name,
        column=declared["column"],
        label=declared["label"],
        unit=declared["unit"],
        better=1 if declared["direction"] == "more" else -1,
        per=declared.get("per"),
        worst=declared.get("countries") == "worst",
        negligible=declared.get("negligible"),
    )
