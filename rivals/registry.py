"""The rivals that there are: name -> its parameters, which of them are free, and its run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rivals import alliances, cowan_jonard
from sim.simulate import Result


@dataclass(frozen=True, slots=True)
class Rival:
    """One published model.

    parameters: dataclass of declared numbers; values in configs/rival/<name>.yaml.  free: fields that were fitted.
    """

    name: str
    label: str
    parameters: type
    free: tuple[str, ...]
    simulate: Callable[..., Result]


RIVALS = {
    each.name: each
    for each in (
        Rival("cowan_jonard", "Cowan, Jonard and Zimmermann", cowan_jonard.Parameters, cowan_jonard.FREE, cowan_jonard.simulate),
        Rival("alliances", "Tomasello et al.", alliances.Parameters, alliances.FREE, alliances.simulate),
    )
}


def measured(rival: Rival, parameters: Any, seed: int) -> dict[str, float]:
    """The figures of one run."""
    return rival.simulate(parameters, seed).outcomes
