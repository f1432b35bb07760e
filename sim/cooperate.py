"""Phases 2 and 3 wired to the world: who meets, who agrees, which projects start, run and end."""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from agents.cooperation import Calls, Keys, agree, meet
from agents.draws import Purpose
from agents.lifecycle import (
    ACTIVE,
    FAILED,
    LAPSED,
    RENEWED,
    SUCCEEDED,
    age_ties,
    current_load,
    end_projects,
    note_first_foreign,
    release,
    renew,
    start_projects,
)  # fmt: skip
from agents.parameters import as_record
from agents.population import Kind
from agents.search import (
    Meetings,
    chance_meetings,
    channel_attention,
    cluster_meetings,
    join_meetings,
    meeting_priority,
    partner_meetings,
    within_attention,
)  # fmt: skip
from agents.ties import Channel, Reached
from sim.chunks import take
from sim.infrastructure import use_infrastructure
from sim.instrument import SCOPES
from sim.programme import open_programmes
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.world import World


def search(world: "World") -> None:
    """Phase 2: proposals from all channels, one a pair, as far as attention goes.

    Reads: population, ties, clusters, programmes.  Writes: flows.meetings, population.private_cost, the ledger's private time.
    """
    people, p = world.population, world.config.behaviour.search
    joined = join_meetings(people.id, [*own_channels(world), *instrument_channels(world)])
    order = np.argsort(meeting_priority(world.key(Purpose.PRIORITY), people.id, joined.a, joined.b))
    joined = Meetings(*(column[order] for column in joined))
    joined = allowed(world, joined)
    used = np.zeros(people.capacity)
    attention = channel_attention(p)
    kept = within_attention(joined.a, joined.b, joined.channel, world.weight, people.staff, attention, as_record(p), used)
    world.flows.meetings = Meetings(*(column[kept] for column in joined))
    people.private_cost = people.private_cost + used * p.attention_cost
    spent = by_country(used * p.attention_cost, world.weight, people.country, len(world.countries))
    for country in range(len(world.countries)):
        world.treasury.book(world.quarter, "meetings", country, country, "private_time", float(spent[country]))


def allowed(world: "World", proposals: Meetings) -> Meetings:
    """Proposals that no closed border forbids."""
    people, levers = world.population, world.levers
    a, b = proposals.a, proposals.b
    home, abroad = people.country[a], people.country[b]
    free = (levers.closed[home, abroad] < 1.0) & ~levers.barred[a, abroad] & ~levers.barred[b, home]
    return Meetings(*(column[free] for column in proposals))


def own_channels(world: "World") -> list[Meetings]:
    """Proposals of the three channels that need no instrument."""
    people, p, countries = world.population, world.config.behaviour.search, world.countries
    rules = as_record(p)
    active = people.alive & (people.staff > 0.0)
    rows, start = world.members_by_cluster()
    own = cluster_meetings(
        world.key(Purpose.SEARCH_CLUSTER), people.id, active, people.cluster, rows, start, world.clusters.capability, rules
    )
    over = partner_meetings(world.key(Purpose.SEARCH_PARTNER), people.id, active, world.ties.table(), rules)
    chance = chance_meetings(
        world.key(Purpose.SEARCH_CHANCE), people.id, active, people.staff, people.country, people.knowledge,
        world.ties.table(), world.searching, countries.key, countries.addresses, countries.book, rules,
    )  # fmt: skip
    return [
        Meetings.of(own, Channel.CLUSTER, p.cluster_noise),
        Meetings.of(over, Channel.PARTNER, p.partner_noise),
        Meetings.of(chance, Channel.CHANCE, p.chance_noise),
    ]


def instrument_channels(world: "World") -> list[Meetings]:
    """Proposals of meetings that open programmes make possible."""
    return [meetings for programme in open_programmes(world) for meetings in programme.instrument.meet(world, programme)]


