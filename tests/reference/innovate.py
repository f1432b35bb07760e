"""Phase 5, innovate: innovations alone and in projects, and rivals' catch-up (agents/innovation.py, hazards.py)."""

import math
from dataclasses import dataclass
from typing import Any

from tests.reference.appraise import absorption, breadth, depth
from tests.reference.draws import bits, exponential, open_unit, poisson, unit
from tests.reference.people import Organisation
from tests.reference.relations import Project

SMALL, RADICAL = 0, 1


@dataclass
class Gains:
    """What a quarter's innovations do to an organisation."""

    count: int = 0
    log_quality: float = 0.0
    log_cost: float = 0.0
    niche: float = 0.0


def innovate(model: Any) -> None:
    """Everybody innovates on the state at the start; then levels move."""
    gains = {i.id: Gains() for i in model.organisations}
    rises = {i.id: catch_up(model, i) for i in model.organisations}
    for i in model.organisations:
        innovate_alone(model, i, gains)
    for project in model.projects:
        if project.active:
            innovate_together(model, project, gains)
    k = model.key("PATENT")
    for i in model.organisations:
        made, g = i.small + i.radical, gains[i.id]
        i.patents = math.floor(made * model.patent[i.sector] + unit(bits(k, i.id))) if made > 0.0 else 0
        i.quality *= math.exp(g.log_quality + rises[i.id])
        i.unit_cost *= math.exp(-g.log_cost)
        i.niche += g.niche
        i.innovations = g.count


def innovate_alone(model: Any, i: Organisation, gains: dict[int, Gains]) -> None:
    """Innovations from own R&D beyond projects."""
    p = model.behaviour.innovation
    research = max(i.research - i.project_cost, 0.0) / i.country.research_price
    if research <= 0.0:
        return
    effort = (research / model.research_reference) ** p.research_elasticity
    deep = (depth(i.knowledge) / model.depth_reference) ** p.knowledge_elasticity
    broad = (breadth(i.knowledge) / model.breadth_reference) ** p.knowledge_elasticity
    for kind, purpose, rate in (
        (SMALL, "INNOVATE_SMALL", p.small * effort * deep),
        (RADICAL, "INNOVATE_RADICAL", p.radical * effort * broad),
    ):
        count = poisson(unit(bits(model.key(purpose), i.id)), rate)
        credit(i, kind, count)
        for nth in range(count):
            take_step(model, gains[i.id], i, i.id, nth, kind, 1.0)


def innovate_together(model: Any, project: Project, gains: dict[int, Gains]) -> None:
    """A project pools what its members know; common ground decides whether they succeed."""
    p, members, lead = model.behaviour.innovation, project.members, project.members[0]
    parts = zip(members, project.cost, project.saved[: len(members)], strict=True)
    research = sum(cost / (1.0 - saved) / i.country.research_price for i, cost, saved in parts)
    if research <= 0.0:
        return
    pooled = [max(i.knowledge[f] for i in members) for f in range(len(lead.knowledge))]
    common = depth([min(i.knowledge[f] for i in members) for f in range(len(lead.knowledge))])
    effort = (research / model.research_reference) ** p.research_elasticity
    ground = common / (p.ground_half + common)
    deep = (depth(pooled) / model.depth_reference) ** p.knowledge_elasticity
    broad = (breadth(pooled) / model.breadth_reference) ** p.knowledge_elasticity
    for kind, purpose, rate in (
        (SMALL, "JOINT_SMALL", p.joint_small * effort * deep * ground**p.ground_small),
        (RADICAL, "JOINT_RADICAL", p.joint_radical * effort * broad * ground**p.ground_radical),
    ):
        count = poisson(unit(bits(model.key(purpose), project.key)), rate)
        made = count * project.weight / lead.weight
        credit(lead, kind, made)
        lead.joint += made
        lead.joint_foreign += made if project.cross_border else 0.0
        project.innovations += count
        for nth in range(count):
            for i in members:
                take_step(model, gains[i.id], i, project.key, nth, kind, p.joint_share * project.weight / i.weight)


def credit(i: Organisation, kind: int, made: float) -> None:
    """Innovations that count as i's."""
    if kind == SMALL:
        i.small += made
    else:
        i.radical += made


def take_step(model: Any, g: Gains, i: Organisation, luck: int, nth: int, kind: int, share: float) -> None:
    """i takes part in the nth innovation of `luck`: quality, cost, or, if radical, a niche."""
    p, which = model.behaviour.innovation, 2 * nth + kind
    g.count += 1
    if not i.is_firm:
        return
    size = exponential(open_unit(bits(model.key("STEP_SIZE"), luck, which)))
    step = share * (p.step_radical if kind == RADICAL else p.step_small) * size * dilution(model, i)
    u = unit(bits(model.key("STEP_KIND"), luck, which))
    if p.quality_share <= u < p.quality_share + p.cost_share:
        g.log_cost += step
    elif kind == RADICAL and u >= p.quality_share:
        g.niche += p.niche_size * step * i.sales_mean
    else:
        g.log_quality += step


def dilution(model: Any, i: Organisation) -> float:
    """One innovation moves a large firm less."""
    p = model.behaviour.innovation
    return min(p.dilution_most, (i.sales_mean / model.sales_median) ** -p.dilution) if i.sales_mean > 0.0 else p.dilution_most


def catch_up(model: Any, i: Organisation) -> float:
    """Rise of ln quality by imitation of the frontier and by new equipment, less the erosion of a lead."""
    p = model.behaviour.innovation
    if not i.is_firm:
        return 0.0
    lead = math.log(i.quality) - math.log(i.unit_cost) - model.frontier[i.sector]
    return min(1.0, p.imitation * absorption(i.knowledge) + i.adoption) * max(0.0, -lead) - p.erosion * max(0.0, lead)
