"""A made-up economy of three countries, with the shipped parameters: phases 6 to 8 without the rest of the model."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import yaml

from agents import draws
from agents.births import BirthParameters, Cradle
from agents.clusters import Clusters
from agents.draws import Purpose
from agents.investment import InvestmentParameters
from agents.population import FIELDS, Kind, Population
from agents.ties import Ties
from sim.cluster_founders import found_clusters
from sim.countries import Countries, Places, Sectors
from sim.eligibility import third_countries
from sim.entry import Entered, enter
from sim.finance import CashFlow, FinanceKeys, FinanceParameters, finance
from sim.founders import found_population, weighted_sum
from sim.geography import Geography, SpaceParameters, build_geography
from sim.levers import Levers
from sim.market import Market, MarketParameters, TradeFlows, TradeKeys, trade
from sim.trade_matrix import build_market
from sim.turnover import Departures, TurnoverParameters, bury, exits

CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "behaviour"
KINDS = {
    "birth": BirthParameters,
    "space": SpaceParameters,
    "market": MarketParameters,
    "finance": FinanceParameters,
    "investment": InvestmentParameters,
    "turnover": TurnoverParameters,
}
REST = (1.0, 0.22)
"""Depth of knowledge at rest, and its elasticity."""


def shipped(name: str, **changes: float) -> Any:
    """Parameters as configs/ has them, with changes."""
    tree = yaml.safe_load((CONFIGS / f"{name}.yaml").read_text())
    kind = KINDS[name]
    assert set(tree) == {field.name for field in fields(kind)}
    return replace(kind(**tree), **changes)


def countries_of(order: tuple[int, ...] = (0, 1, 2)) -> tuple[Countries, Places, list[frozenset[str]]]:
    """A large, a middling and a small country with five cities, in any order."""
    pick = np.array(order)
    count = len(pick)

    def column(*values: float) -> np.ndarray:
        return np.array(values, dtype=np.float64)[pick]

    gdp, gerd = column(900e3, 60e3, 15e3), column(1500.0, 160.0, 30.0)
    countries = Countries(
        iso=[["AAA", "BBB", "CCC"][c] for c in order], name=[["Aland", "Beland", "Celand"][c] for c in order],
        key=np.array([643, 112, 51])[pick], gdp=gdp, gerd=gerd, berd=0.6 * gerd, business_funded=column(0.6, 0.7, 0.8),
        organisations=column(700, 160, 60), weight=np.ones(count), start=np.zeros(count, np.int64), stop=np.zeros(count, np.int64),
        addresses=np.zeros((count, 1), np.int32), book=np.zeros(count, np.int64), tax=column(0.2, 0.18, 0.18),
        policy_rate=column(0.085, 0.08, 0.08), wage=column(0.03, 0.02, 0.015), ict=column(0.9, 0.85, 0.8),
        researchers=column(400e3, 20e3, 4e3), researchers_start=column(400e3, 20e3, 4e3), research_price=np.ones(count),
        research_start=np.zeros(count), untargeted=0.6 * gerd * (1.0 - column(0.6, 0.7, 0.8)), policy=np.ones(count, bool),
        delivery=np.ones(count), delivery_start=np.ones(count), customs_share=np.full(count, 1.0 / count),
        basic=np.zeros(count), efficiency=np.zeros(count), innovation=np.zeros(count),
    )  # fmt: skip
    cities = [("a1", 0, 55.8, 37.6, 0.6), ("a2", 0, 59.9, 30.3, 0.4), ("b1", 1, 53.9, 27.6, 0.7), ("b2", 1, 52.4, 31.0, 0.3)]
    cities.append(("c1", 2, 40.2, 44.5, 1.0))
    rows = [(name, n, lat, lon, share) for n, c in enumerate(order) for name, home, lat, lon, share in cities if home == c]
    name, home, lat, lon, share = zip(*rows)
    places = Places(list(name), np.array(home), np.array(lat), np.array(lon), np.array(share))
    blocs = [frozenset({"union_state", "eaeu"}), frozenset({"union_state", "eaeu"}), frozenset({"eaeu"})]
    return countries, places, [blocs[c] for c in order]


def sectors_of() -> Sectors:
    """Three sectors with overlapping profiles."""
    profile = np.zeros((3, FIELDS))
    profile[0, :5], profile[1, 3:8], profile[2, 6:] = 0.2, 0.2, 1 / 6
    return Sectors(
        name=["biotech", "ict", "food"], profile=profile, intensity=np.array([0.06, 0.05, 0.015]), growth=np.array([0.008, 0.01, 0.003]),
        openness=np.array([0.6, 0.5, 0.3]), patent=np.array([0.3, 0.2, 0.05]), weight=np.array([0.2, 0.3, 0.5]),
        stages=np.array([3, 2, 3]), high_tech=np.array([True, True, False]),
    )  # fmt: skip


def config_of(countries: Countries, scale: float) -> dict[str, Any]:
    """What founders read of a country's configuration."""
    figures = {"institute_share": 0.2, "university_share": 0.15, "emerging_share": 0.2, "active_share": 0.25}
    clusters = {"AAA": 20.0, "BBB": 8.0, "CCC": 2.0}
    return {
        iso: SimpleNamespace(scale=scale, sector_tilt={}, cluster_sectors={}, value={**figures, "clusters": clusters[iso]}.__getitem__)
        for iso in countries.iso
    }


