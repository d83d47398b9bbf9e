"""The pipeline that dubs into a language: the shipped one with the engines that were asked for, or somebody's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from ..engines import Kind
from ..errors import ConfigError
from ..lab import Lab, PipelineLike, told
from ..params import check
from ..pipeline import Pipeline, Step
from ..preferred import preferred
from ..source import Sound
from ..stages.asr import AsrStage
from ..stages.interpret import InterpretStage
from ..stages.speech_translate import SpeechTranslateStage
from ..stages.translate import TranslateStage
from ..stages.tts import TtsStage
from ..types import Recording
from .dub import Dub
from .options import DubOptions


def dubbed(
    lab: Lab,
    sound: Sound,
    to: str,
    source: str | None = None,
    engine: str | None = None,
    *,
    recording: Recording | None = None,
    channel: int | Literal["each"] | None = None,
    resume: bool = False,
    translator: str | None = None,
    recognizer: str | None = None,
    diarizer: str | None = None,
    speakers: int | None = None,
    pipeline: PipelineLike | None = None,
    voice: str | None = None,
    voices: Mapping[str, str] | Sequence[str] = (),
    glossary: Any = None,
    **knobs: Any,
) -> Dub:
    """A recording on its way into another language; ``knobs`` are options of :class:`DubOptions`, and parameters of
    what speaks.

    Raises ConfigError, EngineNotFound, EngineUnavailable, PolicyDenied or AudioError before anything is loaded.
    """
    fitting = {name: value for name, value in told(knobs).items() if name in DubOptions.model_fields}
    options = check(DubOptions, fitting, "dubbing")
    plan = planned(
        lab,
        to,
        source,
        engine=engine,
        translator=translator,
        recognizer=recognizer,
        diarizer=diarizer,
        speakers=speakers,
        pipeline=pipeline,
        recording=recording,
        voice=voice,
        voices=voices,
        glossary=glossary,
        **{name: value for name, value in knobs.items() if name not in fitting},
    )
    return Dub(lab, plan, sound, options, recording=recording, channel=channel, resume=resume)


def planned(
    lab: Lab,
    to: str,
    source: str | None = None,
    *,
    engine: str | None = None,
    translator: str | None = None,
    recognizer: str | None = None,
    diarizer: str | None = None,
    speakers: int | None = None,
    pipeline: PipelineLike | None = None,
    recording: Recording | None = None,
    voice: str | None = None,
    voices: Mapping[str, str] | Sequence[str] = (),
    glossary: Any = None,
    **knobs: Any,
) -> Pipeline:
    """Recognition, translation into ``to`` and synthesis, each by the best engine installed unless one is named.

    ``engine`` is what speaks, with its ``knobs``: a synthesizer, or, as ``interpret/ID``, one that does all of it.
    ``diarizer`` or ``speakers`` (how many) has those who speak told apart, each with a voice of their own. A
    ``pipeline`` of somebody's own has each of its translations turned to ``to``. What a ``recording`` tells already is
    not found out again. Raises ConfigError, EngineNotFound or EngineUnavailable.
    """
    speech = told({"voice": voice, "voices": voices or None, **knobs})
    hearing = {"recognizer": recognizer, "diarizer": diarizer, "speakers": speakers}
    wording = {"translator": translator, "glossary": glossary}
    if pipeline is not None:
        _alone("a pipeline", {"engine": engine, **hearing, **wording})
        own = lab.pipeline(pipeline)
        return replace(own, steps=tuple(_turned(step, to, source, speech) for step in own.steps))
    if engine and engine.startswith(f"{Kind.INTERPRET}/"):
        _alone(engine, {**hearing, **wording})
        return lab.pipeline({"title": "Dub", "stage": [{"use": engine, "to": to, **speech}]})
    speaking = lab.engine(Kind.TTS, _id(engine, Kind.TTS)) if engine else preferred(lab.plugins, Kind.TTS, to)
    stages: list[dict[str, Any]] = []
    if recording is not None:
        _alone("a recording that is known", hearing)
    else:
        stages.append({"use": lab.engine(Kind.ASR, _id(recognizer, Kind.ASR)).name, **told({"language": source})})
        if diarizer is not None or speakers is not None:
            parting = lab.engine(Kind.DIARIZE, _id(diarizer, Kind.DIARIZE))
            stages.append({"use": parting.name, **told({"speakers": speakers})})
    if recording is not None and to in recording.translations:
        _alone("a recording that is translated", wording)
        stages.append({"use": speaking.name, "track": to, **speech})
    else:
        translating = lab.engine(Kind.TRANSLATE, _id(translator, Kind.TRANSLATE))
        stages.append({"use": translating.name, "to": to, **told({"source": source, "glossary": glossary})})
        stages.append({"use": speaking.name, **speech})
    return lab.pipeline({"title": "Dub", "stage": stages})


def _alone(what: str, others: Mapping[str, Any]) -> None:
    """Refuse what is asked for beside something that does it itself. Raises ConfigError."""
    if given := ", ".join(told(others)):
        raise ConfigError(f"{what} tells or does this itself: {given}", hint=f"leave out these, or {what}")


def _turned(step: Step, to: str, source: str | None, speech: Mapping[str, Any]) -> Step:
    """The step between these languages, speaking so."""
    match step.lift_options:
        case InterpretStage():
            return step.having({"to": to, **speech})
        case SpeechTranslateStage():
            return step.having({"to": to, **told({"language": source})})
        case AsrStage() if source:
            return step.having({"language": source})
        case TranslateStage():
            return step.having({"to": to, **told({"source": source})})
        case TtsStage(track=track):
            return step.having({"track": track and to, **speech})
        case _:
            return step


def _id(name: str | None, kind: Kind) -> str | None:
    return name.removeprefix(f"{kind}/") if name else None
