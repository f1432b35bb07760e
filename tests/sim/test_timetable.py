"""A timetable: instruments that change during a run, the same whether the run is whole, shared from a burn-in, or goes on from anywhere."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scenarios import INSTRUMENTS
from sim.config import WORDS, Config, build_config, config_hash, config_tree
from sim.config_check import ConfigError
from sim.simulate import Result, burn_in, continue_from, simulate
from sim.step import step
from sim.timetable import Entry, stages
from sim.world import World
from tests.reference.model import ReferenceModel
from tests.reference.test_agreement import live_together
from tests.reference.worlds import random_config
from tests.state import differences, state
from tests.worlds import demo_config, lived

TIME = {"burn_in": 3, "programme": 6, "after": 2}
SEED = 4
TABLES = ("series", "funnel", "ledger", "starts")


def planned(config: Config, *entries: tuple[int, dict[str, Any]]) -> Config:
    """The configuration with a timetable, made as from a file."""
    tree = config_tree(config) | {"timetable": [{"at": at, "set": change} for at, change in entries]}
    return build_config(tree, INSTRUMENTS)


def with_dose(config: Config, dose: float) -> Config:
    return replace(config, instrument={**config.instrument, "grants": replace(config.instrument["grants"], dose=dose)})


@pytest.fixture(scope="module")
def grants() -> Config:
    return demo_config("scenario=grants", **TIME)


@pytest.fixture(scope="module")
def later(grants: Config) -> Config:
    """Grants that begin in quarter 2, grow in quarter 4 and are for others from quarter 5 on."""
    return planned(
        with_dose(grants, 0.0),
        (4, {"instrument.grants.dose": 0.2}),
        (2, {"instrument.grants.dose": 0.05}),
        (5, {"instrument.grants.target.countries": ["BLR", "KAZ"], "instrument.grants.payers": ["BLR", "KAZ"]}),
    )


def apart(one: World, other: World) -> list[str]:
    return differences(state(one), state(other))


def same(one: Result, other: Result) -> None:
    assert one.error is None
    assert one.outcomes == other.outcomes
    assert all(getattr(one, name).equals(getattr(other, name)) for name in TABLES)


def test_what_sets_nothing_different_changes_no_bit(grants: Config) -> None:
    plain = config_tree(grants)["instrument"]
    again = [(at, {f"instrument.{name}.dose": node["dose"], f"instrument.{name}.target.sectors": node["target"]["sectors"]})
             for at in range(9) for name, node in plain.items()]  # fmt: skip
    one, other = lived(grants, 11, SEED), lived(planned(grants, *again), 11, SEED)
    assert apart(one, other) == []
    assert one.treasury.ledger == other.treasury.ledger
    same(simulate(planned(grants, *again), SEED), simulate(grants, SEED))


def test_a_dose_set_at_the_opening_is_the_dose_of_the_scenario(grants: Config) -> None:
    same(simulate(planned(with_dose(grants, 0.0), (0, {"instrument.grants.dose": 0.03})), SEED), simulate(grants, SEED))


def test_a_change_is_what_a_run_does_that_goes_on_with_other_numbers(later: Config) -> None:
    """By hand: the same world handed over to another configuration in the quarters of the timetable."""
    bare = replace(later, timetable=())
    doses = {2: 0.05, 4: 0.2}
    whole, by_hand = World(later, SEED), World(bare, SEED)
    for quarter in range(8):
        if quarter - 3 in doses:
            by_hand = World.resume(by_hand.snapshot(), with_dose(bare, doses[quarter - 3]))
        if quarter < 3 + 5:
            step(whole)
            step(by_hand)
            assert apart(whole, by_hand) == [], quarter
    assert whole.programmes["grants"].spent > 0.0


def test_nothing_differs_before_the_first_entry(later: Config) -> None:
    none = replace(later, timetable=())
    assert apart(lived(later, 5, SEED), lived(none, 5, SEED)) == []
    assert apart(lived(later, 6, SEED), lived(none, 6, SEED)) != []


def test_a_snapshot_of_any_quarter_goes_on_the_same(later: Config) -> None:
    whole = simulate(later, SEED)
    same(continue_from(burn_in(later, SEED), later), whole)
    same(continue_from(burn_in(replace(later, timetable=()), SEED), later), whole)
    world = World(later, SEED)
    for _ in range(10):
        step(world)
        same(continue_from(world.snapshot(), later), whole)


def test_a_budget_is_measured_anew_only_for_others(later: Config) -> None:
    world = lived(later, 3 + 5, SEED)
    programme, iso = world.programmes["grants"], world.countries.iso
    before = programme.base.copy()
    step(world)
    paying = np.isin(iso, ["BLR", "KAZ"])
    assert np.all(programme.base[paying] > 0.0)
    assert np.all(programme.base[~paying] == 0.0)
    assert not np.array_equal(programme.base[paying], before[paying])  # of today, not of the opening
    richer = planned(with_dose(later, 0.0), (2, {"instrument.grants.dose": 0.05}), (4, {"instrument.grants.dose": 0.2}))
    assert np.array_equal(lived(richer, 11, SEED).programmes["grants"].base, before)


def test_entries_of_a_quarter_are_taken_in_their_order(grants: Config) -> None:
    config = planned(
        grants, (3, {"instrument.grants.dose": 0.3}), (3, {"instrument.grants.dose": 0.4}), (1, {"instrument.grants.dose": 0.2})
    )
    assert [then["grants"].dose for _, _, then in stages(config.timetable, config.instrument)] == [0.2, 0.3, 0.4]
    assert lived(config, 3 + 4, SEED).programmes["grants"].instrument.dose == 0.4


def test_the_reference_follows_it() -> None:
    config = random_config(5, 60, "cut")
    config = planned(
        config,
        (0, {"instrument.subsidy.dose": 0.0}),
        (1, {"instrument.grants.dose": 0.3, "instrument.grants.target.countries": ["RUS"]}),
        (2, {"instrument.matchmaking.payers": ["BLR"], "instrument.matchmaking.end": 3}),
        (3, {"instrument.subsidy.dose": 0.2}),
    )
    world = World(config, 5)
    for difference in live_together(world, ReferenceModel(world), 8):
        assert difference is None, difference


def test_it_comes_back_from_its_tree_and_counts_in_the_hash(grants: Config, later: Config) -> None:
    assert build_config(config_tree(later), INSTRUMENTS) == later
    assert "timetable" in config_tree(grants)
    assert config_hash(later) != config_hash(replace(later, timetable=()))
    assert config_hash(replace(later, timetable=later.timetable[:1])) != config_hash(later)


def test_results_of_before_there_were_timetables_keep_their_names(grants: Config) -> None:
    tree = config_tree(grants)
    old = json.dumps(_numbers({name: tree[name] for name in tree if name not in ("record", "check", "timetable")}), sort_keys=True)
    assert config_hash(grants) == hashlib.sha256(old.encode()).hexdigest()[:16]


def _numbers(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _numbers(node) for name, node in tree.items() if name not in WORDS}
    return [_numbers(node) for node in tree] if isinstance(tree, list) else tree


REFUSED = [
    (3, "timetable: found 3; allowed: a list of entries"),
    ([3], "timetable[0]: found 3; allowed: a mapping with keys at, set"),
    ([{"at": 6}], "timetable[0].set: missing"),
    ([{"at": -1, "set": {}}], "timetable[0].at: found -1; allowed: a whole number from 0 to 4000"),
    ([{"at": 1.5, "set": {}}], "timetable[0].at: found 1.5; allowed: a whole number"),
    ([{"at": 1, "sett": {}}], "timetable[0].sett: no such key (value a mapping (empty)); did you mean 'set'?"),
]
REFUSED_KEYS = [
    ("behaviour.x", 1, ": found 'behaviour.x'; allowed: keys as instrument.<name>.<field>"),
    ("instrument.grants", 1, ": found 'instrument.grants'; allowed: keys as"),
    ("instrument.grnts.dose", 1, ".instrument.grnts.dose: the scenario has no such instrument (value 1); did you mean 'grants'?"),
    ("instrument.grants.doze", 1, ".instrument.grants.doze: no such key (value 1); did you mean 'dose'?"),
    ("instrument.grants.dose", 2, ".instrument.grants.dose: found 2; allowed: a number from 0 to 1"),
    ("instrument.grants.dose", "a", ".instrument.grants.dose: found 'a'; allowed: a number from 0 to 1"),
    ("instrument.grants.dose", float("nan"), ".instrument.grants.dose: found nan; allowed: a number from 0 to 1"),
    ("instrument.grants.dose.x", 1, ".instrument.grants.dose: found 0.03; allowed: a mapping"),
    ("instrument.grants.end", 1.5, ".instrument.grants.end: found 1.5; allowed: a whole number"),
    ("instrument.grants.shuffled_labels", True, ".instrument.grants.shuffled_labels: found True; allowed in a timetable: "),
    ("instrument.grants.scope", "any", ".instrument.grants.scope: found 'any'; allowed in a timetable: what is a number or a list"),
    ("instrument.grants.target", 3, ".instrument.grants.target: found 3; allowed in a timetable: what is a number or a list"),
    ("instrument.grants.awareness", 1, ".instrument.grants.awareness: found 1; allowed: one value, in the scenario"),
    ("instrument.grants.payers", "RUS", ".instrument.grants.payers: found 'RUS'; allowed: a list"),
    ("instrument.grants.payers", ["RSU"], ".instrument.grants.payers: found 'RSU'; allowed: RUS, BLR, KAZ, ARM, KGZ, policy"),
    ("instrument.grants.target.kinds", ["firms"], ".instrument.grants.target.kinds: found 'firms'; allowed: firm"),
    ("instrument.residual_cash.residual_of", ["grant"], ".instrument.residual_cash.residual_of: found 'grant'; allowed: "),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "says"), [*REFUSED, *(([{"at": 1, "set": {k: v}}], f"timetable[0].set{s}") for k, v, s in REFUSED_KEYS)])
def test_what_may_not_be_set_is_refused_in_one_line(grants: Config, tree: Any, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        build_config(config_tree(grants) | {"timetable": tree}, INSTRUMENTS)
    assert str(refused.value).startswith(says)
    assert "\n" not in str(refused.value)


def test_an_entry_names_its_instruments_once() -> None:
    entry = Entry(at=1, set={"instrument.a.dose": 1, "instrument.b.dose": 1, "instrument.a.end": 3})
    assert entry.names() == ["a", "b"]
