"""The field experiment on meetings: members of one cluster, of whom a lot decides who meets whom (Boudreau et al. 2017).

Treated: pairs that an event put together by lot and that had no relation before.  Controls: all other pairs of one cluster whose two sides
both came and had no relation, whom the lot did not put together.  Counted is who agrees on a joint project in the year that follows, as
there who applied together.  Meetings of the lot cost nobody attention (meetings_by_lot), so all that it draws take place: what is assigned
is what is done.
"""

from itertools import combinations

import numpy as np

from agents.knowledge import proximity
from agents.ties import Channel
from sim.calendar import YEAR
from sim.evidence.watch import NAN, Values, Watch, over, paired
from sim.world import World

PATIENCE = YEAR
"""Quarters in which a joint project counts, and after which the experiment ends."""
Pair = tuple[int, int]


def measure(watch: Watch) -> Values:
    """Hold the meetings of the first quarter, wait, and compare."""
    world = watch.world
    known = related(world)
    watch.run(world.quarter + 1)
    treated, controls = enrolled(world, known)
    agreed = agreements(world)
    while world.quarter < min(world.opens + PATIENCE, watch.end):
        watch.run(world.quarter + 1)
        agreed |= agreements(world)
    return compared(treated, controls, agreed)


def related(world: World) -> set[Pair]:
    """Pairs of ids with any relation."""
    people, ties = world.population, world.ties
    living = ties.living()
    return {paired(int(i), int(j)) for i, j in zip(people.id[ties.a[living]], people.id[ties.b[living]], strict=True)}


def enrolled(world: World, known: set[Pair]) -> tuple[dict[Pair, float], dict[Pair, float]]:
    """Treated and control pairs of ids with their technological proximity, of the quarter that has just been lived."""
    people, met = world.population, world.flows.meetings
    by_lot = (met.channel == Channel.EVENT_C2C) & (people.cluster[met.a] >= 0) & (people.cluster[met.a] == people.cluster[met.b])
    came = np.unique(np.concatenate([met.a[by_lot], met.b[by_lot]]))
    treated = _proximities(world, zip(met.a[by_lot], met.b[by_lot], strict=True), known)
    home = people.cluster[came]
    others = [pair for cluster in np.unique(home) for pair in combinations(came[home == cluster].tolist(), 2)]
    met_somewhere = {paired(int(i), int(j)) for i, j in zip(people.id[met.a], people.id[met.b], strict=True)}
    return treated, _proximities(world, others, known | met_somewhere)


def _proximities(world: World, rows: object, without: set[Pair]) -> dict[Pair, float]:
    people, found = world.population, {}
    for i, j in rows:  # type: ignore[attr-defined]
        pair = paired(int(people.id[i]), int(people.id[j]))
        if pair not in without and people.alive[i] and people.alive[j]:
            found[pair] = float(proximity(people.knowledge, i, j))
    return found


def agreements(world: World) -> set[Pair]:
    """Pairs of ids that agreed on a joint project in the quarter that has just been lived."""
    members = [
        [int(one) for one in ids[:size]]
        for chunk in world.flows.agreed
        for ids, size in zip(chunk["member_ids"], chunk["size"], strict=True)
    ]
    return {paired(*pair) for team in members for pair in combinations(team, 2)}


def compared(treated: dict[Pair, float], controls: dict[Pair, float], agreed: set[Pair]) -> Values:
    """Rates of joint projects, their ratio, and the ratio for pairs nearer than the median over that for the others."""
    if not treated or not controls:
        return {"meeting_rate": NAN, "no_meeting_rate": NAN, "meeting_ratio": NAN, "meeting_near_over_far": NAN}
    median = float(np.median(list(treated.values())))
    groups = {"all": (-1.0, 2.0), "far": (-1.0, median), "near": (median, 2.0)}
    rate = {
        (name, kind): over(
            sum(low <= near < high and pair in agreed for pair, near in pairs.items()), sum(low <= near < high for near in pairs.values())
        )
        for name, (low, high) in groups.items()
        for kind, pairs in (("met", treated), ("not", controls))
    }
    ratio = {name: over(rate[name, "met"], rate[name, "not"]) for name in groups}
    return {
        "meeting_rate": 100 * rate["all", "met"],
        "no_meeting_rate": 100 * rate["all", "not"],
        "meeting_ratio": ratio["all"],
        "meeting_near_over_far": over(ratio["near"], ratio["far"]),
    }
