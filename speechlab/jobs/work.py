"""Do one job: pull its run to the end, and keep its own account of it up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..closing import closes
from ..errors import SpeechLabError
from ..lab import Lab
from ..types import Fold, Progress, SegmentUpdate
from .job import Job, State

log = logging.getLogger(__name__)


def work(lab: Lab, job: Job, tell: Callable[[], None]) -> State:
    """Run the job until it is done, fails or is cancelled, and say which; ``tell`` is called when there is news.

    What was known when it failed or was cancelled stays in ``job.recording``.
    """
    fold = Fold()
    try:
        return _run(lab, job, fold, tell)
    except Exception as error:  # whatever a plugin raises, the queue goes on and the owner is told
        job.error = _told(error)
        return State.FAILED
    finally:
        job.recording = fold.recording()


def _run(lab: Lab, job: Job, fold: Fold, tell: Callable[[], None]) -> State:
    order = job.order
    assert job.pipeline is not None
    run = lab.open(job.pipeline, order.sound, channel=order.channel, resume=job.run is not None)
    job.run, job.trace = run, run.trace
    if order.channel == "each":
        job.pace.passes = run.source.channels
    events = iter(run)
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
                case Progress():
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
