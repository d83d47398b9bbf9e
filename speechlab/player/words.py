"""Where in a segment's text each of its timed words stands."""

from __future__ import annotations

from collections.abc import Iterator

from ..types import Segment, Word

SLACK = 8
"""Characters that may stand between two words, besides those of words that were not found."""

FIRST_UNSPACED = "\u2e80"
"""From here on lie the Chinese and Japanese scripts, which put no space between words."""


def pieces(segment: Segment) -> Iterator[tuple[str, Word | None]]:
    """The segment's text cut at its words: each piece with its word, or with None for what lies between.

    The pieces together are always exactly ``segment.text``, since that is what is written to files: a word that the
    text does not hold (a later stage re-worded it) has no piece, and its time counts for the word before.

    >>> list(pieces(Segment(0, 1, text="Hi, you.", words=(Word(0, 1, text=" Hi,"),))))
    [('Hi,', Word(start=0, end=1, text=' Hi,', confidence=None, speaker=None)), (' you.', None)]
    """
    text = segment.text
    folded = text.lower()
    if len(folded) != len(text):  # a few letters change their length with their case; offsets must hold for both
        folded = text
    position, missed = 0, 0
    for word in segment.words:
        token = word.text.strip()
        at = _find(text, folded, token, position, position + missed + SLACK) if token else -1
        if at < 0:
            missed += len(token) + 1
            continue
        if at > position:
            yield text[position:at], None
        position, missed = at + len(token), 0
        yield text[at:position], word
    if position < len(text):
        yield text[position:], None


def _find(text: str, folded: str, token: str, start: int, latest: int) -> int:
    """The place of a token that begins between two offsets, in its own case or else in any; -1 where there is none."""
    for wanted, where in ((token, text), (token.lower(), folded)):
        at = where.find(wanted, start, latest + len(wanted))
        while at > start and _inside_a_word(text, at):
            at = where.find(wanted, at + 1, latest + len(wanted))
        if at >= 0:
            return at
    return -1


def _inside_a_word(text: str, at: int) -> bool:
    """Whether a cut here would divide a word, in the scripts that put spaces between words."""
    before, after = text[at - 1], text[at]
    return before.isalnum() and after.isalnum() and max(before, after) < FIRST_UNSPACED
