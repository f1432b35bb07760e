"""A page that is closed gives its place, its kernel and its worlds back: seen from outside, on a server with a single place."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from benchmarks import visiting_pages, visitors
from benchmarks.in_browser import drawn, served
from sim.commands.folders import SHIPPED
from tests.sim.explorer.browser.looking import SMALL

pytestmark = pytest.mark.slow
SOON = 30.0
"""Seconds until a place is free again after its page is closed."""


def test_a_page_that_is_closed_gives_its_place_back(needed: None, chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = (SHIPPED / "explorer.yaml").read_text(encoding="utf-8").replace("sessions: 60", "sessions: 1")
    (tmp_path / "explorer.yaml").write_text(limits, encoding="utf-8")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(tmp_path))
    with served() as explorer:
        address = f"{explorer.address}/{SMALL.format(preset='grants', seed=3, quarter=0, levers='')}"
        first, second = (chromium.new_context().new_page() for _ in range(2))
        first.goto(address)
        drawn(first, "map")
        second.goto(address)
        second.wait_for_selector(".message:has-text('All 1 places are taken')", timeout=60_000)
        first.close()
        end = time.monotonic() + SOON
        while second.locator("[data-chart=map]").count() == 0:
            assert time.monotonic() < end, "the place of a closed page is still taken"
            second.reload()
            second.wait_for_selector(".message:has-text('places are taken'), [data-chart=map]", timeout=60_000)
        drawn(second, "map")
        for page in (first, second):
            page.context.close()


@pytest.mark.nightly
def test_the_script_that_lets_real_pages_in_says_what_they_cost(
    needed: None, chromium: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting_pages, "chromium", lambda: nullcontext(chromium))
    assert visitors.main(["--pages", "1", "--organisations", "120", "--quarters", "1"]) == 0
    said = capsys.readouterr().out
    assert "1 pages of Chromium, 120 organisations each" in said
    assert "memory of the server" in said
