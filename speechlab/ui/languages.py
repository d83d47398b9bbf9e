"""Language pickers: choices by name, in the reader's own language, which only the browser knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from .quiet import QUIET

NAMES = """(codes) => {
  const names = new Intl.DisplayNames(undefined, { type: "language" });
  const name = (code) => { try { return names.of(code); } catch { return code; } };
  const known = codes.split(" ").filter(Boolean).map((code) => [name(code), code]);
  known.sort((a, b) => a[0].localeCompare(b[0]));
  return { __type__: "update", choices: [[FIRST, ""], ...known] };
}"""


class Languages:
    """A picker of languages, and the codes behind it; ``first`` stands for no language, above all others."""

    def __init__(self, codes: Sequence[str], *, first: str, label: str, elem_id: str, **how: Any) -> None:
        self._first = first
        self._names = NAMES.replace("FIRST", json.dumps(first))
        self.codes = gr.Textbox(" ".join(codes), visible=False)
        self.picker = gr.Dropdown(**self._choices(codes, ""), label=label, elem_id=elem_id, **how)
        gr.on(None, None, [self.codes], [self.picker], js=self._names, **QUIET)

    @property
    def outputs(self) -> list[gr.components.Component]:
        """What a handler sets by giving :meth:`having`; :meth:`name` follows it."""
        return [self.codes, self.picker]

    def having(self, codes: Sequence[str], value: str | None = "", **how: Any) -> tuple[str, Any]:
        """Other languages; the one that is picked stays where it is among them."""
        return " ".join(codes), gr.Dropdown(**self._choices(codes, value if value in codes else ""), **how)

    def name(self, event: Any) -> None:
        """Let the browser name the languages once this handler has set them."""
        event.then(None, [self.codes], [self.picker], js=self._names, **QUIET)

    def _choices(self, codes: Sequence[str], value: str | None) -> dict[str, Any]:
        """Where nobody knows the languages, any code may be typed."""
        return {
            "choices": [(self._first, ""), *((code, code) for code in codes)],
            "value": value,
            "allow_custom_value": not codes,
        }
