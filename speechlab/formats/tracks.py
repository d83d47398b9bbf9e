"""The texts to write: the transcript, or a translation of it with its speakers; and what stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..errors import ConfigError
from ..languages import same
from ..params import nearest
from ..types import Recording, Segment, Transcript
from .options import TextOptions, TrackOptions


def written(recording: Recording, options: TrackOptions) -> Transcript:
    """The segments to write, in the order of time. Raises ConfigError where the track is not there.

    Where no track is named, it is the transcript; or the one translation of a recording that was only translated.
    """
    if options.track is None:
        only = list(translations(recording).values()) if not recording.transcript else []
        chosen = only[0] if len(only) == 1 else recording.transcript
    else:
        chosen = _translation(recording, options.track)
    return chosen if options.keep_suspect else chosen.spoken


def second(recording: Recording, options: TextOptions) -> Mapping[str, Segment]:
    """What is written under the segments of the first text, by their ids. Raises ConfigError where it is not there."""
    match options.second, options.track:
        case None, _:
            return {}
        case "source", None:
            raise ConfigError("what was said is the first text already", hint="name the track that it stands under")
        case "source", _:
            under = recording.transcript
        case str(language), track:
            if track is not None and same(track, language):
                raise ConfigError(
                    f"the text in {language!r} would stand under itself",
                    hint="name another second language, or 'source' for what was said",
                )
            under = _translation(recording, language)
    return {segment.id: segment for segment in under if segment.id and segment.text.strip()}


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
    """The translations to write beside the first text: for each language, the texts by segment id.

    They are all there are, beside the transcript; or the one that was asked for.
    """
    if isinstance(options, TextOptions) and options.second is not None:
        under = second(recording, options)
        said = recording.transcript.language if options.second == "source" else None
        return {said or options.second: {id: segment.text for id, segment in under.items()}}
    tracks = recording.translations.items() if options.track is None else ()
    return {to: {segment.id: segment.text for segment in track if segment.id} for to, track in tracks}


def _translation(recording: Recording, language: str) -> Transcript:
    """The translation into a language, by its tag or another for the same language."""
    if not (recording.transcript.spoken or recording.translations):
        return Transcript(language=language)  # of silence there are all translations
    tracks = translations(recording)
    for to in (language, *(to for to in tracks if same(to, language))):
        if to in tracks:
            return tracks[to]
    raise ConfigError(
        f"the recording has no translation into {language!r}",
        hint=nearest(language, recording.translations, "it has translations into"),
    )
