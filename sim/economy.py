"""Phases 6 to 8 wired to the world: trade, finance, turnover."""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.draws import Purpose
from agents.membership import change_members, develop, survey
from agents.population import COLUMNS
from agents.ties import remove
from sim import finance as firms_money
from sim import market
from sim.calendar import YEAR
from sim.cooperate import break_off
from sim.eligibility import third_countries
from sim.entry import enter
from sim.programme import paying_programmes
from sim.treasury import by_country
from sim.turnover import bury, exits

if TYPE_CHECKING:
    from sim.world import World


def trade(world: "World") -> None:
    """Phase 6: markets clear (sim/market.py)."""
    keys = market.TradeKeys(*(world.key(purpose) for purpose in (Purpose.DEMAND, Purpose.DEMAND_JUMP, Purpose.EXPORT_ENTRY)))
    world.flows.traded = market.trade(
        world.population, world.countries, world.market, world.ties, world.levers, third_countries(world), keys,
        world.config.behaviour.market, settling=world.quarter < world.opens,
    )  # fmt: skip


def finance(world: "World") -> None:
    """Phase 7: money and R&D (sim/finance.py, agents/investment.py); programmes pay; the state notes the tax base."""
    flows, p, people, countries = world.flows, world.config.behaviour, world.population, world.countries
    flows.money = firms_money.finance(
        people, countries, world.sectors, world.clusters, world.market, world.levers, flows.traded, flows.project_cost,
        flows.project_grant, firms_money.FinanceKeys(world.key(Purpose.MARGIN), world.key(Purpose.CREDIT)), p.finance, p.investment,
        p.market.smoothing,
    )  # fmt: skip
    flows.subsidy = flows.money.subsidy
    people.awarded += flows.project_grant + flows.subsidy + world.levers.cash + flows.money.relief()
    for programme in paying_programmes(world):
        programme.instrument.pay(world, programme)
    raise_surcharge(world)


def raise_surcharge(world: "World") -> None:
    """Tax of the quarter: its base is kept for the next surcharge, what a surcharge brought in pays bills."""
    countries, treasury = world.countries, world.treasury
    rate = countries.tax + world.levers.surcharge
    tax = by_country(world.flows.money.tax, world.weight, world.population.country, len(countries))
    treasury.tax_base = np.where(rate > 0.0, tax / np.where(rate > 0.0, rate, 1.0), 0.0)
    raised = treasury.tax_base * world.levers.surcharge
    treasury.unpaid = treasury.unpaid - raised
    for country in range(len(countries)):
        treasury.book(world.quarter, "surcharge", country, country, "surcharge", float(raised[country]))


def turn_over(world: "World") -> None:
    """Phase 8: the insolvent leave, entrants come; once a year clusters develop and membership moves with ties."""
    flows, people, countries, p = world.flows, world.population, world.countries, world.config.behaviour
    leaving = exits(people, world.market, p.turnover)
    dissolve(world, leaving)
    flows.left = {name: getattr(people, name)[leaving].copy() for name in COLUMNS}
    departures = bury(world.seed, people, countries, world.clusters, world.market, leaving)
    flows.exits = departures.firms
    entered = enter(
        world.seed, world.quarter, people, countries, world.sectors, world.clusters, world.market, world.cradle, p.turnover, p.birth,
        world.rest, world.levers.start_relief,
    )  # fmt: skip
    flows.entered = entered.rows
    np.add.at(flows.entries, (people.country[entered.rows], entered.origin), 1)
    flows.no_room, flows.fdi = entered.no_room, entered.fdi
    for programme in paying_programmes(world):
        programme.instrument.settle(world, programme)
    if world.quarter % YEAR == YEAR - 1:
        people.cluster[:] = change_members(people, world.ties, world.clusters, p.membership, world.key)
        develop(world.clusters, survey(people, world.ties, world.clusters), p.membership)


def dissolve(world: "World", rows: np.ndarray) -> None:
    """Close the ties and projects of organisations that leave; their projects end without success."""
    projects = world.projects
    leaving = np.zeros(world.population.capacity, bool)
    leaving[rows] = True
    members = projects.members
    broken = np.flatnonzero((projects.status > 0) & np.any((members >= 0) & leaving[members], axis=1))
    break_off(world, broken)
    _cut_ties(world.ties.table(), rows)


@njit(cache=True)
def _cut_ties(t, rows):
    for row in rows:
        for slot in range(t.of.shape[1]):
            if t.of[row, slot] >= 0:
                remove(t, t.of[row, slot])
