"""A running instrument: budget by payer country, awareness, eligibility, money offered and spent (sim/instrument.py)."""

from typing import Any
from zlib import crc32

from tests.reference.draws import bits, unit
from tests.reference.people import Country, Firm, Institute, Organisation, University, drawn_country

KINDS = {"firm": Firm, "institute": Institute, "university": University}
Money = list[float]
"""Amounts by country."""


class Programme:
    """State of one programme; `plan` are the numbers of its instrument."""

    def __init__(self, model: Any, name: str, plan: Any) -> None:
        self.model, self.name, self.plan, self.kind = model, name, plan, plan.kind
        self.luck = crc32(plan.kind.encode())
        self.base: Money | None = None
        self.left: Money = [0.0] * len(model.countries)
        self.offered = 0.0
        self.spent = 0.0
        self.level = plan.awareness
        self.success = 0.5
        self.running = False

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
        tail = any(max(self.model.programmes[name].left) > 1e-8 for name in sources)
        return funded and self.plan.start <= self.age and (self.age < self.plan.end or tail)

    def key(self, purpose: str, number: int = 0) -> int:
        """Key of its own draws this quarter."""
        return bits(self.model.key(purpose), self.luck, number)

    def lasting_key(self, purpose: str) -> int:
        """Key of its own draws for ever."""
        return bits(self.model.lasting_key(purpose), self.luck)

    def payers(self) -> list[str]:
        """ISO codes of those who pay."""
        return [c.iso for c in self.model.countries if c.policy] if "policy" in self.plan.payers else list(self.plan.payers)

    def qualifies(self, i: Organisation) -> bool:
        """Does i belong to the target group?"""
        t = self.plan.target
        return (
            i.active
            and i.country.iso in (t.countries or self.payers())
            and (not t.sectors or self.model.sector_names[i.sector] in t.sectors)
            and (not t.kinds or isinstance(i, tuple(KINDS[kind] for kind in t.kinds)))
            and t.clustered in (None, i.cluster is not None)
            and t.exporting in (None, i.export_sales > 0.0)
            and t.innovative in (None, i.innovations_year > 0)
            and t.staff_min <= i.staff <= t.staff_max
            and (t.random_share >= 1.0 or unit(bits(self.lasting_key("AWARD_PRIORITY"), i.id)) < t.random_share)
        )

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
        for i in everybody:
            (i.eligible.add if self.qualifies(i) else i.eligible.discard)(self.name)
        news = [i for i in everybody if self.name not in i.aware and self.hears(i)]
        for i in news:
            i.aware.add(self.name)
        if self.base is None:
            own = [(i, max(i.research_mean - i.research_public, 0.0)) for i in self.eligibles()]
            self.base = [4.0 * sum(r * i.weight for i, r in own if i.country is c) for c in self.model.countries]
        self.let_lapse()
        paying = self.payers()
        budget = [self.plan.dose * b / 4.0 if c.iso in paying else 0.0 for b, c in zip(self.base, self.model.countries, strict=True)]
        self.offered += sum(budget)
        arriving = [b * self.plan.delivery for b in budget]
        self.left = [a + b for a, b in zip(self.left, arriving, strict=True)]
        self.charge([a * self.plan.overhead for a in arriving])

    def let_lapse(self) -> None:
        """Annual budgets: what is neither spent nor promised lapses."""
        years, rest = divmod(self.age - self.plan.start, 4)
        if years > 0 and rest == 0 and not self.plan.residual_of:
            self.left = [min(a, b) for a, b in zip(self.left, self.promised(), strict=True)]

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

    def charge(self, amount: Money) -> None:
        """Spend; the payers owe it."""
        self.left = [a - b for a, b in zip(self.left, amount, strict=True)]
        self.spent += sum(amount)
        self.model.unpaid = [a + b for a, b in zip(self.model.unpaid, amount, strict=True)]

    def pot(self) -> float:
        """Money it has."""
        return sum(max(a, 0.0) for a in self.left)

    def split(self, total: float) -> Money:
        """A common cost shared among payers by what they have left."""
        pot = self.pot()
        return [total * max(a, 0.0) / pot if pot > 0.0 else 0.0 for a in self.left]

    def promised(self) -> Money:
        """Money still owed to projects it funds, by country."""
        owed = [0.0] * len(self.model.countries)
        for project in self.model.projects:
            if project.programme == self.name:
                quarters = max(0, project.paid_until - self.model.quarter) if project.active else self.plan.quarters
                for i, cost, covered in zip(project.members, project.cost, project.covered, strict=True):
                    owed[i.country.row] += covered * cost * i.weight * quarters
        return owed
