"""Phase 6, trade: origins compete in destinations, firms within origins (sim/market.py).

Destinations are rows of countries, and REST for the rest of the world; `model.share[o, d][s]` and so on are dictionaries of lists.
"""

import math
from collections.abc import Iterable
from typing import Any

from tests.reference.draws import bits, normal, open_unit, poisson, unit
from tests.reference.people import REST, Country, Organisation

REST_KEY = 999


def trade(model: Any) -> None:
    """Markets of one quarter."""
    p = model.behaviour.market
    firms = [i for i in model.organisations if i.is_firm]
    firms_fitness = {c.row: mean_fitness(model, c) for c in model.countries}
    sectors = range(len(model.sector_names))
    for pair in model.rules:  # what common rules save, less as they age
        model.rules[pair] *= 1.0 - p.rules_erosion
        model.trade_cost[pair] = model.trade_cost0[pair] + model.levers.trade[pair] - model.rules[pair]
    for s in sectors:
        model.fitness[REST][s] += p.frontier_growth
        model.frontier[s] += p.frontier_growth
        if model.quarter < model.opens:  # until programmes open, trade between countries stays as the facts have it
            for o in model.destinations():
                model.fitness0[o][s] = model.fitness[o][s]
        for d in model.destinations():
            model.trend[d][s] *= 1.0 + model.growth[s]
            model.expenditure[d][s] = model.trend[d][s] * model.levers.spending[d][s]
            shift_shares(model, d, s)
    for i in firms:
        i.advantage = fitness(i) - model.fitness[i.country.row][i.sector]
        i.lines = max(1.0, i.sales_mean / model.sales_median) ** p.lines_elasticity
        replicate(model, i)
    for c in model.countries:
        for s in sectors:
            swing = p.adjustment * p.elasticity * (c.fringe_fitness[s] - model.fitness[c.row][s])
            c.fringe_mass[s] *= math.exp(clip(swing, p.swing_most))
            c.fringe_fitness[s] += p.frontier_growth + p.fringe_learning * (firms_fitness[c.row][s] - c.fringe_fitness[s])
    for i in firms:
        move_exports(model, i)
    clear(model)


def clip(x: float, most: float) -> float:
    """x within +- most."""
    return min(most, max(-most, x))


def fitness(i: Organisation) -> float:
    """ln quality - ln unit cost."""
    return math.log(i.quality) - math.log(i.unit_cost)


def mean_fitness(model: Any, c: Country) -> list[float]:
    """Sales-weighted mean fitness of a country's suppliers by sector, into model.fitness; returns that of its firms alone."""
    alone = []
    for s in range(len(model.sector_names)):
        firms = [i for i in model.at_home(c) if i.is_firm and i.sector == s]
        sold = sum(c.weight * i.contested for i in firms)
        weighted = sum(c.weight * i.contested * fitness(i) for i in firms)
        alone.append(weighted / sold if sold > 0.0 else c.fringe_fitness[s])
        whole = sold + c.fringe_sales[s]
        model.fitness[c.row][s] = (weighted + c.fringe_sales[s] * c.fringe_fitness[s]) / whole if whole > 0.0 else alone[s]
    return alone


def shift_shares(model: Any, d: int, s: int) -> None:
    """Move origins' shares in a destination towards what fitness gained and trade cost added since the start call for."""
    p, origins = model.behaviour.market, model.destinations()
    wanted, moved = {}, {}
    for o in origins:
        gain = model.fitness[o][s] - model.fitness0[o][s]
        wanted[o] = model.start_share[o, d][s] * math.exp(p.elasticity * gain - (model.trade_cost[o, d] - model.trade_cost0[o, d]))
    for o in origins:
        now = model.share[o, d][s]
        moved[o] = now * (wanted[o] / sum(wanted.values()) / now) ** p.adjustment if now > 0.0 else 0.0
    for o in origins:
        model.share[o, d][s] = moved[o] / sum(moved.values())


