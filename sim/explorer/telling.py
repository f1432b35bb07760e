"""A lesson's claims in words: what is asked, what one luck shows of it, and what is expected over many.

A part of something is written as percent, a difference of parts in percentage points, a part by a part of something else as a factor, and
at most three digits of any number: one luck says no more.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.explorer.finding import End, agrees, compared, seen
from sim.explorer.lessons import TWIN, Claim, Lesson, outcomes_known
from sim.explorer.words import Words

OWN = ("absorbed", "benefit", "contribution")
"""Parts, of countries too, that a twin has none of, as they are of the policy's own programmes: the difference to it is the part itself."""
SHARES = ("share", "0..1")
"""Units of parts."""
COUNTED = ("projects", "innovations", "meetings", "ties", "-")
"""Units that the name of a number says already."""
PERCENT = 100.0
Lived = Mapping[str, tuple[End, End]]
"""Arm -> its world and the twin at the end, of one luck."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a number is written: times `factor`, then its unit; signed: with a plus where it is above nought, as a difference is; times: with
    the sign of multiplication before it."""

    factor: float
    unit: str
    signed: bool
    times: bool = False

    def bare(self, value: float, words: Words) -> str:
        """The number without its unit."""
        before = "×\u00a0" if self.times else "+" if self.signed and value > 0.0 else ""
        return f"{before}{words.brief(self.factor * value)}"

    def written(self, value: float, words: Words) -> str:
        """The number with its unit."""
        return f"{self.bare(value, words)}\u00a0{self.unit}" if self.unit else self.bare(value, words)


def form(lesson: Lesson, claim: Claim, words: Words) -> Form:
    """How the number of a claim is written."""
    unit, per = _units(lesson, claim)
    part = _own(claim.outcome) if per is None else unit == per
    apart = claim.against != TWIN
    if _by_parts(unit, per):
        return Form(1.0, "", signed=apart, times=not apart)
    if part and not apart:
        return Form(PERCENT, "%", signed=False)
    if part or unit in SHARES:
        return Form(PERCENT, words("claim.points"), signed=True)
    return Form(1.0, "" if unit in COUNTED else words.of("unit", unit), signed=apart or per is None)


def axis(lesson: Lesson, claim: Claim, words: Words) -> str:
    """The name of an axis of such numbers."""
    how, (unit, per) = form(lesson, claim, words), _units(lesson, claim)
    name = {"": words.of("unit", unit), words("claim.points"): words("claim.points_short")}.get(how.unit, how.unit)
    if _by_parts(unit, per):
        name = words("claim.factor")
    elif per not in (None, unit):
        name = f"{name} / {words.of('unit', str(per))}"
    return words("teacher.axis", unit=name) if how.signed else name


def _units(lesson: Lesson, claim: Claim) -> tuple[str, str | None]:
    known = outcomes_known(lesson.countries)
    return known[claim.outcome].unit, None if claim.per is None else known[claim.per].unit


def _by_parts(unit: str, per: str | None) -> bool:
    """Is this a part of one thing by a part of another?  It is no part of anything then."""
    return unit in SHARES and per in SHARES


def _own(outcome: str) -> bool:
    return _split(outcome)[0] in OWN


def named(outcome: str, words: Words) -> str:
    """What an indicator or outcome counts; that of a country is called by its ISO code at the end."""
    whole, iso = _split(outcome)
    return f"{words.of('measure', whole)} ({words.of('country', iso)})" if iso else words.of("measure", outcome)


def _split(outcome: str) -> tuple[str, str]:
    """An outcome without its country, and the country."""
    found = re.fullmatch("(.+)_([A-Z]{3})", outcome)
    return (found[1], found[2]) if found else (outcome, "")


def number_of(lesson: Lesson, claim: Claim, words: Words) -> str:
    """What is counted; of a ratio, what of what, in words of its own where two things of one unit are put together."""
    if claim.per is None:
        return named(claim.outcome, words)
    (unit, per), (whole, iso) = _units(lesson, claim), _split(claim.outcome)
    if unit == per:
        key = f"{whole}_per_{_split(claim.per)[0]}"
        own = words.of("ratio", key)
        if own != key:
            return f"{own} ({words.of('country', iso)})" if iso else own
    short = words("claim.unit") if per in COUNTED else words.of("unit", str(per).split(" (")[0])
    return words("claim.per", outcome=named(claim.outcome, words), unit=short, other=named(claim.per, words))


