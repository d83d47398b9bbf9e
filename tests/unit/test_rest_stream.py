"""The live socket: what is said arrives once and whole, whatever the connection does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from speechlab import AsrOptions, Audio, EngineSpec, Kind, Lab, Params, Segment, SegmentUpdate, hookimpl
from speechlab.live import LiveSession
from speechlab.live.hub import IDLE
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from speechlab.types import Fold
from speechlab.types.codec import from_json

SOON = 60.0
RATE = 16_000
FRAME = 6400
"""Bytes: a fifth of a second."""
Message = dict[str, Any]


class Held:
    """A recognizer that answers when it is let."""

    let = threading.Event()

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        assert Held.let.wait(SOON)
        yield Segment(audio.start, audio.end, text=f"{audio.duration:.1f} seconds", language="en")


class Wordy:
    """A recognizer that streams, and tells a great deal of each chunk."""

    def __init__(self, params: Params, context: object) -> None: ...

    def open(self, options: AsrOptions) -> WordySession:
        return WordySession()


class WordySession:
    def __init__(self) -> None:
        self.count = 0

    def feed(self, audio: Audio) -> Iterator[SegmentUpdate]:
        self.count += 1
        text = f"{self.count} " + "word " * 100_000
        yield SegmentUpdate(segment=Segment(0.0, audio.end, text=text, id="one"), final=False)

    def flush(self) -> Iterator[SegmentUpdate]:
        yield SegmentUpdate(segment=Segment(0.0, 1.0, text=f"{self.count}", id="one"))


class Refusing:
    """A recognizer that breaks off in a way that is no fault of its."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        raise MemoryError("no room")


class Plugin:
    """The engines above."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, load in {"held": Held, "wordy": Wordy, "refusing": Refusing}.items():
            register(
                EngineSpec(id=id, kind=Kind.ASR, load=load, options=AsrOptions, license="MIT", summary="A test's.")
            )
        register(
            EngineSpec(id="absent", kind=Kind.ASR, load="no:No", requires=("no_such",), install="it", summary="No.")
        )


def speech(seconds: float) -> bytes:
    """Tones of 2 s with pauses of 1 s, no two samples of a second alike, as PCM16."""
    at = np.arange(round(seconds * RATE)) / RATE
    tones = 0.3 * np.sin(2 * np.pi * (300 + 7 * at) * at) * (at % 3 < 2)
    return (tones * 32767).astype("<i2").tobytes()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    with serving(create_app(lab, ui=False)) as url:
        yield url.replace("http", "ws")


@pytest.fixture(autouse=True)
def let() -> Iterator[None]:
    Held.let.clear()
    yield
    Held.let.set()


class Client:
    """A client of the socket that keeps all it is told."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[Message] = []

    def send(self, pcm: bytes, frame: int = FRAME) -> None:
        for at in range(0, len(pcm), frame):
            self.socket.send(pcm[at : at + frame])

    def do(self, **what: Any) -> None:
        self.socket.send(json.dumps(what))

    def next(self) -> Message:
        message = json.loads(self.socket.recv(timeout=SOON))
        self.told.append(message)
        return dict(message)

    def until(self, event: str, **having: Any) -> Message:
        """The next message of this kind, with these values."""
        while True:
            message = self.next()
            if message["event"] == event and having.items() <= message.items():
                return message

    def rest(self) -> int:
        """Read on until the socket is closed; the code by which it was."""
        with suppress(ConnectionClosed):
            while True:
                self.next()
        return self.socket.protocol.close_code or 0

    def stop(self) -> None:
        """Let all be settled."""
        self.do(do="stop")
        assert self.rest() == 1000
        assert self.told[-1] == {"event": "Ended"}


@contextmanager
def client(url: str, path: str = "asr/toy", **how: Any) -> Iterator[Client]:
    with connect(f"{url}/v1/stream/{path}" if path else f"{url}/v1/stream", **how) as socket:
        yield Client(socket)


def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def arrived(lab: Lab, id: str, samples: int) -> None:
    """Wait until a session has taken so many."""
    eventually(lambda: lab.live.get(id).received >= samples)


def known(messages: list[Message]) -> tuple[Segment, ...]:
    """The transcript that a client ends up with."""
    fold = Fold()
    for message in messages:
        if message["event"] == "SegmentUpdate":
            fold.apply(from_json(message))
    return fold.recording().transcript.segments


# -- what is said ----------------------------------------------------------------------------------------------------


