"""A link restores a session; one from a stranger is bounded, refused in one line, and names nothing that is run or opened."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config_check import ConfigError
from sim.explorer.limits import Limits, Refused, Start, load_limits
from sim.explorer.link import as_query, read, restore
from sim.timetable import Entry
from tests.sim.explorer.sessions import CRADLE, SMALL, session
from tests.state import differences, state

LIMITS = Limits(
    organisations=2000, sessions=3, pages=6, pages_per_address=4, pages_per_browser=2, idle_minutes=10.0, absent_minutes=5.0,
    worlds_at_once=2, fans_at_once=1, quarters_per_second=4.0, changes=6, link_characters=3000, burn_in_megabytes=64.0,
    start=Start(world="demo", preset="grants", seed=1, organisations=SMALL),
)  # fmt: skip
HEAD = f"v=1&world=demo&preset=grants&seed=3&size={SMALL}&q=2"


def refused(query: str) -> str:
    with pytest.raises((ConfigError, Refused)) as error:
        restore(read(query, LIMITS), CRADLE)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 4000
    return str(error.value)


def test_a_link_restores_world_seed_levers_and_quarter() -> None:
    one = session("no_policy", seed=9)
    one.run(2)
    one.pull("instrument.vouchers.dose", 1e-5)
    one.pull("instrument.vouchers.payers", ["KAZ", "RUS"])
    one.pull("instrument.vouchers.target.sectors", [])
    one.run(5)
    one.pull("instrument.vouchers.dose", 0.1 + 0.2)  # not yet lived
    other = restore(read(as_query(one), replace(LIMITS, changes=20)), CRADLE)
    assert (other.setting, other.timetable, other.quarter) == (one.setting, one.timetable, 5)
    assert differences(state(other.policy), state(one.policy)) == []
    assert differences(state(other.twin), state(one.twin)) == []
    one.step()
    other.step()
    assert differences(state(other.policy), state(one.policy)) == []


def test_a_link_is_what_its_docstring_says() -> None:
    timetable = (Entry(at=0, set={"instrument.vouchers.dose": 0.02}), Entry(at=6, set={"instrument.grants.payers": ["BLR", "KAZ"]}))
    query = as_query(session("grants", seed=7, timetable=timetable))
    assert query == f"v=1&world=demo&preset=grants&seed=7&size={SMALL}&q=0&t=0_vouchers.dose%3D0.02*6_grants.payers%3D~BLR~KAZ"
    assert read(query, LIMITS).timetable == timetable
    assert read(query.replace("%3D", "=").replace("~", "%7E"), LIMITS).timetable == timetable


def test_a_world_as_it_is_shipped_and_names_with_signs_go_through_a_link() -> None:
    places = ["Rostov-on-Don", "Saint Petersburg"]
    one = session("status_quo", organisations=None, timetable=(Entry(at=1, set={"instrument.grants.target.places": places}),))
    link = read(as_query(one), LIMITS)
    assert link.setting.organisations is None
    assert link.timetable == one.timetable


def test_a_link_beyond_the_end_of_the_run_is_lived_to_the_end() -> None:
    beyond = read(HEAD.replace("q=2", "q=99999"), LIMITS)
    assert (beyond.quarter, restore(beyond, CRADLE).at_end) == (99999, True)


def test_what_is_somebody_elses_in_a_query_is_left_alone() -> None:
    assert read(f"lang=ru&{HEAD}&lesson=3", LIMITS) == read(HEAD, LIMITS)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "link: found no 'v'; allowed: v, world"),
        ("nonsense", "link: found something that is no query"),
        (HEAD.replace("v=1", "v=2"), "link.v: found '2'; allowed: 1"),
        (f"{HEAD}&seed=4", "link.seed: found it more than once"),
        (HEAD.replace("&seed=3", ""), "link: found no 'seed'; allowed: v, world"),
        (HEAD.replace("seed=3", "seed=3.5"), "link.seed: found '3.5'; allowed: a whole number"),
        (HEAD.replace("seed=3", "seed=٣"), "link.seed: found '٣'"),
        (HEAD.replace("seed=3", "seed=-1"), "seed: found -1; allowed: a whole number from 0"),
        (HEAD.replace("q=2", "q=-1"), "link.q: found -1; allowed: a whole number from 0 on"),
        (HEAD.replace(f"size={SMALL}", "size=2001"), "A world of 2,001 organisations is too large for this server: please choose at"),
        (HEAD.replace(f"size={SMALL}", "size=1"), "organisations: found 1; allowed: a whole number from 60"),
        (HEAD.replace("demo", "../../etc/passwd"), "world: found '../../etc/passwd'; allowed: demo"),
        (HEAD.replace("demo", "demo&world=eaeu"), "link.world: found it more than once"),
        (HEAD.replace("=grants", "=grants,subsidy"), "preset: found 'grants,subsidy'"),
        (HEAD.replace("=grants", "=__import__('os')"), "preset: found \"__import__('os')\""),
        (f"{HEAD}&t=x", "link.t: found 'x'; allowed: changes as 6_grants.dose=0.05"),
        (f"{HEAD}&t=0_grants.dose=0.05*", "link.t: found ''"),
        (f"{HEAD}&t=0_grants.dose=True", "link.t: found '0_grants.dose=True'; allowed as a value: a number, or a list"),
        (f"{HEAD}&t=0_grants.dose=0.05x", "link.t: found '0_grants.dose=0.05x'"),
        (f"{HEAD}&t=0_grants.dose=nan", "link.t: found '0_grants.dose=nan'"),
        (f"{HEAD}&t=0_grants.dose=1e999", "instrument.grants.dose: found inf; allowed: a number from 0 to 1"),
        (f"{HEAD}&t=0_grants.dose=2", "instrument.grants.dose: found 2; allowed: a number from 0 to 1"),
        (f"{HEAD}&t=0_grants.dose=${{oc.env:HOME}}", "link.t: found"),
        (f"{HEAD}&t=0_grants.__class__=1", "instrument.grants.__class__: no such key"),
        (f"{HEAD}&t=0_nobody.dose=1", "the scenario has no such instrument"),
        (f"{HEAD}&t=0_grants.awareness=1", "allowed: one value, in the scenario"),
        (f"{HEAD}&t=9999_grants.dose=0.1", "link.t.at: found 9999; allowed: a whole number from 0 to 4000"),
        (f"{HEAD}&t=0_grants.payers=~%0A", "link.t: found '0_grants.payers=~\\n'; allowed in a list: names"),
        (f"{HEAD}&t=0_grants.payers=~{'x' * 61}", "allowed in a list: names of at most 60 characters"),
        (f"{HEAD}&t=0_grants.payers=~<script>", "instrument.grants.payers: found '<script>'"),
        (f"{HEAD}&t=0_grants.payers=~%FF%FE", "link: found something that is no query"),
        (f"{HEAD}&t=" + "*".join(f"{n}_grants.dose=0.1" for n in range(7)), "That is 7 pulled levers: please begin anew, 6 are"),
        (f"{HEAD}&lang=" + "x" * 3000, "This link has 3,0"),
        ("&".join(f"a{n}=1" for n in range(60)), "link: found something that is no query"),
    ],
)  # fmt: skip
def test_a_link_that_is_none_is_refused_in_one_line(query: str, says: str) -> None:
    assert says in refused(query)


KEY = st.from_regex(r"\Ainstrument\.[a-z_]{1,12}\.[a-z][a-z_]{0,8}(\.[a-z]{1,5})?\Z")
VALUE = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6) | st.lists(st.text(min_size=1, max_size=12).filter(str.isprintable), max_size=3)
NEARLY = st.text(alphabet="0123456789_.=~*&%grantsdoepyv-+e", max_size=120).map(lambda text: f"{HEAD}&t={text}")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | NEARLY)
def test_whatever_comes_is_a_link_or_refused(query: str) -> None:
    try:
        link = read(query, LIMITS)
    except (ConfigError, Refused) as error:
        said = str(error)
    else:
        said = link.setting.world
        assert all(isinstance(value, int | float | list) for entry in link.timetable for value in entry.set.values())
    assert "\n" not in said


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(0, 4000), st.dictionaries(KEY, VALUE, min_size=1, max_size=2), max_size=3))
def test_every_timetable_comes_back_from_its_link(plans: dict) -> None:
    one = session()
    one.config = replace(one.config, timetable=tuple(Entry(at=at, set=plans[at]) for at in sorted(plans)))
    link = read(as_query(one), replace(LIMITS, link_characters=100_000))
    assert link.timetable == one.timetable
    assert link.setting == one.setting


def test_nothing_is_opened_for_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    read(HEAD, LIMITS)  # what there is has been looked up before

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "read_text", forbidden)
    monkeypatch.setattr("builtins.open", forbidden)
    assert "preset: found '/etc/passwd'" in refused(HEAD.replace("=grants", "=/etc/passwd"))
    assert read(HEAD, LIMITS).quarter == 2


def test_the_shipped_limits_let_a_first_visitor_in() -> None:
    limits = load_limits()
    assert read(as_query(session(organisations=None)), limits).setting.world == "demo"


def test_signs_that_a_link_uses_itself_may_be_in_a_name() -> None:
    one = session()
    one.config = replace(one.config, timetable=(Entry(at=1, set={"instrument.grants.target.places": ["a~b", "*", "=", "&+ %", "Ы"]}),))
    assert read(as_query(one), LIMITS).timetable == one.timetable
