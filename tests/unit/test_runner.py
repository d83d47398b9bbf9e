"""Batch, live and live in threads tell the same; a broken run goes on; cancel stops; failures are named."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechlab import (
    AsrOptions,
    Audio,
    AudioChunk,
    Context,
    EngineFailed,
    EngineSpec,
    Event,
    HeardChunk,
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
from speechlab.runner import Run
from tests.doubles import RATE, talk


class Scribe:
    """A recognizer that counts its calls and can be told to fail."""

    calls = 0
    fails: Callable[[int], bool] = staticmethod(lambda call: False)

    def __init__(self, params: Params, context: Context) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        Scribe.calls += 1
        if Scribe.fails(Scribe.calls):
            raise RuntimeError("out of memory")
        yield Segment(audio.start, audio.end, text=f"call of {audio.duration:.1f} s", language="en")


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="scribe", kind=Kind.ASR, load=Scribe, options=AsrOptions))


@pytest.fixture
def lab(home: Path) -> Lab:
    Scribe.calls, Scribe.fails = 0, staticmethod(lambda call: False)
    return Lab(Plugin(), discover=False)


CAPTIONS = "toy-captions"
SCRIBE = '[[stage]]\nuse = "asr/scribe"'


def in_pieces(lab: Lab, sound: Any, pipeline: str = SCRIBE, **how: Any) -> Run:
    run = lab.open(pipeline, sound, **how)
    run.piece_seconds = (4.0, 8.0)
    return run


def test_batch_gives_captions_translation_and_speech(lab: Lab) -> None:
    recording = lab.run(CAPTIONS, talk(1.0, 2.0))
    assert recording.transcript.text == "4.4 seconds of sound"  # both share one clip, with the pause between them
    assert recording.translations["fr"].text == "[fr] 4.4 seconds of sound"
    assert [chunk.segment_id for chunk in recording.synthesis] == [recording.transcript.segments[0].id] * 5
    assert recording.duration == pytest.approx(6.0)


@pytest.mark.parametrize("seconds", [0.05, 0.2, 1.7])
@pytest.mark.parametrize("threads", [False, True])
def test_live_tells_the_same_however_the_sound_arrives(lab: Lab, seconds: float, threads: bool) -> None:
    events = list(lab.stream(CAPTIONS, talk(1.0, 2.0).chunks(seconds), threads=threads))
    recording = Recording.of(events)
    assert recording.transcript.text == "1.4 seconds of sound 2.4 seconds of sound"
    assert recording.translations["fr"].text == "[fr] 1.4 seconds of sound [fr] 2.4 seconds of sound"
    assert {s.id for s in recording.translations["fr"]} == {s.id for s in recording.transcript}
    assert len([event for event in events if isinstance(event, SynthesisChunk)]) == 10


def test_utterances_are_told_while_the_stream_goes_on(lab: Lab) -> None:
    heard = 0.0
    for event in lab.stream(CAPTIONS, talk(1.0, 9.0).chunks(0.1)):
        heard = event.audio.end if isinstance(event, AudioChunk) else heard
        if isinstance(event, SegmentUpdate):
            break
    assert heard < 3.5


def test_an_utterance_longer_than_the_window_is_told_in_parts(lab: Lab) -> None:
    pipeline = '[[stage]]\nuse = "asr/toy"\nlongest = 30'
    finals = [e for e in lab.stream(pipeline, talk(70.0).chunks(0.5)) if isinstance(e, SegmentUpdate) and e.final]
    assert [round(update.segment.duration) for update in finals] == [26, 18, 26]


def test_a_long_recording_is_worked_on_piece_by_piece(lab: Lab) -> None:
    run = in_pieces(lab, talk(2.0, 2.0, 2.0, 2.0, 2.0))
    events = list(run)
    done = [event.done for event in events if isinstance(event, Progress) and event.stage == "piece"]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(16.0)
    assert all(event.total == 16.0 for event in events if isinstance(event, Progress))
    assert run.trace.pieces == len(done) >= 2
    ids = [event.segment.id for event in events if isinstance(event, SegmentUpdate)]
    assert len(set(ids)) == len(ids)


def test_a_finished_run_leaves_nothing_behind(lab: Lab, home: Path) -> None:
    list(in_pieces(lab, talk(2.0, 2.0)))
    assert not list((home / "checkpoints").rglob("*.jsonl"))


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_a_cancelled_run_goes_on_where_it_stopped(lab: Lab, pieces: int) -> None:
    sound = talk(2.0, 2.0, 2.0, 2.0, 2.0)
    whole = Recording.of(in_pieces(lab, sound))
    calls, Scribe.calls = Scribe.calls, 0
    events = iter(in_pieces(lab, sound))
    for event in events:
        if isinstance(event, Progress) and event.stage == "piece":
            pieces -= 1
            if not pieces:
                break
    events.close()
    run = in_pieces(lab, sound, resume=True)
    assert Recording.of(run) == whole
    assert run.trace.resumed
    assert Scribe.calls == calls


def test_without_resume_a_run_starts_anew(lab: Lab) -> None:
    sound = talk(2.0, 2.0, 2.0)
    events = iter(in_pieces(lab, sound))
    while not isinstance(next(events), SegmentUpdate):
        pass
    events.close()
    run = in_pieces(lab, sound)
    list(run)
    assert run.trace.resumed == 0


def test_a_damaged_checkpoint_is_computed_again(lab: Lab, home: Path) -> None:
    sound = talk(2.0, 2.0, 2.0)
    whole = Recording.of(in_pieces(lab, sound))
    events = iter(in_pieces(lab, sound))
    while not (isinstance(event := next(events), Progress) and event.stage == "piece"):
        pass
    events.close()
    [kept] = (home / "checkpoints").rglob("*.jsonl")
    kept.write_text('{"event": "Segm', encoding="utf-8")
    assert Recording.of(in_pieces(lab, sound, resume=True)) == whole


def test_a_changed_translator_does_not_recognise_again(home: Path) -> None:
    lab = Lab(Plugin(), discover=False, policy=Policy(keep=True))
    Scribe.calls, Scribe.fails = 0, staticmethod(lambda call: False)
    for language in ("fr", "de"):
        recording = lab.run(SCRIBE + f'\n[[stage]]\nuse = "translate/toy"\nto = "{language}"', talk(2.0))
        assert list(recording.translations) == [language]
    assert Scribe.calls == 1


def test_a_piece_is_tried_again_before_a_run_fails(lab: Lab) -> None:
    Scribe.fails = staticmethod(lambda call: call == 2)
    whole = Recording.of(in_pieces(lab, talk(2.0, 2.0, 2.0, 2.0)))
    assert len(whole.transcript) == Scribe.calls - 1


def test_a_failure_names_its_engine_and_keeps_its_cause_and_what_was_done(lab: Lab, home: Path) -> None:
    Scribe.fails = staticmethod(lambda call: call >= 2)
    with pytest.raises(EngineFailed, match=r"^asr/scribe failed: RuntimeError: out of memory$") as caught:
        list(in_pieces(lab, talk(2.0, 2.0, 2.0, 2.0)))
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert caught.value.hint
    Scribe.fails = staticmethod(lambda call: False)
    run = in_pieces(lab, talk(2.0, 2.0, 2.0, 2.0), resume=True)
    list(run)
    assert run.trace.resumed == 1


@pytest.mark.parametrize("threads", [False, True])
def test_a_live_failure_crosses_threads(lab: Lab, threads: bool) -> None:
    Scribe.fails = staticmethod(lambda call: True)
    with pytest.raises(EngineFailed, match="asr/scribe failed"):
        list(lab.stream(SCRIBE, talk(1.0).chunks(0.1), threads=threads))


@pytest.mark.parametrize("threads", [False, True])
def test_closing_the_stream_closes_its_source(lab: Lab, threads: bool) -> None:
    closed = threading.Event()

    def forever() -> Iterator[Audio]:
        chunks = talk(1.0).chunks(0.1)
        try:
            while True:
                yield next(chunks, Audio(np.zeros(1600, np.float32), RATE, 0.0))
        finally:
            closed.set()

    before = threading.enumerate()
    stream = lab.stream(CAPTIONS, forever(), threads=threads)
    assert [next(stream) for _ in range(5)]
    begun = [thread for thread in threading.enumerate() if thread not in before]
    assert bool(begun) == threads
    stream.close()  # type: ignore[attr-defined]
    for thread in begun:
        thread.join(60)
    assert closed.is_set()
    assert not any(thread.is_alive() for thread in begun)


def test_each_channel_is_a_speaker_of_its_own(lab: Lab) -> None:
    left, right = talk(2.0, 2.0).mono, np.roll(talk(2.0, 2.0).mono, RATE // 2)
    recording = lab.run(CAPTIONS, Audio(np.stack([left, right]), RATE), channel="each")
    assert [segment.speaker for segment in recording.transcript] == ["Channel 1", "Channel 2"]
    assert {segment.id[:3] for segment in recording.transcript} == {"c0-", "c1-"}
    assert all(word.speaker == segment.speaker for segment in recording.transcript for word in segment.words)
    only = lab.run(CAPTIONS, Audio(np.stack([left, right]), RATE), channel=1)
    assert len(only.transcript) == 1


def test_silence_gives_no_text_and_calls_no_recognizer(lab: Lab) -> None:
    assert lab.run(SCRIBE, Audio(np.zeros(20 * RATE, np.float32), RATE)).transcript.segments == ()
    assert Scribe.calls == 0


def test_sound_of_another_rate_is_given_as_the_engine_wants_it(lab: Lab) -> None:
    slow = Audio(np.repeat(talk(1.0).samples, 3, axis=1), 48_000)
    assert lab.run(SCRIBE, slow).transcript.text == "call of 1.4 s"


def test_a_trace_tells_each_stage_by_an_injected_clock(lab: Lab) -> None:
    run = lab.open(CAPTIONS, talk(1.0, 1.0))
    ticks = iter(range(100_000))
    run.trace.clock = lambda: float(next(ticks))
    list(run)
    assert list(run.trace.stages) == ["vad/energy", "asr/toy", "translate/toy", "tts/toy"]
    assert run.trace.audio_seconds == pytest.approx(5.0)
    assert run.trace.wall > sum(stage.wall for stage in run.trace.stages.values()) > 0
    assert run.trace.rtf == pytest.approx(run.trace.wall / 5.0)
    assert run.trace.stages["asr/toy"].first is not None


@pytest.mark.parametrize(
    "kind", [Kind.DENOISE, Kind.DIARIZE, Kind.ALIGN, Kind.TEXT, Kind.SPEECH_TRANSLATE, Kind.CONVERT, Kind.INTERPRET]
)
@pytest.mark.parametrize("live", [False, True])
def test_every_kind_of_engine_runs_in_batch_and_live(lab: Lab, kind: Kind, live: bool) -> None:
    before = "" if kind in (Kind.SPEECH_TRANSLATE, Kind.CONVERT, Kind.INTERPRET) else '[[stage]]\nuse = "asr/toy"\n'
    consent = 'voice = "Ada"\nconsent = "my own voice"\n' if kind is Kind.CONVERT else ""
    stage = f'[[stage]]\nuse = "{kind}/toy"\n{consent}'
    pipeline = stage + before if kind is Kind.DENOISE else before + stage
    sound = talk(1.0, 2.0)
    events: list[Event] = list(lab.stream(pipeline, sound.chunks(0.25)) if live else lab.open(pipeline, sound))
    recording = Recording.of(events)
    match kind:
        case Kind.DENOISE:
            tracks = [[e.audio for e in events if isinstance(e, track)] for track in (AudioChunk, HeardChunk)]
            loudest = [max(float(np.abs(audio.samples).max()) for audio in track) for track in tracks]
            assert loudest == pytest.approx([0.5, 0.25], abs=0.01)
        case Kind.DIARIZE:
            assert recording.diarization.speakers == ("A", "B")
            assert all(segment.speaker in ("A", "B") for segment in recording.transcript)
        case Kind.ALIGN:
            assert all(len(segment.words) == 4 for segment in recording.transcript)
        case Kind.TEXT:
            assert "SECONDS OF SOUND" in recording.transcript.text
            assert all(len(segment.words) == 4 for segment in recording.transcript)
        case Kind.SPEECH_TRANSLATE:
            assert "seconds of sound" in recording.translations["en"].text
            assert not recording.transcript
        case Kind.CONVERT:
            assert sum(chunk.audio.duration for chunk in recording.synthesis) == pytest.approx(6.0)
        case Kind.INTERPRET:
            assert sum(chunk.audio.duration for chunk in recording.synthesis) == pytest.approx(6.0)
            assert "seconds of sound" in recording.translations["en"].text


def test_checkpoints_of_another_engine_version_are_not_read(lab: Lab, home: Path) -> None:
    sound = talk(2.0, 2.0, 2.0)
    events = iter(in_pieces(lab, sound))
    while not (isinstance(event := next(events), Progress) and event.stage == "piece"):
        pass
    events.close()
    [folder] = {path.parent for path in (home / "checkpoints").rglob("*.jsonl")}
    shutil.move(folder, folder.with_name("another"))
    run = in_pieces(lab, sound, resume=True)
    list(run)
    assert run.trace.resumed == 0
