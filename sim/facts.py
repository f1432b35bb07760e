"""Country figures with their provenance: value, year, quality, source.

Figures come from configs/country/facts.csv and from the country's own YAML; a user's file in the same columns
(`facts=my.csv`) lies over them.  What nobody knows is imputed by the rules in `impute` and labelled so.
Qualities: found (in the named source), estimate (by an analyst, unverified), guess (ours), imputed, user.
UNSURE ones are uncertainties, not facts: sim/experiments/spreads.yaml says how far each may be off.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Literal

from agents.parameters import Number, number
from sim.config_check import ConfigError, as_number, nearest

Quality = Literal["found", "estimate", "guess", "imputed", "user"]
UNSURE: tuple[Quality, ...] = ("estimate", "imputed", "guess")
"""Qualities of figures that are no facts, the surest first."""
COLUMNS = ["iso3", "indicator", "year", "value", "quality", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number about a country and where it comes from."""

    value: float = number("see FIGURES", -1e18, 1e18, "given beside it")
    year: int = number("year", 1900, 2100, "given beside it", whole=True)
    quality: Quality
    source: str


FIGURES: dict[str, Number] = {
    "gdp_pc_ppp_2017intl": Number("int$ of 2017 a head and year", 100.0, 500_000.0, "facts"),
    "gdp_pc_nominal_usd": Number("USD a head and year", 50.0, 500_000.0, "country file"),
    "population": Number("persons", 1e4, 3e9, "facts"),
    "gerd_pct_gdp": Number("% of GDP", 0.001, 15.0, "facts"),
    "berd_share_of_gerd_pct": Number("% of GERD", 0.0, 100.0, "facts"),
    "state_share_of_berd": Number("0..1", 0.0, 1.0, "country file", null=0.0),
    "researchers_per_million_fte": Number("full-time researchers per million people", 1.0, 30_000.0, "facts"),
    "rd_performing_organisations": Number("organisations", 1.0, 1e6, "facts", whole=False),
    "institute_share": Number("0..1 of organisations", 0.0, 1.0, "country file"),
    "university_share": Number("0..1 of organisations", 0.0, 1.0, "country file"),
    "clusters": Number("clusters", 0.0, 10_000.0, "facts"),
    "emerging_share": Number("0..1 of clusters", 0.0, 1.0, "country file"),
    "active_share": Number("0..1 of clusters", 0.0, 1.0, "country file"),
    "policy_rate_pct": Number("% a year", -5.0, 200.0, "facts"),
    "corporate_tax_pct": Number("% of profit", 0.0, 90.0, "facts"),
    "delivery": Number("0..1 of a budget really spent", 0.0, 1.0, "country file"),
    "ict": Number("0..1 of people online", 0.0, 1.0, "country file"),
    "trade_pct_gdp": Number("exports plus imports, % of GDP", 1.0, 1000.0, "country file"),
    "customs_share_pct": Number("% of the EAEU's customs duties", 0.0, 100.0, "country file"),
    "gci_basic_rank": Number("rank of 138", 1.0, 138.0, "country file"),
    "gci_efficiency_rank": Number("rank of 138", 1.0, 138.0, "country file"),
    "gci_innovation_rank": Number("rank of 138", 1.0, 138.0, "country file"),
}
"""Every figure the model needs of a country: unit and range."""

CONTEXT: dict[str, Number] = {
    "resident_patents_per_million": Number("applications per million people", 0.0, 1e5, "facts"),
    "resident_patents_2011_count": Number("applications", 0.0, 1e7, "facts"),
    "hightech_exports_pct_manuf": Number("% of manufactured exports", 0.0, 100.0, "facts"),
    "gii_rank": Number("rank", 1.0, 200.0, "facts"),
    "gci_overall_rank": Number("rank of 138", 1.0, 138.0, "facts"),
}
"""Figures that results are compared with, or others imputed from; no run reads them."""

PILLARS = ("gci_basic_rank", "gci_efficiency_rank", "gci_innovation_rank")
"""Sub-ranks of the Global Competitiveness Index."""
SECTIONS = ("figures", "sector_tilt", "cluster_sectors")
"""Where a country's configuration holds figures."""
TILT = Number("factor on a sector's weight", 0.0, 1000.0, "country file", null=1.0)
CLUSTER_SHARE = Number("0..1 of clusters", 0.0, 1.0, "country file")

PEERS = ("RUS", "BLR", "KAZ", "ARM", "KGZ")
"""Countries whose ratios fill a gap of one of them (the EAEU, with Soviet R&D systems in common)."""

Facts = dict[str, dict[str, Figure]]


