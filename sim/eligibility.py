"""Who qualifies for a programme: the target group as a mask over organisations."""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.clusters import ClusterStage
from agents.draws import Purpose, bits, unit
from agents.population import Kind
from sim.exporting import REST_BIT

if TYPE_CHECKING:
    from sim.instrument import Target
    from sim.programme import Programme
    from sim.world import World

KINDS = {"firm": Kind.FIRM, "institute": Kind.INSTITUTE, "university": Kind.UNIVERSITY}
STAGES = {"potential": ClusterStage.POTENTIAL, "emerging": ClusterStage.EMERGING, "active": ClusterStage.ACTIVE,
          "declining": ClusterStage.DECLINING}  # fmt: skip
SIZE_CLASSES = (10.0, 50.0, 250.0)
"""Staff from which an organisation is small, medium, large (EU recommendation 2003/361)."""


def eligible(world: "World", programme: "Programme") -> np.ndarray:
    """Rows that qualify for a programme, bool (rows,), its lots included."""
    target = programme.instrument.target
    fits = at_stake(world, programme)
    fits &= _is_what_is_wanted(world, target) & programme.instrument.admits(world, programme)
    return fits & _drawn(world, programme, fits) if target.random_share < 1.0 else fits


def at_stake(world: "World", programme: "Programme") -> np.ndarray:
    """Rows whose own R&D a budget is measured by, bool (rows,): all in the countries and sectors that the programme is for.

    Whom it picks among them does not matter, so that instruments at one dose have one budget, however narrow they are.
    """
    people, target = world.population, programme.instrument.target
    there = people.alive & (people.staff > 0.0)
    there &= np.isin(people.country, _rows(world.countries.iso, target.countries or tuple(programme.payers(world))))
    if target.sectors:
        there &= np.isin(people.sector, _rows(world.sectors.name, target.sectors))
    return there


def _is_what_is_wanted(world: "World", target: "Target") -> np.ndarray:
    people = world.population
    fits = (people.staff >= target.staff_min) & (people.staff <= target.staff_max)
    if target.places:
        fits &= np.isin(people.place, _rows(world.places.name, target.places))
    if target.kinds:
        fits &= np.isin(people.kind, [KINDS[kind] for kind in target.kinds])
    if target.cluster_stages:
        stages = [STAGES[stage] for stage in target.cluster_stages]
        fits &= (people.cluster >= 0) & np.isin(world.clusters.stage, stages)[people.cluster]
    for wanted, has in ((target.clustered, people.cluster >= 0), (target.exporting, people.export_sales > 0.0),
                        (target.innovative, people.innovations_year > 0)):  # fmt: skip
        if wanted is not None:
            fits &= has == wanted
    if target.import_replacing is not None:
        fits &= replaces_imports(world) == target.import_replacing
    return fits


def replaces_imports(world: "World") -> np.ndarray:
    """Firms that sell at home in a sector of which at least `import_share` of the home market is imported, bool (rows,)."""
    people, count = world.population, len(world.countries)
    own = np.arange(count)
    imported = 1.0 - world.market.share[own, own, :]
    at_home = people.sales - people.export_sales - people.niche
    scarce = imported[people.country, people.sector] >= world.config.behaviour.public.import_share
    return (people.kind == Kind.FIRM) & (at_home > 0.0) & scarce


def third_countries(world: "World") -> np.ndarray:
    """Destinations outside every bloc a country shares, bool (C, C + 1); the rest of the world is one for all."""
    count = len(world.countries)
    outside = np.ones((count, count + 1), bool)
    outside[:, :count] = ~world.geography.bloc.any(axis=0)
    outside[np.arange(count), np.arange(count)] = False
    return outside


def _drawn(world: "World", programme: "Programme", fits: np.ndarray) -> np.ndarray:
    """Rows assigned by lot, bool (rows,)."""
    people, target = world.population, programme.instrument.target
    lots = _lots(programme.lasting_key(world, Purpose.ASSIGN), people.id)
    if not target.strata:
        return lots < target.random_share
    if programme.assigned is None:
        programme.assigned = _assign(fits, strata(world, target), lots, target.random_share, people.id)
    return np.isin(people.id, programme.assigned)


def strata(world: "World", target: "Target") -> np.ndarray:
    """Number of the stratum of each row, i8 (rows,)."""
    people = world.population
    columns = {
        "country": people.country, "sector": people.sector, "kind": people.kind,
        "size": np.searchsorted(SIZE_CLASSES, people.staff, side="right"),
    }  # fmt: skip
    number = np.zeros(people.capacity, np.int64)
    for name in target.strata:
        number = number * (REST_BIT + 1) + columns[name]
    return number


def _assign(fits: np.ndarray, stratum: np.ndarray, lots: np.ndarray, share: float, id: np.ndarray) -> np.ndarray:
    """Ids of the same share of every stratum, rounded, the lowest lots first."""
    chosen: list[int] = []
    for each in np.unique(stratum[fits]):
        rows = np.flatnonzero(fits & (stratum == each))
        rows = rows[np.argsort(lots[rows], kind="stable")]
        chosen += id[rows[: int(share * len(rows) + 0.5)]].tolist()
    return np.array(sorted(chosen), np.int64)


@njit(cache=True)
def _lots(k, id):
    """A lasting uniform for each row, f8 (rows,)."""
    lots = np.empty(len(id))
    for i in range(len(id)):
        lots[i] = unit(bits(k, id[i], 0))
    return lots


def _rows(names: list[str], wanted: tuple[str, ...]) -> list[int]:
    return [names.index(name) for name in wanted if name in names]
