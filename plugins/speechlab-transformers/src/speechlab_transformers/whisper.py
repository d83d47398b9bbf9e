"""Whisper: the language found out, text decoded with its own timestamps, judged, and decoded again where it is poor."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from transformers import AutoFeatureExtractor, AutoModelForSpeechSeq2Seq, AutoTokenizer
from transformers.modeling_outputs import BaseModelOutput

from speechlab import ConfigError, Samples, Segment, Word

from . import SpeechTranslateOptions
from .alignment import CrossAttention, token_starts, word_times
from .checkpoint import Checkpoint, quiet
from .hearing import RATE, Heard, no_translation
from .languages import Languages, is_english
from .vocabulary import Vocabulary
from .words import split

TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
COMPRESSION_RATIO, AVG_LOGPROB, NO_SPEECH_PROB = 2.4, -1.0, 0.6
"""When to decode again at a higher temperature: the figures of openai-whisper's transcribe()."""
SEED = 0
"""Decoding at random is repeatable: each clip is decoded with this seed, whatever else is in its batch."""
STEP = 0.5
"""Seconds that a window settles at least, so that there is an end."""
TAIL = 0.5
"""Seconds after the last timestamp that are not worth a window of their own."""


@dataclass(frozen=True)
class Decoded:
    """One clip's text as tokens, and what the model thinks of it."""

    tokens: list[int]
    """Text and timestamps in turn."""
    temperature: float
    starts: list[float]
    """Where each text token begins, and last where they end, in seconds; empty where nobody asked."""
    probabilities: list[float]
    """Of each text token."""
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float

    @property
    def poor(self) -> bool:
        """Whether to try again: it loops, or the model is unsure and does not think that nobody speaks."""
        unsure = self.avg_logprob < AVG_LOGPROB
        return self.compression_ratio > COMPRESSION_RATIO or (unsure and self.no_speech_prob <= NO_SPEECH_PROB)


@dataclass(frozen=True)
class Piece:
    """What stands between two timestamps."""

    start: float
    end: float
    tokens: list[int]
    """Text only."""


