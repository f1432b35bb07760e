from dataclasses import replace

import pytest

from sim.config_check import ConfigError
from sim.experiments.design import Point
from sim.experiments.treatment import at_dose, changes, treatments
from sim.timetable import Entry
from tests.sim.experiments.toy_model import ToyConfig, ToyInstrument


def test_own_instruments_share_the_dose_in_the_scenarios_proportions():
    config = ToyConfig({"meet": ToyInstrument(0.3), "pay": ToyInstrument(0.7), "old": ToyInstrument(0.5)})
    scaled = at_dose(config, ("meet", "pay"), Point("mixed", 0.1), factor=2.0)
    assert scaled.instrument["meet"].dose == pytest.approx(0.06)
    assert scaled.instrument["pay"].dose == pytest.approx(0.14)
    assert scaled.instrument["old"] == ToyInstrument(0.5)


def test_a_shock_keeps_its_strength_whatever_the_dose_of_the_money():
    config = ToyConfig({"pay": ToyInstrument(0.3), "shock": ToyInstrument(0.8, free=True)})
    scaled = at_dose(config, ("pay", "shock"), Point("both", 0.1), factor=2.0)
    assert scaled.instrument == {"pay": ToyInstrument(pytest.approx(0.2)), "shock": ToyInstrument(0.8, free=True)}
    alone = ToyConfig({"shock": ToyInstrument(0.8, free=True)})
    assert at_dose(alone, ("shock",), Point("shock", 0.1), factor=2.0) == alone


def test_own_and_residual_instruments_are_those_the_baseline_lacks(design, configs):
    by_point = {t.point: t for t in treatments(design, configs, {Point("grants", 0.03): 1.5})}
    grants = by_point[Point("grants", 0.03)]
    assert (grants.own, grants.residual) == (("grants",), ("rest",))
    assert grants.config.instrument["grants"].dose == pytest.approx(0.045)
    assert grants.config.instrument["rest"].dose == 0.0
    assert by_point[Point("status_quo", 0.0)].config == configs["status_quo"]


def test_zero_dose_takes_all_money_from_what_the_arm_adds(design, configs):
    configs["zero"] = ToyConfig({"grants": ToyInstrument(0.3), "rest": ToyInstrument(0.2, residual_of=("grants",))})
    zero = next(t for t in treatments(design, configs, {}) if t.point.arm == "zero")
    assert all(instrument.dose == 0.0 for instrument in zero.config.instrument.values())


def test_an_arm_without_an_instrument_can_have_no_dose(design, configs):
    configs["grants"] = configs["status_quo"]
    with pytest.raises(ConfigError, match=r"arms\.grants.*doses: \[0\.0\]"):
        treatments(design, configs, {})


def test_changes_name_what_differs_from_the_baseline(configs):
    found = changes(configs["cash"], configs["status_quo"])
    assert found["instrument.cash.dose"] == 1.0
    assert not any(path.startswith("world") for path in found)


def test_a_timetable_may_not_set_a_dose_that_the_experiment_gives(design, configs):
    entries = Entry(at=2, set={"instrument.grants.end": 4}), Entry(at=3, set={"instrument.grants.dose": 0.2})
    configs["grants"] = replace(configs["grants"], timetable=entries[:1])
    assert treatments(design, configs, {})
    configs["grants"] = replace(configs["grants"], timetable=entries)
    with pytest.raises(
        ConfigError, match=r"experiment\.arms\.grants: the timetable of its scenario sets instrument\.grants\.dose; allowed"
    ):
        treatments(design, configs, {})
