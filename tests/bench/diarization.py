"""``python -m tests.bench.diarization FOLDER``: who spoke when, against references.

FOLDER holds recordings, each with its turns beside it (``a.flac``, ``a.rttm``). Told are, of each and pooled by kind
with a 95 % interval over recordings: the diarization error rate (collar 0.25 s on each side of a boundary, overlap
scored, the number of speakers unknown unless ``--told``), the speakers found, and CPU seconds a second of sound on one
thread.

Thresholds were set on one half of the recordings, and figures are told of the other (``--half held``, the default). The
rule that halves them: of each kind, by name, every second one is held, from the second on; of conversations with
overlap from the first on, so that each number of speakers is in both halves.

``--set threshold=0.5`` tries other values, ``--words`` lets Whisper read the recordings and tells how many of the words
have the right speaker, ``--long 180`` tells what so many minutes cost. Needs ``pip install pyannote.metrics``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from speechlab import Audio, Diarization, Lab, Turn
from speechlab.media import decode, write

from .material import RATE
from .processes import run
from .table import table

COLLAR = 0.25
KINDS = {"meetings": "ami_", "conversations": "_clean", "conversations with overlap": "_overlap"}
"""What is in the name of a recording of each kind; the rest is of another."""
OTHER = "other"
DRAWS = 2000


@dataclass(frozen=True)
class Clip:
    """A recording, and who speaks in it."""

    path: Path
    reference: Diarization

    @property
    def kind(self) -> str:
        """What kind of recording its name tells of."""
        return next((kind for kind, part in KINDS.items() if part in self.path.stem), OTHER)


@dataclass(frozen=True)
class Score:
    """What came of one clip, in seconds."""

    clip: Clip
    missed: float
    false: float
    confused: float
    total: float
    found: int
    cpu: float
    length: float

    @property
    def rate(self) -> float:
        """Diarization error rate in per cent."""
        return 100 * (self.missed + self.false + self.confused) / self.total


def main(args: Sequence[str] | None = None) -> None:
    options = parsed(args)
    lab = Lab()
    print(f"load average at the start: {os.getloadavg()[0]:.2f}\n")
    some = halved(clips(options.folder), options.half)
    values = dict(item.split("=", 1) for item in options.set)
    scores = [score(lab, clip, options.engine, values, options.told) for clip in some]
    told(scores)
    if options.words:
        words(lab, [clip for clip in some if clip.kind in KINDS and clip.kind != "meetings"], options.engine, values)
    if options.long:
        cost(some, options.long, options.engine)


def parsed(args: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.diarization")
    parser.add_argument("folder", type=Path, help="recordings with .rttm files beside them")
    parser.add_argument("--half", choices=["held", "calibration", "all"], default="held")
    parser.add_argument("--engine", default="diarize")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="parameters of the engine")
    parser.add_argument("--told", action="store_true", help="tell it how many people speak")
    parser.add_argument("--words", action="store_true", help="the share of words with the right speaker")
    parser.add_argument("--long", type=int, metavar="MINUTES", help="CPU seconds and memory of a long recording")
    return parser.parse_args(args)


def clips(folder: Path) -> list[Clip]:
    """The recordings of a folder that have references."""
    found = sorted(path.with_suffix(".flac") for path in folder.glob("*.rttm") if path.with_suffix(".flac").exists())
    return [Clip(path, read(path.with_suffix(".rttm"))) for path in found]


def read(path: Path) -> Diarization:
    """The turns of an RTTM file."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("SPEAKER")]
    turns = (Turn(float(row[3]), float(row[3]) + float(row[4]), speaker=row[7]) for row in rows)
    return Diarization(tuple(sorted(turns)))


def halved(some: Iterable[Clip], half: str) -> list[Clip]:
    """One half of the clips, or all."""
    kinds: dict[str, list[Clip]] = {}
    for clip in some:
        kinds.setdefault(clip.kind, []).append(clip)
    return [
        clip
        for kind, own in kinds.items()
        for number, clip in enumerate(own)
        if half == "all" or (half == "held") == bool((number + (kind == "conversations with overlap")) % 2)
    ]


