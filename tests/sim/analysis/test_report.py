import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from PIL import Image

from sim.analysis.paths import both_ends, event_paths, funnel_totals
from sim.analysis.report import build_report
from sim.analysis.results import Results, ResultsError, load, read_assumptions
from sim.analysis.tables import print_effects
from tests.conftest import ROOT
from tests.sim.analysis import synthetic

SECTIONS = ("question", "arms", "minister", "paths", "cost", "who", "funnel", "network", "sure", "reproduce")


@pytest.fixture(scope="module")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with its report."""
    copy = tmp_path_factory.mktemp("built") / "synthetic"
    shutil.copytree(folder, copy)
    assert build_report(copy) == copy / "report.html"
    return copy


@pytest.fixture(scope="module")
def page(built: Path) -> str:
    return (built / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("section", SECTIONS)
def test_sections(page: str, section: str) -> None:
    assert f'<h2 id="{section}">' in page


def test_nothing_is_fetched(page: str) -> None:
    assert not re.search(r"https?://|<script\s|<link|@import|url\(|fetch\(|import\(", page)
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert sources
    assert all(source.startswith(("data:image/png;base64,", "#")) for source in sources)


def test_what_a_reader_must_find(page: str) -> None:
    for text in ("the claim holds", "cannot tell", "NOT run", "analyst estimate, unverified", "RUB of 2021", "Holm", "two-mode null", "80"):
        assert text in page


def test_pictures_open_and_show_something(built: Path) -> None:
    pictures = sorted((built / "figures").glob("*.png"))
    assert {"forest", "cost_effect", "who_pays_who_gains", "funnel", "network", "path_innovations"} <= {path.stem for path in pictures}
    for path in pictures:
        with Image.open(path) as picture:
            assert min(picture.size) > 200
            assert len(picture.convert("RGB").resize((200, 200)).getcolors(40_000) or []) > 20
        assert path.with_suffix(".svg").read_text(encoding="utf-8").count("<path") > 20


def test_the_same_bytes_every_time(built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(built, again, ignore=shutil.ignore_patterns("figures", "*.csv", "*.html"))
    build_report(again)
    written = [path.relative_to(again) for path in again.rglob("*") if path.is_file()]
    assert [str(path) for path in written if (again / path).read_bytes() != (built / path).read_bytes()] == []
    assert not list(again.rglob("*.part"))


def test_the_analysis_cannot_simulate() -> None:
    """Nothing that a report needs imports the model's step."""
    code = (
        "import sys, sim.analysis.report, sim.analysis.tables; sys.exit(bool({'sim.simulate', 'sim.step', 'sim.world'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_tables_are_written(built: Path) -> None:
    assert len(pd.read_csv(built / "claims.csv")) == len(synthetic.CLAIMS)
    assert set(pd.read_csv(built / "minister.csv")["arm"]) == set(synthetic.ARMS)
    assert {"ci_low", "ci_high", "verdict"} <= set(pd.read_csv(built / "effects.csv"))


def test_the_terminal_shows_arms_and_verdicts(built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    print_effects(built)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Joint grants cross-cluster" in captured.err
    assert "the claim holds" in captured.err


def test_bare_runs_still_give_a_report(tmp_path: Path) -> None:
    """One seed, several doses, and nothing recorded but runs: no interval, no figure of what is missing, no claim decided."""
    folder = synthetic.make(tmp_path / "bare", seeds=1, doses=(0.01, 0.03, 0.1))
    for name in ("series", "funnel", "ledger"):
        (folder / f"{name}.parquet").unlink()
    page = build_report(folder).read_text(encoding="utf-8")
    assert set(pd.read_csv(folder / "claims.csv")["verdict"]) == {"cannot tell"}
    assert "the claim holds" not in page
    assert load(folder).headline[0] == ("cash", 0.03)


def test_runs_that_failed_are_left_out_and_said_and_text_is_never_markup(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    runs = pd.read_parquet(broken / "runs.parquet")
    runs["error"] = runs["error"].astype(object)
    runs.loc[(runs["arm"] == "cash") & (runs["seed"] == 3), "error"] = "no luck"
    runs.to_parquet(broken / "runs.parquet")
    manifest = json.loads((broken / "manifest.json").read_text())
    (broken / "manifest.json").write_text(json.dumps(manifest | {"question": "<script>alert(1)</script>"}))
    page = build_report(broken).read_text(encoding="utf-8")
    assert "1 of them failed" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    effects = pd.read_csv(broken / "effects.csv")
    assert set(effects.loc[effects["arm"] == "cash", "n"]) == {synthetic.SEEDS - 1}


@pytest.mark.parametrize("line", read_assumptions(), ids=lambda line: line["parameter"])
def test_the_assumption_ledger_names_parameters_that_exist(line: dict) -> None:
    _, group, name = line["parameter"].split(".")
    assert name in yaml.safe_load((ROOT / "configs" / "behaviour" / f"{group}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("missing", ["manifest.json", "runs.parquet"])
def test_no_results_are_one_line(folder: Path, tmp_path: Path, missing: str) -> None:
    copy = tmp_path / "partial"
    shutil.copytree(folder, copy)
    (copy / missing).unlink()
    with pytest.raises(ResultsError) as error:
        build_report(copy)
    assert "\n" not in str(error.value)


def test_nothing_finished_is_one_line(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "failed"
    shutil.copytree(folder, copy)
    pd.read_parquet(copy / "runs.parquet").assign(error="no luck").to_parquet(copy / "runs.parquet")
    with pytest.raises(ResultsError, match="no seed has finished"):
        build_report(copy)


def test_a_path_is_the_mean_paired_difference(results: Results) -> None:
    name, paths = event_paths(results, 4)[0]
    assert name == "innovations"
    series = (
        pd.read_parquet(results.folder / "series.parquet").query("indicator == 'innovations' and quarter == 20").set_index("seed")["value"]
    )
    arms = pd.read_parquet(results.folder / "series.parquet").query("indicator == 'innovations' and quarter == 20").set_index("seed")["arm"]
    gap = series[arms == "cross_cluster"] - series[arms == "status_quo"]
    found = paths[(paths["arm"] == "cross_cluster") & (paths["quarter"] == 20)].iloc[0]
    assert found["mean"] == pytest.approx(gap.mean())
    assert (found["low"] + found["high"]) / 2 == pytest.approx(gap.mean())


def test_paths_are_read_at_both_ends(results: Results) -> None:
    _, paths = event_paths(results, 1)[0]
    ends = both_ends(results, event_paths(results, 1)).set_index(["arm", "end"])["mean"]
    by_quarter = paths.set_index(["arm", "quarter"])["mean"]
    assert ends["cash", "programme"] == by_quarter["cash", synthetic.PROGRAMME - 1]
    assert ends["cash", "horizon"] == by_quarter["cash", synthetic.PROGRAMME + synthetic.AFTER - 1]


def test_the_funnel_is_read_at_its_end(results: Results) -> None:
    """The table is cumulated: the last quarter holds the horizon, earlier ones must not be added."""
    totals = funnel_totals(results).set_index(["arm", "ladder", "stage"])["value"]
    assert totals["status_quo", "firm", "met"] == pytest.approx(60_000, rel=0.03)
    assert list(totals.loc["status_quo"].loc["firm"].index) == synthetic.STAGES["firm"]
