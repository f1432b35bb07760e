"""docs/facts_used.md says what is true: every country figure that is no fact, where it comes from, and over which range it may lie.

`make readme` writes it anew.
"""

from sim.commands.compose import load_config
from sim.config import Config
from sim.experiments.figures import all_figures, of_path
from sim.experiments.spreads import declared
from sim.facts import CONTEXT, FIGURES, SECTIONS, UNSURE, bounds
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "facts_used.md"
HEAD = """# Figures of countries that are no facts

Made by `make readme` from `configs/country/`, `sim/facts.py` and `sim/experiments/spreads.yaml`; do not edit. A figure is *found* (in the
source beside it), an *estimate* (by an analyst, unverified), *imputed* (by a rule, when nobody knows it) or a *guess* (ours);
`crosscluster list country.armenia` shows all of a country. Found figures, and yours (`facts=my.csv`), are facts and are not here. All
others are uncertainties: `country.*.figures.*: null` in an experiment's `vary` samples them over these ranges
([experiments.md](experiments.md)), `experiment=uncertain_facts` does so for the headline, and every manifest lists those that a result
took as they stand.

Rules of imputation (`sim.facts.impute`). Researchers per million: R&D spending over GDP, divided by the peers' median R&D spending per
researcher in GDP a head (of the EAEU for its members, of all countries for others). Sub-ranks of competitiveness: the overall rank. Every
number of R&D organisations is an estimate.

Not sampled: shares of cities in their country's organisations (guesses, but for Minsk's; they make 1 together), and figures marked †,
with which results are only compared. `trade_pct_gdp` is sampled although no run reads it yet: what seems to depend on it depends on luck.
"""
HOW = """
## How far each may be off

*/ and × f*: from the value divided by f to the value times f, sampled on a logarithmic scale. *± p*: p points of the unit (places of a
rank) either way. *odds / and × f*: a share whose odds s / (1 - s) are divided by f and multiplied by f. Ranges end where the figure's own
do (`sim/facts.py`).

| figure | estimate | imputed | guess | reason |
| --- | --- | --- | --- | --- |
"""
COUNTRY = """
## {name}

| figure | value | unit | quality | range | rule | where from |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Head, the rules, and every figure of every shipped country."""
    config = load_config(["world=eaeu_and_neighbours"])
    return HEAD + HOW + rules() + "".join(table(config, iso) for iso in config.country)


def rules() -> str:
    """How far figures may be off, and what parts of one whole may make."""
    spreads = declared()
    named = {name: spreads.of("figures", name) for name in {**FIGURES, **CONTEXT}} | {name: spreads.of(name, "") for name in SECTIONS[1:]}
    lines = [f"| `{n}` | {' | '.join(spread.words(quality) for quality in UNSURE)} | {spread.source} |" for n, spread in named.items()]
    lines += ["", "| parts of one whole | together at most | reason |", "| --- | --- | --- |"]
    lines += [f"| {', '.join(f'`{part}`' for part in w.parts)} | {w.most:g} | {w.source} |" for w in spreads.wholes.values()]
    return "\n".join(lines) + "\n"


def table(config: Config, iso: str) -> str:
    """The figures of a country that are no facts."""
    text = COUNTRY.format(name=config.country[iso].name)
    for path, figure in all_figures(config):
        _, owner, section, name, _ = path.split(".")
        known = of_path(config, path)
        if owner == iso and known and (span := known[1]):
            label = f"`{name}`" if section == "figures" else f"`{section}.{name}`"
            cells = [label + (" †" if name in CONTEXT else ""), f"{figure.value:.6g}", bounds(section, name).unit, figure.quality]
            text += "| " + " | ".join([*cells, f"{span.low:.4g} to {span.high:.4g}", span.rule, figure.source]) + " |\n"
    return text


def test_the_page_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make readme"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
