"""What is written can be read, and lines and arcs can be seen: contrast by the formula of WCAG 2.1."""

import re
from pathlib import Path

import pytest

from sim.explorer import colours
from sim.explorer.colours import BLACK, BLUE, GREEN, GREY, LAND, ORANGE, PALE, PAPER, PINK, RED, SERIES, SHORE, SKY, TIE, WRITING, YELLOW

TEXT, GRAPHIC = 4.5, 3.0
"""Least contrast of small text, and of what is no text."""
OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
STYLE = (Path(colours.__file__).parent / "pages" / "style.css").read_text(encoding="utf-8")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(?<![\w-])(background|color): (#[0-9a-fA-F]{3,6})")


def contrast(one: str, other: str) -> float:
    """(L + 0.05) / (l + 0.05) of two colours."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    shares = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_formula_is_that_of_the_standard() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_every_text_of_the_style_has_contrast_to_its_ground() -> None:
    found = [dict(COLOUR.findall(body)) for _, body in RULE.findall(STYLE)]
    pairs = [(rule.get("color", "#1d2733"), rule.get("background", "#fff")) for rule in found if rule]
    assert len(pairs) > 10
    bars = {"#0072b2"}  # of knowledge: nothing is written on them
    for text, ground in pairs:
        assert ground in bars or contrast(text, ground) >= TEXT, (text, ground)


def test_names_of_countries_and_arcs_have_contrast_to_the_land() -> None:
    assert contrast(WRITING, LAND) >= TEXT
    assert contrast(WRITING, PAPER) >= TEXT
    for kind, colour in TIE.items():
        assert contrast(colour, LAND) >= GRAPHIC, kind


def test_the_first_lines_of_a_chart_have_contrast_to_the_paper() -> None:
    for colour in SERIES[:4]:
        assert contrast(colour, PAPER) >= GRAPHIC


def test_colours_are_those_of_the_source_that_is_named_and_two_greys() -> None:
    assert {BLUE, ORANGE, GREEN, PINK, SKY, RED, BLACK, YELLOW} == OKABE_ITO
    assert {*SERIES, *TIE.values(), *colours.STAGE.values(), *colours.KIND} <= OKABE_ITO | {GREY}
    assert len(set(SERIES)) == len(set(PALE)) == 8
    assert contrast(SHORE, PAPER) < contrast(GREY, PAPER)
    assert colours.pale(BLACK) == "#999999"