def cooperate(world: "World") -> None:
    """Phase 3: ties age, projects end and are renewed, pending ones start or lapse, meetings lead to agreements.

    Reads: population, ties, projects, flows.meetings, programmes.  Writes: ties, projects, population.load and first_foreign,
    flows (ladder, chunks of projects, cost and grant of running projects), the ledger's grants.
    """
    people, flows, ties = world.population, world.flows, world.ties
    p, keys = world.config.behaviour, agreement_keys(world)
    use_infrastructure(world)
    age_ties(world.key(Purpose.BUSINESS_END), people.id, ties.table(), as_record(p.project))
    trading = ties.business.copy()
    end(world, keys)
    start(world)
    people.load = current_load(world.projects.table(), people.capacity)
    ties.reserve(len(flows.meetings.a) + 15 * len(flows.meetings.a))
    meet(
        ties.table(), people.id, world.weight, flows.meetings.a, flows.meetings.b, flows.meetings.channel, world.quarter, world.opens,
        as_record(p.cooperation), flows.ladder,
    )  # fmt: skip
    make_agreements(world, keys)
    # a tie with business is never given up for a contact, so a row that had none before is a new pair
    trading.resize(ties.capacity, refcheck=False)
    note_business(world, np.flatnonzero(ties.business & ~trading))
    run_projects(world)


def agreement_keys(world: "World") -> Keys:
    """The quarter's keys for everything that two sides decide."""
    purposes = (Purpose.SEARCH_NOISE, Purpose.AGREE, Purpose.BUSINESS, Purpose.WIDEN, Purpose.PROJECT)
    return Keys(*(world.key(purpose) for purpose in purposes))


def open_calls(world: "World") -> Calls:
    """What applicants expect of open calls for joint projects."""
    calls = world.calls()
    return Calls(
        bit=np.array([each.bit for each in calls], np.int64),
        scope=np.array([SCOPES[each.call.scope] for each in calls], np.int64),
        least=np.array([each.call.least_members for each in calls], np.int64),
        expected=np.array([each.call.share * each.success for each in calls], np.float64),
        label=np.array([each.call.labels(world, each) for each in calls], np.int64).reshape(len(calls), world.population.capacity),
    )


def end(world: "World", keys: Keys) -> None:
    """Active projects end; the successful may be renewed."""
    p, projects, people = world.config.behaviour, world.projects, world.population
    table, ties = projects.table(), world.ties.table()
    fate = end_projects(
        world.key(Purpose.PROJECT_END), world.key(Purpose.PROJECT_OUTCOME), world.sight, world.appraisal, as_record(p.project),
        p.cooperation.known_noise, open_calls(world), people.aware & people.eligible, ties, table, keys, world.quarter, world.weight,
        world.opens, world.flows.ladder,
    )  # fmt: skip
    ended = np.flatnonzero(fate)
    chunk = take(projects, ended)
    chunk["success"] = fate[ended] != FAILED
    world.flows.ended.append(chunk)
    renew(world.sight, ties, table, keys, np.flatnonzero(fate == RENEWED), world.quarter)
    world.flows.agreed.append(take(projects, np.flatnonzero(fate == RENEWED)))
    let_go(world, np.flatnonzero((fate == FAILED) | (fate == SUCCEEDED)))


def start(world: "World") -> None:
    """Pending projects that have consents and money start; those that waited too long lapse."""
    p, projects, people = world.config.behaviour, world.projects, world.population
    table = projects.table()
    funds = np.where(people.kind == Kind.FIRM, people.cash, np.inf)
    fate = start_projects(
        world.key(Purpose.CONSENT), world.sight, as_record(p.project), table, world.consent, world.passable, world.levers.free_calls,
        funds, world.ties.table(), world.quarter, world.weight, world.opens, world.flows.ladder,
    )  # fmt: skip
    started, lapsed = np.flatnonzero(fate == ACTIVE), np.flatnonzero(fate == LAPSED)
    for programme in world.calls(open_only=False):
        paid = started[projects.programme[started] == programme.bit]
        projects.paid_until[paid] = world.quarter + programme.call.quarters
    note_first_foreign(world.sight, table, started, world.quarter, people.first_foreign)
    world.flows.started.append(take(projects, started))
    world.flows.lapsed.append(take(projects, lapsed))
    let_go(world, lapsed)
    _clusters_reach(world, started)