def read_facts(path: Path) -> Facts:
    """Figures by country and indicator from a csv file with the columns iso3, indicator, year, value, quality, source."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames is None or set(rows.fieldnames) != set(COLUMNS):
                raise ConfigError(f"facts: {path}: found the columns {', '.join(rows.fieldnames or [])}; allowed: {', '.join(COLUMNS)}")
            facts: Facts = {}
            for line, row in enumerate(rows, start=2):
                iso, indicator, figure = _figure(row, f"facts: {path}, line {line}")
                if indicator in facts.setdefault(iso, {}):
                    raise ConfigError(f"facts: {path}, line {line}: {iso} {indicator} stands there twice")
                facts[iso][indicator] = figure
            return facts
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is no csv text file"
        raise ConfigError(f"facts: cannot read '{path}': {reason}") from error


def _figure(row: dict[str, str], where: str) -> tuple[str, str, Figure]:
    if None in row or None in row.values():
        raise ConfigError(f"{where}: found another number of cells than {len(COLUMNS)}")
    iso, indicator = row["iso3"].strip(), row["indicator"].strip()
    known = {**FIGURES, **CONTEXT}
    if indicator not in known:
        raise ConfigError(f"{where}: found indicator '{indicator}'; allowed: {', '.join(known)}{nearest(indicator, known)}")
    if len(iso) != 3 or not iso.isalpha() or not iso.isupper():
        raise ConfigError(f"{where}: found iso3 '{iso}'; allowed: three capital letters, as in BLR")
    try:
        value, year = float(row["value"]), int(row["year"])
    except ValueError as error:
        raise ConfigError(f"{where}: found value '{row['value']}', year '{row['year']}'; allowed: a number and a whole number") from error
    quality: Quality = row["quality"].strip() or "user"  # type: ignore[assignment]
    as_number(value, known[indicator], f"{where}: {iso} {indicator}")
    return iso, indicator, Figure(value=value, year=year, quality=quality, source=row["source"].strip())


def overlay(facts: Facts, own: Facts, name: str) -> tuple[Facts, list[str]]:
    """The user's figures over the shipped ones, quality 'user'; and 'BLR.gerd_pct_gdp' for each that was laid over."""
    merged = {iso: dict(figures) for iso, figures in facts.items()}
    marked = []
    for iso, figures in own.items():
        for indicator, figure in figures.items():
            source = f"{name}: {figure.source}" if figure.source else name
            merged.setdefault(iso, {})[indicator] = replace(figure, quality="user", source=source)
            marked.append(f"{iso}.{indicator}")
    return merged, marked


def impute(facts: Facts) -> Facts:
    """Fill missing numbers of researchers and missing sub-ranks of competitiveness; what else is missing stays missing.

    Figures of a country's own YAML are laid over these.

    researchers per million = 1e4 GERD% / m,  m = GERD per researcher as a multiple of GDP a head: the median over
    the peers (EAEU for its members, all countries for others) that have both figures.
    sub-rank = overall rank in the same index.
    """
    filled = {iso: dict(figures) for iso, figures in facts.items()}
    multiple = {
        iso: 1e4 * figures["gerd_pct_gdp"].value / figures["researchers_per_million_fte"].value
        for iso, figures in facts.items()
        if "gerd_pct_gdp" in figures and "researchers_per_million_fte" in figures
    }
    for iso, figures in filled.items():
        group = [m for peer, m in multiple.items() if peer in PEERS] if iso in PEERS else []
        peers = group or list(multiple.values())
        if "gerd_pct_gdp" in figures and iso not in multiple and peers:
            figures["researchers_per_million_fte"] = _researchers(figures["gerd_pct_gdp"], median(peers))
        if "gci_overall_rank" in figures:
            overall = figures["gci_overall_rank"]
            figures |= {name: _rank(overall) for name in PILLARS if name not in figures}
    return filled


def _researchers(gerd: Figure, multiple: float) -> Figure:
    source = f"GERD / GDP over {multiple:.2f}, the peers' median R&D spending per researcher in GDP a head"
    return Figure(value=1e4 * gerd.value / multiple, year=gerd.year, quality="imputed", source=source)


def _rank(overall: Figure) -> Figure:
    source = f"its overall rank ({overall.value:g}), as its sub-ranks are not known"
    return Figure(value=overall.value, year=overall.year, quality="imputed", source=source)


def bounds(section: str, name: str) -> Number:
    """Unit and range of a country's figure; section: one of SECTIONS, name: of the indicator or the sector."""
    if section == "figures":
        return {**FIGURES, **CONTEXT}[name]
    return TILT if section == "sector_tilt" else CLUSTER_SHARE


def missing(figures: Mapping[str, Figure]) -> list[str]:
    """Names of the figures that the model needs and nobody gave."""
    return [name for name in FIGURES if name not in figures]
