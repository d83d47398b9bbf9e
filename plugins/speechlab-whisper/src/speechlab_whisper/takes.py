"""One decoding of one clip: whether it is to be believed, and how the clip is decoded again where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import DecodingOptions

LESS_LIKELY: tuple[Mapping[str, Any], ...] = (
    {"beam_size": 1, "repetition_penalty": 1.2},
    {"beam_size": 5, "repetition_penalty": 1.2, "no_repeat_ngram_size": 3},
)
"""What breaks a loop, one after the other until one does; nothing here is left to chance."""
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Whisper's own way; each time the best of five samples (openai/whisper, transcribe.py)."""


@dataclass(frozen=True, slots=True)
class Take:
    """One decoding of one clip."""

    tokens: list[int]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    endless: bool
    """Whether it came to no end, and was cut off."""
    temperature: float = 0.0

    def loops(self, options: DecodingOptions) -> bool:
        """Whether the text says the same again and again."""
        return self.compression_ratio > options.compression_ratio_threshold

    def failed(self, options: DecodingOptions) -> bool:
        """Whether the clip is to be decoded again.

        A penalty on repeated words would spoil what people do say again and again; but they come to an end, and a
        decoder that is caught in a loop does not. A short context may fail on either sign: what is decoded padded
        instead is not spoilt.
        """
        match options.fallback:
            case "penalty" if options.context == "short":
                return self.endless or self.loops(options)
            case "penalty":
                return self.endless and self.loops(options)
            case "temperature":
                return self.loops(options) or self.avg_logprob < options.log_prob_threshold
            case "off":
                return False


def ladder(options: DecodingOptions) -> Iterator[Mapping[str, Any]]:
    """What to change in the decoder for each further take of a padded clip."""
    if options.fallback == "penalty":
        yield from LESS_LIKELY
        return
    for temperature in TEMPERATURES:
        yield {"beam_size": 1, "num_hypotheses": 5, "sampling_topk": 0, "sampling_temperature": temperature}
