"""What each kind of instrument does in phases 1, 2 and 7 (scenarios/*.py); `plan` are its numbers."""

import math
from typing import Any

from agents.ties import Channel
from tests.reference.brokerage import pair_clusters, sign_memorandum
from tests.reference.draws import bits, normal, open_unit, unit
from tests.reference.meeting_places import Pairs, Rules, between_clusters, round_table
from tests.reference.people import Cluster, Organisation
from tests.reference.programme import Programme
from tests.reference.relations import Meeting, Project, meeting

ONE_OFF_QUARTERS = 4
UNSCREENED = -1e9
MOST_EVENTS = 256
MOST_IN_VAIN = 10


def hold_call(model: Any, programme: Programme) -> None:
    """Joint grants: rank applications by the jury's noisy eye, fund the best for which every paying country has the money."""
    plan, k = programme.plan, programme.key("CALL_SCORE")
    applications = [project for project in model.projects if fits(programme, project)]
    budget = [max(a - b, 0.0) for a, b in zip(programme.left, programme.promised(), strict=True)]
    won = 0

    def score(project: Project) -> float:
        return project.value + plan.noise * normal(open_unit(bits(k, project.key)))

    for project in sorted(applications, key=lambda each: (-score(each), each.key)):
        need = [0.0] * len(budget)
        for i, cost in zip(project.members, project.cost, strict=True):
            if programme.name in i.eligible:
                need[i.country.row] += plan.share * cost * i.weight * plan.quarters
        if all(n <= b for n, b in zip(need, budget, strict=True)):
            budget = [b - n for b, n in zip(budget, need, strict=True)]
            won += 1
            project.programme = programme.name
            project.covered = [plan.share if programme.name in i.eligible else 0.0 for i in project.members]
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
        and any(programme.applies(i) for i in project.members)
        and (scope != "in_cluster" or project.in_cluster)
        and (scope != "cross_cluster" or project.cross_cluster)
        and (scope != "cross_border" or len({programme.label(i) for i in qualified}) > 1)
    )


def award_subsidies(model: Any, programme: Programme) -> None:
    """R&D subsidy: applicants in a drawn order while their country's budget lasts."""
    plan, k = programme.plan, programme.lasting_key("AWARD_PRIORITY")
    budget = [max(a, 0.0) for a in programme.left]
    applicants = [i for i in model.organisations if i.is_firm and programme.applies(i)]
    for i in sorted(applicants, key=lambda each: bits(k, each.id)):
        wanted = min(plan.cap / 4.0, plan.rate * plan.headroom * i.research_mean)
        if 0.0 < wanted * i.weight <= budget[i.country.row]:
            budget[i.country.row] -= wanted * i.weight
            if plan.rate > i.research_rate:
                i.research_rate, i.research_cap, i.research_payer = plan.rate, wanted, programme.name


def pay_subsidies(model: Any, programme: Programme) -> None:
    """R&D subsidy: books what firms really drew."""
    programme.charge([sum(i.subsidy * i.weight for i in model.at_home(c) if i.research_payer == programme.name) for c in model.countries])


def pay_cash(model: Any, programme: Programme) -> None:
    """Neutral cash: everything there is, in proportion to R&D."""
    paid = [0.0] * len(model.countries)
    for c in model.countries:
        receiving = [i for i in programme.eligibles() if i.country is c]
        total = sum(i.research_mean * i.weight for i in receiving)
        for i in receiving:
            amount = max(programme.left[c.row], 0.0) * i.research_mean / total if total > 0.0 else 0.0
            i.cash_given += amount
            paid[c.row] += amount * i.weight
    programme.charge(paid)


def collect_cash(model: Any, programme: Programme) -> None:
    """Neutral cash: a residual programme collects, at the end of a year, what others neither spent nor promised."""
    age, plan = programme.age, programme.plan
    if (age - plan.start) % 4 == 3:
        for other in (model.programmes[name] for name in plan.residual_of):
            spare = [max(a - b, 0.0) for a, b in zip(other.left, other.promised(), strict=True)]
            other.left = [a - b for a, b in zip(other.left, spare, strict=True)]
            programme.left = [a + b for a, b in zip(programme.left, spare, strict=True)]


def hold_events(model: Any, programme: Programme) -> list[Meeting]:
    """Matchmaking: events until money or guests run out, each of whom comes once; in form "both" every second one is of clusters."""
    plan = programme.plan
    if not plan.regular and programme.age - plan.start >= ONE_OFF_QUARTERS:
        return []
    fresh = [i for i in model.organisations if i.staff > 0.0]
    proposals: list[Meeting] = []
    in_vain = 0
    scale = programme.stands_for()
    for event in range(MOST_EVENTS):
        if in_vain == MOST_IN_VAIN or programme.pot() < scale * (plan.event_cost + 2.0 * plan.places * plan.participant_cost):
            break
        c2c = plan.form == "c2c" or (plan.form == "both" and event % 2 == 1)
        come, pairs = (cluster_event if c2c else open_event)(model, programme, event, fresh)
        if len(come) < 2:
            in_vain += 1
            continue  # not held
        in_vain = 0
        fresh = [i for i in fresh if i not in come]
        programme.charge(programme.split(plan.event_cost * scale))
        programme.charge(programme.split(plan.participant_cost * sum(min(i.weight, scale) for i in come)))
        proposals += [meeting(i, j, Channel.EVENT_C2C if c2c else Channel.EVENT_B2B, plan.noise) for i, j in pairs]
    return proposals


