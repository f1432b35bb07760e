"""Pictures of the explorer for README and docs: `python -m benchmarks.screenshots [--into docs/figures]`.

Every picture is the page itself in Chromium, of one luck that is always the same, with few colours so that files are small.
Look at each before it is committed.
"""

import argparse
import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.in_browser import ROOT, chromium, click_on, drawn, served

LAPTOP, PROJECTOR = (1366, 768), (1920, 1080)
COLOURS, STUDENTS = 256, 6
SETTLED = 1500
"""Milliseconds until menus have faded and the last picture is drawn."""
MEET = "?v=1&world=demo&preset=meet_then_pay&seed=5&q=7&t=3_matchmaking.dose=0.02"
"""The last quarter in which the programmes of the preset are open, with a lever that was pulled before."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its file's name, the address after the server's, the window, and what is done before."""

    name: str
    query: str
    window: tuple[int, int]
    before: Callable[[Any], None]


def with_card(page: Any) -> None:
    """The card of a cluster."""
    click_on(page, "map", "stage_active")
    page.wait_for_selector(".card-title")


def in_russian(page: Any) -> None:
    """The same page in Russian, with outlines."""
    page.click(".language")
    page.wait_for_selector(".step:has-text('Один квартал')")
    page.click(".outlines label")
    page.wait_for_timeout(SETTLED)
    with_card(page)


def with_network(page: Any) -> None:
    """The network and an organisation's card with its reasons."""
    page.click(".tab-network")
    drawn(page, "network")
    click_on(page, "network", "kind_university")
    page.wait_for_selector(".card .decision, .card .why-none")
    for reason in page.locator(".card .decision button").all()[:1]:
        reason.click()


def in_lesson(page: Any) -> None:
    """A lesson whose two sets of levers were lived to the end."""
    page.click(".tab-lessons")
    page.click(".lesson-events_or_money")
    for arm in ("events", "money"):
        page.click(f".arm-{arm}")
        page.wait_for_selector(f".arm-{arm}.primary")
        page.click(".end:not([disabled])")
        page.wait_for_selector(".over")
    page.click(".reveal")
    page.wait_for_selector(".finding")


SHOTS = (
    Shot("explorer", MEET, LAPTOP, with_card),
    Shot("explorer_ru", MEET, LAPTOP, in_russian),
    Shot("explorer_network", MEET, PROJECTOR, with_network),
    Shot("explorer_lesson", "", LAPTOP, in_lesson),
)


def main(arguments: list[str] | None = None) -> int:
    """0; the pictures are written."""
    parser = argparse.ArgumentParser(description="Pictures of the explorer.", allow_abbrev=False)
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "figures")
    parser.add_argument("--only", default="", help="name of one picture")
    wanted = parser.parse_args(arguments)
    wanted.into.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        with served() as explorer:
            for shot in SHOTS:
                if wanted.only in ("", shot.name):
                    _saved(_taken(browser, explorer.address, shot), wanted.into / f"{shot.name}.png")
        if wanted.only in ("", "explorer_class"):
            with served("--classroom") as explorer:
                _saved(_class(browser, explorer.address, explorer.said), wanted.into / "explorer_class.png")
    return 0


def _page(browser: Any, window: tuple[int, int]) -> Any:
    page = browser.new_context(viewport={"width": window[0], "height": window[1]}).new_page()
    page.set_default_timeout(60_000)
    return page


def _taken(browser: Any, address: str, shot: Shot) -> bytes:
    page = _page(browser, shot.window)
    page.goto(f"{address}/{shot.query}")
    drawn(page, "map")
    drawn(page, "chart")
    shot.before(page)
    return _picture(page)


def _picture(page: Any) -> bytes:
    page.mouse.move(page.viewport_size["width"] - 5, 5)
    page.wait_for_timeout(SETTLED)
    return bytes(page.screenshot())


def _class(browser: Any, address: str, said: str) -> bytes:
    """The teacher's page when some students have lived a lesson."""
    found = re.search(r"code (\S+)\n.*teacher\?key=(\S+)", said)
    assert found is not None
    for _ in range(STUDENTS):
        page = _page(browser, LAPTOP)
        page.goto(address)
        page.fill(".door input", found[1])
        page.click(".join")
        drawn(page, "map")
        page.click(".tab-lessons")
        page.click(".lesson-events_or_money")
        page.wait_for_selector(".arm-events.primary")
        for arm in ("money", "events"):
            page.click(f".arm-{arm}")
            page.wait_for_selector(f".arm-{arm}.primary")
            page.click(".end:not([disabled])")
            page.wait_for_selector(".over")
        page.close()
    page = _page(browser, LAPTOP)
    page.goto(f"{address}/teacher?key={found[2]}")
    page.click(".which-lesson .v-select__slot")
    page.click(".menuable__content__active .v-list-item:has-text('Events against money')")
    drawn(page, "class")
    return _picture(page)


def _saved(picture: bytes, path: Path) -> None:
    """With few colours."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
