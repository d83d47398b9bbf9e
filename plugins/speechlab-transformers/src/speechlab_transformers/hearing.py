"""What the three families of checkpoint have in common: clips of sound go in, what was heard comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from speechlab import ConfigError, Samples, Segment

from .options import SpeechTranslateOptions


@dataclass
class Task:
    """What is asked of a checkpoint, for all the clips of one call."""

    options: SpeechTranslateOptions
    target: str | None
    """The BCP-47 code of the language to translate into; None is transcription."""
    language: str | None = None
    """The language that was found in a clip before, as the checkpoint's own code."""

    def found(self, language: str | None) -> None:
        """A clip's language holds for all that follow, unless each is to be looked at."""
        if not self.options.multilingual:
            self.language = self.language or language


@dataclass(frozen=True)
class Heard:
    """What the network made of one clip; times count from where the clip begins."""

    segments: tuple[Segment, ...]
    seconds: float
    """So much of the clip is settled; what follows is to be heard again, with what comes after it."""
    language: str | None = None
    """The language as the checkpoint's own code, where it was detected."""


class Reader(Protocol):
    """A loaded checkpoint."""

    window: float
    """The longest clip it takes, in seconds."""

    def hear(self, clips: Sequence[Samples], task: Task) -> list[Heard]:
        """One answer for each clip."""


def no_translation(model: str) -> ConfigError:
    """The refusal of a checkpoint that only writes what is said."""
    return ConfigError(f"{model} transcribes but does not translate", hint="choose a multilingual Whisper checkpoint")
