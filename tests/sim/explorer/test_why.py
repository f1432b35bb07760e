"""Why: every decision of a quarter is found, as it was decided, for the reasons for which it was."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from agents.search import channel_attention
from agents.ties import Channel
from sim.config import Config
from sim.explorer.decision import Decision
from sim.explorer.opinion import TERMS, summed
from sim.explorer.replay import Replay
from sim.explorer.why import why
from sim.explorer.words import Words
from sim.step import step
from sim.world import World
from tests.reference.worlds import random_config
from tests.sim.explorer.sessions import session

HELD = {"agreed", "refused", "room", "together", "acquaintance"}
QUARTERS = 8
ROUNDED = 1e-9


class Quarter:
    """A quarter that was lived, and all decisions of it as they are told afterwards."""

    def __init__(self, world: World) -> None:
        before = world.snapshot(), world.config
        self.ids = world.population.id[world.population.alive].tolist()
        self.start = World.resume(*before)
        step(world)
        self.flows, self.opens, self.consents = world.flows, world.opens, world.consent.copy()
        self.decisions = list(Replay(*before, self.ids).decisions())
        self.before = before

    def consent(self, states: tuple[str, ...]) -> float:
        """Chance that two states consent."""
        a, b = (self.start.countries.iso.index(iso) for iso in states)
        return float(self.consents[a, b])

    def borders(self, members: tuple[int, ...]) -> list[tuple[str, str]]:
        """Pairs of states between members."""
        people = self.start.population
        iso = [self.start.countries.iso[people.country[np.flatnonzero(people.id == id)[0]]] for id in members]
        return [(a, b) for a in iso for b in iso if a != b]

    def of(self, kind: str, *outcomes: str) -> list[Decision]:
        return [each for each in self.decisions if each.kind == kind and (not outcomes or each.outcome in outcomes)]

    def projects(self, chunks: list[dict[str, np.ndarray]], **wanted: bool) -> Counter[tuple[int, ...]]:
        """Members (ids, the lead first) of the projects of chunks, with marks of these values."""
        return Counter(
            tuple(ids[:size].tolist())
            for chunk in chunks
            for n, (ids, size) in enumerate(zip(chunk["member_ids"], chunk["size"], strict=True))
            if all(bool(chunk[name][n]) == value for name, value in wanted.items())
        )


def told(decisions: list[Decision]) -> Counter[tuple[int, ...]]:
    """Members of the projects of decisions, each project once although every member tells of it."""
    return Counter(each.members for each in decisions if each.who == each.members[0])


def lively(seed: int, organisations: int, **sections: dict[str, Any]) -> Config:
    """A small world in which everything happens often (tests/reference/worlds.py)."""
    config = random_config(seed, organisations, "cut")
    changed = {name: replace(getattr(config.behaviour, name), **values) for name, values in sections.items()}
    return replace(config, behaviour=replace(config.behaviour, **changed))


WORLDS: list[tuple[int, int, dict[str, dict[str, Any]]]] = [
    (3, 80, {"project": {"funds_quarters": 6.0, "patience": 6}}),
    (4, 100, {}),
    (5, 70, {"cooperation": {"capacity_most": 2.0, "widening": 0.9}}),
    (6, 150, {"cooperation": {"invitations": 4, "widening": 0.8}}),
]


@pytest.fixture(scope="module")
def lived() -> list[Quarter]:
    """Quarters of lively worlds."""
    quarters = []
    for seed, organisations, sections in WORLDS:
        world = World(lively(seed, organisations, **sections), seed)
        quarters += [Quarter(world) for _ in range(QUARTERS)]
    return quarters


def test_everything_that_can_come_of_a_decision_comes_in_these_worlds(lived: list[Quarter]) -> None:
    happened = {(each.kind, each.outcome) for quarter in lived for each in quarter.decisions}
    assert happened == {
        *(("meeting", outcome) for outcome in (*HELD, "border", "attention")),
        *(("invitation", outcome) for outcome in ("member", "room", "refused", "joined")),
        *(("renewal", outcome) for outcome in ("failed", "refused", "renewed")),
        *(("start", outcome) for outcome in ("started", "lapsed", "consent", "money")),
    }


def test_every_agreement_is_found_as_agreed_and_nothing_else_is(lived: list[Quarter]) -> None:
    for quarter in lived:
        agreed = quarter.of("meeting", "agreed")
        assert told(agreed) == quarter.projects(quarter.flows.agreed, renewal=False)
        assert Counter(each.members for each in agreed) == dict.fromkeys(told(agreed), 2)  # as both founders see it
        assert all({each.who, each.partner} == set(each.members[:2]) for each in agreed)


def test_every_meeting_is_told_by_both_sides_and_every_other_one_that_was_proposed_did_not_take_place(lived: list[Quarter]) -> None:
    for quarter in lived:
        met, id = quarter.flows.meetings, quarter.start.population.id
        held = Counter(zip(id[met.a].tolist(), id[met.b].tolist(), strict=True))
        both = held + Counter({(b, a): n for (a, b), n in held.items()})
        assert Counter((each.who, each.partner) for each in quarter.of("meeting", *HELD)) == both
        missed = {(each.who, each.partner) for each in quarter.of("meeting", "border", "attention")}
        assert missed.isdisjoint(both)
        assert missed == {(b, a) for a, b in missed}
        channel = {pair: Channel(c).name.lower() for pair, c in zip(held, met.channel, strict=True)}
        assert all(each.channel == channel.get((each.who, each.partner), each.channel) for each in quarter.of("meeting", *HELD))


def test_a_refusal_is_of_those_who_did_not_want_to(lived: list[Quarter]) -> None:
    for quarter in lived:
        for each in (*quarter.of("meeting", "refused"), *quarter.of("invitation", "refused"), *quarter.of("renewal", "refused")):
            assert each.because
            assert set(each.because) == {opinion.who for opinion in each.opinions if not opinion.agrees}
        for each in (*quarter.of("meeting", "agreed"), *quarter.of("invitation", "joined"), *quarter.of("renewal", "renewed")):
            assert each.opinions
            assert each.because == ()
            assert all(opinion.agrees for opinion in each.opinions)


def test_an_opinion_is_its_terms_and_agrees_by_its_own_draw(lived: list[Quarter]) -> None:
    opinions = [opinion for quarter in lived for each in quarter.decisions for opinion in each.opinions]
    assert len(opinions) > 1000
    for opinion in opinions:
        assert tuple(opinion.terms) == TERMS
        assert sum(opinion.terms.values()) == pytest.approx(opinion.worth, abs=ROUNDED)
        assert opinion.agrees == (opinion.worth + opinion.bonus + opinion.draw > 0.0)
        assert all(opinion.terms[cost] <= ROUNDED for cost in ("distance", "border", "sector", "thin", "leakage"))
        assert all(opinion.terms[gain] >= -ROUNDED for gain in ("gain", "trust", "pay"))
        assert (abs(opinion.terms["pay"]) > ROUNDED) == (opinion.share > 0.0)
        assert (opinion.programme != "") == (opinion.share > 0.0)
    assert any(opinion.share > 0.0 for opinion in opinions)
    assert any(opinion.terms["trust"] > 0.0 for opinion in opinions)
    own = [each for quarter in lived for each in quarter.of("meeting") if each.opinions]
    assert all((each.opinions[0].who, each.opinions[0].of) == (each.who, each.partner) for each in own)


def test_what_is_printed_of_an_opinion_adds_up_and_its_sum_says_the_verdict(lived: list[Quarter]) -> None:
    opinions = [opinion for quarter in lived for each in quarter.decisions for opinion in each.opinions]
    for opinion in opinions:
        rows, digits = summed(opinion)
        *terms, (last, total) = [(name, Decimal(Words("en").number(value, digits).replace(",", ""))) for name, value in rows]
        assert last == "sum"
        assert sum(value for _, value in terms) == total
        assert (total > 0) == opinion.agrees
        assert float(total) == pytest.approx(opinion.worth + opinion.bonus + opinion.draw, abs=0.0051)
        exact = {**opinion.terms, "bonus": opinion.bonus, "draw": opinion.draw}
        assert all(abs(float(value) - exact[name]) < 0.0101 for name, value in terms)
        assert {name for name, value in exact.items() if abs(value) > 0.0101} <= {name for name, _ in terms}
    assert any(opinion.bonus for opinion in opinions)


def test_whose_grant_is_expected_is_known_to_both(lived: list[Quarter]) -> None:
    found = set()
    for quarter in lived:
        programmes = {programme.name for programme in quarter.start.calls(open_only=False)}
        for opinion in (opinion for each in quarter.decisions for opinion in each.opinions if opinion.programme):
            assert opinion.programme in programmes
            found.add(opinion.programme)
    assert found


def test_a_project_is_worth_what_both_founders_thought(lived: list[Quarter]) -> None:
    for quarter in lived:
        value = {
            tuple(ids[:2].tolist()): worth
            for chunk in quarter.flows.agreed
            for ids, worth, again in zip(chunk["member_ids"], chunk["value"], chunk["renewal"], strict=True)
            if not again
        }
        for each in quarter.of("meeting", "agreed"):
            assert value[each.members[:2]] == pytest.approx(sum(opinion.worth for opinion in each.opinions), rel=1e-15)


def test_a_team_is_its_founders_and_those_who_joined_in_their_order(lived: list[Quarter]) -> None:
    for quarter in lived:
        teams = {each.members[:2]: each.members for each in quarter.of("meeting", "agreed")}
        grown: dict[tuple[int, ...], list[int]] = {founders: list(founders) for founders in teams}
        for each in quarter.of("invitation"):
            inside = each.members[:2]
            assert list(each.members) == grown[inside] or each.who != each.members[0]
            if each.who == each.members[0] and each.outcome == "joined":
                grown[inside].append(each.partner)
        assert {founders: tuple(team) for founders, team in grown.items()} == teams
        newcomers = [each.who for each in quarter.of("invitation", "joined") if each.who not in each.members]
        assert Counter(newcomers) == Counter(i for founders, team in teams.items() for i in team[2:])


def test_ends_and_starts_are_those_of_the_quarter(lived: list[Quarter]) -> None:
    for quarter in lived:
        flows = quarter.flows
        assert told(quarter.of("renewal", "renewed")) == quarter.projects(flows.agreed, renewal=True)
        assert told(quarter.of("renewal", "renewed", "refused")) == quarter.projects(flows.ended, success=True)
        failed = told(quarter.of("renewal", "failed"))
        assert failed <= quarter.projects(flows.ended, success=False)  # others were broken off: a border closed, a purse dissolved
        assert told(quarter.of("start", "started")) == quarter.projects(flows.started)
        assert told(quarter.of("start", "lapsed")) == quarter.projects(flows.lapsed)
        for each in quarter.of("start", "consent"):
            assert each.consent < 1.0
            assert len(set(each.states)) == 2
            assert quarter.consent(each.states) == pytest.approx(each.consent)
            assert each.consent <= min(quarter.consent(pair) for pair in quarter.borders(each.members))
        for each in quarter.of("start", "money"):
            assert set(each.because) <= set(each.members)
            assert each.because
        for each in quarter.of("start", "started"):
            assert (each.because, each.states, each.consent) == ((), (), 1.0)


def test_business_is_told_of_the_pairs_that_begin_it(lived: list[Quarter]) -> None:
    found = 0
    for quarter in lived:
        id, flows = quarter.start.population.id, quarter.flows
        began = {frozenset(pair) for pair in zip(id[flows.business_a].tolist(), id[flows.business_b].tolist(), strict=True)}
        at_once = {frozenset((each.who, each.partner)) for each in quarter.of("meeting") if each.business}
        after = {frozenset((i, j)) for each in quarter.of("renewal", "renewed", "refused") for i in each.members for j in each.members}
        assert at_once <= began <= at_once | after
        found += len(at_once)
    assert found > 10


def test_room_and_attention_lack_where_it_is_said(lived: list[Quarter]) -> None:
    for quarter in lived:
        for each in quarter.of("meeting", "room", "attention"):
            assert each.because
            assert set(each.because) <= {each.who, each.partner}
        people, p, met = quarter.start.population, quarter.start.config.behaviour.search, quarter.flows.meetings
        row = {id: n for n, id in enumerate(people.id.tolist())}
        costs, weight, used = channel_attention(p), quarter.start.weight, Counter()
        for a, b, channel in zip(met.a.tolist(), met.b.tolist(), met.channel.tolist(), strict=True):
            for i in (a, b):
                used[i] += costs[channel] * min(weight[a], weight[b]) / weight[i]
        for each in quarter.of("meeting", "attention"):
            cost = costs[Channel[each.channel.upper()]] * min(weight[row[each.who]], weight[row[each.partner]])
            for i in (row[id] for id in each.because):
                limit = p.attention_base * (1.0 + people.staff[i] / p.attention_staff) ** p.size
                assert used[i] + cost / weight[i] > limit * (1.0 - ROUNDED)
        assert all(each.because in ((each.partner,), (each.who,)) for each in quarter.of("invitation", "room"))


def test_one_organisation_is_told_the_same_as_all_are(lived: list[Quarter]) -> None:
    for quarter in lived[QUARTERS - 1 :: QUARTERS]:
        for id in quarter.ids[::20]:
            assert list(Replay(*quarter.before, [id]).decisions()) == [each for each in quarter.decisions if each.who == id]


def test_a_session_answers_for_its_last_quarter() -> None:
    one = session("meet_then_pay", seed=6)
    assert why(one, int(one.policy.population.id[0])) == ()
    one.run(3)
    one.pull("instrument.matchmaking.dose", 0.5)  # one of this quarter is in it
    one.step()
    one.pull("instrument.vouchers.dose", 0.05)  # a lever of the next quarter changes nothing of the last
    met = one.policy.flows.meetings
    id = World.resume(*one.before).population.id  # type: ignore[misc]
    first = int(id[met.a[0]])
    told_ = why(one, first)
    assert {each.partner for each in told_ if each.kind == "meeting" and each.outcome in HELD} == {
        *(int(id[b]) for a, b in zip(met.a, met.b, strict=True) if id[a] == first),
        *(int(id[a]) for a, b in zip(met.a, met.b, strict=True) if id[b] == first),
    }
    assert why(one, 1) == ()
    everybody = list(Replay(*one.before, id[id >= 0].tolist()).decisions())  # type: ignore[misc]
    channels = Counter(each.channel for each in everybody if each.kind == "meeting" and each.outcome in HELD)
    assert channels == Counter(2 * [Channel(channel).name.lower() for channel in met.channel])
    assert channels["event_b2b"] + channels["event_c2c"] > 10
    assert sum(each.outcome == "agreed" for each in everybody) == 2 * sum(
        int((~chunk["renewal"]).sum()) for chunk in one.policy.flows.agreed
    )
