"""A quarter lived once more, up to every decision that somebody asks about.

The world goes on from its state at the quarter's start, in the order of sim/step.py and of `cooperate` (sim/cooperate.py): what lies
between two decisions is done by the same functions and kernels, in pieces.  A test holds that the pieces make the quarter that was.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from agents.cooperation import capacity, demanded, meet
from agents.draws import Purpose
from agents.lifecycle import ACTIVE, FAILED, PENDING, RENEWED, age_ties, current_load, end_projects
from agents.parameters import as_record
from agents.population import Kind as Sort
from agents.projects import MEMBERS
from agents.search import Meetings, channel_attention, within_attention
from agents.ties import Channel, find
from sim.config import Config
from sim.cooperate import agreement_keys, allowed, end, search, start
from sim.explorer.decision import Decision, Outcome
from sim.explorer.opinion import Judge, Opinion
from sim.explorer.pieces import agree_on, agreed_on, invited_by, pairs_of, proposals
from sim.govern import govern
from sim.infrastructure import use_infrastructure
from sim.step import begin
from sim.world import World


class Replay:
    """The last quarter of a world, for the organisations of some ids."""

    def __init__(self, snapshot: bytes, config: Config, ids: Sequence[int]) -> None:
        """snapshot: the world when the quarter began, under the configuration of then."""
        self.world = World.resume(snapshot, config)
        people = self.world.population
        self.rows = set(np.flatnonzero(people.alive & np.isin(people.id, list(ids))).tolist())

    def decisions(self) -> Iterator[Decision]:
        """All their decisions, in the order of the quarter; each as everybody of them who took part sees it."""
        world = self.world
        begin(world)
        govern(world)
        proposed = proposals(World.resume(world.snapshot(), world.config))
        search(world)
        yield from self._did_not_meet(proposed)
        use_infrastructure(world)
        table, keys = world.ties.table(), agreement_keys(world)
        age_ties(world.key(Purpose.BUSINESS_END), world.population.id, table, as_record(world.config.behaviour.project))
        yield from self._ends()
        end(world, keys)
        yield from self._starts()
        yield from self._meetings()

    # meetings that did not take place

    def _did_not_meet(self, proposed: Meetings) -> Iterator[Decision]:
        world = self.world
        free, held = allowed(world, proposed), pairs_of(world.flows.meetings)
        open_to_them = pairs_of(free)
        for a, b, channel, _ in zip(*(column.tolist() for column in proposed), strict=True):
            if (a, b) not in held and {a, b} & self.rows:
                if (a, b) in open_to_them:
                    yield from self._both(a, b, "attention", channel=channel, because=self._inattentive(free, a, b))
                else:
                    yield from self._both(a, b, "border", channel=channel)

    def _inattentive(self, free: Meetings, a: int, b: int) -> tuple[int, ...]:
        """Who of the two had no attention left when their turn came: without whom the other would have had it."""
        world, p = self.world, self.world.config.behaviour.search
        n = int(np.flatnonzero((free.a == a) & (free.b == b))[0])
        cost, rules, staff = channel_attention(p), as_record(p), world.population.staff
        used = np.zeros(world.population.capacity)
        within_attention(free.a[:n], free.b[:n], free.channel[:n], world.weight, staff, cost, rules, used)
        lacking = []
        for i, other in ((a, b), (b, a)):
            alone = used.copy()
            alone[other] = -np.inf
            if not within_attention(free.a[n : n + 1], free.b[n : n + 1], free.channel[n : n + 1], world.weight, staff, cost, rules, alone)[
                0
            ]:
                lacking.append(i)
        return tuple(int(world.population.id[i]) for i in lacking)

    # projects that end

    def _ends(self) -> Iterator[Decision]:
        """Projects of theirs that end, on a copy of ties: several may share one, so they end in their order."""
        world, p = self.world, self.world.config.behaviour
        table = world.projects.table()
        ties = world.ties.table()._replace(**{name: getattr(world.ties.table(), name).copy() for name in ("trust", "business", "reached")})
        judge = Judge(world, ties)
        done: list[int] = []
        for n in np.argsort(table.key).tolist():
            done.append(n)
            members = table.members[n, : table.size[n]].tolist()
            if table.status[n] != ACTIVE or not self.rows.intersection(members):
                continue
            fate = self._end(judge, ties, done)[n]
            done = []
            if fate == 0:
                continue
            wishes = [judge.opinion(i, members[0] if m else members[1], p.cooperation.known_noise) for m, i in enumerate(members)]
            unwilling = tuple(each.who for each in wishes if not each.agrees)
            outcome: Outcome = "failed" if fate == FAILED else "renewed" if fate == RENEWED else "refused"
            for i in members:
                if i in self.rows:
                    yield Decision(
                        "renewal", outcome, self._id(i), self._id(members[0] if i != members[0] else members[1]),
                        unwilling if outcome == "refused" else (), () if outcome == "failed" else tuple(wishes),
                        tuple(map(self._id, members)), programme=self._payer(int(table.programme[n])),
                    )  # fmt: skip

    def _end(self, judge: Judge, ties: Any, rows: list[int]) -> np.ndarray:
        """Let the projects of these rows end or go on, as the others were not there; their fates, i1 (projects,)."""
        world, p = self.world, self.world.config.behaviour
        table = world.projects.table()
        status = np.zeros_like(table.status)
        status[rows] = table.status[rows]
        return end_projects(
            world.key(Purpose.PROJECT_END), world.key(Purpose.PROJECT_OUTCOME), judge.sight, judge.parameters, as_record(p.project),
            p.cooperation.known_noise, judge.calls, judge.access, ties, table._replace(status=status), judge.keys, world.quarter,
            world.weight, world.opens, np.zeros_like(world.flows.ladder),
        )  # fmt: skip

    # projects that wait

    def _starts(self) -> Iterator[Decision]:
        """Pending projects of theirs: what became of them this quarter."""
        world, projects = self.world, self.world.projects
        waiting = [
            n for n in np.flatnonzero((projects.status == PENDING) & (projects.born < world.quarter)).tolist()
            if self.rows.intersection(projects.members[n, : projects.size[n]].tolist())
        ]  # fmt: skip
        members = {n: projects.members[n, : projects.size[n]].tolist() for n in waiting}
        start(world)
        lapsed = {int(key) for chunk in world.flows.lapsed for key in chunk["key"]}
        for n, team in members.items():
            poor = () if not projects.consented[n] else tuple(self._id(i) for m, i in enumerate(team) if self._lacks(n, m, i))
            late: Outcome = "lapsed" if int(projects.key[n]) in lapsed else "money" if projects.consented[n] else "consent"
            outcome: Outcome = "started" if projects.status[n] == ACTIVE else late
            consent, states = self._unwilling(team) if not projects.consented[n] else (1.0, ())
            for i in team:
                if i in self.rows:
                    yield Decision(
                        "start", outcome, self._id(i), self._id(team[0] if i != team[0] else team[1]), poor, (), tuple(map(self._id, team)),
                        Channel(projects.channel[n]).name.lower(), states=states, consent=consent,
                        programme=self._payer(int(projects.programme[n])),
                    )  # fmt: skip

    def _unwilling(self, team: Sequence[int]) -> tuple[float, tuple[str, ...]]:
        """The chance of consent of the least willing two states of a team, and which they are (ISO codes)."""
        consent, iso, country = self.world.consent, self.world.countries.iso, self.world.population.country[list(team)].tolist()
        pairs = [(float(consent[c, d]), (iso[c], iso[d])) for c in country for d in country if c != d]
        return min(pairs, default=(1.0, ()))

    def _lacks(self, n: int, m: int, i: int) -> bool:
        """Has member m of project n too little for its net part (agents/lifecycle.py)?  Science has a budget."""
        projects, people = self.world.projects, self.world.population
        in_time = 0.0 if projects.afterwards[n] else projects.covered[n, m]
        wanted = self.world.config.behaviour.project.funds_quarters * projects.cost[n, m] * (1.0 - in_time)
        return bool(people.kind[i] == Sort.FIRM and people.cash[i] < wanted)

    # meetings

    def _meetings(self) -> Iterator[Decision]:
        """The meetings that took place, in their order; before each of theirs, everybody else's agreements are made."""
        world, people, projects, ties = self.world, self.world.population, self.world.projects, self.world.ties
        met = world.flows.meetings
        people.load = current_load(projects.table(), people.capacity)
        ties.reserve(16 * len(met.a))
        projects.reserve(len(met.a))
        rules = as_record(world.config.behaviour.cooperation)
        meet(ties.table(), people.id, world.weight, met.a, met.b, met.channel, world.quarter, world.opens, rules, world.flows.ladder)
        judge, done = Judge(world), 0
        # others may invite one of theirs, so agreements of others are looked at too
        agreed = agreed_on(World.resume(world.snapshot(), world.config))
        theirs = np.isin(met.a, list(self.rows)) | np.isin(met.b, list(self.rows)) | agreed
        for m in np.flatnonzero(theirs).tolist():
            agree_on(world, judge, done, m)
            yield from self._meeting(judge, m)
            done = m + 1

    def _meeting(self, judge: Judge, m: int) -> Iterator[Decision]:
        """One meeting: what both think of each other, what comes of it, and who is invited then."""
        world, projects, met = self.world, self.world.projects, self.world.flows.meetings
        i, j, channel, noise = int(met.a[m]), int(met.b[m]), int(met.channel[m]), float(met.noise[m])
        tie = find(judge.ties, i, j)
        if tie < 0:
            yield from self._both(i, j, "acquaintance", channel=channel)
            return
        opinions = (judge.opinion(i, j, noise), judge.opinion(j, i, noise))
        if judge.ties.projects[tie] > 0:
            yield from self._both(i, j, "together", channel=channel, opinions=opinions)
            return
        shared = min(world.weight[i], world.weight[j])
        full = tuple(self._id(k) for k in (i, j) if not self._has_room(k, shared))
        unwilling = tuple(each.who for each in opinions if not each.agrees)
        invited = [] if full or unwilling else list(self._invitations(judge, i, j))
        before = bool(judge.ties.business[tie])
        signed = agree_on(world, judge, m, m + 1)
        team = [int(k) for n in signed for k in projects.members[n, : projects.size[n]]]
        business = not before and bool(judge.ties.business[tie])
        outcome: Outcome = "agreed" if team else "room" if full else "refused"
        yield from self._both(
            i, j, outcome, channel=channel, opinions=opinions, because=() if team else full or unwilling,
            members=tuple(map(self._id, team)), business=business,
        )  # fmt: skip
        yield from invited

    def _has_room(self, i: int, project_weight: float) -> bool:
        world, people = self.world, self.world.population
        most = capacity(people.kind[i], people.staff[i], as_record(world.config.behaviour.cooperation))
        return bool(people.load[i] + project_weight / world.weight[i] <= most)

    def _invitations(self, judge: Judge, i: int, j: int) -> Iterator[Decision]:
        """Whom the lead of an agreed project invites, and what all think of that (agents/cooperation.py, _widen)."""
        world, people, p = self.world, self.world.population, self.world.config.behaviour
        research, id = people.research_mean, people.id
        leads = (-research[i], id[i]) < (-research[j], id[j])
        team = [i, j] if leads else [j, i]
        weight = float(min(world.weight[i], world.weight[j]))
        wanted = demanded(judge.calls, judge.access, judge.sight, *team)
        for n in range(p.cooperation.invitations):
            if len(team) == MEMBERS:
                return
            certain = len(team) < wanted
            newcomer = int(
                invited_by(judge.keys.project, judge.keys.widen, n, p.cooperation.widening, certain, judge.ties, id, i, j, team[0], team[1])
            )
            if newcomer < 0:
                continue
            smaller = min(weight, float(world.weight[newcomer]))
            opinions: tuple[Opinion, ...] = ()
            outcome: Outcome = "member" if newcomer in team else "room" if not self._has_room(newcomer, smaller) else "joined"
            if outcome == "joined":
                sides = [pair for k in team for pair in ((k, newcomer), (newcomer, k))]
                bonus = p.appraisal.pooling
                opinions = tuple(judge.opinion(one, other, p.cooperation.known_noise, bonus) for one, other in sides)
                outcome = "joined" if all(each.agrees for each in opinions) else "refused"
            unwilling = tuple(dict.fromkeys(each.who for each in opinions if not each.agrees))
            for who in dict.fromkeys((*team, newcomer)):
                if who in self.rows:
                    yield Decision(
                        "invitation", outcome, self._id(who), self._id(newcomer if who != newcomer else team[0]),
                        unwilling or ((self._id(newcomer),) if outcome == "room" else ()), opinions, tuple(map(self._id, team)),
                    )  # fmt: skip
            if outcome == "joined":
                team.append(newcomer)
                weight = smaller

    # words

    def _both(self, i: int, j: int, outcome: Outcome, channel: int, **more: Any) -> Iterator[Decision]:
        """A meeting as each of the two sees it who is asked about; its own opinion first."""
        opinions = more.pop("opinions", ())
        for who, partner, seen in ((i, j, opinions), (j, i, opinions[::-1])):
            if who in self.rows:
                name = Channel(channel).name.lower()
                yield Decision("meeting", outcome, self._id(who), self._id(partner), opinions=seen, channel=name, **more)

    def _id(self, row: int) -> int:
        return int(self.world.population.id[row])

    def _payer(self, programme: int) -> str:
        return self.world.programme_names[programme] if programme >= 0 else ""
