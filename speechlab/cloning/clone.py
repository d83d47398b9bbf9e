"""A voice is made from a clip, and kept: by whom, on what ground, and by which engine stands beside it."""

from __future__ import annotations

from typing import Any

from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable
from ..lab import Lab, told
from ..library import CLONING, MATCHING, Kept, agreed, called, cloned, how_made
from ..library.kept import now
from ..library.memory import remember
from ..library.shelf import clip
from ..params import check
from ..pipeline import step
from ..source import Sound
from ..types import Audio, Consent, Voice
from .reference import Reference, referenced


def clone(
    lab: Lab,
    reference: Sound | Reference,
    name: str,
    consent: str | Consent | None = None,
    engine: str | None = None,
    *,
    alone: bool = False,
    **knobs: Any,
) -> Voice:
    """The new voice, as :meth:`speechlab.Lab.clone` tells."""
    return shelved(lab, *learnt(lab, reference, name, consent, engine, alone=alone, **knobs)).voice


def shelved(lab: Lab, kept: Kept, audio: Audio) -> Kept:
    """What was learnt, in the library now, with what its engine knows of it."""
    done = lab.library.keep(kept, audio)
    kind, _, id = done.engine.partition("/")
    spec = lab.engine(Kind(kind), id)
    with lab.pool.lease(spec, check(spec.params, done.params, spec.name)) as loaded:  # the very one that has learnt it
        remember(loaded, lab.library.folder, done, done.own)
    return done


def learnt(
    lab: Lab,
    reference: Sound | Reference,
    name: str,
    consent: str | Consent | None = None,
    engine: str | None = None,
    *,
    alone: bool = False,
    **knobs: Any,
) -> tuple[Kept, Audio]:
    """The same voice, which is not in the library yet, and its clip: for whoever may still think better of it."""
    name = called(name)
    given = agreed(consent, name)
    ways = learners(lab, engine)
    heard = reference if isinstance(reference, Reference) else referenced(lab, reference, alone=alone)
    audio = clip(heard.usable().audio)
    for number, spec in enumerate(ways, 1):
        try:
            return _taught(lab, spec, audio, name, given, told(knobs)), audio
        except EngineUnavailable as error:
            if number == len(ways):
                raise
            lab.report(f"{error}; trying {ways[number].name}, by {_way(ways[number])}")
    raise AssertionError("there is always a way to try")


def learners(lab: Lab, engine: str | None = None) -> list[EngineSpec]:
    """The engine that is named, a synthesizer or, as ``convert/ID``, a converter; else the synthesizers on this machine
    that make a voice from a clip, those that clone before those that match.

    Raises EngineNotFound, or EngineUnavailable where there is none.
    """
    if engine:
        kind = Kind.CONVERT if engine.startswith(f"{Kind.CONVERT}/") else Kind.TTS
        return [lab.engine(kind, engine.removeprefix(f"{kind}/"))]
    there = [spec for spec in lab.engines(Kind.TTS) if spec.local and not spec.missing()]
    found = [spec for feature in (CLONING, MATCHING) for spec in there if feature in spec.features]
    if not found:
        raise EngineUnavailable(
            "no engine that makes a voice from a clip is installed",
            hint="pip install speechlab-pocket-tts, which clones, or speechlab-voicematch, which likens its own voices",
        )
    return found


def _way(spec: EngineSpec) -> str:
    return "voice matching" if how_made(spec) == "matched" else "cloning"


def _taught(lab: Lab, spec: EngineSpec, audio: Audio, name: str, consent: Consent, knobs: dict[str, Any]) -> Kept:
    ready = step(lab.plugins, spec.kind, spec.id, knobs)
    with lab.pool.lease(spec, ready.params) as loaded:
        voice = cloned(loaded, audio, consent, ready.options, name)
    spoken = getattr(ready.options, "language", None)
    return Kept(
        name=name,
        engine=spec.name,
        own=voice.id,
        made=how_made(spec),
        languages=voice.languages or ((spoken,) if spoken else ()),
        options=ready.options.model_dump(mode="json", exclude_unset=True),
        params=ready.params.model_dump(mode="json", exclude_unset=True),
        consent=consent,
        at=now(),
    )
