"""What is refused, in the words of the page: where, by the label that the page gives it, what was found there and what is allowed.

The model refuses in English and in names of code, which is what those who write files need; on the page there are labels.
"""

import re
from collections.abc import Sequence

from sim.explorer.levers import Panel
from sim.explorer.limits import Refused
from sim.explorer.link import KEYS, Lacks
from sim.explorer.setting import instruments
from sim.explorer.words import Words

SETTING = {"world": "page.world", "preset": "page.preset", "seed": "page.seed", "organisations": "page.size"}
"""Labels of what is chosen before a run begins."""
_LEVER = re.compile(r"instrument\.(\w+)\.([\w.]+)")
_FOUND = re.compile(r"found (.+?); allowed: (.+)")
_RANGE = re.compile(r"a (whole )?number from (\S+) to (\S+)(?: \[(.+)\])?")


def told(error: Exception, words: Words, panels: Sequence[Panel] = ()) -> str:
    """A refusal as a message.  panels: instruments that are there; others are called as their files do."""
    if isinstance(error, Refused):
        return words(f"error.refused_{error.key}", found=words.number(error.found), allowed=words.number(error.allowed))
    return words("error.wrong", words=why(error, words, panels))


def why(error: Exception, words: Words, panels: Sequence[Panel] = ()) -> str:
    """The same within a sentence: where, what was found, what is allowed."""
    if isinstance(error, Refused):
        return told(error, words)
    if isinstance(error, Lacks):
        return words("error.lacks", part=_part(error.key, words))
    where, _, said = str(error).partition(": ")
    found = _FOUND.fullmatch(said)
    allowed = _allowed(found[2], words) if found else ""
    if found and allowed:
        said = words("error.found", found=_value(found[1], words), allowed=allowed)
    else:
        said = words("error.detail", words=said)
    return f"{_label(where, words, panels)}: {said}"


def _label(where: str, words: Words, panels: Sequence[Panel]) -> str:
    key = re.sub(r"\[\d+\]$", "", where.rpartition(".set.")[2])
    if found := _LEVER.fullmatch(key):
        labels = {**instruments(), **{each.name: each.label for each in panels}}
        return f"{words.name('instrument', found[1], labels.get(found[1], found[1]))}, {words.of('lever', found[2])}"
    if key in SETTING:
        return words(SETTING[key])
    part = key.removeprefix("link.").partition(".")[0]
    return _part(part, words) if part in KEYS else words("page.link") if part == "link" else key


def _part(key: str, words: Words) -> str:
    """A part of a link, with the letters that stand for it there."""
    return f"{words.of('link_part', key)} ({key})"


def _value(text: str, words: Words) -> str:
    if text in ("nothing", "None"):
        return words("error.nothing")
    try:
        return words.exact(float(text.strip("'"))) if text.isascii() else text
    except ValueError:
        return text


def _allowed(text: str, words: Words) -> str:
    """A range in words; "" for what is none: a list of names, or a detail of the model."""
    if text == "a whole number":
        return words("error.any_whole")
    found = _RANGE.fullmatch(text)
    if not found:
        return ""
    low, high = (words.exact(float(end)) for end in (found[2], found[3]))
    unit = f" ({words.of('unit', found[4])})" if found[4] else ""
    return words("error.whole" if found[1] else "error.number", low=low, high=high) + unit
