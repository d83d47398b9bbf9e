"""Whisper: the language found out, text decoded with its own timestamps, judged, and decoded again where it is poor."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoFeatureExtractor, AutoModelForSpeechSeq2Seq, AutoTokenizer
from transformers.modeling_outputs import BaseModelOutput

from speechlab import ConfigError, Languages, Samples, Segment, Word

from .alignment import CrossAttention, token_starts, word_times
from .checkpoint import RATE, Checkpoint
from .device import seeded
from .hearing import Heard, Task, no_translation
from .quiet import quiet
from .timestamps import cut
from .vocabulary import Vocabulary
from .words import split

TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
COMPRESSION_RATIO, AVG_LOGPROB, NO_SPEECH_PROB = 2.4, -1.0, 0.6
"""When to decode again at a higher temperature: the figures of openai-whisper's transcribe()."""
ENGLISH = Languages(["en"])
"""What Whisper translates into."""
SEED = 0
"""Decoding at random is repeatable: each clip is decoded with this seed, whatever else is in its batch."""


@dataclass(frozen=True)
class Clip:
    """One clip behind the encoder."""

    sound: torch.Tensor
    """What the encoder made of it, shaped (1, frames, width)."""
    seconds: float
    language: str
    """Whisper's code."""


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

    def hear(self, clips: Sequence[Samples], task: Task) -> list[Heard]:
        """See :class:`~speechlab_transformers.hearing.Reader`."""
        self._check(task)
        with quiet(), torch.inference_mode():
            ready = self._encoded(clips, task)
            decoded = self._decoded(ready, task)
        return [self._heard(one, clip, task) for one, clip in zip(decoded, ready, strict=True)]

    def _check(self, task: Task) -> None:
        if task.target is not None and not self._vocabulary.multilingual:
            raise no_translation(self._name)
        if task.target is not None and task.target not in ENGLISH:
            raise ConfigError(f"Whisper translates into English, not into {task.target!r}", hint="set the target to en")

    def _encoded(self, clips: Sequence[Samples], task: Task) -> list[Clip]:
        """All clips through the encoder, and the language of each: as chosen, as known from before, or detected."""
        inputs = self._features(list(clips), sampling_rate=RATE, return_tensors="pt")
        features = inputs.input_features.to(self._model.device, self._model.dtype)
        sound: torch.Tensor = self._model.get_encoder()(features).last_hidden_state
        if task.options.language:
            languages = [self._languages.code(task.options.language)] * len(clips)
        elif not self._vocabulary.multilingual:
            languages = ["en"] * len(clips)
        elif task.options.multilingual:
            languages = self._detected(sound)
        else:
            languages = [task.language or self._detected(sound[:1])[0]] * len(clips)
        return [
            Clip(sound[index : index + 1], len(clip) / RATE, language)
            for index, (clip, language) in enumerate(zip(clips, languages, strict=True))
        ]

    def _detected(self, sound: torch.Tensor) -> list[str]:
        tokens = self._model.detect_language(encoder_outputs=BaseModelOutput(last_hidden_state=sound)).tolist()
        return [self._vocabulary.language(token) for token in tokens]

    def _decoded(self, clips: Sequence[Clip], task: Task) -> list[Decoded]:
        """All clips at once without chance, then the poor ones one by one with more and more of it."""
        rows = self._generate(clips, task, num_beams=task.options.beam_size)
        decoded = [self._judged(clip, tokens, 0.0, task) for clip, tokens in zip(clips, rows, strict=True)]
        if task.options.fallback == "off":
            return decoded
        for index, clip in enumerate(clips):
            for temperature in TEMPERATURES:
                if not decoded[index].poor:
                    break
                with seeded(SEED, clip.sound.device):
                    [tokens] = self._generate([clip], task, temperature=temperature)
                decoded[index] = self._judged(clip, tokens, temperature, task)
        return decoded

    def _generate(self, clips: Sequence[Clip], task: Task, **how: Any) -> list[list[int]]:
        """Tokens of text and timestamps for each clip, by transformers' own generation."""
        sound = torch.cat([clip.sound for clip in clips])
        prompt = self._vocabulary.prompt(task.options.prompt)
        if self._vocabulary.multilingual:
            how["language"] = [f"<|{clip.language}|>" for clip in clips]
            how["task"] = "transcribe" if task.target is None else "translate"
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

    def _judged(self, clip: Clip, tokens: list[int], temperature: float, task: Task) -> Decoded:
        """One more look, over the whole text at once: how probable it is, and which sound each token attends to."""
        prefix = self._vocabulary.prefix(clip.language, task.target is not None)
        text = [token for token in tokens if token < self._vocabulary.end]
        inputs = torch.tensor([[*prefix, *text]], device=clip.sound.device)
        encoded = BaseModelOutput(last_hidden_state=clip.sound)
        with self._attention.watched(task.options.word_timestamps) as attention:
            logits = self._model(encoder_outputs=encoded, decoder_input_ids=inputs, use_cache=False).logits[0].float()
        last = len(prefix) - 1  # the position that tells the first token of the text
        follow = torch.tensor([*text, self._vocabulary.end], device=logits.device)
        logprobs = logits[last:, : self._vocabulary.end + 1].log_softmax(-1).gather(-1, follow[:, None])[:, 0]
        begins = token_starts(attention, round(clip.seconds / self._step), last).tolist() if attention else []
        said = self._tokenizer.decode(text).strip().encode()
        return Decoded(
            tokens=tokens,
            temperature=temperature,
            starts=[frame * self._step for frame in begins],
            probabilities=logprobs[:-1].exp().tolist(),
            avg_logprob=float(logprobs.mean()),
            no_speech_prob=float(logits[0].softmax(-1)[self._vocabulary.no_speech]),
            compression_ratio=len(said) / len(zlib.compress(said)) if said else 0.0,
        )

    def _heard(self, decoded: Decoded, clip: Clip, task: Task) -> Heard:
        pieces, settled = cut(decoded.tokens, self._vocabulary, self._step, clip.seconds)
        written = self._languages.tag(clip.language) if task.target is None else "en"
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
            if decoded.starts:
                words = word_times(
                    split(self._tokenizer, piece.tokens, written),
                    decoded.starts[first : after + 1],
                    decoded.probabilities[first:after],
                    settled,
                )
            first = after
            if text:
                start, end = (words[0].start, words[-1].end) if words else (piece.start, piece.end)
                segments.append(Segment(start=start, end=end, text=text, language=written, words=words, extra=extra))
        return Heard(tuple(segments), settled, clip.language)
