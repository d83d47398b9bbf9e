"""Faults that were found once, each with the test that finds it again."""

from __future__ import annotations

import gc
import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechlab import (
    AsrOptions,
    Audio,
    AudioChunk,
    AudioError,
    Context,
    EngineSpec,
    EngineUnavailable,
    Kind,
    Lab,
    Params,
    Policy,
    Progress,
    Recording,
    Segment,
    SegmentUpdate,
    SynthesisChunk,
    hookimpl,
)
from speechlab.media import write
from speechlab.stages.guard import Guard
from tests.doubles import RATE, talk


class Heard:
    """A recognizer that gives what it is told to, and notes what it was given."""

    given: list[Audio]
    answer: Callable[[Audio], list[Segment]]

    def __init__(self, params: Params, context: Context) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        Heard.given.append(audio)
        yield from Heard.answer(audio)


class Numbering:
    """A recognizer that only streams, and numbers its segments from 1 in each session."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: AsrOptions) -> Any:
        class Session:
            held: Audio | None = None

            def feed(self, audio: Audio) -> list[SegmentUpdate]:
                self.held = audio if self.held is None else Audio.join([self.held, audio])
                return []

            def flush(self) -> list[SegmentUpdate]:
                if self.held is None:
                    return []
                said = Segment(self.held.start, self.held.end, text="Thank you for listening today.", id="1")
                return [SegmentUpdate(segment=said)]

        return Session()


class Faltering:
    """A synthesizer that fails on its third text, once."""

    calls = 0

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> list[Any]:
        return []

    def synthesize(self, text: str, voice: str | None, options: Params) -> Iterator[Audio]:
        Faltering.calls += 1
        if Faltering.calls == 3:
            raise RuntimeError("busy")
        yield Audio(np.full(100, 0.1, np.float32), RATE)


class Closing:
    """An engine that cannot even be closed."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def process(self, texts: Any, languages: Any, options: Any) -> Any:
        return texts

    def close(self) -> None:
        raise RuntimeError("gone")


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="heard", kind=Kind.ASR, load=Heard, options=AsrOptions))
        register(EngineSpec(id="numbering", kind=Kind.ASR, load=Numbering, options=AsrOptions))
        register(EngineSpec(id="faltering", kind=Kind.TTS, load=Faltering))
        register(EngineSpec(id="closing", kind=Kind.TEXT, load=Closing))
        register(EngineSpec(id="cloud", kind=Kind.TRANSLATE, load=Closing, local=False))


@pytest.fixture
def lab() -> Lab:
    Heard.given, Heard.answer = [], staticmethod(lambda audio: [Segment(audio.start, audio.end, text="heard")])
    Faltering.calls = 0
    return Lab(Plugin(), discover=False)


def run(lab: Lab, pipeline: str, sound: Any, **how: Any) -> Any:
    one = lab.open(pipeline, sound, **how)
    one.piece_seconds = (4.0, 8.0)
    return one


HEARD = '[[stage]]\nuse = "asr/heard"\ninterval = 0\nlongest = 30\n'


