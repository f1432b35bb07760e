"""README says what is true: its column tables are those of the code, its commands compose, its Python runs.

`make readme` (make readme) writes the tables anew.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from agents.population import COLUMNS, Column
from sim.cluster_panel import COLUMNS as CLUSTER_YEAR
from tests.sim.analysis.synthetic import make

README = Path(__file__).resolve().parents[1] / "README.md"
TABLES = {"columns": COLUMNS, "cluster columns": CLUSTER_YEAR}
"""What the comments around a table in README call it -> its dictionary."""
COMMAND = re.compile(r"^crosscluster (?:run|experiment) .*$", re.MULTILINE)


def column_table(columns: dict[str, Column]) -> str:
    """A column dictionary as a table."""
    rows = [
        f"| `{name}` | {column.unit}{f' x {column.width}' if column.width else ''} | {column.meaning} |" for name, column in columns.items()
    ]
    return "\n".join(["| column | unit | meaning |", "| --- | --- | --- |", *rows, ""])


def with_tables(text: str) -> str:
    """The text of README with the tables of today."""
    for name, columns in TABLES.items():
        place = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = place.sub(lambda found, columns=columns: found[1] + column_table(columns) + found[2], text)
    return text


def text() -> str:
    return README.read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every `crosscluster run` or `experiment` line that is complete as it stands."""
    return [line.split(" #")[0].strip() for line in COMMAND.findall(text())]


def test_the_column_tables_are_those_of_the_code() -> None:
    assert all(f"<!-- {name}: " in text() for name in TABLES)
    assert with_tables(text()) == text(), "run: make readme"


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", text())
    assert [link for link in links if not (README.parent / link).exists()] == []


@pytest.mark.parametrize("command", commands())
def test_its_commands_compose(command: str) -> None:
    arguments = [argument for argument in shlex.split(command)[1:] if argument not in ("--cfg", "job")]
    if "-m" in arguments:  # the first job of the sweep
        arguments = [argument.split(",")[0] for argument in arguments if argument != "-m"]
    done = subprocess.run(
        [sys.executable, "-m", "sim", *arguments, "--cfg", "job"], cwd=README.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_its_python_runs(tmp_path: Path) -> None:
    folder = make(tmp_path / "results")
    blocks = re.findall(r"```python\n(.*?)```", text(), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, str(README), "exec"), {"__name__": "readme", "folder": folder})


if __name__ == "__main__":
    README.write_text(with_tables(text()), encoding="utf-8")
