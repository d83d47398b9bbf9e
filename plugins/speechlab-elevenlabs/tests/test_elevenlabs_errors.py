"""What goes wrong: one clear sentence each, what was made is kept, and the key is told to nobody."""

from __future__ import annotations

import logging
import socket
from typing import Any

import httpx
import pytest
from elevenlabs.core.api_error import ApiError
from fastapi.responses import JSONResponse
from speechlab_elevenlabs import KEY, RealtimeOptions, ScribeOptions, ServiceParams, SpeechOptions
from speechlab_elevenlabs.errors import NoSuchVoice, explained
from speechlab_elevenlabs.realtime import Hearing, RealtimeScribe
from speechlab_elevenlabs.scribe import Scribe
from speechlab_elevenlabs.speaking import Speaker

from speechlab import Audio, ConfigError, Context, EngineFailed, EngineUnavailable, Lab, SpeechLabError
from speechlab.testing import speech

TEXT = "The old lighthouse stands at the end of the harbor. " * 3
SPENT = {"status": "quota_exceeded", "message": "This request exceeds your quota. You have 3 credits remaining."}
BUSY = {"status": "too_many_concurrent_requests", "message": "Too many concurrent requests."}


@pytest.fixture
def speaker(service: Any, context: Context) -> Any:
    engine = Speaker(ServiceParams(), context)
    yield engine
    engine.close()


def said(speaker: Speaker, **options: Any) -> list[Audio]:
    return list(speaker.synthesize(TEXT, None, SpeechOptions(**options)))


