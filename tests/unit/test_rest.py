"""REST in OpenAI's shapes, asked by the real client over a real socket."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
import soundfile
from openai.types.audio import TranscriptionDiarized, TranscriptionVerbose

from speechlab import AsrOptions, Audio, EngineSpec, Kind, Lab, Params, Policy, Segment, hookimpl
from speechlab.jobs import State
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from tests.doubles import Broken

SOON = 60.0
RATE = 16_000
WORDS = ("one", "two", "three")


class HintedOptions(AsrOptions):
    """Options that OpenAI's fields have names for."""

    initial_prompt: str | None = None
    """Text before."""
    beam_size: int = 5
    """Beams."""


class Hinted:
    """A recognizer that says what it was told, once for each stretch of 30 s."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: HintedOptions) -> Iterator[Segment]:
        text = f"{options.initial_prompt} {options.beam_size} {options.language}"
        yield Segment(audio.start, audio.end, text=text, language=options.language or "en")


class Slow:
    """A recognizer that gives one word a stretch, whenever it is let."""

    begun = threading.Semaphore(0)
    let = threading.Semaphore(0)
    heard = 0

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        Slow.begun.release()
        assert Slow.let.acquire(timeout=SOON)
        Slow.heard += 1
        yield Segment(audio.start, audio.end, text=f"word {Slow.heard}", language="en")


class Plugin:
    """The engines above."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        about = {"license": "Apache-2.0", "summary": "For a test."}
        register(EngineSpec(id="hinted", kind=Kind.ASR, load=Hinted, options=HintedOptions, **about))  # type: ignore[arg-type]
        register(EngineSpec(id="slow", kind=Kind.ASR, load=Slow, options=AsrOptions, **about))  # type: ignore[arg-type]
        register(EngineSpec(id="broken", kind=Kind.ASR, load=Broken, options=AsrOptions, **about))  # type: ignore[arg-type]
        register(EngineSpec(id="absent", kind=Kind.ASR, load="no:No", requires=("no_such",), install="it", **about))  # type: ignore[arg-type]
        register(EngineSpec(id="cloud", kind=Kind.ASR, load=Hinted, local=False, **about))  # type: ignore[arg-type]


def wav(seconds: float = 6.0) -> bytes:
    """Tones that last 2 s, with pauses of 1 s."""
    at = np.arange(round(seconds * RATE)) / RATE
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(2 * np.pi * 440 * at) * (at % 3 < 2), RATE, format="WAV")
    return file.getvalue()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab"), policy=Policy(local_only=True))
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    with serving(create_app(lab, ui=False, max_upload_mb=4)) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=SOON) as client:
        yield client


def settled(lab: Lab) -> bool:
    """Whether every request's job is gone, within some seconds."""
    until = time.monotonic() + SOON
    while lab.jobs.of("api") and time.monotonic() < until:
        time.sleep(0.01)
    return not lab.jobs.of("api")


