"""Commands on results folders: bad input is one clear line, and what `merge` leaves is a folder like any other."""

import json
import shutil
from contextlib import nullcontext

import pandas as pd
import pytest

from sim.__main__ import main
from sim.commands.compose import load_config
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.lock import claimed
from sim.experiments.store import read_manifest, write_json
from tests.sim.experiments.at_once import InThisProcess
from tests.test_results_files import DESIGN, SHORT

COMMANDS = {
    "export": ["export", "{}"],
    "merge": ["merge", "{}", "other", "--into", "joint"],
    "show": ["show", "{}"],
    "resume": ["resume", "{}"],
    "report": ["report", "{}"],
}


def run(seeds, folder, **changes):
    folder.mkdir(parents=True)
    configs = {name: load_config([each for each in SHORT if "panel" not in each] + [f"scenario={name}"]) for name in DESIGN["arms"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.experiments.laboratory.open_executor", lambda *_: nullcontext(InThisProcess()))
        return run_experiment(build_design({**DESIGN, "seeds": seeds, **changes}), configs, folder, Options(ExecutorConfig.local(1)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The same small experiment on other seeds, on all of them, and with another dose."""
    place = tmp_path_factory.mktemp("made")
    other = {"vary": {**DESIGN["vary"], "over": {"behaviour.search.chance_slots": [2, 8]}}}
    return {
        "one": run([1], place / "one"),
        "two": run([2], place / "two"),
        "both": run([1, 2], place / "both"),
        "other": run([3], place / "other", **other),
    }


def refused(arguments, capsys):
    """The one line that a command says when it refuses."""
    capsys.readouterr()
    assert main(list(map(str, arguments))) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("crosscluster: ")
    return line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", ["nowhere", "a file", "empty", "no JSON", "other JSON", "of a later version"])
def test_what_is_no_results_folder_is_refused_in_one_line(command, what, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "it"
    (tmp_path / "other").mkdir()
    write_json(tmp_path / "other" / "manifest.json", {"format": 1})
    if what == "a file":
        folder.write_text("x")
    elif what != "nowhere":
        folder.mkdir()
    texts = {"no JSON": "{", "other JSON": "[]", "of a later version": json.dumps({"format": 99, "points": []})}
    if what in texts:
        (folder / "manifest.json").write_text(texts[what])
    line = refused([each.format(folder) for each in COMMANDS[command]], capsys)
    assert str(folder) in line


def test_help_says_how_each_is_used(capsys):
    assert main(["--help"]) == 0
    everything = capsys.readouterr().out
    for command in COMMANDS:
        assert f"  {command:<12}" in everything
        assert main([command, "--help"]) == 0
        assert f"crosscluster {command} DIR" in capsys.readouterr().out


def test_a_merged_experiment_is_reported_shown_and_exported_like_one_run_in_one_place(made, tmp_path, capsys):
    into = tmp_path / "joint"
    assert main(["merge", str(made["one"]), str(made["two"]), "--into", str(into)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(into)
    assert (into / "runs.parquet").read_bytes() == (made["both"] / "runs.parquet").read_bytes()
    for command in ("report", "show", "export"):
        assert main([command, str(into)]) == 0
    assert "20 of 20" in capsys.readouterr().out
    assert main(["report", str(made["both"])]) == 0
    pd.testing.assert_frame_equal(pd.read_csv(into / "effects.csv"), pd.read_csv(made["both"] / "effects.csv"))
    pd.testing.assert_frame_equal(pd.read_csv(into / "sensitivity.csv"), pd.read_csv(made["both"] / "sensitivity.csv"))
    assert set(pd.read_csv(into / "effects.csv")["n"]) == {2}


def test_a_merged_experiment_is_complete_and_not_run_again(made, tmp_path, capsys):
    into = tmp_path / "joint"
    main(["merge", str(made["one"]), str(made["two"]), "--into", str(into)])
    before = {path.name: path.stat().st_mtime_ns for path in into.glob("*.parquet")}
    assert main(["resume", str(into)]) == 0
    assert {path.name: path.stat().st_mtime_ns for path in into.glob("*.parquet")} == before


@pytest.mark.parametrize("trouble", ["a failed run", "a spoilt table"])
def test_a_merged_experiment_with_something_wrong_is_not_simulated_again(made, tmp_path, capsys, monkeypatch, trouble):
    into = tmp_path / "joint"
    main(["merge", str(made["one"]), str(made["two"]), "--into", str(into)])
    monkeypatch.setattr("sim.commands.resume.run_experiment", lambda *_: pytest.fail("simulates"))
    if trouble == "a failed run":
        write_json(into / "manifest.json", {**read_manifest(into), "failures": [{"arm": "grants", "error": "x"}]})
        why = "failed runs"
    else:
        (into / "series.parquet").write_bytes(b"")
        why = "series.parquet: missing or not what the experiment wrote"
    for arguments in (["resume", into], ["resume", into, "--retry-failed"]):
        line = refused(arguments, capsys)
        assert f"{into} ({why}) was made by crosscluster merge" in line
        assert f"({made['one']}, {made['two']}), and then crosscluster merge anew" in line


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"PAR1")])
def test_that_a_finished_experiment_is_made_again_is_told_first(made, tmp_path, capsys, monkeypatch, spoil):
    folder = shutil.copytree(made["two"], tmp_path / "two")
    whole = (folder / "runs.parquet").read_bytes()
    spoil(folder / "runs.parquet")
    monkeypatch.setattr("sim.commands.resume.warm_up", lambda _: None)
    told = []

    def made_again(*_):
        told.append(capsys.readouterr().err)
        (folder / "runs.parquet").write_bytes(whole)

    monkeypatch.setattr("sim.commands.resume.run_experiment", made_again)
    main(["resume", str(folder)])
    says = (
        f"crosscluster: {folder} (runs.parquet: missing or not what the experiment wrote) was finished, so its chunks are gone: all 10 runs"
    )
    assert sum(line.startswith(says) for line in told[0].splitlines()) == 1
    main(["resume", str(folder)])
    assert "was finished" not in told[1]


def test_another_design_is_refused_with_what_differs(made, tmp_path, capsys):
    line = refused(["merge", made["one"], made["other"], "--into", tmp_path / "joint"], capsys)
    assert "experiment.vary.over" in line
    assert "is [2, 8], not [2, 9]" in line
    assert not (tmp_path / "joint").exists()


def test_a_folder_that_is_not_finished_is_refused(made, tmp_path, capsys):
    half = tmp_path / "half"
    half.mkdir()
    write_json(half / "manifest.json", {**read_manifest(made["two"]), "state": "interrupted"})
    for arguments in (["merge", made["one"], half, "--into", tmp_path / "joint"], ["export", half]):
        assert f"finish it first: crosscluster resume {half}" in refused(arguments, capsys)
    assert "has no runs.parquet" in refused(["report", half], capsys)
    assert main(["show", str(half)]) == 0


def test_a_folder_at_which_another_coordinator_works_is_refused(made, tmp_path, capsys):
    with claimed(made["one"]):
        assert "another coordinator is at work" in refused(["merge", made["two"], made["one"], "--into", tmp_path / "joint"], capsys)
        capsys.readouterr()
        assert main(["resume", str(made["one"])]) == 2
        assert "another coordinator is at work" in capsys.readouterr().err.splitlines()[-1]
