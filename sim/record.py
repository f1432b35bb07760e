"""Phase 9, record: what a run keeps of every quarter.

Kept always: the accounts of the quarter by country (sim/accounts.py, sim/network_accounts.py), the steps of the ladders, one line for every
project that starts.  With record.panel: every organisation and cluster once a year, and every project that ended.
The only column written is `innovations_year`, a count of the last four quarters; nothing else of the world is touched, and every
recorded number is the same whether or not anybody looks at it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.draws import bits
from agents.population import Population
from sim.accounts import Accounts, innovation_accounts, organisation_accounts, trade_accounts, turnover_accounts
from sim.calendar import YEAR
from sim.cluster_panel import Yearbook
from sim.network_accounts import MARKS, cluster_accounts, joined, meeting_accounts, project_accounts, tie_accounts
from sim.panel import finished_projects, organisation_year, quarter_flows

if TYPE_CHECKING:
    from sim.world import World


def record(world: "World") -> None:
    """Phase 9: let the recorder take down the quarter."""
    world.recorder.take(world)


class LastYear:
    """Sums over the last four quarters by organisation; a row that has changed hands starts from nothing."""

    def __init__(self, rows: int) -> None:
        self.ids = np.full((YEAR, rows), -1, dtype=np.int64)
        self.values: dict[str, np.ndarray] = {}

    def add(self, quarter: int, ids: np.ndarray, flows: dict[str, np.ndarray]) -> None:
        """Put in the flows (rows,) of a quarter, over those of the same quarter a year ago."""
        self.ids[quarter % YEAR] = ids
        for name, flow in flows.items():
            # a panel may be wanted only from a snapshot on
            self.values.setdefault(name, np.zeros(self.ids.shape))[quarter % YEAR] = flow

    def total(self, name: str, ids: np.ndarray) -> np.ndarray:
        """Sum over the last four quarters of what the organisations `ids` did, f8 (rows,)."""
        return np.where(self.ids == ids, self.values[name], 0.0).sum(axis=0)


@dataclass(frozen=True, slots=True)
class AtStart:
    """Who held the rows at the start of a quarter, columns (rows,)."""

    id: np.ndarray
    sector: np.ndarray
    staff: np.ndarray

    @classmethod
    def of(cls, people: Population) -> "AtStart":
        """A copy of the columns as they are now."""
        return cls(people.id.copy(), people.sector.copy(), people.staff.copy())


class Recorder:
    """All that is kept of a run so far; part of the world, so a snapshot holds it too."""

    def __init__(self, world: "World") -> None:
        people, countries = world.population, world.countries
        self.country = np.zeros(people.capacity, dtype=np.int64)  # of a row, whoever holds it
        for row in range(len(countries)):
            self.country[countries.start[row] : countries.stop[row]] = row
        self.names: list[str] = []
        self.quarters: list[int] = []
        self.accounts: list[np.ndarray] = []  # f8 (accounts, C), one a quarter
        self.ladders: list[np.ndarray] = []  # f8 (2, channels, stages), as flows.ladder
        self.cluster_ladders: list[np.ndarray] = []  # f8 (stages,)
        self.starts: list[dict[str, np.ndarray]] = []
        self.years: list[dict[str, np.ndarray]] = []  # panel
        self.finished: list[dict[str, np.ndarray]] = []  # projects that ended or lapsed
        self.yearbook = Yearbook()
        self.last_year = LastYear(people.capacity)
        # entrants may take the rows of the dead within a quarter, so flows of a quarter belong to those of its start
        self.before = AtStart.of(people)
        self.next = self.before

    def take(self, world: "World") -> None:
        """Take down the quarter that is about to end.

        Reads: everything.  Writes: population innovations_year.
        """
        people = world.population
        self.before = self.next
        self.last_year.add(world.quarter, people.id, self._flows(world))
        people.innovations_year[:] = self.last_year.total("innovations", people.id)
        accounts = self._accounts(world)
        self.names = list(accounts)
        self.quarters.append(world.quarter)
        self.accounts.append(np.array(list(accounts.values())))
        self.ladders.append(world.flows.ladder.copy())
        self.cluster_ladders.append(world.flows.cluster_ladder.copy())
        started = joined(world.flows.started, ("key", "members", "member_ids", "size", "programme", "weight", *MARKS))
        if started is not None:
            self.starts.append(_start_lines(started, world.countries.policy[self.country], world.quarter))
        if world.config.record.panel:
            self._take_panel(world)
        self.next = AtStart.of(people)

    def _flows(self, world: "World") -> dict[str, np.ndarray]:
        flows: dict[str, np.ndarray] = {"innovations": world.population.innovations}
        if world.config.record.panel:
            flows |= quarter_flows(world, self.before.id == world.population.id)
        return flows

    def _accounts(self, world: "World") -> Accounts:
        focus = [world.sectors.name.index(name) for name in world.config.record.focus] or range(len(world.sectors))
        in_focus = np.isin(self.before.sector, list(focus)) & world.countries.policy[self.country]
        return {
            **organisation_accounts(world),
            **innovation_accounts(world, self.country, in_focus),
            **trade_accounts(world),
            **turnover_accounts(world),
            **meeting_accounts(world, self.country),
            **tie_accounts(world),
            **project_accounts(world, self.country),
            **cluster_accounts(world),
            **self.yearbook.take(world),
        }

    def _take_panel(self, world: "World") -> None:
        self.finished += finished_projects(world)
        since_opening = world.quarter - world.opens
        if since_opening % YEAR == YEAR - 1 and len(self.quarters) >= YEAR:
            self.years.append(organisation_year(world, since_opening // YEAR, self.last_year.total))

    def table(self) -> Accounts:
        """All accounts over the quarters so far: name -> f8 (quarters, C)."""
        stacked = np.array(self.accounts)
        return {name: stacked[:, row] for row, name in enumerate(self.names)}


def _start_lines(started: dict[str, np.ndarray], at_home: np.ndarray, quarter: int) -> dict[str, np.ndarray]:
    """One line a started project; `members` is the same number for the same organisations, whoever leads.

    at_home: bool (rows,), in a policy country; `weight` counts the part of a project's members that are, as the accounts do.
    """
    member = started["members"] >= 0
    part = (member & at_home[started["members"]]).sum(axis=1) / np.maximum(started["size"], 1)
    lines = {name: started[name] for name in ("key", "programme", *MARKS)} | {"weight": started["weight"] * part}
    return lines | {"members": members_hash(np.sort(started["member_ids"], axis=1)), "quarter": np.full(len(started["key"]), quarter)}


@njit(cache=True)
def members_hash(ids):
    """Hash u8 (n,) of each row of sorted ids i8 (n, MEMBERS), -1 where there is no member."""
    hashes = np.zeros(len(ids), np.uint64)
    for n in range(len(ids)):
        for m in range(ids.shape[1]):
            if ids[n, m] >= 0:
                hashes[n] = bits(hashes[n], ids[n, m], 0)
    return hashes
