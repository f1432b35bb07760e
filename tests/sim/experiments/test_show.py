"""`crosscluster show` says what is in a folder: finished, half done, failed, merged, spoilt, or of a single run."""

import os
import socket
from dataclasses import replace

import pytest

from sim.__main__ import main
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.journal import Journal
from sim.experiments.laboratory import Options
from sim.experiments.merging import merge
from sim.experiments.store import read_manifest, write_json
from sim.experiments.work import Done, as_table, pack
from tests.sim.experiments.at_once import at_once  # noqa: F401  a fixture
from tests.sim.experiments.test_merging import GRID, rebuilt
from tests.sim.experiments.toy_model import TOY

pytestmark = pytest.mark.usefixtures("at_once")


def made(tree_, configs_, folder):
    folder.mkdir(parents=True)
    about = {"command": ["crosscluster", "experiment", "experiment=toy"]}
    design = build_design({**tree_, "equal_cost": None})
    return run_experiment(design, configs_, folder, Options(ExecutorConfig.local(1), simulation=TOY, about=about))


def shown(folder, capsys):
    capsys.readouterr()
    assert main(["show", str(folder)]) == 0
    return capsys.readouterr().out


def test_a_finished_experiment(tree, configs, tmp_path, capsys):
    words = shown(made({**tree, "vary": GRID}, configs, tmp_path / "toy" / "a"), capsys)
    assert "state       complete, 20" in words
    assert "experiment  toy: Does it?\n" in words
    assert "command     crosscluster experiment experiment=toy\n" in words
    assert "runs        108 of 108" in words
    assert "arms        4, 6 with each at its doses: status_quo, cash, grants, zero\n" in words
    assert "seeds       3: 1, 2, 3\n" in words
    assert "design      grid over 2 paths or sections, 6 cases, luck: everywhere\n" in words
    assert "world.burn_in: 2, 3, 5\n" in words
    assert "format      manifest 1, runs 2, series 2, funnel 2," in words
    assert "runs.parquet" in words
    assert "108 rows" in words
    assert "experiment, world, case, pair, arm, label, dose, seed ... " in words
    assert "failed" not in words


def test_failures_are_told_by_error(tree, configs, tmp_path, capsys):
    trouble = {"cash": "error", "zero": "error"}
    words = shown(made(tree, {n: replace(c, trouble=trouble.get(n, "")) for n, c in configs.items()}, tmp_path / "toy" / "a"), capsys)
    assert "failed: 3 runs\n  3 x ZeroDivisionError: a corner of the parameters (first: cash at 0.01, seed 2)\n" in words
    assert "--retry-failed" in words


def half_done(tree_, configs_, folder):
    """An experiment whose coordinator was killed when two chunks were done, one with runs that took too long."""
    made(tree_, configs_, folder)
    for path in folder.glob("*.parquet"):
        path.unlink()
    write_json(folder / "manifest.json", {**read_manifest(folder), "state": "running", "runs": {"done": 0, "of": 18}})
    journal = Journal(folder)
    for group in (0, 1):
        rows = [
            {
                "case": 0,
                "pair": group,
                "arm": "cash",
                "dose": 0.01,
                "seed": seed,
                "error": f"TooLong: took more than 5 s: {seed} of 30" if group else None,
            }
            for seed in (1, 2)
        ]
        journal.add(group, group + 1, Done(pack({"runs": [as_table(rows)]}), 2, 2 * group, 4.0))
    return folder


def test_a_half_done_experiment_is_counted_by_its_journal(tree, configs, tmp_path, capsys):
    folder = half_done(tree, configs, tmp_path / "toy" / "a")
    words = shown(folder, capsys)
    assert f"running; nobody is at work here, go on with: crosscluster resume {folder}\n" in words
    assert "runs        4 of 18, in 2 chunks, 8 s of a worker's time\n" in words
    assert "failed: 2 runs\n  2 x TooLong: took more than 5 s: 1 of 30 (first: cash at 0.01, seed 1)\n" in words
    (folder / "coordinator.lock").write_text(f"{socket.gethostname()} {os.getpid()} 1")
    assert f"running: process {os.getpid()} on {socket.gethostname()} is at work here" in shown(folder, capsys)
    os.utime(folder / "coordinator.lock", (1.0, 1.0))
    assert "nobody is at work here" in shown(folder, capsys)


def test_spoilt_files_are_told_not_fatal(tree, configs, tmp_path, capsys):
    folder = half_done(tree, configs, tmp_path / "toy" / "a")
    (folder / "runs.parquet").write_bytes(b"nonsense")
    with (folder / "journal.jsonl").open("a") as file:
        file.write("nonsense\n")
    (folder / "chunks" / "000000001-000000002.arrow").write_bytes(b"nonsense")
    words = shown(folder, capsys)
    assert "runs        4 of 18" in words
    assert "cannot be read: " in words
    assert "failed" not in words


def test_a_merged_experiment_names_its_parts(tree, configs, tmp_path, capsys):
    parts = [made({**tree, "seeds": seeds}, configs, tmp_path / str(seeds[0]) / "x") for seeds in ([1], [2, 3])]
    merge(parts, tmp_path / "joint", rebuilt, ["crosscluster", "merge", "..."])
    words = shown(tmp_path / "joint", capsys)
    assert f"merged from  {parts[0]} (1 seeds)\n             {parts[1]} (2 seeds)\n" in words
    assert "command      crosscluster merge ...\n" in words


def test_precision_and_many_factors(tree, configs, tmp_path, capsys):
    folder = made(tree, configs, tmp_path / "toy" / "a")
    manifest = read_manifest(folder)
    manifest["precision"] = [
        {"arm": "cash", "dose": 0.01, "outcome": "A", "low": 0.5, "high": 1.5, "seeds": 3, "needed": needed, "reached": needed == 3}
        for needed in (3, 9)
    ]
    over = {f"behaviour.x.n{n}": {"low": 1, "high": 5, "scale": "log"} if n else None for n in range(14)}
    manifest["design"]["vary"] = {"design": "lhs", "over": over, "luck": "arms", "size": 1, "seed": 1}
    write_json(folder / "manifest.json", manifest)
    words = shown(folder, capsys)
    assert "cash at 0.01: A 0.5 .. 1.5 with 3 seeds, reached\n" in words
    assert "with 3 seeds, not reached: 9 were needed\n" in words
    assert "behaviour.x.n0: its declared range\n" in words
    assert "behaviour.x.n1: 1 .. 5, log scale\n" in words
    assert "... and 2 more\n" in words


def test_a_single_run(tmp_path, capsys):
    write_json(
        tmp_path / "manifest.json",
        {"format": 1, "state": "failed", "error": "cash: negative", "seed": 7, "command": ["crosscluster", "run"]},
    )
    words = shown(tmp_path, capsys)
    assert "state    failed: cash: negative\nseed     7\ncommand  crosscluster run\n" in words


@pytest.mark.parametrize("arguments", [["nowhere"], ["a", "b"]])
def test_what_is_no_folder_is_refused(arguments, capsys):
    assert main(["show", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
