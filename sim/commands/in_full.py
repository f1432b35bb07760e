"""One country, instrument, behaviour ... in full: every number with what is known about it."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from sim.commands.compose import compose_tree, load_tree
from sim.config import Config, CountryConfig
from sim.config_classes import SectorConfig
from sim.experiments.spreads import Range, figure_range
from sim.facts import SECTIONS, Figure, bounds

Rows = list[tuple[str, ...]]


def in_full(group: str, name: str, overrides: Sequence[str]) -> str:
    """The text for `crosscluster list GROUP.NAME`."""
    chosen = {
        "country": [f"country=[{name}]", "scenario=no_policy"],
        "instrument": [f"instrument=[{name}]", "scenario=no_policy", "world=eaeu"],
        "sector": [],
        "behaviour": [],
    }.get(group, [f"{group}={name}"])
    tree = compose_tree([*chosen, *overrides])
    if group in ("experiment", "calibrated"):
        return table(_leaves(tree["experiment"], ""))
    config = load_tree(tree)
    if group == "country":
        return "\n\n".join(_country(country) for country in config.country.values())
    return table(list(_rows(group, name, config)))


def _rows(group: str, name: str, config: Config) -> Iterator[tuple[str, ...]]:
    if group == "scenario":
        yield ("instrument", "kind", "dose", "quarters", "label")
        for own, it in config.instrument.items():
            yield (own, it.kind, f"{it.dose:g}", f"{it.start} to {it.end}", it.label)
        return
    yield ("key", "value", "unit", "range", "null", "source")
    if group == "instrument":
        for own, instrument in config.instrument.items():
            yield from _declared(instrument, f"instrument.{own}")
    elif group == "world":
        yield from _declared(config.world, "world")
        for iso, country in config.country.items():
            organisations = country.scale * country.value("rd_performing_organisations")
            yield (f"country.{iso}.scale", f"{country.scale:g}", f"makes {organisations:.0f} organisations of {country.name}", "", "", "")
    else:
        part: SectorConfig | Any = config.sector[name] if group == "sector" else getattr(config.behaviour, name)
        yield from _declared(part, f"{group}.{name}")


def _declared(part: Any, where: str) -> Iterator[tuple[str, ...]]:
    """Fields of a dataclass with the declaration of their numbers."""
    for field in fields(part):
        value, number = getattr(part, field.name), field.metadata.get("number")
        if is_dataclass(value):
            yield from _declared(value, f"{where}.{field.name}")
        elif number is None:
            yield (f"{where}.{field.name}", _shown(value), "", "", "", "")
        else:
            null = "" if number.null is None else f"{number.null:g}"
            yield (f"{where}.{field.name}", _shown(value), number.unit, f"{number.low:g} .. {number.high:g}", null, number.source)


def _country(country: CountryConfig) -> str:
    """Everything about a country, each number with year, quality and source."""
    rows: Rows = [("figure", "value", "unit", "year", "quality", "range", "source")]
    for section in SECTIONS:
        for name, figure in getattr(country, section).items():
            label = name if section == "figures" else f"{section}.{name}"
            rows.append(_figure(label, figure, bounds(section, name).unit, figure_range(country, section, name)))
    places: Rows = [("place", "share", "north", "east", "year", "quality", "source")]
    for place in country.places.values():
        places.append(
            (place.name, f"{place.share:g}", f"{place.lat:.3f}", f"{place.lon:.3f}", str(place.year), place.quality, place.source)
        )
    blocs = ", ".join(f"{bloc} since {m.since}{f' until {m.until}' if m.until else ''}" for bloc, m in country.blocs.items()) or "none"
    head = f"{country.name} ({country.iso}, ISO number {country.key}); blocs: {blocs}; scale {country.scale:g}"
    return f"{head}\n\n{table(rows)}\n\n{table(places)}\ncoordinates: GeoNames, rounded"


def _figure(name: str, figure: Figure, unit: str, span: Range | None) -> tuple[str, ...]:
    between = f"{span.low:.4g} .. {span.high:.4g}" if span else ""
    return (name, f"{figure.value:.9g}", unit, str(figure.year), figure.quality, between, figure.source)


def _leaves(tree: Any, where: str) -> Rows:
    if isinstance(tree, dict):
        return [row for key, value in tree.items() for row in _leaves(value, f"{where}.{key}" if where else key)]
    return [(where, _shown(tree))]


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(inner) for inner in value) or "(none)"
    return "-" if value is None else str(value)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns as wide as they need; the last one as long as it likes."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)] if rows else []
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip() for row in rows
    )
