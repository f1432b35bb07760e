"""Phase 8, turn over: who leaves, who comes, and cluster life once a year (sim/turnover.py, sim/entry.py)."""

import math
from typing import Any

from agents.population import lattice_id
from tests.reference.births import Newborn, give_birth
from tests.reference.draws import bits, key, open_unit, unit
from tests.reference.instruments import settle_programmes
from tests.reference.lifecycle import release
from tests.reference.membership import change_members, develop
from tests.reference.people import Cluster, Country, Firm, Organisation
from tests.reference.trade import REST_KEY

START, SPIN_OFF, AFFILIATE = 0, 1, 2


def turn_over(model: Any) -> None:
    """Exit, entry, and once a year membership and development of clusters."""
    model.left = [i for i in model.organisations if fails(model, i)]
    leave(model, model.left)
    before = set(model.organisations)
    enter(model)
    model.entered = [i for i in model.organisations if i not in before]
    settle_programmes(model)
    if model.quarter % 4 == 3:
        change_members(model)
        develop(model)


def fails(model: Any, i: Organisation) -> bool:
    """Is a firm out of money, too small or over-indebted?"""
    p = model.behaviour.turnover
    broke = i.cash < -p.exit_cash * i.sales_mean
    small = i.sales_mean < p.exit_size * model.sales_median
    return i.is_firm and i.active and (broke or small or i.debt > p.exit_debt * 4.0 * i.sales_mean)


def leave(model: Any, leaving: list[Organisation]) -> None:
    """Projects and ties are closed, customers pass to the fringe, room and address are free."""
    for project in [each for each in model.projects if any(i in leaving for i in each.members)]:
        release(model, project)
    for i in leaving:
        for tie in list(i.ties.values()):
            tie.cut()
        i.country.fringe_mass[i.sector] += i.weight * i.mass
        if i.cluster is not None:
            i.cluster.members -= 1
        i.country.book[i.country.book.index(i)] = None
        model.organisations.remove(i)
        i.remove()


def enter(model: Any) -> None:
    """Entrants find room in a drawn order; then all of them settle, and take their customers, in the order of the lattice."""
    k = model.key("ENTRY")
    candidates = starters(model, k) + affiliates(model, k)
    newcomers = [each for each in candidates if unit(bits(k, each.id)) < each.chance]
    free = {c.row: c.rooms - len(model.at_home(c)) for c in model.countries}
    came = []
    for each in sorted(newcomers, key=lambda n: bits(k, n.id, 1)):
        if free[each.country.row] > 0:
            free[each.country.row] -= 1
            came.append(each)
    arrived = [(each, found(model, each, k)) for each in newcomers if each in came]
    for each, i in arrived:
        inherit(model, each, i)
    sizes = {c.row: c.members for c in model.clusters}
    for _, i in arrived:
        model.organisations.append(i)
        settle(model, i, sizes)
        take_customers(model, i)


def slots(expected: float) -> tuple[int, float]:
    """Slots that hold an expected number of candidates, and the chance of each."""
    count = max(1, math.ceil(expected))
    return count, expected / count


def starters(model: Any, k: int) -> list[Newborn]:
    """Potential R&D starters of every country, and their chances to enter."""
    p, found = model.behaviour.turnover, []
    for c in model.countries:
        count, rate = slots(p.potential * c.firms)
        for slot in range(count):
            each = give_birth(model, lattice_id(model.quarter, c.key, slot), c, c.sector_share)
            each.origin = SPIN_OFF if unit(bits(k, each.id, 2)) < p.spin_off_part else START
            each.chance = p.entry_rate * rate * profitability(model, c, c.start_relief) * fringe_room(model, c, each.sector)
            found.append(each)
    return found


def affiliates(model: Any, k: int) -> list[Newborn]:
    """Potential foreign affiliates, each in the country and sector it would choose."""
    count, rate = slots(model.behaviour.turnover.affiliate_rate * sum(c.firms for c in model.countries))
    found = []
    for slot in range(count):
        id = lattice_id(model.quarter, REST_KEY, slot)
        pull = {c.row: [attraction(model, c, s) for s in range(len(model.sector_names))] for c in model.countries}
        host = min(model.countries, key=lambda c, id=id, pull=pull: -math.log(open_unit(bits(k, id, 1000 + c.key))) / sum(pull[c.row]))
        each = give_birth(model, id, host, [a / sum(pull[host.row]) for a in pull[host.row]])
        each.origin, each.chance = AFFILIATE, rate * profitability(model, host)
        found.append(each)
    return found


