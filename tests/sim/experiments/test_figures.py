"""Estimates, imputed figures and guesses of countries are uncertainties over declared ranges; facts have none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.commands.compose import FACTS, load_config
from sim.config import Config, config_tree
from sim.config_check import ConfigError, as_number
from sim.config_rules import check_rules
from sim.experiments.cases import Vary
from sim.experiments.figures import account, all_figures, of_path
from sim.experiments.sampling import build_cases
from sim.experiments.spreads import SPREADS, declared, figure_range, read_spreads
from sim.experiments.values import number_at, with_values
from sim.facts import CONTEXT, FIGURES, PEERS, PILLARS, UNSURE, Figure, bounds, read_facts

ALL = {"country.*.figures.*": None, "country.*.sector_tilt.*": None, "country.*.cluster_sectors.*": None}
SUB_RANKS = {f"country.{iso}.figures.{pillar}.value" for iso in ("ARM", "KGZ") for pillar in PILLARS}
RESEARCHERS = {f"country.{iso}.figures.researchers_per_million_fte.value" for iso in ("BLR", "ARM", "KGZ")}


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(["world=eaeu_and_neighbours"])


@pytest.fixture(scope="module")
def eaeu() -> Config:
    return load_config(["world=eaeu"])


def cases(config, over, design="lhs", size=16, seed=1):
    return build_cases(Vary(design, over, size=size, seed=seed), {"status_quo": config})


def refusal(config, over, design="lhs"):
    with pytest.raises(ConfigError) as refused:
        cases(config, over, design)
    text = str(refused.value)
    assert text.startswith("experiment.vary.over.country.")
    assert "\n" not in text
    return text


def with_figure(config: Config, iso: str, name: str, **changes: object) -> Config:
    country = config.country[iso]
    figures = {**country.figures, name: replace(country.figures[name], **changes)}
    return replace(config, country={**config.country, iso: replace(country, figures=figures)})


# what is declared


def test_every_figure_that_is_no_fact_has_a_range_around_it_and_no_fact_has_one(config):
    for path, figure in all_figures(config):
        span = of_path(config, path)[1]
        if figure.quality not in UNSURE:
            assert span is None, path
            continue
        allowed = number_at(config, path)
        assert allowed.low <= span.low <= figure.value <= span.high <= allowed.high, path
        assert span.low < span.high, path
        assert span.rule
        assert span.source


def test_the_figures_that_nobody_knows_are_imputed_and_every_count_of_organisations_is_an_estimate(config):
    imputed = {path for path, figure in all_figures(config) if figure.quality == "imputed"}
    assert imputed == SUB_RANKS | RESEARCHERS
    assert {country.figures["rd_performing_organisations"].quality for country in config.country.values()} == {"estimate"}


def test_imputed_researchers_may_be_what_any_peer_would_give():
    facts, factor = read_facts(FACTS), declared().figures["researchers_per_million_fte"].imputed
    both = [facts[iso] for iso in PEERS if "researchers_per_million_fte" in facts[iso]]
    multiples = np.array([each["gerd_pct_gdp"].value / each["researchers_per_million_fte"].value for each in both])
    off = np.exp(np.abs(np.log(multiples / np.median(multiples)))).max()
    assert off < factor < 1.05 * off


def test_imputed_sub_ranks_may_be_as_far_from_the_overall_rank_as_any_that_is_known(config):
    for pillar in PILLARS:
        known = [country.figures for country in config.country.values() if country.figures[pillar].quality == "found"]
        off = [abs(each[pillar].value - each["gci_overall_rank"].value) for each in known if "gci_overall_rank" in each]
        assert len(off) == 6
        assert declared().figures[pillar].imputed == max(off)


@pytest.mark.parametrize(
    ("how", "value", "low", "high"), [("factor", 80.0, 40.0, 160.0), ("points", 80.0, 78.0, 82.0), ("odds", 0.8, 2 / 3, 8 / 9)]
)
def test_a_spread_is_a_factor_points_or_a_factor_on_odds(how, value, low, high):
    spread = replace(declared().figures["clusters"], how=how, estimate=2.0)
    figure = Figure(value=value, year=2021, quality="estimate", source="x")
    assert spread.around(figure) == pytest.approx((low, high))


def test_parts_of_a_whole_never_exceed_it(config):
    for country in config.country.values():
        for whole in declared().wholes.values():
            spans = {part: figure_range(country, "figures", part) for part in whole.parts}
            most = sum(span.high if span else country.value(part) for part, span in spans.items())
            assert most <= whole.most + 1e-12 or not any(spans.values())
    armenian = figure_range(config.country["ARM"], "figures", "institute_share")
    assert "cut so that institute_share + university_share <= 0.95" in armenian.rule


def test_where_facts_leave_no_room_a_part_only_falls(config):
    full = with_figure(with_figure(config, "ARM", "institute_share", value=0.97, quality="user"), "ARM", "university_share", value=0.02)
    span = figure_range(full.country["ARM"], "figures", "university_share")
    assert span.low < span.high == 0.02
    assert max(values(cases(full, {"country.ARM.figures.university_share.value": None}))) <= 0.02


def values(found):
    return [value for case in range(len(found)) for value in found.values(case).values()]


# what a pattern names


def test_one_line_makes_every_uncertain_figure_of_the_world_an_uncertainty(config):
    wanted = {path for path, figure in all_figures(config) if figure.quality in UNSURE and path.split(".")[3] not in CONTEXT}
    assert set(cases(config, {"country.*.*.*": None}).paths) == set(cases(config, ALL).paths) == wanted
    assert {path.split(".")[2] for path in wanted} == {"figures", "sector_tilt", "cluster_sectors"}


@pytest.mark.parametrize(
    ("over", "paths"),
    [
        ({"country.*.figures.*": {"quality": "imputed"}}, SUB_RANKS | RESEARCHERS),
        ({"country.*.figures.researchers_per_million_fte.value": None}, RESEARCHERS),
        ({"country.KGZ.figures.*": {"quality": ["imputed"]}}, {path for path in SUB_RANKS | RESEARCHERS if "KGZ" in path}),
        ({"country.KGZ.figures.clusters.*": None}, {"country.KGZ.figures.clusters.value"}),
    ],
)
def test_patterns_and_qualities(config, over, paths):
    assert set(cases(config, over).paths) == paths


def test_one_figure_alone_has_its_declared_range_or_one_of_its_own(eaeu):
    path = "country.KGZ.figures.researchers_per_million_fte.value"
    span = of_path(eaeu, path)[1]
    (factor,) = cases(eaeu, {path: None}).factors
    assert (factor.low, factor.high, factor.logarithmic) == (span.low, span.high, True)
    factors = cases(eaeu, {"country.KGZ.figures.*": None, path: [100, 200]}).factors
    assert [(factor.low, factor.high) for factor in factors if factor.path == path] == [(100.0, 200.0)]
    assert len(factors) == len(cases(eaeu, {"country.KGZ.figures.*": None}).factors)


def test_of_two_patterns_the_first_holds(eaeu):
    over = {"country.BLR.figures.delivery.*": [0.5, 0.6], "country.*.figures.*": None}
    assert cases(eaeu, over).factors[0].high == 0.6
    assert cases(eaeu, dict(reversed(over.items()))).factors[0].path.startswith("country.RUS")
    assert max(factor.high for factor in cases(eaeu, dict(reversed(over.items()))).factors if "BLR.figures.delivery" in factor.path) > 0.8


def test_a_fact_may_be_varied_by_whoever_gives_a_range(eaeu):
    (factor,) = cases(eaeu, {"country.BLR.figures.gerd_pct_gdp.value": [0.4, 0.6]}).factors
    assert (factor.low, factor.high) == (0.4, 0.6)


# what is sampled


@pytest.mark.parametrize("design", ["lhs", "sobol", "morris"])
def test_samples_lie_in_the_ranges_and_make_configurations_that_hold(eaeu, design):
    found = cases(eaeu, ALL, design, 4)
    for case in range(0, len(found), max(1, len(found) // 16)):
        for factor, (path, value) in zip(found.factors, found.values(case).items(), strict=True):
            span = of_path(eaeu, path)[1]
            assert span.low <= value <= span.high
            as_number(value, bounds(*path.split(".")[2:4]), path)
            assert factor.path == path
        check_rules(with_values(eaeu, found.values(case)))


def test_the_same_seed_samples_the_same(eaeu):
    one, other = (cases(eaeu, ALL, size=8, seed=3) for _ in range(2))
    assert one.factors == other.factors
    assert one.shares.tobytes() == other.shares.tobytes()
    assert cases(eaeu, ALL, size=8, seed=4).shares.tobytes() != one.shares.tobytes()


# what the manifest says


def test_no_estimate_passes_for_a_fact(eaeu):
    unsure = {path for path, figure in all_figures(eaeu) if figure.quality in UNSURE and path.split(".")[3] not in CONTEXT}
    assert account(eaeu)["as_they_stand"].keys() == unsure
    assert account(eaeu)["sampled"] == {}
    over = {"country.*.figures.*": {"quality": "imputed"}, "country.BLR.figures.gerd_pct_gdp.value": [0.4, 0.6]}
    said = account(eaeu, cases(eaeu, over).factors, over)
    assert said["sampled"].keys() == SUB_RANKS | RESEARCHERS | {"country.BLR.figures.gerd_pct_gdp.value"}
    assert said["as_they_stand"].keys() == unsure - said["sampled"].keys()
    rank = said["sampled"]["country.KGZ.figures.gci_innovation_rank.value"]
    assert (rank["quality"], rank["low"], rank["high"], rank["named_by"]) == ("imputed", 88.0, 134.0, "country.*.figures.*")
    assert rank["label"] == "KGZ gci innovation rank (imputed)"
    own = said["sampled"]["country.BLR.figures.gerd_pct_gdp.value"]
    assert (own["quality"], own["rule"]) == ("found", "a range of the experiment's own")


def test_a_users_figure_is_a_fact(tmp_path):
    path = tmp_path / "my.csv"
    path.write_text("iso3,indicator,year,value,quality,source\nKGZ,clusters,2022,5,,ministry\n")
    config = load_config(["world=eaeu", f"facts={path}"])
    assert "country.KGZ.figures.clusters.value" not in account(config)["as_they_stand"]
    assert "country.KGZ.figures.clusters.value" not in cases(config, ALL).paths
    assert "found quality user, a fact" in refusal(config, {"country.KGZ.figures.clusters.value": None})


# what is refused


@pytest.mark.parametrize(
    ("over", "words"),
    [
        (
            {"country.KZG.figures.*": None},
            "country.KZG.figures.*: no arm has 'KZG' in 'country'; allowed: *, RUS, BLR, KAZ, ARM, KGZ; did you",
        ),
        ({"country.*.figure.*": None}, "did you mean 'figures'?"),
        ({"country.*.figures.delivry.value": None}, "did you mean 'delivery'?"),
        ({"country.*.figures.delivery.year": None}, "no arm has 'year' in 'country.*.figures.delivery'; allowed: *, value"),
        (
            {"country.*.figures.*": {"quality": "imputd"}},
            ".quality: found 'imputd'; allowed: estimate, imputed, guess; did you mean 'imputed'?",
        ),
        ({"country.*.figures.*": {"quality": "found"}}, ".quality: found 'found'; allowed: estimate, imputed, guess"),
        ({"country.*.figures.*": {"quality": []}}, "allowed: {quality: imputed}"),
        ({"country.*.figures.*": {"quality": "guess", "low": 1}}, "and nothing else"),
        ({"country.*.figures.gerd_pct_gdp.value": None}, "found quality found alone"),
        ({"country.BLR.figures.gerd_pct_gdp.value": None}, "found quality found, a fact without a declared range; allowed: a range of the"),
        ({"country.BLR.figures.delivery.value": [0.5, 1.5]}, "found 1.5; allowed: a number from 0 to 1"),
        ({"country.BLR.figures.clusters": None}, "found a section; allowed: a value in it, as in country.BLR.figures.clusters.value"),
        (
            {"country.ARM.figures.institute_share.value": [0.4, 0.7], "country.ARM.figures.university_share.value": [0.2, 0.35]},
            "found institute_share + university_share = ",
        ),
        ({"country.ARM.figures.institute_share.value": {"values": [0.5, 0.9]}}, "= 1.15 in a case; allowed: at most 0.95"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key_with_what_is_allowed(eaeu, over, words):
    assert words in refusal(eaeu, over)


def test_values_listed_together_may_be_a_whole_that_their_ends_would_exceed(eaeu):
    paths = [f"country.ARM.figures.{name}.value" for name in ("institute_share", "university_share")]
    listed = {path: {"values": levels} for path, levels in zip(paths, ([0.7, 0.2], [0.2, 0.7]), strict=True)}
    assert len(cases(eaeu, listed, "listed")) == 2


def test_a_range_that_is_a_point_is_refused(eaeu):
    empty = with_figure(eaeu, "KGZ", "institute_share", value=0.0)
    assert "leaves room around" in refusal(empty, {"country.KGZ.figures.*": None})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tree: tree["figures"].pop("delivery"), "spreads.yaml.figures.delivery: missing; allowed: a mapping with how, estimate"),
        (lambda tree: tree["figures"].update(delivry=tree["figures"].pop("delivery")), "did you mean 'delivery'?"),
        (lambda tree: tree["figures"]["delivery"].update(how="odd"), "did you mean 'odds'?"),
        (lambda tree: tree["figures"]["delivery"].update(guess=0.5), "found guess 0.5; allowed with how: odds: more than 1"),
        (lambda tree: tree["figures"]["delivery"].update(guess="much"), "found 'much'; allowed: a number from 0 to 1000"),
        (lambda tree: tree["figures"]["delivery"].pop("source"), "spreads.yaml.figures.delivery.source: missing; allowed: text"),
        (lambda tree: tree["wholes"]["kinds"].update(parts=["institute_share", "univ_share"]), "found 'univ_share'; allowed: figures"),
        (lambda tree: tree.update(whole={}), "did you mean 'wholes'?"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_named(tmp_path, change, words):
    tree = yaml.safe_load(SPREADS.read_text(encoding="utf-8"))
    change(tree)
    path = Path(tmp_path / "spreads.yaml")
    path.write_text(yaml.safe_dump(tree))
    with pytest.raises(ConfigError) as refused:
        read_spreads(path)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_declarations_name_every_figure_once():
    assert declared().figures.keys() == {**FIGURES, **CONTEXT}.keys()
    assert all(spread.source for spread in declared().figures.values())


def test_ranges_are_no_part_of_a_configuration(eaeu):
    assert set(config_tree(eaeu)["country"]["KGZ"]["figures"]["clusters"]) == {"value", "year", "quality", "source"}
