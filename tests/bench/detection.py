"""``python -m tests.bench.detection FOLDER --noise FOLDER``: how well speech is told from the rest.

FOLDER holds recordings, each with its turns beside it (``a.flac``, ``a.rttm``): speech is where anybody's turn is. Each
is heard as it is, and with white noise and the recordings of an office and a café at 5 dB, by the power of its speech.
Of frames of 10 ms, pooled over the recordings of a kind, told are: the area under the curve of all thresholds (AUC) by
the probabilities that a detector gives; and with its default settings, padding and all, how much of the speech is
missed and how much of the rest is taken for speech.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speechlab import Audio, EngineSpec, Kind, Lab, Samples, SpeechScorer
from speechlab.media import decode

from .diarization import Clip, clips
from .host import CHUNK, installed
from .material import RATE, long
from .table import table

FRAME = 0.01
DECIBELS = 5.0
LABELLED = ("ami_", "pyannote_")
"""How the names of recordings begin whose turns somebody has marked by hand."""

Flags = npt.NDArray[np.bool_]


@dataclass
class Heard:
    """What a detector told of some recordings, frame by frame."""

    speech: list[Flags] = field(default_factory=list)
    """By the reference."""
    told: list[Flags] = field(default_factory=list)
    probabilities: list[Samples] = field(default_factory=list)
    cpu: float = 0.0
    seconds: float = 0.0

    @property
    def row(self) -> tuple[str, ...]:
        """AUC, missed and falsely told speech in per cent, and CPU seconds a second."""
        speech, told = np.concatenate(self.speech), np.concatenate(self.told)
        area = f"{auc(speech, np.concatenate(self.probabilities)):.3f}" if self.probabilities else "-"
        missed, false = 100 * (speech & ~told).sum() / speech.sum(), 100 * (told & ~speech).sum() / (~speech).sum()
        return area, f"{missed:.1f}", f"{false:.1f}", f"{self.cpu / self.seconds:.4f}"


def auc(speech: Flags, probabilities: Samples) -> float:
    """How often a frame of speech has a higher probability than another frame; a draw counts half.

    >>> auc(np.array([True, True, False, False]), np.array([0.9, 0.4, 0.4, 0.1]))
    0.875
    """
    _, where, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    positive = int(speech.sum())
    return float((ranks[speech].sum() - positive * (positive + 1) / 2) / (positive * (len(speech) - positive)))


def main(args: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="recordings with .rttm files beside them")
    parser.add_argument("--noise", type=Path, help="folder with office.flac and cafe.flac")
    parser.add_argument("--engine", nargs="*", default=[], metavar="ID", help="default: all that are installed")
    options = parser.parse_args(args)
    some = clips(options.folder)
    kinds = {
        "marked by hand": [clip for clip in some if clip.path.stem.startswith(LABELLED)],
        "conversations": [clip for clip in some if clip.kind == "conversations"],
    }
    with Lab() as lab:
        specs = [spec for spec in installed(lab, Kind.VAD) if spec.id in options.engine or not options.engine]
        rows: list[tuple[str, ...]] = []
        for kind, own in kinds.items():
            heard: dict[tuple[str, str], Heard] = {}
            for clip in own:
                for noise, sound in noisy(clip, options.noise):
                    for spec in specs:
                        hear(lab, spec, clip, sound, heard.setdefault((noise, spec.id), Heard()))
            rows += [(f"{kind} ({len(own)})", *name, *one.row) for name, one in heard.items()]
    table(("recordings", "noise", "detector", "AUC", "missed %", "false alarm %", "CPU s/s"), rows)


def noisy(clip: Clip, noise: Path | None) -> Iterator[tuple[str, Audio]]:
    """The recording as it is, then with each noise."""
    clean = decode(clip.path, sample_rate=RATE, mono=True).mono
    yield "none", Audio(clean, RATE)
    hums = {"white": np.random.default_rng(0).standard_normal(len(clean)).astype(np.float32)}
    if noise:
        hums |= {name: long(decode(noise / f"{name}.flac", sample_rate=RATE).mono, len(clean)) for name in _NOISES}
    voice = clean[np.repeat(marked(clip, len(clean)), round(FRAME * RATE))[: len(clean)]]
    for name, hum in hums.items():
        gain = np.sqrt(np.square(voice).mean() / np.square(hum).mean() / 10 ** (DECIBELS / 10))
        mixed = clean + gain * hum
        yield name, Audio(mixed / max(1.0, np.abs(mixed).max()), RATE)


_NOISES = "office", "cafe"


def marked(clip: Clip, samples: int) -> Flags:
    """The frames in which somebody speaks."""
    return within(((turn.start, turn.end) for turn in clip.reference), samples)


def within(spans: Any, samples: int) -> Flags:
    """The frames whose middle lies in one of these spans."""
    frames: Flags = np.zeros(-(-samples // round(FRAME * RATE)), np.bool_)
    for start, end in spans:
        frames[max(0, round(start / FRAME)) : max(0, round(end / FRAME))] = True
    return frames


def hear(lab: Lab, spec: EngineSpec, clip: Clip, sound: Audio, heard: Heard) -> None:
    """One recording through one detector."""
    began = time.process_time()
    recording = lab.run({"stage": [{"use": spec.name}]}, sound)
    heard.cpu += time.process_time() - began
    heard.seconds += sound.duration
    heard.speech.append(marked(clip, sound.frames))
    heard.told.append(within(((span.start, span.end) for span in recording.speech), sound.frames))
    with lab.pool.lease(spec, spec.params()) as loaded:
        if isinstance(loaded.engine, SpeechScorer):
            scores = loaded.engine.scores(sound.chunks(CHUNK))
            middles = (np.arange(len(heard.speech[-1])) + 0.5) * FRAME
            at = np.minimum((middles / scores.step).astype(int), len(scores.values) - 1)
            heard.probabilities.append(scores.values[at])


if __name__ == "__main__":
    main()