def test_json_is_the_default(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.create(file=("a.wav", wav()), model="toy")
    assert told.text.endswith("seconds of sound")
    assert told.usage is not None
    assert told.usage.type == "duration"
    assert told.usage.seconds == 6.0


@pytest.mark.parametrize(
    ("format", "begins"), [("text", "5."), ("srt", "1\n00:00:00,000 --> "), ("vtt", "WEBVTT\n\n00:00:00.000 --> ")]
)
def test_text_and_subtitles(client: openai.OpenAI, format: str, begins: str) -> None:
    told = client.audio.transcriptions.create(file=("a.wav", wav()), model="toy", response_format=format)  # type: ignore[call-overload]
    assert told.startswith(begins)


def test_verbose_json_has_segments_and_words(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.create(
        file=("a.wav", wav()), model="toy", response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert isinstance(told, TranscriptionVerbose)
    assert (told.language, told.duration) == ("en", 6.0)
    assert told.segments is not None
    assert told.words is not None
    assert [word.word for word in told.words] == told.segments[0].text.split() == told.text.split()
    assert 0 <= told.words[0].start < told.words[-1].end <= told.duration


def test_verbose_json_has_what_was_asked_for_alone(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.create(file=("a.wav", wav()), model="toy", response_format="verbose_json")
    assert told.segments
    assert told.words is None


def test_diarized_json(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.create(file=("a.wav", wav()), model="toy", response_format="diarized_json")
    assert isinstance(told, TranscriptionDiarized)
    assert told.segments[0].speaker


def test_any_format_of_the_lab_is_an_answer(url: str) -> None:
    answer = httpx.post(
        f"{url}/v1/audio/transcriptions", files={"file": wav()}, data={"model": "toy", "response_format": "tsv"}
    )
    assert answer.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
    assert answer.text.startswith("start\tend\ttext\n")


def test_streaming_tells_each_segment_as_it_is_recognised(client: openai.OpenAI, lab: Lab) -> None:
    Slow.heard = 0
    stream = client.audio.transcriptions.create(file=("a.wav", wav(95)), model="slow", stream=True)
    deltas = []
    for event in stream:
        if event.type == "transcript.text.done":
            assert "".join(deltas) == event.text == "word 1 word 2 word 3 word 4"
            break
        assert event.type == "transcript.text.delta"
        deltas.append(event.delta)
        assert len(deltas) == Slow.heard  # told before the next is begun
        Slow.let.release()
    assert settled(lab)


@pytest.fixture(autouse=True)
def first_word() -> Iterator[None]:
    """The slow engine gives its first word at once."""
    Slow.begun, Slow.let = threading.Semaphore(0), threading.Semaphore(1)
    yield
    for _ in range(9):
        Slow.let.release()


def test_a_client_that_hangs_up_cancels_the_work(url: str, lab: Lab) -> None:
    Slow.heard = 0
    request = httpx.Request("POST", f"{url}/v1/audio/transcriptions", files={"file": wav(95)}, data={"model": "slow"})
    with closing(HTTPConnection(request.url.host, request.url.port)) as connection:
        connection.request("POST", request.url.path, request.read(), dict(request.headers))
        for _ in range(2):
            assert Slow.begun.acquire(timeout=SOON)
        [job] = lab.jobs.of("api")
    assert settled(lab)
    Slow.let.release()
    assert job.over.result(SOON).state is State.CANCELLED
    assert Slow.heard == 2  # of four


def test_a_client_that_leaves_the_stream_cancels_the_work(client: openai.OpenAI, lab: Lab) -> None:
    Slow.heard = 0
    stream = client.audio.transcriptions.create(file=("a.wav", wav(95)), model="slow", stream=True)
    next(iter(stream))
    [job] = lab.jobs.of("api")
    stream.close()
    Slow.let.release()
    assert settled(lab)
    Slow.let.release()
    assert job.over.result(SOON).state is State.CANCELLED


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # the client says so of its own translations
def test_translation_is_heard_in_one_step_where_an_engine_can(client: openai.OpenAI) -> None:
    told = client.audio.translations.create(file=("a.wav", wav()), model="toy", response_format="verbose_json")
    assert told.language == "en"
    assert told.text.endswith("seconds of sound")
    assert told.segments


def test_translation_goes_over_text_where_none_can(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from speechlab.rest.asked import Asked, Task, plan

    translator = lab.plugins.engine(Kind.TRANSLATE, "toy")
    monkeypatch.setattr(Lab, "engine", lambda self, kind, id=None: translator)
    made = plan(lab, Task.TRANSLATE, Asked(model="hinted", to="fr"), {})
    assert [step.spec.name for step in made.pipeline.steps] == ["vad/energy", "asr/hinted", "translate/toy"]
    assert made.track == "fr"
    recording = lab.run(made.pipeline, Audio(np.full(RATE * 3, 0.3, np.float32), RATE))
    assert recording.translations["fr"].text.startswith("[fr] ")


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-transcribe", "gpt-transcribe", ""])
def test_names_of_openai_mean_the_default_engine(lab: Lab, model: str) -> None:
    from speechlab.rest.asked import Asked, Task, plan

    assert plan(lab, Task.TRANSCRIBE, Asked(model=model), {}).pipeline.steps[-1].spec == lab.engine(Kind.ASR)


def test_fields_reach_the_engine_under_its_own_names(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.with_raw_response.create(
        file=("a.wav", wav()),
        model="hinted",
        prompt="Dear all",
        language="pt",
        temperature=0.2,
        extra_body={"beam_size": 3, "chunking_strategy": "auto"},
    )
    assert told.parse().text == "Dear all 3 pt"
    assert told.headers["x-speechlab-ignored"] == "chunking_strategy, temperature"


@pytest.mark.parametrize(
    ("fields", "status", "code", "says"),
    [
        ({"model": "hintd"}, 404, "model_not_found", "did you mean 'hinted'?"),
        ({"model": "absent"}, 503, "engine_unavailable", "pip install it"),
        ({"model": "cloud"}, 403, "policy_denied", "local only"),
        ({"model": "toy", "response_format": "vvt"}, 400, "invalid_value", "did you mean 'vtt'?"),
        ({"model": "hinted", "beam_size": "many"}, 400, "invalid_value", "beam_size"),
        ({"model": "hinted", "beam_sizes": "3"}, 400, "invalid_value", "did you mean 'beam_size'?"),
        ({"model": "toy:large"}, 400, "invalid_value", "no parameter 'model'"),
        ({"model": "toy", "temperature": "warm"}, 400, "invalid_value", "temperature"),
        ({"model": "broken"}, 500, None, "asr/broken failed: RuntimeError: out of memory"),
    ],
)
def test_what_is_wrong_is_told_in_openais_shape(
    url: str, fields: dict[str, str], status: int, code: str | None, says: str
) -> None:
    answer = httpx.post(f"{url}/v1/audio/transcriptions", files={"file": wav()}, data=fields, timeout=SOON)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert says in error["message"]
    assert error["type"] == ("invalid_request_error" if status < 500 else "server_error")
    assert set(error) == {"message", "type", "param", "code"}


def test_the_client_raises_its_own_errors(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="no asr engine"):
        client.audio.transcriptions.create(file=("a.wav", wav()), model="nothing")
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(file=("a.wav", b"no sound"), model="toy")
    assert caught.value.code == "invalid_audio"


def test_a_failure_in_the_middle_of_a_stream_is_an_error_of_the_client(client: openai.OpenAI) -> None:
    stream = client.audio.transcriptions.create(file=("a.wav", wav()), model="broken", stream=True)
    with pytest.raises(openai.APIError, match="out of memory"):
        list(stream)


def test_a_request_without_a_file(url: str) -> None:
    answer = httpx.post(f"{url}/v1/audio/transcriptions", data={"model": "toy"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")


@pytest.mark.parametrize("told", [True, False], ids=["with its length", "in chunks"])
def test_an_upload_that_is_too_large(url: str, told: bool) -> None:
    boundary = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.wav\r\n\r\n"
    body = boundary + bytes(5_000_000) + b"\r\n--x--\r\n"
    content = body if told else iter([body[at : at + 65536] for at in range(0, len(body), 65536)])
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = httpx.post(f"{url}/v1/audio/transcriptions", content=content, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == "the upload is larger than the 4 MB that this lab takes"


def test_models_are_the_installed_engines(client: openai.OpenAI) -> None:
    ids = [model.id for model in client.models.list()]
    assert "toy" in ids
    assert "absent" not in ids
    assert client.models.retrieve("hinted").id == "hinted"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("absent")


def test_engines_tell_all_of_themselves(url: str) -> None:
    cards = httpx.get(f"{url}/v1/engines", params={"kind": "asr"}).json()["data"]
    by_id = {card["id"]: card for card in cards}
    assert {card["kind"] for card in cards} == {"asr"}
    assert by_id["absent"]["installed"] is False
    assert by_id["absent"]["cure"] == "pip install it"
    assert by_id["cloud"]["local"] is False
    [beams] = [knob for knob in by_id["hinted"]["parameters"] if knob["name"] == "beam_size"]
    assert (beams["type"], beams["default"], beams["help"]) == ("integer", 5, "Beams.")


def test_health_and_what_is_not_there(url: str) -> None:
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
    answer = httpx.get(f"{url}/v1/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert httpx.get(f"{url}/v1/engines", params={"kind": "x"}).json()["error"]["param"] == "kind"
    fields = httpx.get(f"{url}/openapi.json").json()["paths"]["/v1/audio/transcriptions"]["post"]["requestBody"]
    assert "timestamp_granularities" in json.dumps(fields)


def test_nothing_is_left_of_a_request(client: openai.OpenAI, lab: Lab) -> None:
    client.audio.transcriptions.create(file=("a.wav", wav()), model="toy")
    assert settled(lab)
    assert not any(Path(lab.home).glob("checkpoints/**/*.jsonl"))