def asked(lesson: Lesson, claim: Claim, words: Words) -> str:
    """What a claim is about: its number, of which levers, against which."""
    name, mine = number_of(lesson, claim, words), _label(lesson, claim.arm, words)
    other = claim.over if claim.against == TWIN else claim.against
    if other == TWIN and _own(claim.outcome) and (claim.per is None or _own(claim.per)):
        return words("claim.alone", outcome=name, arm=mine)
    against = words("teacher.twin") if other == TWIN else words("teacher.against", arm=_label(lesson, other, words))
    return words("teacher.asked", outcome=name, arm=mine, against=against)


def _label(lesson: Lesson, arm: str, words: Words) -> str:
    return str(getattr(lesson.arms[arm].label, words.language))


def number(claim: Claim, lived: Lived) -> float:
    """What this luck shows of a claim whose arms are all lived to the end; nan where there is nothing to be per."""
    runs = {arm: [lived[arm][0]] for arm in compared(claim)} | {TWIN: [lived[claim.arm][1]]}
    return float(seen(claim, runs)[0])


def answered(lesson: Lesson, claim: Claim, lived: Lived, words: Words) -> str:
    """The number of a claim on this luck, with both sides where it compares two arms; or, in a sentence, what is missing for it."""
    waiting = [arm for arm in compared(claim) if arm not in lived]
    if waiting:
        return words("claim.waiting", arms="; ".join(_label(lesson, arm, words) for arm in waiting))
    found, how = number(claim, lived), form(lesson, claim, words)
    if not math.isfinite(found):
        return words("claim.nothing")
    if claim.against == TWIN:
        return how.written(found, words) + _parts(lesson, claim, lived, words)
    one, other = (_side(lesson, replace(claim, arm=arm, against=TWIN), how.unit, lived, words) for arm in (claim.arm, claim.against))
    return words("claim.two", difference=how.written(found, words), one=one, other=other)


def _parts(lesson: Lesson, claim: Claim, lived: Lived, words: Words) -> str:
    """Of a part in per cent, how much of how much."""
    if claim.per is None or form(lesson, claim, words).unit != "%":
        return ""
    one, whole = (words.brief(number(replace(claim, outcome=name, per=None), lived)) for name in (claim.outcome, claim.per))
    return f" ({words('claim.of', part=one, whole=whole)})"


def _side(lesson: Lesson, claim: Claim, said: str, lived: Lived, words: Words) -> str:
    """One side of a comparison; said: a unit that is told already."""
    how, found = form(lesson, claim, words), number(claim, lived)
    return how.bare(found, words) if how.unit == said else how.written(found, words)


def expected(lesson: Lesson, claim: Claim, words: Words) -> str:
    """What a lesson expects of a claim's mean over many lucks, and, where it says so, of how many of them lie on that side."""
    how = form(lesson, claim, words)
    if claim.within is not None:
        low, high = how.bare(claim.than - claim.within, words), how.written(claim.than + claim.within, words)
        return words("claim.between", low=low, high=high)
    than = replace(how, signed=False).written(claim.than, words) if claim.than else "0"
    side = words("claim.above", than=than) if claim.direction == "up" else words("claim.below", than=than)
    return side if claim.share is None else words("claim.often", side=side, share=words.brief(PERCENT * claim.share))


def judged(lesson: Lesson, claim: Claim, lived: Lived, words: Words) -> str:
    """A claim with what this luck shows of it, what is expected, and whether the two agree; each a sentence of its own."""
    question, found = _ended(asked(lesson, claim, words)), answered(lesson, claim, lived, words)
    hoped = words("claim.expected", expected=expected(lesson, claim, words))
    if any(arm not in lived for arm in compared(claim)) or not math.isfinite(number(claim, lived)):
        return f"{question} {_ended(found)} {_ended(hoped)}"
    verdict = words("claim.agrees") if agrees(claim, number(claim, lived)) else words("claim.differs")
    return f"{question} {_ended(words('claim.told', found=found))} {hoped}; {verdict}."


def _ended(sentence: str) -> str:
    """With one full stop, also where a unit at its end is an abbreviation."""
    return f"{sentence.rstrip('.')}."
