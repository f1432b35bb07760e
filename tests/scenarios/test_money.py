"""What an economist would say of loans, guarantees, interest, tax and the policy rate: who is helped, who pays, and who is not moved."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from agents.population import Kind
from scenarios.rate_rise import RateRise
from sim.finance import loan_rate
from sim.programme import YEAR
from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, first_quarter, kept, lived, world_with
from tests.scenarios.money import INDEBTED, STIFF, booked, hard_times, plan, real
from tests.state import differences, state

MONEY = ("concessional_loans", "guarantees", "interest_subsidy", "preferential_tax", "rate_rise")


# concessional loans


def test_a_concessional_loan_lets_a_constrained_firm_do_more_research_and_leaves_the_others_alone():
    helped = 0
    for seed in SEEDS:
        arm, none, more, has_money, short = hard_times(seed, {"concessional_loans": plan("concessional_loans")}, STIFF)
        line, owed = arm.levers.loan_line, arm.population.soft_debt
        assert np.all(more[has_money] == 0.0)
        assert np.all(more[line == 0.0] == 0.0)
        poor = short & (line > 0.0)
        assert np.all((more[poor] > 0.0) & (more[poor] <= line[poor] * (1 + 1e-9)))
        assert np.all(more[poor] <= owed[poor] * (1 + 1e-9))  # and is in debt for it
        still = poor & arm.population.constrained
        assert more[still] == pytest.approx(line[still], rel=1e-9)
        own = (line > 0.0) & has_money & (none.flows.money.borrowed == 0.0)
        assert np.all(owed[own] == 0.0)  # who has own funds takes up nothing
        helped += np.count_nonzero(poor)
    assert helped > 8


def test_a_lower_price_moves_those_who_borrow_and_nobody_else():
    moved = 0
    for seed in SEEDS:
        arm, none, more, has_money, _ = hard_times(seed, {"concessional_loans": plan("concessional_loans", line=1.0)})
        line, borrowed = arm.levers.loan_line > 0.0, none.flows.money.borrowed > 0.0
        assert np.all(more[has_money & ~(line & borrowed)] == 0.0)
        assert np.all(more[has_money & line & borrowed] >= 0.0)
        moved += np.count_nonzero(more[has_money & line & borrowed] > 0.0)
    assert moved > 3


def test_a_concessional_loan_pays_exactly_the_difference_of_interest():
    loans = plan("concessional_loans", dose=0.3, line=0.2)
    paid = 0.0
    for seed in SEEDS[:2]:
        world = world_with(seed, {"concessional_loans": loans})
        for age in range(16):
            people, rate, id = world.population, world.countries.policy_rate, world.population.id.copy()
            owed, due = people.soft_debt.copy(), 0.25 * people.debt * (rate + world.config.behaviour.finance.loan_spread)[people.country]
            assert people.soft_relief[owed > 0.0] == pytest.approx(0.5 * rate[people.country[owed > 0.0]], rel=1e-12)
            difference = 0.25 * 0.5 * rate[people.country] * owed
            expected = real(world, difference)
            step(world)
            assert booked(world, "concessional_loans", "interest_subsidy", world.quarter - 1) == pytest.approx(expected, rel=1e-9, abs=1e-9)
            flow = world.flows.money
            own = flow.interest - flow.soft_interest
            assert own[flow.sales > 0.0] == pytest.approx((due - difference)[flow.sales > 0.0], rel=1e-9, abs=1e-12)
            kept_up = (1.0 - world.config.behaviour.finance.instalment) * owed + np.minimum(world.levers.loan_line, flow.borrowed)
            assert np.all((people.soft_debt <= kept_up * (1 + 1e-9))[people.id == id])  # it is repaid like any debt
            running = world.programmes["concessional_loans"]
            assert np.all(running.left >= loans.owes(world, running) * (1 - 1e-9))  # whatever comes, the money is there
            assert np.all((people.soft_debt >= 0.0) & (people.soft_debt <= people.debt))
            paid += float(expected.sum()) if age >= 8 else 0.0
    assert paid > 0.0  # after the end too


# guarantees


def test_a_guarantee_helps_the_rationed_and_nobody_else_in_its_quarter():
    helped = 0
    for seed in SEEDS:
        arm, none, more, has_money, short = hard_times(seed, {"guarantees": plan("guarantees")})
        covered = arm.levers.guarantee > 0.0
        assert np.all(more[has_money] == 0.0)
        assert np.all(more[~covered] == 0.0)
        assert np.all(more[short & covered] >= 0.0)
        gain = short & covered & (more > 0.0)
        flows = arm.flows.money, none.flows.money
        extra = flows[0].borrowed - flows[1].borrowed
        assert more[gain] == pytest.approx(extra[gain], rel=1e-9)  # it is all borrowed
        guaranteed = arm.population.guaranteed[covered & (arm.population.alive)]
        new = np.minimum(0.5 * flows[0].borrowed, arm.levers.guarantee_cap)[covered & (arm.population.alive)]
        assert guaranteed == pytest.approx(new, rel=1e-9, abs=1e-7)
        helped += np.count_nonzero(gain)
    assert helped > 10


@pytest.mark.parametrize("reserve", [0.01, 1.0])
def test_losses_called_never_exceed_the_reserve(reserve):
    """Banks that lend too much, and firms that leave because of it: a full reserve pays all that was guaranteed, a thin one less."""
    harsh = ("behaviour.turnover.exit_debt=0.12", *INDEBTED)
    called, lost = 0.0, 0.0
    for seed in SEEDS[:2]:
        guarantees = plan("guarantees", reserve=reserve, share=0.8, line=0.3, dose=0.3 if reserve == 1.0 else 0.002)
        world = world_with(seed, {"guarantees": guarantees}, harsh)
        running = world.programmes["guarantees"]
        for _ in range(12):
            step(world)
            left, now = world.flows.left, booked(world, "guarantees", "guarantee_called", world.quarter - 1)
            assert np.all(running.left >= -1e-9)
            guaranteed = np.zeros(len(now))
            short = np.where(left["debt"] > 0.0, 1.0 - np.maximum(left["cash"], 0.0) / np.maximum(left["debt"], 1e-12), 0.0)
            np.add.at(guaranteed, left["country"], np.maximum(short, 0.0) * left["guaranteed"] * world.countries.weight[left["country"]])
            assert np.all(now <= guaranteed * (1 + 1e-9) + 1e-12)
            called, lost = called + float(now.sum()), lost + float(guaranteed.sum())
        assert running.spent <= running.arrived * (1 + 1e-9)
    assert called > 0.0
    assert called == pytest.approx(lost) if reserve == 1.0 else called < 0.9 * lost


# interest of firms with projects across borders


def parts_abroad(world: World) -> np.ndarray:
    """Cost of a firm's parts in running projects of two countries or more, f8 (rows,)."""
    projects, parts = world.projects, np.zeros(world.population.capacity)
    for n in np.flatnonzero(projects.status == 2):
        members = projects.members[n, : projects.size[n]]
        if len(set(world.population.country[members].tolist())) > 1:
            np.add.at(parts, members, projects.cost[n, : projects.size[n]])
    return parts