def test_an_open_file_is_read_as_its_path_is(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "talk.flac"
    write(talk(*[3.0] * 40), path)
    by_path = Recording.of(run(lab, HEARD, path))
    with path.open("rb") as file:
        assert Recording.of(run(lab, HEARD, file)) == by_path
    assert Recording.of(run(lab, HEARD, io.BytesIO(path.read_bytes()))) == by_path
    assert by_path.duration == pytest.approx(161.0)


def test_a_pipe_is_refused_in_words(lab: Lab) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(AudioError, match="pipe"):
        lab.run(HEARD, Pipe(b"RIFF"))


PROSE = {
    "hi": "सोमवार को स्टैनफ़ोर्ड यूनिवर्सिटी स्कूल ऑफ़ मेडिसिन के वैज्ञानिकों ने एक नए डायग्नोस्टिक उपकरण के आविष्कार की घोषणा की "
    "जो कोशिकाओं को उनके प्रकार के आधार पर छाँट सकता है।",
    "th": "เมื่อวันจันทร์ นักวิทยาศาสตร์จากคณะแพทยศาสตร์ประกาศการประดิษฐ์เครื่องมือวินิจฉัยใหม่ที่สามารถจัดเรียงเซลล์ตามประเภทได้",
    "ka": "ორშაბათს სტენფორდის უნივერსიტეტის მედიცინის სკოლის "
    "მეცნიერებმა განაცხადეს ახალი დიაგნოსტიკური ხელსაწყოს გამოგონება.",
    "ta": "திங்களன்று, மருத்துவப் பள்ளியின் விஞ்ஞானிகள் செல்களை வகை "
    "வாரியாக வரிசைப்படுத்தக்கூடிய புதிய கருவியை கண்டுபிடித்ததாக அறிவித்தனர்.",
    "ar": "أعلن علماء من كلية الطب يوم الاثنين عن اختراع أداة تشخيصية "
    "جديدة يمكنها تصنيف الخلايا حسب النوع، وهي رقاقة صغيرة قابلة للطباعة.",
}


@pytest.mark.parametrize("language", PROSE)
def test_prose_of_every_script_is_no_loop(language: str) -> None:
    assert Guard().look(Segment(0, 20, text=PROSE[language]), None).suspect is None


def test_the_guard_bears_an_engine_that_does_not_know() -> None:
    odd = Segment(0, 1, text="Hm.", extra={"avg_logprob": None, "no_speech_prob": None})
    assert Guard().look(odd, None).suspect is None


@pytest.mark.parametrize("engine", ["heard", "numbering"])
def test_an_engine_that_numbers_its_segments_loses_none(lab: Lab, engine: str) -> None:
    Heard.answer = staticmethod(lambda audio: [Segment(audio.start, audio.end, text="heard", id="1")])
    one = run(lab, f'[[stage]]\nuse = "asr/{engine}"\n', talk(*[2.0] * 8))
    told = [event.segment.id for event in one if isinstance(event, SegmentUpdate)]
    assert len(told) == len(set(told)) > 2


@pytest.mark.parametrize("seconds", [28.9, 29.5, 29.65, 29.9, 30.4, 61.3])
def test_speech_of_about_a_window_is_heard_once_and_whole(lab: Lab, seconds: float) -> None:
    list(lab.stream(HEARD, talk(seconds, 1.0).chunks(0.1)))
    long = [audio for audio in Heard.given if audio.start < seconds + 1.2]
    assert all(0 < audio.duration <= 30.0 for audio in Heard.given)
    assert sum(audio.duration for audio in long) == pytest.approx(seconds + 0.4, abs=0.15)


def test_an_utterance_waits_for_a_slower_stage(lab: Lab) -> None:
    class Slow:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            register(EngineSpec(id="slow", kind=Kind.DENOISE, load=lambda params, context: SlowEngine()))

    class SlowEngine:
        def open(self, options: Any) -> Any:
            class Session:
                held: list[Audio] = []  # noqa: RUF012  # one session only

                def feed(self, audio: Audio) -> list[Audio]:
                    self.held.append(audio)
                    return [self.held.pop(0)] if len(self.held) > 10 else []

                def flush(self) -> list[Audio]:
                    return self.held

            return Session()

    slow = Lab(Plugin(), Slow(), discover=False)
    pipeline = '[[stage]]\nuse = "vad/energy"\n[[stage]]\nuse = "denoise/slow"\n' + HEARD
    list(slow.stream(pipeline, talk(2.0, pause=2.0).chunks(0.1)))
    [audio] = Heard.given
    assert (audio.start, audio.end) == pytest.approx((1.8, 4.2), abs=0.05)


def test_a_detector_that_waits_long_loses_nothing(lab: Lab) -> None:
    pipeline = '[[stage]]\nuse = "vad/energy"\nmin_speech_duration_ms = 4000\n' + HEARD
    list(lab.stream(pipeline, talk(6.0, pause=2.0).chunks(0.1)))
    assert Heard.given[0].start == pytest.approx(1.8, abs=0.05)


def test_chunks_without_times_follow_each_other(lab: Lab) -> None:
    timeless = [Audio(chunk.samples, RATE) for chunk in talk(1.0, 2.0).chunks(0.2)]
    list(lab.stream(HEARD, timeless))
    assert [round(audio.start, 1) for audio in Heard.given] == [0.8, 2.8]


def test_a_hole_in_a_stream_is_silence(lab: Lab) -> None:
    sound = talk(1.0)
    later = Audio(sound.samples, RATE, sound.end + 5.0)
    events = list(lab.stream(HEARD, [*sound.chunks(0.2), *later.chunks(0.2)]))
    assert [round(audio.start, 1) for audio in Heard.given] == [0.8, 8.8]
    assert sum(event.audio.duration for event in events if isinstance(event, AudioChunk)) == pytest.approx(11.0)


def test_a_second_try_says_nothing_twice(lab: Lab) -> None:
    Heard.answer = staticmethod(
        lambda audio: [Segment(audio.start + i, audio.start + i + 1, text=f"sentence {i}") for i in range(4)]
    )
    events = list(lab.open(HEARD + '[[stage]]\nuse = "tts/faltering"\n', talk(6.0)))
    spoken = [event.segment_id for event in events if isinstance(event, SynthesisChunk)]
    assert len(spoken) == len(set(spoken)) == 4
    assert len(Heard.given) == 1


def test_what_a_second_try_heard_otherwise_is_withdrawn(lab: Lab) -> None:
    tries: list[int] = []

    def answer(audio: Audio) -> list[Segment]:
        tries.append(1)
        if len(tries) == 2:
            raise RuntimeError("busy")
        return [Segment(audio.start + len(tries) / 8, audio.end, text=f"try {len(tries)}")]

    Heard.answer = staticmethod(answer)
    recording = lab.run(HEARD, talk(20.0, 20.0))
    assert recording.transcript.text == "try 3 try 4"
    assert len(recording.transcript) == 3


def test_each_channel_keeps_its_own_turns_and_can_be_resumed(lab: Lab) -> None:
    stereo = Audio(np.stack([talk(2.0, 2.0).mono, talk(2.0, 2.0).mono[::-1]]), RATE)
    diarized = lab.run('[[stage]]\nuse = "diarize/toy"\n', stereo, channel="each")
    assert diarized.diarization.speakers == ("Channel 1", "Channel 2")
    Heard.given = []
    events = iter(run(lab, HEARD, stereo, channel="each"))
    ends = 0
    for event in events:
        ends += isinstance(event, Progress) and event.stage == "piece"
        if isinstance(event, SegmentUpdate) and event.segment.id.startswith("c1-"):
            break
    events.close()
    again = run(lab, HEARD, stereo, channel="each", resume=True)
    list(again)
    assert again.trace.resumed >= ends > 0
    assert again.trace.audio_seconds == pytest.approx(7.0)


def test_a_suspected_segment_does_not_choose_the_language() -> None:
    made_up = Segment(0, 30, text="Diolch", id="a", language="cy").noting(suspect="no speech")
    said = Segment(30, 32, text="Hello", id="b", language="en")
    assert Recording.of([SegmentUpdate(segment=made_up), SegmentUpdate(segment=said)]).transcript.language == "en"


def test_many_runs_of_one_recording_do_not_disturb_each_other(lab: Lab) -> None:
    sound, wrong = talk(2.0, 2.0, 2.0), []

    def work() -> None:
        for _ in range(5):
            try:
                assert len(Recording.of(run(lab, HEARD, sound)).transcript) >= 1
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_run_goes_on_where_its_checkpoints_cannot_be_kept(home: Path) -> None:
    told: list[str] = []
    Heard.given, Heard.answer = [], staticmethod(lambda audio: [Segment(audio.start, audio.end, text="heard")])
    lab = Lab(Plugin(), discover=False, report=told.append)
    home.mkdir()
    (home / "checkpoints").write_text("in the way", encoding="utf-8")
    assert Recording.of(run(lab, HEARD, talk(2.0, 2.0))).transcript.text
    assert len([message for message in told if "checkpoints" in message]) == 1


def test_a_damaged_log_is_no_log(lab: Lab, home: Path) -> None:
    sound = talk(2.0, 2.0, 2.0)
    events = iter(run(lab, HEARD, sound))
    while not (isinstance(event := next(events), Progress) and event.stage == "piece"):
        pass
    events.close()
    for kept in (home / "checkpoints").rglob("*.jsonl"):
        kept.write_text("null\n", encoding="utf-8")
    again = run(lab, HEARD, sound, resume=True)
    list(again)
    assert again.trace.resumed == 0


def test_what_an_unfinished_run_left_is_kept_a_week_whatever_else_succeeds(lab: Lab, home: Path) -> None:
    sound = talk(2.0, 2.0, 2.0)
    events = iter(run(lab, HEARD, sound))
    while not (isinstance(event := next(events), Progress) and event.stage == "piece"):
        pass
    events.close()
    list(run(lab, '[[stage]]\nuse = "asr/toy"\n', sound))
    [kept] = (home / "checkpoints").iterdir()
    assert list(kept.rglob("*.jsonl"))
    week = 7 * 24 * 3600
    os.utime(kept, (time.time() - week - 60,) * 2)
    list(run(lab, HEARD, talk(1.0)))
    assert not kept.exists()


def test_a_run_that_is_forgotten_in_a_cycle_gives_its_engines_back(lab: Lab) -> None:
    spec = lab.engine(Kind.ASR, "heard")
    holder: list[Any] = []
    lease = lab.pool.lease(spec, spec.params())
    holder += [holder, lease, lease.__enter__()]
    assert [one.in_use for one in lab.pool.resident()] == [True]
    with lab.pool._lock:  # the collector may run while somebody holds the lock
        lease.__exit__(None, None, None)
    holder.clear()
    gc.collect()
    assert [one.in_use for one in lab.pool.resident()] == [False]


def test_an_engine_that_cannot_be_closed_harms_nobody(lab: Lab) -> None:
    spec = lab.engine(Kind.TEXT, "closing")
    with lab.pool.lease(spec, spec.params()):
        pass
    assert lab.pool.unload() == 1


@pytest.mark.parametrize("threads", [False, True])
def test_a_stream_closed_before_it_began_closes_its_source(lab: Lab, threads: bool) -> None:
    closed = threading.Event()

    class Source:
        def __iter__(self) -> Iterator[Audio]:
            return talk(1.0).chunks(0.1)

        def close(self) -> None:
            closed.set()

    stream = lab.stream(HEARD, Source(), threads=threads)
    stream.close()
    assert closed.is_set()


def test_a_silent_source_does_not_hold_up_a_close(lab: Lab) -> None:
    waiting = threading.Event()

    def microphone() -> Iterator[Audio]:
        yield from talk(1.0).chunks(0.1)
        waiting.wait(20)

    stream = lab.stream(HEARD, microphone(), threads=True)
    next(stream)
    stream.close()
    assert not waiting.is_set()
    waiting.set()


def test_a_source_that_breaks_is_not_blamed_on_an_engine(lab: Lab) -> None:
    def socket() -> Iterator[Audio]:
        yield from talk(1.0).chunks(0.1)
        raise ConnectionResetError("peer went away")

    with pytest.raises(AudioError, match="the sound broke off: ConnectionResetError"):
        list(lab.stream(HEARD, socket()))


def test_a_cloud_engine_is_never_chosen_by_itself(lab: Lab) -> None:
    with pytest.raises(EngineUnavailable, match="runs on this machine") as caught:
        lab.engine(Kind.TRANSLATE)
    assert "cloud" in caught.value.hint


def test_sound_at_another_time_is_another_recording() -> None:
    Heard.given, Heard.answer = [], staticmethod(lambda audio: [Segment(audio.start, audio.end, text="heard")])
    lab = Lab(Plugin(), discover=False, policy=Policy(keep=True))
    sound = talk(2.0)
    first = lab.run(HEARD, sound)
    later = lab.run(HEARD, Audio(sound.samples, RATE, 100.0))
    assert later.transcript.segments[0].start == pytest.approx(first.transcript.segments[0].start + 100)


def test_a_text_alone_is_one_text(lab: Lab) -> None:
    assert lab.translate("Hi you", to="fr", engine="toy") == ["[fr] Hi you"]


@pytest.mark.parametrize("channel", [2, -1, "left"])
def test_a_channel_that_is_not_there_is_told(lab: Lab, channel: Any) -> None:
    with pytest.raises(AudioError, match="there is no channel"):
        lab.open(HEARD, talk(1.0), channel=channel)
