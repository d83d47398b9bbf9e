"""The denoise guard: a clip is recognised raw and cleaned, and the text is kept that the recogniser is surer of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from ..types import Audio, Segment, Transcript
from .clips import Clip
from .guard import Guard
from .redecoding import Hear

Track = Literal["raw", "clean"]


def recognised_better(
    clips: Sequence[Clip], twins: Sequence[Audio | None], hear: Hear, options: Any
) -> Iterator[list[Segment]]:
    """The segments of each clip, from one of its two tracks: never some words from here and some from there.

    ``twins`` holds the cleaned sound of each clip, None where there is none. Each segment notes in ``extra`` from which
    track it is (``heard``), and how sure the recogniser was of each (``confidence``).
    """
    stretches = [
        audio for clip, twin in zip(clips, twins, strict=True) for audio in (clip.audio, twin) if audio is not None
    ]
    answers = (segments for _, segments in hear(stretches, options))
    for twin in twins:
        texts: dict[Track, list[Segment]] = {"raw": next(answers)}
        if twin is not None:
            texts["clean"] = next(answers)
        sure = {track: confidence(segments) for track, segments in texts.items()}
        track = surer(texts, sure)
        told = {name: None if value is None else round(value, 4) for name, value in sure.items()}
        yield [segment.noting(heard=track, confidence=told) for segment in texts[track]]


def surer(texts: Mapping[Track, Sequence[Segment]], sure: Mapping[Track, float | None]) -> Track:
    """The track whose text is kept: one with text that somebody seems to have said, then the one that the recogniser is
    surer of; the raw one where it does not tell."""
    if "clean" not in texts:
        return "raw"
    said = {track: believable(segments) for track, segments in texts.items()}
    if said["raw"] != said["clean"]:
        return "raw" if said["raw"] else "clean"
    raw, clean = sure["raw"], sure["clean"]
    return "clean" if raw is not None and clean is not None and clean > raw else "raw"


def believable(segments: Iterable[Segment]) -> bool:
    """Whether there is text that is no loop and was not made up on silence."""
    guard = Guard()
    return any(segment.text.strip() and not guard.look(segment, None).suspect for segment in segments)


def confidence(segments: Sequence[Segment]) -> float | None:
    """How sure a recogniser is of its text, from 0 to 1: the mean over the words, else by the mean logarithm of its
    tokens' probabilities; None where it tells neither."""
    words = [word.confidence for segment in segments for word in segment.words if word.confidence is not None]
    if words:
        return math.fsum(words) / len(words)
    told = [(len(segment.text), segment.extra.get("avg_logprob")) for segment in segments]
    known = [(length, value) for length, value in told if length and isinstance(value, int | float)]
    if not known:
        return None
    return math.exp(math.fsum(n * value for n, value in known) / sum(n for n, _ in known))


def kept(transcript: Transcript) -> dict[Track, int]:
    """How many segments are from each track, where both were recognised; empty where nobody chose."""
    counts = Counter(segment.extra.get("heard") for segment in transcript.spoken)
    tracks: tuple[Track, ...] = ("raw", "clean")
    return {track: counts[track] for track in tracks} if counts["raw"] or counts["clean"] else {}
