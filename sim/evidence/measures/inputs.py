"""Does the world keep what was put into it?  Ranks of countries, R&D and organisations, where research sits."""

import numpy as np
from scipy import stats

from sim.calendar import YEAR
from sim.evidence.watch import NAN, Values, Watch, over
from sim.frames import opening

FEWEST_COUNTRIES = 4
CAPITAL = ("BLR", "Minsk")
"""A city whose part of its country's R&D staff is known."""


def measure(watch: Watch, levels: dict[str, np.ndarray]) -> Values:
    """Everything of this file.  levels: indicators by name, f8 (quarters, countries and groups)."""
    return ranks(watch, levels) | kept(watch, levels) | {"capital_research": capital(watch)}


def ranks(watch: Watch, levels: dict[str, np.ndarray]) -> Values:
    """Spearman's correlations, of two columns at the opening with sub-ranks of 2016/17 (1 is the best), where those are known.

    productivity_rank: sales per employee with the efficiency rank; research_rank: R&D over GDP with the innovation rank.
    """
    world = watch.world
    names = {"productivity_rank": "gci_efficiency_rank", "research_rank": "gci_innovation_rank"}
    countries = list(world.config.country.values())
    known = [c for c, country in enumerate(countries) if all(country.figures[name].quality != "imputed" for name in names.values())]
    if len(known) < FEWEST_COUNTRIES:
        return dict.fromkeys(names, NAN)
    at = opening(world)
    columns = {
        "productivity_rank": levels["sales_per_head"][at, : len(countries)],
        "research_rank": levels["research"][at, : len(countries)] / world.countries.gdp,
    }
    return {
        name: float(stats.spearmanr(-columns[name][known], [countries[c].value(rank) for c in known]).statistic)
        for name, rank in names.items()
    }


def kept(watch: Watch, levels: dict[str, np.ndarray]) -> Values:
    """Largest gap, up or down, of a country at the end to what it was founded with, per cent: R&D of the last year, organisations.

    research_kept, organisations_kept: of policy countries; neighbours_kept: organisations of the others.
    """
    world, people = watch.world, watch.world.population
    count, policy = len(world.countries), world.countries.policy
    living = np.bincount(people.country[people.alive], world.weight[people.alive], count) / world.countries.organisations
    spent = levels["research"][-YEAR:, :count].mean(axis=0) / world.countries.gerd
    found = {"research_kept": spent[policy], "organisations_kept": living[policy], "neighbours_kept": living[~policy]}
    return {name: 100 * float(np.abs(part - 1).max()) if len(part) else NAN for name, part in found.items()}


def capital(watch: Watch) -> float:
    """R&D that CAPITAL does of its country's, per cent; nan in a world without it."""
    world, people = watch.world, watch.world.population
    iso, city = CAPITAL
    if iso not in world.countries.iso:
        return NAN
    country = world.countries.iso.index(iso)
    home = (world.places.country == country)[people.place] & people.alive
    there = home & (np.array(world.places.name) == city)[people.place]
    return 100 * over(people.research_mean[there].sum(), people.research_mean[home].sum())
