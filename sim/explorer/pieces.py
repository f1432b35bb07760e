"""Pieces of a quarter, as a replay needs them: who would meet whom, agreements of some meetings, who is invited."""

import numpy as np
from numba import njit

from agents.cooperation import agree
from agents.draws import Purpose, bits, pair_bits, unit
from agents.parameters import as_record
from agents.search import Meetings, join_meetings, meeting_priority, step_over_tie
from sim.cooperate import instrument_channels, own_channels
from sim.explorer.opinion import Judge
from sim.world import World


def proposals(world: World) -> Meetings:
    """Everybody whom somebody would meet, in the drawn order; the world is spent afterwards."""
    people = world.population
    joined = join_meetings(people.id, [*own_channels(world), *instrument_channels(world)])
    order = np.argsort(meeting_priority(world.key(Purpose.PRIORITY), people.id, joined.a, joined.b))
    return Meetings(*(column[order] for column in joined))


def agree_on(world: World, judge: Judge, first: int, stop: int) -> np.ndarray:
    """Go through meetings first to stop - 1; rows of the projects agreed on."""
    people, p, met = world.population, world.config.behaviour, world.flows.meetings
    pairs = np.stack((met.a, met.b), axis=1)[first:stop]
    return agree(
        judge.sight, judge.parameters, as_record(p.cooperation), judge.calls, judge.access, judge.ties, world.projects.table(),
        judge.keys, pairs, met.noise[first:stop], world.projects.free_rows(), people.load, world.weight, people.research_mean,
        world.market.research_reference, world.levers.part_relief, world.quarter, world.opens, world.flows.ladder,
    )  # fmt: skip


def agreed_on(world: World) -> np.ndarray:
    """Which meetings lead to a project, bool (meetings,); the world is spent afterwards."""
    met, signed = world.flows.meetings, agree_on(world, Judge(world), 0, len(world.flows.meetings.a))
    founders = {frozenset(pair) for pair in world.projects.members[signed, :2].tolist()}
    return np.array([frozenset(pair) in founders for pair in zip(met.a.tolist(), met.b.tolist(), strict=True)], dtype=bool)


def pairs_of(meetings: Meetings) -> set[tuple[int, int]]:
    """The rows of those who meet, the smaller id first."""
    return set(zip(meetings.a.tolist(), meetings.b.tolist(), strict=True))


@njit(cache=True)
def invited_by(k_project, k_widen, n, widening, certain, t, id, i, j, lead, second):
    """Row of the organisation that the lead of the project of i and j invites with its n-th invitation; -1 for none."""
    luck = pair_bits(k_project, id[i], id[j])
    if not certain and unit(bits(k_widen, luck, 2 * n)) >= widening:
        return -1
    return step_over_tie(bits(k_widen, luck, 2 * n + 1), t, id, lead, second)
