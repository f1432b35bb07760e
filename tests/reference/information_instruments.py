"""Promotion, observatory, training, labels, thematic platforms and rules on intellectual property (scenarios/*.py)."""

import math
from collections.abc import Callable
from typing import Any

from agents.population import TECHNOLOGY_FIELDS
from tests.reference.brokerage import at_home
from tests.reference.draws import bits, normal, open_unit, unit
from tests.reference.people import Cluster, Organisation
from tests.reference.present_instruments import keeps_running, run_platform, use_platform
from tests.reference.programme import Money, Programme

Hooks = dict[str, Callable[..., Any]]


def promote(model: Any, programme: Programme) -> None:
    """Promotion: what one programme does not need goes to the next; who knows already is told in vain."""
    plan = programme.plan
    promoted = [each for each in model.open_programmes() if is_promoted(plan, each)]
    for n, each in enumerate(promoted):
        real = sum(i.weight for i in each.eligibles())
        if real > 0.0 and plan.cost > 0.0:
            money = min(programme.pot() / (len(promoted) - n), (1.0 - each.level) * real * plan.cost)
            each.level = 1.0 - (1.0 - each.level) * math.exp(-money / plan.cost / real)
            programme.charge_common(money)


def is_promoted(plan: Any, other: Programme) -> bool:
    """Does it promote the other?"""
    if plan.promotes:
        return other.name in plan.promotes
    return not getattr(other.plan, "free", False) and other.kind != "promotion"


def observe(model: Any, programme: Programme) -> None:
    """Observatory: running costs, then entries in the database; those listed are seen better."""
    plan = programme.plan
    programme.running = keeps_running(programme)
    programme.progress *= 1.0 - plan.stale
    if not programme.running:
        return
    whole = plan.entry_cost * sum(i.weight for i in programme.eligibles())
    money = min(programme.pot(), (1.0 - programme.progress) * whole)
    programme.progress = min(1.0, programme.progress + money / whole) if whole > 0.0 else 1.0
    programme.charge_common(money)
    k = programme.lasting_key("AWARD_PRIORITY")
    listed = [i for i in programme.eligibles() if unit(bits(k, i.id)) < programme.progress]
    for i in listed:
        i.blur = min(i.blur, 1.0 - plan.clarity)
    programme.serve(listed)


def cover(model: Any, programme: Programme) -> None:
    """IP rules: the office, then contracts in a drawn order; who is covered leaks less."""
    plan = programme.plan
    programme.running = keeps_running(programme)
    if not programme.running:
        return
    applying = [i for i in model.organisations if programme.applies(i)]
    covered = programme.ration([(i, plan.contract_cost) for i in applying]) if plan.contract_cost > 0.0 else applying
    programme.serve(covered)
    programme.charge_to([(i, plan.contract_cost) for i in covered])
    for i in covered:
        i.leak = min(i.leak, 1.0 - plan.protection)


def spread(programme: Programme, part: float, base: Money) -> Money:
    """A part of every purse, shared out by base within it."""
    money = []
    for c in programme.model.countries:
        purse = programme.purse(c)
        total = sum(base[d.row] for d in purse)
        pot = part * sum(max(programme.left[d.row], 0.0) for d in purse)
        money.append(pot * base[c.row] / total if total > 0.0 else 0.0)
    return money


def train(model: Any, programme: Programme) -> None:
    """Training: courses close part of the gap to perfection, of ministries and of cluster organisations."""
    plan, countries = programme.plan, model.countries
    pupils = at_home(programme)
    real = [sum(c.country is country for c in pupils) * country.weight for country in countries]
    for_officials = spread(programme, plan.officials, [c.untargeted for c in countries])
    for_managers = spread(programme, 1.0 - plan.officials, real)
    for country, money in zip(countries, for_officials, strict=True):
        country.delivery += (1.0 - country.delivery) * taught(money, plan.official_cost * country.untargeted)
    for c in pupils:
        part = taught(for_managers[c.country.row], plan.manager_cost * real[c.country.row])
        c.capability += (1.0 - c.capability) * part
        c.orientation += (1.0 - c.orientation) * part
    paid = [c for c in pupils if for_managers[c.country.row] > 0.0]
    programme.serve([i for i in model.organisations if i.cluster in paid])
    programme.charge([a + b for a, b in zip(for_officials, for_managers, strict=True)])


def taught(money: float, cost: float) -> float:
    """Part of a gap that courses close."""
    return 1.0 - math.exp(-money / cost) if cost > 0.0 else 0.0


def audit(model: Any, programme: Programme) -> None:
    """Label: those whose turn it is are audited while money lasts; the able, as the jury sees them, bear the label until the next turn."""
    plan, k = programme.plan, programme.lasting_key("AWARD_PRIORITY")
    turn = (programme.age - plan.start) % plan.valid
    free = programme.free()
    paid = [0.0] * len(model.countries)
    done: list[Cluster] = []
    for c in sorted(at_home(programme), key=lambda c: bits(k, c.key, 1)):
        cost, purse = plan.audit_cost * c.country.weight, programme.purse(c.country)[0].row
        if bits(k, c.key) % plan.valid == turn and cost <= free[purse]:
            free[purse] -= cost
            paid[c.country.row] += cost
            done.append(c)
    for c in done:
        if c.capability + plan.noise * normal(open_unit(bits(programme.key("CALL_SCORE"), c.key))) >= plan.threshold:
            c.labelled, c.label_until = True, model.quarter + plan.valid
    programme.charge(paid)
    programme.serve([i for i in model.organisations if i.cluster in done])


def knows_the_theme(model: Any, programme: Programme, i: Organisation) -> bool:
    """Thematic platform: does enough of what i knows lie in its fields?"""
    inside = sum(x for x, field in zip(i.knowledge, TECHNOLOGY_FIELDS, strict=True) if field in programme.plan.fields)
    total = sum(i.knowledge)
    return (inside / total if total > 0.0 else 0.0) >= programme.plan.least


GOVERN: Hooks = {
    "promotion": promote, "observatory": observe, "ip_rules": cover, "training": train, "label": audit, "thematic_platform": run_platform,
}  # fmt: skip
MEET: Hooks = {"thematic_platform": use_platform}
ADMITS: Hooks = {"thematic_platform": knows_the_theme}
