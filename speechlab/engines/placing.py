"""Which sounds of a sentence are which of its words, by how each word sounds alone: what word times are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise


def placed(words: Sequence[Sequence[str]], sounds: Sequence[str]) -> list[range]:
    """Where each word lies among the sounds of a sentence, in IPA or symbols that are letters; spaces and punctuation
    behind it are none of it. In a sentence words may sound otherwise, run together, or fall silent.

    >>> placed(["hɛlo", "ði", "wɝld"], "hɛlo, ðəwɝld!")
    [range(0, 4), range(6, 8), range(8, 12)]
    """
    alone = [(sound, word) for word, some in enumerate(words) for sound in some]
    starts = [len(sounds)] * (len(words) + 1)
    matcher = SequenceMatcher(None, [sound for sound, _ in alone], sounds, autojunk=False)
    for _, first, last, begin, end in matcher.get_opcodes():
        for at in range(first, last):
            word = alone[at][1]
            starts[word] = min(starts[word], begin + (at - first) * (end - begin) // (last - first))
    starts[0] = 0
    for word in reversed(range(len(words))):
        starts[word] = min(starts[word], starts[word + 1])
    return [_heard(sounds, start, end) for start, end in pairwise(starts)]


def _heard(sounds: Sequence[str], start: int, end: int) -> range:
    """The sounds that can be heard of those between two."""
    while start < end and not _is_sound(sounds[start]):
        start += 1
    while start < end and not _is_sound(sounds[end - 1]):
        end -= 1
    return range(start, end)


def _is_sound(symbol: str) -> bool:
    return any(unicodedata.category(character)[0] in "LMN" for character in symbol)
