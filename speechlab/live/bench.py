"""``speechlab live-bench``: recordings heard live by one engine, and how that compares with the batch run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..engines import Kind, StreamingRecognizer
from ..errors import AudioError
from ..lab import Lab
from ..matching import spoken, word_errors
from ..pipeline import Pipeline, Step
from ..stages.wording import words
from ..types import Audio, Recording, Word
from .latency import Latency, latency
from .replay import Told, chunks, in_real_time, simulated
from .simulated import measured, none

Clock = Literal["real", "measured", "none"]
"""Real time; simulated, on which work takes the processor time that it needs; simulated, on which it takes none."""
WITHIN = 0.01
"""Word error rate that may be given up for text that is certain earlier."""
RULE = "the first to commit (median) among those within one point of the best word error rate"


@dataclass(frozen=True)
class Talk:
    """A recording, and what is known of it before it is heard live."""

    path: Path
    batch: Recording
    """What the same pipeline makes of it in batch."""
    words: tuple[Word, ...]
    """What is said, with times."""
    timed_by: str
    """Where those times are from."""
    text: str | None = None
    """What is said, as somebody wrote it down."""

    @property
    def reference(self) -> str:
        """What live text is compared with."""
        return self.batch.transcript.text if self.text is None else self.text


@dataclass
class Report:
    """What one pipeline did."""

    policy: str | None
    """How it commits words; None for an engine that decides by itself."""
    clock: Clock
    reference: str
    """What word error rates are counted against."""
    timed_by: str
    latency: Latency = field(default_factory=Latency)
    seconds: float = 0.0
    """Of sound."""
    cpu: float = 0.0
    """Seconds of processor time."""
    words: int = 0
    """Of the reference."""
    errors: int = 0
    batch_errors: int = 0

    @property
    def wer(self) -> float | None:
        """The word error rate; None where nothing is said."""
        return round(self.errors / self.words, 4) if self.words else None

    @property
    def told(self) -> dict[str, Any]:
        """As JSON values."""
        batch = round(self.batch_errors / self.words, 4) if self.words and self.reference != "batch" else None
        return {
            **self.latency.told,
            "wer": self.wer,
            "wer_batch": batch,
            "cpu_per_audio_s": round(self.cpu / self.seconds, 3) if self.seconds else None,
            "policy": self.policy,
            "clock": self.clock,
            "reference": self.reference,
            "timed_by": self.timed_by,
            "words": self.words,
            "seconds": round(self.seconds, 2),
        }


def talk(lab: Lab, pipeline: Pipeline, path: Path, text: str | None = None, timed_by: str | None = None) -> Talk:
    """Hear a recording in batch. ``timed_by``: the recognizer that tells when words are said, where the pipeline's own
    does not. Raises SpeechLabError."""
    batch = lab.run(pipeline, path)
    source, timing = recognizer(pipeline).spec.id, batch
    if not _timed(batch) and timed_by not in (None, source):
        source, timing = str(timed_by), lab.transcribe(path, timed_by)
    if not _timed(timing):
        source, timing = "words spread evenly over their segments", batch
    return Talk(path, batch, tuple(words(timing.transcript.spoken)), source, text)


def timer(lab: Lab) -> str | None:
    """A recognizer that tells when words are said; None where none is installed."""
    specs = [spec for spec in lab.engines(Kind.ASR) if "word_times" in spec.features and "toy" not in spec.features]
    ids = [spec.id for spec in specs if spec.local and not spec.missing()]
    return "whisper" if "whisper" in ids else next(iter(ids), None)


def recognizer(pipeline: Pipeline) -> Step:
    """The step that is looked at."""
    return next(step for step in pipeline.steps if step.spec.kind is Kind.ASR)


def policy(lab: Lab, pipeline: Pipeline) -> str | None:
    """How the recognizer's words are committed; None for one that streams, which decides by itself."""
    step = recognizer(pipeline.for_live())
    with lab.pool.lease(step.spec, step.params) as loaded:
        streams = isinstance(loaded.engine, StreamingRecognizer)
    return None if streams else str(getattr(step.lift_options, "commit", None))


def bench(lab: Lab, pipeline: Pipeline, talks: Sequence[Talk], clock: Clock, workers: int) -> Report:
    """Hear the recordings live, one after the other. Raises SpeechLabError."""
    against = "text" if any(talk.text is not None for talk in talks) else "batch"
    timed_by = ", ".join(sorted({talk.timed_by for talk in talks}))
    report = Report(policy(lab, pipeline), clock, against, timed_by)
    for _ in _replayed(lab, pipeline, (), clock, workers):
        pass  # the engines are loaded
    for talk in talks:
        sound = list(chunks(talk.path))
        if not sound:
            raise AudioError(f"there is no sound in {talk.path}", hint="give another recording")
        began = time.process_time()
        told = list(_replayed(lab, pipeline, sound, clock, workers))
        report.cpu += time.process_time() - began
        report.seconds += sound[-1].end
        report.latency += latency(told, talk.words)
        right = spoken(talk.reference)
        report.words += len(right)
        report.errors += word_errors(right, spoken(Recording.of(one.event for one in told).transcript.text))
        report.batch_errors += word_errors(right, spoken(talk.batch.transcript.text))
    return report


def best(reports: Sequence[Report]) -> Report:
    """The one to choose, by :data:`RULE`."""
    lowest = min(report.wer or 0.0 for report in reports)
    good = [report for report in reports if (report.wer or 0.0) <= lowest + WITHIN]
    return min(good, key=lambda report: report.latency.told["committed_s"]["p50"] or 0.0)


def _replayed(lab: Lab, pipeline: Pipeline, sound: Iterable[Audio], clock: Clock, workers: int) -> Iterator[Told]:
    if clock == "real":
        return in_real_time(lab, pipeline, sound)
    return simulated(lab, pipeline, sound, workers=workers, cost=measured if clock == "measured" else none)


def _timed(recording: Recording) -> bool:
    return any(segment.words for segment in recording.transcript)
