"""Shocks, attraction of researchers and clusters by decree, one organisation at a time (scenarios/{border_closed,sanction,...}.py)."""

import math
from collections.abc import Callable
from typing import Any

from agents.draws import Purpose
from agents.population import TECHNOLOGY_FIELDS
from agents.ties import TieStage
from sim.cluster_founders import CLUSTERS_PER_COUNTRY
from sim.geography import BLOCS
from tests.reference.draws import bits, key, open_unit, unit
from tests.reference.lifecycle import release
from tests.reference.membership import survey
from tests.reference.people import Cluster, Country, Organisation
from tests.reference.programme import Programme

Hooks = dict[str, Callable[..., Any]]
BY_THE_STATE = 500_000


def on_side(model: Any, c: Country, side: str) -> bool:
    """Is c, or does it belong to, a side of a border?"""
    return model.bloc[BLOCS.index(side)][c.row][c.row] if side in BLOCS else c.iso == side


def apart(model: Any, between: tuple[str, str], c: Country, d: Country) -> bool:
    """Is the border between c and d?"""
    one, other = between
    sides = (on_side(model, c, one) and on_side(model, d, other)) or (on_side(model, c, other) and on_side(model, d, one))
    return sides and c is not d


def hit(programme: Programme, i: Organisation) -> bool:
    """Does a shock of this severity reach i?"""
    return unit(bits(programme.lasting_key("AWARD_PRIORITY"), i.id)) < programme.plan.dose


def close_border(model: Any, programme: Programme) -> None:
    """Consent and search over the border fall; a closed one ends what goes on over it."""
    plan, levers = programme.plan, model.levers
    for c in model.countries:
        for d in model.countries:
            if apart(model, plan.between, c, d):
                levers.closed[c.row][d.row] = max(levers.closed[c.row][d.row], plan.dose)
                levers.trade[c.row, d.row] += plan.trade * plan.dose
    if plan.dose >= 1.0:
        give_up(model, plan.breaks, lambda i, j: apart(model, plan.between, i.country, j.country))


def give_up(model: Any, running: bool, barred: Callable[[Organisation, Organisation], bool]) -> None:
    """Projects with two members who may not work together: pending ones, and with `running` all of them, are over."""
    for project in list(model.projects):
        pairs = [(i, j) for i in project.members for j in project.members if i is not j]
        if (running or not project.active) and any(barred(i, j) for i, j in pairs):
            release(model, project)


def impose_sanction(model: Any, programme: Programme) -> None:
    """Who knows too much of the fields may not cooperate with the other side."""
    plan = programme.plan
    fields = [TECHNOLOGY_FIELDS.index(name) for name in plan.fields]
    concerned = {
        i for i in model.organisations
        if sum(i.knowledge) > 0.0 and sum(i.knowledge[f] for f in fields) / sum(i.knowledge) >= plan.least and hit(programme, i)
    }  # fmt: skip
    for i in concerned:
        i.barred = [was or apart(model, plan.between, i.country, c) for was, c in zip(i.barred, model.countries, strict=True)]
    give_up(model, plan.breaks, lambda i, j: i in concerned and apart(model, plan.between, i.country, j.country))


def lose_platforms(model: Any, programme: Programme) -> None:
    """Who is hit can no longer reach the platforms, and is no member any more."""
    for lost in model.programmes.values():
        if hasattr(lost.plan, "profiles") and (not programme.plan.platforms or lost.name in programme.plan.platforms):
            for i in [each for each in model.organisations if hit(programme, each)]:
                i.on_platform.discard(lost.name)
                i.cut_off.add(lost.name)


def attract(model: Any, programme: Programme) -> None:
    """Researchers move to who pays, some of them from the others in proportion to what these have, never the last one."""
    plan, countries = programme.plan, model.countries
    stock = [c.researchers for c in countries]
    wanted = [max(money, 0.0) / plan.cost for money in programme.left]

    def asked(c: int, o: int) -> float:
        others = sum(s for d, s in enumerate(stock) if d != c)
        return plan.from_members * wanted[c] * stock[o] / others if c != o else 0.0

    came = [(1.0 - plan.from_members) * w for w in wanted]
    for o, home in enumerate(countries):
        total = sum(asked(c, o) for c in range(len(countries)))
        go = min(1.0, max(stock[o] - 1.0, 0.0) / total) if total > 0.0 else 0.0
        home.researchers -= go * total
        came = [n + go * asked(c, o) for c, n in enumerate(came)]
    for c, n in zip(countries, came, strict=True):
        c.researchers += n
    programme.charge([n * plan.cost for n in came])


