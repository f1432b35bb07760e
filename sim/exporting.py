"""Which destinations a firm supplies: entry when a market pays its entry cost back in time (Melitz 2003), partners there lower it.

    cost_id = entry_cost exp(-partner_help partners_id),   helped_id = min(relief_i[third_od] cost_id, what is left of its cap)
A firm looks at few destinations a quarter; it enters one that earns more than cost - helped in the pay-back time, if it has the cash.
"""

import math

import numpy as np
from numba import njit

from agents.draws import bits, unit
from agents.population import Kind

REST_BIT = 62
"""Bit of population.exports_to that stands for the rest of the world."""
REST_KEY = 999
"""Luck key of the rest of the world (no country has it)."""


@njit(cache=True)
def supplies(exports_to, d, home, rest):
    """Does a firm supply destination d?  At home always; abroad by its bit."""
    return d == home or (exports_to >> np.int64(REST_BIT if d == rest else d)) & np.int64(1) == 1


@njit(cache=True)
def business_partners(row, d, country, weight, of, a, b, business):
    """Business partners in country d of each of the organisations that a row stands for, on average."""
    count = 0.0
    for n in range(of.shape[1]):
        tie = of[row, n]
        if tie >= 0 and business[tie]:
            other = b[tie] if a[tie] == row else a[tie]
            if country[other] == d:
                count += min(weight[country[row]], weight[d]) / weight[country[row]]
    return count


@njit(cache=True)
def worth(i, d, country, sector, mass, price, p):
    """Gross margin that row i would earn in destination d within the pay-back time, mln int$."""
    return mass[i] * price[country[i], d, sector[i]] * p.entry_margin * p.entry_payback


@njit(cache=True)
def cost_of_entry(i, d, rest, country, weight, of, a, b, business, p):
    """What entering destination d costs row i, mln int$."""
    partners = business_partners(i, d, country, weight, of, a, b, business) if d < rest else 0.0
    return p.entry_cost * math.exp(-p.partner_help * partners)


@njit(cache=True)
def help_wanted(
    k, id, applying, country, sector, mass, exports_to, price, relief, third, keys, weight, of, a, b, business, p
):  # fmt: skip
    """What it takes to bear `relief` (2,) of entering the destinations that firms look at this quarter and that would pay then.

    `move_exports` of the same quarter looks at the same destinations; f8 (capacity,), mln int$.
    """
    wanted = np.zeros(len(id))
    rest = price.shape[1] - 1
    for i in range(len(id)):
        for d in range(rest + 1):
            if not applying[i] or supplies(exports_to[i], d, country[i], rest) or unit(bits(k, id[i], keys[d])) >= p.entry_rate:
                continue
            cost = cost_of_entry(i, d, rest, country, weight, of, a, b, business, p)
            helped = relief[np.int64(third[country[i], d])] * cost
            if worth(i, d, country, sector, mass, price, p) > cost - helped:
                wanted[i] += helped
    return wanted


@njit(cache=True)
def move_exports(
    k, id, alive, kind, country, sector, mass, cash, exports_to, price, relief, cap, third, keys, weight, of, a, b, business, p
):  # fmt: skip
    """Enter destinations that pay the entry cost back, leave those that no longer would; (own entry cost, what others bear of it).

    relief f8 (capacity, 2), cap f8 (capacity,): Levers.entry_relief and entry_cap.  third: bool (C, C + 1), destinations outside every
    bloc an origin is in.  keys: luck keys of the destinations, the rest of the world last.  Returns two f8 (capacity,), mln int$.
    """
    paid, borne = np.zeros(len(id)), np.zeros(len(id))
    rest = price.shape[1] - 1
    luck = np.empty(rest + 1)
    for i in range(len(id)):
        if not alive[i] or kind[i] != Kind.FIRM:
            continue
        for d in range(rest + 1):
            luck[d] = unit(bits(k, id[i], keys[d]))
        # the luckiest first: cash may not do for a second
        for d in np.argsort(luck):
            if d == country[i] or luck[d] >= p.entry_rate:
                continue
            flag = np.int64(1) << np.int64(REST_BIT if d == rest else d)
            earned = worth(i, d, country, sector, mass, price, p)
            if exports_to[i] & flag:
                if earned < p.leave_ratio * p.entry_cost:
                    exports_to[i] &= ~flag
                continue
            cost = cost_of_entry(i, d, rest, country, weight, of, a, b, business, p)
            helped = min(relief[i, np.int64(third[country[i], d])] * cost, cap[i] - borne[i])
            cost -= helped
            if earned > cost and cash[i] - paid[i] >= cost:
                exports_to[i] |= flag
                paid[i] += cost
                borne[i] += helped
    return paid, borne
