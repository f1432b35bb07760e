"""Council, smart specialisation, policy learning, enlargement (scenarios/*.py of these names; sim/pool.py)."""

import math
from typing import TYPE_CHECKING, Any

from sim.geography import BLOCS
from tests.reference.draws import bits, normal, open_unit, unit
from tests.reference.eligibility import qualifies
from tests.reference.lifecycle import release
from tests.reference.people import Country
from tests.reference.review import sector_sales, sector_shares

if TYPE_CHECKING:
    from tests.reference.programme import Money, Programme

VETO = 1


def steered(programme: "Programme", mask: list[set[int]]) -> None:
    """Confine a programme to sectors by country, on top of what others did."""
    programme.steer = mask if programme.steer is None else [a & b for a, b in zip(programme.steer, mask, strict=True)]


# smart specialisation


def specialise(model: Any, programme: "Programme") -> None:
    """Once a year priorities of revealed advantage; every quarter they confine other programmes."""
    open_now = {each.name: each for each in model.open_programmes()}
    others = [open_now[name] for name in programme.plan.steers if name in open_now]
    base = {other: [{i.sector for i in qualifies(other) if i.country is c} for c in model.countries] for other in others}
    if programme.priorities is None or (programme.age - programme.plan.start) % 4 == 0:
        somebody = [set().union(*(there[c.row] for there in base.values())) for c in model.countries]
        programme.priorities = [priorities(model, programme, c, somebody[c.row]) for c in model.countries]
    everything = set(range(len(model.sector_names)))
    for other in others:
        mask = [mine if mine & there else everything for mine, there in zip(programme.priorities, base[other], strict=True)]
        steered(other, mask)


def priorities(model: Any, programme: "Programme", c: Country, somebody: set[int]) -> set[int]:
    """Sectors of highest revealed advantage in which somebody qualifies."""
    if c.iso not in programme.payers():
        return set(range(len(model.sector_names)))
    together = [sum(sales) for sales in zip(*(sector_sales(model, d) for d in model.countries if d.policy), strict=True)]
    shares, everywhere = sector_shares(model, c), [s / sum(together) if sum(together) > 0.0 else 0.0 for s in together]
    advantage = [x / y if y > 0.0 else 0.0 for x, y in zip(shares, everywhere, strict=True)]
    few = programme.plan.priorities
    most = few + int((1.0 - programme.plan.dose) * max(0, len(somebody) - few) + 0.5)
    return set(sorted(somebody, key=lambda s: (-advantage[s], s))[:most])


# policy learning


def visit(model: Any, programme: "Programme") -> None:
    """Pays for benchmarking."""
    run_on(programme, programme.plan.cost * sum(c.iso in programme.payers() for c in model.countries))


def run_on(programme: "Programme", due: float) -> None:
    """Pay a running cost, or do not run."""
    programme.running = programme.pot() >= due
    if programme.running:
        programme.charge_common(due)


# enlargement


def enlarge(model: Any, programme: "Programme") -> None:
    """Joiners become what members are to each other; the first enlargement does it for all, and a pair has the best of its blocs."""
    plans = [each for each in model.open_programmes() if each.kind == "enlargement"]
    if plans[0] is not programme:
        return
    space, market = model.behaviour.space, model.behaviour.market
    for a in model.countries:
        for b in model.countries:
            nearer = saved = 0.0
            apart, consent = model.geography["institution"][a.row][b.row], model.geography["consent"][a.row][b.row]
            for bloc in BLOCS:
                part = 0.0 if a is b or model.bloc[BLOCS.index(bloc)][a.row][b.row] else min(belongs(model, plans, bloc, c) for c in (a, b))
                nearer = max(nearer, part * max(apart - getattr(space, f"{bloc}_distance"), 0.0))
                saved = max(saved, part * getattr(market, f"{bloc}_rules"))
                if part > 0.0 and consent > 0.0:
                    more = consent + part * max(getattr(space, f"{bloc}_consent") - consent, 0.0)
                    model.levers.consent[a.row][b.row] = max(model.levers.consent[a.row][b.row], more)
            model.levers.institution[a.row][b.row] -= nearer
            model.levers.trade[a.row, b.row] -= saved


