"""The queue: whose turn it is, what a job tells of itself, and what is left of it afterwards."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from speechlab import (
    Audio,
    AudioError,
    EngineNotFound,
    EngineSpec,
    Kind,
    Lab,
    OutputError,
    Params,
    Segment,
    SpeechLabError,
    hookimpl,
    media,
)
from speechlab.jobs import Job, Jobs, Order, Pace, State, Upload, Uploads
from speechlab.types import Progress

SOON = 60.0
"""Seconds after which a test gives up."""
RATE = 16_000


class Gate(Params):
    """No parameters."""


class Gated:
    """A recognizer that waits to be let through each stretch of sound, and fails when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.open = threading.Semaphore(0)
        self.heard: list[float] = []
        self.fail: Exception | None = None

    def __call__(self, params: Params, context: object) -> Gated:
        return self

    def transcribe(self, audio: Audio, options: Params) -> Iterator[Segment]:
        self.begun.release()
        assert self.open.acquire(timeout=SOON)
        self.heard.append(audio.start)
        if self.fail:
            raise self.fail
        yield Segment(audio.start, audio.end, text=f"said at {audio.start:.0f}", language="en")

    def let(self, stretches: int) -> None:
        for _ in range(stretches):
            self.open.release()


class Plugin:
    """Registers gated engines under some ids."""

    def __init__(self, **engines: Gated) -> None:
        self.engines = engines

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, engine in self.engines.items():
            register(EngineSpec(id=id, kind=Kind.ASR, load=engine, license="Apache-2.0", summary="For a test."))


class Desk:
    """A lab with two gated engines, and somebody who hands in recordings."""

    def __init__(self, home: Path) -> None:
        self.one, self.two = Gated(), Gated()
        self.lab = Lab(Plugin(one=self.one, two=self.two), discover=False, home=home)
        self.now = 0.0
        self.jobs = Jobs(self.lab, clock=lambda: self.now)
        self.home = home

    def order(self, name: str = "talk", engine: str = "one", seconds: float = 10.0, **how: object) -> Order:
        sound = Audio(tones(seconds), RATE)
        return Order(name=name, sound=sound, pipeline=self.lab.transcription(engine), **how)  # type: ignore[arg-type]

    def submit(self, owner: str = "ann", name: str = "talk", **how: object) -> Job:
        return self.jobs.submit(owner, self.order(name, **how))  # type: ignore[arg-type]


def tones(seconds: float) -> np.ndarray:
    """Sound that lasts 2 s and pauses for 1 s, again and again."""
    at = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 440 * at) * (at % 3 < 2)).astype(np.float32)


def settled(job: Job) -> Job:
    """The job, once it is over."""
    return job.over.result(SOON)


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    desk = Desk(home)
    yield desk
    desk.one.let(100)
    desk.two.let(100)
    desk.jobs.close()


def test_a_job_tells_its_way_from_waiting_to_done(desk: Desk) -> None:
    states: list[State] = []
    unwatch = desk.jobs.watch(lambda job: states.append(job.state))
    desk.one.let(9)
    job = settled(desk.submit())
    unwatch()
    assert list(dict.fromkeys(states)) == [State.WAITING, State.LOADING, State.RUNNING, State.DONE]
    assert job.recording is not None
    assert job.recording.transcript.text == job.saying == "said at 0"
    assert job.recording.transcript.language == "en"
    assert (job.pace.done, job.pace.total) == (10.0, 10.0)
    assert job.trace is not None
    assert job.trace.rtf is not None


def test_an_engine_works_on_one_job_at_a_time_and_another_engine_on_its_own(desk: Desk) -> None:
    first, second, other = desk.submit(), desk.submit(), desk.submit(engine="two")
    assert desk.one.begun.acquire(timeout=SOON)
    assert desk.two.begun.acquire(timeout=SOON)
    assert (first.state, second.state, other.state) == (State.RUNNING, State.WAITING, State.RUNNING)
    desk.one.let(1)
    settled(first)
    assert desk.one.begun.acquire(timeout=SOON)
    desk.one.let(1)
    assert settled(second).state is State.DONE


