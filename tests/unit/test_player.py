"""The player's parts: what is drawn, which words stand where, and markup that nothing in a recording can break."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, Diarization, Recording, Segment, Span, Transcript, Turn, Word
from speechlab.media import MediaInfo
from speechlab.player import (
    Clean,
    Correcting,
    Peaks,
    Waveform,
    browser_type,
    gradio_script,
    player_html,
    stamp,
    standalone,
)
from speechlab.player.words import pieces

RATE = 8000


class Page(HTMLParser):
    """The elements of a page, each with its attributes and the text in it; and whether each that opens is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in {"img", "input"}:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"nothing to close with </{tag}>"
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def texts(self, name: str) -> list[str]:
        """The text of each element of a class."""
        return ["".join(text) for _, attrs, text in self.elements if name in attrs.get("class", "").split()]

    def attributes(self, name: str) -> list[dict[str, str]]:
        """The attributes of each element of a class."""
        return [attrs for _, attrs, _ in self.elements if name in attrs.get("class", "").split()]

    def first(self, tag: str) -> dict[str, str]:
        return next(attrs for name, attrs, _ in self.elements if name == tag)

    @property
    def data(self) -> dict[str, object]:
        return json.loads(self.first("section")["data-speech"])  # type: ignore[no-any-return]


def word(start: float, end: float, text: str, **more: object) -> Word:
    return Word(start, end, text=text, **more)  # type: ignore[arg-type]


def recording(*segments: Segment, **more: object) -> Recording:
    return Recording(transcript=Transcript(segments, "en"), **more)  # type: ignore[arg-type]


# -- peaks ------------------------------------------------------------------------------------------------------------


def outline(samples: np.ndarray, *cuts: int, pairs: int = 50) -> Waveform:
    peaks = Peaks(pairs)
    for part in np.split(samples, sorted(cuts), axis=-1):
        peaks.feed(Audio(part, RATE))
    return peaks.waveform()


@given(st.lists(st.integers(0, 20_000), max_size=8), st.integers(0, 20_000), st.integers(2, 60))
def test_peaks_do_not_depend_on_how_the_sound_was_cut(cuts: list[int], frames: int, pairs: int) -> None:
    samples = np.random.default_rng(frames).uniform(-1, 1, frames).astype(np.float32)
    assert outline(samples, *cuts, pairs=pairs) == outline(samples, pairs=pairs)


def test_each_pair_holds_the_lowest_and_the_highest_sample_of_its_stretch() -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (2, 20_001)).astype(np.float32)
    drawn = outline(samples)
    step = round(drawn.stretch * RATE)
    stretches = [samples[:, at : at + step] for at in range(0, 20_001, step)]
    assert drawn.low == tuple(round(float(s.min()) / drawn.loudest * 127) for s in stretches)
    assert drawn.high == tuple(round(float(s.max()) / drawn.loudest * 127) for s in stretches)
    assert drawn.duration == pytest.approx(20_001 / RATE)


def test_three_hours_are_as_small_as_one() -> None:
    peaks = Peaks()
    minute = np.sin(np.arange(60 * 1000, dtype=np.float32))
    for number in range(180):
        peaks.feed(Audio(minute, 1000, number * 60.0))
        assert len(peaks.waveform().low) <= 2000
    drawn = peaks.waveform()
    assert 1000 <= len(drawn.low) <= 2000
    assert drawn.duration == 3 * 3600
    assert len(player_html(None, audio_src="a.wav", peaks=drawn)) < 30_000


def test_a_quiet_sound_keeps_its_shape_and_tells_how_quiet_it_is() -> None:
    samples = np.sin(np.linspace(0, 60, RATE)).astype(np.float32)
    loud, quiet = outline(samples), outline(samples * 0.001)
    assert quiet.high == loud.high
    assert quiet.loudest == pytest.approx(0.001, rel=0.01)


def test_what_is_no_number_is_silence() -> None:
    samples = np.array([0.5, np.nan, -0.25, np.inf, -np.inf], np.float32)
    drawn = outline(samples)
    assert (drawn.low, drawn.high, drawn.loudest) == ((-127,), (127,), 1.0)
    assert outline(np.array([np.nan], np.float32)) == Waveform((0,), (0,), 0.0, 0.0, 1 / RATE, 0.01)


