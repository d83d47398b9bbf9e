"""CTC checkpoints (wav2vec 2.0, HuBERT, WavLM, MMS, ...): the likeliest character of each frame, with its time."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import fmean
from typing import Any

import torch
from transformers import AutoFeatureExtractor, AutoModelForCTC, AutoTokenizer, Wav2Vec2CTCTokenizer

from speechlab import Samples, Segment, Word

from .adapters import Adapters
from .checkpoint import RATE, Checkpoint
from .hearing import Heard, Task, no_translation
from .quiet import quiet


class Ctc:
    """Any AutoModelForCTC, decoded greedily."""

    window = 30.0

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._name = checkpoint.model
        self._config = checkpoint.config
        self._features = checkpoint.reader(AutoFeatureExtractor)
        self._tokenizer = checkpoint.reader(AutoTokenizer)
        self._model = checkpoint.load(AutoModelForCTC)
        self._adapters = Adapters.of(checkpoint, self._model, self._tokenizer)
        # Padding does no harm where the network is told of it, no norm is taken over time, and its frames can be
        # counted, to be cut off again. That is so for the large checkpoints; others hear one clip at a time.
        masked = bool(getattr(self._features, "return_attention_mask", False))
        by_frame = getattr(self._config, "feat_extract_norm", None) == "layer"
        self._pads = masked and by_frame and not getattr(self._config, "add_adapter", False)

    def hear(self, clips: Sequence[Samples], task: Task) -> list[Heard]:
        """See :class:`~speechlab_transformers.hearing.Reader`."""
        if task.target is not None:
            raise no_translation(self._name)
        language = self._adapters.use(task.options.language) if self._adapters else task.options.language
        groups = [list(clips)] if self._pads else [[clip] for clip in clips]
        with quiet(), torch.inference_mode():
            return [heard for group in groups for heard in self._hear(group, language, task)]

    def _hear(self, clips: list[Samples], language: str | None, task: Task) -> list[Heard]:
        inputs = self._features(clips, sampling_rate=RATE, padding=True, return_tensors="pt")
        logits = self._model(**inputs.to(self._model.device, self._model.dtype)).logits.float()
        best = logits.softmax(-1).max(-1)
        heard = []
        for clip, tokens, sure in zip(clips, best.indices.tolist(), best.values.tolist(), strict=True):
            seconds = len(clip) / RATE
            frames = self._frames(len(clip)) if self._pads else len(tokens)
            step = getattr(self._config, "inputs_to_logits_ratio", len(clip) / frames) / RATE
            text, words = self._read(tokens[:frames], sure[:frames], step, seconds)
            told = [p for token, p in zip(tokens[:frames], sure, strict=False) if token != self._tokenizer.pad_token_id]
            segment = Segment(
                start=words[0].start if words else 0.0,
                end=words[-1].end if words else seconds,
                text=text,
                language=language,
                words=words if task.options.word_timestamps else (),
                extra={"avg_logprob": fmean(map(log, told))} if told else {},
            )
            heard.append(Heard((segment,) if text else (), seconds))
        return heard

    def _frames(self, samples: int) -> int:
        """How many frames the convolutions make of so many samples."""
        for kernel, stride in zip(self._config.conv_kernel, self._config.conv_stride, strict=True):
            samples = (samples - kernel) // stride + 1
        return samples

    def _read(self, tokens: list[int], sure: list[float], step: float, seconds: float) -> tuple[str, tuple[Word, ...]]:
        """Text and words of one clip; only tokenizers of characters tell where words are."""
        blank = self._tokenizer.pad_token_id
        if not isinstance(self._tokenizer, Wav2Vec2CTCTokenizer):
            return self._tokenizer.decode(tokens, skip_special_tokens=True).strip(), ()
        unsaid = set(self._tokenizer.all_special_ids) - {self._tokenizer.word_delimiter_token_id}
        tokens = [blank if token in unsaid else token for token in tokens]
        decoded: Any = self._tokenizer.decode(tokens, output_word_offsets=True)
        words = []
        for told in decoded.word_offsets:
            first, after = int(told["start_offset"]), int(told["end_offset"])
            heard = [p for token, p in zip(tokens[first:after], sure[first:after], strict=True) if token != blank]
            words.append(
                Word(
                    start=min(first * step, seconds),
                    end=min(after * step, seconds),
                    text=told["word"].lower() if self._tokenizer.do_lower_case else told["word"],
                    confidence=fmean(heard),
                )
            )
        return decoded.text.strip(), tuple(words)