def test_nobody_waits_behind_all_the_files_of_another(desk: Desk) -> None:
    ended: queue.Queue[str] = queue.Queue()
    jobs = [desk.submit("ann", f"ann {n}") for n in range(3)] + [desk.submit("bob", "bob")]
    for job in jobs:
        job.over.add_done_callback(lambda future: ended.put(future.result().order.name))
    desk.one.let(4)
    assert [ended.get(timeout=SOON) for _ in jobs] == ["ann 0", "bob", "ann 1", "ann 2"]


def test_a_waiting_job_is_cancelled_at_once(desk: Desk) -> None:
    desk.submit()
    assert desk.one.begun.acquire(timeout=SOON)
    waiting = desk.submit()
    desk.jobs.cancel(waiting)
    assert waiting.state is State.CANCELLED
    assert waiting.over.done()


def test_a_running_job_is_cancelled_after_the_stretch_its_engine_is_busy_with(desk: Desk) -> None:
    job = desk.submit(seconds=95)
    desk.one.let(1)
    for _ in range(2):
        assert desk.one.begun.acquire(timeout=SOON)
    desk.jobs.cancel(job)
    assert job.stopping
    desk.one.let(1)
    assert settled(job).state is State.CANCELLED
    assert len(desk.one.heard) == 2
    assert not job.stopping
    assert job.recording is not None
    assert job.recording.transcript.text == "said at 0"  # what was known is kept


def test_what_an_engine_raises_is_told_and_a_retry_goes_on_where_it_stopped(desk: Desk) -> None:
    desk.one.let(99)
    order = desk.order(seconds=400)
    whole = settled(desk.jobs.submit("ann", order)).recording
    heard = len(desk.one.heard)

    desk.one.heard.clear()
    desk.one.open = threading.Semaphore(0)
    job = desk.jobs.submit("ann", order)
    desk.one.let(heard - 1)
    while len(desk.one.heard) < heard - 1:
        assert desk.one.begun.acquire(timeout=SOON)
    desk.one.fail = AudioError("the drive is gone", hint="plug it in again")
    desk.one.let(1)
    assert settled(job).state is State.FAILED
    assert str(job.error) == "the drive is gone"
    assert job.error is not None
    assert job.error.hint == "plug it in again"

    desk.one.fail = None
    desk.one.heard.clear()
    desk.one.let(99)
    desk.jobs.retry(job)
    assert settled(job).state is State.DONE
    assert job.error is None
    assert job.recording == whole
    assert 0 < len(desk.one.heard) < heard


def test_a_retry_with_another_pipeline_leaves_nothing_of_the_first(desk: Desk) -> None:
    job = desk.submit(seconds=400)
    for _ in range(9):
        assert desk.one.begun.acquire(timeout=SOON)
        desk.one.let(1)
    assert any(desk.home.glob("checkpoints/**/*.jsonl"))
    desk.jobs.cancel(job)
    desk.one.let(9)
    settled(job)
    desk.two.let(99)
    desk.jobs.retry(job, Order(name="talk", sound=job.order.sound, pipeline=desk.lab.transcription("two")))
    assert settled(job).state is State.DONE
    assert job.lane == "asr/two"
    assert not any(desk.home.glob("checkpoints/**/*"))


def test_what_nobody_foresaw_is_one_sentence_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.lab, "open", lambda *args, **how: 1 / 0)
    job = settled(desk.submit())
    assert job.state is State.FAILED
    assert type(job.error) is SpeechLabError
    assert "ZeroDivisionError" in str(job.error)
    assert job.error.hint


