"""Thematic technology platform: a collaboration platform for those who know something of its fields.

It works as any platform does (scenarios/platform.py).  A narrow theme sifts who comes, and so leaves fewer to meet: members who know the
same fields follow each other easily and have little new to say.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from agents.population import TECHNOLOGY_FIELDS
from scenarios.platform import Platform

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@njit(cache=True)
def _share_known(knowledge, fields):
    """Share of what each organisation knows that lies in `fields`, f8 (rows,); 0 for who knows nothing."""
    share = np.zeros(len(knowledge))
    for i in range(len(knowledge)):
        inside, total = 0.0, 0.0
        for f in range(knowledge.shape[1]):
            total += knowledge[i, f]
            if fields[f]:
                inside += knowledge[i, f]
        if total > 0.0:
            share[i] = inside / total
    return share


@dataclass(frozen=True, slots=True, kw_only=True)
class ThematicPlatform(Platform):
    """Admits organisations of which at least `least` of what they know lies in its technology fields ([N20]: technology platforms)."""

    kind: ClassVar[str] = "thematic_platform"

    fields: tuple[str, ...]
    least: float = number("share of knowledge", 0, 1, "guess", null=0)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.fields) - set(TECHNOLOGY_FIELDS))
        if unknown:
            raise ValueError(f"fields: found '{unknown[0]}'; allowed: {', '.join(TECHNOLOGY_FIELDS)}")

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Who knows enough of its fields."""
        mine = np.array([field in self.fields for field in TECHNOLOGY_FIELDS])
        return _share_known(world.population.knowledge, mine) >= self.least
