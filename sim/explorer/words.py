"""Every word on the page, in English and Russian: texts by key from words/<language>.yaml, names of what the configs name.

words = Words("ru")
words("page.quarter", quarter=3, last=16)
words.name("instrument", "grants", "Joint R&D grants")     # the file's own label in English, ours in Russian
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "ru")
"""Languages of the page, the first where nobody chose."""
HERE = Path(__file__).parent / "words"


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Another language than those of LANGUAGES is taken for the first."""
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, values put in.  KeyError for a key that there is not, or a value that it needs."""
        return texts(self.language)[key].format_map(values) if values else texts(self.language)[key]

    def of(self, group: str, name: str) -> str:
        """A word for one of a closed list; what is not of ours (a country of one's own config) speaks for itself."""
        return texts(self.language).get(f"{group}.{name}", name)

    def name(self, group: str, name: str, label: str) -> str:
        """What a world, scenario or instrument is called, does or comes from; `label` is what its file says, in English."""
        return label if self.language == "en" else names(self.language).get(f"{group}.{name}", label)

    def number(self, value: float, digits: int = 0) -> str:
        """A number as the language writes it; a dash for one that there is not."""
        if value != value:
            return "–"
        return self._written(f"{round(value, digits) + 0.0:,.{digits}f}")  # no minus before a nought

    def exact(self, value: float) -> str:
        """A number with the digits that it has, as a range or a lever holds it."""
        return self._written(f"{value:,.12g}")

    def brief(self, value: float, digits: int = 3) -> str:
        """A number with at most so many significant digits and no power of ten; a dash for one that there is not."""
        return "–" if value != value else self._written(f"{Decimal(f'{value + 0.0:.{digits}g}'):,f}")

    def _written(self, text: str) -> str:
        return text if self.language == "en" else text.replace(",", "\u00a0").replace(".", ",")


@cache
def texts(language: str) -> Mapping[str, str]:
    """Texts by key."""
    return _flat(yaml.safe_load((HERE / f"{language}.yaml").read_text(encoding="utf-8")))


@cache
def names(language: str) -> Mapping[str, str]:
    """Names by group and name of the file, of a language other than that of the files."""
    return _flat(yaml.safe_load((HERE / f"names_{language}.yaml").read_text(encoding="utf-8")))


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        assert isinstance(key, str), f"{above}{key}: YAML reads it as no word"
        assert isinstance(value, str | dict), f"{above}{key}: YAML reads its text as no words"
        found |= _flat(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return found
