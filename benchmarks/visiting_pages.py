"""Pages of real browsers at once, for `python -m benchmarks.visitors --pages 8`: a websocket, a kernel and a world of its own each.

Every page opens a world on its own seed, presses *One quarter* some times, all at once, then *To the end*; the first one opens a fan.
Measures seconds until a picture is there, and the memory of the server before, with all pages, and after they were closed.
"""

import re
import time
from typing import Any

import psutil

from benchmarks.in_browser import chromium, drawn, served

SETTLE, LEFT = 30.0, 0.35
"""Seconds for memory to come back, and the part of what pages took that may stay: kernels' code and burn-ins do."""
WAIT = 180_000
"""Milliseconds for what a page waits for while all others do the same."""


def visited(pages: int, organisations: int, quarters: int) -> int:
    """0 if every page showed what it was asked for and the memory came back."""
    with served() as explorer, chromium() as browser:
        server = _server()
        _one_after_the_other(browser, explorer.address, organisations, 1, 1)  # compiled and composed before anybody is counted
        before = _resident(server)
        opened, steps, ended, open_pages = _one_after_the_other(browser, explorer.address, organisations, pages, quarters, keep=True)
        full = _resident(server)
        for page in open_pages:
            page.context.close()
        after = _settled(server, before + LEFT * (full - before))
    came_back = after - before <= LEFT * max(full - before, 0.0) + 20.0
    print(f"{pages} pages of Chromium, {organisations:,} organisations each: all open after {opened:.1f} s")
    print(f"a quarter on all of them at once, painted: {steps:.2f} s; all at the end after {ended:.1f} s more")
    print(f"memory of the server: {before:.0f} MB before, {full:.0f} with all pages, {after:.0f} after they were closed")
    print("" if came_back else "MEMORY DID NOT COME BACK")
    return 0 if came_back else 1


def _one_after_the_other(
    browser: Any, address: str, organisations: int, count: int, quarters: int, keep: bool = False
) -> tuple[float, float, float, list[Any]]:
    """Seconds until all are open, of a step on all, and to the end on all; and the pages, closed unless they are kept."""
    begun, pages = time.perf_counter(), []
    for seed in range(1, count + 1):
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{address}/?v=1&world=demo&preset=grants&seed={seed}&size={organisations}&q=0&t=")
        pages.append(page)
    for page in pages:
        drawn(page, "map")
        drawn(page, "chart")
    opened = time.perf_counter() - begun
    for quarter in range(1, quarters + 1):
        _all(pages, ".step", f"() => /\\b{quarter} of/.test(document.querySelector('.now').innerText)")
    stepped = time.perf_counter() - begun - opened
    _all(pages, ".end", "() => !!document.querySelector('.over')")
    ended = time.perf_counter() - begun - opened - stepped
    pages[0].click(".fan")
    drawn(pages[0], "fan")
    for page in [] if keep else pages:
        page.context.close()
    return opened, stepped / max(1, quarters), ended, pages


def _all(pages: list[Any], button: str, until: str) -> None:
    """Press a button on all pages, then wait for each."""
    for page in pages:
        page.click(f"{button}:not([disabled])")
    for page in pages:
        page.wait_for_function(until)


def _server() -> psutil.Process:
    """The server that this process began."""
    return next(child for child in psutil.Process().children() if re.search(r"-m sim explore", " ".join(child.cmdline())))


def _resident(server: psutil.Process) -> float:
    return float(server.memory_info().rss) / 1e6


def _settled(server: psutil.Process, goal: float) -> float:
    """Memory once it is at most `goal`, or after a while."""
    end = time.monotonic() + SETTLE
    while time.monotonic() < end and _resident(server) > goal:
        time.sleep(0.5)
    return _resident(server)
