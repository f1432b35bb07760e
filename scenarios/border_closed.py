"""A border closes to cooperation: states agree to less, or to nothing, and nobody meets over it any more.

At severity d the chance that two states agree, and the weight of the other side for those who search by chance, fall to 1 - d; at d = 1
nobody meets over the border through any channel, what waits for a consent is given up, and with `breaks` running projects end at once.
Ties over the border are not cut: without meetings and projects their trust fades as everywhere, and what is left of it when the border
opens again is where cooperation begins anew.  Knowledge that business carries goes on flowing; goods pay `trade` more each way.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.parameters import number
from agents.projects import Status
from sim.config_classes import BLOCS
from sim.cooperate import break_off
from sim.geography import BLOCS as IN_ORDER
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderClosed(Instrument):
    """Closes the border between two countries or blocs while it lasts; whom it hits does not depend on the target."""

    kind: ClassVar[str] = "border_closed"
    lands: ClassVar[tuple[str, ...]] = ("between",)
    free: ClassVar[bool] = True

    between: tuple[str, str]
    breaks: bool
    trade: float = number("log points", 0, 5, "design: what goods pay more over the border", null=0)

    def __post_init__(self) -> None:
        check_sides(self.between)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns the levers `closed` and `trade`; a border that is closed altogether ends what goes on over it."""
        over, levers, count = border(world, self.between), world.levers, len(world.countries)
        levers.closed = np.maximum(levers.closed, np.where(over, self.dose, 0.0))
        levers.trade[:count, :count] += np.where(over, self.trade * self.dose, 0.0)
        if self.dose >= 1.0:
            give_up(world, over[world.population.country], self.breaks)


def check_sides(between: tuple[str, str]) -> None:
    """Raise ValueError for a side that is neither a bloc nor an ISO code; a country may be absent from a world."""
    for side in between:
        if side not in BLOCS and not (len(side) == 3 and side.isupper()):
            raise ValueError(f"between: found '{side}'; allowed: {', '.join(BLOCS)}, or a country as in RUS")


def border(world: "World", between: tuple[str, str]) -> np.ndarray:
    """Pairs of countries with one on each side, bool (C, C), symmetric; nobody has a border with himself."""
    one, other = (_on_side(world, side) for side in between)
    over = np.logical_or(np.outer(one, other), np.outer(other, one))
    np.fill_diagonal(over, False)
    return over


def _on_side(world: "World", side: str) -> np.ndarray:
    """Countries that are, or belong to, a side of a border, bool (C,)."""
    if side in IN_ORDER:
        return world.geography.bloc[IN_ORDER.index(side)].diagonal()
    return np.array([iso == side for iso in world.countries.iso])


def give_up(world: "World", barred: np.ndarray, running: bool) -> None:
    """Pending projects in which one may not work with another never begin; with `running`, running ones end without success.

    barred: bool (rows, C), an organisation may not cooperate with those of a country.
    """
    projects = world.projects
    over = _crossing(projects.table(), world.population.country, barred)
    break_off(world, np.flatnonzero(over & (running | (projects.status == Status.PENDING))))


@njit(cache=True)
def _crossing(pr, country, barred):
    """Projects with a pair of members of whom one is barred from the other's country, bool (projects,)."""
    over = np.zeros(len(pr.status), np.bool_)
    for n in range(len(pr.status)):
        if pr.status[n] == 0:
            continue
        for m in range(pr.size[n]):
            for other in range(pr.size[n]):
                if barred[pr.members[n, m], country[pr.members[n, other]]]:
                    over[n] = True
    return over
