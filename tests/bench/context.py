"""``python -m tests.bench.context --speech FOLDER``: what a short context of Whisper saves, and what it costs in words.

The clips, single utterances in English, are halved by a fixed rule: the first byte of the sha256 of the file's name,
even for tuning, odd for the held-out half. Settings were chosen by the first table alone; the others judge the choice.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from speechlab_whisper import WhisperOptions, WhisperParams
from speechlab_whisper.decoding import Decoder
from speechlab_whisper.engine import Whisper

from speechlab import Audio, Context

from .material import Clip, clips
from .quality import Score, difference, interval, score
from .table import table

LONGEST = 30.0
"""Seconds of one context."""
BREATH = 15.0
"""Seconds of what live speech is cut into at most."""
PADDED = WhisperOptions(language="en")
SHORT = WhisperOptions(language="en", context="short")
UNGUARDED = {"fallback": "off"}
TRIED = tuple(
    SHORT.model_copy(update={"context_margin": margin, "context_floor": floor, **guard})
    for margin, floor in (
        (0, 1),
        (1, 1),
        (2, 1),
        (5, 1),
        (2, 5),
        (2, 8),
        (1, 10),
        (2, 10),
        (3, 10),
        (5, 10),
        (2, 12),
        (2, 15),
        (2, 20),
    )
    for guard in (UNGUARDED, {})
)


@dataclass(frozen=True)
class Heard:
    """One clip through Whisper."""

    text: str
    cpu: float
    """Seconds."""
    retried: bool
    """Whether it was decoded again padded."""


class Bench:
    """One loaded Whisper base that computes in one thread."""

    def __init__(self, home: Path) -> None:
        self.whisper = Whisper(WhisperParams(device="cpu", compute_type="int8", cpu_threads=1), Context(home))
        self.hear = cache(self._hear)

    def _hear(self, audio: Audio, options: str) -> Heard:
        with patch.object(Decoder, "padded", autospec=True, side_effect=Decoder.padded) as padded:
            began = time.process_time()
            found = list(self.whisper.transcribe(audio, WhisperOptions.model_validate_json(options)))
            cpu = time.process_time() - began
        return Heard(" ".join(segment.text for segment in found), cpu, padded.called)

    def run(self, some: Sequence[Audio], options: WhisperOptions) -> list[Heard]:
        """Each clip; what was heard once is not heard again."""
        return [self.hear(audio, options.model_dump_json()) for audio in some]

    def quality(self, some: Sequence[Clip], settings: Sequence[WhisperOptions]) -> None:
        """Word error rate against what is said, and against what is heard padded."""
        padded = self.run([clip.audio for clip in some], PADDED)
        rows: list[tuple[str, ...]] = []
        for options in (PADDED, *settings):
            heard = self.run([clip.audio for clip in some], options)
            right, other = scores(some, heard), scores(some, padded)
            rows.append(
                (
                    named(options),
                    *interval(right),
                    *difference(right, other),
                    share(sum(one.retried for one in heard), heard),
                    share(sum(one.text == same.text for one, same in zip(heard, padded, strict=True)), heard),
                    f"{statistics.mean(one.cpu for one in heard):.3f}",
                    f"{sum(one.cpu for one in padded) / sum(one.cpu for one in heard):.1f}",
                )
            )
        head = (
            "context",
            "WER %",
            "95 %",
            "points above padded",
            "95 %",
            "retried",
            "same text",
            "CPU s a clip",
            "faster",
        )
        table(head, rows)

    def interims(self, some: Sequence[Clip], settings: Sequence[WhisperOptions]) -> None:
        """The first second of an utterance, the first two, three ...: nobody should see a loop."""
        starts = [
            clip.audio.crop(clip.audio.start, clip.audio.start + seconds)
            for clip in some
            for seconds in range(1, int(min(clip.audio.duration, BREATH)) + 1)
        ]
        padded = self.run(starts, PADDED)
        rows: list[tuple[str, ...]] = []
        for options in (PADDED, *settings):
            heard = self.run(starts, options)
            rows.append(
                (
                    named(options),
                    str(len(heard)),
                    str(sum(wild(one.text, same.text) for one, same in zip(heard, padded, strict=True))),
                    share(sum(one.retried for one in heard), heard),
                    f"{statistics.mean(one.cpu for one in heard):.3f}",
                )
            )
        table(("context", "beginnings", "far longer than padded", "retried", "CPU s"), rows)

    def seconds(self, some: Sequence[Clip], rounds: int) -> None:
        """CPU seconds for an utterance of so many seconds, median over utterances and rounds in turns."""
        rows: list[tuple[str, ...]] = []
        for length in (2, 4, 8, 15):
            cut = [c.audio.crop(c.audio.start, c.audio.start + length) for c in some if c.audio.duration >= length][:6]
            cost: dict[str, list[float]] = {}
            for _ in range(rounds):
                for audio in cut:
                    for options in (PADDED, SHORT):
                        cost.setdefault(named(options), []).append(self._hear(audio, options.model_dump_json()).cpu)
            rows.append((str(length), str(len(cut)), *(f"{statistics.median(one):.3f}" for one in cost.values())))
        table(("seconds said", "utterances", "padded, CPU s", "short, CPU s"), rows)


def held_out(clip: Clip) -> bool:
    """Whether a clip judges, rather than tunes: by its folder and file name alone."""
    return hashlib.sha256("/".join(clip.path.parts[-2:]).encode()).digest()[0] % 2 == 1


def scores(some: Sequence[Clip], heard: Sequence[Heard]) -> list[Score]:
    return [score(clip.text, one.text) for clip, one in zip(some, heard, strict=True)]


def wild(text: str, padded: str) -> bool:
    """Whether a text has half as many words more than the other, and more than three."""
    return len(text.split()) > 1.5 * len(padded.split()) + 3


def share(count: int, of: Sequence[object]) -> str:
    return f"{count} of {len(of)}"


def named(options: WhisperOptions) -> str:
    if options.context == "padded":
        return "padded"
    guard = "without guard" if options.fallback == "off" else "guarded"
    return f"at least {options.context_floor:g} s, {options.context_margin:g} s after the speech, {guard}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.context", description="Whisper's short context.")
    parser.add_argument("--speech", type=Path, required=True, help="folder with recordings and a MANIFEST.tsv")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=["tuning", "held-out", "interims", "seconds"])
    options = parser.parse_args()
    every = [clip for clip in clips(options.speech, tag="") if clip.audio.duration <= LONGEST]
    tuning, judging = ([clip for clip in every if held_out(clip) == side] for side in (False, True))
    breaths = [clip for clip in judging if clip.audio.duration <= BREATH]
    final = [SHORT.model_copy(update=UNGUARDED), SHORT]
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home))
        parts: dict[str, tuple[str, Callable[[], None]]] = {
            "tuning": ("Tuning half: every setting", lambda: bench.quality(tuning, TRIED)),
            "held-out": ("Held-out half: the defaults", lambda: bench.quality(judging, final)),
            "held-out ": (f"Held-out half, up to {BREATH:g} s", lambda: bench.quality(breaths, final)),
            "interims": ("Beginnings of the held-out utterances", lambda: bench.interims(breaths[::2], final)),
            "seconds": ("What an utterance costs", lambda: bench.seconds(judging, options.rounds)),
        }
        print(f"load average at the start: {os.getloadavg()[0]:.2f}\n")
        for part, (title, work) in parts.items():
            if not options.only or part.strip() in options.only:
                print(f"## {title}\n")
                work()
        print(f"load average at the end: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