def test_sound_goes_in_and_text_comes_out(url: str, lab: Lab) -> None:
    with client(url, "asr/toy?vad=energy&language=pt&commit=time-stable&min_silence_duration_ms=300") as speaker:
        session = speaker.next()
        assert session["event"] == "Session"
        assert (session["samples"], session["sample_rate"], session["engine"]) == (0, RATE, "toy")
        speaker.send(speech(6.0))
        speaker.stop()
    heard = lab.live.get(session["id"])
    assert [step.spec.name for step in heard.pipeline.steps] == ["vad/energy", "asr/toy"]
    assert heard.pipeline.steps[0].options.min_silence_duration_ms == 300
    assert heard.pipeline.steps[1].lift_options.commit == "time-stable"
    assert known(speaker.told) == heard.recording().transcript.segments
    assert [segment.language for segment in known(speaker.told)] == ["pt", "pt"]
    assert {"SpeechStarted", "SpeechEnded", "Status"} <= {message["event"] for message in speaker.told}


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_any_rate_is_heard_to_its_end(url: str, lab: Lab, rate: int) -> None:
    pcm = (np.arange(rate * 2) % 100).astype("<i2").tobytes()
    with client(url, f"asr/toy?sample_rate={rate}") as speaker:
        id = speaker.next()["id"]
        speaker.send(pcm, frame=4410)
        speaker.stop()
    assert lab.live.get(id).received == 2 * RATE


def test_the_first_message_may_say_what_is_wanted(url: str, lab: Lab) -> None:
    with client(url, "") as speaker:
        speaker.do(pipeline={"stage": [{"use": "vad/energy"}, {"use": "asr/toy", "language": "de"}]}, keep_sound=True)
        session = lab.live.get(speaker.next()["id"])
        assert session.sound is not None
        assert session.pipeline.steps[1].options.language == "de"
        speaker.stop()


def test_what_was_heard_can_be_taken_home(url: str) -> None:
    pcm = speech(5.0)
    with client(url, "asr/toy?keep_sound=true") as speaker, httpx.Client(base_url=url.replace("ws", "http")) as browser:
        at = f"/v1/stream/sessions/{speaker.next()['id']}"
        assert browser.get(f"{at}/sound").json()["error"]["code"] == "not_over"
        assert browser.get(f"{at}/recording", params={"format": "srt"}).text == ""
        speaker.send(pcm)
        speaker.stop()
        subtitles = browser.get(f"{at}/recording", params={"format": "srt", "max_line_width": 12})
        assert subtitles.text.startswith("1\n00:00:00,000 --> ")
        assert subtitles.headers["content-disposition"] == 'attachment; filename="recording.srt"'
        assert browser.get(f"{at}/recording").json()["segments"]
        wrong = browser.get(f"{at}/recording", params={"format": "srt", "max_line_widht": 12})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "invalid_value")
        sound = browser.get(f"{at}/sound")
        assert sound.headers["content-type"] == "audio/wav"
        assert sound.content[44:] == pcm
        assert browser.get("/v1/stream/sessions/none/sound").status_code == 404
        assert browser.get("/v1/stream/sessions/none/recording").status_code == 404


def test_sound_that_was_not_kept_is_not_there(url: str) -> None:
    with client(url) as speaker:
        id = speaker.next()["id"]
        speaker.stop()
    answer = httpx.get(f"{url.replace('ws', 'http')}/v1/stream/sessions/{id}/sound")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_kept")


