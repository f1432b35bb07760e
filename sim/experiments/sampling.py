"""Designs: which cases are run.

Ranges are those that parameters declare themselves, and those of spreads.yaml for figures of countries, unless the experiment gives
others.  Latin hypercubes and Sobol' points come from scipy, Morris trajectories and Saltelli's points from SALib.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

import numpy as np
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from scipy.linalg import hadamard
from scipy.stats import qmc

from agents.parameters import Number
from sim.config import Config
from sim.config_check import MANY, ConfigError, as_number, build, refuse
from sim.experiments.cases import EDGE, Cases, Factor, Vary
from sim.experiments.figures import declared_factor, has_quality, is_pattern, named_figures, refuse_more_than_whole
from sim.experiments.values import checked, holder, number_at, paths_below, value_at

SCREENING_LEVELS = 4
"""Levels of a Morris grid, the usual number (Saltelli et al. 2008)."""
MOST_CASES = 10_000_000
AROUND = "around"
SHARE = Number("of the value", 1e-6, 10.0, "design")


def build_cases(vary: Vary, configs: Mapping[str, Config]) -> Cases:
    """The cases of a design; ConfigError names a path, range or level that cannot be.

    configs: every arm's configuration, the baseline's first.  A path is that of the first arm that has it: it may lie in an instrument
    that only some arms have.
    """
    together = vary.design == "listed"
    factors = tuple(_factor(path, spec, configs, together) for path, spec in _spread(vary.over, configs).items())
    if not factors:
        raise ConfigError("experiment.vary.over: found nothing; allowed: at least one path, as in behaviour.appraisal.leakage: null")
    shares = DESIGNS[vary.design](vary, factors, configs)
    cases = Cases(factors, np.ascontiguousarray(shares, dtype=np.float64))
    refuse_more_than_whole(cases, configs)
    return cases


def _spread(over: Mapping[str, Any], configs: Mapping[str, Config]) -> dict[str, Any]:
    """Patterns of figures and sections written as `name.*` spelled out, the first to name a path before later ones.

    What is named itself keeps its own range.
    """
    spelled: dict[str, Any] = {}
    for path, spec in over.items():
        for each in _named(path, spec, configs):
            spelled.setdefault(each, over.get(each, None if has_quality(spec) and is_pattern(path) else spec))
    return spelled


def _named(path: str, spec: Any, configs: Mapping[str, Config]) -> list[str]:
    """The paths that an entry of `over` stands for."""
    if is_pattern(path):
        return named_figures(path, spec, configs)
    return _section(path.removesuffix(".*"), spec, configs) if path.endswith(".*") else [path]


def _section(path: str, spec: Any, configs: Mapping[str, Config]) -> list[str]:
    """Its numbers; not an instrument's dose, which the arm and the doses of the experiment say."""
    where = f"experiment.vary.over.{path}.*"
    paths = paths_below(holder(configs, path, where), path, where)
    paths = [each for each in paths if not (path.startswith("instrument.") and each == f"{path}.dose")]
    if isinstance(spec, Mapping) and AROUND in spec:  # there is nothing around 0, nor around null
        paths = [each for each in paths if value_at(holder(configs, each, where), each, where)]
    return paths


