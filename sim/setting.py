"""From configured figures to the arrays of countries, places and sectors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from agents.parameters import number
from agents.population import TECHNOLOGY_FIELDS
from sim.calendar import YEAR
from sim.countries import Countries, Places, Sectors

if TYPE_CHECKING:
    from sim.config import Config

RANKED = 138.0
"""Countries in the 2016/17 table of the Global Competitiveness Index."""


@dataclass(frozen=True, slots=True)
class SettingParameters:
    """What figures leave open."""

    output: float = number("sales per employee over GDP per head", 0.5, 20, "guess: R&D performers sell inputs as well as value added")


def build_countries(config: "Config") -> Countries:
    """Countries in the order of the config; blocks, weights and address books are filled when the population is founded."""
    figures = list(config.country.values())
    count = len(figures)

    def column(name: str) -> np.ndarray:
        return np.array([figure.value(name) for figure in figures], dtype=np.float64)

    gdp = column("gdp_pc_ppp_2017intl") * column("population") * config.world.dollars_2021 / 1e6 / YEAR
    gerd = gdp * column("gerd_pct_gdp") / 100.0
    berd = gerd * column("berd_share_of_gerd_pct") / 100.0
    researchers = column("researchers_per_million_fte") * column("population") / 1e6
    state_share = column("state_share_of_berd")
    return Countries(
        iso=list(config.country),
        name=[figure.name for figure in figures],
        key=np.array([figure.key for figure in figures], np.int64),
        gdp=gdp,
        gerd=gerd,
        berd=berd,
        business_funded=1.0 - state_share,
        organisations=column("rd_performing_organisations"),
        weight=np.ones(count),
        start=np.zeros(count, np.int64),
        stop=np.zeros(count, np.int64),
        addresses=np.zeros((count, 1), np.int32),
        book=np.zeros(count, np.int64),
        tax=column("corporate_tax_pct") / 100.0,
        policy_rate=column("policy_rate_pct") / 100.0,
        wage=config.behaviour.setting.output * column("gdp_pc_ppp_2017intl") * config.world.dollars_2021 / 1e6 / YEAR,
        ict=column("ict"),
        researchers=researchers,
        researchers_start=researchers.copy(),
        research_price=np.ones(count),
        research_start=np.zeros(count),
        untargeted=berd * state_share,
        delivery=column("delivery"),
        delivery_start=column("delivery"),
        customs_share=column("customs_share_pct") / 100.0,
        policy=np.array([figure.policy for figure in figures], bool),
        basic=normal_score(column("gci_basic_rank")),
        efficiency=normal_score(column("gci_efficiency_rank")),
        innovation=normal_score(column("gci_innovation_rank")),
    )


def normal_score(rank: np.ndarray) -> np.ndarray:
    """Normal score of a rank among RANKED countries: high for a good (small) rank."""
    return -np.asarray(ndtri((rank - 0.5) / RANKED))


def build_places(config: "Config") -> Places:
    """Cities of all countries, in the order of the config."""
    rows = [(place, c) for c, country in enumerate(config.country.values()) for place in country.places.values()]
    return Places(
        name=[place.name for place, _ in rows],
        country=np.array([c for _, c in rows], np.int64),
        latitude=np.array([place.lat for place, _ in rows], np.float64),
        longitude=np.array([place.lon for place, _ in rows], np.float64),
        share=np.array([place.share for place, _ in rows], np.float64),
    )


def build_sectors(config: "Config") -> Sectors:
    """Sectors in the order of the config; knowledge profiles over the fields in their fixed order."""
    sectors = list(config.sector.values())
    profile = np.array([[sector.profile.get(field, 0.0) for field in TECHNOLOGY_FIELDS] for sector in sectors], dtype=np.float64)
    return Sectors(
        name=list(config.sector),
        profile=profile / profile.sum(axis=1, keepdims=True),
        intensity=np.array([sector.intensity for sector in sectors]),
        growth=np.array([sector.growth for sector in sectors]),
        openness=np.array([sector.openness for sector in sectors]),
        patent=np.array([sector.patent for sector in sectors]),
        weight=np.array([sector.weight for sector in sectors]),
        stages=np.array([sector.stages for sector in sectors], np.int64),
        high_tech=np.array([sector.high_tech for sector in sectors], bool),
    )
