"""What one organisation thinks of another at a moment of a quarter, term by term, by the kernels that decide.

U_ij is a sum in which every term has a coefficient of its own (agents/appraisal.py), so a term is what U_ij loses when its coefficient is
0.  No formula is written a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from numba import njit

from agents.cooperation import Calls, agrees, expected_share
from agents.draws import bits, logistic, open_unit
from agents.parameters import as_record
from sim.cooperate import agreement_keys, open_calls
from sim.world import World

TERMS = ("base", "gain", "distance", "border", "sector", "thin", "leakage", "trust", "pay")
"""Coefficients of U_ij and names of its terms: gain is the value of the other's knowledge as it is seen, pay the expected grant."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What organisation `who` thinks of a joint project with `of` (ids).

    terms: signed, together `worth` = U_ij (logit); bonus: for shared fixed costs of a consortium; draw: its own luck of the quarter;
    it agrees if worth + bonus + draw > 0.  share: part of its cost that it expects a programme to pay, 0..1; programme: which, "" if none.
    """

    who: int
    of: int
    terms: Mapping[str, float]
    worth: float
    bonus: float
    draw: float
    agrees: bool
    share: float
    programme: str

    @property
    def sum(self) -> float:
        """What decides."""
        return self.worth + self.bonus + self.draw


def summed(opinion: Opinion) -> tuple[list[tuple[str, float]], int]:
    """(name, number) of all that an opinion is the sum of and that sum at the end, rounded so that they add up; and the digits.

    A number is the difference of two rounded sums, so at most one unit of the last digit off.  Noughts are left out; a sum too near to
    0 for two digits to say its sign has more.
    """
    digits = next((digits for digits in range(2, 12) if round(opinion.sum, digits)), 2)
    told, before, exact = [], 0.0, 0.0
    for name, value in (*opinion.terms.items(), ("bonus", opinion.bonus), ("draw", opinion.draw)):
        exact += value
        after = round(exact, digits)
        told.append((name, round(after - before, digits)))
        before = after
    return [*((name, value) for name, value in told if value), ("sum", before)], digits


class Judge:
    """Opinions of a world as it is now: ties may change under it, what organisations see of each other may not."""

    def __init__(self, world: World, ties: Any = None) -> None:
        """ties: a table other than the world's own, on which trust is looked up."""
        self.sight, self.keys = world.sight, agreement_keys(world)
        self.parameters: Any = world.appraisal
        self._without = {name: as_record(replace(world.config.behaviour.appraisal, **{name: 0.0})) for name in TERMS}
        self.calls = open_calls(world)
        self._each = {each.name: Calls(*(column[n : n + 1] for column in self.calls)) for n, each in enumerate(world.calls())}
        self.access = world.population.aware & world.population.eligible
        self.ties = world.ties.table() if ties is None else ties

    def opinion(self, i: int, j: int, noise: float, bonus: float = 0.0) -> Opinion:
        """What the organisation in row i thinks of the one in row j, seen with a noise (before it falls with their meetings)."""
        yes, worth = self._agrees(self.parameters, i, j, noise, bonus)
        id, share = self.sight.id, expected_share(self.calls, self.access, self.sight, i, j)
        return Opinion(
            int(id[i]), int(id[j]), {name: worth - self._agrees(without, i, j, noise, bonus)[1] for name, without in self._without.items()},
            worth, bonus, _draw(self.keys.agree, id[i], id[j]), yes, share, self._payer(i, j, share),
        )  # fmt: skip

    def _payer(self, i: int, j: int, share: float) -> str:
        """Whose call it is that is expected to pay so much."""
        found = (name for name, call in self._each.items() if expected_share(call, self.access, self.sight, i, j) == share)
        return next(found, "") if share > 0.0 else ""

    def _agrees(self, parameters: Any, i: int, j: int, noise: float, bonus: float) -> tuple[bool, float]:
        yes, worth = agrees(self.sight, parameters, self.calls, self.access, self.ties, self.keys, i, j, noise, bonus)
        return bool(yes), float(worth)


@njit(cache=True)
def _draw(k, who, of):
    return logistic(open_unit(bits(k, who, of)))
