"""How long a step takes to reach the picture: `python -m benchmarks.picture [--organisations 2000] [--steps 12]`.

Chromium without a GPU, on this machine together with the server.  From the press of the key that lives a quarter, of the policy's world
and its twin, to the moment when the browser has painted the map or the network and the chart of that quarter: median and longest, in
milliseconds.  Of that, what the server alone needs for the quarter is printed beside.
"""

import argparse
import statistics
import sys
import time
from typing import Any

from benchmarks.in_browser import chromium, drawn, served
from sim.experiments.provenance import machine
from sim.explorer.cradle import Cradle
from sim.explorer.session import Session
from sim.explorer.setting import Setting

GOAL = 500.0
"""Milliseconds, for 2,000 organisations."""
QUERY = "?v=1&world=demo&preset={preset}&seed=1&size={size}&q=0"
PRESET = "meet_then_pay"
WATCH = """
view => {
  const charts = [view, 'chart'].map(name => document.querySelector(`[data-chart=${name}]`).chart);
  window.painted = {};
  charts.forEach((chart, n) => {
    chart.off('finished');
    chart.on('finished', () => requestAnimationFrame(() => { window.painted[n] = performance.now(); }));
  });
}"""
PRESSED = """
() => new Promise(done => {
  window.painted = {};
  const begun = performance.now();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  const look = () => {
    const seen = Object.values(window.painted);
    seen.length === 2 ? done(Math.max(...seen) - begun) : setTimeout(look, 2);
  };
  look();
})"""


def main(arguments: list[str] | None = None) -> int:
    """0 if the median of both pictures is within the goal."""
    parser = argparse.ArgumentParser(description="Milliseconds from a step to the picture.", allow_abbrev=False)
    parser.add_argument("--organisations", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=12, choices=range(1, 15), metavar="1..14")
    wanted = parser.parse_args(arguments)
    print("; ".join(f"{name}: {value}" for name, value in machine().items() if name != "features"))
    alone = statistics.median(quarters(wanted.organisations, wanted.steps))
    print(f"{wanted.organisations:,} organisations; the quarter alone, with its twin: {alone:.0f} ms")
    slow = 0
    with served() as explorer, chromium() as browser:
        for view in ("map", "network"):
            found = sorted(pictures(browser, explorer.address, view, wanted.organisations, wanted.steps))
            median = statistics.median(found)
            slow += median > GOAL
            print(f"{view} and chart: median {median:.0f} ms, longest {found[-1]:.0f} ms, {len(found)} steps")
    return int(slow > 0)


def quarters(organisations: int, steps: int) -> list[float]:
    """Milliseconds of each quarter without a page."""
    session, found = Session(Setting("demo", PRESET, 1, organisations), Cradle(1)), []
    session.step()
    for _ in range(steps):
        begun = time.perf_counter()
        session.step()
        found.append(1000.0 * (time.perf_counter() - begun))
    return found


def pictures(browser: Any, address: str, view: str, organisations: int, steps: int) -> list[float]:
    """Milliseconds of each step until both pictures are painted."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(120_000)
    page.goto(f"{address}/{QUERY.format(preset=PRESET, size=organisations)}")
    drawn(page, "chart")
    page.click(f".tab-{view}")
    drawn(page, view)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => /\\b1 of/.test(document.querySelector('.now').innerText)")
    page.wait_for_timeout(1000)
    page.evaluate(WATCH, view)
    found = [float(page.evaluate(PRESSED)) for _ in range(steps)]
    page.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
