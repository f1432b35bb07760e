"""Common purses: who put in how much, who got how much, and what happens when somebody leaves one.

Key.  Members of a common purse (Programme.key_of_pool > 0) contribute their key times what all members together budget; who withholds a
part of its contribution (free-rider) has a smaller key and the same rights.
Leaving.  The one who leaves takes home its part of what is still free in the purse; its part of what the purse has promised stays
there, is billed to the leaver now, and is taken off the others' later bills (a claw-back).  Its projects of the programme break off.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from sim.cooperate import break_off
from sim.treasury import NAMED

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


def pooled(world: "World") -> list[str]:
    """Names of the programmes with a common purse."""
    return [name for name, programme in sorted(world.programmes.items()) if programme.key_of_pool is not None]


def paid_and_received(
    world: "World", names: list[str], since: int, until: int, kinds: Collection[str] = NAMED
) -> tuple[np.ndarray, np.ndarray]:
    """Outlay of programmes in quarters since <= t < until by payer, and without overhead by country of the receivers; f8 (C,)."""
    row = {iso: n for n, iso in enumerate(world.countries.iso)}
    paid, received = np.zeros(len(row)), np.zeros(len(row))
    for (quarter, name, payer, payee, kind), amount in world.treasury.ledger.items():
        if name in names and since <= quarter < until and kind in kinds:
            paid[row[payer]] += amount
            received[row[payee]] += amount if kind != "overhead" else 0.0
    return paid, received


def share(amount: np.ndarray) -> np.ndarray:
    """Shares in the sum, 0 where there is nothing; f8 (C,)."""
    total = float(sum(amount.tolist()))
    return amount / total if total > 0.0 else np.zeros_like(amount)


def reform(world: "World", programme: "Programme", key: np.ndarray) -> None:
    """Give the programme a common purse with this key f8 (C,); members whose key falls to zero leave it."""
    old = programme.key_of_pool
    if old is not None and np.any((old > 0.0) & (key == 0.0)):
        _leave(world, programme, (old > 0.0) & (key == 0.0), share(np.where(old > 0.0, key, 0.0)))
    programme.key_of_pool = key.copy()


def _leave(world: "World", programme: "Programme", leaving: np.ndarray, staying: np.ndarray) -> None:
    """Settle with those who leave, bool (C,); staying f8 (C,): parts of those who stay, which take over what is promised."""
    treasury, members = world.treasury, np.flatnonzero(staying)
    _break_projects(world, programme, leaving)
    owed = np.where(leaving, np.maximum(programme.left - programme.spare(world), 0.0), 0.0) if len(members) else np.zeros(len(leaving))
    total = float(sum(owed.tolist()))
    programme.left = programme.left - owed + total * staying
    treasury.unpaid = treasury.unpaid + owed - total * staying
    for leaver in np.flatnonzero(owed):
        for member in members:
            part = float(owed[leaver]) * float(staying[member])
            treasury.book(world.quarter, programme.name, int(leaver), int(member), "claw_back", part)
            treasury.book(world.quarter, programme.name, int(member), int(member), "claw_back", -part)


def _break_projects(world: "World", programme: "Programme", leaving: np.ndarray) -> None:
    """Projects that the programme pays and organisations of these countries take part in end without success."""
    projects, people = world.projects, world.population
    theirs = (projects.members >= 0) & leaving[people.country[projects.members]]
    break_off(world, np.flatnonzero((projects.status > 0) & (projects.programme == programme.bit) & theirs.any(axis=1)))
