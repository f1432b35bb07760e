"""Two histories of a seed, with and without some programmes, that nobody in the model pays for."""

from typing import Any

from sim.world import World
from tests.scenarios.histories import lived, world_with
from tests.state import differences, state

OUTSIDE = ("behaviour.public.financing=external",)
"""What a programme costs is taken from nobody in the model, so that only what it does can be seen."""
MONEY = {"treasury.unpaid"}
"""What then differs between arms because one of them costs something."""


def both(seed: int, base: dict[str, Any], more: dict[str, Any], quarters: int, *overrides: str) -> tuple[World, World]:
    """Two histories of a seed: with the programmes `base`, and with those and `more`."""
    none, arm = (world_with(seed, programmes, (*OUTSIDE, *overrides)) for programmes in (base, base | more))
    lived(none, quarters)
    lived(arm, quarters)
    return none, arm


def apart(one: World, other: World, programmes: tuple[str, ...] = ()) -> set[str]:
    return set(differences(state(one, list(programmes)), state(other, list(programmes))))
