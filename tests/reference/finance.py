"""Phase 7, finance: firms' money, everybody's R&D, the price of research, programmes' payments (sim/finance.py, sim/lending.py,
agents/investment.py)."""

import math
from typing import Any

from tests.reference.draws import bits, normal, open_unit, unit
from tests.reference.instruments import PAY
from tests.reference.people import Organisation
from tests.reference.programme import NOTHING


def finance(model: Any) -> None:
    """One quarter of money."""
    prices = {c.row: c.research_price for c in model.countries}
    for i in model.organisations:
        if i.is_firm:
            run_firm(model, i, prices[i.country.row])
        else:
            run_science(model, i)
        i.awarded += i.project_grant + i.subsidy + i.cash_given + i.soft_interest + i.interest_relief + i.foregone
    for c in model.countries:
        settle_country(model, c)
    for programme in model.paying_programmes():
        if programme.kind in PAY:
            PAY[programme.kind](model, programme)
    for c in model.countries:
        rate = c.tax + c.surcharge
        tax = sum(i.tax_paid * i.weight for i in model.at_home(c))
        model.tax_base[c.row] = tax / rate if rate > 0.0 else 0.0
        model.unpaid[c.row] -= model.tax_base[c.row] * c.surcharge


def run_science(model: Any, i: Organisation) -> None:
    """Science spends what it is given, all of it public."""
    i.research = max(0.0, i.sales + i.project_grant + i.cash_given + i.untargeted - i.contribution)
    i.soft_interest = i.foregone = 0.0
    i.research_public = i.research
    i.research_mean += model.behaviour.market.smoothing * (i.research - i.research_mean)


def run_firm(model: Any, i: Organisation, price: float) -> None:
    """A firm sells, pays, does R&D as it wants and can, borrows, pays tax, instalments and owners."""
    p = model.behaviour.finance
    mean, debt = i.sales_mean, i.debt
    operating = operating_cost(model, i)
    rate = loan_rate(model, i)
    i.soft_interest = 0.25 * min(i.soft_relief, rate) * i.soft_debt
    interest = 0.25 * rate * debt - i.soft_interest - i.interest_relief
    dues = p.dues * mean if i.cluster is not None and i.cluster.founded else 0.0
    fees = interest + i.private_cost + dues + i.entry_cost + i.contribution
    spent = operating + p.working_capital * i.growth + fees
    support = i.cash_given + i.untargeted
    liquid = max(0.0, i.cash + i.sales + support - spent - p.instalment * debt - p.buffer * mean)
    credit = credit_line(model, i)
    do_research(model, i, price, liquid + i.project_grant, credit)
    i.staff = mean / i.country.wage
    public = i.subsidy + i.project_grant
    i.research_public = min(i.research, public + support)
    borrowed = max(0.0, i.research - public - liquid)
    earned = i.sales - operating - fees - (i.research - i.research_public)
    i.tax_paid = (i.country.tax + i.country.surcharge) * max(0.0, earned)
    i.foregone = min(i.tax_relief * i.country.tax * max(0.0, earned), i.tax_relief_cap)
    tax = i.tax_paid - i.foregone
    i.profit = earned - tax
    before = i.cash + i.sales + support + public + borrowed - spent - i.research - tax - p.instalment * debt
    spare = p.payout * max(0.0, before - p.target * mean)
    extra = min(spare, debt - p.instalment * debt)  # old debt comes before owners
    i.cash = before - spare
    move_debt(i, borrowed, extra, 1.0 - p.instalment)


def loan_rate(model: Any, i: Organisation) -> float:
    """Interest on its bank debt, a year."""
    return float(i.country.policy_rate + i.country.rate_rise + model.behaviour.finance.loan_spread)


def move_debt(i: Organisation, borrowed: float, extra: float, kept: float) -> None:
    """Soft loans are taken up first and repaid early last; of other new loans a share is guaranteed."""
    bank, soft = i.debt - i.soft_debt, i.soft_debt
    bank_left = max(0.0, bank * kept - extra)
    soft_left = max(0.0, soft * kept - max(0.0, extra - bank * kept))
    taken = min(i.loan_line, borrowed)
    covered = min(i.guarantee * (borrowed - taken), i.guarantee_cap)
    i.guaranteed = i.guaranteed * bank_left / bank + covered if bank > NOTHING else covered
    i.debt = max(0.0, bank * kept + soft * kept - extra + borrowed)
    i.soft_debt = without_rounding(min(soft_left + taken, i.debt))
    i.guaranteed = without_rounding(min(i.guaranteed, i.debt - i.soft_debt))
    if taken > 0.0:
        i.soft_relief = (soft_left * i.soft_relief + taken * i.loan_relief) / (soft_left + taken)
        i.soft_payer = i.loan_payer
    elif soft == 0.0:
        i.soft_relief, i.soft_payer = 0.0, None
    if covered > 0.0:
        i.guarantor = i.guarantee_payer
    elif i.guaranteed == 0.0:
        i.guarantor = None


