"""Cluster Policy Council of a bloc: three separable parts, members who come and go, a secretariat to pay.

pooling        programmes it `runs` have one purse; members contribute by key: shares in customs duties, or given ones; `free_riders`
               keep back the part `withheld` and are served all the same; who is no member neither contributes nor is served
one_call       an award of these programmes stands for the consents of two states
harmonisation  once a year rules come `pace` nearer to one another, unless negotiations stall or a member objects (consensus):
               institutional distance between members falls by depth x progress
Membership.  After `patience` years, once a year, a member compares what its organisations received with what it contributed, in its own
noisy eyes:
    seen = worth x received / contributed x exp(noise z - noise^2 / 2);   it leaves where seen < 1 - tolerance
and one outside, who would get by its R&D and pay by the key, sees that in the same way and joins where seen > 1.
Leaving breaks off its running projects (sim/pool.py).  With one member left the Council dissolves: purses are divided up, and its
programmes are national ones again.
`precondition`: only countries with a strategy of smart specialisation are served, as in the EU's structural funds [N20].
The Council sits in quarters whose secretariat was paid a quarter before, so it needs one to begin; money in its purses stays common
after its end.  [EAEU]: one cluster policy, coordinated by a Council; [N20]: two levels of finance; forms and numbers guesses but the keys.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, normal, open_unit, unit
from agents.parameters import number
from scenarios.smart_specialisation import SmartSpecialisation
from sim.calendar import YEAR
from sim.instrument import Call, Instrument
from sim.pool import paid_and_received, reform, share
from sim.programme import open_programmes
from sim.treasury import NAMED

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World

VETO = 1
REGULAR = [kind for kind in NAMED if kind != "claw_back"]
"""What members weigh; settling with those who left says nothing about membership."""


@njit(cache=True)
def _luck(k, keys):
    """A standard normal and a uniform for each country, f8 (2, C)."""
    luck = np.empty((2, len(keys)))
    for c in range(len(keys)):
        luck[0, c] = normal(open_unit(bits(k, keys[c], 0)))
        luck[1, c] = unit(bits(k, keys[c], VETO))
    return luck


@dataclass(frozen=True, slots=True, kw_only=True)
class Council(Instrument):
    """A body of several states; its own budget pays the secretariat."""

    kind: ClassVar[str] = "council"
    lands: ClassVar[tuple[str, ...]] = ("key", "free_riders")
    others: ClassVar[tuple[str, ...]] = ("runs",)

    runs: tuple[str, ...]
    pooling: bool
    one_call: bool
    harmonisation: bool
    precondition: bool
    key: dict[str, float] = number("part of contributions", 0, 1000, "treaty; empty: shares in customs duties")
    secretariat: float = number("mln int$ / quarter", 0, 20, "guess")
    pace: float = number("share of all differences a year", 0, 1, "guess", null=0)
    stall: float = number("probability a year", 0, 1, "guess: negotiations fail", null=1)
    veto: float = number("probability a year and member", 0, 1, "guess", null=0)
    depth: float = number("index of institutional distance", 0, 3, "guess: rules are part of the distance", null=0)
    worth: float = number("value of a unit received over a unit paid", 0, 10, "guess: leverage of private money")
    noise: float = number("sd of log benefit", 0, 3, "guess", null=0)
    patience: int = number("years", 1, 20, "guess: projects take time, so nobody judges before", whole=True)
    tolerance: float = number("share of the contribution", 0, 1, "guess: loss a member bears for other reasons", null=1)
    free_riders: tuple[str, ...]
    withheld: float = number("share of the contribution", 0, 0.99, "guess", null=0)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Sets purses, waives consents, brings rules together; once a year decides on members and rules."""
        if programme.dissolved:
            return
        session = (programme.age(world) - 1) % YEAR == 0
        run = [each for each in open_programmes(world) if each.name in self.runs]
        if self.pooling and programme.running:
            closed = [each for name, each in sorted(world.programmes.items()) if name in self.runs and each not in run]
            self._pool(world, programme, run + [each for each in closed if each.key_of_pool is not None], session)
        if programme.key_of_pool is not None:  # what is common stays so when the Council does not sit
            self._serve(world, programme, run)
        if not programme.running or programme.dissolved:
            return
        members = self.members(world, programme)
        if self.one_call:
            for each in run:
                if isinstance(each.instrument, Call):
                    world.levers.free_calls |= each.flag
        if self.harmonisation:
            self._harmonise(world, programme, members, session)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays the secretariat; without it the Council does not sit in the next quarter."""
        programme.running = programme.pot() >= self.secretariat and not programme.dissolved
        if programme.running:
            programme.charge_common(world, "running", self.secretariat)

    def members(self, world: "World", programme: "Programme") -> np.ndarray:
        """Members, bool (C,): those whose money is in the purse, or without pooling all who pay for the Council."""
        if self.pooling and programme.key_of_pool is not None:
            return programme.key_of_pool > 0.0
        return np.isin(world.countries.iso, programme.payers(world))

    def contributions(self, world: "World", members: np.ndarray) -> np.ndarray:
        """Key of the members, f8 (C,), sums to 1 but for what free-riders keep back."""
        iso = world.countries.iso
        given = np.array([self.key.get(each, 0.0) for each in iso]) if self.key else world.countries.customs_share
        key = share(np.where(members, given, 0.0))
        return key * np.where(np.isin(iso, self.free_riders), 1.0 - self.withheld, 1.0)

    def _pool(self, world: "World", programme: "Programme", run: list["Programme"], session: bool) -> None:
        """Common purses of the Council and of what it runs."""
        before = self.members(world, programme)
        judge = session and programme.age(world) > YEAR * self.patience
        after = self._vote(world, programme, before) if judge and programme.key_of_pool is not None else before
        key = self.contributions(world, after)
        for each in (programme, *run):
            reform(world, each, key)
            each.mix = (key > 0.0).astype(np.float64)
        if not after.any():
            self._dissolve(programme, run)

    def _dissolve(self, programme: "Programme", run: list["Programme"]) -> None:
        """There is no Council any more; what it ran goes on as before it."""
        programme.dissolved = True
        for each in (programme, *run):
            each.key_of_pool, each.mix = None, np.ones_like(each.mix)

    def _serve(self, world: "World", programme: "Programme", run: list["Programme"]) -> None:
        """Only organisations of members are served, and where that is asked only of members with a strategy."""
        members = self.members(world, programme)
        served = members & _with_strategy(world) if self.precondition else members
        for each in run:
            each.steer = np.broadcast_to(served[:, None], (len(served), len(world.sectors))) & (True if each.steer is None else each.steer)

    def _vote(self, world: "World", programme: "Programme", members: np.ndarray) -> np.ndarray:
        """Members after everybody has compared what a year brought with what it cost, bool (C,)."""
        since, until = world.quarter - YEAR, world.quarter
        paid, _ = paid_and_received(world, [*self.runs, programme.name], since, until, REGULAR)
        _, received = paid_and_received(world, list(self.runs), since, until, REGULAR)  # the secretariat is a cost to all
        inside = paid[members], received[members]
        together = float(sum(inside[1].tolist())) / float(sum(inside[0].tolist())) if inside[0].any() else 0.0
        ratio = np.where(members & (paid > 0.0), received / np.where(paid > 0.0, paid, 1.0), together * self._worth_joining(world, members))
        luck = _luck(programme.key(world, Purpose.VOTE), world.countries.key)[0].tolist()
        seen = [
            self.worth * r * math.exp(self.noise * z - 0.5 * self.noise * self.noise) for r, z in zip(ratio.tolist(), luck, strict=True)
        ]
        stays = members & ((np.array(seen) >= 1.0 - self.tolerance) | (paid == 0.0))
        joins = ~members & np.isin(world.countries.iso, programme.payers(world)) & (np.array(seen) > 1.0)
        after = stays | joins
        return after if np.count_nonzero(after) > 1 else np.zeros(len(after), bool)  # one alone is no Council

    def _worth_joining(self, world: "World", members: np.ndarray) -> np.ndarray:
        """R&D that the programmes are for over the key, relative to the members together, f8 (C,): what one outside would get."""
        base = np.zeros(len(members))
        for name in self.runs:
            if name in world.programmes:
                base += np.maximum(world.programmes[name].base, 0.0)
        key = self.contributions(world, np.ones(len(members), bool))
        inside = float(sum(base[members].tolist())), float(sum(key[members].tolist()))
        if inside[0] == 0.0 or inside[1] == 0.0:
            return np.ones(len(members))
        return np.where(key > 0.0, base / np.where(key > 0.0, key, 1.0), 0.0) * inside[1] / inside[0]

    def _harmonise(self, world: "World", programme: "Programme", members: np.ndarray, session: bool) -> None:
        """Rules come nearer by consensus once a year, and hold as long as the Council sits."""
        if session:
            objects = _luck(programme.key(world, Purpose.VOTE, VETO), world.countries.key)[1] < self.veto
            stalls = _luck(programme.key(world, Purpose.HARMONISE), np.zeros(1, np.int64))[1, 0] < self.stall
            if not stalls and not np.any(objects & members) and np.count_nonzero(members) > 1:
                programme.progress = min(1.0, programme.progress + self.pace)
        pairs = np.outer(members, members) & ~np.eye(len(members), dtype=bool)
        world.levers.institution -= np.where(pairs, self.depth * programme.progress, 0.0)


def _with_strategy(world: "World") -> np.ndarray:
    """Countries in which a strategy of smart specialisation runs, bool (C,)."""
    has = np.zeros(len(world.countries), bool)
    for programme in open_programmes(world):
        if isinstance(programme.instrument, SmartSpecialisation):
            has |= np.isin(world.countries.iso, programme.payers(world))
    return has
