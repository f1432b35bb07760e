"""A running instrument: its budget, who qualifies, who has heard of it, what it spent.  Rationing and payment are written once, here.

Budget.  `dose` is a share of own R&D a year in its countries and sectors, measured when the programme opens, and again when a timetable
changes who pays or whom it is for; each payer country offers a quarter of it every quarter, times its ministry's weight for the programme
(`mix`).  Of this the payer's `delivery` really arrives, `delay` quarters later, and `overhead` goes to administration.  Budgets are
annual: what is neither spent nor promised by the end of a year lapses, or goes to a programme that names this one in `residual_of`.
Purses.  Every payer country has its own purse and pays for its own organisations.  A Council pools the purses of its members: they
contribute by its key, and every contributor bears its part of what any of them receives.
"""

from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from agents.draws import Purpose, bits
from sim.awareness import hear, level_after
from sim.calendar import YEAR
from sim.eligibility import at_stake, eligible
from sim.instrument import Call, Instrument
from sim.rationing import award, priorities
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.world import World

NOTHING = 1e-8
"""Less than a cent, in mln int$: what rounding leaves of a budget."""


class Programme:
    """A running instrument."""

    def __init__(self, name: str, instrument: Instrument, bit: int, countries: int, rows: int) -> None:
        self.name = name
        self.instrument = instrument
        self.bit = bit
        self.luck = crc32(instrument.kind.encode())  # of its kind, so that two calls in two arms have the same jury and the same aware
        self.base = np.full(countries, -1.0)  # own R&D in its countries and sectors a year, -1 before the programme opens
        self.mix = np.ones(countries)  # a ministry's weight for the programme, 1 until it re-allocates
        self.coming: list[np.ndarray] = []  # budgets whose money has not arrived yet
        self.left = np.zeros(countries)  # money that has arrived and is not spent, by payer
        self.key_of_pool: np.ndarray | None = None  # f8 (C,), contributions to a common purse; None: every country has its own
        self.offered = 0.0
        self.arrived = 0.0
        self.spent = 0.0  # overhead included
        self.overhead = 0.0
        self.level = instrument.awareness
        self.success = 0.5  # smoothed share of applications that win
        self.running = False  # a platform whose running cost is paid this quarter
        self.dissolved = False  # a Council that came to its end
        self.progress = 0.0  # how far rules it negotiates have come, 0..1
        self.steer: np.ndarray | None = None  # bool (C, S), sectors to which strategies confine it this quarter
        self.priorities: np.ndarray | None = None  # bool (C, S), sectors that it names itself, where it is a strategy
        self.assigned: np.ndarray | None = None  # ids of a stratified random assignment
        self.claims = np.zeros(rows)  # mln int$, expenses already made that it will reimburse
        self.served = np.full(rows, -1, np.int64)  # ids of those it served since the last review
        self.founded: list[int] = []  # rows of the clusters it has founded

    @property
    def flag(self) -> np.int64:
        """The programme's bit in `aware`, `eligible` and `on_platform`."""
        return np.int64(1) << np.int64(self.bit)

    @property
    def call(self) -> Call:
        """The instrument, which is a call for joint projects."""
        assert isinstance(self.instrument, Call)
        return self.instrument

    def age(self, world: "World") -> int:
        """Quarters since its start."""
        return world.quarter - world.opens - self.instrument.start

    def is_open(self, world: "World") -> bool:
        """Does it take new commitments this quarter?"""
        now = world.quarter - world.opens
        funded = self.instrument.dose > 0.0 or bool(self.instrument.residual_of)
        # a residual programme stays until nothing is left that the others had promised and did not pay
        sources = (*self.instrument.residual_of, self.name) if self.instrument.residual_of else ()
        tail = any(world.programmes[name].left.max() > NOTHING for name in sources)
        # money that comes late is spent late
        return funded and self.instrument.start <= now and (now < self.instrument.end + self.instrument.delay or tail)

    def close(self) -> None:
        """Take no new commitments from now on; what is promised is still paid."""
        self.instrument = replace(self.instrument, dose=0.0, residual_of=())

    def turn_to(self, world: "World", instrument: Instrument) -> None:
        """Go on with other numbers; where others pay from now on, or it is for others, its budget is measured anew."""
        before, self.instrument = self.instrument, instrument
        if self.base[0] >= 0.0 and _whose(before) != _whose(instrument):
            self.measure(world)

    def key(self, world: "World", purpose: Purpose, number: int = 0) -> np.uint64:
        """Key of the programme's own draws for a purpose, this quarter."""
        return np.uint64(bits(world.key(purpose), self.luck, number))

    def lasting_key(self, world: "World", purpose: Purpose) -> np.uint64:
        """Key of the programme's own draws that hold for its whole life."""
        return np.uint64(bits(world.lasting_key(purpose), self.luck, 0))

    def payers(self, world: "World") -> list[str]:
        """ISO codes of the paying countries; "policy" stands for every policy country of the world."""
        policy = [iso for iso, flag in zip(world.countries.iso, world.countries.policy, strict=True) if flag]
        return policy if "policy" in self.instrument.payers else list(self.instrument.payers)

    # who

    def refresh(self, world: "World") -> None:
        """Phase 1, before `govern`: who qualifies, who has heard of it, what budget arrives."""
        people = world.population
        qualifies = eligible(world, self)
        if self.base[0] < 0.0:
            self.measure(world)
        qualifies &= self.reaches(people.country, people.sector)
        people.eligible = np.where(qualifies, people.eligible | self.flag, people.eligible & ~self.flag)
        people.aware = hear(
            self.key(world, Purpose.AWARE), people.id, world.ties.table(), self.bit, world.config.behaviour.public.word_of_mouth,
            self.level, self.lasting_key(world, Purpose.AWARE), people.aware,
        )  # fmt: skip
        if not self.instrument.free:
            self._let_lapse(world)
            self._receive(world)

    def reaches(self, country: np.ndarray, sector: np.ndarray) -> np.ndarray:
        """Is it for those of these countries and sectors, bool?  For all, unless a strategy or a Council confines it."""
        return np.ones(len(country), bool) if self.steer is None else self.steer[country, sector]

    def applicants(self, world: "World") -> np.ndarray:
        """Rows that qualify and know of the programme, bool (rows,)."""
        people = world.population
        return (people.eligible & people.aware & self.flag) != 0

    def stands_for(self, world: "World") -> float:
        """Real organisations that one eligible organisation of the model stands for, on average; 1 at full scale."""
        qualifies = (world.population.eligible & self.flag) != 0
        count = int(np.count_nonzero(qualifies))
        return float(sum(world.weight[qualifies].tolist())) / count if count else 1.0

    def serve(self, world: "World", rows: np.ndarray) -> None:
        """Note whom the programme served, for the ministry's next review.  rows: indices or bool (rows,)."""
        self.served[rows] = world.population.id[rows]

    def promote(self, money: float, cost: float, eligible: float) -> float:
        """Paid promotion reaches those who do not know of it with falling returns; returns the money it took, at most `money`.

        cost: mln int$ / eligible reached; eligible: real ones.
        """
        if eligible == 0.0 or cost == 0.0:
            return 0.0
        money = min(money, (1.0 - self.level) * eligible * cost)
        self.level = level_after(self.level, money / cost / eligible)
        return money

    # budget

    def measure(self, world: "World") -> None:
        """Own R&D in its countries and sectors, of which the dose is a share."""
        people = world.population
        own = np.where(at_stake(world, self), np.maximum(people.research_mean - people.research_public, 0.0), 0.0)
        self.base = 4.0 * by_country(own, world.weight, people.country, len(world.countries))

    def _let_lapse(self, world: "World") -> None:
        """Budgets are annual: what a year has neither spent nor promised is gone with it."""
        age = self.age(world)
        if age > 0 and age % YEAR == 0 and not self.instrument.residual_of:
            self.left = self.left - self.spare(world)

    def _receive(self, world: "World") -> None:
        paying = np.isin(np.array(world.countries.iso), self.payers(world))
        paying &= world.quarter - world.opens < self.instrument.end
        budget = np.where(paying, self.instrument.dose * self.mix * self.base / 4.0, 0.0)
        if self.key_of_pool is not None:
            budget = np.where(self.key_of_pool > 0.0, self.key_of_pool * float(sum(budget[self.key_of_pool > 0.0])), budget)
        self.offered += float(sum(budget))
        self.coming.append(budget * self.instrument.delivery * world.countries.delivery)
        if len(self.coming) <= self.instrument.delay:
            return
        arriving = self.coming.pop(0)
        self.arrived += float(sum(arriving))
        self.left = self.left + arriving
        overhead = arriving * self.instrument.overhead
        self.overhead += float(sum(overhead))
        self._book(world, "overhead", np.diag(overhead))

    def purses(self) -> np.ndarray:
        """Purse that pays for the organisations of each country, i8 (C,): its own row, or that of the first member of the pool."""
        own = np.arange(len(self.left))
        if self.key_of_pool is None:
            return own
        return np.where(self.key_of_pool > 0.0, int(np.argmax(self.key_of_pool > 0.0)), own)

    def in_purses(self, amount: np.ndarray) -> np.ndarray:
        """Amounts by country f8 (C,) added up by purse, f8 (C,)."""
        sums = np.zeros(len(amount))
        for country, purse in enumerate(self.purses()):
            sums[purse] += amount[country]
        return sums

    def free(self, world: "World") -> np.ndarray:
        """Money neither spent nor promised, by purse, f8 (C,)."""
        return np.maximum(self.in_purses(self.left) - self.in_purses(self.instrument.owes(world, self)), 0.0)

    def spare(self, world: "World") -> np.ndarray:
        """The same by payer, f8 (C,): contributors to a purse have their parts of what is free in it."""
        have, free, purse = self.in_purses(np.maximum(self.left, 0.0)), self.free(world), self.purses()
        part = np.where(have > 0.0, np.minimum(free / np.where(have > 0.0, have, 1.0), 1.0), 0.0)
        return np.maximum(self.left, 0.0) * part[purse]

    def ration(self, world: "World", wanted: np.ndarray) -> np.ndarray:
        """Who is served when applicants are taken in a lasting drawn order while their purse lasts, bool (rows,).

        wanted: f8 (rows,), mln int$ that serving an organisation may cost at most this quarter; 0 for those who do not apply.
        """
        people = world.population
        rows = np.flatnonzero(wanted > 0.0)
        order = rows[np.argsort(priorities(self.lasting_key(world, Purpose.AWARD_PRIORITY), people.id, rows))]
        chosen = award(order, wanted, world.weight, self.purses()[people.country], self.free(world))
        self.serve(world, chosen)
        return chosen

    def charge(self, world: "World", kind: str, amount: np.ndarray) -> None:
        """Pay amount f8 (C,), real money by country of those who receive it, out of their purses."""
        count = len(amount)
        bill = np.zeros((count, count))  # payer, payee
        if self.key_of_pool is None:
            bill[np.arange(count), np.arange(count)] = amount
        else:
            purse, have = self.purses(), np.maximum(self.left, 0.0)
            pot = self.in_purses(have)
            for payee in np.flatnonzero(amount):
                mine = purse == purse[payee]
                # an empty purse may be charged rounding errors; the key says whose they are
                part = have / pot[purse[payee]] if pot[purse[payee]] > 0.0 else self.key_of_pool
                bill[mine, payee] = amount[payee] * part[mine]
        self._book(world, kind, bill)

    def charge_common(self, world: "World", kind: str, total: float, whom: np.ndarray | None = None) -> None:
        """Pay a common cost, shared among payers in proportion to what they have left.

        whom: f8 (C,), users of each country, for whom it is spent in proportion; None: every payer for itself.
        """
        users = 0.0 if whom is None else float(sum(whom.tolist()))
        parts = self.split(total)
        self._book(world, kind, np.diag(parts) if whom is None or users == 0.0 else np.outer(parts, whom / users))

    def add_regional(self, world: "World", amount: np.ndarray) -> None:
        """Regions of each country add amount f8 (C,) out of budgets of their own, which are spent as they arrive."""
        for country in np.flatnonzero(amount):
            world.treasury.book(world.quarter, self.name, int(country), int(country), "regional", float(amount[country]))
        total = float(sum(amount))
        self.offered += total
        self.arrived += total
        self.spent += total
        world.treasury.unpaid = world.treasury.unpaid + amount

    def charge_organisations(self, world: "World", kind: str, amount: np.ndarray) -> None:
        """Pay amount f8 (rows,), mln int$ to each organisation."""
        people = world.population
        self.charge(world, kind, by_country(amount, world.weight, people.country, len(world.countries)))

    def _book(self, world: "World", kind: str, bill: np.ndarray) -> None:
        """Book a bill f8 (payer, payee); the payers owe it to the treasury."""
        for payer, payee in np.argwhere(bill != 0.0):
            world.treasury.book(world.quarter, self.name, int(payer), int(payee), kind, float(bill[payer, payee]))
        paid = np.array([float(sum(row)) for row in bill])
        self.left = self.left - paid
        self.spent += float(sum(paid))
        world.treasury.unpaid = world.treasury.unpaid + paid

    def pot(self) -> float:
        """All money that has arrived and is not spent."""
        return float(sum(np.maximum(self.left, 0.0)))

    def split(self, total: float) -> np.ndarray:
        """A common cost shared among payers in proportion to what they have left, f8 (C,)."""
        have, pot = np.maximum(self.left, 0.0), self.pot()
        return total * have / pot if pot > 0.0 else np.zeros_like(have)


def _whose(instrument: Instrument) -> tuple[tuple[str, ...], ...]:
    """What decides whose R&D its budget is measured by."""
    return instrument.payers, instrument.target.countries, instrument.target.sectors


def open_programmes(world: "World") -> list[Programme]:
    """Programmes that are open this quarter, by name, residual ones last: they receive what the others could not spend."""
    programmes = (world.programmes[name] for name in sorted(world.programmes))
    return sorted((each for each in programmes if each.is_open(world)), key=lambda each: len(each.instrument.residual_of) > 0)


def paying_programmes(world: "World") -> list[Programme]:
    """Open programmes, and closed ones that still have money for what they promised."""
    programmes = (world.programmes[name] for name in sorted(world.programmes))
    paying = (each for each in programmes if each.is_open(world) or each.left.max() > NOTHING)
    return sorted(paying, key=lambda each: len(each.instrument.residual_of) > 0)