def test_one_outline_has_one_sample_rate() -> None:
    peaks = Peaks()
    peaks.feed(Audio(np.zeros(10), 8000))
    with pytest.raises(ValueError, match="8000 and 16000 Hz"):
        peaks.feed(Audio(np.zeros(10), 16000))


def test_an_outline_begins_where_its_sound_does() -> None:
    peaks = Peaks()
    assert peaks.waveform() == Waveform()
    peaks.feed(Audio(np.ones(RATE), RATE, start=12.5))
    assert peaks.waveform().start == 12.5


# -- words in their text ------------------------------------------------------------------------------------------


@given(
    st.text("aB ,.\u4f60\u0130\u00df", max_size=30),
    st.lists(st.text("aB ,.\u4f60\u0130\u00df", max_size=6), max_size=8),
)
def test_the_pieces_are_always_the_text(text: str, tokens: list[str]) -> None:
    segment = Segment(0, 1, text=text, words=tuple(word(0, 1, token) for token in tokens))
    cut = list(pieces(segment))
    assert "".join(piece for piece, _ in cut) == text
    assert all(piece.lower() == found.text.strip().lower() for piece, found in cut if found)


@given(st.lists(st.text("abcXYZ'\u00e9\u4f60\u597d,.", min_size=1, max_size=8), min_size=1, max_size=30))
def test_each_word_of_an_unchanged_text_is_found(tokens: list[str]) -> None:
    words = tuple(word(n, n + 1, f" {token}") for n, token in enumerate(tokens))
    segment = Segment(0, len(tokens), text=" ".join(tokens), words=words)
    assert [(piece, found) for piece, found in pieces(segment) if found] == list(zip(tokens, words, strict=True))


@pytest.mark.parametrize(
    ("text", "tokens", "found"),
    [
        ("Hello, world!", ["hello", "world"], ["Hello", "world"]),  # punctuated and cased later
        ("we have 25 cats", [" we", " have", " twenty-five", " cats"], ["we", "have", "cats"]),  # re-worded later
        ("I don't know", [" I", " don", "'t", " know"], ["I", "don", "'t", "know"]),  # parts of words
        (
            "\u6211\u4eec\u5f00\u4f1a\u3002",
            ["\u6211\u4eec", "\u5f00\u4f1a"],
            ["\u6211\u4eec", "\u5f00\u4f1a"],
        ),  # no spaces
        ("The cat sat", [" a", " cat", " sat"], ["cat", "sat"]),  # never inside another word
        ("Nothing alike", [" x" * 9, " y"], []),
        ("", [" a"], []),
    ],
)
def test_words_are_found_where_a_later_stage_changed_the_text(text: str, tokens: list[str], found: list[str]) -> None:
    segment = Segment(0, 1, text=text, words=tuple(word(0, 1, token) for token in tokens))
    assert [piece for piece, at in pieces(segment) if at] == found


# -- markup ---------------------------------------------------------------------------------------------------------

NASTY = "</script><script>x()</script><img src=x onerror=alert(1)>\"'&amp;\u2028<!--"


def test_nothing_in_a_recording_becomes_markup() -> None:
    nasty = Segment(
        0, 1, text=NASTY, id=NASTY, language=NASTY, speaker=NASTY, extra={"suspect": NASTY},
        words=(word(0, 1, NASTY, speaker="<b>", confidence=0.1),),
    )  # fmt: skip
    whole = Recording(
        transcript=Transcript((nasty,), "<i>"),
        translations={NASTY: Transcript((nasty,), NASTY)},
        diarization=Diarization((Turn(0, 1, speaker=NASTY),)),
        duration=1.0,
    )
    html = player_html(whole, audio_src=f'x" onerror="{NASTY}', title=NASTY, note=NASTY)
    page = Page(html)
    assert {tag for tag, _, _ in page.elements}.isdisjoint({"script", "img", "b", "i"})
    assert not any(name.startswith("on") for _, attrs, _ in page.elements for name in attrs)
    assert page.texts("sl-text") == [NASTY]
    assert page.texts("sl-who") == [NASTY]
    assert page.texts("sl-title") == [NASTY]
    assert page.first("audio")["src"] == f'x" onerror="{NASTY}'
    assert page.first("section")["aria-label"] == f"Player: {NASTY}"


