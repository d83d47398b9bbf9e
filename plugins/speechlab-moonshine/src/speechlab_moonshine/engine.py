"""The recognizer: utterance by utterance, in a recording or while they are said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from speechlab import Audio, ConfigError, Context, Samples, Segment, SegmentUpdate, Span

from . import WEIGHTS, MoonshineOptions, MoonshineParams
from .library import CONTEXT, HOP, RATE, Library
from .utterances import Utterances

STEP = 0.5
"""Most seconds of a stream between two looks for the end of an utterance."""
SPARSER = 10
"""A long utterance is read again only after a tenth of its length, so that no length takes more than half a core."""
QUIET = 0.001
"""Sound that stays below this is not read: of silence, the network makes words."""


class Moonshine:
    """Moonshine's English models."""

    def __init__(self, params: MoonshineParams, context: Context) -> None:
        self._library = Library(context.weights(WEIGHTS, folder=params.folder), params.model_arch)

    def transcribe(self, audio: Audio, options: MoonshineOptions) -> Iterator[Segment]:
        """All of it as one segment: what stands around a pause helps to read it."""
        _only_english(options)
        samples = _clean(audio)
        text = self._library.read(samples) if np.abs(samples).max(initial=0) > QUIET else ""
        return iter([Segment(audio.start, audio.end, text=text, language="en")] if text else [])

    def open(self, options: MoonshineOptions) -> MoonshineSession:
        """Listen to a stream."""
        _only_english(options)
        return MoonshineSession(self._library, options)

    def close(self) -> None:
        """Give the memory back."""
        self._library.close()


class MoonshineSession:
    """One stream: what is being said is read again and again, and settled when it is over."""

    def __init__(self, library: Library, options: MoonshineOptions) -> None:
        self._library = library
        self._interval = options.update_interval
        self._step = max(1, round(min(STEP, options.update_interval) * RATE / HOP)) * HOP
        self._utterances = Utterances(options.min_silence_duration_ms / 1000)
        self._origin: float | None = None
        self._tape: Samples = np.zeros(0, np.float32)
        """The end of what was looked at: the open utterance, and what the detector needs to hear again."""
        self._heard = 0
        """Samples of the stream that were looked at."""
        self._pending: Samples = np.zeros(0, np.float32)
        """Samples that wait until there is a step of them."""
        self._told: tuple[str, str] = "", ""
        """Id and text of the last update that was not final."""
        self._read_at = 0.0

    def feed(self, audio: Audio) -> list[SegmentUpdate]:
        """Hear the next chunk, of any length."""
        if self._origin is None:
            self._origin = audio.start
        pending = np.concatenate([self._pending, _clean(audio)])
        whole = len(pending) // self._step * self._step
        self._pending = pending[whole:]
        return [update for at in range(0, whole, self._step) for update in self._hear(pending[at : at + self._step])]

    def flush(self) -> list[SegmentUpdate]:
        """The stream is over; what is open is settled."""
        rest, self._pending = self._pending, self._pending[:0]
        updates = self._hear(rest, last=True) if len(rest) else []
        return updates + self._settle(self._utterances.finish(self._now))

    @property
    def _now(self) -> float:
        return self._heard / RATE

    def _hear(self, samples: Samples, *, last: bool = False) -> list[SegmentUpdate]:
        speech = self._library.speech(samples, before=self._tape[-CONTEXT:])
        began = self._now
        self._tape = np.concatenate([self._tape, samples])
        self._heard += len(samples)
        updates = self._settle(self._utterances.feed([Span(began + s.start, began + s.end) for s in speech], self._now))
        start = self._utterances.open
        if start is not None and not last:
            updates += self._peek(Span(start, self._now))
        self._forget(self._now if start is None else start)
        return updates

    def _settle(self, utterances: list[Span]) -> list[SegmentUpdate]:
        updates = []
        for span in utterances:
            segment = self._segment(span)
            if segment.text or segment.id == self._told[0]:
                updates.append(SegmentUpdate(segment=segment, final=True))
            self._read_at = span.end
        return updates

    def _peek(self, span: Span) -> list[SegmentUpdate]:
        """Read the open utterance if that is due and more was said since, and tell what changed."""
        waited = span.end - max(self._read_at, span.start)
        if waited < max(self._interval, span.duration / SPARSER) or self._utterances.spoken <= self._read_at:
            return []
        self._read_at = span.end
        segment = self._segment(span)
        if (segment.id, segment.text) == self._told or not segment.text:
            return []
        self._told = segment.id, segment.text
        return [SegmentUpdate(segment=segment, final=False)]

    def _segment(self, span: Span) -> Segment:
        origin = self._origin or 0.0
        start, end = origin + span.start, origin + span.end
        first = (self._heard - len(self._tape)) / RATE
        text = self._library.read(_between(self._tape, Span(span.start - first, span.end - first)))
        return Segment(start, end, text=text, id=f"s{round(start * 1000):08d}", language="en")

    def _forget(self, before: float) -> None:
        keep = max(CONTEXT, self._heard - int(before * RATE))
        self._tape = self._tape[-keep:]


def _clean(audio: Audio) -> Samples:
    """The sound within its bounds; what is no number is silence."""
    return np.clip(np.nan_to_num(audio.mono, posinf=0.0, neginf=0.0), -1.0, 1.0)


def _between(samples: Samples, span: Span) -> Samples:
    return samples[max(0, round(span.start * RATE)) : round(span.end * RATE)]


def _only_english(options: MoonshineOptions) -> None:
    if options.language and options.language.lower().split("-")[0] != "en":
        raise ConfigError(
            f"asr/moonshine knows English only, not {options.language!r}",
            hint="leave the language empty, or choose another recognizer, such as whisper",
        )
