"""SSML: read once, told to the engine as far as it can do it, and a note of what nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Policy,
    PronouncingOptions,
    SpeechLabError,
    TtsOptions,
    Voice,
    hookimpl,
)
from speechlab.speaking import Line, SpeakOptions
from speechlab.speaking.ssml import marked

RATE = 16_000
OPTIONS = SpeakOptions(pause=0.3, paragraph_pause=0.7)


class Talker:
    asked: list[tuple[str, str | None, Any]]
    told: list[Any]

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        return Voice("ann", languages=("en-US",)), Voice("bob", languages=("en-US",))

    def synthesize(self, text: str, voice: str | None, options: Any) -> Iterator[Audio]:
        Talker.asked.append((text, voice, getattr(options, "speed", None)))
        Talker.told.append(options)
        yield Audio(0.1 * np.sin(np.arange(RATE) / 5).astype(np.float32), RATE)


class Able(PronouncingOptions):
    """What a synthesizer can be told that can do all of it."""

    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    """Pace."""
    pitch: Annotated[float, Field(le=4)] = 0.0
    """Semitones."""


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {"kind": Kind.TTS, "load": Talker, "languages": ("en",)}
        register(EngineSpec(id="talker", options=TtsOptions, **card))
        register(EngineSpec(id="steady", **card))
        register(EngineSpec(id="able", options=Able, **card))


@pytest.fixture
def lab() -> Lab:
    Talker.asked, Talker.told = [], []
    return Lab(Plugin(), discover=False, policy=Policy(watermark=False))


def lines(inside: str) -> list[Line]:
    return marked(f"<speak>{inside}</speak>").lines(400, "en", OPTIONS)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("One. Two.", [("One.", 0.0), ("Two.", 0.3)]),
        ("<p>One.</p><p>Two. Three.</p>", [("One.", 0.0), ("Two.", 0.7), ("Three.", 0.3)]),
        ("<s>One</s><s>Two</s>", [("One", 0.0), ("Two", 0.3)]),
        ("One.<break time='1.5s'/>Two.", [("One.", 0.0), ("Two.", 1.5)]),
        ("One <break time='250ms'/> two.", [("One", 0.0), ("two.", 0.25)]),
        ("One.<break strength='none'/> Two.", [("One.", 0.0), ("Two.", 0.0)]),
        ("A <sub alias='World Wide Web'>WWW</sub> page.", [("A World Wide Web page.", 0.0)]),
        ("Say <say-as interpret-as='characters'>BBC</say-as> now.", [("Say B, B, C now.", 0.0)]),
        ("On <say-as interpret-as='date'>May 3</say-as>.", [("On May 3.", 0.0)]),
        ("Fish &amp; chips &lt;hot&gt;.", [("Fish & chips <hot>.", 0.0)]),
        ("You <emphasis>must</emphasis> go.", [("You must go.", 0.0)]),
        ("Hi<desc>not said</desc> there.", [("Hi there.", 0.0)]),
    ],
)
def test_text_and_pauses(inside: str, told: list[tuple[str, float]]) -> None:
    assert [(line.text, line.pause) for line in lines(inside)] == told


def test_a_manner_that_changes_within_a_sentence_makes_no_pause() -> None:
    found = lines("I <prosody rate='80%' volume='+6dB'>really</prosody> mean it.")
    assert [(line.text, line.pause, line.speed, line.gain) for line in found] == [
        ("I", 0.0, 1.0, 0.0),
        ("really", 0.0, 0.8, 6.0),
        ("mean it.", 0.0, 1.0, 0.0),
    ]


def test_a_phoneme_without_a_text_is_noted() -> None:
    made = marked("<speak><phoneme ph='x'/>One.</speak>")
    assert [stretch.text for stretch in made.stretches] == ["One."]
    assert any("without a text" in note for note in made.notes)


def test_manners_nest() -> None:
    found = lines(
        "<voice name='bob'>Hi. <prosody rate='slow'><prosody rate='slow'>Low.</prosody></prosody></voice> "
        "<lang xml:lang='fr'>Oui.</lang>"
    )
    assert [(line.voice, line.speed, line.language) for line in found] == [
        ("bob", 1.0, None),
        ("bob", 0.5625, None),
        (None, 1.0, "fr"),
    ]


def test_what_nobody_does_is_noted_once() -> None:
    made = marked(
        "<speak><prosody contour='(0%,+20Hz)'>a</prosody><prosody pitch='+20Hz'>b</prosody>"
        "<phoneme alphabet='x-sampa' ph='x'>c</phoneme><phoneme alphabet='x-sampa' ph='x'>d</phoneme>"
        "<audio src='x.wav'/></speak>"
    )
    assert len(made.notes) == 4
    assert all(any(word in note for note in made.notes) for word in ("contour", "Hz", "x-sampa", "<audio>"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<speak>One.", "no XML"),
        ("<speak>Fish & chips</speak>", "no XML: .*, line 1, column 14$"),
        ("\n\n  <speak>Fish & chips</speak>", "no XML: .*, line 3, column 16$"),
        ("<speak><break time='long'/>One.</speak>", "cannot last 'long'"),
        ("<speak><break strength='huge'/>One.</speak>", "no strength 'huge'"),
        ("<speak><prosody rate='quick'>One.</prosody></speak>", "no rate 'quick'"),
        ("<speak><prosody volume='11'>One.</prosody></speak>", "no volume '11'"),
        ("<speak><prosody pitch='up'>One.</prosody></speak>", "no pitch 'up'"),
        ("<speak><prosody pitch='-100%'>One.</prosody></speak>", "no pitch '-100%'"),
        ("<speak><phoneme>One.</phoneme></speak>", "does not tell its sounds"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><speak>&a;</speak>", "document type"),
        ("<speak> <break/> </speak>", "there is nothing to say"),
    ],
)
def test_bad_marks_are_told_in_a_sentence(lab: Lab, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        lab.speaking(text, engine="talker")
    assert refused.value.hint


def test_an_engine_is_told_what_it_can_do(lab: Lab) -> None:
    text = "<speak>One. <voice name='bob'>Two.</voice> <prosody rate='50%'>Three.</prosody></speak>"
    spoken = list(lab.speaking(text, "ann", "talker", speed=1.5))
    assert Talker.asked == [("One.", "ann", 1.5), ("Two.", "bob", 1.5), ("Three.", "ann", 0.75)]
    assert [one.voice for one in spoken] == ["ann", "bob", "ann"]


@pytest.mark.parametrize(
    ("pitch", "semitones"),
    [("+2st", 2.0), ("-3.5st", -3.5), ("+100%", 12.0), ("-50%", -12.0), ("high", 3.0), ("default", 0.0)],
)
def test_pitch_is_told_in_semitones(pitch: str, semitones: float) -> None:
    [line] = lines(f"<prosody pitch='{pitch}'>One.</prosody>")
    assert line.pitch == pytest.approx(semitones)


def test_phonemes_and_pitch_are_told_to_an_engine_that_knows_them(lab: Lab) -> None:
    text = (
        "<speak>A <phoneme alphabet='ipa' ph='/təmeto/'>tomato</phoneme> is red."
        "<prosody pitch='+1st'> They say <phoneme ph='rɛd'>read</phoneme>, and we read.</prosody></speak>"
    )
    speech = lab.speaking(text, engine="able", pitch=2, pronunciations={"red": "rad"})
    spoken = [one.text for one in speech]
    assert spoken == ["A tomato is red.", "They say read", ", and we read."]
    assert [options.pitch for options in Talker.told] == [2.0, 3.0, 3.0]
    assert [options.pronunciations for options in Talker.told] == [
        ("tomato = təmeto", "red = rad"),
        ("read = rɛd", "red = rad"),
        ("red = rad",),
    ]
    assert speech.notes == ()


def test_beyond_its_bounds_an_engine_keeps_to_the_nearest_and_says_so(lab: Lab) -> None:
    text = "<speak><prosody rate='x-slow' pitch='+2st'>One.</prosody> <prosody rate='150%'>Two.</prosody></speak>"
    speech = lab.speaking(text, engine="able", speed=0.8, pitch=3)
    assert len(list(speech)) == 2
    assert [(options.speed, options.pitch) for options in Talker.told] == [(0.5, 4.0), (pytest.approx(1.2), 3.0)]
    assert [note.partition(":")[0] for note in speech.notes] == [
        "tts/able speaks at 0.5 to 2 times its usual pace",
        "tts/able speaks 4 or less semitones from its usual pitch",
    ]


def test_what_an_engine_cannot_do_is_noted_for_that_engine(lab: Lab) -> None:
    text = "<speak><prosody pitch='high'><phoneme ph='x'>One</phoneme>.</prosody></speak>"
    speech = lab.speaking(text, engine="talker")
    assert [one.text for one in speech] == ["One."]
    assert speech.notes == (
        "tts/talker has one pitch, and says all at that",
        "tts/talker takes no sounds: a phoneme is said as its text reads",
    )


def test_a_wrong_speed_is_told_though_the_text_has_its_own(lab: Lab) -> None:
    with pytest.raises(ConfigError, match="speed"):
        lab.speaking("<speak><prosody rate='50%'>One.</prosody></speak>", engine="talker", speed="fast")


def test_an_engine_of_one_speed_says_so(lab: Lab) -> None:
    speech = lab.speaking("<speak><prosody rate='50%'>Three.</prosody></speak>", engine="steady")
    assert [one.text for one in speech] == ["Three."]
    assert speech.notes == ("tts/steady has one speed, and says all at that",)


def test_louder_is_louder(lab: Lab) -> None:
    text = "<speak>One. <prosody volume='-6dB'>Two.</prosody></speak>"
    one, two = (np.square(said.audio.mono).mean() for said in lab.speaking(text, engine="talker"))
    assert 10 * np.log10(two / one) == pytest.approx(-6, abs=0.1)


def test_ten_thousand_elements_deep() -> None:
    deep = 10_000
    assert [line.text for line in lines("<s>" * deep + "One." + "</s>" * deep)] == ["One."]


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_hint(text: str) -> None:
    hint = "none was needed"
    try:
        marked(f"<speak>{text}</speak>").lines(100, "en", OPTIONS)
    except SpeechLabError as error:
        hint = error.hint
    assert hint