def test_an_interest_subsidy_pays_only_firms_with_projects_across_borders():
    subsidy = plan("interest_subsidy", share=0.5, quarters=8.0)
    paid = 0
    for seed in SEEDS:
        arm, none = world_with(seed, {"interest_subsidy": subsidy}, INDEBTED), world_with(seed, {}, INDEBTED)
        people, parts = arm.population, parts_abroad(arm)
        rate = loan_rate(arm.countries, arm.levers, arm.config.behaviour.finance)[people.country]
        due = np.where(people.kind == Kind.FIRM, 0.5 * 0.25 * rate * np.minimum(people.debt, 8.0 * parts), 0.0)
        expected = real(arm, due)
        step(arm)
        step(none)
        flow = arm.flows.money
        assert flow.interest_relief == pytest.approx(due, rel=1e-9, abs=1e-12)
        assert np.all(flow.interest_relief <= flow.interest * (1 + 1e-12))
        assert booked(arm, "interest_subsidy", "interest_subsidy") == pytest.approx(expected, rel=1e-9, abs=1e-12)
        others = (flow.interest_relief == 0.0) & (flow.sales > 0.0)
        assert np.all(flow.closing[others] == none.flows.money.closing[others])
        more = flow.research - none.flows.money.research
        assert (kept(arm, none) + more)[flow.sales > 0.0] == pytest.approx(due[flow.sales > 0.0], rel=1e-6, abs=1e-9)
        paid += np.count_nonzero(due)
    assert paid > 5


# tax


def test_foregone_tax_is_booked_to_the_cent_and_equals_what_firms_keep():
    """The money comes after the quarter's research: nobody does more of it yet, and who made no profit keeps nothing."""
    favoured = 0
    for seed in SEEDS:
        arm, none, more, *_ = first_quarter(seed, {"preferential_tax": plan("preferential_tax")})
        flow = arm.flows.money
        gain = kept(arm, none)
        assert np.all(more == 0.0)
        assert gain == pytest.approx(flow.foregone, rel=1e-6, abs=1e-9)
        assert np.all(flow.foregone <= flow.tax)
        assert np.all(flow.foregone <= arm.levers.tax_relief_cap)
        assert np.all(flow.foregone[flow.tax == 0.0] == 0.0)
        # cent for cent, of those too who have left since
        blocks = zip(arm.countries.start, arm.countries.stop, arm.countries.weight, strict=True)
        sums = [float(flow.foregone[start:stop].sum()) * weight for start, stop, weight in blocks]
        assert booked(arm, "preferential_tax", "foregone_tax") == pytest.approx(sums, rel=1e-9, abs=1e-8)
        favoured += np.count_nonzero(flow.foregone)
    assert favoured > 50


