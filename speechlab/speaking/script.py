"""A text made ready to be said: its lines, who says them, and in which language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..engines import EngineSpec
from ..errors import ConfigError
from ..lab import Lab, told
from ..languages import Languages, standard
from ..params import check
from ..pipeline import Pipeline
from ..preferred import identifying
from ..stages import Flow
from ..stages.identifying import identifier
from ..translation.identify import SURE, telling
from . import manner
from .line import Line, lines
from .options import SpeakOptions
from .ssml import is_ssml, marked
from .voices import synthesizer

LOOKED = 2000
"""Characters of a text that are looked at for its language."""


@dataclass(frozen=True, slots=True)
class Script:
    """A text, ready to be said."""

    spec: EngineSpec
    stage: Mapping[str, Any]
    """What somebody chose of the engine's parameters and of the host's around it."""
    options: SpeakOptions
    lines: Sequence[Line] = field(default_factory=tuple)
    language: str | None = None
    notes: tuple[str, ...] = ()

    def pipeline(self, lab: Lab, line: Line) -> Pipeline:
        """What says a line. Raises ConfigError, EngineUnavailable or PolicyDenied."""
        stage = {**manner.told(line, self.spec, self.stage), "use": self.spec.name}
        return lab.pipeline({"title": "Speak", "stage": [stage]}).ready(lab.policy, Flow.SEGMENTS)


def script(
    lab: Lab,
    text: str,
    voice: str | None,
    engine: str | None,
    language: str | None,
    knobs: Mapping[str, Any],
    these: Sequence[Line] | None = None,
) -> Script:
    """The text as lines for the engine that is to say them; or ``these`` lines, which somebody made of it.

    Raises ConfigError or EngineUnavailable.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves of letters, alone or in pairs
    marks = marked(text) if is_ssml(text) else None
    words = marks.text if marks else text
    if not any(map(str.isalnum, words)):
        raise ConfigError("there is nothing to say", hint="give a text with words in it")
    own = {name: knobs[name] for name in SpeakOptions.model_fields if name in knobs}
    options = check(SpeakOptions, own, "speaking")
    language = language or (marks.language if marks else None) or (None if voice else looked(lab, words))
    spec = synthesizer(lab, engine, voice, language)
    if language and not spec.languages:
        standard(language)
    elif language and language not in (known := Languages(spec.languages)):
        raise ConfigError(f"{spec.name} does not speak {language!r}", hint=known.nearest(language))
    theirs = {name: value for name, value in knobs.items() if name not in own or name in _names(spec)}
    stage = {**theirs, **told({"voice": voice})}
    notes = marks.notes if marks else ()
    if these is None:
        these = (marks.lines if marks else partial(lines, text))(spec.longest, language, options)
    found, beyond = manner.fitted(these, spec, stage)
    return Script(spec, stage, options, found, language, (*notes, *beyond))


def looked(lab: Lab, text: str) -> str | None:
    """The language that a text is surely in; None where nobody can tell."""
    spec = identifying(lab.plugins)
    beginning = text[:LOOKED]
    if spec is None or not telling(beginning):
        return None
    [guess] = identifier(lab.pool, spec, spec.params(), spec.options())([beginning])
    return guess.language if guess is not None and guess.confidence >= SURE else None


def _names(spec: EngineSpec) -> set[str]:
    return {knob.name for knob in spec.knobs}
