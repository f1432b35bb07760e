import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.investment import affordable_research, move_prices, wanted_research, wanted_with_loan
from agents.parameters import as_record
from tests.sim.toy_economy import shipped

money = st.floats(0.0, 100.0)
share = st.floats(0.0, 0.95)


def test_an_uncapped_subsidy_acts_through_the_marginal_price():
    assert wanted_research(10.0, 0.5, 1e9, 1.0) == pytest.approx(20.0)
    assert wanted_research(10.0, 0.5, 1e9, 0.0) == pytest.approx(10.0)


def test_a_binding_cap_leaves_wanted_research_alone():
    assert wanted_research(10.0, 0.5, 1.0, 1.0) == 10.0


def test_at_the_kink_a_firm_stops_where_the_cap_is_reached():
    assert wanted_research(10.0, 0.5, 8.0, 1.0) == pytest.approx(16.0)


@given(base=st.floats(0.01, 100.0), rate=share, cap=money, more=st.floats(0.0, 10.0), elasticity=st.floats(0.0, 2.0))
def test_wanted_research_never_falls_with_the_cap(base, rate, cap, more, elasticity):
    less = wanted_research(base, rate, cap, elasticity)
    assert base <= less <= wanted_research(base, rate, cap + more, elasticity)


@given(funds=money, rate=share, cap=money)
def test_affordable_research_uses_all_funds_and_no_more(funds, rate, cap):
    research = affordable_research(funds, rate, cap)
    assert research - min(rate * research, cap) == pytest.approx(funds, abs=1e-9)


def test_full_rate_is_bounded_by_the_cap():
    assert affordable_research(3.0, 1.0, 2.0) == 5.0


def test_prices_move_towards_scarcity_and_rest_without_it():
    price = np.array([1.0, 1.0, 1.0])
    p = shipped("investment")
    for _ in range(400):
        move_prices(price, np.array([2.0, 1.0, 0.0]), np.ones(3), np.ones(3), np.ones(3), as_record(p))
    assert price == pytest.approx([2.0**p.scarcity, 1.0, 1.0])
    start = np.ones(1)
    move_prices(start, np.array([2.0]), np.ones(1), np.ones(1), np.ones(1), as_record(shipped("investment", scarcity=0.0)))
    assert start[0] == 1.0


def test_a_concessional_line_moves_only_who_has_to_borrow():
    assert wanted_with_loan(10.0, 10.0, 10.0, 0.0, 0.0, 5.0, 0.2, 1.0) == 10.0
    assert wanted_with_loan(10.0, 10.0, 9.0, 0.0, 0.0, 5.0, 0.2, 1.0) == pytest.approx(12.5)
    assert wanted_with_loan(10.0, 10.0, 9.0, 0.0, 0.0, 5.0, 0.2, 0.0) == 10.0
    assert wanted_with_loan(10.0, 10.0, 9.0, 0.0, 0.0, 5.0, 0.0, 1.0) == 10.0


def test_the_price_is_lower_as_far_as_the_line_goes():
    assert wanted_with_loan(10.0, 10.0, 9.0, 0.0, 0.0, 2.0, 0.5, 1.0) == 11.0
    assert wanted_with_loan(10.0, 10.0, 3.0, 0.0, 0.0, 2.0, 0.5, 1.0) == 10.0


@given(base=st.floats(0.01, 100.0), own=money, rate=share, cap=money, line=money, worth=share, elasticity=st.floats(0.0, 2.0))
def test_a_line_never_makes_a_firm_want_less_or_more_than_it_could_pay_or_wanted(base, own, rate, cap, line, worth, elasticity):
    without = wanted_research(base, rate, cap, elasticity)
    wanted = wanted_with_loan(base, without, own, rate, cap, line, worth, elasticity)
    assert without <= wanted <= max(without, affordable_research(own + line, rate, cap))
