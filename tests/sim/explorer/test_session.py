"""A session: what is lived is what `crosscluster run` of the exported file lives; the twin is the same world without the policy."""

import numpy as np
import pytest

from sim.commands.compose import load_config
from sim.config_check import ConfigError
from sim.explorer.levers import panels
from sim.explorer.session import Session
from sim.explorer.setting import Setting, plan, presets, size, worlds
from sim.simulate import result, simulate
from sim.timetable import Entry, in_force
from tests.sim.explorer.sessions import SMALL, session
from tests.state import differences, state

TABLES = ("series", "funnel", "ledger", "starts")
DOSE = "instrument.grants.dose"


def apart(one: Session, other: Session) -> list[str]:
    """What differs between two sessions, in either world."""
    found = []
    for mine, theirs in ((one.policy, other.policy), (one.twin, other.twin)):
        names = sorted(mine.programmes.keys() & theirs.programmes.keys())
        found += differences(state(mine, names), state(theirs, names))
    return found


def same(one: Session, config, seed: int) -> None:
    """The policy world of a session that is over is a run of the configuration, in every number."""
    mine, run = result(one.policy), simulate(config, seed)
    assert run.error is None
    assert mine.outcomes == run.outcomes
    assert all(getattr(mine, name).equals(getattr(run, name)) for name in TABLES)


def pulled(one: Session) -> Session:
    """A session in which somebody plays: pulls now and from a restart, changes the mind, goes on to the end."""
    one.run(2)
    one.pull("instrument.vouchers.dose", 0.05)
    one.pull("instrument.matchmaking.dose", 0.01, now=False)
    one.run(4)
    one.pull("instrument.vouchers.target.countries", ["RUS", "KAZ"])
    one.restart()
    one.run(3)
    one.pull("instrument.national_grants.dose", 0.03)
    one.pull("instrument.national_grants.dose", 0.02)
    one.run(6)
    one.pull("instrument.vouchers.payers", ["KAZ"])
    one.pull("instrument.recession.dose", 0.7)
    one.run()
    return one


def test_a_preset_nobody_touches_is_the_run_of_its_scenario() -> None:
    one = session("meet_then_pay", organisations=None)
    one.run()
    same(one, load_config(["world=demo", "scenario=meet_then_pay"]), 3)


def test_the_twin_is_the_status_quo_of_the_same_world_whatever_is_pulled() -> None:
    quo, other = session("status_quo"), pulled(session("meet_then_pay"))
    quo.run()
    assert differences(state(quo.policy, []), state(other.twin, [])) == []
    assert differences(state(quo.policy), state(quo.twin)) == []
    same(quo, quo.plan.twin, 3)


def test_without_policy_and_at_dose_zero_there_is_no_difference() -> None:
    one = session("status_quo")
    one.run(3)
    one.pull("instrument.platform.dose", 0.0)
    one.run()
    history = one.history()
    for name, policy in history.policy.items():
        assert np.array_equal(policy, history.twin[name], equal_nan=True), name


def test_the_whole_shelf_at_dose_zero_is_no_policy_beside_the_preset() -> None:
    one = session("meet_then_pay")
    nothing = {f"instrument.{name}.dose": 0.0 for name in one.plan.shelf}
    other = session("meet_then_pay", timetable=(Entry(at=0, set=nothing),))
    one.run()
    other.run()
    assert len(other.policy.programmes) == len(one.policy.programmes) + len(nothing)
    assert apart(one, other) == []
    assert result(one.policy).outcomes == result(other.policy).outcomes
    assert one.policy.treasury.ledger == other.policy.treasury.ledger


def test_the_burn_in_is_shared_also_where_programmes_that_exist_are_gone() -> None:
    one = session("no_policy")
    assert differences(state(one.policy, []), state(one.twin, [])) == []
    assert one.quarter == 0
    one.step()
    assert differences(state(one.policy, []), state(one.twin, [])) != []


