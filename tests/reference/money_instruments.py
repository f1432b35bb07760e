"""Loans, guarantees, interest, tax and the policy rate, one organisation at a time (scenarios/concessional_loans.py and the like)."""

from collections.abc import Callable
from typing import Any

from tests.reference.eligibility import replaces_imports
from tests.reference.people import Organisation
from tests.reference.programme import NOTHING, Money, Programme

Hooks = dict[str, Callable[..., Any]]


def is_firm(model: Any, programme: Programme, i: Organisation) -> bool:
    """For firms only."""
    return i.is_firm


def trades(model: Any, i: Organisation) -> bool:
    """Does it export, or sell at home what is imported?"""
    return i.export_sales > 0.0 or replaces_imports(model, i)


def seeks_credit(i: Organisation) -> bool:
    """Was it short of money, or is it in debt?"""
    return i.constrained or i.debt > NOTHING


def by_country(model: Any, amount: Callable[[Organisation], float]) -> Money:
    """Real sums."""
    return [sum(amount(i) * i.weight for i in model.at_home(c)) for c in model.countries]


# concessional loans


def saved(model: Any, relief: float) -> float:
    """Interest that a unit of debt saves over its life."""
    instalment = model.behaviour.finance.instalment
    return relief / (4.0 * instalment) if instalment > 0.0 else 0.0


def lend(model: Any, programme: Programme) -> None:
    """A line and a lower rate for those who seek credit and have no such loan from others."""
    plan, wanted = programme.plan, []
    for i in model.organisations:
        if programme.applies(i) and seeks_credit(i) and i.loan_payer is None and (i.soft_debt == 0.0 or i.soft_payer == programme.name):
            relief = (1.0 - plan.rate_share) * (i.country.policy_rate + i.country.rate_rise)
            line = max(0.0, plan.line * 4.0 * i.sales_mean - i.soft_debt)
            wanted.append((i, line * saved(model, relief), line, relief))
    chosen = programme.ration([(i, cost) for i, cost, _, _ in wanted])
    for i, _, line, relief in wanted:
        if i in chosen:
            i.loan_line, i.loan_relief, i.loan_payer = line, relief, programme.name


def pay_difference(model: Any, programme: Programme) -> None:
    """The interest that borrowers do not pay."""
    programme.charge(by_country(model, lambda i: i.soft_interest if i.soft_payer == programme.name else 0.0))


def difference_to_come(model: Any, programme: Programme) -> Money:
    """The same until all is repaid."""
    return by_country(model, lambda i: saved(model, i.soft_relief) * i.soft_debt if i.soft_payer == programme.name else 0.0)


# guarantees


def guarantee(model: Any, programme: Programme) -> None:
    """A guaranteed share for those who seek credit and whom no other programme guarantees."""
    plan, caps = programme.plan, {}
    for i in model.organisations:
        mine = i.guaranteed == 0.0 or i.guarantor == programme.name
        if programme.applies(i) and seeks_credit(i) and i.guarantee_payer is None and mine:
            caps[i] = max(0.0, plan.share * plan.line * 4.0 * i.sales_mean - i.guaranteed)
    for i in programme.ration([(i, plan.reserve * cap) for i, cap in caps.items()]):
        i.guarantee, i.guarantee_cap, i.guarantee_payer = plan.share, caps[i], programme.name


def call_guarantees(model: Any, programme: Programme) -> None:
    """The guaranteed part of what those who left cannot repay, as far as a purse has money."""
    losses = [0.0] * len(model.countries)
    for i in model.left:
        if i.guarantor == programme.name and i.guaranteed > 0.0:
            losses[i.country.row] += max(0.0, 1.0 - max(0.0, i.cash) / i.debt) * i.guaranteed * i.weight
    paid = []
    for c in model.countries:
        purse = programme.purse(c)
        asked, have = sum(losses[o.row] for o in purse), sum(max(programme.left[o.row], 0.0) for o in purse)
        paid.append(losses[c.row] * (have / asked if asked > have else 1.0))
    programme.charge(paid)


def reserves(model: Any, programme: Programme) -> Money:
    """Kept for guarantees that are out."""
    return by_country(model, lambda i: programme.plan.reserve * i.guaranteed if i.guarantor == programme.name else 0.0)


# interest of firms with projects across borders


def part_abroad(model: Any, i: Organisation) -> float:
    """What its parts in running projects of several countries cost."""
    projects = [project for project in model.projects if project.active and project.cross_border and i in project.members]
    return float(sum(project.cost[project.members.index(i)] for project in projects))


def owes_and_reaches_out(model: Any, programme: Programme, i: Organisation) -> bool:
    """A firm in debt with such a project."""
    return i.is_firm and i.debt > NOTHING and part_abroad(model, i) > 0.0


def bear_interest(model: Any, programme: Programme) -> None:
    """A share of interest on a debt as large as some quarters of those parts, at most what the firm still has to pay."""
    plan, wanted = programme.plan, {}
    for i in model.organisations:
        if programme.applies(i):
            rate = i.country.policy_rate + i.country.rate_rise + model.behaviour.finance.loan_spread
            due = 0.25 * rate * i.debt - 0.25 * min(i.soft_relief, rate) * i.soft_debt - i.interest_relief
            counted = 0.25 * rate * min(i.debt, plan.quarters * part_abroad(model, i))
            wanted[i] = min(plan.share * counted, max(0.0, due))
    chosen = programme.ration(list(wanted.items()))
    for i in chosen:
        i.interest_relief += wanted[i]
    programme.charge_to([(i, wanted[i]) for i in chosen])


# tax


def tiers(model: Any, programme: Programme, i: Organisation) -> float:
    """Share of profit tax forgiven to i."""
    plan = programme.plan
    return min(1.0, plan.base + plan.innovative * (i.innovations_year > 0) + plan.trading * trades(model, i))


def favour(model: Any, programme: Programme) -> None:
    """Less tax for those whom no other programme favours more."""
    caps = {}
    for i in model.organisations:
        relief = tiers(model, programme, i) if programme.applies(i) else 0.0
        if relief > i.tax_relief:
            caps[i] = relief * i.country.tax * programme.plan.most * i.sales_mean
    for i in programme.ration(list(caps.items())):
        i.tax_relief, i.tax_relief_cap, i.tax_relief_payer = tiers(model, programme, i), caps[i], programme.name


def book_foregone(model: Any, programme: Programme) -> None:
    """The tax that was not paid."""
    programme.charge(by_country(model, lambda i: i.foregone if i.tax_relief_payer == programme.name else 0.0))


def raise_rate(model: Any, programme: Programme) -> None:
    """The policy rate goes up where it is aimed at."""
    for c in model.countries:
        if c.iso in (programme.plan.target.countries or programme.payers()):
            c.rate_rise += programme.plan.rise * programme.plan.dose


PREPARE: Hooks = {"rate_rise": raise_rate}
GOVERN: Hooks = {"concessional_loans": lend, "guarantees": guarantee, "interest_subsidy": bear_interest, "preferential_tax": favour}
MEET: Hooks = {}
PAY: Hooks = {"concessional_loans": pay_difference, "preferential_tax": book_foregone}
SETTLE: Hooks = {"guarantees": call_guarantees}
OWES: Hooks = {"concessional_loans": difference_to_come, "guarantees": reserves}
ADMITS: Hooks = {
    "concessional_loans": lambda model, programme, i: i.is_firm and trades(model, i),
    "guarantees": is_firm,
    "interest_subsidy": owes_and_reaches_out,
    "preferential_tax": is_firm,
}
