"""A pytest plug-in of fixtures: the system's Chromium, without a window, for tests of pages that the hub serves.

Playwright drives it: a context is a browser of its own (cookies, language, size of the screen), so that several people
look at the same hub in one test. Fixtures are of a module: Playwright's event loop must not run while other tests do.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

PHONE = {"width": 390, "height": 844}
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_MS = 15_000  # of a machine that has much else to do
# Debian's Chromium needs no sandbox inside a container, and must not ask the network for anything of its own.
_OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]


class OpenPage(Protocol):
    """Opens a page in a browser of its own; what its console complains of fails the test."""

    def __call__(self, language: str = "en", **options: Any) -> Page: ...


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("there is no Chromium here; packaging/system-packages.txt names Debian's")
    browser = playwright.chromium.launch(executable_path=program, args=_OPTIONS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """`options` go to Playwright's new_context; without a `viewport` it is a phone."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(language: str = "en", **options: Any) -> Page:
        context = chromium.new_context(locale=language, **{"viewport": PHONE, **options})
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _complain(complaints, message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        with suppress(Exception):  # a test that failed may have broken it
            context.close()
    assert complaints == []


def _complain(complaints: list[str], kind: str, text: str) -> None:
    # Refused forms and lost lines are part of what is tested; that Chromium writes them down is not.
    if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
        complaints.append(text)
