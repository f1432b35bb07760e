"""Instruments that act through markets: entry costs, public orders, trade rules, equipment, starts of firms, recessions."""

from collections.abc import Callable
from typing import Any

from tests.reference.appraise import absorption
from tests.reference.draws import bits, unit
from tests.reference.eligibility import qualifies
from tests.reference.people import REST, Organisation
from tests.reference.programme import Programme
from tests.reference.trade import cost_of_entry, fitness, looks_at, third, worth

Hooks = dict[str, Callable[..., Any]]


def help_to_enter(model: Any, programme: Programme) -> None:
    """Certification, internationalisation: applicants are those for whom a market they look at would pay with help."""
    plan = programme.plan
    relief = [0.0 if programme.kind == "internationalisation" else plan.share, plan.share]
    wanted = []
    for i in model.organisations:
        if i.is_firm and programme.applies(i):
            helped = [(relief[third(model, i, d)] * cost_of_entry(model, i, d), d) for d in looks_at(model, i)]
            asked = sum(part for part, d in helped if worth(model, i, d) > cost_of_entry(model, i, d) - part)
            wanted.append((i, min(plan.cap, asked)))
    cap = {i.id: amount for i, amount in wanted}
    for i in programme.ration(wanted):
        if max(relief) > max(i.entry_relief):
            i.entry_relief, i.entry_cap, i.entry_payer = relief, cap[i.id], programme.name


def pay_entries(model: Any, programme: Programme) -> None:
    """What was really borne."""
    borne = [(i, i.entry_borne) for i in model.organisations if i.entry_payer == programme.name]
    for i, amount in borne:
        i.awarded += amount
    programme.charge_to(borne)


def has_innovated(model: Any, programme: Programme, i: Organisation) -> bool:
    """Procurement: does it buy from i?"""
    return i.is_firm and i.innovations_year > 0


def order(model: Any, programme: Programme) -> None:
    """Procurement: orders from innovators."""
    plan = programme.plan
    wanted = {i: min(plan.cap / 4.0, plan.order * i.sales_mean) for i in model.organisations if programme.applies(i)}
    placed = [(i, wanted[i]) for i in programme.ration(list(wanted.items()))]
    for i, amount in placed:
        i.orders += amount
    programme.charge_to(placed)


def announce_free_starts(model: Any, programme: Programme) -> None:
    """Registration: what founders of a country may count on."""
    plan, p = programme.plan, model.behaviour.turnover
    meant = {}
    for c in model.countries:
        sectors = [share for share, name in zip(c.sector_share, model.sector_names, strict=True) if name in (plan.target.sectors or [name])]
        meant[c.row] = sum(sectors) if c.iso in (plan.target.countries or programme.payers()) else 0.0
    normal = {c.row: p.potential * p.entry_rate * c.firms * meant[c.row] for c in model.countries}
    free = programme.free()
    for c in model.countries:
        purse = programme.purse(c)
        bill = sum(plan.share * cost_of_start(model, typical(model, d)) * d.weight * normal[d.row] for d in purse)
        safe = min(1.0, free[purse[0].row] / bill) if bill > 0.0 else min(1.0, free[purse[0].row])
        c.start_relief = min(1.0, c.start_relief + plan.share * programme.level * meant[c.row] * safe)


def cost_of_start(model: Any, sales: float) -> float:
    """What starting with these sales costs a founder."""
    p = model.behaviour.turnover
    return float(p.start_cost * p.start_years * 4.0 * sales)


def typical(model: Any, c: Any) -> float:
    """Sales of the average starter of a country: the mean of a truncated Pareto law."""
    p, a = model.behaviour.turnover, model.behaviour.birth.size_exponent
    span = p.entry_span
    mean = a / (a - 1.0) * (1.0 - span ** (1.0 - a)) / (1.0 - span ** (-a)) if span > 1.0 else 1.0
    return float(c.smallest * p.entry_size * mean)


def pay_starts(model: Any, programme: Programme) -> None:
    """Registration: entrants of the target group are paid once."""
    if not programme.is_open:
        return
    helped = qualifies(programme)
    amount = {i: programme.plan.share * cost_of_start(model, i.sales) for i in model.entered if i in helped and not i.foreign}
    paid = [(i, amount[i]) for i in programme.ration(list(amount.items()))]
    for i, money in paid:
        i.cash += money
        i.awarded += money
    programme.charge_to(paid)