def test_a_lever_acts_from_the_next_quarter_on() -> None:
    one, other = session(), session()
    one.run(5)
    one.pull(DOSE, 0.3)
    assert one.quarter == 5
    other.run(5)
    assert apart(one, other) == []
    one.step()
    other.step()
    assert one.policy.programmes["grants"].instrument.dose == 0.3
    assert apart(one, other) != []
    at = one.history().quarters
    mine, theirs = (each.history().curve("public_paid").policy for each in (one, other))
    assert np.array_equal(mine[at < 5], theirs[at < 5])
    assert mine[-1] != theirs[-1]


def test_a_lever_may_wait_for_a_restart() -> None:
    one, other = session(), session(timetable=(Entry(at=0, set={DOSE: 0.3}),))
    one.run(3)
    one.pull(DOSE, 0.2)
    one.pull(DOSE, 0.3, now=False)
    assert one.waiting == {DOSE: 0.3}
    one.run(6)
    assert one.policy.programmes["grants"].instrument.dose == 0.2
    one.restart()
    assert (one.quarter, one.waiting, one.timetable) == (0, {}, (Entry(at=0, set={DOSE: 0.3}),))
    one.run(6)
    other.run(6)
    assert apart(one, other) == []


def test_back_to_start_plays_the_same_film_again() -> None:
    one, other = pulled(session()), pulled(session())
    timetable, history = one.timetable, one.history()
    one.back_to_start()
    assert one.quarter == 0
    assert one.before is None
    assert len(one.history().quarters) == 12
    one.run()
    assert np.array_equal(one.history().curve("ties").policy, history.curve("ties").policy)
    assert one.timetable == timetable
    assert apart(one, other) == []


def test_what_is_pulled_now_voids_what_was_planned_for_later() -> None:
    one = session(timetable=(Entry(at=2, set={DOSE: 0.1, "instrument.grants.end": 7}), Entry(at=6, set={DOSE: 0.2})))
    one.run(4)
    one.pull(DOSE, 0.3)
    assert one.timetable == (
        Entry(at=2, set={DOSE: 0.1, "instrument.grants.end": 7}),
        Entry(at=4, set={DOSE: 0.3}),
    )


def test_what_would_be_void_is_told_before_it_is() -> None:
    one = session(timetable=(Entry(at=2, set={DOSE: 0.1}), Entry(at=4, set={DOSE: 0.2}), Entry(at=6, set={DOSE: 0.3})))
    one.run(4)
    assert one.voided(DOSE) == (6,)
    assert one.voided(DOSE, now=False) == (2, 4, 6)
    assert one.voided("instrument.grants.end") == ()
    planned = one.planned(DOSE, 0.4)
    one.pull(DOSE, 0.4)
    assert one.timetable == planned == (Entry(at=2, set={DOSE: 0.1}), Entry(at=4, set={DOSE: 0.4}))
    after = one.planned(DOSE, 0.5, now=False)
    one.pull(DOSE, 0.5, now=False)
    assert one.after_restart == after
    one.restart()
    assert one.timetable == after == (Entry(at=0, set={DOSE: 0.5}),)


def test_what_is_in_force_is_found_once_for_a_quarter_and_its_levers(monkeypatch: pytest.MonkeyPatch) -> None:
    one, asked = session(), []
    monkeypatch.setattr("sim.explorer.session.in_force", lambda *given: asked.append(given) or in_force(*given))
    panels(one)
    panels(one)
    assert len(asked) == 1
    one.pull(DOSE, 0.2)
    assert one.in_force()["grants"].dose == 0.2
    one.step()
    assert one.in_force()["grants"].dose == 0.2
    assert len(asked) == 3


def test_a_refused_pull_changes_nothing() -> None:
    one, other = session(), session()
    one.run(2)
    other.run(2)
    before = one.config
    for key, value, now in (
        (DOSE, 2.0, True), (DOSE, "much", False), ("instrument.grnts.dose", 0.1, True), ("instrument.vouchers.doze", 1, True),
        ("behaviour.search.size", 1, True), ("instrument.grants.payers", ["RSU"], True), ("__import__", 1, True), ("instrument.", 1, False),
    ):  # fmt: skip
        with pytest.raises(ConfigError):
            one.pull(key, value, now)
    assert one.config is before
    assert one.waiting == {}
    one.step()
    other.step()
    assert apart(one, other) == []


