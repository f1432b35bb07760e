"""Phase 3, cooperate: ties age, projects end and start, meetings lead to memoranda or business (agents/cooperation.py, lifecycle.py)."""

import math
from typing import Any

from agents.projects import MEMBERS
from agents.ties import Channel, Reached, TieStage
from tests.reference.agreement import appraisal, fitting_calls, likes
from tests.reference.appraise import proximity, separation
from tests.reference.brokerage import advance, stage
from tests.reference.calls_instruments import reimburse, use_infrastructure
from tests.reference.draws import bits, logistic, open_unit, pair_bits, unit
from tests.reference.lifecycle import age_ties, end_projects, start_projects
from tests.reference.people import Organisation
from tests.reference.relations import Meeting, Project, Tie, connect, trust_of
from tests.reference.search import step_over_tie


def cooperate(model: Any) -> None:
    """The phase in its order."""
    use_infrastructure(model)
    age_ties(model)
    before = [tie for tie in model.ties() if tie.business]
    end_projects(model)
    start_projects(model)
    count_load(model)
    for each in model.meetings:
        meet(model, each)
    for each in model.meetings:
        agree(model, each)
    for tie in model.ties():
        if tie.business and tie not in before:
            note_business(model, tie)
    run_projects(model)


def count_load(model: Any) -> None:
    """Weighted number of projects everybody carries."""
    for i in model.organisations:
        i.load = 0.0
    for project in model.projects:
        for i, load in zip(project.members, project.load, strict=True):
            i.load += load


def meet(model: Any, each: Meeting) -> None:
    """A meeting makes a contact and some trust."""
    tie = each.a.ties.get(each.b.id) or connect(each.a, each.b, model.quarter, each.channel)
    if tie:
        tie.meetings += 1
        tie.trust += model.behaviour.cooperation.trust_of_meeting


def agree(model: Any, each: Meeting) -> None:
    """A joint project if both agree and have room, else perhaps business."""
    i, j, tie = each.a, each.b, each.a.ties.get(each.b.id)
    if tie is None or tie.projects > 0:
        return
    shared = min(i.weight, j.weight)
    if has_room(model, i, shared) and has_room(model, j, shared):
        worth = [appraisal(model, i, j, each.noise), appraisal(model, j, i, each.noise)]
        if likes(model, i, j, worth[0]) and likes(model, j, i, worth[1]):
            sign(model, tie, sum(worth))
            return
    if not tie.business and want_business(model, i, j):
        tie.business = True
        tie.reached = Reached.BUSINESS


def has_room(model: Any, i: Organisation, project_weight: float) -> bool:
    """Can i carry one project more?"""
    p = model.behaviour.cooperation
    own = 1.0 + math.floor((i.staff / p.capacity_staff) ** p.capacity_size)
    most = min(p.capacity_most, own + (0.0 if i.is_firm else p.capacity_science))
    return i.load + project_weight / i.weight <= most


def want_business(model: Any, i: Organisation, j: Organisation) -> bool:
    """Do two firms agree on business at once?"""
    p, k = model.behaviour.appraisal, model.key("BUSINESS")
    if not (i.is_firm and j.is_firm):
        return False
    worth = (
        p.business_base + p.business_match * proximity(i.knowledge, j.knowledge) - 0.5 * separation(model, i, j) + p.trust * trust_of(i, j)
    )
    return all(worth + logistic(open_unit(bits(k, x.id, y.id))) > 0.0 for x, y in ((i, j), (j, i)))


def sign(model: Any, tie: Tie, worth: float) -> None:
    """A memorandum: the lead, who does more R&D, may widen the team; everybody carries its part."""
    p = model.behaviour.cooperation
    team = sorted((tie.a, tie.b), key=lambda i: (-i.research_mean, i.id))
    luck = pair_bits(model.key("PROJECT"), tie.a.id, tie.b.id)
    widen(model, team, luck)
    weight = min(i.weight for i in team)
    part = max(
        p.least_cost, p.part_cost * min(i.research_mean for i in team) ** p.part_size * model.research_reference ** (1.0 - p.part_size)
    )
    load = [weight / i.weight for i in team]
    cost = [part * each * (1.0 - i.part_relief) for i, each in zip(team, load, strict=True)]
    project = Project(luck, team, cost, load, [0.0] * len(team), weight, model.quarter, worth, tie.channel)
    project.saved = [i.part_relief for i in team]
    project.mark()
    model.projects.append(project)
    for i, each in zip(team, load, strict=True):
        i.load += each
    tie.reached = max(tie.reached, Reached.AGREED)
    for m, n in project.pairs():
        between = team[m].ties.get(team[n].id) or connect(team[m], team[n], model.quarter, Channel.CONSORTIUM)
        if between:
            between.stage = min(TieStage.REPEATED, between.stage + 1)
            between.projects += 1


def widen(model: Any, team: list[Organisation], luck: int) -> None:
    """The lead invites contacts, drawn by trust; all must agree, with a bonus for shared fixed costs."""
    p, k = model.behaviour.cooperation, model.key("WIDEN")
    bonus = model.behaviour.appraisal.pooling
    wanted = max((each.plan.least_members for each in fitting_calls(model, *team)), default=0)
    for n in range(p.invitations):
        if len(team) == MEMBERS or (len(team) >= wanted and unit(bits(k, luck, 2 * n)) >= p.widening):
            continue
        newcomer = step_over_tie(bits(k, luck, 2 * n + 1), team[0], team[1])
        if newcomer is None or newcomer in team or not has_room(model, newcomer, min(i.weight for i in (*team, newcomer))):
            continue
        pairs = [pair for i in team for pair in ((i, newcomer), (newcomer, i))]
        if all(likes(model, i, j, appraisal(model, i, j, p.known_noise) + bonus) for i, j in pairs):
            team.append(newcomer)


def note_business(model: Any, tie: Tie) -> None:
    """Clusters with a common project whose firms start to do business have business."""
    c, d = tie.a.cluster, tie.b.cluster
    if c and d and c is not d and stage(model, c, d) == Reached.PROJECT:
        advance(model, c, d, Reached.BUSINESS)


def run_projects(model: Any) -> None:
    """What running projects cost, and what programmes pay."""
    paid, regional = ({each.name: [0.0] * len(model.countries) for each in model.calls()} for _ in range(2))
    for project in model.projects:
        if not project.active:
            continue
        by_member = zip(project.members, project.cost, project.covered, project.regional, strict=False)
        for i, cost, covered, region in by_member:
            i.project_cost += cost
            if project.programme is not None and model.quarter < project.paid_until and not project.afterwards:
                i.project_grant += covered * cost
                paid[project.programme][i.country.row] += (covered - region) * cost * i.weight
                regional[project.programme][i.country.row] += region * cost * i.weight
    for programme in model.calls():
        programme.charge(paid[programme.name])
        programme.add_regional(regional[programme.name])
        reimburse(model, programme)
