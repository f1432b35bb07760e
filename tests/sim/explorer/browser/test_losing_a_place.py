"""In the browser: who reads keeps the place, who does nothing loses it, is told so, and comes back to the same quarter by a button, or by
loading the page anew; whose server has ended is told that too."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.in_browser import drawn, served
from sim.commands.folders import SHIPPED
from tests.sim.explorer.browser.conftest import listened
from tests.sim.explorer.browser.looking import at_quarter, open_page

pytestmark = pytest.mark.slow


def test_a_place_is_kept_by_reading_and_lost_by_nothing(
    chromium: Any, needed: None, heard: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (SHIPPED / "explorer.yaml").read_text(encoding="utf-8")
    (tmp_path / "explorer.yaml").write_text(text.replace("idle_minutes: 30 ", "idle_minutes: 0.1 "), encoding="utf-8")
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", str(tmp_path))
    with chromium.new_context() as context:
        page = context.new_page()
        with served() as explorer:
            _keep_and_lose(listened(page, explorer.address, heard), explorer.address)
            assert heard == []
        page.wait_for_selector(".lost button:has-text('Load anew')")


def _keep_and_lose(page: Any, address: str) -> None:
    open_page(page, address)
    page.click(".step")
    at_quarter(page, 1)
    for _ in range(4):  # twice as long as may be idle, and sweeps between
        page.wait_for_timeout(3000)
        page.click(".tab-network")
        page.click(".tab-map")
        page.click(".language")
    assert page.locator(".again, .lost").count() == 0
    page.wait_for_selector(".again")
    assert "place was given up" in page.inner_text(".message")
    assert page.locator("[data-chart]").count() == 0
    page.click(".again")
    drawn(page, "map")
    at_quarter(page, 1)
    page.wait_for_function("() => location.search.includes('q=1')")
    page.reload()
    drawn(page, "map")
    at_quarter(page, 1)