def test_an_order_that_cannot_be_carried_out_fails_at_once_and_can_be_mended(desk: Desk) -> None:
    wrong = Order(name="talk", sound=Audio(tones(10), RATE), pipeline={"stage": [{"use": "asr/ones"}]})
    job = desk.jobs.submit("ann", wrong)
    assert job.state is State.FAILED
    assert isinstance(job.error, EngineNotFound)
    assert job.error.hint == "did you mean 'one'?"
    desk.one.let(1)
    desk.jobs.retry(job, desk.order())
    assert settled(job).state is State.DONE


def test_a_job_that_is_done_or_runs_is_not_retried(desk: Desk) -> None:
    desk.one.let(1)
    job = settled(desk.submit())
    desk.jobs.retry(job)
    assert job.state is State.DONE


def test_jobs_are_their_owners_alone(desk: Desk) -> None:
    job = desk.submit("ann")
    assert desk.jobs.of("ann") == [job]
    assert desk.jobs.of("bob") == []
    assert desk.jobs.get("ann", job.id) is job
    for owner, id in [("bob", job.id), ("ann", "unknown")]:
        with pytest.raises(LookupError):
            desk.jobs.get(owner, id)


def test_a_removed_job_leaves_nothing_behind(desk: Desk) -> None:
    released = threading.Event()
    order = desk.order(seconds=400)
    job = desk.jobs.submit("ann", order, release=released.set)
    for _ in range(8):
        assert desk.one.begun.acquire(timeout=SOON)
        desk.one.let(1)
    assert desk.one.begun.acquire(timeout=SOON)
    assert any(desk.home.glob("checkpoints/**/*.jsonl"))
    desk.jobs.remove(job)
    assert desk.jobs.of("ann") == []
    assert not released.is_set()  # its engine still reads the sound
    desk.one.let(9)
    settled(job)
    assert released.wait(SOON)
    assert not any(desk.home.glob("checkpoints/**/*"))


def test_a_job_that_is_removed_while_its_thread_is_made_keeps_its_sound_until_it_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    over: queue.Queue[bool] = queue.Queue()
    blocking = desk.submit("bob")
    assert desk.one.begun.acquire(timeout=SOON)
    job = desk.jobs.submit("ann", desk.order(), release=lambda: over.put(job.over.done()))
    remover = threading.Thread(target=desk.jobs.remove, args=(job,))
    made = threading.Thread.__init__

    def slowly(self: threading.Thread, *args: object, **how: object) -> None:
        made(self, *args, **how)  # type: ignore[arg-type]
        monkeypatch.setattr(threading.Thread, "__init__", made)
        remover.start()
        remover.join(0.2)

    monkeypatch.setattr(threading.Thread, "__init__", slowly)
    desk.one.let(9)
    settled(blocking)
    assert over.get(timeout=SOON)
    assert settled(job).state is State.CANCELLED


def test_what_ended_long_ago_is_forgotten_unless_its_owner_is_there(desk: Desk) -> None:
    desk.one.let(2)
    for owner in ("ann", "bob"):
        settled(desk.submit(owner))
    desk.now = desk.jobs.keep_for + 1
    desk.jobs.touch("bob")
    desk.jobs.sweep()
    assert desk.jobs.of("ann") == []
    assert len(desk.jobs.of("bob")) == 1


def test_each_channel_counts_as_sound_to_be_done(desk: Desk) -> None:
    desk.one.let(2)
    order = desk.order(channel="each")
    stereo = Audio(np.stack([tones(10), tones(10)]), RATE)
    job = desk.jobs.submit("ann", Order(name="call", sound=stereo, pipeline=order.pipeline, channel="each"))
    assert settled(job).state is State.DONE
    assert (job.pace.done, job.pace.total) == (20.0, 20.0)


