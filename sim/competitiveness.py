"""Competitiveness of countries in three pillars, after the Global Competitiveness Index ([PY17], table I), and cohesion.

    score = w_1 z_basic + w_2 z_efficiency + w_3 z_innovation

z are normal scores of the sub-index ranks of 2016/17 at the opening of programmes. From there
    z_basic       stays: nothing in the model moves it
    z_efficiency  + efficiency_slope x change of (mean log productivity - log frontier)
    z_innovation  + research_slope x change of ln(R&D / GDP) + novelty_weight x change of ln(1 + n)
The frontier is set outside the modelled countries; n: radical and joint innovations of the last year an organisation.
Weights w follow the stage of development by nominal GDP per head, interpolated between stages.  The slopes are cross-section slopes over
nine countries, not effects; a rank moves only because the rest of the table stands still, so publish the score, and call nothing a
move below .19, the real two-year standard deviation of z.  NOT weighted: a country counts once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agents.parameters import number
from sim.accounts import Accounts
from sim.calendar import YEAR
from sim.indicators import ratio

if TYPE_CHECKING:
    from sim.world import World


@dataclass(frozen=True, slots=True)
class IndexParameters:
    """Weights of the pillars by stage of development, and how modelled change moves the pillars."""

    basic_first: float = number("share", 0, 1, "Global Competitiveness Index: factor-driven stage")
    efficiency_first: float = number("share", 0, 1, "same")
    basic_second: float = number("share", 0, 1, "same: efficiency-driven stage")
    efficiency_second: float = number("share", 0, 1, "same")
    basic_third: float = number("share", 0, 1, "same: innovation-driven stage")
    efficiency_third: float = number("share", 0, 1, "same")
    first_ends: float = number("US$ a head", 0, 1e6, "same")
    second_begins: float = number("US$ a head", 0, 1e6, "same")
    second_ends: float = number("US$ a head", 0, 1e6, "same")
    third_begins: float = number("US$ a head", 0, 1e6, "same")
    efficiency_slope: float = number("z per log point", 0, 10, "cross-section of nine countries: 1.76, R2 .91", null=0)
    research_slope: float = number("z per log point", 0, 10, "cross-section of nine countries: .66, R2 .62", null=0)
    novelty_weight: float = number("z per log point", 0, 10, "guess", null=0)


def pillar_weights(gdp_per_head: np.ndarray, p: IndexParameters) -> np.ndarray:
    """Weights of (basic, efficiency, innovation) for nominal GDP per head (C,), shape (C, 3); each row sums to 1."""
    stages = [p.first_ends, p.second_begins, p.second_ends, p.third_begins]
    basic = np.interp(gdp_per_head, stages, [p.basic_first, p.basic_second, p.basic_second, p.basic_third])
    efficiency = np.interp(gdp_per_head, stages, [p.efficiency_first, p.efficiency_second, p.efficiency_second, p.efficiency_third])
    return np.stack([basic, efficiency, 1.0 - basic - efficiency], axis=1)


def index(accounts: Accounts, world: "World", opening: int) -> dict[str, np.ndarray]:
    """Scores of the pillars, the index, and the rank among the modelled countries, each f8 (quarters, C).

    accounts f8 (quarters, C).  opening: position of the last quarter before the programmes, from which change counts.
    """
    p: IndexParameters = world.config.behaviour.index
    countries = world.countries
    gap = ratio(accounts["sales_times_fitness"] - accounts["sales_times_frontier"], accounts["sales"])
    novelty = np.log1p(ratio(last_year(accounts["radical"] + accounts["joint"]), accounts["organisations"]))
    research = np.log(np.where(accounts["research"] > 0.0, accounts["research"], 1.0))
    pillars = {
        "pillar_basic": np.zeros(gap.shape) + countries.basic,
        "pillar_efficiency": countries.efficiency + p.efficiency_slope * _change(gap, opening),
        "pillar_innovation": countries.innovation
        + p.research_slope * _change(research, opening)
        + p.novelty_weight * _change(novelty, opening),
    }
    head = np.array([world.config.country[iso].value("gdp_pc_nominal_usd") for iso in countries.iso])
    weights = pillar_weights(head, p)
    score = sum(weights[:, n] * pillar for n, pillar in enumerate(pillars.values()))
    rank = 1.0 + (score[:, None, :] > score[:, :, None]).sum(axis=2)
    return {**pillars, "index": score, "index_rank": rank}


def cohesion(productivity: np.ndarray, sales: np.ndarray) -> dict[str, np.ndarray]:
    """Gap between countries, f8 (quarters,): spread (standard deviation) and worst-off member of productivity.

    productivity, sales: f8 (quarters, members); a country whose firms sell nothing has no productivity and does not count.
    """
    counted = np.ma.array(productivity, mask=sales <= 0.0)
    return {"productivity_spread": counted.std(axis=1).filled(0.0), "productivity_worst": counted.min(axis=1).filled(0.0)}


def last_year(flow: np.ndarray) -> np.ndarray:
    """Sum of a flow (quarters, C) over the last four quarters, fewer at the start."""
    total = flow.copy()
    for lag in range(1, YEAR):
        total[lag:] += flow[:-lag]
    return total


def _change(values: np.ndarray, since: int) -> np.ndarray:
    return values - values[since]
