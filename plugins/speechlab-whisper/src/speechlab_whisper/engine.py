"""Whisper, loaded: speech to text in its own language or in English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Literal

from speechlab import Audio, ConfigError, Context, Segment

from . import DecodingOptions, WhisperOptions, WhisperParams
from .decoding import Decoder, in_order, segment
from .encoding import WINDOW
from .languages import WHISPER, bcp47, whisper_code
from .loading import load
from .models import source
from .takes import TEMPERATURES

SLACK = 0.01
"""Seconds by which a clip may be too long: its last frame is left out."""
SHORTEST = 0.1
"""Seconds in which nobody says a word."""


class Whisper:
    """One loaded model, which recognises speech and translates it into English. Threads may share it."""

    def __init__(self, params: WhisperParams, context: Context) -> None:
        weights, own = source(params.model)
        self.folder = context.weights(weights, folder=own)
        """Where the weights lie."""
        self._model = load(self.folder, params, context.report)
        token = self._model.hf_tokenizer.token_to_id
        self._known = [code for code in WHISPER if token(f"<|{code}|>") is not None] if self.multilingual else ["en"]

    @property
    def multilingual(self) -> bool:
        """Whether the model knows more than English."""
        return bool(self._model.model.is_multilingual)

    def transcribe(self, audio: Audio, options: WhisperOptions) -> Iterator[Segment]:
        """The segments of one stretch, as they are decoded."""
        return self._stretch(audio, options, options.task)

    def transcribe_batch(self, audios: Sequence[Audio], options: WhisperOptions) -> Iterator[Sequence[Segment]]:
        """The segments of each stretch; a language that is not given is found in the first of them."""
        return self._stretches(audios, options, options.task)

    def translate_speech(self, audio: Audio, target: str, options: DecodingOptions) -> Iterator[Segment]:
        """What is said, in English. Raises ConfigError for any other target."""
        if target.lower().replace("_", "-").split("-")[0] != "en":
            raise ConfigError(
                f"Whisper translates speech into English only, not into {target!r}",
                hint="choose to = en; or recognise the speech, and translate the text with a translator",
            )
        return self._stretch(audio, options, "translate")

    def close(self) -> None:
        """Give the memory back."""
        del self._model

    def _stretch(self, audio: Audio, options: DecodingOptions, task: str) -> Iterator[Segment]:
        if length(audio) == "long":
            yield from self._long(audio, self._language(options, task), options, task)
        else:
            for answer in self._stretches([audio], options, task):
                yield from answer

    def _stretches(self, audios: Sequence[Audio], options: DecodingOptions, task: str) -> Iterator[Sequence[Segment]]:
        language = self._language(options, task)
        decoder = Decoder(self._model, task, options)
        for kind, some in groupby(audios, length):
            for clips in _batches(list(some), options.batch_size):
                match kind:
                    case "clip":
                        answers, found = decoder.decode(clips, language)
                        language = language or (None if options.multilingual else found)
                        yield from answers
                    case "long":
                        for audio in clips:
                            yield list(self._long(audio, language, options, task))
                    case "nothing":
                        yield from ([] for _ in clips)

    def _language(self, options: DecodingOptions, task: str) -> str | None:
        """Whisper's code of the language spoken, None to detect it. Raises ConfigError for what the model cannot do."""
        if task == "translate" and not self.multilingual:
            raise ConfigError(
                "this Whisper model is English-only and translates nothing",
                hint="choose a model whose name does not end in .en",
            )
        return whisper_code(options.language, self._known) if options.language else None

    def _long(self, audio: Audio, language: str | None, options: DecodingOptions, task: str) -> Iterator[Segment]:
        """faster-whisper's own way through sound of any length: a window begins where the text of the last ended."""
        found, about = self._model.transcribe(
            audio.mono,
            language=language,
            task=task,
            beam_size=options.beam_size,
            patience=options.patience,
            length_penalty=options.length_penalty,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            temperature=(0.0, *TEMPERATURES) if options.fallback == "temperature" else 0.0,
            compression_ratio_threshold=options.compression_ratio_threshold,
            log_prob_threshold=options.log_prob_threshold,
            condition_on_previous_text=False,
            initial_prompt=options.prompt.strip() or None,
            hotwords=options.hotwords.strip() or None,
            word_timestamps=True,
            multilingual=options.multilingual,
        )
        written = "en" if task == "translate" else bcp47(about.language)
        for one in found:
            words = list(in_order(map(asdict, one.words or ()), audio.duration))
            start, end = min(one.start, audio.duration), min(one.end, audio.duration)
            yield segment(audio, (float(start), float(end)), one.text, words, written, one)


def length(audio: Audio) -> Literal["nothing", "clip", "long"]:
    """Whether sound is too short for words, fits into Whisper's window, or does not."""
    if audio.duration < SHORTEST:
        return "nothing"
    return "clip" if audio.duration <= WINDOW + SLACK else "long"


def _batches(clips: Sequence[Audio], size: int) -> Iterator[Sequence[Audio]]:
    for first in range(0, len(clips), size):
        yield clips[first : first + size]
