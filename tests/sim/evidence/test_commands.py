"""`crosscluster evidence` and `calibrate` from end to end on a small world: what they write, on one worker or two, interrupted or not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sim.__main__ import main
from sim.commands.folders import VARIABLE
from sim.evidence.score import in_words, read_card
from sim.experiments.store import read_manifest
from tests.sim.evidence.toy_measuring import MEASURING as TOY
from tests.sim.experiments.at_once import InThisProcess

SMALL = """# @package _global_
# A calibration of seconds
defaults:
  - _free
  - override /world: demo
  - _self_
experiment:
  name: small
  question: Does it run from end to end?
  arms: {status_quo: {label: Status quo, scenario: status_quo}}
  seeds: [1, 2]
  doses: [0.03]
  record: outcomes
  outcomes: {}
  claims: {}
"""
VARIED = """  vary:
    design: lhs
    size: 8
    luck: everywhere
    over:
      behaviour.search.cluster_rate: [0.2, 1.4]
      behaviour.project.end: [0.08, 0.2]
      behaviour.turnover.entry_rate: [0.1, 0.4]
"""
WORLD = "world: {burn_in: 6, programme: 12, after: 0}\n"
CALIBRATE = ["calibrate", "--waves", "2", "--then", "5", "--truths", "3", "experiment=small_calibration"]
EVIDENCE = ["evidence", "experiment=small"]
CARD = ("scorecard.csv", "scorecard.md")
SET = ("accepted.yaml", "parameters.csv", "targets.csv", "recovery.csv")


class Interrupted(InThisProcess):
    """As if Ctrl-C were pressed after some chunks."""

    def __init__(self, chunks: int) -> None:
        super().__init__()
        self.left = chunks

    def submit(self, function, /, *arguments, **named):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().submit(function, *arguments, **named)


@contextmanager
def computed_by(executor: InThisProcess) -> Iterator[None]:
    """Chunks are computed by this executor, not by other processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.experiments.laboratory.open_executor", lambda *_: opened(executor))
        yield


@contextmanager
def opened(executor: InThisProcess) -> Iterator[InThisProcess]:
    yield executor


@pytest.fixture(scope="module", autouse=True)
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder of one's own with the two experiments."""
    folder = tmp_path_factory.mktemp("own") / "experiment"
    folder.mkdir()
    (folder / "small.yaml").write_text(SMALL + WORLD, encoding="utf-8")
    (folder / "small_calibration.yaml").write_text(SMALL + VARIED + WORLD, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder.parent))
        yield


