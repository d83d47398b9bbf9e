"""Text to text in another language, by NLLB, M2M-100 or Opus-MT: sentences of like length go through side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from speechlab import Context, EngineFailed

from .options import TranslateOptions, TranslateParams
from .torchaudio_shim import make_importable

make_importable()  # before anything of transformers

from transformers import AutoModelForSeq2SeqLM, AutoTokenizer  # noqa: E402

from .checkpoint import Checkpoint  # noqa: E402
from .device import enough, free  # noqa: E402
from .encoding import ENCODERS, Way  # noqa: E402
from .families import translates  # noqa: E402
from .quiet import quiet  # noqa: E402
from .tongues import Tongues  # noqa: E402

MOST, AT_LEAST = 6, 32
"""A translation may be so many times as long as its text, in tokens, and has in any case so many: more than any pair of
languages needs, and the bound on a decoder that loops."""
CURE = "lower batch_size or beam_size, set dtype to float16, or take a smaller checkpoint"
"""What to do where memory does not suffice."""


@dataclass
class Part:
    """As much of one text as goes through the network at once: nearly always all of it."""

    number: int
    """Of the text."""
    text: str
    """What is written; in the end its translation."""
    tokens: list[int]
    before: str
    after: str
    """The blanks around it."""


class Translate:
    """A translator, by whatever translation checkpoint it is given."""

    def __init__(self, params: TranslateParams, context: Context) -> None:
        checkpoint = Checkpoint.find(params, context, translates)
        tongues = Tongues.read(checkpoint.folder)
        self._device = checkpoint.device
        self._tokenizer = checkpoint.reader(AutoTokenizer)
        self._encoder = ENCODERS[tongues.style](self._tokenizer, tongues, checkpoint.model)
        self._room: int = checkpoint.config.max_position_embeddings - 2  # a token before the text, and the first of all
        blank = self._tokenizer.convert_tokens_to_ids("▁")
        self._unreadable = {*self._tokenizer.all_special_ids, self._tokenizer.unk_token_id, blank}
        self._model: Any = checkpoint.load(AutoModelForSeq2SeqLM)

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: TranslateOptions) -> list[str]:
        """The texts in the language ``target``. One that holds nothing that the checkpoint can read stays as it is; one
        that is longer than it can take is translated in parts. Raises ConfigError and EngineFailed."""
        if self._model is None:
            raise EngineFailed("the checkpoint is closed", hint="load the engine again")
        way = self._encoder.way(source, target)
        with quiet(), torch.inference_mode():
            parts = [part for number, text in enumerate(texts) for part in self._parts(number, text, way)]
            dull = self._unreadable | {way.target}
            readable = [part for part in parts if not dull.issuperset(part.tokens)]
            readable.sort(key=lambda part: len(part.tokens), reverse=True)  # too little memory shows at once
            for first in range(0, len(readable), options.batch_size):
                self._write(readable[first : first + options.batch_size], way, options)
        done = [""] * len(texts)
        for part in parts:
            done[part.number] += part.before + part.text + part.after
        return done

    def close(self) -> None:
        """Free the network and the accelerator's memory."""
        self._model = None
        free(self._device)

    def _parts(self, number: int, text: str, way: Way) -> Iterator[Part]:
        """The text, halved at a blank until each part has a place."""
        said = text.strip()
        before, _, after = text.partition(said) if said else (text, "", "")
        written = said.encode("utf-8", "replace").decode()  # half a character, as damaged text holds, breaks tokenizers
        tokens = self._encoder.tokens(written, way) if said else []
        if len(tokens) <= self._room or len(said) < 2:
            yield Part(number, said, tokens, before, after)
            return
        middle = _middle(said)
        yield from self._parts(number, before + said[:middle], way)
        yield from self._parts(number, said[middle:] + after, way)

    def _write(self, parts: Sequence[Part], way: Way, options: TranslateOptions) -> None:
        """Put translations in the place of texts."""
        inputs = self._tokenizer.pad({"input_ids": [part.tokens for part in parts]}, return_tensors="pt")
        first = self._encoder.first(way)
        bounds = [min(self._room, AT_LEAST + MOST * len(part.tokens)) for part in parts]
        with enough(self._device, f"{len(parts)} sentences at once", CURE):
            rows = self._model.generate(
                **inputs.to(self._device),
                num_beams=options.beam_size,
                no_repeat_ngram_size=options.no_repeat_ngram_size,
                max_new_tokens=max(bounds),
                **({} if first is None else {"forced_bos_token_id": first}),
            )
        opening = 1 if first is None else 2  # what starts the decoder, and the language
        written = self._tokenizer.batch_decode(
            [row[opening : 1 + bound] for row, bound in zip(rows.tolist(), bounds, strict=True)],
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
        )
        for part, text in zip(parts, written, strict=True):
            part.text = text.strip()


def _middle(text: str) -> int:
    """Where to halve a text: at the blank nearest its middle, else there."""
    half = len(text) // 2
    blanks = [at for at in (text.rfind(" ", 0, half), text.find(" ", half)) if at > 0]
    return min(blanks, key=lambda at: abs(at - half), default=half)
