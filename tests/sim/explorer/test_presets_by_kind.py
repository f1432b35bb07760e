"""Presets stand under headings by what their files say of them."""

from pathlib import Path

import pytest

from sim.explorer.presets import KINDS, by_kind, titles
from sim.explorer.setting import presets
from sim.explorer.words import LANGUAGES, Words


def test_every_preset_is_in_one_list_by_kind_with_its_label_and_name() -> None:
    kinds = by_kind()
    assert kinds.keys() == presets().keys()
    for language in LANGUAGES:
        listed = titles(Words(language))
        assert listed.keys() == kinds.keys()
        order = [KINDS.index(kinds[name]) for name in listed]
        assert order == sorted(order)
        assert next(iter(listed)) == "status_quo"
        assert all(title.endswith(f" · {name}") for name, title in listed.items())
    assert titles(Words("en"))["grants"] == "Joint grants, any partners · grants"


@pytest.mark.parametrize(
    ("kind", "some"),
    [
        ("quo", {"status_quo", "no_policy", "calendar_2024"}),
        ("headline", {"neutral_cash", "grants_cross_cluster", "meet_then_pay"}),
        ("single", {"single_vouchers", "matchmaking_once", "grown_clusters"}),
        ("package", {"mix", "eaeu_council_one_call", "everything_on"}),
        ("shock", {"single_recession", "single_rate_rise", "borders_shut", "border_shock_with_programme"}),
        ("placebo", {"random_pairs", "blind_platform", "shuffled_labels"}),
        ("literature", {"meetings_by_lot", "framework_call"}),
    ],
)
def test_a_kind_follows_from_the_files(kind: str, some: set[str]) -> None:
    found = {name for name, each in by_kind().items() if each == kind}
    assert some <= found
    assert len(found) < 30


def test_a_preset_of_ones_own_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text("# @package _global_\nscenario: {name: mine, label: Mine}\n", encoding="utf-8")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(tmp_path))
    assert by_kind()["mine"] == "own"
    assert next(iter(titles(Words("ru")).items())) == ("mine", "Mine · mine")
