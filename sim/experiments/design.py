"""An experiment as declared before it runs: arms, doses, seeds, primary outcomes, claims.

The outcomes and claims are fixed here and hashed (`preregistration`), so that nobody can choose afterwards
what the experiment was about.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from agents.parameters import number
from sim.config_check import ConfigError, build
from sim.experiments.cases import Vary
from sim.experiments.precision import Precision, check

RECORDED_RUNS = 2000
"""Runs up to which series, ladders and ledgers are kept unless the experiment says otherwise."""
NAME = re.compile(r"[a-z][a-z0-9_]*")


Recorded = Literal["outcomes", "annual", "quarterly"]


@dataclass(frozen=True, slots=True)
class Arm:
    """One policy alternative: a scenario, at the experiment's doses or at its own.  A placebo must not work."""

    label: str
    scenario: str
    placebo: bool = False
    doses: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class EqualCost:
    """Every arm is to cost what the reference arm costs: difference of `outcome` to the baseline, in expectation."""

    outcome: str
    reference: str
    tolerance: float = number("share of the reference's cost", 1e-6, 0.5, "convention")
    iterations: int = number("rounds of the solver", 1, 50, "convention", whole=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A primary outcome: a column of runs.parquet.

    per: effect = mean paired difference of `column` / mean paired difference of `per`.
    countries: "worst" reads `<column>_<ISO>` of every policy country and takes the smallest gain.
    negligible: the largest effect, in the outcome's unit, that counts as none; null where the reader's default holds.
    """

    column: str
    label: str
    unit: str
    direction: Literal["more", "less"]
    per: str | None = None
    countries: Literal["worst"] | None = None
    negligible: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that may fail: `arm` does better on `outcome` than the best of `against`."""

    text: str
    arm: str
    against: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Point:
    """One column of the experiment: an arm at a nominal dose (share of own R&D a year in its countries and sectors)."""

    arm: str
    dose: float


@dataclass(frozen=True, slots=True)
class Design:
    """The whole experiment.  `arms`, `outcomes` and `claims` keep the order of the file."""

    name: str
    question: str
    baseline: str
    arms: dict[str, Arm]
    seeds: tuple[int, ...]
    reserved_seeds: tuple[int, ...]
    doses: tuple[float, ...]
    equal_cost: EqualCost | None
    outcomes: dict[str, Outcome]
    claims: dict[str, Claim]
    vary: Vary | None = None
    precision: Precision | None = None
    record: Recorded | None = None

    def recorded(self, runs: int) -> Recorded:
        """What runs leave besides outcomes: as declared, else every quarter of a small experiment and nothing more of a large one."""
        return self.record or ("quarterly" if runs <= RECORDED_RUNS else "outcomes")

    @property
    def headline_dose(self) -> float:
        """The middle dose, at which claims are judged."""
        return self.doses[len(self.doses) // 2]

    def points(self) -> tuple[Point, ...]:
        """Every arm at each of its doses, the baseline first, then in the order of the file."""
        treated = [
            Point(name, dose) for name, arm in self.arms.items() if name != self.baseline for dose in sorted(arm.doses or self.doses)
        ]
        return (Point(self.baseline, 0.0), *treated)

    def preregistration(self) -> dict[str, Any]:
        """What was promised before any run, with its hash."""
        promised = {
            "question": self.question,
            "baseline": self.baseline,
            "outcomes": {name: asdict(outcome) for name, outcome in self.outcomes.items()},
            "claims": {name: asdict(claim) for name, claim in self.claims.items()},
        }
        return {"sha256": fingerprint(promised), **promised}


def fingerprint(tree: Any) -> str:
    """SHA-256 of a plain tree, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(tree, sort_keys=True, allow_nan=False).encode()).hexdigest()


def build_design(tree: Mapping[str, Any]) -> Design:
    """The design that the `experiment` node of a composed configuration declares; ConfigError where it cannot be."""
    plain = dict(tree)
    if "seeds" in plain:
        plain["seeds"] = _seeds(plain["seeds"])
    design = build(Design, plain, "experiment")
    _check_seeds(design)
    _check_doses(design)
    _check_margins(design)
    _check_names(design)
    if design.precision:
        treated = [name for name in design.arms if name != design.baseline]
        check(design.precision, design.seeds, design.outcomes, treated, design.vary is not None)
    return design


def _seeds(given: Any) -> Any:
    """The seeds that a number of them stands for: 1 to that number."""
    count = isinstance(given, int) and not isinstance(given, bool)
    if isinstance(given, list) or (count and given >= 1):
        return list(range(1, given + 1)) if count else given
    raise ConfigError(f"experiment.seeds: found {given!r}; allowed: a number of seeds, 1 or more, or a list of them, as [1, 2, 7]")


def _check_seeds(design: Design) -> None:
    for where, seeds in (("seeds", design.seeds), ("reserved_seeds", design.reserved_seeds)):
        if len(set(seeds)) != len(seeds) or any(seed < 0 for seed in seeds):
            raise ConfigError(f"experiment.{where}: {list(seeds)}; allowed: different whole numbers from 0 on")
    if not design.seeds:
        raise ConfigError("experiment.seeds: no seed; at least one is needed")
    if both := sorted(set(design.seeds) & set(design.reserved_seeds)):
        raise ConfigError(f"experiment.seeds: {both} also in reserved_seeds; doses are never solved on the seeds that are judged")
    if design.equal_cost and not design.reserved_seeds:
        raise ConfigError("experiment.reserved_seeds: none; equal_cost needs at least one")


def _check_doses(design: Design) -> None:
    if not design.doses:
        raise ConfigError("experiment.doses: no dose; at least one is needed")
    places = {"experiment.doses": design.doses} | {f"experiment.arms.{name}.doses": arm.doses or () for name, arm in design.arms.items()}
    for where, doses in places.items():
        if any(not 0.0 <= dose <= 1.0 for dose in doses) or len(set(doses)) != len(doses):
            raise ConfigError(f"{where}: {list(doses)}; allowed: different shares from 0 to 1")


def _check_margins(design: Design) -> None:
    for name, outcome in design.outcomes.items():
        if outcome.negligible is not None and not 0.0 <= outcome.negligible < math.inf:
            raise ConfigError(f"experiment.outcomes.{name}.negligible: {outcome.negligible:g}; allowed: 0 or more, or null")


def _check_names(design: Design) -> None:
    """Everything that is referred to exists."""
    if not NAME.fullmatch(design.name):
        raise ConfigError(f"experiment.name: {design.name!r}; allowed: small letters, digits and _, a letter first")
    for name in design.arms:
        if not NAME.fullmatch(name):
            raise ConfigError(f"experiment.arms: {name!r}; allowed: small letters, digits and _, a letter first")
    wanted: list[tuple[str, str, Mapping[str, object]]] = [("baseline", design.baseline, design.arms)]
    if design.equal_cost:
        wanted.append(("equal_cost.reference", design.equal_cost.reference, design.arms))
    for name, claim in design.claims.items():
        wanted += [(f"claims.{name}.arm", claim.arm, design.arms), (f"claims.{name}.outcome", claim.outcome, design.outcomes)]
        wanted += [(f"claims.{name}.against", other, design.arms) for other in claim.against]
    for where, name, allowed in wanted:
        if name not in allowed:
            raise ConfigError(f"experiment.{where}: {name!r}; allowed: {', '.join(allowed)}")
    if design.equal_cost and design.equal_cost.reference == design.baseline:
        raise ConfigError(f"experiment.equal_cost.reference: {design.baseline!r} is the baseline, which costs nothing")
    _check_reference(design)


def _check_reference(design: Design) -> None:
    """The arm that sets the cost exists at every dose that is to cost the same."""
    if design.equal_cost is None:
        return
    reference, points = design.equal_cost.reference, design.points()
    if reference == design.baseline:
        raise ConfigError(f"experiment.equal_cost.reference: {reference!r} is the baseline, which costs nothing")
    for point in points:
        if point.dose > 0.0 and Point(reference, point.dose) not in points:
            raise ConfigError(f"experiment.arms.{point.arm}: dose {point.dose:g}; the reference arm {reference} has no such dose")