# -- the key -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("service")
def test_a_wrong_key_is_told_while_loading(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk_wrong")
    with pytest.raises(EngineUnavailable, match="does not accept the API key in ELEVENLABS_API_KEY") as refused:
        Speaker(ServiceParams(), context)
    assert "sk_wrong" not in f"{refused.value} {refused.value.hint}"  # though the service repeats it


@pytest.mark.parametrize("key", ["", "  ", "sk_ä", "sk_1\nsk_2"])
def test_what_is_no_key_is_told(context: Context, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(KEY, key)
    with pytest.raises(EngineUnavailable, match="holds no API key"):
        Scribe(ServiceParams(), context)


@pytest.mark.parametrize(
    "address", ["http://example.org", "http://192.0.2.1", "ftp://example.org", "nonsense", "https://"]
)
def test_no_key_is_sent_for_anybody_to_read(service: Any, context: Context, address: str) -> None:
    with pytest.raises(ConfigError, match="no API key is sent"):
        Scribe(ServiceParams(base_url=address), context)


def test_no_key_is_carried_on_by_a_redirect(service: Any, context: Context, speaker: Speaker) -> None:
    service.fails("text-to-speech", 307, "gone", headers={"location": service.url + "/v1/models"})
    before = len(service.of("/v1/models"))
    with pytest.raises(SpeechLabError):
        said(speaker)
    assert len(service.of("/v1/models")) == before


def test_no_key_is_logged(service: Any, context: Context, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "websockets", "websockets.client", "elevenlabs"):
        caplog.set_level(logging.DEBUG, name)
    engine = Speaker(ServiceParams(), context)
    for delivery in ("stream", "realtime"):
        said(engine, delivery=delivery)
    engine.close()
    live = RealtimeScribe(ServiceParams(), context)
    session = live.open(RealtimeOptions())
    session.feed(speech("en").audio)
    session.flush()
    live.close()
    assert "text-to-speech" in caplog.text
    assert service.key not in caplog.text


def test_no_key_is_in_any_error(service: Any, speaker: Speaker) -> None:
    for status in (400, 401, 402, 403, 404, 409, 422, 429, 500, 503):
        for detail in (
            f"a {service.key}",
            {"status": "x", "message": f"a {service.key}"},
            [{"loc": [1], "msg": service.key}],
        ):
            service.fails("text-to-speech", status, detail, times=4)
            with pytest.raises(SpeechLabError) as failed:
                said(speaker)
            service.failures.clear()
            told = f"{failed.value}"
            assert failed.value.hint
            assert "\n" not in told
            assert service.key not in f"{told} {failed.value.hint}"
            assert failed.value.__cause__ is None


# -- credits and rates -------------------------------------------------------------------------------------------------


def test_credits_that_end_in_the_middle_end_nothing_that_was_made(service: Any, speaker: Speaker) -> None:
    done = said(speaker)
    service.fails("text-to-speech", 401, SPENT)
    with pytest.raises(EngineUnavailable, match="too few credits left: This request exceeds") as spent:
        said(speaker)
    assert "what is done is kept" in spent.value.hint
    assert len(service.of("text-to-speech")) == 2, "to ask again would not help"
    again = said(speaker)
    assert [piece.digest for piece in again] == [piece.digest for piece in done]


def test_a_busy_service_is_asked_again(service: Any, speaker: Speaker) -> None:
    service.fails("text-to-speech", 429, BUSY, times=3)
    assert said(speaker)
    assert len(service.of("text-to-speech")) == 4


def test_a_service_that_stays_busy_is_told(service: Any, speaker: Speaker) -> None:
    service.fails("text-to-speech", 429, BUSY, times=4)
    with pytest.raises(EngineFailed, match="no more requests at the moment: Too many") as busy:
        said(speaker)
    assert "what is done is kept" in busy.value.hint
    assert said(speaker)


def test_nobody_waits_for_very_long(service: Any, speaker: Speaker) -> None:
    service.fails("text-to-speech", 429, BUSY, headers={"retry-after": "3600"})
    with pytest.raises(EngineFailed):
        said(speaker)
    assert len(service.of("text-to-speech")) == 1


def test_a_pipeline_tells_of_spent_credits_in_one_sentence(service: Any, context: Context) -> None:
    with Lab(home=context.home) as lab:
        service.fails("text-to-speech", 401, SPENT)
        with pytest.raises(EngineUnavailable, match="too few credits"):
            lab.speak("Good morning.", engine="elevenlabs", voice="Ada")
        assert lab.speak("Good morning.", engine="elevenlabs", voice="Ada").duration > 0.3


# -- connections -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivery", ["stream", "whole", "realtime"])
def test_a_dropped_connection_keeps_what_was_heard(service: Any, speaker: Speaker, delivery: str) -> None:
    service.drop, service.hang_up = True, (1011, "keepalive ping timeout")
    pieces = speaker.synthesize(TEXT * 5, None, SpeechOptions(delivery=delivery, output_format="pcm_48000"))
    heard = []
    with pytest.raises(EngineFailed, match="ElevenLabs dropped the connection") as dropped:
        heard.extend(iter(pieces.__next__, None))
    assert sum(piece.duration for piece in heard) > 15
    assert "go on later" in dropped.value.hint
    service.drop, service.hang_up = False, None
    assert len(said(speaker, delivery=delivery)) > 1


def test_a_service_that_is_not_there_is_told(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk_any")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    params = ServiceParams(base_url=f"http://127.0.0.1:{port}")
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        Speaker(params, context)
    live = RealtimeScribe(params, context)
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        live.open(RealtimeOptions()).feed(speech("en").audio)
    live.close()


# -- what the service tells over a WebSocket ---------------------------------------------------------------------------


def streamed(session: Hearing) -> None:
    for chunk in speech("en").audio.chunks(0.5):
        session.feed(chunk)
    session.flush()


@pytest.mark.parametrize(
    ("kind", "error", "sentence"),
    [
        ("auth_error", EngineUnavailable, "does not accept the API key"),
        ("quota_exceeded", EngineUnavailable, "too few credits left: it is so"),
        ("rate_limited", EngineFailed, "no more requests at the moment: it is so"),
        ("session_time_limit_exceeded", EngineFailed, "no more requests"),
        ("input_error", ConfigError, "refuses the request: it is so"),
        ("something_new", ConfigError, "refuses the request: it is so"),
    ],
)
def test_errors_of_a_stream(
    service: Any, context: Context, kind: str, error: type[SpeechLabError], sentence: str
) -> None:
    service.tells = [{"message_type": kind, "error": "it is so"}]
    live = RealtimeScribe(ServiceParams(), context)
    session = live.open(RealtimeOptions())
    with pytest.raises(error, match=sentence):
        streamed(session)
    live.close()


def test_errors_of_realtime_speech(service: Any, speaker: Speaker) -> None:
    service.tells = [{"message": "You have 3 credits.", "error": "quota_exceeded", "code": 1008}]
    with pytest.raises(EngineUnavailable, match="too few credits left: You have 3 credits"):
        said(speaker, delivery="realtime")


def test_a_realtime_connection_with_a_wrong_key(
    service: Any, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "sk_wrong")
    live = RealtimeScribe(ServiceParams(), context)
    with pytest.raises(EngineUnavailable, match="does not accept the API key") as refused:
        live.open(RealtimeOptions()).feed(speech("en").audio)
    assert "sk_wrong" not in str(refused.value)
    live.close()


# -- answers of other shapes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failed", "kind", "sentence"),
    [
        (
            ApiError(status_code=422, body={"detail": [{"loc": ["body", "seed"], "msg": "too large"}]}),
            ConfigError,
            "seed: t",
        ),
        (
            ApiError(status_code=404, body={"detail": {"status": "model_not_found", "message": "No."}}),
            ConfigError,
            "No",
        ),
        (
            ApiError(status_code=400, body={"detail": {"code": "voice_not_found", "message": "-"}}),
            NoSuchVoice,
            "no such voice",
        ),
        (
            ApiError(status_code=403, body={"detail": {"status": "only_for_pro"}}),
            EngineUnavailable,
            "does not offer this",
        ),
        (
            ApiError(status_code=402, body={"detail": {"code": "paid_plan_required"}}),
            EngineUnavailable,
            "too few credits",
        ),
        (
            ApiError(status_code=400, body={"detail": {"status": "voice_limit_reached", "message": "10 / 10."}}),
            ConfigError,
            "refuses the request: 10 / 10",
        ),
        (
            ApiError(status_code=401, body={"detail": {"status": "can_not_use_instant_voice_cloning"}}),
            EngineUnavailable,
            "does not offer this to the account",
        ),
        (ApiError(status_code=502, body="<html>Bad gateway</html>"), EngineFailed, r"fault of its own \(502\)$"),
        (ApiError(status_code=None, body=None), ConfigError, "refuses the request"),
        (httpx.ReadTimeout("slow"), EngineFailed, "did not answer in time"),
        (httpx.ConnectTimeout("slow"), EngineFailed, "did not answer in time"),
        (httpx.ReadError(""), EngineFailed, "dropped the connection"),
        (OSError("no route to host"), EngineUnavailable, "cannot be reached: no route"),
        (ValueError("no JSON"), EngineFailed, "was not understood: ValueError: no JSON"),
    ],
)
def test_each_failure_has_its_sentence(failed: Exception, kind: type[SpeechLabError], sentence: str) -> None:
    told = explained(failed, "secret")
    assert type(told) is kind
    assert told.hint
    with pytest.raises(kind, match=sentence):
        raise told


def test_an_answer_without_words_is_no_crash(service: Any, context: Context) -> None:
    engine = Scribe(ServiceParams(), context)
    for answer in (
        {"language_code": "", "text": "", "words": None},
        {"language_code": "en", "text": "Hm.", "words": []},
    ):
        service.failures.append(("speech-to-text", JSONResponse(answer)))
        assert list(engine.transcribe(speech("en").audio, ScribeOptions())) == []
    engine.close()
