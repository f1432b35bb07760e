"""Subsidies, cash, matchmaking and the platform (scenarios/*.py); `plan` are a programme's numbers."""

import math
from typing import Any

from agents.ties import Channel
from tests.reference.brokerage import guest_of, host_of, interest, sign_memorandum
from tests.reference.draws import bits, unit
from tests.reference.meeting_places import Pairs, Rules, between_clusters, round_table
from tests.reference.people import Cluster, Organisation
from tests.reference.programme import NOTHING, Programme
from tests.reference.relations import Meeting, meeting

ONE_OFF_QUARTERS = 4
UNSCREENED = -1e9
MOST_EVENTS = 256
MOST_IN_VAIN = 10


def award_subsidies(model: Any, programme: Programme) -> None:
    """R&D subsidy: applicants in a drawn order while their country's budget lasts."""
    plan = programme.plan
    applicants = [i for i in model.organisations if i.is_firm and programme.applies(i)]
    wanted = {i: min(plan.cap / 4.0, plan.rate * plan.headroom * i.research_mean) for i in applicants}
    for i in programme.ration(list(wanted.items())):
        if plan.rate > i.research_rate:
            i.research_rate, i.research_cap, i.research_payer = plan.rate, wanted[i], programme.name


def pay_subsidies(model: Any, programme: Programme) -> None:
    """R&D subsidy: books what firms really drew."""
    programme.charge_to([(i, i.subsidy) for i in model.organisations if i.research_payer == programme.name])


def pay_cash(model: Any, programme: Programme) -> None:
    """Neutral cash: everything there is, in proportion to R&D."""
    given: list[tuple[Organisation, float]] = []
    for purse in {programme.purse(c)[0]: programme.purse(c) for c in model.countries}.values():
        receiving = [i for i in programme.eligibles() if i.country in purse]
        money = sum(max(programme.left[c.row], 0.0) for c in purse)
        total = sum(i.research_mean * i.weight for i in receiving)
        given += [(i, money * i.research_mean / total if total > 0.0 else 0.0) for i in receiving]
    for i, amount in given:
        i.cash_given += amount
    programme.serve([i for i, amount in given if amount > 0.0])
    programme.charge_to(given)


def collect_cash(model: Any, programme: Programme) -> None:
    """Neutral cash: a residual programme collects, at the end of a year, what others neither spent nor promised."""
    age, plan = programme.age, programme.plan
    if (age - plan.start) % 4 == 3:
        for other in (model.programmes[name] for name in plan.residual_of):
            spare = other.spare()
            other.left = [a - b for a, b in zip(other.left, spare, strict=True)]
            programme.left = [a + b for a, b in zip(programme.left, spare, strict=True)]


def hold_events(model: Any, programme: Programme) -> list[Meeting]:
    """Matchmaking: events until money or guests run out, each of whom comes once; in form "both" every second one is of clusters."""
    plan = programme.plan
    if not plan.regular and programme.age - plan.start >= ONE_OFF_QUARTERS:
        return []
    fresh = [i for i in model.organisations if i.staff > 0.0 and programme.reaches(i)]
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
        programme.serve(come)
        heads = [sum(min(i.weight, scale) for i in come if i.country is c) for c in model.countries]
        programme.charge_common(plan.event_cost * scale, heads)
        programme.charge_common(plan.participant_cost * sum(heads), heads)
        proposals += [meeting(i, j, Channel.EVENT_C2C if c2c else Channel.EVENT_B2B, plan.noise) for i, j in pairs]
    return proposals


def rules_of(plan: Any) -> Rules:
    """How its events work."""
    return Rules(
        plan.candidates, plan.noise, plan.screening if plan.screened else UNSCREENED, plan.scope, plan.random_pairs, plan.appointments
    )


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
    host = host_of(k, programme, fresh)
    if host is None:
        return [], []
    look = delegation(model, programme, event, host, fresh)
    if programme.plan.scope in ("any", "cross_border") and unit(bits(programme.key("SINGLES", event), 0)) < programme.plan.singles:
        guest, meet = None, outsiders(model, programme, event + MOST_EVENTS, host, fresh)
    else:
        guest = guest_of(k, programme, host)
        if guest is None:
            return [], []
        meet = look if guest is host else delegation(model, programme, event + MOST_EVENTS, guest, fresh)
    if not look or not meet:
        return [], []
    come = look + [i for i in meet if i not in look]
    if len(come) >= 2 and guest is not None and guest is not host:
        sign_memorandum(model, k, host, guest)
    return come, between_clusters(model, programme.key("EVENT_SEAT", event), look, meet, rules_of(programme.plan))


def delegation(model: Any, programme: Programme, number: int, cluster: Cluster, fresh: list[Organisation]) -> list[Organisation]:
    """Members that come, as the cluster organisation is able to bring them."""
    invited = [i for i in model.members(cluster) if i in fresh]
    return attend(programme, number, invited, programme.plan.attendance * cluster.capability)


def outsiders(model: Any, programme: Programme, number: int, host: Cluster, fresh: list[Organisation]) -> list[Organisation]:
    """Organisations without a cluster, nearest to what the host's members know, that come."""
    plan = programme.plan
    fits = [
        i
        for i in fresh
        if i.cluster is None
        and (not plan.target.sectors or model.sector_names[i.sector] in plan.target.sectors)
        and (plan.scope != "cross_border" or i.country is not host.country)
    ]
    nearest = sorted(fits, key=lambda i: (-interest(host, i), i.id))[: plan.places]
    return attend(programme, number, nearest, plan.attendance * host.capability)


def keeps_running(programme: Programme) -> bool:
    """An institution is set up before anything else is paid, and stands still without money for the quarter."""
    plan = programme.plan
    setup = 0.0 if programme.spent - programme.overhead > NOTHING else plan.setup_cost
    if programme.pot() < setup + plan.running_cost:
        return False
    programme.charge_common(setup)
    programme.charge_common(plan.running_cost)
    return True


def run_platform(model: Any, programme: Programme) -> None:
    """Platform: running costs first, then promotion with falling returns; members pull members."""
    plan = programme.plan
    lost = all(programme.name in i.cut_off for i in model.organisations)
    programme.running = not lost and keeps_running(programme)
    if not programme.running:
        return
    eligible = programme.eligibles()
    share = sum(programme.name in i.on_platform for i in eligible) / max(1, len(eligible))
    if eligible and plan.promotion_cost > 0.0:
        real = len(eligible) * programme.stands_for()
        money = min(programme.pot(), (1.0 - programme.level) * real * plan.promotion_cost)
        programme.level = 1.0 - (1.0 - programme.level) * math.exp(-money / plan.promotion_cost / real)
        programme.charge_common(money)
    k = programme.key("PLATFORM_JOIN")
    for i in eligible:
        if programme.applies(i) and programme.name not in i.cut_off and unit(bits(k, i.id)) < plan.joining + plan.pull * share:
            i.on_platform.add(programme.name)


def use_platform(model: Any, programme: Programme) -> list[Meeting]:
    """Platform: members that search this quarter look at candidates among themselves."""
    plan = programme.plan
    members = [i for i in model.active() if programme.name in i.on_platform and programme.reaches(i)]
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


GOVERN = {"research_subsidy": award_subsidies, "neutral_cash": pay_cash, "platform": run_platform}
MEET = {"matchmaking": hold_events, "platform": use_platform}
PAY = {"research_subsidy": pay_subsidies, "neutral_cash": collect_cash}
