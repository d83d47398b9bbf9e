"""How a text is to be spoken: what may be set beside it, and the plan that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engines import EngineSpec, Kind
from ..engines.service import PRICED
from ..errors import SpeechLabError
from ..lab import Lab
from ..params import check
from ..speaking import SpeakOptions
from ..translation import glossary
from . import takes
from .checking import checked
from .voice_choices import synthesizers

PAUSES = frozenset({"pause", "paragraph_pause"})
"""Parameters that change nothing of what is said."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was set beside the text; empty where somebody left it as it is."""

    language: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of how sentences are put together."""
    lexicon: str = ""
    """A word on each line, and how it is said."""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters of each engine, by its id."""
    check: bool = False
    """Whether what was said is listened to."""


def languages(lab: Lab) -> tuple[str, ...]:
    """Every language that an engine that is here speaks."""
    here = (spec for spec in synthesizers(lab) if not spec.missing())
    return tuple(sorted({tag for spec in here for tag in spec.languages}))


def able(lab: Lab) -> list[EngineSpec]:
    """The engines whose parameters can be set."""
    return [spec for spec in synthesizers(lab) if not spec.missing()]


def priced(lab: Lab) -> list[str]:
    """Those that cost something."""
    return [spec.id for spec in able(lab) if PRICED in spec.features]


def named(lab: Lab) -> dict[str, dict[str, tuple[str, Any]]]:
    """What can be set of each engine, by its id, and of how sentences are put together, under "", as far as it changes
    how they sound: label and default of each parameter."""
    sets = {spec.id: takes.parameters(spec) for spec in able(lab)}
    sets[""] = [knob for knob in takes.joining() if knob.name not in PAUSES]
    return {id: {knob.name: (knob.label, knob.card["default"]) for knob in some} for id, some in sets.items()}


def plan(lab: Lab, wish: Wish) -> dict[str, Any]:
    """What the page's script needs to speak, or why it cannot."""
    made: dict[str, Any] = {
        "language": wish.language or "",
        "options": dict(wish.options),
        "values": {id: dict(values) for id, values in wish.values.items() if values},
        "check": wish.check,
        "problem": "",
        "hint": "",
    }
    try:
        check(SpeakOptions, wish.options, "speaking")
        for id, values in wish.values.items():
            checked(lab, lab.engine(Kind.TTS, id), values)
        if words := glossary(wish.lexicon.splitlines()):
            made["options"]["lexicon"] = words
    except SpeechLabError as error:
        made |= {"problem": str(error), "hint": error.hint}
    return made
