"""When each word is spoken: from the decoder's cross-attention, by dynamic time warping, as openai-whisper does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from speechlab import Word

from .words import TokenWord

Floats = npt.NDArray[np.float64]

SMOOTHING = 7
"""Frames that the median filter takes together."""
LONGEST_MEDIAN, STRETCH = 0.7, 2.0
"""A word beside a pause is at most ``STRETCH`` times as long as the median word, itself at most 0.7 s."""
SENTENCE_ENDS = tuple(".!?\u3002\uff01\uff1f")


class CrossAttention:
    """What the decoder's alignment heads attend to, kept while it runs over a known text."""

    def __init__(self, model: Any) -> None:
        self._model = model
        layers, count = model.config.decoder_layers, model.config.decoder_attention_heads
        told = getattr(model.generation_config, "alignment_heads", None) or []
        heads = [(layer, head) for layer, head in told if layer < layers and head < count]  # some tell their teacher's
        if not heads:  # as openai-whisper does where nobody found out which heads follow the sound
            heads = [(layer, head) for layer in range(layers // 2, layers) for head in range(count)]
        self._heads: dict[int, list[int]] = {}
        for layer, head in heads:
            self._heads.setdefault(layer, []).append(head)

    @contextmanager
    def watched(self, wanted: bool) -> Iterator[list[torch.Tensor]]:
        """A list that a forward pass within fills with (heads, tokens, frames) for each layer that has such heads.

        Only plain attention tells its weights, so the network changes to it for this pass.
        """
        kept: list[torch.Tensor] = []
        if not wanted:
            yield kept
            return

        def keep(heads: list[int]) -> Any:
            def hook(_module: Any, _args: Any, output: Any) -> None:
                kept.append(output[1][0, heads].float())

            return hook

        layers = self._model.get_decoder().layers
        hooks = [layers[layer].encoder_attn.register_forward_hook(keep(h)) for layer, h in self._heads.items()]
        usual = self._model.config._attn_implementation
        self._model.set_attn_implementation("eager")
        try:
            yield kept
        finally:
            self._model.set_attn_implementation(usual)
            for hook in hooks:
                hook.remove()


def token_starts(attention: Sequence[torch.Tensor], frames: int, first: int) -> npt.NDArray[np.intp]:
    """The frame at which each token begins, and last the one at which the text ends.

    ``frames`` of sound are in the clip, the rest of the window is padding; position ``first`` tells the first token.
    """
    weights = torch.cat(list(attention))[:, :, : max(frames, 1)]
    weights = weights / weights.sum(-1, keepdim=True).clamp(min=1e-12)
    deviation, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    weights = smooth((weights - mean) / deviation.clamp(min=1e-12))
    return warp(-weights.mean(0)[first:].double().cpu().numpy())


def smooth(weights: torch.Tensor) -> torch.Tensor:
    """Median over ``SMOOTHING`` frames, the borders mirrored."""
    around = SMOOTHING // 2
    if weights.shape[-1] <= around:
        return weights
    padded = torch.nn.functional.pad(weights, (around, around), mode="reflect")
    return padded.unfold(-1, SMOOTHING, 1).median(-1).values


def warp(cost: Floats) -> npt.NDArray[np.intp]:
    """The column at which the cheapest path enters each row, on its way from the first cell to the last.

    The path steps right, down, or both. Row by row in whole-array steps: going right from column k to j costs a
    difference of running sums, so the cheapest k for each j is a running minimum.
    """
    rows, columns = cost.shape
    total = np.empty((rows, columns))
    total[0] = np.cumsum(cost[0])
    for row in range(1, rows):
        enter = total[row - 1].copy()
        enter[1:] = np.minimum(enter[1:], total[row - 1, :-1])
        run = np.cumsum(cost[row])
        total[row] = run + np.minimum.accumulate(enter - (run - cost[row]))
    starts = np.zeros(rows, dtype=np.intp)
    row, column = rows - 1, columns - 1
    while row > 0:
        stay = total[row, column - 1] if column else np.inf
        both = total[row - 1, column - 1] if column else np.inf
        if stay < both and stay < total[row - 1, column]:
            column -= 1
            continue
        starts[row] = column
        column -= int(both <= total[row - 1, column])
        row -= 1
    return starts


def word_times(
    words: Sequence[TokenWord], starts: Sequence[float], probabilities: Sequence[float], seconds: float
) -> tuple[Word, ...]:
    """The words of one piece with their times, none of them after ``seconds``.

    ``starts`` of its tokens has one more entry, where the last ends. The warping lets a word beside a pause swallow
    it; so where a sentence begins or ends, a word that is too long is drawn in on that side.
    """
    times = [(min(starts[word.first], seconds), min(starts[word.after], seconds)) for word in words]
    longest = STRETCH * min([LONGEST_MEDIAN, *_median(end - start for start, end in times if end > start)])
    for index, (start, end) in enumerate(times):
        if end - start <= longest:
            continue
        if index == 0 or words[index - 1].text.endswith(SENTENCE_ENDS):
            times[index] = end - longest, end
        elif index == len(words) - 1 or words[index].text.endswith(SENTENCE_ENDS):
            times[index] = start, start + longest
    return tuple(
        Word(start=start, end=end, text=word.text, confidence=float(np.mean(probabilities[word.first : word.after])))
        for word, (start, end) in zip(words, times, strict=True)
    )


def _median(lengths: Iterable[float]) -> list[float]:
    """The median, where there is one."""
    known = list(lengths)
    return [median(known)] if known else []
