"""Words in a text whose sounds are given: marked while the text is cut into sentences, then told for each of those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engines import pronounced

OPENS, SHUTS = "\ue000", "\ue001"
"""What stands around such a word: characters that mean nothing anywhere else."""
Part = tuple[str, str]
"""A stretch of text, and how it sounds; empty where that is as it is written."""


def between_marks(text: str) -> str:
    """A word whose sounds are given, between marks; the spaces around it stay outside."""
    word = text.strip()
    before, _, behind = text.partition(word)
    return f"{before}{OPENS}{word}{SHUTS}{behind}"


def without_marks(text: str) -> str:
    """Without marks."""
    return text.replace(OPENS, "").replace(SHUTS, "")


def sounded(sentence: str, sounds: Iterator[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A sentence without marks, and how words in it sound. ``sounds`` are those of the words between marks, of which as
    many are taken as the sentence has. It is parted where a word would stand there unmarked too, or with other sounds.

    >>> list(sounded(f"I {OPENS}read{SHUTS} it.", iter(["rɛd"])))
    [('I read it.', ('read = rɛd',))]
    >>> list(sounded(f"I {OPENS}read{SHUTS} what they read.", iter(["rɛd"])))
    [('I read', ('read = rɛd',)), ('what they read.', ())]
    """
    text, words = "", list[Part]()
    for part in _parts(sentence, sounds):
        more = [*words, part] if part[1] else words
        if not _tells(text + part[0], more):
            yield from _line(text, words)
            text, more = "", [part] if part[1] else []
        text, words = text + part[0], more
    yield from _line(text, words)


def _parts(sentence: str, sounds: Iterator[str]) -> Iterator[Part]:
    plain, *rest = sentence.split(OPENS)
    yield without_marks(plain), ""
    for part in rest:
        word, shut, behind = part.partition(SHUTS)
        sound = next(sounds, "")
        yield without_marks(word), sound if shut else ""  # of one that was cut in two, neither half sounds so
        yield without_marks(behind), ""


def _tells(text: str, words: Sequence[Part]) -> bool:
    """Whether an engine finds just these words in a text, by its entries."""
    return [part for part in pronounced(text, _entries(words)) if part[1]] == list(words)


def _entries(words: Sequence[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{word} = {sounds}" for word, sounds in words))


def _line(text: str, words: Sequence[Part]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if text.strip():
        yield text.strip(), _entries(words)
