"""The shape of a configuration: frozen dataclasses with the unit, range, null value and source of every number.

YAML holds the values; there are no defaults here.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from agents.parameters import number
from sim.behaviours import Behaviour
from sim.facts import Figure, Quality
from sim.timetable import Entry

Bloc = Literal["union_state", "eaeu", "eu"]
BLOCS: tuple[str, ...] = get_args(Bloc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Between two countries or blocs no project is allowed from a calendar year on."""

    between: tuple[str, str]
    since: int = number("calendar year", 1990, 2100, "docs/ODD.md", whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldConfig:
    """Time and scale of a world."""

    name: str
    label: str
    calendar: Literal[2021, 2024]
    burn_in: int = number("quarters", 0, 400, "guess; until primary outcomes have no trend", whole=True)
    programme: int = number("quarters", 1, 400, "five years", whole=True)
    after: int = number("quarters", 0, 400, "five years", whole=True)
    dollars_2021: float = number("int$ of 2021 per int$ of 2017", 0.5, 2.0, "US GDP deflator")
    closures: tuple[Closure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A country in a bloc."""

    since: int = number("year", 1900, 2100, "treaty", whole=True)
    until: int | None = number("year", 1900, 2100, "treaty", whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceConfig:
    """A city and the share of its country's R&D organisations in and around it."""

    name: str
    lat: float = number("degrees north", -90, 90, "GeoNames")
    lon: float = number("degrees east", -180, 180, "GeoNames")
    share: float = number("0..1", 0, 1, "given beside it")
    year: int = number("year of the share", 1900, 2100, "given beside it", whole=True)
    quality: Quality
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryConfig:
    """A country: what it is, where its places are, and its figures with their provenance."""

    iso: str
    name: str
    key: int = number("ISO 3166 numeric, its permanent luck key", 1, 999, "ISO 3166", whole=True)
    policy: bool
    scale: float = number("organisations of the model per real one", 1e-6, 1000, "docs/ODD.md")
    blocs: dict[Bloc, Membership]
    places: dict[str, PlaceConfig]
    sector_tilt: dict[str, Figure]
    cluster_sectors: dict[str, Figure]
    figures: dict[str, Figure]

    def value(self, figure: str) -> float:
        """The value of one of its figures (sim.facts.FIGURES)."""
        return self.figures[figure].value


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorConfig:
    """A sector and the knowledge its products need."""

    label: str
    profile: dict[str, float] = number("weight of a technology field, together 1", 0, 1, "guess")
    intensity: float = number("R&D / sales of R&D performers", 0.0001, 0.5, "guess, order of OECD's R&D intensities")
    growth: float = number("1/quarter, real expenditure", -0.05, 0.05, "guess")
    openness: float = number("part of expenditure open to foreign suppliers", 0, 1, "guess")
    patent: float = number("patents per innovation, everywhere", 0, 10, "guess")
    weight: float = number("share in expenditure of the sectors modelled", 0.0001, 1, "guess")
    high_tech: bool
    chain: tuple[str, ...]
    source: str

    @property
    def stages(self) -> int:
        """Processing stages of the key product."""
        return len(self.chain)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioConfig:
    """What the instruments are together."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConfig:
    """What is written down."""

    panel: bool
    focus: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a run depends on but its seed."""

    world: WorldConfig
    country: dict[str, CountryConfig]
    sector: dict[str, SectorConfig]
    behaviour: Behaviour
    instrument: dict[str, Any]
    timetable: tuple[Entry, ...]
    scenario: ScenarioConfig
    record: RecordConfig
    check: bool
