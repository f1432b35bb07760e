"""What single fields cannot say: sums, names that must exist, a world that has somebody in it."""

from collections.abc import Iterable
from difflib import get_close_matches
from math import fsum
from typing import Any

from agents.population import TECHNOLOGY_FIELDS
from sim.config_check import ConfigError, as_number, nearest, refuse
from sim.config_classes import BLOCS, Config, CountryConfig
from sim.facts import CONTEXT, FIGURES, missing
from sim.timetable import stages

SLIP = 0.9
"""Likeness of two names from which one is taken for the other misspelt."""
TOLERANCE = 1e-6
"""How far a sum of shares may be from 1."""


def check_rules(config: Config) -> None:
    """Raise ConfigError for the first rule that is broken."""
    _somebody(config)
    for iso, country in config.country.items():
        _country(country, iso, config)
    for name, sector in config.sector.items():
        where = f"sector.{name}.profile"
        _known(sector.profile, TECHNOLOGY_FIELDS, where)
        _whole(sector.profile.values(), where)
        if not 1 <= sector.stages <= 3:
            raise refuse(f"sector.{name}.chain", list(sector.chain), "one to three processing stages")
    _no_typo(config.record.focus, config.sector, "record.focus")
    for name, instrument in config.instrument.items():
        _target(instrument, f"instrument.{name}", config)
    for where, entry, instruments in stages(config.timetable, config.instrument):
        for name in entry.names():
            _target(instruments[name], f"{where}.set.instrument.{name}", config)
    for closure in config.world.closures:
        for side in closure.between:
            if side not in BLOCS and not (len(side) == 3 and side.isupper()):
                raise refuse("world.closures", side, f"{', '.join(BLOCS)}, or a country as in RUS")


def _somebody(config: Config) -> None:
    if not config.country:
        raise ConfigError("country: found no country; allowed: at least one, as in country=[russia,belarus]")
    if not config.sector:
        raise ConfigError("sector: found no sector; allowed: at least one, as in sector=[biotech]")
    if not any(country.policy for country in config.country.values()):
        raise ConfigError("country: found no country whose policy is under study; allowed: 'policy: true' in at least one")
    keys: dict[int, str] = {}
    for iso, country in config.country.items():
        if country.key in keys:
            raise ConfigError(f"country.{iso}.key: found {country.key}, which {keys[country.key]} has; allowed: its own ISO number")
        keys[country.key] = iso


def _country(country: CountryConfig, iso: str, config: Config) -> None:
    where = f"country.{iso}"
    if country.iso != iso or len(iso) != 3 or not iso.isupper():
        raise refuse(f"{where}.iso", country.iso, f"the name of its section, three capital letters ('{iso}')")
    _known(country.figures, [*FIGURES, *CONTEXT], f"{where}.figures")
    for name in missing(country.figures):
        raise ConfigError(f"{where}.figures.{name}: missing; allowed: a figure in the country's file or in facts=FILE.csv")
    for name, figure in country.figures.items():
        as_number(figure.value, {**FIGURES, **CONTEXT}[name], f"{where}.figures.{name}.value")
    if not country.places:
        raise ConfigError(f"{where}.places: found no place; allowed: at least one")
    _whole([place.share for place in country.places.values()], f"{where}.places (shares)")
    _at_most_one(country, f"{where}.figures", "emerging_share", "active_share")
    _at_most_one(country, f"{where}.figures", "institute_share", "university_share")
    if country.value("institute_share") + country.value("university_share") > 1 - TOLERANCE:
        raise ConfigError(
            f"{where}.figures: found no firms, as institute_share and university_share make 1; allowed: less than 1, a market needs a firm"
        )
    _no_typo(country.cluster_sectors, config.sector, f"{where}.cluster_sectors")
    _no_typo(country.sector_tilt, config.sector, f"{where}.sector_tilt")


def _target(instrument: Any, where: str, config: Config) -> None:
    """Who qualifies and who pays are names that exist; what an instrument is besides is its own affair."""
    _no_typo(instrument.target.sectors, config.sector, f"{where}.target.sectors")
    _no_typo(instrument.target.places, [name for c in config.country.values() for name in _place_names(c)], f"{where}.target.places")
    _no_typo(instrument.target.countries, config.country, f"{where}.target.countries")
    _known(instrument.target.kinds, ("firm", "institute", "university"), f"{where}.target.kinds")
    _no_typo(instrument.payers, (*config.country, "policy"), f"{where}.payers")
    _known(instrument.residual_of, config.instrument, f"{where}.residual_of")
    for name in instrument.others:
        _no_slip(getattr(instrument, name), config.instrument, f"{where}.{name}")


def _no_slip(names: Iterable[str], there: Iterable[str], where: str) -> None:
    """Another programme may be absent, and two may have names that are much alike, but one that is a letter off is a mistake."""
    there = list(there)
    for name in names:
        alike = get_close_matches(name, there, n=1, cutoff=SLIP)
        if alike and name not in there:
            raise ConfigError(f"{where}: found '{name}'; did you mean '{alike[0]}'?  Allowed: {', '.join(there)}")


def _place_names(country: CountryConfig) -> list[str]:
    return [place.name for place in country.places.values()]


def _no_typo(names: Iterable[str], there: Iterable[str], where: str) -> None:
    """A country or sector may be absent from this world, but a name like one that is there is a mistake."""
    there = list(there)
    _known([name for name in names if nearest(name, there)], there, where)


def _known(names: Iterable[str], allowed: Iterable[str], where: str) -> None:
    allowed = list(allowed)
    for name in names:
        if name not in allowed:
            raise ConfigError(f"{where}: found '{name}'; allowed: {', '.join(allowed)}{nearest(name, allowed)}")


def _whole(shares: Iterable[float], where: str) -> None:
    total = fsum(shares)
    if abs(total - 1) > TOLERANCE:
        raise ConfigError(f"{where}: found shares that sum to {total:g}; allowed: a sum of 1")


def _at_most_one(country: CountryConfig, where: str, first: str, second: str) -> None:
    total = country.value(first) + country.value(second)
    if total > 1 + TOLERANCE:
        raise ConfigError(f"{where}: found {first} + {second} = {total:g}; allowed: at most 1")
