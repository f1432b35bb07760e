"""What a page shows of a session at one moment.  Nothing in it changes when the session lives on, so that it may be drawn meanwhile.

with lock:
    seen = view(session)
chart("ties", seen, words)      # in whatever thread
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.explorer.budget import Budget, budget, spending
from sim.explorer.history import Funnel, History
from sim.explorer.levers import Panel, panels, price
from sim.explorer.link import as_query
from sim.explorer.session import Session
from sim.explorer.setting import Setting
from sim.timetable import Entry


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One moment.

    quarter, last: as a session's; waits: do levers wait for a restart?  link: the query of this state; spending: what each programme paid,
    f8 (quarters,); labels: of these programmes; panels: all instruments; prices: what those that are on would offer a year at a dose of 1,
    mln int$; largest: ISO code of the policy country with most organisations.
    """

    setting: Setting
    timetable: tuple[Entry, ...]
    quarter: int
    last: int
    waits: bool
    link: str
    history: History
    funnel: Funnel
    spending: Mapping[str, np.ndarray]
    labels: Mapping[str, str]
    budget: Budget
    panels: tuple[Panel, ...]
    prices: Mapping[str, float]
    largest: str

    @property
    def at_end(self) -> bool:
        """Is the run over?"""
        return self.quarter >= self.last


def view(session: Session) -> View:
    """The view of a session that nobody steps meanwhile."""
    world, paid, there = session.policy, spending(session), panels(session)
    people = world.population
    return View(
        setting=session.setting, timetable=session.timetable, quarter=session.quarter, last=session.last, waits=bool(session.waiting),
        link=as_query(session), history=session.history(), funnel=session.funnel(), spending=paid,
        labels={name: world.programmes[name].instrument.label for name in paid}, budget=budget(session), panels=there,
        prices={each.name: sum(price(session, each.name).values()) for each in there if each.levers[0].value and not each.free},
        largest=world.countries.iso[int(np.bincount(people.country[people.alive]).argmax())],
    )  # fmt: skip
