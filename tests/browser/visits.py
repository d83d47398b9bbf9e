"""What every visit to the page keeps to: the browser and how it is started, and how long anything may take."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

SOON = 60_000
"""Milliseconds after which a test gives up."""
expect.set_options(timeout=SOON)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
AUTOPLAY = ("--autoplay-policy=no-user-gesture-required",)
"""Sound plays without being asked for by a click."""
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""There is a microphone, and a page may use it."""

Visitor = Callable[..., BrowserContext]
"""Called as ``Browser.new_context`` is: another person's browser."""
Keep = Callable[..., None]
"""Called with a page and a name: a screenshot; of the ``whole`` page if wanted."""


def hearing(path: Path) -> tuple[str, ...]:
    """There is a microphone, a page may use it, and it hears this file again and again."""
    return (*MICROPHONE, f"--use-file-for-fake-audio-capture={path}")


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Chromium without a window."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])


@contextmanager
def heeded(page: Page) -> Iterator[None]:
    """What is set beside something in this block is known to it after the block: the page's Python has answered."""
    with page.expect_response(lambda response: "/gradio_api/run/" in response.url, timeout=SOON):
        yield
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
