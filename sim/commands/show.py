"""`crosscluster show DIR`: what is in a results folder."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.commands.in_full import table
from sim.config_check import ConfigError
from sim.experiments.execution import failures
from sim.experiments.formats import formats, is_experiment
from sim.experiments.journal import Entry, payload, read_entries
from sim.experiments.lock import at_work
from sim.experiments.store import StoreError, read_manifest

USAGE = """usage: crosscluster show DIR      (a folder that `crosscluster experiment`, `merge` or `run` wrote)

State, design, how far it has come, tables with their formats and sizes, and what failed, of what."""
FIRST = 12
"""Of many things, so many are named."""
COLUMNS = 8
NUMBER = re.compile(r"\d[\d.,]*")


def main(arguments: list[str]) -> int:
    """Print state, design, tables and failures."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0 if arguments else 2
    if len(arguments) != 1:
        raise ConfigError(f"show: found {len(arguments)} arguments; allowed: one folder. {USAGE.splitlines()[0]}")
    folder = Path(arguments[0])
    try:
        manifest = read_manifest(folder)
        entries = read_entries(folder, repair=True)
    except StoreError as error:
        raise ConfigError(f"show: {error}") from error
    rows = _experiment(folder, manifest, entries) if is_experiment(manifest) else _run(folder, manifest)
    print("\n".join([table(rows), "", *_tables(folder, manifest), *_failures(folder, manifest, entries)]))
    return 0


def _run(folder: Path, manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("folder", str(folder)),
        ("state", _words(manifest.get("state"), manifest.get("error"))),
        ("seed", str(manifest.get("seed"))),
        ("command", _command(manifest)),
        ("format", _formats(manifest)),
    ]


def _experiment(folder: Path, manifest: Mapping[str, Any], entries: Sequence[Entry]) -> list[tuple[str, str]]:
    arms = dict.fromkeys(point["arm"] for point in manifest["points"])
    rows = [
        ("folder", str(folder)),
        ("state", _state(folder, manifest)),
        ("experiment", f"{manifest['experiment']}: {manifest['question'].strip()}"),
        ("command", _command(manifest)),
        ("runs", _progress(manifest, entries)),
        ("arms", f"{len(arms)}, {len(manifest['points'])} with each at its doses: {_listed(arms)}"),
        ("seeds", f"{len(manifest['seeds'])}: {_listed(manifest['seeds'])}"),
        *_design(manifest),
        ("doses", str(manifest["doses"]["source"])),
        *_precision(manifest),
        *_merged(manifest),
        ("code", f"{manifest['model_sha256'][:12]}, {_commit(manifest)}"),
        ("format", _formats(manifest)),
    ]
    return [row for row in rows if row[1]]


def _state(folder: Path, manifest: Mapping[str, Any]) -> str:
    """The state, who is at work, and how to go on where nobody is."""
    state = str(manifest["state"])
    if state == "complete":
        failed = f", {len(manifest['failures']):,} runs failed" if manifest["failures"] else ""
        return f"{state}, {manifest['finished']}{failed}"
    if somebody := at_work(folder):
        return f"{state}: {somebody} is at work here"
    return f"{state}; nobody is at work here, go on with: crosscluster resume {folder}"


def _progress(manifest: Mapping[str, Any], entries: Sequence[Entry]) -> str:
    """How many runs are done: by the journal, as long as there is one."""
    done = sum(entry.runs for entry in entries) if entries else manifest["runs"]["done"]
    text = f"{done:,} of {manifest['runs']['of']:,}"
    if entries:
        seconds = sum(entry.seconds for entry in entries)
        text += f", in {len(entries):,} chunks, {seconds:,.0f} s of a worker's time"
    return text


