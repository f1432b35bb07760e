"""Calls for joint projects, student teams and shared infrastructure (sim/competition.py, sim/infrastructure.py, scenarios/*.py)."""

import math
from collections.abc import Callable
from typing import Any

from tests.reference.draws import bits, normal, open_unit
from tests.reference.eligibility import replaces_imports
from tests.reference.people import Organisation
from tests.reference.programme import Money, Programme
from tests.reference.relations import Project

Hooks = dict[str, Callable[..., Any]]


def hold_call(model: Any, programme: Programme) -> None:
    """Joint grants: the jury's favourites, with what the regions add."""
    plan, suffices = programme.plan, sufficiency(model)
    region = {i: min(plan.regional * suffices.get(i.place, 0.0), 1.0 - plan.share) for i in programme.eligibles()}
    compete(model, programme, favour(programme), region)


def select(model: Any, programme: Programme) -> None:
    """Reimbursement: the jury's favourites, who will be paid afterwards."""
    compete(model, programme, favour(programme), afterwards=True)


def give_vouchers(model: Any, programme: Programme) -> None:
    """Vouchers: first come by lot, up to the cap."""
    k = programme.key("VOUCHER")
    compete(model, programme, lambda project: bits(k, project.key), most=programme.plan.cap)


def stand_for_consents(model: Any, programme: Programme) -> None:
    """Awards of a programme that states have signed need no consent of theirs."""
    if programme.plan.signed:
        model.levers.free_calls |= {programme.name}


def favour(programme: Programme) -> Callable[[Project], Any]:
    """The order of a jury's noisy eye."""
    noise, k = programme.plan.noise, programme.key("CALL_SCORE")
    return lambda project: (-(project.value + noise * normal(open_unit(bits(k, project.key)))), project.key)


def compete(
    model: Any,
    programme: Programme,
    order: Callable[[Project], Any],
    region: dict[Organisation, float] | None = None,
    most: float = math.inf,
    afterwards: bool = False,
) -> None:
    """Fund applications in their order while every purse concerned lasts."""
    plan, budget, won = programme.plan, programme.free(), 0
    applications = [project for project in model.projects if fits(programme, project)]
    for project in sorted(applications, key=order):
        added = [region.get(i, 0.0) if region else 0.0 for i in project.members]
        eligible = [programme.name in i.eligible for i in project.members]
        share = [(plan.share + r) * yes for r, yes in zip(added, eligible, strict=True)]
        cost = [c * i.weight * plan.quarters for i, c in zip(project.members, project.cost, strict=True)]
        total = sum(s * c for s, c in zip(share, cost, strict=True))
        part = min(1.0, most * project.weight / total) if total > 0.0 else 1.0
        need = dict.fromkeys(budget, 0.0)
        for i, s, c in zip(project.members, share, cost, strict=True):
            need[programme.purse(i.country)[0].row] += part * min(s, plan.share) * c
        if all(need[purse] <= budget[purse] for purse in budget):
            budget = {purse: budget[purse] - need[purse] for purse in budget}
            won += 1
            project.programme, project.afterwards = programme.name, afterwards
            project.covered = [part * s for s in share]
            project.regional = [part * r * yes for r, yes in zip(added, eligible, strict=True)]
            programme.serve([i for i, yes in zip(project.members, eligible, strict=True) if yes])
    if applications:
        programme.success = plan.memory * programme.success + (1.0 - plan.memory) * won / len(applications)
    for project in applications:
        project.members[0].private_cost += model.behaviour.public.application_cost


def fits(programme: Programme, project: Project) -> bool:
    """May, and does, a project apply?"""
    scope = programme.plan.scope
    qualified = [i for i in project.members if programme.name in i.eligible]
    return (
        not project.active
        and project.programme is None
        and len(project.members) >= programme.plan.least_members
        and any(programme.applies(i) for i in project.members)
        and (scope != "in_cluster" or project.in_cluster)
        and (scope != "cross_cluster" or project.cross_cluster)
        and (scope != "cross_border" or len({programme.label(i) for i in qualified}) > 1)
        and (scope != "firm_science" or project.with_science)
    )


def sufficiency(model: Any) -> dict[int, float]:
    """Sales of a firm of a place over those of one of its country, at most 1."""
    found = {}
    for c in model.countries:
        firms = [i for i in model.at_home(c) if i.is_firm and i.active]
        total = sum(i.sales_mean for i in firms)
        for place in {i.place for i in firms}:
            there = [i.sales_mean for i in firms if i.place == place]
            found[place] = min(1.0, sum(there) / len(there) / (total / len(firms))) if total > 0.0 else 0.0
    return found


def reimburse(model: Any, programme: Programme) -> None:
    """Once a year claims are paid, as cash in hand."""
    if programme.plan.kind == "reimbursement" and (programme.age - programme.plan.start) % 4 == 0 and programme.claims:
        holders = [(i, programme.claims[i.id]) for i in model.organisations if i.id in programme.claims]
        for i, claim in holders:
            i.cash_given += claim
        programme.charge_to(holders)
        programme.claims = {}