def negotiate(model: Any, programme: Programme) -> None:
    """Internal market: a commission that is paid brings common rules on, in years that do not stall."""
    plan = programme.plan
    paid = min(programme.pot(), plan.cost)
    programme.charge_common(paid)
    work = paid / plan.cost
    if plan.depth == 0.0 or unit(bits(programme.lasting_key("HARMONISE"), (programme.age - plan.start) // 4)) < plan.stall:
        return
    paying = [c.row for c in model.countries if c.iso in programme.payers()]
    pairs = [(a, b) for a in paying for b in paying if a != b and any(shared[a][b] for shared in model.bloc)]
    for pair in pairs:
        model.rules[pair] = max(model.rules[pair], min(plan.depth, model.rules[pair] + plan.depth * plan.pace / 4.0 * work))
    programme.progress = max((model.rules[pair] for pair in pairs), default=0.0) / plan.depth


def re_equip(model: Any, programme: Programme) -> None:
    """Re-equipment: suppliers behind best practice find buyers along the chain; state, buyer and supplier pay."""
    plan, k = programme.plan, programme.key("EQUIPMENT")
    buffer = model.behaviour.finance.buffer
    money = {i: i.cash - i.contribution - buffer * i.sales_mean for i in model.active() if i.is_firm}
    own, buyer_of = 1.0 - plan.public - plan.buyer, {}
    for i in sorted((i for i in money if programme.applies(i) and gains(model, plan, i, own)), key=lambda i: bits(k, i.id)):
        cost = plan.cost * 4.0 * i.sales_mean
        partners = [tie.other(i) for tie in i.ties.values() if tie.business and tie.other(i) in money]
        fitting = [j for j in partners if j.sector == i.sector and j.stage > i.stage]
        able = [j for j in fitting if money[j] >= plan.buyer * cost * i.weight / j.weight]
        if able and money[i] >= own * cost:
            buyer_of[i] = min(able, key=lambda j: bits(k, i.id, j.id))
            money[i] -= own * cost
            money[buyer_of[i]] -= plan.buyer * cost * i.weight / buyer_of[i].weight
    chosen = programme.ration([(i, plan.public * plan.cost * 4.0 * i.sales_mean) for i in buyer_of])
    for i in chosen:
        cost, j = plan.cost * 4.0 * i.sales_mean, buyer_of[i]
        i.adoption += plan.closes * absorption(i.knowledge)
        i.awarded += plan.public * cost
        i.contribution += own * cost
        j.contribution += plan.buyer * cost * i.weight / j.weight
    programme.charge_to([(i, plan.public * plan.cost * 4.0 * i.sales_mean) for i in chosen])


def gains(model: Any, plan: Any, i: Organisation, own: float) -> bool:
    """Does new equipment pay i's part back?"""
    gap = max(0.0, model.frontier[i.sector] - fitness(i))
    worth_it = model.behaviour.finance.markup * plan.closes * absorption(i.knowledge) * gap * i.sales_mean * plan.payback
    cost = plan.cost * 4.0 * i.sales_mean
    return worth_it > 0.0 and own * cost <= worth_it < cost  # for whom it pays alone, it is no investment of the programme


def recede(model: Any, programme: Programme) -> None:
    """Recession: less is bought in the sectors and countries it hits."""
    plan = programme.plan
    for d in model.destinations():
        named = d != REST and model.countries[d].iso in (plan.target.countries or [model.countries[d].iso])
        if plan.worldwide if d == REST else named:
            for s, name in enumerate(model.sector_names):
                if name in (plan.target.sectors or [name]):
                    model.levers.spending[d][s] *= 1.0 - plan.depth * plan.dose


PREPARE: Hooks = {"recession": recede}
GOVERN: Hooks = {
    "certification": help_to_enter, "internationalisation": help_to_enter, "procurement": order, "registration": announce_free_starts,
    "internal_market": negotiate, "re_equipment": re_equip,
}  # fmt: skip
MEET: Hooks = {}
PAY: Hooks = {"certification": pay_entries, "internationalisation": pay_entries}
SETTLE: Hooks = {"registration": pay_starts}
OWES: Hooks = {}
ADMITS: Hooks = {"procurement": has_innovated}
