"""What an experiment varied besides its arms, read from its files alone: the values of every case, in the order of the design."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.results import Results, ResultsError

CONFIG = "config."
NAMES = {
    "morris": "Morris trajectories",
    "saltelli": "Saltelli's points",
    "lhs": "a Latin hypercube",
    "sobol": "Sobol' points",
    "factorial": "a full factorial",
    "fractional": "a fractional factorial",
    "one_at_a_time": "one at a time",
    "grid": "a grid",
    "listed": "cases of one's own",
}


@dataclass(frozen=True)
class Varied:
    """A design as it was run.

    places: f8 (cases, paths), for a range the value itself, for levels which of them it is (0, 1, ...): both grow with the design's own
    coordinates.  levels: of each path the levels in words, empty for a range.  specs: of each path what the experiment says of it, as the
    file has it.  names: of paths that have another name where people read.  shared: do all cases meet the same seeds?
    """

    design: str
    size: int
    luck: str
    turns: int
    paths: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    places: np.ndarray
    specs: tuple[Any, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of cases."""
        return len(self.places)

    @property
    def shared(self) -> bool:
        """Do all cases meet the same seeds?"""
        return self.luck == "everywhere"

    def words(self) -> str:
        """How it was varied, in how many cases and on how many seeds."""
        cases, seeds = (f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in ((len(self), "case"), (self.turns, "seed")))
        return f"{NAMES[self.design]}, {cases}, {seeds} each"

    def logarithmic(self, path: int) -> bool:
        """Is a path's range on a logarithmic scale?"""
        spec = self.specs[path] if self.specs else None
        return isinstance(spec, Mapping) and spec.get("scale") == "log"

    def named(self, line: str) -> str:
        """A path, or a path and what stands behind it, with the path's name."""
        path, space, rest = line.partition(" ")
        return self.names.get(path, path) + space + rest

    def text(self, path: int, place: float) -> str:
        """A value of a path in words."""
        return self.levels[path][int(place)] if self.levels[path] else f"{place:g}"


def varied(results: Results) -> Varied:
    """What was varied; ResultsError, in one line, where the files do not hold it."""
    declared = results.manifest["design"]["vary"]
    cases = _cases(results)
    figures = (results.manifest.get("figures") or {}).get("sampled") or {}
    paths = _paths(declared["over"], cases, results.manifest["config"], figures)
    columns, levels = [], []
    specs = tuple(_spec(declared["over"], path, figures) for path in paths)
    for path, spec in zip(paths, specs, strict=True):
        values = spec["values"] if isinstance(spec, Mapping) and "values" in spec else []
        columns.append(_places(path, cases[CONFIG + path], values))
        levels.append(tuple(f"{value:g}" if _is_number(value) else str(value) for value in values))
    places = np.column_stack(columns) if columns else np.zeros((len(cases), 0))
    size, luck = int(declared["size"]), str(declared["luck"])
    names = {path: str(figure["label"]) for path, figure in figures.items()}
    return Varied(str(declared["design"]), size, luck, len(results.manifest["seeds"]), tuple(paths), tuple(levels), places, specs, names)


def _spec(over: Mapping[str, Any], path: str, figures: Mapping[str, Any]) -> Any:
    """What the experiment says of a path, by its own name or that of its section; of a country's figure, the range that was sampled."""
    if "low" in figures.get(path, {}):
        return {key: figures[path][key] for key in ("low", "high", "scale")}
    parts = path.split(".")
    sections = (f"{'.'.join(parts[:depth])}.*" for depth in range(len(parts) - 1, 0, -1))
    return over.get(path, next((over[section] for section in sections if section in over), None))


def _cases(results: Results) -> pd.DataFrame:
    """Settings of every case, failed runs included: they were to be run too."""
    runs = results.table("runs")
    cases = runs.drop_duplicates("case").sort_values("case")
    if cases["case"].tolist() != list(range(len(cases))):
        raise ResultsError(f"{results.folder / 'runs.parquet'} does not hold every case of the design")
    return cases.reset_index(drop=True)


def _paths(over: Mapping[str, Any], cases: pd.DataFrame, config: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """The varied paths in the order of the design: as named; of `section.*`, in the order of the code, those that differ between cases.

    figures: those of countries that were sampled, of which the manifest says who named them.
    """
    found: dict[str, None] = {}
    for name in over:
        if own := [path for path, figure in figures.items() if figure["named_by"] == name]:
            found |= dict.fromkeys(own)
            continue
        section = name.removesuffix(".*")
        if section == name:
            found[name] = None
            continue
        for path in _below(section, cases, config):
            if CONFIG + path in cases and cases[CONFIG + path].nunique() > 1:
                found[path] = None
    if missing := [path for path in found if CONFIG + path not in cases]:
        raise ResultsError(f"runs.parquet has no column {CONFIG}{missing[0]}")
    return list(found)


def _below(section: str, cases: pd.DataFrame, config: Mapping[str, Any]) -> list[str]:
    """Paths of a section in the order of the code.

    An instrument that the baseline has not differs between arms in all it says, so that runs.parquet has the whole of it, in this order.
    """
    node: Any = config
    for key in section.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    if node is not None:
        return _leaves(node, section)
    columns = (str(column).removeprefix(CONFIG) for column in cases if str(column).startswith(CONFIG))
    return [path for path in columns if path.rpartition(".")[0] == section]


def _leaves(node: Mapping[str, Any], above: str) -> list[str]:
    """Paths of all values of a section and of the sections in it."""
    deep = ((f"{above}.{key}", value) for key, value in node.items())
    return [leaf for path, value in deep for leaf in (_leaves(value, path) if isinstance(value, Mapping) else [path])]


def _places(path: str, cells: pd.Series, levels: list[Any]) -> np.ndarray:
    """f8 (cases,)."""
    if not levels:
        return np.asarray(cells, dtype=np.float64)
    places = [next((n for n, level in enumerate(levels) if _same(level, cell)), None) for cell in cells]
    if None in places:
        raise ResultsError(f"runs.parquet holds {path} = {cells.iloc[places.index(None)]!r}, which is none of its levels")
    return np.asarray(places, dtype=np.float64)


def _same(level: Any, cell: Any) -> bool:
    """Is this the level that a cell of runs.parquet holds?  What is neither text nor number stands there as JSON."""
    return bool(cell == level) or (isinstance(cell, str) and cell == json.dumps(level))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
