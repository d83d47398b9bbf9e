"""What the model is given at once to speak: a few sentences. Of longer texts it leaves out parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap

END = re.compile(r"(?<=[.!?…])\s+|(?<=[。\uff01\uff1f।])\s*|\n+")
LONGEST = 200
"""Characters."""


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of whole sentences, as many as fit; one that does not fit is cut between words.

    >>> list(pieces("Dr. Ng came. " + "All of us went to meet her at the door. " * 5))  # doctest: +ELLIPSIS
    ['Dr. Ng came. All of us ... at the door.', 'All of us went to meet her at the door.']
    """
    held = ""
    for sentence in END.split(text):
        for part in wrap(sentence, LONGEST):
            if held and len(held) + 1 + len(part) > LONGEST:
                yield held
                held = ""
            held = f"{held} {part}".strip()
    if held:
        yield held