def same(one: Path, other: Path, names: tuple[str, ...]) -> None:
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card") / "at-once"
    with computed_by(InThisProcess()):
        assert main([*EVIDENCE, "--into", str(folder)]) == 0
    return folder


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measurements that take no time."""
    monkeypatch.setattr("sim.commands.evidence.MEASURING", TOY)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set") / "at-once"
    with computed_by(InThisProcess()), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.commands.evidence.MEASURING", TOY)
        assert main([*CALIBRATE, "--into", str(folder)]) == 0
    return folder


# evidence


def test_a_scorecard_says_how_it_was_made_and_what_it_found(card: Path):
    table = read_card(card / "scorecard.csv")
    facts = json.loads((card / "scorecard.json").read_text(encoding="utf-8"))
    assert facts["command"] == "crosscluster evidence experiment=small"
    assert (facts["world"], facts["seeds"], facts["values"], facts["calibrated"]) == ("demo", 2, 1, None)
    assert facts["said"] == in_words(table)
    assert f"Made by `{facts['command']}`" in (card / "scorecard.md").read_text(encoding="utf-8")
    assert {"scorecard.png", "scorecard.svg"} <= {path.name for path in card.iterdir()}
    measured = set(table.loc[table["verdict"] != "not measured", "target"])
    assert {"firms_close", "imports_stay"} <= measured
    assert not any("partnership" in target for target in measured)  # no such arm


def test_two_workers_make_the_same_scorecard(card: Path, tmp_path: Path):
    assert main([*EVIDENCE, "--into", str(tmp_path / "two"), "executor.workers=2"]) == 0
    same(card, tmp_path / "two", CARD[:1])


def test_an_interrupted_scorecard_goes_on_with_its_own_command_and_no_other(card: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    folder = tmp_path / "cut"
    with computed_by(Interrupted(1)):
        assert main([*EVIDENCE, "--into", str(folder)]) == 130
    assert f"crosscluster evidence experiment=small --into {folder}" in capsys.readouterr().err
    assert not (folder / "scorecard.csv").exists()
    assert main(["resume", str(folder)]) == 2
    assert "crosscluster evidence" in capsys.readouterr().err
    with computed_by(InThisProcess()):
        assert main([*EVIDENCE, "--into", str(folder)]) == 0
    same(card, folder, CARD)


def test_a_scorecard_of_runs_that_failed_says_so_in_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_):
        raise ArithmeticError("a measure broke")

    monkeypatch.setattr("sim.evidence.measuring.RUNS", {"status_quo": broken})
    with computed_by(InThisProcess()):
        assert main([*EVIDENCE, "--into", str(tmp_path / "failed")]) == 1
    assert len(read_manifest(tmp_path / "failed")["failures"]) == 2


# calibrate


def test_a_calibration_writes_a_set_and_where_it_is_from(accepted: Path):
    text = (accepted / "accepted.yaml").read_text(encoding="utf-8")
    assert f"made by `crosscluster {' '.join(CALIBRATE)}`" in text
    assert "world demo: 13 points run in 2 waves on seeds 1, 2:" in text
    assert "3 known sets of values" in text
    over = yaml.safe_load(text)["experiment"]["vary"]["over"]
    assert list(over) == ["behaviour.search.cluster_rate", "behaviour.project.end", "behaviour.turnover.entry_rate"]
    assert list(pd.read_csv(accepted / "parameters.csv")["parameter"]) == list(over)
    assert set(pd.read_csv(accepted / "recovery.csv")["truths"]) == {3}
    assert pd.read_csv(accepted / "targets.csv")["in_reach"].any()
    assert {path.name for path in accepted.iterdir() if path.is_dir()} == {"wave-1", "truths", "wave-2", "again"}


def test_truths_are_run_on_other_seeds_than_the_waves(accepted: Path):
    seeds = {name: set(pd.read_parquet(accepted / name / "runs.parquet")["seed"]) for name in ("wave-1", "wave-2", "truths", "again")}
    assert seeds["wave-1"] == seeds["wave-2"] == {1, 2}
    assert len(seeds["truths"]) == 3 * 2  # every truth has seeds of its own
    assert len(seeds["again"]) == 4
    assert not (seeds["truths"] | seeds["again"]) & seeds["wave-1"]


@pytest.mark.nightly
def test_two_workers_find_the_same_set(accepted: Path, toy: None, tmp_path: Path):
    assert main([*CALIBRATE, "--into", str(tmp_path / "two"), "executor.workers=2"]) == 0
    same(accepted, tmp_path / "two", SET[1:])
    texts = [(folder / SET[0]).read_text(encoding="utf-8").splitlines() for folder in (accepted, tmp_path / "two")]
    differ = [pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]]
    assert [line.replace(" executor.workers=2", "") for _, line in differ] == [line for line, _ in differ]  # the command alone


@pytest.mark.parametrize("chunks", [3, 18, 27, 34])
def test_an_interrupted_calibration_goes_on_to_the_same_set(chunks: int, accepted: Path, toy: None, tmp_path: Path):
    """Cut off in the first wave, among the truths, in the second wave, and where what is left is run again."""
    folder = tmp_path / "cut"
    with computed_by(Interrupted(chunks)):
        assert main([*CALIBRATE, "--into", str(folder)]) == 130
    assert not (folder / "accepted.yaml").exists()
    with computed_by(InThisProcess()):
        assert main([*CALIBRATE, "--into", str(folder)]) == 0
    same(accepted, folder, SET)


def test_another_calibration_may_not_go_on_in_a_folder(accepted: Path, toy: None, capsys: pytest.CaptureFixture):
    before = (accepted / "accepted.yaml").read_bytes()
    assert main([*CALIBRATE, "--then", "9", "--into", str(accepted)]) == 2
    assert "--then 9" in (line := capsys.readouterr().err)
    assert "allowed: what it was begun with, crosscluster calibrate --waves 2 --then 5" in line
    assert (accepted / "accepted.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["calibrate", "experiment=small"], "experiment.vary: found nothing; allowed: the parameters to fit"),
        ([*CALIBRATE, "seeds=1"], "seeds: found 1; allowed: 2 or more"),
        ([*CALIBRATE, "--truths", "0"], "--truths 0; allowed: 1 or more"),
        (["evidence", "experiment=small", "experiment.arms.status_quo.scenario=grants"], "allowed where figures are measured"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture):
    assert main([*arguments, f"results={tmp_path}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("crosscluster: ")
    assert words in line
