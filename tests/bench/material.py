"""What the benchmark hears: a folder of recordings with references, else the sentences of speechlab.testing."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from speechlab import Audio, Samples
from speechlab.media import decode, write
from speechlab.testing import speech

RATE = 16_000
PAUSE = 1.0
"""Seconds of silence between clips that are joined to a longer recording."""
CROSSFADE = RATE // 4


@dataclass(frozen=True)
class Clip:
    """One recording, and what is said in it."""

    path: Path
    text: str
    speaker: str

    @cached_property
    def audio(self) -> Audio:
        """Its sound, 16 kHz, mono."""
        return decode(self.path, sample_rate=RATE, mono=True)


def clips(folder: Path | None, tag: str = "ls-other", language: str = "en") -> list[Clip]:
    """The clips with this tag, or any where it is empty, of a folder that has a ``MANIFEST.tsv`` with file, language,
    reference and tags."""
    if folder is None:
        return [Clip(speech().path, speech().text, "synthetic")]
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as rows:
        return [
            Clip(folder / row["file"], row["reference"], Path(row["file"]).stem.split("-")[0])
            for row in csv.DictReader(rows, delimiter="\t")
            if row["language"] == language and row["reference"]
            if not tag or tag in row["tags"].replace(",", " ").split()
        ]


def joined(some: list[Clip], seconds: float, target: Path) -> Path:
    """A recording of about so many seconds: the clips one after the other, again and again, with pauses."""
    hush = np.zeros(round(PAUSE * RATE), np.float32)
    parts: list[np.ndarray] = []
    length = 0
    while length < seconds * RATE:
        clip = some[len(parts) // 2 % len(some)]
        parts += [clip.audio.mono, hush]
        length += len(clip.audio.mono) + len(hush)
    write(Audio(np.concatenate(parts)[: round(seconds * RATE)], RATE), target)
    return target


def long(sound: Samples, frames: int) -> Samples:
    """So many samples, looped with a cross-fade."""
    fade = np.linspace(0, 1, CROSSFADE, dtype=np.float32)
    while len(sound) < frames:
        seam = sound[-CROSSFADE:] * np.sqrt(1 - fade) + sound[:CROSSFADE] * np.sqrt(fade)
        sound = np.concatenate([sound[:-CROSSFADE], seam, sound[CROSSFADE:]])
    return sound[:frames]
