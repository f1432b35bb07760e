"""A study: every arm at every dose, in every case, on every seed, in one fixed order that chunks are cut from.

A GROUP is all arms of one case on one seed: runs that are paired.  Groups are ordered so that those which can share a burn-in are
neighbours: what a case changes after the opening only (an instrument that opens with the experiment) needs no burn-in of its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from sim.config import Config
from sim.experiments.cases import Cases
from sim.experiments.treatment import Treatment
from sim.experiments.values import with_values
from sim.simulate import burn_in, continue_from

FRESH = 1_000_000
"""First seed of studies in which cases have seeds of their own; far from seeds that people choose."""
AFTER_OPENING = ("record", "check", "scenario", "world.programme", "world.after")
"""What changes nothing before the programmes open."""

Luck = Literal["everywhere", "arms", "fresh"]
Recorded = Literal["outcomes", "annual", "quarterly"]


RUNS = "runs"
"""What comes out of the model itself."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """The model as two functions (of modules, so that they can be sent to a process).

    burn_in(config, seed, progress) -> snapshot; continue_from(snapshot, config, progress, tables) -> Result; tables: are they wanted?
    name: of what comes out, which must be the same where an experiment is gone on with: runs of the model, unless it says otherwise.
    """

    burn_in: Callable[..., bytes]
    continue_from: Callable[..., Any]
    name: str = RUNS


MODEL = Simulation(burn_in, continue_from)


@dataclass(frozen=True)
class Group:
    """All arms of one case on one seed (on seeds of their own, with fresh luck)."""

    case: int
    pair: int  # number of the group: case x seeds + turn
    seeds: tuple[int, ...]  # of each treatment
    root: int  # groups of one root and seed share their burn-in


@dataclass(frozen=True)
class Study:
    """All that decides the numbers of an experiment, the baseline treatment first."""

    treatments: tuple[Treatment, ...]
    cases: Cases
    seeds: tuple[int, ...]
    luck: Luck
    record: Recorded
    simulation: Simulation

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.cases) * len(self.seeds)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self) * len(self.treatments)

    @property
    def burn_ins(self) -> int:
        """Burn-ins that all groups together need, those of one root and seed counted once."""
        return len(self) if self.luck != "everywhere" else int(self._roots.max() + 1) * len(self.seeds)

    @property
    def paired(self) -> bool:
        """Do arms share their luck with the baseline?"""
        return self.luck != "fresh"

    def groups(self, start: int, stop: int) -> Iterator[Group]:
        """Groups start to stop - 1 of the fixed order."""
        for at in self._order[start:stop].tolist():
            case, turn = divmod(at, len(self.seeds))
            yield Group(case, at, self._seeds_of(case, turn), int(self._roots[case]))

    def config(self, treatment: Treatment, case: int) -> Config:
        """A treatment's configuration in a case; a path into an instrument that an arm has not says nothing about it."""
        values = self.cases.values(case)
        return with_values(treatment.config, {path: value for path, value in values.items() if has(treatment.config, path)})

    def _seeds_of(self, case: int, turn: int) -> tuple[int, ...]:
        arms = len(self.treatments)
        if self.luck == "everywhere":
            return (self.seeds[turn],) * arms
        place = case * len(self.seeds) + turn
        if self.luck == "arms":
            return (FRESH + place,) * arms
        return tuple(FRESH + place * arms + arm for arm in range(arms))

    @cached_property
    def _roots(self) -> np.ndarray:
        """Number of each case's burn-in, i8 (cases,)."""
        before = [n for n, path in enumerate(self.cases.paths) if not self._after_opening(path)]
        if not before:
            return np.zeros(len(self.cases), np.int64)
        return np.asarray(np.unique(self.cases.shares[:, before], axis=0, return_inverse=True)[1].reshape(-1), np.int64)

    def _after_opening(self, path: str) -> bool:
        if not path.startswith("instrument."):
            return path.startswith(AFTER_OPENING)
        name = path.split(".")[1]
        programmes = [treatment.config.instrument[name] for treatment in self.treatments if name in treatment.config.instrument]
        return all(programme.start >= 0 for programme in programmes) and not path.endswith(".start")

    @cached_property
    def _order(self) -> np.ndarray:
        """case x seeds + turn, by root, then turn, then case."""
        case, turn = np.divmod(np.arange(len(self)), len(self.seeds))
        if self.luck != "everywhere":
            return np.arange(len(self))
        return np.lexsort((case, turn, self._roots[case]))


def has(config: Config, path: str) -> bool:
    """Is a path into an instrument one that this configuration has?  All other paths are there."""
    parts = path.split(".")
    return parts[0] != "instrument" or parts[1] in config.instrument


def labels(study: Study, group: Group) -> list[dict[str, Any]]:
    """What names each run of a group, in the order of the treatments."""
    return [
        {"case": group.case, "pair": group.pair, "arm": treatment.point.arm, "dose": treatment.point.dose, "seed": seed}
        for treatment, seed in zip(study.treatments, group.seeds, strict=True)
    ]
