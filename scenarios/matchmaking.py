"""Matchmaking: events of single organisations (B2B) and of clusters (C2C), regular or one-off, with screening.

An event changes whom one may meet and how well one sees them; what follows is the participants' decision.  Event e of a quarter draws the
same clusters and the same attention whatever the dose, so more money adds events to those a smaller dose would hold.
A share `singles` of the cluster events brings a cluster together with single organisations, those nearest to what its members know
([NM21]: clusters and single organisations, paired by mutual scientific interest).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, unit
from agents.knowledge import depth
from agents.meeting_places import ANY, CROSS_BORDER, Rules, between_clusters, round_table
from agents.parameters import number
from agents.search import Meetings
from agents.ties import Channel
from sim.calendar import YEAR
from sim.instrument import SCOPES, Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World

NO_CLUSTER = -1
UNSCREENED = -1e9
MOST_EVENTS = 256
MOST_IN_VAIN = 10
"""Events planned for a quarter at most; those without guests are not held, and after so many of them in a row no more are planned."""


@njit(cache=True)
def _attend(k, id, rows, attendance, places):
    """Participants of an event: each comes with probability `attendance`; of too many, the lowest lots get the places."""
    lots = np.empty(len(rows))
    for n in range(len(rows)):
        lots[n] = unit(bits(k, id[rows[n]], 0))
    first = np.argsort(lots)[:places]
    return rows[first[lots[first] < attendance]]


@njit(cache=True)
def _lot(k):
    """A uniform in [0, 1) for an event."""
    return unit(bits(k, 0, 0))


@njit(cache=True)
def _interests(knowledge, rows, mean):
    """Cosine of what organisations `rows` and the members of a cluster on average know, f8 (len(rows),); 0 where one side knows nothing."""
    cosines = np.zeros(len(rows))
    own = 0.0
    for f in range(len(mean)):
        own += mean[f] * mean[f]
    for n in range(len(rows)):
        inner = 0.0
        for f in range(len(mean)):
            inner += knowledge[rows[n], f] * mean[f]
        lengths = math.sqrt(own) * depth(knowledge, rows[n])
        cosines[n] = inner / lengths if lengths > 0.0 else 0.0
    return cosines


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchmaking(Instrument):
    """Holds as many events as its budget and its public allow; cluster organisations pair by interest, base and priorities [NM21].

    Nobody goes to more than one event a quarter, so a large budget runs out of guests before it runs out of money.
    """

    kind: ClassVar[str] = "matchmaking"

    form: Literal["b2b", "c2c", "both"]
    regular: bool
    screened: bool
    random_pairs: bool
    scope: Literal["any", "in_cluster", "cross_cluster", "cross_border"]
    places: int = number("participants", 2, 1000, "design", whole=True)
    attendance: float = number("probability", 0, 1, "guess: 8 B2B meetings a C2C event in the EU partnerships [N20]", null=0)
    candidates: int = number("organisations", 1, 50, "design", whole=True)
    appointments: int = number("meetings", 1, 10, "guess; 3,000 of 2,000 firms in the EU partnerships [N20]", null=1, whole=True)
    singles: float = number("share of cluster events", 0, 1, "guess: with single organisations instead of a second cluster", null=0)
    screening: float = number("logit", -10, 5, "guess")
    noise: float = number("sd of log value", 0, 2, "guess: profiles are prepared")
    event_cost: float = number("mln int$", 0, 5, "guess: an international brokerage event")
    participant_cost: float = number("mln int$ / participant", 0, 0.1, "guess: travel")

    def meet(self, world: "World", programme: "Programme") -> list[Meetings]:
        """Holds events until money or guests run out; returns the meetings they propose."""
        if not self.regular and world.quarter - world.opens - self.start >= YEAR:
            return []
        proposals: list[Meetings] = []
        people = world.population
        fresh = people.alive & (people.staff > 0.0) & programme.reaches(people.country, people.sector)
        in_vain, scale = 0, programme.stands_for(world)
        forms = {"b2b": (Channel.EVENT_B2B,), "c2c": (Channel.EVENT_C2C,), "both": (Channel.EVENT_B2B, Channel.EVENT_C2C)}[self.form]
        for event in range(MOST_EVENTS):
            form = forms[event % len(forms)]
            if in_vain == MOST_IN_VAIN or programme.pot() < self._cost(scale, 2.0 * self.places * scale):
                break
            come, pairs = (self._b2b if form == Channel.EVENT_B2B else self._c2c)(world, programme, event, fresh)
            if len(come) < 2:
                in_vain += 1
                continue
            in_vain = 0
            fresh[come] = False
            # one who stands for twenty abroad does not bring them all
            heads = np.bincount(people.country[come], np.minimum(world.weight[come], scale), len(world.countries))
            programme.serve(world, come)
            programme.charge_common(world, "fixed", self._cost(scale, 0.0), heads)
            programme.charge_common(world, "running", self._cost(0.0, float(sum(heads.tolist()))), heads)
            proposals.append(Meetings.of(pairs, form, self.noise))
        return proposals

    def _cost(self, events: float, heads: float) -> float:
        """Real money that real events and their participants cost; an event of a thinned world stands for several."""
        return self.event_cost * events + self.participant_cost * heads

    def _rules(self) -> Rules:
        threshold = self.screening if self.screened else UNSCREENED
        return Rules(self.candidates, self.noise, threshold, SCOPES[self.scope], self.random_pairs, self.appointments)

    def _b2b(self, world: "World", programme: "Programme", event: int, fresh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who comes to an event of single organisations, of those who know of the programme, and the pairs that meet there."""
        invited = np.flatnonzero(fresh & programme.applicants(world))
        come = _attend(programme.key(world, Purpose.EVENT_ATTEND, event), world.population.id, invited, self.attendance, self.places)
        return come, round_table(
            programme.key(world, Purpose.EVENT_SEAT, event), world.key(Purpose.SEARCH_NOISE), come, world.sight,
            world.appraisal, world.ties.table(), self._rules(),
        )  # fmt: skip

    def _c2c(self, world: "World", programme: "Programme", event: int, fresh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Members of two clusters, or of one and outsiders, that come to meet, and the pairs: the host's members choose among the guests.

        What is targeted is the cluster by its key product: any member may come, and need not have heard of the programme, since the
        cluster organisation tells it; how many come is this organisation's capability.
        """
        k, scope = programme.key(world, Purpose.EVENT, event), SCOPES[self.scope]
        nobody = np.empty(0, np.int64)
        host = world.brokerage.host(world, k, programme, fresh)
        single = scope in (ANY, CROSS_BORDER) and _lot(programme.key(world, Purpose.SINGLES, event)) < self.singles
        guest = NO_CLUSTER if single or host < 0 else world.brokerage.guest(world, k, programme, scope, host)
        if host < 0 or (guest < 0 and not single):
            return nobody, np.empty((0, 2), np.int64)
        look = self._delegation(world, programme, event, host, fresh)
        if single:
            meet = self._outsiders(world, programme, event + MOST_EVENTS, host, fresh)
        else:
            meet = look if guest == host else self._delegation(world, programme, event + MOST_EVENTS, guest, fresh)
        if len(look) == 0 or len(meet) == 0:
            return nobody, np.empty((0, 2), np.int64)
        come = np.unique(np.concatenate((look, meet)))
        if len(come) > 1 and not single:
            world.brokerage.meet(world, k, host, guest)
        return come, between_clusters(
            programme.key(world, Purpose.EVENT_SEAT, event), world.key(Purpose.SEARCH_NOISE), look, meet, world.sight, world.appraisal,
            world.ties.table(), self._rules(),
        )  # fmt: skip

    def _delegation(self, world: "World", programme: "Programme", number: int, cluster: int, fresh: np.ndarray) -> np.ndarray:
        """Members of a cluster that come to its event, as its organisation is able to bring them."""
        members, chance = world.cluster_members(cluster), self.attendance * float(world.clusters.capability[cluster])
        return _attend(
            programme.key(world, Purpose.EVENT_ATTEND, number), world.population.id, members[fresh[members]], chance, self.places
        )

    def _outsiders(self, world: "World", programme: "Programme", number: int, host: int, fresh: np.ndarray) -> np.ndarray:
        """Organisations without a cluster, in the programme's sectors, that know most nearly what the host's members know.

        As many as there are places are invited; how many come is, again, the capability of the host's organisation.
        """
        people, clusters, sectors = world.population, world.clusters, self.target.sectors
        fits = fresh & (people.cluster < 0)
        if sectors:
            fits &= np.isin(people.sector, [world.sectors.name.index(name) for name in sectors if name in world.sectors.name])
        if SCOPES[self.scope] == CROSS_BORDER:
            fits &= people.country != clusters.country[host]
        rows = np.flatnonzero(fits)
        nearest = np.lexsort((people.id[rows], -_interests(people.knowledge, rows, clusters.knowledge[host])))[: self.places]
        chance = self.attendance * float(clusters.capability[host])
        return _attend(programme.key(world, Purpose.EVENT_ATTEND, number), people.id, rows[nearest], chance, self.places)