# -- connections that break ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_who_comes_back_loses_nothing_and_says_nothing_twice(url: str, lab: Lab, rate: int) -> None:
    said = speech(9.0)
    samples = np.repeat(np.frombuffer(said, "<i2"), rate // RATE)
    session, position = "", 0
    with client(url, f"asr/toy?keep_sound=true&sample_rate={rate}") as speaker:
        session = speaker.next()["id"]
        speaker.send(samples[: rate * 2].tobytes())
        speaker.socket.socket.close()  # as when a cable is pulled: what was on its way may or may not have arrived
    for more in (3.3, 2.2, 9.0):
        with client(url, f"?session={session}&sample_rate={rate}") as speaker:
            first = speaker.next()
            assert (first["event"], first["id"]) == ("Session", session)
            position = first["samples"] * rate // RATE
            speaker.send(samples[position : position + round(rate * more)].tobytes())
            if more < 9.0:
                arrived(lab, session, first["samples"] + 1)
                speaker.socket.socket.close()
            else:
                speaker.stop()
    heard = lab.live.get(session)
    assert heard.received == len(said) // 2
    kept, _ = soundfile.read(heard.sound, dtype="int16")
    if rate == RATE:
        assert kept.tobytes() == said
    assert known(speaker.told) == heard.recording().transcript.segments
    assert len(known(speaker.told)) == 3


def test_whoever_comes_back_knows_all_that_is_known(url: str, lab: Lab) -> None:
    with client(url) as speaker:
        id = speaker.next()["id"]
        speaker.send(speech(6.0))
        eventually(lambda: len(lab.live.get(id).recording().transcript) == 2)
    with client(url, f"?session={id}") as again:
        messages = [again.next()]
        while (state := known(messages)) != lab.live.get(id).recording().transcript.segments:
            messages.append(again.next())
        assert len(state) == 2
        again.stop()
    with client(url, f"?session={id}") as late:
        assert late.rest() == 1000
        assert late.told[0]["samples"] == 6 * RATE
        assert late.told[-1] == {"event": "Ended"}
        assert known(late.told) == lab.live.get(id).recording().transcript.segments


def test_a_session_is_one_connections_at_a_time(url: str, lab: Lab) -> None:
    with client(url) as first:
        id = first.next()["id"]
        first.send(speech(1.0))
        eventually(lambda: lab.live.get(id).received == RATE)
        with client(url, f"?session={id}") as second:
            assert second.next()["samples"] == RATE
            assert first.rest() == 4001
            second.send(speech(1.0))
            second.stop()
    assert lab.live.get(id).received == 2 * RATE


def test_a_session_that_nobody_comes_back_to_is_settled_and_saved(
    url: str, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speechlab.live.hub.KEEP_SECONDS", 0.1)
    with client(url) as speaker:
        id = speaker.next()["id"]
        speaker.send(speech(4.0))
        arrived(lab, id, 4 * RATE)
    session: LiveSession = lab.live.get(id)
    session.over.result(SOON)
    eventually(lambda: any(id[:8] in path.name for path in (lab.home / "live").glob("*.txt")))


def test_a_session_in_which_nothing_is_said_ends_unless_somebody_stays(url: str, lab: Lab) -> None:
    with client(url) as speaker:
        session: LiveSession = lab.live.get(speaker.next()["id"])
        for _ in range(2):
            session.last_sound -= IDLE - 60.0  # it was long ago
            last = session.last_sound
            speaker.do(do="stay")
            eventually(lambda: session.last_sound > last)  # noqa: B023
        session.last_sound -= IDLE
        assert speaker.rest() == 1000
        assert "nothing was heard" in next(told["text"] for told in speaker.told if told["event"] == "Notice")


def test_what_is_open_is_settled_when_the_server_stops(lab: Lab) -> None:
    with serving(create_app(lab, ui=False)) as address, client(address.replace("http", "ws")) as speaker:
        session = lab.live.get(speaker.next()["id"])
        speaker.send(speech(2.0))
        arrived(lab, session.id, 2 * RATE)
    assert session.over.done()
    assert session.recording().tentative == frozenset()
    assert session.recording().transcript.text


# -- more than can be taken ------------------------------------------------------------------------------------------


def test_who_sends_faster_than_it_is_heard_waits(url: str, lab: Lab) -> None:
    said = speech(600.0)
    with client(url, "asr/held") as speaker:
        session: LiveSession = lab.live.get(speaker.next()["id"])
        sending = threading.Thread(target=speaker.send, args=(said, 32_000))
        sending.start()
        eventually(lambda: session.ahead > 30.0)
        time.sleep(0.3)
        assert session.seconds < 100.0  # of the 600
        blocked = sending.is_alive()
        Held.let.set()
        sending.join(SOON)
        assert blocked
        speaker.stop()
    assert session.received == 600 * RATE
    assert len(session.recording().transcript) == 200


def test_who_reads_slowly_is_told_the_newest(url: str, lab: Lab) -> None:
    with client(url, "asr/wordy", max_queue=1) as speaker:
        session: LiveSession = lab.live.get(speaker.next()["id"])
        for second in range(1, 61):
            speaker.send(bytes(2 * RATE))
            eventually(lambda: session.received == second * RATE and not session.owing)  # noqa: B023
        speaker.stop()
        updates = sum(told["event"] == "SegmentUpdate" for told in speaker.told)
    [last] = known(speaker.told)
    count = int(last.text)
    assert count >= 60
    assert updates < count / 2


@pytest.mark.parametrize(
    ("frame", "says"),
    [(bytes(4001), "4001 bytes are no whole number of samples"), (bytes(2_000_000), "more than is taken at once")],
    ids=["odd", "huge"],
)
def test_frames_that_cannot_be_heard_are_refused(url: str, frame: bytes, says: str) -> None:
    with client(url) as speaker:
        id = speaker.next()["id"]
        speaker.socket.send(frame)
        assert speaker.rest() == 1008
        assert says in speaker.told[-1]["error"]
        assert speaker.told[-1]["hint"]
    with client(url, f"?session={id}") as again:  # the session itself has come to no harm
        again.stop()


# -- what is wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "says", "hint"),
    [
        ("asr/toi", "no asr engine 'toi'", "did you mean 'toy'?"),
        ("captins", "no pipeline 'captins'", "toy-captions"),
        ("asr/absent", "asr/absent needs no_such", "pip install it"),
        ("asr/toy?langage=en", "no parameter 'langage'", "did you mean 'language'?"),
        ("asr/toy?min_silence_duration_ms=soon", "min_silence_duration_ms", "silence"),
        ("asr/toy?vad=silro", "no vad engine 'silro'", "energy"),
        ("toy-captions?vad=energy", "names its own detector", "leave it out"),
        ("asr/toy?sample_rate=fast", "whole number", "sample_rate=16000"),
        ("asr/toy?sample_rate=1", "cannot be heard", "16000"),
        ("asr/toy?keep_sound=perhaps", "true or false", "keep_sound=true"),
        ("?session=none", "no such session", "without ?session="),
    ],
)
def test_a_wrong_request_is_told_why(url: str, path: str, says: str, hint: str) -> None:
    with client(url, path) as speaker:
        assert speaker.rest() == 1008
        [told] = speaker.told
        assert told["event"] == "Failed"
        assert says in told["error"]
        assert hint in told["hint"]


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("{}x", "JSON object"),
        ("[]", "JSON object"),
        (b"\0\0", "before it was said what for"),
        ('{"pipelin": "asr/toy"}', "no key 'pipelin'"),
        ('{"pipeline": 3}', "no pipeline 3"),
        ('{"pipeline": {"stage": []}}', "no stages"),
    ],
)
def test_a_wrong_first_message_is_told_why(url: str, message: str | bytes, says: str) -> None:
    with client(url, "") as speaker:
        speaker.socket.send(message)
        assert speaker.rest() == 1008
        assert says in speaker.told[-1]["error"]


