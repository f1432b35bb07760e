"""Training of officials and cluster managers: what a state body delivers, and what a cluster organisation is able to do.

A course closes a part of the gap to 1, with falling returns:
    x' = x + (1 - x) (1 - exp(-money / cost)),
x being the share of its budgets that a ministry really spends, or a cluster organisation's capability and outward orientation.  Trained
people leave their posts, so all of it falls back once money stops (sim/brokerage.py).  Officials deliver the budgets of every programme,
useful or not; able managers bring more members to events and meetings, which cost them attention.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from sim.brokerage import at_home, suitable
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


def taught(money: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Part of a gap that courses close, 1 - exp(-money / cost), f8 (n,); 0 where a course costs nothing."""
    courses = np.where(cost > 0.0, money / np.where(cost > 0.0, cost, 1.0), 0.0)
    return np.array([-math.expm1(-each) for each in courses.tolist()])


@dataclass(frozen=True, slots=True, kw_only=True)
class Training(Instrument):
    """Spends `officials` of its money on officials, the rest on managers of the clusters that its target names by sector and stage [PY17].

    A purse is spread over its countries by state support of business R&D (officials), and by clusters (managers).
    """

    kind: ClassVar[str] = "training"

    officials: float = number("share of money", 0, 1, "guess", null=0)
    official_cost: float = number("quarterly state support of business R&D", 0, 1, "guess: closes 63 % of the gap at once")
    manager_cost: float = number("mln int$ / cluster organisation", 0, 5, "guess: closes 63 % of the gap at once")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays courses, and raises countries.delivery and clusters.capability and orientation."""
        countries, clusters = world.countries, world.clusters
        fits = suitable(world, programme) & at_home(world, programme)
        real = np.bincount(clusters.country[fits], minlength=len(countries)) * countries.weight
        money = programme.in_purses(np.maximum(programme.left, 0.0))
        for_officials = self._spread(programme, self.officials * money, countries.untargeted)
        for_managers = self._spread(programme, (1.0 - self.officials) * money, real)
        countries.delivery += (1.0 - countries.delivery) * taught(for_officials, self.official_cost * countries.untargeted)
        part = np.where(fits, taught(for_managers, self.manager_cost * real)[clusters.country], 0.0)
        clusters.capability += (1.0 - clusters.capability) * part
        clusters.orientation += (1.0 - clusters.orientation) * part
        people = world.population
        programme.serve(world, (people.cluster >= 0) & (fits & (for_managers[clusters.country] > 0.0))[people.cluster])
        programme.charge(world, "running", for_officials + for_managers)

    def _spread(self, programme: "Programme", money: np.ndarray, base: np.ndarray) -> np.ndarray:
        """Money by purse f8 (C,) shared out in proportion to base f8 (C,) within each purse, f8 (C,)."""
        purse = programme.purses()
        total = programme.in_purses(base)[purse]
        return np.where(total > 0.0, money[purse] * base / np.where(total > 0.0, total, 1.0), 0.0)
