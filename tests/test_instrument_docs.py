"""docs/instruments.md says what is true: every registered instrument, what it acts through, and its numbers.

`make readme` writes it anew.
"""

import inspect
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

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


MEANING = {
    "label": "what it is called",
    "source": "who proposed it",
    "payers": "countries that pay, as [RUS, BLR], or [policy]: all whose policy is under study",
    "target": "whom it is for, see below",
    "residual_of": "programmes whose unspent money it pays out",
    "countries": "ISO codes, as [BLR]; empty: those that pay",
    "places": "cities of configs/country, as [Minsk]",
    "sectors": "as [biotech, ict]",
    "kinds": "firm, institute, university",
    "clustered": "true: members of clusters only; false: others only",
    "cluster_stages": "potential, emerging, active, declining",
    "exporting": "true: exporters only; false: others only",
    "innovative": "true: with an innovation in the last year; false: others only",
    "import_replacing": "true: firms that sell at home what is largely imported; false: others only",
    "strata": "country, sector, size, kind: random_share of each of their combinations",
    "runs": "programmes that the Council runs",
    "free_riders": "members that hold back `withheld` of what they owe",
    "steers": "programmes that it confines",
    "promotes": "programmes that it makes known; empty: all",
    "platforms": "platforms that are lost; empty: all",
    "joiners": "ISO codes of those who join",
    "between": "two countries or blocs, as [eu, RUS]",
    "fields": "technology fields, as [biology, software]",
    "signed": "true: an award needs no consent of states",
    "shuffled_labels": "true: the placebo that mistakes countries",
    "random_pairs": "true: the placebo that seats pairs by chance",
    "profiles": "false: the placebo in which nobody sees a profile",
}


def trees() -> dict[str, dict[str, Any]]:
    """Every shipped file with what it takes from the shared ones, by name."""
    folder = ROOT / "configs" / "instrument"
    return {path.stem: _whole(folder, path.stem) for path in sorted(folder.glob("[!_]*.yaml"))}


def _whole(folder: Path, name: str) -> dict[str, Any]:
    own = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")) or {}
    tree: dict[str, Any] = {}
    for base in own.pop("defaults", []):
        if isinstance(base, str) and base != "_self_" and (folder / f"{base}.yaml").is_file():
            tree = _over(tree, _whole(folder, base))
    return _over(tree, own)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {name: _over(below[name], above[name]) for name in above if isinstance(above[name], dict) and isinstance(below.get(name), dict)}
    return {**below, **above, **both}


def shipped(kind: str) -> dict[str, Any]:
    """The plainest shipped file of a kind: that of its own name, else the first."""
    of_kind = {name: tree for name, tree in trees().items() if tree.get("kind") == kind}
    return of_kind.get(kind) or next(iter(of_kind.values()))


def rows(of: type, values: dict[str, Any], known: tuple[str, ...] = ()) -> list[str]:
    """A line for each number and switch that `of` declares beyond `known`."""
    lines = []
    hints = get_type_hints(of)
    for field in fields(of):
        if field.name in known:
            continue
        declared: Number | None = field.metadata.get("number")
        value = _shown(values.get(field.name, ""))
        if declared is None:
            lines.append(f"| `{field.name}` | {value} | {MEANING.get(field.name) or _allowed(hints[field.name])} | | | |")
            continue
        null = "" if declared.null is None else f"{declared.null:g}"
        lines.append(f"| `{field.name}` | {value} | {declared.unit} | {declared.low:g} to {declared.high:g} | {null} | {declared.source} |")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return "" if isinstance(value, dict) else str(value).replace("${", "").replace("}", "")


def _allowed(hint: Any) -> str:
    return " or ".join(map(str, get_args(hint))) if get_origin(hint) is Literal else {bool: "true or false"}.get(hint, "")


TABLE = ["| name | shipped | unit or meaning | range | null | source |", "| --- | --- | --- | --- | --- | --- |"]


def page() -> str:
    """What all share, then every kind by name."""
    common, usual = tuple(field.name for field in fields(Instrument)), _whole(ROOT / "configs" / "instrument", "_programme")
    lines = [HEAD, "## What all instruments share\n", *TABLE, *rows(Instrument, usual)]
    lines += ["\nThe target group (`target`); an empty list, or null, means everybody:\n", *TABLE, *rows(Target, usual["target"])]
    for kind, instrument in sorted(INSTRUMENTS.items()):
        values = shipped(kind)
        free = " (nobody pays for it; its dose is a strength, 0 to 1)" if instrument.free else ""
        lines += [f"\n## {kind}\n", f"*{values['label']}{free}.* Source: {values['source']}\n"]
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
