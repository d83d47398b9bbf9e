"""Voices of the library in a pipeline: which engine is meant, which options hold, and by what name it knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..engines import Context, EngineSpec, Kind, VoiceCloner
from ..errors import ConfigError
from ..params import Params, check
from ..pool import Loaded
from ..types import Consent
from .cloning import cloned
from .kept import Kept, agreed
from .memory import recalled, remember
from .shelf import Library


def asked_for(values: Mapping[str, Any]) -> Iterator[str]:
    """The voices that a stage's parameters name: that of all, then those of each speaker."""
    if voice := values.get("voice"):
        yield str(voice)
    cast = values.get("voices") or ()
    if isinstance(cast, Mapping):
        yield from map(str, cast.values())
    else:
        for entry in [cast] if isinstance(cast, str) else cast:
            yield str(entry).rpartition("=")[2].strip()


def speaker_of(context: Context | None, values: Mapping[str, Any]) -> str | None:
    """The synthesizer, as ``kind/id``, of the first voice of the library that the parameters name and that has one."""
    found = _found(context, asked_for(values))
    return next((one.engine for one in found.values() if one.engine.startswith(f"{Kind.TTS}/")), None)


def with_own_options(context: Context | None, spec: EngineSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with those that are kept with the voice of all where nobody gave others. The language of the text
    is none of them."""
    voice = values.get("voice")
    kept = _found(context, [voice]).get(voice) if isinstance(voice, str) else None
    if kept is None or kept.engine != spec.name:
        return dict(values)
    own = {name: value for name, value in kept.options.items() if name in spec.options.model_fields}
    own.pop("language", None)  # in which it was made; what it says may be in another
    own |= {name: value for name, value in kept.params.items() if name in spec.params.model_fields}
    return {**own, **values}


def state_of(context: Context | None, lift: Params) -> dict[str, str]:
    """What tells the voices of the library that a stage uses from those that had their names before."""
    return {name: kept.mark for name, kept in _found(context, asked_for(lift.model_dump())).items()}


def conversion_consent(context: Context | None, voice: str, ground: str) -> Consent:
    """On whose consent speech is turned into a voice: that which is kept with it, or what was said.

    Raises PolicyDenied where there is none, and ConfigError where no voice is named.
    """
    kept = _found(context, [voice]).get(voice)
    own = kept.consent if kept is not None and not ground.strip() else None
    whose = kept.name if kept else voice if any(map(str.isalnum, voice)) else "the person whose voice it is to be"
    given = agreed(own or ground, whose)
    if not voice.strip():
        raise ConfigError("no voice is named to convert into", hint="`speechlab voices` lists those of the library")
    return given


def in_own_words(loaded: Loaded, lift: Params) -> Params:
    """The host's options around an engine, with each voice of the library under the name by which the engine knows it;
    one that it has forgotten is made anew from its clip.

    Raises ConfigError where the engine cannot speak with a voice, and what it raises itself.
    """
    library = Library(loaded.context.home)
    values: dict[str, Any] = {
        name: getattr(lift, name) for name in ("voice", "voices") if name in type(lift).model_fields
    }
    found = _found(loaded.context, asked_for(values))
    if not found:
        return lift
    own = {name: _own(loaded, library, kept, name) for name, kept in found.items()}
    changed: dict[str, Any] = {}
    if (voice := values.get("voice")) in own:
        changed["voice"] = own[voice]
    if "voices" in values:
        changed["voices"] = tuple(_recast(entry, own) for entry in values["voices"])
    return lift.model_copy(update=changed)


def _recast(entry: str, own: Mapping[str, str]) -> str:
    speaker, sign, voice = entry.rpartition("=")
    return f"{speaker}{sign} {own.get(voice.strip(), voice.strip())}".strip()


def _found(context: Context | None, names: Any) -> dict[str, Kept]:
    """Those of the names that the library has; it is not looked at where none is asked for."""
    asked = [name for name in names if name]
    if context is None or not asked:
        return {}
    library = Library(context.home)
    return {name: kept for name in asked if (kept := library.find(name)) is not None}


def _own(loaded: Loaded, library: Library, kept: Kept, name: str) -> str:
    """By what the engine knows a voice of the library, which is called ``name``; one that it has learnt is remembered.

    Raises as :func:`in_own_words`.
    """
    with loaded.slot.teaching:
        taught = loaded.slot.taught
        if kept.mark not in taught:
            taught[kept.mark] = _learnt(loaded, library, kept, name)
            if kept.reference:
                remember(loaded, library.folder, kept, taught[kept.mark])
        return taught[kept.mark]


def _learnt(loaded: Loaded, library: Library, kept: Kept, name: str) -> str:
    engine, spec = loaded.engine, loaded.spec
    theirs = kept.engine.partition("/")[2] == spec.id  # one account, say, that both speaks and converts
    known: set[str] | None = None
    if hasattr(engine, "voices"):
        with loaded.exclusive():
            known = {voice.id for voice in engine.voices()}
    if theirs and known is not None and kept.own in known:
        return kept.own
    if kept.reference and isinstance(engine, VoiceCloner) and (theirs or spec.local):
        options = {name: value for name, value in kept.options.items() if name in spec.options.model_fields}
        checked = check(spec.options, options if theirs else {}, spec.name)
        clip = library.reference(kept)
        made = recalled(loaded, library.folder, kept, clip, checked)
        if made is None:
            loaded.context.report(f"making the voice {kept.name!r} anew by {spec.name}")
            made = cloned(loaded, clip, kept.consent, checked, kept.name)
        if kept.engine == spec.name and made.id != kept.own:
            library.keep(replace(kept, own=made.id), clip)
        return made.id
    if theirs:
        return kept.own  # a blend, or a voice that the engine speaks with but does not list
    if known is not None and name in known:
        return name
    there = f"clone it for {spec.name}, under another name" if kept.reference else "name another voice"
    raise ConfigError(
        f"the voice {kept.name!r} of the library is one of {kept.engine}, not of {spec.name}",
        hint=f"leave out the engine, or {there}",
    )
