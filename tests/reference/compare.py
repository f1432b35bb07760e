"""Where the fast world and the reference differ: the first entity and what both say of it."""

import math
from typing import Any

from agents.population import COLUMNS, Kind
from agents.projects import Status
from tests.reference.founding import KINDS, destinations
from tests.reference.model import ReferenceModel
from tests.reference.people import Organisation

RELATIVE = 1e-9
Facts = dict[Any, dict[str, Any]]
"""entity -> name -> value"""
LIVED = tuple(name for name, column in COLUMNS.items() if column.dtype == "f8" and not column.width)
SETS = ("aware", "eligible", "on_platform")
NEWS = ("small", "radical", "joint", "joint_foreign", "patents", "project_cost", "project_grant", "subsidy")
LEVERS = ("research_rate", "research_cap", "untargeted")


def same(x: Any, y: Any) -> bool:
    """Equal, floating-point numbers to 1e-9 relative."""
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(same(a, b) for a, b in zip(x, y, strict=True))
    if isinstance(x, float) or isinstance(y, float):
        return math.isclose(x, y, rel_tol=RELATIVE, abs_tol=1e-12)
    return bool(x == y)


def difference(fast: Facts, slow: Facts) -> str | None:
    """The first difference, in words."""
    for entity in sorted(fast.keys() ^ slow.keys(), key=str):
        return f"{entity}: only in the {'fast world' if entity in fast else 'reference'}"
    for entity, facts in fast.items():
        for name, value in facts.items():
            if not same(value, slow[entity][name]):
                return f"{entity}: {name} is {value!r} in the fast world, {slow[entity][name]!r} in the reference"
    return None


def first_difference(world: Any, model: ReferenceModel, flows: bool) -> str | None:
    """The first difference of all kinds of entities; `flows`: of what happened this quarter too (before rows change hands)."""
    news = (
        ("meeting", meetings_of_world(world), meetings_of_model(model)),
        ("news of", news_of_world(world), news_of_model(model)),
    )  # fmt: skip
    for kind, fast, slow in (
        *(news if flows else ()),
        ("tie", ties_of_world(world), ties_of_model(model)),
        ("project", projects_of_world(world), projects_of_model(model)),
        ("programme", programmes_of_world(world), programmes_of_model(model)),
        ("organisation", organisations_of_world(world), organisations_of_model(model)),
        ("cluster", clusters_of_world(world), clusters_of_model(model)),
        ("country", countries_of_world(world), countries_of_model(model)),
        ("pair of clusters", {p: {"reached": int(r)} for p, r in world.brokerage.reached.items()},
         {p: {"reached": int(r)} for p, r in model.brokered.items()}),
    ):  # fmt: skip
        found = difference(fast, slow)
        if found:
            return f"{kind} {found}"
    return None


def meetings_of_world(world: Any) -> Facts:
    """Pair -> place in the drawn order, channel and noise."""
    m, id = world.flows.meetings, world.population.id
    return {
        (int(id[m.a[n]]), int(id[m.b[n]])): {"turn": n, "channel": int(m.channel[n]), "noise": float(m.noise[n])} for n in range(len(m.a))
    }


def meetings_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {(m.a.id, m.b.id): {"turn": n, "channel": int(m.channel), "noise": m.noise} for n, m in enumerate(model.meetings)}


TIE = ("stage", "reached", "since", "channel", "meetings", "projects", "business", "trust")


def ties_of_world(world: Any) -> Facts:
    """Pair -> all columns."""
    t, id = world.ties, world.population.id
    return {(int(id[t.a[n]]), int(id[t.b[n]])): {name: getattr(t, name)[n].item() for name in TIE} for n in t.living()}


def ties_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {(tie.a.id, tie.b.id): {name: getattr(tie, name) for name in TIE} for tie in model.ties()}


PROJECT = (
    "weight", "born", "started", "value", "channel", "renewal", "consented", "cross_cluster", "in_cluster", "cross_border",
    "cross_sector", "with_science", "innovations",
)  # fmt: skip
SHARES = ("cost", "load", "covered")


def projects_of_world(world: Any) -> Facts:
    """Key -> members and all columns."""
    p, id, facts = world.projects, world.population.id, {}
    for n in (p.status != Status.FREE).nonzero()[0]:
        size, programme = p.size[n], int(p.programme[n])
        facts[int(p.key[n])] = {
            "members": id[p.members[n, :size]].tolist(),
            "active": bool(p.status[n] == Status.ACTIVE),
            "programme": world.programme_names[programme] if programme >= 0 else None,
            **{name: getattr(p, name)[n].item() for name in PROJECT},
            **{name: getattr(p, name)[n, :size].tolist() for name in SHARES},
        }
    return facts


def projects_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {
        p.key: {
            "members": [i.id for i in p.members],
            "active": p.active,
            "programme": p.programme,
            **{name: getattr(p, name) for name in (*PROJECT, *SHARES)},
        }
        for p in model.projects
    }


PROGRAMME = ("left", "spent", "offered", "level", "success", "running")


def programmes_of_world(world: Any) -> Facts:
    """Name -> money, level of awareness, success rate; and the payers' unpaid bills."""
    facts = {name: {each: plain(getattr(p, each)) for each in PROGRAMME} for name, p in world.programmes.items()}
    return facts | {"treasury": {"unpaid": world.treasury.unpaid.tolist(), "tax_base": world.treasury.tax_base.tolist()}}


def plain(value: Any) -> Any:
    """An array as a list, anything else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value


def programmes_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    facts = {name: {each: getattr(p, each) for each in PROGRAMME} for name, p in model.programmes.items()}
    return facts | {"treasury": {"unpaid": model.unpaid, "tax_base": model.tax_base}}


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
            **{name: float(getattr(levers, name)[row]) for name in LEVERS},
            "cash_given": float(levers.cash[row]),
        }
        for row in q.alive.nonzero()[0]
    }


def news_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    return {i.id: {name: float(getattr(i, name)) for name in (*NEWS, *LEVERS, "cash_given")} for i in model.organisations}


def facts_of(i: Organisation) -> dict[str, Any]:
    """What an agent says of itself."""
    own = ("place", "sector", "stage", "born", "innovations", "first_foreign", "innovations_year", "foreign", "constrained", "knowledge",
             "exports_to")  # fmt: skip
    return {
        "kind": type(i).__name__,
        "country": i.country.row,
        "cluster": i.cluster.row if i.cluster else -1,
        **{name: getattr(i, name) for name in (*own, *LIVED, *SETS)},
    }


CLUSTER = ("stage", "founded", "members", "members_start", "sales_start", "research_start", "networking", "variety", "knowledge")


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
