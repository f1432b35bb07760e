"""Levers: every instrument has them, what they say is declared, and what they show may be pulled."""

from dataclasses import fields

import pytest

from scenarios import INSTRUMENTS
from sim.config_check import ConfigError
from sim.explorer.levers import Lever, hint, idle, outside, panel, panels, price, standing, waiting
from sim.explorer.session import Session
from sim.explorer.words import Words
from sim.timetable import Entry
from tests.scenarios.contract import NAMES
from tests.sim.explorer.sessions import session
from tests.sim.explorer.test_words import CITED, LATIN


@pytest.fixture(scope="module")
def one() -> Session:
    return session("grants")


def lever(session: Session, name: str, field: str) -> Lever:
    found = panel(session, name)
    return next(each for each in (*found.levers, *found.details) if each.field == field)


def test_every_kind_and_every_shipped_instrument_has_a_panel(one: Session) -> None:
    found = panels(one)
    assert {each.name for each in found} == set(NAMES)
    assert {each.kind for each in found} == set(INSTRUMENTS)
    assert [each.name for each in found if each.preset] == [each.name for each in found][: sum(each.preset for each in found)]
    assert {each.name for each in found if each.preset} == one.plan.policy.instrument.keys() - {"residual_cash"}
    assert all(each.label and each.source and each.about for each in found)


def test_every_instrument_has_dose_dates_payers_and_target(one: Session) -> None:
    for each in panels(one):
        has = [lever.field for lever in each.levers]
        wanted = ["dose", "start", "end", "payers", "target.countries", "target.sectors", "target.kinds", "target.cluster_stages"]
        assert has == [field for field in wanted if field != "payers" or not each.free]


def test_what_a_lever_says_of_its_number_is_declared(one: Session) -> None:
    for each in panels(one):
        declared = {field.name: field.metadata.get("number") for field in fields(INSTRUMENTS[each.kind])}
        for lever in (*each.levers, *each.details):
            if "." not in lever.field:
                assert lever.number is declared[lever.field]
            low, high = lever.shown
            if lever.number is not None:
                assert lever.number.low <= low < high <= lever.number.high
                assert lever.number.low <= lever.value <= lever.number.high
                assert lever.number.unit is not None
                assert lever.number.source
    numbers = {lever.field for lever in panel(one, "matchmaking").details}
    assert {"event_cost", "places", "overhead", "delay", "target.staff_min"} <= numbers
    assert "awareness" not in numbers


def test_a_panel_in_russian_has_no_english_but_who_is_cited(one: Session) -> None:
    words = Words("ru")
    for each in panels(one):
        shown = [
            words.name("instrument", each.name, each.label), words.name("about", each.kind, each.about),
            words.name("source", each.source, each.source), *(words.of("lever", lever.field) for lever in (*each.levers, *each.details)),
            *(hint(lever.number, words) for lever in (*each.levers, *each.details) if lever.number is not None),
        ]  # fmt: skip
        for text in shown:
            assert set(LATIN.findall(text)) <= CITED, (each.name, text)


def test_every_lever_may_be_pulled_to_where_it_stands_and_nothing_changes(one: Session) -> None:
    everything = {lever.key: lever.value for each in panels(one) for lever in (*each.levers, *each.details)}
    other = session("grants", timetable=(Entry(at=0, set=everything),))
    assert panels(other) == tuple(panels(one))


def test_every_option_may_be_chosen(one: Session) -> None:
    for field in ("payers", "target.countries", "target.sectors", "target.kinds", "target.cluster_stages"):
        chosen = lever(one, "vouchers", field)
        assert chosen.number is None
        assert chosen.options
        for option in chosen.options:
            session(timetable=(Entry(at=1, set={chosen.key: [option]}),))
    assert lever(one, "vouchers", "payers").options == ("RUS", "BLR", "KAZ", "ARM", "KGZ")


def test_a_lever_shows_what_holds_in_the_next_quarter_and_what_waits() -> None:
    here = session("grants")
    assert lever(here, "grants", "dose").value == panel(here, "grants").usual == 0.03
    assert lever(here, "vouchers", "dose").value == 0.0
    here.run(2)
    here.pull("instrument.vouchers.dose", 0.02)
    here.pull("instrument.vouchers.payers", ["BLR"])
    here.pull("instrument.grants.dose", 0.07, now=False)
    here.pull("instrument.grants.target.kinds", ["firm", "institute"], now=False)
    assert waiting(lever(here, "grants", "dose"), Words("ru")) == "0,07"
    assert waiting(lever(here, "grants", "target.kinds"), Words("ru")) == "фирма, институт"
    assert (lever(here, "vouchers", "dose").value, lever(here, "vouchers", "payers").value) == (0.02, ["BLR"])
    assert (lever(here, "grants", "dose").value, lever(here, "grants", "dose").waiting) == (0.03, 0.07)
    here.restart()
    assert (lever(here, "grants", "dose").value, lever(here, "grants", "dose").waiting) == (0.07, None)
    assert lever(here, "vouchers", "dose").value == 0.0  # it begins in quarter 2 again
    here.run(2)
    assert lever(here, "vouchers", "dose").value == 0.02
    assert standing(here, "vouchers").payers == ("BLR",)


def test_a_panel_says_whether_it_is_off_waits_is_open_or_over() -> None:
    here = session("grants")
    assert (panel(here, "grants").state, panel(here, "vouchers").state) == ("open", "off")
    here.pull("instrument.vouchers.start", 3)
    here.pull("instrument.vouchers.dose", 0.02)
    for _ in range(3):
        assert panel(here, "vouchers").state == "waits"
        here.step()
        assert here.policy.programmes["vouchers"].offered == 0.0
    assert panel(here, "vouchers").state == "open"
    here.run()
    assert (panel(here, "grants").state, panel(here, "vouchers").state) == ("over", "over")


def test_the_price_of_a_dose_is_what_is_offered_when_it_is_pulled() -> None:
    here = session("status_quo")
    here.run(3)
    here.pull("instrument.vouchers.target.countries", ["RUS", "BLR"])
    here.pull("instrument.vouchers.payers", ["RUS", "BLR"])
    asked = price(here, "vouchers")
    assert set(asked) == {"RUS", "BLR"}
    here.pull("instrument.vouchers.dose", 0.04)
    here.step()
    assert here.policy.programmes["vouchers"].offered == pytest.approx(0.04 * sum(asked.values()) / 4.0, rel=1e-12)


def test_a_programme_that_exists_began_before_the_opening_and_goes_on_after_the_end(one: Session) -> None:
    words = Words("en")
    assert outside(lever(one, "national_grants", "start"), words) == "before the opening"
    assert outside(lever(one, "national_grants", "end"), words) == "after the end"
    assert [outside(lever(one, "grants", field), words) for field in ("start", "end", "dose")] == ["", "", ""]


def test_a_world_is_its_own_twin_until_something_is_set() -> None:
    here = session("status_quo")
    assert idle(here)
    here.step()
    assert idle(here)
    here.pull("instrument.vouchers.dose", 0.02, now=False)
    assert not idle(here)
    here = session("status_quo")
    here.pull("instrument.vouchers.dose", 0.02)
    assert not idle(here)
    assert not any(idle(session(preset)) for preset in ("grants", "no_policy", "calendar_2024"))


def test_what_there_is_not_has_no_panel(one: Session) -> None:
    with pytest.raises(KeyError):
        panel(one, "grnts")
    with pytest.raises(ConfigError):
        one.pull("instrument.residual_cash.residual_of", ["grnts"])
