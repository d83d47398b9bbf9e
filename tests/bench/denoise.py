"""``python -m tests.bench.denoise --speech FOLDER --noise FOLDER``: what denoisers do to speech in noise.

Clips of several speakers are mixed with white noise, with recordings of an office and a café, and with other people's
voices, at 0, 5 and 10 dB. Told are the gains over the mixture: in SI-SDR, in PESQ (wide band) and in STOI, each by the
clean clip, which has some noise of its own; and CPU seconds a second of sound, of the whole path through the lab and of
the engine's session alone. Needs ``pip install pesq pystoi``. ``--measure wer`` tells
instead, or beside that, how many words Whisper gets wrong in what comes out.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from speechlab import Audio, EngineSpec, Kind, Lab, Samples
from speechlab.media import decode, fit
from speechlab.params import check
from speechlab.preferred import TOY

from .material import RATE, Clip, clips, long
from .quality import Score, interval, score
from .table import table

DECIBELS = (0, 5, 10)
VOICES = 8
"""How many people babble."""
SHORTEST, LONGEST = 4.0, 8.0
"""Seconds of a clip."""
LIMITED = "deepfilternet:attenuation_limit_db=12"


@dataclass(frozen=True)
class Mixture:
    """A clip with noise."""

    clip: Clip
    noise: str
    decibels: int
    sound: Audio


@dataclass
class Contender:
    """An engine with values for its knobs, and what came of it."""

    name: str
    spec: EngineSpec | None = None
    values: dict[str, str] = field(default_factory=dict)
    cpu: float = 0.0
    alone: float = 0.0
    seconds: float = 0.0
    gains: dict[Mixture, tuple[float, float, float]] = field(default_factory=dict)
    words: dict[Mixture, Score] = field(default_factory=dict)

    def clean(self, lab: Lab, sound: Audio, *, timed: bool) -> Audio:
        """The mixture as this contender leaves it."""
        if self.spec is None:
            return sound
        if not timed:
            return lab.denoise(sound, self.spec.id, **self.values)
        self.seconds += sound.duration
        heard = fit(sound, self.spec.sample_rate)
        step = lab.pipeline({"stage": [{"use": self.spec.name, **self.values}]}).steps[0]
        with lab.pool.lease(step.spec, step.params) as loaded:
            began = time.process_time()
            session = loaded.engine.open(check(self.spec.options, {}, self.name))
            for chunk in heard.chunks(10.0):
                list(session.feed(chunk))
            list(session.flush())
            self.alone += time.process_time() - began
            began = time.process_time()
            cleaned = lab.denoise(sound, self.spec.id, **self.values)
            self.cpu += time.process_time() - began
        return cleaned

    def mean(self, of: int, noise: str | None = None, decibels: int | None = None) -> float:
        """The mean gain over the mixtures with such noise."""
        return float(
            np.mean(
                [
                    gains[of]
                    for mixture, gains in self.gains.items()
                    if noise in (None, mixture.noise) and decibels in (None, mixture.decibels)
                ]
            )
        )


def mixtures(speech: Path, noise: Path) -> Iterator[Mixture]:
    """Each clip with each noise at each level, by the power of the whole clip."""
    there = [clip for clip in clips(speech, tag="") if clip.path.is_file()]
    by_speaker: dict[str, Clip] = {}
    for clip in there:
        read = clip.path.parent.name == "librispeech" and SHORTEST <= clip.audio.duration <= LONGEST
        if read or clip.speaker == "jfk":
            by_speaker.setdefault(clip.speaker, clip)
    for clip in by_speaker.values():
        frames = clip.audio.frames
        others = [other for other in there if other.speaker != clip.speaker and other.audio.duration >= SHORTEST]
        voices = others[:: max(1, len(others) // VOICES)][:VOICES]
        babble = np.sum([long(_even(other.audio.mono), frames) for other in voices], axis=0)
        noises = {
            "white": np.random.default_rng(0).standard_normal(frames).astype(np.float32),
            "office": long(decode(noise / "office.flac", sample_rate=RATE).mono[20 * RATE :], frames),
            "cafe": long(decode(noise / "cafe.flac", sample_rate=RATE).mono, frames),
            "babble": babble,
        }
        for (name, hum), decibels in itertools.product(noises.items(), DECIBELS):
            gain = np.sqrt(np.square(clip.audio.mono).mean() / np.square(hum).mean() / 10 ** (decibels / 10))
            mixed = clip.audio.mono + gain * hum
            yield Mixture(clip, name, decibels, Audio(mixed / max(1.0, np.abs(mixed).max()), RATE))


def _even(sound: Samples) -> Samples:
    even: Samples = sound / np.sqrt(np.square(sound).mean())
    return even


def measures(clean: Samples, sound: Samples) -> tuple[float, float, float]:
    """SI-SDR in dB, PESQ and STOI."""
    from pesq import pesq
    from pystoi import stoi

    return si_sdr(clean, sound), pesq(RATE, clean, sound, "wb"), stoi(clean, sound, RATE)


def si_sdr(clean: Samples, sound: Samples) -> float:
    """Decibels by which the clean sound, at its best gain, is stronger than all else in the sound."""
    clean, sound = (one.astype(np.float64) - one.mean() for one in (clean, sound))
    kept = (sound @ clean) / (clean @ clean) * clean
    return float(10 * np.log10((kept @ kept) / np.square(sound - kept).sum()))


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True, help="folder with MANIFEST.tsv")
    parser.add_argument("--noise", type=Path, required=True, help="folder with office.flac and cafe.flac")
    parser.add_argument(
        "--engine", action="append", metavar="ID[:KNOB=VALUE]", help=f"default: all installed, and {LIMITED}"
    )
    parser.add_argument("--clips", type=int, help="no more clips than these")
    parser.add_argument("--measure", nargs="+", choices=["gains", "wer"], default=["gains"])
    args = parser.parse_args(given)

    lab = Lab()
    ids = [spec.id for spec in lab.engines(Kind.DENOISE) if TOY not in spec.features and not spec.missing()]
    contenders = [Contender("none"), *(_contender(lab, name) for name in args.engine or [*ids, LIMITED])]
    mixed = list(itertools.islice(mixtures(args.speech, args.noise), args.clips and 12 * args.clips))
    gains, wer = "gains" in args.measure, "wer" in args.measure
    for number, mixture in enumerate(mixed, 1):
        clean = mixture.clip.audio.mono
        before = measures(clean, mixture.sound.mono) if gains else None
        for one in contenders:
            left = one.clean(lab, mixture.sound, timed=gains)
            if before is not None:
                after = measures(clean, left.mono) if one.spec else before
                one.gains[mixture] = before if one.spec is None else tuple(np.subtract(after, before))
            if wer:
                text = lab.transcribe(left, "whisper", language="en").transcript.text
                one.words[mixture] = score(mixture.clip.text, text)
        print(f"{number} of {len(mixed)}", end="\r", flush=True)
    print(f"{len(mixed)} mixtures of {len({one.clip.speaker for one in mixed})} speakers, ", end="")
    print(f"{sum(one.sound.duration for one in mixed):.0f} s\n")
    if gains:
        tell_gains(contenders, mixed)
    if wer:
        tell_words(contenders, mixed)


def _contender(lab: Lab, name: str) -> Contender:
    id, _, knobs = name.partition(":")
    return Contender(name, lab.engine(Kind.DENOISE, id), dict(knob.split("=") for knob in knobs.split(",") if knob))


def tell_gains(contenders: list[Contender], mixed: list[Mixture]) -> None:
    """The tables of sound."""
    noises = list(dict.fromkeys(mixture.noise for mixture in mixed))
    print("Of none: the value; of others: the gain.\n")
    heads = ("", "SI-SDR dB", *noises, "PESQ", *noises, "STOI", "CPU s/s", "session", "host", "lag ms")
    rows: list[tuple[str, ...]] = []
    for one in contenders:
        cost = ["", "", "", ""]
        if one.spec is not None:
            path, alone = one.cpu / one.seconds, one.alone / one.seconds
            cost = [f"{path:.4f}", f"{alone:.4f}", f"{path / alone:.2f}", f"{1000 * one.spec.lag:.0f}"]
        rows.append(
            (
                one.name,
                *(f"{one.mean(0, noise):.1f}" for noise in (None, *noises)),
                *(f"{one.mean(1, noise):.2f}" for noise in (None, *noises)),
                f"{one.mean(2):.3f}",
                *cost,
            )
        )
    table(heads, rows)
    print("\nPESQ by level\n")
    levels = list(itertools.product(noises, DECIBELS))
    rows = [(one.name, *(f"{one.mean(1, *level):.2f}" for level in levels)) for one in contenders]
    table(("", *(f"{noise} {decibels}" for noise, decibels in levels)), rows)


def tell_words(contenders: list[Contender], mixed: list[Mixture]) -> None:
    """The table of words."""
    noises = list(dict.fromkeys(mixture.noise for mixture in mixed))
    print("\nWord error rate, %, with its 95 % interval, and by noise\n")
    rows = []
    for one in contenders:
        by_noise = [
            interval([heard for mixture, heard in one.words.items() if mixture.noise == noise])[0] for noise in noises
        ]
        rows.append((one.name, *interval(list(one.words.values())), *by_noise))
    table(("", "all", "interval", *noises), rows)


if __name__ == "__main__":
    main()
