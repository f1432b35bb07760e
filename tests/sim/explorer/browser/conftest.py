"""A server of its own and a real Chromium for the tests of the page; without them a test is skipped, but fails where CI is set."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.in_browser import chromium as started
from benchmarks.in_browser import missing, served
from tests.sim.explorer.sessions import session

WAIT = 60_000
"""Milliseconds for what may need a burn-in on a busy machine."""


@pytest.fixture(scope="session")
def needed() -> None:
    """What the tests need is there."""
    if found := ", ".join(missing()):
        if os.environ.get("CI"):
            pytest.fail(f"{found} is missing: the page cannot be tested", pytrace=False)
        pytest.skip(f"{found} is missing")


@pytest.fixture(scope="session")
def server(needed: None) -> Iterator[str]:
    """Address of a server; what it has to compile is on the disk, so that no test waits for it."""
    session().step()
    with served() as explorer:
        yield explorer.address


@pytest.fixture(scope="session")
def chromium(needed: None) -> Iterator[Any]:
    """The browser."""
    with started() as browser:
        yield browser


@pytest.fixture
def heard() -> list[str]:
    """What went wrong in the browser: console errors, exceptions, answers of 400 and more, requests to anywhere else."""
    return []


@pytest.fixture
def page(chromium: Any, server: str, heard: list[str]) -> Iterator[Any]:
    """A page that may ask nobody but the server; whatever goes wrong on it fails its test."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    yield listened(context.new_page(), server, heard)
    context.close()
    assert heard == []


def listened(page: Any, server: str, heard: list[str]) -> Any:
    """The page, with whatever goes wrong on it noted."""
    page.set_default_timeout(WAIT)
    page.on("console", lambda message: heard.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(f"exception: {error}"))
    page.on("response", lambda answer: heard.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((server, "data:", "blob:")) else heard.append(f"elsewhere: {asked.url}"),
    )
    return page
