"""Experiments of one design, joined: what one experiment on all the seeds leaves, byte for byte, or a refusal that says why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.config_check import ConfigError
from sim.experiments import joining, lock
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.lock import claimed
from sim.experiments.merging import joint_seeds, merge
from sim.experiments.store import StoreError, read_json, read_manifest, write_json, write_table
from tests.sim.experiments.at_once import at_once  # noqa: F401  a fixture
from tests.sim.experiments.toy_model import TOY, ToyConfig, ToyCountry, ToyInstrument, ToyWorld

TYPED = ["crosscluster", "merge"]
GRID = {"design": "grid", "over": {"check": {"values": [False, True]}, "world.burn_in": {"values": [2, 3, 5]}}}


pytestmark = pytest.mark.usefixtures("at_once")


def rebuilt(tree):
    """A toy configuration from study.json."""
    instruments = {
        name: ToyInstrument(**{key: tuple(value) if isinstance(value, list) else value for key, value in node.items() if key != "kind"})
        for name, node in tree["instrument"].items()
    }
    countries = {iso: ToyCountry(**node) for iso, node in tree["country"].items()}
    return ToyConfig(instruments, world=ToyWorld(**tree["world"]), country=countries, trouble=tree["trouble"])


def run(tree, configs, seeds, folder):
    folder.mkdir(parents=True)
    design = build_design({**tree, "seeds": seeds})
    return run_experiment(design, configs, folder, Options(ExecutorConfig.local(1), simulation=TOY, about={"command": "typed"}))


def files(folder):
    """Name -> bytes of all that does not tell the time or how the folder came about."""
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in ("manifest.json", "study.json")}
    study = read_json(folder / "study.json")
    return {**kept, "study": {name: node for name, node in study.items() if name != "about"}}


def assert_joint(parts, whole, tmp_path):
    """The parts merged are the whole."""
    into = tmp_path / "joint"
    assert merge(parts, into, rebuilt, TYPED) == []
    assert files(into) == files(whole)
    ours, theirs = read_manifest(into), read_manifest(whole)
    telling = ("id", "command", "about", "started", "finished", "seconds", "doses", "workers")
    assert {key: value for key, value in ours.items() if key not in telling} == {k: v for k, v in theirs.items() if k not in telling}
    assert list(ours) == list(theirs)
    return into


def test_two_halves_are_the_whole_byte_for_byte(tree, configs, tmp_path):
    parts = [run(tree, configs, seeds, tmp_path / name / "x") for name, seeds in (("a", [1, 2]), ("b", [3, 4, 5]))]
    whole = run(tree, configs, 5, tmp_path / "whole" / "x")
    into = assert_joint(parts, whole, tmp_path)
    merged = read_manifest(into)["about"]["merged"]
    assert [each["seeds"] for each in merged] == [[1, 2], [3, 4, 5]]
    assert (into / "doses.json").is_file()
    assert not list(tmp_path.glob(".*"))


def test_the_order_of_folders_and_common_seeds_change_nothing(tree, configs, tmp_path):
    parts = [run(tree, configs, seeds, tmp_path / name / "x") for name, seeds in (("a", [2, 5, 7]), ("b", [1, 2, 6]), ("c", [6]))]
    whole = run(tree, configs, [1, 2, 5, 6, 7], tmp_path / "whole" / "x")
    assert_joint(parts[::-1], whole, tmp_path)


@pytest.mark.parametrize("batch", [pytest.param(7, marks=pytest.mark.nightly), 1 << 16])
def test_cases_that_share_burn_ins_or_not_are_woven_together(tree, configs, tmp_path, monkeypatch, batch):
    """What a case changes before the opening has burn-ins of its own: then rows are ordered by that first."""
    monkeypatch.setattr(joining, "BATCH", batch)
    tree = {**tree, "equal_cost": None, "vary": GRID}
    parts = [run(tree, configs, seeds, tmp_path / name / "x") for name, seeds in (("a", [1, 4]), ("b", [2, 3, 4]))]
    whole = run(tree, configs, 4, tmp_path / "whole" / "x")
    assert len({path.name for path in whole.glob("*.parquet")}) == 4
    into = assert_joint(parts, whole, tmp_path)
    runs = pd.read_parquet(into / "runs.parquet")
    assert runs.drop_duplicates("pair")["case"].tolist() == [0, 3] * 4 + [1, 4] * 4 + [2, 5] * 4
    assert (runs["pair"] == 4 * runs["case"] + runs["seed"] - 1).all()
    assert not runs["pair"].is_monotonic_increasing


def test_failed_runs_are_joined_too_and_their_missing_columns_stand_where_they_belong(tree, configs, tmp_path):
    configs = {name: replace(config, trouble="error") for name, config in configs.items()}  # seed 2 fails in all arms
    tree = {**tree, "equal_cost": None}
    parts = [run(tree, configs, seeds, tmp_path / name / "x") for name, seeds in (("a", [2]), ("b", [1, 3]))]
    assert "innovations" not in pq.read_schema(parts[0] / "runs.parquet").names
    with pytest.raises(ConfigError, match=r"a/x has no series.parquet, others have"):
        merge(parts, tmp_path / "joint", rebuilt, TYPED)
    tree["record"] = "outcomes"
    parts = [run(tree, configs, seeds, tmp_path / name / "y") for name, seeds in (("a", [2]), ("b", [1, 3]))]
    whole = run(tree, configs, 3, tmp_path / "whole" / "y")
    into = tmp_path / "joint"
    merge(parts, into, rebuilt, TYPED)
    assert (into / "runs.parquet").read_bytes() == (whole / "runs.parquet").read_bytes()
    assert read_manifest(into)["failures"] == read_manifest(whole)["failures"]
    assert len(read_manifest(into)["failures"]) == 6


def test_columns_are_ordered_as_rows_of_the_joint_table_first_have_them(tmp_path):
    """Row of pair 0 has (a, c), of pair 1 (b, a, c), of pair 2 (d): so the whole has a, c, b, d."""
    parts = []
    for name, positions, pairs, values in (
        ("one", [1], [0, 0], {"b": [1.0, None], "a": [1.0, 2.0], "c": [1.0, 1.0]}),
        ("two", [0, 2], [0, 1], {"a": [1.0, None], "c": [2.0, None], "d": [None, 5.0]}),
    ):
        (tmp_path / name).mkdir()
        write_table(pa.table({"pair": pairs, **values}), tmp_path / name / "series.parquet")
        parts.append(joining.Places(tmp_path / name, *(np.array(positions),) * 2))
    assert joining.join_tables("series", parts, tmp_path) == [2, 2]
    found = pq.read_table(tmp_path / "series.parquet")
    assert found.column_names == ["pair", "a", "c", "b", "d"]
    assert found["pair"].to_pylist() == [0, 1, 1, 2]
    assert found["d"].to_pylist() == [None, None, None, 5.0]


@pytest.fixture
def pair(tree, configs, tmp_path):
    """A finished experiment on seeds 1 and 2, and how to make another."""
    tree = {**tree, "equal_cost": None}
    one = run(tree, configs, [1, 2], tmp_path / "a" / "x")

    def other(seeds=(3,), changed=configs, **changes):
        return run({**tree, **changes}, changed, list(seeds), tmp_path / "b" / "x")

    return one, other


def refused(pair_, words, tmp_path, kind=ConfigError):
    with pytest.raises(kind, match=words):
        merge(pair_, tmp_path / "joint", rebuilt, TYPED)
    assert not (tmp_path / "joint").exists()
    assert not list(tmp_path.glob(".joint*"))
    assert not list(tmp_path.glob("*/*/coordinator.lock"))


def test_another_design_is_refused_with_what_differs(pair, configs, tmp_path):
    one, other = pair
    two = other(doses=[0.01, 0.05], question="And this?")
    refused(
        [one, two], r"another experiment than .*: experiment.question is .*And this.* not .*; experiment.doses is \[0.01, 0.05\]", tmp_path
    )


def test_another_configuration_is_refused_with_what_differs(pair, configs, tmp_path):
    one, other = pair
    two = other(changed={**configs, "cash": replace(configs["cash"], world=ToyWorld(burn_in=3))})
    refused([one, two], "configuration.cash.world.burn_in is 3, not 2", tmp_path)


def test_other_code_or_packages_are_refused(pair, tmp_path):
    one, other = pair
    two = other()
    study = read_json(two / "study.json")
    study["identity"] |= {"model": "f" * 64, "packages": {**study["identity"]["packages"], "numpy": "1.0"}}
    write_json(two / "study.json", study)
    refused([one, two], 'packages.numpy is "1.0".*model code is "fff', tmp_path)


def test_other_solved_doses_are_refused(pair, tmp_path):
    one, other = pair
    two = other()
    manifest = read_manifest(two)
    manifest["points"][1]["factor"] = 1.25
    write_json(two / "manifest.json", manifest)
    refused([one, two], "solved dose of.cash at 0.01 is 1.25, not 1.0; run both with the same doses.json", tmp_path)


def test_runs_of_the_same_seed_that_differ_are_refused(pair, configs, tmp_path):
    one, other = pair
    two = other([2, 3])
    runs = pq.read_table(two / "runs.parquet")
    values = [value + 0.5 if n == 1 else value for n, value in enumerate(runs["innovations"].to_pylist())]
    changed = runs.set_column(runs.schema.get_field_index("innovations"), "innovations", pa.array(values))
    write_table(changed, two / "runs.parquet")
    refused([one, two], "is missing or not what the experiment wrote", tmp_path, StoreError)
    manifest = read_manifest(two)
    del manifest["tables"]
    write_json(two / "manifest.json", manifest)
    refused([one, two], r"runs of the same seeds, and these differ in runs.parquet \(innovations\)", tmp_path)


def test_what_is_not_finished_is_to_be_resumed_first(pair, tmp_path):
    one, other = pair
    two = other()
    manifest = read_manifest(two)
    write_json(two / "manifest.json", {**manifest, "state": "interrupted", "runs": {"done": 3, "of": 6}})
    refused([one, two], f"is interrupted, 3 of 6 runs; finish it first: crosscluster resume {two}", tmp_path)


def test_luck_of_its_own_has_nothing_to_join(tree, configs, tmp_path):
    tree = {**tree, "equal_cost": None, "vary": {**GRID, "luck": "arms"}}
    parts = [run(tree, configs, seeds, tmp_path / name / "x") for name, seeds in (("a", [1]), ("b", [2]))]
    refused(parts, "arms luck: each case draws seeds of its own", tmp_path)


def test_a_folder_at_work_or_named_twice_or_in_the_way_is_refused(pair, tmp_path):
    one, other = pair
    two = other()
    refused([one, two, two.parent / "." / "x"], "twice", tmp_path)
    refused([one], "found 1 folders; allowed: two or more", tmp_path)
    refused([one, tmp_path], "is no results folder", tmp_path, StoreError)
    with claimed(two), pytest.raises(StoreError, match="another coordinator is at work"):
        merge([one, two], tmp_path / "joint", rebuilt, TYPED)
    with pytest.raises(ConfigError, match="which is there already"):
        merge([one, two], one, rebuilt, TYPED)


def test_what_a_killed_merge_left_is_no_obstacle(pair, tmp_path):
    one, other = pair
    left = tmp_path / ".joint.part"
    left.mkdir()
    (left / "series.parquet").write_bytes(b"half")
    host, space = lock._here()
    (left / "coordinator.lock").write_text(f"{host} 999999999 {space} 1")
    (tmp_path / "joint").mkdir()
    merge([one, other()], tmp_path / "joint", rebuilt, TYPED)
    assert read_manifest(tmp_path / "joint")["runs"] == {"done": 18, "of": 18}
    assert not left.exists()


def test_a_merge_under_way_is_left_alone_by_one_that_is_refused(pair, tmp_path):
    one, other = pair
    two, work = other(), tmp_path / ".joint.part"
    work.mkdir()
    with claimed(work):
        (work / "runs.parquet").write_bytes(b"being written")
        with pytest.raises(StoreError, match="another coordinator is at work"):
            merge([one, two], tmp_path / "joint", rebuilt, TYPED)
        assert (work / "runs.parquet").read_bytes() == b"being written"
        assert (work / "coordinator.lock").is_file()


def test_a_study_that_is_not_whole_is_refused(pair, tmp_path):
    one, other = pair
    two = other()
    study = read_json(two / "study.json")
    for spoilt in ({key: value for key, value in study.items() if key != "design"}, {**study, "configs": []}, []):
        write_json(two / "study.json", spoilt)
        refused([one, two], r"b/x is no experiment .* study\.json is missing or not whole", tmp_path, StoreError)


def test_other_code_of_the_experiments_is_refused(pair, tmp_path):
    one, other = pair
    two = other()
    study = read_json(two / "study.json")
    study["identity"]["experiments"] = "e" * 64
    write_json(two / "study.json", study)
    refused([one, two], 'code of the experiments is "eee', tmp_path)


def test_series_of_small_experiments_are_kept_when_the_joint_one_is_large(pair, tmp_path, monkeypatch):
    one, other = pair
    two = other()
    monkeypatch.setattr("sim.experiments.design.RECORDED_RUNS", 13)
    merge([one, two], tmp_path / "joint", rebuilt, TYPED)
    assert (tmp_path / "joint" / "series.parquet").is_file()
    assert read_json(tmp_path / "joint" / "study.json")["design"]["record"] == "quarterly"


def test_where_one_folder_has_outcomes_only_the_joint_one_has_them_only(pair, tmp_path):
    one, other = pair
    (told,) = merge([one, other(record="outcomes")], tmp_path / "joint", rebuilt, TYPED)
    assert "some folders hold outcomes only" in told
    assert {path.name for path in (tmp_path / "joint").iterdir()} == {"runs.parquet", "study.json", "manifest.json"}


def test_another_kind_of_machine_is_told(pair, tmp_path):
    one, other = pair
    two = other()
    manifest = read_manifest(two)
    write_json(two / "manifest.json", {**manifest, "machine": {**manifest["machine"], "processor": "other", "cores": 999}})
    (told,) = merge([one, two], tmp_path / "joint", rebuilt, TYPED)
    assert "different kinds of machine" in told


def test_a_full_disk_leaves_nothing(pair, tmp_path, monkeypatch):
    one, other = pair
    two = other()

    def full(*_):
        raise StoreError("cannot write: No space left on device")

    monkeypatch.setattr("sim.experiments.joining.TableFile.add", full)
    refused([one, two], "No space left", tmp_path, StoreError)


def test_seeds_of_the_joint_study():
    assert joint_seeds([(4, 6), (1, 2, 6)]) == [1, 2, 4, 6]
    assert joint_seeds([(9, 3), (1, 5)]) == [9, 3, 1, 5]
    with pytest.raises(ConfigError, match="in another order"):
        joint_seeds([(9, 3), (3, 9)])
