"""docs/results_files.md says what is true: every column of every table with its unit and meaning, and its Python runs.

`make readme` writes it anew.
"""

import re
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.analysis.exports import sources
from sim.analysis.report import build_report
from sim.commands.compose import load_config
from sim.experiments.design import build_design
from sim.experiments.dictionary import Meaning, dictionary, indicators, meaning
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.formats import RUN_TABLES_FORMAT, TABLES_FORMAT
from sim.experiments.frames import FRAMES
from sim.experiments.laboratory import Options
from sim.simulate import simulate
from tests.sim.experiments.at_once import InThisProcess

PAGE = Path(__file__).resolve().parents[1] / "docs" / "results_files.md"
PLACES = re.compile(r"(<!-- (\w+): made by `make readme` -->\n).*?(<!-- /\2 -->)", re.DOTALL)
SHORT = ["world=demo", "record.panel=true", "world.burn_in=5", "world.programme=4", "world.after=4"]
DESIGN = {
    "name": "small",
    "question": "What is in a folder?",
    "baseline": "status_quo",
    "arms": {name: {"label": name, "scenario": name} for name in ("status_quo", "grants")},
    "seeds": 2,
    "reserved_seeds": [],
    "doses": [0.03],
    "equal_cost": None,
    "outcomes": {"A": {"column": "innovations", "label": "Innovations", "unit": "innovations", "direction": "more"}},
    "claims": {"more": {"text": "Grants bring more", "arm": "grants", "against": ["status_quo"], "outcome": "A"}},
    "vary": {"design": "one_at_a_time", "over": {"behaviour.search.chance_slots": [2, 9], "country.KGZ.figures.clusters.value": None}},
}


def table(columns: dict[str, Meaning], head: str = "column") -> str:
    """Columns, or indicators, as a table."""
    rows = [f"| `{name}` | {each.unit} | {each.meaning} |" for name, each in columns.items()]
    return "\n".join([f"| {head} | unit | meaning |", "| --- | --- | --- |", *rows, ""])


def with_tables(text: str) -> str:
    """The page with the tables of today."""

    def made(place: re.Match) -> str:
        own = table(indicators(), "indicator") if place[2] == "indicators" else table(dict(dictionary()[place[2]]))
        return place[1] + own + place[3]

    return PLACES.sub(made, text)


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small experiment with everything that it can record, and its report."""
    configs = {name: load_config([*SHORT, f"scenario={name}"]) for name in DESIGN["arms"]}
    results = tmp_path_factory.mktemp("small") / "a"
    results.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.experiments.laboratory.open_executor", lambda *_: nullcontext(InThisProcess()))
        run_experiment(build_design(DESIGN), configs, results, Options(ExecutorConfig.local(1)))
    build_report(results)
    return results


def test_the_tables_are_those_of_the_code() -> None:
    assert {place[2] for place in PLACES.finditer(page())} == {*dictionary(), "indicators"}
    assert with_tables(page()) == page(), "run: make readme"


def test_every_column_is_described_and_every_description_is_of_a_column(folder: Path) -> None:
    found = {name: source.columns() for name, source in sources(folder).items()}
    found["starts"] = list(simulate(load_config([*SHORT, "scenario=grants"]), 1).starts.columns)
    assert found.keys() == dictionary().keys()
    for name, columns in found.items():
        meanings = {column: meaning(name, column) for column in columns}
        assert [column for column, each in meanings.items() if each is None] == [], name
        used = set(map(id, meanings.values()))
        assert [column for column, each in dictionary()[name].items() if id(each) not in used] == [], name


def test_every_indicator_is_described_and_is_there(folder: Path) -> None:
    assert set(pd.read_parquet(folder / "series.parquet")["indicator"]) == indicators().keys()


def test_every_table_and_file_is_named(folder: Path) -> None:
    for path in folder.iterdir():
        assert f"`{path.name}{'/' if path.is_dir() else ''}`" in page()


def test_formats_have_a_number_for_every_table() -> None:
    assert list(TABLES_FORMAT) == ["runs", *FRAMES]
    assert set(RUN_TABLES_FORMAT) == {*FRAMES, "starts"}


def test_its_python_runs(folder: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", page(), re.DOTALL)
    names: dict = {"folder": folder}
    exec(compile(block, str(PAGE), "exec"), names)
    rows = pq.read_metadata(folder / "runs.parquet").num_rows
    assert len(names["with_pandas"]) == names["with_polars"].height == rows == 20
    assert names["with_duckdb"].set_index("arm")["runs"].to_dict() == {"status_quo": 10, "grants": 10}


if __name__ == "__main__":
    PAGE.write_text(with_tables(page()), encoding="utf-8")
