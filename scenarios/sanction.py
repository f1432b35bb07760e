"""A sanction on fields of technology: who knows too much of them may not cooperate over a border.

An organisation is barred if at least `least` of its knowledge is in these fields; at severity d < 1 only the share d of such
organisations is, drawn once and for all (whoever a weak sanction bars, a stronger one bars too).  A barred organisation meets nobody on
the other side, whoever that is, and has no consent for a project with them; with `breaks` such projects as run end at once.
Trade in the products of these fields is left alone: trade costs are those of a pair of countries, not of a sector.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.births import uniforms
from agents.draws import Purpose
from agents.parameters import number
from agents.population import TECHNOLOGY_FIELDS
from scenarios.border_closed import border, check_sides, give_up
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction(Instrument):
    """Bars those who know a field from cooperation between two countries or blocs; whom it hits does not depend on the target."""

    kind: ClassVar[str] = "sanction"
    lands: ClassVar[tuple[str, ...]] = ("between",)
    free: ClassVar[bool] = True

    between: tuple[str, str]
    fields: tuple[str, ...]
    breaks: bool
    least: float = number("share of knowledge", 0.01, 1, "guess: from which knowledge is sensitive")

    def __post_init__(self) -> None:
        check_sides(self.between)
        for name in self.fields:
            if name not in TECHNOLOGY_FIELDS:
                raise ValueError(f"fields: found '{name}'; allowed: {', '.join(TECHNOLOGY_FIELDS)}")

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns the lever `barred`; barred organisations give up what they had planned over the border."""
        people = world.population
        hit = self.knows(world) & (uniforms(programme.lasting_key(world, Purpose.AWARD_PRIORITY), people.id, 0) < self.dose)
        barred = hit[:, None] & border(world, self.between)[people.country]
        world.levers.barred |= barred
        give_up(world, barred, self.breaks)

    def knows(self, world: "World") -> np.ndarray:
        """Organisations with so much of their knowledge in these fields, bool (rows,)."""
        fields = np.array([TECHNOLOGY_FIELDS.index(name) for name in self.fields], np.int64)
        return world.population.alive & (_share_in(world.population.knowledge, fields) >= self.least)


@njit(cache=True)
def _share_in(knowledge, fields):
    """Share of an organisation's knowledge that is in some fields, f8 (rows,), 0 for one that knows nothing."""
    share = np.zeros(len(knowledge))
    for i in range(len(knowledge)):
        inside, total = 0.0, 0.0
        for f in fields:
            inside += knowledge[i, f]
        for f in range(knowledge.shape[1]):
            total += knowledge[i, f]
        if total > 0.0:
            share[i] = inside / total
    return share