def belongs(model: Any, plans: list["Programme"], bloc: str, c: Country) -> float:
    """How far a country is a member of a bloc."""
    if model.bloc[BLOCS.index(bloc)][c.row][c.row]:
        return 1.0
    parts = [0.0]
    for plan, age in ((each.plan, each.age - each.plan.start) for each in plans):
        if plan.bloc == bloc and c.iso in plan.joiners:
            parts.append(plan.dose * (min(1.0, (age + 1) / (4.0 * plan.transition)) if plan.transition > 0.0 else 1.0))
    return max(parts)


# council


def sit(model: Any, programme: "Programme") -> None:
    """A Council whose secretariat was paid sets purses, waives consents and brings rules together."""
    plan = programme.plan
    if programme.dissolved:
        return
    session = (programme.age - plan.start - 1) % 4 == 0
    run = [each for each in model.open_programmes() if each.name in plan.runs]
    if plan.pooling and programme.running:
        closed = [model.programmes[name] for name in sorted(plan.runs) if name in model.programmes and model.programmes[name] not in run]
        pool(model, programme, run + [each for each in closed if each.key_of_pool is not None], session)
    if programme.key_of_pool is not None:
        serve_members(model, programme, run)
    if not programme.running or programme.dissolved:
        return
    if plan.one_call:
        model.levers.free_calls |= {each.name for each in run if each.is_call}
    if plan.harmonisation:
        harmonise(model, programme, members(model, programme), session)


def members(model: Any, programme: "Programme") -> list[Country]:
    """Who is in it."""
    key = programme.key_of_pool
    if programme.plan.pooling and key is not None:
        return [c for c in model.countries if key[c.row] > 0.0]
    return [c for c in model.countries if c.iso in programme.payers()]


def contributions(model: Any, plan: Any, inside: list[Country]) -> "Money":
    """Key by country; free-riders keep a part back."""
    given = {c: (plan.key.get(c.iso, 0.0) if plan.key else c.customs_share) if c in inside else 0.0 for c in model.countries}
    total = sum(given.values())
    pays = {c: 1.0 - plan.withheld if c.iso in plan.free_riders else 1.0 for c in model.countries}
    return [part / total * pays[c] if total > 0.0 else 0.0 for c, part in given.items()]


def pool(model: Any, programme: "Programme", run: list["Programme"], session: bool) -> None:
    """Common purses."""
    inside = members(model, programme)
    if session and programme.age - programme.plan.start > 4 * programme.plan.patience and programme.key_of_pool is not None:
        inside = vote(model, programme, inside)
    key = contributions(model, programme.plan, inside)
    for each in (programme, *run):
        if each.key_of_pool is not None:
            settle_with_leavers(model, each, key)
        each.key_of_pool, each.mix = list(key), [float(part > 0.0) for part in key]
    if not inside:
        programme.dissolved = True
        for each in (programme, *run):
            each.key_of_pool, each.mix = None, [1.0] * len(key)


def serve_members(model: Any, programme: "Programme", run: list["Programme"]) -> None:
    """Who is no member, or has no strategy where that is asked, is not served."""
    inside = members(model, programme)
    strategies = {iso for each in model.open_programmes() if each.kind == "smart_specialisation" for iso in each.payers()}
    served = [c for c in inside if c.iso in strategies or not programme.plan.precondition]
    for each in run:
        steered(each, [set(range(len(model.sector_names))) if c in served else set() for c in model.countries])


