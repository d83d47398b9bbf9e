"""A lab's page, a browser, and people with browser contexts of their own; a module brings its ``lab``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from speechlab import Lab
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from tests.browser.visits import CHROMIUM, SOON


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    """Where the page of the module's lab is."""
    with serving(create_app(lab)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window. Sound plays without being asked for by a click."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Called, it is another person's browser; at the end of the test no page of theirs has met an error."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def another(**how: Any) -> BrowserContext:
        context = browser.new_context(**how)
        context.set_default_timeout(SOON)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        contexts.append(context)
        return context

    yield another
    for context in contexts:
        context.close()
    assert problems == []
