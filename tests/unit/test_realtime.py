"""The Realtime protocol, spoken by the real client over a real socket; and, without one, what becomes of a turn."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.resources.realtime.realtime import RealtimeConnection
from openai.types.realtime import RealtimeErrorEvent
from websockets.sync.client import connect

from speechlab import AsrOptions, Audio, EngineSpec, Kind, Lab, Params, Segment, hookimpl
from speechlab.rest.app import create_app
from speechlab.rest.realtime.items import Chain, Items
from speechlab.rest.realtime.setup import Setup, Wrong, pipeline
from speechlab.rest.serving import serving
from tests.doubles import Broken, Silent

SOON = 60.0
ULAW = "audio/pcmu"
DELTA = "conversation.item.input_audio_transcription.delta"
# The client opens its own socket in a way that its library has found fault with since.
pytestmark = pytest.mark.filterwarnings("ignore:connect.. must be used as a context manager:DeprecationWarning")
COMPLETED = "conversation.item.input_audio_transcription.completed"
FAILED = "conversation.item.input_audio_transcription.failed"


class GuidedOptions(AsrOptions):
    """Options that the protocol has names for."""

    initial_prompt: str | None = None
    """Text before."""
    hotwords: tuple[str, ...] = ()
    """Likely words."""


class Guided:
    """A recognizer that says what it was told."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: GuidedOptions) -> Iterator[Segment]:
        text = f"{options.language} {options.initial_prompt} {'+'.join(options.hotwords)} {audio.duration:.1f}"
        yield Segment(audio.start, audio.end, text=text, language="en")


class Counting:
    """A recognizer that hears one word each second, and is not always sure of the last."""

    seconds = 0.0
    """How much it heard of what it was given last."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        words = [f"word{number}" for number in range(int(audio.duration))]
        yield Segment(audio.start, audio.end, text=" ".join([*words, f"perhaps{len(words)}"]), language="en")
        Counting.seconds = audio.duration


class Held:
    """A recognizer that answers when it is let."""

    begun, let = threading.Semaphore(0), threading.Semaphore(0)

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        Held.begun.release()
        assert Held.let.acquire(timeout=SOON)
        yield Segment(audio.start, audio.end, text="Yes.", language="en")


class Plugin:
    """The engines above."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, load in {"counting": Counting, "held": Held, "silent": Silent, "broken": Broken}.items():
            register(EngineSpec(id=id, kind=Kind.ASR, load=load, options=AsrOptions, summary="A test's."))
        register(EngineSpec(id="guided", kind=Kind.ASR, load=Guided, options=GuidedOptions, summary="A test's."))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    with serving(create_app(lab, ui=False)) as url:
        yield url


class Client:
    """The real client, which keeps all it is told."""

    def __init__(self, connection: RealtimeConnection) -> None:
        self.connection = connection
        self.told: list[Any] = []

    def update(self, **fields: Any) -> Any:
        self.connection.session.update(session={"type": "transcription", "audio": {"input": fields}})
        return self.until("session.updated").session

    def send(self, samples: np.ndarray[Any, Any], seconds: float = 0.2, rate: int = 24_000) -> None:
        step = round(seconds * rate)
        for at in range(0, len(samples), step):
            data = samples[at : at + step].tobytes()
            self.connection.input_audio_buffer.append(audio=base64.b64encode(data).decode())

    def next(self) -> Any:
        self.told.append(self.connection.recv())
        return self.told[-1]

    def until(self, kind: str) -> Any:
        while self.next().type != kind:
            assert self.told[-1].type != "error", self.told[-1]
        return self.told[-1]

    def error(self) -> Any:
        while not isinstance(self.next(), RealtimeErrorEvent):
            pass
        return self.told[-1].error

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.told if event.type == kind]


@contextmanager
def client(url: str, model: str = "toy") -> Iterator[Client]:
    with (
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=SOON) as api,
        api.realtime.connect(model=model, extra_query={"intent": "transcription"}) as connection,
    ):
        watch = threading.Timer(SOON, connection.close)  # a test that waits for nothing ends
        watch.start()
        try:
            yield Client(connection)
        finally:
            watch.cancel()


def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def speech(seconds: float, rate: int = 24_000) -> np.ndarray[Any, Any]:
    """Tones of 2 s with pauses of 1 s, as PCM16."""
    at = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * 440 * at) * (at % 3 < 2) * 32767).astype("<i2")


