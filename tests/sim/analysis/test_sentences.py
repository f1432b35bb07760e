"""What the report says in words, and what limits it."""

import json
import shutil
from pathlib import Path

import pytest

from sim.analysis import minister, sentences
from sim.analysis.effects import effects
from sim.analysis.report import build_report
from sim.analysis.results import Results
from sim.analysis.sureness import sureness
from sim.analysis.verdicts import claims
from tests.sim.analysis import synthetic


@pytest.fixture(scope="module")
def answer(results: Results) -> dict[str, str]:
    found = claims(results)
    return dict(zip(found["claim"], sentences.answer(results, found, minister.table(results, effects(results))), strict=True))


def test_an_answer_gives_the_number_with_interval_and_unit(answer: dict[str, str]) -> None:
    text = answer["cross_beats_in"]
    assert "Difference to Joint grants in-cluster: 0.0" in text
    assert "innovations per mln int$ (95\u202f% interval 0.0" in text
    assert "after Holm" in text
    assert "the claim holds" in text
    assert "Not run: platform." in answer["institutions_beat_money"]


def test_an_answer_that_cannot_tell_says_what_could_have_been_found(results: Results) -> None:
    unclear = claims(results).assign(verdict="cannot tell")
    told = sentences.answer(results, unclear, minister.table(results, effects(results)))
    assert all("would have been found with 80\u202f% power" in sentence for sentence in told)


def test_an_arm_that_placed_little_of_its_money_is_read_with_care(results: Results) -> None:
    table = minister.table(results, effects(results)).assign(absorbed_share=0.07)
    told = sentences.answer(results, claims(results), table)
    assert "only 7.0\u202f% of the money of Joint grants cross-cluster and 7.0\u202f%" in told[0]


def test_every_arm_has_its_sentence(results: Results) -> None:
    told = dict(sentences.arms(results, minister.table(results, effects(results))))
    assert list(told) == [values[0] for values in synthetic.ARMS.values()]
    cross = told["Joint grants cross-cluster"]
    assert cross.startswith("200 mln int$ a year, 82\u202f% of it absorbed.")
    assert "Gain: innovations of everyone (0.1" in cross
    assert "worst-off member's gain (0." in cross
    assert "an additional one costs 3.1" in cross


def test_how_sure_counts_what_the_results_rest_on(results: Results) -> None:
    sure = sureness(results, effects(results))
    assert (sure.seeds, sure.pairs, sure.off) == (synthetic.SEEDS, (synthetic.SEEDS, synthetic.SEEDS), 0)
    assert sure.qualities == {"estimate": len(synthetic.COUNTRIES), "found": len(synthetic.COUNTRIES)}
    assert sure.users == []


def test_the_page_says_whose_figures_and_margins_it_uses(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "own"
    shutil.copytree(folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["about"] = {"facts": "my.csv", "shadowed": ["scenario/grants.yaml"], "users_figures": ["BLR.gerd_pct_gdp"]}
    manifest["preregistration"]["outcomes"]["D"]["negligible"] = 0.5
    (copy / "manifest.json").write_text(json.dumps(manifest))
    page = build_report(copy).read_text(encoding="utf-8")
    for text in ("Not the shipped inputs", "BLR.gerd_pct_gdp", "scenario/grants.yaml", "my.csv", "D 0.5 ln points (registered)"):
        assert text in page
    for text in ("8 seeds", "nothing else", "one point of the parameters", "5 of 10 figures", "NOT made", "Holm", "variance ratio"):
        assert text in page
