"""A recording as inert HTML: to read and hear as it is; its script adds everything that can be pressed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape

from ..speakers import speakers_of
from ..types import Recording, Segment, Span, Turn, Word
from .lanes import Correcting, lanes_html, times_of
from .peaks import Waveform
from .times import FOREVER, STRIP, bars, milliseconds, stamp
from .words import pieces

REASONS: Mapping[str, str] = {
    "no speech": "Probably not said: no speech was heard here.",
    "repetition": "Probably not said: the text repeats itself.",
}
"""The guard's reasons in words."""

UNSURE = 0.5
"""Words less probable than this are marked."""

HUES = (262, 42, 155, 330, 95, 205, 15, 300)
"""Hues of the first speakers, in degrees, far from one another."""

BETWEEN = 11
"""Degrees by which the hues of further speakers stand off from these."""


def player_html(
    recording: Recording | None,
    *,
    audio_src: str | None = None,
    peaks: Waveform | None = None,
    title: str = "",
    start: float | None = None,
    note: str = "",
    clean: Clean | None = None,
    spectrogram: str | None = None,
    correcting: Correcting | None = None,
) -> str:
    """The player of one recording, without its style and script (see :mod:`speechlab.player` for those).

    ``recording`` None shows the sound alone; ``audio_src`` None shows the transcript alone. ``audio_src`` is any
    address that ``<audio>`` takes; seeking in it needs a server that answers range requests, or a data URI.
    ``start`` tells where on the recording's timeline that sound begins, in seconds: where the ``peaks`` do, or 0.
    ``note`` stands among the facts beside the title. All text is escaped.

    ``clean`` is the same sound cleaned for the ear: the listener goes from one to the other at the same place.
    ``spectrogram`` is the address of a picture of the sound over the whole timeline. ``correcting`` lets speakers be
    renamed, merged and reassigned.
    """
    if audio_src is None:
        peaks, start, clean, spectrogram = None, 0.0, None, None
    elif start is None:
        start = peaks.start if peaks else 0.0
    view = _View.of(recording or Recording(), start, peaks, correcting.colours if correcting else {})
    rows = [_row(view, segment, before) for segment, before in zip(view.segments, [None, *view.segments], strict=False)]
    data: dict[str, object] = {
        "start": round(view.whole.start, 3),
        "end": round(view.whole.end, 3),
        "segments": [times for times, _ in rows],
        "peaks": _outline(peaks, view.whole.start),
    }
    if clean:
        begins = view.whole.start if clean.start is None else clean.start
        data |= {"clean": _outline(clean.peaks, begins), "cleanStart": round(begins, 3)}
    if view.hues:
        data["turns"] = times_of(view.turns, view.hues)
    if correcting:
        data |= {"correct": correcting.address, "ids": [segment.id for segment in view.segments]}
    label = f"Player: {title}" if title else "Player"
    parts = [
        _head(view, title, note),
        _sound(view, audio_src, clean) if audio_src is not None else "",
        _pictures(spectrogram, clean) if spectrogram is not None else "",
        lanes_html(view.recording, view.turns, view.hues, view.whole, correcting),
        _transcript([row for _, row in rows]) if recording is not None else "",
    ]
    return (
        f'<section class="sl-player{" sl-mute" if audio_src is None else ""}" data-lm-suppress-shortcuts="true" '
        f'aria-label="{escape(label)}" data-speech="{escape(json.dumps(data, separators=(",", ":")))}">'
        f"{''.join(parts)}</section>"
    )


@dataclass(frozen=True, slots=True)
class Clean:
    """The same sound cleaned for the ear."""

    src: str
    """Any address that ``<audio>`` takes."""
    peaks: Waveform | None = None
    spectrogram: str | None = None
    """Address of a picture of it."""
    start: float | None = None
    """Where it begins on the recording's timeline, in seconds; None where the other sound does."""


