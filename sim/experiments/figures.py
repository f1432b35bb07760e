"""Country figures as uncertainties: which ones a pattern of paths names, over which ranges they are sampled, and the account of both.

A PATTERN is a path with * for any name in it, as country.*.figures.* or country.KGZ.figures.*: all those figures that are no facts, but for
those with which results are only compared (CONTEXT).  The path of a figure is that of its value, country.KGZ.figures.clusters.value.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.config import Config
from sim.config_check import MANY, ConfigError, nearest, refuse
from sim.config_rules import TOLERANCE
from sim.experiments.cases import Cases, Factor
from sim.experiments.spreads import Range, declared, figure_range
from sim.facts import CONTEXT, SECTIONS, UNSURE, Figure, bounds

WORDS = {"sector_tilt": "{iso} tilt to {name}", "cluster_sectors": "{iso} clusters in {name}", "figures": "{iso} {name}"}
"""What a figure of a section is called where people read."""


def is_pattern(path: str) -> bool:
    """Does a path name figures of countries with a *, as country.KGZ.figures.*?"""
    parts = path.split(".")
    return "*" in parts and parts[0] == "country" and len(parts) in (4, 5)


def named_figures(pattern: str, spec: Any, configs: Mapping[str, Config]) -> list[str]:
    """Paths of the figures that a pattern names, in the order of the countries and of sim.facts.

    spec: what the experiment says of it; {quality: ...} keeps those of these qualities.  Raises ConfigError where it names none.
    """
    where = f"experiment.vary.over.{pattern}"
    qualities = _qualities(spec, where)
    figures = {path: figure for config in configs.values() for path, figure in all_figures(config)}
    found = _matching(pattern, list(figures), where)
    unsure = [path for path in found if _is_unsure(path, figures[path], qualities)]
    if not unsure:
        there = ", ".join(dict.fromkeys(figures[path].quality for path in found))
        raise ConfigError(
            f"{where}: found quality {there} alone, or figures for comparison; allowed: figures of quality {', '.join(qualities)}"
        )
    return unsure


def has_quality(spec: Any) -> bool:
    """Does an experiment ask for figures of certain qualities over their declared ranges, as in {quality: imputed}?"""
    return isinstance(spec, Mapping) and "quality" in spec


def _qualities(spec: Any, where: str) -> tuple[str, ...]:
    if not has_quality(spec):
        return UNSURE
    wanted = [spec["quality"]] if isinstance(spec["quality"], str) else spec["quality"]
    if len(spec) > 1 or not isinstance(wanted, list | tuple) or not wanted:
        raise refuse(where, dict(spec), "{quality: imputed}, {quality: [estimate, guess]} and nothing else")
    for each in wanted:
        if each not in UNSURE:
            raise refuse(f"{where}.quality", each, ", ".join(UNSURE) + nearest(str(each), UNSURE))
    return tuple(wanted)


def _path(iso: str, section: str, name: str) -> str:
    return f"country.{iso}.{section}.{name}.value"


def _is_unsure(path: str, figure: Figure, qualities: Sequence[str] = UNSURE) -> bool:
    """Is a figure none of the facts, of these qualities, and not one with which results are only compared?"""
    return figure.quality in qualities and path.split(".")[3] not in CONTEXT


def all_figures(config: Config) -> Iterator[tuple[str, Figure]]:
    """Path and figure of everything that a configuration holds of its countries."""
    for iso, country in config.country.items():
        for section in SECTIONS:
            for name, figure in getattr(country, section).items():
                yield _path(iso, section, name), figure


def _matching(pattern: str, paths: Sequence[str], where: str) -> list[str]:
    """Paths that agree with a pattern part by part; ConfigError with the first part that none has."""
    left = list(paths)
    for place, part in enumerate(pattern.split(".")):
        there = list(dict.fromkeys(path.split(".")[place] for path in left))
        if part not in ("*", *there):
            above = ".".join(pattern.split(".")[:place])
            allowed = ", ".join(there[:MANY]) + (", ..." if len(there) > MANY else "")
            raise ConfigError(f"{where}: no arm has '{part}' in '{above}'; allowed: *, {allowed}{nearest(part, there)}")
        left = [path for path in left if part in ("*", path.split(".")[place])]
    return left


def of_path(config: Config, path: str) -> tuple[Figure, Range | None] | None:
    """The figure whose value a path is, with its declared range, None for a fact; None where the path is none of a figure."""
    parts = path.split(".")
    if len(parts) != 5 or parts[0] != "country" or parts[2] not in SECTIONS or parts[4] != "value":
        return None
    country = config.country[parts[1]]
    return getattr(country, parts[2])[parts[3]], figure_range(country, parts[2], parts[3])


def declared_factor(config: Config, path: str, where: str) -> Factor | None:
    """A figure over its declared range; None where the path is none of a figure.

    ConfigError where the figure is a fact, or where nothing lies around its value.
    """
    known = of_path(config, path)
    if known is None:
        return None
    figure, span = known
    if span is None:
        allowed = f"a range of the experiment's own, as in [{0.9 * figure.value:.4g}, {1.1 * figure.value:.4g}]"
        raise ConfigError(f"{where}: found quality {figure.quality}, a fact without a declared range; allowed: {allowed}")
    if not span.low < span.high:
        allowed = f"a value that its declared range ({span.rule}) leaves room around, or a range of the experiment's own"
        raise refuse(where, figure.value, allowed)
    return Factor(path, span.low, span.high, span.logarithmic)


def refuse_more_than_whole(cases: Cases, configs: Mapping[str, Config]) -> None:
    """ConfigError where parts of one whole, such as the shares of institutes and universities, would exceed it in some case.

    What they make together as they stand is never too much.
    """
    columns = {factor.path: number for number, factor in enumerate(cases.factors)}
    for iso, country in next(iter(configs.values())).country.items():
        for whole in declared().wholes.values():
            varied = [path for part in whole.parts if (path := _path(iso, "figures", part)) in columns]
            if not varied:
                continue
            fixed = sum(country.value(part) for part in whole.parts if _path(iso, "figures", part) not in columns)
            allowed = max(whole.most, sum(country.value(part) for part in whole.parts))
            if (most := fixed + _most(cases, [columns[path] for path in varied], allowed - fixed)) > allowed + TOLERANCE:
                found = f"{' + '.join(whole.parts)} = {most:.4g} in a case"
                raise ConfigError(f"experiment.vary.over.{varied[-1]}: found {found}; allowed: at most {allowed:g}")


def _most(cases: Cases, columns: Sequence[int], enough: float) -> float:
    """The most that some factors make together: over their ranges, and if that is more than enough, over the cases."""
    factors = [cases.factors[column] for column in columns]
    over_ranges = sum(float(max(factor.levels)) if factor.levels else factor.high for factor in factors)
    if over_ranges <= enough + TOLERANCE:
        return over_ranges
    shares = np.unique(cases.shares[:, columns], axis=0)
    return max(sum(float(factor.at(share)) for factor, share in zip(factors, row, strict=True)) for row in shares.tolist())


def account(config: Config, factors: Sequence[Factor] = (), over: Mapping[str, Any] | None = None) -> dict[str, dict[str, dict[str, Any]]]:
    """What a manifest says of the figures of countries.

    sampled: every figure that was varied, by its path, with the entry of `over` that named it, its own value and quality, and its range or
    levels.  as_they_stand: every figure (CONTEXT left out) that is no fact and was not varied, so that no estimate passes for one.
    """
    figures, patterns = dict(all_figures(config)), _patterns(config, over or {})
    varied = {factor.path: factor for factor in factors if factor.path in figures}
    return {
        "sampled": {path: {"named_by": patterns.get(path, path), **_sampled(config, factor)} for path, factor in varied.items()},
        "as_they_stand": {
            path: {"quality": figure.quality, "value": figure.value, "source": figure.source}
            for path, figure in figures.items()
            if path not in varied and _is_unsure(path, figure)
        },
    }


def _patterns(config: Config, over: Mapping[str, Any]) -> dict[str, str]:
    """Path -> the first entry of an experiment's `over` that names it, of those that are patterns."""
    found: dict[str, str] = {}
    for entry, spec in over.items():
        for path in named_figures(entry, spec, {"": config}) if is_pattern(entry) else [entry]:
            found.setdefault(path, entry)
    return found


def _sampled(config: Config, factor: Factor) -> dict[str, Any]:
    """One varied figure, for the manifest."""
    known = of_path(config, factor.path)
    assert known is not None
    figure, span = known
    _, iso, section, name, _ = factor.path.split(".")
    own = span is None or factor.levels or (factor.low, factor.high) != (span.low, span.high)
    asked: dict[str, Any] = {"levels": list(factor.levels)} if factor.levels else {"low": factor.low, "high": factor.high}
    return {
        "label": f"{WORDS[section].format(iso=iso, name=name.replace('_', ' '))} ({figure.quality})",
        "quality": figure.quality,
        "value": figure.value,
        "year": figure.year,
        "source": figure.source,
        "unit": bounds(section, name).unit,
        **asked,
        "scale": "log" if factor.logarithmic else "linear",
        "rule": "a range of the experiment's own" if own or span is None else f"{span.rule} ({span.source})",
    }
