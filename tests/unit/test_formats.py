"""Each format writes what its readers expect: golden files, empty recordings, odd ones, and the registered data."""

# ruff: noqa: RUF001

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechlab import Diarization, Format, Recording, Segment, Transcript, Turn, Word
from speechlab.contributions import loaded
from speechlab.formats import FORMATS
from speechlab.formats.clock import clock
from speechlab.params import check, knobs

EXPECTED = Path(__file__).parent / "formats"
BY_ID = {format.id: format for format in FORMATS}


def render(recording: Recording, id: str, **options: Any) -> bytes:
    """What every face does with a format."""
    format = BY_ID[id]
    data: bytes = loaded(format.load)(recording, check(format.options, options, format.id))
    return data


def text_of(recording: Recording, id: str, **options: Any) -> str:
    return render(recording, id, **options).decode()


def spoken(text: str, start: float, seconds: float) -> tuple[Word, ...]:
    parts = text.split()
    step = seconds / len(parts)
    return tuple(
        Word(start=start + index * step, end=start + (index + 0.75) * step, text=f" {part}", confidence=0.5)
        for index, part in enumerate(parts)
    )


@pytest.fixture
def conversation() -> Recording:
    """Two speakers, words with and without times, markup that is not meant, a made-up segment, two translations."""
    question = "Good morning, Dr. Li. How did the first experiment with the new microphones go last week?"
    return Recording(
        transcript=Transcript(
            (
                Segment(
                    id="s1",
                    start=0.25,
                    end=6.25,
                    text=f" {question}",
                    language="en",
                    speaker="Ann",
                    words=spoken(question, 0.25, 6.0),
                    extra={"avg_logprob": -0.25, "no_speech_prob": 0.01, "tokens": [1, 2], "seek": 0, "note": "kept"},
                ),
                Segment(id="s2", start=6.5, end=9, text='R & D says\na <b> --> {c}: "fine"', speaker="Wei Li"),
                Segment(id="s3", start=59.9996, end=61, text="真的吗？太好了！", language="zh", speaker="Ann"),
                Segment(id="s4", start=70, end=72, text="Thanks for watching.", extra={"suspect": "no speech"}),
                Segment(id="s5", start=10800, end=10802.5, text="أراك غدا، إلى اللقاء.", speaker="Wei Li"),
            ),
            "en",
        ),
        translations={
            "fr": Transcript(
                (
                    Segment(
                        id="s1", start=0.25, end=6.25, text="Bonjour, docteur Li. Comment s'est passée\xa0l'essai ?"
                    ),
                    Segment(id="s4", start=70, end=72, text="Merci."),
                ),
                "fr",
            ),
        },
        diarization=Diarization(
            (
                Turn(start=0.25, end=6.3, speaker="Ann"),
                Turn(start=6.2, end=9.0006, speaker="Wei Li"),
                Turn(start=59.9996, end=61, speaker="Ann"),
            )
        ),
        duration=10805,
    )


@pytest.mark.parametrize(
    ("name", "id", "options"),
    [
        ("conversation.txt", "txt", {}),
        ("conversation.srt", "srt", {}),
        ("conversation.vtt", "vtt", {}),
        ("conversation.json", "json", {}),
        ("conversation.tsv", "tsv", {}),
        ("conversation.csv", "csv", {}),
        ("conversation.rttm", "rttm", {}),
        ("conversation.ass", "ass", {}),
        ("conversation.lrc", "lrc", {}),
        ("conversation.jsonl", "jsonl", {}),
        ("words.srt", "srt", {"highlight_words": True, "speakers": False, "max_lines": 1}),
        ("words.vtt", "vtt", {"highlight_words": True}),
        ("words.ass", "ass", {"highlight_words": True}),
        ("words.lrc", "lrc", {"highlight_words": True}),
        ("french.vtt", "vtt", {"track": "fr", "keep_suspect": True}),
    ],
)
def test_golden_files(conversation: Recording, name: str, id: str, options: dict[str, Any]) -> None:
    assert render(conversation, id, **options) == (EXPECTED / name).read_bytes()


