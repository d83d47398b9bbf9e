"""Whisper's special tokens: from the checkpoint's generation config, completed from its tokenizer where that is old."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from speechlab import ConfigError

LANGUAGE = re.compile(r"<\|([a-z]{2,3})\|>")
ENGLISH_ONLY = 51864
"""Vocabulary size of the English-only models; all others are multilingual."""


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by their meaning."""

    start: int
    end: int
    """End of text; every token below it is text."""
    no_times: int
    """``<|notimestamps|>``; the timestamps follow it."""
    before: int | None
    """``<|startofprev|>``, ahead of a prompt."""
    languages: dict[str, int]
    """By Whisper's own code; of an English-only checkpoint just en."""
    tasks: dict[str, int]
    multilingual: bool
    _tokenizer: Any = field(compare=False)
    _longest_prompt: int

    @classmethod
    def of(cls, model: Any, tokenizer: Any) -> Vocabulary:
        """Read it, and tell the model's generation config what it lacks, so that generate() has it all."""
        known: dict[str, int] = tokenizer.get_vocab()
        config = model.generation_config
        complete = {
            "is_multilingual": model.config.vocab_size != ENGLISH_ONLY,
            "lang_to_id": {token: number for token, number in known.items() if LANGUAGE.fullmatch(token)},
            "task_to_id": {task: known.get(f"<|{task}|>") for task in ("transcribe", "translate")},
            "no_timestamps_token_id": known["<|notimestamps|>"],
            "prev_sot_token_id": known.get("<|startofprev|>"),
        }
        for name, value in complete.items():
            if getattr(config, name, None) is None:
                setattr(config, name, value)
        config.forced_decoder_ids = None  # old checkpoints force a language and task by it
        config.no_speech_threshold = config.logprob_threshold = config.compression_ratio_threshold = None  # judged here
        multilingual = bool(config.is_multilingual)
        languages = {LANGUAGE.fullmatch(token)[1]: number for token, number in config.lang_to_id.items()}  # type: ignore[index]
        return cls(
            start=config.decoder_start_token_id,
            end=known["<|endoftext|>"],
            no_times=config.no_timestamps_token_id,
            before=config.prev_sot_token_id,
            languages=languages if multilingual else {"en": -1},
            tasks=config.task_to_id,
            multilingual=multilingual,
            _tokenizer=tokenizer,
            _longest_prompt=model.config.max_target_positions // 2 - 1,
        )

    @property
    def first_time(self) -> int:
        """The timestamp of 0 s."""
        return self.no_times + 1

    @property
    def no_speech(self) -> int:
        """``<|nospeech|>``, or ``<|nocaptions|>`` as older checkpoints call it."""
        return self.no_times - 1

    @property
    def opening(self) -> int:
        """How many tokens generate() puts before the text: start, language, task."""
        return 3 if self.multilingual else 1

    def prefix(self, language: str, translate: bool) -> list[int]:
        """What stands before a text without timestamps."""
        if not self.multilingual:
            return [self.start, self.no_times]
        task = self.tasks["translate" if translate else "transcribe"]
        return [self.start, self.languages[language], task, self.no_times]

    def language(self, token: int) -> str:
        """The code that a language token stands for."""
        return next(code for code, number in self.languages.items() if number == token)

    def prompt(self, text: str) -> list[int]:
        """A text that might stand before, as tokens; of a long one its end."""
        if not text.strip() or self.before is None:
            return []
        tokens = self._tokenizer(f" {text.strip()}", add_special_tokens=False).input_ids
        if special := [token for token in tokens if token >= self.end]:
            said = self._tokenizer.convert_ids_to_tokens(special[0])
            raise ConfigError(f"the prompt holds {said}, a token of Whisper's own", hint="write plain text")
        return [self.before, *tokens[-self._longest_prompt :]]

    def before_end(self, tokens: list[int]) -> list[int]:
        """Tokens up to the end of text."""
        return tokens[: tokens.index(self.end)] if self.end in tokens else tokens
