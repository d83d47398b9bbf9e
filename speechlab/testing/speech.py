"""Real enough speech for a test: a few synthesised sentences, with what is said and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..types import Audio, Segment, Transcript

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Speech:
    """A recording whose words are known."""

    path: Path
    """The file, for what reads files."""
    transcript: Transcript
    """What is said; each sentence is a segment, its times right to 0.1 s."""

    @cached_property
    def audio(self) -> Audio:
        """The sound: 16 kHz, mono, starting at 0 s."""
        import soundfile

        samples, rate = soundfile.read(self.path, dtype="float32")
        return Audio(samples, rate)

    @property
    def text(self) -> str:
        """All sentences as one text."""
        return self.transcript.text

    @property
    def language(self) -> str:
        """The language spoken, as a BCP-47 code."""
        return self.transcript.language or ""


def speech(language: str = "en") -> Speech:
    """About ten seconds of speech in ``en`` or ``es``, with pauses of 1.5 s between the sentences."""
    return _RECORDINGS[language]


def words(text: str) -> list[str]:
    """The words alone, in lower case, so that two texts can be compared whatever their commas.

    >>> words("Every evening, the keeper climbed.")
    ['every', 'evening', 'the', 'keeper', 'climbed']
    """
    return re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*", text.lower())


def _recording(language: str, *sentences: tuple[float, float, str]) -> Speech:
    segments = (Segment(start=start, end=end, text=text, language=language) for start, end, text in sentences)
    return Speech(DATA / f"speech-{language}.ogg", Transcript(tuple(segments), language))


_RECORDINGS = {
    "en": _recording(
        "en",
        (0.5, 3.1, "The old lighthouse stands at the end of the harbor."),
        (4.6, 7.7, "Every evening, the keeper climbed the stairs and lit the lamp."),
        (9.3, 12.0, "When the storm came, all the boats found their way home."),
    ),
    "es": _recording(
        "es",
        (0.5, 3.4, "Mi hermana compra pan y leche en la tienda de la esquina."),
        (4.9, 7.6, "Mañana vamos a la playa con nuestros amigos."),
    ),
}
