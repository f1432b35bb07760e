"""Phase 2, search: five channels propose meetings; attention decides which take place (agents/search.py)."""

import math
from collections.abc import Iterator
from typing import Any

from agents.ties import Channel, TieStage
from tests.reference.appraise import proximity
from tests.reference.draws import bits, open_unit, pair_bits, unit
from tests.reference.instruments import MEET
from tests.reference.people import Country, Organisation, drawn_country
from tests.reference.relations import Meeting, meeting


def search(model: Any) -> None:
    """One proposal a pair, in a drawn order, as far as attention goes; writes `model.meetings` and private cost."""
    p = model.behaviour.search
    proposals = [*in_clusters(model), *over_partners(model), *by_chance(model), *at_events(model)]
    chosen: dict[tuple[int, int], Meeting] = {}
    for each in sorted(proposals, key=lambda m: (m.channel, m.noise)):
        chosen.setdefault((each.a.id, each.b.id), each)
    k = model.key("PRIORITY")
    used: dict[int, float] = {}
    model.meetings = []
    for each in sorted(filter(may_meet, chosen.values()), key=lambda m: pair_bits(k, m.a.id, m.b.id)):
        shared = min(each.a.weight, each.b.weight)
        after = {i.id: used.get(i.id, 0.0) + attention(p, each.channel) * shared / i.weight for i in (each.a, each.b)}
        if all(after[i.id] <= p.attention_base * (1.0 + i.staff / p.attention_staff) ** p.size for i in (each.a, each.b)):
            used.update(after)
            model.meetings.append(each)
    for i in model.organisations:
        i.private_cost += used.get(i.id, 0.0) * p.attention_cost


def may_meet(each: Meeting) -> bool:
    """Does no border stand between the two, for anybody or for one of them?"""
    home, abroad = each.a.country.row, each.b.country.row
    return each.a.model.levers.closed[home][abroad] < 1.0 and not each.a.barred[abroad] and not each.b.barred[home]


def attention(p: Any, channel: int) -> float:
    """Attention a meeting costs."""
    return {
        Channel.CLUSTER: p.cluster_attention, Channel.PARTNER: p.partner_attention, Channel.CHANCE: p.chance_attention,
        Channel.EVENT_B2B: p.event_attention, Channel.EVENT_C2C: p.event_attention, Channel.PLATFORM: p.platform_attention,
    }[Channel(channel)]  # fmt: skip


def in_clusters(model: Any) -> Iterator[Meeting]:
    """Meetings with members of one's own cluster."""
    p, k = model.behaviour.search, model.key("SEARCH_CLUSTER")
    for i in model.active():
        for slot in range(p.cluster_slots):
            if i.cluster is None or unit(bits(k, i.id, slot)) >= p.cluster_rate * i.cluster.capability / p.cluster_slots:
                continue
            z = bits(k, i.id, p.cluster_slots + slot)
            others = [j for j in model.active() if j.cluster is i.cluster and j is not i]
            if others:
                yield meeting(i, max(others, key=lambda j, z=z: bits(z, j.id)), Channel.CLUSTER, p.cluster_noise)


def step_over_tie(z: int, i: Organisation, barred: Organisation | None) -> Organisation | None:
    """A partner of i other than `barred`, drawn in proportion to trust: the first to arrive after exponential waits."""
    waits = [
        (-math.log(open_unit(bits(z, tie.other(i).id))) / (0.01 + tie.trust), tie.other(i))
        for tie in i.ties.values()
        if tie.other(i) is not barred
    ]
    return min(waits, key=lambda pair: pair[0])[1] if waits else None


def over_partners(model: Any) -> Iterator[Meeting]:
    """Meetings with partners of partners, or with a partner again."""
    p, k = model.behaviour.search, model.key("SEARCH_PARTNER")
    for i in model.active():
        if unit(bits(k, i.id)) >= p.partner_rate:
            continue
        j = step_over_tie(bits(k, i.id, 1), i, None)
        if j is None:
            continue
        if unit(bits(k, i.id, 2)) >= p.recontact:
            j = step_over_tie(bits(k, i.id, 3), j, i) or j
        yield meeting(i, j, Channel.PARTNER, p.partner_noise)


def by_chance(model: Any) -> Iterator[Meeting]:
    """Meetings by chance, at home and all over the world."""
    p, k = model.behaviour.search, model.key("SEARCH_CHANCE")
    for i in model.active():
        slots = min(p.chance_slots, int((i.staff / p.chance_staff) ** p.size + unit(bits(k, i.id))))
        for slot in range(slots):
            z = bits(k, i.id, 1 + slot)
            if unit(bits(z, 0)) >= p.chance_rate:
                continue
            country: Country | None = i.country
            if unit(bits(z, 1)) < p.worldwide:
                country = drawn_country(bits(z, 2), [(c, model.search_weight[i.country.row][c.row]) for c in model.countries])
            j = noticed(z, country, p, i) if country else None
            if j:
                yield meeting(i, j, Channel.CHANCE, p.chance_noise)


def noticed(z: int, country: Country, p: Any, i: Organisation) -> Organisation | None:
    """Whom i talks to among those it sees: likelier one near in knowledge and with many partners."""
    seen = [j for n in range(p.seen) if (j := drawn_address(bits(z, 3, n), country, p.attempts, i)) is not None]
    if len(seen) < 2:
        return seen[0] if seen else None

    def wait(j: Organisation) -> float:
        partners = sum(tie.stage >= TieStage.MEMORANDUM for tie in j.ties.values())
        odds = math.exp(p.focus * proximity(i.knowledge, j.knowledge)) * (1.0 + partners) ** p.fame
        return -math.log(open_unit(bits(z, 4, j.id))) / odds

    return min(seen, key=wait)


def drawn_address(z: int, country: Country, attempts: int, i: Organisation) -> Organisation | None:
    """Who lives at the first of some drawn addresses where somebody else does."""
    for attempt in range(attempts):
        j = country.book[int(unit(bits(z, attempt, 1)) * len(country.book))]
        if j is not None and j is not i and j.active:
            return j
    return None


def at_events(model: Any) -> Iterator[Meeting]:
    """Meetings that open programmes make possible."""
    for programme in model.open_programmes():
        if programme.kind in MEET:
            yield from MEET[programme.kind](model, programme)