@dataclass(frozen=True, slots=True)
class _View:
    """What every part of the page needs to know of the recording."""

    recording: Recording
    segments: list[Segment]
    whole: Span
    """The timeline that is shown, in seconds."""
    hues: Mapping[str, int]
    """Each speaker's hue, in the order of first speech."""
    turns: Mapping[str, Sequence[Turn]]
    """When each speaks."""
    translations: Mapping[str, Mapping[str, Segment]]

    @classmethod
    def of(cls, recording: Recording, start: float, peaks: Waveform | None, colours: Mapping[str, int]) -> _View:
        # The script finds the current segment by bisection, whatever order an engine or a person gave them in.
        segments = sorted(recording.transcript, key=lambda segment: (segment.start, segment.end, segment.id))
        heard = start + peaks.duration if peaks else start
        end = min(max([recording.duration, heard, *(segment.end for segment in segments)]), FOREVER)
        speakers = speakers_of(recording)
        turns: dict[str, list[Turn]] = {name: [] for name in speakers}
        for turn in recording.diarization or [
            Turn(s.start, s.end, speaker=s.speaker) for s in segments if s.speaker and not s.suspect
        ]:
            turns[turn.speaker].append(turn)
        return cls(
            recording=recording,
            segments=segments,
            whole=Span(start, max(start, end)),
            hues={name: _hue(colours.get(name, n)) for n, name in enumerate(speakers)},
            turns=turns,
            translations={to: {s.id: s for s in track} for to, track in recording.translations.items()},
        )

    def stamp(self, seconds: float) -> str:
        return stamp(min(seconds, FOREVER), hours=self.whole.end >= 3600)


def _transcript(rows: list[str]) -> str:
    if not rows:
        return '<p class="sl-nothing">No speech was found.</p>'
    return (
        '<div class="sl-transcript" role="region" aria-label="Transcript" aria-live="off" tabindex="0">'
        f'<div class="sl-rows">{"".join(rows)}</div></div>'
    )


def _row(view: _View, segment: Segment, before: Segment | None) -> tuple[list[object], str]:
    """A segment's times and its row. Times lie apart, in milliseconds, so that a word costs no more than a ``<span>``:
    [start, end, [start of the first word counted from the segment's, its length, start of the second, ...]].
    """
    words: list[int] = []
    text = []
    for piece, word in pieces(segment):
        if word is None:
            text.append(escape(piece))
        else:
            words += (milliseconds(word.start - segment.start), milliseconds(word.duration))
            text.append(f"<span{_marks(word, segment)}>{escape(piece)}</span>")
    flags = {
        "sl-suspect": segment.suspect is not None,
        "sl-tentative": segment.id in view.recording.tentative,
        "sl-whole": not words,
    }
    classes = " ".join(["sl-row", *(name for name, holds in flags.items() if holds)])
    hue = view.hues.get(segment.speaker or "")
    speaker = "" if hue is None else f' data-speaker="{escape(segment.speaker or "")}" style="--hue:{hue}"'
    time = view.stamp(segment.start)
    row = (
        f'<div class="{classes}"{speaker}><button type="button" class="sl-time" tabindex="-1" '
        f'aria-label="Play from {time}">{time}</button><div class="sl-said">{_notes(view, segment, before)}'
        f'<p class="sl-text" dir="auto"{_lang(segment.language or view.recording.transcript.language)}>'
        f"{''.join(text).strip()}</p>{_translated(view, segment)}</div></div>"
    )
    return [milliseconds(segment.start), milliseconds(segment.end), words], row


def _notes(view: _View, segment: Segment, before: Segment | None) -> str:
    """What stands above the text: who speaks where that changes, the language where it differs, why it is doubted."""
    notes = []
    if segment.speaker and (before is None or before.speaker != segment.speaker):
        notes.append(f'<span class="sl-who" dir="auto">{escape(segment.speaker)}</span>')
    if segment.language and segment.language != view.recording.transcript.language:
        notes.append(f'<span class="sl-lang"{_language(segment.language)}</span>')
    if segment.suspect:
        why = REASONS.get(segment.suspect, f"Probably not said: {segment.suspect}.")
        notes.append(f'<span class="sl-why">{escape(why)}</span>')
    return f'<div class="sl-notes">{" ".join(notes)}</div>' if notes else ""