def found_clusters(model: Any, programme: Programme) -> None:
    """Clusters by decree or around a network, as many as are planned and paid; then support of all of them."""
    plan, news = programme.plan, []
    for c in [each for each in model.countries if each.iso in programme.payers()]:
        cost = plan.founding_cost * c.weight
        while sum(each.country is c for each in programme.founded) < plan.clusters and programme.left[c.row] >= cost:
            first = c.key * CLUSTERS_PER_COUNTRY + BY_THE_STATE
            number = first + sum(each.country is c and each.key >= first for each in model.clusters)
            free = [i for i in programme.eligibles() if i.country is c and i.cluster is None]
            k = programme.lasting_key("DECREE_MEMBER")
            free.sort(key=lambda i, k=k, number=number: bits(k, i.id, number))
            members = (drawn if plan.form == "decreed" else networked)(model, programme, free, number)[: plan.members]
            if len(members) < 2:
                break
            news.append(charter(model, c, number, members, plan.form == "decreed"))
            programme.founded.append(news[-1])
            programme.serve(members)
            programme.charge([cost if d is c else 0.0 for d in model.countries])
    for cluster in news:
        take_stock(model, cluster)
    support(model, programme)


def drawn(model: Any, programme: Programme, free: list[Organisation], number: int) -> list[Organisation]:
    """Those of a sector drawn in proportion to its free organisations."""
    z = bits(programme.lasting_key("DECREE"), number)
    there = {s: sum(i.sector == s for i in free) for s in range(len(model.sector_names))}
    waits = [(-math.log(open_unit(bits(z, s))) / float(n), s) for s, n in there.items() if n >= 2]
    return [i for i in free if i.sector == min(waits)[1]] if waits else []


def networked(model: Any, programme: Programme, free: list[Organisation], number: int) -> list[Organisation]:
    """Who has most free partners, these, theirs, and others of its sector."""

    def partners(i: Organisation) -> list[Organisation]:
        return [tie.other(i) for tie in i.ties.values() if tie.stage >= TieStage.MEMORANDUM and tie.other(i) in free]

    if not any(partners(i) for i in free):
        return []
    core = max(free, key=lambda i: len(partners(i)))
    first = partners(core)
    second = [j for i in first for j in partners(i)]
    circles = [[core], first, second, [i for i in free if i.sector == core.sector]]
    chosen: list[Organisation] = []
    for circle in circles:
        chosen += [i for i in free if i in circle and i not in chosen]
    return chosen


def charter(model: Any, country: Country, number: int, members: list[Organisation], decreed: bool) -> Cluster:
    """A new cluster."""
    p, able = model.behaviour.birth, {}
    for name in ("capability", "orientation"):
        low, high = getattr(p, f"{name}_low"), getattr(p, f"{name}_high")
        able[name] = low + (high - low) * unit(bits(key(model.seed, Purpose[f"CLUSTER_{name.upper()}"], 0), number))
    cluster = Cluster(
        row=len(model.clusters), key=number, country=country, place=members[0].place, sector=members[0].sector, stage=0, founded=decreed,
        members=0, members_start=0.0, sales_start=0.0, research_start=0.0, networking=0.0, variety=0.0,
        knowledge=[0.0] * len(TECHNOLOGY_FIELDS), capability_start=able["capability"], orientation_start=able["orientation"],
        decreed=decreed, **able,
    )  # fmt: skip
    model.clusters.append(cluster)
    for i in members:
        i.cluster = cluster
    return cluster


def take_stock(model: Any, cluster: Cluster) -> None:
    """What there is in a new cluster; its stage and association are what they are."""
    stage, founded = cluster.stage, cluster.founded
    survey(model, cluster)
    cluster.stage, cluster.founded = stage, founded


def support(model: Any, programme: Programme) -> None:
    """Cash for members at home, in equal parts, as far as money lasts."""
    due = []
    for cluster in programme.founded:
        at_home = [i for i in model.members(cluster) if i.country is cluster.country]
        due += [(i, programme.plan.support / len(at_home)) for i in at_home]
    paid = []
    for c in model.countries:
        bill = sum(amount * i.weight for i, amount in due if i.country is c)
        part = min(max(programme.left[c.row], 0.0) / bill, 1.0) if bill > 0.0 else 0.0
        paid += [(i, amount * part) for i, amount in due if i.country is c]
    for i, amount in paid:
        i.cash_given += amount
    programme.serve([i for i, amount in paid if amount > 0.0])
    programme.charge_to(paid)


PREPARE: Hooks = {"border_closed": close_border, "sanction": impose_sanction, "platform_lost": lose_platforms}
GOVERN: Hooks = {"attraction": attract, "decree": found_clusters}
