"""A voice is made of a clip on the page: by which engine, on whose consent, told step by step."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

from ..clients import admit
from ..cloning import clone, forgotten, learners, learnt, shelved
from ..engines import EngineSpec, Kind
from ..errors import ConfigError, EngineUnavailable, SpeechLabError
from ..lab import Lab
from ..library import CLONING, MATCHING, agreed, called, how_made
from ..params import Knob
from ..preferred import TOY
from ..types import Consent
from .checking import checked, usable
from .html import render
from .voice_clips import Clip
from .voice_samples import told

Line = dict[str, Any]
CALL = frozenset(signature(clone).parameters)
"""What is no parameter of an engine, whatever a script that is not the page's says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed beside a clip."""

    person: str
    """Whose voice it is."""
    ground: str
    """On what ground it may be used."""
    name: str
    """What it is to be called; the person's name where nothing else was typed."""
    engine: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters and options of the engine."""
    replace: bool = False
    """Whether it takes the place of a voice that has the name already."""

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Asked:
        """From what the page says. Raises ConfigError where it is none of that."""
        values = said.get("values") or {}
        if not isinstance(values, Mapping) or values.keys() & CALL:
            raise ConfigError("that is nothing that a voice can be made with", hint="load the page again")
        person, ground, name, engine = (
            str(said.get(part) or "").strip() for part in ("person", "ground", "name", "engine")
        )
        return cls(person, ground, name or person, engine, values, said.get("replace") is True)


def learning(lab: Lab) -> list[EngineSpec]:
    """The synthesizers that make a voice of a clip: those that are here before the others, clones before likenesses."""
    found = [spec for spec in lab.engines(Kind.TTS) if spec.features & {CLONING, MATCHING} and TOY not in spec.features]
    return sorted(found, key=lambda spec: (bool(spec.missing()), not spec.local, how_made(spec) == "matched", spec.id))


def choices(lab: Lab) -> list[tuple[str, str]]:
    """The engines, label and id: first whichever is best."""
    return [("The best there is", ""), *((_label(spec), spec.id) for spec in learning(lab))]


def spec(lab: Lab, id: str | None) -> EngineSpec | None:
    """The engine of this id, or the one that is tried first without one."""
    if id:
        return lab.plugins.engines.get((Kind.TTS, id))
    try:
        return learners(lab)[0]
    except EngineUnavailable:
        return None


def parameters(spec: EngineSpec) -> list[Knob]:
    """What may be set besides the language."""
    return [knob for knob in spec.knobs if knob.name != "language"]


def languages(spec: EngineSpec | None) -> tuple[str, ...] | None:
    """Those in which a voice can be made to speak; None where the engine is not told one."""
    return spec.languages if spec and any(knob.name == "language" for knob in spec.knobs) else None


def about(lab: Lab, id: str | None) -> str:
    """What to know of an engine that learns voices, as HTML."""
    chosen = spec(lab, id)
    instead = next(iter(learners(lab)[1:]), None) if chosen and not id else None
    return render(
        "learner",
        spec=chosen,
        matches=chosen and how_made(chosen) == "matched",
        instead=instead,
        likened=instead and how_made(instead) == "matched",
    )


def plan(lab: Lab, id: str | None, language: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the page's script needs to make a voice, or why it cannot."""
    values = {**({"language": language} if language else {}), **values}
    made: dict[str, Any] = {"engine": id or "", "values": values, "problem": "", "hint": ""}
    try:
        [chosen, *_] = learners(lab, id or None)
        checked(lab, chosen, values)
        usable(lab, chosen)
    except SpeechLabError as error:
        made |= {"problem": str(error), "hint": error.hint}
    return made


def work(lab: Lab, clip: Clip, asked: Asked) -> Generator[Line, None, None]:
    """Learn the voice, then keep it; closed in between, it is forgotten. What is wrong is told last."""
    try:
        if not asked.person:
            raise ConfigError("nobody is named whose voice it is", hint="write whose it is")
        consent = agreed(Consent(asked.person, asked.ground, ""), asked.person)
        there = lab.library.find(called(asked.name))
        if there is not None and not asked.replace:
            yield {"state": "taken", "name": there.name}
            return
        admit(lab, asked.values)
        yield {"state": "learning"}
        kept, sound = learnt(lab, clip.reference, asked.name, consent, asked.engine or None, **asked.values)
        try:
            yield {"state": "learnt"}
        except GeneratorExit:  # whoever has left by now wants no voice
            forgotten(lab, kept)
            raise
        shelved(lab, kept, sound)
    except SpeechLabError as error:
        yield {"error": str(error), "hint": error.hint}
        return
    yield {"state": "kept", "voice": told(lab, lab.library.get(asked.name), own=True)}


def _label(spec: EngineSpec) -> str:
    way = "voice matching" if how_made(spec) == "matched" else "cloning"
    rest = ", not installed" if spec.missing() else "" if spec.local else ", in the cloud"
    return f"{spec.id} \u00b7 {way}{rest}"
