"""The explorer on a server of its own and a real Chromium before it: for measurements, screenshots and tests.

with served() as explorer, chromium() as browser:
    page = browser.new_page()
    page.goto(explorer.address)
"""

import importlib.util
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NEEDED = ("solara", "solara_assets", "playwright")
WAIT = 180.0
"""Seconds until the server answers at most."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server: its address, and the lines that it printed when it began."""

    address: str
    said: str


def missing() -> list[str]:
    """What is needed and not there."""
    found = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return found if browser() else [*found, BROWSERS[0]]


def browser() -> str | None:
    """Where a Chromium is."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """`crosscluster explore` on a free port of this computer.  RuntimeError where it ends by itself, or said that something went wrong."""
    command = [sys.executable, "-m", "sim", "explore", "--no-open", "--host", "127.0.0.1", "--port", "0", *arguments]
    with TemporaryFile("w+") as errors, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline() + (process.stdout.readline() if "--classroom" in arguments else "")
            address = re.search(r"http://[0-9.:]+", said)
            if address is None:
                raise RuntimeError(f"the explorer did not begin: {_read(errors)}")
            _until_it_answers(address[0], process)
            yield Served(address[0], said)
        finally:
            process.terminate()
            process.wait(20)
        if "Traceback" in (told := _read(errors)):
            raise RuntimeError(told[-3000:])


def _read(file: Any) -> str:
    file.seek(0)
    return str(file.read())


def _until_it_answers(address: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the explorer does not answer")


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window, of Playwright."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the file is read where Playwright is missing too

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-background-networking"])
        try:
            yield found
        finally:
            found.close()


def drawn(page: Any, name: str) -> None:
    """Wait until a picture is there.  name: "map", "network", "chart", "fan" or "class"."""
    page.wait_for_function("name => { const box = document.querySelector(`[data-chart=${name}]`); return box && box.chart; }", arg=name)


def click_on(page: Any, name: str, series: str) -> Any:
    """Click the item of a series of a map that lies farthest from all others; returns its value."""
    x, y, value = page.evaluate(
        """([name, id]) => {
          const box = document.querySelector(`[data-chart=${name}]`), chart = box.chart, corner = box.getBoundingClientRect();
          const spots = chart.getOption().series.filter(each => each.type === 'scatter' && each.id !== 'chosen')
            .flatMap(each => each.data.map(item => ({id: each.id, value: item.value})));
          spots.forEach(each => { each.at = chart.convertToPixel('geo', each.value.slice(0, 2)); });
          const apart = (a, b) => Math.hypot(a.at[0] - b.at[0], a.at[1] - b.at[1]);
          const far = one => Math.min(...spots.filter(each => each !== one).map(each => apart(each, one)));
          const best = spots.filter(each => each.id === id).sort((a, b) => far(b) - far(a))[0];
          return [corner.x + best.at[0], corner.y + best.at[1], best.value];
        }""",
        [name, series],
    )
    page.mouse.click(x, y)
    return value
