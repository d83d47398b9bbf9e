"""A recording as the lab's own event log (.jsonl), from which it can be rebuilt exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..params import Params
from ..types import (
    Event,
    Recording,
    Segment,
    SegmentUpdate,
    SpeechEnded,
    SpeechStarted,
    Tick,
    Transcript,
    TurnUpdate,
)
from ..types.codec import dump


def write(recording: Recording, options: Params) -> bytes:
    """The events as lines of JSON; sound (what was heard, what was synthesised) is left out."""
    return "".join(f"{line}\n" for line in dump(events(recording))).encode()


def events(recording: Recording) -> Iterator[Event]:
    """Events that ``Recording.of`` folds into the same recording, but for the synthesised sound."""
    for span in recording.speech:
        yield SpeechStarted(span.start)
        if span:
            yield SpeechEnded(span.end)
    for turn in recording.diarization:
        yield TurnUpdate(turn=turn)
    yield from _first_language(recording.transcript)
    for segment in _identified(recording.transcript):
        yield SegmentUpdate(segment=segment, final=segment.id not in recording.tentative)
    for language, track in recording.translations.items():
        for segment in _identified(track):
            yield SegmentUpdate(segment=segment, target=language)
    if recording.duration:
        yield Tick(recording.duration)


def _first_language(transcript: Transcript) -> Iterator[Event]:
    """The first wording of the first segment, where a later one took the language of the transcript away.

    A fold takes the language from the first segment that it hears of, which need not be the first in time.
    """
    first = next((segment.language for segment in transcript if segment.language), None)
    if transcript.language and transcript.language != first and len(transcript):
        segment = next(iter(_identified(transcript)))
        yield SegmentUpdate(segment=replace(segment, language=transcript.language), final=False)


def _identified(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments, each with an id, since a later segment replaces one that has the same."""
    for index, segment in enumerate(segments):
        yield segment if segment.id else replace(segment, id=f"segment-{index}")
