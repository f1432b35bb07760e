"""`crosscluster list`: what there is to choose from, one line each; or one thing in full, every number with its origin."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from sim.commands.folders import SHIPPED, choices, own_folders
from sim.commands.in_full import in_full, table
from sim.config_check import ConfigError, listed, nearest

GROUPS = ("world", "scenario", "instrument", "experiment", "calibrated", "country", "sector", "behaviour")
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
        raise ConfigError(f"list: found '{group}.{name}'; allowed: {listed(known, name, group)}")
    print(in_full(group, name, overrides))
    return 0


def _line(group: str, path: Path, folders: Sequence[Path]) -> str:
    """One line about a file: its label or name, else its first comment; and whether it is the user's."""
    text = path.read_text(encoding="utf-8")
    tree = yaml.safe_load(text) or {}
    section = tree.get(group)
    inner = section if isinstance(section, dict) else tree
    comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#") and "@package" not in line]
    named = inner.get("label") or (inner.get("name") if group == "country" else None)
    words = str(named or (comments[0] if comments else ""))
    if any(path.is_relative_to(folder) for folder in folders):
        words += "  (yours, instead of the shipped one)" if (SHIPPED / group / path.name).is_file() else "  (yours)"
    return words
