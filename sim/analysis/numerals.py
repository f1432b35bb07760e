"""Numbers and verdicts as people read them, in tables, sentences and figures."""

import math

from sim.analysis.inference import NO_EFFECT, rounded_up
from sim.analysis.results import Reading

NONE = "–"
SPACE = "\u202f"
"""A narrow space where no line may break."""
MOST_DECIMALS, PER_CENT_DECIMALS = 8, 3


def number(value: float, digits: int = 3) -> str:
    """`value` to this many significant digits, thousands apart, without exponent; a dash for what is not known."""
    if value == 0 or not math.isfinite(value):
        return fixed(value, 0)
    return fixed(value, digits - 1 - math.floor(math.log10(abs(value))))


def fixed(value: float, decimals: int) -> str:
    """`value` to this many decimals (none if fewer than none); what rounds to zero is a bare 0, without sign."""
    if not math.isfinite(value):
        return NONE
    text = f"{value:,.{min(max(decimals, 0), MOST_DECIMALS)}f}"
    return text.replace(",", SPACE).replace("-", "−") if text.strip("-0.,") else "0"


def percent(share: float, digits: int = 2) -> str:
    """A share as per cent, to no more than three decimals."""
    if not math.isfinite(share):
        return NONE
    text = number(100 * share, digits) if abs(100 * share) >= 10.0**-PER_CENT_DECIMALS else fixed(100 * share, PER_CENT_DECIMALS)
    return f"{text}{SPACE}%"


def chance(p: float) -> str:
    """A p value; small ones as a bound."""
    return "< 0.0001" if p < 1e-4 else number(p, 2)


def decimals(half: float) -> int:
    """Decimals that show half an interval to two significant digits: what comes after them is noise."""
    return 1 - math.floor(math.log10(half))


def rounded(mean: float, low: float, high: float) -> tuple[str, str, str]:
    """A mean and its interval, to the digits that the interval allows."""
    if not high > low:
        return number(mean), number(low), number(high)
    places = decimals((high - low) / 2)
    return fixed(mean, places), fixed(low, places), fixed(high, places)


def interval(mean: float, low: float, high: float) -> str:
    """mean [low, high], to the digits that the interval allows; the mean alone where there is no interval."""
    shown = rounded(mean, low, high)
    return f"{shown[0]} [{shown[1]}, {shown[2]}]" if high > low else shown[0]


def plus_minus(mean: float, low: float, high: float, unit: str = "", gap: str = " ") -> str:
    """mean ± half the interval, to the digits that the interval allows; per cent to no more than three decimals."""
    if not high > low:
        return number(mean)
    half = (high - low) / 2
    places = min(decimals(half), PER_CENT_DECIMALS if unit == "%" else MOST_DECIMALS)
    error = fixed(half, places)
    return fixed(mean, places) if error == "0" else f"{fixed(mean, places)}{gap}±{SPACE}{error}"


def with_unit(text: str, unit: str) -> str:
    """A number and its unit; a per cent sign stands close."""
    return f"{text}{SPACE if unit == '%' else ' '}{unit}"


def verdict_words(word: str, low: float, high: float, unit: str, reading: Reading) -> str:
    """A verdict with its bound in the unit that is shown."""
    if not word.startswith(NO_EFFECT):
        return word
    factor, shown = reading.shown(unit)
    return with_unit(f"{NO_EFFECT} {number(factor * rounded_up(max(abs(low), abs(high))), 2)}", shown)


def claim_words(verdict: str) -> str:
    """A verdict on a claim: whether the arm does better than its strongest rival."""
    return {"gain": "gain, the claim holds", "loss": "loss, the claim fails"}.get(verdict, verdict)