def _clusters_reach(world: "World", started: np.ndarray) -> None:
    """Clusters with a memorandum whose members start a project have a common project."""
    people, projects = world.population, world.projects
    for row in started[projects.cross_cluster[started]]:
        rows = sorted({int(people.cluster[i]) for i in projects.members[row, : projects.size[row]] if people.cluster[i] >= 0})
        for c in rows:
            for d in rows:
                if c < d and world.brokerage.stage(world.clusters.key, c, d) == Reached.AGREED:
                    world.brokerage.advance(world, c, d, Reached.PROJECT)


def let_go(world: "World", rows: np.ndarray) -> None:
    """Projects of these rows are over: they no longer count in ties, and their rows are free."""
    table, ties = world.projects.table(), world.ties.table()
    for row in rows:
        release(ties, table, row)


def break_off(world: "World", rows: np.ndarray) -> None:
    """Projects of these rows end without success, whatever their members want; pending ones never begin."""
    chunk = take(world.projects, rows)
    chunk["success"] = np.zeros(len(rows), bool)
    world.flows.ended.append(chunk)
    let_go(world, rows)


def make_agreements(world: "World", keys: Keys) -> None:
    """Meetings lead to memoranda, or to business at once."""
    people, projects, flows, p = world.population, world.projects, world.flows, world.config.behaviour
    projects.reserve(len(flows.meetings.a))
    pairs = np.stack((flows.meetings.a, flows.meetings.b), axis=1)
    signed = agree(
        world.sight, world.appraisal, as_record(p.cooperation), open_calls(world), people.aware & people.eligible, world.ties.table(),
        projects.table(), keys, pairs, flows.meetings.noise, projects.free_rows(), people.load, world.weight, people.research_mean,
        world.market.research_reference, world.levers.part_relief, world.quarter, world.opens, flows.ladder,
    )  # fmt: skip
    flows.agreed.append(take(projects, signed))


def note_business(world: "World", ties: np.ndarray) -> None:
    """Pairs that start to do business; clusters with a common project whose firms do so have business."""
    flows, people = world.flows, world.population
    flows.business_a, flows.business_b = world.ties.a[ties], world.ties.b[ties]
    for i, j in zip(flows.business_a, flows.business_b, strict=True):
        c, d = int(people.cluster[i]), int(people.cluster[j])
        if c >= 0 and d >= 0 and c != d and world.brokerage.stage(world.clusters.key, c, d) == Reached.PROJECT:
            world.brokerage.advance(world, c, d, Reached.BUSINESS)


@njit(cache=True)
def _run(pr, quarter, weight, country, cost, grant, paid):
    """Cost and public part of active projects by member; paid f8 (programmes, countries, [by the state, by regions]), real money.

    What a programme pays only after the expense is no part of it.
    """
    for n in range(len(pr.status)):
        if pr.status[n] != 2:
            continue
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            cost[i] += pr.cost[n, m]
            if pr.programme[n] >= 0 and quarter < pr.paid_until[n] and not pr.afterwards[n]:
                grant[i] += pr.covered[n, m] * pr.cost[n, m]
                part = (pr.covered[n, m] - pr.regional[n, m]) * pr.cost[n, m]
                paid[pr.programme[n], country[i], 0] += part * weight[i]
                paid[pr.programme[n], country[i], 1] += pr.regional[n, m] * pr.cost[n, m] * weight[i]


def run_projects(world: "World") -> None:
    """What running projects cost their members this quarter, and what programmes pay of it."""
    flows, people = world.flows, world.population
    paid = np.zeros((len(world.programme_names), len(world.countries), 2))
    _run(world.projects.table(), world.quarter, world.weight, people.country, flows.project_cost, flows.project_grant, paid)
    for programme in world.calls(open_only=False):
        programme.charge(world, "grant", paid[programme.bit, :, 0])
        programme.add_regional(world, paid[programme.bit, :, 1])
        programme.call.honour(world, programme)
