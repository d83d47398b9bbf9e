"""Clips to text, several at once: encode, find the language, decode, decode again what failed, time the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens
from threadpoolctl import ThreadpoolController

from speechlab import Audio, Segment, Word

from . import DecodingOptions
from .languages import bcp47
from .sentences import sentences

BLAS = ThreadpoolController()
PREPEND, APPEND = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001
"""Punctuation that belongs to the word after it, and to the word before it (faster-whisper's own)."""
LESS_LIKELY: tuple[Mapping[str, Any], ...] = (
    {"beam_size": 1, "repetition_penalty": 1.2},
    {"beam_size": 5, "repetition_penalty": 1.2, "no_repeat_ngram_size": 3},
)
"""What breaks a loop, one after the other until one does; nothing here is left to chance."""
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Whisper's own way; each time the best of five samples (openai/whisper, transcribe.py)."""

UNHEARD = 2.0
"""Seconds without a word before the end of a clip that are decoded again; a clip ends where the speech does."""


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
        decoder that is caught in a loop does not.
        """
        match options.fallback:
            case "penalty":
                return self.endless and self.loops(options)
            case "temperature":
                return self.loops(options) or self.avg_logprob < options.log_prob_threshold
            case "off":
                return False


class Measured(Protocol):
    """What Whisper tells of its own work: a take, or a segment of faster-whisper's."""

    @property
    def avg_logprob(self) -> float: ...
    @property
    def no_speech_prob(self) -> float: ...
    @property
    def temperature(self) -> float | None: ...


class Decoder:
    """One model, one task, one set of options."""

    def __init__(self, model: WhisperModel, task: str, options: DecodingOptions) -> None:
        self._model = model
        self._task = task
        self._options = options
        self._multilingual = bool(model.model.is_multilingual)

    def decode(self, clips: Sequence[Audio], language: str | None) -> tuple[list[list[Segment]], str]:
        """The segments of each clip, and the language spoken in most of them, as Whisper's code.

        Now and then Whisper takes a pause for the end of a clip. What follows is then decoded as a clip of its own.
        """
        answers, found = self._pass(clips, language)
        rests = {i: rest for i, clip in enumerate(clips) if (rest := unheard(clip, answers[i]))}
        if rests:
            more, _ = self.decode(list(rests.values()), None if self._options.multilingual else found)
            for i, answer in zip(rests, more, strict=True):
                answers[i] += filter(believable, answer)
        return answers, found

    def _pass(self, clips: Sequence[Audio], language: str | None) -> tuple[list[list[Segment]], str]:
        """Decode each clip once."""
        encoded = Encoded.of(self._model, clips)
        languages = self._languages(encoded, clips, language)
        answers: list[list[Segment]] = [[] for _ in clips]
        for one in dict.fromkeys(languages):
            chosen = [i for i, spoken in enumerate(languages) if spoken == one]
            tokenizer = self._tokenizer(one)
            some, heard = encoded.pick(chosen), [clips[i] for i in chosen]
            takes = self._takes(some, tokenizer)
            timed = self._words(some, tokenizer, heard, takes)
            written = "en" if self._task == "translate" else bcp47(one)
            for i, clip, take, words in zip(chosen, heard, takes, timed, strict=True):
                answers[i] = list(segments(clip, take, words, tokenizer.decode(take.tokens), written))
        return answers, max(languages, key=lambda one: _seconds(clips, languages, one))

    def _tokenizer(self, language: str) -> Tokenizer:
        return Tokenizer(self._model.hf_tokenizer, self._multilingual, task=self._task, language=language)

    def _languages(self, encoded: Encoded, clips: Sequence[Audio], language: str | None) -> list[str]:
        """The language of each clip. They share one unless each may have its own: the longer a clip, the more it says.

        The decoder tells them from the clips as they are encoded, so nothing is encoded for it.
        """
        if not self._multilingual:
            return ["en"] * len(clips)
        if language is not None:
            return [language] * len(clips)
        told = [
            {token.strip("<|>"): probability for token, probability in one}
            for one in self._model.model.detect_language(encoded.features)
        ]
        if self._options.multilingual:
            return [max(one, key=one.__getitem__) for one in told]
        shares = {
            code: sum(clip.duration * one[code] for clip, one in zip(clips, told, strict=True)) for code in told[0]
        }
        return [max(shares, key=shares.__getitem__)] * len(clips)

    def _takes(self, encoded: Encoded, tokenizer: Tokenizer) -> list[Take]:
        """What is said in each clip; those that failed are decoded again, one by one."""
        takes = self._generate(encoded, tokenizer)
        return [
            self._again(encoded.pick([i]), tokenizer, take) if take.failed(self._options) else take
            for i, take in enumerate(takes)
        ]

    def _again(self, encoded: Encoded, tokenizer: Tokenizer, first: Take) -> Take:
        """The first further take that does not fail, else the likeliest of those that do not loop, else of all."""
        takes = [first]
        for changes in self._ladder():
            [take] = self._generate(encoded, tokenizer, **changes)
            if not take.failed(self._options):
                return take
            takes.append(take)
        sound = [take for take in takes if not take.loops(self._options)]
        return max(sound or takes, key=lambda take: take.avg_logprob)

    def _ladder(self) -> Iterator[Mapping[str, Any]]:
        if self._options.fallback == "penalty":
            yield from LESS_LIKELY
            return
        for temperature in TEMPERATURES:
            yield {"beam_size": 1, "num_hypotheses": 5, "sampling_topk": 0, "sampling_temperature": temperature}

    def _generate(self, encoded: Encoded, tokenizer: Tokenizer, **changes: Any) -> list[Take]:
        """Decode without time tokens: in a whole clip they make Whisper stop at a pause and lose what follows."""
        options, prompt = self._options, self._prompt(tokenizer)
        results = self._model.model.generate(
            encoded.features,
            [prompt] * encoded.size,
            max_length=self._model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            **{
                "beam_size": options.beam_size,
                "patience": options.patience,
                "length_penalty": options.length_penalty,
                "repetition_penalty": options.repetition_penalty,
                "no_repeat_ngram_size": options.no_repeat_ngram_size,
                **changes,
            },
        )
        takes = []
        for result in results:
            tokens, score = result.sequences_ids[0], result.scores[0]
            text = tokenizer.decode(tokens).strip()
            takes.append(
                Take(
                    tokens,
                    avg_logprob=score * len(tokens) ** options.length_penalty / (len(tokens) + 1),
                    no_speech_prob=result.no_speech_prob,
                    compression_ratio=get_compression_ratio(text) if text else 0.0,
                    endless=len(tokens) >= min(self._model.max_length // 2, self._model.max_length - len(prompt)),
                    temperature=changes.get("sampling_temperature", 0.0),
                )
            )
        return takes

    def _prompt(self, tokenizer: Tokenizer) -> list[int]:
        """What the decoder reads before the clip. Together, hotwords and the prompt may fill half of its text."""
        hotwords, text = self._options.hotwords.strip(), self._options.prompt.strip()
        room = self._model.max_length // 2 - 1 - (len(tokenizer.encode(" " + hotwords)) if hotwords else 0)
        before = tokenizer.encode(" " + text)[-room:] if text and room > 0 else []
        prompt: list[int] = self._model.get_prompt(
            tokenizer, before, without_timestamps=True, hotwords=hotwords or None
        )
        return prompt

    def _words(
        self, encoded: Encoded, tokenizer: Tokenizer, clips: Sequence[Audio], takes: Sequence[Take]
    ) -> list[list[Word]]:
        """The words of each clip with their times from its start, found by aligning the text to the sound."""
        said = [i for i, take in enumerate(takes) if any(token < tokenizer.eot for token in take.tokens)]
        answers: list[list[Word]] = [[] for _ in takes]
        if not said:
            return answers
        lines: list[list[dict[str, Any]]] = [
            [{"seek": 0, "start": 0.0, "end": clips[i].duration, "tokens": takes[i].tokens}] for i in said
        ]
        frames = [max(1, round(clips[i].duration * self._model.frames_per_second)) for i in said]
        self._model.add_word_timestamps(
            lines, tokenizer, encoded.pick(said).features, frames, PREPEND, APPEND, last_speech_timestamp=0.0
        )
        for i, [line] in zip(said, lines, strict=True):
            answers[i] = list(in_order(line["words"], clips[i].duration))
        return answers


class Encoded:
    """What the encoder heard in some clips."""

    def __init__(self, features: ctranslate2.StorageView, size: int) -> None:
        self.features = features
        self.size = size

    @classmethod
    def of(cls, model: WhisperModel, clips: Sequence[Audio]) -> Encoded:
        """Encode the clips: together on a GPU; one by one on a processor, where it is faster and keeps memory flat."""
        with BLAS.limit(limits=1, user_api="blas"):  # BLAS threads would spin on through the decoding
            heard = [pad_or_trim(model.feature_extractor(clip.mono)[..., :-1]) for clip in clips]
        if model.model.device != "cpu":
            return cls(model.encode(np.stack(heard)), len(clips))
        return cls._join([np.asarray(model.encode(one)) for one in heard])

    def pick(self, chosen: Sequence[int]) -> Encoded:
        """Some of the clips."""
        if list(chosen) == list(range(self.size)):
            return self
        features = self.features
        if features.device != "cpu":
            features = features.to(ctranslate2.DataType.float32).to_device(ctranslate2.Device.cpu)
        return self._join([np.asarray(features)[i : i + 1] for i in chosen])

    @classmethod
    def _join(cls, parts: Sequence[np.ndarray[Any, Any]]) -> Encoded:
        return cls(ctranslate2.StorageView.from_array(np.concatenate(parts)), len(parts))


def unheard(clip: Audio, answer: Sequence[Segment]) -> Audio | None:
    """What follows the last word, where that is long enough to have been missed."""
    if not answer or not answer[-1].words:
        return None
    rest = clip.crop(answer[-1].end, clip.end)
    return rest if UNHEARD <= rest.duration < clip.duration else None


def believable(segment: Segment) -> bool:
    """Whisper's own rule for silence (openai/whisper, transcribe.py), which holds for what was not heard at first."""
    silent: bool = segment.extra["no_speech_prob"] > 0.6 and segment.extra["avg_logprob"] < -1.0
    return not silent


def segments(clip: Audio, take: Take, words: Sequence[Word], text: str, language: str) -> Iterator[Segment]:
    """A clip's text on the clip's timeline: sentence by sentence where the times of its words are known."""
    if not words:
        if text.strip():
            yield segment(clip, (0.0, clip.duration), text, (), language, take)
        return
    for run in sentences(words):
        yield segment(clip, (run[0].start, run[-1].end), "".join(word.text for word in run), run, language, take)


def segment(
    clip: Audio, span: tuple[float, float], text: str, words: Sequence[Word], language: str, take: Measured
) -> Segment:
    """One segment, its times moved from the clip's start onto the timeline."""
    start, end = span
    return Segment(
        start,
        end,
        text=text.strip(),
        language=language,
        words=tuple(replace(word, text=word.text.strip()) for word in words if word.text.strip()),
        extra={
            "avg_logprob": round(take.avg_logprob, 4),
            "no_speech_prob": round(take.no_speech_prob, 4),
            "compression_ratio": round(get_compression_ratio(text.strip()), 4),
            "temperature": take.temperature or 0.0,
        },
    ).moved(clip.start)


def in_order(told: Iterable[Mapping[str, Any]], duration: float) -> Iterator[Word]:
    """faster-whisper's words with plain numbers, one after the other, none outside the clip."""
    at = 0.0
    for word in told:
        start = min(max(at, float(word["start"])), duration)
        at = min(max(start, float(word["end"])), duration)
        yield Word(start, at, text=word["word"], confidence=min(1.0, max(0.0, float(word["probability"]))))


def _seconds(clips: Sequence[Audio], languages: Sequence[str], one: str) -> float:
    return sum(clip.duration for clip, spoken in zip(clips, languages, strict=True) if spoken == one)
