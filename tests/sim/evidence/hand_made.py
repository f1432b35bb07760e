"""Targets and runs made by hand, for the tests of evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.evidence.targets import Target


def target(**changes: Any) -> Target:
    """A fit with the band [0, 1] of the measure `a` in the run `quo`, with changes; `above` takes the place of the band."""
    fields = {
        "number": 1, "what": "a", "unit": "%", "fact": "0 to 1", "role": "fit", "run": "quo", "measure": "a", "transported": False,
        "source": "a book", "band": None if "above" in changes else (0.0, 1.0),
    }  # fmt: skip
    return Target(**{**fields, **changes})


def entry(**changes: Any) -> dict[str, Any]:
    """The same as it stands in the registry; a field that is changed to ... is left out."""
    fields = {
        "number": 1, "what": "a", "unit": "%", "fact": "0 to 1", "role": "fit", "run": "quo", "measure": "a", "transported": False,
        "source": "a book", "band": [0.0, 1.0],
    }  # fmt: skip
    return {name: value for name, value in {**fields, **changes}.items() if value is not ...}


def runs_at(
    points: np.ndarray,
    measures: Mapping[str, np.ndarray],
    seeds: Sequence[int] = (101, 102),
    noise: float = 0.0,
    configs: Mapping[str, Sequence[Any]] | None = None,
    arm: str = "quo",
) -> pd.DataFrame:
    """Rows of runs.parquet: every point on every seed.  points f8 (n, d); measures: name -> f8 (n,); configs: path -> value a point.

    noise: standard deviation of a measure over seeds.
    """
    rng = np.random.default_rng(5)
    parts = []
    for seed in seeds:
        part = pd.DataFrame({"arm": arm, "case": np.arange(len(points)), "seed": seed, "error": None})
        for path, values in (configs or {}).items():
            part[f"config.{path}"] = list(values)
        for name, values in measures.items():
            part[name] = values + noise * rng.normal(size=len(points))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
