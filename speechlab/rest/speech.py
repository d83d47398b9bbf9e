"""``/v1/audio/speech``, as OpenAI's clients call it, and the voices that it may be asked for."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from ..clients import admit
from ..closing import closes
from ..engines import EngineSpec, Kind
from ..errors import ConfigError, SpeechLabError
from ..lab import Lab, told
from ..media import STREAMABLE, streaming
from ..params import Params, check, knobs, unknown_key
from ..speaking import Speaking, SpeakOptions, Spoken, joined, synthesizer, voices
from ..stages import LIFTS
from ..types import Voice
from . import errors

log = logging.getLogger(__name__)
OTHERS = re.compile(r"(tts-\d|gpt-)")
"""Model names of OpenAI's own: whoever sends one means the lab's default engine."""
THEIRS = frozenset(
    ("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse")
)
"""Voices of OpenAI's own: an engine's of that name is meant, else its first."""


MANY = frozenset({"track", "voices"})
"""What chooses among the translations of a recording, and a voice for each of its speakers: a text has neither."""


class Asked(Params):
    """The fields of a request; every parameter of the engine, and of how sentences are put together, may be sent as
    a field beside them."""

    input: str
    """The text."""
    model: str = ""
    """An engine's id, ``engine:model``, or any of OpenAI's names for the default engine."""
    voice: str | dict[str, str] = ""
    """A voice by its id; OpenAI's own names mean the engine's that is called so, else its first."""
    response_format: str = "mp3"
    """mp3, opus, aac, flac, wav, pcm (24 kHz, 16 bits) or ogg."""
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    """Pace of the speech."""
    language: str | None = None
    """Language of the text as a BCP-47 code; without it, that of the voice, or as the text reads."""
    instructions: str | None = None
    """How it is to be said, for engines that can be told."""
    stream_format: Literal["audio", "sse"] = "audio"
    """The sound itself as it is made, or events that carry it."""


class Sound(StreamingResponse):
    """Sound as it is made. Where the engine fails the connection breaks off, so that nobody takes a part for the whole;
    the log tells why."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except SpeechLabError as error:  # its last piece is never sent, which the server answers by hanging up
            log.warning("speech that was being sent broke off: %s", error)


def routes(lab: Lab) -> APIRouter:
    """Both endpoints."""
    router = APIRouter(tags=["speech"])

    @router.post("/v1/audio/speech", openapi_extra=_documented(), response_class=Response)
    async def speech(request: Request) -> Response:
        """A text as sound, sentence by sentence as it is made."""
        asked, beside = read(await _json(request))
        return await respond(lab, asked, beside)

    @router.get("/v1/voices")
    def all_voices(engine: str = "") -> dict[str, Any]:
        """The voices of the library, then those of the default engine; or all of them that are another engine's."""
        spec = lab.engine(Kind.TTS, engine.removeprefix(f"{Kind.TTS}/") or None)
        kept = [one.voice for one in lab.library.all() if one.engine == spec.name or not engine]
        told = [*((voice, True) for voice in kept), *((voice, False) for voice in voices(lab, spec))]
        return {"object": "list", "engine": spec.id, "data": [_voice(voice, own) for voice, own in told]}

    return router


def _voice(voice: Voice, library: bool) -> dict[str, Any]:
    """What anybody may know of a voice; who consented to it is the lab's own affair."""
    told = {name: getattr(voice, name) for name in ("id", "name", "languages", "engine")}
    return {"object": "voice", **told, "library": library}


def read(values: Mapping[str, Any]) -> tuple[Asked, dict[str, Any]]:
    """The request, and the fields beside it. Raises ConfigError."""
    known = {name: value for name, value in values.items() if name in Asked.model_fields and value is not None}
    return check(Asked, known, "the request"), {name: values[name] for name in values if name not in Asked.model_fields}


