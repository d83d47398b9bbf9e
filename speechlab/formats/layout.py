"""Tokens laid out in lines, broken where it reads best, as long as their language and the options want them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from .guidelines import guideline
from .options import SubtitleOptions
from .tokens import Token, width

_LINE_COST, _LINE_STOP = 1000.0, 0.4
Lines = tuple[tuple[Token, ...], ...]


def line_width(words: Sequence[Token], options: SubtitleOptions) -> int:
    """Columns that a line of this text may have."""
    return options.max_line_width or guideline(_language(words)).width


def reading_time(words: Sequence[Token], options: SubtitleOptions) -> float:
    """Seconds that it takes to read the text, which may be none."""
    return columns(words) / (options.max_cps or guideline(_language(words)).cps)


def columns(words: Sequence[Token]) -> int:
    """Columns that the text takes on a single line."""
    return sum(width(token.text) + (token.spaced and index > 0) for index, token in enumerate(words))


def lines(words: Sequence[Token], options: SubtitleOptions) -> Lines:
    """The text in as few lines as hold it."""
    widths, limit = [width(token.text) for token in words], line_width(words, options)

    def candidates(first: int) -> Iterable[tuple[int, float]]:
        line = 0
        for last in range(first, len(words)):
            token = words[last]
            line += widths[last] + (token.spaced and last > first)
            if last > first and (line > limit or token.begins):
                return
            yield last + 1, _LINE_COST + (line / limit) ** 2 + _LINE_STOP * token.stop * (last + 1 < len(words))

    return tuple(tuple(words[first:last]) for first, last in cheapest(len(words), candidates))


def text(laid: Lines, mark: Callable[[str, int], str] = lambda text, index: text) -> list[str]:
    """The lines as text; ``mark`` gets the text of each token with its index, and gives what is written.

    The index of a token of the speaker's name is -1.
    """
    index = 0
    told = []
    for line in laid:
        written = ""
        for token in line:
            written += " " * (token.spaced and bool(written)) + mark(token.text, -1 if token.name else index)
            index += not token.name
        told.append(written)
    return told


def cheapest(count: int, candidates: Callable[[int], Iterable[tuple[int, float]]]) -> list[tuple[int, int]]:
    """The cheapest way to cut ``range(count)``; ``candidates(first)`` are the ends and costs of parts from there."""
    best = [0.0, *[float("inf")] * count]
    begin = [0] * (count + 1)
    for first in range(count):
        for last, cost in candidates(first):
            if best[first] + cost < best[last]:
                best[last], begin[last] = best[first] + cost, first
    borders = [count]
    while borders[-1]:
        borders.append(begin[borders[-1]])
    return list(pairwise(reversed(borders)))


def _language(words: Sequence[Token]) -> str | None:
    return words[0].language if words else None
