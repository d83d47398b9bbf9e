"""``python -m tests.bench.voices SPEECH``: how well a diarizer knows enrolled voices again.

SPEECH holds recordings of one person each, named by the person up to the first dash (``2414-128291-0001.flac``). Each
of at least five seconds enrols its speaker, and every other recording is compared with it: as it is, with noise at 5 dB
(``--noise FOLDER``), and through a telephone's band. ``--conversations FOLDER`` also diarizes recordings with their
turns beside them (``a.flac``, ``a.rttm``) and compares each speaker that is found, by the engine's own account of them,
with the recordings of SPEECH; speakers go by the same names there.

Told are, for each condition: how many pairs there are of one person and of two, the equal error rate, which of them the
default threshold misses and which it takes for one person, and how alike two people are at most.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from speechlab import Audio, Diarization, Kind, Lab, Samples, Turn
from speechlab.media import decode
from speechlab.stages import LIFTS
from speechlab.voices import LEAST

from .diarization import clips, speaking
from .material import RATE
from .table import table

SHORTEST = 2.0
"""Seconds of a recording that is compared."""
DECIBELS = 5
BAND = (300, 3400)
"""Hz that a telephone carries."""


@dataclass(frozen=True)
class Voice:
    """How somebody sounds in one recording."""

    person: str
    recording: str
    vector: Samples


def main() -> None:
    options = parsed()
    lab = Lab()
    step = lab.pipeline({"stage": [{"use": lab.engine(Kind.DIARIZE, options.engine).name}]}).steps[0]
    threshold = LIFTS[Kind.DIARIZE].options().voice_threshold  # type: ignore[attr-defined]
    sounds = {path: decode(path, sample_rate=RATE, mono=True) for path in sorted(options.speech.glob("*-*.flac"))}
    with lab.pool.lease(step.spec, step.params) as loaded:

        def heard(change: Callable[[Audio], Audio], least: float) -> list[Voice]:
            return [
                Voice(person(path), path.stem, loaded.engine.embed(change(sound), step.options))
                for path, sound in sounds.items()
                if sound.duration >= least
            ]

        enrolled = heard(lambda sound: sound, LEAST)
        rows = [row("as it is", enrolled, heard(lambda sound: sound, SHORTEST), threshold)]
        for path in sorted(options.noise.glob("*.flac")) if options.noise else ():
            noise = decode(path, sample_rate=RATE, mono=True).mono
            noisy = heard(lambda sound, noise=noise: mixed(sound, noise), SHORTEST)  # type: ignore[misc]
            rows.append(row(f"{path.stem} at {DECIBELS} dB", enrolled, noisy, threshold))
        called = heard(telephone, SHORTEST)
        rows.append(row("telephone", enrolled, called, threshold))
        rows.append(row("telephone, enrolled there (refused)", called, called, threshold))
        for kind in ("clean", "overlap") if options.conversations else ():
            found = list(conversed(loaded.engine, step.options, options.conversations, f"_{kind}"))
            rows.append(row(f"conversations, {kind}", enrolled, found, threshold))
    head = ("heard", "same", "others", "equal error rate", f"missed at {threshold:g}", "mistaken", "others, at most")
    table(head, rows)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.voices")
    parser.add_argument("speech", type=Path, help="recordings named by who speaks")
    parser.add_argument("--noise", type=Path, help="recordings of noise")
    parser.add_argument("--conversations", type=Path, help="recordings with .rttm files beside them")
    parser.add_argument("--engine", default="diarize")
    return parser.parse_args()


def person(path: Path) -> str:
    """Who speaks in a recording."""
    return path.stem.partition("-")[0]


def mixed(sound: Audio, noise: Samples) -> Audio:
    """The sound with noise, which begins anywhere in its recording, always the same."""
    begin = np.random.default_rng(sound.frames).integers(len(noise))
    long = np.resize(np.roll(noise, -begin), sound.frames)
    level = np.sqrt(np.square(sound.mono).mean() / (np.square(long).mean() * 10 ** (DECIBELS / 10)))
    return Audio(0.5 * (sound.mono + level * long), RATE)


def telephone(sound: Audio) -> Audio:
    """What a telephone carries of it."""
    spectrum, hertz = np.fft.rfft(sound.mono), np.fft.rfftfreq(sound.frames, 1 / RATE)
    spectrum[(hertz < BAND[0]) | (hertz > BAND[1])] = 0
    return Audio(np.fft.irfft(spectrum, sound.frames).astype(np.float32), RATE)


def conversed(engine: Any, options: Any, folder: Path, part: str) -> Iterator[Voice]:
    """The speakers that the engine finds in conversations, each called as who speaks most of their time."""
    for clip in (clip for clip in clips(folder) if part in clip.path.stem):
        session = engine.open(options)
        updates = [*session.feed(decode(clip.path, sample_rate=RATE, mono=True)), *session.flush()]
        turns = [update.turn for update in updates if update.turn]
        for label, vector in session.voices().items():
            who = most([turn for turn in turns if turn.speaker == label], clip.reference)
            yield Voice(who, clip.path.stem, vector)


def most(turns: Iterable[Turn], reference: Diarization) -> str:
    """Who speaks most of some turns."""
    at = (float(time) for turn in turns for time in np.arange(turn.start, turn.end, 0.1))
    said = [who for time in at for who in speaking(reference, time)]
    return max(sorted(set(said)), key=said.count, default="")


def row(name: str, enrolled: list[Voice], heard: list[Voice], threshold: float) -> tuple[str, ...]:
    """What came of one condition."""
    pairs = [
        (one.person == other.person, float(one.vector @ other.vector))
        for one in enrolled
        for other in heard
        if one.recording != other.recording
    ]
    same = np.array([alike for equal, alike in pairs if equal])
    others = np.array([alike for equal, alike in pairs if not equal])
    steps = np.sort(np.concatenate([same, others]))
    errors = [((same < step).mean(), (others >= step).mean()) for step in steps]
    missed, mistaken = min(errors, key=lambda pair: abs(pair[0] - pair[1]))
    return (
        name,
        str(len(same)),
        str(len(others)),
        f"{50 * (missed + mistaken):.1f} %",
        f"{100 * (same < threshold).mean():.1f} %",
        f"{100 * (others >= threshold).mean():.2f} %",
        f"{others.max():.2f}",
    )


if __name__ == "__main__":
    main()
