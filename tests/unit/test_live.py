"""Live sessions, with real threads: whatever breaks, nothing said is lost, and every session comes to an end."""

from __future__ import annotations

import gc
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from speechlab import (
    AsrOptions,
    Audio,
    AudioError,
    EngineFailed,
    EngineSpec,
    EngineUnavailable,
    Kind,
    Lab,
    OutputError,
    Params,
    Samples,
    Segment,
    SegmentUpdate,
    SpeechLabError,
    hookimpl,
)
from speechlab.builtin.cards import EnergyOptions
from speechlab.builtin.energy import EnergyDetector
from speechlab.errors import Busy
from speechlab.live import Live, LiveSession, Reader
from speechlab.live import hub as hub_module
from speechlab.live.board import PASSING
from speechlab.live.flow import Flow
from speechlab.live.hub import IDLE
from speechlab.live.keeping import Keeping
from speechlab.live.session import KEEP_SECONDS
from speechlab.live.simulated import SimulatedWorkers
from speechlab.live.workers import Crew
from speechlab.pipeline import Pipeline
from speechlab.stages import Asked
from speechlab.testing import silence, tone

SOON = 60.0
RATE = 16_000
WORD, GAP = 0.4, 0.1
"""Seconds that a word takes, and the silence behind it."""


# -- people, and engines that hear them --------------------------------------------------------------------------------


def said(*words: int) -> Samples:
    """Words, each a tone of its own, with half a second of silence around them and more behind."""
    parts = [silence(0.5)]
    for word in words:
        parts += [tone(WORD, hertz=400.0 + 50 * word), silence(GAP)]
    return Audio.join([*parts, silence(1.0)]).mono