async def respond(lab: Lab, asked: Asked, beside: Mapping[str, Any]) -> Response:
    """Answer once the first sentence is there, so that what is wrong is told by the status; the rest follows as it is
    made, and stops being made where the client goes away. Raises SpeechLabError."""
    if asked.response_format not in STREAMABLE:
        hint = f"choose one of {', '.join(STREAMABLE)}"
        raise ConfigError(f"sound cannot be sent as {asked.response_format!r}", hint=hint)
    speech, ignored = await run_in_threadpool(_speech, lab, asked, beside)
    first = await run_in_threadpool(lambda: next((one for one in speech if one.audio.frames), None))
    if first is None:
        raise speech.mute
    label = speech.label(first).text()
    made = deque[Spoken](maxlen=None if asked.stream_format == "sse" else 0)
    pieces = streaming(joined(_from(first, speech, made.append)), asked.response_format, comment=label)
    headers = {"x-speechlab-engine": speech.engine, "x-speechlab-label": label}
    if ignored:
        headers["x-speechlab-ignored"] = ", ".join(ignored)
    if speech.notes:
        headers["x-speechlab-notes"] = " ".join("; ".join(speech.notes).split()).encode("ascii", "replace").decode()
    if asked.stream_format == "sse":
        events = _events(pieces, speech, len(asked.input), made)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)
    mime = STREAMABLE[asked.response_format][-1]
    return Sound(_bytes(pieces, speech), media_type=mime, headers=headers)


def _speech(lab: Lab, asked: Asked, beside: Mapping[str, Any]) -> tuple[Speaking, list[str]]:
    """What says the text, and which fields mean nothing to it. Raises SpeechLabError."""
    id, _, weights = asked.model.partition(":")
    voice = asked.voice if isinstance(asked.voice, str) else asked.voice.get("id", "")
    spec = synthesizer(lab, "" if OTHERS.match(id) else id, voice, asked.language)
    names = {knob.name for knob in knobs(spec.params, spec.options, LIFTS[spec.kind].options, SpeakOptions)} - MANY
    values = {**told({"model": weights or None}), **beside}
    ignored = []
    if asked.speed != 1.0:
        values["speed"] = asked.speed
    if asked.instructions:
        if "instructions" in names:
            values["instructions"] = asked.instructions
        else:
            ignored.append("instructions")
    voice = _called(lab, spec, voice) if voice in THEIRS else voice
    admit(lab, values)
    if unknown := [name for name in values if name not in names]:
        raise unknown_key(unknown[0], names, f"a request for {spec.name}")
    speech: Speaking = lab.speaking(asked.input, voice or None, spec.id, language=asked.language, **values)
    return speech, ignored


def _called(lab: Lab, spec: EngineSpec, name: str) -> str:
    """The engine's voice of one of OpenAI's names, such as af_nova; empty where it has none."""
    return next((one.id for one in voices(lab, spec) if name in one.id.lower().split("_")), "")


def _from(first: Spoken, rest: Speaking, tell: Callable[[Spoken], None]) -> Iterator[Spoken]:
    with closes(rest):
        for one in chain([first], rest):
            tell(one.hushed())
            yield one


async def _bytes(pieces: Iterator[bytes], speech: Speaking) -> AsyncIterator[bytes]:
    """What is encoded. Raises SpeechLabError."""
    with closes(speech):
        while (piece := await run_in_threadpool(next, pieces, None)) is not None:
            yield piece


async def _events(
    pieces: Iterator[bytes], speech: Speaking, characters: int, made: deque[Spoken]
) -> AsyncIterator[str]:
    """The sound, and before that of each sentence an event of this lab's own that tells when what is said."""
    with closes(speech):
        try:
            while (piece := await run_in_threadpool(next, pieces, None)) is not None:
                while made:
                    yield _sent({"type": "speechlab.sentence", **made.popleft().as_json()})
                yield _sent({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})
        except SpeechLabError as error:
            status, message, code = errors.told(error)
            yield _sent(errors.body(status, message, code))
            return
    usage = {"input_tokens": characters, "output_tokens": 0, "total_tokens": characters}
    yield _sent({"type": "speech.audio.done", "usage": usage})


def _sent(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


async def _json(request: Request) -> dict[str, Any]:
    try:
        values = json.loads(await request.body())
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ConfigError("the request is no JSON object", hint='send {"input": "...", "voice": "..."}')
    return values


def _documented() -> dict[str, Any]:
    """The fields, for /openapi.json."""
    schema = Asked.model_json_schema()
    schema["additionalProperties"] = True
    sound = {mime: {"schema": {"type": "string", "format": "binary"}} for *_, mime in STREAMABLE.values()}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "The sound", "content": sound}},
    }
