"""Tables in the formats of other programs hold the same values when they are read back."""

import itertools
import math
import random
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.io.stata import StataReader

from sim.__main__ import main
from sim.analysis import exports
from sim.analysis.exports import stata_names
from sim.experiments.store import write_json, write_table

LONG = "config.behaviour.appraisal.leakage"
LONG_IN_STATA = "appraisal_leakage_dae36e"
ROWS = 1000


def table() -> pa.Table:
    """Every kind of column that results have, with what is awkward in it."""
    luck = random.Random(3)
    numbers = [luck.choice((1.0, -1.0)) * 10.0 ** luck.uniform(-300, 300) * luck.random() for _ in range(ROWS - 8)]
    awkward = ["Статус-кво: гранты; «да», 5 %", 'a "quoted", word', "line\nend", "", None, "=1+1", "#N/A", " spaces "]
    return pa.table(
        {
            "arm": pa.array(list(itertools.islice(itertools.cycle(awkward), ROWS)), pa.string()),
            "seed": pa.array(range(ROWS), pa.int64()),
            "members": pa.array([2**62 + n for n in range(ROWS)], pa.int64()),
            "count": pa.array([3_000_000_000 - n for n in range(ROWS)], pa.int64()),
            "first": pa.array([None, *range(1, ROWS)], pa.int64()),
            "quarter": pa.array([n - 8 for n in range(ROWS)], pa.int32()),
            "placebo": pa.array([n % 2 == 0 for n in range(ROWS)], pa.bool_()),
            "value": pa.array([None, math.nan, 0.1, -0.0, 1e-7, 1 / 3, 5e-324, 1.7e308, *numbers], pa.float64()),
            LONG: pa.array([0.5] * ROWS, pa.float64()),
            "empty": pa.nulls(ROWS, pa.string()),
        }
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A results folder with a table of several pieces, a small one, an empty one, and a table of the report."""
    monkeypatch.setattr(exports, "PIECE", 64)
    pq.write_table(table(), tmp_path / "runs.parquet", row_group_size=300)
    write_table(pa.table({"x": [1.5, 2.5]}), tmp_path / "series.parquet")
    write_table(pa.table({"x": pa.array([], pa.float64()), "name": pa.array([], pa.string())}), tmp_path / "funnel.parquet")
    (tmp_path / "effects.csv").write_text("arm,primary,mean,verdict\ncash,A,0.1,gain\ngrants,,,\n")
    return tmp_path


def export(folder: Path, *arguments: str, capsys) -> Path:
    assert main(["export", str(folder), *arguments]) == 0
    out = Path(capsys.readouterr().out.splitlines()[-1])
    assert not list(out.glob(".*"))
    return out


def expected() -> pd.DataFrame:
    return table().to_pandas()


def assert_numbers(found: pd.Series, name: str) -> None:
    """The same numbers to the last bit, missing ones missing."""
    np.testing.assert_array_equal(found.to_numpy(float), expected()[name].to_numpy(float))


@pytest.mark.parametrize(("kind", "how"), [("csv", {}), ("csv2", {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"})])
def test_csv_reads_back_equal(folder, capsys, kind, how):
    out = export(folder, "--to", kind, capsys=capsys)
    assert out == folder / "export" / kind
    assert {path.name for path in out.iterdir()} == {"runs.csv", "series.csv", "funnel.csv", "effects.csv", "columns.csv"}
    found = pd.read_csv(out / "runs.csv", keep_default_na=False, na_values={"value": "", "first": ""}, **how)
    assert list(found.columns) == table().column_names
    for name in ("value", "first", "seed", "members", "count", "quarter", LONG):
        assert_numbers(found[name], name)
    assert found["members"].tolist() == expected()["members"].tolist()
    assert found["placebo"].tolist() == expected()["placebo"].tolist()
    assert found["arm"].tolist() == [text or "" for text in table()["arm"].to_pylist()]
    assert (found["empty"] == "").all()
    assert pd.read_csv(out / "funnel.csv", **how).columns.tolist() == ["x", "name"]
    effects = pd.read_csv(out / "effects.csv", **how)
    assert effects["mean"].tolist()[0] == 0.1
    assert effects.loc[1, ["mean", "verdict"]].isna().all()


def test_csv_for_excel_has_its_signs_and_the_mark_of_utf8(folder, capsys):
    out = export(folder, "--to", "csv2", "--tables", "series,runs", capsys=capsys)
    assert (out / "series.csv").read_bytes() == "\ufeffx\n1,5\n2,5\n".encode()
    lines = (out / "runs.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].split(";")[-2:] == [LONG, "empty"]
    assert lines[1].startswith('"Статус-кво: гранты; «да», 5 %";0;')


def test_empty_text_and_no_text_differ_in_csv(folder, capsys):
    lines = (export(folder, capsys=capsys) / "runs.csv").read_text(encoding="utf-8").split("\n")
    assert lines[5].startswith('"",3,')
    assert lines[6].startswith(",4,")


def test_one_sheet_a_table_in_excel(folder, capsys):
    out = export(folder, "--to", "xlsx", "--tables", "runs,funnel,effects", capsys=capsys)
    assert [path.name for path in out.iterdir()] == ["tables.xlsx"]
    book = openpyxl.load_workbook(out / "tables.xlsx")
    assert book.sheetnames == ["runs", "funnel", "effects", "columns"]
    assert all(cell.data_type != "f" for row in book["runs"].iter_rows() for cell in row)
    found = pd.read_excel(
        out / "tables.xlsx", sheet_name="runs", dtype={"members": str}, keep_default_na=False, na_values={"value": "", "first": ""}
    )
    for name in ("value", "first", "seed", "count", "quarter", LONG):
        assert_numbers(found[name], name)
    assert found["members"].tolist() == [str(number) for number in expected()["members"]]
    assert found["placebo"].tolist() == expected()["placebo"].tolist()
    assert found["arm"].tolist() == [text or "" for text in table()["arm"].to_pylist()]
    assert [cell.value for cell in next(book["funnel"].iter_rows())] == ["x", "name"]


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written(folder, capsys, monkeypatch):
    monkeypatch.setattr(exports, "SHEET", (1000, 16_384))
    assert main(["export", str(folder), "--to", "xlsx"]) == 2
    assert "runs.parquet has 1,000 rows and 10 columns; a sheet of Excel holds 999" in capsys.readouterr().err
    assert not list((folder / "export").rglob("*.*"))
    monkeypatch.setattr(exports, "SHEET", (1001, 10))
    export(folder, "--to", "xlsx", capsys=capsys)


def test_stata_reads_back_equal_with_whole_names_as_labels(folder, capsys):
    out = export(folder, "--to", "dta", capsys=capsys)
    assert {path.name for path in out.iterdir()} == {"runs.dta", "series.dta", "funnel.dta", "effects.dta", "columns.dta"}
    assert (out / "runs.dta").read_bytes().startswith(b"<stata_dta><header><release>118</release>")
    found = pd.read_stata(out / "runs.dta")
    with StataReader(out / "runs.dta") as reader:
        labels = reader.variable_labels()
    assert labels == {name: "seed" if name == "seed" else labels[name] for name in found.columns}
    assert labels[LONG_IN_STATA] == LONG
    assert list(labels.values()) == table().column_names
    finite = np.abs(expected()["value"]) < 8.9e307
    np.testing.assert_array_equal(found["value"].to_numpy(float)[finite], expected()["value"].to_numpy()[finite])
    assert found["value"][~finite].isna().all()
    for name in ("first", "seed", "count", "quarter"):
        assert_numbers(found[name], name)
    assert found["members"].tolist() == [str(number) for number in expected()["members"]]
    assert found["placebo"].tolist() == [int(n % 2 == 0) for n in range(ROWS)]
    assert found["arm"].tolist() == [text or "" for text in table()["arm"].to_pylist()]
    assert (found["empty"] == "").all()


@pytest.mark.parametrize("kind", ["csv", "dta"])
def test_a_table_of_columns_says_what_each_means(folder, capsys, kind):
    out = export(folder, "--to", kind, "--tables", "runs,effects", capsys=capsys)
    found = pd.read_stata(out / "columns.dta") if kind == "dta" else pd.read_csv(out / "columns.csv")
    assert found["table"].tolist() == ["runs"] * 10 + ["effects"] * 4
    assert found["column"].tolist() == [*table().column_names, "arm", "primary", "mean", "verdict"]
    rows = found.set_index(["table", "column"])
    assert rows.loc[("effects", "mean"), "unit"] == "unit"
    assert rows.loc[("runs", LONG), "meaning"].startswith("a setting that differs between runs")
    assert rows.loc[("effects", "arm"), "meaning"] != rows.loc[("runs", "arm"), "meaning"]
    if kind == "dta":
        assert rows.loc[("runs", LONG), "name_in_stata"] == LONG_IN_STATA


def test_an_experiment_that_is_not_finished_is_refused(folder, capsys):
    manifest = {"format": 1, "points": [], "state": "running", "runs": {"done": 3, "of": 9}}
    write_json(folder / "manifest.json", manifest)
    assert main(["export", str(folder)]) == 2
    assert f"is running, 3 of 9 runs; finish it first: crosscluster resume {folder}" in capsys.readouterr().err
    write_json(folder / "manifest.json", {**manifest, "state": "complete"})
    export(folder, capsys=capsys)
    write_json(folder / "manifest.json", {**manifest, "state": "complete", "tables_format": {"runs": 99}})
    assert main(["export", str(folder)]) == 2
    assert "runs of format 99, not 2" in capsys.readouterr().err


def test_long_text_survives_in_stata(tmp_path, capsys):
    texts = ["ж" * 3000, "short", None]
    write_table(pa.table({"error": texts}), tmp_path / "runs.parquet")
    found = pd.read_stata(export(tmp_path, "--to", "dta", capsys=capsys) / "runs.dta")
    assert found["error"].tolist() == ["ж" * 3000, "short", ""]


def test_names_in_stata_are_legal_short_stable_and_different():
    awkward = [
        "if",
        "case",
        "str8",
        "2nd",
        "страна",
        "a b",
        "config.world.name",
        "a.b",
        "a_b",
        LONG,
        "x" * 40,
        "x" * 41,
        f"{LONG}.{'y' * 30}",
        "strL",
    ]
    names = stata_names(awkward)
    assert all(len(name) <= 32 and name.isascii() and name.isidentifier() for name in names.values())
    assert (names["if"], names["case"], names["str8"], names["strL"]) == ("if_", "case_", "str8_", "strL_")
    assert len(set(names.values())) == len(awkward)
    assert names["config.world.name"] == "config_world_name"
    assert names["a_b"] == "a_b"
    assert names[LONG] == stata_names([LONG])[LONG] == LONG_IN_STATA


def test_a_full_disk_leaves_no_half_file(folder, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "_cells", full)
    assert main(["export", str(folder)]) == 2
    assert "runs.csv: No space left on device" in capsys.readouterr().err
    assert [path.name for path in (folder / "export" / "csv").iterdir()] == ["funnel.csv"]  # of an empty table, written before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "export: found 'nowhere', which is no folder"),
        (["."], "holds no tables"),
        (["{folder}", "--to", "stata"], "export: found --to stata; allowed: csv, csv2, xlsx, dta"),
        (["{folder}", "--tables", "runs,serie"], "found --tables serie; allowed: funnel, runs, series, effects; did you mean 'series'?"),
        (["{folder}", "--out", "{folder}"], "the results folder itself; allowed: another folder"),
        (["{folder}", "--too", "csv"], "export: unrecognized arguments: --too csv; crosscluster export DIR"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(folder, capsys, tmp_path_factory, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    assert main(["export", *(each.format(folder=folder) for each in arguments)]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert len(told.splitlines()) == 1


def test_a_spoilt_table_is_told(folder, capsys):
    (folder / "runs.parquet").write_bytes(b"nonsense")
    assert main(["export", str(folder)]) == 2
    assert "export: cannot read" in capsys.readouterr().err


def test_help(capsys):
    assert main(["export", "--help"]) == 0
    assert "semicolon and decimal comma" in capsys.readouterr().out


def test_words_of_stata_are_renamed_here_and_keep_their_label(tmp_path, capsys, recwarn):
    write_table(pa.table({"case": [1, 2]}), tmp_path / "runs.parquet")
    out = export(tmp_path, "--to", "dta", capsys=capsys)
    with StataReader(out / "runs.dta") as reader:
        assert reader.variable_labels() == {"case_": "case"}
    columns = pd.read_stata(out / "columns.dta")
    assert columns["name_in_stata"].tolist() == ["case_"]
    assert not [warning for warning in recwarn if "InvalidColumnName" in warning.category.__name__]