def words(audio: Audio) -> list[tuple[float, float, int]]:
    """The words that are in the sound, with their times; of one that is cut off, what is left."""
    step = RATE // 50
    samples = audio.mono[: audio.frames // step * step]
    loud = np.abs(samples.reshape(-1, step)).mean(axis=1) > 0.05
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    found = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first >= 5:
            part = samples[first * step : last * step]
            hertz = np.abs(np.fft.rfft(part, RATE)).argmax()
            found.append((audio.start + first / 50, audio.start + last / 50, round((hertz - 400) / 50)))
    return found


class Faulty:
    """Raises what the test has put here, one after the other; counts how often an engine was loaded."""

    faults: list[BaseException | None]
    loads: int
    wait: threading.Event
    """An engine works only while this is set."""

    @classmethod
    def reset(cls) -> None:
        cls.faults, cls.loads, cls.wait = [], 0, threading.Event()
        cls.wait.set()

    def __init__(self, params: Params, context: object) -> None:
        type(self).loads += 1
        assert self.wait.wait(SOON)

    @classmethod
    def work(cls) -> None:
        assert cls.wait.wait(SOON)
        if cls.faults and (fault := cls.faults.pop(0)) is not None:
            raise fault


class Looks(Faulty):
    """A recognizer that cannot stream."""

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        self.work()
        if found := words(audio):
            text = " ".join(f"w{word}" for _, _, word in found)
            yield Segment(found[0][0], found[-1][1], text=text, language=options.language or "en")


class Second(Looks):
    """Another one."""


class Streams(Faulty):
    """A recognizer that streams: a word is final once it is over."""

    def open(self, options: AsrOptions) -> StreamsSession:
        return StreamsSession()


class StreamsSession:
    def __init__(self) -> None:
        self.heard: list[Audio] = []
        self.told = 0

    def feed(self, audio: Audio) -> Iterator[SegmentUpdate]:
        Streams.work()
        self.heard.append(audio)
        yield from self._update(final=False)

    def flush(self) -> Iterator[SegmentUpdate]:
        Streams.work()
        if self.heard:
            yield from self._update(final=True)

    def _update(self, *, final: bool) -> Iterator[SegmentUpdate]:
        sound = Audio.join(self.heard)
        for number, (start, end, word) in enumerate(words(sound)):
            over = final or end < sound.end - GAP / 2
            if number >= self.told:
                self.told += over
                segment = Segment(start, end, text=f"w{word}", id=str(number))
                yield SegmentUpdate(segment=segment, final=over)


class Ears(Faulty, EnergyDetector):
    """The energy gate, when it works."""

    def __init__(self, params: Params, context: Any) -> None:
        Faulty.__init__(self, params, context)

    def open(self, options: EnergyOptions) -> Any:
        return EarsSession(EnergyDetector.open(self, options), type(self))


class EarsSession:
    def __init__(self, session: Any, engine: type[Ears]) -> None:
        self.session, self.engine = session, engine
        self.heard: list[Audio] = []

    def feed(self, audio: Audio) -> Iterator[Any]:
        self.engine.work()
        self.heard.append(audio)
        yield from self.session.feed(audio)

    def flush(self) -> Iterator[Any]:
        self.engine.work()
        yield from self.session.flush()


class Many(Ears):
    """A detector that hears many streams at once."""

    together: list[int]
    sessions: list[EarsSession]
    answers: Callable[[list[Any]], Any]

    @classmethod
    def reset(cls) -> None:
        super().reset()
        cls.together, cls.sessions, cls.answers = [], [], staticmethod(lambda told: told)

    def open(self, options: EnergyOptions) -> Any:
        session = super().open(options)
        self.sessions.append(session)
        return session

    def feed_batch(self, sessions: Sequence[Any], chunks: Sequence[Audio]) -> Any:
        self.together.append(len(sessions))
        return self.answers([list(session.feed(chunk)) for session, chunk in zip(sessions, chunks, strict=True)])


class Broken:
    """Cannot be loaded."""

    def __init__(self, params: Params, context: object) -> None:
        raise RuntimeError("out of memory")


ENGINES = (Looks, Second, Streams, Ears, Many)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, load in (("looks", Looks), ("second", Second), ("streams", Streams), ("broken", Broken)):
            register(EngineSpec(id=id, kind=Kind.ASR, load=load, options=AsrOptions))
        for id, gate in (("ears", Ears), ("many", Many)):
            register(EngineSpec(id=id, kind=Kind.VAD, load=gate, options=EnergyOptions))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    for engine in ENGINES:
        engine.reset()
    lab = Lab(Plugin(), discover=False, home=tmp_path / "home")
    yield lab
    lab.close()
    until(lambda: not [thread.name for thread in threading.enumerate() if thread.name.startswith("live")])


def pipeline(asr: str = "looks", vad: str = "energy", **options: Any) -> dict[str, Any]:
    return {"title": asr, "stage": [{"use": f"vad/{vad}"}, {"use": f"asr/{asr}", **options}]}


def until(condition: Callable[[], Any], seconds: float = SOON) -> Any:
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return answer


def feed(session: LiveSession, samples: Samples, block: float = 0.1) -> None:
    step = round(block * RATE)
    for first in range(0, len(samples), step):
        session.feed(samples[first : first + step])


def ended(session: LiveSession) -> str:
    """Finish, and give the text."""
    session.finish()
    session.over.result(SOON)
    return session.recording().transcript.text


def looked_at(session: LiveSession) -> None:
    """Wait until all that was fed is heard, worked on and told."""
    until(lambda: not session.owing)


def taken(reader: Reader, event: str) -> list[dict[str, Any]]:
    return [message for message in reader.take() if message["event"] == event]


def texts(session: LiveSession) -> list[str]:
    return [segment.text for segment in session.recording().transcript.spoken]


def in_use(lab: Lab) -> list[str]:
    return [engine.name for engine in lab.pool.resident() if engine.in_use]


# -- many at once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asr", ["looks", "streams"])
def test_twenty_at_once_read_what_each_said(lab: Lab, asr: str) -> None:
    sessions = [lab.live.open(pipeline(asr, vad="many")) for _ in range(20)]
    spoken = [[(7 * number + 3 * place) % 30 for place in range(4)] for number in range(20)]
    sound = [said(*words) for words in spoken]
    for first in range(0, len(sound[0]), 1600):
        for session, samples in zip(sessions, sound, strict=True):
            session.feed(samples[first : first + 1600])
    for session in sessions:
        session.finish()
    for session, words in zip(sessions, spoken, strict=True):
        session.over.result(SOON)
        assert session.recording().transcript.text == " ".join(f"w{word}" for word in words)
        assert session.recording().duration == pytest.approx(len(sound[0]) / RATE)
    assert max(Many.together) > 1
    assert (Looks if asr == "looks" else Streams).loads == 1


def test_one_more_than_there_is_room_for_is_refused(lab: Lab) -> None:
    lab.live.most = 1
    session = lab.live.open(pipeline())
    with pytest.raises(Busy, match="this lab hears one person live already") as refused:
        lab.live.open(pipeline())
    assert "try again" in refused.value.hint
    ended(session)
    ended(lab.live.open(pipeline()))


def test_one_that_cannot_be_opened_leaves_nothing(lab: Lab) -> None:
    with pytest.raises(EngineUnavailable, match="out of memory"):
        lab.live.open(pipeline("broken"))
    lab.home.mkdir()
    (lab.home / "live").touch()
    with pytest.raises(OutputError, match="the sound cannot be kept"):
        lab.live.open(pipeline(), keep_sound=True)
    (lab.home / "live").unlink()
    assert in_use(lab) == []
    assert lab.live.sessions == ()
    lab.live.most = 1
    ended(lab.live.open(pipeline()))


class Alone:
    """A session without a hub: each step when the test says so."""

    def __init__(self, lab: Lab, pipeline: dict[str, Any]) -> None:
        self._hands = SimulatedWorkers(1)

        def flow(pipeline: Pipeline, session: LiveSession) -> Flow:
            return Flow(pipeline, lab.pool, Crew(self._hands, session.wake, session.notice))

        self.session = LiveSession(flow, lambda session: None)
        self.session.start(lab.live.checked(pipeline))

    def hear(self, samples: Samples) -> None:
        """The next sound, and all that it brings."""
        self.session.feed(samples)
        self.session.advance(self.session.waiting())
        while self._hands.due() is not None:
            self._hands.advance(self.session.seconds)
            self.session.advance(None)

    def steps(self, samples: Samples) -> Iterator[str]:
        """The next sound, and after each step what it was."""
        self.session.feed(samples)
        yield "fed"
        audio = self.session.waiting()
        yield "taken"
        self.session.advance(audio)
        yield "heard"
        while self._hands.due() is not None:
            self._hands.advance(self.session.seconds)
            yield "worked on"
            self.session.advance(None)
        yield "told"

    def ended(self) -> str:
        self.session.finish()
        self.session.advance(None)
        self.session.over.result(SOON)
        return self.session.recording().transcript.text


def test_a_session_owes_what_is_not_told(lab: Lab) -> None:
    alone = Alone(lab, pipeline(interval=0))
    assert not alone.session.owing
    beginning, end = np.split(said(1), 2)  # a second each: what is heard at once
    owing = [(step, alone.session.owing) for step in alone.steps(beginning)]
    assert owing == [("fed", True), ("taken", True), ("heard", False), ("told", False)]
    owing = [(step, alone.session.owing) for step in alone.steps(end)]
    assert owing == [("fed", True), ("taken", True), ("heard", True), ("worked on", True), ("told", False)]
    assert texts(alone.session) == ["w1"]
    alone.session.finish()
    assert alone.session.owing
    alone.ended()
    assert not alone.session.owing


def test_a_look_that_is_taken_for_good_is_owed(lab: Lab) -> None:
    alone = Alone(lab, pipeline())
    session = alone.session
    alone.hear(said(1)[:RATE])
    session.feed(silence(0.2).mono)
    session.advance(session.waiting())
    assert alone._hands.due() is not None  # somebody is at a look, as the utterance may be over
    assert not session.owing  # nobody has to wait for it
    session.feed(silence(0.8).mono)
    session.advance(session.waiting())
    assert session.recording().speech[-1]  # it is over
    assert (texts(session), session.owing) == ([], True)
    alone.hear(silence(0.1).mono)
    assert (texts(session), session.owing) == (["w1"], False)


# -- engines that fail -------------------------------------------------------------------------------------------------

CRASH = (RuntimeError("boom"), SystemExit(3))


@pytest.mark.parametrize("fault", CRASH, ids=["an exception", "sys.exit"])
@pytest.mark.parametrize("asr", ["looks", "streams"])
@pytest.mark.parametrize("after", range(12))
def test_a_recognizer_that_fails_is_started_again(lab: Lab, asr: str, fault: BaseException, after: int) -> None:
    engine = Looks if asr == "looks" else Streams
    engine.faults = [None] * after + [fault]
    alone = Alone(lab, pipeline(asr, interval=0.2))
    reader = alone.session.follow(lambda: None)
    for samples in np.array_split(said(1, 2, 3, 4, 5, 6), 40):
        alone.hear(samples)
    assert alone.ended() == "w1 w2 w3 w4 w5 w6"
    if not engine.faults:
        assert [notice["text"] for notice in taken(reader, "Notice")] == [
            f"asr/{asr} failed and was started again; nothing said is lost"
        ]
        assert engine.loads == 2
    assert len(engine.faults) < 2


def test_nobody_else_is_told_of_it(lab: Lab) -> None:
    one, other = lab.live.open(pipeline()), lab.live.open(pipeline("second"))
    reader = other.follow(lambda: None)
    Looks.faults = [SystemExit()]
    for session in (one, other):
        feed(session, said(1, 2))
    assert (ended(one), ended(other)) == ("w1 w2", "w1 w2")
    assert taken(reader, "Notice") == []


@pytest.mark.parametrize("after", range(32))
def test_a_detector_that_fails_is_started_again(lab: Lab, after: int) -> None:
    Ears.faults = [None] * after + [CRASH[after % 2]]
    alone = Alone(lab, pipeline(vad="ears"))
    reader = alone.session.follow(lambda: None)
    for samples in np.array_split(said(1, 2, 3), 30):
        alone.hear(samples)
    heard = alone.ended().split()
    assert [word for place, word in enumerate(heard) if word not in heard[:place]] == ["w1", "w2", "w3"]
    assert len(heard) <= 4  # the word in the middle of which it failed may be heard as two
    if not Ears.faults:
        assert [notice["text"] for notice in taken(reader, "Notice")] == [
            "vad/ears failed and was started again; nothing said is lost"
        ]
    spans = alone.session.recording().speech
    assert all(one.end <= after.start for one, after in pairwise(spans))
    assert all(spans)


@pytest.mark.parametrize("wrong", ["raises", "one answer too few"])
def test_a_common_call_of_a_detector_that_fails(lab: Lab, wrong: str) -> None:
    sessions = [lab.live.open(pipeline(vad="many")) for _ in range(4)]
    for session in sessions:
        session.feed(said(1)[: 8 * 1600])
    until(lambda: not any(session.ahead for session in sessions))
    failures: list[int] = []

    def answer(told: list[Any]) -> Any:
        failures.append(len(told))
        if len(failures) > 1:
            return told
        if wrong == "raises":
            raise RuntimeError("boom")
        return told[1:]

    Many.answers = staticmethod(answer)
    for first in range(8, 40):
        for session in sessions:
            session.feed(said(1, 2, 3)[first * 1600 : (first + 1) * 1600])
        time.sleep(0.005)
    for session in sessions:
        heard = ended(session).split()
        assert [word for place, word in enumerate(heard) if word not in heard[:place]] == ["w1", "w2", "w3"]
    assert len(failures) > 1
    assert Many.loads == 2


@pytest.mark.parametrize("fault", CRASH, ids=["an exception", "sys.exit"])
@pytest.mark.parametrize("asr", ["looks", "streams"])
def test_an_engine_that_fails_twice_ends_the_session_and_the_text_is_kept(
    lab: Lab, asr: str, fault: BaseException
) -> None:
    engine = Looks if asr == "looks" else Streams
    session, other = lab.live.open(pipeline(asr)), lab.live.open(pipeline("second"))
    reader = session.follow(lambda: None)
    feed(session, said(1, 2))
    feed(other, said(4))
    until(lambda: texts(session) == (["w1 w2"] if asr == "looks" else ["w1", "w2"]))
    engine.faults = [fault] * 100
    feed(session, said(3))
    with pytest.raises(EngineFailed, match=f"asr/{asr} failed: {type(fault).__name__}"):
        session.over.result(SOON)
    told = reader.take()
    assert [message["event"] for message in told[-2:]] == ["Failed", "Ended"]
    assert not [message for message in told if message["event"] == "Notice"]  # it would say that nothing is lost
    assert told[-2]["error"].startswith(f"asr/{asr} failed")
    assert told[-2]["hint"]
    until(lambda: session.saved)
    assert session.saved is not None
    assert session.saved.read_text(encoding="utf-8").split() == ["w1", "w2"]
    feed(other, said(5))
    assert ended(other) == "w4 w5"


def test_a_detector_that_fails_twice_ends_its_session_alone(lab: Lab) -> None:
    session, other = lab.live.open(pipeline(vad="ears")), lab.live.open(pipeline())
    Ears.faults = [SystemExit()] * 100
    feed(session, said(1))
    feed(other, said(1))
    with pytest.raises(EngineFailed, match="vad/ears failed: SystemExit"):
        session.over.result(SOON)
    assert ended(other) == "w1"
    until(lambda: in_use(lab) == [])


def test_what_one_stage_found_is_told_where_the_next_fails(lab: Lab) -> None:
    class Mute:
        def __init__(self, params: Params, context: object) -> None: ...

        def process(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[str]:
            raise RuntimeError("boom")

    class More:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            register(EngineSpec(id="mute", kind=Kind.TEXT, load=Mute))

    with Lab(Plugin(), More(), discover=False, home=lab.home) as other:
        chain = pipeline()
        chain["stage"].append({"use": "text/mute"})
        session = other.live.open(chain)
        feed(session, said(1, 2))
        session.finish()
        with pytest.raises(EngineFailed, match="text/mute"):
            session.over.result(SOON)
        assert texts(session) == ["w1 w2"]


# -- sound -------------------------------------------------------------------------------------------------------------


def test_what_comes_after_the_end_is_not_heard(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1))
    session.finish()
    before = session.received
    feed(session, said(2))
    assert ended(session) == "w1"
    feed(session, said(3))
    assert session.received == before
    assert texts(session) == ["w1"]


def test_sound_is_taken_as_it_was_when_it_was_fed(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    buffer = np.zeros(1600, np.float32)
    sound = said(1, 2)
    for first in range(0, len(sound) - 1600, 1600):
        buffer[:] = sound[first : first + 1600]
        session.feed(buffer)
    buffer[:] = 0
    assert ended(session) == "w1 w2"


@pytest.mark.parametrize("sound", [Audio(said(1), 48_000), np.zeros((100, 2), np.float32)], ids=["rate", "channels"])
def test_sound_of_another_shape_is_refused(lab: Lab, sound: Any) -> None:
    session = lab.live.open(pipeline())
    with pytest.raises(AudioError, match="a session hears"):
        session.feed(sound)
    feed(session, said(1))
    assert ended(session) == "w1"


@pytest.mark.parametrize("how", ["in the end", "an engine fails", "abandoned"])
def test_the_sound_that_is_kept_is_what_was_fed(lab: Lab, how: str) -> None:
    session = lab.live.open(pipeline(), keep_sound=True)
    pcm = np.random.default_rng(0).integers(-32768, 32768, RATE * 5, np.int16)
    feed(session, pcm.astype(np.float32) / 32768, 0.0937)
    if how == "an engine fails":
        Looks.faults = [RuntimeError("boom")] * 100
    elif how == "abandoned":
        session.abandon()
    session.finish()
    session.over.exception(SOON)
    assert session.sound is not None
    kept, rate = soundfile.read(session.sound, dtype="int16")
    assert rate == RATE
    assert np.array_equal(kept, pcm)


def test_sound_is_kept_in_its_order_when_the_session_is_abandoned_meanwhile(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = lab.live.open(pipeline(), keep_sound=True)
    pcm = np.random.default_rng(0).integers(-32768, 32768, RATE * 3, np.int16)
    abandoning = threading.Thread(target=session.abandon)
    write = Keeping.write

    def slowly(self: Keeping, samples: Samples) -> None:
        if threading.current_thread() is not abandoning and not abandoning.ident:
            abandoning.start()
            abandoning.join(0.2)
        write(self, samples)

    monkeypatch.setattr(Keeping, "write", slowly)
    feed(session, pcm.astype(np.float32) / 32768)
    session.over.exception(SOON)
    assert session.sound is not None
    kept, _ = soundfile.read(session.sound, dtype="int16")
    assert np.array_equal(kept, pcm[: len(kept)])


def test_sound_that_is_too_loud_is_kept_at_full_scale(lab: Lab) -> None:
    session = lab.live.open(pipeline(), keep_sound=True)
    session.feed(np.array([0.0, 2.0, -3.0, 1.0], np.float32))
    ended(session)
    kept, _ = soundfile.read(session.sound, dtype="int16")
    assert kept.tolist() == [0, 32767, -32768, 32767]


def test_a_full_disk_ends_the_keeping_and_not_the_session(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    session = lab.live.open(pipeline(), keep_sound=True)
    reader = session.follow(lambda: None)

    def full(file: Any, samples: Samples) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(soundfile.SoundFile, "write", full)
    feed(session, said(1, 2))
    assert ended(session) == "w1 w2"
    [notice] = taken(reader, "Notice")
    assert "the sound cannot be kept" in notice["text"]


# -- another pipeline in the middle ------------------------------------------------------------------------------------


def test_both_pipelines_are_heard_on_one_timeline(lab: Lab) -> None:
    session = lab.live.open(pipeline(), keep_sound=True)
    reader = session.follow(lambda: None)
    feed(session, said(1, 2))
    looked_at(session)
    session.switch(lab.live.checked(pipeline("second")))
    feed(session, said(3))
    looked_at(session)
    session.switch(lab.live.checked(pipeline("streams")))
    feed(session, said(4))
    assert ended(session) == "w1 w2 w3 w4"
    starts = [segment.start for segment in session.recording().transcript]
    lengths = [len(said(1, 2)), len(said(3))]
    assert starts == pytest.approx([0.5, 0.5 + lengths[0] / RATE, 0.5 + sum(lengths) / RATE], abs=0.05)
    assert [message["title"] for message in taken(reader, "Session")] == ["streams"]
    assert soundfile.info(session.sound).frames == session.received
    assert in_use(lab) == []


@pytest.mark.parametrize("after", [0.7, 1.05, 1.3])
def test_a_switch_while_somebody_speaks(lab: Lab, after: float) -> None:
    session = lab.live.open(pipeline())
    sound = said(1, 2, 3)
    cut = round(after * RATE)
    feed(session, sound[:cut])
    looked_at(session)
    session.switch(lab.live.checked(pipeline("second")))
    feed(session, sound[cut:])
    heard = ended(session).split()
    assert [word for place, word in enumerate(heard) if word not in heard[:place]] == ["w1", "w2", "w3"]
    spans = session.recording().speech
    assert len(spans) == 1  # they meet at the cut
    assert spans[0].end > len(sound) / RATE - 1.2


def test_pipelines_of_one_session_do_not_write_over_each_other(lab: Lab) -> None:
    session = lab.live.open({"stage": [{"use": "diarize/toy"}]})
    feed(session, np.zeros(round(2.4 * RATE), np.float32))
    looked_at(session)
    session.switch(lab.live.checked({"stage": [{"use": "diarize/toy"}]}))
    feed(session, np.zeros(round(2.4 * RATE), np.float32))
    ended(session)
    turns = session.recording().diarization.turns
    assert [(round(turn.start, 1), round(turn.end, 1)) for turn in turns] == [
        (0.0, 1.0),
        (1.0, 2.0),
        (2.0, 2.4),
        (2.4, 3.4),
        (3.4, 4.4),
        (4.4, 4.8),
    ]


def test_the_last_detector_is_not_told_what_is_for_the_next(lab: Lab) -> None:
    sessions = [lab.live.open(pipeline(vad="many")) for _ in range(3)]
    first = list(Many.sessions)
    for number in range(30):
        if number == 15:
            for session in sessions:
                session.switch(lab.live.checked(pipeline(vad="many")))
        for session in sessions:
            session.feed(np.full(1600, 0.1, np.float32))
        if number == 14:
            for session in sessions:
                looked_at(session)
    for session in sessions:
        ended(session)
    assert [sum(part.frames for part in session.heard) for session in Many.sessions] == [15 * 1600] * 6
    assert Many.sessions[:3] == first


def test_a_pipeline_that_cannot_be_loaded_changes_nothing(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1))
    with pytest.raises(EngineUnavailable):
        session.switch(lab.live.checked(pipeline("broken")))
    feed(session, said(2))
    assert ended(session) == "w1 w2"
    assert in_use(lab) == []


@pytest.mark.parametrize("then", ["finish", "abandon", "close"])
def test_the_end_comes_while_another_pipeline_is_loaded(lab: Lab, then: str) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1))
    looked_at(session)
    Second.wait.clear()
    switching = threading.Thread(target=session.switch, args=(lab.live.checked(pipeline("second")),))
    switching.start()
    until(lambda: Second.loads)
    if then == "close":
        lab.live.close()
    else:
        getattr(session, then)()
    session.over.exception(SOON)
    Second.wait.set()
    switching.join(SOON)
    assert texts(session) == ["w1"]
    until(lambda: in_use(lab) == [])


def test_a_switch_after_the_end_changes_nothing(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1))
    assert ended(session) == "w1"
    session.switch(lab.live.checked(pipeline("second")))
    assert session.pipeline.title == "looks"
    assert in_use(lab) == []


