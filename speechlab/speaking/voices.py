"""The voices that there are to speak with."""

from __future__ import annotations

from dataclasses import replace

from ..engines import EngineSpec
from ..lab import Lab
from ..types import Voice


def voices(lab: Lab, spec: EngineSpec) -> tuple[Voice, ...]:
    """The voices of a synthesizer, the first of which is meant where none is named. It is loaded for that.

    Raises EngineUnavailable or PolicyDenied.
    """
    with lab.pool.lease(spec, spec.params()) as loaded, loaded.exclusive():
        return tuple(replace(voice, engine=spec.name) for voice in loaded.engine.voices())