def test_after_the_end_nothing_happens_and_levers_wait() -> None:
    one = session()
    one.run()
    assert one.at_end
    assert one.quarter == one.last == 16
    one.step()
    assert one.quarter == 16
    with pytest.raises(ConfigError, match="the run is over after 16 quarters; allowed: from a restart"):
        one.pull(DOSE, 0.1)
    one.pull(DOSE, 0.1, now=False)
    assert one.waiting == {DOSE: 0.1}


def test_another_seed_is_another_luck() -> None:
    assert apart(session(seed=3), session(seed=8)) != []


def test_history_has_every_indicator_by_quarter_and_place() -> None:
    one = session()
    start = one.history()
    assert list(start.quarters) == list(range(-12, 0))
    one.run(4)
    history = one.history()
    assert list(history.quarters) == list(range(-12, 4))
    assert history.places == ("RUS", "BLR", "KAZ", "ARM", "KGZ", "all", "world")
    long = result(one.policy).series.set_index(["indicator", "country", "quarter"])["value"]
    assert set(long.index.get_level_values(0)) == set(history.policy) == set(history.twin)
    for name, values in history.policy.items():
        assert values.shape == (16, 7)
        for column, place in enumerate(history.places):
            if not np.isnan(values[0, column]):
                assert np.array_equal(values[:, column], long[name][place].sort_index().to_numpy()), (name, place)
    with pytest.raises(KeyError):
        history.curve("nonsense")
    with pytest.raises(KeyError):
        history.curve("innovations", "XXX")


def test_the_funnel_is_that_of_the_tables() -> None:
    one = session("matchmaking")
    assert not one.funnel().policy.any()
    one.run(6)
    funnel, table = one.funnel(), result(one.policy).funnel
    last = table[(table["ladder"] == "firm") & (table["quarter"] == 5)].set_index(["channel", "stage"])["value"]
    assert all(
        funnel.policy[c, s] == pytest.approx(last[channel, stage])
        for c, channel in enumerate(funnel.channels)
        for s, stage in enumerate(funnel.stages)
    )
    assert np.any(funnel.policy != funnel.twin)


def test_a_world_has_the_size_that_is_asked_for() -> None:
    assert "demo" in worlds()
    assert presets()["grants"] == "Joint grants, any partners"
    for organisations in (SMALL, 1000):
        made = plan(Setting("demo", "status_quo", 1, organisations))
        assert abs(size(made.policy) - organisations) <= 3
        assert size(made.twin) == size(made.policy)
    assert size(plan(Setting("demo", "status_quo", 1)).policy) == 300


def test_the_shelf_holds_every_instrument_that_the_preset_has_not() -> None:
    made = plan(Setting("demo", "light_industry_cash", 1, SMALL))
    assert made.shelf.keys().isdisjoint(made.policy.instrument)
    assert {"vouchers", "council", "recession", "grants"} <= made.shelf.keys()
    assert all(each.dose == 0.0 and each.start == 0 and each.end == 16 for each in made.shelf.values())
    assert made.shelf["vouchers"].target.sectors == ("light_industry",)  # as the file says: the focus of the preset
    assert made.usual["vouchers"] == 0.03
    assert "residual_cash" not in made.shelf


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (Setting("mars", "grants", 1), "world: found 'mars'; allowed: demo"),
        (Setting("demo", "../../etc/passwd", 1), "preset: found '../../etc/passwd'; allowed: one of"),
        (Setting("demo", "grant", 1), "did you mean 'grants'?"),
        (Setting("demo", "grants,subsidy", 1), "preset: found 'grants,subsidy'; allowed"),
        (Setting("demo", "grants", -1), "seed: found -1; allowed: a whole number from 0"),
        (Setting("demo", "grants", 2**31), "seed: found 2147483648; allowed"),
        (Setting("demo", "grants", True), "seed: found True; allowed"),
        (Setting("demo", "grants", 1, 5), "organisations: found 5; allowed: a whole number from 60"),
        (Setting("demo", "grants", 1, 99.5), "organisations: found 99.5; allowed"),
    ],
)
def test_a_setting_that_names_what_there_is_not_is_refused(setting: Setting, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        plan(setting)
    assert says in str(refused.value)
