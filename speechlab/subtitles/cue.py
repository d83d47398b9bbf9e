"""One cue of a subtitle file, and where in the file its words stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..formats.text import DASHES
from ..types import Span
from ..types.scripts import joined


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCue(Span):
    """What is shown at once, from one time to another, in seconds."""

    text: str
    """Its words without styling; on several lines only where several people speak."""
    first: int
    last: int
    """The words, with their styling, are these characters of the file."""
    before: str = ""
    after: str = ""
    """The styling that holds for all of them."""
    speaker: str | None = None
    style: str = ""
    """What else it must have in common with another cue to go on with its sentence: its style and place."""


def flowing(lines: Iterable[str]) -> str:
    """The lines of a cue as running text: a new line only begins where another person speaks.

    >>> flowing(["Nobody knows", "what you mean."]), flowing(["- Who?", "- Me."])
    ('Nobody knows what you mean.', '- Who?\\n- Me.')
    """
    parts: list[list[str]] = []
    for line in filter(None, map(str.strip, lines)):
        if line.startswith(DASHES) or not parts:
            parts.append([line])
        else:
            parts[-1].append(line)
    return "\n".join(map(joined, parts))
