"""The columns of a sheet at work: what is told to the page, one line of JSON after the other."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

from ..clients import admit
from ..closing import closes
from ..errors import ConfigError, SpeechLabError
from ..lab import Lab
from ..types import SegmentUpdate
from .answers import Line
from .languages import direction
from .sheets import Sheet, translated
from .translating import OWN

CALL = frozenset(signature(Lab.translating).parameters)
"""What is no parameter of an engine, whatever a script that is not the page's says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a sheet is to be translated."""

    to: tuple[str, ...]
    source: str | None = None
    engine: str | None = None
    glossary: Mapping[str, Any] = field(default_factory=dict)
    """Terms, and what becomes of each."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters and options of the engine, and of the host around it."""
    only: tuple[str, ...] | None = None
    """Ids of segments; None for all of them."""

    @classmethod
    def read(cls, said: Any) -> Asked:
        """From what the page says. Raises ConfigError where it is none of that."""
        match said:
            case {"to": [str(), *_] as to, **rest}:
                pass
            case _:
                raise ConfigError("no language is named to translate into", hint="choose one")
        only, glossary, values = rest.get("only"), rest.get("glossary") or {}, rest.get("values") or {}
        if not isinstance(glossary, Mapping) or not isinstance(values, Mapping):
            raise ConfigError("that is nothing that can be translated", hint="load the page again")
        return cls(
            tuple(dict.fromkeys(map(str, to))),
            str(rest.get("source") or "") or None,
            str(rest.get("engine") or "") or None,
            glossary,
            {name: value for name, value in values.items() if name not in OWN},
            tuple(map(str, only)) if isinstance(only, list) else None,
        )


def work(lab: Lab, sheet: Sheet, asked: Asked) -> Generator[Line, None, None]:
    """Translate the columns one after the other; one that fails takes no other down, and keeps what it has."""
    for to in asked.to:
        began = time.perf_counter()
        if asked.only is None:
            sheet.begin(to)
        yield {"column": to, "state": "working", "dir": direction(to)}
        try:
            yield from _column(lab, sheet, asked, to, began)
        except SpeechLabError as error:
            yield {"column": to, "state": "failed", "error": str(error), "hint": error.hint}
            continue
        took = time.perf_counter() - began
        if asked.only is None:
            sheet.seconds[to] = took
        yield {"column": to, "state": "done", "seconds": round(took, 3)}


def _column(lab: Lab, sheet: Sheet, asked: Asked, to: str, began: float) -> Generator[Line, None, None]:
    if strange := sorted(asked.values.keys() & CALL):
        raise ConfigError(f"a translator has no parameter {strange[0]!r}", hint="load the page again")
    admit(lab, asked.values)
    events = lab.translating(
        sheet.recording,
        to,
        asked.source,
        asked.engine,
        glossary=asked.glossary or None,
        only=asked.only,
        **asked.values,
    )
    with closes(events):
        for event in events:
            if isinstance(event, SegmentUpdate) and event.target is not None:
                sheet.hear(event)
                took = round(time.perf_counter() - began, 3)
                yield {"column": to, "row": translated(event.segment), "seconds": took}
