"""Texts and their translations as lines, with a column for each language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..types import Recording, Segment, Transcript


def recording_of(lines: Sequence[str]) -> Recording:
    """A segment for each line, also for an empty one."""
    told = tuple(Segment(0.0, 0.0, text=line, id=f"{number:06d}") for number, line in enumerate(lines))
    return Recording(Transcript(told))


def columns(recording: Recording, into: Sequence[str], several: bool) -> Iterator[str]:
    """A line for each text, up to the first that is not done; the languages as columns. Where there are several of
    either, each text is on one line."""
    tracks = [{one.id: one.text for one in recording.translations.get(to, ())} for to in into]
    for segment in recording.transcript:
        texts = [track[segment.id] for track in tracks if segment.id in track]
        if len(texts) < len(tracks):
            return
        yield "\t".join(" ".join(text.split()) for text in texts) if several else texts[0]
