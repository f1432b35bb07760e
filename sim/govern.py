"""Phase 1, govern: levers back to rest, bills met, ministries review, programmes refreshed and carried out."""

from typing import TYPE_CHECKING

import numpy as np

from agents.population import Kind
from sim.levers import Levers
from sim.programme import open_programmes
from sim.review import review
from sim.treasury import by_country, shared_out

if TYPE_CHECKING:
    from sim.world import World


def govern(world: "World") -> None:
    """State bodies pay general support, open programmes, and hold calls.

    Reads: programmes, treasury, population.  Writes: levers, `eligible`, `aware`, `on_platform`, projects' programme and cover, the ledger.
    """
    world.levers = Levers.at_rest(world.population.capacity, len(world.countries), len(world.sectors))
    support(world)
    running = np.int64(0)
    for programme in world.programmes.values():
        programme.steer = None
        running |= programme.flag if programme.is_open(world) else np.int64(0)
    world.population.eligible &= running  # nobody qualifies for what is over
    for programme in open_programmes(world):
        programme.instrument.prepare(world, programme)
    review(world)
    for programme in open_programmes(world):
        programme.refresh(world)
    for programme in open_programmes(world):
        programme.instrument.govern(world, programme)


def support(world: "World") -> None:
    """General support of business R&D, in proportion to R&D, after what programmes of the last quarter cost has been cut from it.

    Under "tax" nothing is cut: a surcharge on profit tax, sized on the last quarter's tax, meets the bill; under "external" nobody does.
    """
    people, treasury, countries = world.population, world.treasury, world.countries
    left = countries.untargeted
    if world.config.behaviour.public.financing == "cut":
        left = treasury.settle(countries.untargeted)
    elif world.config.behaviour.public.financing == "tax":
        base = np.where(treasury.tax_base > 0.0, treasury.tax_base, np.inf)
        world.levers.surcharge = np.maximum(0.0, np.minimum(treasury.unpaid / base, 1.0 - countries.tax))
    performing = np.where((people.kind == Kind.FIRM) & (people.staff > 0.0), people.research_mean, 0.0)
    world.levers.untargeted = shared_out(left, performing, world.weight, people.country)
    paid = by_country(world.levers.untargeted, world.weight, people.country, len(countries))
    for country in range(len(countries)):
        treasury.book(world.quarter, "untargeted support", country, country, "untargeted", float(paid[country]))
