"""MMS: one network for a thousand languages, each with a small adapter and an alphabet of its own."""

from __future__ import annotations

from typing import Any

from transformers import Wav2Vec2CTCTokenizer

from speechlab import ConfigError, EngineUnavailable, Languages

from .checkpoint import Checkpoint
from .quiet import quiet


class Adapters:
    """Switches a loaded network and its tokenizer to a language."""

    def __init__(self, checkpoint: Checkpoint, model: Any, tokenizer: Any) -> None:
        self._checkpoint, self._model, self._tokenizer = checkpoint, model, tokenizer
        self._languages = Languages(tokenizer.vocab)
        self._active: str | None = None

    @classmethod
    def of(cls, checkpoint: Checkpoint, model: Any, tokenizer: Any) -> Adapters | None:
        """None for a checkpoint with one alphabet."""
        if not isinstance(tokenizer, Wav2Vec2CTCTokenizer) or getattr(model.config, "adapter_attn_dim", None) is None:
            return None
        nested = all(isinstance(alphabet, dict) for alphabet in tokenizer.vocab.values())
        return cls(checkpoint, model, tokenizer) if nested else None

    def use(self, language: str | None) -> str:
        """Make ready for a language, a BCP-47 code; gives it back as the checkpoint has it.

        Raises ConfigError for a language that it has no alphabet of, and for none: it cannot find out what is spoken.
        """
        if language is None:
            if len(self._tokenizer.vocab) > 1:
                raise ConfigError(
                    f"{self._checkpoint.model} must be told which language is spoken",
                    hint="set language, or let a multilingual Whisper detect it",
                )
            [code] = self._tokenizer.vocab
        else:
            code = self._languages.code(language)
        if code != self._active:
            self._switch(code)
            self._active = code
        return self._languages.tag(code)

    def _switch(self, code: str) -> None:
        try:
            self._checkpoint.extra(f"adapter.{code}.safetensors")
        except EngineUnavailable:
            if code != self._tokenizer.target_lang or len(self._tokenizer.vocab) > 1:
                raise
            return  # made for this one language, and stored with it
        self._active = None  # should anything fail half-way
        with quiet():
            self._tokenizer.set_target_lang(code)
            self._model.load_adapter(code, use_safetensors=True, local_files_only=True)