def _design(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    design = manifest.get("design") or {}
    rows = [("record", str(design.get("record") or "by the number of runs"))]
    if vary := design.get("vary"):
        cases = manifest["runs"]["of"] // (len(manifest["points"]) * len(manifest["seeds"]))
        counted = f"{cases:,} cases" if cases else "cases are not counted yet"
        rows.append(("design", f"{vary['design']} over {len(vary['over'])} paths or sections, {counted}, luck: {vary['luck']}"))
        rows += [("", f"{path}: {_range(spec)}") for path, spec in list(vary["over"].items())[:FIRST]]
        if len(vary["over"]) > FIRST:
            rows.append(("", f"... and {len(vary['over']) - FIRST} more"))
    return rows


def _range(spec: Any) -> str:
    """What a factor of a design may be, in words."""
    if spec is None:
        return "its declared range"
    if isinstance(spec, Mapping) and "values" in spec:
        return ", ".join(map(str, spec["values"]))
    low, high, *scale = spec.values() if isinstance(spec, Mapping) else spec
    return f"{low} .. {high}{f', {scale[0]} scale' if scale else ''}"


def _precision(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = manifest.get("precision") or []
    return [
        (
            "precision" if number == 0 else "",
            f"{row['arm']} at {row['dose']:g}: {row['outcome']} {row['low']:.4g} .. {row['high']:.4g} with {row['seeds']} seeds, "
            + ("reached" if row["reached"] else f"not reached: {row['needed']} were needed"),
        )
        for number, row in enumerate(found)
    ]


def _merged(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    parts = manifest.get("about", {}).get("merged", [])
    return [("merged from" if number == 0 else "", f"{part['folder']} ({len(part['seeds'])} seeds)") for number, part in enumerate(parts)]


def _formats(manifest: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in formats(manifest).items())


def _commit(manifest: Mapping[str, Any]) -> str:
    commit = manifest.get("commit")
    if not commit:
        return "no commit known"
    return f"commit {commit['hash'][:12]}{' with changes that are not committed' if commit['dirty'] else ''}"


def _command(manifest: Mapping[str, Any]) -> str:
    command = manifest.get("command") or ""
    return command if isinstance(command, str) else " ".join(command)


def _words(*parts: Any) -> str:
    return ": ".join(str(part) for part in parts if part)


def _listed(names: Iterable[Any]) -> str:
    names = list(names)
    return f"{', '.join(map(str, names[:FIRST]))}{' ...' if len(names) > FIRST else ''}"


def _tables(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    rows: list[tuple[str, ...]] = []
    for path in sorted(folder.glob("*.parquet")):
        size = f"{path.stat().st_size / 1e6:,.2f} MB"
        try:
            found = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            rows.append((f"  {path.name}", size, "", f"cannot be read: {' '.join(str(error).split())}"))
            continue
        names = found.schema_arrow.names
        more = f" ... {len(names)} in all" if len(names) > COLUMNS else ""
        rows.append((f"  {path.name}", size, f"{found.metadata.num_rows:,} rows", f"{', '.join(names[:COLUMNS])}{more}"))
    whole = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return [f"tables (the folder: {whole / 1e6:,.2f} MB)", table(rows), ""] if rows else []


def _failures(folder: Path, manifest: Mapping[str, Any], entries: Sequence[Entry]) -> list[str]:
    """Failed runs, those of one error together; numbers in an error do not tell errors apart."""
    found = manifest.get("failures") or [failure for entry in entries if entry.failed for failure in _of_chunk(folder, entry)]
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for failure in found:
        groups.setdefault(NUMBER.sub("#", str(failure["error"])), []).append(failure)
    largest = sorted(groups.values(), key=len, reverse=True)
    lines = [f"  {len(group):,} x {group[0]['error']} (first: {_where(group[0])})" for group in largest[:FIRST]]
    more = [f"  ... and {len(largest) - FIRST} other errors"] if len(largest) > FIRST else []
    again = [f"  to run them again: crosscluster resume {folder} --retry-failed"]
    return [f"failed: {len(found):,} runs", *lines, *more, *again] if found else []


def _of_chunk(folder: Path, entry: Entry) -> list[dict[str, Any]]:
    try:
        return failures(payload(folder, entry))
    except StoreError:  # it does not count, and will be run again
        return []


def _where(failure: Mapping[str, Any]) -> str:
    case = f", case {failure['case']}" if failure.get("case") else ""
    return f"{failure['arm']} at {failure['dose']:g}{case}, seed {failure['seed']}"
