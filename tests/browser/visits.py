"""What every visit to the page keeps to: where the browser is, and how long anything may take."""

from __future__ import annotations

import shutil

from playwright.sync_api import expect

SOON = 20_000
"""Milliseconds after which a test gives up."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
expect.set_options(timeout=SOON)
