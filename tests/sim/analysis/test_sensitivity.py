"""From an experiment that varies something to sensitivity.csv and the section of its report, with a response whose answers are known."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.effects import effects
from sim.analysis.report import build_report
from sim.analysis.results import load
from sim.analysis.sample import LUCK, ONE_SEED
from sim.analysis.sensitivity import COLUMNS, sensitivity
from sim.analysis.varied import varied
from sim.commands.compose import load_config
from sim.experiments.cases import Vary
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from sim.experiments.sampling import build_cases
from tests.sim.analysis.toy_response import CASES, FIRST_ORDER, PATHS, RANGES, RESPONSE, REST, SEEDS, TOTAL

pytestmark = pytest.mark.usefixtures("unpainted")

OUTCOMES = {
    "A": {"column": "innovations", "label": "Innovations", "unit": "innovations", "direction": "more"},
    "B": {"column": "linear", "label": "Linear", "unit": "units", "direction": "more"},
    "C": {"column": "noisy", "label": "Noisy", "unit": "units", "direction": "more"},
    "D": {"column": "gain", "label": "Worst-off", "unit": "units", "direction": "more", "countries": "worst"},
    "E": {"column": "chance", "label": "Chance", "unit": "units", "direction": "more"},
    "F": {"column": "innovations", "label": "Per money", "unit": "innovations per mln", "direction": "more", "per": "public_cost"},
}
Make = Callable[..., Path]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """make(design, size, seeds, luck, ...) -> the folder of an experiment of the response, made once."""
    made: dict[str, Path] = {}
    config = load_config(["world=demo"])
    configs = {"status_quo": replace(config, instrument={}), "cash": load_config(["world=demo", "scenario=neutral_cash"])}

    def folder(design: str, size: int = 1, seeds: int = 2, luck: str = "everywhere", **more: Any) -> Path:
        key = json.dumps([design, size, seeds, luck, more], sort_keys=True)
        if key not in made:
            made[key] = tmp_path_factory.mktemp(design)
            vary = {"design": design, "size": size, "luck": luck, "over": more.pop("over", RANGES)}
            tree = {"name": design, "question": "What matters?", "baseline": "status_quo", "seeds": seeds, "reserved_seeds": []}
            tree |= {"arms": {name: {"label": name.title(), "scenario": name} for name in configs}, "doses": [0.03], "equal_cost": None}
            tree |= {"outcomes": OUTCOMES, "claims": {}, "record": "outcomes", "vary": vary} | more
            run_experiment(build_design(tree), configs, made[key], Options(ExecutorConfig.local(1), simulation=RESPONSE))
        return made[key]

    return folder


@pytest.fixture
def copied(make: Make, tmp_path: Path) -> Make:
    """The same, as a copy that may be written to."""
    return lambda *design, **more: Path(shutil.copytree(make(*design, **more), tmp_path / "copy"))


def table(folder: Path) -> pd.DataFrame:
    found = sensitivity(load(folder))
    assert found
    return found.table.set_index(["arm", "what", "outcome", "path", "measure"]).sort_index()


def covers(row: pd.Series, value: float) -> bool:
    return bool(row["low"] - 1e-9 <= value <= row["high"] + 1e-9)


def fail(folder: Path, case: int, arm: str, seed: int | None = None) -> None:
    """Make the runs of a case fail."""
    runs = pd.read_parquet(folder / "runs.parquet")
    chosen = (runs["case"] == case) & (runs["arm"] == arm) & ((runs["seed"] == seed) | (seed is None))
    outcomes = ["innovations", "linear", "noisy", "chance", "public_cost", "gain_RUS", "gain_BLR"]
    runs["error"] = runs["error"].astype(object)
    runs.loc[chosen, outcomes], runs.loc[chosen, "error"] = np.nan, "ValueError: a corner"
    runs.to_parquet(folder / "runs.parquet")


def test_sobol_indices_of_a_paired_effect_are_the_analytic_ones(make: Make) -> None:
    """The arm adds the Ishigami function to a level that moves with u1 and u2 alone."""
    found = table(make("saltelli", 128, 1))
    for path, first, total in zip(PATHS, FIRST_ORDER, TOTAL, strict=True):
        own = found.loc["cash", "effect", "A", path]
        assert covers(own.loc["first_order"], first), path
        assert covers(own.loc["total"], total), path
        assert set(own["n"]) == {128}
        assert set(own["unit"]) == {"share of variance"}
    level = found.loc["status_quo", "level", "A"]["value"]
    assert level[PATHS[0], "first_order"] == pytest.approx(0.8, abs=0.08)  # 6 u1 + 3 u2: 36 to 9
    assert level[PATHS[2], "total"] == pytest.approx(0.0, abs=1e-9)


def test_luck_has_a_share_of_its_own_in_the_variance_of_effects(make: Make) -> None:
    found = table(make("saltelli", 64, 2))
    chance = found.loc["cash", "effect", "E"]
    assert covers(chance.loc[LUCK, "first_order"], 1.0)
    assert chance.loc[("", "share_luck"), "value"] > 0.85
    assert chance.loc[("", "share_parameters"), "low"] == 0.0
    missed = [path for path in PATHS for measure in ("first_order", "total") if not covers(chance.loc[path, measure], 0.0)]
    assert len(missed) <= 1
    linear = found.loc["cash", "effect", "B"]
    assert linear.loc[(LUCK, "first_order"), "value"] < 0.01
    assert linear.loc[("", "share_parameters"), "value"] > 0.98


@pytest.mark.parametrize("luck", ["everywhere", "arms"])
def test_components_of_a_level_are_those_that_were_put_in(make: Make, luck: str) -> None:
    found = table(make("lhs", 64, 3, luck)).loc["status_quo", "level", "C", ""]
    whole = CASES**2 + SEEDS**2 + REST**2
    assert covers(found.loc["share_parameters"], CASES**2 / whole)
    assert covers(found.loc["share_luck"], 1 - CASES**2 / whole)
    assert ("share_seeds" in found.index) == (luck == "everywhere")
    if luck == "everywhere":
        assert covers(found.loc["share_interaction"], REST**2 / whole)


def test_morris_gives_slopes_per_whole_range_whatever_the_scale(make: Make) -> None:
    found = table(make("morris", 10, 2)).loc["cash", "effect"]
    for path, slope in zip(PATHS, (4.0, 2.0, 0.0), strict=True):
        own = found.loc["B", path]
        assert own.loc["mu", "value"] == pytest.approx(slope, abs=0.4)  # noise of a tenth
        assert covers(own.loc["mu"], slope)
        assert set(own["n"]) == {10}
        assert set(own["unit"]) == {"units"}
    assert found.loc[("B", LUCK, "sigma"), "value"] == pytest.approx(0.15, abs=0.05)


def test_one_seed_is_said_to_leave_luck_in(make: Make) -> None:
    found = sensitivity(load(make("morris", 10, 1)))
    assert found
    assert any(ONE_SEED in note for note in found.notes)
    assert LUCK not in set(found.table["path"])
    assert not found.table["measure"].str.startswith("share_").any()


def test_an_effect_per_money_and_of_the_worst_off_is_that_of_every_case(make: Make) -> None:
    found = table(make("one_at_a_time", seeds=3))
    own = found.loc["cash", "effect"]["value"]
    # D: the one that gains least: u1 of one country, 1 - u1 of the other; at either end of u1 that is nothing
    base = min(_as_it_is(), 1 - _as_it_is())
    assert own["D", PATHS[0], "low"] == pytest.approx(-base)
    assert own["D", PATHS[0], "high"] == pytest.approx(-base)
    dearer = own["F", PATHS[1], "low"] - own["F", PATHS[1], "high"]  # what is gained at both ends has the sign of u1 - 1/2
    assert dearer * (_as_it_is() - 0.5) > 0.0


def _as_it_is() -> float:
    return (load_config(["world=demo"]).behaviour.appraisal.base + 4.0) / 2.0


@pytest.mark.parametrize("design", ["factorial", "fractional"])
def test_main_effects_of_a_paired_effect(make: Make, design: str) -> None:
    own = table(make(design, seeds=4)).loc["cash", "effect", "B"]
    for path, slope in zip(PATHS, (4.0, 2.0, 0.0), strict=True):
        assert covers(own.loc[path, "main_effect"], slope)
        assert own.loc[(path, "main_effect"), "n"] == 4


@pytest.mark.parametrize("arm", ["cash", "status_quo"])
def test_a_broken_pair_takes_its_trajectory_along_and_is_said(copied: Make, arm: str) -> None:
    folder = copied("morris", 10, 2)
    fail(folder, case=9, arm=arm, seed=2)
    found = sensitivity(load(folder))
    assert found
    effect = found.table[(found.table["arm"] == "cash") & (found.table["path"] != "")]
    assert set(effect["n"]) == {9}
    assert any("1 of 10 trajectories are left out, for case 9 did not finish on every seed" in note for note in found.notes)
    level = found.table[(found.table["arm"] == "status_quo") & (found.table["path"] != "")]
    assert set(level["n"]) == ({9} if arm == "status_quo" else {10})
    page = build_report(folder).read_text(encoding="utf-8")
    assert "case 9 did not finish" in page


def test_when_all_trajectories_are_broken_nothing_is_claimed(copied: Make) -> None:
    folder = copied("morris", 10, 2)
    for case in range(0, 36, 4):
        fail(folder, case, "cash")
    found = sensitivity(load(folder))
    assert found
    assert not ((found.table["arm"] == "cash") & (found.table["path"] != "")).any()
    assert any("1 of 10 trajectories finished whole and two are needed" in note for note in found.notes)
    build_report(folder)


@pytest.mark.parametrize(("design", "size", "units"), [("morris", 10, 10), ("saltelli", 64, 64), ("lhs", 16, 16), ("factorial", 1, 2)])
def test_intervals_of_effects_are_over_what_was_drawn(make: Make, design: str, size: int, units: int) -> None:
    """Cases of one trajectory or base point share their values: as many independent units would make intervals far too narrow."""
    found = effects(load(make(design, size, 2)))
    assert set(found["n"]) == {units}


@pytest.mark.painted
@pytest.mark.parametrize(("design", "size", "measures"), [("saltelli", 64, "total"), ("morris", 10, "mu*"), ("grid", 2, "")])
def test_the_report_tells_it_in_words_tables_and_pictures(copied: Make, design: str, size: int, measures: str) -> None:
    folder = copied(design, size, 2)
    page = build_report(folder).read_text(encoding="utf-8")
    assert '<h2 id="varied">What it depends on</h2>' in page
    section = page.split('<h2 id="varied">')[1].split("<h2")[0]
    for text in (*PATHS, "Where the variance comes from", "What was varied", measures, "luck"):
        assert text in section
    assert section.count("data:image/png;base64,") == 2
    assert not re.search(r">\s*(nan|inf|None)\s*<", page)
    for arm in ("status_quo", "cash"):
        assert (folder / "figures" / f"sensitivity_{arm}.png").stat().st_size > 10_000
    written = pd.read_csv(folder / "sensitivity.csv")
    assert list(written) == COLUMNS
    assert set(written["unit"]) <= {"share of variance", "correlation", *(outcome["unit"] for outcome in OUTCOMES.values())}


LISTED: dict[str, Any] = {
    "behaviour.appraisal.base": {"values": [-4.0, -2.0]},
    "world.programme": {"values": [20, 40]},
    "world.after": {"values": [0, 20]},
    "instrument.neutral_cash.label": {"values": ["treat all", "pay <some>"]},
}


@pytest.mark.parametrize(("design", "size"), [("grid", 1), ("morris", 4), ("one_at_a_time", 1)])
def test_listed_values_are_shown_and_an_instrument_that_one_arm_has_may_be_varied(copied: Make, design: str, size: int) -> None:
    over = LISTED
    if design == "one_at_a_time":  # the values as they are among the levels
        label = load_config(["scenario=neutral_cash", "world=demo"]).instrument["neutral_cash"].label
        base, world = load_config(["world=demo"]).behaviour.appraisal.base, load_config(["world=demo"]).world
        over = {
            "behaviour.appraisal.base": {"values": [base, -2.0]},
            "world.programme": {"values": [world.programme, 33]},
            "world.after": {"values": [world.after, 33]},
            "instrument.neutral_cash.label": {"values": [label, "treat all"]},
        }
    folder = copied(design, size, 2, over=over)
    page = build_report(folder).read_text(encoding="utf-8")
    section = page.split('<h2 id="varied">')[1].split("<h2")[0]
    for path, spec in over.items():
        assert path in section
        words = [f"{value:g}" if isinstance(value, int | float) else value for value in spec["values"]]
        assert ", ".join(words).replace("<", "&lt;").replace(">", "&gt;") in section
    found = table(folder)
    if design == "morris":
        assert found.loc[("cash", "effect", "B", "behaviour.appraisal.base", "mu"), "value"] == pytest.approx(4.0, abs=0.4)
    if design == "grid":
        measures = {measure for *_, path, measure in found.index if path.endswith("label")}
        assert measures == {"mean at treat all", "mean at pay <some>"}


def test_a_section_of_an_instrument_that_only_an_arm_has_is_read_back(copied: Make) -> None:
    folder = copied("morris", 2, 1, over={"instrument.neutral_cash.*": None, "behaviour.appraisal.*": None})
    found = varied(load(folder))
    assert found.paths[0].startswith("instrument.neutral_cash.")
    config = load_config(["world=demo", "scenario=neutral_cash"])
    assert found.paths == build_cases(vary_of(folder), {"status_quo": replace(config, instrument={}), "cash": config}).paths
    build_report(folder)


def test_figures_of_a_pattern_are_read_back_by_names_that_people_read(copied: Make) -> None:
    over = {"country.*.figures.*": {"quality": "imputed"}, "behaviour.appraisal.leakage": None, "country.KGZ.figures.clusters.value": None}
    folder = copied("lhs", 16, 1, over=over)
    found = varied(load(folder))
    assert found.paths == build_cases(vary_of(folder), {"status_quo": load_config(["world=demo"])}).paths
    rank = found.paths.index("country.KGZ.figures.gci_innovation_rank.value")
    assert found.specs[rank] == {"low": 88.0, "high": 134.0, "scale": "linear"}
    assert found.logarithmic(found.paths.index("country.KGZ.figures.clusters.value"))
    page = build_report(folder).read_text(encoding="utf-8")
    section = page.split('<h2 id="varied">')[1].split("<h2")[0]
    assert "KGZ gci innovation rank (imputed)" in section
    assert "2 to 4.5, logarithmic" in section
    assert "gci_innovation_rank.value" not in section
    assert "except for the 10 figures that were varied over a range" in page
    assert "KGZ 111 (2016; varied 88 to 134)" in page
    assert "country.KGZ.figures.gci_innovation_rank.value" in (folder / "sensitivity.csv").read_text()


def vary_of(folder: Path) -> Vary:
    return Vary(**json.loads((folder / "manifest.json").read_text())["design"]["vary"])


def test_without_anything_varied_there_is_no_section(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    assert 'id="varied"' not in build_report(copy).read_text(encoding="utf-8")
    assert not (copy / "sensitivity.csv").exists()


@pytest.mark.painted
def test_doses_are_drawn_with_their_paired_intervals(make: Make, copied: Make) -> None:
    copy = copied("lhs", 16, 2, doses=[0.01, 0.03, 0.1])
    page = build_report(copy).read_text(encoding="utf-8")
    assert "effect by dose" in page
    assert (copy / "figures" / "dose_response.png").stat().st_size > 10_000
    plain = Path(shutil.copytree(make("lhs", 64, 3), copy.parent / "plain"))
    assert "effect by dose" not in build_report(plain).read_text(encoding="utf-8")