def profitability(model: Any, c: Country, relief: float = 0.0) -> float:
    """Return, and what is saved of the cost of starting, over normal return; not below 0 and not above a boom's."""
    p = model.behaviour.turnover
    return min(p.return_most, max(0.0, (c.return_rate + relief * p.start_cost) / p.normal_return))


def output(model: Any, c: Country, s: int) -> float:
    """What an origin sells everywhere."""
    return sum(model.share[c.row, d][s] * model.expenditure[d][s] for d in model.destinations())


def fringe_room(model: Any, c: Country, s: int) -> float:
    """Fringe's share in its origin's sales over its share at the start."""
    sold = output(model, c, s)
    return c.fringe_sales[s] / sold / c.fringe_share0[s] if c.fringe_share0[s] > 0.0 and sold > 0.0 else 0.0


def attraction(model: Any, c: Country, s: int) -> float:
    """Market access over weight, expected return, labour cost."""
    p = model.behaviour.turnover
    mean_wage = sum(each.wage for each in model.countries) / len(model.countries)
    return output(model, c, s) / c.weight * math.exp(p.return_weight * c.return_rate) * (c.wage / mean_wage) ** -p.labour_elasticity


def found(model: Any, each: Newborn, k: int) -> Organisation:
    """A new firm: size, product, R&D and the knowledge at which this R&D rests."""
    p, c, s = model.behaviour.turnover, each.country, each.sector
    i = Firm(model, each.id, c, each.place, s, each.stage, model.quarter)
    i.foreign = each.origin == AFFILIATE
    factor = p.affiliate_size if i.foreign else p.entry_size
    i.sales = i.sales_mean = c.smallest * factor * pareto(unit(bits(k, i.id, 4)), model.behaviour.birth.size_exponent, p.entry_span)
    i.staff = i.sales / c.wage
    i.taste = each.taste * c.intensity_factor
    i.research = i.research_mean = model.intensity[s] * i.taste * i.sales
    i.cash = each.cash * i.sales
    gap = max(0.0, model.frontier[s] - c.fringe_fitness[s])
    i.quality = math.exp(c.fringe_fitness[s] + (p.affiliate_lead * gap if i.foreign else 0.0) + each.fitness)
    rest, elasticity = model.rest
    length = rest * (i.research / c.research_price / model.research_reference) ** elasticity if i.research > 0.0 else 0.0
    i.knowledge = [length * x for x in each.direction]
    return i


def pareto(u: float, exponent: float, span: float) -> float:
    """Quantile of a truncated Pareto law on [1, span]."""
    return (1.0 - u * (1.0 - span**-exponent)) ** (-1.0 / exponent)


def inherit(model: Any, each: Newborn, i: Organisation) -> None:
    """A spin-off takes place and a part of its parent's knowledge, if there is a parent."""
    parents = [j for j in model.at_home(each.country) if not j.is_firm and j.active]
    if each.origin == SPIN_OFF and parents:
        k = key(model.seed, model.purpose("ENTRY_PARENT"), 0)
        parent = min(parents, key=lambda j: bits(k, i.id, j.id))
        i.place = parent.place
        i.knowledge = [max(x, model.behaviour.turnover.inheritance * y) for x, y in zip(i.knowledge, parent.knowledge, strict=True)]


def settle(model: Any, i: Organisation, sizes: dict[int, int]) -> None:
    """The first empty address from its hash on; perhaps a cluster, drawn by affinity and members."""
    book, k = i.country.book, key(model.seed, model.purpose("BIRTH_CLUSTER"), 0)
    at = bits(key(model.seed, model.purpose("ADDRESS"), 0), i.id) % len(book)
    while book[at] is not None:
        at = (at + 1) % len(book)
    book[at] = i
    if unit(bits(k, i.id)) >= i.country.clustered:
        return

    def wait(c: Cluster) -> float:
        p = model.behaviour.birth
        affinity = (1.0 if c.sector == i.sector else p.affinity_sector) * (1.0 if c.place == i.place else p.affinity_place)
        return -math.log(open_unit(bits(k, i.id, c.key))) / (sizes[c.row] * affinity)

    open_to = [c for c in model.clusters if c.country is i.country and sizes[c.row] > 0]
    if open_to:
        i.cluster = min(open_to, key=wait)
        i.cluster.members += 1


def take_customers(model: Any, i: Organisation) -> None:
    """Its market mass comes out of the fringe it leaves, at most half of what is there."""
    price, fringe = model.price[i.country.row, i.country.row][i.sector], i.country.fringe_mass
    i.mass = min(i.sales / price, 0.5 * fringe[i.sector] / i.weight) if price > 0.0 else 0.0
    fringe[i.sector] -= i.weight * i.mass
    i.contested = i.mass * price
