"""What is drawn of a job's sound: how it is, its spectrogram, and where a detector hears speech, at any threshold."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np

from ..closing import closes
from ..engines import EngineSpec, Kind, SpeechScorer
from ..errors import AudioError, ConfigError
from ..jobs import Job
from ..lab import Lab
from ..params import check, knobs
from ..player import Peaks
from ..soundcheck import SoundCheck
from ..soundcheck.spectrogram import Spectrogram, spectrogram
from ..source import Source
from ..types import Audio, AudioChunk, Samples, Span, SpeechScores, union

Track = Literal["raw", "clean"]
T = TypeVar("T")

SHOWS = "scores"
"""The feature of a detector that shows what it decides by."""
POINTS = 1000
"""Most points of a curve on the page."""
PAIRS = 16_000
"""Pairs of the outline that are kept: an hour may be looked at second by second."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a detector made of a sound, and the outline of it."""

    scores: SpeechScores
    low: Samples
    high: Samples
    stretch: float
    """Seconds that one pair of the outline covers."""


class Pictures:
    """One for each lab that is shown on a page. What was made is kept as long as the job; one thing is made at a time,
    so that looking costs those who wait for text no more than one core. All of it raises AudioError where the sound is
    gone."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._made: WeakKeyDictionary[Job, dict[object, Any]] = WeakKeyDictionary()
        self._making = threading.Lock()

    def detectors(self) -> list[EngineSpec]:
        """Those that can be tried here, the best first."""
        there = [s for s in self._lab.engines(Kind.VAD) if SHOWS in s.features and s.local and not s.missing()]
        best = self._lab.engine(Kind.VAD).id if there else ""
        return sorted(there, key=lambda spec: (spec.id != best, spec.id))

    def check(self, job: Job) -> SoundCheck:
        """What the recording is like."""
        return self._once(job, "check", lambda: self._lab.soundcheck(job.order.sound))

    def spectrogram(self, job: Job, track: Track = "raw") -> bytes:
        """A picture, as PNG; that of the cleaned sound is as bright as that of the recording, so that both compare."""
        raw = self._once(job, "raw", lambda: _drawn(Source(job.order.sound)))
        if track == "raw":
            return self._once(job, "raw picture", raw.png)
        heard = job.heard
        if heard is None or not job.state.over:
            raise AudioError("there is no cleaned sound of this recording", hint="clean the sound first")
        return self._once(job, "clean picture", lambda: _drawn(Source(heard), raw.top).png(raw.brightest))

    def speech(
        self, job: Job, id: str | None, given: Mapping[str, Any], start: float = 0.0, end: float | None = None
    ) -> dict[str, Any]:
        """Where the detector hears speech, and by what it decides, between two times in seconds, as JSON values.

        Raises ConfigError for what is no detector that shows its scores, or no value of its options.
        """
        spec = next((spec for spec in self.detectors() if id in (None, "", spec.id)), None)
        if spec is None:
            raise ConfigError(f"there is no detector {id!r} to try", hint="reload the page")
        options = check(spec.options, given, spec.name)
        scored = self._once(job, spec.name, lambda: self._scored(job, spec))
        scores = scored.scores
        with self._lab.pool.lease(spec, spec.params()) as loaded, loaded.exclusive():
            spans = [Span(s.start, s.end) for s in cast(SpeechScorer, loaded.engine).spans(scores, options)]
        seen = Span(max(start, scores.start), max(start, min(scores.end, scores.end if end is None else end)))
        curve = _between(scores.values, scores.step, scores.start, seen, np.maximum)
        low = _between(scored.low, scored.stretch, scores.start, seen, np.minimum)
        high = _between(scored.high, scored.stretch, scores.start, seen, np.maximum)
        whole = scores.end - scores.start
        spoken = sum(span.duration for span in union(spans))
        return {
            "engine": spec.id,
            "engines": [{"id": one.id, "summary": one.summary} for one in self.detectors()],
            "knobs": [
                {**knob.card, "label": knob.label} for knob in knobs(spec.options) if knob.type in ("integer", "number")
            ],
            "values": options.model_dump(mode="json"),
            "whole": [scores.start, scores.end],
            "from": seen.start,
            "to": seen.end,
            "scores": curve,
            "low": low,
            "high": high,
            "spans": [[round(s.start, 3), round(s.end, 3)] for s in spans if s.end > seen.start and s.start < seen.end],
            "count": len(spans),
            "share": round(spoken / whole, 4) if whole else 0.0,
        }

    def _scored(self, job: Job, spec: EngineSpec) -> Scored:
        peaks = Peaks(PAIRS)

        def heard(source: Source) -> Iterator[Audio]:
            for event in source.events(spec.sample_rate):
                if isinstance(event, AudioChunk):
                    peaks.feed(event.audio)
                    yield event.audio

        chunks = heard(Source(job.order.sound))
        with self._lab.pool.lease(spec, spec.params()) as loaded, loaded.exclusive(), closes(chunks):
            scores = cast(SpeechScorer, loaded.engine).scores(chunks)
        outline = peaks.waveform()
        low, high = (np.array(side, np.float32) / np.float32(127) for side in (outline.low, outline.high))
        return Scored(scores, low, high, outline.stretch)

    def _once(self, job: Job, what: object, make: Callable[[], T]) -> T:
        """What was made before, or is made now."""
        made = self._made.setdefault(job, {})
        if what not in made:
            with self._making:
                if what not in made:
                    made[what] = make()
        return cast(T, made[what])


def _drawn(source: Source, top: float | None = None) -> Spectrogram:
    events = source.events(source.sample_rate)
    sound = (event.audio for event in events if isinstance(event, AudioChunk))
    with closes(events):
        return spectrogram(sound) if top is None else spectrogram(sound, top=top)


def _between(values: Samples, step: float, start: float, seen: Span, highest: np.ufunc) -> dict[str, Any]:
    """The values between two times, so few that they can be drawn: when the first begins, and how long each lasts."""
    if not step or not len(values):
        return {"from": seen.start, "step": 0.0, "values": []}
    first, last = int((seen.start - start) / step), int(np.ceil((seen.end - start) / step))
    shown = values[first : max(first + 1, last)]
    stretch = max(1, -(-len(shown) // POINTS))
    drawn = highest.reduceat(shown, np.arange(0, len(shown), stretch)) if len(shown) else shown
    return {"from": start + first * step, "step": step * stretch, "values": np.round(drawn, 3).tolist()}
