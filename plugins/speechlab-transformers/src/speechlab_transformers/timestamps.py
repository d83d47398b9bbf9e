"""Whisper's timestamps: a clip's tokens cut where it set two in a row, and how much of the clip that settles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .vocabulary import Vocabulary

STEP = 0.5
"""Seconds that a window settles at least, so that there is an end."""
TAIL = 0.5
"""Seconds after the last timestamp that are not worth a window of their own."""


@dataclass(frozen=True)
class Piece:
    """What stands between two timestamps."""

    start: float
    end: float
    tokens: list[int]
    """Text only."""


def cut(tokens: list[int], vocabulary: Vocabulary, step: float, seconds: float) -> tuple[list[Piece], float]:
    """A clip's tokens as pieces between timestamps, and how many of its seconds they settle.

    Two timestamps in a row end one piece and begin the next. Where one alone ends the text, or there are no two in a
    row, the model has told all that it heard. Else it has more to tell, which a window from the last such place on
    will settle; what it already said of it is left to that one.
    """

    def time(token: int) -> float:
        return min(max(token - vocabulary.first_time, 0) * step, seconds)

    def piece(part: list[int]) -> Piece:
        times = [token for token in part if token >= vocabulary.first_time]
        start = time(times[0]) if part[:1] == times[:1] and times else 0.0
        end = time(times[-1]) if len(times) > 1 or (times and part[-1] == times[-1]) else seconds
        return Piece(start, max(start, end), [token for token in part if token < vocabulary.end])

    is_time = [token >= vocabulary.first_time for token in tokens]
    borders = [index for index in range(1, len(tokens)) if is_time[index - 1] and is_time[index]]
    if not borders or is_time[-2:] == [False, True]:
        return [piece(tokens[first:after]) for first, after in pairwise([0, *borders, len(tokens)])], seconds
    pieces = [piece(tokens[first:after]) for first, after in pairwise([0, *borders])]
    settled = max(time(tokens[borders[-1] - 1]), STEP)
    return pieces, seconds if seconds - settled < TAIL else settled
