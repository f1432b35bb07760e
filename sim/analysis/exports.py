"""Tables of a results folder in the formats of other programs: csv, csv for Excel where the comma is the decimal sign, xlsx, Stata.

Values are the same when read back.  Missing values, and what is no number, are empty (csv, xlsx) or Stata's `.` and "".  csv and xlsx are
written piece by piece: memory does not grow with the table; Stata's format wants its widths first, so a table is held in memory once.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from sim.analysis.results import ResultsError
from sim.experiments.store import StoreError, whole_file

FORMATS = ("csv", "csv2", "xlsx", "dta")
PIECE = 1 << 14
"""Rows in memory at a time."""
SHEET = (1_048_576, 16_384)
"""Rows, heading included, and columns of an Excel sheet."""
WORKBOOK = "tables.xlsx"
EXACT = 1 << 53
"""Whole numbers beyond this are not exact as floating point, the only kind of number that Excel has, and become text."""
STATA_NAME, STATA_LABEL, STATA_LONG = 32, 80, 2_147_483_620
"""Characters of a variable's name and of its label; the largest whole number of Stata's type long."""
STATA_LARGEST = np.ldexp(1.0, 1023) * (1.0 - 2.0**-53)
"""Stata's missing values begin at 2^1023."""
STATA_WORDS = re.compile(
    r"_all|_b|_coef|_cons|_n|_N|_pi|_pred|_rc|_se|_skip|aggregate|array|boolean|break|byte|case|catch|class|colvector|complex|const|"
    r"continue|default|delegate|delete|do|double|else|eltypedef|end|enum|explicit|export|external|float|for|friend|function|global|goto|"
    r"if|in|inline|int|local|long|NULL|pragma|protected|quad|rowvector|short|str(L|#|\d+)|typedef|typename|using|virtual|with"
)
"""Names that Stata or its matrix language Mata keep to themselves; pandas changes all of them, and warns."""


@dataclass(frozen=True)
class Source:
    """A table of a results folder: a parquet file, or one of the small csv files of the report."""

    name: str
    path: Path

    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        if self.path.suffix == ".parquet":
            found = _read(self.path, pq.read_metadata)
            return found.num_rows, found.num_columns
        table = _read(self.path, pyarrow.csv.read_csv)
        return table.num_rows, table.num_columns

    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(next(self.pieces()).column_names)

    def pieces(self) -> Iterator[pa.Table]:
        """The rows, a piece at a time; at least one piece, be it empty."""
        if self.path.suffix == ".csv":
            yield _read(self.path, pyarrow.csv.read_csv)
            return
        file = _read(self.path, pq.ParquetFile)
        with file:
            if not file.metadata.num_rows:
                yield file.schema_arrow.empty_table()
            for group in range(file.num_row_groups):
                rows = file.iter_batches(PIECE, row_groups=[group])
                while (piece := _next(self.path, rows)) is not None:
                    yield pa.table(piece)


def _read(path: Path, how: Callable[[Path], Any]) -> Any:
    try:
        return how(path)
    except (OSError, pa.ArrowException) as error:
        raise ResultsError(f"cannot read {path}: {error}") from error


