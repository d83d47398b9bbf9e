"""What the three families of checkpoint have in common: clips of sound go in, what was heard comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from speechlab import ConfigError, Samples, Segment

from . import SpeechTranslateOptions

RATE = 16_000
"""Samples per second of every checkpoint that this plugin reads."""


@dataclass(frozen=True)
class Heard:
    """What the network made of one clip; times count from where the clip begins."""

    segments: tuple[Segment, ...]
    seconds: float
    """So much of the clip is settled; what follows is to be heard again, with what comes after it."""
    language: str | None = None
    """The language as the checkpoint's own code, for the rest of the same recording."""


class Reader(Protocol):
    """A loaded checkpoint."""

    window: float
    """The longest clip it takes, in seconds."""

    def hear(
        self,
        clips: Sequence[Samples],
        languages: Sequence[str | None],
        options: SpeechTranslateOptions,
        target: str | None,
    ) -> list[Heard]:
        """One answer for each clip. ``languages`` are what :class:`Heard` told before, None where nothing is known.

        ``target`` None is transcription, else the BCP-47 code of the language to translate into.
        """


def no_translation(model: str) -> ConfigError:
    """The refusal of a checkpoint that only writes what is said."""
    return ConfigError(f"{model} transcribes but does not translate", hint="choose a multilingual Whisper checkpoint")
