"""The voices that may be picked to speak with: those of the library, then each engine's own."""

from __future__ import annotations

import threading
from typing import Any

from ..engines import EngineSpec, Kind, present
from ..engines.service import PRICED
from ..errors import EngineError, PolicyDenied
from ..lab import Lab
from ..library import Kept
from ..preferred import LAST_RESORT, TOY
from ..speaking import voices
from ..types import Voice

Told = dict[str, Any]


class Choices:
    """They may be asked for from any thread. An engine's voices are asked of it once, and only when somebody wants to
    see them: it is loaded for that, or a service is asked."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._known: dict[str, list[Told]] = {}
        self._asking = threading.Lock()

    def told(self) -> Told:
        """All that is known, as JSON values."""
        lab = self._lab
        return {
            "library": [kept_told(kept) for kept in lab.library.all() if kept.engine.startswith(f"{Kind.TTS}/")],
            "engines": [self._engine(spec) for spec in synthesizers(lab)],
            "first": first(lab),
        }

    def of(self, id: str) -> Told:
        """An engine with its own voices. Raises EngineNotFound, EngineUnavailable and PolicyDenied."""
        spec = self._lab.engine(Kind.TTS, id)
        with self._asking:
            if spec.id not in self._known:
                self._known[spec.id] = [_voice(one, spec) for one in voices(self._lab, spec)]
        return self._engine(spec)

    def _engine(self, spec: EngineSpec) -> Told:
        return {
            "id": spec.id,
            "summary": spec.summary,
            "local": spec.local,
            "priced": PRICED in spec.features,
            "poor": LAST_RESORT in spec.features,
            "license": spec.license,
            "weights_license": spec.weights_license,
            "languages": list(spec.languages),
            "problem": problem(self._lab, spec),
            "here": spec.local and all(present(one, self._lab.home) for one in spec.weights),
            "voices": self._known.get(spec.id),
        }


def first(lab: Lab) -> str:
    """The engine that is meant at first; empty where none can speak."""
    try:
        return lab.engine(Kind.TTS).id
    except EngineError:
        return ""


def synthesizers(lab: Lab) -> list[EngineSpec]:
    """Every engine that speaks: the one that is meant at first, then those that can run, those that do it poorly after
    the others, and toys last."""
    best = first(lab)

    def order(spec: EngineSpec) -> tuple[Any, ...]:
        poor = spec.features & {LAST_RESORT, TOY}
        return spec.id != best, bool(spec.missing()), TOY in spec.features, bool(poor), not spec.local, spec.id

    return sorted(lab.engines(Kind.TTS), key=order)


def problem(lab: Lab, spec: EngineSpec) -> str:
    """Why an engine cannot be used; empty where it can."""
    try:
        lab.policy.admit(spec)
    except PolicyDenied as error:
        return str(error)
    return f"Not installed: {spec.cure}" if spec.missing() else ""


def kept_told(kept: Kept) -> Told:
    """A voice of the library, as anybody may know it."""
    return {
        "voice": kept.name,
        "name": kept.name,
        "engine": kept.engine.partition("/")[2],
        "made": kept.made,
        "languages": list(kept.languages),
    }


def _voice(voice: Voice, spec: EngineSpec) -> Told:
    return {"voice": voice.id, "name": voice.name or voice.id, "engine": spec.id, "languages": list(voice.languages)}
