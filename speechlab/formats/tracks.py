"""The text that is to be written: the transcript, or one translation of it with its speakers."""

from __future__ import annotations

from dataclasses import replace

from ..errors import ConfigError
from ..params import nearest
from ..types import Recording, Segment, Transcript
from .options import TrackOptions


def written(recording: Recording, options: TrackOptions) -> Transcript:
    """The segments to write, in the order of time. Raises ConfigError where the track is not there.

    Where no track is named, it is the transcript; or the one translation of a recording that was only translated.
    """
    if options.track is None:
        only = list(translations(recording).values()) if not recording.transcript else []
        chosen = only[0] if len(only) == 1 else recording.transcript
    elif options.track in recording.translations:
        chosen = translations(recording)[options.track]
    else:
        raise ConfigError(
            f"the recording has no translation into {options.track!r}",
            hint=nearest(options.track, recording.translations, "it has translations into"),
        )
    return chosen if options.keep_suspect else chosen.spoken


def translations(recording: Recording) -> dict[str, Transcript]:
    """Each translation; who speaks and what is suspected is taken from the segments that it translates."""
    heard = {segment.id: segment for segment in recording.transcript if segment.id}

    def like_source(segment: Segment) -> Segment:
        origin = heard.get(segment.id)
        if origin is None:
            return segment
        told = replace(segment, speaker=segment.speaker or origin.speaker)
        return told.noting(suspect=origin.suspect) if origin.suspect else told

    return {
        to: Transcript(tuple(like_source(segment) for segment in track), track.language)
        for to, track in recording.translations.items()
    }


def beside(recording: Recording, options: TrackOptions) -> dict[str, dict[str, str]]:
    """The translations to write beside the transcript: for each language, the texts by segment id."""
    tracks = recording.translations.items() if options.track is None else ()
    return {to: {segment.id: segment.text for segment in track if segment.id} for to, track in tracks}
