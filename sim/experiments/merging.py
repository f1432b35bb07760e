"""Experiments of one design, run in several places on different seeds, as one experiment.

The joint folder is what one experiment on all the seeds would have left, byte for byte: rows are numbered (`pair`) and ordered as in that
experiment, and a group of runs that several folders have must be the same in all of them.  Nothing is simulated.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sim.config import Config, plain
from sim.config_check import ConfigError
from sim.experiments.assemble import assemble
from sim.experiments.design import Recorded, build_design, fingerprint
from sim.experiments.execution import DOSES
from sim.experiments.formats import is_experiment, older
from sim.experiments.frames import FRAMES
from sim.experiments.joining import Places, join_tables
from sim.experiments.kept import STUDY, read_study
from sim.experiments.lock import LOCK, TakenOver, claimed
from sim.experiments.manifest import file_sha256, spoilt
from sim.experiments.store import MANIFEST, StoreError, read_manifest, whole_file, write_json
from sim.experiments.study import MODEL, Study
from sim.experiments.treatment import leaves, treatments

BuildConfig = Callable[[Mapping[str, Any]], Config]
"""From a plain tree to a configuration."""

SHOWN = 4
"""Differences that a refusal names."""


@dataclass(frozen=True)
class Part:
    """A finished experiment: its folder, what it says of itself, and the study that it is."""

    folder: Path
    manifest: dict[str, Any]
    tree: dict[str, Any]  # of study.json
    study: Study

    @cached_property
    def promised(self) -> dict[str, Any]:
        """Path -> value of all that must be the same in folders that belong together."""
        design = {name: value for name, value in self.tree["design"].items() if name not in ("seeds", "record")}
        identity = self.tree["identity"]
        factors = {f"{point['arm']} at {point['dose']:g}": point["factor"] for point in self.manifest["points"]}
        whole = {
            "experiment": design,
            "configuration": self.tree["configs"],
            "packages": identity.get("packages", {}),
            "solved dose of": factors,
        }
        return {**leaves(whole), "model code": identity.get("model"), "code of the experiments": identity.get("experiments")}


def merge(folders: Sequence[Path], into: Path, build: BuildConfig, command: Sequence[str]) -> list[str]:
    """Join finished experiments into a new folder; returns what the user should know besides.

    build: makes a configuration of study.json.  command: what was typed, for the manifest.  Raises ConfigError, with what differs, for
    folders that do not belong together, StoreError for what cannot be read or written.
    """
    _check_names(folders, into)
    with ExitStack() as locks:
        for folder in folders:
            if not (folder / MANIFEST).is_file():
                raise StoreError(f"{folder} is no results folder: it has no {MANIFEST}")
            locks.enter_context(claimed(folder))
        parts = [_open(folder, build) for folder in folders]
        for part in parts[1:]:
            _check_belongs(part, parts[0])
        told = [line for line in (_machines(parts), _levels(parts)) if line]
        with _fresh(into) as work:
            _write(parts, _joint(parts, build), work, into.name, command)
    return told


def _check_names(folders: Sequence[Path], into: Path) -> None:
    if len(folders) < 2:
        raise ConfigError(f"merge: found {len(folders)} folders; allowed: two or more")
    places = [folder.resolve() for folder in folders]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise ConfigError(f"merge: found {folders[number]} twice; allowed: different folders")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise ConfigError(f"merge: found --into {into}, which is there already; allowed: a new folder")


def _open(folder: Path, build: BuildConfig) -> Part:
    manifest = read_manifest(folder)
    if not is_experiment(manifest):
        raise ConfigError(f"merge: {folder} holds a single run; allowed: folders of crosscluster experiment")
    if earlier := older(manifest):
        raise ConfigError(f"merge: {folder} was written by an earlier version of crosscluster ({earlier}): run the experiment again")
    if manifest["state"] != "complete":
        done = manifest["runs"]
        raise ConfigError(
            f"merge: {folder} is {manifest['state']}, {done['done']} of {done['of']} runs; finish it first: crosscluster resume {folder}"
        )
    tree = read_study(folder)
    if tree["design"].get("precision"):
        raise ConfigError(f"merge: {folder} has a precision rule, which finds the number of seeds itself; allowed: experiments without one")
    if names := spoilt(folder, manifest):
        raise StoreError(f"{folder / names[0]} is missing or not what the experiment wrote; crosscluster resume {folder} makes it anew")
    return Part(folder, manifest, tree, _study(tree, build))


def _study(tree: Mapping[str, Any], build: BuildConfig) -> Study:
    """The study of a folder as far as the order of its groups goes: doses are as in the scenarios, not as solved."""
    design = build_design(tree["design"])
    configs = {name: build(config) for name, config in tree["configs"].items()}
    return assemble(design, treatments(design, configs, {}), configs, design.seeds, MODEL)


def _check_belongs(part: Part, first: Part) -> None:
    """ConfigError with what differs."""
    one, other = first.promised, part.promised
    different = [path for path in {**one, **other} if one.get(path) != other.get(path)]
    if different:
        words = [f"{path} is {_short(other.get(path))}, not {_short(one.get(path))}" for path in different[:SHOWN]]
        more = f", and {len(different) - SHOWN} more" if len(different) > SHOWN else ""
        hint = f"; run both with the same {DOSES}: put it into solved/ of your own config folder" if "solved" in different[0] else ""
        raise ConfigError(f"merge: {part.folder} is another experiment than {first.folder}: {'; '.join(words)}{more}{hint}")
    if part.study.luck != "everywhere" and part.study.seeds != first.study.seeds:
        raise ConfigError(
            f"merge: {part.folder} and {first.folder} have {part.study.luck} luck: each case draws seeds of its own, the same in every "
            "such experiment; allowed: vary.luck=everywhere, or one experiment with more seeds"
        )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


def joint_seeds(parts: Sequence[Sequence[int]]) -> list[int]:
    """All seeds once: ascending if those of every part are, else in the order of the parts.

    Raises ConfigError where two parts have the same seeds in different orders: no order of rows would then be that of both.
    """
    seeds = list(dict.fromkeys(seed for part in parts for seed in part))
    if all(list(part) == sorted(part) for part in parts):
        return sorted(seeds)
    for part in parts:
        turns = [seeds.index(seed) for seed in part]
        if turns != sorted(turns):
            raise ConfigError(f"merge: found the same seeds in another order, {list(part)}; allowed: seeds in one order")
    return seeds


def _level(parts: Sequence[Part]) -> Recorded:
    """What all parts recorded."""
    levels = {part.study.record for part in parts}
    if len(levels) > 1 and "outcomes" not in levels:
        raise ConfigError(f"merge: found record={' and record='.join(sorted(levels))}; allowed: the same in all folders")
    return "outcomes" if "outcomes" in levels else next(iter(levels))


def _levels(parts: Sequence[Part]) -> str:
    if _level(parts) == "outcomes" and any(part.study.record != "outcomes" for part in parts):
        return "some folders hold outcomes only, so the joint one does too: series, funnel and ledger of the others stay where they are"
    return ""


def _machines(parts: Sequence[Part]) -> str:
    kinds = {json.dumps({**part.manifest["machine"], "cores": None}, sort_keys=True) for part in parts}
    if len(kinds) == 1:
        return ""
    return "the folders were made on different kinds of machine: the last digits may differ from those of an experiment run on one of them"


def _joint(parts: Sequence[Part], build: BuildConfig) -> Part:
    """The experiment that has all the seeds; its manifest is still to be written."""
    first, level = parts[0], _level(parts)
    tree = {**first.tree, "design": {**first.tree["design"], "seeds": joint_seeds([part.study.seeds for part in parts])}}
    study = _study(tree, build)
    if study.record != level:
        tree["design"]["record"] = level
        study = replace(study, record=level)
    tree["identity"] = {**tree["identity"], "design": fingerprint(tree["design"])}
    return Part(first.folder, {}, tree, study)


def _write(parts: Sequence[Part], joint: Part, work: Path, name: str, command: Sequence[str]) -> None:
    position = np.empty(len(joint.study), np.int64)
    position[_pairs(joint.study)] = np.arange(len(joint.study))
    places = [_places(part, joint.study, position) for part in parts]
    for table in ("runs", *(FRAMES if joint.study.record != "outcomes" else ())):
        rows = join_tables(table, places, work)
        if table == "runs":
            _check_whole(parts, rows)
    if (doses := parts[0].folder / DOSES).is_file():
        with whole_file(work / DOSES) as file:
            file.write(doses.read_bytes())
    manifest = _manifest(parts, joint, work, name, command)
    write_json(work / STUDY, {**joint.tree, "about": manifest["about"]})
    write_json(work / MANIFEST, manifest)


def _pairs(study: Study) -> np.ndarray:
    """The groups' numbers in the order of their rows, i8 (groups,)."""
    return np.fromiter((group.pair for group in study.groups(0, len(study))), np.int64, len(study))


