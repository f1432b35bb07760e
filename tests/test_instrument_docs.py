"""docs/instruments.md says what is true: every registered instrument, what it acts through, and its numbers.

`make readme` writes it anew.
"""

import inspect
import sys
from dataclasses import fields
from typing import Any

import yaml

from agents.parameters import Number
from scenarios import INSTRUMENTS
from sim.instrument import Instrument, Target
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "instruments.md"
HEAD = """# Instruments and shocks

Made by `make readme` from `scenarios/` and `configs/instrument/`; do not edit. One instrument is one file; they combine in any dose
and at any dates. `crosscluster list instrument` names the ready ones, `crosscluster list instrument.<name>` shows one in full. On the
command line a number is `instrument.<name>.<number>=<value>`. A source that says *guess* is one; *design* is for the user to choose.
*null*: the value at which that part of the instrument does nothing.
"""


def shipped(kind: str) -> dict[str, Any]:
    """The plainest shipped file of a kind: that of its own name, else the first."""
    trees = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "configs" / "instrument").glob("*.yaml"))
    }
    of_kind = [tree for tree in trees.values() if tree.get("kind") == kind]
    named = trees.get(kind)
    return named if named and named.get("kind") == kind else of_kind[0]


def rows(of: type, values: dict[str, Any], known: tuple[str, ...] = ()) -> list[str]:
    """A line for each number and switch that `of` declares beyond `known`."""
    lines = []
    for field in fields(of):
        if field.name in known:
            continue
        declared: Number | None = field.metadata.get("number")
        value = values.get(field.name, "")
        if declared is None:
            lines.append(f"| `{field.name}` | {_switch(value)} | {_kind(field.type)} | | | |")
            continue
        null = "" if declared.null is None else f"{declared.null:g}"
        lines.append(f"| `{field.name}` | {value} | {declared.unit} | {declared.low:g} to {declared.high:g} | {null} | {declared.source} |")
    return lines


def _switch(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}.get(value, str(value)) if not isinstance(value, list | dict) else str(value or "")


def _kind(hint: Any) -> str:
    return str(getattr(hint, "__name__", hint)).replace("Literal", "one of ").replace("typing.", "").replace("|", "or")


TABLE = ["| name | shipped | unit | range | null | source |", "| --- | --- | --- | --- | --- | --- |"]


def page() -> str:
    """What all share, then every kind by name."""
    common = tuple(field.name for field in fields(Instrument))
    lines = [HEAD, "## What all instruments share\n", *TABLE, *rows(Instrument, {})]
    lines += ["\nThe target group (`target`); an empty list means everybody:\n", *TABLE, *rows(Target, {})]
    for kind, instrument in sorted(INSTRUMENTS.items()):
        values = shipped(kind)
        lines += [
            f"\n## {kind}{' (a shock)' if instrument.free else ''}\n",
            f"*{values.get('label', kind)}.* Source: {values.get('source', '')}\n",
        ]
        lines += [inspect.cleandoc(sys.modules[instrument.__module__].__doc__ or ""), "", inspect.cleandoc(instrument.__doc__ or ""), ""]
        own = rows(instrument, values, common)
        lines += [*TABLE, *own] if own else ["It has no numbers of its own."]
    return "\n".join(lines) + "\n"


def test_the_instruments_page_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make readme"


def test_every_kind_is_the_name_of_its_file() -> None:
    assert {kind: each.__module__ for kind, each in INSTRUMENTS.items()} == {kind: f"scenarios.{kind}" for kind in INSTRUMENTS}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
