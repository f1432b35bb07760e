"""Where the fast world and the reference differ: the first entity and what both say of it."""

import math
from typing import Any

from tests.reference import compare_people as people
from tests.reference import compare_ties as ties
from tests.reference.compare_ties import Facts
from tests.reference.model import ReferenceModel

RELATIVE = 1e-9


def same(x: Any, y: Any) -> bool:
    """Equal, floating-point numbers to 1e-9 relative."""
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(same(a, b) for a, b in zip(x, y, strict=True))
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(same(x[name], y[name]) for name in x)
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
        ("meeting", ties.meetings_of_world(world), ties.meetings_of_model(model)),
        ("news of", people.news_of_world(world), people.news_of_model(model)),
    )  # fmt: skip
    for kind, fast, slow in (
        *(news if flows else ()),
        ("tie", ties.ties_of_world(world), ties.ties_of_model(model)),
        ("project", ties.projects_of_world(world), ties.projects_of_model(model)),
        ("programme", ties.programmes_of_world(world), ties.programmes_of_model(model)),
        ("organisation", people.organisations_of_world(world), people.organisations_of_model(model)),
        ("cluster", people.clusters_of_world(world), people.clusters_of_model(model)),
        ("country", people.countries_of_world(world), people.countries_of_model(model)),
        ("pair of clusters", {p: {"reached": int(r)} for p, r in world.brokerage.reached.items()},
         {p: {"reached": int(r)} for p, r in model.brokered.items()}),
    ):  # fmt: skip
        found = difference(fast, slow)
        if found:
            return f"{kind} {found}"
    return None
