"""An engine's own voice, or a blend of several, kept under a name with the options that it is to have."""

from __future__ import annotations

from typing import Any

from ..engines import Kind
from ..errors import ConfigError
from ..lab import Lab, told
from ..library import Kept, called
from ..library.kept import now
from ..pipeline import step
from ..types import Voice

WORD = "Hello."
"""What a voice that its engine does not list is tried with."""


def named(lab: Lab, name: str, voice: str, engine: str | None = None, **knobs: Any) -> Voice:
    """The voice as the library has it now, as :meth:`speechlab.Lab.name_voice` tells."""
    name = called(name)
    if lab.library.find(name) is not None:
        raise ConfigError(f"there is a voice {name!r} already", hint="give another name, or remove that one first")
    spec = lab.engine(Kind.TTS, engine.removeprefix(f"{Kind.TTS}/") if engine else None)
    ready = step(lab.plugins, spec.kind, spec.id, told(knobs))
    with lab.pool.lease(spec, ready.params) as loaded, loaded.exclusive():
        listed = {one.id: one for one in loaded.engine.voices()}
        if voice not in listed:
            next(iter(loaded.engine.synthesize(WORD, voice, ready.options)), None)  # it knows a blend, or refuses it
    kept = Kept(
        name=name,
        engine=spec.name,
        own=voice,
        made="preset" if voice in listed else "blended",
        languages=listed[voice].languages if voice in listed else (),
        options=ready.options.model_dump(mode="json", exclude_unset=True),
        params=ready.params.model_dump(mode="json", exclude_unset=True),
        at=now(),
    )
    return lab.library.keep(kept).voice