class Whisper:
    """Any WhisperForConditionalGeneration."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._name = checkpoint.model
        self._features = checkpoint.reader(AutoFeatureExtractor)
        self._tokenizer = checkpoint.reader(AutoTokenizer)
        self._model = checkpoint.load(AutoModelForSpeechSeq2Seq)
        self._vocabulary = Vocabulary.of(self._model, self._tokenizer)
        self._languages = Languages(self._vocabulary.languages)
        self._attention = CrossAttention(self._model)
        self._step = self._features.chunk_length / self._model.config.max_source_positions
        self.window = float(self._features.chunk_length)

    def hear(
        self,
        clips: Sequence[Samples],
        languages: Sequence[str | None],
        options: SpeechTranslateOptions,
        target: str | None,
    ) -> list[Heard]:
        """See :class:`~speechlab_transformers.hearing.Reader`."""
        self._check(options, target)
        with quiet(), torch.inference_mode():
            sound = self._encode(clips)
            spoken = self._spoken(sound, languages, options)
            prefixes = [self._vocabulary.prefix(language, target is not None) for language in spoken]
            frames = [round(len(clip) / RATE / self._step) for clip in clips]
            decoded = self._decode(sound, spoken, prefixes, frames, options, target)
        return [
            self._heard(one, len(clip) / RATE, language, options, target)
            for one, clip, language in zip(decoded, clips, spoken, strict=True)
        ]

    def _check(self, options: SpeechTranslateOptions, target: str | None) -> None:
        if target is not None and not self._vocabulary.multilingual:
            raise no_translation(self._name)
        if target is not None and not is_english(target):
            raise ConfigError(f"Whisper translates into English, not into {target!r}", hint="set the target to en")

    def _encode(self, clips: Sequence[Samples]) -> torch.Tensor:
        inputs = self._features(list(clips), sampling_rate=RATE, return_tensors="pt")
        features = inputs.input_features.to(self._model.device, self._model.dtype)
        hidden: torch.Tensor = self._model.get_encoder()(features).last_hidden_state
        return hidden

    def _spoken(
        self, sound: torch.Tensor, languages: Sequence[str | None], options: SpeechTranslateOptions
    ) -> list[str]:
        """The language of each clip as Whisper's code: as chosen, as known from before, or detected."""
        if options.language:
            return [self._languages.code(options.language)] * len(languages)
        if not self._vocabulary.multilingual:
            return ["en"] * len(languages)
        if all(languages):
            return [str(language) for language in languages]
        found = self._model.detect_language(encoder_outputs=BaseModelOutput(last_hidden_state=sound)).tolist()
        return [known or self._vocabulary.language(token) for known, token in zip(languages, found, strict=True)]

    def _decode(
        self,
        sound: torch.Tensor,
        languages: Sequence[str],
        prefixes: Sequence[list[int]],
        frames: Sequence[int],
        options: SpeechTranslateOptions,
        target: str | None,
    ) -> list[Decoded]:
        """All clips at once without chance, then the poor ones one by one with more and more of it."""
        prompt = self._vocabulary.prompt(options.prompt)

        def read(index: int, tokens: list[int], temperature: float) -> Decoded:
            return self._judge(sound[index : index + 1], prefixes[index], tokens, temperature, frames[index], options)

        rows = self._generate(sound, languages, prompt, target, num_beams=options.beam_size)
        decoded = [read(index, tokens, TEMPERATURES[0]) for index, tokens in enumerate(rows)]
        if not options.temperature_fallback:
            return decoded
        accelerator = [sound.device] if sound.device.type == "cuda" else []
        for index in range(len(decoded)):
            for temperature in TEMPERATURES[1:]:
                if not decoded[index].poor:
                    break
                with torch.random.fork_rng(devices=accelerator):
                    torch.manual_seed(SEED)
                    [tokens] = self._generate(
                        sound[index : index + 1], languages[index : index + 1], prompt, target, temperature=temperature
                    )
                decoded[index] = read(index, tokens, temperature)
        return decoded

    def _generate(
        self, sound: torch.Tensor, languages: Sequence[str], prompt: list[int], target: str | None, **how: Any
    ) -> list[list[int]]:
        """Tokens of text and timestamps for each clip, by transformers' own generation."""
        if self._vocabulary.multilingual:
            how["language"] = [f"<|{language}|>" for language in languages]
            how["task"] = "translate" if target is not None else "transcribe"
        if prompt:
            how["prompt_ids"] = torch.tensor(prompt, device=sound.device)
        rows = self._model.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=sound),
            attention_mask=torch.ones(sound.shape[:2], device=sound.device),
            return_timestamps=True,
            force_unique_generate_call=True,
            **how,
        )
        begin = len(prompt) + self._vocabulary.opening
        return [self._vocabulary.before_end(row) for row in rows[:, begin:].tolist()]

    def _judge(
        self,
        sound: torch.Tensor,
        prefix: list[int],
        tokens: list[int],
        temperature: float,
        frames: int,
        options: SpeechTranslateOptions,
    ) -> Decoded:
        """One more look, over the whole text at once: how probable it is, and which sound each token attends to."""
        text = [token for token in tokens if token < self._vocabulary.end]
        inputs = torch.tensor([[*prefix, *text]], device=sound.device)
        with self._attention.watched(options.word_times) as attention:
            encoded = BaseModelOutput(last_hidden_state=sound)
            logits = self._model(encoder_outputs=encoded, decoder_input_ids=inputs, use_cache=False).logits[0].float()
        last = len(prefix) - 1  # the position that tells the first token of the text
        follow = torch.tensor([*text, self._vocabulary.end], device=sound.device)
        logprobs = logits[last:, : self._vocabulary.end + 1].log_softmax(-1).gather(-1, follow[:, None])[:, 0]
        starts = token_starts(attention, frames, last) * self._step if options.word_times else []
        said = self._tokenizer.decode(text).strip().encode()
        return Decoded(
            tokens=tokens,
            temperature=temperature,
            starts=[float(start) for start in starts],
            probabilities=logprobs[:-1].exp().tolist(),
            avg_logprob=float(logprobs.mean()),
            no_speech_prob=float(logits[0].softmax(-1)[self._vocabulary.no_speech]),
            compression_ratio=len(said) / len(zlib.compress(said)) if said else 0.0,
        )

    def _heard(
        self, decoded: Decoded, seconds: float, language: str, options: SpeechTranslateOptions, target: str | None
    ) -> Heard:
        pieces, settled = cut(decoded.tokens, self._vocabulary, self._step, seconds)
        tag = "en" if target is not None else self._languages.tag(language)
        extra = {
            "avg_logprob": decoded.avg_logprob,
            "no_speech_prob": decoded.no_speech_prob,
            "compression_ratio": decoded.compression_ratio,
            "temperature": decoded.temperature,
        }
        segments = []
        first = 0
        for piece in pieces:
            after = first + len(piece.tokens)
            text = self._tokenizer.decode(piece.tokens).strip()
            words: tuple[Word, ...] = ()
            if options.word_times:
                words = word_times(
                    split(self._tokenizer, piece.tokens, tag),
                    decoded.starts[first : after + 1],
                    decoded.probabilities[first:after],
                    settled,
                )
            first = after
            if text:
                start, end = (words[0].start, words[-1].end) if words else (piece.start, piece.end)
                segments.append(Segment(start=start, end=end, text=text, language=tag, words=words, extra=extra))
        return Heard(tuple(segments), settled, language)


def cut(tokens: list[int], vocabulary: Vocabulary, step: float, seconds: float) -> tuple[list[Piece], float]:
    """A clip's tokens as pieces between timestamps, and how many of its seconds they settle.

    Two timestamps in a row end one piece and begin the next. Where one alone ends the text, or there are no two in a
    row, the model has told all that it heard. Else it has more to tell, which a window from the last such place on
    will settle; what it already said of it is left to that one.
    """

    def time(token: int) -> float:
        return min(max(token - vocabulary.first_time, 0) * step, seconds)

    def piece(part: list[int]) -> Piece:
        times = [token for token in part if token >= vocabulary.first_time]
        start = time(times[0]) if part[:1] == times[:1] and times else 0.0
        end = time(times[-1]) if len(times) > 1 or (times and part[-1] == times[-1]) else seconds
        return Piece(start, max(start, end), [token for token in part if token < vocabulary.end])

    is_time = [token >= vocabulary.first_time for token in tokens]
    borders = [index for index in range(1, len(tokens)) if is_time[index - 1] and is_time[index]]
    if not borders or is_time[-2:] == [False, True]:
        return [piece(tokens[first:after]) for first, after in pairwise([0, *borders, len(tokens)])], seconds
    pieces = [piece(tokens[first:after]) for first, after in pairwise([0, *borders])]
    settled = max(time(tokens[borders[-1] - 1]), STEP)
    return pieces, seconds if seconds - settled < TAIL else settled
