"""Phase 5, innovate: what organisations invent alone and together, and what it does to their cost, quality and niches.

Counts are Poisson with constant elasticities in R&D and knowledge (Griliches 1979).  Own knowledge counts by depth for incremental and
by breadth for radical innovations.  A project pools its members' knowledge: the larger of each field.  What they all hold, the
common ground, decides whether they succeed together: distance makes joint success rarer and, through breadth, radical innovation likelier
(Fleming 2001; Nooteboom et al. 2007).  Depth, breadth and ground never fall in any field of any member: knowledge never hurts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, exponential, open_unit, poisson, unit
from agents.hazards import dilution, joint_rates, own_rates
from agents.knowledge import Reference, absorption, breadth, depth, pool
from agents.parameters import as_record, number
from agents.population import Kind, Population
from agents.projects import Projects, Status


@dataclass(frozen=True, slots=True)
class InnovationParameters:
    """Hazards of innovation and the size of its steps."""

    small: float = number("1/quarter", 0.0, 1.0, "guess; own incremental innovations at the reference", null=0.0)
    radical: float = number("1/quarter", 0.0, 1.0, "guess; own radical innovations at the reference", null=0.0)
    joint_small: float = number("1/quarter", 0.0, 2.0, "guess; a project's incremental innovations at full ground", null=0.0)
    joint_radical: float = number("1/quarter", 0.0, 2.0, "guess; a project's radical innovations at full ground", null=0.0)
    research_elasticity: float = number("elasticity", 0.0, 1.0, ".3 to .6 in the literature after Griliches 1979", null=0.0)
    knowledge_elasticity: float = number("elasticity", 0.0, 1.0, "guess .2-.6", null=0.0)
    ground_half: float = number("stock", 0.01, 10.0, "guess; common ground at which half of the obstacle is gone")
    ground_small: float = number("elasticity", 0.0, 3.0, "guess; how incremental success needs common ground", null=0.0)
    ground_radical: float = number("elasticity", 0.0, 3.0, "guess; how radical success needs common ground", null=0.0)
    step_small: float = number("log points", 0.0, 0.2, "guess", null=0.0)
    step_radical: float = number("log points", 0.0, 0.5, "guess", null=0.0)
    dilution: float = number("elasticity", 0, 1.5, "assumption: growth does not depend on size (Gibrat); Klette and Kortum 2004", null=0)
    dilution_most: float = number("factor", 1.0, 10.0, "guess; a one-product firm gains at most so many times the step")
    quality_share: float = number("share", 0.0, 1.0, "guess; the rest beyond cost_share opens niches")
    cost_share: float = number("share", 0.0, 1.0, "guess")
    niche_size: float = number("sales per log point", 0.0, 10.0, "guess", null=0.0)
    joint_share: float = number("share", 0.0, 1.0, "guess; part of a joint step that each member firm gains", null=0.0)
    imitation: float = number("1/quarter", 0.0, 0.5, "guess; catching up with the frontier, times absorption", null=0.0)
    erosion: float = number("1/quarter", 0.0, 0.5, "guess; loss of a lead over the frontier", null=0.0)


@dataclass(frozen=True, slots=True)
class Innovations:
    """What a quarter brought, arrays over rows of population (and `projects`: over rows of projects).

    A joint innovation is ONE innovation: `small`, `radical`, `joint`, `joint_foreign` credit it to the project's lead, in units of the
    lead's row, so that weight x count sums to real innovations.  `took_part` counts it for every member.
    """

    small: np.ndarray  # f8, incremental innovations, joint ones included
    radical: np.ndarray  # f8, radical innovations, joint ones included
    joint: np.ndarray  # f8, of both, those made in a project
    joint_foreign: np.ndarray  # f8, of these, in a project across a border
    patents: np.ndarray  # i8
    took_part: np.ndarray  # i4, innovations made or shared in
    projects: np.ndarray  # i4, innovations by project
    log_quality: np.ndarray  # f8, rise of ln quality
    log_cost: np.ndarray  # f8, fall of ln unit cost
    niche: np.ndarray  # f8, new niche sales, mln int$ / quarter


def innovate(
    population: Population,
    projects: Projects,
    project_cost: np.ndarray,
    weight: np.ndarray,
    research_price: np.ndarray,
    patent: np.ndarray,
    reference: Reference,
    parameters: InnovationParameters,
    key: Callable[[Purpose], np.uint64],
) -> Innovations:
    """The innovations of a quarter; `introduce` commits them.

    project_cost f8[capacity]: gross cost of a row's projects, in its research.  weight f8[capacity].  research_price f8[C].
    patent f8[S]: patents per innovation.  Own research = (research - project_cost) / price, never below 0.

    Reads: population id alive kind country sector sales_mean research knowledge; projects key status size members cost weight cross_border.
    Writes: nothing.
    """
    p = as_record(parameters)
    price = research_price[population.country]
    research = np.where(population.alive, np.maximum(population.research - project_cost, 0.0) / price, 0.0)
    news = _nothing_new(population.capacity, projects.capacity)
    gains = (news.took_part, news.log_quality, news.log_cost, news.niche)
    firm = population.alive & (population.kind == Kind.FIRM)
    market = (firm, population.sales_mean, reference)
    keys = _keys(key, Purpose.INNOVATE_SMALL, Purpose.INNOVATE_RADICAL)
    _innovate_alone(news.small, news.radical, gains, market, population.id, research, population.knowledge, keys, p)
    keys = _keys(key, Purpose.JOINT_SMALL, Purpose.JOINT_RADICAL)
    credit = (news.small, news.radical, news.joint, news.joint_foreign, news.projects)
    _innovate_together(credit, gains, market, projects.table(), price, weight, population.knowledge, keys, p)
    made = news.small + news.radical
    _count_patents(news.patents, made, patent[population.sector], population.id, key(Purpose.PATENT))
    return news


def introduce(population: Population, projects: Projects, news: Innovations, log_catch_up: np.ndarray) -> None:
    """Commit innovations and catch-up: ln quality and ln unit cost move by the steps, niches widen.

    Reads: -.  Writes: population quality unit_cost niche innovations; projects innovations.
    """
    _rise(population.quality, news.log_quality + log_catch_up)
    _rise(population.unit_cost, -news.log_cost)
    population.niche += news.niche
    population.innovations[:] = news.took_part
    projects.innovations += news.projects


def catch_up(population: Population, frontier: np.ndarray, adoption: np.ndarray, parameters: InnovationParameters) -> np.ndarray:
    """Rise of ln quality by imitation, new equipment and erosion, f8[capacity].

        (imitation a_i + adoption_i) max(0, F_s - x_i) - erosion max(0, x_i - F_s)
    x = ln quality - ln unit cost; F = frontier f8[S], the best practice of the sector in the world.  0 for science and free rows.
    adoption f8[capacity]: share of the gap that new equipment closes this quarter.
    Reads: population alive kind sector quality unit_cost knowledge.  Writes: nothing.
    """
    firm = population.alive & (population.kind == Kind.FIRM)
    return _catch_up(
        firm, population.quality, population.unit_cost, frontier[population.sector], population.knowledge, adoption,
        as_record(parameters),
    )  # fmt: skip


def _keys(key: Callable[[Purpose], np.uint64], small: Purpose, radical: Purpose) -> np.ndarray:
    return np.array([key(purpose) for purpose in (small, radical, Purpose.STEP_SIZE, Purpose.STEP_KIND)], dtype=np.uint64)


def _nothing_new(rows: int, projects: int) -> Innovations:
    return Innovations(
        small=np.zeros(rows),
        radical=np.zeros(rows),
        joint=np.zeros(rows),
        joint_foreign=np.zeros(rows),
        patents=np.zeros(rows, np.int64),
        took_part=np.zeros(rows, np.int32),
        projects=np.zeros(projects, np.int32),
        log_quality=np.zeros(rows),
        log_cost=np.zeros(rows),
        niche=np.zeros(rows),
    )


@njit(cache=True)
def _take_step(gains, market, i, luck, nth, radical, share, keys, p):
    """Row i takes part in an innovation, the nth of `luck` (an id or project key): share x mean step x Exp(1) x dilution, of one kind."""
    took_part, log_quality, log_cost, niche = gains
    firm, sales, reference = market
    took_part[i] += 1
    if not firm[i]:
        return
    which = 2 * nth + radical
    mean = p.step_radical if radical else p.step_small
    step = share * mean * exponential(open_unit(bits(keys[2], luck, which))) * dilution(sales[i], reference, p)
    u = unit(bits(keys[3], luck, which))
    if p.quality_share <= u < p.quality_share + p.cost_share:
        log_cost[i] += step
    elif radical and u >= p.quality_share:
        niche[i] += p.niche_size * step * sales[i]
    else:
        log_quality[i] += step


@njit(cache=True)
def _innovate_alone(small, radical, gains, market, ids, research, knowledge, keys, p):
    for i in range(ids.shape[0]):
        if research[i] <= 0.0:
            continue
        rates = own_rates(research[i], depth(knowledge, i), breadth(knowledge, i), market[2], p)
        for kind, credit in enumerate((small, radical)):
            count = poisson(unit(bits(keys[kind], ids[i], 0)), rates[kind])
            credit[i] += count
            for nth in range(count):
                _take_step(gains, market, i, ids[i], nth, kind, 1.0, keys, p)


@njit(cache=True)
def _innovate_together(credit, gains, market, projects, price, weight, knowledge, keys, p):
    """One count of each kind a project; the step goes to every member, in proportion to the part of the project a row carries."""
    for r in range(projects.status.shape[0]):
        if projects.status[r] != Status.ACTIVE:
            continue
        members, size = projects.members[r], projects.size[r]
        research = 0.0
        for m in range(size):
            # shared equipment makes the same work cheaper, not less
            research += projects.cost[r, m] / (1.0 - projects.saved[r, m]) / price[members[m]]
        deep, broad, common = pool(knowledge, members, size)
        rates = joint_rates(research, deep, broad, common, market[2], p)
        for kind in range(2):
            count = poisson(unit(bits(keys[kind], projects.key[r], 0)), rates[kind])
            if count > 0:
                _credit(credit, r, members[0], kind, count, projects.weight[r] / weight[members[0]], projects.cross_border[r])
            for nth in range(count):
                for m in range(size):
                    share = p.joint_share * projects.weight[r] / weight[members[m]]
                    _take_step(gains, market, members[m], projects.key[r], nth, kind, share, keys, p)


@njit(cache=True)
def _credit(credit, project, lead, kind, count, load, foreign):
    small, radical, joint, joint_foreign, by_project = credit
    made = count * load
    if kind == 0:
        small[lead] += made
    else:
        radical[lead] += made
    joint[lead] += made
    if foreign:
        joint_foreign[lead] += made
    by_project[project] += count


@njit(cache=True)
def _count_patents(patents, made, propensity, ids, key):
    """floor(innovations x propensity + u): the right mean, one draw, monotone."""
    for i in range(ids.shape[0]):
        if made[i] > 0.0:
            patents[i] = math.floor(made[i] * propensity[i] + unit(bits(key, ids[i], 0)))


@njit(cache=True)
def _rise(level, log_step):
    for i in range(level.shape[0]):
        if log_step[i] != 0.0:
            level[i] *= math.exp(log_step[i])


@njit(cache=True)
def _catch_up(firm, quality, unit_cost, frontier, knowledge, adoption, p):
    rise = np.zeros(firm.shape[0])
    for i in range(firm.shape[0]):
        if firm[i] and quality[i] > 0.0 and unit_cost[i] > 0.0:
            lead = math.log(quality[i]) - math.log(unit_cost[i]) - frontier[i]
            followed = min(1.0, p.imitation * absorption(depth(knowledge, i)) + adoption[i])
            rise[i] = followed * max(0.0, -lead) - p.erosion * max(0.0, lead)
    return rise
