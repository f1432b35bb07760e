"""The budget of a session adds up: ledger, programmes' books, payers; and says what the policy costs on top."""

import math

import numpy as np
import pytest

from sim.calendar import YEAR
from sim.explorer.budget import Line, budget, spending
from sim.explorer.levers import panels
from sim.explorer.session import Session
from sim.simulate import result
from sim.treasury import BESIDE
from tests.sim.explorer.sessions import session


def played() -> Session:
    """Six quarters of a preset, with an instrument that begins in between and finds few takers."""
    one = session("meet_then_pay", seed=5)
    one.run(2)
    one.pull("instrument.re_equipment.dose", 0.05)
    one.pull("instrument.national_subsidy.dose", 0.02)
    one.run(7)
    return one


@pytest.fixture(scope="module")
def one() -> Session:
    return played()


def lines(session: Session) -> dict[str, Line]:
    return {line.programme: line for line in budget(session).lines}


def test_nothing_is_spent_before_the_first_quarter() -> None:
    start = budget(session("grants"))
    assert (start.paid, start.paid_twin, start.new) == (0.0, 0.0, 0.0)
    assert all(line.paid == line.arrived == line.private_time == 0.0 for line in start.lines)
    assert all(line.left > 0.0 for line in start.lines)  # of programmes that exist


def test_every_programme_with_money_has_a_line_and_its_sums_are_those_of_the_ledger(one: Session) -> None:
    ledger = result(one.policy).ledger.query("quarter >= 0")
    outlay = ledger[~ledger["kind"].isin(BESIDE)]
    found = lines(one)
    assert {"grants_cross_border", "matchmaking", "national_grants", "platform", "re_equipment", "residual_cash"} <= found.keys()
    assert set(outlay["programme"]) <= found.keys()
    for name, line in found.items():
        mine = outlay[outlay["programme"] == name]
        assert line.paid == pytest.approx(mine["amount"].sum(), abs=1e-6)
        assert line.overhead == pytest.approx(mine[mine["kind"] == "overhead"]["amount"].sum(), abs=1e-6)
        by_payer = mine.groupby("payer")["amount"].sum()
        assert {iso for iso, payer in line.payers.items() if payer.paid > 0.0} == set(by_payer.index)
        assert all(payer.paid == pytest.approx(by_payer.get(iso, 0.0)) for iso, payer in line.payers.items())
        time = ledger[(ledger["programme"] == name) & (ledger["kind"] == "private_time")]["amount"].sum()
        assert line.private_time == pytest.approx(time)
    assert budget(one).paid == pytest.approx(outlay["amount"].sum())
    assert found["national_grants"].private_time > 0.0


def test_money_does_not_vanish(one: Session) -> None:
    """What arrived was paid, is left, lapsed, or was taken over; and what was taken over others lost."""
    before = {name: float(each.left.sum()) for name, each in one.at_opening.items()}
    for name, line in lines(one).items():
        there = before.get(name, 0.0) + line.arrived + line.taken_over
        assert there == pytest.approx(line.paid + line.left + line.lapsed, rel=1e-9, abs=1e-6)
        assert line.left == pytest.approx(sum(payer.left for payer in line.payers.values()), abs=1e-5)
        assert -1e-9 <= line.promised <= line.left + 1e-9
        assert line.arrived <= line.offered * (1.0 + 1e-9)
        if name != "residual_cash":
            to_spend = before.get(name, 0.0) + line.arrived - line.overhead
            assert line.absorbed == pytest.approx((line.paid - line.overhead) / to_spend)
    residual = lines(one)["residual_cash"]
    sources = one.config.instrument["residual_cash"].residual_of
    assert 0.0 < residual.taken_over <= sum(lines(one)[name].lapsed for name in sources) * (1.0 + 1e-9)
    assert residual.offered == residual.arrived == 0.0


def lost(session: Session) -> dict[str, float]:
    """What each programme has lost so far without paying it; below nought, what it got from others."""
    return {name: line.lapsed - line.taken_over for name, line in lines(session).items()}


def stepped(one: Session) -> dict[str, float]:
    """Live a quarter: money may leave a programme unpaid at the end of its year alone, or to one that collects, which gets just that.

    The ledger's lapsed and taken over are what is missing in its sum, so the rules are asked here.  Returns what was handed on.
    """
    before = lost(one)
    there = {name: (each.age(one.policy), each.instrument) for name, each in one.policy.programmes.items()}
    one.step()
    moved = {name: value - before.get(name, 0.0) for name, value in lost(one).items() if abs(value - before.get(name, 0.0)) > 1e-6}
    collects = {name: each.residual_of for name, (age, each) in there.items() if each.residual_of and age % YEAR == YEAR - 1}
    gained = {name: -value for name, value in moved.items() if value < 0.0}
    assert set(gained) <= set(collects)
    given = {name: value for name, value in moved.items() if any(name in sources for sources in collects.values())}
    assert sum(gained.values()) == pytest.approx(sum(given.values()), abs=1e-5)
    for name in moved.keys() - gained.keys() - given.keys():
        age, _ = there[name]
        assert age > 0, name
        assert age % YEAR == 0, name
    return gained


@pytest.mark.parametrize(("preset", "seed"), [("everything_on", 1), ("eaeu_council_free_riding", 2), ("status_quo", 3)])
def test_every_line_adds_up_whatever_is_pulled(preset: str, seed: int) -> None:
    luck, one = np.random.default_rng(seed), session(preset, seed=seed)
    names = [each.name for each in panels(one) if not each.free]
    pulled, handed = luck.choice(one.last, 4, replace=False).tolist(), 0
    for quarter in range(one.last):
        if quarter in pulled:
            for name in luck.choice(names, 3, replace=False):
                one.pull(f"instrument.{name}.dose", float(luck.choice([0.0, luck.uniform(0.0, 0.1)])))
        handed += len(stepped(one))
        for line in budget(one).lines:
            there = line.brought + line.arrived + line.taken_over
            assert there - line.paid - line.lapsed == pytest.approx(line.left, rel=1e-9, abs=1e-6), line.programme
            assert min(line.brought, line.arrived, line.taken_over, line.paid, line.lapsed) >= -1e-9
    assert any(line.brought > 0.0 for line in budget(one).lines)
    assert handed == 0 if preset == "status_quo" else handed > 0


def test_absorbed_is_that_of_the_outcomes() -> None:
    one = session("single_vouchers", seed=5)
    one.run(6)
    assert lines(one)["vouchers"].absorbed == pytest.approx(result(one.policy).outcomes["absorbed"])
    assert math.isnan(lines(one)["residual_cash"].absorbed)


def test_what_is_new_is_the_difference_to_the_twin(one: Session) -> None:
    twin = result(one.twin).ledger.query("quarter >= 0")
    found = budget(one)
    assert found.paid_twin == pytest.approx(twin[~twin["kind"].isin(BESIDE)]["amount"].sum())
    assert found.new == found.paid - found.paid_twin > 0.0
    quo = session("status_quo")
    quo.run(5)
    assert budget(quo).new == 0.0


def test_spending_by_quarter_adds_up_and_begins_when_the_lever_is_pulled(one: Session) -> None:
    found = spending(one)
    assert all(flow.shape == (7,) for flow in found.values())
    assert {name: pytest.approx(flow.sum(), abs=1e-6) for name, flow in found.items()} == {
        name: line.paid for name, line in lines(one).items() if line.paid > 0.0
    }
    assert np.array_equal(found["re_equipment"] > 0.0, [False, False, True, True, True, True, True])
