"""Meeting places of instruments: round tables and events between clusters (agents/meeting_places.py)."""

from typing import Any, NamedTuple

from tests.reference.appraise import appraise
from tests.reference.draws import bits
from tests.reference.people import Organisation
from tests.reference.relations import trust_of

Pairs = list[tuple[Organisation, Organisation]]


class Rules(NamedTuple):
    """How a meeting place works."""

    candidates: int
    noise: float
    screening: float
    scope: str
    blind: bool
    appointments: int = 1


def in_scope(scope: str, i: Organisation, j: Organisation, abroad: bool) -> bool:
    """May i and j meet, or be paid?"""
    both = i.cluster is not None and j.cluster is not None
    return {
        "any": True, "in_cluster": both and i.cluster is j.cluster, "cross_cluster": both and i.cluster is not j.cluster,
        "cross_border": abroad, "firm_science": i.is_firm != j.is_firm,
    }[scope]  # fmt: skip


def best(model: Any, rules: Rules, i: Organisation, candidates: list[Organisation]) -> list[Organisation]:
    """Whom i wants to meet: those of the highest appraisal above the screening threshold, as many as it has appointments."""
    if rules.blind:
        return candidates[: rules.appointments]
    worth = {n: appraise(model, i, j, rules.noise, trust_of(i, j), 0.0) for n, j in enumerate(candidates)}
    wanted = sorted((n for n in worth if worth[n] > rules.screening), key=lambda n: (-worth[n], n))
    return [candidates[n] for n in wanted[: rules.appointments]]


def round_table(model: Any, k: int, guests: list[Organisation], rules: Rules) -> Pairs:
    """Guests sit in a drawn circle; each looks at the next candidates in scope among its nearest neighbours."""
    circle = sorted(guests, key=lambda i: bits(k, i.id))
    pairs = []
    for n, i in enumerate(circle):
        nearest = [circle[(n + ahead) % len(circle)] for ahead in range(1, min(len(circle), 8 * rules.candidates))]
        fitting = [j for j in nearest if in_scope(rules.scope, i, j, i.country is not j.country)]
        pairs += [(i, j) for j in best(model, rules, i, fitting[: rules.candidates])]
    return pairs


def between_clusters(model: Any, k: int, guests: list[Organisation], hosts: list[Organisation], rules: Rules) -> Pairs:
    """Each guest looks at candidates drawn among the hosts (its own cluster's members, in an event inside one cluster)."""
    pairs = []
    for i in guests:
        z = bits(k, i.id)
        others = sorted((j for j in hosts if j is not i), key=lambda j, z=z: bits(z, j.id))
        pairs += [(i, j) for j in best(model, rules, i, others[: rules.candidates])]
    return pairs