def _factor(path: str, spec: Any, configs: Mapping[str, Config], together: bool) -> Factor:
    """together: a case is the n-th value of every path, so that one path may have a value twice."""
    where = f"experiment.vary.over.{path}"
    config = holder(configs, path, where)
    value_at(config, path, where)
    declared = number_at(config, path)
    if isinstance(spec, Mapping) and "values" in spec:
        if not isinstance(spec["values"], list | tuple) or len(spec) > 1 or not spec["values"]:
            raise refuse(where, spec, "{values: [first, second, ...]} and nothing else")
        levels = tuple(checked(config, path, value, where) for value in spec["values"])
        if not together and any(level in levels[:number] for number, level in enumerate(levels)):
            raise refuse(where, spec["values"], "values that differ")
        return Factor(path, levels=levels)
    if declared is None:
        raise ConfigError(f"{where}: is no number; allowed: {{values: [...]}}")
    if spec is None:
        return declared_factor(config, path, where) or Factor(path, declared.low, declared.high, whole=declared.whole)
    if isinstance(spec, list | tuple) and len(spec) == 2:
        spec = {"low": spec[0], "high": spec[1]}
    if not isinstance(spec, Mapping):
        raise refuse(where, spec, "null, [low, high], {low, high, scale}, {around: share} or {values: [...]}")
    if AROUND in spec:
        spec = _around(value_at(config, path, where), spec, declared, where)
    span = build(Span, dict(spec), where)
    ends = (int(end) if declared.whole and end.is_integer() else end for end in (span.low, span.high))
    low, high = (float(checked(config, path, end, where)) for end in ends)
    if not low < high or (span.scale == "log" and low <= 0.0):
        found = f"found {span.low:g} to {span.high:g}"
        raise ConfigError(f"{where}: {found}; allowed: low below high, and above 0 on a logarithmic scale")
    return Factor(path, low, high, span.scale == "log", declared.whole)


def _around(value: Any, spec: Mapping[str, Any], declared: Number, where: str) -> dict[str, float]:
    """The range a share below to a share above the value as it is, inside the declared one; a whole number moves by one at least."""
    share = as_number(spec[AROUND], SHARE, f"{where}.{AROUND}")
    if len(spec) > 1:
        raise refuse(where, dict(spec), f"{{{AROUND}: {share:g}}} and nothing else")
    if not isinstance(value, int | float) or value == 0:
        raise refuse(where, value, f"a value other than 0 for {{{AROUND}: ...}}")
    half = max(1, round(share * abs(value))) if declared.whole else share * abs(value)
    return {"low": max(declared.low, value - half), "high": min(declared.high, value + half)}


@dataclass(frozen=True, slots=True)
class Span:
    """A range given by the experiment."""

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"


# designs: (vary, factors, configs) -> shares f8 (cases, factors); those whose cases multiply count them before making any


def _affordable(count: int) -> None:
    if count > MOST_CASES:
        raise ConfigError(f"experiment.vary: found {count:,} cases; allowed: at most {MOST_CASES:,}, so fewer paths, levels or points")