def score(lab: Lab, clip: Clip, engine: str, values: dict[str, Any], told: bool) -> Score:
    """Diarize a clip and compare."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    length = decode(clip.path, sample_rate=RATE, mono=True).duration
    known = {"speakers": len(clip.reference.speakers)} if told else {}
    began = time.process_time()
    found = lab.diarize(clip.path, engine, **values, **known)
    cpu = time.process_time() - began
    measure = DiarizationErrorRate(collar=2 * COLLAR)  # its collar is the sum of both sides
    parts = measure(annotation(clip.reference), annotation(found), uem=everything(length), detailed=True)
    return Score(
        clip,
        parts["missed detection"],
        parts["false alarm"],
        parts["confusion"],
        parts["total"],
        len(found.speakers),
        cpu,
        length,
    )


def annotation(turns: Diarization) -> Any:
    """The turns as pyannote.core has them."""
    from pyannote.core import Annotation, Segment

    made = Annotation()
    for number, turn in enumerate(turns):
        made[Segment(turn.start, turn.end), number] = turn.speaker
    return made


def everything(length: float) -> Any:
    """All of the recording is scored."""
    from pyannote.core import Segment, Timeline

    return Timeline([Segment(0, length)])


def told(scores: list[Score]) -> None:
    """Each clip, then each kind."""
    rows = [
        (
            one.clip.path.stem,
            f"{one.rate:.1f}",
            f"{100 * one.missed / one.total:.1f}",
            f"{100 * one.false / one.total:.1f}",
            f"{100 * one.confused / one.total:.1f}",
            f"{one.found} of {len(one.clip.reference.speakers)}",
            f"{one.cpu / one.length:.3f}",
        )
        for one in scores
    ]
    table(("recording", "DER %", "missed %", "false alarm %", "confused %", "speakers", "real-time factor"), rows)
    pooled = []
    for kind in dict.fromkeys(one.clip.kind for one in scores):
        own = [one for one in scores if one.clip.kind == kind]
        right = sum(one.found == len(one.clip.reference.speakers) for one in own)
        errors = np.array([one.missed + one.false + one.confused for one in own])
        totals = np.array([one.total for one in own])
        pooled.append((kind, str(len(own)), *interval(errors, totals), f"{right} of {len(own)}", factor(own)))
    table(("kind", "recordings", "DER %", "95 % interval", "counted right", "real-time factor"), pooled)


def factor(scores: list[Score]) -> str:
    return f"{sum(one.cpu for one in scores) / sum(one.length for one in scores):.3f}"


def interval(errors: np.ndarray, totals: np.ndarray) -> tuple[str, str]:
    """A pooled rate in per cent, and the interval of a bootstrap over clips."""
    draws = np.random.default_rng(0).integers(len(totals), size=(DRAWS, len(totals)))
    low, high = np.percentile(100 * errors[draws].sum(axis=1) / totals[draws].sum(axis=1), [2.5, 97.5])
    return f"{100 * errors.sum() / totals.sum():.1f}", f"{low:.1f} to {high:.1f}"


def words(lab: Lab, some: list[Clip], engine: str, values: dict[str, Any]) -> None:
    """How many words have the speaker in whose turn, by the reference, their middle lies or to whose it is nearest."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    rows = []
    for clip in some:
        recording = lab.run({"stage": [{"use": "asr/whisper"}, {"use": f"diarize/{engine}", **values}]}, clip.path)
        names = DiarizationErrorRate().optimal_mapping(annotation(clip.reference), annotation(recording.diarization))
        heard = [(word.middle, word.speaker) for segment in recording.transcript.spoken for word in segment.words]
        right = sum(names.get(speaker) in speaking(clip.reference, at) for at, speaker in heard)
        parted = sum("." in segment.id for segment in recording.transcript.spoken)
        rows.append((clip.path.stem, str(len(heard)), f"{100 * right / len(heard):.1f}", str(parted)))
    table(("recording", "words", "right speaker %", "segments parted"), rows)


def speaking(reference: Diarization, at: float) -> set[str]:
    """Who speaks at a time, else who is nearest to it."""
    distances = [(max(turn.start - at, at - turn.end, 0.0), turn.speaker) for turn in reference]
    return {speaker for distance, speaker in distances if distance == min(distances)[0]}


def cost(some: list[Clip], minutes: int, engine: str) -> None:
    """What whole processes cost on recordings up to so many minutes."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for length in sorted({1, 10, minutes}):
            path = Path(folder) / f"{length}.wav"
            write(Audio(np.concatenate(list(repeated(some, length * 60))), RATE), path)
            command = [str(Path(sys.executable).parent / "speechlab"), "diarize", str(path), "--engine", engine]
            spent = run(command, home=Path(folder))
            speakers = {line.split()[7] for line in spent.output.splitlines()}
            rows.append(
                (str(length), f"{spent.cpu:.1f}", f"{spent.cpu / 60 / length:.3f}", f"{spent.peak:.0f}", len(speakers))
            )
    table(("minutes", "CPU s", "real-time factor", "peak MB", "speakers"), [tuple(map(str, row)) for row in rows])


def repeated(some: list[Clip], seconds: int) -> Iterator[np.ndarray]:
    """The clips one after the other, again and again, to a length."""
    left = seconds * RATE
    sounds = [decode(clip.path, sample_rate=RATE, mono=True).mono for clip in some]
    number = 0
    while left > 0:
        sound = sounds[number % len(sounds)][:left]
        yield sound
        left -= len(sound)
        number += 1


if __name__ == "__main__":
    main()
