"""Language pickers: found by their name in the reader's own language, which only the browser knows, or by their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import gradio as gr

from .. import languages
from ..formats.direction import goes_left
from .quiet import QUIET

NAMES = """(known) => {
  const names = new Intl.DisplayNames(undefined, { type: "language", fallback: "none" });
  const name = (code, otherwise) => { try { return names.of(code) ?? otherwise; } catch { return otherwise; } };
  const label = (name, own) => own && own.toLowerCase() !== name.toLowerCase() ? `${name} \\u00b7 ${own}` : name;
  const choices = JSON.parse(known || "[]").map(([code, english, own]) => [name(code, english), own, code]);
  const times = Map.groupBy ? Map.groupBy(choices, ([name]) => name) : new Map();
  for (const choice of choices) if (times.get(choice[0])?.length > 1) choice[0] += ` (${choice[2]})`;
  choices.sort((a, b) => a[0].localeCompare(b[0]));
  return { __type__: "update", choices: [...FIRST, ...choices.map(([name, own, code]) => [label(name, own), code])] };
}"""
"""Names every language as the reader does, with its own name after it, so that a search finds it by either."""


class Languages:
    """A picker of languages, and what is known of them behind it. ``first`` stands for no language, above all others;
    without it several may be picked."""

    def __init__(self, codes: Sequence[str], *, label: str, elem_id: str, first: str = "", **how: Any) -> None:
        self._first = [(first, "")] if first else []
        self._names = NAMES.replace("FIRST", json.dumps(self._first))
        self.codes = gr.Textbox(_told(codes), visible=False)
        self.picker = gr.Dropdown(**self._choices(codes, "" if first else []), label=label, elem_id=elem_id, **how)
        gr.on(None, None, [self.codes], [self.picker], js=self._names, **QUIET)

    @property
    def outputs(self) -> list[gr.components.Component]:
        """What a handler sets by giving :meth:`having`; :meth:`name` follows it."""
        return [self.codes, self.picker]

    def having(self, codes: Sequence[str], value: str | Sequence[str] | None = "", **how: Any) -> tuple[str, Any]:
        """Other languages. What is picked, which was ``value`` when this was asked for, is left alone where it is among
        them: its reader may be picking on before the answer is there."""
        stays = self._among(codes, value)
        choices = self._choices(codes, stays)
        if stays == (value or ("" if self._first else [])):
            del choices["value"]
        return _told(codes), gr.Dropdown(**choices, **how)

    def showing(self, codes: Sequence[str], value: str | Sequence[str] | None, **how: Any) -> tuple[str, Any]:
        """Other languages, and what is picked from now on where it is among them."""
        return _told(codes), gr.Dropdown(**self._choices(codes, self._among(codes, value)), **how)

    def name(self, event: Any) -> None:
        """Let the browser name the languages once this handler has set them."""
        event.then(None, [self.codes], [self.picker], js=self._names, **QUIET)

    def _among(self, codes: Sequence[str], value: str | Sequence[str] | None) -> str | list[str]:
        """What of a value these languages leave; where nobody knows them, all of it."""
        if self._first:
            return value if isinstance(value, str) and value in codes else ""
        return [code for code in value or () if code in codes or not codes]

    def _choices(self, codes: Sequence[str], value: str | list[str]) -> dict[str, Any]:
        """Where nobody knows the languages, any code may be typed."""
        return {
            "choices": [*self._first, *((code, code) for code in codes)],
            "value": value,
            "multiselect": not self._first,
            "allow_custom_value": not codes,
        }


def direction(tag: str) -> str:
    """How a language is written, as HTML's ``dir`` says it.

    >>> direction("ar"), direction("ks"), direction("uz"), direction("az-Arab")
    ('rtl', 'rtl', 'ltr', 'rtl')
    """
    left = goes_left(tag)
    return "auto" if left is None else "rtl" if left else "ltr"


def _told(codes: Sequence[str]) -> str:
    """Each code with its English name, for what the browser does not know, and its own."""
    return json.dumps([[code, *_names(code)] for code in codes], ensure_ascii=False, separators=(",", ":"))


@cache
def _names(code: str) -> tuple[str, str]:
    try:
        return languages.name(code), languages.autonym(code)
    except ValueError:  # what is no language's tag stands for itself
        return code, ""
