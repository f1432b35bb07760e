"""What has to be noted while a run goes on, so that facts can be measured at its end: starts of projects, partners, growth, innovators."""

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from agents.knowledge import proximity
from agents.population import Kind
from agents.projects import Status
from agents.ties import TieStage
from sim.calendar import YEAR
from sim.network_accounts import closed
from sim.step import step
from sim.world import World

SURVEY = 3 * YEAR
"""Quarters that innovation surveys look back (Community Innovation Survey)."""

Values = dict[str, float]
NAN = float("nan")


def over(top: float, bottom: float) -> float:
    """top / bottom, nan where there is nothing to divide by."""
    return float(top) / float(bottom) if bottom else NAN


class Partners(NamedTuple):
    """Two members of a project by id: technological proximity, ln km between their places, did they have a project before?"""

    a: int
    b: int
    near: float
    far: float
    again: bool


@dataclass(frozen=True, slots=True)
class Start:
    """A project that started: quarter, key, ids of its members, and of each pair of them how near the two were.

    programme: the bit of the one that pays a part, -1 for none.  renewal: the same members go on.  newcomers: members that never had a
    partner before.
    """

    quarter: int
    key: int
    members: tuple[int, ...]
    programme: int
    renewal: bool
    pairs: tuple[Partners, ...]
    newcomers: tuple[int, ...]


class Watch:
    """A run from the opening of its programmes on, and what was noted in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.end = world.opens + world.config.world.programme + world.config.world.after
        self.starts: list[Start] = []
        self.lives: list[int] = []  # quarters that ended projects had lived
        self.growth: list[tuple[np.ndarray, np.ndarray]] = []  # (sales a year ago, log growth) of each year
        self.partners: set[tuple[int, Kind]] = set()  # (id, kind of a partner) in the last three years
        self.innovated: set[int] = set()  # ids, in the last three years
        self.patents: dict[int, int] = {}  # id -> patents since the opening
        self.joined, self.partnered = self._known()
        self._year_ago = (np.empty(0, np.int64), np.empty(0))

    def run(self, until: int | None = None) -> None:
        """Step to quarter `until`, else to the end of the horizon."""
        while self.world.quarter < (self.end if until is None else until):
            step(self.world)
            self.look()

    def look(self) -> None:
        """At the end of a quarter."""
        world = self.world
        self._note_projects()
        self._note_patents()
        if world.quarter > self.end - SURVEY:
            self._note_cooperation()
        if world.quarter % YEAR == 0:
            self._note_growth()

    def _known(self) -> tuple[set[tuple[int, int]], set[int]]:
        """Pairs that have had a common project, and organisations with a partner, as far as the ties of the opening tell."""
        people, ties = self.world.population, self.world.ties
        living = ties.living()
        living = living[ties.stage[living] >= TieStage.MEMORANDUM]
        pairs = {paired(int(i), int(j)) for i, j in zip(people.id[ties.a[living]], people.id[ties.b[living]], strict=True)}
        return pairs, {one for pair in pairs for one in pair}

    def _note_projects(self) -> None:
        flows = self.world.flows
        for chunk in flows.started:
            for row in range(len(chunk["key"])):
                self._note_start({name: values[row] for name, values in chunk.items()})
        for chunk in closed(flows)[0]:
            self.lives += (self.world.quarter - 1 - chunk["started"]).tolist()

    def _note_start(self, project: dict[str, np.ndarray]) -> None:
        people, size = self.world.population, int(project["size"])
        rows, ids = project["members"][:size], project["member_ids"][:size]
        members = tuple(int(i) for i in ids)
        newcomers = tuple(i for i in members if i not in self.partnered)
        distance = self.world.geography.distance
        pairs = []
        there = people.id[rows] == ids  # who has left since may have left its row to another
        for m in range(size):
            for n in range(m):
                if not there[m] or not there[n]:
                    continue
                pair = paired(members[m], members[n])
                near = float(proximity(people.knowledge, rows[m], rows[n]))
                far = float(np.log(1.0 + distance[people.place[rows[m]], people.place[rows[n]]]))
                pairs.append(Partners(*pair, near, far, pair in self.joined))
        self.joined |= {paired(a, b) for a, b in combinations(members, 2)}
        self.partnered |= set(members)
        # a key's last bit is lost where it is squeezed into a signed number
        key = int(project["key"] >> np.uint64(1))
        programme, renewal = int(project["programme"]), bool(project["renewal"])
        self.starts.append(Start(self.world.quarter - 1, key, members, programme, renewal, tuple(pairs), newcomers))

    def _note_patents(self) -> None:
        people, made = self.world.population, self.world.flows.patents
        for row in np.flatnonzero((made > 0) & people.alive):
            one = int(people.id[row])
            self.patents[one] = self.patents.get(one, 0) + int(made[row])

    def _note_cooperation(self) -> None:
        people, projects = self.world.population, self.world.projects
        self.innovated |= set(people.id[people.innovations > 0].tolist())
        for row in np.flatnonzero(projects.status == Status.ACTIVE):
            team = projects.members[row, : projects.size[row]]
            self.partners |= {(int(people.id[i]), Kind(people.kind[j])) for i in team for j in team if i != j}

    def _note_growth(self) -> None:
        people = self.world.population
        rows = np.flatnonzero(
            people.alive & (people.kind == Kind.FIRM) & self.world.countries.policy[people.country] & (people.sales > 0.0)
        )
        _, now, then = np.intersect1d(people.id[rows], self._year_ago[0], return_indices=True)
        if len(then):
            before = self._year_ago[1][then]
            self.growth.append((before, np.log(people.sales[rows][now]) - np.log(before)))
        self._year_ago = (people.id[rows].copy(), people.sales[rows].copy())


def paired(i: int, j: int) -> tuple[int, int]:
    """Two ids, the smaller first."""
    return (i, j) if i < j else (j, i)


def policy_firms(world: World) -> np.ndarray:
    """Rows of living firms in policy countries."""
    people = world.population
    return np.flatnonzero(people.alive & (people.kind == Kind.FIRM) & world.countries.policy[people.country])