@pytest.mark.parametrize("message", ['{"do": "dance"}', "stop", '{"do": "switch"}'])
def test_a_wrong_command_is_told_why(url: str, message: str) -> None:
    with client(url) as speaker:
        speaker.socket.send(message)
        assert speaker.rest() == 1008
        assert '"do": "stop"' in speaker.told[-1]["hint"]


def test_a_lab_that_is_full_says_so(url: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.live, "most", len(lab.live.sessions))
    with client(url) as speaker:
        assert speaker.rest() == 1013
        assert "one more would keep all of them waiting" in speaker.told[0]["error"]
        assert speaker.told[0]["hint"]


def test_a_fault_of_the_lab_is_told_and_ends_the_session(url: str) -> None:
    with client(url, "asr/refusing") as speaker:
        speaker.send(speech(4.0))
        speaker.until("Failed")
        assert "no room" in speaker.told[-1]["error"]
        assert speaker.rest() == 1000


def test_what_nobody_foresaw_is_a_fault(url: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.live, "open", lambda *a, **k: 1 / 0)
    with client(url) as speaker:
        assert speaker.rest() == 1011
        assert "unforeseen" in speaker.told[-1]["error"]


# -- changing --------------------------------------------------------------------------------------------------------


def test_the_pipeline_can_be_changed_while_somebody_speaks(url: str, lab: Lab) -> None:
    with client(url, "asr/toy?language=en") as speaker:
        id = speaker.next()["id"]
        speaker.send(speech(3.0))
        eventually(lambda: len(lab.live.get(id).recording().transcript) == 1)
        speaker.do(do="switch", pipeline="asr/tuy")
        assert "did you mean 'toy'?" in speaker.until("Notice")["text"]
        speaker.do(do="switch", pipeline={"stage": [{"use": "asr/toy", "language": "fr"}]})
        assert speaker.until("Session")["samples"] == 3 * RATE
        speaker.send(speech(3.0))
        speaker.stop()
    assert [segment.language for segment in known(speaker.told)] == ["en", "fr"]


# -- who may -----------------------------------------------------------------------------------------------------------


def test_a_lab_with_a_password_asks_for_it(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speechlab.rest.door.PAUSE", 0.01)
    with serving(create_app(lab, ui=False, password="lantern")) as address:
        url = address.replace("http", "ws")
        with pytest.raises(InvalidStatus), client(url):
            pass
        with client(url, additional_headers={"authorization": "Bearer lantern"}) as speaker:
            at = f"{address}/v1/stream/sessions/{speaker.next()['id']}/recording"
            assert httpx.get(at).status_code == 401
            assert httpx.get(at, headers={"authorization": "Bearer lantern"}).status_code == 200
            speaker.stop()


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"origin": "https://elsewhere.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[broken"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://127.0.0.1:3000"}, True),
        ({"origin": "https://lab.example", "x-forwarded-host": "lab.example, proxy"}, True),
        ({"origin": "https://lab.example", "sec-fetch-site": "same-origin"}, True),
        ({}, True),
    ],
)
def test_a_page_of_another_site_may_not_listen(url: str, headers: dict[str, str], let_in: bool) -> None:
    if not let_in:
        with pytest.raises(InvalidStatus), client(url, additional_headers=headers):
            pass
        return
    with client(url, additional_headers=headers) as speaker:
        speaker.stop()
