"""Enlargement of a bloc: from its date on joiners are to the members, and to each other, what members are to each other.

    institution  falls to the bloc's institutional distance        consent  rises to the bloc's chance
    trade        falls by what the bloc's rules save                each by dose x what part of the transition has passed
A pair that is in the bloc already, or nearer in another one, gains nothing; a border that is closed stays closed.  Nothing says that the
joiner gains: its home market opens as well.  [PY17], sequence of integration (Union State, Customs Union, EAEU); [N20].
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from agents.parameters import number
from sim.geography import BLOCS
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlargement(Instrument):
    """Not a programme: nobody pays for it, and dose says how much of membership the joiners get."""

    kind: ClassVar[str] = "enlargement"
    free: ClassVar[bool] = True

    joiners: tuple[str, ...]
    bloc: Literal["union_state", "eaeu", "eu"]
    transition: float = number("years", 0, 20, "guess: rules are taken over step by step", null=0)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns the levers of institutions, consent and trade between joiners and members."""
        age = programme.age(world)
        part = self.dose * (min(1.0, (age + 1) / (4.0 * self.transition)) if self.transition > 0.0 else 1.0)
        geography, levers, count = world.geography, world.levers, len(world.countries)
        space, market = world.config.behaviour.space, world.config.behaviour.market
        new = self.new_pairs(world)
        nearer = np.maximum(geography.institution - getattr(space, f"{self.bloc}_distance"), 0.0)
        levers.institution -= np.where(new, part * nearer, 0.0)
        easier = np.maximum(getattr(space, f"{self.bloc}_consent") - geography.consent, 0.0)
        # a border over which no project is allowed (consent 0) is not opened by rules of trade
        consent = np.where(new & (geography.consent > 0.0), geography.consent + part * easier, 0.0)
        levers.consent = np.maximum(levers.consent, consent)
        levers.trade[:count, :count] -= np.where(new, part * getattr(market, f"{self.bloc}_rules"), 0.0)

    def new_pairs(self, world: "World") -> np.ndarray:
        """Pairs that are in the bloc together only since the enlargement, bool (C, C)."""
        together = world.geography.bloc[BLOCS.index(self.bloc)]
        inside = np.diag(together) | np.isin(world.countries.iso, self.joiners)
        return np.outer(inside, inside) & ~together & ~np.eye(len(inside), dtype=bool)
