"""Phase 4, learn: knowledge is made, taken over and lost (agents/learning.py)."""

import math
from typing import Any

from tests.reference.appraise import absorption, depth, proximity
from tests.reference.brokerage import forget
from tests.reference.draws import bits, unit
from tests.reference.people import Organisation

Vector = list[float]


def learn(model: Any) -> None:
    """Everybody learns from what the others knew before anybody learned; the trained forget."""
    learned = [learned_by(model, i) for i in model.organisations]
    left = [j for j in (hired_from(model, i) for i in model.active()) if j]
    for i, k in zip(model.organisations, learned, strict=True):
        for _ in range(left.count(i)):
            k = [x * (1.0 - model.behaviour.learning.mobility_loss) for x in k]
        i.knowledge = k
    forget(model)


def capacity(i: Organisation) -> float:
    """Absorptive capacity, student teams included."""
    own = absorption(i.knowledge)
    return float(own + (1.0 - own) * i.absorption)


def learned_by(model: Any, i: Organisation) -> Vector:
    """Knowledge of i after the quarter, before people leave it."""
    p = model.behaviour.learning
    k = [(1.0 - p.depreciation) * x for x in i.knowledge]
    if i.active:
        create(model, i, k)
    for j, rate in teachers(model, i):
        follows = math.exp(-(1.0 - proximity(i.knowledge, j.knowledge)) / (p.reach + p.stretch * capacity(i)))
        fill_gap(k, i, j.knowledge, rate * capacity(i) * follows)
    if i.active:
        spill_over(model, i, k)
        j = hired_from(model, i)
        if j:
            fill_gap(k, i, j.knowledge, p.mobility_gain * capacity(i))
    return k


def create(model: Any, i: Organisation, k: Vector) -> None:
    """R&D adds along what is known, and in one field of the sector."""
    p = model.behaviour.learning
    research = i.research / i.country.research_price / model.research_reference
    if research <= 0.0:
        return
    amount = p.creation * research**p.creation_elasticity
    ahead = direction(model, i)
    along = p.own_direction if any(ahead) else 0.0
    for f, x in enumerate(ahead):
        k[f] += amount * along * x
    k[field_at(model.profile[i.sector], unit(bits(model.key("FIELD"), i.id)))] += amount * (1.0 - along)


def unit_vector(k: Vector) -> Vector:
    """k / |k|, nothing of nothing."""
    length = depth(k)
    return [x / length for x in k] if length > 0.0 else list(k)


def direction(model: Any, i: Organisation) -> Vector:
    """Where i looks: its own direction, and with a joint agenda that of its partners in running projects."""
    weight, ahead = model.behaviour.learning.agenda, unit_vector(i.knowledge)
    running = [project for project in model.projects if project.active and i in project.members]
    if weight == 0.0 or not running:
        return ahead
    for project in running:
        for j in project.members:
            if j is not i:
                share = weight * project.weight / i.weight
                ahead = [x + share * y for x, y in zip(ahead, unit_vector(j.knowledge), strict=True)]
    return unit_vector(ahead)


def field_at(profile: Vector, u: float) -> int:
    """Field at quantile u of a profile."""
    total, last = 0.0, 0
    for f, share in enumerate(profile):
        if share > 0.0:
            total, last = total + share, f
            if u < total:
                break
    return last


def teachers(model: Any, i: Organisation) -> list[tuple[Organisation, float]]:
    """From whom i learns directly, and at which rate: partners in projects, and in business."""
    p = model.behaviour.learning
    found = []
    for project in model.projects:
        if project.active and i in project.members:
            found += [(j, p.transfer_project * project.weight / i.weight) for j in project.members if j is not i]
    business = [tie.other(i) for tie in i.ties.values() if tie.business]
    return found + [(j, p.transfer_business * min(i.weight, j.weight) / i.weight) for j in business]


def fill_gap(k: Vector, i: Organisation, source: Vector, share: float) -> None:
    """Add a share of what the source has more."""
    for f, x in enumerate(source):
        k[f] += share * max(x - i.knowledge[f], 0.0)


def spill_over(model: Any, i: Organisation, k: Vector) -> None:
    """From the own sector and other sectors of the cluster, and from science of the place."""
    p, others = model.behaviour.learning, [j for j in model.active() if j is not i]
    inside = [j for j in others if i.cluster is not None and j.cluster is i.cluster]
    for group, rate in (
        ([j for j in inside if j.sector == i.sector], p.spillover_sector),
        ([j for j in inside if j.sector != i.sector], p.spillover_variety),
        ([j for j in others if not j.is_firm and j.place == i.place], p.spillover_science),
    ):
        if group:
            mean = [sum(j.knowledge[f] for j in group) / len(group) for f in range(len(k))]
            fill_gap(k, i, mean, rate * capacity(i))


def hired_from(model: Any, i: Organisation) -> Organisation | None:
    """The organisation of its country from which i hires a researcher this quarter, if it does and finds one."""
    p, k, book = model.behaviour.learning, model.key("MOBILITY_FROM"), i.country.book
    if unit(bits(model.key("MOBILITY"), i.id)) >= p.mobility:
        return None
    for attempt in range(p.mobility_tries):
        j = book[int(unit(bits(k, i.id, attempt)) * len(book))]
        if j and j is not i and j.active:
            return j
    return None
