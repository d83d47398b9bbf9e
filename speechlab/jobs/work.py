"""Do one job: pull its run to the end, and keep its own account of it up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..closing import closes
from ..errors import SpeechLabError
from ..heard import HeardFile
from ..lab import Lab
from ..types import Audio, AudioChunk, Fold, HeardChunk, Progress, SegmentUpdate
from .job import Job, State

log = logging.getLogger(__name__)


def work(lab: Lab, job: Job, tell: Callable[[], None], place: Callable[[], Path]) -> State:
    """Run the job until it is done, fails or is cancelled, and say which; ``tell`` is called when there is news.

    What was known when it failed or was cancelled stays in ``job.recording``. ``place`` says where its sound for the
    ear is written, if there is any.
    """
    fold = Fold()
    try:
        with closing(_Hearing(place)) as hearing:
            state = _run(lab, job, fold, hearing, tell)
            if state is State.DONE:
                job.heard, job.heard_start = hearing.finish()
            return state
    except Exception as error:  # whatever a plugin raises, the queue goes on and the owner is told
        job.error = _told(error)
        return State.FAILED
    finally:
        job.recording = fold.recording()


class _Hearing:
    """The sound for the ear. Where it cannot be written, the text is worth more: the job goes on without it."""

    def __init__(self, place: Callable[[], Path]) -> None:
        self._place = place
        self._file: HeardFile | None = None
        self._failed = False

    def hear(self, audio: Audio) -> None:
        if not self._failed:
            with self._minding():
                self._file = self._file or HeardFile(self._place())
                self._file.append(audio)

    def next_channel(self) -> None:
        if self._file is not None:
            self._file.next_channel()

    def finish(self) -> tuple[Path | None, float]:
        """The file, and where on the timeline it begins."""
        if self._file is not None and not self._failed:
            with self._minding():
                return self._file.finish(), self._file.start
        return None, 0.0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @contextmanager
    def _minding(self) -> Iterator[None]:
        try:
            yield
        except SpeechLabError as error:
            self._failed = True
            log.warning("the sound for the ear is not kept: %s", error)


def _run(lab: Lab, job: Job, fold: Fold, hearing: _Hearing, tell: Callable[[], None]) -> State:
    order = job.order
    assert job.pipeline is not None
    run = lab.open(job.pipeline, order.sound, channel=order.channel, resume=job.run is not None)
    job.run, job.trace = run, run.trace
    if order.channel == "each":
        job.pace.passes = run.source.channels
    events, cleaned = iter(run), job.pipeline.cleans
    with closes(events):
        for event in events:
            if job.stopping:
                return State.CANCELLED
            if job.state is State.LOADING:
                job.state, job.note = State.RUNNING, ""
                job.pace.start()
                tell()
            fold.apply(event)
            job.hear(event)
            match event:
                case HeardChunk(audio):
                    hearing.hear(audio)
                case AudioChunk(audio) if cleaned:
                    hearing.hear(audio)
                case Progress(stage=stage):
                    if stage == "start":
                        hearing.next_channel()
                    job.pace.hear(event, run.trace.resumed)
                    tell()
                case SegmentUpdate(segment=segment, target=None) if not segment.suspect:
                    job.saying = segment.text.strip() or job.saying
                    tell()
                case _:
                    pass
    return State.DONE


def _told(error: Exception) -> SpeechLabError:
    """The error for the job's owner; what nobody foresaw is logged, for whoever runs the lab."""
    if isinstance(error, SpeechLabError):
        return error
    log.error("a job failed", exc_info=error)
    told = SpeechLabError(
        f"something unforeseen went wrong: {type(error).__name__}: {error}",
        hint="try again; the lab's log has the details",
    )
    told.__cause__ = error
    return told
