"""Words of two texts set beside each other, as word error rates count them: without case and punctuation."""

from __future__ import annotations

from collections.abc import Sequence

from .stages.commit import bare
from .stages.wording import evenly
from .types import Segment


def spoken(text: str) -> list[str]:
    """The words of a text as they sound; in a script without spaces, each character is one.

    >>> spoken("Well, well - here we are!"), spoken("你好。")
    (['well', 'well', 'here', 'we', 'are'], ['你', '好'])
    """
    words = (bare(word.text) for word in evenly(Segment(0.0, 1.0, text=text)))
    return [word for word in words if any(character.isalnum() for character in word)]


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Words to change, leave out and put in so that one becomes the other, at least.

    >>> word_errors("so we go home".split(), "we go to home".split())
    2
    """
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(reference, heard)


def matched(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Where the same word stands in both, if one is made the other with the fewest changes: its places in each.

    >>> matched("so we go home".split(), "we go to home".split())
    [(1, 0), (2, 1), (3, 3)]
    """
    from rapidfuzz.distance import Levenshtein

    return [
        (first, second)
        for block in Levenshtein.opcodes(one, other)
        if block.tag == "equal"
        for first, second in zip(
            range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True
        )
    ]