# -- turns that the lab finds ----------------------------------------------------------------------------------------


def test_each_turn_is_an_item_with_its_text(url: str) -> None:
    with client(url) as speaker:
        created = speaker.next()
        assert (created.type, created.session.type) == ("session.created", "transcription")
        assert created.session.id.startswith("sess_")
        assert created.session.audio.input.format.rate == 24_000
        assert created.session.audio.input.turn_detection.silence_duration_ms == 500
        speaker.send(speech(6.0))
        for _ in range(2):
            speaker.until(COMPLETED)
    starts, stops = speaker.of("input_audio_buffer.speech_started"), speaker.of("input_audio_buffer.speech_stopped")
    assert [event.audio_start_ms for event in starts] == [0, 2700]
    assert [event.audio_end_ms for event in stops] == [2300, 5300]
    ids = [event.item_id for event in starts]
    assert [event.item_id for event in stops] == ids
    committed = speaker.of("input_audio_buffer.committed")
    assert [(event.item_id, event.previous_item_id) for event in committed] == [(ids[0], None), (ids[1], ids[0])]
    added = speaker.of("conversation.item.added")
    assert [(event.item.id, event.item.role) for event in added] == [(id, "user") for id in ids]
    assert [event.item.id for event in speaker.of("conversation.item.done")] == ids
    done = speaker.of(COMPLETED)
    assert [event.item_id for event in done] == ids
    assert all(event.transcript.endswith(" seconds of sound") for event in done)
    assert [(event.usage.type, event.usage.seconds) for event in done] == [("duration", 2.3), ("duration", 2.6)]
    assert len({event.event_id for event in speaker.told}) == len(speaker.told)
    order = [event.type for event in speaker.told if getattr(event, "item_id", None) == ids[0] and event.type != DELTA]
    assert order == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        COMPLETED,
    ]


def test_text_comes_while_it_is_said_and_is_never_taken_back(url: str) -> None:
    with client(url, "counting") as speaker:
        speaker.next()
        for second in range(6):
            speaker.send(speech(1.0))
            eventually(lambda: Counting.seconds > second - 0.5)  # noqa: B023
        while "word1" not in "".join(event.delta for event in speaker.of(DELTA)):
            speaker.next()
        speaker.send(np.zeros(24_000, "<i2"))
        done = speaker.until(COMPLETED)
    assert done.transcript == "word0 word1 word2 word3 word4 word5 perhaps6"
    deltas = [event.delta for event in speaker.of(DELTA)]
    assert "".join(deltas) == done.transcript
    kinds = [event.type for event in speaker.told]
    assert kinds.index(DELTA) < kinds.index("input_audio_buffer.speech_stopped")


def test_a_turn_in_which_nothing_is_said_is_completed_too(url: str) -> None:
    with client(url, "silent") as speaker:
        speaker.next()
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript == ""


