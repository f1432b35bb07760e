"""What an instrument is, and the budget mechanism all instruments share.

An Instrument (scenarios/) is frozen data with up to three hooks, called while its programme is open:
  govern(world, programme)   phase 1: awards, calls, prices it changes (writes levers, projects' cover)
  meet(world, programme)     phase 2: meetings it makes possible
  pay(world, programme)      phase 7: payments that depend on what organisations did
A Programme is the running instance: budget by payer country, awareness, eligibility, what it offered and spent.

Budget.  `dose` is a share of the eligibles' own R&D a year, measured when the programme opens; each payer country offers a
quarter of it every quarter, of which the share `delivery` really arrives and `overhead` goes to administration.  Budgets are annual: what
is neither spent nor promised by the end of a year lapses, or goes to a programme that names this one in `residual_of`.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal
from zlib import crc32

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, unit
from agents.meeting_places import ANY, CROSS_BORDER, CROSS_CLUSTER, IN_CLUSTER
from agents.parameters import number
from agents.population import Kind
from agents.search import Meetings, drawn_country
from agents.ties import other_end
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.world import World

YEAR = 4
NOTHING = 1e-8
"""Less than a cent, in mln int$: what rounding leaves of a budget."""
KINDS = {"firm": Kind.FIRM, "institute": Kind.INSTITUTE, "university": Kind.UNIVERSITY}


@dataclass(frozen=True, slots=True)
class Target:
    """Who qualifies; an empty list means everybody.  `random_share` < 1 assigns at random, as a field experiment does."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    clustered: bool | None
    exporting: bool | None
    innovative: bool | None
    staff_min: float = number("persons", 0, 1e7, "design", null=0)
    staff_max: float = number("persons", 0, 1e7, "design", null=1e7)
    random_share: float = number("share", 0, 1, "design", null=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What all instruments have in common; each kind adds its own numbers."""

    label: str
    source: str
    dose: float = number("share of eligibles' own R&D a year", 0, 1, "design", null=0)
    start: int = number("quarters after the programmes open", -400, 400, "design", whole=True)
    end: int = number("quarters after the programmes open", -400, 4000, "design", whole=True)
    payers: tuple[str, ...]
    delivery: float = number("share", 0, 1, "share of a budget really spent [BY21]; guess")
    overhead: float = number("share of the budget", 0, 0.5, "guess", null=0)
    awareness: float = number("share", 0, 1, "guess: organisations that know of it from the start")
    target: Target
    residual_of: tuple[str, ...]

    kind: ClassVar[str]

    def govern(self, world: "World", programme: "Programme") -> None:
        """Phase 1: awards, calls, prices."""

    def meet(self, world: "World", programme: "Programme") -> list[Meetings]:
        """Phase 2: meetings that the instrument makes possible."""
        return []

    def pay(self, world: "World", programme: "Programme") -> None:
        """Phase 7: payments that depend on what organisations did."""


SCOPES = {"any": ANY, "in_cluster": IN_CLUSTER, "cross_cluster": CROSS_CLUSTER, "cross_border": CROSS_BORDER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Instrument):
    """A call for joint projects: what applicants need to know of it, and how long it pays."""

    scope: Literal["any", "in_cluster", "cross_cluster", "cross_border"]
    share: float = number("share of cost", 0, 1, "design", null=0)
    quarters: int = number("quarters", 1, 40, "usual length of a grant", whole=True)
    shuffled_labels: bool  # placebo: the call takes organisations for those of a country drawn for them

    def labels(self, world: "World", programme: "Programme") -> np.ndarray:
        """The country the call takes each row for, i8 (rows,): its own, but under the placebo one drawn in proportion to organisations."""
        people, countries = world.population, world.countries
        if not self.shuffled_labels:
            return people.country.astype(np.int64)
        paying = np.isin(np.array(countries.iso), programme.payers(world))
        k = programme.lasting_key(world, Purpose.PLACEBO)
        return _drawn_labels(k, people.id, countries.key, np.where(paying, countries.organisations, 0.0))


@njit(cache=True)
def _drawn_labels(k, id, keys, weight):
    labels = np.zeros(len(id), np.int64)
    for i in range(len(id)):
        labels[i] = drawn_country(bits(k, id[i], 0), keys, weight)
    return labels


@njit(cache=True)
def _hear(k, id, t, bit, rate, level, k_level, aware):
    """Awareness spreads from aware partners, and covers the share `level` by itself; returns the new column."""
    flag = np.int64(1) << bit
    after = aware.copy()
    for i in range(len(id)):
        if id[i] < 0 or aware[i] & flag:
            continue
        stay = 1.0
        for slot in range(t.of.shape[1]):
            tie = t.of[i, slot]
            if tie >= 0 and aware[other_end(t, tie, i)] & flag:
                stay *= 1.0 - rate
        if unit(bits(k, id[i], 0)) >= stay or unit(bits(k_level, id[i], 0)) < level:
            after[i] = aware[i] | flag
    return after


class Programme:
    """A running instrument."""

    def __init__(self, name: str, instrument: Instrument, bit: int, countries: int) -> None:
        self.name = name
        self.instrument = instrument
        self.bit = bit
        self.luck = crc32(instrument.kind.encode())  # of its kind, so that two calls in two arms have the same jury and the same aware
        self.base = np.full(countries, -1.0)  # eligibles' own R&D a year, -1 before the programme opens
        self.left = np.zeros(countries)  # money that has arrived and is not spent
        self.offered = 0.0
        self.spent = 0.0  # overhead included
        self.overhead = 0.0
        self.level = instrument.awareness
        self.success = 0.5  # smoothed share of applications that win
        self.running = False  # a platform whose running cost is paid this quarter

    @property
    def flag(self) -> np.int64:
        """The programme's bit in `aware`, `eligible` and `on_platform`."""
        return np.int64(1) << np.int64(self.bit)

    @property
    def call(self) -> Call:
        """The instrument, which is a call for joint projects."""
        assert isinstance(self.instrument, Call)
        return self.instrument

    def is_open(self, world: "World") -> bool:
        """Does it take new commitments this quarter?"""
        now = world.quarter - world.opens
        funded = self.instrument.dose > 0.0 or bool(self.instrument.residual_of)
        # a residual programme stays until nothing is left that the others had promised and did not pay
        sources = (*self.instrument.residual_of, self.name) if self.instrument.residual_of else ()
        tail = any(world.programmes[name].left.max() > NOTHING for name in sources)
        return funded and self.instrument.start <= now and (now < self.instrument.end or tail)

    def close(self) -> None:
        """Take no new commitments from now on; what is promised is still paid."""
        self.instrument = replace(self.instrument, dose=0.0, residual_of=())

    def key(self, world: "World", purpose: Purpose, number: int = 0) -> np.uint64:
        """Key of the programme's own draws for a purpose, this quarter."""
        return np.uint64(bits(world.key(purpose), self.luck, number))

    def lasting_key(self, world: "World", purpose: Purpose) -> np.uint64:
        """Key of the programme's own draws that hold for its whole life."""
        return np.uint64(bits(world.lasting_key(purpose), self.luck, 0))

    def refresh(self, world: "World") -> None:
        """Phase 1, before `govern`: who qualifies, who has heard of it, what budget arrives."""
        people = world.population
        eligible = self._eligible(world)
        people.eligible = np.where(eligible, people.eligible | self.flag, people.eligible & ~self.flag)
        people.aware = _hear(
            self.key(world, Purpose.AWARE), people.id, world.ties.table(), self.bit, world.config.behaviour.public.word_of_mouth,
            self.level, self.lasting_key(world, Purpose.AWARE), people.aware,
        )  # fmt: skip
        if self.base[0] < 0.0:
            own = np.where(eligible, np.maximum(people.research_mean - people.research_public, 0.0), 0.0)
            self.base = 4.0 * by_country(own, world.weight, people.country, len(world.countries))
        self._let_lapse(world)
        self._receive(world)

    def _let_lapse(self, world: "World") -> None:
        """Budgets are annual: what a year has neither spent nor promised is gone with it."""
        age = world.quarter - world.opens - self.instrument.start
        if age > 0 and age % YEAR == 0 and not self.instrument.residual_of:
            self.left = np.minimum(self.left, world.promised(self))

    def stands_for(self, world: "World") -> float:
        """Real organisations that one eligible organisation of the model stands for, on average; 1 at full scale."""
        eligible = (world.population.eligible & self.flag) != 0
        count = int(np.count_nonzero(eligible))
        return float(sum(world.weight[eligible].tolist())) / count if count else 1.0

    def _receive(self, world: "World") -> None:
        paying = np.isin(np.array(world.countries.iso), self.payers(world))
        budget = np.where(paying, self.instrument.dose * self.base / 4.0, 0.0)
        self.offered += float(sum(budget))
        arriving = budget * self.instrument.delivery
        self.left = self.left + arriving
        overhead = arriving * self.instrument.overhead
        self.overhead += float(sum(overhead))
        self.charge(world, "overhead", overhead)

    def payers(self, world: "World") -> list[str]:
        """ISO codes of the paying countries; "policy" stands for every policy country of the world."""
        policy = [iso for iso, flag in zip(world.countries.iso, world.countries.policy, strict=True) if flag]
        return policy if "policy" in self.instrument.payers else list(self.instrument.payers)

    def _eligible(self, world: "World") -> np.ndarray:
        """Rows that qualify, bool (rows,)."""
        people, target = world.population, self.instrument.target
        fits = people.alive & (people.staff > 0.0)
        fits &= np.isin(people.country, _rows(world.countries.iso, target.countries or tuple(self.payers(world))))
        if target.sectors:
            fits &= np.isin(people.sector, _rows(world.sectors.name, target.sectors))
        if target.kinds:
            fits &= np.isin(people.kind, [KINDS[kind] for kind in target.kinds])
        for wanted, has in ((target.clustered, people.cluster >= 0), (target.exporting, people.export_sales > 0.0),
                            (target.innovative, people.innovations_year > 0)):  # fmt: skip
            if wanted is not None:
                fits &= has == wanted
        fits &= (people.staff >= target.staff_min) & (people.staff <= target.staff_max)
        if target.random_share < 1.0:
            fits &= _lot(self.lasting_key(world, Purpose.AWARD_PRIORITY), people.id) < target.random_share
        return fits

    def applicants(self, world: "World") -> np.ndarray:
        """Rows that qualify and know of the programme, bool (rows,)."""
        people = world.population
        return (people.eligible & people.aware & self.flag) != 0

    def charge(self, world: "World", kind: str, amount: np.ndarray, payee: np.ndarray | None = None) -> None:
        """Spend amount f8 (C,) of each payer country's budget; payee: row of the receiving country, by default the payer's own."""
        for country in range(len(world.countries)):
            receiver = country if payee is None else int(payee[country])
            world.treasury.book(world.quarter, self.name, country, receiver, kind, float(amount[country]))
        self.left = self.left - amount
        self.spent += float(sum(amount))
        world.treasury.unpaid = world.treasury.unpaid + amount

    def split(self, total: float) -> np.ndarray:
        """A common cost shared among payers in proportion to what they have left, f8 (C,)."""
        have = np.maximum(self.left, 0.0)
        pot = float(sum(have))
        return total * have / pot if pot > 0.0 else np.zeros_like(have)


@njit(cache=True)
def _lot(k, id):
    """A lasting uniform for each row, f8 (rows,)."""
    lot = np.empty(len(id))
    for i in range(len(id)):
        lot[i] = unit(bits(k, id[i], 0))
    return lot


def _rows(names: list[str], wanted: tuple[str, ...]) -> list[int]:
    return [names.index(name) for name in wanted if name in names]


def open_programmes(world: "World") -> list[Programme]:
    """Programmes that are open this quarter, by name, residual ones last: they receive what the others could not spend."""
    programmes = (world.programmes[name] for name in sorted(world.programmes))
    return sorted((each for each in programmes if each.is_open(world)), key=lambda each: len(each.instrument.residual_of) > 0)
