"""`crosscluster export DIR`: the tables of a results folder as csv, xlsx or for Stata."""

from pathlib import Path

from sim.analysis.exports import FORMATS, Source, export, sources
from sim.analysis.results import ResultsError
from sim.commands.arguments import Arguments
from sim.commands.results import existing, finished, tell
from sim.config_check import ConfigError, nearest
from sim.experiments.codebook import codebook
from sim.experiments.formats import is_experiment
from sim.experiments.store import MANIFEST, StoreError, read_manifest

USAGE = """usage: crosscluster export DIR [--to csv|csv2|xlsx|dta] [--tables NAME,NAME] [--out DIR]

csv    comma and decimal point, UTF-8 (the default)
csv2   semicolon and decimal comma, as Excel opens it in Russia and most of Europe
xlsx   one workbook, a sheet a table
dta    Stata 14 and later; names longer than 32 characters are shortened, the label has the whole name

Without --tables all tables of the folder; without --out into DIR/export/FORMAT.
The table `columns` beside them has unit and meaning of every column."""


def main(arguments: list[str]) -> int:
    """Write the files and say where they are."""
    parser = Arguments("export", USAGE)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", default="csv")
    parser.add_argument("--tables", default=None)
    parser.add_argument("--out", type=Path, default=None)
    typed = parser.parse_args(arguments or ["--help"])
    if typed.to not in FORMATS:
        raise ConfigError(f"export: found --to {typed.to}; allowed: {', '.join(FORMATS)}{nearest(typed.to, FORMATS)}")
    out = typed.out or typed.folder / "export" / typed.to
    if out.resolve() == typed.folder.resolve():
        raise ConfigError(f"export: found --out {out}, the results folder itself; allowed: another folder")
    try:
        tables = _chosen(typed.folder, typed.tables)
        paths = export([*tables, codebook(tables, typed.to)], typed.to, out)
    except (StoreError, ResultsError) as error:
        raise ConfigError(f"export: {error}") from error
    for path in paths:
        tell(f"{path.name}: {path.stat().st_size:,} bytes")
    finished(out)
    return 0


def _chosen(folder: Path, names: str | None) -> list[Source]:
    _check_finished(existing("export", folder))
    found = sources(folder)
    if not found:
        raise ConfigError(f"export: {folder} holds no tables; of an experiment that is not finished: crosscluster resume {folder}")
    if names is None:
        return list(found.values())
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in found:
            raise ConfigError(f"export: found --tables {name}; allowed: {', '.join(found)}{nearest(name, found)}")
    return [found[name] for name in dict.fromkeys(wanted)]


def _check_finished(folder: Path) -> None:
    """Tables of an experiment that is not finished may be those of an earlier attempt; a folder without a manifest says nothing of it."""
    if not (folder / MANIFEST).is_file():
        return
    manifest = read_manifest(folder)
    if is_experiment(manifest) and manifest["state"] != "complete":
        done = manifest["runs"]
        raise ConfigError(
            f"export: {folder} is {manifest['state']}, {done['done']} of {done['of']} runs; finish it first: crosscluster resume {folder}"
        )
