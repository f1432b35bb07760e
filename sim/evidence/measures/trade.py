"""Shares in trade between countries, in the year before programmes open: goods of the modelled sectors."""

import numpy as np

from sim.evidence.watch import Values, over
from sim.world import World


def measure(world: World) -> Values:
    """Of the world as it is at the opening, per cent; only what the world's countries allow."""
    flow = (world.market.share * world.market.expenditure[None]).sum(axis=2)
    np.fill_diagonal(flow, 0.0)
    iso, both = world.countries.iso, flow + flow.T
    inside = np.flatnonzero(world.countries.policy)
    values = {"mutual_trade": 100 * over(both[np.ix_(inside, inside)].sum(), both[inside].sum())}
    if {"RUS", "BLR"} <= set(iso):
        russia, belarus = iso.index("RUS"), iso.index("BLR")
        values["russia_in_belarus"] = 100 * over(both[belarus, russia], both[belarus].sum())
        values["belarus_in_russia"] = 100 * over(both[belarus, russia], both[russia].sum())
        values["trade_with_russia"] = 100 * over(2 * both[russia, inside].sum(), both[np.ix_(inside, inside)].sum())
    if "ARM" in iso:
        armenia = iso.index("ARM")
        values["armenia_exports"] = 100 * over(flow[armenia, inside].sum(), flow[armenia].sum())
        values["armenia_imports"] = 100 * over(flow[inside, armenia].sum(), flow[:, armenia].sum())
    return values