def test_each_word_is_a_span_and_its_times_lie_apart() -> None:
    said = Segment(
        1.0, 3.0, text="Good morning, Anna.",
        words=(word(1.0, 1.4, " Good"), word(1.5, 2.0, " morning,", confidence=0.2), word(2.25, 3.0, " Anna.")),
    )  # fmt: skip
    page = Page(player_html(recording(said, duration=4.0), audio_src="a.wav"))
    spans = ["".join(text) for tag, attrs, text in page.elements if tag == "span" and set(attrs) <= {"class", "title"}]
    assert [text for text in spans if text in ("Good", "morning,", "Anna.")] == ["Good", "morning,", "Anna."]
    assert page.texts("sl-text") == ["Good morning, Anna."]
    assert page.texts("sl-unsure") == ["morning,"]
    assert [attrs["title"] for attrs in page.attributes("sl-unsure")] == ["20% sure"]
    assert page.data["segments"] == [[1000, 3000, [0, 400, 500, 500, 1250, 750]]]
    assert (page.data["start"], page.data["end"]) == (0.0, 4.0)


def test_a_segment_without_words_is_one_piece() -> None:
    page = Page(player_html(recording(Segment(0, 2, text="All at once.")), audio_src="a.wav"))
    assert page.texts("sl-whole") == ["0:00All at once."]
    assert page.data["segments"] == [[0, 2000, []]]


def test_a_suspected_segment_says_why_in_words() -> None:
    told = [
        Segment(0, 1, text="Thanks for watching!", extra={"suspect": "no speech"}),
        Segment(1, 2, text="so so so", extra={"suspect": "repetition"}),
        Segment(2, 3, text="la la", extra={"suspect": "music"}),
        Segment(3, 4, text="Yes."),
    ]
    page = Page(player_html(recording(*told)))
    assert len(page.texts("sl-suspect")) == 3
    assert page.texts("sl-why") == [
        "Probably not said: no speech was heard here.",
        "Probably not said: the text repeats itself.",
        "Probably not said: music.",
    ]


def test_a_speaker_is_named_where_the_speaker_changes_and_a_language_where_it_differs() -> None:
    told = [
        Segment(0, 1, text="a", speaker="Anna", language="en"),
        Segment(1, 2, text="b", speaker="Anna", language="en"),
        Segment(2, 3, text="c", speaker="Ben", language="fr"),
        Segment(3, 4, text="d", speaker="Anna"),
        Segment(4, 5, text="e"),
    ]
    page = Page(player_html(recording(*told), audio_src="a.wav"))
    assert page.texts("sl-who") == ["Anna", "Ben", "Anna"]
    assert page.texts("sl-lang") == ["fr"]
    assert page.texts("sl-facts") == ["0:05 · en · 2 speakers"]
    assert [attrs["lang"] for attrs in page.attributes("sl-text")] == ["en", "en", "fr", "en", "en"]
    hues = [attrs.get("style") for attrs in page.attributes("sl-row")]
    assert hues[0] == hues[1] == hues[3] != hues[2]
    assert hues[4] is None


def test_speakers_have_hues_of_their_own_however_many_they_are() -> None:
    told = [Segment(n, n + 1, text="x", speaker=f"S{n}") for n in range(20)]
    page = Page(player_html(recording(*told)))
    hues = [attrs["style"] for attrs in page.attributes("sl-row")]
    assert len(set(hues)) == 20


