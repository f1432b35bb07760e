"""Ministries review their programmes once a year (sim/review.py); countries of similar structure (sim/benchmarking.py)."""

import math
from typing import Any
from zlib import crc32

from tests.reference.draws import bits, normal, open_unit
from tests.reference.people import Country
from tests.reference.programme import Programme

CLIP = 2.0


def review(model: Any) -> None:
    """Every country divides its money anew, as the rule says; whom programmes served is forgotten."""
    age = model.quarter - model.opens
    if age <= 0 or age % 4:
        return
    p = model.behaviour.review
    programmes = [each for each in model.open_programmes() if is_reviewed(each)]
    copied = {c: part_copied(model, c) for c in model.countries}
    if programmes and (p.rule != "fixed" or any(copied.values())):
        reports = {c: Report(model, c, programmes) for c in model.countries}
        shares = {c: reports[c].shares() for c in model.countries}
        if p.rule != "fixed":
            shares = {c: reports[c].rewarded(shares[c]) for c in model.countries}
        learned = {c: learn(model, c, reports, shares, copied[c]) for c in model.countries}
        for c in model.countries:
            reports[c].write(learned[c])
    for programme in model.programmes.values():
        programme.served = set()


def is_reviewed(programme: Programme) -> bool:
    """Do ministries decide on it?"""
    plan = programme.plan
    standing = plan.start < 0 or bool(plan.residual_of) or plan.free
    return not standing and programme.key_of_pool is None and programme.base is not None


def offered(model: Any, c: Country, name: str) -> float:
    """Sum of a number of the running programmes that c pays for, at most 1."""
    running = [each for each in model.open_programmes() if each.running and c.iso in each.payers()]
    return min(1.0, sum(getattr(each.plan, name, 0.0) for each in running))


def part_copied(model: Any, c: Country) -> float:
    """What part of another country's mix it copies."""
    p = model.behaviour.review
    return max(offered(model, c, "review_copies"), p.copied if p.rule == "learning" else 0.0) if c.policy else 0.0


class Report:
    """What a country sees of its programmes."""

    def __init__(self, model: Any, c: Country, programmes: list[Programme]) -> None:
        self.p, self.c, self.programmes = model.behaviour.review, c, programmes
        self.money, true = [], []
        for each in programmes:
            budget = each.plan.dose * each.base[c.row] if c.iso in each.payers() else 0.0
            self.money.append(budget * each.mix[c.row])
            true.append(gain(model, c, each) / budget if budget > 0.0 else 0.0)
        sizes = [abs(r) for r, m in zip(true, self.money, strict=True) if m > 0.0]
        self.usual = sum(sizes) / len(sizes) if sizes else 0.0
        noise = self.p.noise * (1.0 - offered(model, c, "review_clarity")) * self.usual
        k = model.key("REVIEW")
        errors = [normal(open_unit(bits(k, crc32(each.name.encode()), c.key))) for each in programmes]
        self.seen = [r + noise * z for r, z in zip(true, errors, strict=True)]
        self.total = sum(self.money)
        self.mean = sum(r * m for r, m in zip(self.seen, self.money, strict=True)) / self.total if self.total > 0.0 else 0.0

    def shares(self) -> list[float]:
        """How its money is divided."""
        return [m / self.total if self.total > 0.0 else 0.0 for m in self.money]

    def rewarded(self, shares: list[float]) -> list[float]:
        """How it is divided when money follows results."""
        if self.usual == 0.0:
            return shares
        raw = [
            share * math.exp(self.p.pace * min(CLIP, max(-CLIP, (r - self.mean) / self.usual)))
            for share, r in zip(shares, self.seen, strict=True)
        ]
        least = self.p.floor / sum(m > 0.0 for m in self.money)
        return [least + (1.0 - self.p.floor) * r / sum(raw) if m > 0.0 else 0.0 for r, m in zip(raw, self.money, strict=True)]

    def write(self, shares: list[float]) -> None:
        """Give the programmes these shares of the country's money."""
        for each, share, money in zip(self.programmes, shares, self.money, strict=True):
            if money > 0.0:
                each.mix[self.c.row] *= self.total * share / money


def gain(model: Any, c: Country, programme: Programme) -> float:
    """(Innovations a year of those served - of those who qualified and were not) x those served."""
    served = {i for project in model.projects if project.programme == programme.name for i in project.members}
    served |= {i for i in model.organisations if i.id in programme.served}
    groups = ([], [])  # type: ignore[var-annotated]
    for i in model.at_home(c):
        if i in served or programme.name in i.eligible:
            groups[i in served].append(i)
    if not all(groups):
        return 0.0
    others, mine = (sum(i.innovations_year for i in group) / len(group) for group in groups)
    return (mine - others) * len(groups[1]) * c.weight


def learn(model: Any, c: Country, reports: Any, shares: Any, part: float) -> list[float]:
    """Its shares after it copied a part of those of the country most like it, if that one sees more for its money."""
    both = {d: [m > 0.0 and n > 0.0 for m, n in zip(reports[c].money, reports[d].money, strict=True)] for d in reports if d is not c}
    others = [d for d in both if d.policy and sum(both[d]) > 1]
    if part == 0.0 or not others:
        return shares[c]
    like = min(others, key=lambda d: (distance(model, c, d), d.key))
    if reports[like].mean <= reports[c].mean:
        return shares[c]
    own, theirs = (sum(share for share, common in zip(shares[d], both[like], strict=True) if common) for d in (c, like))
    return [
        (1.0 - part) * mine + part * own * other / theirs if common else mine
        for mine, other, common in zip(shares[c], shares[like], both[like], strict=True)
    ]


def distance(model: Any, a: Country, b: Country) -> float:
    """How far two countries are apart in structure."""
    columns = [structure(c) for c in model.countries]
    gaps = []
    for n, (x, y) in enumerate(zip(structure(a), structure(b), strict=True)):
        values = [column[n] for column in columns]
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
        gaps.append(((x - y) / spread) ** 2 if spread > 0.0 else 0.0)
    one, other = sector_shares(model, a), sector_shares(model, b)
    sectors = 0.5 * sum(abs(x - y) for x, y in zip(one, other, strict=True))
    return math.sqrt(sum(gaps) / len(gaps) + model.behaviour.review.sectors * sectors**2)


def structure(c: Country) -> list[float]:
    """What policy does not change from one year to the next."""
    return [math.log(c.wage), math.log(c.organisations), c.gerd / c.gdp, c.berd / c.gerd, c.ict, c.basic, c.efficiency, c.innovation]


def sector_sales(model: Any, c: Country) -> list[float]:
    """What its firms sell by sector."""
    sales = [0.0] * len(model.sector_names)
    for i in model.at_home(c):
        if i.is_firm:
            sales[i.sector] += i.sales_mean * i.weight
    return sales


def sector_shares(model: Any, c: Country) -> list[float]:
    """Shares of the sectors in them."""
    sales = sector_sales(model, c)
    return [s / sum(sales) if sum(sales) > 0.0 else 0.0 for s in sales]
