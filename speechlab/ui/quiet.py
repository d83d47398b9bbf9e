"""How handlers are attached that answer at once: no queue, no spinner, no place in the public API."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