def test_each_format_is_whole() -> None:
    assert list(BY_ID) == ["txt", "srt", "vtt", "json", "tsv", "csv", "rttm", "ass", "lrc", "docx", "jsonl"]
    for format in FORMATS:
        assert callable(loaded(format.load))
        assert format.suffix == format.id
        assert format.summary
        assert "/" in format.mime
        assert all(knob.help for knob in knobs(format.options)), format.id


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.id)
def test_an_empty_recording_is_a_file_too(format: Format) -> None:
    data = render(Recording(), format.id)
    start = {"vtt": b"WEBVTT\n", "tsv": b"start\t", "csv": b"id,", "ass": b"[Script Info]", "json": b"{", "docx": b"PK"}
    assert data.startswith(start[format.id]) if format.id in start else data == b""


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.id)
@pytest.mark.parametrize(
    "segment",
    [
        Segment(start=0, end=1, text="Hello"),
        Segment(start=0, end=0, text="Hello"),
        Segment(start=3 * 3600, end=3 * 3600 + 1, text="Hello"),
        Segment(start=np.float32(1.5), end=np.float64(2.5), text="Hello", extra={"avg_logprob": np.float32("nan")}),
        Segment(start=0, end=1, text="Hello\x00\x0b\ufffe\U0001f600"),
    ],
    ids=["one word", "no time", "three hours", "numpy", "control characters"],
)
def test_odd_recordings(format: Format, segment: Segment) -> None:
    data = render(Recording(transcript=Transcript((segment,))), format.id)
    assert b"Hello" in data or format.id in ("docx", "rttm")


@pytest.mark.parametrize("id", ["txt", "srt", "vtt", "tsv", "csv", "ass", "lrc"])
def test_suspected_segments_are_written_only_if_wanted(conversation: Recording, id: str) -> None:
    assert "watching" not in text_of(conversation, id)
    assert "watching" in text_of(conversation, id, keep_suspect=True)


def test_what_was_only_translated_is_written() -> None:
    said = Segment(start=0, end=1, text="Good morning", id="a", language="en")
    abroad = Recording(translations={"en": Transcript((said,), "en")})
    assert text_of(abroad, "txt").strip() == "Good morning"
    two = Recording(translations={"en": Transcript((said,), "en"), "fr": Transcript((said,), "fr")})
    assert text_of(two, "txt").strip() == ""


@pytest.mark.parametrize("id", ["txt", "srt", "vtt", "ass", "lrc"])
def test_speakers_can_be_left_out(conversation: Recording, id: str) -> None:
    assert "Wei Li" in text_of(conversation, id)
    assert "Wei Li" not in text_of(conversation, id, speakers=False)


def test_json_has_all_keys_of_whispers(conversation: Recording) -> None:
    told = json.loads(render(conversation, "json"))
    assert {"text", "segments", "language"} <= told.keys()
    keys = "id seek start end text tokens temperature avg_logprob compression_ratio no_speech_prob words"
    for index, segment in enumerate(told["segments"]):
        assert set(keys.split()) <= segment.keys()
        assert segment["id"] == index
        assert all(word.keys() >= {"word", "start", "end", "probability"} for word in segment["words"])
        assert "".join(word["word"] for word in segment["words"]) == segment["text"].replace("\n", " ")
    assert [segment["suspect"] for segment in told["segments"]] == [None, None, None, "no speech", None]
    assert "watching" not in told["text"]


def test_json_has_no_words_where_no_segment_has_any() -> None:
    """Whisper's own subtitle writers write words alone, as soon as the first segment has the key."""
    told = json.loads(render(Recording(transcript=Transcript((Segment(start=0, end=1, text="Hi"),))), "json"))
    assert "words" not in told["segments"][0]


