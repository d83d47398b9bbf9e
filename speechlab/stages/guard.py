"""A guard against made-up text, for every recognizer: it flags a segment with its reason, and deletes nothing."""

from __future__ import annotations

import unicodedata
import zlib
from collections import deque
from collections.abc import Sequence

from ..types import Segment, Span

NO_SPEECH = "no speech"
REPETITION = "repetition"

SPOKEN_SHARE = 0.1
"""Text over less speech than this share of its time was not said."""
NO_SPEECH_PROB, AVG_LOGPROB = 0.6, -1.0
"""Whisper's own rule for silence: likely no speech, and unsure of its words (openai/whisper, transcribe.py)."""
COMPRESSION_RATIO = 2.4
"""Text that zlib shrinks more than this is a loop (openai/whisper, transcribe.py, whose rule counts bytes)."""
LOOP_TIMES, LOOP_WORDS = 5, 8
"""As many repeats of up to so many words, one after the other, are a loop; people say a word four times."""
SAME_SEGMENTS = 3
"""From the third equal segment in a row on, the recognizer is stuck."""
SHORT = 3
"""Equal segments of fewer words ("Yes.") may well be said again and again."""


class Guard:
    """Looks at the segments of one recording in their order."""

    def __init__(self) -> None:
        self._recent: deque[str] = deque(maxlen=SAME_SEGMENTS - 1)

    def look(self, segment: Segment, speech: Sequence[Span] | None) -> Segment:
        """The segment, with ``extra["suspect"]`` where nobody seems to have said it; ``speech`` None is unknown."""
        reason = self._silence(segment, speech) or self._loop(segment)
        return segment.noting(suspect=reason) if reason else segment

    def _silence(self, segment: Segment, speech: Sequence[Span] | None) -> str | None:
        if speech is not None and segment:
            spoken = sum(segment.overlap(span) for span in speech)
            if spoken < SPOKEN_SHARE * segment.duration:
                return NO_SPEECH
        avg_logprob, no_speech_prob = (segment.extra.get(name) or 0.0 for name in ("avg_logprob", "no_speech_prob"))
        return NO_SPEECH if avg_logprob < AVG_LOGPROB and no_speech_prob > NO_SPEECH_PROB else None

    def _loop(self, segment: Segment) -> str | None:
        words = said(segment.text)
        same = " ".join(words)
        stuck = len(words) >= SHORT and len(self._recent) == SAME_SEGMENTS - 1 and all(s == same for s in self._recent)
        self._recent.append(same)
        return REPETITION if stuck or repeats(words) else None


def said(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return [bare for word in text.lower().split() if (bare := _bare(word))]


def repeats(words: Sequence[str]) -> bool:
    """Whether the words of one segment are a loop."""
    return loops(words) or compression_ratio(" ".join(words)) > COMPRESSION_RATIO


def loops(words: Sequence[str]) -> bool:
    """Whether some phrase of up to ``LOOP_WORDS`` words stands ``LOOP_TIMES`` times in a row.

    >>> loops("so we go so we go so we go so we go so we go".split())
    True
    >>> loops("no no no no".split())
    False
    """
    for length in range(1, LOOP_WORDS + 1):
        run = 0
        for i in range(length, len(words)):
            run = run + 1 if words[i] == words[i - length] else 0
            if run >= length * (LOOP_TIMES - 1):
                return True
    return False


def compression_ratio(text: str) -> float:
    """How many times zlib shrinks the text, one byte a character; near 1 for what people say, high for loops.

    Whisper counts the bytes of UTF-8; two or three of them stand for each letter of Hindi, Thai or Georgian and nearly
    repeat themselves, so that ordinary prose looks like a loop.
    """
    alphabet: dict[str, int] = {}
    data = bytes(alphabet.setdefault(character, len(alphabet)) % 256 for character in text)
    return len(data) / len(zlib.compress(data)) if data else 0.0


def _bare(word: str) -> str:
    """The word without the punctuation around it."""
    kept = [i for i, character in enumerate(word) if unicodedata.category(character)[0] not in "PS"]
    return word[kept[0] : kept[-1] + 1] if kept else ""
