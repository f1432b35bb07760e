"""Shared collaboration platform with promotion: a candidate set, less noise, cheaper search; it congests.

Organisations that know of it join with a hazard that rises with the share of eligibles already on it, and search it more the more
there are; congestion takes some of that back.  Money pays set-up and running first; what is left buys promotion (awareness).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, unit
from agents.meeting_places import ANY, Rules, round_table
from agents.parameters import number
from agents.search import Meetings
from agents.ties import Channel
from sim.instrument import Instrument
from sim.programme import NOTHING

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@njit(cache=True)
def chosen(k, id, may, probability):
    """Rows among those that may, each with this probability, bool (rows,)."""
    rows = np.zeros(len(id), np.bool_)
    for i in range(len(id)):
        rows[i] = may[i] and unit(bits(k, id[i], 0)) < probability
    return rows


def keeps_running(world: "World", programme: "Programme", setup_cost: float, running_cost: float) -> bool:
    """Pay what keeps an institution running this quarter, and its set-up before anything else; without that money it stands still."""
    built = programme.spent - programme.overhead > NOTHING
    due = running_cost + (0.0 if built else setup_cost)
    if programme.pot() < due:
        return False
    programme.charge_common(world, "fixed", due - running_cost)
    programme.charge_common(world, "running", running_cost)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform(Instrument):
    """Members meet members; `profiles: false` is the placebo in which one cannot see whom one meets."""

    kind: ClassVar[str] = "platform"

    profiles: bool
    setup_cost: float = number("mln int$", 0, 100, "guess")
    running_cost: float = number("mln int$ / quarter", 0, 20, "guess")
    promotion_cost: float = number("mln int$ / eligible reached", 0, 1, "guess")
    joining: float = number("1 / quarter", 0, 1, "guess", null=0)
    pull: float = number("1 / quarter at full membership", 0, 1, "guess: network effect", null=0)
    use: float = number("1 / quarter", 0, 2, "guess", null=0)
    lone_use: float = number("share of use", 0, 1, "guess: how much of full use an empty platform sees", null=1)
    congestion: float = number("1 / 1000 members", 0, 5, "guess", null=0)
    candidates: int = number("organisations", 1, 50, "design", whole=True)
    noise: float = number("sd of log value", 0, 2, "guess")
    screening: float = number("logit", -10, 5, "guess")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays set-up, running and promotion; lets organisations join."""
        lost = bool(np.all(world.levers.cut_off & programme.flag))
        programme.running = not lost and keeps_running(world, programme, self.setup_cost, self.running_cost)
        if not programme.running:
            return
        people = world.population
        eligible = (people.eligible & programme.flag) != 0
        on = (people.on_platform & programme.flag) != 0
        share = float(np.count_nonzero(on & eligible)) / max(1, int(np.count_nonzero(eligible)))
        self._promote(world, programme, float(np.count_nonzero(eligible)) * programme.stands_for(world))
        may = programme.applicants(world) & ~on & ((world.levers.cut_off & programme.flag) == 0)
        joins = chosen(programme.key(world, Purpose.PLATFORM_JOIN), people.id, may, self.joining + self.pull * share)
        people.on_platform = np.where(joins, people.on_platform | programme.flag, people.on_platform)

    def _promote(self, world: "World", programme: "Programme", eligible: float) -> None:
        """What is left buys promotion."""
        programme.charge_common(world, "running", programme.promote(programme.pot(), self.promotion_cost, eligible))

    def meet(self, world: "World", programme: "Programme") -> list[Meetings]:
        """Members that search this quarter look at candidates among themselves."""
        people = world.population
        on = people.alive & (people.staff > 0.0) & ((people.on_platform & programme.flag) != 0)
        on &= programme.reaches(people.country, people.sector)
        members = int(np.count_nonzero(on))
        eligible = int(np.count_nonzero((people.eligible & programme.flag) != 0))
        if not programme.running or members < 2 or eligible == 0:
            return []
        company = self.lone_use + (1.0 - self.lone_use) * min(1.0, members / eligible)
        rate = self.use * company / (1.0 + self.congestion * members * programme.stands_for(world) / 1000.0)
        users = np.flatnonzero(chosen(programme.key(world, Purpose.PLATFORM_USE), people.id, on, rate))
        rules = Rules(self.candidates, self.noise, self.screening, ANY, not self.profiles, 1)
        pairs = round_table(
            programme.key(world, Purpose.PLATFORM_SEAT), world.key(Purpose.SEARCH_NOISE), users, world.sight,
            world.appraisal, world.ties.table(), rules,
        )  # fmt: skip
        return [Meetings.of(pairs, Channel.PLATFORM, self.noise)]
