"""What one quarter adds up to in every country: the sums that all indicators are made of.

Every account is f8 (C,), real (WEIGHTED with the organisations, ties or projects that a row of the model stands for) and additive:
the account of a group of countries is the sum of its members' accounts.  Flows are those of the quarter, stocks those at its end; money is
in million international dollars.  An organisation without staff is nobody: it counts in nothing.
Accounts are only read by those who look at a run; nothing here feeds back into the world.
"""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.knowledge import breadth, depth
from agents.population import FIELDS, Kind

if TYPE_CHECKING:
    from sim.world import World

Accounts = dict[str, np.ndarray]


class CountrySums:
    """Sums over organisations by country, sequential in row order, weighted."""

    def __init__(self, country: np.ndarray, weight: np.ndarray) -> None:
        self.country = country.astype(np.intp)  # (n,), row of countries of each organisation; bincount would convert at every call
        self.weight = weight  # f8 (C,)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Weighted sum of values (n,) by country, f8 (C,)."""
        return np.bincount(self.country, weights=values, minlength=len(self.weight)) * self.weight


def organisation_accounts(world: "World") -> Accounts:
    """Numbers, size, money, research and knowledge of organisations at the end of the quarter."""
    people = world.population
    rows = np.flatnonzero(people.alive & (people.staff > 0.0))
    total = CountrySums(people.country[rows], world.countries.weight)
    kind, research, public = people.kind[rows], people.research[rows], people.research_public[rows]
    firm = kind == Kind.FIRM
    deep, broad = knowledge_of(people.knowledge, rows)
    accounts = {
        "organisations": total(np.ones(len(rows))),
        "firms": total(firm),
        "institutes": total(kind == Kind.INSTITUTE),
        "universities": total(kind == Kind.UNIVERSITY),
        "clustered": total(people.cluster[rows] >= 0),
        "innovators": total(people.innovations_year[rows] > 0),
        "with_foreign_partner": total(people.first_foreign[rows] >= 0),
        "employment": total(people.staff[rows]),
        "research": total(research),
        "research_firm": total(research * firm),
        "research_institute": total(research * (kind == Kind.INSTITUTE)),
        "research_university": total(research * (kind == Kind.UNIVERSITY)),
        "research_public": total(public),
        "research_private": total((research - public) * firm),
        "private_time": total(people.private_cost[rows]),
        "depth": total(deep),
        "breadth": total(broad),
    }
    accounts |= {f"knowledge_{field}": total(people.knowledge[rows, field]) for field in range(FIELDS)}
    return accounts | firm_accounts(world, rows[firm])


def firm_accounts(world: "World", rows: np.ndarray) -> Accounts:
    """Sales, profit and product of the firms in `rows`; product means are weighted with sales, as markets weigh them."""
    people = world.population
    total = CountrySums(people.country[rows], world.countries.weight)
    sales, profit, quality = people.sales[rows], people.profit[rows], np.log(people.quality[rows])
    member = people.cluster[rows] >= 0
    return {
        "sales": total(sales),
        "sales_members": total(sales * member),
        "exports": total(people.export_sales[rows]),
        "niche": total(people.niche[rows]),
        "exporters": total(people.export_sales[rows] > 0.0),
        "profit": total(profit),
        "profit_members": total(profit * member),
        "cash": total(people.cash[rows]),
        "debt": total(people.debt[rows]),
        "constrained": total(people.constrained[rows]),
        "sales_times_quality": total(sales * quality),
        "sales_times_fitness": total(sales * (quality - np.log(people.unit_cost[rows]))),
    } | sector_accounts(world, rows)


def sector_accounts(world: "World", rows: np.ndarray) -> Accounts:
    """Sales by sector, the firms' frontier, and sales times concentration: sum_s S_s H_s, H_s = sum_i (S_i / S_s)^2 among domestic firms.

    An organisation of the model stands for `weight` equal real ones, each with 1 / weight of its share.
    """
    people, count = world.population, len(world.sectors)
    weight = world.countries.weight
    cell = people.country[rows].astype(np.int64) * count + people.sector[rows]
    shape = (len(weight), count)
    sales = np.bincount(cell, weights=people.sales[rows], minlength=shape[0] * count).reshape(shape)
    squares = np.bincount(cell, weights=people.sales[rows] ** 2, minlength=shape[0] * count).reshape(shape)
    concentrated = np.divide(squares, sales, out=np.zeros(shape), where=sales > 0.0)
    accounts = {f"sales_of_{name}": sales[:, s] * weight for s, name in enumerate(world.sectors.name)}
    # weight of the sums and 1 / weight of the shares cancel
    return accounts | {"sales_times_hhi": concentrated.sum(axis=1), "sales_times_frontier": (sales @ world.market.frontier) * weight}


def innovation_accounts(world: "World", country: np.ndarray, focus: np.ndarray) -> Accounts:
    """Innovations and patents of the quarter.  country i8 and focus bool (rows,): as the rows were before this quarter's turnover."""
    flows = world.flows
    total = CountrySums(country, world.countries.weight)
    made = flows.small + flows.radical
    return {
        "innovations": total(made),
        "innovations_eligible": total(made * focus),
        "incremental": total(flows.small),
        "radical": total(flows.radical),
        "joint": total(flows.joint),
        "cross_border_innovations": total(flows.joint_foreign),
        "patents": total(flows.patents),
    }


def trade_accounts(world: "World") -> Accounts:
    """Trade of the whole economy (firms and fringe) in the modelled sectors; `bloc`: between policy countries.

    X[o, d] = sum_s share[o, d, s] expenditure[d, s]; `home_start`: home sales had shares stayed as they were at the start.
    """
    market, count = world.market, len(world.countries)
    trade = (market.share * market.expenditure[None, :, :]).sum(axis=2)
    start = (market.start_share * market.expenditure[None, :, :]).sum(axis=2)
    own = np.arange(count)
    policy = np.flatnonzero(world.countries.policy)
    inside = trade[np.ix_(own, policy)].sum(axis=1) - np.where(world.countries.policy, trade[own, own], 0.0)
    into = trade[np.ix_(policy, own)].sum(axis=0) - np.where(world.countries.policy, trade[own, own], 0.0)
    return {
        "expenditure": market.expenditure[:count].sum(axis=1),
        "home": trade[own, own],
        "home_start": start[own, own],
        "output": trade[:count].sum(axis=1),
        "exports_all": trade[:count].sum(axis=1) - trade[own, own],
        "imports_all": trade[:, :count].sum(axis=0) - trade[own, own],
        "exports_bloc": np.where(world.countries.policy, inside, 0.0),
        "imports_bloc": np.where(world.countries.policy, into, 0.0),
    }


def turnover_accounts(world: "World") -> Accounts:
    """Exits, entries by origin and investment from abroad."""
    flows, weight = world.flows, world.countries.weight
    return {
        "exits": flows.exits * weight,
        "entries": flows.entries.sum(axis=1) * weight,
        "spin_offs": flows.entries[:, 1] * weight,
        "affiliates": flows.entries[:, 2] * weight,
        "fdi": flows.fdi,  # real money already
    }


@njit(cache=True)
def _knowledge_of(knowledge, rows):
    deep, broad = np.empty(len(rows)), np.empty(len(rows))
    for n in range(len(rows)):
        deep[n] = depth(knowledge, rows[n])
        broad[n] = breadth(knowledge, rows[n])
    return deep, broad


def knowledge_of(knowledge: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(depth, breadth) of the knowledge of `rows`, f8 (n,) each."""
    return _knowledge_of(knowledge, rows)
