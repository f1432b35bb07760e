"""What a results folder says about itself: the design, the configuration, the doses, the code and the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.config import Config, config_hash, config_tree
from sim.experiments.design import Design
from sim.experiments.doses import Solution
from sim.experiments.provenance import commit, machine, model_sha256, versions
from sim.experiments.replication import Run
from sim.experiments.store import MANIFEST, write_json
from sim.experiments.treatment import Treatment, changes

FORMAT = 1


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
    doses: dict[str, Any] = field(default_factory=lambda: {"source": "none", "sha256": None, "gap_max": None})
    failures: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0

    def treat(self, treatments: Sequence[Treatment]) -> None:
        """Say what each point of the design is."""
        self.points = [_point(treatment, self.baseline) for treatment in treatments]

    def solve(self, solution: Solution) -> None:
        """Say where the doses come from."""
        gap = max((abs(gap) for gap in solution.gaps.values()), default=0.0)
        self.doses = {"source": solution.source, "sha256": solution.sha256, "gap_max": gap}

    def finish(self, runs: Sequence[Run]) -> None:
        """Count runs that came to an end, and name those that failed."""
        self.done += len(runs)
        self.failures += [
            {"arm": run.treatment.point.arm, "dose": run.treatment.point.dose, "seed": run.seed, "error": run.error}
            for run in runs
            if run.error
        ]

    def write(self, state: str) -> None:
        """Put manifest.json in place, in state running, complete, interrupted or failed."""
        write_json(self.folder / MANIFEST, self._tree(state))

    def _tree(self, state: str) -> dict[str, Any]:
        design, now = self.design, _now()
        return {
            "format": FORMAT,
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
            "points": self.points,
            "seeds": list(design.seeds),
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
            "runs": {"done": self.done, "of": len(design.points()) * len(design.seeds)},
            "failures": self.failures,
        }


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
