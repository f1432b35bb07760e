"""A run's frames as Arrow tables: declared columns, each row labelled with arm, dose and seed."""

from typing import Any

import pandas as pd
import pyarrow as pa

from sim.experiments.treatment import Treatment

LABELS = {"arm": pa.string(), "dose": pa.float64(), "seed": pa.int64()}

SCHEMAS: dict[str, dict[str, pa.DataType]] = {
    "series": {"quarter": pa.int32(), "country": pa.string(), "indicator": pa.string(), "value": pa.float64()},
    "funnel": {"quarter": pa.int32(), "ladder": pa.string(), "channel": pa.string(), "stage": pa.string(), "value": pa.float64()},
    "ledger": {
        "quarter": pa.int32(),
        "programme": pa.string(),
        "payer": pa.string(),
        "payee": pa.string(),
        "kind": pa.string(),
        "amount": pa.float64(),
    },
}
"""Columns of the tables that every experiment keeps."""

RECORDED = ("panel", "clusters", "ties", "projects")
"""Tables that a run may record besides, with the columns of its recorder."""

FRAMES = (*SCHEMAS, *RECORDED)


def tables(result: Any, treatment: Treatment, seed: int) -> dict[str, pa.Table]:
    """The frames that a Result holds, as labelled tables."""
    frames = {name: getattr(result, name) for name in FRAMES}
    return {name: _labelled(frame, SCHEMAS.get(name), treatment, seed) for name, frame in frames.items() if frame is not None}


def joined(parts: list[pa.Table]) -> pa.Table:
    """Tables of one name, one after the other.

    A column that only some have (an arm's own programmes in a panel) is null in the others; an empty table is left
    out, for its columns have no types to go by.
    """
    return pa.concat_tables([part for part in parts if len(part)] or parts[:1], promote_options="default")


def _labelled(frame: pd.DataFrame, schema: dict[str, pa.DataType] | None, treatment: Treatment, seed: int) -> pa.Table:
    columns = {str(name): _column(frame[name], schema[name] if schema else None) for name in schema or frame.columns}
    labels = (treatment.point.arm, treatment.point.dose, seed)
    named = {name: pa.array([label] * len(frame), kind) for (name, kind), label in zip(LABELS.items(), labels, strict=True)}
    return pa.table(named | columns)


def _column(values: pd.Series, kind: pa.DataType | None) -> pa.Array:
    """The values in the declared type, or in their own with text as plain strings, whatever pandas kept it in."""
    if kind is not None:
        return pa.array(values.tolist(), kind) if not len(values) else pa.Array.from_pandas(values).cast(kind)
    column = pa.Array.from_pandas(values)
    text = pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type)
    return column.cast(pa.string()) if text else column
