"""What is taken away: the exported file runs to the same numbers and may be a preset again; the table says of which run it is."""

import csv
import io
from pathlib import Path

import pytest
import yaml

from sim.commands.compose import compose_tree, load_tree
from sim.explorer.session import Session
from sim.explorer.setting import Setting, plan, size
from sim.explorer.takeaway import COLUMNS, as_csv, as_scenario, called
from sim.simulate import result
from tests.sim.explorer.sessions import SMALL, session
from tests.sim.explorer.test_session import DOSE, apart, pulled, same
from tests.state import differences, state


def from_file(one: Session, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple:
    """Configuration and seed that `crosscluster run scenario=mine` takes from what the session exports."""
    (folder / "scenario").mkdir(parents=True, exist_ok=True)
    (folder / "scenario" / "mine.yaml").write_text(as_scenario(one), encoding="utf-8")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(folder))
    tree = compose_tree(["scenario=mine"])
    return load_tree(tree), tree["seed"]


BEHAVIOUR = """# @package _global_
defaults: [grants, _self_]
scenario: {name: other, label: Other people}
behaviour: {search: {partner_rate: 0.5}}
"""


@pytest.mark.parametrize("preset", ["grants", "no_policy", "fade_out"])
def test_what_is_played_is_what_a_run_of_the_exported_file_gives(preset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = pulled(session(preset))
    assert len(one.timetable) >= 4
    config, seed = from_file(one, tmp_path, monkeypatch)
    assert seed == one.setting.seed
    same(one, config, seed)


@pytest.mark.parametrize("organisations", [None, 90])
def test_an_export_is_a_preset_whose_twin_is_its_own_world_and_may_be_exported_again(
    organisations: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session("grants")
    first.pull("instrument.vouchers.dose", 0.05)
    from_file(first, tmp_path, monkeypatch)
    mine = session("mine", organisations=organisations)
    wanted = SMALL if organisations is None else organisations
    assert abs(size(mine.plan.policy) - wanted) <= 3
    assert size(mine.plan.twin) == size(mine.plan.policy)
    mine.run(2)
    mine.pull("instrument.grants.dose", 0.06)
    mine.run()
    if organisations is None:
        first.run(2)
        first.pull("instrument.grants.dose", 0.06)
        first.run()
        assert apart(first, mine) == []
    config, seed = from_file(mine, tmp_path, monkeypatch)
    assert "mine" not in yaml.safe_load(as_scenario(mine))["defaults"]
    same(mine, config, seed)


def test_a_preset_with_other_behaviour_has_a_twin_with_the_same_and_is_exported_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "other.yaml").write_text(BEHAVIOUR, encoding="utf-8")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(tmp_path))
    for preset in ("other", "meetings_by_lot"):
        one = session(preset)
        assert one.plan.twin.behaviour == one.plan.policy.behaviour != plan(Setting("demo", "status_quo", 3)).policy.behaviour
        assert differences(state(one.policy, []), state(one.twin, [])) == []
        one.pull("instrument.vouchers.dose", 0.05)
        one.run()
        config, seed = from_file(one, tmp_path, monkeypatch)
        same(one, config, seed)


def test_the_table_to_take_away_is_that_of_the_run() -> None:
    one = session()
    one.step()
    one.pull(DOSE, 0.2)
    one.pull("instrument.grants.payers", ["RUS", "KAZ"])
    one.step()
    rows = list(csv.DictReader(io.StringIO(as_csv(one))))
    assert list(rows[0]) == list(COLUMNS)
    assert {(row["world"], row["preset"], row["seed"], row["organisations"]) for row in rows} == {("demo", "grants", "3", "120")}
    assert {(int(row["quarter"]), row["pulled"]) for row in rows if row["pulled"]} == {(1, "grants.dose=0.2*grants.payers=~RUS~KAZ")}
    assert called(one.setting) == "series_demo_grants_seed3_120.csv"
    found = {(row["indicator"], row["country"], int(row["quarter"])): row for row in rows}
    assert len(found) == len(rows)
    series = result(one.policy).series
    assert len(series) == len(rows)
    for line in series.sample(200, random_state=1).itertuples():
        row = found[line.indicator, line.country, line.quarter]
        assert float(row["with"]) == line.value
        assert float(row["difference"]) == float(row["with"]) - float(row["without"])