def note_expenses(model: Any, programme: Programme) -> None:
    """The covered part of what members really spent this quarter becomes a claim."""
    for project in model.projects:
        if not project.active or project.programme != programme.name or model.quarter >= project.paid_until:
            continue
        for i, cost, covered in zip(project.members, project.cost, project.covered, strict=True):
            claim = covered * cost * min(1.0, i.research / i.project_cost) if i.project_cost > 0.0 else 0.0
            if claim > 0.0:
                programme.claims[i.id] = programme.claims.get(i.id, 0.0) + claim


def forget_claims(model: Any, programme: Programme) -> None:
    """Claims of those who left lapse."""
    present = {i.id for i in model.organisations}
    programme.claims = {id: claim for id, claim in programme.claims.items() if id in present}


def owed_and_claimed(model: Any, programme: Programme) -> Money:
    """Expenses to come, and claims."""
    claims = [sum(programme.claims.get(i.id, 0.0) * i.weight for i in model.at_home(c)) for c in model.countries]
    return [a + b for a, b in zip(programme.owed_to_projects(), claims, strict=True)]


def co_finance(programme: Programme, asked: list[tuple[Organisation, float, float]]) -> list[Organisation]:
    """Those who have their own share in cash, while the state's money for its share lasts.  asked: (who, public share, own share)."""
    able = {i: (public, own) for i, public, own in asked if programme.applies(i) and i.cash - i.contribution >= own}
    served = programme.ration([(i, public) for i, (public, _) in able.items()])
    for i in served:
        i.contribution += able[i][1]
        i.awarded += able[i][0]
    programme.charge_to([(i, able[i][0]) for i in served])
    return served


def hire_students(model: Any, programme: Programme) -> None:
    """Student teams: whole ones, one at least; they help to understand others."""
    plan = programme.plan
    spending = {i: plan.team * max(1.0, math.floor(plan.spend * i.research_mean / plan.team)) for i in model.organisations}
    for i in co_finance(programme, [(i, plan.share * s, (1.0 - plan.share) * s) for i, s in spending.items()]):
        effect = plan.most * (1.0 - math.exp(-spending[i] / (plan.saturation * i.research_mean)))
        i.absorption = 1.0 - (1.0 - i.absorption) * (1.0 - effect)


def build_infrastructure(model: Any, programme: Programme) -> None:
    """Firms are asked for the private share by sales; the state adds to what they really pay."""
    plan, asked = programme.plan, []
    for c in model.clusters:
        members = model.members(c)
        firms = [i for i in members if i.is_firm]
        needed, sales = plan.cost * sum(i.weight for i in members), sum(i.sales_mean * i.weight for i in firms)
        for i in firms:
            own = (1.0 - plan.share) * plan.pace * needed * (1.0 - c.infrastructure) * i.sales_mean / sales if sales > 0.0 else 0.0
            asked.append((i, plan.share / (1.0 - plan.share) * own, own))
    paid = {i: public + own for i, public, own in asked}
    served = co_finance(programme, asked)
    for c in model.clusters:
        invested = sum(paid[i] * i.weight for i in served if i.cluster is c)
        if invested > 0.0:
            needed = plan.cost * sum(i.weight for i in model.members(c))
            c.infrastructure += (1.0 - c.infrastructure) * (1.0 - math.exp(-invested / needed))


def use_infrastructure(model: Any) -> None:
    """Phase 3: what infrastructure saves, and its wear."""
    p = model.behaviour.cooperation
    for i in model.organisations:
        if i.cluster is not None:
            i.part_relief = max(i.part_relief, p.shared_saving * i.cluster.infrastructure)
    for country in model.countries:
        levels = [c.infrastructure for c in model.clusters if c.country is country]
        if levels:
            country.start_relief = max(country.start_relief, p.incubation * sum(levels) / len(levels))
    for c in model.clusters:
        c.infrastructure *= 1.0 - p.shared_wear


PREPARE: Hooks = dict.fromkeys(("joint_grants", "reimbursement", "vouchers"), stand_for_consents)
GOVERN: Hooks = {
    "joint_grants": hold_call, "reimbursement": select, "vouchers": give_vouchers, "student_grants": hire_students,
    "infrastructure": build_infrastructure,
}  # fmt: skip
MEET: Hooks = {}
PAY: Hooks = {"reimbursement": note_expenses}
SETTLE: Hooks = {"reimbursement": forget_claims}
OWES: Hooks = {"reimbursement": owed_and_claimed}
ADMITS: Hooks = {
    "reimbursement": lambda model, programme, i: i.cluster is not None and i.cluster.founded and replaces_imports(model, i),
    "vouchers": lambda model, programme, i: not i.is_firm or i.staff <= programme.plan.largest,
    "student_grants": lambda model, programme, i: i.cluster is not None and i.research_mean > 0.0,
    "infrastructure": lambda model, programme, i: i.cluster is not None,
}
