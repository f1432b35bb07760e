"""Meetings, ties, projects and programmes, as both models tell them: entity -> name -> value."""

from typing import Any

from agents.projects import Status
from tests.reference.model import ReferenceModel

Facts = dict[Any, dict[str, Any]]
"""entity -> name -> value"""


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
    "cross_sector", "with_science", "innovations", "afterwards",
)  # fmt: skip
SHARES = ("cost", "load", "covered", "regional", "saved")


def projects_of_world(world: Any) -> Facts:
    """Key -> members and all columns."""
    p, id, facts = world.projects, world.population.id, {}
    for n in (p.status != Status.FREE).nonzero()[0]:
        size = p.size[n]
        facts[int(p.key[n])] = {
            "members": id[p.members[n, :size]].tolist(),
            "active": bool(p.status[n] == Status.ACTIVE),
            "programme": named(world, int(p.programme[n])),
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
            **{name: getattr(p, name) for name in PROJECT},
            **{name: getattr(p, name)[: len(p.members)] for name in SHARES},
        }
        for p in model.projects
    }


PROGRAMME = ("left", "spent", "offered", "arrived", "overhead", "level", "success", "running", "progress", "mix", "coming", "key_of_pool")


def named(world: Any, bit: int) -> str | None:
    """Name of a programme by its bit, None for none."""
    return world.programme_names[bit] if bit >= 0 else None


def programmes_of_world(world: Any) -> Facts:
    """Name -> money, level of awareness, success rate; and the payers' unpaid bills."""
    q = world.population
    facts = {
        name: {each: plain(getattr(p, each)) for each in PROGRAMME}
        | {
            **{each: by_country(getattr(p, each)) for each in ("steer", "priorities")},
            "claims": {int(q.id[row]): float(p.claims[row]) for row in p.claims.nonzero()[0]},
            # what is left to residual programmes may be a rounding error; nobody reviews them
            "served": set(q.id[q.alive & (p.served == q.id)].tolist()) if not p.instrument.residual_of else None,
        }
        for name, p in world.programmes.items()
    }
    return facts | {"treasury": {"unpaid": world.treasury.unpaid.tolist(), "tax_base": world.treasury.tax_base.tolist()}}


def by_country(sectors: Any) -> list[set[int]] | None:
    """A matrix bool (C, S) as sets of sectors."""
    return [set(row.nonzero()[0].tolist()) for row in sectors] if sectors is not None else None


def plain(value: Any) -> Any:
    """An array as a list, anything else as it is."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.tolist() if hasattr(value, "tolist") else value


def programmes_of_model(model: ReferenceModel) -> Facts:
    """The same."""
    alive = {i.id for i in model.organisations}
    facts = {
        name: {each: getattr(p, each) for each in (*PROGRAMME, "steer", "priorities", "claims")}
        | {"served": p.served & alive if not p.plan.residual_of else None}
        for name, p in model.programmes.items()
    }
    return facts | {"treasury": {"unpaid": model.unpaid, "tax_base": model.tax_base}}
