"""Text made fit for a file: on one line, and never taken for markup."""

from __future__ import annotations

import re

from ..types.scripts import spaceless

BREAKABLE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
"""White space, save the three kinds that are written in order not to be broken at."""
SENTENCE_ENDS = tuple(".!?…。．！？｡।॥؟۔።។")  # noqa: RUF001

DASHES = ("-", "‐", "–", "—", "−")  # noqa: RUF001
"""What a line begins with where another person speaks in the same subtitle."""


def flat(text: str) -> str:
    """The text on one line, with single spaces."""
    return BREAKABLE.sub(" ", text).strip()


def spaced(text: str) -> str:
    """The text after the space that stands before it, in scripts that have one.

    >>> spaced("Hello "), spaced("你好")
    (' Hello', '你好')
    """
    bare = text.strip()
    return f" {bare}" if bare and not spaceless(bare[0]) else bare


def wide(text: str, markup: str) -> str:
    """The text with the characters of ``markup`` in their full-width forms.

    For formats that know no escape: readers disagree on what is markup, and hide what they take for it; the wide forms
    look the same and are text to all of them.

    >>> wide("a <b>", "<>")
    'a \uff1cb\uff1e'
    """
    return text.translate({ord(character): ord(character) + 0xFEE0 for character in markup})
