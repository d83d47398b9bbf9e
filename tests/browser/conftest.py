"""A lab's page, a browser, and people with browser contexts of their own; a module brings its ``lab``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from speechlab import Lab
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from tests.browser.visits import AUTOPLAY, CHROMIUM, SOON, Keep, Visitor, launch


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    """Where the page of the module's lab is."""
    with serving(create_app(lab)) as url:
        yield url


@pytest.fixture(scope="module")
def flags() -> Sequence[str]:
    """What the module's browser is started with; a module whose people have a microphone brings its own."""
    return AUTOPLAY


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What starts browsers."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright, flags: Sequence[str]) -> Iterator[Browser]:
    """The module's browser."""
    browser = launch(playwright, *flags)
    yield browser
    browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
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


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Keeps a screenshot under a name, in the folder that SPEECHLAB_SCREENSHOTS names if it names one."""
    folder = Path(os.environ.get("SPEECHLAB_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def shot(page: Page, name: str, *, whole: bool = False) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)  # for what is still moving
        page.screenshot(path=folder / f"{name}.png", full_page=whole)
        assert (folder / f"{name}.png").stat().st_size > 5_000

    return shot
