"""What is said in one go: a sentence, with the silence before it and the manner in which it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..stages.tts import stretches
from ..types.scripts import joined
from .options import SpeakOptions

BLANK = re.compile(r"\n\s*\n")
WRAPPED = 40
"""A line of at least so many characters goes on in the next one, unless that begins something new."""
SENTENCE = re.compile(r"[.!?:;\u2026\u3002\uff01\uff1f\u061f\u0964]['\")\]\u00bb\u201d\u2019]*$")
LED = re.compile(r"[-\u2010-\u2015\u2022\u266a*#>]|\d+[.)]\s")
"""How a line begins that is an item of a list, or what another speaker says."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be said."""

    text: str
    pause: float = 0.0
    """Seconds of silence before it."""
    voice: str | None = None
    """The voice that it alone has."""
    speed: float = 1.0
    """How much faster than the rest it is said."""
    gain: float = 0.0
    """Decibels by which it is louder than the rest."""
    language: str | None = None
    pitch: float = 0.0
    """Semitones by which it is higher than the rest."""
    pronunciations: tuple[str, ...] = ()
    """How words in it sound, as "word = sounds in IPA"."""


def lines(text: str, longest: int, language: str | None, options: SpeakOptions) -> list[Line]:
    """The sentences of a text; what has neither letter nor digit is silence."""
    found: list[Line] = []
    for paragraph in paragraphs(text):
        for number, sentence in enumerate(stretches(paragraph, longest, language)):
            pause = options.pause if number else options.paragraph_pause
            found.append(Line(sentence, pause if found else 0.0))
    return found


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text, each on one line; a heading and an item of a list are paragraphs too.

    >>> list(paragraphs("Chapter One\\nIt was a bright cold day in April, and the\\nclocks struck.\\n\\nHe went."))
    ['Chapter One', 'It was a bright cold day in April, and the clocks struck.', 'He went.']
    """
    for block in BLANK.split("\n".join(text.splitlines())):
        held: list[str] = []
        for line in filter(None, map(str.strip, block.split("\n"))):
            if held and not _goes_on(held[-1], line):
                yield joined(held)
                held = []
            held.append(line)
        if held:
            yield joined(held)


def said_of(text: str) -> bool:
    """Whether a text ends where a sentence does."""
    return SENTENCE.search(text) is not None


def _goes_on(line: str, following: str) -> bool:
    return not LED.match(following) and (len(line) >= WRAPPED or following[0].islower())