def test_tiers_add_up():
    """With money for all, what the tiers forgive together is the sum of what each forgives alone."""
    tiers = ("base", "innovative", "trading")
    for seed in SEEDS[:2]:
        foregone = {}
        for name in (*tiers, "all"):
            shares = {tier: 0.25 if name in (tier, "all") else 0.0 for tier in tiers}
            world = world_with(seed, {"preferential_tax": plan("preferential_tax", most=0.1, **shares)})
            innovative = (world.population.innovations_year > 0) & world.population.alive
            step(world)
            foregone[name] = world.flows.money.foregone
            if name == "innovative":
                assert np.all(innovative[foregone[name] > 0.0])
        assert all(np.any(foregone[tier] > 0.0) for tier in tiers)
        assert foregone["all"] == pytest.approx(sum(foregone[tier] for tier in tiers), rel=1e-9, abs=1e-12)


# the policy rate, and partnerships


def test_a_rate_rise_makes_the_indebted_poorer_and_nobody_else_in_its_quarter():
    for seed in SEEDS[:2]:
        arm, none = world_with(seed, {"rate_rise": plan("rate_rise", rise=0.08)}, INDEBTED), world_with(seed, {}, INDEBTED)
        debt = arm.population.debt.copy()
        step(arm)
        step(none)
        flow, same = arm.flows.money, none.flows.money
        assert flow.interest - same.interest == pytest.approx(0.25 * 0.08 * debt, rel=1e-9, abs=1e-12)
        loss = -(kept(arm, none) + flow.research - same.research)
        assert loss == pytest.approx(0.25 * 0.08 * debt, rel=1e-6, abs=1e-9)
        without = (debt == 0.0) & (flow.sales > 0.0)
        assert 0 < np.count_nonzero(without) < np.count_nonzero(flow.sales)
        assert np.all(flow.closing[without] == same.closing[without])
        assert np.all(flow.research[without] == same.research[without])
        lived(arm, 8)
        assert not np.any(arm.levers.policy_rate)  # it is over


class Toll(RateRise):
    """A partnership that takes 0.01 from every second organisation."""

    def prepare(self, world: World, programme: Any) -> None:
        world.levers.contribution[:] = np.where(world.population.alive & (world.population.id % 2 == 0), 0.01, 0.0)


def test_contributions_to_partnerships_really_are_paid():
    plain = plan("rate_rise")
    toll = Toll(**{field.name: getattr(plain, field.name) for field in fields(plain)})
    for seed in SEEDS[:2]:
        arm, none, more, *_ = first_quarter(seed, {"toll": toll})
        flow, share = arm.flows.money, arm.levers.contribution
        firm = flow.sales > 0.0
        assert -(kept(arm, none) + more)[firm] == pytest.approx(share[firm], rel=1e-6, abs=1e-9)
        people = arm.population
        science = people.alive & (people.kind != Kind.FIRM)
        less = none.population.research - people.research
        assert less[science] == pytest.approx(share[science], rel=1e-9, abs=1e-12)
        assert np.count_nonzero(share[science]) > 10


# all of them


@pytest.mark.parametrize("name", MONEY)
def test_a_dose_of_nil_and_null_values_are_the_baseline_bit_for_bit(name):
    nulls = {
        "concessional_loans": {"rate_share": 1.0}, "guarantees": {"share": 0.0}, "interest_subsidy": {"share": 0.0},
        "preferential_tax": {"base": 0.0, "innovative": 0.0, "trading": 0.0}, "rate_rise": {"rise": 0.0},
    }[name]  # fmt: skip
    none = world_with(1)
    lived(none, 6)
    for changes in ({"dose": 0.0}, nulls):
        arm = world_with(1, {name: plan(name, **changes)})
        lived(arm, 6)
        assert differences(state(arm, []), state(none, [])) == []
        assert arm.programmes[name].spent == 0.0


def test_a_firm_has_one_lender_and_one_guarantor_and_no_more_debt_on_terms_than_debt():
    twice = {
        "loans": plan("concessional_loans", dose=0.2), "more_loans": plan("concessional_loans", dose=0.2, rate_share=0.2),
        "guarantees": plan("guarantees", dose=0.2), "more_guarantees": plan("guarantees", dose=0.2, share=0.8),
        "tax": plan("preferential_tax", dose=0.05), "interest": plan("interest_subsidy"), "rise": plan("rate_rise", start=2),
    }  # fmt: skip
    world = world_with(1, twice, INDEBTED)
    lenders, last = {}, world.opens + 2 * YEAR
    while world.quarter < last:
        step(world)
        people = world.population
        soft = people.soft_debt > 0.0
        assert np.all(people.soft_debt + people.guaranteed <= people.debt * (1 + 1e-12))
        for id, payer in zip(people.id[soft].tolist(), people.soft_payer[soft].tolist(), strict=True):
            assert lenders.setdefault(id, payer) == payer or not people.soft_debt[people.id == id]
        lenders = {id: lenders[id] for id in people.id[soft].tolist()}
        assert np.all(people.soft_payer[soft] >= 0)
        assert np.all(people.guarantor[people.guaranteed > 0.0] >= 0)
    assert len(set(lenders.values())) == 2
