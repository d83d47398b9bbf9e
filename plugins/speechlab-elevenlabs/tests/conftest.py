"""A service on loopback that speaks the wire protocol of ElevenLabs, HTTP and WebSocket, and does what a test wants."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import JSONResponse, Response, StreamingResponse
from speechlab_elevenlabs import KEY, account
from starlette.datastructures import UploadFile
from starlette.types import ASGIApp, Receive, Scope, Send

from speechlab import Context
from speechlab.rest.serving import serving

SECRET = "sk_0123456789abcdef0123456789abcdef"
SAID = ("The old lighthouse stands at the end of the harbor.", "Every evening, the keeper lit the lamp.")
VOICES = [
    {
        "voice_id": "Ada00000000000000000",
        "name": "Ada - calm",
        "verified_languages": [{"language": "en", "model_id": "m", "accent": "british", "locale": "en-GB"}],
    },
    {"voice_id": "Bob00000000000000000", "name": "Bob", "labels": {"language": "es"}},
    {"voice_id": "Cyd00000000000000000", "name": "Cyd", "labels": {}},
]
MODELS = [
    {"model_id": "eleven_multilingual_v2", "model_rates": {"character_cost_multiplier": 1.0}},
    {
        "model_id": "eleven_flash_v2_5",
        "model_rates": {"character_cost_multiplier": 1.0, "cost_discount_multiplier": 0.5},
    },
]


@dataclass
class Asked:
    """A request as it came over the wire."""

    method: str
    path: str
    query: dict[str, str]
    body: Any = None
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Service:
    """What the service knows and was asked, and what it shall do wrong."""

    url: str = ""
    key: str = SECRET
    """The only one that it accepts."""
    voices: list[dict[str, Any]] = field(default_factory=lambda: list(VOICES))
    asked: list[Asked] = field(default_factory=list)
    failures: list[tuple[str, Response]] = field(default_factory=list)
    """For a part of a path, the answer that it gets once instead."""
    drop: bool = False
    """Break the connection off in the middle of a sound."""
    hang_up: tuple[int, str] | None = None
    """Close a WebSocket with this code and reason, in the middle."""
    tells: list[dict[str, Any]] = field(default_factory=list)
    """What the WebSocket tells instead of an answer."""
    mute: bool = False
    """Tell nothing else over the WebSocket."""
    relative: bool = False
    """Whether the times of settled words are counted from their own segment, and the spaces are not told."""

    def fails(self, path: str, status: int, detail: Any, times: int = 1, headers: dict[str, str] | None = None) -> None:
        """The next requests for a path are refused."""
        answer = JSONResponse({"detail": detail}, status, headers)
        self.failures += [(path, answer)] * times

    def of(self, path: str) -> list[Asked]:
        """What was asked of a path."""
        return [one for one in self.asked if path in one.path]


def speaks(text: str, voice: str, rate: int) -> Any:
    """A tone, the longer the text, as high as the voice."""
    samples = np.arange(round(max(0.3, 0.05 * len(text)) * rate))
    return (0.3 * np.sin(samples * (200 + 40 * (sum(map(ord, voice)) % 7)) * 2 * np.pi / rate)).astype(np.float32)


def coded(samples: Any, output_format: str) -> bytes:
    if output_format.startswith("pcm"):
        return bytes((samples * 32767).astype("<i2").tobytes())
    file = io.BytesIO()
    _, rate, kbits = output_format.split("_")
    level = min(0.999, (320 - int(kbits)) / 288)  # of compression: as many bits a second as were asked for
    how = {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": level}
    soundfile.write(file, samples, int(rate), **how)
    return file.getvalue()


def aligned(text: str, start: float = 0.0) -> dict[str, list[Any]]:
    """Each character in a twentieth of a second, as the service tells times over HTTP."""
    starts = [start + 0.05 * number for number in range(len(text))]
    return {
        "characters": list(text),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": [at + 0.05 for at in starts],
    }


def timed(text: str, seconds: float, start: float = 0.0) -> list[dict[str, Any]]:
    """Words and the spaces between them, spread over a time."""
    parts: list[dict[str, Any]] = []
    words = text.split()
    step = seconds / len(words)
    for number, word in enumerate(words):
        at = start + number * step
        if number:
            parts.append({"text": " ", "start": at, "end": at, "type": "spacing", "logprob": 0.0})
        parts.append({"text": word, "start": at, "end": at + 0.9 * step, "type": "word", "logprob": -0.1})
    return parts


class Door:
    """Lets nobody in without the key, and refuses what shall fail."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        key = request.headers.get("xi-api-key")
        if key != SECRET:
            detail = {"status": "invalid_api_key", "message": f"Invalid API key {key}"}
            return JSONResponse({"detail": detail}, 401)
        for failure in self._service.failures:
            if failure[0] in request.url.path:
                self._service.failures.remove(failure)
                self._service.asked.append(Asked(request.method, request.url.path, dict(request.query_params)))
                return failure[1]
        return None


