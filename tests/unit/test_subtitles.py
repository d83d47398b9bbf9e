"""Subtitle files are read as others read them, and written again with nothing changed but the words."""

# ruff: noqa: RUF001

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from speechlab import ConfigError, Recording, Segment, Transcript
from speechlab.formats import srt as subrip
from speechlab.formats.options import SubtitleOptions
from speechlab.subtitles import Subtitles, read

SRT = """1
00:00:01,000 --> 00:00:03,500
<i>I went to the</i>

2
00:00:03,600 --> 00:00:05,250
{\\an8}market <b>yesterday</b>.

3
00:01:00,001 --> 00:01:02,000
- Who's there?
- Me.

"""
VTT = """WEBVTT - a talk

STYLE
::cue { color: lime }

NOTE not shown --

intro
00:01.000 --> 00:03.500 line:0 position:20% align:start
<v.loud Ann><i>Fish &amp; <c.red>chips</c></i>

01:00:00.001 --> 01:00:02.000
<v Bob>Yes.</v> <v Ann>No.</v>
"""
ASS = """[Script Info]
Title: a talk

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.00,0:00:03.55,Default,Ann,0,0,0,,{\\an8\\fad(100,100)}Well, {\\i1}this{\\i0} is\\Nthe first.
Dialogue: 0,0:00:02.00,0:00:03.00,Sign,,0,0,0,,{\\p1}m 0 0 l 100 0 100 100{\\p0}
Dialogue: 0,0:01:00.00,0:01:02.00,Default,,0,0,0,,{\\k20}one {\\k30}two
"""


def told(subtitles: Subtitles) -> list[tuple[float, float, str, str | None]]:
    return [(one.start, one.end, one.text, one.speaker) for one in subtitles.recording.transcript]


def shouted(subtitles: Subtitles, **how: bool) -> str:
    """The file with all words in capitals, which stands for a translation."""
    loud = [replace(one, text=one.text.upper()) for one in subtitles.recording.transcript]
    return subtitles.saying(loud, **how).decode()


def test_subrip() -> None:
    file = read(SRT.encode(), ".srt")
    assert told(file) == [
        (1.0, 3.5, "I went to the", None),
        (3.6, 5.25, "market yesterday.", None),
        (60.001, 62.0, "- Who's there?\n- Me.", None),
    ]
    assert shouted(file) == (
        SRT.replace("I went to the", "I WENT TO THE")
        .replace("market <b>yesterday</b>.", "MARKET YESTERDAY.")
        .replace("Who's there?", "WHO'S THERE?")
        .replace("Me.", "ME.")
    )


def test_webvtt_keeps_its_styles_notes_names_and_places() -> None:
    file = read(VTT.encode(), ".vtt")
    assert told(file) == [(1.0, 3.5, "Fish & chips", "Ann"), (3600.001, 3602.0, "Yes. No.", None)]
    assert shouted(file) == VTT.replace("Fish &amp; <c.red>chips</c>", "FISH &amp; CHIPS").replace(
        "<v Bob>Yes.</v> <v Ann>No.</v>", "YES. NO."
    )
    webvtt.from_string(shouted(file))


def test_substation_alpha_keeps_its_styles_comments_and_drawings() -> None:
    file = read(ASS.encode(), ".ass")
    assert told(file) == [(1.0, 3.55, "Well, this is the first.", "Ann"), (60.0, 62.0, "one two", None)]
    assert shouted(file) == ASS.replace("Well, {\\i1}this{\\i0} is\\Nthe first.", "WELL, THIS IS THE FIRST.").replace(
        "{\\k20}one {\\k30}two", "{\\k20}ONE TWO"
    )


def test_fields_of_older_and_other_files_stand_where_the_file_says() -> None:
    old = ASS.replace("Format: Layer, Start, End, Style, Name", "Format: Marked, Start, End, Style, Name")
    assert told(read(old.encode(), ".ssa")) == told(read(ASS.encode(), ".ass"))
    events = "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,Yes, well\n"
    assert told(read(events.encode(), ".ass")) == [(1.0, 2.0, "Yes, well", None)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("content", "suffix"), [(SRT, ".srt"), (VTT, ".vtt"), (ASS, ".ass")])
def test_line_ends_stay(content: str, suffix: str, newline: str) -> None:
    other = content.replace("\n", newline)
    assert told(read(other.encode(), suffix)) == told(read(content.encode(), suffix))
    assert shouted(read(other.encode(), suffix)).replace(newline, "\n") == shouted(read(content.encode(), suffix))


@pytest.mark.parametrize(("content", "suffix"), [(SRT, ".srt"), (VTT, ".vtt"), (ASS, ".ass")])
def test_what_is_not_translated_stays_to_the_letter(content: str, suffix: str) -> None:
    file = read(content.encode(), suffix)
    assert file.saying([]) == content.encode()
    assert file.saying(file.recording.transcript) == content.encode()


