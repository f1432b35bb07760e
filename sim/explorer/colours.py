"""Colours, and what they stand for.

The eight of Okabe and Ito (2008), which the colour-blind tell apart, and two greys of ours.  A line or arc needs 3:1 to its ground (WCAG
2.1, 1.4.11): of the eight, blue, vermilion, green and black have that on white and come first; yellow has 1.3:1 and is only a bar's.
No text is written in these; what text is written in has 4.5:1 (tests/sim/explorer/test_colours.py).
"""

BLUE, ORANGE, GREEN, PINK, SKY, RED, BLACK, YELLOW = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#F0E442",
)  # fmt: skip
"""Okabe and Ito (2008); red is their vermilion, pink their reddish purple."""
GREY, WRITING = "#767676", "#56616C"
"""Our own."""
LAND, SHORE, PAPER = "#F5F7F9", "#B9C2CC", "#FFFFFF"
"""Grounds."""
PART = 0.4
"""Of a colour in its pale one; the rest is white."""


def pale(colour: str) -> str:
    """A colour mixed with white."""
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(PART * part + (1.0 - PART) * 255):02X}" for part in parts)


SERIES = (BLUE, RED, GREEN, BLACK, PINK, ORANGE, SKY, GREY)
"""Of lines in a chart, in this order."""
PALE = tuple(pale(colour) for colour in (ORANGE, GREEN, RED, PINK, SKY, GREY, YELLOW, BLUE))
"""Of bars behind lines."""
STAGE = {"potential": GREY, "emerging": ORANGE, "active": GREEN, "declining": RED}
"""Of clusters, each with a black rim."""
TIE = {"inside": BLACK, "cross_cluster": GREEN, "cross_sector": RED, "cross_border": BLUE, "outside": GREY}
"""Of ties."""
KIND = (ORANGE, GREEN, BLUE)
"""Of organisations, by Kind."""