def test_the_strip_shows_where_somebody_speaks_and_lanes_show_who() -> None:
    whole = recording(
        Segment(0, 2, text="a"),
        speech=(Span(0, 2), Span(5, 10)),
        diarization=Diarization((Turn(0, 2, speaker="A"), Turn(5, 9, speaker="B"), Turn(9, 10, speaker="A"))),
        duration=10.0,
    )
    page = Page(player_html(whole, audio_src="a.wav"))
    assert [attrs["d"] for tag, attrs, _ in page.elements if tag == "path"] == [
        "M0 0h2000v1H0zM5000 0h5000v1H5000z",
        "M0 0h2000v1H0zM9000 0h1000v1H9000z",
        "M5000 0h4000v1H5000z",
    ]
    assert page.texts("sl-lane") == ["A0:03 \u00b7 43%", "B0:04 \u00b7 57%"]
    assert page.data["turns"] == [[0, 2000, 9000, 10000], [5000, 9000]]
    alone = player_html(recording(Segment(0, 2, text="a")), audio_src="a.wav")
    assert "sl-strip" not in alone
    assert "sl-lane" not in alone


def test_lanes_are_made_of_the_segments_where_nobody_was_told_apart_by_ear() -> None:
    told = [
        Segment(0, 2, text="a", speaker="A"),
        Segment(2, 3, text="b", speaker="B"),
        Segment(3, 4, text="c", speaker="B", extra={"suspect": "no speech"}),
    ]
    page = Page(player_html(recording(*told), audio_src="a.wav"))
    assert [text[:5] for text in page.texts("sl-lane")] == ["A0:02", "B0:02"]
    assert page.data["turns"] == [[0, 2000], [2000, 3000]], "what was probably not said is no turn"


def test_a_speaker_who_is_named_by_voice_shows_how_alike_it_is() -> None:
    turns = Diarization((Turn(0, 2, speaker="Ada", similarity=0.8125), Turn(2, 3, speaker="Speaker 2")))
    page = Page(player_html(recording(diarization=turns)))
    assert page.texts("sl-alike") == ["voice 0.81"]


def test_what_can_be_corrected_is_told_to_the_script() -> None:
    told = [Segment(0, 1, text="a", id="1", speaker="A"), Segment(1, 2, text="b", id="2", speaker="B")]
    correcting = Correcting("lab/speakers/x", can_undo=True, colours={"B": 0, "A": 5})
    page = Page(player_html(recording(*told), correcting=correcting))
    assert (page.data["correct"], page.data["ids"]) == ("lab/speakers/x", ["1", "2"])
    assert [attrs["data-able"] for attrs in page.attributes("sl-speakers")] == ["undo"]
    plain = Page(player_html(recording(*told)))
    assert {"correct", "ids"}.isdisjoint(plain.data)
    colours, usual = ([attrs["style"] for attrs in one.attributes("sl-lane")] for one in (page, plain))
    assert colours[1] == usual[0] != colours[0] != usual[1]
    nobody = Correcting("x", can_redo=True)
    assert Page(player_html(recording(Segment(0, 1, text="a")), correcting=nobody)).attributes("sl-speakers")


def test_the_cleaned_sound_stands_beside_the_other() -> None:
    clean = Clean("b.flac", Waveform((-1,), (1,), 0.5, 0.0, 4.0, 4.0), spectrogram="b.png")
    page = Page(player_html(recording(Segment(0, 4, text="a")), audio_src="a.wav", clean=clean, spectrogram="a.png"))
    assert [attrs["src"] for tag, attrs, _ in page.elements if tag == "audio"] == ["a.wav", "b.flac"]
    assert [(attrs["src"], attrs["alt"]) for tag, attrs, _ in page.elements if tag == "img"] == [
        ("a.png", "Spectrogram, as recorded"),
        ("b.png", "Spectrogram, cleaned"),
    ]
    assert page.data["clean"]["loudest"] == 0.5  # type: ignore[index]
    mute = player_html(recording(Segment(0, 4, text="a")), clean=clean, spectrogram="a.png")
    assert "flac" not in mute
    assert "png" not in mute


def test_translations_stand_under_their_segments() -> None:
    told = [Segment(0, 1, text="Hello.", id="1"), Segment(1, 2, text="Bye.", id="2")]
    french = Transcript((Segment(1, 2, text="Au revoir.", id="2"),), "fr")
    page = Page(player_html(recording(*told, translations={"fr": french}, tentative=frozenset({"1"}))))
    assert page.texts("sl-row") == ["0:00Hello.", "0:01Bye.Au revoir."]
    assert page.texts("sl-tentative") == ["0:00Hello."]


