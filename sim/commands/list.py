"""`crosscluster list`: what there is to choose from, one line each; or one thing in full, every number with its origin."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from agents.parameters import Number
from sim.commands.folders import SHIPPED, check_file, choices, own_folders
from sim.config_check import ConfigError, nearest

GROUPS = ("world", "scenario", "instrument", "experiment", "country", "sector", "behaviour")
USAGE = f"""usage: crosscluster list [GROUP | GROUP.NAME] [KEY=VALUE ...]

groups: {", ".join(GROUPS)}
  crosscluster list                       everything, one line each
  crosscluster list scenario              one group
  crosscluster list country.belarus       one in full: every number with its year, quality and source
  crosscluster list instrument.grants     one in full: every number with its unit, range and source"""


def main(arguments: list[str]) -> int:
    """Print what is asked for."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    what, overrides = ("", arguments) if not arguments or "=" in arguments[0] else (arguments[0], arguments[1:])
    group, _, name = what.partition(".")
    if group and group not in GROUPS:
        raise ConfigError(f"list: found '{group}'; allowed: {', '.join(GROUPS)}{nearest(group, GROUPS)}")
    folders = own_folders()
    if not name:
        if overrides:
            raise ConfigError(f"list: found {overrides[0]}; allowed: only after a thing in full, as in list country.belarus facts=my.csv")
        for one in (group,) if group else GROUPS[:-1]:
            print(f"{one}\n{table([(f'  {n}', _line(one, path, folders)) for n, path in choices(one, folders).items()])}\n")
        return 0
    known = choices(group, folders)
    if name not in known:
        raise ConfigError(f"list: found '{group}.{name}'; allowed: {', '.join(known)}{nearest(name, known)}")
    print(_in_full(group, name, known[name], overrides))
    return 0


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns as wide as they need; the last one as long as it likes."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)] if rows else []
    return "\n".join("  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows)


def _line(group: str, path: Path, folders: Sequence[Path]) -> str:
    """One line about a file: its label, and whose it is."""
    tree = check_file(path) if path.is_relative_to(SHIPPED) is False else _shipped(path)
    inner = tree.get(group) if isinstance(tree.get(group), dict) else tree
    first = next((line[1:].strip() for line in path.read_text().splitlines() if line.startswith("#") and "@package" not in line), "")
    words = str(inner.get("label") or (first if group in ("experiment", "behaviour") else inner.get("name")) or first)
    if any(path.is_relative_to(folder) for folder in folders):
        words += "  (yours)" if not (SHIPPED / group / path.name).is_file() else "  (yours, instead of the shipped one)"
    return words
