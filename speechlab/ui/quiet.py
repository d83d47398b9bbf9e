"""How handlers are attached: those that answer at once, without queue or spinner, and those that build controls."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

AS_SHOWN: dict[str, Any] = {**QUIET, "preprocess": False}
"""The same for handlers that other handlers change the choices of: what a picker shows is taken as it is, though it
may be none of its choices any more."""

IN_TURN: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "controls", "concurrency_limit": 1}
"""For what renders controls: the queue lets them be made one after the other, since gradio keeps all that a visitor's
page consists of in one place, which two that are made at once break (6.31)."""