def test_a_turn_is_not_complete_while_somebody_is_at_the_look_that_is_taken_for_good(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speechlab.rest.realtime.conversation.LOOK", 0.01)
    with client(url, "held") as speaker:
        speaker.next()
        # Too short for a look while it is said; the pause is too short for one that would hear more than the turn.
        speaker.send(np.concatenate([np.zeros(12_000, "<i2"), speech(0.28), np.zeros(11_280, "<i2")]))
        assert Held.begun.acquire(timeout=SOON)  # it looks, as the turn may be over
        speaker.send(np.zeros(24_000, "<i2"))
        speaker.until("input_audio_buffer.committed")
        time.sleep(0.2)
        Held.let.release()
        assert speaker.until(COMPLETED).transcript == "Yes."
    assert not Held.begun.acquire(blocking=False)


def test_the_client_may_end_a_turn_itself(url: str) -> None:
    with client(url) as speaker:
        speaker.next()
        speaker.send(speech(1.5))
        speaker.until("input_audio_buffer.speech_started")
        speaker.connection.input_audio_buffer.commit()
        assert speaker.until(COMPLETED).transcript == "1.5 seconds of sound"
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript.startswith("2.")
    assert [event.audio_start_ms for event in speaker.of("input_audio_buffer.speech_started")] == [0, 1500]
    first, second = speaker.of("input_audio_buffer.committed")
    assert second.previous_item_id == first.item_id


# -- turns that the client commits -----------------------------------------------------------------------------------


def test_without_detection_the_client_commits(url: str) -> None:
    with client(url) as speaker:
        assert speaker.next().session.audio.input.turn_detection is not None
        assert speaker.update(turn_detection=None).audio.input.turn_detection is None
        for seconds in (2.0, 1.0):
            speaker.send(speech(seconds))
            speaker.connection.input_audio_buffer.commit()
            done = speaker.until(COMPLETED)
            assert done.transcript == f"{seconds:.1f} seconds of sound"
            assert done.usage.seconds == seconds
    assert not speaker.of("input_audio_buffer.speech_started")
    first, second = speaker.of("input_audio_buffer.committed")
    assert (first.previous_item_id, second.previous_item_id) == (None, first.item_id)


def test_commits_that_follow_fast_keep_their_order(url: str) -> None:
    with client(url) as speaker:
        speaker.update(turn_detection=None)
        for number in range(8):
            speaker.send(speech(0.5 + number / 10))
            speaker.connection.input_audio_buffer.commit()
        while len(speaker.of(COMPLETED)) < 8:
            speaker.next()
    texts = {event.item_id: event.transcript for event in speaker.of(COMPLETED)}
    committed = [texts[event.item_id] for event in speaker.of("input_audio_buffer.committed")]
    assert committed == [f"{0.5 + number / 10:.1f} seconds of sound" for number in range(8)]


def test_an_empty_buffer_cannot_be_committed(url: str) -> None:
    with client(url) as speaker:
        speaker.update(turn_detection=None)
        speaker.connection.input_audio_buffer.commit(event_id="mine")
        error = speaker.error()
        assert (error.code, error.event_id, error.type) == (
            "input_audio_buffer_commit_empty",
            "mine",
            "invalid_request_error",
        )


def test_what_is_cleared_was_never_said(url: str) -> None:
    with client(url) as speaker:
        speaker.update(turn_detection=None)
        speaker.send(speech(2.0))
        speaker.connection.input_audio_buffer.clear()
        speaker.until("input_audio_buffer.cleared")
        speaker.send(speech(1.0))
        speaker.connection.input_audio_buffer.commit()
        assert speaker.until(COMPLETED).transcript == "1.0 seconds of sound"
        assert len(speaker.of(COMPLETED)) == 1
        speaker.connection.input_audio_buffer.clear()
        speaker.until("input_audio_buffer.cleared")


# -- how it is heard -------------------------------------------------------------------------------------------------


def test_a_session_is_heard_as_it_asks(url: str, lab: Lab) -> None:
    with client(url, "toy") as speaker:
        session = speaker.update(
            transcription={"model": "guided", "language": "pt", "prompt": "Dear all", "keywords": ["Ana", "Rui"]},
            turn_detection={"type": "server_vad", "threshold": 0.25, "prefix_padding_ms": 100},
            noise_reduction={"type": "near_field"},
        )
        assert session.audio.input.transcription.prompt == "Dear all"
        assert session.audio.input.turn_detection.silence_duration_ms == 500
        assert session.ignored == ["audio.input.noise_reduction"]  # only a toy is installed
        speaker.update(turn_detection={"type": "server_vad", "silence_duration_ms": 300})
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript.startswith("pt Dear all Ana+Rui 2.")
        [detector, _] = next(iter(lab.live.sessions)).pipeline.steps
        assert detector.options.min_silence_duration_ms == 300
        assert detector.options.speech_pad_ms == 100
        assert detector.options.threshold == pytest.approx(0.01)


def test_noise_is_taken_out_where_something_can(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = Setup().updated({"audio": {"input": {"noise_reduction": {"type": "far_field"}}}})
    toy = lab.plugins.engine(Kind.DENOISE, "toy")
    engine = Lab.engine
    monkeypatch.setattr(
        Lab, "engine", lambda self, kind, id=None: toy if kind is Kind.DENOISE else engine(self, kind, id)
    )
    made, ignored = pipeline(lab, setup, "toy")
    assert [step.spec.name for step in made.steps] == ["denoise/toy", "vad/energy", "asr/toy"]
    assert ignored == ()


@pytest.mark.parametrize("format", ["audio/pcmu", "audio/pcma"])
def test_a_telephones_sound_is_heard(url: str, format: str) -> None:
    with client(url) as speaker:
        assert speaker.update(format={"type": format}).audio.input.format.type == format
        quiet, loud = (0xFF, 0x10) if format == "audio/pcmu" else (0xD5, 0x35)
        at = np.arange(8000 * 3)
        tone = np.where(at % 16 < 8, loud, loud ^ 0x80)
        speaker.send(np.where(at < 16_000, tone, quiet).astype(np.uint8), rate=8000)
        assert speaker.until(COMPLETED).transcript.startswith("2.")


def test_what_is_asked_may_change_in_the_middle(url: str) -> None:
    with client(url, "guided") as speaker:
        speaker.update(transcription={"language": "en"})
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript.startswith("en ")
        speaker.update(transcription={"language": "fr"})
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript.startswith("fr ")
        speaker.update(format={"type": ULAW}, transcription={"language": None})
        speaker.update(format=None, turn_detection=None)
        speaker.send(speech(1.0))
        speaker.connection.input_audio_buffer.commit()
        assert speaker.until(COMPLETED).transcript.startswith("None ")
    first, second = speaker.of("input_audio_buffer.speech_started")
    assert (first.audio_start_ms, second.audio_start_ms) == (0, pytest.approx(2850, abs=151))


def test_the_first_version_of_the_protocol_is_spoken_too(url: str) -> None:
    address = f"{url.replace('http', 'ws')}/v1/realtime?intent=transcription&model=toy"
    with connect(address, additional_headers={"openai-beta": "realtime=v1"}, subprotocols=["realtime"]) as socket:  # type: ignore[list-item]
        assert socket.subprotocol == "realtime"

        def until(kind: str) -> Any:
            while (event := json.loads(socket.recv(timeout=SOON)))["type"] != kind:
                assert event["type"] != "error", event
            return event

        created = until("transcription_session.created")["session"]
        assert created["input_audio_format"] == "pcm16"
        session = {
            "input_audio_format": "pcm16",
            "input_audio_transcription": {"model": "whisper-1", "language": "de"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 400},
            "modalities": ["text"],
        }
        session["input_audio_transcription"] = {"model": "toy", "language": "de"}
        socket.send(json.dumps({"type": "transcription_session.update", "session": session}))
        updated = until("transcription_session.updated")["session"]
        assert updated["turn_detection"]["silence_duration_ms"] == 400
        assert updated["input_audio_transcription"]["language"] == "de"
        audio = base64.b64encode(speech(3.0).tobytes()).decode()
        socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
        assert until("conversation.item.created")["item"]["role"] == "user"
        assert until(COMPLETED)["transcript"] == "2.3 seconds of sound"


# -- what is wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "code", "param", "says"),
    [
        ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio", "no sound"),
        ({"type": "input_audio_buffer.append", "audio": "%%"}, "invalid_value", "audio", "no base64"),
        ({"type": "input_audio_buffer.append", "audio": "AAAA"}, "invalid_value", "audio", "3 bytes"),
        ({"type": "response.create"}, "invalid_value", "type", "writes down what is said"),
        ({"no": "type"}, "missing_required_parameter", "type", "has a type"),
        ({"type": "session.update"}, "invalid_type", "session", "object"),
        ({"type": "session.update", "session": {"type": "realtime"}}, "invalid_value", "session.type", "transcription"),
        (
            {"type": "session.update", "session": {"audio": {"output": {}}}},
            "unknown_parameter",
            "session.audio.output",
            "no parameter",
        ),
        (
            {"type": "session.update", "session": {"audio": {"input": {"turn_detection": {"threshold": 3}}}}},
            "invalid_value",
            "session.audio.input.turn_detection.threshold",
            "less than or equal to 1",
        ),
        (
            {"type": "session.update", "session": {"audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}},
            "invalid_value",
            "session.audio.input.turn_detection.type",
            "server_vad",
        ),
        (
            {"type": "session.update", "session": {"audio": {"input": {"transcription": {"model": "toi"}}}}},
            "model_not_found",
            None,
            "did you mean 'toy'?",
        ),
        (
            {"type": "transcription_session.update", "session": {"input_audio_format": "mp3"}},
            "invalid_value",
            "input_audio_format",
            "pcm16",
        ),
    ],
)
def test_what_is_wrong_is_told_and_the_session_goes_on(
    url: str, event: dict[str, Any], code: str, param: str | None, says: str
) -> None:
    with client(url) as speaker:
        speaker.next()
        speaker.connection.send_raw(json.dumps({**event, "event_id": "mine"}))
        error = speaker.error()
        assert (error.code, error.param, error.event_id) == (code, param, "mine")
        assert error.type == "invalid_request_error"
        assert says in error.message
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript.startswith("2.")


@pytest.mark.parametrize("message", ["nonsense", "[]", b"\0\0"])
def test_what_is_no_event_is_told(url: str, message: str | bytes) -> None:
    with client(url) as speaker:
        speaker.connection.send_raw(message)
        assert speaker.error().code == "invalid_json"
        speaker.update(turn_detection=None)


def test_a_model_that_is_not_there_closes_the_socket(url: str) -> None:
    with client(url, "toi") as speaker:
        assert speaker.error().code == "model_not_found"
        with pytest.raises(Exception, match="1008"):
            speaker.next()


def test_a_lab_that_is_full_says_so(url: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.live, "most", len(lab.live.sessions))
    with client(url) as speaker:
        speaker.send(speech(0.2))
        error = speaker.error()
        assert (error.code, error.type) == ("busy", "invalid_request_error")
        with pytest.raises(Exception, match="1013"):
            speaker.next()


def test_an_engine_that_fails_is_told_with_the_item(url: str) -> None:
    with client(url, "broken") as speaker:
        speaker.next()
        speaker.send(speech(3.0))
        while not speaker.of("error"):
            speaker.next()
        failed = speaker.of(FAILED)[0]
        assert failed.item_id == speaker.of("input_audio_buffer.speech_started")[0].item_id
        assert "out of memory" in failed.error.message
        assert speaker.of("error")[0].error.type == "server_error"
        speaker.update(transcription={"model": "toy"})  # and it goes on
        speaker.send(speech(3.0))
        assert speaker.until(COMPLETED).transcript.startswith("2.")


def test_a_client_that_leaves_leaves_nothing_behind(url: str, lab: Lab) -> None:
    with client(url) as speaker:
        speaker.next()
        speaker.send(speech(3.0))
        speaker.until(COMPLETED)
        [session] = [one for one in lab.live.sessions if not one.over.done() and one.board.followed]
    session.over.result(SOON)


# -- turns, without a socket -----------------------------------------------------------------------------------------


def update(id: str, start: float, end: float, text: str, **more: Any) -> dict[str, Any]:
    return {"event": "SegmentUpdate", "segment": {"id": id, "start": start, "end": end, "text": text}, **more}


def told(items: Items, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for message in messages for event in items.hear(message)]


def deltas(events: list[dict[str, Any]]) -> str:
    return "".join(event["delta"] for event in events if event["type"] == DELTA)


def test_only_what_is_committed_is_sent() -> None:
    items = Items(Chain(), 0.0, detected=True)
    events = told(
        items,
        {"event": "SpeechStarted", "at": 1.0},
        update("a", 1.0, 2.0, "so we", final=False),
        update("a", 1.0, 3.0, "so we go home", final=False, committed=5),
        update("a", 1.0, 4.0, "So we go, home. Now", final=False, committed=15),
    )
    assert [event.get("delta") for event in events[1:]] == ["so we", " go, home."]
    events += told(items, {"event": "SpeechEnded", "at": 5.0}, update("a", 1.0, 5.0, "So we go home. Now what?"))
    events += items.settled(quiet=False)
    assert deltas(events) == "so we go, home. Now what?"
    assert events[-1]["transcript"] == "So we go home. Now what?"
    assert not items.waiting


def test_a_turn_of_several_segments_is_told_in_the_order_of_time() -> None:
    items = Items(Chain(), 0.0, detected=True)
    events = told(
        items,
        {"event": "SpeechStarted", "at": 0.0},
        update("a", 0.0, 4.0, "First cake", final=False, committed=5),
        update("b", 5.0, 9.0, "Then tea.", final=False, committed=9),
        {"event": "SpeechEnded", "at": 9.0},
    )
    assert list(items.settled(quiet=True)) == []
    events += told(items, update("a", 0.0, 4.0, "First cake."), update("b", 5.0, 9.0, "Then tea."))
    events += items.settled(quiet=False)
    assert deltas(events) == events[-1]["transcript"] == "First cake. Then tea."


def test_what_nobody_said_is_not_told() -> None:
    items = Items(Chain(), 0.0, detected=True)
    segment = {"id": "a", "start": 0.0, "end": 2.0, "text": "Thank you.", "extra": {"suspect": "no speech"}}
    events = told(items, {"event": "SpeechStarted", "at": 0.0}, {"event": "SpeechEnded", "at": 2.0})
    events += told(items, {"event": "SegmentUpdate", "segment": segment}, update("a", 0.0, 2.0, "Merci", target="fr"))
    events += items.settled(quiet=False)
    assert deltas(events) == events[-1]["transcript"] == ""


def test_what_is_dropped_is_not_told_later() -> None:
    items = Items(Chain(), 0.0, detected=True)
    told(items, {"event": "SpeechStarted", "at": 0.0}, {"event": "SpeechEnded", "at": 2.0})
    told(items, {"event": "SpeechStarted", "at": 3.0}, update("b", 3.0, 4.0, "never", final=False, committed=5))
    items.drop()
    events = told(
        items,
        update("b", 3.0, 5.0, "never mind"),
        update("a", 0.0, 2.0, "This one counts."),
        {"event": "SpeechEnded", "at": 5.0},
        {"event": "SpeechStarted", "at": 6.0},
        update("c", 6.0, 7.0, "nor this"),
    )
    events += items.over()
    assert deltas(events) == "This one counts."
    assert [event["transcript"] for event in events if event["type"] == COMPLETED] == ["This one counts."]


def test_what_comes_late_is_an_item_of_its_own() -> None:
    items = Items(chain := Chain(), 0.0, detected=True)
    told(items, {"event": "SpeechStarted", "at": 0.0}, {"event": "SpeechEnded", "at": 9.0})
    told(items, update("a", 0.0, 8.5, "All of it"))
    [done] = items.settled(quiet=False)
    events = told(items, update("a", 0.0, 8.5, "All of it?"), update("b", 8.6, 9.0, "and more"))
    events += items.settled(quiet=False)
    assert events[0]["type"] == "input_audio_buffer.committed"
    assert events[0]["previous_item_id"] == done["item_id"]
    assert events[-1]["transcript"] == "and more"
    assert chain.last == events[-1]["item_id"]


def test_a_turn_waits_for_its_end_to_be_known() -> None:
    items = Items(Chain(), 0.0, detected=True)
    told(items, {"event": "SpeechStarted", "at": 0.0}, update("a", 0.0, 15.0, "The first half"))
    told(items, {"event": "SpeechEnded", "at": 25.0})
    assert items.waiting
    assert list(items.settled(quiet=False)) == []
    told(items, update("b", 15.0, 24.6, "and the second."))
    [done] = items.settled(quiet=False)
    assert done["transcript"] == "The first half and the second."


WORDS = st.lists(st.sampled_from(["so", "We", "go,", "home.", "Now", "tea"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(WORDS, st.integers(0, 6)), max_size=6), WORDS)
def test_deltas_together_are_the_text_where_what_was_committed_stays(
    looks: list[tuple[list[str], int]], last: list[str]
) -> None:
    items = Items(Chain(), 0.0, detected=True)
    events = told(items, {"event": "SpeechStarted", "at": 0.0})
    committed: list[str] = []
    for words, count in looks:
        words = [*committed, *words]
        committed = words[: max(len(committed), count)]
        size = len(" ".join(committed))
        events += told(items, update("a", 0.0, 1.0, " ".join(words), final=False, committed=size))
        assert deltas(events) == " ".join(committed)
    events += told(items, update("a", 0.0, 2.0, " ".join([*committed, *last])), {"event": "SpeechEnded", "at": 2.0})
    events += items.settled(quiet=False)
    assert deltas(events) == events[-1]["transcript"] == " ".join([*committed, *last])


@pytest.mark.parametrize("given_", [3, {"audio": {"input": {"format": {"type": "mp3"}}}}, {"audio": 3}])
def test_a_wrong_configuration_is_told(given_: object) -> None:
    with pytest.raises(Wrong):
        Setup().updated(given_)