def test_segments_stand_in_the_order_of_time() -> None:
    page = Page(player_html(recording(Segment(5, 6, text="late"), Segment(0, 9, text="early"))))
    assert page.texts("sl-text") == ["early", "late"]


def test_without_sound_there_is_a_transcript_and_without_a_recording_there_is_sound() -> None:
    mute = Page(player_html(recording(Segment(0, 1, text="Hi.")), peaks=Waveform((0,), (0,), 0, 0, 1, 1)))
    assert {tag for tag, _, _ in mute.elements}.isdisjoint({"audio", "canvas"})
    assert mute.data["peaks"] is None
    sound = Page(player_html(None, audio_src="a.wav"))
    assert sound.texts("sl-transcript") == []
    assert sound.first("audio")["src"] == "a.wav"
    assert Page(player_html(Recording())).texts("sl-nothing") == ["No speech was found."]


def test_sound_that_begins_later_lies_on_the_same_timeline() -> None:
    drawn = Waveform((-1,), (1,), 0.5, 60.0, 30.0, 30.0)
    data = Page(player_html(recording(Segment(70, 80, text="x")), audio_src="a.wav", peaks=drawn)).data
    assert (data["start"], data["end"]) == (60.0, 90.0)
    assert Page(player_html(None, audio_src="a.wav", peaks=drawn, start=10.0)).data["end"] == 40.0


def test_an_end_that_is_still_open_can_be_written() -> None:
    assert Page(player_html(recording(Segment(0, float("inf"), text="x")), audio_src="a.wav")).data["end"] == 3.6e6


def test_hours_are_shown_where_there_are_some() -> None:
    page = Page(player_html(recording(Segment(5, 6, text="x"), duration=3700)))
    assert page.texts("sl-time") == ["0:00:05"]
    assert page.texts("sl-facts") == ["1:01:40 · en"]
    assert stamp(-1) == "0:00"


def test_a_long_transcript_costs_little_more_than_its_text() -> None:
    words = [word(n / 3, n / 3 + 0.3, f" word{n}") for n in range(30_000)]
    told = [
        Segment(w[0].start, w[-1].end, text="".join(x.text for x in w).strip(), words=tuple(w))
        for w in (words[n : n + 12] for n in range(0, 30_000, 12))
    ]
    html = player_html(recording(*told), audio_src="a.wav")
    assert len(html) < 60 * 30_000
    assert html.count("<span>word") == 30_000


# -- how it reaches a page ----------------------------------------------------------------------------------------


def test_a_page_of_its_own_asks_for_nothing() -> None:
    html = standalone(player_html(recording(Segment(0, 1, text="Hi.")), audio_src="data:audio/wav;base64,"))
    assert "://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert html.count("</script") == html.count("<script") == 1
    assert "<!--" not in html
    assert html == standalone(player_html(recording(Segment(0, 1, text="Hi.")), audio_src="data:audio/wav;base64,"))


def test_what_gradio_is_given_holds_no_script_tag() -> None:
    assert "<script" not in player_html(recording(Segment(0, 1, text=NASTY)), audio_src="a.wav")
    assert "</script" not in gradio_script()


@pytest.mark.parametrize(
    ("format", "codec", "mime"),
    [
        ("wav", "pcm_s16le", "audio/wav"),
        ("wav", "pcm_mulaw", None),
        ("ogg", "opus", "audio/ogg"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "aac", "audio/mp4"),
        ("matroska,webm", "opus", "audio/webm"),
        ("matroska,webm", "ac3", None),
        ("mp3", "mp3", None),
        ("aiff", "pcm_s16be", None),
        ("asf", "wmav2", None),
    ],
)
def test_browsers_play_some_files(format: str, codec: str, mime: str | None) -> None:
    told = MediaInfo(duration=1.0, sample_rate=16000, channels=1, codec=codec, format=format)
    assert browser_type(told) == mime
