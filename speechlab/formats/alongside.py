"""A text cut alongside another that says the same: each part where the other's is, as far as it can be told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from .tokens import SENTENCE, Token, width

_NEAR = 10.0
"""Columns by which a cut may be off its place at the cost of one step of how badly the text breaks there."""


def reach(one: Sequence[Token], other: Sequence[Token]) -> list[float]:
    """How many columns of the other text have been said after each token of the one.

    Both grow evenly; where they have as many sentences, evenly within each.
    """
    if not one:
        return []
    ours, theirs = _sums(one), _sums(other)
    ends, others = _sentences(one), _sentences(other)
    if len(ends) == len(others):
        anchors = [(0, 0.0), *((ours[end], theirs[last]) for end, last in zip(ends, others, strict=True))]
    else:
        anchors = [(0, 0.0), (ours[-1], theirs[-1] if theirs else 0)]
    told: list[float] = np.interp(ours, [x for x, _ in anchors], [y for _, y in anchors]).tolist()
    return told


def shared(other: Sequence[Token], places: Sequence[float]) -> list[tuple[Token, ...]]:
    """The text in one part more than there are places, cut near them, in columns, and where it reads best.

    No part is empty, where there are tokens enough.
    """
    sums, stops = [0, *_sums(other)], [0.0, *(token.stop for token in other)]
    apart = int(len(other) > len(places))
    ways: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
    for left, place in zip(range(len(places), 0, -1), places, strict=True):
        cheap: tuple[float, tuple[int, ...]] | None = None
        following = {}
        for cut in range(len(other) - apart * left + 1):
            before = ways.get(cut - apart)
            cheap = min(before, cheap) if before and cheap else before or cheap
            if cheap:
                cost, cuts = cheap
                off = (sums[cut] - place) / _NEAR
                following[cut] = (cost + stops[cut] + off**2, (*cuts, cut))
        ways = following
    _, cuts = min(ways.values())
    return [tuple(other[first:last]) for first, last in pairwise([*cuts, len(other)])]


def _sums(words: Sequence[Token]) -> list[int]:
    return list(accumulate(width(token.text) + token.spaced for token in words))


def _sentences(words: Sequence[Token]) -> list[int]:
    """The last tokens of the sentences; the last token ends one in any case."""
    return [index for index, token in enumerate(words) if token.stop == SENTENCE or index == len(words) - 1]
