"""A platform is lost: it does not run, and its members are gone.

At severity d < 1 the share d of organisations, drawn once and for all, loses access, and the platform goes on for the others; at 1 nobody
can reach it and it costs nothing while it is away.  When it is back it begins without them: they join again as everybody does.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.births import uniforms
from agents.draws import Purpose
from scenarios.platform import Platform
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformLost(Instrument):
    """Takes away the named platforms, or all if none is named; whom it hits does not depend on the target."""

    kind: ClassVar[str] = "platform_lost"
    free: ClassVar[bool] = True
    others: ClassVar[tuple[str, ...]] = ("platforms",)

    platforms: tuple[str, ...]

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns the lever `cut_off`; members that can no longer reach a platform are no members."""
        people = world.population
        hit = uniforms(programme.lasting_key(world, Purpose.AWARD_PRIORITY), people.id, 0) < self.dose
        for name, lost in world.programmes.items():
            if isinstance(lost.instrument, Platform) and (not self.platforms or name in self.platforms):
                people.on_platform = np.where(hit, people.on_platform & ~lost.flag, people.on_platform)
                world.levers.cut_off = np.where(hit, world.levers.cut_off | lost.flag, world.levers.cut_off)
