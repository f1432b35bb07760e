"""A run's frames as Arrow tables: declared columns, each row labelled with arm, dose and seed."""

from typing import Any

import pandas as pd
import pyarrow as pa

from sim.calendar import YEAR
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


def tables(result: Any, treatment: Treatment, seed: int, annual: bool = False) -> dict[str, pa.Table]:
    """The frames that a Result holds, as labelled tables.  annual: stocks and flows of every fourth quarter, sums of money and ladders."""
    frames = {name: getattr(result, name) for name in FRAMES}
    if annual:
        frames |= {
            "series": _yearly(frames["series"]),
            "funnel": _by_year(frames["funnel"], "value"),
            "ledger": _by_year(frames["ledger"], "amount"),
        }
    return {name: _labelled(frame, SCHEMAS.get(name), treatment, seed) for name, frame in frames.items() if frame is not None}


def _yearly(series: pd.DataFrame) -> pd.DataFrame:
    """The last quarter of every year."""
    return series[series["quarter"] % YEAR == YEAR - 1]


def _by_year(frame: pd.DataFrame, amount: str) -> pd.DataFrame:
    """Amounts of a year under its last quarter."""
    year = frame.assign(quarter=frame["quarter"] // YEAR * YEAR + YEAR - 1)
    keys = [name for name in frame.columns if name != amount]
    return year.groupby(keys, sort=True, observed=True, as_index=False)[amount].sum()


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
