"""Sentences that go on from one cue to the next, made whole to be translated, and shared out to their cues again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..formats.alongside import reach, shared
from ..formats.layout import text as told
from ..formats.tokens import SENTENCE, tokens
from ..types import Recording, Segment, Transcript
from ..types.scripts import joined
from .cue import DASHES

LONGEST = 400
"""Characters after which a sentence is taken as it is, though it does not end."""
PUNCTUATED = 0.3
"""Of so many of the texts the ends must be marked, or else nothing is known of where sentences end: Japanese and Thai
subtitles mark none, songs hardly any."""
PAUSE = 2.0
"""Seconds without text that end a sentence."""
BOTH = 0.3
"""Seconds that two cues may be shown together and still follow each other."""
_ASIDE = ("♪", "]", ")")
"""With these songs and sounds end, which are no part of a sentence."""


@dataclass(frozen=True)
class Whole:
    """The segments of a recording, put together so that each holds whole sentences."""

    parts: tuple[tuple[Segment, ...], ...]
    language: str | None = None

    @classmethod
    def of(cls, recording: Recording) -> Whole:
        """Put together what goes on."""
        segments = [segment for segment in recording.transcript if segment.text.strip()]
        marked = sum(_ends(segment) for segment in segments)
        if marked < PUNCTUATED * len(segments):
            return cls(tuple((segment,) for segment in segments), recording.transcript.language)
        return cls(tuple(map(tuple, _together(segments))), recording.transcript.language)

    @property
    def recording(self) -> Recording:
        """A segment for each, with the id of its first part."""
        whole = [replace(part[0], end=max(one.end for one in part), text=_text(part), words=()) for part in self.parts]
        end = max((segment.end for segment in whole), default=0.0)
        return Recording(Transcript(tuple(whole), self.language), duration=end)

    def apart(self, track: Iterable[Segment]) -> Iterator[Segment]:
        """A translation of :attr:`recording`, as a segment for each part again: each as much as it had of the whole."""
        said = {part[0].id: part for part in self.parts}
        for segment in track:
            part = said.get(segment.id, ())
            if len(part) < 2:
                yield segment
                continue
            words = tokens(replace(segment, words=()))
            places = reach([token for one in part for token in tokens(one)], words)
            sizes = [len(tokens(one)) for one in part]
            ends = [sum(sizes[: number + 1]) for number in range(len(sizes) - 1)]
            for one, share in zip(part, shared(words, [places[end - 1] for end in ends]), strict=True):
                text = " ".join(told((share,))) if share else ""
                yield replace(segment, id=one.id, start=one.start, end=one.end, text=text)


def _together(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    part: list[Segment] = []
    for segment in segments:
        if part and not _goes_on(part, segment):
            yield part
            part = []
        part.append(segment)
    if part:
        yield part


def _goes_on(part: list[Segment], after: Segment) -> bool:
    before = part[-1]
    alike = _kind(before) == _kind(after)
    several = "\n" in before.text or "\n" in after.text
    near = before.end - BOTH <= after.start <= before.end + PAUSE
    short = sum(len(one.text) for one in part) + len(after.text) <= LONGEST
    begins = after.text.startswith((*DASHES, "♪", "[", "("))
    return alike and near and short and not (several or begins or _ends(before))


def _kind(segment: Segment) -> tuple[object, ...]:
    return segment.speaker, segment.language, segment.extra.get("style")


def _ends(segment: Segment) -> bool:
    words = tokens(segment)
    return bool(words) and (words[-1].stop == SENTENCE or segment.text.rstrip().endswith(_ASIDE))


def _text(part: tuple[Segment, ...]) -> str:
    return part[0].text if len(part) == 1 else joined(one.text for one in part)
