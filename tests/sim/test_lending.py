import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.parameters import as_record
from agents.population import NOBODY, Population
from sim.lending import Loans, Offers, bank_credit, interest, saved, seeks_credit, take_and_repay
from tests.sim.toy_economy import shipped

share = st.floats(0.0, 1.0)
staff = st.floats(0.5, 5000.0)
year = st.floats(0.01, 100.0)


def rules(**changes):
    return as_record(shipped("finance", **changes))


@given(lot=share, staff=staff, year=year, part=st.floats(0.0, 2.0), guarantee=share, cap=st.floats(0.0, 10.0))
def test_a_guarantee_never_makes_a_bank_lend_less(lot, staff, year, part, guarantee, cap):
    p = rules()
    alone = bank_credit(lot, staff, year, part * year, 0.0, 0.0, p)
    helped = bank_credit(lot, staff, year, part * year, guarantee, cap, p)
    assert 0.0 <= alone <= helped
    assert guarantee == 0.0 or helped <= max(alone, cap / guarantee * (1 + 1e-12))


def test_a_guarantee_changes_the_decision_by_its_share_and_no_more():
    p = rules(credit_base=0.2, credit_size=0.0, credit_debt=0.0)
    for lot, alone, helped in ((0.1, True, True), (0.3, False, True), (0.59, False, True), (0.61, False, False)):
        assert (bank_credit(lot, 10.0, 1.0, 0.0, 0.0, 0.0, p) > 0.0) == alone
        assert (bank_credit(lot, 10.0, 1.0, 0.0, 0.5, 10.0, p) > 0.0) == helped  # 0.2 + 0.5 (1 - 0.2)


def test_a_firm_without_sales_gets_no_loan():
    assert bank_credit(0.0, 10.0, 0.0, 0.0, 1.0, 10.0, rules()) == 0.0


def firm(**columns):
    people = Population(1)
    for name, value in columns.items():
        getattr(people, name)[0] = value
    return people


def offers(**columns):
    nothing = {name: np.zeros(1) for name in Offers._fields} | {name: np.full(1, 3) for name in ("loan_payer", "guarantee_payer")}
    return Offers(**nothing | {name: np.full(1, value) for name, value in columns.items()})


def test_soft_loans_are_taken_up_first_and_of_the_rest_a_share_is_guaranteed():
    people = firm()
    take_and_repay(0, Loans.of(people), offers(loan_line=2.0, loan_relief=0.04, guarantee=0.5, guarantee_cap=9.0), 5.0, 0.0, 0.0, 0.05)
    assert (people.debt[0], people.soft_debt[0], people.guaranteed[0]) == (5.0, 2.0, 1.5)
    assert (people.soft_relief[0], people.soft_payer[0], people.guarantor[0]) == (0.04, 3, 3)


def test_all_debt_falls_at_one_pace_and_early_repayment_spares_the_soft_loan():
    people = firm(debt=10.0, soft_debt=4.0, soft_relief=0.04, soft_payer=1, guaranteed=3.0, guarantor=2)
    take_and_repay(0, Loans.of(people), offers(), 0.0, 1.0, 0.0, 0.1)
    assert (people.debt[0], people.soft_debt[0], people.guaranteed[0]) == pytest.approx((9.0, 3.6, 2.7))
    take_and_repay(0, Loans.of(people), offers(), 0.0, 0.9 + 6.0, 6.0, 0.1)  # 4.86 of other debt goes first
    assert (people.debt[0], people.soft_debt[0], people.guaranteed[0]) == pytest.approx((2.1, 2.1, 0.0))
    assert (people.soft_payer[0], people.guarantor[0]) == (1, NOBODY)
    take_and_repay(0, Loans.of(people), offers(), 0.0, 2.1, 1.89, 0.1)
    assert people.soft_debt[0] == 0.0
    assert people.soft_payer[0] == 1  # who has still paid this quarter's interest
    take_and_repay(0, Loans.of(people), offers(), 0.0, 0.0, 0.0, 0.1)
    assert people.soft_payer[0] == NOBODY


def test_a_later_soft_loan_at_other_terms_mixes_the_relief():
    people = firm(debt=2.0, soft_debt=2.0, soft_relief=0.02, soft_payer=3)
    take_and_repay(0, Loans.of(people), offers(loan_line=1.0, loan_relief=0.05), 1.0, 0.0, 0.0, 0.0)
    assert people.soft_relief[0] == pytest.approx(0.03)


@given(relief=st.floats(0.0, 0.2), instalment=st.floats(0.01, 1.0))
def test_what_is_set_aside_pays_the_difference_to_the_end(relief, instalment):
    people, paid = firm(debt=1.0, soft_debt=1.0, soft_relief=relief, soft_payer=0), 0.0
    promised = float(saved(people.soft_relief, instalment)[0])
    for _ in range(50):
        paid += float(interest(people, np.array([0.3]))[1][0])
        take_and_repay(0, Loans.of(people), offers(), 0.0, instalment * people.debt[0], 0.0, instalment)
        rest = float((saved(people.soft_relief, instalment) * people.soft_debt)[0])
        assert paid + rest == pytest.approx(promised, rel=1e-9, abs=1e-6)


def test_the_state_bears_no_more_interest_than_there_is():
    due, borne = interest(firm(debt=4.0, soft_debt=4.0, soft_relief=0.1), np.array([0.06]))
    assert due[0] == borne[0] == pytest.approx(0.06)


def test_a_loan_never_repaid_is_worth_nothing_to_ask_for():
    assert saved(np.array([0.05]), 0.0)[0] == 0.0


def test_who_has_money_and_no_debt_seeks_no_credit():
    people = Population(3)
    people.constrained[0], people.debt[1] = True, 1.0
    assert seeks_credit(people).tolist() == [True, True, False]