def _places(part: Part, joint: Study, position: np.ndarray) -> Places:
    turns = np.array([joint.seeds.index(seed) for seed in part.study.seeds])
    case, turn = np.divmod(np.arange(len(part.study)), len(part.study.seeds))
    pair = case * len(joint.seeds) + turns[turn]
    return Places(part.folder, position[pair], pair)


def _check_whole(parts: Sequence[Part], rows: Sequence[int]) -> None:
    for part, found in zip(parts, rows, strict=True):
        if found != part.study.runs:
            raise StoreError(f"{part.folder / 'runs.parquet'}: holds {found} runs, its study has {part.study.runs}")


def _manifest(parts: Sequence[Part], joint: Part, work: Path, name: str, command: Sequence[str]) -> dict[str, Any]:
    """The first part's, with the seeds, runs and failures of all, and where they came from."""
    first, manifests = parts[0].manifest, [part.manifest for part in parts]
    origin = ("id", "seeds", "command", "commit", "machine", "versions", "started", "finished")
    merged = [{"folder": str(part.folder), **{key: part.manifest[key] for key in origin}} for part in parts]
    seeds = joint.tree["design"]["seeds"]
    tables = [path for path in (work / f"{table}.parquet" for table in ("runs", *FRAMES)) if path.is_file()]
    return {
        **first,
        "id": name,
        "command": list(command),
        "about": {**first["about"], "command": list(command), "merged": merged},
        "design": plain(build_design(joint.tree["design"])),
        "seeds": seeds,
        "started": min(manifest["started"] for manifest in manifests),
        "finished": max(manifest["finished"] for manifest in manifests),
        "seconds": round(sum(manifest["seconds"] for manifest in manifests), 1),
        "tables": {path.name: file_sha256(path) for path in tables},
        "runs": {"done": joint.study.runs, "of": joint.study.runs},
        "failures": _failures(work),
    }


def _failures(work: Path) -> list[dict[str, Any]]:
    names = ["case", "pair", "arm", "dose", "seed", "error"]
    failed = pq.read_table(work / "runs.parquet", columns=names, filters=[("error", "!=", "")])
    return [dict(row) for row in failed.to_pylist()]


@contextmanager
def _fresh(into: Path) -> Iterator[Path]:
    """A folder to fill that appears under its name only when it is complete; StoreError, and nothing touched, if another merge fills it."""
    work = into.with_name(f".{into.name}.part")
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {work}: {error.strerror or error}") from error
    try:
        with claimed(work) as lock:
            try:
                _empty(work)  # of a merge that was killed
                yield work
                lock.check()
                if into.exists():
                    into.rmdir()
                work.rename(into)
            except TakenOver:
                raise
            except BaseException:
                with suppress(OSError):
                    _empty(work)
                raise
        (into / LOCK).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {into}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # there is nothing in it, unless it is another's
            work.rmdir()


def _empty(work: Path) -> None:
    """Take everything but the lock out of a folder that is ours."""
    for left in work.iterdir():
        if left.name != LOCK:
            left.unlink(missing_ok=True)
