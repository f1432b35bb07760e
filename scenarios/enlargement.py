"""Enlargement of a bloc: from its date on joiners are to the members, and to each other, what members are to each other.

    institution  falls to the bloc's institutional distance        consent  rises to the bloc's chance
    trade        falls by what the bloc's rules save                each by dose x what part of the transition has passed, of the later
                 of two joiners; who joins two blocs has the best of both
A pair that is in the bloc already, or nearer in another one, gains nothing; a border that is closed stays closed.  Nothing says that the
joiner gains: its home market opens as well.  [PY17], sequence of integration (Union State, Customs Union, EAEU); [N20].
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from agents.parameters import number
from sim.calendar import YEAR
from sim.geography import BLOCS
from sim.instrument import Instrument
from sim.programme import open_programmes

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlargement(Instrument):
    """Not a programme: nobody pays for it, and dose says how much of membership the joiners get."""

    kind: ClassVar[str] = "enlargement"
    lands: ClassVar[tuple[str, ...]] = ("joiners",)
    free: ClassVar[bool] = True

    joiners: tuple[str, ...]
    bloc: Literal["union_state", "eaeu", "eu"]
    transition: float = number("years", 0, 20, "guess: rules are taken over step by step", null=0)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Turns the levers of institutions, consent and trade; the first of several enlargements turns them for all."""
        enlargements = [each for each in open_programmes(world) if isinstance(each.instrument, Enlargement)]
        if enlargements[0] is not programme:
            return
        geography, levers, count = world.geography, world.levers, len(world.countries)
        space, market = world.config.behaviour.space, world.config.behaviour.market
        nearer, saved = np.zeros((count, count)), np.zeros((count, count))
        for bloc in BLOCS:
            part = _membership(world, bloc, enlargements)
            apart = np.maximum(geography.institution - getattr(space, f"{bloc}_distance"), 0.0)
            nearer = np.maximum(nearer, part * apart)  # who enters two blocs has the best of both, not the sum
            saved = np.maximum(saved, part * getattr(market, f"{bloc}_rules"))
            easier = np.maximum(getattr(space, f"{bloc}_consent") - geography.consent, 0.0)
            # a border over which no project is allowed (consent 0) is not opened by rules of trade
            levers.consent = np.maximum(
                levers.consent, np.where((part > 0.0) & (geography.consent > 0.0), geography.consent + part * easier, 0.0)
            )
        levers.institution -= nearer
        levers.trade[:count, :count] -= saved

    def progress(self, programme: "Programme", world: "World") -> float:
        """How far joiners are members, 0..1."""
        age = programme.age(world)
        return self.dose * (min(1.0, (age + 1) / (YEAR * self.transition)) if self.transition > 0.0 else 1.0)


def _membership(world: "World", bloc: str, enlargements: list["Programme"]) -> np.ndarray:
    """How far each pair is together in a bloc by enlargement alone, f8 (C, C): as far as the one that is less of a member."""
    together = world.geography.bloc[BLOCS.index(bloc)]
    member = np.diag(together).astype(np.float64)
    for programme in enlargements:
        plan = programme.instrument
        if isinstance(plan, Enlargement) and plan.bloc == bloc:
            joins = np.isin(world.countries.iso, plan.joiners)
            member = np.maximum(member, np.where(joins, plan.progress(programme, world), 0.0))
    new = ~together & ~np.eye(len(member), dtype=bool)
    return np.where(new, np.minimum.outer(member, member), 0.0)
