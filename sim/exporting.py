"""Which destinations a firm supplies: entry when a market pays its entry cost back in time (Melitz 2003), partners there lower it."""

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
def move_exports(k, id, alive, kind, country, sector, mass, cash, exports_to, price, relief, keys, weight, of, a, b, business, p):
    """Enter destinations that pay the entry cost back, leave those that no longer would; returns entry costs f8 (capacity,).

    keys: luck keys of the destinations, the rest of the world last.
    """
    paid = np.zeros(len(id))
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
            earned = mass[i] * price[country[i], d, sector[i]] * p.entry_margin * p.entry_payback
            if exports_to[i] & flag:
                if earned < p.leave_ratio * p.entry_cost:
                    exports_to[i] &= ~flag
                continue
            partners = business_partners(i, d, country, weight, of, a, b, business) if d < rest else 0.0
            cost = p.entry_cost * math.exp(-p.partner_help * partners) * (1.0 - relief[i])
            if earned > cost and cash[i] - paid[i] >= cost:
                exports_to[i] |= flag
                paid[i] += cost
    return paid
