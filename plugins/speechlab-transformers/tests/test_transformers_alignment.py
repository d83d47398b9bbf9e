"""Words and their times: the warping, the smoothing, tokens to words, and the words beside pauses."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from speechlab_transformers.alignment import SMOOTHING, smooth, token_starts, warp, word_times
from speechlab_transformers.words import TokenWord, split

COSTS = st.tuples(st.integers(1, 6), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-8, 8).map(float))
)


def cheapest(cost: np.ndarray) -> float:
    """What the cheapest path costs, cell by cell."""
    total = np.full((cost.shape[0] + 1, cost.shape[1] + 1), np.inf)
    total[0, 0] = 0
    for i, j in np.ndindex(cost.shape):
        total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[-1, -1])


@given(COSTS)
def test_the_path_found_is_a_cheapest(cost: np.ndarray) -> None:
    starts = warp(cost)
    assert starts[0] == 0
    assert list(starts) == sorted(starts)
    ends = [*starts[1:], cost.shape[1] - 1]  # at least up to where the next row is entered, or one before it
    paid = 0.0
    for row, (first, last) in enumerate(zip(starts, ends, strict=True)):
        upto = last + 1 if row == len(starts) - 1 or last == first else last
        with_last, without = cost[row, first : last + 1].sum(), cost[row, first:upto].sum()
        paid += min(with_last, without) if upto > first else with_last
    assert paid == pytest.approx(cheapest(cost))


def test_each_token_starts_where_it_looks() -> None:
    """Three tokens that attend to frames 0-19, 20-59 and 60-79 of 80; behind them there is padding."""
    attention = torch.full((2, 5, 150), 1e-3)
    for position, frames in ((2, slice(0, 20)), (3, slice(20, 60)), (4, slice(60, 80))):
        attention[:, position, frames] = 1.0
    attention[:, :2, 0] = 1.0
    assert list(token_starts([attention], 80, 2)) == pytest.approx([0, 20, 60], abs=SMOOTHING // 2)


@given(st.integers(1, 30), st.integers(0, 99))
def test_smoothing_is_a_median_with_mirrored_borders(frames: int, seed: int) -> None:
    weights = torch.from_numpy(np.random.default_rng(seed).standard_normal((2, 3, frames)))
    smoothed = smooth(weights)
    assert smoothed.shape == weights.shape
    if frames > SMOOTHING // 2:
        row = [*weights[1, 2, 1 : 1 + SMOOTHING // 2].flip(0), *weights[1, 2], *weights[1, 2, -4:-1].flip(0)]
        assert smoothed[1, 2].tolist() == [median(row[i : i + SMOOTHING]) for i in range(frames)]


# -- tokens to words ---------------------------------------------------------------------------------------------------


class Bytes:
    """A tokenizer whose tokens are byte strings."""

    def __init__(self, *tokens: str | bytes) -> None:
        self.tokens = [token.encode() if isinstance(token, str) else token for token in tokens]

    def decode(self, numbers: Sequence[int]) -> str:
        return b"".join(self.tokens[number] for number in numbers).decode(errors="replace")


def worded(language: str, *tokens: str | bytes) -> list[TokenWord]:
    return split(Bytes(*tokens), range(len(tokens)), language)


def test_words_begin_at_blanks_and_keep_their_punctuation() -> None:
    assert worded("en", " And", " so", " Amer", "icans", ",", " (", "ask", ")", ".") == [
        TokenWord("And", 0, 1),
        TokenWord("so", 1, 2),
        TokenWord("Americans,", 2, 4),
        TokenWord("(ask).", 6, 7),
    ]


def test_what_opens_nothing_stays_with_the_last_word() -> None:
    assert [word.text for word in worded("en", " well", " ...")] == ["well ..."]
    assert worded("en", " ♪", " ♪") == [TokenWord("♪ ♪", 0, 2)]
    assert worded("en") == []


def test_a_character_in_several_tokens_is_whole() -> None:
    greek = "ημέρα".encode()
    words = worded("el", b" " + greek[:1], greek[1:3], greek[3:], " καλή")
    assert [(word.text, word.first, word.after) for word in words] == [("ημέρα", 0, 3), ("καλή", 3, 4)]


def test_scripts_without_blanks_are_split_by_character() -> None:
    assert [word.text for word in worded("zh", "你", "好", "、", "世界", "。")] == ["你", "好、", "世界。"]


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    assert [(word.first, word.after) for word in worded("en", *[b"\xff"] * 9)] == [(0, 9)]


# -- words beside pauses -----------------------------------------------------------------------------------------------


def timed(texts: Sequence[str], starts: Sequence[float], seconds: float = 30.0) -> list[tuple[float, float]]:
    words = [TokenWord(text, i, i + 1) for i, text in enumerate(texts)]
    told = word_times(words, starts, [0.5] * len(texts), seconds)
    assert [word.text for word in told] == list(texts)
    return [(round(word.start, 3), round(word.end, 3)) for word in told]


def test_words_last_until_the_next() -> None:
    assert timed(["a", "b", "c"], [0.0, 0.2, 0.5, 0.7]) == [(0.0, 0.2), (0.2, 0.5), (0.5, 0.7)]


def test_a_word_does_not_swallow_the_pause_beside_it() -> None:
    told = timed(["So", "we", "go.", "And", "then"], [0.0, 3.0, 3.2, 3.4, 6.4, 9.9])
    assert told == [(1.6, 3.0), (3.0, 3.2), (3.2, 3.4), (5.0, 6.4), (6.4, 7.8)]


def test_no_word_ends_after_what_is_settled() -> None:
    assert timed(["a", "b"], [0.0, 0.4, 5.0], seconds=0.3) == [(0.0, 0.3), (0.3, 0.3)]
    assert word_times([], [0.0], [], 1.0) == ()