def rules_of(plan: Any) -> Rules:
    """How its events work."""
    return Rules(plan.candidates, plan.noise, plan.screening if plan.screened else UNSCREENED, plan.scope, plan.random_pairs)


def attend(programme: Programme, number: int, invited: list[Organisation], attendance: float) -> list[Organisation]:
    """Who draws a lot below `attendance` comes; of too many, the lowest lots."""
    k = programme.key("EVENT_ATTEND", number)
    lots = sorted((unit(bits(k, i.id)), i.id, i) for i in invited)
    return [i for lot, _, i in lots[: programme.plan.places] if lot < attendance]


def open_event(model: Any, programme: Programme, event: int, fresh: list[Organisation]) -> tuple[list[Organisation], Pairs]:
    """B2B: who comes, and who meets whom."""
    come = attend(programme, event, [i for i in fresh if programme.applies(i)], programme.plan.attendance)
    return come, round_table(model, programme.key("EVENT_SEAT", event), come, rules_of(programme.plan))


def cluster_event(model: Any, programme: Programme, event: int, fresh: list[Organisation]) -> tuple[list[Organisation], Pairs]:
    """C2C: two clusters pair; members of the host, as it is able to bring them, look at members of the guest."""
    k = programme.key("EVENT", event)
    host, guest = pair_clusters(model, k, programme, fresh)
    if host is None or guest is None:
        return [], []
    look = delegation(model, programme, event, host, fresh)
    meet = look if guest is host else delegation(model, programme, event + MOST_EVENTS, guest, fresh)
    if not look or not meet:
        return [], []
    come = look + [i for i in meet if i not in look]
    if len(come) >= 2 and guest is not host:
        sign_memorandum(model, k, host, guest)
    return come, between_clusters(model, programme.key("EVENT_SEAT", event), look, meet, rules_of(programme.plan))


def delegation(model: Any, programme: Programme, number: int, cluster: Cluster, fresh: list[Organisation]) -> list[Organisation]:
    """Members that come, as the cluster organisation is able to bring them."""
    invited = [i for i in model.members(cluster) if i in fresh]
    return attend(programme, number, invited, programme.plan.attendance * cluster.capability)


def run_platform(model: Any, programme: Programme) -> None:
    """Platform: running costs first, then promotion with falling returns; members pull members."""
    plan = programme.plan
    setup = plan.setup_cost if programme.age == plan.start else 0.0
    programme.running = programme.pot() >= setup + plan.running_cost
    if not programme.running:
        return
    programme.charge(programme.split(setup))
    programme.charge(programme.split(plan.running_cost))
    eligible = programme.eligibles()
    share = sum(programme.name in i.on_platform for i in eligible) / max(1, len(eligible))
    if eligible and plan.promotion_cost > 0.0:
        real = len(eligible) * programme.stands_for()
        money = min(programme.pot(), (1.0 - programme.level) * real * plan.promotion_cost)
        programme.level = 1.0 - (1.0 - programme.level) * math.exp(-money / plan.promotion_cost / real)
        programme.charge(programme.split(money))
    k = programme.key("PLATFORM_JOIN")
    for i in eligible:
        if programme.applies(i) and unit(bits(k, i.id)) < plan.joining + plan.pull * share:
            i.on_platform.add(programme.name)


def use_platform(model: Any, programme: Programme) -> list[Meeting]:
    """Platform: members that search this quarter look at candidates among themselves."""
    plan = programme.plan
    members = [i for i in model.active() if programme.name in i.on_platform]
    eligible = len(programme.eligibles())
    if not programme.running or len(members) < 2 or eligible == 0:
        return []
    rate = (
        plan.use
        * (plan.lone_use + (1.0 - plan.lone_use) * min(1.0, len(members) / eligible))
        / (1.0 + plan.congestion * len(members) * programme.stands_for() / 1000.0)
    )
    k = programme.key("PLATFORM_USE")
    users = [i for i in members if unit(bits(k, i.id)) < rate]
    rules = Rules(plan.candidates, plan.noise, plan.screening, "any", not plan.profiles)
    pairs = round_table(model, programme.key("PLATFORM_SEAT"), users, rules)
    return [meeting(i, j, Channel.PLATFORM, plan.noise) for i, j in pairs]


GOVERN = {"joint_grants": hold_call, "research_subsidy": award_subsidies, "neutral_cash": pay_cash, "platform": run_platform}
MEET = {"matchmaking": hold_events, "platform": use_platform}
PAY = {"research_subsidy": pay_subsidies, "neutral_cash": collect_cash}
