"""Punctuation for text that has none: a token classifier tells the mark behind each word, in windows that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import torch
import transformers

from speechlab import Context, EngineFailed, EngineUnavailable

from .options import PunctuateOptions, PunctuateParams
from .torchaudio_shim import make_importable

make_importable()  # before anything of transformers

from .checkpoint import Checkpoint  # noqa: E402
from .device import free  # noqa: E402
from .families import Family  # noqa: E402
from .marks import MARKS, Mark, read  # noqa: E402

WINDOW, OVERLAP = 120, 20
"""Words that the network sees at once, and how many of them it saw before: marks near an edge are told by the window in
which they are further from it."""
ALL_MARKS = "".join(MARKS)
LONGEST = 512
"""Tokens that these networks can take; words that do not fit get no mark."""


class Punctuate:
    """A text processor, by whatever punctuation checkpoint it is given."""

    def __init__(self, params: PunctuateParams, context: Context) -> None:
        checkpoint = Checkpoint.find(params, context, punctuates)
        self._marks, cased = read(checkpoint.config.id2label)
        self._which = 0 if cased else -1
        """Checkpoints that tell the case put a word's label on its first token, the others on its last."""
        self._tokenizer = checkpoint.reader(transformers.AutoTokenizer)
        self._model: Any = checkpoint.load(transformers.AutoModelForTokenClassification)
        self._device = checkpoint.device

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: PunctuateOptions) -> list[str]:
        """Each text with punctuation. Texts that follow each other without any are read as one, so that a sentence may
        go on from one to the next."""
        done = list(texts)
        plain = [options.anew or all(_bare(word) == word for word in text.split()) for text in texts]
        for is_plain, run in groupby(range(len(texts)), key=lambda number: plain[number]):
            if not is_plain:
                continue
            numbers = list(run)
            words = [[_bare(word) for word in texts[number].split()] for number in numbers]
            marks = iter(self._told([word for some in words for word in some], options))
            for number, some in zip(numbers, words, strict=True):
                done[number] = " ".join(next(marks).on(word) for word in some) or texts[number]
        return done

    def close(self) -> None:
        """Free the network and the accelerator's memory."""
        self._model = None
        free(self._device)

    def _told(self, words: Sequence[str], options: PunctuateOptions) -> list[Mark]:
        """What is written of each word."""
        if self._model is None:
            raise EngineFailed("the checkpoint is closed", hint="load the engine again")
        told = [Mark()] * len(words)
        size = options.batch_size or (1 if self._device.type == "cpu" else 8)
        some = list(windows(len(words)))
        for first in range(0, len(some), size):
            group = some[first : first + size]
            batch = [list(words[begin:end]) for begin, end, _, _ in group]
            for (begin, _, own, until), marks in zip(group, self._seen(batch), strict=True):
                for number in range(own, until):
                    told[number] = marks[number - begin]
        return told

    @torch.inference_mode()
    def _seen(self, batch: Sequence[Sequence[str]]) -> Iterator[list[Mark]]:
        longest = min(LONGEST, getattr(self._model.config, "max_position_embeddings", LONGEST) - 2)
        tokens = self._tokenizer(
            batch, is_split_into_words=True, truncation=True, max_length=longest, padding=True, return_tensors="pt"
        )
        best = self._model(**tokens.to(self._device)).logits.argmax(-1).tolist()
        for number, (words, labels) in enumerate(zip(batch, best, strict=True)):
            places: dict[int, list[int]] = {}
            for place, word in enumerate(tokens.word_ids(number)):
                if word is not None:
                    places.setdefault(word, []).append(place)
            yield [
                self._marks[labels[places[word][self._which]]] if word in places else Mark()
                for word in range(len(words))
            ]


def windows(count: int) -> Iterator[tuple[int, int, int, int]]:
    """Windows over so many words: from where to where each sees, and of which of them it tells.

    >>> list(windows(100)), list(windows(0))
    ([(0, 100, 0, 100)], [])
    """
    step, half = WINDOW - OVERLAP, OVERLAP // 2
    begins = range(0, max(1, count - OVERLAP), step) if count else range(0)
    for begin in begins:
        end = min(begin + WINDOW, count)
        last = end == count
        yield begin, end, begin + (half if begin else 0), count if last else end - half
        if last:
            return


def punctuates(config: Any, model: str) -> Family:
    """The family of a checkpoint that punctuates. Raises EngineUnavailable where it does not."""
    try:
        read(config.id2label)
    except ValueError as label:
        raise EngineUnavailable(
            f"{model} does not punctuate: what its label {str(label)!r} means is not known",
            hint="choose a token classifier whose labels are punctuation marks",
        ) from None
    return "tokens"


def _bare(word: str) -> str:
    """The word without the marks behind it; one that is nothing else stays."""
    return word.rstrip(ALL_MARKS) or word
