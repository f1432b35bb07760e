"""Declared parameters: a number's unit, range, null value and source, in one place.

A behaviour declares its parameters as a frozen dataclass of `number(...)` fields WITHOUT defaults: the values
live in configs/ only.  `as_record` turns such a dataclass into a numpy record that a kernel takes as one argument.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, cast

import numpy as np


@dataclass(frozen=True, slots=True)
class Number:
    """What is allowed for one parameter.  `null`: the value that switches its mechanism off, if it has one."""

    unit: str
    low: float
    high: float
    source: str
    null: float | None = None
    whole: bool = False


def number(unit: str, low: float, high: float, source: str, null: float | None = None, whole: bool = False) -> Any:
    """A dataclass field that carries a Number (its `source` says "guess" where it is one)."""
    return field(metadata={"number": Number(unit, low, high, source, null, whole)})


@cache
def _dtype(kind: Hashable) -> np.dtype:
    numeric = [f for f in fields(cast(Any, kind)) if "number" in f.metadata]
    return np.dtype([(f.name, np.int64 if f.metadata["number"].whole else np.float64) for f in numeric])


def as_record(parameters: Any) -> np.void:
    """The declared numbers of a parameter dataclass as one numpy record, attribute access inside kernels."""
    dtype = _dtype(cast(Hashable, type(parameters)))
    assert dtype.names is not None
    record: Any = np.array(tuple(getattr(parameters, n) for n in dtype.names), dtype=dtype)[()]
    return cast(np.void, record)