def vote(model: Any, programme: "Programme", inside: list[Country]) -> list[Country]:
    """Everybody compares what a year brought with what it cost."""
    plan, k, rows = programme.plan, programme.key("VOTE"), range(len(model.countries))
    year = [
        (each.name, book) for each in model.programmes.values() if each.name in (*plan.runs, programme.name) for book in each.books
        if model.quarter - 4 <= book[0] < model.quarter
    ]  # fmt: skip
    paid = [sum(book[1][row] for _, book in year) for row in rows]
    received = [sum(book[2][row] for name, book in year if name in plan.runs) for row in rows]
    cost = sum(paid[c.row] for c in inside)
    together = sum(received[c.row] for c in inside) / cost if any(paid[c.row] for c in inside) else 0.0
    after = []
    for c in model.countries:
        ratio = received[c.row] / paid[c.row] if c in inside and paid[c.row] > 0.0 else together * worth_joining(model, plan, inside, c)
        z = normal(open_unit(bits(k, c.key)))
        seen = plan.worth * ratio * math.exp(plan.noise * z - 0.5 * plan.noise**2)
        stays = c in inside and (seen >= 1.0 - plan.tolerance or paid[c.row] == 0.0)
        if stays or (c not in inside and c.iso in programme.payers() and seen > 1.0):
            after.append(c)
    return after if len(after) > 1 else []


def worth_joining(model: Any, plan: Any, inside: list[Country], c: Country) -> float:
    """What c would get by its R&D for a unit that it pays by the key, relative to the members together."""
    run = [model.programmes[name] for name in plan.runs if name in model.programmes]
    base = [sum(max(each.base[d.row], 0.0) if each.base else 0.0 for each in run) for d in model.countries]
    key = contributions(model, plan, model.countries)
    together, keys = sum(base[d.row] for d in inside), sum(key[d.row] for d in inside)
    if together == 0.0 or keys == 0.0:
        return 1.0
    return base[c.row] / key[c.row] * keys / together if key[c.row] > 0.0 else 0.0


def settle_with_leavers(model: Any, programme: "Programme", key: "Money") -> None:
    """Their projects break off; they take home what is free, the rest stays with the others and is billed to them now."""
    old = programme.key_of_pool
    assert old is not None
    leaving = [c for c in model.countries if old[c.row] > 0.0 and key[c.row] == 0.0]
    if not leaving:
        return
    for project in [p for p in model.projects if p.programme == programme.name and any(i.country in leaving for i in p.members)]:
        release(model, project)
    stay = [part if before > 0.0 else 0.0 for part, before in zip(key, old, strict=True)]
    if not any(stay):
        return
    spare = programme.spare()
    owed = [max(programme.left[c.row] - spare[c.row], 0.0) if c in leaving else 0.0 for c in model.countries]
    move = [sum(owed) * part / sum(stay) - own for part, own in zip(stay, owed, strict=True)]
    programme.left = [a + b for a, b in zip(programme.left, move, strict=True)]
    model.unpaid = [a - b for a, b in zip(model.unpaid, move, strict=True)]


def harmonise(model: Any, programme: "Programme", inside: list[Country], session: bool) -> None:
    """Rules come nearer by consensus."""
    plan, k = programme.plan, programme.key("VOTE", VETO)
    if session and len(inside) > 1:
        objects = any(unit(bits(k, c.key, VETO)) < plan.veto for c in inside)
        stalls = unit(bits(programme.key("HARMONISE"), 0, VETO)) < plan.stall
        if not objects and not stalls:
            programme.progress = min(1.0, programme.progress + plan.pace)
    for c in inside:
        for d in inside:
            if c is not d:
                model.levers.institution[c.row][d.row] -= plan.depth * programme.progress


PREPARE = {"smart_specialisation": specialise, "enlargement": enlarge, "council": sit}


def keep_office(model: Any, programme: "Programme") -> None:
    """The secretariat of a Council that is still there."""
    if programme.dissolved:
        programme.running = False
    else:
        run_on(programme, programme.plan.secretariat)


GOVERN = {"policy_learning": visit, "council": keep_office}
