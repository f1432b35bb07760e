"""The world: everything a run holds, how it is built from a config, follows its timetable, and goes on from a snapshot."""

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from agents import draws
from agents.appraisal import Sight
from agents.draws import Purpose
from agents.knowledge import Reference
from agents.membership import record_survey, survey
from agents.parameters import as_record
from agents.projects import Projects
from agents.ties import Ties
from sim.brokerage import Brokerage
from sim.cluster_founders import found_clusters
from sim.flows import Flows
from sim.founders import found_population
from sim.geography import build_geography
from sim.instrument import Call
from sim.levers import Levers
from sim.programme import Programme
from sim.record import Recorder
from sim.setting import build_countries, build_places, build_sectors
from sim.timetable import in_force
from sim.trade_matrix import build_market
from sim.treasury import Treasury

if TYPE_CHECKING:
    from sim.config import Config

TIES_AT_START = 4
"""Ties per organisation for which room is made at the start."""
LASTING = 1 << 40
"""The 'quarter' of draws that hold for a whole run."""


class World:
    """State of a run.  `quarter` is the quarter about to run, 0 at the start of the burn-in; programmes open at quarter `opens`."""

    def __init__(self, config: "Config", seed: int) -> None:
        behaviour = config.behaviour
        self.config = config
        self.seed = seed
        self.quarter = 0
        self.opens = config.world.burn_in
        self.countries = build_countries(config)
        self.places = build_places(config)
        self.sectors = build_sectors(config)
        membership, closed = blocs_in_force(config)
        self.geography = build_geography(self.countries, self.places, self.sectors, membership, closed, behaviour.space)
        self.rest = (behaviour.learning.creation / behaviour.learning.depreciation, behaviour.learning.creation_elasticity)
        self.population, self.cradle = found_population(
            seed, config.country, self.countries, self.places, self.sectors, behaviour.birth, self.rest
        )
        self.clusters = found_clusters(seed, config.country, self.countries, self.sectors, self.population, self.cradle, behaviour.birth)
        self.market = build_market(
            seed,
            self.population,
            self.countries,
            self.sectors,
            self.geography,
            behaviour.birth.export_spread,
            behaviour.market,
        )
        self.ties = Ties(self.population.capacity, TIES_AT_START * self.population.capacity)
        record_survey(self.clusters, survey(self.population, self.ties, self.clusters))
        self.projects = Projects(self.population.capacity)
        self.brokerage = Brokerage()
        self.treasury = Treasury(self.countries.iso)
        self.programmes: dict[str, Programme] = {}
        self.programme_names: list[str] = []
        self.levers = Levers.at_rest(self.population.capacity, len(self.countries), len(self.sectors))
        self.flows = Flows.empty(self.population.capacity, len(self.countries))
        self.recorder = Recorder(self)
        self._admit(config)

    def _admit(self, config: "Config") -> None:
        """Programmes of the config become part of the world; one already running goes on with the instrument as configured now."""
        self.config = config
        now = in_force(config.timetable, config.instrument, self.quarter - self.opens)
        for name in sorted(config.instrument):
            if name not in self.programmes:
                self.programmes[name] = Programme(name, now[name], len(self.programme_names), len(self.countries), self.population.capacity)
                self.programme_names.append(name)
            self.programmes[name].instrument = now[name]
        for name in self.programmes.keys() - config.instrument.keys():
            self.programmes[name].close()

    def follow_timetable(self) -> None:
        """Programmes change as the timetable says of the quarter that begins."""
        now, config = self.quarter - self.opens, self.config
        changed = dict.fromkeys(name for entry in config.timetable if entry.at == now for name in entry.names())
        instruments = in_force(config.timetable, config.instrument, now + 1) if changed else {}
        for name in changed:
            self.programmes[name].turn_to(self, instruments[name])

    def snapshot(self) -> bytes:
        """The whole state as bytes; `resume` goes on from them."""
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)

    @classmethod
    def resume(cls, snapshot: bytes, config: "Config") -> "World":
        """The world of a snapshot, with the instruments, record and checks of `config`; everything else must be as it was."""
        world: World = pickle.loads(snapshot)
        world._admit(config)
        return world

    def key(self, purpose: Purpose) -> np.uint64:
        """Key of a purpose in this quarter."""
        return draws.key(self.seed, purpose, self.quarter)

    def lasting_key(self, purpose: Purpose) -> np.uint64:
        """Key of a purpose for draws that hold for the whole run."""
        return draws.key(self.seed, purpose, LASTING)

    @property
    def weight(self) -> np.ndarray:
        """Real organisations each row stands for, f8 (rows,)."""
        return self.countries.weight[self.population.country]

    @property
    def appraisal(self) -> Any:
        """Parameters of appraisal, for kernels."""
        return as_record(self.config.behaviour.appraisal)

    @property
    def reference(self) -> Reference:
        """The typical organisation of the start, to which research, size and knowledge are compared."""
        market = self.market
        return Reference(
            research=market.research_reference, sales=market.sales_median, depth=market.depth_reference, breadth=market.breadth_reference
        )

    @property
    def sight(self) -> Sight:
        """What organisations see of each other now."""
        people, geography = self.population, self.geography
        return Sight(
            id=people.id, kind=people.kind, country=people.country, place=people.place, sector=people.sector, stage=people.stage,
            cluster=people.cluster, staff=people.staff, knowledge=people.knowledge, distance=geography.distance,
            institution=np.maximum(geography.institution + self.levers.institution, 0.0),
            sector_cosine=geography.sector_cosine, ict=self.countries.ict, blur=self.levers.blur, leak=self.levers.leak,
        )  # fmt: skip

    @property
    def consent(self) -> np.ndarray:
        """Chance a quarter that two states agree on a project of both, f8 (C, C), as instruments and shocks have it now."""
        return np.maximum(self.geography.consent, self.levers.consent) * (1.0 - self.levers.closed)

    @property
    def searching(self) -> np.ndarray:
        """Weight of the column for a searcher of the row, f8 (C, C), less over a border that is closing, 0 over a closed one."""
        return self.geography.search * (1.0 - self.levers.closed)

    @property
    def passable(self) -> np.ndarray:
        """Borders that are not closed to projects, bool (C, C): over those that are, no state can consent and no award stands for it."""
        return (self.geography.search > 0.0) & (self.levers.closed < 1.0)

    def members_by_cluster(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, start): members of cluster c are rows[start[c]:start[c + 1]]."""
        member = np.flatnonzero(self.population.alive & (self.population.staff > 0.0) & (self.population.cluster >= 0))
        cluster = self.population.cluster[member]
        rows = member[np.argsort(cluster, kind="stable")]
        start = np.zeros(self.clusters.count + 1, np.int64)
        start[1:] = np.cumsum(np.bincount(cluster, minlength=self.clusters.count))
        return rows, start

    def cluster_members(self, cluster: int) -> np.ndarray:
        """Rows of the members of one cluster."""
        people = self.population
        return np.flatnonzero(people.alive & (people.staff > 0.0) & (people.cluster == cluster))

    def calls(self, open_only: bool = True) -> list[Programme]:
        """Programmes that pay joint projects, by name; `open_only`: those that take applications now."""
        return [
            programme
            for _, programme in sorted(self.programmes.items())
            if isinstance(programme.instrument, Call) and (programme.is_open(self) or not open_only)
        ]

    def apply_cost(self, programme: Programme, rows: np.ndarray) -> None:
        """Members' own time for the applications of the projects of these rows, booked beside public money."""
        cost = self.config.behaviour.public.application_cost
        leads = self.projects.members[rows, 0]
        _add(self.population.private_cost, leads, cost)
        for country in range(len(self.countries)):
            led = np.count_nonzero(self.population.country[leads] == country)
            amount = cost * float(led) * float(self.countries.weight[country])
            self.treasury.book(self.quarter, programme.name, country, country, "private_time", amount)


@njit(cache=True)
def _add(column, rows, amount):
    for row in rows:
        column[row] += amount


def blocs_in_force(config: "Config") -> tuple[list[frozenset[str]], np.ndarray]:
    """Blocs of each country, and borders closed to cooperation bool (C, C), in the calendar year of the world."""
    year, countries = config.world.calendar, list(config.country.values())
    membership: list[frozenset[str]] = [
        frozenset(bloc for bloc, when in country.blocs.items() if when.since <= year and (when.until is None or year < when.until))
        for country in countries
    ]
    closed = np.zeros((len(countries), len(countries)), bool)
    for closure in config.world.closures:
        if year < closure.since:
            continue
        one, other = (
            [iso == side or side in blocs for iso, blocs in zip(config.country, membership, strict=True)] for side in closure.between
        )
        closed |= np.logical_or(np.outer(one, other), np.outer(other, one))
    np.fill_diagonal(closed, False)
    return membership, closed
