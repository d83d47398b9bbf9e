"""Files are read back with libraries that others wrote."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import docx
import pysubs2
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Recording, Segment, Transcript
from speechlab.formats import ass, document, vtt
from speechlab.formats import srt as subrip
from speechlab.formats.cues import Cue, cues
from speechlab.formats.direction import LRM, RLM, embedded
from speechlab.formats.options import DocumentOptions, SubtitleOptions
from speechlab.formats.text import wide

OPTIONS = SubtitleOptions(speakers=False)
UNMARKED = dict.fromkeys(map(ord, RLM + LRM))
PIECES = [
    "-->",
    "<b>",
    "</i>",
    "{\\an8}",
    "a{b}c",
    "\\N",
    "\\hx",
    "&amp;",
    "&",
    "<",
    ">",
    "]]>",
    "7",
    "שלום",
    "今天好",
    "né",
    "x,y",
]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map(" ".join)
recordings = st.lists(texts, max_size=5).map(
    lambda told: Recording(
        transcript=Transcript(
            tuple(Segment(start=4000.0 * n, end=4000.0 * n + 5, text=text) for n, text in enumerate(told))
        )
    )
)


def shown(recording: Recording, led: Callable[[str, bool], str] = embedded) -> list[tuple[timedelta, timedelta, str]]:
    return [_told(cue, led) for cue in cues(recording, OPTIONS)]


def _told(cue: Cue, led: Callable[[str, bool], str]) -> tuple[timedelta, timedelta, str]:
    return timedelta(seconds=cue.start), timedelta(seconds=cue.end), cue.text(led=led)


@given(recordings)
def test_srt(recording: Recording) -> None:
    read = srt.parse(subrip.write(recording, OPTIONS).decode())
    assert [(cue.start, cue.end, cue.content) for cue in read] == [
        (start, end, wide(text, "<>{}")) for start, end, text in shown(recording)
    ]


@given(recordings)
def test_srt_hides_no_text_as_markup(recording: Recording) -> None:
    read = pysubs2.SSAFile.from_string(subrip.write(recording, OPTIONS).decode(), format_="srt")
    assert [cue.text.replace("\\N", "\n") for cue in read] == [
        wide(text, "<>{}").replace("\\N", "\n") for _, _, text in shown(recording)
    ]


@given(recordings)
def test_vtt(recording: Recording) -> None:
    read = webvtt.from_string(vtt.write(recording, OPTIONS).decode())
    told = [(_time(cue.start), _time(cue.end), html.unescape(cue.text).translate(UNMARKED)) for cue in read]
    assert told == shown(recording, lambda line, rtl: line)


@given(recordings)
def test_ass(recording: Recording) -> None:
    read = pysubs2.SSAFile.from_string(ass.write(recording, OPTIONS).decode(), format_="ass")
    assert [(cue.start, cue.end, cue.plaintext) for cue in read] == [
        (_hundredths(start), _hundredths(end), wide(text, "{}\\")) for start, end, text in shown(recording)
    ]


def _hundredths(time: timedelta) -> int:
    return round(time.total_seconds() * 100) * 10


def _time(text: str) -> timedelta:
    hours, minutes, seconds = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes), milliseconds=round(float(seconds) * 1000))


def recording_of(*segments: Segment) -> Recording:
    return Recording(transcript=Transcript(segments))


def test_speakers_of_vtt_and_ass() -> None:
    recording = recording_of(Segment(start=0, end=2, text="Hello", speaker="R&D, <Ann>"))
    [cue] = webvtt.from_string(vtt.write(recording, SubtitleOptions()).decode())
    assert (html.unescape(cue.voice or ""), cue.text) == ("R&D, <Ann>", "Hello")
    [line] = pysubs2.SSAFile.from_string(ass.write(recording, SubtitleOptions()).decode())
    assert (line.name, line.plaintext) == ("R&D; <Ann>", "R&D, <Ann>: Hello")


def test_highlighted_words_leave_the_text_as_it_is() -> None:
    recording = recording_of(Segment(start=1, end=3, text="Hello brave new world"))
    options = SubtitleOptions(highlight_words=True)
    [cue] = webvtt.from_string(vtt.write(recording, options).decode())
    assert cue.text == "Hello brave new world"
    [line] = pysubs2.SSAFile.from_string(ass.write(recording, options).decode())
    assert line.plaintext == "Hello brave new world"
    read = list(srt.parse(subrip.write(recording, options).decode()))
    assert [part.content.split("<u>")[1].split("</u>")[0] for part in read] == ["Hello", "brave", "new", "world"]


def paragraphs(recording: Recording, **options: Any) -> list[str]:
    data = document.write(recording, DocumentOptions(**options))
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]


def test_docx() -> None:
    recording = Recording(
        transcript=Transcript(
            (
                Segment(id="1", start=0, end=2, text=" Good\nmorning.", speaker="Ann"),
                Segment(id="2", start=2, end=4, text=" How are you?", speaker="Ann"),
                Segment(id="3", start=65, end=66, text="\x01Fine.", speaker="Bob"),
                Segment(id="4", start=70, end=71, text="Thanks for watching.", extra={"suspect": "no speech"}),
                Segment(id="5", start=75, end=76, text="Bye.", speaker="Bob"),
            )
        ),
        translations={"de": Transcript((Segment(id="2", start=2, end=4, text="Wie geht es?"),), "de")},
    )
    assert paragraphs(recording, title="Call") == [
        "Call", "Ann  00:00:00", "Good morning. How are you?", "de  Wie geht es?",
        "Bob  00:01:05", "Fine.", "00:01:15", "Bye.",
    ]  # fmt: skip
    assert "Thanks for watching." in paragraphs(recording, keep_suspect=True)
    assert paragraphs(recording, times=False, speakers=False)[1:] == [
        "Good morning. How are you?", "de  Wie geht es?", "Fine.", "Bye.",
    ]  # fmt: skip
    assert paragraphs(recording, track="de")[1:] == ["Ann  00:00:02", "Wie geht es?"]


def test_docx_makes_speakers_bold_and_right_to_left_text_right_to_left() -> None:
    recording = recording_of(Segment(start=0, end=1, text="«שלום»", speaker="Ann"))
    data = document.write(recording, DocumentOptions())
    _, head, body = docx.Document(io.BytesIO(data)).paragraphs
    assert [run.text for run in head.runs if run.bold] == ["Ann"]
    assert body.runs[0].font.rtl
    assert "w:bidi" in body._p.xml


def test_docx_makes_long_speech_into_paragraphs_at_the_ends_of_sentences() -> None:
    told = [Segment(start=n, end=n + 1, text="word " * 30 + ("end." if n % 3 else "so")) for n in range(12)]
    bodies = paragraphs(recording_of(*told), times=False)[1:]
    assert len(bodies) > 1
    assert all(body.endswith("end.") for body in bodies)


def test_docx_of_silence_says_so() -> None:
    assert paragraphs(Recording()) == ["Transcript", "Nothing was said in this recording."]