def test_json_words_are_joined_as_the_text_joins_them() -> None:
    words = tuple(Word(start=0, end=1, text=text) for text in ("Well", "-known", "今天", "not there", "!"))
    segment = Segment(start=0, end=1, text="Well-known 今天!", words=words)
    told = json.loads(render(Recording(transcript=Transcript((segment,))), "json"))
    assert [word["word"] for word in told["segments"][0]["words"]] == [" Well", "-known", "今天", " not there", "!"]


def test_json_never_holds_what_json_does_not_know() -> None:
    extra = {
        "avg_logprob": float("nan"),
        "scores": np.arange(2, dtype=np.float32),
        "bad": float("inf"),
        "pair": (1, True),
        "own": {"key": np.int64(3)},
        "other": object,
    }
    segment = Segment(start=np.float32(0.1), end=np.float64(0.3), text="Hi", extra=extra)
    told = json.loads(render(Recording(transcript=Transcript((segment,))), "json"), parse_constant=pytest.fail)
    [found] = told["segments"]
    assert (found["start"], found["end"], found["avg_logprob"]) == (0.1, 0.3, 0.0)
    assert found["extra"] == {
        "scores": [0.0, 1.0], "bad": None, "pair": [1, True], "own": {"key": 3}, "other": "<class 'object'>",
    }  # fmt: skip


def test_csv_keeps_line_ends_quotes_and_translations(conversation: Recording) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(conversation, "csv"), newline="")))
    assert [row["id"] for row in rows] == ["s1", "s2", "s3", "s5"]
    assert rows[1]["text"] == 'R & D says\na <b> --> {c}: "fine"'
    assert rows[0]["fr"].startswith("Bonjour")
    assert [row["language"] for row in rows] == ["en", "en", "zh", "en"]


def test_tsv_has_three_fields_in_each_line() -> None:
    odd = Segment(start=0.0004, end=1.9996, text=" a\tb\r\nc\x85d ")
    table = text_of(Recording(transcript=Transcript((odd,))), "tsv")
    assert table == "start\tend\ttext\n0\t2000\ta b c d\n"


def test_rttm_falls_back_on_the_speakers_of_segments() -> None:
    transcript = Transcript(
        (
            Segment(start=0, end=2, text="a", speaker="Ann"),
            Segment(start=1, end=3, text="b", speaker="B C"),
            Segment(start=2, end=4, text="c", speaker="Ann"),
            Segment(start=4, end=5, text="d"),
            Segment(start=5, end=6, text="e", speaker="Ann", extra={"suspect": "repetition"}),
        )
    )
    assert text_of(Recording(transcript=transcript), "rttm", uri="my call").splitlines() == [
        "SPEAKER my_call 1 0.000 4.000 <NA> <NA> Ann <NA> <NA>",
        "SPEAKER my_call 1 1.000 2.000 <NA> <NA> B_C <NA> <NA>",
    ]
    assert "5.000 1.000" in text_of(Recording(transcript=transcript), "rttm", keep_suspect=True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (59.9995, "00:01:00.000"),
        (59.9994, "00:00:59.999"),
        (3599.9999, "01:00:00.000"),
        (0.9999, "00:00:01.000"),
        (-0.2, "00:00:00.000"),
        (100 * 3600 + 0.0006, "100:00:00.001"),
        (360000, "100:00:00.000"),
    ],
)
def test_times_are_rounded_before_they_are_told_apart(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("id", "stamps"),
    [
        ("srt", "100:00:00,000 --> 100:00:01,000"),
        ("vtt", "100:00:00.000 --> 100:00:01.000"),
        ("ass", "100:00:00.00,100:00:01.00"),
        ("lrc", "[6000:00.00]"),
    ],
)
def test_more_than_99_hours(id: str, stamps: str) -> None:
    late = Recording(transcript=Transcript((Segment(start=360000, end=360001, text="Still here"),)))
    assert stamps in text_of(late, id)
