"""A text as sound: sentence by sentence, levelled, joined without clicks, and said anew where somebody wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineFailed,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Policy,
    SynthesisChunk,
    TtsOptions,
    Voice,
    Word,
    hookimpl,
)
from speechlab.soundcheck.loudness import Loudness
from speechlab.speaking import SpeakOptions, joined, retold, said
from speechlab.speaking.line import lines, paragraphs

RATE = 16_000
TEXT = "One two three four. Five six seven eight nine.\n\nTen eleven twelve."


class Talker:
    """A synthesizer that hums: a tenth of a second for each word, now loud, now soft, with silence around it."""

    asked: list[tuple[str, str | None, float]]

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        return Voice("ann", languages=("en-US",)), Voice("cid", languages=("pt-BR",))

    def synthesize(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[Audio]:
        Talker.asked.append((text, voice, options.speed))
        if "explode" in text:
            raise RuntimeError("out of memory")
        hush = np.zeros(RATE // 2, np.float32)
        level = 0.02 if len(Talker.asked) % 2 else 0.4
        for _ in [] if "mute" in text else text.split():
            tone = level * np.sin(2 * np.pi * 300 * np.arange(round(RATE * 0.1 / options.speed)) / RATE)
            yield Audio(tone.astype(np.float32), RATE)
        yield Audio(hush, RATE)


class Timed(Talker):
    """One that also tells when it says each word, all of them with its first piece, and says digits as words."""

    def synthesize_timed(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[SynthesisChunk]:
        hush = Audio(np.zeros(RATE // 4, np.float32), RATE)
        told = text.replace("23", "twenty three").split()
        words = [Word(0.25 + 0.1 * n, 0.35 + 0.1 * n, text=word) for n, word in enumerate(told)]
        yield SynthesisChunk(audio=hush, words=tuple(words))
        for audio in self.synthesize(" ".join(told), voice, options):
            yield SynthesisChunk(audio=audio)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {"kind": Kind.TTS, "options": TtsOptions, "languages": ("en", "pt"), "sample_rate": RATE}
        register(EngineSpec(id="talker", load=Talker, **card))
        register(EngineSpec(id="timed", load=Timed, features=frozenset({"word_times"}), **card))


@pytest.fixture
def lab() -> Lab:
    Talker.asked = []
    return Lab(Plugin(), discover=False, policy=Policy(watermark=False))


def loudness(audio: Audio) -> float:
    meter = Loudness(audio.sample_rate, 1)
    meter.feed(audio.mono[None, :])
    told = meter.integrated()
    assert told is not None
    return told


def test_the_first_sentence_is_told_before_the_second_is_begun(lab: Lab) -> None:
    spoken = lab.speaking(TEXT, engine="talker")
    assert Talker.asked == []
    first = next(spoken)
    assert (first.index, first.text, len(Talker.asked)) == (0, "One two three four.", 1)
    assert [one.text for one in spoken] == ["Five six seven eight nine.", "Ten eleven twelve."]


def test_a_sentence_of_which_nothing_is_heard_is_told() -> None:
    Talker.asked = []
    told: list[str] = []
    with Lab(Plugin(), discover=False, policy=Policy(watermark=False), report=told.append) as lab:
        spoken = list(lab.speaking(f"One two. {'mute' * 20}. Three.", engine="talker"))
    assert [bool(one.audio.frames) for one in spoken] == [True, False, True]
    assert told == [f"tts/talker had nothing to say for '{'mute' * 15}\N{HORIZONTAL ELLIPSIS}'"]


def test_closing_stops(lab: Lab) -> None:
    spoken = lab.speaking("One two. " * 50, engine="talker")
    next(spoken)
    spoken.close()
    assert len(Talker.asked) == 1


def test_each_is_as_loud_as_wanted_and_without_silence_of_its_own(lab: Lab) -> None:
    spoken = list(lab.speaking(TEXT, engine="talker", loudness=-20, pause=0, paragraph_pause=0))
    assert [round(one.audio.duration, 1) for one in spoken] == [0.4, 0.5, 0.3]
    whole = Audio.join(joined(spoken))
    assert loudness(whole) == pytest.approx(-20, abs=1.0)


def test_sentences_begin_after_their_pauses(lab: Lab) -> None:
    spoken = list(lab.speaking(TEXT, engine="talker", pause=0.5, paragraph_pause=1.5))
    assert spoken[1].start == pytest.approx(spoken[0].end + 0.5)
    assert spoken[2].start == pytest.approx(spoken[1].end + 1.5)
    whole = lab.speak(TEXT, engine="talker", pause=0.5, paragraph_pause=1.5)
    assert whole.duration == pytest.approx(spoken[2].end, abs=0.01)


def test_no_join_clicks(lab: Lab) -> None:
    whole = lab.speak("One two three. " * 5, engine="talker").mono
    hum = np.abs(np.diff(0.4 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE))).max()
    assert np.abs(np.diff(whole)).max() < 2 * hum
    assert np.abs(whole).max() < 1


def test_one_sentence_is_said_anew(lab: Lab) -> None:
    spoken = list(lab.speaking(TEXT, engine="talker"))
    [again] = lab.speaking(TEXT, engine="talker", speed=0.5, only={1})
    assert (again.index, again.text) == (1, spoken[1].text)
    placed = retold([spoken[0], spoken[2], again])
    assert [one.index for one in placed] == [0, 1, 2]
    assert placed[2].start > spoken[2].start
    assert Audio.join(joined(placed)).duration == pytest.approx(placed[2].end)


def test_what_was_said_before_an_engine_failed_is_kept_and_the_rest_goes_on(lab: Lab) -> None:
    text = "One two. Three four. Now explode. Five six."
    spoken, done = lab.speaking(text, engine="talker"), []
    with pytest.raises(EngineFailed, match="out of memory"):
        done.extend(iter(lambda: next(spoken).index, None))
    kept = []
    with pytest.raises(EngineFailed):
        kept += [one.index for one in lab.speaking(text, engine="talker", only={2, 3})]
    assert [one.index for one in lab.speaking(text, engine="talker", only={0, 1, 3})] == [0, 1, 3]


def test_subtitles_of_what_was_said(lab: Lab) -> None:
    recording = said(lab.speaking(TEXT, engine="talker", language="en"), "en")
    text = lab.render(recording, "srt").decode()
    assert text.count("-->") == 3
    assert "Five six seven eight nine." in text


def test_words_have_times_where_the_engine_tells_them(lab: Lab) -> None:
    spoken = list(lab.speaking("I am 23 now. So it is.", engine="timed", language="en", pause=0.5))
    first, second = ([(word.text, round(word.start, 2), round(word.end, 2)) for word in one.words] for one in spoken)
    assert [word for word, *_ in first] == ["I", "am", "23", "now."]
    assert first[0][1] == pytest.approx(0.03)  # what is kept of the silence before it
    assert first[2][2] - first[2][1] == pytest.approx(0.2)  # those of twenty and of three
    assert first[3][2] <= spoken[0].end
    assert second[0] == (
        "So",
        pytest.approx(spoken[1].start + 0.03, abs=0.011),
        pytest.approx(first[-1][2] + 0.64, abs=0.05),
    )
    assert [word.text for one in said(spoken).transcript for word in one.words] == [
        "I",
        "am",
        "23",
        "now.",
        "So",
        "it",
        "is.",
    ]


def test_words_move_with_their_sentence(lab: Lab) -> None:
    spoken = list(lab.speaking("One two. Three four.", engine="timed", language="en"))
    [alone] = retold(spoken[1:])
    assert (alone.start, alone.words[0].text) == (0.0, "Three")
    assert alone.words[0].start == pytest.approx(spoken[1].words[0].start - spoken[1].start)


def test_words_are_kept_with_what_was_said(lab: Lab) -> None:
    first, again = (list(lab.speaking("One two.", engine="timed", resume=resume)) for resume in (False, True))
    assert len(Talker.asked) == 1
    assert again[0].words == first[0].words != ()


@pytest.mark.parametrize("junk", [b"", b"fLaC junk"])
def test_a_damaged_sentence_is_said_anew(lab: Lab, junk: bytes) -> None:
    list(lab.speaking("One two.", engine="timed", resume=False))
    for path in lab.home.glob("checkpoints/speech-*/*.flac"):
        path.write_bytes(junk)
    [one] = lab.speaking("One two.", engine="timed", resume=True)
    assert len(Talker.asked) == 2
    assert one.audio.frames


def test_a_hundred_thousand_characters_begin_at_once(lab: Lab) -> None:
    text = "This is one more sentence of the book. " * 2600
    spoken = lab.speaking(text, engine="talker")
    assert next(spoken).text == "This is one more sentence of the book."
    assert len(Talker.asked) == 1
    spoken.close()


@pytest.mark.parametrize("text", ["", " \n", "\N{GRINNING FACE} \N{THUMBS UP SIGN}", "… — !"])
def test_nothing_to_say_is_said_so_before_anything_is_loaded(lab: Lab, text: str) -> None:
    with pytest.raises(ConfigError, match="there is nothing to say"):
        lab.speaking(text, engine="talker")
    assert lab.pool.resident() == ()


@pytest.mark.parametrize(
    ("how", "told", "hint"),
    [
        ({"language": "de"}, "tts/talker does not speak 'de'", "en, pt"),
        ({"rate": 3}, "has no parameter 'rate'", "speed"),
        ({"pause": -1}, "pause", "silence"),
        ({"speed": 9}, "speed", "Pace"),
    ],
)
def test_what_is_wrong_is_told_at_once(lab: Lab, how: dict[str, Any], told: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        lab.speaking("Hello there.", engine="talker", **how)
    assert hint in refused.value.hint
    assert Talker.asked == []


@pytest.mark.parametrize("language", [" ", "\0", "\ud800", "x" * 5000, "\N{GRINNING FACE}", "e n", "../en"])
@pytest.mark.parametrize("engine", ["talker", "toy"])
def test_what_is_no_language_is_told_so(lab: Lab, engine: str, language: str) -> None:
    with pytest.raises(ConfigError, match=r"does not speak|is no language code") as refused:
        lab.speaking("Hello there.", engine=engine, language=language)
    assert len(str(refused.value)) < 120
    assert refused.value.hint


class Choosy(Talker):
    """Refuses the voices of others."""

    own: tuple[Voice, ...] = (Voice("ada", languages=("en",)),)

    def voices(self) -> tuple[Voice, ...]:
        return self.own

    def synthesize(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[Audio]:
        if voice is not None and voice.partition(":")[0] not in [one.id for one in self.own]:
            raise ConfigError(f"no voice {voice!r} here", hint="name another")
        yield from super().synthesize(text, voice, options)


class Choosier(Choosy):
    """Has other voices, of more languages."""

    own = (Voice("joe", languages=("en",)), Voice("uta", languages=("de",)))


class Two:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="kokoro", kind=Kind.TTS, load=Choosy, options=TtsOptions, languages=("en",)))
        register(EngineSpec(id="piper", kind=Kind.TTS, load=Choosier, options=TtsOptions, languages=("en", "de")))


@pytest.mark.parametrize(
    ("how", "told", "hint"),
    [
        (
            {"voice": "ada", "language": "de"},
            "the voice 'ada' is one of tts/kokoro, which does not speak 'de'",
            "leave",
        ),
        ({"voice": "ada:0.5+x:1", "language": "de"}, "the voice 'ada' is one of tts/kokoro, which does not", "leave"),
        ({"voice": "joe"}, "the voice 'joe' is one of tts/piper, not of tts/kokoro", "name the engine too: piper"),
        ({"voice": "ada", "engine": "piper"}, "the voice 'ada' is one of tts/kokoro, not of tts/piper", "kokoro"),
        ({"voice": "eve"}, "no voice 'eve' here", "name another"),
        ({"voice": "eve", "language": "de"}, "no voice 'eve' here", "name another"),
    ],
)
def test_a_voice_that_is_anothers_is_told_to_be(how: dict[str, Any], told: str, hint: str) -> None:
    with Lab(Two(), discover=False) as lab, pytest.raises(ConfigError, match=told) as refused:
        lab.speak("Hello there.", **how)
    assert hint in refused.value.hint


def test_a_language_has_a_voice_of_its_own(lab: Lab) -> None:
    lab.speak("Bom dia.", engine="talker", language="pt")
    assert Talker.asked[0][1] == "cid"


@given(st.text(max_size=300))
def test_lines_are_all_that_can_be_said(text: str) -> None:
    found = lines(text, 100, "en", SpeakOptions())
    letters = "".join(filter(str.isalnum, text))
    assert "".join(filter(str.isalnum, "".join(line.text for line in found))) == letters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You need:\n- milk\n- bread", ["You need:", "- milk", "- bread"]),
        ("1. Take it.\n2. Leave.", ["1. Take it.", "2. Leave."]),
        ("今日はとてもいい天気なので、午後から近くの公園まで散歩に行こうと思っていました。しかし、\n雨です。", None),
        ("We walked a little and\nthen sat down.", ["We walked a little and then sat down."]),
        ("a\r\n\r\nb", ["a", "b"]),
    ],
)
def test_paragraphs(text: str, found: list[str] | None) -> None:
    assert list(paragraphs(text)) == (found or [text.replace("\n", "")])
