"""docs/sources.md leads somewhere: every file, test, experiment and scenario that it names exists, and every instrument is named."""

import re

import pytest

from scenarios import INSTRUMENTS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:agents|sim|scenarios|configs|tests|benchmarks|docs)/[\w/.]+)(?:::(\w+))?`", PAGE)))
ARTICLES = ("[NM21]", "[PY17]", "[EAEU]", "[BY21]", "[N20]")


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_what_it_names_is_there(path: str, test: str) -> None:
    file = ROOT / path
    assert file.exists()
    assert not test or f"def {test}(" in file.read_text(encoding="utf-8")


def test_experiments_and_scenarios_that_it_names_are_shipped() -> None:
    for group, name in set(re.findall(r"`(experiment|scenario)=(\w+)`", PAGE)):
        assert (ROOT / "configs" / group / f"{name}.yaml").is_file()


def test_every_row_says_where_or_why_not() -> None:
    for row in re.findall(r"^\| (?!---|\[)(.*) \|$", PAGE, re.MULTILINE):
        cells = row.split(" | ")
        assert len(cells) in (2, 3), row
        assert len(cells) == 2 or cells[1] != "-", row


def test_every_instrument_and_article_has_a_row() -> None:
    assert [kind for kind in INSTRUMENTS if f"scenarios/{kind}.py" not in PAGE] == []
    assert all(PAGE.count(article) > 2 for article in ARTICLES)
