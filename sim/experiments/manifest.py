"""What a results folder says about itself: the design, the configuration, the doses, the code and the machine."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.config import Config, config_hash, config_tree
from sim.experiments.cases import Factor
from sim.experiments.design import Design
from sim.experiments.doses import Solution
from sim.experiments.figures import account
from sim.experiments.formats import MANIFEST_FORMAT, TABLES_FORMAT
from sim.experiments.provenance import commit, machine, model_sha256, versions
from sim.experiments.store import MANIFEST, StoreError, read_manifest, write_json
from sim.experiments.treatment import Treatment, changes


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Manifest:
    """manifest.json of one experiment, rewritten whole whenever its state changes."""

    folder: Path
    design: Design
    baseline: Config
    workers: int
    about: Mapping[str, Any]
    started: datetime = field(default_factory=_now)
    points: list[dict[str, Any]] = field(default_factory=list)
    factors: tuple[Factor, ...] = ()
    doses: dict[str, Any] = field(default_factory=lambda: {"source": "none", "sha256": None, "gap_max": None})
    failures: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0
    total: int = 0
    seeds: tuple[int, ...] = ()
    precision: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seeds = self.design.seeds

    def lengthen(self, seeds: tuple[int, ...]) -> None:
        """More seeds were needed than the design begins with."""
        self.seeds = seeds

    def treat(self, treatments: Sequence[Treatment]) -> None:
        """Say what each point of the design is."""
        self.points = [_point(treatment, self.baseline) for treatment in treatments]

    def vary(self, factors: tuple[Factor, ...]) -> None:
        """Say what is varied besides the arms."""
        self.factors = factors

    def solve(self, solution: Solution) -> None:
        """Say where the doses come from."""
        gap = max((abs(gap) for gap in solution.gaps.values()), default=0.0)
        self.doses = {"source": solution.source, "sha256": solution.sha256, "gap_max": gap}

    def expect(self, runs: int) -> None:
        """So many runs there are in all; counting begins anew."""
        self.total, self.done, self.failures = runs, 0, []

    def count(self, runs: int, failures: Sequence[Mapping[str, Any]]) -> None:
        """Count runs that came to an end, and name those that failed."""
        self.done += runs
        self.failures += [dict(failure) for failure in failures]

    def seal(self, paths: Sequence[Path]) -> None:
        """Say what the bytes of the finished tables are."""
        self.tables = {path.name: file_sha256(path) for path in paths}

    def write(self, state: str) -> None:
        """Put manifest.json in place, in state running, complete, interrupted or failed."""
        write_json(self.folder / MANIFEST, self._tree(state))

    def _tree(self, state: str) -> dict[str, Any]:
        design, now = self.design, _now()
        return {
            "format": MANIFEST_FORMAT,
            "tables_format": TABLES_FORMAT,
            "state": state,
            "experiment": design.name,
            "id": self.folder.name,
            "question": design.question,
            "command": self.about.get("command"),
            "about": dict(self.about),
            "preregistration": design.preregistration(),
            "design": asdict(design),
            "baseline": design.baseline,
            "headline_dose": design.headline_dose,
            "policy_countries": [iso for iso, country in self.baseline.country.items() if country.policy],
            "figures": account(self.baseline, self.factors, design.vary.over if design.vary else {}),
            "points": self.points,
            "seeds": list(self.seeds),
            "reserved_seeds": list(design.reserved_seeds),
            "doses": self.doses,
            "model_sha256": model_sha256(),
            "config_sha256": config_hash(self.baseline),
            "config": config_tree(self.baseline),
            "versions": versions(),
            "commit": commit(),
            "machine": machine(),
            "workers": self.workers,
            "started": self.started.isoformat(timespec="seconds"),
            "finished": None if state == "running" else now.isoformat(timespec="seconds"),
            "seconds": round((now - self.started).total_seconds(), 1),
            "precision": self.precision,
            "tables": self.tables,
            "runs": {"done": self.done, "of": self.total},
            "failures": self.failures,
        }


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_finished(folder: Path) -> bool:
    """Has the experiment of a folder ended without failures, and are its tables what they were then?"""
    if not (folder / MANIFEST).is_file():
        return False
    try:
        manifest = read_manifest(folder)
    except StoreError:
        return False
    ended = manifest.get("state") == "complete" and not manifest.get("failures")
    return ended and bool(manifest.get("tables")) and not spoilt(folder, manifest)


def spoilt(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Names of the tables that are missing or no longer what they were when the experiment ended."""
    return [name for name, digest in (manifest.get("tables") or {}).items() if not _is_same(folder / name, digest)]


def _is_same(path: Path, digest: str) -> bool:
    try:
        return file_sha256(path) == digest
    except OSError:
        return False


def _point(treatment: Treatment, baseline: Config) -> dict[str, Any]:
    return {
        "arm": treatment.point.arm,
        "label": treatment.label,
        "dose": treatment.point.dose,
        "factor": treatment.factor,
        "scenario": treatment.scenario,
        "placebo": treatment.placebo,
        "own": list(treatment.own),
        "residual": list(treatment.residual),
        "changes": changes(treatment.config, baseline),
    }
