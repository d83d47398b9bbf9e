"""Encoder-decoders other than Whisper (Moonshine, Speech2Text, SeamlessM4T, ...): one text for each clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import AutoModelForSpeechSeq2Seq, AutoProcessor

from speechlab import ConfigError, Languages, Samples, Segment

from .checkpoint import RATE, Checkpoint
from .hearing import Heard, Task, no_translation
from .quiet import quiet

TOKENS_PER_SECOND = 25
"""More than anybody says in a second, even letter by letter: the bound on a decoder that does not stop by itself."""


class Seq2Seq:
    """Any AutoModelForSpeechSeq2Seq that is given sound alone, and perhaps the language to write."""

    window = 30.0

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._name = checkpoint.model
        self._processor = checkpoint.reader(AutoProcessor)
        self._model = checkpoint.load(AutoModelForSpeechSeq2Seq)
        codes = getattr(self._model.generation_config, "text_decoder_lang_to_code_id", None)
        self._written = Languages(codes) if codes else None
        # Padding does no harm where the network is told of it, and takes no norm over time.
        masked = bool(getattr(self._processor.feature_extractor, "return_attention_mask", False))
        encoder = getattr(checkpoint.config, "encoder", checkpoint.config)
        self._pads = masked and getattr(encoder, "feat_extract_norm", "layer") == "layer"

    def hear(self, clips: Sequence[Samples], task: Task) -> list[Heard]:
        """See :class:`~speechlab_transformers.hearing.Reader`."""
        how, tag = self._language(task)
        groups = [list(clips)] if self._pads else [[clip] for clip in clips]
        with quiet(), torch.inference_mode():
            texts = [text for group in groups for text in self._texts(group, task.options.beam_size, how)]
        heard = []
        for clip, text in zip(clips, texts, strict=True):
            seconds = len(clip) / RATE
            segment = Segment(start=0.0, end=seconds, text=text, language=tag)
            heard.append(Heard((segment,) if text else (), seconds))
        return heard

    def _language(self, task: Task) -> tuple[dict[str, Any], str | None]:
        """What to tell generate() of the language to write, and that language as BCP-47."""
        if self._written is None:
            if task.target is not None:
                raise no_translation(self._name)
            return {}, task.options.language
        wanted = task.target or task.options.language
        if wanted is None:
            raise ConfigError(
                f"{self._name} must be told which language to write", hint="set language to the one that is spoken"
            )
        code = self._written.code(wanted)
        return {"tgt_lang": code}, self._written.tag(code)

    def _texts(self, clips: list[Samples], beams: int, how: dict[str, Any]) -> list[str]:
        inputs = self._processor(audio=clips, sampling_rate=RATE, padding=True, return_tensors="pt")
        bounds = [min(self._room(), 8 + round(TOKENS_PER_SECOND * len(clip) / RATE)) for clip in clips]
        rows = self._model.generate(
            **inputs.to(self._model.device, self._model.dtype),
            num_beams=beams,
            max_new_tokens=max(bounds),
            **how,
        )
        told = [row[: 1 + bound] for row, bound in zip(rows.tolist(), bounds, strict=True)]  # 1 starts the decoder
        return [text.strip() for text in self._processor.batch_decode(told, skip_special_tokens=True)]

    def _room(self) -> int:
        """The longest text that the decoder has positions for."""
        config = getattr(self._model.config, "decoder", None) or self._model.config
        names = ("max_target_positions", "max_text_positions", "max_position_embeddings")
        return min([room - 2 for name in names if (room := getattr(config, name, None))], default=448)