def without_rounding(debt: float) -> float:
    """What is left of a debt, unless it is less than a cent."""
    return debt if debt > NOTHING else 0.0


def operating_cost(model: Any, i: Organisation) -> float:
    """What it costs to make and sell: (1 - margin) S + overhead + fixed cost."""
    p, mean, median = model.behaviour.finance, i.sales_mean, model.sales_median
    own = 1.0 + p.own_cover * (i.taste / i.country.taste_normal - 1.0)
    margin = p.margin + own * i.country.cover[i.sector] + p.markup * i.advantage
    margin += p.cost_spread / math.sqrt(i.lines) * normal(open_unit(bits(model.key("MARGIN"), i.id)))
    return (1.0 - margin) * i.sales + p.overhead * mean + p.fixed_cost * median * mean / (mean + median)


def credit_line(model: Any, i: Organisation) -> float:
    """What a bank lends: banks ration by size and debt, less so what somebody guarantees."""
    p, year = model.behaviour.finance, 4.0 * i.sales_mean
    if year <= 0.0:
        return 0.0
    size, lot = i.staff / (i.staff + p.credit_half), unit(bits(model.key("CREDIT"), i.id))
    chance = p.credit_base + p.credit_size * size - p.credit_debt * i.debt / year
    offers = [0.0]
    if lot < chance:
        offers.append(p.line * year * size - i.debt)
    if i.guarantee > 0.0 and lot < chance + i.guarantee * max(0.0, 1.0 - chance):
        eased = size + i.guarantee * (1.0 - size)
        offers.append(min(p.line * year * eased - i.debt, i.guarantee_cap / i.guarantee))
    return max(offers)


def do_research(model: Any, i: Organisation, price: float, own: float, credit: float) -> None:
    """R&D as wanted at its marginal price, as far as money goes; a cheap loan moves those who have to borrow."""
    p, rate, cap = model.behaviour.investment, i.research_rate, i.research_cap

    def wish(base: float) -> float:
        if rate <= 0.0 or cap <= 0.0:
            return base
        return max(base, min(base * max(1.0 - rate, 1e-6) ** -p.price_elasticity, cap / rate))

    def affordable(money: float) -> float:
        if rate <= 0.0 or cap <= 0.0:
            return max(0.0, money)
        return max(0.0, money + cap if rate >= 1.0 else min(money / (1.0 - rate), money + cap))

    base = model.intensity[i.sector] * i.taste * i.sales_mean * price ** (1.0 - p.price_elasticity)
    wanted = wish(base)
    if i.loan_line > 0.0 and wanted > affordable(own):
        worth = i.loan_relief / (4.0 * model.behaviour.finance.instalment)
        wanted = max(wanted, min(wish(base * max(1.0 - worth, 1e-6) ** -p.price_elasticity), affordable(own + i.loan_line)))
    wanted = max(wanted, p.base_part * wanted + i.project_cost)
    i.research = min(wanted, affordable(own + credit + i.loan_line))
    i.constrained = i.research < wanted
    i.subsidy = min(rate * max(0.0, i.research - i.project_grant), cap)
    i.research_mean += model.behaviour.market.smoothing * (i.research - i.research_mean)


def settle_country(model: Any, c: Any) -> None:
    """Firms' smoothed return, and the price of research."""
    firms = [i for i in model.at_home(c) if i.is_firm]
    earned, sold = sum(i.weight * i.profit for i in firms), sum(i.weight * i.sales_mean for i in firms)
    if sold > 0.0:
        pace = model.behaviour.finance.return_smoothing if c.return_rate != 0.0 else 1.0
        c.return_rate += pace * (earned / sold - c.return_rate)
    demand = sum(i.weight * i.research for i in model.at_home(c))
    if demand > 0.0 and c.research_start > 0.0 and c.researchers > 0.0:
        p = model.behaviour.investment
        pressure = demand / c.research_start / (c.researchers / c.researchers_start)
        c.research_price *= (pressure**p.scarcity / c.research_price) ** p.price_adjustment
