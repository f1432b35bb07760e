"""Clusters founded by the state: by decree, without a primary network, or around one that is there.

decreed   the members are drawn among organisations of one sector that belong to no cluster; the association is founded at once, so dues
          are due at once, whether or not anybody works with anybody;
grown     the organisation with most partners by memorandum outside any cluster is the core, then come these partners, their partners,
          and in the end others of its sector in drawn order, up to the same number; the association follows networking, as everywhere.
Both cost the same: a fixed sum a cluster, and `support` that goes to its members at home in equal parts, without strings, as far as money
lasts.  Nothing is said of what becomes of them: a cluster cannot be created by command, a primary network comes first [N20], is a
prediction, and membership, associations and stages follow the rules that hold for all clusters (agents/membership.py).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from agents.births import lots
from agents.draws import Purpose, bits
from agents.membership import record_survey, survey
from agents.parameters import number
from agents.search import drawn_country
from agents.ties import TieStage
from sim.cluster_founders import CLUSTERS_PER_COUNTRY, draw_abilities
from sim.instrument import Instrument
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World

BY_THE_STATE = 500_000
"""Number, within its country, of the first cluster that the state founds; those of the start have smaller ones."""
LEAST = 2
"""Members without which there is nothing to found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree(Instrument):
    """Founds up to `clusters` clusters in every paying country as soon as the country has the money, from its eligible organisations."""

    kind: ClassVar[str] = "decree"

    form: Literal["decreed", "grown"]
    clusters: int = number("clusters a paying country", 1, 1000, "design", whole=True)
    members: int = number("organisations", 2, 200, "guess: as many as a median cluster", whole=True)
    founding_cost: float = number("mln int$ / cluster", 0, 100, "guess: study, charter, seat")
    support: float = number("mln int$ / quarter and cluster", 0, 20, "guess", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Founds what can be founded and paid, then supports what it has founded."""
        before = len(programme.founded)
        for country in np.flatnonzero(np.isin(np.array(world.countries.iso), programme.payers(world))):
            self._found(world, programme, int(country))
        if len(programme.founded) > before:
            now = survey(world.population, world.ties, world.clusters)
            record_survey(world.clusters, now, np.array(programme.founded[before:]))
        self._support(world, programme)

    def _found(self, world: "World", programme: "Programme", country: int) -> None:
        clusters, cost = world.clusters, self.founding_cost * float(world.countries.weight[country])
        while np.count_nonzero(clusters.country[programme.founded] == country) < self.clusters and programme.left[country] >= cost:
            key = next_key(world, country)
            members = (self._drawn if self.form == "decreed" else self._networked)(world, programme, country, key)
            if len(members) < LEAST:
                return
            row = charter(world, country, key, members, decreed=self.form == "decreed")
            programme.founded.append(row)
            programme.serve(world, members)
            bill = np.zeros(len(world.countries))
            bill[country] = cost
            programme.charge(world, "fixed", bill)

    def _drawn(self, world: "World", programme: "Programme", country: int, key: int) -> np.ndarray:
        """Members by lot in a sector drawn in proportion to its organisations outside clusters."""
        people, free = world.population, outside(world, programme, country)
        there = np.bincount(people.sector[free], minlength=len(world.sectors))
        z = bits(programme.lasting_key(world, Purpose.DECREE), key, 0)
        sector = drawn_country(np.uint64(z), np.arange(len(there)), np.where(there >= LEAST, there, 0).astype(np.float64))
        return first_drawn(world, programme, np.flatnonzero(free & (people.sector == sector)), key)[: self.members]

    def _networked(self, world: "World", programme: "Programme", country: int, key: int) -> np.ndarray:
        """The core first, then in drawn order its partners, their partners, and others of its sector; nobody where nobody has a partner."""
        people, free = world.population, outside(world, programme, country)
        a, b = partners(world, free)
        drawn = first_drawn(world, programme, np.flatnonzero(free), key)
        if len(a) == 0:
            return drawn[:0]
        count = np.bincount(np.concatenate((a, b)), minlength=people.capacity)
        core = int(drawn[np.argmax(count[drawn])])
        near = np.where(free & (people.sector == people.sector[core]), 3, 4)
        near[core] = 0
        for step in (1, 2):
            inside = near < step
            reached = np.concatenate((b[inside[a]], a[inside[b]]))
            near[reached] = np.minimum(near[reached], step)
        drawn = drawn[np.argsort(near[drawn], kind="stable")]
        return drawn[near[drawn] < 4][: self.members]

    def _support(self, world: "World", programme: "Programme") -> None:
        """Cash for members at home, in equal parts, as far as each country's money lasts."""
        people, clusters = world.population, world.clusters
        due = np.zeros(people.capacity)
        for row in programme.founded:
            members = world.cluster_members(row)
            members = members[people.country[members] == clusters.country[row]]
            due[members] = self.support / max(1, len(members))
        bill = by_country(due, world.weight, people.country, len(world.countries))
        part = np.minimum(np.maximum(programme.left, 0.0) / np.where(bill > 0.0, bill, 1.0), 1.0)
        paid = due * part[people.country]
        world.levers.cash += paid
        programme.serve(world, paid > 0.0)
        programme.charge_organisations(world, "cash", paid)


def outside(world: "World", programme: "Programme", country: int) -> np.ndarray:
    """Eligible organisations of a country that belong to no cluster, bool (rows,)."""
    people = world.population
    return ((people.eligible & programme.flag) != 0) & (people.cluster < 0) & (people.country == country)


def first_drawn(world: "World", programme: "Programme", rows: np.ndarray, key: int) -> np.ndarray:
    """Rows in the order in which the state draws them for a cluster."""
    k = programme.lasting_key(world, Purpose.DECREE_MEMBER)
    return rows[np.argsort(lots(k, world.population.id[rows], key), kind="stable")]


def partners(world: "World", among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends, i8 (ties,) each, of the ties by memorandum between two of `among` bool (rows,)."""
    ties = world.ties
    living = ties.living()
    a, b = ties.a[living], ties.b[living]
    signed = among[a] & among[b] & (ties.stage[living] >= TieStage.MEMORANDUM)
    return a[signed], b[signed]


def next_key(world: "World", country: int) -> int:
    """Luck key of the next cluster that the state founds in a country."""
    first = int(world.countries.key[country]) * CLUSTERS_PER_COUNTRY + BY_THE_STATE
    own = (world.clusters.country == country) & (world.clusters.key >= first)
    return first + int(np.count_nonzero(own))


def charter(world: "World", country: int, key: int, members: np.ndarray, decreed: bool) -> int:
    """A new cluster of these members, seated where the first of them is, about what it makes; returns its row."""
    people, clusters = world.population, world.clusters
    row = clusters.grow(1)
    clusters.key[row], clusters.country[row] = key, country
    clusters.place[row], clusters.sector[row] = people.place[members[0]], people.sector[members[0]]
    clusters.decreed[row] = clusters.founded[row] = decreed
    draw_abilities(world.seed, clusters, np.array([row]), world.config.behaviour.birth)
    people.cluster[members] = row
    return row
