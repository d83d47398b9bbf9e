"""Live targets: a talk heard in real time by a real session, and an hour on a simulated clock, each against batch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speechlab import Audio, Kind, Lab
from speechlab.live.bench import Clock, Report, bench, talk, timer
from speechlab.live.hub import cores
from speechlab.media import write

from .material import RATE, Clip

PAUSES = 0.4, 1.6
"""Seconds of silence between two utterances, at least and at most."""
LONGEST = 20.0
"""Seconds of an utterance; nobody speaks for longer without a pause."""


@dataclass(frozen=True)
class Target:
    """What is to hold."""

    what: str
    most: float
    measured: float | None

    @property
    def row(self) -> tuple[str, ...]:
        if self.measured is None:
            return self.what, f"{self.most:g}", "-", "not measured"
        return self.what, f"{self.most:g}", f"{self.measured:.2f}", "yes" if self.measured <= self.most else "no"


def talks(some: Sequence[Clip], minutes: float, target: Path) -> tuple[Path, str]:
    """A recording of so many minutes: utterances one after the other, with pauses that differ; and what is said."""
    chance, short = random.Random(0), [clip for clip in some if clip.audio.duration <= LONGEST]
    parts, length = [np.zeros(RATE // 2, np.float32)], 0
    texts: list[str] = []
    while length < minutes * 60 * RATE:
        clip = short[len(texts) % len(short)]
        parts += [clip.audio.mono, np.zeros(round(chance.uniform(*PAUSES) * RATE), np.float32)]
        texts.append(clip.text)
        length += len(parts[-2]) + len(parts[-1])
    write(Audio(np.concatenate(parts), RATE), target)
    return target, " ".join(texts)


def heard(lab: Lab, engine: str, path: Path, text: str, clock: Clock) -> Report:
    """The recording live, as the engine's card wants it."""
    pipeline = lab.transcription(engine)
    return bench(lab, pipeline, [talk(lab, pipeline, path, text, timer(lab))], clock, cores())


def targets(report: Report) -> list[Target]:
    """The goals of live speech, with what was measured."""
    told = report.told
    lost = None if told["wer_batch"] is None else 100 * (told["wer"] - told["wer_batch"])
    return [
        Target("text final after the detected end of speech, median, s", 0.3, told["final_s"]["p50"]),
        Target("the same, 95th percentile, s", 0.8, told["final_s"]["p95"]),
        Target("a word shown after it was said, median, s", 1.0, told["partial_s"]["p50"]),
        Target("word error rate above batch, points", 1.5, lost),
    ]


def told(name: str, report: Report) -> tuple[str, ...]:
    """A row of all that was measured."""
    values = report.told
    waits = ("first_partial_s", "partial_s", "committed_s", "final_s", "endpoint_s")
    return (
        name,
        report.clock,
        report.policy or "its own",
        *(f"{_number(values[wait]['p50'])} / {_number(values[wait]['p95'])}" for wait in waits),
        _number(values["rewrites_per_word"]),
        *(_number(None if values[rate] is None else 100 * values[rate]) for rate in ("wer", "wer_batch")),
        _number(values["cpu_per_audio_s"]),
    )


HEAD = (
    "engine",
    "clock",
    "policy",
    "first text",
    "shown",
    "committed",
    "final",
    "end detected",
    "rewrites a word",
    "WER %",
    "batch %",
    "CPU s / s",
)


def engines(lab: Lab) -> list[str]:
    """The default recognizer, and the others that are installed and small."""
    others = [id for id in ("moonshine",) if not lab.engine(Kind.ASR, id).missing()]
    return [lab.engine(Kind.ASR).id, *others]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
