"""The world as Mesa users expect it: an adapter, nothing more.

    model = CrossClusterModel(config, rng=7)
    model.step()
    model.agents.select(lambda a: a.cash > 1).get("research")
    model.datacollector.get_model_vars_dataframe()

A run without a look at `model.agents` makes no agent at all.  The clock and the luck are the world's own: `rng` is the seed of its keyed
draws, and Mesa's generators are never asked.  Works with Mesa 3.3 (Python 3.11) and 3.5.
"""

import secrets
from functools import partial
from typing import Any

import numpy as np
from mesa import DataCollector, Model
from mesa.agent import AgentSet

from agents.organisation import KINDS, Organisation, StateBody
from sim.accounts import Accounts
from sim.config import Config
from sim.frames import ALL, WORLD, history
from sim.indicators import INDICATORS
from sim.simulate import Result, quarters, result
from sim.step import step
from sim.world import World

REPORTED = ("innovations", "ties", "projects_active", "cross_cluster_active", "cross_border_active", "research_private", "productivity")
"""Indicators that the data collector takes, of all policy countries together."""


def report(model: "CrossClusterModel", indicator: str) -> float:
    """An indicator of the last quarter, of all policy countries together; 0 before the first."""
    return model.indicator(indicator)


class CrossClusterModel(Model):
    """A run of the world of `config` on the seed `rng`; `step` is a quarter, and `running` ends with the run."""

    def __init__(self, config: Config, rng: int | str | None = None) -> None:
        seed = as_seed(rng)
        super().__init__(rng=seed)
        self.config = config
        self.world = World(config, seed)
        self._taken, self._accounts = 0, Accounts()
        self._seen: np.ndarray | None = None  # ids at the last look, to know when the views are out of date
        self._views: list[Organisation] = []  # AgentSets hold weak references
        self._agent_set = AgentSet([], random=self.random)
        self.state_bodies = [
            StateBody(self, self.world.treasury, self.world.programmes, iso, row) for row, iso in enumerate(self.world.countries.iso)
        ]
        self.datacollector = DataCollector(model_reporters={name: partial(report, indicator=name) for name in REPORTED})

    def step(self) -> None:
        """One quarter."""
        step(self.world)
        self.datacollector.collect(self)
        self.running = self.world.quarter < quarters(self.config)

    def indicator(self, name: str, country: str = ALL) -> float:
        """An indicator (sim.indicators.INDICATORS) of the last quarter for "all", "world" or an ISO code; 0 before the first quarter."""
        if not self.world.recorder.quarters:
            return 0.0
        places = [*self.world.countries.iso, ALL, WORLD]
        return float(INDICATORS[name].of(self._last_accounts())[-1, places.index(country)])

    def _last_accounts(self) -> Accounts:
        if self._taken != self.world.quarter:
            self._taken, self._accounts = self.world.quarter, history(self.world)
        return self._accounts

    def result(self) -> Result:
        """Everything so far, as `simulate` returns it."""
        return result(self.world)

    @property
    def agents(self) -> AgentSet:
        """All organisations, as views made when first asked for and again after entries and exits."""
        people = self.world.population
        if self._seen is None or not np.array_equal(self._seen, people.id):
            self._seen = people.id.copy()
            rows = np.flatnonzero(people.alive & (people.staff > 0.0)).tolist()
            self._views = [KINDS[int(people.kind[row])](self, people, self.world.ties, row) for row in rows]
            self._agent_set = AgentSet(self._views, random=self.random)
        return self._agent_set

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Organisations by kind."""
        return {kind: self.agents.select(agent_type=kind) for kind in self.agent_types}

    @property
    def agent_types(self) -> list[type]:
        """Kinds of organisations that exist."""
        present = {type(view) for view in self.agents}
        return [kind for kind in KINDS.values() if kind in present]


def as_seed(rng: Any) -> int:
    """A seed >= 0 from a whole number, text that is one (Mesa's seed box), or nothing: then a fresh one."""
    if rng is None:
        return secrets.randbelow(2**31)
    try:
        seed = int(rng)
    except (TypeError, ValueError):
        seed = -1
    if seed < 0:
        raise ValueError(f"rng: found {rng!r}; allowed: a whole number from 0")
    return seed
