"""Matchmaking: events of single organisations (B2B) and of clusters (C2C), regular or one-off, with screening.

An event changes whom one may meet and how well one sees them; what follows is the participants' decision.  Event e of a quarter draws the
same clusters and the same attention whatever the dose, so more money adds events to those a smaller dose would hold.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, unit
from agents.meeting_places import Rules, between_clusters, round_table
from agents.parameters import number
from agents.search import Meetings
from agents.ties import Channel
from sim.instrument import SCOPES, Instrument, Programme

if TYPE_CHECKING:
    from sim.world import World

ONE_OFF_QUARTERS = 4
UNSCREENED = -1e9


@njit(cache=True)
def _attend(k, id, rows, attendance, places):
    """Participants of a B2B event: each comes with probability `attendance`; of too many, the lowest lots get the places."""
    lots = np.empty(len(rows))
    for n in range(len(rows)):
        lots[n] = unit(bits(k, id[rows[n]], 0))
    first = np.argsort(lots)[:places]
    return rows[first[lots[first] < attendance]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchmaking(Instrument):
    """Holds as many events as its budget pays for; cluster organisations pair by interest, existing base and priorities [NM21]."""

    kind: ClassVar[str] = "matchmaking"

    form: Literal["b2b", "c2c", "both"]
    regular: bool
    screened: bool
    random_pairs: bool
    scope: Literal["any", "in_cluster", "cross_cluster", "cross_border"]
    places: int = number("participants", 2, 1000, "design", whole=True)
    attendance: float = number("probability", 0, 1, "guess: 8 B2B meetings a C2C event in the EU partnerships [N20]", null=0)
    candidates: int = number("organisations", 1, 50, "design", whole=True)
    screening: float = number("logit", -10, 5, "guess")
    noise: float = number("sd of log value", 0, 2, "guess: profiles are prepared")
    event_cost: float = number("mln int$", 0, 5, "guess: an international brokerage event")
    participant_cost: float = number("mln int$ / participant", 0, 0.1, "guess: travel")

    def meet(self, world: "World", programme: Programme) -> list[Meetings]:
        """Holds events until the money for the next is not there; returns the meetings they propose."""
        if not self.regular and world.quarter - world.opens - self.start >= ONE_OFF_QUARTERS:
            return []
        proposals: list[Meetings] = []
        guests = np.flatnonzero(programme.applicants(world))
        for event in range(1 << 12):
            if len(guests) < 2 or float(sum(np.maximum(programme.left, 0.0))) < self.event_cost + self.places * self.participant_cost:
                break
            clusters = self.form == "c2c" or (self.form == "both" and event % 2 == 1)
            pairs, heads = self._c2c(world, programme, event) if clusters else self._b2b(world, programme, event, guests)
            programme.charge(world, "fixed", programme.split(self.event_cost))
            programme.charge(world, "running", programme.split(self.participant_cost * heads))
            proposals.append(Meetings.of(pairs, Channel.EVENT_C2C if clusters else Channel.EVENT_B2B, self.noise))
        return proposals

    def _rules(self) -> Rules:
        threshold = self.screening if self.screened else UNSCREENED
        return Rules(self.candidates, self.noise, threshold, SCOPES[self.scope], self.random_pairs)

    def _b2b(self, world: "World", programme: Programme, event: int, guests: np.ndarray) -> tuple[np.ndarray, int]:
        come = _attend(programme.key(world, Purpose.EVENT_ATTEND, event), world.population.id, guests, self.attendance, self.places)
        pairs = round_table(
            programme.key(world, Purpose.EVENT_SEAT, event), world.key(Purpose.SEARCH_NOISE), come, world.sight,
            world.appraisal, world.ties.table(), self._rules(),
        )  # fmt: skip
        return pairs, len(come)

    def _c2c(self, world: "World", programme: Programme, event: int) -> tuple[np.ndarray, int]:
        meeting = world.brokerage.pair(world, programme.key(world, Purpose.EVENT, event), programme, SCOPES[self.scope])
        if meeting is None:
            return np.empty((0, 2), np.int64), 0
        guests, hosts, capability = meeting
        pairs = between_clusters(
            programme.key(world, Purpose.EVENT_SEAT, event), world.key(Purpose.SEARCH_NOISE), programme.key(world, Purpose.EVENT_ATTEND, event),
            self.attendance * capability, guests, hosts, world.sight, world.appraisal, world.ties.table(), self._rules(),
        )  # fmt: skip
        return pairs, 2 * len(pairs)
