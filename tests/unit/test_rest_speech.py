"""A text as sound over REST, asked by OpenAI's own client over a real socket."""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
import numpy as np
import openai
import pytest
from pydantic import Field

from speechlab import (
    Audio,
    ConfigError,
    Consent,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Policy,
    SynthesisChunk,
    TtsOptions,
    Voice,
    Word,
    hookimpl,
    media,
)
from speechlab.library import Kept
from speechlab.provenance import label_in
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving

SOON = 60.0
TEXT = "One two three. Four five six. Seven eight."


class TalkerParams(Params):
    """What only the owner of the machine may choose."""

    folder: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Where the weights are."""


class Talker:
    """A synthesizer that hums for each word; one sentence waits until it is let."""

    asked: list[tuple[str, str | None, float]]
    let = threading.Semaphore(0)

    def __init__(self, params: Params, context: object) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        return Voice("af_ann", "Ann", ("en-US",)), Voice("af_nova", "Nova", ("en-US",))

    def synthesize(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[Audio]:
        if voice not in (None, "af_ann", "af_nova"):
            raise ConfigError(f"tts/talker has no voice {voice!r}", hint="it has: af_ann, af_nova")
        Talker.asked.append((text, voice, options.speed))
        if "wait" in text:
            assert Talker.let.acquire(timeout=SOON)
        if "explode" in text:
            raise RuntimeError("out of memory")
        seconds = 0.3 * len(text.split()) / options.speed
        yield Audio(0.1 * np.sin(np.arange(round(seconds * 22_050)) / 10).astype(np.float32), 22_050)


class Timed(Talker):
    """One that tells its words, half a second each."""

    def synthesize_timed(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[SynthesisChunk]:
        words = (Word(0.3 * n, 0.3 * n + 0.3, text=word) for n, word in enumerate(text.split()))
        [audio] = self.synthesize(text, voice, options)
        yield SynthesisChunk(audio=audio, words=tuple(words))


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {
            "kind": Kind.TTS,
            "params": TalkerParams,
            "options": TtsOptions,
            "languages": ("en",),
            "summary": "For a test.",
        }
        register(EngineSpec(id="talker", load=Talker, **card))
        register(EngineSpec(id="timed", load=Timed, features=frozenset({"word_times"}), **card))
        register(EngineSpec(id="absent", load="no:No", requires=("no_such",), install="it", **card))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    with Lab(Plugin(), discover=False, home=home, policy=Policy(watermark=False)) as lab:
        yield lab


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    with serving(create_app(lab, ui=False, max_upload_mb=1)) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    Talker.asked, Talker.let = [], threading.Semaphore(0)
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=SOON) as client:
        yield client


@pytest.mark.parametrize("format", ["mp3", "opus", "aac", "flac", "wav"])
def test_each_format_is_sound_that_says_what_it_is(client: openai.OpenAI, format: Any) -> None:
    answer = client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format=format)
    heard = media.decode(io.BytesIO(answer.content))
    assert heard.duration == pytest.approx(0.9 + 0.9 + 0.6 + 2 * 0.3, abs=0.15)
    told = [answer.response.headers["x-speechlab-label"], media.probe(io.BytesIO(answer.content)).comment]
    labels = [label_in(one) for one in told if one]
    assert [label and (label.engine, label.voice) for label in labels] == [("tts/talker", "af_ann")] * len(labels)
    assert len(labels) == (1 if format == "aac" else 2)


def test_pcm_has_no_header(client: openai.OpenAI) -> None:
    answer = client.audio.speech.create(model="talker", voice="af_ann", input="One two.", response_format="pcm")
    assert len(answer.content) == pytest.approx(0.6 * 24_000 * 2, rel=0.02)
    assert answer.response.headers["content-type"] == "audio/pcm"


def test_the_first_sentence_comes_before_the_next_is_made(client: openai.OpenAI) -> None:
    text = "One two three. Now wait for it."
    asking = client.audio.speech.with_streaming_response.create(
        model="talker", voice="af_ann", input=text, response_format="pcm"
    )
    with asking as answer:
        chunks = answer.iter_bytes(4096)
        begun = next(chunks)
        assert len(begun) == 4096
        Talker.let.release()
        rest = b"".join(chunks)
    assert len(begun + rest) == pytest.approx((0.9 + 0.3 + 1.2) * 48_000, rel=0.02)


def test_events_carry_the_sound(url: str, client: openai.OpenAI) -> None:
    body = {"model": "talker", "input": TEXT, "voice": "af_ann", "response_format": "wav", "stream_format": "sse"}
    answer = httpx.post(f"{url}/v1/audio/speech", json=body, timeout=SOON)
    events = [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line]
    assert events[-1]["type"] == "speech.audio.done"
    sentences = [event for event in events if event["type"] == "speechlab.sentence"]
    assert [one["text"] for one in sentences] == ["One two three.", "Four five six.", "Seven eight."]
    assert sentences[1]["start"] == pytest.approx(sentences[0]["end"] + 0.3, abs=0.01)
    data = b"".join(base64.b64decode(event["audio"]) for event in events if event["type"] == "speech.audio.delta")
    assert media.decode(io.BytesIO(data)).duration == pytest.approx(3.0, abs=0.1)


def test_speed_and_voice_reach_the_engine(client: openai.OpenAI) -> None:
    client.audio.speech.create(model="talker", voice="nova", input="One.", speed=2.0, instructions="Gently.")
    client.audio.speech.create(
        model="talker", voice={"id": "af_ann"}, input="Two.", extra_body={"speed": 0.5, "lexicon": {"two": "three"}}
    )
    assert Talker.asked == [("One.", "af_nova", 2.0), ("three.", "af_ann", 0.5)]


def test_what_means_nothing_to_the_engine_is_told(client: openai.OpenAI) -> None:
    answer = client.audio.speech.create(model="talker", voice="nova", input="One.", instructions="Gently.")
    assert answer.response.headers["x-speechlab-ignored"] == "instructions"


def test_words_are_told_with_their_times(url: str, client: openai.OpenAI) -> None:
    body = {"model": "timed", "input": "One two.", "response_format": "wav", "stream_format": "sse"}
    answer = httpx.post(f"{url}/v1/audio/speech", json=body, timeout=SOON)
    first = json.loads(answer.text.split("\n\n")[0].removeprefix("data: "))
    assert [word["word"] for word in first["words"]] == ["One", "two."]
    assert first["words"][1]["end"] <= first["end"]


def test_what_of_the_marks_nobody_does_is_told(client: openai.OpenAI) -> None:
    text = "<speak><prosody pitch='high'>One.</prosody></speak>"
    answer = client.audio.speech.create(model="talker", voice="nova", input=text)
    assert answer.response.headers["x-speechlab-notes"] == "tts/talker has one pitch, and says all at that"


def test_nothing_in_a_text_breaks_off_the_answer(url: str, client: openai.OpenAI) -> None:
    text = '<speak><phoneme alphabet="x&#13;&#10;X-Evil: 1" ph="r">One</phoneme> \ud800 two.</speak>'
    body = json.dumps({"model": "talker", "voice": "af_ann", "input": text})
    answer = httpx.post(f"{url}/v1/audio/speech", content=body, timeout=SOON)
    assert answer.status_code == 200, answer.text
    assert "x-evil" not in answer.headers
    assert "X-Evil: 1" in answer.headers["x-speechlab-notes"]
    answer = httpx.post(f"{url}/v1/audio/speech", content="[" * 100_000, timeout=SOON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_value")


@pytest.mark.parametrize("more", [{"track": "en"}, {"voices": ["af_ann"]}])
def test_what_only_a_pipeline_asks_for_is_none_of_its_fields(url: str, lab: Lab, more: dict[str, Any]) -> None:
    answer = httpx.post(f"{url}/v1/audio/speech", json={"model": "talker", "input": "One.", **more}, timeout=SOON)
    assert answer.status_code == 400
    assert f"no parameter {next(iter(more))!r}" in answer.json()["error"]["message"]


def test_what_was_sent_is_not_held(client: openai.OpenAI) -> None:
    text = " ".join(f"This is sentence {number}." for number in range(150))  # 1.2 s of each, 16 MB in all
    client.audio.speech.create(model="talker", voice="af_ann", input="One.", response_format="mp3")
    tracemalloc.start()
    try:
        client.audio.speech.create(model="talker", voice="af_ann", input=text, response_format="mp3")
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_characters_are_heard_at_once_and_no_longer_than_somebody_listens(
    client: openai.OpenAI,
) -> None:
    text = "This is the first sentence. " + "Now wait for one more sentence of it. " * 2700
    asking = client.audio.speech.with_streaming_response.create(
        model="talker", voice="af_ann", input=text, response_format="pcm"
    )
    with asking as answer:
        assert len(next(answer.iter_bytes(4096))) == 4096
    assert len(Talker.asked) <= 2
    Talker.let.release(9999)
    client.audio.speech.create(model="talker", voice="af_ann", input="Last.")
    assert len(Talker.asked) < 1000


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"input": ""}, 400, "there is nothing to say"),
        ({"input": None}, 400, "the request lacks 'input'"),
        ({"input": ["One."]}, 400, "the request: input should be a valid string, not ['One.']"),
        ({"voice": 3}, 400, "the request: voice should be a valid string, not 3"),
        ({"voice": "x" * 5000}, 400, f"no voice '{'x' * 60}…'"),
        ({"extra_body": {"lexicon": "\N{FACE WITH TEARS OF JOY}"}}, 400, "cannot be read"),
        ({"extra_body": {"pause": "long"}}, 400, "pause should be a valid number, not 'long'"),
        ({"input": "\N{GRINNING FACE}"}, 400, "there is nothing to say"),
        ({"voice": "eve"}, 400, "no voice 'eve'; it has: af_ann, af_nova"),
        ({"model": "nobody"}, 404, "nobody"),
        ({"model": "absent"}, 503, "pip install it"),
        ({"response_format": "wma"}, 400, "choose one of mp3"),
        ({"speed": 9}, 400, "speed"),
        ({"extra_body": {"language": "de"}}, 503, "'de'"),
        ({"extra_body": {"folder": "/etc"}}, 403, "folder = '/etc' would open what is this machine's own"),
        ({"extra_body": {"lexicon": "/etc/words.csv"}}, 403, "a client may not"),
        ({"model": "talker:tiny"}, 400, "has no parameter 'model'"),
        ({"extra_body": {"nonsense": 1}}, 400, "has no parameter 'nonsense'"),
        ({"input": "Now explode."}, 500, "out of memory"),
        ({"input": "<speak>Hi."}, 400, "the SSML is no XML"),
        ({"model": "talker", "extra_body": {"language": "de"}}, 400, "tts/talker does not speak 'de'"),
    ],
)
def test_what_is_wrong_is_told_by_a_status_and_a_sentence(
    client: openai.OpenAI, asked: dict[str, Any], status: int, told: str
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        client.audio.speech.create(**{"model": "tts-1", "voice": "af_ann", "input": "Hello.", **asked})
    assert refused.value.status_code == status
    assert told in refused.value.message


def test_a_part_is_never_taken_for_the_whole(
    client: openai.OpenAI, url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    text = "One two three. Now explode."
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{url}/v1/audio/speech", json={"input": text, "response_format": "wav"}, timeout=SOON)
    assert any(one.name.startswith("speechlab") and "out of memory" in one.getMessage() for one in caplog.records)
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []
    body = {"input": text, "response_format": "wav", "stream_format": "sse"}
    answer = httpx.post(f"{url}/v1/audio/speech", json=body, timeout=SOON)
    assert "out of memory" in answer.text.strip().split("\n\n")[-1]


def test_who_goes_away_stops_the_work(client: openai.OpenAI) -> None:
    text = "One two. Now wait. " + "And more. " * 2000
    asking = client.audio.speech.with_streaming_response.create(
        model="talker", voice="af_ann", input=text, response_format="pcm"
    )
    with asking as answer:
        next(answer.iter_bytes(1024))
    Talker.let.release()
    client.audio.speech.create(model="talker", voice="af_ann", input="Last.")
    assert len(Talker.asked) < 1000


def test_who_asks_in_another_way_is_told_so(url: str) -> None:
    for method, path in (("GET", "audio/speech"), ("POST", "voices"), ("DELETE", "models/talker")):
        answer = httpx.request(method, f"{url}/v1/{path}")
        told = answer.json()["error"]["message"]
        assert (answer.status_code, told) == (405, f"/v1/{path} is not asked by {method}")
    assert httpx.get(f"{url}/v1/audio").status_code == 404


def test_no_json_is_told(url: str, client: openai.OpenAI) -> None:
    answer = httpx.post(f"{url}/v1/audio/speech", content=b"hello")
    assert answer.status_code == 400
    assert "no JSON" in answer.json()["error"]["message"]


def test_voices_are_listed(url: str, client: openai.OpenAI) -> None:
    told = httpx.get(f"{url}/v1/voices").json()
    assert [(one["id"], one["name"], one["engine"]) for one in told["data"]] == [
        ("af_ann", "Ann", "tts/talker"),
        ("af_nova", "Nova", "tts/talker"),
    ]
    assert httpx.get(f"{url}/v1/voices", params={"engine": "nobody"}).status_code == 404


def test_voices_of_the_library_come_first_and_speak(lab: Lab, url: str, client: openai.OpenAI) -> None:
    consent = Consent("Grandma", "asked on the phone", "2026-01-02")
    kept = lab.library.keep(Kept("Grandma", "tts/talker", "af_nova", consent=consent))
    first = httpx.get(f"{url}/v1/voices", params={"engine": "talker"}).json()["data"][0]
    assert (first["id"], first["name"], first["library"]) == (kept.id, "Grandma", True)
    assert "asked" not in json.dumps(first)
    answer = client.audio.speech.create(model="tts-1", voice="Grandma", input="One.", response_format="wav")
    assert Talker.asked == [("One.", "af_nova", 1.0)]
    label = label_in(media.probe(io.BytesIO(answer.content)).comment)
    assert label is not None
    assert (label.voice, label.consent) == ("Grandma", consent)


def test_what_speaks_is_a_model(client: openai.OpenAI) -> None:
    assert "talker" in {model.id for model in client.models.list()}