def test_a_pipeline_that_fails_waits_for_what_the_one_before_has_to_tell(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    reader = session.follow(lambda: None)
    Looks.wait.clear()
    feed(session, said(1)[: round(1.2 * RATE)])
    until(lambda: session.received and not session._inbox)
    session.switch(lab.live.checked(pipeline("second")))
    Second.faults = [RuntimeError("boom")] * 100
    feed(session, said(2))
    time.sleep(0.3)
    Looks.wait.set()
    with pytest.raises(EngineFailed, match="asr/second"):
        session.over.result(SOON)
    assert texts(session)[0] == "w1"
    assert reader.take()[-1] == {"event": "Ended"}


# -- readers -----------------------------------------------------------------------------------------------------------


def test_a_slow_reader_is_owed_no_more_than_the_state(lab: Lab) -> None:
    session = lab.live.open(pipeline("streams"))
    seen: list[int] = []
    quick = session.follow(lambda: seen.append(len(quick.take())))
    slow = session.follow(lambda: None)
    for number in range(40):
        feed(session, said(number % 20))
    for number in range(10 * PASSING):
        session.notice(f"notice {number}")
    ended(session)
    owed = slow.take()
    assert len([message for message in owed if message["event"] == "SegmentUpdate"]) == 40
    assert (
        len([message for message in owed if message["event"] in ("Notice", "SpeechStarted", "SpeechEnded")]) == PASSING
    )
    assert [message["text"] for message in owed if message["event"] == "Notice"][-1] == f"notice {10 * PASSING - 1}"
    assert len(owed) <= 40 + PASSING + 3
    assert sum(seen) > len(owed)
    assert slow.take() == []


def test_who_comes_late_is_told_all_and_the_end(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1, 2))
    ended(session)
    told = session.follow(lambda: None).take()
    assert told[0]["event"] == "Session"
    assert told[0]["samples"] == session.received
    assert [message["segment"]["text"] for message in told if message["event"] == "SegmentUpdate"] == ["w1 w2"]
    assert told[-1] == {"event": "Ended"}


