"""SSML: read once, told to the engine as far as it can do it, and a note of what nobody does."""

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
    EngineSpec,
    Kind,
    Lab,
    Params,
    Policy,
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

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        return Voice("ann", languages=("en-US",)), Voice("bob", languages=("en-US",))

    def synthesize(self, text: str, voice: str | None, options: Any) -> Iterator[Audio]:
        Talker.asked.append((text, voice, getattr(options, "speed", None)))
        yield Audio(0.1 * np.sin(np.arange(RATE) / 5).astype(np.float32), RATE)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {"kind": Kind.TTS, "load": Talker, "languages": ("en",)}
        register(EngineSpec(id="talker", options=TtsOptions, **card))
        register(EngineSpec(id="steady", **card))


@pytest.fixture
def lab() -> Lab:
    Talker.asked = []
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
        "<speak><prosody pitch='high'>a</prosody><prosody pitch='low'>b</prosody>"
        "<phoneme ph='x'>c</phoneme><audio src='x.wav'/></speak>"
    )
    assert len(made.notes) == 3
    assert any("pitch" in note for note in made.notes)
    assert any("<audio>" in note for note in made.notes)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<speak>One.", "no XML"),
        ("<speak>Fish & chips</speak>", "no XML"),
        ("<speak><break time='long'/>One.</speak>", "cannot last 'long'"),
        ("<speak><break strength='huge'/>One.</speak>", "no strength 'huge'"),
        ("<speak><prosody rate='quick'>One.</prosody></speak>", "no rate 'quick'"),
        ("<speak><prosody volume='11'>One.</prosody></speak>", "no volume '11'"),
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
