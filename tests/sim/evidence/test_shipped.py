"""The scorecard that lies beside results: laid there by copy, shown in the report, and warned of where it is of other code."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.evidence import trust
from sim.analysis.report import build_report
from sim.analysis.results import ResultsError, load
from sim.evidence import shipped
from sim.evidence.score import in_words, score
from sim.experiments.formats import sha256_of
from sim.experiments.store import StoreError
from tests.sim.analysis import synthetic
from tests.sim.evidence.hand_made import target

CODE = "12" * 32
"""The code that made the synthetic results."""
WORLD, BEHAVIOUR = "eaeu", {"learning": {"mar": 0.006, "al_p": 0.05}}
"""Of the synthetic results."""
TARGETS = {
    "met": target(what="firms that <met>", measure="a"),
    "missed": target(what="firms that missed", measure="a", band=(3.0, 4.0), transported=True),
    "sign": target(what="a sign", measure="a", above=0.0, role="check"),
    "silent": target(what="never seen", measure="z", role="check"),
    "theory": target(what="a prediction", measure="a", role="prediction"),
    "given": target(what="an input", measure="a", role="input"),
}


def card() -> pd.DataFrame:
    return score(pd.DataFrame({"arm": "quo", "error": None, "a": [0.25, 0.5, 0.75]}), TARGETS)


def lay(folder: Path, code: str = CODE, **changes: object) -> None:
    """A scorecard of three seeds, as `crosscluster evidence` writes it, of the synthetic results' world and behaviour."""
    card().to_csv(folder / "scorecard.csv", index=False, lineterminator="\n")
    made = {
        "command": "crosscluster evidence", "world": WORLD, "seeds": 3, "values": 16, "calibrated": "accepted", "model_sha256": code,
        "behaviour_sha256": sha256_of(BEHAVIOUR), "said": in_words(card()), **changes,
    }  # fmt: skip
    (folder / "scorecard.json").write_text(json.dumps(made), encoding="utf-8")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results without a scorecard."""
    return synthetic.make(tmp_path_factory.mktemp("results") / "synthetic", seeds=3)


@pytest.fixture
def folder(plain: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(plain, tmp_path / "synthetic"))


# by copy


def test_the_shipped_scorecard_is_laid_beside_results_byte_by_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    there, here = tmp_path / "shipped", tmp_path / "results"
    for each in (there, here):
        each.mkdir()
    lay(there)
    (there / "quick.csv").write_text("no part of it")
    monkeypatch.setattr(shipped, "HERE", there)
    shipped.lay_beside(here)
    assert sorted(path.name for path in here.iterdir()) == ["scorecard.csv", "scorecard.json"]
    for path in here.iterdir():
        assert path.read_bytes() == (there / path.name).read_bytes()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lay(tmp_path)
    monkeypatch.setattr(shipped, "HERE", tmp_path)
    with pytest.raises(StoreError, match=r"cannot write in '.*nowhere'") as refused:
        shipped.lay_beside(tmp_path / "nowhere")
    assert "\n" not in str(refused.value)


# in the report


def test_results_without_a_scorecard_have_no_such_section(plain: Path):
    assert trust(load(plain)) is None


def test_the_section_says_what_is_met_as_the_scorecard_does(folder: Path):
    lay(folder)
    found = trust(load(folder))
    assert found is not None
    assert found.said[0].startswith(in_words(card()))  # the tally of the csv, as the command told it
    assert f"(world {WORLD}, 3 seeds, the 16 sets of values of accepted: crosscluster evidence)" in found.said[0]
    assert found.warning == ""


def test_the_tally_over_a_set_stands_beside_that_of_the_values(folder: Path):
    lay(folder, calibrated=None, values=1, over_set={"said": "5 of 6 fit targets are met", "world": WORLD, "seeds": 2,
        "values": 16, "calibrated": "accepted", "command": "crosscluster evidence calibrated=accepted"})  # fmt: skip
    found = trust(load(folder))
    assert found is not None
    assert "the values of the configuration" in found.said[0]
    assert found.said[1].startswith("5 of 6 fit targets are met (world eaeu, 2 seeds, the 16 sets of values of accepted:")


def test_every_counted_target_is_shown_and_no_other(folder: Path):
    lay(folder)
    found = trust(load(folder))
    assert found is not None
    rows = {row[0]: row for row in found.table.rows}
    assert list(rows) == ["firms that <met>", "firms that missed", "a sign", "never seen"]
    assert rows["firms that <met>"][5] == "in"
    assert rows["firms that missed"][5] == "TOO LOW"
    assert rows["firms that missed"][7] == "elsewhere"
    assert rows["never seen"][5] == "NOT MEASURED"
    assert rows["never seen"][3] == rows["never seen"][4]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"model_sha256": "ab" * 32}, "another version of the model"),
        ({"behaviour_sha256": "ab" * 32}, "other values of behaviour"),
        ({"world": "demo"}, "another world (demo, not eaeu)"),
    ],
)
def test_what_a_scorecard_differs_in_from_the_results_is_told(folder: Path, changes: dict[str, str], words: str):
    lay(folder, **changes)
    found = trust(load(folder))
    assert found is not None
    assert found.warning == (f"The scorecard is of {words} than these results." if words else "")


def test_a_scorecard_of_the_values_as_they_are_does_not_speak_of_a_set(folder: Path):
    lay(folder, calibrated=None, values=1)
    found = trust(load(folder))
    assert found is not None
    assert "(world eaeu, 3 seeds, the values of the configuration: crosscluster evidence)" in found.said[0]


def test_the_report_shows_it_and_warns_where_it_is_of_other_code(folder: Path):
    lay(folder, "ab" * 32)
    page = build_report(folder).read_text(encoding="utf-8")
    section = page[page.index('<h2 id="trust">') : page.index('<h2 id="reproduce">')]
    assert 'href="#trust"' in page
    assert "1 of 2 fit targets" in section
    assert "firms that &lt;met&gt;" in section
    assert '<p class="warning">The scorecard is of another version of the model' in section


def test_the_report_of_results_without_a_scorecard_does_not_speak_of_it(folder: Path):
    page = build_report(folder).read_text(encoding="utf-8")
    assert 'id="trust"' not in page
    assert 'href="#trust"' not in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scorecard.json", None),
        ("scorecard.json", "{no json"),
        ("scorecard.json", "{}"),
        ("scorecard.csv", "a,b\n1,2\n"),
        ("scorecard.csv", ""),
    ],
)
def test_a_scorecard_that_cannot_be_read_is_refused_in_one_line_with_its_path(folder: Path, name: str, content: str | None):
    lay(folder)
    path = folder / name
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ResultsError) as refused:
        trust(load(folder))
    text = str(refused.value)
    assert text.startswith(f"{folder / 'scorecard.csv'}: no scorecard")
    assert "\n" not in text
