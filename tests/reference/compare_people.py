"""Organisations, clusters and countries, as both models tell them: entity -> name -> value."""

from typing import Any

from agents.population import COLUMNS, Kind
from tests.reference.compare_ties import Facts, named
from tests.reference.founding import KINDS, destinations
from tests.reference.model import ReferenceModel
from tests.reference.people import LEVERS, PAYERS, Organisation

LIVED = tuple(name for name, column in COLUMNS.items() if column.dtype == "f8" and not column.width)
SETS = ("aware", "eligible", "on_platform")
SWITCHES = ("entry_relief", "blur", "leak", "barred")
NEWS = ("small", "radical", "joint", "joint_foreign", "patents", "project_cost", "project_grant", "subsidy")


def organisations_of_world(world: Any) -> Facts:
    """Id -> identity, every number of the dictionary, sets by name."""
    q, facts = world.population, {}
    for row in q.alive.nonzero()[0]:
        facts[int(q.id[row])] = {
            "kind": KINDS[Kind(int(q.kind[row]))].__name__,
            **{
                name: int(getattr(q, name)[row]) for name in ("country", "place", "sector", "stage", "born", "innovations", "first_foreign")
            },
            "innovations_year": int(q.innovations_year[row]),
            "cluster": int(q.cluster[row]),
            "foreign": bool(q.foreign[row]),
            "constrained": bool(q.constrained[row]),
            **{name: float(getattr(q, name)[row]) for name in LIVED},
            "soft_payer": named(world, int(q.soft_payer[row])),
            # who guarantees nothing is nobody's affair: rounding may have made somebody a guarantor of it
            "guarantor": named(world, int(q.guarantor[row])) if q.guaranteed[row] > 0.0 else None,
            "knowledge": q.knowledge[row].tolist(),
            "exports_to": destinations(int(q.exports_to[row]), len(world.countries)),
            **{name: {p for n, p in enumerate(world.programme_names) if getattr(q, name)[row] >> n & 1} for name in SETS},
        }
    return facts


def organisations_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {i.id: facts_of(i) for i in model.organisations}


def news_of_world(world: Any) -> Facts:
    """Id -> what happened this quarter, and what instruments did to it."""
    q, flows, levers = world.population, world.flows, world.levers
    return {
        int(q.id[row]): {
            **{name: float(getattr(flows, name)[row]) for name in NEWS},
            **{name: float(getattr(levers, "cash" if name == "cash_given" else name)[row]) for name in LEVERS},
            **{name: named(world, int(getattr(levers, name)[row])) for name in PAYERS},
            **{name: getattr(levers, name)[row].tolist() for name in SWITCHES},
        }
        for row in q.alive.nonzero()[0]
    }


def news_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {
        i.id: {
            **{name: float(getattr(i, name)) for name in (*NEWS, *LEVERS)},
            **{name: getattr(i, name) for name in (*PAYERS, *SWITCHES)},
        }
        for i in model.organisations
    }


def facts_of(i: Organisation) -> dict[str, Any]:
    """What an agent says of itself."""
    own = ("place", "sector", "stage", "born", "innovations", "first_foreign", "innovations_year", "foreign", "constrained", "knowledge",
             "exports_to", "soft_payer")  # fmt: skip
    return {
        "kind": type(i).__name__,
        "country": i.country.row,
        "cluster": i.cluster.row if i.cluster else -1,
        "guarantor": i.guarantor if i.guaranteed > 0.0 else None,
        **{name: getattr(i, name) for name in (*own, *LIVED, *SETS)},
    }


CLUSTER = (
    "stage", "founded", "members", "members_start", "sales_start", "research_start", "networking", "variety", "knowledge", "capability",
    "orientation", "labelled", "infrastructure", "decreed",
)  # fmt: skip


def clusters_of_world(world: Any) -> Facts:
    """Row -> state."""
    return {row: {name: getattr(world.clusters, name)[row].tolist() for name in CLUSTER} for row in range(world.clusters.count)}


def clusters_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {c.row: {name: getattr(c, name) for name in CLUSTER} for c in model.clusters}


def countries_of_world(world: Any) -> Facts:
    """ISO code -> markets, price of research, address book by ids."""
    market, countries, id, facts = world.market, world.countries, world.population.id, {}
    for c, iso in enumerate(countries.iso):
        book = countries.addresses[c, : countries.book[c]]
        facts[iso] = {
            "research_price": float(countries.research_price[c]),
            "researchers": float(countries.researchers[c]),
            "delivery": float(countries.delivery[c]),
            "return_rate": float(market.return_rate[c]),
            "book": [int(id[row]) if row >= 0 else None for row in book],
            **{
                name: getattr(market, name)[c].tolist()
                for name in ("fringe_mass", "fringe_sales", "fringe_fitness", "fitness", "expenditure")
            },
            "share": market.share[c].tolist(),
            "price": market.price[c].tolist(),
        }
    return facts


def countries_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {
        c.iso: {
            "research_price": c.research_price,
            "researchers": c.researchers,
            "delivery": c.delivery,
            "return_rate": c.return_rate,
            "book": [i.id if i else None for i in c.book],
            **{name: getattr(c, name) for name in ("fringe_mass", "fringe_sales", "fringe_fitness")},
            "fitness": model.fitness[c.row],
            "expenditure": model.expenditure[c.row],
            "share": [model.share[c.row, d] for d in model.destinations()],
            "price": [model.price[c.row, d] for d in model.destinations()],
        }
        for c in model.countries
    }