@dataclass
class Economy:
    """Everything phases 6 to 8 touch."""

    seed: int
    countries: Countries
    places: Places
    sectors: Sectors
    geography: Geography
    population: Population
    cradle: Cradle
    clusters: Clusters
    market: Market
    ties: Ties
    parameters: dict[str, Any]

    @property
    def firm(self) -> np.ndarray:
        return self.population.alive & (self.population.kind == Kind.FIRM)

    def research(self) -> np.ndarray:
        """R&D by country, real."""
        return weighted_sum(self.population.research, self.countries.weight, self.population.country, len(self.countries))

    def quarter(
        self, quarter: int, levers: Callable[[Population, Levers], None] = lambda population, levers: None
    ) -> tuple[TradeFlows, CashFlow, Departures, Entered]:
        """One quarter of phases 6 to 8; firms' fitness keeps pace with the frontier."""
        p, q, c = self.parameters, self.population, self.countries

        def key(purpose: Purpose) -> np.uint64:
            return np.uint64(draws.key(self.seed, purpose, quarter))

        q.quality[self.firm] *= 1.0 + p["market"].frontier_growth
        lever, nothing = Levers.at_rest(q.capacity, len(c), len(self.sectors)), np.zeros(q.capacity)
        base = np.where(self.firm, q.research_mean, 0.0)
        lever.untargeted[:] = base * (c.untargeted / weighted_sum(base, c.weight, q.country, len(c)))[q.country]
        levers(q, lever)
        keys = TradeKeys(key(Purpose.DEMAND), key(Purpose.DEMAND_JUMP), key(Purpose.EXPORT_ENTRY))
        traded = trade(q, c, self.market, self.ties, lever, third_countries(self), keys, p["market"])
        flow = finance(
            q, c, self.sectors, self.clusters, self.market, lever, traded, nothing, nothing,
            FinanceKeys(key(Purpose.MARGIN), key(Purpose.CREDIT)), p["finance"], p["investment"], p["market"].smoothing,
        )  # fmt: skip
        gone = bury(self.seed, q, c, self.clusters, self.market, exits(q, self.market, p["turnover"]))
        came = enter(
            self.seed, quarter, q, c, self.sectors, self.clusters, self.market, self.cradle, p["turnover"], p["birth"], REST,
            lever.start_relief,
        )  # fmt: skip
        return traded, flow, gone, came


def economy(seed: int = 1, order: tuple[int, ...] = (0, 1, 2), scale: float = 1.0, **parameters: Any) -> Economy:
    """A founded economy; parameters: a dataclass by name instead of the shipped one."""
    p = {name: parameters.get(name, shipped(name)) for name in KINDS}
    countries, places, membership = countries_of(order)
    sectors, config = sectors_of(), config_of(countries, scale)
    closed = np.zeros((len(order), len(order)), bool)
    geography = build_geography(countries, places, sectors, membership, closed, p["space"])
    population, cradle = found_population(seed, config, countries, places, sectors, p["birth"], REST)
    clusters = found_clusters(seed, config, countries, sectors, population, cradle, p["birth"])
    market = build_market(seed, population, countries, sectors, geography, p["birth"].export_spread, p["market"])
    return Economy(seed, countries, places, sectors, geography, population, cradle, clusters, market, Ties(population.capacity, 8), p)
