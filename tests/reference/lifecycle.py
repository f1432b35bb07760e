"""The life of ties and projects after agreement (agents/lifecycle.py)."""

from typing import Any

from agents.projects import MEMBERS
from agents.ties import Reached, TieStage
from tests.reference import brokerage
from tests.reference.agreement import appraisal, likes
from tests.reference.draws import bits, unit
from tests.reference.people import Organisation
from tests.reference.relations import Project


def age_ties(model: Any) -> None:
    """Trust fades, business ends, what is idle and without trust is forgotten."""
    p, k = model.behaviour.project, model.key("BUSINESS_END")
    for tie in model.ties():
        tie.trust *= 1.0 - p.trust_decay
        if tie.business and unit(bits(k, tie.a.id, tie.b.id)) < p.business_end:
            tie.business = False
        if tie.trust < p.forgotten and tie.projects == 0 and not tie.business:
            tie.cut()


def end_projects(model: Any) -> None:
    """Active projects end by chance, in the order of their keys; the successful may be renewed."""
    p, k_end, k_outcome = model.behaviour.project, model.key("PROJECT_END"), model.key("PROJECT_OUTCOME")
    renewed, over = [], []
    for project in sorted(model.projects, key=lambda each: each.key):
        if not project.active or project.started == model.quarter or unit(bits(k_end, project.key)) >= p.end:
            continue
        success = unit(bits(k_outcome, project.key)) < p.success
        settle(model, project, success)
        (renewed if success and wanted_on(model, project) else over).append(project)
    for project in renewed:
        renew(model, project)
    for project in over:
        release(model, project)


def settle(model: Any, project: Project, success: bool) -> None:
    """Success or failure in the members' ties; firms that succeeded together may do business."""
    p, k = model.behaviour.project, model.key("PROJECT_OUTCOME")
    for m, n in project.pairs():
        i, j = project.members[m], project.members[n]
        tie = i.ties.get(j.id)
        if tie is None:
            continue
        if not success:
            tie.trust *= p.trust_kept
            continue
        tie.trust = min(p.trust_most, tie.trust + p.trust_of_success)
        drawn = unit(bits(k, project.key, 1 + m * MEMBERS + n)) < p.to_business
        if i.is_firm and j.is_firm and not tie.business and drawn:
            tie.business = True
            if tie.reached > Reached.MET:
                tie.reached = Reached.BUSINESS


def wanted_on(model: Any, project: Project) -> bool:
    """Does every member want to go on with the lead, and the lead with its first partner?"""
    noise = model.behaviour.cooperation.known_noise
    lead, first = project.members[:2]

    def wants(i: Organisation, j: Organisation) -> bool:
        return likes(model, i, j, appraisal(model, i, j, noise))

    return wants(lead, first) and all(wants(i, lead) for i in project.members[1:])


def renew(model: Any, project: Project) -> None:
    """The same members go on: a new pending project without a programme."""
    for tie in project.ties():
        tie.stage = TieStage.REPEATED
    project.key = bits(model.key("PROJECT"), project.key, 1)
    project.active, project.born, project.started, project.renewal = False, model.quarter, -1, True
    project.programme, project.covered, project.innovations = None, [0.0] * len(project.members), 0
    project.afterwards, project.regional = False, [0.0] * MEMBERS
    project.mark()


def release(model: Any, project: Project) -> None:
    """A project is over."""
    for tie in project.ties():
        tie.projects = max(0, tie.projects - 1)
    model.projects.remove(project)


def start_projects(model: Any) -> None:
    """Pending projects that have consents and money start; those that waited too long lapse."""
    p, k = model.behaviour.project, model.key("CONSENT")
    for project in list(model.projects):
        if project.active or project.born >= model.quarter:
            continue
        free = project.programme in model.levers.free_calls and passable(model, project)
        project.consented = project.consented or free or unit(bits(k, project.key)) < least_consent(model, project)
        if project.consented and funded(project, p.funds_quarters):
            start(model, project)
        elif model.quarter - project.born >= p.patience:
            release(model, project)


def least_consent(model: Any, project: Project) -> float:
    """Chance that the least willing pair of the members' countries agrees."""
    rows = [i.country.row for i in project.members]
    return min(model.consent[rows[m]][rows[n]] for m, n in project.pairs())


def passable(model: Any, project: Project) -> bool:
    """Is no border between the members' countries closed?"""
    rows = [i.country.row for i in project.members]
    return all(model.search_weight[rows[m]][rows[n]] > 0.0 for m, n in project.pairs())


def funded(project: Project, quarters: float) -> bool:
    """Has every firm the money for its own net part?  Science has its budget."""
    members = zip(project.members, project.cost, project.covered, strict=True)
    in_time = not project.afterwards
    return all(i.cash >= quarters * cost * (1.0 - covered * in_time) for i, cost, covered in members if i.is_firm)


def start(model: Any, project: Project) -> None:
    """A project begins: what it means for the lead's tie, for newcomers abroad, and for the clusters."""
    project.active, project.started = True, model.quarter
    if project.programme is not None:
        project.paid_until = model.quarter + model.programmes[project.programme].plan.quarters
    tie = project.members[0].ties.get(project.members[1].id)
    if tie and tie.reached > Reached.MET:
        tie.reached = max(tie.reached, Reached.PROJECT)
    for i in project.members:
        if i.first_foreign < 0 and any(j.country is not i.country for j in project.members):
            i.first_foreign = model.quarter
    for m, n in project.pairs():
        c, d = project.members[m].cluster, project.members[n].cluster
        if project.cross_cluster and c and d and c is not d and brokerage.stage(model, c, d) == Reached.AGREED:
            brokerage.advance(model, c, d, Reached.PROJECT)
