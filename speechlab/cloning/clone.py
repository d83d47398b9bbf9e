"""A voice is made from a clip, and kept: by whom, on what ground, and by which engine stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engines import EngineSpec, Kind
from ..errors import ConfigError, EngineUnavailable
from ..lab import Lab, told
from ..languages import Languages
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
    ways = ready(lab, engine, told(knobs))
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


def ready(lab: Lab, engine: str | None, knobs: Mapping[str, Any]) -> list[EngineSpec]:
    """The :func:`learners` that know the language which is meant, if one is; with these ``knobs`` the first can begin.

    Raises ConfigError, PolicyDenied, EngineNotFound or EngineUnavailable before a clip is listened to.
    """
    ways, language = learners(lab, engine), str(knobs.get("language") or "")
    known = Languages(dict.fromkeys(one for spec in ways for one in spec.languages))
    fitting = [spec for spec in ways if not (language and spec.languages) or language in Languages(spec.languages)]
    if not fitting:
        speaks = f"{ways[0].name} does not speak" if len(ways) == 1 else "no engine that learns voices here speaks"
        raise ConfigError(f"{speaks} {language!r}", hint=known.nearest(language))
    first = fitting[0]
    lab.policy.admit(first)
    first.require()
    step(lab.plugins, first.kind, first.id, knobs)
    return fitting


def _way(spec: EngineSpec) -> str:
    return "voice matching" if how_made(spec) == "matched" else "cloning"


def _taught(lab: Lab, spec: EngineSpec, audio: Audio, name: str, consent: Consent, knobs: dict[str, Any]) -> Kept:
    made = step(lab.plugins, spec.kind, spec.id, knobs)
    with lab.pool.lease(spec, made.params) as loaded:
        voice = cloned(loaded, audio, consent, made.options, name)
    spoken = getattr(made.options, "language", None)
    return Kept(
        name=name,
        engine=spec.name,
        own=voice.id,
        made=how_made(spec),
        languages=voice.languages or ((spoken,) if spoken else ()),
        options=made.options.model_dump(mode="json", exclude_unset=True),
        params=made.params.model_dump(mode="json", exclude_unset=True),
        consent=consent,
        at=now(),
    )