def test_a_cue_may_become_empty() -> None:
    """A translation may have fewer words than its sentence has cues."""
    file = read(SRT.encode(), ".srt")
    empty = [replace(one, text="") for one in file.recording.transcript][:1]
    assert next(srt.parse(file.saying(empty).decode())).content == "<i></i>"


def test_old_words_beneath_the_new() -> None:
    file = read(SRT.encode(), ".srt")
    assert "<i>I WENT TO THE</i>\n<i>I went to the</i>\n" in shouted(file, second=True)
    assert "{\\an8}MARKET YESTERDAY.\n{\\an8}market <b>yesterday</b>.\n" in shouted(file, second=True)
    assert "THE FIRST.\\N{\\an8\\fad(100,100)}Well" in shouted(read(ASS.encode(), ".ass"), second=True)


def test_a_long_text_is_laid_out_as_its_readers_are_used_to() -> None:
    file = read(b"1\n00:00:01,000 --> 00:00:09,000\nHi\n", ".srt")
    text = "Nobody knows the trouble that I have seen today, nobody at all."
    [cue] = srt.parse(file.saying([replace(file.recording.transcript.segments[0], text=text)], "en").decode())
    assert cue.content == "Nobody knows the trouble that I\nhave seen today, nobody at all."
    data = file.saying([replace(file.recording.transcript.segments[0], text="שלום לכולם!")], "he").decode()
    assert data.endswith("\n\u202bשלום לכולם!\u202c\n")


def test_words_are_never_taken_for_styling() -> None:
    for content, suffix, shown in (
        (SRT, ".srt", "a ＜b＞ ｛\\an8｝"),
        (VTT, ".vtt", "a &lt;b&gt; {\\an8}"),
        (ASS, ".ass", "a <b> ｛＼an8｝"),
    ):
        file = read(content.encode(), suffix)
        first = replace(file.recording.transcript.segments[0], text="a <b> {\\an8}")
        assert shown in file.saying([first]).decode()


def test_an_empty_line_among_the_words_of_subrip() -> None:
    content = "1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nthree\n"
    assert [text for _, _, text, _ in told(read(content.encode(), ".srt"))] == ["one two", "three"]


def test_cues_without_words_or_that_end_before_they_begin() -> None:
    content = "1\n00:00:02,000 --> 00:00:01,000\none\n\n2\n00:00:03,000 --> 00:00:04,000\n\n"
    assert told(read(content.encode(), ".srt")) == [(2.0, 2.0, "one", None)]
    assert told(read(b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\nHi", ".vtt")) == [
        (3.0, 4.0, "Hi", None)
    ]


def test_segments_are_in_the_order_of_time() -> None:
    lines = [line for line in ASS.splitlines(keepends=True) if line.startswith("Dialogue")]
    turned = ASS.replace("".join(lines), "".join(reversed(lines)))
    assert [text for _, _, text, _ in told(read(turned.encode(), ".ass"))] == ["Well, this is the first.", "one two"]
    assert "WELL" in shouted(read(turned.encode(), ".ass"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "talk.fr.srt"
    path.write_bytes(SRT.replace("market", "marché").encode(encoding))
    file = read(path)
    assert file.language == "fr"
    assert told(file)[1][2] == "marché yesterday."


def test_an_encoding_that_must_be_told() -> None:
    data = SRT.replace("market", "marché").encode("cp1252")
    with pytest.raises(ConfigError, match="is not in UTF-8") as raised:
        read(data, ".srt")
    assert "--encoding" in raised.value.hint
    assert told(read(data, ".srt", encoding="cp1252"))[1][2] == "marché yesterday."
    with pytest.raises(ConfigError, match="no encoding 'latin-99'"):
        read(data, ".srt", encoding="latin-99")


def test_what_is_no_subtitle_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no subtitles in"):
        read(b"Dear Ann,\nhow are you?\n", ".srt")
    with pytest.raises(ConfigError, match="in no subtitle format"):
        read(b"", ".sub")
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read(tmp_path / "none.srt")
    assert not read(b"", ".srt").recording.transcript


texts = st.lists(
    st.sampled_from(["I", "went.", "to the", "<i>", "&amp;", "{\\an8}", "שלום", "今天", "- No", "--"]),
    min_size=1,
    max_size=9,
).map(" ".join)


@given(st.lists(texts, min_size=1, max_size=6))
def test_what_the_lab_writes_it_reads(said: list[str]) -> None:
    segments = tuple(Segment(start=20.0 * n, end=20.0 * n + 9, text=text) for n, text in enumerate(said))
    data = subrip.write(Recording(Transcript(segments)), SubtitleOptions(speakers=False, max_duration=30))
    ours = [(one.start, one.end, re.sub(r"\s", "", one.text)) for one in read(data, ".srt").recording.transcript]
    theirs = [
        (one.start / 1000, one.end / 1000, re.sub(r"\s|\\N|[\u202b\u202c]", "", one.text))
        for one in pysubs2.SSAFile.from_string(data.decode(), format_="srt")
    ]
    assert ours == theirs
