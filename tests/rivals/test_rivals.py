"""What all rivals have in common: declared values, one seam, the rich model's own measures, a fair fit, an honest comparison."""

import pickle
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
import yaml

from rivals import notes
from rivals.fitting import MORE, SEEDS, design, fitted, ranked
from rivals.registry import RIVALS
from rivals.scoring import RICH, decided, runs, side_by_side, tallies
from sim.__main__ import main
from sim.config_check import build
from sim.evidence.measures import cooperation, economy, networks
from sim.evidence.score import score
from sim.evidence.targets import read_targets
from sim.simulate import Result
from tests.conftest import ROOT
from tests.rivals.small import ALLIANCES, KNOWLEDGE

SMALL = {"alliances": ALLIANCES, "cowan_jonard": KNOWLEDGE}


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def cards() -> dict[str, pd.DataFrame]:
    """Scorecards of small rivals."""
    return {name: score(runs(RIVALS[name], SMALL[name], (1, 2), quiet), read_targets()) for name in RIVALS}


@pytest.mark.parametrize("name", RIVALS)
def test_every_value_is_declared_with_unit_range_and_source_and_shipped(name):
    rival = RIVALS[name]
    for field in fields(rival.parameters):
        declared = field.metadata["number"]
        assert declared.unit
        assert declared.low < declared.high
        assert declared.source
        assert ("fitted" in declared.source) == (field.name in rival.free)
    tree = yaml.safe_load((ROOT / "configs" / "rival" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert list(tree) == [field.name for field in fields(rival.parameters)]
    build(rival.parameters, tree, "rival")


@pytest.mark.parametrize("name", RIVALS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name):
    one, again, other = (RIVALS[name].simulate(SMALL[name], seed) for seed in (1, 1, 2))
    assert isinstance(one, Result)
    assert pickle.dumps(one.outcomes) == pickle.dumps(again.outcomes)
    assert one.outcomes != other.outcomes


@pytest.mark.parametrize("name", RIVALS)
def test_progress_is_told_every_quarter(name):
    told = []
    RIVALS[name].simulate(SMALL[name], 1, lambda done, of: told.append((done, of)))
    end = SMALL[name].burn_in + SMALL[name].measured
    assert told == [(quarter, end) for quarter in range(1, end + 1)]


def test_the_measures_are_those_of_the_rich_model():
    assert notes.cooperating is cooperation.cooperating
    assert notes.lives is cooperation.lives
    assert notes.newcomers is cooperation.newcomers
    assert notes.repeats is cooperation.repeats
    assert notes.whole is networks.whole
    assert notes.discrete_tail is economy.discrete_tail


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_says_only_what_targets_ask(name):
    asked = {target.measure for target in read_targets().values()}
    assert set(RIVALS[name].simulate(SMALL[name], 1).outcomes) <= asked


def test_what_a_rival_has_no_words_for_is_not_measured(cards):
    for card in cards.values():
        silent = set(card.loc[card["verdict"] == "not measured", "target"])
        assert {"mutual_trade", "russia_firms_pay", "business_per_firm", "meeting_ratio", "gravity_order", "firms_close"} <= silent
        assert "repeat_partners_nearer_place" in silent
    assert cards["alliances"].set_index("target").loc["patents_tail", "verdict"] == "not measured"


def test_notes_know_newcomers_repeats_lives_and_who_was_asked():
    book = notes.Notes(5, opens=2, end=20)
    knowledge = np.eye(5)
    book.start(1, (0, 1), knowledge)
    book.start(2, (0, 1, 2), knowledge)
    assert [start.newcomers for start in book.starts] == [(2,)]
    assert [pair[-1] for pair in book.starts[0].pairs] == [True, False, False]
    book.finish(1, 1)
    book.finish(3, 2)
    assert book.lived == [2]
    book.look(7, np.array([True] + 4 * [False]))
    book.look(8, np.array(4 * [False] + [True]))
    assert book.measure(innovates=False)["cooperate"] == 20.0


def test_the_hypercube_covers_every_range_evenly_and_never_changes():
    for rival in RIVALS.values():
        ranges = {field.name: field.metadata["number"] for field in fields(rival.parameters)}
        points = design(rival, 10)
        assert points == design(rival, 10)
        for name in rival.free:
            share = [(point[name] - ranges[name].low) / (ranges[name].high - ranges[name].low) for point in points]
            assert sorted(int(min(each, 0.9999) * 10 + 1e-3) for each in share) == list(range(10))


def test_the_fit_prefers_fewer_misses_then_what_lies_less_outside():
    targets = read_targets()
    means = pd.DataFrame(
        {
            "project_hazard": [0.9, 0.6, 0.45, np.nan, 0.41],
            "funded_giant": [90.0, 90.0, 82.0, 90.0, 99.0],
            "newcomers_over_null": [0.9, 1.2, 1.2, 1.2, 0.9],
        }
    )
    tried = [pd.DataFrame([row, row]) for row in means.to_dict("records")]
    table = ranked(tried, targets, means.std())
    assert table["misses"].tolist() == [0, 1, 1, 1, 2]  # a sign counts as a band does
    assert table["project_hazard"].tolist()[0] == 0.45
    assert table["distance"].tolist()[0] == 0.0
    assert np.isnan(table["project_hazard"].iloc[3])  # nothing lies farther outside than a figure that is not there
    assert table["distance"].iloc[1] < table["distance"].iloc[3]


def test_a_sign_must_hold_in_nine_of_ten_seeds_as_the_scorecard_asks():
    """A mean above the threshold is not enough where one seed of two lies below it."""
    torn = pd.DataFrame({"newcomers_over_null": [0.95, 1.3]})
    steady = pd.DataFrame({"newcomers_over_null": [1.05, 1.05]})
    assert ranked([torn, steady], read_targets(), torn.std()).index.tolist() == [1, 0]


def test_the_best_are_tried_on_more_seeds_lest_luck_choose(monkeypatch):
    """Two points alike, of which one was lucky on the seeds of the fit."""
    rival, seen = RIVALS["alliances"], []
    lucky, steady = ({"activity": value} for value in (0.01, 0.02))
    monkeypatch.setattr("rivals.fitting.design", lambda *_: [lucky, steady])

    def run(_, parameters, seed):
        seen.append((parameters.activity, seed))
        return {"project_hazard": 0.45 if parameters.activity == 0.02 or seed in SEEDS else 0.9}

    monkeypatch.setattr("rivals.fitting.measured", run)
    table = fitted(rival, SMALL["alliances"], read_targets(), 2, lambda _: None)
    assert table["activity"].tolist() == [0.02, 0.01]
    assert table["distance"].iloc[0] == 0.0 < table["distance"].iloc[1]
    assert len(seen) == 2 * (len(SEEDS) + len(MORE))


def test_the_board_sets_models_side_by_side(cards):
    targets = read_targets()
    rich = score(pd.DataFrame({"arm": ["status_quo"], "error": [None], "project_hazard": [0.45], "exits": [7.0]}), targets)
    board = side_by_side({RICH: rich, **cards}).set_index("target", drop=False)
    assert board.loc["firms_close", f"{RICH}_verdict"] == "in"
    assert board.loc["firms_close", "alliances_verdict"] == "not measured"
    groups = decided(board, "alliances")
    assert sum(map(len, groups.values())) == 1
    table = tallies(board, [RICH, *cards]).set_index(["model", "role"])
    assert table.loc[(RICH, "fit"), "met"] == 1
    assert table.loc[(RICH, "fit"), "judged"] == 1
    assert (table.xs("fit", level="role")["common"] <= 1).all()


def test_the_command_writes_all_or_nothing(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "my_configs" / "rival"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for name, small in SMALL.items():
        values = {field.name: getattr(small, field.name) for field in fields(small)}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(values))
    assert main(["rivals", "--seeds", "2", "--fit", "--points", "2", "--only", "alliances"]) == 0
    made = tmp_path / capsys.readouterr().out.strip().splitlines()[-1]
    assert sorted(path.name for path in made.iterdir()) == [
        "alliances.yaml",
        "fit_alliances.csv",
        "rivals.csv",
        "rivals.md",
        "scorecard_alliances.csv",
    ]
    assert main(["rivals", "--seeds", "1", "--against", str(made / "scorecard_alliances.csv"), "--results", "again"]) == 0
    words = (tmp_path / capsys.readouterr().out.strip().splitlines()[-1] / "rivals.md").read_text()
    assert "The rich model against Cowan, Jonard and Zimmermann" in words
    assert "No rival can be asked about" in words


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "aliances"], "did you mean 'alliances'?"),
        (["--seeds", "0"], "allowed: 1 to 1000"),
        (["--points", "0"], "allowed: 1 or more"),
        (["--seed", "2"], "rivals: unrecognized arguments"),
        (["--against", "nowhere.csv"], "cannot read nowhere.csv: No such file"),
        (["--against", "wrong.csv"], "no column 'verdict'; found target"),
        (["--against", "old.csv"], "project_hazard: found a band of 0.4 to 0.6; allowed: 0.4 to 0.5"),
        (["--only", "alliances"], "rival.alliances.lifetme: no such key (value 8.0); did you mean 'lifetime'?"),
    ],
)
def test_a_mistake_is_one_line(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_configs" / "rival").mkdir(parents=True)
    (tmp_path / "my_configs" / "rival" / "alliances.yaml").write_text("lifetme: 8.0\n")
    (tmp_path / "wrong.csv").write_text("target,what,unit,role,low,high,n,mean,verdicts\n")
    (tmp_path / "old.csv").write_text("target,what,unit,role,low,high,n,mean,verdict\nproject_hazard,w,u,fit,0.4,0.6,2,0.5,in\n")
    assert main(["rivals", *arguments]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert err.count("\n") == 1
    assert not out
    assert not (tmp_path / "results").exists()