def test_a_reader_that_cannot_be_woken_harms_nobody(lab: Lab) -> None:
    session = lab.live.open(pipeline())

    def gone() -> None:
        raise RuntimeError("Event loop is closed")

    session.follow(gone)
    reader = session.follow(lambda: None)
    feed(session, said(1))
    assert ended(session) == "w1"
    assert reader.take()[-1] == {"event": "Ended"}


def test_nothing_is_told_after_the_end(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    Looks.wait.clear()
    feed(session, said(1))
    until(lambda: session.received and not session._inbox)
    session.finish()
    reader = session.follow(lambda: None)
    session.abandon()
    assert reader.take()[-1] == {"event": "Ended"}
    Looks.wait.set()
    time.sleep(0.2)
    assert reader.take() == []
    with pytest.raises(SpeechLabError, match="could not be settled in time"):
        session.over.result(0)


def test_who_waits_for_the_end_cannot_call_it_off(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    assert not session.over.cancel()
    feed(session, said(1))
    assert ended(session) == "w1"


def test_the_level_is_that_of_the_newest_sound_and_the_speed_that_of_the_pipeline(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    session.feed(np.concatenate([np.zeros(RATE * 9 // 10, np.float32), np.full(RATE // 10, 0.1, np.float32)]))
    looked_at(session)
    [status] = taken(session.follow(lambda: None), "Status")
    assert status["level"] == pytest.approx(-23.0, abs=0.1)
    assert status["samples"] == RATE


# -- the end -----------------------------------------------------------------------------------------------------------


def test_closing_settles_every_session_and_saves_it(lab: Lab) -> None:
    sessions = [lab.live.open(pipeline(), keep_sound=number == 0) for number in range(3)]
    for number, session in enumerate(sessions):
        feed(session, said(number, number + 1)[: round(1.4 * RATE)])  # in the middle of speech
    quiet = lab.live.open(pipeline())
    lab.live.close()
    for number, session in enumerate(sessions):
        assert session.over.result(0) is None
        assert session.saved is not None
        assert session.saved.parent == lab.home / "live"
        assert session.saved.read_text(encoding="utf-8").split() == [f"w{number}", f"w{number + 1}"]
        assert session.saved.with_suffix(".json").exists()
    assert quiet.over.done()
    assert quiet.saved is None
    assert sessions[0].saved is not None
    assert soundfile.info(sessions[0].saved.with_suffix(".wav")).frames == sessions[0].received
    assert len(list((lab.home / "live").iterdir())) == 7
    with pytest.raises(LookupError):
        lab.live.get(quiet.id)
    again = lab.live.open(pipeline())
    feed(again, said(5))
    assert ended(again) == "w5"


def test_text_that_is_not_settled_in_time_is_saved_as_it_is(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1))
    until(lambda: texts(session) == ["w1"])
    Looks.wait.clear()
    feed(session, said(2))
    before = time.monotonic()
    monkey = hub_module.ENDING
    hub_module.ENDING = 0.2
    try:
        lab.live.close(patience=0.2)
    finally:
        hub_module.ENDING = monkey
    assert time.monotonic() - before < hub_module.PATIENCE
    with pytest.raises(SpeechLabError, match="could not be settled in time"):
        session.over.result(0)
    assert session.saved is not None
    assert session.saved.read_text(encoding="utf-8").split() == ["w1"]
    Looks.wait.set()


def test_the_lab_is_closed_while_a_session_is_opened(lab: Lab) -> None:
    Looks.wait.clear()
    refused: list[Exception] = []

    def opening() -> None:
        try:
            lab.live.open(pipeline())
        except SpeechLabError as error:
            refused.append(error)

    thread = threading.Thread(target=opening)
    thread.start()
    until(lambda: Looks.loads)
    lab.live.close()
    Looks.wait.set()
    thread.join(SOON)
    assert [type(error) for error in refused] == [Busy]
    assert lab.live.sessions == ()
    assert in_use(lab) == []
    feed(session := lab.live.open(pipeline()), said(1))
    assert ended(session) == "w1"


def test_two_may_close_it_at_once(lab: Lab) -> None:
    session = lab.live.open(pipeline())
    feed(session, said(1))
    threads = [threading.Thread(target=lab.live.close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert session.over.done()
    assert session.saved is not None
    assert len(list((lab.home / "live").glob("*.txt"))) == 1


class Clock:
    """The time, for the hub; work is timed by it too."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Clocked(Live):
    """A hub on a clock of the test's."""

    def __init__(self, lab: Lab) -> None:
        self.now = Clock()
        self.cleaned = 0.0
        """When it last looked after its sessions."""
        super().__init__(lab, clock=self.now)

    def _clean(self, now: float) -> None:
        try:
            super()._clean(now)
        finally:
            self.cleaned = now

    def passed(self, seconds: float) -> None:
        """So much time, after which it looks after its sessions."""
        self.now.now += seconds
        until(lambda: self.cleaned >= self.now.now)


@pytest.fixture
def clocked(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocked]:
    monkeypatch.setattr(hub_module, "HOUSEKEEPING", 0.02)
    live = Clocked(lab)
    yield live
    live.close()


def test_a_session_in_which_nothing_is_heard_ends(clocked: Clocked, lab: Lab) -> None:
    silent, staying = clocked.open(pipeline()), clocked.open(pipeline())
    reader = silent.follow(lambda: None)
    feed(silent, said(1))
    looked_at(silent)
    clocked.passed(IDLE - 10)
    assert not silent.over.done()
    staying.stay()
    clocked.passed(5)
    clocked.passed(10)
    silent.over.result(SOON)
    assert not staying.over.done()
    assert ["10 minutes" in notice["text"] for notice in taken(reader, "Notice")] == [True]
    until(lambda: silent.saved)
    clocked.passed(IDLE)
    staying.over.result(SOON)
    assert staying.saved is None


def test_a_session_whose_client_is_gone_ends(clocked: Clocked, lab: Lab) -> None:
    left, back, unread = (clocked.open(pipeline(), keep_sound=True) for _ in range(3))
    for session in (left, back):
        feed(session, said(1))
        session.follow(lambda: None).close()
    clocked.passed(1)
    clocked.passed(KEEP_SECONDS - 1)
    back.follow(lambda: None)
    clocked.passed(2)
    left.over.result(SOON)
    assert not back.over.done()
    assert not unread.over.done()
    assert until(lambda: left.saved).read_text(encoding="utf-8").split() == ["w1"]
    assert clocked.get(left.id) is left
    sound = back.sound
    ended(back)
    until(lambda: back.id in clocked._ended)
    assert sound is not None
    assert sound.exists()
    clocked.passed(hub_module.KEPT + 1)
    with pytest.raises(LookupError):
        clocked.get(left.id)
    until(lambda: not sound.exists())


def test_a_folder_that_cannot_be_cleared_ends_nothing(
    clocked: Clocked, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(lab: Lab, now: float) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(hub_module, "expire", forbidden)
    session = clocked.open(pipeline())
    clocked.passed(2)
    feed(session, said(1))
    assert ended(session) == "w1"


# -- memory ------------------------------------------------------------------------------------------------------------


def test_work_that_is_done_is_let_go_of(lab: Lab) -> None:
    session = lab.live.open(pipeline(interval=0.1))
    feed(session, said(*range(30)))
    looked_at(session)
    gc.collect()
    all_work = [one for one in gc.get_objects() if type(one) is Asked]  # isinstance would ask torch's proxies, too
    assert len([one for one in all_work if one.loaded.context is lab.pool.context]) < 10
    assert session.flow.crew.needed > 0
    ended(session)


# -- everything at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_every_session_comes_to_an_end(lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    pipelines = [lab.live.checked(pipeline(asr, vad)) for asr in ("looks", "streams") for vad in ("ears", "many")]
    for engine in (Looks, Streams, Ears, Many):
        engine.faults = [chance.choice([*CRASH, *[None] * 12]) for _ in range(200)]
    sessions: list[LiveSession] = []
    unforeseen: list[BaseException] = []

    def live(chance: random.Random) -> None:
        try:
            session = lab.live.open(chance.choice(pipelines), keep_sound=chance.random() < 0.3)
        except SpeechLabError:
            return
        sessions.append(session)
        others: list[threading.Thread] = []
        readers: list[Reader] = []
        for _ in range(chance.randrange(5, 40)):
            match chance.choice(["feed"] * 8 + ["switch", "follow", "take", "leave", "recording", "finish", "abandon"]):
                case "feed":
                    feed(session, said(chance.randrange(20)), chance.choice([0.05, 0.5, 3.0]))
                case "switch":
                    others.append(threading.Thread(target=switch, args=(session, chance.choice(pipelines))))
                    others[-1].start()
                case "follow":
                    readers.append(session.follow(lambda: None))
                case "take":
                    for reader in readers:
                        reader.take()
                case "leave" if readers:
                    readers.pop().close()
                case "recording":
                    session.recording()
                case "finish" if chance.random() < 0.2:
                    session.finish()
                case "abandon" if chance.random() < 0.1:
                    session.abandon()
                case _:
                    time.sleep(0.01)
        if chance.random() < 0.7:
            session.finish()
        for other in others:
            other.join(SOON)

    def switch(session: LiveSession, pipeline: Pipeline) -> None:
        with suppress(SpeechLabError):
            session.switch(pipeline)

    def guarded(chance: random.Random) -> None:
        try:
            live(chance)
        except BaseException as error:
            unforeseen.append(error)

    threads = [threading.Thread(target=guarded, args=(random.Random(chance.random()),)) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(chance.random())
    if seed % 2:
        lab.live.close()
    for thread in threads:
        thread.join(SOON)
    lab.live.close()
    assert unforeseen == []
    for session in sessions:
        assert session.over.done()
        assert session.follow(lambda: None).take()[-1] == {"event": "Ended"}
        error = session.over.exception()
        assert error is None or isinstance(error, EngineFailed) or "could not be settled" in str(error)
        if session.sound is not None and session.sound.exists():
            assert soundfile.info(session.sound).frames == session.received
    assert in_use(lab) == []
