"""Cut a piece of a recording into clips that a recognizer hears at once: speech only, in silence where it can."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, groupby, pairwise

from ..types import Audio, Segment, Span, Word
from ..types.scripts import joined

FRAME = 0.02
"""Seconds over which loudness is measured when a cut must fall inside speech."""
BREATH = 1.0
"""Seconds of silence over which a speaker goes on with the same sentence."""
JOINT = 0.5
"""Seconds of silence that stay between two stretches in one clip; of a longer one nothing stays but their padding."""


@dataclass(frozen=True)
class Clip:
    """Stretches of a recording, one after the other without the silence between them."""

    audio: Audio
    parts: tuple[Span, ...]
    """Where each stretch lies in the recording."""

    @property
    def end(self) -> float:
        """Where its last stretch ends in the recording."""
        return self.parts[-1].end

    def restored(self, segment: Segment) -> Iterator[Segment]:
        """A segment of the clip on the recording's timeline; parted where a silence was left out between its words."""
        if len(self.parts) == 1:
            yield segment
            return
        words = [self._word(word) for word in segment.words]
        if not words:
            yield replace(segment, start=self._start(segment.start), end=self._end(segment.end))
            return
        for _, some in groupby(zip(segment.words, words, strict=True), key=lambda pair: self._home(pair[0])):
            run = [placed for _, placed in some]
            text = segment.text if len(run) == len(words) else joined(word.text for word in run)
            yield replace(segment, start=run[0].start, end=run[-1].end, text=text, words=tuple(run))

    def twin(self, audio: Audio) -> Audio | None:
        """The same stretches of another track of the recording; None where it does not hold all of them."""
        sounds = [audio.crop(part.start, part.end) for part in self.parts]
        whole = all(part.duration - sound.duration <= FRAME for part, sound in zip(self.parts, sounds, strict=True))
        return replace(Audio.join(sounds), start=self.audio.start) if whole else None

    @cached_property
    def _offsets(self) -> list[float]:
        lengths = accumulate((part.duration for part in self.parts[:-1]), initial=self.audio.start)
        return list(lengths)

    def _part(self, time: float) -> int:
        return max(0, bisect_right(self._offsets, time) - 1)

    def _start(self, time: float) -> float:
        part = self._part(time)
        return min(self.parts[part].start + max(0.0, time - self._offsets[part]), self.parts[part].end)

    def _end(self, time: float) -> float:
        part = max(0, bisect_left(self._offsets, time) - 1)
        return min(self.parts[part].start + max(0.0, time - self._offsets[part]), self.parts[part].end)

    def _home(self, word: Word) -> int:
        """The stretch that holds most of a word: what recognizers tell of the first word behind a pause often begins
        where the last one before it ended."""
        first, last = self._part(word.start), self._part(word.end)
        edges = [word.start, *self._offsets[first + 1 : last + 1], word.end]
        shares = [end - start for start, end in pairwise(edges)]
        return first + shares.index(max(shares))

    def _word(self, word: Word) -> Word:
        part, offset = self.parts[home := self._home(word)], self._offsets[home]
        start, end = (part.start + min(max(0.0, time - offset), part.duration) for time in (word.start, word.end))
        return replace(word, start=start, end=end)


def clips(
    audio: Audio, speech: Iterable[Span], window: float, *, share: bool = False, breath: float = BREATH
) -> Iterator[Clip]:
    """Clips of at most ``window`` seconds that together hold all the speech, in order.

    Stretches of speech with no more than a breath between them are heard together, with that silence. ``share``: others
    share a clip too, without the silence between them, since some recognizers pay for a whole window however little is
    in it. Speech longer than the window is cut where it is quietest.
    """
    held: list[Span] = []
    for span in stretches(audio, speech, window, JOINT if share else breath):
        if held and (not share or sum(part.duration for part in held) + span.duration > window):
            yield _clip(audio, held)
            held = []
        held.append(span)
    if held:
        yield _clip(audio, held)


def stretches(audio: Audio, speech: Iterable[Span], window: float, gap: float) -> Iterator[Span]:
    """The speech as spans of at most ``window`` seconds; those with up to ``gap`` seconds between them are joined."""
    for span in packed(speech, window, gap):
        while span.duration > window:
            cut = quietest(audio, span.start + window / 2, span.start + window)
            yield Span(span.start, cut)
            span = Span(cut, span.end)
        if span & Span(audio.start, audio.end):
            yield span


def packed(speech: Iterable[Span], window: float, gap: float) -> Iterator[Span]:
    """Spans in order, each joined with its followers while the whole fits ``window`` and no silence exceeds ``gap``."""
    held: Span | None = None
    for span in speech:
        if held is not None and span.start - held.end <= gap and (held | span).duration <= window:
            held = held | span
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def quietest(audio: Audio, start: float, end: float, over: float = FRAME) -> float:
    """The time between ``start`` and ``end`` at which the sound is least loud, ``over`` so many seconds; ``end`` where
    all is equal."""
    part = audio.crop(start, end)
    step = max(1, round(over * part.sample_rate))
    frames = part.frames // step
    if frames < 1:
        return end
    loudness = (part.mono[: frames * step].reshape(frames, step) ** 2).mean(axis=1)
    if loudness.min() == loudness.max():
        return end
    return part.start + (int(loudness.argmin()) + 0.5) * step / part.sample_rate


def _clip(audio: Audio, spans: list[Span]) -> Clip:
    """The sound of these spans; each is told as it was cut, to the sample, so that no error adds up."""
    sounds = [sound for span in spans if (sound := audio.crop(span.start, span.end)).frames]
    return Clip(Audio.join(sounds), tuple(Span(sound.start, sound.end) for sound in sounds))
