"""Vouchers: small sums for joint work of a firm with a university or institute, without a jury, first come by lot.

They make a first tie with science cheap ([PY17]: facilitated cooperation between education and research).  Whether science teaches the
firm anything is left to learning.  Form: innovation vouchers as in the Netherlands and Ireland, drawn by lot (Cornet et al. 2006).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.draws import Purpose, bits
from agents.parameters import number
from agents.population import Kind
from sim.competition import applications, fund, remember
from sim.instrument import Call

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouchers(Call):
    """Pays `share` of projects of a small firm and science, at most `cap` a project over its whole life."""

    kind: ClassVar[str] = "vouchers"

    cap: float = number("mln int$ / project", 0, 10, "guess: vouchers are small", null=0)
    largest: float = number("persons", 1, 1e7, "guess: staff up to which a firm counts as small")
    memory: float = number("share", 0, 1, "guess: weight of the past in the success rate applicants expect")

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Small firms, and science whatever its size."""
        people = world.population
        return (people.kind != Kind.FIRM) | (people.staff <= self.largest)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Gives vouchers to applications in a drawn order; writes projects' programme and cover."""
        rows = applications(world, programme)
        if len(rows) == 0:
            return
        order = rows[np.argsort(_lots(programme.key(world, Purpose.VOUCHER), world.projects.key[rows]))]
        won = fund(world, programme, order, most=self.cap)
        remember(programme, len(won), len(rows), self.memory)
        world.apply_cost(programme, rows)


@njit(cache=True)
def _lots(k, keys):
    lots = np.empty(len(keys), np.uint64)
    for n in range(len(keys)):
        lots[n] = bits(k, keys[n], 0)
    return lots
