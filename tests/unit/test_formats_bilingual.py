"""Two texts in one subtitle: cut at the same places, nothing lost of either, each laid out as its readers want it."""

# ruff: noqa: RUF001

from __future__ import annotations

import io
from typing import Any

import docx
import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from speechlab import ConfigError, Recording, Segment, Transcript, Word
from speechlab.contributions import loaded
from speechlab.formats import FORMATS
from speechlab.formats.alongside import reach, shared
from speechlab.formats.cues import Cue, cues
from speechlab.formats.direction import LRM, PDF, RLE, RLM, embedded, led, right_to_left
from speechlab.formats.guidelines import guideline
from speechlab.formats.options import SubtitleOptions
from speechlab.formats.text import BREAKABLE
from speechlab.formats.tokens import tokens, width
from speechlab.params import check

BY_ID = {format.id: format for format in FORMATS}
ENGLISH = "I went to the market yesterday. There I met an old friend, whom I had not seen for years."
GERMAN = "Gestern ging ich auf den Markt. Dort traf ich einen alten Freund, den ich seit Jahren nicht gesehen hatte."
JAPANESE = "昨日は市場に行きました。そこで何年も会っていなかった古い友人に会いました。"
ARABIC = "ذهبت أمس إلى السوق. هناك التقيت بصديق قديم لم أره منذ سنوات."


def bilingual(said: str, told: str, language: str = "de", seconds: float = 6.0) -> Recording:
    one = Segment(id="1", start=0, end=seconds, text=said, language="en", speaker="Ann")
    other = Segment(id="1", start=0, end=seconds, text=told, language=language)
    return Recording(Transcript((one,), "en"), {language: Transcript((other,), language)}, duration=seconds)


def render(recording: Recording, id: str, **options: Any) -> bytes:
    format = BY_ID[id]
    data: bytes = loaded(format.load)(recording, check(format.options, options, format.id))
    return data


def shown(recording: Recording, **options: Any) -> list[tuple[str, str]]:
    return [(cue.text("|"), cue.beneath("|")) for cue in cues(recording, SubtitleOptions(**options))]


def test_sentences_stand_beneath_each_other() -> None:
    assert shown(bilingual(ENGLISH, GERMAN), second="de") == [
        ("I went to the market yesterday.", "|Gestern ging ich auf den Markt."),
        (
            "There I met an old friend,|whom I had not seen for years.",
            "|Dort traf ich einen alten Freund,|den ich seit Jahren nicht gesehen hatte.",
        ),
    ]


def test_a_translation_above_what_was_said() -> None:
    [(first, under), _] = shown(bilingual(ENGLISH, GERMAN), track="de", second="source")
    assert (first, under) == ("Gestern ging ich auf den Markt.", "|I went to the market yesterday.")


def test_a_second_text_that_takes_more_room_makes_more_cues() -> None:
    recording = bilingual("It is so.", f"{GERMAN} {GERMAN}")
    told = shown(recording, second="de")
    assert len(told) > 1
    assert " ".join(first for first, _ in told) == "It is so."