def _translated(view: _View, segment: Segment) -> str:
    return "".join(
        f'<p class="sl-translation" dir="auto"{_lang(to)}>{escape(track[segment.id].text.strip())}</p>'
        for to, track in view.translations.items()
        if segment.id in track
    )


def _marks(word: Word, segment: Segment) -> str:
    """What a word is marked with: how sure it is where it is not, and who said it where the segment tells another."""
    marks, told = "", []
    if word.confidence is not None and word.confidence < UNSURE:
        marks = ' class="sl-unsure"'
        told.append(f"{word.confidence:.0%} sure")
    if word.speaker and word.speaker != segment.speaker:
        told.append(word.speaker)
    return f'{marks} title="{escape(", ".join(told))}"' if told else marks


def _head(view: _View, title: str, note: str) -> str:
    facts = [view.stamp(view.whole.duration)] if view.whole else []
    if language := view.recording.transcript.language:
        facts.append(f"<span{_language(language)}</span>")
    if len(view.hues) > 1:
        facts.append(f"{len(view.hues)} speakers")
    if note:
        facts.append(escape(note))
    heading = f'<h3 class="sl-title" dir="auto">{escape(title)}</h3>' if title else ""
    about = f'<p class="sl-facts">{" · ".join(facts)}</p>' if facts else ""
    return f'<header class="sl-head">{heading}{about}</header>' if heading or about else ""


def _sound(view: _View, source: str, clean: Clean | None) -> str:
    tracks = [source] if clean is None else [source, clean.src]
    names = [""] if clean is None else [' aria-label="As recorded"', ' aria-label="Cleaned"']
    return "".join(
        f'<audio class="sl-audio" controls preload="metadata"{name} src="{escape(track)}"></audio>'
        for name, track in zip(names, tracks, strict=True)
    ) + _strip(view)


def _pictures(spectrogram: str, clean: Clean | None) -> str:
    """Pictures of what sounds when, folded away: a browser fetches them once they are looked at."""
    pictures = [("As recorded", spectrogram)] if clean and clean.spectrogram else [("", spectrogram)]
    if clean and clean.spectrogram:
        pictures.append(("Cleaned", clean.spectrogram))
    shown = "".join(
        f'<figure class="sl-picture"><img loading="lazy" src="{escape(address)}" '
        f'alt="Spectrogram{f", {label.lower()}" if label else ""}">'
        f"{f'<figcaption>{label}</figcaption>' if label else ''}</figure>"
        for label, address in pictures
    )
    return f'<details class="sl-pictures"><summary>Spectrogram</summary><div class="sl-drawn">{shown}</div></details>'


def _outline(peaks: Waveform | None, start: float) -> dict[str, object] | None:
    """A waveform for the script, where there is one."""
    return {**asdict(peaks), "start": start} if peaks and peaks.low else None


def _hue(number: int) -> int:
    return (HUES[number % len(HUES)] + number // len(HUES) * BETWEEN) % 360


def _strip(view: _View) -> str:
    """Where somebody speaks, as far as a detector told; speakers have lanes of their own."""
    if not view.recording.speech or not view.whole:
        return ""
    return (
        f'<svg class="sl-strip" viewBox="0 0 {STRIP} 1" preserveAspectRatio="none" role="img" '
        f'aria-label="Where somebody speaks"><path d="{bars(view.recording.speech, view.whole)}"/></svg>'
    )


def _lang(code: str | None) -> str:
    return f' lang="{escape(code)}"' if code else ""


def _language(code: str) -> str:
    """The rest of a tag that names a language; the script puts the name in the reader's own language there."""
    return f' data-language="{escape(code)}">{escape(code)}'
