"""What became of cluster-to-cluster events and B2B meetings, counted as the EU strategic cluster partnerships counted theirs."""

from itertools import combinations

import numpy as np

from agents.population import Kind
from agents.ties import Channel, Reached
from sim.calendar import YEAR
from sim.evidence.watch import Values, Watch, over, paired

SPAN = 2 * YEAR
"""Quarters over which the partnerships of 2016-17 were counted."""
EVENTS_A_PARTNERSHIP = 370 / 25
"""C2C events of an average partnership: projects a partnership are projects an event times this."""
MEDIUM = 250
EVENTS = (Channel.EVENT_B2B, Channel.EVENT_C2C)
PROGRAMME = "matchmaking"


class Guests:
    """Meetings of firms at events, the small and medium firms of the paying side that came to them, and projects that came of them.

    A project is counted once, however many members it has, when it starts, if two of its members had met at an event and are of different
    clusters.  One that is renewed was counted before.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.meetings = 0.0
        self.projects = 0.0
        self.met: set[tuple[int, int]] = set()  # ids of pairs that met at an event
        self.firms: dict[int, float] = {}  # id -> weight
        payers = watch.world.programmes[PROGRAMME].payers(watch.world)
        self.paying = np.isin(np.array(watch.world.countries.iso), payers)

    def look(self) -> None:
        """At the end of a quarter."""
        for chunk in self.watch.world.flows.started:
            for rows, ids, size, weight, again in zip(
                chunk["members"], chunk["member_ids"], chunk["size"], chunk["weight"], chunk["renewal"], strict=True
            ):
                if not again:
                    self.projects += float(weight) * self._came_of_an_event(rows[:size], ids[:size])
        self._count_meetings()

    def _came_of_an_event(self, rows: np.ndarray, ids: np.ndarray) -> bool:
        people = self.watch.world.population
        cluster = np.where(people.id[rows] == ids, people.cluster[rows], -1)  # who has left may have left its row to another
        return any(
            paired(int(ids[m]), int(ids[n])) in self.met and cluster[m] >= 0 and cluster[n] >= 0 and cluster[m] != cluster[n]
            for m, n in combinations(range(len(ids)), 2)
        )

    def _count_meetings(self) -> None:
        people, met, weight = self.watch.world.population, self.watch.world.flows.meetings, self.watch.world.weight
        at_events = np.isin(met.channel, EVENTS)
        a, b = met.a[at_events], met.b[at_events]
        self.met |= {paired(int(i), int(j)) for i, j in zip(people.id[a], people.id[b], strict=True)}
        of_firms = (people.kind[a] == Kind.FIRM) & (people.kind[b] == Kind.FIRM)
        self.meetings += float(np.minimum(weight[a], weight[b])[of_firms].sum())
        came = np.unique(np.concatenate([a, b]))
        came = came[(people.kind[came] == Kind.FIRM) & (people.staff[came] < MEDIUM) & self.paying[people.country[came]]]
        self.firms |= dict(zip(people.id[came].tolist(), weight[came].tolist(), strict=True))


def measure(watch: Watch) -> Values:
    """Run two years of the programme, then count: cluster pairs that met and how far they came, business of firms that met at events."""
    world, guests = watch.world, Guests(watch)
    firms = np.zeros(len(Reached))
    while world.quarter < min(world.opens + SPAN, watch.end):
        watch.run(world.quarter + 1)
        guests.look()
        firms += world.flows.ladder[1][list(EVENTS)].sum(axis=0)
    pairs = np.sum(world.recorder.cluster_ladders[world.opens :], axis=0)
    return {
        "cluster_events": float(pairs[Reached.MET]),
        "business_meetings": guests.meetings,
        "memoranda_per_event": 100 * over(pairs[Reached.AGREED], pairs[Reached.MET]),
        "projects_per_partnership": EVENTS_A_PARTNERSHIP * over(guests.projects, pairs[Reached.MET]),
        "business_per_meeting": 100 * over(firms[Reached.BUSINESS], guests.meetings),
        "business_per_firm": 100 * over(firms[Reached.BUSINESS], sum(guests.firms.values())),
    }
