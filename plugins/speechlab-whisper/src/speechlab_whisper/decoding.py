"""Clips to text, several at once: encode, find the language, decode, decode again what failed, time the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens

from speechlab import Audio, Segment, Word

from . import DecodingOptions
from .encoding import Encoded, Groups, alike, encode
from .languages import bcp47
from .sentences import sentences
from .takes import Take, ladder

PREPEND, APPEND = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001
"""Punctuation that belongs to the word after it, and to the word before it (faster-whisper's own)."""
TOKENS_PER_SECOND, FIRST_TOKENS = 10, 10
"""What a clip becomes with a short context: so many tokens for each second, and a few for the first word. A loop that
is cut off there has cost little; what is no loop, such as a script that Whisper writes byte by byte, gets more."""
UNHEARD = 2.0
"""Seconds without a word before the end of a clip that are decoded again; a clip ends where the speech does."""


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

        A clip that failed with a short context is decoded padded. Now and then Whisper takes a pause for the end of a
        clip. What follows is then decoded as a clip of its own.
        """
        heard, found = self._pass(clips, language)
        failed = [i for i, answer in enumerate(heard) if answer is None]
        if len(failed) == len(clips):
            return self.padded().decode(clips, language)
        answers = [answer or [] for answer in heard]
        known = language or (None if self._options.multilingual else found)
        rests = {i: rest for i, answer in enumerate(answers) if (rest := unheard(clips[i], answer))}
        if rests:
            more, _ = self.decode(list(rests.values()), known)
            for i, answer in zip(rests, more, strict=True):
                answers[i] += filter(believable, answer)
        if failed:
            again, _ = self.padded().decode([clips[i] for i in failed], known)
            for i, answer in zip(failed, again, strict=True):
                answers[i] = answer
        return answers, found

    def padded(self) -> Decoder:
        """The same, with all the silence that Whisper learnt with."""
        return Decoder(self._model, self._task, self._options.model_copy(update={"context": "padded"}))

    def _pass(self, clips: Sequence[Audio], language: str | None) -> tuple[list[list[Segment] | None], str]:
        """Decode each clip once; None for one that failed with a short context."""
        groups = encode(self._model, clips, self._options)
        languages = self._languages(groups, clips, language)
        answers: list[list[Segment] | None] = [None for _ in clips]
        for places, encoded in groups:
            for one, rows in alike(languages[i] for i in places):
                for row, answer in zip(rows, self._answers(encoded.pick(rows), one), strict=True):
                    answers[places[row]] = answer
        return answers, max(languages, key=lambda one: _seconds(clips, languages, one))

    def _answers(self, encoded: Encoded, language: str) -> list[list[Segment] | None]:
        """The segments of clips of one context and language."""
        tokenizer = self._tokenizer(language)
        takes = self._takes(encoded, tokenizer)
        timed = self._words(encoded, tokenizer, takes)
        written = "en" if self._task == "translate" else bcp47(language)
        return [
            list(segments(clip, take, words, tokenizer.decode(take.tokens), written)) if take else None
            for clip, take, words in zip(encoded.clips, takes, timed, strict=True)
        ]

    def _tokenizer(self, language: str) -> Tokenizer:
        return Tokenizer(self._model.hf_tokenizer, self._multilingual, task=self._task, language=language)

    def _languages(self, groups: Groups, clips: Sequence[Audio], language: str | None) -> list[str]:
        """The language of each clip. They share one unless each may have its own: the longer a clip, the more it says.

        The decoder tells them from the clips as they are encoded, so nothing is encoded for it.
        """
        if not self._multilingual:
            return ["en"] * len(clips)
        if language is not None:
            return [language] * len(clips)
        told: dict[int, dict[str, float]] = {}
        for places, encoded in groups:
            for i, one in zip(places, self._model.model.detect_language(encoded.features), strict=True):
                told[i] = {token.strip("<|>"): probability for token, probability in one}
        if self._options.multilingual:
            return [max(told[i], key=told[i].__getitem__) for i in range(len(clips))]
        shares = {code: sum(clip.duration * told[i][code] for i, clip in enumerate(clips)) for code in told[0]}
        return [max(shares, key=shares.__getitem__)] * len(clips)

    def _takes(self, encoded: Encoded, tokenizer: Tokenizer) -> list[Take | None]:
        """What is said in each clip; those that failed are decoded again, one by one."""
        return [
            self._again(encoded.pick([i]), tokenizer, take) if take.failed(self._options) else take
            for i, take in enumerate(self._generate(encoded, tokenizer))
        ]

    def _again(self, encoded: Encoded, tokenizer: Tokenizer, first: Take) -> Take | None:
        """The first further take that does not fail, else the likeliest of those that do not loop, else of all.

        With a short context, what was cut off but is no loop gets all the room there is; None for everything else.
        """
        if self._options.context == "short":
            if first.loops(self._options) or not first.endless:
                return None
            [take] = self._generate(encoded, tokenizer, roomy=True)
            return None if take.failed(self._options) else take
        takes = [first]
        for changes in ladder(self._options):
            [take] = self._generate(encoded, tokenizer, **changes)
            if not take.failed(self._options):
                return take
            takes.append(take)
        sound = [take for take in takes if not take.loops(self._options)]
        return max(sound or takes, key=lambda take: take.avg_logprob)

    def _generate(self, encoded: Encoded, tokenizer: Tokenizer, *, roomy: bool = False, **changes: Any) -> list[Take]:
        """Decode without time tokens: in a whole clip they make Whisper stop at a pause and lose what follows."""
        options, prompt = self._options, self._prompt(tokenizer)
        most = min(self._model.max_length // 2, self._model.max_length - len(prompt))
        tight = options.context == "short" and not roomy
        room = [min(most, enough(clip)) if tight else most for clip in encoded.clips]
        results = self._model.model.generate(
            encoded.features,
            [prompt] * len(encoded.clips),
            max_length=max(2 * max(room), len(prompt) + max(room)),  # of which it uses half, or what the prompt leaves
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
        for result, limit in zip(results, room, strict=True):
            tokens, score = result.sequences_ids[0], result.scores[0]
            text = tokenizer.decode(tokens).strip()
            takes.append(
                Take(
                    tokens,
                    avg_logprob=score * len(tokens) ** options.length_penalty / (len(tokens) + 1),
                    no_speech_prob=result.no_speech_prob,
                    compression_ratio=get_compression_ratio(text) if text else 0.0,
                    endless=len(tokens) >= limit,
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

    def _words(self, encoded: Encoded, tokenizer: Tokenizer, takes: Sequence[Take | None]) -> list[list[Word]]:
        """The words of each clip with their times from its start, found by aligning the text to the sound."""
        said = {i: take for i, take in enumerate(takes) if take and any(token < tokenizer.eot for token in take.tokens)}
        answers: list[list[Word]] = [[] for _ in takes]
        if not said:
            return answers
        some = encoded.pick(list(said))
        lines: list[list[dict[str, Any]]] = [
            [{"seek": 0, "start": 0.0, "end": clip.duration, "tokens": take.tokens}]
            for clip, take in zip(some.clips, said.values(), strict=True)
        ]
        frames = [max(1, round(clip.duration * self._model.frames_per_second)) for clip in some.clips]
        self._model.add_word_timestamps(
            lines, tokenizer, some.features, frames, PREPEND, APPEND, last_speech_timestamp=0.0
        )
        for i, clip, [line] in zip(said, some.clips, lines, strict=True):
            answers[i] = list(in_order(line["words"], clip.duration))
        return answers


def enough(clip: Audio) -> int:
    """How many tokens are more than what is said in a clip, in most scripts."""
    return round(FIRST_TOKENS + clip.duration * TOKENS_PER_SECOND)


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