def test_what_takes_time_is_noted_with_the_job_whose_thread_told_it(desk: Desk) -> None:
    lab, notes = desk.lab, []
    jobs = lab.jobs
    lab.pool.context.report("nobody is working")
    jobs.watch(lambda job: notes.append(job.note))

    def load(params: Params, context: object) -> Gated:
        lab.pool.context.report("downloading")
        desk.two.let(1)
        return desk.two

    spec = lab.plugins.engine(Kind.ASR, "two")
    object.__setattr__(spec, "load", load)
    job = settled(jobs.submit("ann", desk.order(engine="two")))
    assert "downloading" in notes
    assert "nobody is working" not in notes
    assert job.note == ""
    lab.close()


def test_closing_ends_every_job_and_deletes_every_upload(desk: Desk) -> None:
    upload = desk.jobs.uploads.new("ann", "talk.wav")
    desk.jobs.uploads.write(upload, b"sound")
    running, waiting = desk.submit(), desk.submit()
    assert desk.one.begun.acquire(timeout=SOON)
    desk.one.let(1)
    desk.jobs.close()
    assert settled(waiting).state is State.CANCELLED
    assert settled(running).state.over
    assert not upload.path.exists()
    assert not upload.path.parents[1].exists()


def test_an_upload_is_its_senders_alone_and_goes_with_its_last_user(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    upload = uploads.new("ann", "../my talk.m4a")
    uploads.write(upload, b"so")
    uploads.write(upload, b"und")
    assert upload.path.read_bytes() == b"sound"
    assert upload.path.name == "my talk.m4a"
    assert uploads.get("ann", upload.id) is uploads.find(upload.id) is upload
    with pytest.raises(LookupError):
        uploads.get("bob", upload.id)
    first, second = uploads.hold(upload), uploads.hold(upload)
    first()
    assert upload.path.exists()
    second()
    assert not upload.path.exists()
    with pytest.raises(LookupError):
        uploads.get("ann", upload.id)
    uploads.close()
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_nobody_uses_is_swept_away_once_nothing_more_arrives(tmp_path: Path) -> None:
    now = 0.0
    uploads = Uploads(tmp_path, patience=60, clock=lambda: now)
    used, arriving, forgotten = (uploads.new("ann", name) for name in ("a.wav", "b.wav", "c.wav"))
    for upload in (used, arriving, forgotten):
        uploads.write(upload, b"sound")
    uploads.hold(used)
    now = 50
    uploads.write(arriving, b"more")
    now = 100
    uploads.sweep()
    assert (used.path.exists(), arriving.path.exists(), forgotten.path.exists()) == (True, True, False)
    uploads.close()


def test_what_a_killed_process_left_is_deleted_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    for name, age in (("dead", 7200), ("alive", 600)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "talk.wav").write_bytes(b"sound")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    uploads = Uploads(tmp_path)
    uploads.new("ann", "a.wav")
    assert not (tmp_path / "dead").exists()
    assert (tmp_path / "alive" / "talk.wav").exists()
    uploads.close()


def test_an_upload_that_finds_no_place_says_so(tmp_path: Path) -> None:
    taken = tmp_path / "uploads"
    taken.write_text("not a folder")
    with pytest.raises(OutputError, match="no place for uploads"):
        Uploads(taken).new("ann", "a.wav")
    uploads = Uploads(tmp_path / "elsewhere")
    upload = uploads.new("ann", "a.wav")
    upload.path.mkdir()  # it cannot be written, as on a full disk
    with pytest.raises(OutputError, match=r"a\.wav could not be stored"):
        uploads.write(upload, b"sound")
    uploads.close()


def test_pace_does_not_count_what_came_from_checkpoints() -> None:
    now = 0.0
    pace = Pace(clock=lambda: now)
    pace.start()
    pace.hear(Progress("piece", 200.0, 600.0), resumed=1)
    assert pace.speed is None
    assert pace.left is None
    now = 10.0
    pace.hear(Progress("piece", 400.0, 600.0), resumed=1)
    assert (pace.speed, pace.left) == (20.0, 10.0)


def test_pace_of_a_recording_of_unknown_length_has_no_end() -> None:
    now = 0.0
    pace = Pace(clock=lambda: now)
    pace.start()
    now = 2.0
    pace.hear(Progress("piece", 30.0, None))
    assert (pace.speed, pace.total, pace.left) == (15.0, None, None)


# -- the sound for the ear -----------------------------------------------------------------------------------------


def cleaning(desk: Desk, *, channels: int = 1, **how: object) -> Order:
    """An order that cleans the sound with the toy, which halves it."""
    pipeline = {"stage": [{"use": "denoise/toy"}, {"use": "asr/one"}]}
    sound = Audio(np.tile(tones(10.0), (channels, 1)), RATE)
    return Order(name="talk.m4a", sound=sound, pipeline=pipeline, **how)  # type: ignore[arg-type]


def test_the_sound_for_the_ear_is_there_when_the_job_is_done_and_goes_with_it(desk: Desk) -> None:
    job = desk.jobs.submit("ann", cleaning(desk))
    assert desk.one.begun.acquire(timeout=SOON)
    assert job.heard is None
    desk.one.let(9)
    settled(job)
    assert job.heard is not None
    assert job.heard.name == "talk.clean.flac"
    heard = media.decode(job.heard)
    np.testing.assert_allclose(heard.mono, tones(10.0) / 2, atol=1e-3)
    assert job.heard_start == 0.0
    desk.now += 10_000
    desk.jobs.touch("ann")
    desk.jobs.sweep()
    assert job.heard.exists()
    desk.jobs.remove(job)
    assert not job.heard.parent.exists()


def test_where_silence_was_trimmed_the_sound_for_the_ear_tells_where_it_begins(desk: Desk) -> None:
    sound = Audio(np.concatenate([np.zeros(3 * RATE, np.float32), tones(10.0)]), RATE)
    stages = [{"use": "denoise/toy"}, {"use": "prepare/trim"}, {"use": "asr/one"}]
    desk.one.let(9)
    job = settled(desk.jobs.submit("ann", Order(name="talk", sound=sound, pipeline={"stage": stages})))
    assert job.heard is not None
    assert 2.0 < job.heard_start < 3.0
    heard = media.decode(job.heard)
    first = round(job.heard_start * RATE)
    np.testing.assert_allclose(heard.mono, sound.mono[first : first + heard.frames] / 2, atol=1e-3)


def test_each_channel_that_is_heard_alone_is_a_channel_of_the_sound_for_the_ear(desk: Desk) -> None:
    desk.one.let(9)
    job = settled(desk.jobs.submit("ann", cleaning(desk, channels=2, channel="each")))
    assert job.heard is not None
    assert media.decode(job.heard).samples.shape == (2, 10 * RATE)


def test_a_job_that_fails_or_is_cancelled_leaves_no_sound(desk: Desk) -> None:
    desk.one.fail = RuntimeError("out of memory")
    desk.one.let(9)
    job = settled(desk.jobs.submit("ann", cleaning(desk)))
    assert (job.state, job.heard) == (State.FAILED, None)
    assert job.place is not None
    assert list(job.place.path.parent.iterdir()) == []
    desk.one.fail = None
    desk.jobs.retry(job)
    assert settled(job).heard == job.place.path
    assert job.place.path.exists()


def test_a_job_without_a_denoiser_has_no_sound_for_the_ear(desk: Desk) -> None:
    desk.one.let(9)
    job = settled(desk.submit())
    assert (job.heard, job.place) == (None, None)


def test_where_the_sound_cannot_be_kept_the_text_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(owner: str, name: str) -> Upload:
        raise OutputError("the disk is full", hint="free some space")

    monkeypatch.setattr(desk.jobs.uploads, "new", full)
    desk.one.let(9)
    job = settled(desk.jobs.submit("ann", cleaning(desk)))
    assert (job.state, job.heard) == (State.DONE, None)
    assert job.saying == "said at 0"
