"""What an engine heard in an utterance, as words one after the other, whether or not it tells of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..types import Segment, Span, Word
from ..types.scripts import joined, spaceless


def words(segments: Iterable[Segment]) -> list[Word]:
    """The words of the segments; where an engine tells none, they share the segment's time evenly."""
    return [word for segment in segments for word in (segment.words or evenly(segment))]


def evenly(segment: Segment) -> Sequence[Word]:
    """The text's words. In a script without spaces, each character is one."""
    texts = list(parts(segment.text))
    step = segment.duration / max(1, len(texts))
    spans = [Span(segment.start + i * step, segment.start + (i + 1) * step) for i in range(len(texts))]
    return [Word(span.start, span.end, text=text) for span, text in zip(spans, texts, strict=True)]


def text(some: Iterable[Word]) -> str:
    """Words as text."""
    return joined(word.text for word in some)


def parts(whole: str) -> Iterator[str]:
    """The words of a text, of which each character of a script without spaces is one."""
    for part in whole.split():
        run = ""
        for character in part:
            if spaceless(character):
                if run:
                    yield run
                    run = ""
                yield character
            else:
                run += character
        if run:
            yield run
