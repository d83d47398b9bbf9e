"""Sentences that go on from one segment to the next: made whole to be translated, and shared out to them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..formats import layout
from ..formats.alongside import reach, shared
from ..formats.text import DASHES
from ..formats.tokens import SENTENCE, tokens
from ..types import Segment
from ..types.scripts import joined

LONGEST = 400
"""Characters after which a sentence is taken as it is, though it does not end."""
PUNCTUATED = 0.3
"""Of so many of the texts the ends must be marked, or else nothing is known of where sentences end: Japanese and Thai
subtitles mark none, songs hardly any, and some recognisers neither."""
PAUSE = 2.0
"""Seconds without speech that end a sentence."""
BOTH = 0.3
"""Seconds that two segments may be at the same time and still follow each other."""
_ASIDE = ("♪", "[", "("), ("♪", "]", ")")
"""With these songs and sounds begin and end, which are no part of a sentence."""
Part = tuple[Segment, ...]


def wholes(segments: Sequence[Segment]) -> list[Part]:
    """The segments, in the order of time, put together so that each part holds whole sentences.

    A sentence goes on in the next segment of the same speaker, unless it is marked as ended there. What has no time,
    as the lines of a text, is left alone.
    """
    timed = any(segment.duration > 0 for segment in segments)
    if not timed or sum(map(_ends, segments)) < PUNCTUATED * len(segments):
        return [(segment,) for segment in segments]
    parts: list[list[Segment]] = []
    for segment in segments:
        if parts and _goes_on(parts[-1], segment):
            parts[-1].append(segment)
        else:
            parts.append([segment])
    return [tuple(part) for part in parts]


def text_of(part: Part) -> str:
    """All that is said in a part."""
    return part[0].text if len(part) == 1 else joined(segment.text for segment in part)


def apart(part: Part, text: str, language: str | None = None) -> Iterator[str]:
    """What a part was translated into, as a text for each segment: of each as much as it had of the whole.

    Where there are fewer words than segments, some are empty.
    """
    if len(part) == 1:
        yield text
        return
    words = tokens(replace(part[0], text=text, language=language, words=()))
    said = [tokens(segment) for segment in part]
    places = reach([token for one in said for token in one], words)
    ends = [sum(map(len, said[: number + 1])) for number in range(len(said) - 1)]
    for share in shared(words, [places[end - 1] for end in ends]):
        yield "".join(layout.text((share,)))


def _goes_on(part: Sequence[Segment], after: Segment) -> bool:
    before = part[-1]
    timed = before.duration > 0 and after.duration > 0
    near = before.end - BOTH <= after.start <= before.end + PAUSE
    alike = _kind(before) == _kind(after)
    short = sum(len(segment.text) for segment in part) + len(after.text) <= LONGEST
    several = "\n" in before.text.strip() or "\n" in after.text.strip()
    begins = after.text.lstrip().startswith((*DASHES, *_ASIDE[0]))
    silent = not after.text.strip()
    return timed and near and alike and short and not (silent or several or begins or _ends(before))


def _kind(segment: Segment) -> tuple[object, ...]:
    return segment.speaker, segment.language, segment.extra.get("style")


def _ends(segment: Segment) -> bool:
    words = tokens(segment)
    return not words or words[-1].stop == SENTENCE or segment.text.rstrip().endswith(_ASIDE[1])