def test_what_has_no_translation_stands_alone() -> None:
    recording = bilingual("Hello.", "Hallo.")
    alone = Segment(id="2", start=6, end=8, text="Hm.")
    recording = Recording(Transcript((*recording.transcript, alone), "en"), recording.translations)
    assert shown(recording, second="de") == [("Hello.", "|Hallo."), ("Hm.", "")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"second": "fr"}, "no translation into 'fr'"),
        ({"second": "source"}, "what was said is the first text already"),
        ({"track": "de", "second": "deu"}, "the text in 'deu' would stand under itself"),
    ],
)
def test_what_cannot_stand_beneath(options: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as raised:
        cues(bilingual("Hello.", "Hallo."), SubtitleOptions(**options))
    assert raised.value.hint


def test_each_text_has_the_width_and_speed_of_its_language() -> None:
    recording = bilingual(ENGLISH, JAPANESE, "ja", seconds=60)
    for cue in cues(recording, SubtitleOptions(second="ja", max_duration=60)):
        assert all(width(line) <= 42 for line in cue.text().splitlines())
        assert all(width(line) <= 26 for line in cue.beneath().splitlines())
        assert len(cue.second) <= 2
    [quick] = cues(
        bilingual("Yes.", "そうですね。はい、そうです。", "ja", 20), SubtitleOptions(second="ja", max_duration=30)
    )
    assert quick.duration == pytest.approx(20)
    early = Segment(id="1", start=0, end=1, text="そうですね。はい、そうです。", language="ja")
    [slow] = cues(Recording(Transcript((early,), "ja"), duration=9), SubtitleOptions())
    assert slow.duration == pytest.approx(width(early.text) / 8, abs=0.001)


def test_guidelines() -> None:
    assert guideline("ja-JP").width == 26
    assert guideline("cmn") == guideline("zh-Hant")
    assert guideline("th").width == 35
    assert guideline(None) == guideline("no such thing!") == guideline("pt")
    assert guideline("en").cps > guideline("pt").cps


words = st.sampled_from(
    [*ENGLISH.split(), *ARABIC.split(), "今天。", "天气很好", "Donaudampfschifffahrtsgesellschaft", "né"]
)
texts = st.lists(words, max_size=30).map(" ".join)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Segments of two people with pauses inside, each translated or not."""
    said: list[Segment] = []
    told: list[Segment] = []
    at = 0.0
    for index in range(draw(st.integers(0, 4))):
        end = at + draw(st.floats(0, 9))
        text = draw(texts)
        spoken = [at + draw(st.floats(0, 1)) * (end - at) for _ in text.split()]
        timed = tuple(Word(start=t, end=t, text=w) for t, w in zip(sorted(spoken), text.split(), strict=True))
        speaker = draw(st.sampled_from([None, "Ann", "Bob"]))
        said.append(Segment(id=str(index), start=at, end=end, text=text, speaker=speaker, words=timed))
        if draw(st.booleans()):
            told.append(Segment(id=str(index), start=at, end=end, text=draw(texts), language="ar"))
        at = end + draw(st.floats(0, 2))
    return Recording(Transcript(tuple(said), "en"), {"ar": Transcript(tuple(told), "ar")}, duration=at)


def flat(shown: list[Cue], second: bool) -> str:
    return "".join(
        token.text
        for cue in shown
        for line in (cue.second if second else cue.lines)
        for token in line
        if not token.name
    )


@given(recordings(), st.integers(1, 50), st.integers(1, 3), st.booleans())
def test_nothing_is_lost_of_either_text(recording: Recording, wide: int, lines: int, named: bool) -> None:
    options = SubtitleOptions(second="ar", max_line_width=wide, max_lines=lines)
    told = cues(recording, options, named=named)
    assert flat(told, second=False) == "".join(BREAKABLE.sub("", segment.text) for segment in recording.transcript)
    heard = {segment.id for segment in recording.transcript if segment.text.strip()}
    under = [segment for segment in recording.translations["ar"] if segment.id in heard]
    assert flat(told, second=True) == "".join(BREAKABLE.sub("", segment.text) for segment in under)
    assert all(cue.lines for cue in told)


@given(texts, texts)
def test_how_far_the_other_text_is(one: str, other: str) -> None:
    ours, theirs = (tokens(Segment(start=0, end=1, text=text)) for text in (one, other))
    told = reach(ours, theirs)
    assert told == sorted(told)
    assert told[-1:] == ([sum(width(t.text) + t.spaced for t in theirs)] if ours else [])


@given(texts, st.lists(st.floats(0, 200), max_size=8).map(sorted))
def test_shares(text: str, places: list[float]) -> None:
    whole = tokens(Segment(start=0, end=1, text=text))
    parts = shared(whole, places)
    assert len(parts) == len(places) + 1
    assert [token for part in parts for token in part] == whole
    if len(whole) > len(places):
        assert all(parts)


def test_subrip() -> None:
    recording = bilingual("Good morning.", "صباح الخير.", "ar")
    assert render(recording, "srt", second="ar").decode() == (
        f"1\n00:00:00,000 --> 00:00:06,000\nAnn: Good morning.\n{RLE}صباح الخير.{PDF}\n"
    )


def test_webvtt() -> None:
    recording = bilingual("Good morning.", "HTML أولا.", "ar")
    [cue] = webvtt.from_string(render(recording, "vtt", second="ar").decode())
    assert cue.text == f"Good morning.\n{RLM}HTML أولا."


def test_advanced_substation_alpha() -> None:
    recording = bilingual("Good morning.", "Guten Morgen.")
    file = pysubs2.SSAFile.from_string(render(recording, "ass", second="de").decode())
    assert list(file.styles) == ["Default", "Second"]
    assert [line.text for line in file] == ["Ann: Good morning.\\N{\\rSecond}Guten Morgen."]
    assert b"Style: Second" not in render(recording, "ass")


def test_lyrics_have_both_texts_at_one_time() -> None:
    recording = bilingual("Good morning.", "Guten Morgen.")
    assert render(recording, "lrc", second="de").decode().splitlines() == [
        "[00:00.00]Ann: Good morning.", "[00:00.00]Guten Morgen.", "[00:06.00]",
    ]  # fmt: skip


def test_plain_text_and_documents() -> None:
    recording = bilingual("Good morning.", "Guten Morgen.")
    assert render(recording, "txt", second="de") == b"Ann: Good morning.\nGuten Morgen.\n"
    assert render(recording, "txt", track="de", second="source") == b"Ann: Guten Morgen.\nGood morning.\n"
    data = render(recording, "docx", track="de", second="source", times=False)
    told = [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]
    assert told == ["Transcript", "Ann", "Guten Morgen.", "en  Good morning."]


@pytest.mark.parametrize("id", ["srt", "vtt", "ass"])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", ARABIC),
        ("he", "אתמול הלכתי לשוק. שם פגשתי חבר ותיק, שלא ראיתי שנים רבות, והוא עובד היום ב-Microsoft."),
        ("th", "เมื่อวานฉันไปตลาดและพบเพื่อนเก่าที่ไม่ได้เจอกันมาหลายปีแล้วเขาทำงานอยู่ในกรุงเทพมหานคร"),
        ("ja", JAPANESE),
        ("zh", "昨天我去了市场。在那里我遇到了一位多年未见的老朋友，他现在在北京的一家公司工作。"),
        ("fa", "دیروز به بازار رفتم. آنجا یک دوست قدیمی را دیدم که سال‌ها ندیده بودم."),
    ],
)
def test_every_script_comes_through(id: str, language: str, text: str) -> None:
    data = render(bilingual(ENGLISH, text, language), id, track=language, speakers=False).decode()
    if id == "ass":
        lines = [
            part
            for line in data.splitlines()
            if line.startswith("Dialogue")
            for part in line.split(",", 9)[9].split("\\N")
        ]
    else:
        lines = [line for line in data.splitlines()[id == "vtt" :] if line and "-->" not in line and not line.isdigit()]
    bare = [line.strip(RLE + PDF + RLM + LRM) for line in lines]
    assert "".join(bare).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= guideline(language).width for line in bare)
    assert all(line.startswith(RLE) == (language in ("ar", "he", "fa") and id != "vtt") for line in lines)


def test_lines_of_thai_and_japanese_end_with_words() -> None:
    thai = "เมื่อวานฉันไปตลาดและพบเพื่อนเก่าที่ไม่ได้เจอกันมาหลายปีแล้ว"
    [cue] = cues(bilingual("x", thai, "th"), SubtitleOptions(track="th"))
    assert cue.text("|") == "เมื่อวานฉันไปตลาดและพบเพื่อน|เก่าที่ไม่ได้เจอกันมาหลายปีแล้ว"
    [cue] = cues(bilingual("x", "友達と一緒に海に行きたいと思います。", "ja"), SubtitleOptions(track="ja"))
    assert cue.text("|") in ("友達と一緒に|海に行きたいと思います。", "友達と一緒に海に|行きたいと思います。")


def test_a_translation_keeps_the_pauses_of_the_speech() -> None:
    spoken = (Word(start=0, end=1, text="Wait"), Word(start=5, end=6, text="here"))
    recording = Recording(
        Transcript((Segment(id="1", start=0, end=6, text="Wait here", words=spoken),), "en"),
        {"de": Transcript((Segment(id="1", start=0, end=6, text="Warte hier"),), "de")},
        duration=6,
    )
    first, then = cues(recording, SubtitleOptions(track="de"))
    assert (first.start, first.end, first.text()) == (0, 1, "Warte")
    assert (then.start >= 5, then.end, then.text()) == (True, 6, "hier")


@pytest.mark.parametrize(
    ("text", "language", "left"),
    [
        ("שלום", None, True),
        ("Hello", "he", False),
        ("Microsoft Windows הוא כאן", None, False),
        ("Microsoft Windows הוא כאן", "he", True),
        ("He said שלום לכולם", "en", False),
        ("12:30", "ar", False),
        ("سلام", "xx-bad-tag", True),
    ],
)
def test_which_way_a_text_goes(text: str, language: str | None, left: bool) -> None:
    assert right_to_left(text, language) is left


def test_marks() -> None:
    assert embedded("שלום!", True) == f"{RLE}שלום!{PDF}"
    assert embedded("Hello!", False) == "Hello!"
    assert led("שלום HTML", True) == "שלום HTML"
    assert led("123", True) == "123"
    assert led("שלום is a word", False) == f"{LRM}שלום is a word"


def test_marked_words_do_not_disorder_what_goes_to_the_left() -> None:
    data = render(bilingual("x", ARABIC, "ar"), "ass", track="ar", highlight_words=True).decode()
    assert "\\k" not in data
