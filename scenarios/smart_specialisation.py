"""Smart specialisation: the money of other programmes goes to the sectors in which a country has a revealed advantage.

Once a year every country with a strategy names as priorities the sectors of highest revealed advantage (sim/benchmarking.py) among those
in which somebody qualifies for the programmes it steers; only organisations of these sectors may then apply.
Budgets stay what they are: a steered programme offers what an even spread would offer; what it spends depends on who comes (neutral
cash: all of it).  Where a programme finds nobody in the priorities it stays as it is.
The dose says how strict it is: at 1 `priorities` sectors remain, at less than 1 correspondingly more.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from sim.benchmarking import revealed_advantage
from sim.calendar import YEAR
from sim.eligibility import eligible
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartSpecialisation(Instrument):
    """Costs nothing and pays nothing: it confines whom others pay ([N20]: also the precondition of supranational money)."""

    kind: ClassVar[str] = "smart_specialisation"
    free: ClassVar[bool] = True
    others: ClassVar[tuple[str, ...]] = ("steers",)

    steers: tuple[str, ...]
    priorities: int = number("sectors", 1, 100, "guess: strategies name three to five", whole=True)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Confines the programmes it steers to the priorities of the countries that have a strategy."""
        steered = [world.programmes[name] for name in self.steers if name in world.programmes and world.programmes[name].is_open(world)]
        base = {other.name: _base(world, other) for other in steered}
        if programme.priorities is None or programme.age(world) % YEAR == 0:
            somebody = np.zeros((len(world.countries), len(world.sectors)), bool)
            for there in base.values():
                somebody |= there
            programme.priorities = self._choose(world, somebody, np.isin(world.countries.iso, programme.payers(world)))
        for other in steered:
            found = (base[other.name] & programme.priorities).any(axis=1)
            mask = np.where(found[:, None], programme.priorities, True)
            other.steer = mask if other.steer is None else other.steer & mask

    def _choose(self, world: "World", somebody: np.ndarray, strategy: np.ndarray) -> np.ndarray:
        """Priorities bool (C, S) of the countries with a strategy, of the sectors that have somebody; all sectors elsewhere."""
        advantage = revealed_advantage(world, world.countries.policy)
        chosen = np.ones(somebody.shape, bool)
        for c in np.flatnonzero(strategy):
            order = np.argsort(-np.where(somebody[c], advantage[c], -1.0), kind="stable")
            candidates = int(np.count_nonzero(somebody[c]))
            most = self.priorities + int((1.0 - self.dose) * max(0, candidates - self.priorities) + 0.5)
            chosen[c] = False
            chosen[c, order[: min(most, candidates)]] = True
        return chosen


def _base(world: "World", programme: "Programme") -> np.ndarray:
    """Where somebody qualifies for a programme, bool (C, S)."""
    people = world.population
    rows = np.flatnonzero(eligible(world, programme))
    there = np.zeros((len(world.countries), len(world.sectors)), bool)
    there[people.country[rows], people.sector[rows]] = True
    return there
