"""What one organisation knows and thinks of another (agents/knowledge.py, agents/appraisal.py), for two organisations at a time."""

import math
from typing import Any

from tests.reference.draws import bits, normal, open_unit
from tests.reference.people import Organisation


def depth(k: list[float]) -> float:
    """|k|."""
    return math.sqrt(sum(x * x for x in k))


def breadth(k: list[float]) -> float:
    """(sum sqrt k_f)^2 / F."""
    return sum(math.sqrt(x) for x in k) ** 2 / len(k)


def proximity(k: list[float], other: list[float]) -> float:
    """Uncentred correlation."""
    lengths = depth(k) * depth(other)
    return min(1.0, sum(x * y for x, y in zip(k, other, strict=True)) / lengths) if lengths > 0.0 else 0.0


def absorption(k: list[float]) -> float:
    """D / (D + 1)."""
    return depth(k) / (depth(k) + 1.0)


def novelty(k: list[float], other: list[float]) -> float:
    """Share of the other's knowledge that one lacks."""
    held = sum(other)
    return sum(max(y - x, 0.0) for x, y in zip(k, other, strict=True)) / held if held > 0.0 else 0.0


def reach(k: list[float], other: list[float], delta: float, stretch: float) -> float:
    """Part of a gap one can follow."""
    return math.exp(-(1.0 - proximity(k, other)) / (delta + stretch * absorption(k)))


def value(k: list[float], other: list[float], delta: float, stretch: float) -> float:
    """Novelty times reach, scaled by the other's depth."""
    return novelty(k, other) * reach(k, other, delta, stretch) * math.sqrt(depth(other))


def overlap(i: Organisation, j: Organisation) -> float:
    """How far two compete in one market."""
    if not (i.is_firm and j.is_firm) or i.sector != j.sector:
        return 0.0
    return (1.0 if i.stage == j.stage else 0.5) * (1.0 if i.country is j.country else 0.5)


def separation(model: Any, i: Organisation, j: Organisation) -> float:
    """Distance, relieved by ICT, and border; less among science."""
    p = model.behaviour.appraisal
    relief = 1.0 - p.ict_relief * min(i.country.ict, j.country.ict)
    away = p.distance * math.log(1.0 + model.distance[i.place][j.place] / p.near) * relief
    cost = away + p.border * model.institution[i.country.row][j.country.row]
    return cost if i.is_firm or j.is_firm else cost * (1.0 - p.science_relief)


def appraise(model: Any, i: Organisation, j: Organisation, noise: float, trust: float, paid: float) -> float:
    """U_ij, the formula of agents/appraisal.py."""
    p = model.behaviour.appraisal
    worth = value(i.knowledge, j.knowledge, p.reach, p.stretch)
    noise *= max(i.blur, j.blur)
    if noise > 0.0:
        z = normal(open_unit(bits(model.key("SEARCH_NOISE"), i.id, j.id)))
        worth *= math.exp(noise * z - 0.5 * noise * noise)
    cost = separation(model, i, j) + p.sector * (1.0 - model.sector_cosine[i.sector][j.sector]) + p.thin / (1.0 + i.staff / p.thin_staff)
    leak = p.leakage * overlap(i, j) * max(i.leak, j.leak) / (1.0 + trust)
    return p.base + p.gain * worth - cost - leak + p.trust * trust + p.pay * paid
