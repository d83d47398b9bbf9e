"""How handlers are attached that answer at once: no queue, no spinner, no place in the public API."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

AS_SHOWN: dict[str, Any] = {**QUIET, "preprocess": False}
"""The same for handlers that other handlers change the choices of: what a picker shows is taken as it is, though it
may be none of its choices any more."""
