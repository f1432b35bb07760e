"""In the browser: who reads keeps the place, who does nothing loses it, is told so, and comes back to the same quarter by a button."""

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
    with served() as explorer, chromium.new_context() as context:
        page = listened(context.new_page(), explorer.address, heard)
        open_page(page, explorer.address)
        page.click(".step")
        at_quarter(page, 1)
        for _ in range(2):  # nearly twice as long as may be idle, and sweeps between
            page.wait_for_timeout(5500)
            page.click(".tab-network")
            page.click(".tab-map")
            page.click(".language")
        assert page.locator(".again").count() == 0
        page.wait_for_selector(".again")
        assert "place was given up" in page.inner_text(".message")
        assert page.locator(".loading, [data-chart]").count() == 0
        page.click(".again")
        drawn(page, "map")
        at_quarter(page, 1)
    assert heard == []
