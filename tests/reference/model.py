"""The quarter once more, one organisation at a time: a Mesa model of agents that hold their own state.

It starts from the founding state of a World, which it copies into objects (tests/reference/founding.py), reads the same parameters and
eats the same keyed draws; everything that happens afterwards it does by itself, plainly and slowly.
"""

from collections.abc import Iterable
from typing import Any

from mesa import Model

from agents.draws import Purpose
from tests.reference.cooperate import cooperate
from tests.reference.draws import key
from tests.reference.finance import finance
from tests.reference.founding import copy_world
from tests.reference.govern import govern
from tests.reference.innovate import innovate
from tests.reference.instruments import ADMITS, OWES
from tests.reference.learn import learn
from tests.reference.people import REST, Cluster, Country, Organisation
from tests.reference.programme import Programme
from tests.reference.relations import Tie
from tests.reference.search import search
from tests.reference.trade import trade
from tests.reference.turnover import turn_over

LASTING = 1 << 40
PHASES = (govern, search, cooperate, learn, innovate, trade, finance, turn_over)
"""The quarter; recording is left to the fast world."""


class ReferenceModel(Model):
    """All agents, and what lies around them."""

    def __init__(self, world: Any) -> None:
        super().__init__(rng=world.seed)
        self.seed, self.quarter, self.opens = world.seed, world.quarter, world.opens
        self.behaviour, self.timetable = world.config.behaviour, world.config.timetable
        self.hooks = {"ADMITS": ADMITS, "OWES": OWES}
        self.organisations: list[Organisation] = []
        self.left: list[Organisation] = []  # this quarter
        self.entered: list[Organisation] = []
        copy_world(self, world)
        self.programmes = {name: Programme(self, name, world.config.instrument[name]) for name in sorted(world.config.instrument)}

    def step(self) -> None:
        """One quarter."""
        for phase in PHASES:
            phase(self)
        self.close()

    def close(self) -> None:
        """The quarter is over."""
        self.meetings = []
        for i in self.organisations:
            i.past_innovations.append(i.innovations)
        self.quarter += 1

    def purpose(self, name: str) -> int:
        """Number of a purpose."""
        return int(Purpose[name])

    def key(self, purpose: str) -> int:
        """Key of a purpose this quarter."""
        return key(self.seed, Purpose[purpose], self.quarter)

    def lasting_key(self, purpose: str) -> int:
        """Key of a purpose for the whole run."""
        return key(self.seed, Purpose[purpose], LASTING)

    def active(self) -> list[Organisation]:
        """Organisations in which somebody works."""
        return [i for i in self.organisations if i.active]

    def at_home(self, country: Country) -> list[Organisation]:
        """Organisations of a country."""
        return [i for i in self.organisations if i.country is country]

    def members(self, cluster: Cluster) -> list[Organisation]:
        """Members of a cluster."""
        return [i for i in self.active() if i.cluster is cluster]

    def ties(self) -> list[Tie]:
        """All ties, each once."""
        return [tie for i in self.organisations for tie in i.ties.values() if tie.a is i]

    def destinations(self) -> list[int]:
        """Rows of countries and the rest of the world."""
        return [*range(len(self.countries)), REST]

    def open_programmes(self) -> list[Programme]:
        """Programmes open this quarter by name, those that live on what others leave last."""
        return residual_last(each for each in self.programmes.values() if each.is_open)

    def paying_programmes(self) -> list[Programme]:
        """Programmes that are open or still have money, in the same order."""
        return residual_last(each for each in self.programmes.values() if each.pays)

    def calls(self) -> list[Programme]:
        """Calls for joint projects, open or not, by name."""
        return [each for each in self.programmes.values() if each.is_call]


def residual_last(programmes: Iterable[Programme]) -> list[Programme]:
    """By name, those that live on what others leave last."""
    return sorted(programmes, key=lambda each: (bool(each.plan.residual_of), each.name))