def app(service: Service) -> FastAPI:
    api = FastAPI()

    async def noted(request: Request) -> Asked:
        asked = Asked(request.method, request.url.path, dict(request.query_params))
        kind = request.headers.get("content-type", "")
        if kind.startswith("application/json"):
            asked.body = await request.json()
        elif kind.startswith("multipart"):
            async with request.form() as form:
                asked.body = {name: value for name, value in form.multi_items() if isinstance(value, str)}
                for name, value in form.multi_items():
                    if isinstance(value, UploadFile):
                        asked.files[name] = await value.read()
        service.asked.append(asked)
        return asked

    def sounds(samples: Any, asked: Asked) -> Response:
        data = coded(samples, asked.query["output_format"])

        async def parts() -> Any:
            for start in range(0, len(data), 1001):  # an odd number: half a sample is no reason to be lost
                if service.drop and start > len(data) / 2:
                    raise ConnectionResetError
                yield data[start : start + 1001]

        return StreamingResponse(parts())

    def lacks(voice: str) -> Response | None:
        if any(one["voice_id"] == voice for one in service.voices):
            return None
        detail = {"status": "voice_not_found", "message": f"A voice with the voice_id {voice} was not found."}
        return JSONResponse({"detail": detail}, 404)

    @api.get("/v1/user/subscription")
    async def subscription(request: Request) -> Any:
        await noted(request)
        return {"tier": "creator", "character_count": 100, "character_limit": 10_000}

    @api.get("/v1/models")
    async def models(request: Request) -> Any:
        await noted(request)
        return MODELS

    @api.get("/v2/voices")
    async def voices(request: Request) -> Any:
        asked = await noted(request)
        first = int(asked.query.get("next_page_token", 0))
        more = first + 2 < len(service.voices)
        return {
            "voices": service.voices[first : first + 2],
            "has_more": more,
            "total_count": len(service.voices),
            "next_page_token": str(first + 2) if more else None,
        }

    @api.post("/v1/voices/add")
    async def add(request: Request) -> Any:
        asked = await noted(request)
        if "name" not in (asked.body or {}):
            return JSONResponse({"detail": [{"loc": ["body", "name"], "msg": "Field required"}]}, 422)
        service.voices.append({"voice_id": "New00000000000000000", "name": asked.body["name"], "labels": {}})
        return {"voice_id": "New00000000000000000", "requires_verification": asked.body["name"] == "Celebrity"}

    @api.delete("/v1/voices/{voice}")
    async def delete(request: Request, voice: str) -> Any:
        await noted(request)
        service.voices[:] = [one for one in service.voices if one["voice_id"] != voice]
        return {"status": "ok"}

    @api.post("/v1/text-to-speech/{voice}")
    @api.post("/v1/text-to-speech/{voice}/stream")
    async def speak(request: Request, voice: str) -> Any:
        asked = await noted(request)
        rate = int(asked.query["output_format"].split("_")[1])
        return lacks(voice) or sounds(speaks(asked.body["text"], voice, rate), asked)

    @api.post("/v1/text-to-speech/{voice}/with-timestamps")
    @api.post("/v1/text-to-speech/{voice}/stream/with-timestamps")
    async def speak_timed(request: Request, voice: str) -> Any:
        asked = await noted(request)
        text, output_format = asked.body["text"], asked.query["output_format"]
        data = coded(speaks(text, voice, int(output_format.split("_")[1])), output_format)
        if refused := lacks(voice):
            return refused
        if "stream" not in asked.path:
            return {"audio_base64": base64.b64encode(data).decode(), "alignment": aligned(text)}
        half, middle = len(data) // 2 // 2 * 2, len(text) // 2

        async def parts() -> Any:
            for number, (sound, alignment) in enumerate(
                (
                    (data[:half], aligned(text[:middle])),
                    (data[half:-100], aligned(text[middle:], 0.05 * middle)),
                    (data[-100:], None),
                )
            ):
                if service.drop and number:
                    raise ConnectionResetError
                told = {"audio_base64": base64.b64encode(sound).decode(), "alignment": alignment}
                yield json.dumps(told).encode() + b"\n\n"

        return StreamingResponse(parts())

    @api.post("/v1/voice-changer/{voice}/stream")
    async def convert(request: Request, voice: str) -> Any:
        asked = await noted(request)
        samples, rate = soundfile.read(io.BytesIO(asked.files["audio"]), dtype="float32")
        wanted = int(asked.query["output_format"].split("_")[1])
        places = np.arange(round(len(samples) * wanted / rate)) * rate / wanted
        return lacks(voice) or sounds(np.interp(places, np.arange(len(samples)), samples), asked)

    @api.post("/v1/speech-to-text")
    async def recognise(request: Request) -> Any:
        asked = await noted(request)
        seconds = len(asked.files["file"]) / 2 / 16_000
        text = " ".join(SAID)
        words = timed(text, seconds)
        return {"language_code": "eng", "language_probability": 0.9, "text": text, "words": words}

    async def refused(socket: WebSocket) -> bool:
        if socket.headers.get("xi-api-key") != SECRET:
            await socket.close()  # before it was accepted: 403
            return True
        await socket.accept()
        return False

    @api.websocket("/v1/text-to-speech/{voice}/stream-input")
    async def speak_realtime(socket: WebSocket, voice: str) -> None:
        if await refused(socket):
            return
        asked = Asked("WS", socket.url.path, dict(socket.query_params), [])
        service.asked.append(asked)
        rate = int(asked.query["output_format"].split("_")[1])
        text = ""
        while (message := await socket.receive_json())["text"] != "":
            asked.body.append(message)
            text += message["text"]
        for told in service.tells:
            await socket.send_json(told)
        if lacks(voice):
            reason = f"A voice with voice_id {voice} does not exist."
            await socket.send_json({"message": reason, "error": "voice_id_does_not_exist", "code": 1008})
            await socket.close(1008, reason)
            return
        data = coded(speaks(text.strip(), voice, rate), asked.query["output_format"])
        text, told_of = text.strip(), 0
        for start in range(0, len(data), 9001):
            if service.hang_up and start > len(data) / 2:
                await socket.close(*service.hang_up)
                return
            sound = base64.b64encode(data[start : start + 9001]).decode()
            alignment = None
            if "sync_alignment" in asked.query:  # its times are counted from the beginning of each piece
                begun, told_of = told_of, round(min(start + 9001, len(data)) / len(data) * len(text))
                first = 50 * (begun - start / len(data) * len(text))
                starts = [first + 50 * number for number in range(told_of - begun)]
                durations = [50.0] * len(starts)
                some = list(text[begun:told_of])
                alignment = {"chars": some, "charStartTimesMs": starts, "charDurationsMs": durations}
            await socket.send_json({"audio": sound, "alignment": alignment, "normalizedAlignment": None})
        await socket.send_json({"audio": None, "isFinal": True})
        await socket.close(1000)

    @api.websocket("/v1/speech-to-text/realtime")
    async def recognise_realtime(socket: WebSocket) -> None:
        if await refused(socket):
            return
        asked = Asked("WS", socket.url.path, dict(socket.query_params), 0)
        service.asked.append(asked)
        await socket.send_json({"message_type": "session_started", "session_id": "1", "config": {}})
        rate = int(asked.query["audio_format"].split("_")[1])
        heard = settled = 0.0
        count = 0

        async def settle() -> None:
            nonlocal settled, count
            text = SAID[count % len(SAID)]
            words = timed(text, heard - settled, 0.0 if service.relative else settled)
            if service.relative:
                words = [one for one in words if one["type"] == "word"]
            await socket.send_json({"message_type": "committed_transcript", "text": text})
            told = {"text": text, "language_code": "eng", "words": words}
            await socket.send_json({"message_type": "committed_transcript_with_timestamps", **told})
            settled, count = heard, count + 1

        while (received := await socket.receive())["type"] == "websocket.receive":
            message = json.loads(received["text"])
            assert message["message_type"] == "input_audio_chunk"
            heard += len(base64.b64decode(message["audio_base_64"])) / 2 / rate
            for told in service.tells:
                await socket.send_json(told)
            if service.hang_up and heard > 1:
                await socket.close(*service.hang_up)
                return
            if service.mute:
                continue
            if message["commit"] and heard - settled < 0.3:
                throttled = {"message_type": "commit_throttled", "error": "there is not enough to commit"}
                await socket.send_json(throttled)
            elif message["commit"] or (asked.query["commit_strategy"] == "vad" and heard - settled >= 4):
                await settle()
            elif heard - settled >= 1:
                told = {"message_type": "partial_transcript", "text": SAID[count % len(SAID)][:14]}
                await socket.send_json(told)
            await asyncio.sleep(0)

    return api


@pytest.fixture(scope="session")
def _service() -> Iterator[Service]:
    known = Service()
    with serving(Door(app(known), known)) as known.url:
        yield known


@pytest.fixture
def service(_service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service, as new, in the place of the usual one, with a key that it accepts."""
    fresh = Service(_service.url)
    for name, value in vars(fresh).items():
        setattr(_service, name, value)
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.setattr(account, "USUAL", _service.url)
    monkeypatch.setattr(account, "WAITS", (0.0, 0.0, 0.0))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return _service


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path, download=False)
