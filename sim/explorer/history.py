"""What has been lived so far, in indicators: with the policy, without it, and the difference, quarter by quarter."""

from dataclasses import dataclass

import numpy as np

from agents.ties import Channel, Reached
from sim.competitiveness import index
from sim.frames import ALL, WORLD, gaps, history, opening
from sim.indicators import indicators
from sim.paired import paired
from sim.world import World

ROUNDING = 1e-10
"""Differences that are no more than this share of a level are the rounding of sums."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One indicator in one place, f8 (quarters,) each; `quarters` i8 counts from the opening, the burn-in is negative."""

    quarters: np.ndarray
    policy: np.ndarray
    twin: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        """With the policy less without it: of this one luck, not the effect."""
        return paired(self.policy, self.twin, ROUNDING)


@dataclass(frozen=True, slots=True)
class History:
    """All indicators of both worlds: name -> f8 (quarters, places), nan where a place has none.

    places: ISO codes, then "all" (policy countries together) and "world" (all modelled countries).
    """

    quarters: np.ndarray
    places: tuple[str, ...]
    policy: dict[str, np.ndarray]
    twin: dict[str, np.ndarray]

    def curve(self, indicator: str, place: str = ALL) -> Curve:
        """One indicator in one place.  KeyError for what there is not."""
        column = {name: column for column, name in enumerate(self.places)}[place]
        return Curve(self.quarters, self.policy[indicator][:, column], self.twin[indicator][:, column])


@dataclass(frozen=True, slots=True)
class Funnel:
    """Relations that first met since the opening and came at least so far, real ones, f8 (channels, stages) with and without the policy."""

    channels: tuple[str, ...]
    stages: tuple[str, ...]
    policy: np.ndarray
    twin: np.ndarray


def history_of(policy: World, twin: World) -> History:
    """The history of a world and its twin, which have lived the same quarters; empty before the first."""
    places = (*policy.countries.iso, ALL, WORLD)
    quarters = np.array(policy.recorder.quarters, dtype=np.int64) - policy.opens
    return History(quarters, places, levels(policy), levels(twin))


def levels(world: World) -> dict[str, np.ndarray]:
    """All indicators, the competitiveness index and the gaps between countries: name -> f8 (quarters, places)."""
    if not world.recorder.quarters:
        return {}
    everywhere = indicators(history(world))
    rows, columns = next(iter(everywhere.values())).shape
    for name, values in index(world.recorder.table(), world, opening(world)).items():  # of countries alone
        everywhere[name] = np.hstack([values, np.full((rows, columns - values.shape[1]), np.nan)])
    for name, values in gaps(everywhere, world).items():  # of all together alone
        everywhere[name] = np.full((rows, columns), np.nan)
        everywhere[name][:, -2] = values
    return everywhere


def funnel_of(policy: World, twin: World) -> Funnel:
    """How far relations have come that began since the opening."""
    channels, stages = (tuple(each.name.lower() for each in names) for names in (Channel, Reached))
    return Funnel(channels, stages, _climbed(policy), _climbed(twin))


def _climbed(world: World) -> np.ndarray:
    since = [ladder[1] for ladder, quarter in zip(world.recorder.ladders, world.recorder.quarters, strict=True) if quarter >= world.opens]
    return np.sum(since, axis=0) if since else np.zeros((len(Channel), len(Reached)))
