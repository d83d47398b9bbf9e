"""A recording as inert HTML: to read and hear as it is; its script adds everything that can be pressed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from html import escape

from ..types import Recording, Segment, Span, Turn, Word
from .peaks import Waveform
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

FOREVER = 3.6e6
"""Seconds after which time is cut: an end that is still open may be infinite, and a page cannot say that."""

STRIP = 10_000
"""Horizontal units of the strip that shows where somebody speaks."""


def player_html(
    recording: Recording | None,
    *,
    audio_src: str | None = None,
    peaks: Waveform | None = None,
    title: str = "",
    start: float | None = None,
    note: str = "",
) -> str:
    """The player of one recording, without its style and script (see :mod:`speechlab.player` for those).

    ``recording`` None shows the sound alone; ``audio_src`` None shows the transcript alone. ``audio_src`` is any
    address that ``<audio>`` takes; seeking in it needs a server that answers range requests, or a data URI.
    ``start`` tells where on the recording's timeline that sound begins, in seconds: where the ``peaks`` do, or 0.
    ``note`` stands among the facts beside the title. All text is escaped.
    """
    if audio_src is None:
        peaks, start = None, 0.0
    elif start is None:
        start = peaks.start if peaks else 0.0
    view = _View.of(recording or Recording(), start, peaks)
    rows = [_row(view, segment, before) for segment, before in zip(view.segments, [None, *view.segments], strict=False)]
    data = {
        "start": round(view.whole.start, 3),
        "end": round(view.whole.end, 3),
        "segments": [times for times, _ in rows],
        "peaks": peaks and peaks.low and {**asdict(peaks), "start": view.whole.start},
    }
    label = f"Player: {title}" if title else "Player"
    parts = [
        _head(view, title, note),
        _sound(view, audio_src) if audio_src is not None else "",
        _transcript([row for _, row in rows]) if recording is not None else "",
    ]
    return (
        f'<section class="sl-player{" sl-mute" if audio_src is None else ""}" data-lm-suppress-shortcuts="true" '
        f'aria-label="{escape(label)}" data-speech="{escape(json.dumps(data, separators=(",", ":")))}">'
        f"{''.join(parts)}</section>"
    )


def stamp(seconds: float, hours: bool = False) -> str:
    """A time as a player shows it: the second that has begun, and hours only where there are some, or asked for.

    >>> stamp(75.9), stamp(75.9, hours=True), stamp(3600)
    ('1:15', '0:01:15', '1:00:00')
    """
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    if hours or minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
    return f"{minutes}:{rest:02}"


@dataclass(frozen=True, slots=True)
class _View:
    """What every part of the page needs to know of the recording."""

    recording: Recording
    segments: list[Segment]
    whole: Span
    """The timeline that is shown, in seconds."""
    hues: Mapping[str, int]
    """Each speaker's hue, in the order of first speech."""
    translations: Mapping[str, Mapping[str, Segment]]

    @classmethod
    def of(cls, recording: Recording, start: float, peaks: Waveform | None) -> _View:
        # The script finds the current segment by bisection, whatever order an engine or a person gave them in.
        segments = sorted(recording.transcript, key=lambda segment: (segment.start, segment.end, segment.id))
        heard = start + peaks.duration if peaks else start
        end = min(max([recording.duration, heard, *(segment.end for segment in segments)]), FOREVER)
        speakers = dict.fromkeys([*(s.speaker for s in segments if s.speaker), *recording.diarization.speakers])
        return cls(
            recording=recording,
            segments=segments,
            whole=Span(start, max(start, end)),
            hues={name: (HUES[n % len(HUES)] + n // len(HUES) * BETWEEN) % 360 for n, name in enumerate(speakers)},
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
            words += (_ms(word.start - segment.start), _ms(word.duration))
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
    return [_ms(segment.start), _ms(segment.end), words], row


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


def _sound(view: _View, source: str) -> str:
    return f'<audio class="sl-audio" controls preload="metadata" src="{escape(source)}"></audio>{_strip(view)}'


def _strip(view: _View) -> str:
    """Where somebody speaks, and who: one path for all speech, and one for each speaker."""
    turns: Iterable[Turn] = view.recording.diarization or [
        Turn(s.start, s.end, speaker=s.speaker) for s in view.segments if s.speaker and not s.suspect
    ]
    spans: dict[str, list[Span]] = {}
    for turn in turns:
        spans.setdefault(turn.speaker, []).append(turn)
    paths = [f'<path d="{_bars(view.recording.speech, view.whole)}"/>'] if view.recording.speech else []
    paths += [
        f'<path class="sl-turns" style="--hue:{view.hues[name]}" d="{_bars(said, view.whole)}"/>'
        for name, said in spans.items()
    ]
    if not paths or not view.whole:
        return ""
    return (
        f'<svg class="sl-strip" viewBox="0 0 {STRIP} 1" preserveAspectRatio="none" role="img" '
        f'aria-label="Where somebody speaks">{"".join(paths)}</svg>'
    )


def _bars(spans: Iterable[Span], whole: Span) -> str:
    """Spans as an SVG path of bars of height 1; even the shortest is seen."""

    def at(seconds: float) -> int:
        return round((min(max(seconds, whole.start), whole.end) - whole.start) / whole.duration * STRIP)

    return "".join(f"M{at(s.start)} 0h{max(1, at(s.end) - at(s.start))}v1H{at(s.start)}z" for s in spans if whole)


def _lang(code: str | None) -> str:
    return f' lang="{escape(code)}"' if code else ""


def _language(code: str) -> str:
    """The rest of a tag that names a language; the script puts the name in the reader's own language there."""
    return f' data-language="{escape(code)}">{escape(code)}'


def _ms(seconds: float) -> int:
    return round(min(seconds, FOREVER) * 1000)