def replicate(model: Any, i: Organisation) -> None:
    """Market mass follows the advantage, and demand shocks that average out over lines of business."""
    p = model.behaviour.market
    if i.mass <= 0.0:
        return
    shock, jump = bits(model.key("DEMAND"), i.id), bits(model.key("DEMAND_JUMP"), i.id)
    spread = p.demand_spread / math.sqrt(i.lines)
    eps = spread * normal(open_unit(bits(shock, 0))) - 0.5 * spread * spread
    jumps = poisson(unit(bits(jump, 0)), p.jump_rate * i.lines)
    if jumps > 0:
        size = p.jump_size * math.sqrt(jumps) / i.lines
        eps += size * normal(open_unit(bits(jump, 1))) - 0.5 * size * size
    i.mass *= math.exp(clip(p.adjustment * p.elasticity * i.advantage + eps, p.swing_most))


def move_exports(model: Any, i: Organisation) -> None:
    """Look at some destinations, the luckiest first: enter what pays the entry cost back, leave what no longer would."""
    p, k = model.behaviour.market, model.key("EXPORT_ENTRY")
    lots = {d: unit(bits(k, i.id, REST_KEY if d == REST else model.countries[d].key)) for d in model.destinations()}
    for d in sorted(lots, key=lambda d: lots[d]):
        if d == i.country.row or lots[d] >= p.entry_rate:
            continue
        earned = worth(model, i, d)
        if d in i.exports_to:
            if earned < p.leave_ratio * p.entry_cost:
                i.exports_to.remove(d)
            continue
        full = cost_of_entry(model, i, d)
        helped = min(i.entry_relief[third(model, i, d)] * full, i.entry_cap - i.entry_borne)
        if earned > full - helped and i.cash - i.entry_cost >= full - helped:
            i.exports_to.add(d)
            i.entry_cost += full - helped
            i.entry_borne += helped


def looks_at(model: Any, i: Organisation) -> list[int]:
    """Destinations it does not supply and looks at this quarter."""
    k, abroad = model.key("EXPORT_ENTRY"), [d for d in model.destinations() if d not in supplied(i)]
    rate = model.behaviour.market.entry_rate
    return [d for d in abroad if unit(bits(k, i.id, REST_KEY if d == REST else model.countries[d].key)) < rate]


def worth(model: Any, i: Organisation, d: int) -> float:
    """Gross margin it would earn in a destination in the pay-back time."""
    p = model.behaviour.market
    return i.mass * model.price[i.country.row, d][i.sector] * p.entry_margin * p.entry_payback


def cost_of_entry(model: Any, i: Organisation, d: int) -> float:
    """Entry cost, less with business partners there."""
    p = model.behaviour.market
    abroad = [tie.other(i) for tie in i.ties.values() if tie.business and tie.other(i).country.row == d]
    return p.entry_cost * math.exp(-p.partner_help * sum(min(i.weight, j.weight) / i.weight for j in abroad))


def third(model: Any, i: Organisation, d: int) -> bool:
    """Is a destination outside every bloc of its country?"""
    return d == REST or not any(shared[i.country.row][d] for shared in model.bloc)


def supplied(i: Organisation) -> set[int]:
    """Destinations i supplies: home and where it exports to."""
    return {i.country.row, *i.exports_to}


def clear(model: Any) -> None:
    """Share out every origin's deliveries among its suppliers by mass; sales."""
    p = model.behaviour.market
    for c in model.countries:
        firms = [i for i in model.at_home(c) if i.is_firm]
        for s in range(len(model.sector_names)):
            c.fringe_sales[s] = 0.0
            for d in model.destinations():
                mass = c.fringe_mass[s] * (1.0 if d == c.row else p.fringe_exporting)
                everybody = mass + sum(c.weight * i.mass for i in firms if i.sector == s and d in supplied(i))
                price = model.share[c.row, d][s] * model.expenditure[d][s] / everybody if everybody > 0.0 else 0.0
                model.price[c.row, d][s] = price
                c.fringe_sales[s] += mass * price
        sell(model, firms)


def sell(model: Any, firms: Iterable[Organisation]) -> None:
    """Sales of firms: contested markets by mass, and a niche that fades."""
    p = model.behaviour.market
    for i in firms:
        sold = {d: i.mass * model.price[i.country.row, d][i.sector] for d in supplied(i)}
        i.export_sales = sum(amount for d, amount in sold.items() if d != i.country.row)
        i.contested = sum(sold.values())
        i.niche *= 1.0 - p.niche_decay
        i.sales = i.contested + i.niche + i.orders
        i.growth = p.smoothing * (i.sales - i.sales_mean)
        i.sales_mean += i.growth
