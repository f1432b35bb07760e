"""Partnership of public and private money: the public share is only there for those who really pay theirs."""

from typing import TYPE_CHECKING

import numpy as np

from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


def co_finance(world: "World", programme: "Programme", kind: str, public: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Who takes part, bool (rows,): applicants that have their own share in cash, in a drawn order while the state's money lasts.

    public, own: f8 (rows,), mln int$ this quarter; 0 public for those who are not asked.
    Turns the lever `contribution`, pays the public share out of the programme as `kind`, books the private one beside.
    """
    people, levers = world.population, world.levers
    able = programme.applicants(world) & (people.cash - levers.contribution >= own)
    takes_part = programme.ration(world, np.where(able, public, 0.0))
    paid = np.where(takes_part, own, 0.0)
    levers.contribution = levers.contribution + paid
    people.awarded = people.awarded + np.where(takes_part, public, 0.0)
    programme.charge_organisations(world, kind, np.where(takes_part, public, 0.0))
    private = by_country(paid, world.weight, people.country, len(world.countries))
    for country in range(len(private)):
        world.treasury.book(world.quarter, programme.name, country, country, "private_share", float(private[country]))
    return takes_part