def _next(path: Path, rows: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
    return _read(path, lambda _: next(rows, None))


def sources(folder: Path) -> dict[str, Source]:
    """The tables of a folder by name: first parquet, then the csv files of its report."""
    paths = [*sorted(folder.glob("*.parquet")), *sorted(folder.glob("*.csv"))]
    found: dict[str, Source] = {}
    for path in paths:
        found.setdefault(path.stem, Source(path.stem, path))
    return found


def export(tables: Sequence[Source], kind: str, out: Path) -> list[Path]:
    """Write tables into a folder in one of FORMATS; the paths of the files, each whole or not there.

    Raises ResultsError where a table cannot be read or does not fit the format, StoreError where a file cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {out}: {error.strerror or error}") from error
    if kind == "xlsx":
        return [_to_workbook(tables, out / WORKBOOK)]
    write = {"csv": _to_csv, "csv2": _to_csv2, "dta": _to_stata}[kind]
    paths = [out / f"{table.name}.{'dta' if kind == 'dta' else 'csv'}" for table in tables]
    for table, path in zip(tables, paths, strict=True):
        with whole_file(path) as file:
            write(table, file)
    return paths


# csv


def _to_csv(table: Source, file: BinaryIO) -> None:
    """UTF-8, comma between columns, decimal point."""
    _write_lines(table, file, ",", ".")


def _to_csv2(table: Source, file: BinaryIO) -> None:
    """As Excel reads and writes csv in Russia and most of Europe: semicolon between columns, decimal comma; marked as UTF-8."""
    file.write(b"\xef\xbb\xbf")
    _write_lines(table, file, ";", ",")


def _write_lines(table: Source, file: BinaryIO, between: str, decimal: str) -> None:
    for number, piece in enumerate(table.pieces()):
        if not number:
            names = pa.array(piece.column_names, pa.string())
            file.write((between.join(_quoted(names, between).to_pylist()) + "\n").encode())
        if len(piece):
            cells = [_cells(column.combine_chunks(), between, decimal) for column in piece.columns]
            lines = pc.binary_join_element_wise(*cells, pa.scalar(between, pa.large_string()))
            file.write(("\n".join(lines.to_pylist()) + "\n").encode())


def _cells(column: pa.Array, between: str, decimal: str) -> pa.Array:
    """A column as text, missing values empty."""
    if pa.types.is_floating(column.type):
        numbers = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        text = numbers.cast(pa.large_string())  # the shortest text that reads back as the same number
        text = pc.replace_substring(text, ".", decimal) if decimal != "." else text
    elif pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        text = column.cast(pa.large_string())
    else:
        text = _quoted(column, between)
    return text.fill_null("")


def _quoted(text: pa.Array, between: str) -> pa.Array:
    """Text in quotes where it needs them: for separators, quotes, line ends, and to tell empty text from a missing value."""
    text = text.cast(pa.large_string())
    special = pc.match_substring_regex(text, f'["\\r\\n{between}]|^$|^\\s|\\s$')
    doubled = pc.replace_substring(text, '"', '""')
    mark = pa.scalar('"', pa.large_string())
    return pc.if_else(special, pc.binary_join_element_wise(mark, doubled, mark, pa.scalar("", pa.large_string())), text)


# xlsx


def _to_workbook(tables: Sequence[Source], path: Path) -> Path:
    """One sheet a table."""
    for table in tables:
        rows, columns = table.size()
        if rows + 1 > SHEET[0] or columns > SHEET[1]:
            raise ResultsError(
                f"{table.path.name} has {rows:,} rows and {columns:,} columns; a sheet of Excel holds {SHEET[0] - 1:,} and {SHEET[1]:,}; "
                "allowed: --to csv2 or dta, or other --tables"
            )
    book = openpyxl.Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        for number, piece in enumerate(table.pieces()):
            if not number:
                sheet.append([_cell(sheet, name) for name in piece.column_names])
            for row in zip(*(column.to_pylist() for column in piece.columns), strict=True):
                sheet.append([_cell(sheet, value) for value in row])
    with whole_file(path) as file:
        book.save(file)
    return path


def _cell(sheet: Any, value: Any) -> Any:
    """A value as Excel can hold it: text that looks like a formula stays text, a number keeps all its digits."""
    if isinstance(value, float):
        if not abs(value) < np.inf:
            return None if value != value else str(value)
        return value if float(f"{value:.16g}") == value else _typed(sheet, repr(value), "n")  # openpyxl writes 16 digits
    if isinstance(value, int) and abs(value) > EXACT:
        return str(value)
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        return _typed(sheet, text, "s") if text.startswith(("=", "#")) else text
    return value


def _typed(sheet: Any, text: str, kind: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = kind
    return cell


# Stata


def stata_names(columns: Sequence[str]) -> dict[str, str]:
    """Column -> a name that Stata takes: at most 32 letters, digits and _, no digit first, no word of its own (case_ for case).

    The rule looks at the name alone: other signs become _; what is too long becomes its last parts that fit, and six digits of the
    SHA-256 of the whole name, as in appraisal_leakage_1f0c4e for config.behaviour.appraisal.leakage.
    """
    found = {column: _legal(column) for column in columns}
    names = list(found.values())
    return {column: name if names.count(name) == 1 or name == column else _hashed(column) for column, name in found.items()}


def _legal(column: str) -> str:
    name = re.sub(r"\W", "_", column, flags=re.ASCII)
    if STATA_WORDS.fullmatch(name):
        name = f"{name}_"
    if not name or name[0].isdigit():
        name = f"_{name}"
    return name if len(name) <= STATA_NAME else _hashed(column)


def _hashed(column: str) -> str:
    mark = hashlib.sha256(column.encode()).hexdigest()[:6]
    room = STATA_NAME - len(mark) - 1
    parts = re.sub(r"[^\w.]", "_", column, flags=re.ASCII).split(".")
    while len(parts) > 1 and len("_".join(parts)) > room:
        parts.pop(0)
    tail = "_".join(parts)[-room:]
    return f"_{tail[1:]}_{mark}" if tail[:1].isdigit() else f"{tail}_{mark}"


def _to_stata(table: Source, file: BinaryIO) -> None:
    """Stata 14 and later (format 118, UTF-8); the original name of a column is its variable's label."""
    whole = pa.concat_tables(list(table.pieces()))
    names = stata_names(whole.column_names)
    frame = pd.DataFrame({names[name]: _variable(whole[name]) for name in whole.column_names})
    labels: Mapping[Any, str] = {names[name]: _label(name) for name in whole.column_names}
    frame.to_stata(file, write_index=False, version=118, variable_labels=dict(labels), data_label=_label(table.name))


def _label(text: str) -> str:
    return text if len(text) <= STATA_LABEL else f"...{text[3 - STATA_LABEL :]}"


def _variable(column: pa.ChunkedArray) -> Any:
    """A column in a type of Stata: whole numbers that fit as long, larger ones as double or, where that is not exact, as text."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_integer(column.type):
        ends = pc.min_max(column)
        low, high = (ends[end].as_py() or 0 for end in ("min", "max"))
        if max(-low, high) > EXACT:
            column = column.cast(pa.string())
        elif column.null_count or max(-low, high) > STATA_LONG:
            column = column.cast(pa.float64())
        else:
            return column.to_numpy()
    if pa.types.is_floating(column.type):
        numbers = column.to_numpy().astype(np.float64)
        return np.where(np.abs(numbers) <= STATA_LARGEST, numbers, np.nan)
    return np.array(column.cast(pa.string()).fill_null("").to_pylist(), dtype=object)
