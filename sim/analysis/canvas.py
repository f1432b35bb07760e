"""How figures look and how they are stored: one style, colours that colour-blind readers can tell apart, the same bytes every time."""

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle, pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.store import whole_file

GAIN, LOSS, OPEN, INK, PALE = "#0072B2", "#D55E00", "#7F7F7F", "#222222", "#C8C8C8"  # Okabe and Ito 2008
DOTS_PER_INCH = 144
WIDTH = 10.9
"""Inches of a figure that fills the page of the report."""
PALETTE = [
    GAIN, LOSS, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#7F7F7F", "#332288", "#117733", "#999933", "#44AA99", "#AA4499",
]  # fmt: skip
"""Okabe and Ito 2008 without yellow, then Tol's muted scheme."""
STYLE = {
    "svg.hashsalt": "crosscluster",
    "savefig.dpi": DOTS_PER_INCH,
    "figure.dpi": DOTS_PER_INCH,
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # fixed, for looking for a place takes time
    "axes.labelsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "text.parse_math": False,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.7,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw inside this: off-screen, whatever the user's own matplotlib settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.use("Agg")
        sns.set_theme(style="whitegrid", palette="colorblind", rc=STYLE)
        yield


def store(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write <name>.png and <name>.svg without dates, close the figure, return both paths."""
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laid out once for both
    frame = figure.get_tightbbox().padded(mpl.rcParams["savefig.pad_inches"])
    for path in paths:
        with whole_file(path) as file:
            metadata = {"Date": None} if path.suffix == ".svg" else {}
            figure.savefig(file, format=path.suffix[1:], bbox_inches=frame, metadata=metadata)
    plt.close(figure)
    return paths


def colours(names: Iterable[str]) -> dict[str, str]:
    """One colour a name, in order."""
    return dict(zip(names, cycle(PALETTE), strict=False))


def verdict_colour(verdict: str) -> str:
    """Blue for a gain, orange for a loss, grey for everything else."""
    return {"gain": GAIN, "loss": LOSS}.get(verdict, OPEN)


def zero_line(axes: Axes, horizontal: bool) -> None:
    """A line where there is no difference to the status quo."""
    line = axes.axhline if horizontal else axes.axvline
    line(0, color=INK, linewidth=0.8, zorder=1)


def wrapped(text: str, width: int) -> str:
    """Break a text before it runs into its neighbour."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False))


def spread(positions: list[float], gap: float) -> list[float]:
    """Positions moved apart to at least `gap`, their order and centre kept: labels that would cover each other."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    moved = list(positions)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    shift = (sum(positions) - sum(moved)) / len(positions) if positions else 0.0
    return [position + shift for position in moved]