def _grid(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """Every combination of levels; a range has `size` of them, its ends included, and no whole number twice."""
    return _crossed([_axis(factor, max(vary.size, 2)) for factor in factors])


def _axis(factor: Factor, size: int) -> np.ndarray:
    if factor.levels:
        return _middles(len(factor.levels))
    shares = np.linspace(0.0, 1.0, size)
    if not factor.whole:
        return shares
    return np.asarray(shares[np.unique([factor.at(share) for share in shares.tolist()], return_index=True)[1]])


def _middles(count: int) -> np.ndarray:
    return (np.arange(count) + 0.5) / count


def _crossed(axes: Sequence[np.ndarray]) -> np.ndarray:
    """Every combination, the first axis changing slowest."""
    inner = count = prod(len(axis) for axis in axes)
    _affordable(count)
    shares = np.empty((count, len(axes)))
    for column, axis in enumerate(axes):
        inner //= len(axis)
        shares[:, column] = np.tile(np.repeat(axis, inner), count // (inner * len(axis)))
    return shares


def _factorial(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """Every combination of low and high, the first factor changing slowest."""
    return _crossed([np.array([0.0, 1.0])] * len(factors))


def _fractional(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """A folded-over Hadamard design: main effects clear of each other and of all pairs (resolution IV; Box and Wilson 1951).

    Which columns is drawn: products of three among the first of them would all fall on other effects, and none on columns to spare.
    """
    order = 1
    while order <= len(factors):
        order *= 2
    drawn = np.argsort(qmc.LatinHypercube(d=1, rng=vary.seed).random(order - 1)[:, 0])[: len(factors)]
    signs = hadamard(order)[:, 1 + np.sort(drawn)]
    return (np.vstack((signs, -signs)) + 1.0) / 2.0


def _lhs(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    return np.asarray(qmc.LatinHypercube(d=len(factors), rng=vary.seed).random(vary.size))


def _sobol(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """Scrambled Sobol' points; a power of two keeps them balanced."""
    if vary.size & (vary.size - 1):
        raise ConfigError(f"experiment.vary.size: found {vary.size}; allowed with design sobol: a power of two, as in 64")
    return np.asarray(qmc.Sobol(d=len(factors), rng=vary.seed).random(vary.size))


def _one_at_a_time(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """The configuration as it is, then each factor at its low and at its high end (all its levels, if it has levels)."""
    base = np.array([_share_of(factor, configs) for factor in factors])
    rows = [base]
    for column, factor in enumerate(factors):
        for share in _middles(len(factor.levels)) if factor.levels else (0.0, 1.0):
            row = base.copy()
            row[column] = share
            rows.append(row)
    return np.array(rows)


def _share_of(factor: Factor, configs: Mapping[str, Config]) -> float:
    """Where the value as it is lies between low and high."""
    where = f"experiment.vary.over.{factor.path}"
    value = value_at(holder(configs, factor.path, where), factor.path, where)
    if factor.levels and value not in factor.levels:
        raise ConfigError(f"{where}: one_at_a_time needs the value as it is, {value!r}, among the levels")
    if not factor.levels and not (value is not None and factor.low <= value <= factor.high):
        raise ConfigError(f"{where}: one_at_a_time needs the value as it is, {value!r}, inside the range")
    return factor.share(value)


def _morris(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """Trajectories of elementary effects (Morris 1991), in which every path meets both its ends, as long as there are two.

    A step goes from 0 to 2/3 or from 1/3 to 1 or back, which moves whatever has two values or more.  The mirror image of a trajectory in
    one path is a trajectory too; it brings the other pair of values in where by chance all trajectories stepped between the same two.
    """
    for factor in factors:
        if len(factor.levels) == 1:
            found = {"values": list(factor.levels)}
            raise ConfigError(f"experiment.vary.over.{factor.path}: found {found}; allowed with design morris: two values or more")
    _affordable(vary.size * (len(factors) + 1))
    problem = Cases(factors, np.zeros((0, len(factors)))).problem()
    shares = np.asarray(morris_sample.sample(problem, vary.size, num_levels=SCREENING_LEVELS, seed=vary.seed))
    if vary.size > 1:
        last = shares[-len(factors) - 1 :]
        one_sided = (shares.min(axis=0) > EDGE) | (shares.max(axis=0) < 1.0 - EDGE)
        last[:, one_sided] = 1.0 - last[:, one_sided]
    return shares


def _saltelli(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """Points for first-order and total Sobol' indices (Saltelli et al. 2010): size x (factors + 2) cases."""
    if vary.size & (vary.size - 1):
        raise ConfigError(f"experiment.vary.size: found {vary.size}; allowed with design saltelli: a power of two, as in 64")
    _affordable(vary.size * (len(factors) + 2))
    problem = Cases(factors, np.zeros((0, len(factors)))).problem()
    return np.asarray(sobol_sample.sample(problem, vary.size, calc_second_order=False, seed=vary.seed))


def _listed(vary: Vary, factors: tuple[Factor, ...], configs: Mapping[str, Config]) -> np.ndarray:
    """Cases of one's own: the first values of all paths together, then the second, and so on."""
    counts = {factor.path: len(factor.levels) for factor in factors}
    if len(set(counts.values())) != 1 or 0 in counts.values():
        found = ", ".join(f"{path} {count}" for path, count in list(counts.items())[:MANY])
        raise ConfigError(
            f"experiment.vary.over: found numbers of values {found}; allowed with design listed: {{values: [...]}} of one length"
        )
    shares = _middles(len(factors[0].levels))
    return np.repeat(shares[:, None], len(factors), axis=1)


DESIGNS: dict[str, Callable[[Vary, tuple[Factor, ...], Mapping[str, Config]], np.ndarray]] = {
    "grid": _grid, "factorial": _factorial, "fractional": _fractional, "lhs": _lhs, "sobol": _sobol, "one_at_a_time": _one_at_a_time,
    "morris": _morris, "saltelli": _saltelli, "listed": _listed,
}  # fmt: skip
