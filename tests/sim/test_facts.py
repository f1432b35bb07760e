"""Country figures: read, laid over, imputed, and never without their origin."""

from pathlib import Path

import pytest

from sim.commands.compose import FACTS, compose_tree, load_config, load_tree, users_figures
from sim.config_check import ConfigError
from sim.facts import CONTEXT, FIGURES, PEERS, PILLARS, impute, overlay, read_facts

HEAD = "iso3,indicator,year,value,quality,source\n"


def own(folder: Path, *rows: str) -> Path:
    path = folder / "my.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def test_every_shipped_figure_has_year_quality_and_source():
    facts = read_facts(FACTS)
    assert len(facts) == 11
    for figures in facts.values():
        for name, figure in figures.items():
            assert name in {**FIGURES, **CONTEXT}
            assert figure.source
            assert figure.quality in ("found", "estimate")
            assert 2000 <= figure.year <= 2025


def test_researchers_are_imputed_from_the_peers_spending_per_researcher():
    facts = read_facts(FACTS)
    assert "researchers_per_million_fte" not in facts["BLR"]
    filled = impute(facts)["BLR"]["researchers_per_million_fte"]
    multiple = [1e4 * facts[i]["gerd_pct_gdp"].value / facts[i]["researchers_per_million_fte"].value for i in ("RUS", "KAZ")]
    assert filled.quality == "imputed"
    assert filled.value == pytest.approx(1e4 * facts["BLR"]["gerd_pct_gdp"].value / (sum(multiple) / 2))
    assert impute(facts)["RUS"]["researchers_per_million_fte"] == facts["RUS"]["researchers_per_million_fte"]


def test_sub_ranks_are_imputed_from_the_overall_rank_where_no_file_has_them():
    for pillar in PILLARS:
        figures = {iso: impute(read_facts(FACTS))[iso][pillar] for iso in ("ARM", "KGZ")}
        assert {iso: (figure.value, figure.year, figure.quality) for iso, figure in figures.items()} == {
            "ARM": (79.0, 2016, "imputed"),
            "KGZ": (111.0, 2016, "imputed"),
        }
    russian = load_config(["world=eaeu"]).country["RUS"].figures["gci_innovation_rank"]
    assert (russian.value, russian.quality) == (66.0, "found")


def test_what_is_imputed_carries_its_label_into_the_config():
    config = load_config(["world=eaeu_and_neighbours"])
    imputed = {(iso, n) for iso, c in config.country.items() for n, f in c.figures.items() if f.quality == "imputed"}
    ranks = {(iso, pillar) for iso in ("ARM", "KGZ") for pillar in PILLARS}
    assert imputed == ranks | {(iso, "researchers_per_million_fte") for iso in ("BLR", "ARM", "KGZ")}


def test_overlay_marks_what_the_user_gave(tmp_path):
    path = own(tmp_path, "BLR,gerd_pct_gdp,2022,0.7,found,my ministry")
    merged, marked = overlay(read_facts(FACTS), read_facts(path), "my.csv")
    assert marked == ["BLR.gerd_pct_gdp"]
    assert merged["BLR"]["gerd_pct_gdp"].quality == "user"
    assert merged["BLR"]["gerd_pct_gdp"].source == "my.csv: my ministry"


def test_users_file_wins_over_facts_and_country_file(tmp_path):
    path = own(tmp_path, "BLR,gerd_pct_gdp,2022,0.7,,", "BLR,delivery,2022,0.5,,")
    config = load_config(["world=demo", f"facts={path}"])
    assert config.country["BLR"].value("gerd_pct_gdp") == 0.7
    assert config.country["BLR"].value("delivery") == 0.5
    assert users_figures(config) == ["BLR.gerd_pct_gdp", "BLR.delivery"]


def test_figure_changed_by_hand_is_marked_and_wins(tmp_path):
    path = own(tmp_path, "BLR,delivery,2022,0.5,,")
    config = load_config(["world=demo", f"facts={path}", "country.BLR.figures.delivery.value=0.6"])
    assert config.country["BLR"].value("delivery") == 0.6
    assert config.country["BLR"].figures["delivery"].quality == "user"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("BLR,gerd_pct_gpd,2021,1,found,x", "did you mean 'gerd_pct_gdp'?"),
        ("BLR,gerd_pct_gdp,2021,much,found,x", "found value 'much'"),
        ("BLR,gerd_pct_gdp,2021,nan,found,x", "found nan"),
        ("BLR,gerd_pct_gdp,2021,-1,found,x", "a number from 0.001 to 15"),
        ("BLR,gerd_pct_gdp,now,1,found,x", "year 'now'"),
        ("Belarus,gerd_pct_gdp,2021,1,found,x", "three capital letters"),
        ("BLX,gerd_pct_gdp,2021,1,found,x", "found country 'BLX'"),
        ("BLR,gerd_pct_gdp,2021,1", "another number of cells"),
        ("BLR,gerd_pct_gdp,2021,1,found,x\nBLR,gerd_pct_gdp,2021,1,found,x", "stands there twice"),
    ],
)
def test_bad_rows_are_named(tmp_path, row, says):
    with pytest.raises(ConfigError, match=r"my\.csv") as error:
        compose_tree(["world=demo", f"facts={own(tmp_path, row)}"])
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_no_csv(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_facts(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="no csv text file"):
        read_facts(tmp_path / "binary.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ConfigError, match="found the columns a, b"):
        read_facts(tmp_path / "other.csv")


def test_a_missing_figure_is_named():
    tree = compose_tree(["world=demo"])
    del tree["country"]["BLR"]["figures"]["clusters"]
    with pytest.raises(ConfigError, match=r"country\.BLR\.figures\.clusters: missing"):
        load_tree(tree)


def test_known_anchors():
    config = load_config(["world=eaeu"])
    assert tuple(config.country) == PEERS
    assert config.country["BLR"].places["minsk"].share == 0.72
    blr = config.country["BLR"]
    assert [blr.value("clusters") * blr.value(stage) for stage in ("active_share", "emerging_share")] == [8, 6]
    biotech = sum(figure.value for figure in config.country["RUS"].cluster_sectors.values())
    assert biotech * config.country["RUS"].value("clusters") == pytest.approx(20, abs=0.01)
    assert sum(round(c.value("rd_performing_organisations")) for c in config.country.values()) == 5198
    assert sum(c.value("customs_share_pct") for c in config.country.values()) == pytest.approx(100)
