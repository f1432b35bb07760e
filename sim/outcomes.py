"""The scalars of a run, one row of an experiment's table.

Weighted, and of all policy countries together, unless the name or a comment says otherwise.  Flows are sums over the horizon (from
the opening of programmes to the end), `_end` and all levels those of the last quarter.  Present values: real discount rate
of `public`, at the opening.
"""

from typing import TYPE_CHECKING

import numpy as np

from agents.ties import Reached
from sim.calendar import YEAR
from sim.competitiveness import index
from sim.frames import gaps, history, opening
from sim.indicators import indicators
from sim.pool import paid_and_received, pooled, share
from sim.treasury import NAMED

if TYPE_CHECKING:
    from sim.world import World


SUMS = {
    "innovations": "innovations",
    "innovations_eligible": "innovations_eligible",
    "radical": "radical",
    "joint": "joint",
    "cross_border_innovations": "cross_border_innovations",
    "patents": "patents",
    "projects_started": "projects_started",
    "cross_cluster_started": "cross_cluster_started",
    "cross_border_started": "cross_border_started",
    "meetings": "meetings",
    "agreed": "projects_agreed",
    "exits": "exits",
    "entries": "entries",
    "fdi": "fdi",
}
"""Outcome -> account summed over the horizon."""

LEVELS = {
    "projects_alive_end": "projects_active",
    "cross_cluster_alive_end": "cross_cluster_active",
    "cross_border_alive_end": "cross_border_active",
    "ties_end": "ties",
    "hub_share": "hub_share",
    "with_foreign_partner": "with_foreign_partner",
    "productivity": "productivity",
    "export_share": "export_share",
    "import_substitution": "import_substitution",
    "bloc_trade": "bloc_trade",
    "hhi": "hhi",
    "hhi_sectors": "hhi_sectors",
    "employment": "employment",
    "knowledge_depth": "knowledge_depth",
    "knowledge_variety": "knowledge_variety",
    "profitability_members": "profitability_members",
    "profitability_outsiders": "profitability_outsiders",
    "constrained": "constrained",
    "organisations_end": "organisations",
}
"""Outcome -> indicator in the last quarter."""

OF_COUNTRIES = ("productivity", "sales", "innovations")
"""Also given by country, as <name>_<ISO>: levels of the last quarter, innovations as the sum over the horizon."""


def outcomes(world: "World") -> dict[str, float]:
    """All scalar outcomes, in a fixed order."""
    everywhere = history(world)
    horizon = np.array(world.recorder.quarters) >= world.opens
    together = {name: values[:, -2] for name, values in everywhere.items()}
    levels = indicators(everywhere)
    scalars = {name: together[account][horizon].sum() for name, account in SUMS.items()}
    scalars["innovations_world"] = everywhere["innovations"][horizon, -1].sum()
    scalars["business"] = sum(ladder[0, :, Reached.BUSINESS].sum() for ladder in np.array(world.recorder.ladders)[horizon])
    scalars |= {name: levels[indicator][-1, -2] for name, indicator in LEVELS.items()}
    scalars |= _money(world, {name: together[name] for name in ("research", "research_private", "private_time")})
    scalars |= _of_countries(world, levels, everywhere["innovations"][horizon].sum(axis=0))
    scalars |= {f"{name}_end": values[-1] for name, values in gaps(levels, world).items()}
    scalars |= _common_purses(world)
    score = index(world.recorder.table(), world, opening(world))["index"][-1]
    scalars |= {f"index_{iso}": score[row] for row, iso in enumerate(world.countries.iso)}
    return {name: float(value) for name, value in scalars.items()}


def present_value(flow: np.ndarray, quarters: np.ndarray, rate: float) -> float:
    """Sum of flow / (1 + rate)^(t / 4) over quarters t >= 0 since the opening; rate: real, a year."""
    since = quarters >= 0
    return float((flow[since] / (1.0 + rate) ** (quarters[since] / YEAR)).sum())


def _money(world: "World", flows: dict[str, np.ndarray]) -> dict[str, float]:
    """Present values in mln int$: R&D of everybody, R&D firms pay themselves, own time, public cost; and the absorbed share of budgets.

    absorbed: what the programmes that open with the experiment, the residual one apart, spent of their budgets, overhead apart.
    public_cost: outlay of all named programmes, those of the status quo too, since they pay part of what a new one brings forth;
    untargeted support is not in it.  The cost of an arm is its difference to the status quo.
    """
    rate = world.config.behaviour.public.discount
    quarters = np.array(world.recorder.quarters) - world.opens
    working = [name for name, each in world.config.instrument.items() if each.start >= 0 and not each.residual_of and not each.free]
    booked = [(entry[0] - world.opens, amount) for entry, amount in world.treasury.ledger.items() if entry[4] in NAMED]
    dates, amounts = np.array([date for date, _ in booked], dtype=np.float64), np.array([amount for _, amount in booked])
    given = sum(world.programmes[name].arrived - world.programmes[name].overhead for name in working)
    spent = sum(world.programmes[name].spent - world.programmes[name].overhead for name in working)
    return {
        "research_total": present_value(flows["research"], quarters, rate),
        "research_private": present_value(flows["research_private"], quarters, rate),
        "private_time": present_value(flows["private_time"], quarters, rate),
        "public_cost": present_value(amounts, dates, rate),
        "absorbed": spent / given if given > 0.0 else 0.0,
    }


def _common_purses(world: "World") -> dict[str, float]:
    """Of what the common purses of a Council paid since the opening: a member's part in paying it and in receiving it, 0..1."""
    sides = zip(("contribution", "benefit"), paid_and_received(world, pooled(world), world.opens, world.quarter), strict=True)
    policy = np.flatnonzero(world.countries.policy)
    return {f"{name}_{world.countries.iso[c]}": part[c] for name, part in ((name, share(side)) for name, side in sides) for c in policy}


def _of_countries(world: "World", levels: dict[str, np.ndarray], innovations: np.ndarray) -> dict[str, float]:
    last = {name: levels[name][-1] for name in OF_COUNTRIES} | {"innovations": innovations}
    return {f"{name}_{iso}": last[name][row] for name in OF_COUNTRIES for row, iso in enumerate(world.countries.iso)}
