"""Every preset begins in the browser at the press of a button, is painted, and lives a quarter."""

import re
from typing import Any

import pytest

from sim.explorer.presets import titles
from sim.explorer.words import Words
from tests.sim.explorer.browser.looking import at_quarter, colours, open_page

pytestmark = pytest.mark.slow

TITLES = titles(Words("en"))
NAMES = sorted(name for name in TITLES if name != "status_quo")
PARTS = 4
"""Pages that share the presets: each is a test, and none takes too long."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_preset_loads_and_is_painted(page: Any, server: str, part: int) -> None:
    open_page(page, server, preset="status_quo")
    for name in NAMES[part::PARTS]:
        page.locator(".which-preset input[type=text]").fill(TITLES[name])
        items = page.locator(".v-menu__content.menuable__content__active .v-list-item")
        items.filter(has_text=re.compile(f"^\\s*{re.escape(TITLES[name])}\\s*$")).click()
        page.click(".begin")
        page.wait_for_function("name => document.querySelector('.share').getAttribute('href').includes(`preset=${name}&`)", arg=name)
        at_quarter(page, 0)
        assert not page.locator(".message").count(), name
        assert colours(page, "map") > 20, name
    page.click(".step")
    at_quarter(page, 1)
