"""Equal cost: the scale of every arm's dose at which all arms cost the public the same in expectation.

cost(arm) = mean over the reserved seeds of [net public outlay in the arm - in the baseline], present value.
Wanted: |cost(arm) / cost(reference) - 1| <= tolerance at every dose.  An arm's cost is close to proportional to its
dose, so the solver steps in logarithms: first by proportion, then by the slope of its last two rounds.
Reserved seeds are never judged, so the arms of the experiment are equal in expectation and differ by luck.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config import Config, config_hash
from sim.config_check import ConfigError
from sim.experiments.design import Design, EqualCost, Point, fingerprint
from sim.experiments.provenance import model_sha256
from sim.experiments.store import StoreError, read_json
from sim.experiments.treatment import Treatment, treatments

FORMAT = 1
SLOPE = (0.25, 4.0)
"""Elasticity of cost with respect to dose that two rounds are trusted to show; outside it they show noise."""

Outcomes = Callable[[tuple[Treatment, ...]], list[dict[str, Any]]]
"""Runs of some treatments on the reserved seeds: rows with arm, dose, seed, error and outcomes."""


@dataclass(frozen=True, slots=True)
class Solution:
    """factors: scale of every point's dose; gaps: what was left between its cost and the reference's, as a share of it."""

    sha256: str
    rounds: int
    factors: dict[Point, float]
    costs: dict[Point, float]
    gaps: dict[Point, float]
    source: str = "solved"

    def as_tree(self, design: Design) -> dict[str, Any]:
        """What doses.json holds."""
        points = [
            {"arm": point.arm, "dose": point.dose, "factor": factor, "cost": self.costs[point], "gap": self.gaps[point]}
            for point, factor in self.factors.items()
        ]
        tolerance = design.equal_cost.tolerance if design.equal_cost else None
        about = {"format": FORMAT, "experiment": design.name, "sha256": self.sha256, "tolerance": tolerance}
        return {**about, "reserved_seeds": list(design.reserved_seeds), "rounds": self.rounds, "points": points}


def purpose(design: Design, configs: Mapping[str, Config]) -> str:
    """Hash of all that doses depend on: the model's code, the arms' configurations, doses, reserved seeds and the rule."""
    rule = design.equal_cost
    return fingerprint(
        {
            "model": model_sha256(),
            "arms": {name: config_hash(configs[name]) for name in design.arms},
            "points": [[point.arm, point.dose] for point in design.points()],
            "reserved_seeds": list(design.reserved_seeds),
            "rule": [rule.outcome, rule.reference, rule.tolerance] if rule else None,
        }
    )


def known(sha256: str, places: Mapping[str, Iterable[Path]]) -> Solution | None:
    """The first solution solved for exactly this, from files by what to call them (shipped, cached)."""
    for source, paths in places.items():
        for path in paths:
            try:
                tree = read_json(path)
            except StoreError:
                continue  # a missing or spoilt file is no solution: it is solved again
            if isinstance(tree, dict) and tree.get("format") == FORMAT and tree.get("sha256") == sha256:
                return _from_tree(tree, source)
    return None


def _from_tree(tree: dict[str, Any], source: str) -> Solution:
    rows = {Point(row["arm"], row["dose"]): row for row in tree["points"]}
    factors, costs, gaps = ({point: row[name] for point, row in rows.items()} for name in ("factor", "cost", "gap"))
    return Solution(tree["sha256"], tree["rounds"], factors, costs, gaps, source)


@dataclass(frozen=True, slots=True)
class Trial:
    """What it takes to measure costs: the arms, the rule, and a way to run them on the reserved seeds."""

    design: Design
    configs: Mapping[str, Config]
    rule: EqualCost
    outcomes: Outcomes

    def costs(self, points: Sequence[Point], factors: Mapping[Point, float]) -> dict[Point, float]:
        """Mean cost of each point over the reserved seeds, at these factors."""
        design, baseline = self.design, self.design.points()[0]
        wanted = tuple(t for t in treatments(design, self.configs, factors) if t.point in points or t.point == baseline)
        outlay = {(Point(row["arm"], row["dose"]), row["seed"]): self._outlay(row) for row in self.outcomes(wanted)}
        costs = dict.fromkeys(points, 0.0)
        for seed in design.reserved_seeds:
            for point in points:
                costs[point] += (outlay[point, seed] - outlay[baseline, seed]) / len(design.reserved_seeds)
        for point, cost in costs.items():
            if not cost > 0.0:
                raise ConfigError(
                    f"experiment.arms.{point.arm}: costs the public {cost:g} at dose {point.dose:g}; equal cost needs more than 0"
                )
        return costs

    def _outlay(self, row: Mapping[str, Any]) -> float:
        if row["error"] is not None:
            raise ConfigError(
                f"experiment.arms.{row['arm']}: its doses cannot be solved, reserved seed {row['seed']} failed: {row['error']}"
            )
        if row.get(self.rule.outcome) is None:
            known_ = ", ".join(name for name, value in row.items() if isinstance(value, float) and name != "dose")
            raise ConfigError(f"experiment.equal_cost.outcome: {self.rule.outcome!r}; allowed: {known_}")
        return float(row[self.rule.outcome])


def solve(trial: Trial) -> Solution:
    """Scale every arm's dose until all cost what the reference costs; ConfigError if they cannot be brought there."""
    rule = trial.rule
    factors = {point: 1.0 for point in trial.design.points() if point.dose > 0.0}
    target = {point: Point(rule.reference, point.dose) for point in factors}
    trail: dict[Point, list[tuple[float, float]]] = {point: [] for point in factors}
    costs: dict[Point, float] = {}
    unsolved = list(factors)
    for rounds in range(1, rule.iterations + 1):
        costs |= trial.costs(unsolved, factors)
        gaps = {point: costs[point] / costs[target[point]] - 1.0 for point in factors}
        unsolved = [point for point in factors if abs(gaps[point]) > rule.tolerance]
        if not unsolved:
            return Solution(purpose(trial.design, trial.configs), rounds, factors, costs, gaps)
        if rounds < rule.iterations:
            for point in unsolved:
                trail[point].append((factors[point], costs[point]))
                factors[point] = next_factor(trail[point], costs[target[point]])
    worst = max(unsolved, key=lambda point: abs(gaps[point]))
    raise ConfigError(
        f"experiment.equal_cost: after {rule.iterations} rounds {worst.arm} at dose {worst.dose:g} still costs "
        f"{100 * gaps[worst]:+.1f} % against {rule.reference}; allow a larger tolerance or more iterations, "
        "or, if it has none, give its scenario an instrument with residual_of"
    )


def next_factor(trail: Sequence[tuple[float, float]], target: float) -> float:
    """The next factor to try, from the (factor, cost) pairs so far: by proportion, then by the last two rounds' slope."""
    factor, cost = trail[-1]
    slope = 1.0
    if len(trail) > 1 and trail[-2][0] != factor:
        before = trail[-2]
        slope = (math.log(cost) - math.log(before[1])) / (math.log(factor) - math.log(before[0]))
        slope = min(max(slope, SLOPE[0]), SLOPE[1])
    return factor * math.exp((math.log(target) - math.log(cost)) / slope)
