"""A running instrument: budget by payer country, awareness, money offered and spent (sim/programme.py)."""

from typing import Any
from zlib import crc32

from tests.reference.draws import bits, unit
from tests.reference.eligibility import at_stake, qualifies
from tests.reference.people import Cluster, Country, Organisation, drawn_country

Money = list[float]
"""Amounts by country."""
NOTHING = 1e-8


class Programme:
    """State of one programme; `plan` are the numbers of its instrument."""

    def __init__(self, model: Any, name: str, plan: Any) -> None:
        self.model, self.name, self.plan, self.kind = model, name, plan, plan.kind
        self.luck = crc32(plan.kind.encode())
        self.base: Money | None = None
        self.mix: Money = [1.0] * len(model.countries)
        self.coming: list[Money] = []
        self.left: Money = [0.0] * len(model.countries)
        self.key_of_pool: Money | None = None
        self.offered = self.arrived = self.spent = self.overhead = 0.0
        self.level = plan.awareness
        self.success = 0.5
        self.running = False
        self.progress = 0.0
        self.dissolved = False
        self.steer: list[set[int]] | None = None  # sectors by country
        self.assigned: set[int] | None = None  # ids
        self.claims: dict[int, float] = {}  # by id
        self.served: set[int] = set()  # ids
        self.priorities: list[set[int]] | None = None  # sectors by country
        self.books: list[tuple[int, Money, Money]] = []  # quarter, by payer, by country of the receivers
        self.founded: list[Cluster] = []

    # when

    @property
    def age(self) -> int:
        """Quarters since the programmes opened."""
        return self.model.quarter - self.model.opens

    @property
    def is_open(self) -> bool:
        """Does it take new commitments?"""
        funded = self.plan.dose > 0.0 or bool(self.plan.residual_of)
        # a residual one stays until the others have paid or given up what they had promised
        sources = (*self.plan.residual_of, self.name) if self.plan.residual_of else ()
        tail = any(max(self.model.programmes[name].left) > NOTHING for name in sources)
        return funded and self.plan.start <= self.age and (self.age < self.plan.end + self.plan.delay or tail)

    @property
    def pays(self) -> bool:
        """Open, or with money left for what it promised."""
        return self.is_open or max(self.left) > NOTHING

    @property
    def is_call(self) -> bool:
        """Does it pay joint projects?"""
        return hasattr(self.plan, "shuffled_labels")

    def key(self, purpose: str, number: int = 0) -> int:
        """Key of its own draws this quarter."""
        return bits(self.model.key(purpose), self.luck, number)

    def lasting_key(self, purpose: str) -> int:
        """Key of its own draws for ever."""
        return bits(self.model.lasting_key(purpose), self.luck)

    # who

    def payers(self) -> list[str]:
        """ISO codes of those who pay."""
        return [c.iso for c in self.model.countries if c.policy] if "policy" in self.plan.payers else list(self.plan.payers)

    def label(self, i: Organisation) -> Country | None:
        """The country it takes i for: its own, or in the placebo one drawn for it in proportion to organisations."""
        if not self.plan.shuffled_labels:
            return i.country
        paying = [(c, c.organisations) for c in self.model.countries if c.iso in self.payers()]
        return drawn_country(bits(self.lasting_key("PLACEBO"), i.id), paying)

    def applies(self, i: Organisation) -> bool:
        """Does i qualify, and know of the programme?"""
        return self.name in i.eligible and self.name in i.aware

    def eligibles(self) -> list[Organisation]:
        """Who qualifies this quarter."""
        return [i for i in self.model.organisations if self.name in i.eligible]

    def refresh(self) -> None:
        """Who qualifies, who has heard, what money arrives."""
        everybody = self.model.organisations
        fit = qualifies(self)
        if self.base is None:
            self.measure()
        chosen = {i for i in fit if self.reaches(i)}
        for i in everybody:
            (i.eligible.add if i in chosen else i.eligible.discard)(self.name)
        news = [i for i in everybody if self.name not in i.aware and self.hears(i)]
        for i in news:
            i.aware.add(self.name)
        if not getattr(self.plan, "free", False):
            self.let_lapse()
            self.receive()

    def measure(self) -> None:
        """Own R&D a year of those it is for, by country."""
        own = [(i, max(i.research_mean - i.research_public, 0.0)) for i in self.model.organisations if at_stake(self, i)]
        self.base = [4.0 * sum(r * i.weight for i, r in own if i.country is c) for c in self.model.countries]

    def reaches(self, one: Any) -> bool:
        """May an organisation or cluster be served, where a strategy or Council confines the programme?"""
        return self.steer is None or one.sector in self.steer[one.country.row]

    def stands_for(self) -> float:
        """Real organisations an eligible one stands for."""
        weights = [i.weight for i in self.eligibles()]
        return sum(weights) / len(weights) if weights else 1.0

    def hears(self, i: Organisation) -> bool:
        """Does i hear of it now, from an aware partner or by itself?"""
        stay = 1.0
        for tie in i.ties.values():
            if self.name in tie.other(i).aware:
                stay *= 1.0 - self.model.behaviour.public.word_of_mouth
        return unit(bits(self.key("AWARE"), i.id)) >= stay or unit(bits(self.lasting_key("AWARE"), i.id)) < self.level

    # money that comes

    def let_lapse(self) -> None:
        """Annual budgets: what is neither spent nor promised lapses."""
        years, rest = divmod(self.age - self.plan.start, 4)
        if years > 0 and rest == 0 and not self.plan.residual_of:
            self.left = [a - b for a, b in zip(self.left, self.spare(), strict=True)]

    def receive(self) -> None:
        """The payers' budgets, pooled or not; what their ministries deliver of it arrives after a delay; overhead is gone."""
        countries, paying = self.model.countries, self.payers() if self.age < self.plan.end else []
        budget = [self.plan.dose * m * b / 4.0 if c.iso in paying else 0.0 for m, b, c in zip(self.mix, self.base, countries, strict=True)]
        if self.key_of_pool is not None:
            common = sum(b for b, share in zip(budget, self.key_of_pool, strict=True) if share > 0.0)
            budget = [share * common if share > 0.0 else b for b, share in zip(budget, self.key_of_pool, strict=True)]
        self.offered += sum(budget)
        self.coming.append([b * self.plan.delivery * c.delivery for b, c in zip(budget, countries, strict=True)])
        if len(self.coming) <= self.plan.delay:
            return
        arriving = self.coming.pop(0)
        self.arrived += sum(arriving)
        self.left = [a + b for a, b in zip(self.left, arriving, strict=True)]
        overhead = [a * self.plan.overhead for a in arriving]
        self.overhead += sum(overhead)
        self.book(overhead, [0.0] * len(overhead))

    # money that is there

    def purse(self, c: Country) -> list[Country]:
        """Countries whose money pays for organisations of c."""
        if self.key_of_pool is None or self.key_of_pool[c.row] <= 0.0:
            return [c]
        return [d for d in self.model.countries if self.key_of_pool[d.row] > 0.0]

    def promised(self) -> Money:
        """Money promised, by country of those who will receive it."""
        hook = self.model.hooks["OWES"].get(self.kind)
        if hook:
            return hook(self.model, self)
        return self.owed_to_projects() if self.is_call else [0.0] * len(self.model.countries)

    def owed_to_projects(self) -> Money:
        """Money still owed to projects it funds, by country."""
        owed = [0.0] * len(self.model.countries)
        for project in self.model.projects:
            if project.programme == self.name:
                quarters = max(0, project.paid_until - self.model.quarter) if project.active else self.plan.quarters
                for m, i in enumerate(project.members):
                    owed[i.country.row] += (project.covered[m] - project.regional[m]) * project.cost[m] * i.weight * quarters
        return owed

    def free(self) -> dict[int, float]:
        """Money neither spent nor promised, by row of the first country of a purse."""
        owed = self.promised()
        purses = {self.purse(c)[0].row: self.purse(c) for c in self.model.countries}
        return {row: max(sum(self.left[c.row] for c in purse) - sum(owed[c.row] for c in purse), 0.0) for row, purse in purses.items()}

    def spare(self) -> Money:
        """The same by payer: everyone who put into a purse has his part of what is free in it."""
        free, mine = self.free(), []
        for c in self.model.countries:
            purse = self.purse(c)
            have = sum(max(self.left[d.row], 0.0) for d in purse)
            mine.append(max(self.left[c.row], 0.0) * min(free[purse[0].row] / have, 1.0) if have > 0.0 else 0.0)
        return mine

    def ration(self, wanted: list[tuple[Organisation, float]]) -> list[Organisation]:
        """Applicants served in a lasting drawn order while their purse lasts; wanted: the most each may cost."""
        k, free, chosen = self.lasting_key("AWARD_PRIORITY"), self.free(), []
        for i, amount in sorted(wanted, key=lambda each: bits(k, each[0].id)):
            row = self.purse(i.country)[0].row
            if 0.0 < amount * i.weight <= free[row]:
                free[row] -= amount * i.weight
                chosen.append(i)
        self.serve(chosen)
        return chosen

    def serve(self, organisations: list[Organisation]) -> None:
        """Note whom it served."""
        self.served.update(i.id for i in organisations)

    # money that goes

    def charge(self, amount: Money) -> None:
        """Spend amounts by country of those who receive; contributors to a purse pay by what they have in it."""
        bill = [0.0] * len(amount)
        for payee, money in zip(self.model.countries, amount, strict=True):
            purse = self.purse(payee)
            have = sum(max(self.left[c.row], 0.0) for c in purse)
            for c in purse:
                key = 1.0 if self.key_of_pool is None else self.key_of_pool[c.row]
                part = 1.0 if len(purse) == 1 else max(self.left[c.row], 0.0) / have if have > 0.0 else key
                bill[c.row] += money * part
        self.book(bill, amount)

    def charge_to(self, amounts: list[tuple[Organisation, float]]) -> None:
        """Spend amounts on organisations."""
        self.charge([sum(a * i.weight for i, a in amounts if i.country is c) for c in self.model.countries])

    def charge_common(self, total: float, users: Money | None = None) -> None:
        """Spend on a common cost, shared among payers by what they have left, for those who use it, by country."""
        parts = self.split(total)
        self.book(parts, [sum(parts) * u / sum(users) for u in users] if users and sum(users) > 0.0 else parts)

    def add_regional(self, amount: Money) -> None:
        """Regions add money of their own, spent as it arrives."""
        left = self.left
        self.book(amount, amount)
        self.left = left
        self.offered += sum(amount)
        self.arrived += sum(amount)

    def book(self, bill: Money, received: Money) -> None:
        """Spend; the payers owe it."""
        self.books.append((self.model.quarter, bill, received))
        self.left = [a - b for a, b in zip(self.left, bill, strict=True)]
        self.spent += sum(bill)
        self.model.unpaid = [a + b for a, b in zip(self.model.unpaid, bill, strict=True)]

    def pot(self) -> float:
        """Money it has."""
        return sum(max(a, 0.0) for a in self.left)

    def split(self, total: float) -> Money:
        """A common cost shared among payers by what they have left."""
        pot = self.pot()
        return [total * max(a, 0.0) / pot if pot > 0.0 else 0.0 for a in self.left]
